"""Suspects, night after night: held, told, believed in time or by a person, and the same history however it is made."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from archive.file import open_for_reading, transaction
from archive.order import replay_page
from archive.store import Archive
from schemas.reading import Rules
from schemas.site import Floors
from scraper import parse
from scraper.parse import PARSER
from scraper.reading import reading_of
from scraper.summary import EXIT_CODES, Summary
from tests.agency import nightly, truth
from tests.agency.server import Agency
from tests.agency.trouble import Trouble, busy, challenge, emptied, garbled, lost_in_words, shorn, to_front
from tests.runs import crawl_agency, results
from tests.shell import tidslager

LAUNDRY = (truth.EXAMPLE_HOST, truth.LAUNDRY)
HUB = (truth.HUB_HOST, truth.HUB)
EXAMPLES = [(truth.EXAMPLE_HOST, path) for path in (truth.LAUNDRY, truth.CONTRACT, truth.JOINERY, truth.BICYCLES)]
LAUNDRY_PAGE = nightly.page_without_noise(1, *LAUNDRY)
ENGLISH = LAUNDRY_PAGE[: LAUNDRY_PAGE.index(b"<main")].replace(b'lang="sv"', b'lang="en"') + (
    b"<main><h1>The laundry that washes for all of Norrvik</h1><p>This is a page that was written in English, and it"
    b" is not the one that you have read before. It tells of the laundry and of those who work in it, which they have"
    b" done for a year by now.</p><h2>A contract of the right size</h2><p>The town bought what it could.</p>"
    b"<h2>What we have learned</h2><p>Begin with what you have.</p></main></body></html>"
)

HELD = {
    "challenge": challenge(times=None),
    "front_page": to_front(),
    "soft_404": lost_in_words(),
    "empty": emptied(LAUNDRY_PAGE),
    "loss": shorn(LAUNDRY_PAGE, 0),
    "encoding": garbled(LAUNDRY_PAGE),
    "language": Trouble(body=ENGLISH, times=None),
}


def visit(agency: Agency, path: Path, number: int, **settings: Any) -> Summary:
    """Crawl the laundry's page alone, which shows its first night whenever it is looked at."""
    start = (f"http://{truth.EXAMPLE_HOST}{truth.LAUNDRY}",)
    return crawl_agency(agency, path, number, shown=1, start=start, depth=0, floors=Floors(), **settings)


def query(path: Path, sql: str, *values: object) -> list[tuple[Any, ...]]:
    """Rows of the archive."""
    database = open_for_reading(path)
    found = database.execute(sql, values).fetchall()
    database.conn.close()
    return found


def history(path: Path, page: int = 1) -> list[tuple[Any, ...]]:
    """Revisions of the laundry's page: number, state, cause, first seen, last look before."""
    return query(
        path,
        "SELECT revision, state, cause, substr(seen_from, 1, 10), substr(unseen_since, 1, 10) FROM page_history"
        " WHERE page = ? ORDER BY revision",
        page,
    )


def entry(path: Path) -> int:
    """The one entry that waits in quarantine."""
    ((number,),) = query(path, "SELECT entry FROM quarantine_list WHERE state = 'open'")
    return int(number)


def look_of(summary: Summary, page: int = 1) -> Any:
    """What the run says of a page."""
    return next(look for look in summary.looks if look.page == page)


