"""What looks at a page make of its history."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive import history
from archive.records import load_page
from archive.store import Archive
from schemas.page import Film, Link, Page, Paragraph, Person, canonical_json, digest
from schemas.reading import Reading
from scraper.addresses import cms_key
from tests.builders import ADDRESS, PARSER, begin, capture, gone, look, night, page, reread, section, written

A = page(section("Start", "Det var en gång."), section("Mål", "Alla ska med."))
B = page(section("Start", "Det var en gång."), section("Mål", "Alla ska vara med."))


def seqs(archive: Archive) -> list[tuple[int, str]]:
    """Number and state of each revision, in order."""
    rows = archive.database.execute("SELECT seq, state FROM revisions ORDER BY page_id, seq")
    return [(seq, state) for seq, state in rows.fetchall()]


def test_the_same_content_again_is_a_capture_and_no_revision(archive: Archive) -> None:
    """Looking twice at the same page adds a capture and a reading, and nothing else."""
    assert look(archive, 1, A).finding == "new"
    assert look(archive, 2, A).finding == "unchanged"
    counts = {t: archive.database.table(t).count for t in ("captures", "readings", "revisions", "changes")}
    assert counts == {"captures": 2, "readings": 2, "revisions": 1, "changes": 0}


def test_a_change_lies_between_the_last_look_before_and_the_first_after(archive: Archive) -> None:
    """The span of a change is what was really seen, not when the run happened to be."""
    look(archive, 1, A)
    look(archive, 2, A)
    look(archive, 5, B)
    row = history.revision_numbered(archive.database, 1, 2)
    assert (row["unseen_since"], row["seen_from"]) == ("2026-03-02T02:10:00.000Z", "2026-03-05T02:10:00.000Z")


@pytest.mark.parametrize("nights", ["ABA", "ABABA"])
def test_r4_a_page_that_goes_back_and_forth_keeps_every_turn(archive: Archive, nights: str) -> None:
    """A→B→A is three revisions, A→B→A→B→A is five."""
    for number, name in enumerate(nights, 1):
        look(archive, number, A if name == "A" else B)
    assert [seq for seq, _ in seqs(archive)] == list(range(1, len(nights) + 1))


def test_r5_a_section_removed_and_restored_is_dated_twice_and_is_the_same_section(archive: Archive) -> None:
    """Removal and return are changes of their own nights, and the section keeps its identity."""
    look(archive, 1, A)
    look(archive, 2, page(section("Start", "Det var en gång.")))
    look(archive, 3, A)
    feed = history.change_rows(archive.database)
    assert [(row["kind"], row["what"], row["seen_from"][:10]) for row in feed] == [
        ("removed", "section", "2026-03-02"),
        ("added", "section", "2026-03-03"),
    ]
    assert archive.database.table("sections").count == 2
    assert feed[0]["section_id"] == feed[1]["section_id"]


def test_thousands_of_sections_of_one_name_do_not_ask_for_each_other(archive: Archive) -> None:
    """40,000 headings "Rubrik" kept a night busy for hours: the n-th asked for the n-1 before it."""
    asked: list[str] = []
    archive.database.conn.set_trace_callback(asked.append)
    for number in (1, 2):
        look(archive, number, page(*(section("Rubrik", f"Stycke {n} av {number}.") for n in range(300))))
    archive.database.conn.set_trace_callback(None)
    assert sum("FROM sections WHERE page_id" in statement for statement in asked) <= 3 * 300
    assert archive.database.execute("SELECT count(DISTINCT key) FROM sections").fetchone() == (300,)


def test_r6_a_value_that_comes_and_goes_is_recorded(archive: Archive) -> None:
    """From nothing to a value and back are two changes."""
    named = msgspec.structs.replace(A, responsible=Person(name="Stina Dahl", role="Utredare"))
    look(archive, 1, A)
    look(archive, 2, named)
    look(archive, 3, A)
    told = [(row["before"], row["after"]) for row in history.change_rows(archive.database)]
    assert told == [(None, "Stina Dahl, Utredare"), ("Stina Dahl, Utredare", None)]
    assert archive.database.execute("SELECT name, from_revision, to_revision FROM people").fetchall() == [
        ("Stina Dahl", 2, 3)
    ]


def test_r8_comparing_old_revisions_writes_nothing(archive: Archive) -> None:
    """Comparing any two revisions leaves the file as it was."""
    for number, record in enumerate([A, B, A, B], 1):
        look(archive, number, record)
    before = archive.database.conn.total_changes
    old, new = (history.revision_numbered(archive.database, 1, number) for number in (1, 4))
    assert [change.kind for change in history.compare(archive.database, old, new)] == ["edited"]
    assert archive.database.conn.total_changes == before


def test_r11_failures_are_never_changes(archive: Archive) -> None:
    """Nights of 429, 500 and time-outs, then the same content: no revision, and every look is in the log."""
    look(archive, 1, A)
    for number, (outcome, status) in enumerate([("http_error", 429), ("http_error", 500), ("timeout", None)], 2):
        run = begin(archive, night(number))
        archive.keep(run, capture(at=night(number), outcome=outcome, status=status, body=None, error="det gick inte"))
    assert look(archive, 5, A).finding == "unchanged"
    assert seqs(archive) == [(1, "live")]
    log = archive.database.execute("SELECT outcome, revision FROM fetch_log ORDER BY fetched_at").fetchall()
    assert log == [("fetched", 1), ("http_error", None), ("http_error", None), ("timeout", None), ("fetched", 1)]


@pytest.mark.parametrize("verdict", ["not_html", "unparsable"])
def test_an_answer_that_cannot_be_read_changes_nothing(archive: Archive, verdict: str) -> None:
    """An answer without a page in it is kept and logged with its reason; the page stays as it was."""
    look(archive, 1, A)
    run = begin(archive, night(2))
    kept = archive.keep(run, capture(at=night(2), body=b"x"))
    reading = msgspec.convert({"verdict": verdict, "why": "ingen sida"}, Reading)
    assert archive.record(kept.id, reading, parser=PARSER, reread=reread).finding == "unreadable"
    assert seqs(archive) == [(1, "live")]
    assert archive.database.execute("SELECT verdict, why FROM fetch_log WHERE run = 2").fetchall() == [
        (verdict, "ingen sida")
    ]


def test_gone_and_back_are_dated_and_links_end_and_begin_again(archive: Archive) -> None:
    """404 ends what stood on the page; its return begins it anew, and the text between is not told as edited."""
    link = Link(label="Läs mer", address="http://byran.example/mer", kind="page")
    film = Film(address="https://film.example/1", title="En film")
    rich = page(msgspec.structs.replace(A.sections[0], blocks=(Paragraph(text="Läs mer", links=(link,)), film)))
    look(archive, 1, rich)
    assert gone(archive, 2).finding == "gone"
    assert gone(archive, 3).finding == "still_gone"
    assert archive.database.execute("SELECT count(*) FROM current_links").fetchone()[0] == 0
    assert look(archive, 4, rich).finding == "back"
    assert seqs(archive) == [(1, "live"), (2, "gone"), (3, "live")]
    assert [(r["kind"], r["what"]) for r in history.change_rows(archive.database)] == [
        ("removed", "page"),
        ("added", "page"),
    ]
    assert archive.database.execute("SELECT count(*) FROM current_links").fetchone()[0] == 1
    assert archive.database.execute("SELECT count(*) FROM current_films").fetchone()[0] == 1


def test_gone_before_it_was_ever_seen_is_no_history(archive: Archive) -> None:
    """A link that leads to 404 from the first night on is a broken link, not a page that went away."""
    assert gone(archive, 1).finding == "never_seen"
    assert seqs(archive) == []


def test_r18_a_page_moved_by_redirect_keeps_its_number(archive: Archive) -> None:
    """A 301 gives the page a new address from that night on: one page, nothing removed, nothing added."""
    look(archive, 1, A)
    run = begin(archive, night(2))
    new = "http://byran.example/nytt/sida.html"
    first = archive.keep(
        run, capture(at=night(2), outcome="redirected", status=301, location=new, body=None), why="seed"
    )
    recorded = archive.record(first.id, Reading(verdict="elsewhere"), parser=PARSER, reread=reread)
    assert recorded.finding == "elsewhere"
    second = archive.keep(run, capture(new, at=night(2), body=written(A)), via=first.id)
    recorded = archive.record(second.id, Reading(verdict="page", page=A), parser=PARSER, reread=reread)
    assert (second.page, recorded.finding) == (first.page, "unchanged")
    addresses = archive.database.execute(
        "SELECT u.url, pu.why, pu.from_run FROM page_urls pu JOIN urls u ON u.id = pu.url_id ORDER BY from_run"
    ).fetchall()
    assert addresses == [(ADDRESS, "link", 1), (new, "redirect", 2)]
    assert history.page_rows(archive.database)[0]["address"] == new


def test_a_page_that_now_leads_to_another_known_page_has_moved(archive: Archive) -> None:
    """Two pages made one: the redirected one ends as moved, once, and the other is untouched."""
    other = "http://byran.example/annan.html"
    look(archive, 1, A)
    look(archive, 1, B, other)
    for number in (2, 3):
        run = begin(archive, night(number))
        kept = archive.keep(run, capture(at=night(number), outcome="redirected", status=301, location=other, body=None))
        recorded = archive.record(kept.id, Reading(verdict="elsewhere"), parser=PARSER, reread=reread)
        assert recorded.finding == ("moved" if number == 2 else "elsewhere")
    assert seqs(archive) == [(1, "live"), (2, "moved"), (1, "live")]
    (moved,) = history.change_rows(archive.database)
    assert (moved["kind"], moved["what"], moved["before"], moved["after"]) == ("moved", "page", ADDRESS, other)


def test_a_cms_number_keeps_a_page_together_when_its_address_changes(archive: Archive) -> None:
    """The same CMS number at another address, without any redirect, is the same page."""
    run = begin(archive, night(1))
    one = archive.keep(run, capture("http://byran.example/a/sida.1001.html"), cms_key="byran.example/1001")
    two = archive.keep(run, capture("http://byran.example/b/sida.1001.html"), cms_key="byran.example/1001")
    assert one.page == two.page


def test_pages_that_an_earlier_version_joined_by_their_number_part(archive: Archive) -> None:
    """Keys left the query out: what was kept as one page stays, and from now on each query is a page of its own."""
    first, second, moved = (
        f"http://byran.example/{at}.4144.html?id={n}" for at, n in (("visa", 1), ("visa", 2), ("v", 2))
    )
    run = begin(archive, night(1))
    joined = {archive.keep(run, capture(one), cms_key="byran.example/4144").page for one in (first, second)}
    assert joined == {1}
    for number in (2, 3):
        run = begin(archive, night(number))
        for address, page_number in ((first, 1), (second, 2), (moved, 2)):
            kept = archive.keep(run, capture(address, at=night(number)), cms_key=cms_key(address))
            assert kept.page == page_number, address


def test_an_unknown_address_that_leads_to_a_known_page_is_another_name_for_it(archive: Archive) -> None:
    """An address under www. that redirects to an address we have is no page of its own."""
    look(archive, 1, A)
    run = begin(archive, night(2))
    www = ADDRESS.replace("//", "//www.")
    kept = archive.keep(run, capture(www, outcome="redirected", status=301, location=ADDRESS, body=None))
    assert kept.page == 1
    assert archive.database.table("pages").count == 1


def test_the_same_address_in_two_sites_is_two_pages(archive: Archive) -> None:
    """Collections do not share their pages' histories."""
    from schemas.site import Site

    look(archive, 1, A)
    run = begin(archive, night(2), Site(name="annan", start=(ADDRESS,)))
    assert archive.keep(run, capture(at=night(2))).page == 2


