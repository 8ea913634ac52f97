"""The story that the tool is for: three nights of the agency, and the archive says what its editors did."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest

from archive import history
from archive.apply import apply
from archive.file import open_for_reading
from archive.records import load_page
from schemas.page import canonical_json
from tests.agency import truth
from tests.agency.server import Agency
from tests.runs import crawl_agency

_FATE_OF = {"new": "new", "unchanged": "unchanged", "changed": "edited", "gone": "gone", "back": "back"}


@pytest.mark.parametrize("number", [1, 2, 3])
def test_each_night_tells_the_editors_work_and_nothing_else(agency: Agency, path: Path, number: int) -> None:
    """Every known edit is told once, with its kind, class, place and words; noise and chrome are not told at all."""
    for earlier in range(1, number + 1):
        crawl_agency(agency, path, earlier)
    database = open_for_reading(path)
    since = f"2026-03-{number:02d}T00:00:00.000Z"
    told = history.change_rows(database, since=since, classes=("editorial", "metadata", "cosmetic", "chrome"))
    on_pages = [row for row in told if row["what"] not in ("page", "canonical")]
    known = truth.edits(number)
    unmatched = list(on_pages)
    for edit in known:
        match = [row for row in unmatched if _tells(row, edit)]
        assert len(match) == 1, (edit.said, [dict(row) for row in on_pages])
        unmatched.remove(match[0])
    assert unmatched == []
    database.conn.close()


def _tells(row: history.Row, edit: truth.Edit) -> bool:
    place = urlsplit(row["address"])
    return (
        (row["kind"], row["class"], row["what"], row["where"]) == (edit.kind, edit.class_, edit.what, edit.where)
        and place.hostname == edit.host
        and place.path == edit.path
        and (row["before"] is None if edit.before is None else edit.before in (row["before"] or ""))
        and (row["after"] is None if edit.after is None else edit.after in (row["after"] or ""))
    )


def test_each_night_says_what_became_of_every_page(agency: Agency, path: Path) -> None:
    """New, unchanged, edited, gone, back, moved and refused pages are each told as that."""
    moved_to = {fate.to: (fate.host, fate.path) for fate in truth.FATES if fate.to}
    for number in (1, 2, 3):
        summary = crawl_agency(agency, path, number)
        found = {}
        for look in summary.looks:
            place = urlsplit(look.address)
            key = moved_to.get(look.address, (place.hostname, place.path))
            found[key] = _FATE_OF.get(look.result, "refused" if look.result == "not_allowed" else look.result)
            if look.address in moved_to and number == 2:
                found[key] = "moved"
        assert found == truth.fates(number)


def test_no_request_went_where_it_may_not(agency: Agency, path: Path) -> None:
    """What robots.txt forbids, what is out of scope and what is a document is never asked for."""
    for number in (1, 2, 3):
        crawl_agency(agency, path, number)
    asked = {(visit.host, visit.path) for visit in agency.log}
    assert (truth.HUB_HOST, truth.PRINTABLE) not in asked
    assert (truth.HUB_HOST, truth.DOCUMENT) not in asked
    assert {host for host, _ in asked} <= {
        prefix + host for host in (truth.HUB_HOST, truth.EXAMPLE_HOST) for prefix in ("", "www.")
    }
    assert max(agency.in_flight_max.values()) == 1


def test_the_recorded_changes_rebuild_each_later_revision(agency: Agency, path: Path) -> None:
    """apply(revision n, the changes stored with n + 1) is revision n + 1, byte for byte."""
    for number in (1, 2, 3):
        crawl_agency(agency, path, number)
    database = open_for_reading(path)
    rows = database.query(
        "SELECT b.id AS before, r.id AS after FROM revisions r"
        " JOIN revisions b ON b.page_id = r.page_id AND b.seq = r.seq - 1"
        " WHERE r.state = 'live' AND b.state = 'live'"
    )
    pairs = [(row["before"], row["after"]) for row in rows]
    assert len(pairs) >= 3
    for before, after in pairs:
        rebuilt = apply(load_page(database, before), history.stored_changes(database, after))
        assert canonical_json(rebuilt) == canonical_json(load_page(database, after))
    database.conn.close()


def test_a_second_look_the_same_night_adds_captures_and_no_revision(agency: Agency, path: Path) -> None:
    """Noise differs at each request; the archive does not call it news."""
    crawl_agency(agency, path, 1)
    database = open_for_reading(path)
    before = {name: database.table(name).count for name in ("captures", "revisions", "section_texts", "links")}
    database.conn.close()
    summary = crawl_agency(agency, path, 1)
    database = open_for_reading(path)
    after = {name: database.table(name).count for name in before}
    database.conn.close()
    assert after["captures"] == 2 * before.pop("captures")
    assert {name: after[name] for name in before} == before
    assert set(summary.counts) == {"unchanged", "not_allowed"}