def says(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """All that an archive says, without the numbers of its rows."""
    columns = {
        "page_history": "page, revision, state, cause, title, seen_from, unseen_since, last_seen, changes, digest",
        "change_feed": "page, revision, ordinal, kind, class, what, where_on_page, before, after, why",
        "current_sections": "page, position, section, heading, text",
        "current_links": "page, section, label, url, since",
        "quarantine_list": "page, entry, doubt, why, looks, first_seen, last_seen, state, digest",
        "page_events": "page, event, seen_from, unseen_since, before, after, by_page",
        "fetch_log": "capture, verdict, revision, why",
    }
    return {
        view: sorted(database.execute(f"SELECT {names} FROM {view}").fetchall(), key=repr)
        for view, names in columns.items()
    }


@pytest.fixture(autouse=True)
def same_history_from_evidence_alone(path: Path) -> Any:
    """After each test: every page's history, made anew from its captures, is the one that the nights had made."""
    yield
    if not path.exists():
        return
    with Archive(path) as archive:
        before = says(archive.database)
        firsts = archive.database.execute(
            "SELECT page_id, min(id) FROM captures WHERE page_id IS NOT NULL GROUP BY page_id"
        ).fetchall()
        with transaction(archive.database, path):
            for page, capture in firsts:
                replay_page(
                    archive.database, page, capture, parser=PARSER,
                    reread=lambda look: reading_of(look, Rules(), parse.read) or pytest.fail("a failure was read"),
                )  # fmt: skip
        assert says(archive.database) == before


@pytest.mark.parametrize("doubt", HELD)
def test_r12_a_suspect_changes_nothing_and_is_told(agency: Agency, path: Path, doubt: str) -> None:
    """R12: held with its reason, no revision, no change; the night after, the page is unchanged."""
    crawl_agency(agency, path, 1)
    agency.trouble[LAUNDRY] = HELD[doubt]
    summary = crawl_agency(agency, path, 2, shown=1)
    look = look_of(summary, 2)
    assert (look.result, look.doubt, bool(look.error)) == ("suspect", doubt, True)
    assert (summary.status, EXIT_CODES[summary.status]) == ("partial", 3)
    assert len(history(path, 2)) == 1
    listed = json.loads(tidslager("quarantine", "list", "--json", "--archive", str(path)).out)
    assert [(row["page"], row["doubt"], row["state"]) for row in listed] == [(2, doubt, "open")]
    agency.trouble.clear()
    assert look_of(crawl_agency(agency, path, 3, shown=1), 2).result == "unchanged"
    assert query(path, "SELECT count(*) FROM changes") == [(0,)]
    assert query(path, "SELECT state FROM quarantine_list") == [("past",)]


@pytest.mark.parametrize("doubt", ["soft_404", "loss", "encoding", "language"])
def test_what_stays_so_is_believed_and_dated_to_when_it_came(agency: Agency, path: Path, doubt: str) -> None:
    """On the third night a page that says the same is believed: its revision begins on the first."""
    visit(agency, path, 1)
    agency.trouble[LAUNDRY] = HELD[doubt]
    for number in (2, 3):
        assert look_of(visit(agency, path, number)).result == "suspect"
    look = look_of(visit(agency, path, 4))
    assert look.result == "changed"
    assert look.changes
    assert look.note.startswith("Accepted since it stayed the same for 3 nights: ")
    assert history(path)[1:] == [(2, "live", "source", "2026-03-02", "2026-03-01")]
    assert query(path, "SELECT state, looks FROM quarantine_list") == [("believed", 3)]
    assert "since it stayed so for 3 nights" in tidslager("log", "1", "--archive", str(path)).out.replace("\n  ", " ")
    summary = visit(agency, path, 5)
    assert (look_of(summary).result, summary.status) == ("unchanged", "ok")
    assert query(path, "SELECT substr(last_seen, 1, 10) FROM page_history WHERE page = 1") == [
        ("2026-03-01",),
        ("2026-03-05",),
    ]


@pytest.mark.parametrize("doubt", ["challenge", "front_page", "empty"])
def test_what_no_editor_did_is_never_believed_by_itself(agency: Agency, path: Path, doubt: str) -> None:
    """A challenge, a redirect to the front page and an empty page stay out however long they stay."""
    visit(agency, path, 1)
    agency.trouble[LAUNDRY] = HELD[doubt]
    for number in range(2, 8):
        assert look_of(visit(agency, path, number)).result == "suspect"
    assert len(history(path)) == 1
    assert query(path, "SELECT looks FROM quarantine_list") == [(6,)]


def test_the_number_of_nights_is_the_sites_to_say(agency: Agency, path: Path) -> None:
    """`suspect_nights` of the site file, as it was in force in the run."""
    visit(agency, path, 1)
    agency.trouble[LAUNDRY] = HELD["loss"]
    assert look_of(visit(agency, path, 2, suspect_nights=2)).result == "suspect"
    assert look_of(visit(agency, path, 3, suspect_nights=2)).result == "changed"


def test_two_runs_of_a_night_are_one(agency: Agency, path: Path) -> None:
    """Looking often in one night makes nothing more believable."""
    visit(agency, path, 1)
    agency.trouble[LAUNDRY] = HELD["loss"]
    for _ in range(4):
        assert look_of(visit(agency, path, 2)).result == "suspect"


def test_a_failure_between_neither_counts_nor_begins_anew(agency: Agency, path: Path) -> None:
    """A night on which the host was busy says nothing about the content."""
    visit(agency, path, 1)
    for number, trouble in enumerate([HELD["loss"], HELD["loss"], busy(times=None)], 2):
        agency.trouble[LAUNDRY] = trouble
        assert look_of(visit(agency, path, number)).result != "changed"
    agency.trouble[LAUNDRY] = HELD["loss"]
    assert look_of(visit(agency, path, 5)).result == "changed"
    assert history(path)[1][3:] == ("2026-03-02", "2026-03-01")


def test_another_content_begins_to_count_anew(agency: Agency, path: Path) -> None:
    """Three nights of three contents are no content that stayed, nor is one that the page itself interrupts."""
    visit(agency, path, 1)
    for number, trouble in enumerate([HELD["loss"], lost_in_words(), HELD["loss"], None, HELD["loss"]], 2):
        agency.trouble = {LAUNDRY: trouble} if trouble else {}
        assert look_of(visit(agency, path, number)).result != "changed"
    assert len(history(path)) == 1


def test_a_person_accepts_and_the_night_is_the_one_it_came(agency: Agency, path: Path) -> None:
    """Accepted on the second night: the revision begins on the first, and nothing is fetched for it."""
    visit(agency, path, 1)
    agency.trouble[LAUNDRY] = HELD["loss"]
    for number in (2, 3):
        visit(agency, path, number)
    agency.log.clear()
    ran = tidslager(
        "quarantine", "accept", str(entry(path)), "--why", "de kortade den", "--by", "Stina", "--archive", str(path)
    )
    assert (ran.code, agency.log) == (0, [])
    assert history(path)[1:] == [(2, "live", "source", "2026-03-02", "2026-03-01")]
    assert query(path, "SELECT decision, decided_by, why FROM decisions") == [("accept", "Stina", "de kortade den")]
    assert "Accepted by Stina" in tidslager("log", "1", "--archive", str(path)).out.replace("\n  ", " ")
    assert look_of(visit(agency, path, 4)).result == "unchanged"


def test_a_challenge_can_be_accepted_by_a_person(agency: Agency, path: Path) -> None:
    """A person knows better than our marks; what they accepted once is the page whenever it comes again."""
    visit(agency, path, 1)
    agency.trouble[LAUNDRY] = challenge(times=None)
    visit(agency, path, 2)
    assert tidslager("quarantine", "accept", str(entry(path)), "--archive", str(path)).code == 0
    assert look_of(visit(agency, path, 3)).result == "unchanged"
    agency.trouble.clear()
    assert look_of(visit(agency, path, 4)).result == "changed"
    agency.trouble[LAUNDRY] = challenge(times=None)
    assert look_of(visit(agency, path, 5)).result == "changed"
    assert [row[3] for row in history(path)] == ["2026-03-01", "2026-03-02", "2026-03-04", "2026-03-05"]


def test_a_late_decision_ends_in_the_history_that_time_order_makes(agency: Agency, path: Path) -> None:
    """Accepted when the page says otherwise again: three revisions, each with its own night."""
    visit(agency, path, 1)
    agency.trouble[LAUNDRY] = HELD["loss"]
    visit(agency, path, 2)
    number = entry(path)
    agency.trouble.clear()
    visit(agency, path, 3)
    assert len(history(path)) == 1
    assert tidslager("quarantine", "accept", str(number), "--archive", str(path)).code == 0
    assert history(path) == [
        (1, "live", "source", "2026-03-01", None),
        (2, "live", "source", "2026-03-02", "2026-03-01"),
        (3, "live", "source", "2026-03-03", "2026-03-02"),
    ]
    kinds = query(path, "SELECT revision, kind FROM change_feed WHERE page = 1 AND what = 'section' ORDER BY id")
    assert {kind for revision, kind in kinds if revision == 2} == {"removed"}
    assert {kind for revision, kind in kinds if revision == 3} == {"added"}


def test_what_is_rejected_stays_out_for_good(agency: Agency, path: Path) -> None:
    """A rejected content is never believed, also when it comes again; another content is another question."""
    visit(agency, path, 1)
    agency.trouble[LAUNDRY] = HELD["loss"]
    visit(agency, path, 2)
    assert tidslager("quarantine", "reject", str(entry(path)), "--archive", str(path)).code == 0
    for number in range(3, 8):
        assert look_of(visit(agency, path, number)).result == "suspect"
    assert len(history(path)) == 1
    assert query(path, "SELECT state FROM quarantine_list") == [("rejected",)]
    assert json.loads(tidslager("quarantine", "list", "--json", "--archive", str(path)).out) == []
    agency.trouble[LAUNDRY] = lost_in_words()
    for number in range(8, 11):
        look = look_of(visit(agency, path, number))
    assert look.result == "changed"


def test_a_decision_that_says_nothing_new_is_refused(agency: Agency, path: Path) -> None:
    """An empty reason, and what was decided the same way before, get a sentence; no evidence is made of them."""
    visit(agency, path, 1)
    agency.trouble[LAUNDRY] = HELD["loss"]
    visit(agency, path, 2)
    number = str(entry(path))
    for command, decided in (("reject", "rejected"), ("accept", "accepted")):
        empty = tidslager("quarantine", command, number, "--why", " ", "--archive", str(path))
        assert (empty.code, "The reason is empty" in empty.err) == (2, True)
        assert tidslager("quarantine", command, number, "--archive", str(path)).code == 0
        again = tidslager("quarantine", command, number, "--archive", str(path))
        assert (again.code, f"Entry {number} was {decided} before" in again.err) == (1, True)
    assert query(path, "SELECT decision FROM decisions ORDER BY id") == [("reject",), ("accept",)]


def test_what_was_believed_in_time_can_be_rejected_and_accepted_again(agency: Agency, path: Path) -> None:
    """A decision takes a believed revision back, and a later decision brings it in again: the latest counts."""
    visit(agency, path, 1)
    agency.trouble[LAUNDRY] = HELD["loss"]
    for number in range(2, 5):
        visit(agency, path, number)
    agency.trouble.clear()
    visit(agency, path, 5)
    believed = history(path)
    assert len(believed) == 3
    ((number,),) = query(path, "SELECT entry FROM quarantine_list")
    assert tidslager("quarantine", "reject", str(number), "--archive", str(path)).code == 0
    assert history(path) == [(1, "live", "source", "2026-03-01", None)]
    assert query(path, "SELECT count(*) FROM changes") == [(0,)]
    assert tidslager("quarantine", "accept", str(number), "--archive", str(path)).code == 0
    assert history(path) == believed


def test_a_history_made_anew_from_the_middle_of_a_spell_begins_before_it(agency: Agency, path: Path) -> None:
    """What was believed rests on looks before and after any of them: it is never cut in two."""
    for number in range(1, 5):
        visit(agency, path, number)
        agency.trouble[LAUNDRY] = HELD["loss"]
    with Archive(path) as archive:
        before = says(archive.database)
        captures = archive.database.execute("SELECT id FROM captures WHERE page_id = 1 ORDER BY id").fetchall()
        for (capture,) in captures[::-1]:
            with transaction(archive.database, path):
                replay_page(
                    archive.database, 1, capture, parser=PARSER,
                    reread=lambda look: reading_of(look, Rules(), parse.read) or pytest.fail("a failure was read"),
                )  # fmt: skip
            assert says(archive.database) == before


def test_decisions_are_evidence(agency: Agency, path: Path) -> None:
    """A decision can be followed by another, never altered or taken away."""
    visit(agency, path, 1)
    agency.trouble[LAUNDRY] = HELD["loss"]
    visit(agency, path, 2)
    tidslager("quarantine", "reject", str(entry(path)), "--archive", str(path))
    with Archive(path) as archive:
        for statement in ("UPDATE decisions SET decision = 'accept'", "DELETE FROM decisions"):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                archive.database.execute(statement)
            archive.database.rollback()


def test_there_is_nothing_to_decide_about_a_redirect(agency: Agency, path: Path) -> None:
    """A redirect to the front page has no content: the message says so."""
    visit(agency, path, 1)
    agency.trouble[LAUNDRY] = to_front()
    visit(agency, path, 2)
    for command in ("accept", "reject", "show"):
        ran = tidslager("quarantine", command, str(entry(path)), "--archive", str(path))
        assert (ran.code, ran.out) == (1, "")
        assert "no content to decide on" in ran.err
    assert "no entry 77" in tidslager("quarantine", "accept", "77", "--archive", str(path)).err


def test_show_tells_what_the_suspect_would_change(agency: Agency, path: Path) -> None:
    """`quarantine show` is the diff that accepting would record; for a page never read, what it says."""
    agency.trouble[LAUNDRY] = lost_in_words()
    visit(agency, path, 1)
    first = tidslager("quarantine", "show", str(entry(path)), "--archive", str(path))
    assert first.code == 0
    assert "Pröva att söka" in first.out
    agency.trouble.clear()
    visit(agency, path, 2)
    agency.trouble[LAUNDRY] = HELD["loss"]
    visit(agency, path, 3)
    later = tidslager("quarantine", "show", str(entry(path)), "--archive", str(path)).out
    assert "section removed" in later
    assert (
        f"tidslager quarantine accept {entry(path)}"
        in tidslager("quarantine", "show", str(entry(path)), "--archive", str(path)).err
    )
    listed = tidslager("quarantine", "list", "--archive", str(path)).out
    assert "are believed when\nthe page stays so" in listed
    assert "Det här har vi lärt oss" in later


def test_a_hub_in_quarantine_takes_nothing_with_it(agency: Agency, path: Path) -> None:
    """A challenge in the hub's stead: its links are not followed, the known pages are looked at all the same."""
    crawl_agency(agency, path, 1)
    agency.trouble[HUB] = challenge(times=None)
    summary = crawl_agency(agency, path, 2, shown=1)
    assert summary.counts == {"suspect": 1, "unchanged": 6}
    assert summary.status == "partial"
    assert [event.event for event in summary.events] == []


def test_a_hub_below_its_floor_is_a_changed_layout(agency: Agency, path: Path) -> None:
    """Fewer sections than the site file expects: exit code 4, nothing removed, and never believed by itself."""
    crawl_agency(agency, path, 1)
    agency.trouble[HUB] = shorn(nightly.page_without_noise(1, *HUB), 2)
    for number in range(2, 7):
        summary = crawl_agency(agency, path, number, shown=1)
        assert (look_of(summary, 1).result, look_of(summary, 1).doubt) == ("suspect", "drift")
        assert (summary.status, EXIT_CODES[summary.status]) == ("drift", 4)
        assert "the site file expects at least 5" in summary.shortfalls[0]
    assert len(history(path, 1)) == 1
    assert query(path, "SELECT count(*) FROM page_events WHERE event = 'unlinked'") == [(0,)]
    assert query(path, "SELECT DISTINCT status FROM runs WHERE id > 1") == [("drift",)]


def test_pages_that_lose_their_sections_together_are_a_changed_layout(agency: Agency, path: Path) -> None:
    """What happens to most pages in one night is the layout's doing, and is not believed when it stays."""
    crawl_agency(agency, path, 1)
    for address in EXAMPLES:
        agency.trouble[address] = shorn(nightly.page_without_noise(1, *address), 0)
    for number in range(2, 7):
        summary = crawl_agency(agency, path, number, shown=1)
        assert summary.counts["suspect"] == 4
        assert (summary.status, EXIT_CODES[summary.status]) == ("drift", 4)
    assert query(path, "SELECT count(*) FROM changes") == [(0,)]


def test_another_layout_that_loses_sections_is_a_changed_layout(agency: Agency, path: Path) -> None:
    """The site goes over to another CMS, and the layout that still fits finds less: held, and told as such."""
    visit(agency, path, 1)
    other = "<html lang=sv><body><main><h1>Returbruket tvättar åt hela Norrvik</h1><p>Ny webbplats.</p></main>"
    agency.trouble[LAUNDRY] = Trouble(body=other.encode(), times=None)
    for number in range(2, 7):
        summary = visit(agency, path, number)
        look = look_of(summary)
        assert (look.doubt, summary.status) == ("drift", "drift")
        assert "layout generic fits where sitevision did" in look.error
    assert len(history(path)) == 1


def test_a_page_that_was_a_suspect_at_first_sight_is_looked_at_again(agency: Agency, path: Path) -> None:
    """A page never read yet is not forgotten when the hub cannot lead to it."""
    agency.trouble[LAUNDRY] = challenge(times=None)
    crawl_agency(agency, path, 1)
    agency.trouble = {HUB: challenge(times=None)}
    assert look_of(crawl_agency(agency, path, 2, shown=1), 2).result == "new"


def test_an_editors_ordinary_night_is_no_suspect(agency: Agency, path: Path) -> None:
    """The three nights of the agency, with all that its editors do, put nothing into quarantine."""
    for number in (1, 2, 3):
        assert "suspect" not in results(crawl_agency(agency, path, number)).values()
    assert query(path, "SELECT count(*) FROM quarantine") == [(0,)]


def test_a_decision_is_sealed_by_the_next_run_and_may_be_erased(agency: Agency, path: Path) -> None:
    """Who altered a decision is found out; the words of one can be redacted, and the chain still verifies."""
    visit(agency, path, 1)
    agency.trouble[LAUNDRY] = shorn(LAUNDRY_PAGE, 0)
    visit(agency, path, 2)
    said = ("--by", "Gunhild Ekorre", "--why", "ringde redaktionen")
    assert tidslager("quarantine", "reject", str(entry(path)), *said, "--archive", str(path)).code == 0
    visit(agency, path, 3)
    assert tidslager("verify", "--archive", str(path)).code == 0
    copy = path.with_name("altered.db")
    copy.write_bytes(path.read_bytes())
    connection = sqlite3.connect(copy)
    (guard,) = connection.execute("SELECT sql FROM sqlite_master WHERE name = 'decisions_no_update'").fetchone()
    connection.execute("DROP TRIGGER decisions_no_update")
    connection.execute("UPDATE decisions SET decision = 'accept'")
    connection.execute(guard)
    connection.commit()
    connection.close()
    found = tidslager("verify", "--archive", str(copy))
    assert found.code != 0
    assert "decisions 1 is not what run 3 sealed" in " ".join(found.out.split())
    erased = tidslager("redact", "--person", "Gunhild Ekorre", "--reason", "begäran 3/2026", "--archive", str(path))
    assert erased.code == 0, erased.err
    assert query(path, "SELECT decision, digest, decided_by FROM decisions") == [("reject", None, "redacted")]
    assert tidslager("verify", "--archive", str(path)).code == 0