def test_a_robots_txt_asked_for_again_in_a_run_is_kept_too(archive: Archive) -> None:
    """The rules that a run of days goes by are evidence, each of them; a page is kept once a run."""
    run = begin(archive)
    rules = capture("http://byran.example/robots.txt", purpose="robots", body=b"User-agent: *\nDisallow: /a")
    later = msgspec.structs.replace(rules, fetched_at=night(2), body=b"User-agent: *\nDisallow: /b")
    kept = [archive.keep(run, one, of_page=False).id for one in (rules, later, rules, later)]
    assert kept == [1, 2, 1, 2]
    assert [archive.read(number).body for number in (1, 2)] == [rules.body, later.body]
    assert archive.keep(run, capture(at=night(1))) == archive.keep(run, capture(at=night(2)))


def test_asking_twice_in_a_run_is_written_once(archive: Archive) -> None:
    """A capture that is kept again in the same run changes nothing: the first stands."""
    run = begin(archive)
    first = archive.keep(run, capture(body=b"ett"))
    assert archive.keep(run, capture(body=b"tv\xc3\xa5")) == first
    assert archive.read(first.id).body == b"ett"


def test_a_capture_comes_back_byte_for_byte(archive: Archive) -> None:
    """What was kept is what is read: request, head, body, times, verdicts."""
    kept_as = capture(
        at=night(3),
        request=b"GET /sida HTTP/1.1\r\nHost: byran.example\r\n\r\n",
        head=b"HTTP/1.1 200 OK\r\nX-Odd:  tv\xe5  \r\nx-odd: 2\r\n\r\n",
        body=bytes(range(256)) * 40,
        complete=False,
        attempts=3,
        elapsed_ms=120,
        peer="192.0.2.1:80",
        tls="TLSv1.3 sha256:00",
        robots="allowed by http://byran.example/robots.txt",
        error="the body ended early",
    )
    kept = archive.keep(begin(archive), kept_as)
    assert archive.read(kept.id) == kept_as


