"""One answer for several pages: a notice for a night is no move and no edit, what stays so is one."""

from __future__ import annotations

import random
from contextlib import closing
from pathlib import Path

import pytest
from msgspec.structs import replace

from archive.file import open_for_reading
from archive.history import page_rows
from archive.store import Archive
from archive.verify import verify
from schemas.reading import Reading
from tests.agency import truth
from tests.agency.server import Agency
from tests.agency.trouble import Trouble
from tests.builders import PARSER, SITE, begin, capture, look, night, page, reading, reread, section, written
from tests.runs import crawl_agency
from tests.shell import tidslager

NOTICE = "<!DOCTYPE html><html lang=sv><title>Underhåll</title><main><h1>Strax åter</h1><p>Vi byter skruvar.</main>"
AT = "http://byran.example/{}"
LONG = "<!DOCTYPE html><html lang=sv><title>Avbrott</title><main><h1>Avbrott</h1>{}</main>".format(
    "".join(
        f"<h2>Rubrik {n}</h2><p>Vi har ett avbrott i driften och söker felet. Ring växeln, val {n}.</p>"
        for n in range(6)
    )
)
PATIENT = replace(SITE, suspect_nights=3)
ONE, TWO, THREE = (page(section(name, f"Här står något om {name}.")) for name in ("Ett", "Två", "Tre"))


def close_for_maintenance(agency: Agency, addresses: list[str]) -> None:
    """Every address redirects to a notice on its host, status 302 and 200, as sites do it that are being mended."""
    away = Trouble(status=302, fields=(("Location", "/underhall.html"),), times=None)
    for address in addresses:
        host, _, path = address.partition("://")[2].partition("/")
        agency.trouble[host.removeprefix("www."), f"/{path}"] = away
    for host in (truth.HUB_HOST, truth.EXAMPLE_HOST):
        agency.trouble[host, "/underhall.html"] = Trouble(status=200, body=NOTICE.encode(), times=None)


def test_a_site_that_is_closed_for_two_nights_has_not_moved(agency: Agency, path: Path) -> None:
    """Nothing is told as moved, all is in quarantine with the reason, and on the night after all is as before."""
    first = crawl_agency(agency, path, 1)
    addresses = [found.address for found in first.looks]
    for number in (2, 3):
        close_for_maintenance(agency, addresses)
        summary = crawl_agency(agency, path, number, shown=1)
        assert summary.counts == {"suspect": 7}
        assert (summary.events, sum(len(found.changes) for found in summary.looks)) == ((), 0)
        assert {found.doubt for found in summary.looks} == {"drift", "shared"}
    listed = tidslager("quarantine", "list", "--archive", str(path)).out
    assert "as other pages do" in " ".join(listed.split())
    agency.trouble.clear()
    after = crawl_agency(agency, path, 4, shown=1)
    assert after.counts == {"not_allowed": 1, "unchanged": 7}
    assert after.events == ()
    database = open_for_reading(path)
    with closing(database.conn):
        assert [row["address"] for row in page_rows(database) if row["state"]] == addresses[:7]
        assert verify(database, path, rng=random.Random(0)).findings == ()


def test_a_notice_with_status_200_at_every_address_is_no_edit(agency: Agency, path: Path) -> None:
    """Long enough that no page loses its sections by it: the first page may be taken in, no other is."""
    first = crawl_agency(agency, path, 1)
    for found in first.looks:
        host, _, where = found.address.partition("://")[2].partition("/")
        agency.trouble[host.removeprefix("www."), f"/{where}"] = Trouble(body=LONG.encode(), times=None)
    for number in (2, 3):
        summary = crawl_agency(agency, path, number, shown=1)
        assert summary.counts == {"suspect": 7}
    assert {"shared"} < {found.doubt for found in summary.looks}
    agency.trouble.clear()
    assert crawl_agency(agency, path, 4, shown=1).counts == {"not_allowed": 1, "unchanged": 7}


def test_two_addresses_of_one_page_change_together(three: Archive) -> None:
    """They were alike before: what both say now is an edit. Two pages that become alike to the byte are held."""
    look(three, 1, ONE, AT.format("samma"))
    for number in (2, 3):
        changed = page(section("Ett", f"Här står något annat, för gång {number}."))
        run = begin(three, night(number), PATIENT)
        said = {}
        for name in ("ett", "samma", *(("tva",) if number == 3 else ())):
            kept = three.keep(run, capture(AT.format(name), at=night(number), body=written(changed)))
            said[name] = three.record(kept.id, reading(changed), parser=PARSER, reread=reread).finding
        three.finish_run(run, "ok", {}, now=night(number))
        assert said == {"ett": "changed", "samma": "changed"} | ({"tva": "suspect"} if number == 3 else {})


def led(archive: Archive, run: int, number: int, name: str, to: str) -> int:
    """A capture of a page that redirects, kept and not read yet."""
    away = capture(
        AT.format(name), at=night(number), outcome="redirected", status=301, location=AT.format(to), body=None
    )
    return archive.keep(run, away).id


def found(archive: Archive, number: int) -> str:
    """What the reading of a redirect comes to."""
    return archive.record(number, Reading(verdict="elsewhere"), parser=PARSER, reread=reread).finding


def leads(archive: Archive, number: int, name: str, to: str) -> str:
    """A night's look at a page that redirects; what was found."""
    run = begin(archive, night(number), PATIENT)
    said = found(archive, led(archive, run, number, name, to))
    archive.finish_run(run, "ok", {}, now=night(number))
    return said


def moves(archive: Archive) -> list[tuple[int, str]]:
    """Pages that have moved, and since when."""
    rows = archive.database.execute("SELECT page, substr(seen_from, 1, 10) FROM page_history WHERE state = 'moved'")
    return rows.fetchall()


@pytest.fixture
def three(archive: Archive) -> Archive:
    """An archive of three pages."""
    for name, record in (("ett", ONE), ("tva", TWO), ("tre", THREE)):
        look(archive, 1, record, AT.format(name))
    return archive


def test_pages_that_stay_led_to_another_have_moved_since_the_first_night(three: Archive) -> None:
    """The first page that leads to another has moved at once; the second when it has stayed so, and since it began."""
    assert leads(three, 2, "ett", "tre") == "moved"
    assert [leads(three, number, "tva", "tre") for number in (2, 3, 4)] == ["suspect", "suspect", "moved"]
    assert moves(three) == [(1, "2026-03-02"), (2, "2026-03-02")]
    assert leads(three, 5, "tva", "tre") == "elsewhere"
    assert verify(three.database, three.path, rng=random.Random(0)).findings == ()


def test_an_answer_between_begins_the_count_anew(three: Archive) -> None:
    """Led away, back, and led away again: no three nights in a row."""
    leads(three, 2, "ett", "tre")
    for number in (2, 3, 5, 6):
        assert leads(three, number, "tva", "tre") == "suspect"
        if number == 3:
            assert look(three, 4, TWO, AT.format("tva")).finding == "unchanged"
    assert moves(three) == [(1, "2026-03-02")]


def test_a_redirect_that_is_brought_in_late_counts_as_if_it_had_been_there(three: Archive) -> None:
    """An import of an older redirect of another page: the move that was told meanwhile was too early."""
    assert leads(three, 3, "tva", "tre") == "moved"
    run = begin(three, night(4), PATIENT)
    assert found(three, led(three, run, 2, "ett", "tre")) == "moved"
    three.finish_run(run, "ok", {}, now=night(4))
    assert moves(three) == [(1, "2026-03-02")]
    assert three.database.execute("SELECT page, doubt FROM quarantine_list").fetchall() == [(2, "shared")]
