"""Queries only read, always end, and answer in every form; each ready query is right, here and in Datasette."""

from __future__ import annotations

import csv
import io
import json
import signal
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import tabulate
from datasette.app import Datasette

from archive.file import open_for_reading
from archive.query import asking
from archive.ready import datasette_metadata, ready_queries
from docs.querying import EXAMPLES, diagram
from schemas.errors import QueryError
from tests.agency import truth
from tests.agency.server import Agency
from tests.agency.trouble import challenge
from tests.runs import crawl_agency
from tests.shell import Ran, tidslager

NOW = ("-p", "now", "2026-03-20")


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three nights at the agency, a page in trouble on the third."""
    path = tmp_path_factory.mktemp("query") / "agency.db"
    with Agency() as agency:
        crawl_agency(agency, path, 1)
        crawl_agency(agency, path, 2)
        agency.trouble[truth.HUB_HOST, truth.QUESTIONS] = challenge()
        crawl_agency(agency, path, 3)
    return path


def run(path: Path, *arguments: str) -> Ran:
    """A question to an archive."""
    return tidslager("query", *arguments, "--archive", str(path))


def rows(path: Path, *arguments: str) -> list[dict[str, Any]]:
    """Its answer."""
    return run(path, *arguments, "--json").rows


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM captures",
        "INSERT INTO runs (site) VALUES ('x')",
        "UPDATE revisions SET title = ''",
        "DROP VIEW page_list",
        "CREATE TABLE x (y)",
        "CREATE TEMP TABLE x (y)",
        "ATTACH 'other.db' AS other",
        "VACUUM INTO 'copy.db'",
        "PRAGMA journal_mode = DELETE",
        "PRAGMA writable_schema = 1",
        "PRAGMA query_only = OFF",
        "SELECT load_extension('x')",
        "REINDEX captures",
        "BEGIN IMMEDIATE",
        "INSERT INTO search (search) VALUES ('delete-all')",
        "SELECT 1; DELETE FROM captures",
        "WITH a AS (SELECT 1) DELETE FROM captures",
    ],
)
def test_a_query_that_would_write_is_stopped_with_a_sentence(nights: Path, sql: str) -> None:
    """Whatever it is that would write, it is not run, no file is made, and one sentence says so."""
    before = nights.read_bytes(), _files(nights)
    ran = run(nights, sql)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("tidslager: ")
    assert any(words in ran.err for words in ("may only read", "more than one statement", "cannot answer that"))
    assert (nights.read_bytes(), _files(nights)) == before
    assert list(Path().iterdir()) == []


def _files(path: Path) -> list[str]:
    """What stands beside an archive, but for what SQLite itself keeps there while it is read."""
    return sorted(file.name for file in path.parent.iterdir() if not file.name.endswith(("-wal", "-shm")))


def test_a_query_that_never_ends_is_stopped(nights: Path) -> None:
    """After its time, by a clock that is not waited for."""
    ticks = iter(range(1_000))
    database = open_for_reading(nights)
    endless = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
    with (
        closing(database.conn),
        pytest.raises(QueryError, match="stopped after 30 s"),
        asking(database, endless, {}, timeout=30, clock=lambda: float(next(ticks) * 10)) as (_, found),
    ):
        list(found)
    ran = run(nights, endless, "--timeout", "0.1")
    assert (ran.code, "stopped after 0.1 s" in ran.err) == (1, True)


def test_ctrl_c_in_a_query_is_an_interrupt(nights: Path) -> None:
    """A signal inside SQLite ends the query as Ctrl-C ends anything else, and the handler is what it was."""
    before = signal.getsignal(signal.SIGINT)

    def pressed() -> float:
        if next(calls) == 3:
            signal.raise_signal(signal.SIGINT)
        return 0.0

    calls = iter(range(1_000_000))
    database = open_for_reading(nights)
    endless = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"

    def ask() -> None:
        with asking(database, endless, {}, timeout=30, clock=pressed) as (_, found):
            list(found)

    with closing(database.conn), pytest.raises(KeyboardInterrupt):
        ask()
    assert signal.getsignal(signal.SIGINT) is before


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (("SELECT unheard FROM page_list",), 1, "no such column: unheard"),
        (("SELEC 1 FROM x",), 1, "syntax error"),
        (("SELECT :a, 1",), 1, "parameter is missing"),
        (("no-such-query",), 2, "no ready query"),
        (("films", "-p", "day", "1"), 2, "has no parameter day"),
        (("changes-since", "-p", "since", "2026-99-99"), 2, '"2026-99-99" is no date'),
        (("pages-first-seen", "-p", "since", "i går"), 2, '"i går" is no date'),
        (("pages-not-looked-at", "-p", "days", "x"), 2, '"x" is no number of days'),
        (("texts-removed", "-p", "days", "-1"), 2, '"-1" is no number of days'),
        (("texts-removed", "-p", "now", "sen"), 2, '"sen" is no date'),
        (("dates", "-p", "year", "19"), 2, '"19" is no year'),
        (("sections-of-page", "-p", "page", "ingen sådan"), 1, 'No page matches "ingen sådan"'),
        (("sections-of-page", "-p", "page", "99"), 1, 'No page matches "99"'),
        ((), 2, "Say what to ask"),
        (("",), 1, "no question"),
        (("/* only a comment */",), 1, "no question"),
    ],
)
def test_a_wrong_question_gets_a_sentence(nights: Path, arguments: tuple[str, ...], code: int, sentence: str) -> None:
    """What is wrong with it and what to do."""
    ran = run(nights, *arguments)
    assert (ran.code, ran.out) == (code, "")
    assert sentence in ran.err


def test_answers_in_every_form(nights: Path) -> None:
    """JSON, lines, CSV, TSV and tables say the same; a digest is in hexadecimal; what drives a terminal is shown."""
    sql = "SELECT 1 AS number, 'Å, \"ö\"' || char(27) AS text, x'ff' AS raw, NULL AS none"
    wanted = {"number": 1, "text": 'Å, "ö"\x1b', "raw": "ff", "none": None}
    assert rows(nights, sql) == [wanted]
    assert json.loads(run(nights, sql).out) == [wanted]
    assert json.loads(run(nights, sql, "--nl").out) == wanted
    for form, by in (("--csv", ","), ("--tsv", "\t")):
        found = list(csv.reader(io.StringIO(run(nights, sql, form).out, newline=""), delimiter=by))
        assert found == [list(wanted), ["1", 'Å, "ö"\x1b', "ff", ""]]
    assert 'Å, "ö"␛' in run(nights, sql, "--table").out
    for name in tabulate.tabulate_formats:
        assert run(nights, sql, "--fmt", name).code == 0
    assert rows(nights, "SELECT 1 WHERE 0") == []


def test_a_page_is_named_in_a_ready_query_as_elsewhere(nights: Path) -> None:
    """By its number, its address or its title: the same sections."""
    page = rows(nights, "SELECT page, address, title FROM page_list WHERE title <> '' ORDER BY page LIMIT 1")[0]
    wanted = rows(nights, "sections-of-page", "-p", "page", str(page["page"]))
    assert wanted
    for name in (page["address"], page["title"]):
        assert rows(nights, "sections-of-page", "-p", "page", name) == wanted


def test_parameters_are_values(nights: Path) -> None:
    """A parameter is never read as SQL, and the search tables can be asked."""
    assert rows(nights, "SELECT :a AS a", "-p", "a", "'; DROP TABLE runs") == [{"a": "'; DROP TABLE runs"}]
    assert rows(nights, "SELECT count(*) AS n FROM search WHERE search MATCH :w", "-p", "w", '"och"')[0]["n"] > 0


def test_rows_come_as_they_are_found(nights: Path) -> None:
    """The first row of a long answer is there before the last has been looked for."""
    database = open_for_reading(nights)
    many = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n"
    with closing(database.conn), asking(database, many, {}, timeout=30) as (columns, found):
        assert (list(columns), next(found), next(found)) == (["i"], (1,), (2,))


@pytest.fixture
def plain(nights: Path) -> Any:
    """The archive for plain SQL, to hold answers against."""
    with closing(sqlite3.connect(nights)) as connection:
        yield connection


def test_ready_queries_answer_right(nights: Path, plain: sqlite3.Connection) -> None:
    """On the agency's archive, each against what the tables say in another way."""

    def one(sql: str) -> Any:
        return plain.execute(sql).fetchone()[0]

    changed = rows(nights, "changes-since")
    assert len(changed) == one(
        "SELECT count(*) FROM changes c JOIN revisions r ON r.id = c.revision_id"
        " WHERE r.cause = 'source' AND c.class IN ('editorial', 'metadata')"
    )
    assert changed
    assert rows(nights, "changes-since", "-p", "since", "2099-01-01") == []
    removed = rows(nights, "texts-removed", *NOW)
    assert {row["heading"] for row in removed} <= {
        name for (name,) in plain.execute("SELECT heading FROM section_texts")
    }
    assert removed
    assert len(removed) == one("SELECT count(*) FROM section_list WHERE removed IS NOT NULL")
    assert rows(nights, "texts-removed", "-p", "now", "2099-01-01") == []
    assert len(rows(nights, "sections-of-page")) == one("SELECT count(*) FROM section_history WHERE page = 1") > 1
    pages = one("SELECT count(*) FROM pages")
    assert len(rows(nights, "pages-not-looked-at", *NOW)) == pages
    assert rows(nights, "pages-not-looked-at", "-p", "now", "2026-03-03", "-p", "days", "30") == []
    assert len(rows(nights, "pages-first-seen")) == one("SELECT count(DISTINCT page_id) FROM revisions")
    films = {row["url"] for row in rows(nights, "films")}
    assert films == {url for (url,) in plain.execute("SELECT url FROM films WHERE to_revision IS NULL")} != set()
    documents = rows(nights, "documents")
    assert len(documents) == one("SELECT count(*) FROM links WHERE kind = 'document' AND to_revision IS NULL") > 0
    assert {row["name"] for row in rows(nights, "responsible-over-time")} == {
        name for (name,) in plain.execute("SELECT name FROM people WHERE named_as = 'responsible'")
    }
    assert len(rows(nights, "people")) == one("SELECT count(*) FROM people_now") > 0
    contacts = {(row["name"], row["part"]) for row in rows(nights, "contacts", "-p", "name", "hillevi")}
    assert contacts == {("Hillevi Granath", "contact")}
    years = rows(nights, "dates", "-p", "year", "2021")
    assert {row["date"][:4] for row in years} == {"2021"}
    assert len(rows(nights, "dates")) == one("SELECT count(*) FROM date_list WHERE removed IS NULL") > len(years)
    nightly = rows(nights, "failures-by-night")
    assert {row["run"] for row in nightly} == {1, 2, 3}
    assert sum(row["failures"] for row in nightly) == one(
        "SELECT count(*) FROM captures WHERE page_id IS NOT NULL"
        " AND outcome NOT IN ('fetched', 'not_modified', 'redirected', 'gone')"
    )
    most = rows(nights, "most-changed-pages")
    assert sum(row["times"] for row in most) == one("SELECT count(*) FROM revisions WHERE seq > 1 AND cause = 'source'")
    assert [row["doubt"] for row in rows(nights, "looks-that-doubt")] == ["challenge"]
    assert len(rows(nights, "examples-by-municipality")) == one("SELECT count(*) FROM learning_examples") > 0
    assert rows(nights, "examples-by-municipality", "-p", "municipality", "Ingenstans") == []


