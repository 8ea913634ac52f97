"""Readings come in any order and end in the history that time order makes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from pathlib import Path
from random import Random
from sqlite3 import IntegrityError
from tempfile import TemporaryDirectory
from typing import NamedTuple

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive import history
from archive.captures import Kept
from archive.store import Archive
from archive.times import to_text
from schemas.capture import Capture
from schemas.page import Film, Link, Page, Paragraph, Person
from schemas.reading import Reading
from scraper.crawl import read_leftovers
from tests.builders import ADDRESS, PARSER, SITE, begin, capture, look, night, page, reread, section, written
from tests.derived import derived

A = page(section("Start", "Det var en gång."), section("Mål", "Alla ska med."))
B = page(section("Start", "Det var en gång."), section("Mål", "Alla ska vara med."))
C = page(section("Mål", "Alla ska vara med."), section("Nytt", "Detta är nytt."))
OTHER = "http://byran.example/annan.html"


def linked(*, film: bool) -> Page:
    """A page with a link, a film or none, and a person."""
    text = Paragraph(text="Läs mer här.", links=(Link(label="här", address="https://x.example/", kind="external"),))
    blocks = (text, Film(address="https://film.example/1", title="Film")) if film else (text,)
    lead = msgspec.structs.replace(section("Start"), blocks=blocks)
    return page(lead, section("Mål", "Alla ska med."), responsible=Person(name="Stina Dahl"))


RECORDS = (A, B, C, linked(film=True), linked(film=False), page(section("Mål", "Något helt annat.")))


class Seen(NamedTuple):
    """One look: when, at which of the two pages, and what was seen there."""

    night: int
    second: bool
    what: int | str


def captured(seen: Seen) -> Capture:
    """The capture that a look makes."""
    address, other = (OTHER, ADDRESS) if seen.second else (ADDRESS, OTHER)
    at = night(seen.night)
    if isinstance(seen.what, int):
        return capture(address, at=at, body=written(RECORDS[seen.what]))
    if seen.what == "gone":
        return capture(address, at=at, outcome="gone", status=404, body=b"borta")
    if seen.what == "failed":
        return capture(address, at=at, outcome="timeout", status=None, body=None, error="det gick inte")
    if seen.what == "unchanged":
        return capture(address, at=at, outcome="not_modified", status=304, body=None)
    return capture(address, at=at, outcome="redirected", status=301, location=other, body=None)


def confirmed(seen: Seen, looks: Sequence[Seen]) -> Seen | None:
    """The look whose body a 304 confirms: the newest of its page before it that brought one."""
    if seen.what != "unchanged":
        return None
    earlier = [one for one in looks if one.second == seen.second and one < seen and isinstance(one.what, int)]
    return max(earlier, default=None)


def possible(looks: Sequence[Seen]) -> list[Seen]:
    """The looks as they can be brought in: each 304 after the body that it confirms, none without one."""
    found: list[Seen] = []
    for seen in looks:
        body = confirmed(seen, looks)
        if body or seen.what != "unchanged":
            found += [one for one in (body, seen) if one and one not in found]
    return found


def keep(archive: Archive, seen: Seen, looks: Sequence[Seen]) -> Kept:
    """Keep a look, one of `looks`; a 304 with the number of the capture that it confirms."""
    made, body = captured(seen), confirmed(seen, looks)
    if body:
        (number,) = archive.database.execute(
            "SELECT c.id FROM captures c JOIN urls u ON u.id = c.url_id WHERE u.url = ? AND c.fetched_at = ?",
            [made.address, to_text(night(body.night))],
        ).fetchone()
        made = msgspec.structs.replace(made, confirms=number)
    return archive.keep(begin(archive, night(seen.night)), made)


def insert(archive: Archive, some: Sequence[Seen], looks: Sequence[Seen]) -> None:
    """Bring some looks into an archive that knows both addresses, in the order given."""
    with archive.batch():
        for address in (ADDRESS, OTHER):
            archive.keep(begin(archive, night(-9)), capture(address, at=night(-9), outcome="timeout", body=None))
        for seen in some:
            kept = keep(archive, seen, looks)
            reading = said(archive.look(kept.id))
            if reading is not None:
                archive.record(kept.id, reading, parser=PARSER, reread=said)


def said(look: Capture) -> Reading | None:
    """The reading of any look; None where it says nothing."""
    return None if look.outcome == "timeout" else reread(look)


what = st.sampled_from([0, 0, 1, 1, 2, 3, 4, 5, "gone", "failed", "unchanged", "moved"])
looks = st.lists(
    st.builds(Seen, st.integers(1, 12), st.booleans(), what), min_size=2, max_size=9, unique_by=lambda s: s[:2]
)


@cache
def blank() -> bytes:
    """An archive without a row, made once: making its tables takes longer than what a trial writes into them."""
    with TemporaryDirectory() as folder:
        Archive(Path(folder) / "blank.db").close()
        return (Path(folder) / "blank.db").read_bytes()


@contextmanager
def an_archive() -> Iterator[Archive]:
    """A fresh archive in a memory file: hundreds of trials must not wait for a disk."""
    with TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as folder:
        path = Path(folder) / "one.db"
        path.write_bytes(blank())
        with Archive(path) as archive:
            yield archive


@contextmanager
def two_archives() -> Iterator[tuple[Archive, Archive]]:
    """Two of them."""
    with an_archive() as one, an_archive() as two:
        yield one, two


@settings(max_examples=40, deadline=None)
@given(looks, st.randoms(use_true_random=False))
def test_r19_any_order_of_insertion_ends_as_time_order_does(seen: list[Seen], rng: Random) -> None:
    """Whatever the order in which captures are brought in, every derived table ends with the same content."""
    any_order_ends_alike(seen, rng)


@pytest.mark.soak
@settings(max_examples=400, deadline=None)
@given(looks, st.randoms(use_true_random=False))
def test_r19_any_order_of_insertion_ends_as_time_order_does_at_length(seen: list[Seen], rng: Random) -> None:
    """The same for twelve hundred orders, three of each set of looks."""
    any_order_ends_alike(seen, rng, orders=3)


def any_order_ends_alike(seen: list[Seen], rng: Random, *, orders: int = 1) -> None:
    """Bring looks into one archive in time order and into others shuffled, and compare all that is derived."""
    in_time = sorted(possible(seen))
    with an_archive() as one:
        insert(one, in_time, seen)
        expected = derived(one.database)
    for _ in range(orders):
        shuffled = list(seen)
        rng.shuffle(shuffled)
        with an_archive() as other:
            insert(other, possible(shuffled), seen)
            assert derived(other.database) == expected
            assert other.database.execute("PRAGMA foreign_key_check").fetchall() == []


@settings(max_examples=20, deadline=None)
@given(looks, st.integers(0, 9))
def test_r19_many_late_captures_replayed_at_once_end_as_one_by_one(seen: list[Seen], already: int) -> None:
    """Keep them all, replay each page once from its oldest: the same history as reading them in time order."""
    seen = possible(seen)
    with two_archives() as (one, two):
        insert(one, sorted(seen), seen)
        insert(two, seen[:already], seen)
        oldest: dict[int, tuple[datetime, int]] = {}
        for late in seen[already:]:
            kept = keep(two, late, seen)
            assert kept.page is not None
            oldest[kept.page] = min(oldest.get(kept.page, (night(99), 0)), (night(late.night), kept.id))
        for number, (_, since) in oldest.items():
            two.replay(number, since, parser=PARSER, reread=said)
        assert derived(one.database) == derived(two.database)


def test_r19_an_older_capture_rederives_its_neighbours(archive: Archive) -> None:
    """An import between two looks splits the revision that both saw, and each change is told between its own looks."""
    look(archive, 1, A)
    look(archive, 5, A)
    look(archive, 9, C)
    look(archive, 3, B)
    rows = history.revision_rows(archive.database, 1)[::-1]
    assert [(r["seen_from"][8:10], (r["unseen_since"] or "")[8:10]) for r in rows] == [
        ("01", ""), ("03", "01"), ("05", "03"), ("09", "05"),
    ]  # fmt: skip
    assert [row["revision"] for row in rows] == [1, 2, 3, 4]


def test_r19_an_older_look_at_the_same_content_makes_the_page_older_and_no_revision(archive: Archive) -> None:
    """What was first seen on the fifth night was there on the second already."""
    look(archive, 5, A)
    look(archive, 2, A)
    (row,) = history.revision_rows(archive.database, 1)
    assert (row["seen_from"][:10], row["last_seen"][:10]) == ("2026-03-02", "2026-03-05")


def test_a_page_known_earlier_by_import_tells_that_another_moved_to_it(archive: Archive) -> None:
    """A redirect says that a page moved when its target was known by then; an import may be what makes it known."""
    look(archive, 1, A)
    run = begin(archive, night(5))
    kept = archive.keep(run, capture(at=night(5), outcome="redirected", status=301, location=OTHER, body=None))
    assert archive.record(kept.id, reread(capture(outcome="redirected")), parser=PARSER, reread=said).finding == (
        "elsewhere"
    )
    look(archive, 7, B, OTHER)
    assert [row["state"] for row in history.revision_rows(archive.database, 1)] == ["live"]
    look(archive, 3, B, OTHER)
    assert [row["state"] for row in history.revision_rows(archive.database, 1)] == ["moved", "live"]


def test_an_import_that_fails_halfway_changes_nothing(archive: Archive) -> None:
    """When a later look cannot be read again the older one is not recorded either: all or nothing."""
    look(archive, 1, A)
    look(archive, 5, B)
    before = derived(archive.database)
    kept = archive.keep(begin(archive, night(3)), capture(at=night(3), body=written(C)))

    def fails(_: Capture) -> Reading:
        raise RuntimeError("the power went")

    with pytest.raises(RuntimeError):
        archive.record(kept.id, reread(capture(body=written(C))), parser=PARSER, reread=fails)
    assert derived(archive.database) == before


def test_r10_a_rule_change_answered_by_304_is_read_from_the_stored_body_and_is_no_news(archive: Archive) -> None:
    """The site says that nothing changed, and our rule did: the body we hold is read anew, cause parser."""
    look(archive, 1, B)
    unchanged = capture(at=night(2), outcome="not_modified", status=304, body=None, confirms=1)
    kept = archive.keep(begin(archive, night(2)), unchanged)
    confirmed = archive.look(kept.id)
    assert (confirmed.body, confirmed.fetched_at) == (written(B), night(2))

    def by_new_rule(_: Capture) -> Reading:
        return Reading(verdict="page", page=C)

    recorded = archive.record(kept.id, by_new_rule(confirmed), parser="2", reread=by_new_rule)
    assert (recorded.finding, recorded.changes) == ("unchanged", ())
    causes = archive.database.execute("SELECT cause FROM revisions ORDER BY seq").fetchall()
    assert causes == [("source",), ("parser",)]
    assert history.change_rows(archive.database) == []
    assert history.change_rows(archive.database, parser=True) != []


def test_r10_another_layout_in_the_site_file_is_a_rule_change_too(archive: Archive) -> None:
    """The same version of the parser told to read by another layout: cause parser."""
    run = begin(archive, night(1))
    one = archive.keep(run, capture(at=night(1), body=written(A)))
    archive.record(one.id, Reading(verdict="page", page=A, layout="generic"), parser=PARSER, reread=reread)
    run = begin(archive, night(2))
    two = archive.keep(run, capture(at=night(2), body=written(A)))
    other = Reading(verdict="page", page=B, layout="sitevision")
    assert archive.record(two.id, other, parser=PARSER, reread=lambda _: other).finding == "unchanged"
    assert history.change_rows(archive.database) == []


def test_a_304_is_a_look_that_saw_the_page(archive: Archive) -> None:
    """Read by the body that it confirms: the page was there and said the same; one that confirms none is refused."""
    html = b"<html><body><main><h1>Sida</h1><p>En mening om samverkan.</p></main></body></html>"
    whole = archive.keep(begin(archive, night(2)), capture(at=night(2), body=html))
    unchanged = capture(at=night(4), outcome="not_modified", status=304, body=None)
    with pytest.raises(IntegrityError):
        archive.keep(begin(archive, night(3)), unchanged)
    archive.keep(begin(archive, night(4)), msgspec.structs.replace(unchanged, confirms=whole.id))
    read_leftovers(SITE, archive)
    verdicts = archive.database.execute("SELECT verdict FROM readings ORDER BY capture_id").fetchall()
    assert verdicts == [("page",), ("page",)]
    (row,) = history.revision_rows(archive.database, 1)
    assert (row["seen_from"][:10], row["last_seen"][:10]) == ("2026-03-02", "2026-03-04")
    assert list(archive.unread("prov")) == []


def test_a_clock_that_goes_back_makes_no_news(archive: Archive) -> None:
    """A look that says what is known already, dated before it was first known, is told as unchanged."""
    look(archive, 5, A)
    assert look(archive, 4, A).finding == "unchanged"
    assert look(archive, 3, B).finding == "new"