def test_a_better_parser_is_told_apart_from_news(archive: Archive) -> None:
    """When only our reading changed there is a revision caused by the parser; what the site did comes after it."""
    look(archive, 1, A)
    better = page(*A.sections, section("Tidigare oläst", "Detta fanns hela tiden."))
    newest = page(*better.sections, section("Nytt", "Detta är nytt."))
    run = begin(archive, night(2))
    kept = archive.keep(run, capture(at=night(2), body=written(newest)))
    recorded = archive.record(
        kept.id,
        Reading(verdict="page", page=newest),
        parser="2",
        reread=lambda _: Reading(verdict="page", page=better),
    )
    assert [change.after for change in recorded.changes] == ["Nytt\nDetta är nytt."]
    causes = archive.database.execute("SELECT seq, cause, unseen_since FROM revisions ORDER BY seq").fetchall()
    assert causes == [(1, "source", None), (2, "parser", None), (3, "source", "2026-03-01T02:10:00.000Z")]
    assert [row["revision"] for row in history.change_rows(archive.database)] == [3]
    assert [row["revision"] for row in history.change_rows(archive.database, parser=True)] == [2, 3]


def test_a_new_parser_that_reads_the_same_makes_nothing(archive: Archive) -> None:
    """A new version that reads old and new bytes alike is no revision, nor is one that cannot read the old bytes."""
    look(archive, 1, A)
    run = begin(archive, night(2))
    kept = archive.keep(run, capture(at=night(2), body=written(B)))
    recorded = archive.record(kept.id, Reading(verdict="page", page=B), parser="2", reread=reread)
    assert recorded.finding == "changed"
    run = begin(archive, night(3))
    kept = archive.keep(run, capture(at=night(3), body=written(A)))
    archive.record(kept.id, Reading(verdict="page", page=A), parser="3", reread=lambda _: Reading(verdict="unparsable"))
    assert [cause for (cause,) in archive.database.execute("SELECT cause FROM revisions").fetchall()] == ["source"] * 3