def test_dead_links_and_flapping_pages(path: Path) -> None:
    """A link to a page of the collection that is gone; a page that goes back and forth."""
    from archive.store import Archive
    from schemas.page import Link, Paragraph, Section
    from tests.builders import ADDRESS, gone, look, page, section

    other = "http://byran.example/annan.html"
    link = Link(label="Annan", address=other, kind="page")
    hub = [
        page(Section(heading="H", level=2, anchor=None, blocks=(Paragraph(text=text, links=(link,)),)))
        for text in ("Läs Annan", "Se Annan")
    ]
    with Archive(path) as archive:
        for night, record in enumerate((hub[0], hub[1], hub[0], hub[1]), 1):
            look(archive, night, record)
        look(archive, 1, page(section("A", "text"), title="Annan"), other)
        assert rows(path, "dead-links") == []
        gone(archive, 5, other)
    (dead,) = rows(path, "dead-links")
    assert (dead["page"], dead["url"], dead["gone_since"][:10]) == (1, other, "2026-03-05")
    assert dead["was_read"] == 1
    (flapping,) = rows(path, "flapping-pages")
    assert (flapping["page"], flapping["returns"], flapping["address"]) == (1, 2, ADDRESS)


def test_a_link_that_never_led_to_a_page_is_told(path: Path) -> None:
    """A 404 from the first look on: a dead link that was never read, counted by night, and named by status."""
    from archive.store import Archive
    from schemas.page import Link, Paragraph, Section
    from tests.builders import gone, look, page

    other = "http://byran.example/borta.html"
    link = Link(label="Borta", address=other, kind="page")
    blocks = (Paragraph(text="Läs Borta", links=(link,)),)
    with Archive(path) as archive:
        look(archive, 1, page(Section(heading="H", level=2, anchor=None, blocks=blocks)))
        gone(archive, 2, other)
    (dead,) = rows(path, "dead-links")
    assert (dead["url"], dead["gone_since"][:10], dead["was_read"]) == (other, "2026-03-02", 0)
    assert [(row["run"], row["broken_links"]) for row in rows(path, "failures-by-night")] == [(2, 1), (1, 0)]
    said = tidslager("status", "--archive", str(path))
    assert (said.code, "1 link never led to a page: tidslager query dead-links" in said.out) == (0, True)


def test_every_ready_query_is_explained(nights: Path) -> None:
    """At least a dozen, each with a title, sentences and parameters that its SQL has."""
    listed = rows(nights, "--list")
    assert len(listed) >= 12
    assert {row["name"] for row in listed} == set(ready_queries())
    text = run(nights, "--list").out
    for ready in ready_queries().values():
        assert ready.title
        assert ready.explanation.endswith(".")
        assert ready.name in text
        assert all(f":{one.name}" in ready.sql and one.meaning for one in ready.parameters)


def test_datasette_answers_the_ready_queries(nights: Path) -> None:
    """Each canned query of the metadata file answers in Datasette what it answers here, its form sent in empty."""
    metadata = json.loads(run(nights, "--datasette").out)
    assert metadata == datasette_metadata("agency")
    import asyncio

    async def ask() -> dict[str, list[dict[str, Any]]]:
        served = Datasette([str(nights)], metadata=metadata)
        await served.invoke_startup()
        found = {}
        for name in ready_queries():
            answer = await served.client.get(f"/agency/{name}.json?_shape=array")
            assert answer.status_code == 200, (name, answer.text)
            found[name] = answer.json()
        return found

    for name, answer in asyncio.run(ask()).items():
        assert answer == rows(nights, name), name


@pytest.mark.parametrize("title", EXAMPLES)
def test_search_in_sql_as_documented(plain: sqlite3.Connection, title: str) -> None:
    """Each example of docs/querying.md answers in plain sqlite3."""
    assert plain.execute(EXAMPLES[title]).fetchall()


def test_the_diagram_has_every_view(plain: sqlite3.Connection) -> None:
    """Every view with every column, and no entity that is none."""
    drawn = diagram()
    for (name,) in plain.execute("SELECT name FROM sqlite_master WHERE type = 'view'").fetchall():
        columns = [column for _, column, *_ in plain.execute(f"PRAGMA table_info({name})")]
        assert "\n".join([f"  {name} {{", *(f"    value {column}" for column in columns), "  }"]) in drawn