def test_r7_a_stopped_run_is_marked_and_what_it_kept_is_read_by_the_next(archive: Archive) -> None:
    """A capture kept and not read is found by a query; the run that left it is interrupted, the next goes on."""
    run = begin(archive, night(1))
    archive.keep(run, capture(body=written(A)))
    begin(archive, night(2))
    left = list(archive.unread("prov"))
    assert [(kept.run, kept.page) for kept in left] == [(1, 1)]
    archive.record(left[0].id, reread(archive.read(left[0].id)), parser=PARSER, reread=reread)
    assert list(archive.unread("prov")) == []
    status = archive.database.execute("SELECT status, finished_at FROM runs ORDER BY id").fetchall()
    assert status == [("interrupted", "2026-03-01T02:10:00.000Z"), ("running", None)]


def test_a_body_is_stored_once_and_named_by_its_hash(archive: Archive) -> None:
    """The same bytes on two nights are one body."""
    look(archive, 1, A)
    look(archive, 2, A)
    assert archive.database.table("bodies").count == 1


texts = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12)
records = st.lists(st.tuples(st.text("abc", max_size=3), st.lists(texts, max_size=3)), max_size=4).map(
    lambda parts: page(*(section(heading, *words) for heading, words in parts))
)


@settings(max_examples=60, deadline=None)
@given(st.lists(records, min_size=1, max_size=5))
def test_every_revision_comes_back_as_it_was(sequence: list[Page]) -> None:
    """Whatever pages say on whatever nights, each revision's record is the one that was recorded."""
    from pathlib import Path
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder, Archive(Path(folder) / "x.db") as archive:
        distinct: list[Page] = []
        for number, record in enumerate(sequence, 1):
            look(archive, number, record)
            if not distinct or distinct[-1] != record:
                distinct.append(record)
        ids = archive.database.execute("SELECT id, digest FROM revisions ORDER BY seq").fetchall()
        assert [load_page(archive.database, number) for number, _ in ids] == distinct
        assert [name for _, name in ids] == [digest(record) for record in distinct]


def test_r2_equal_in_comparison_form_yet_each_revision_gives_its_own_bytes(archive: Archive) -> None:
    """R2: records that read the same and are written otherwise are revisions of their own, each whole."""
    spellings = ("fem kronor", "fem\u00a0kronor", "fem kro\u00adnor")
    records = [page(section("Pris", text)) for text in spellings]
    for number, record in enumerate(records, 1):
        look(archive, number, record)
    stored = [row for (row,) in archive.database.execute("SELECT id FROM revisions ORDER BY seq").fetchall()]
    assert [canonical_json(load_page(archive.database, number)) for number in stored] == [
        canonical_json(record) for record in records
    ]
    assert {row[0] for row in archive.database.execute("SELECT class FROM changes").fetchall()} == {"cosmetic"}
