"""Search finds what was ever said, in any form of a word, says when and where, and no question makes it stumble."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from archive.file import open_for_reading
from archive.sampling import sampled
from archive.search_index import stems_of, words_of
from archive.search_query import asked
from archive.search_tables import TOKENIZER
from archive.store import Archive
from archive.verify import verify
from archive.verify_search import search_findings
from schemas.page import Paragraph
from tests.agency.server import Agency
from tests.builders import gone, look, page, section
from tests.derived import exact
from tests.runs import crawl_agency
from tests.shell import Ran, tidslager

OTHER = "http://byran.example/annan.html"
FIRST = page(
    section("Behandling", "Vi behandlar personuppgifter enligt lag."),
    section("Register", "En personuppgiftsbehandling anmäls via e-tjänsten, diarienummer IMY-2024-1234."),
    section("Räkor", "Åsa äter räkor."),
    preamble=(Paragraph(text="En ingress om vindkraft"),),
    title="Om samverkan",
)
SECOND = page(
    section("Behandling", "Vi behandlar personuppgifter enligt lag."),
    section("Register", "Registret är nedlagt."),
    section("Räkor", "Åsa äter räkor."),
    title="Om samverkan och tillit",
)


@pytest.fixture
def told(archive: Archive, path: Path) -> Path:
    """Two pages: one with two nights, and one that is gone on the second."""
    look(archive, 1, FIRST)
    look(archive, 1, page(section("Skydd", "Öppettiderna för dataskyddsombudet."), title="Annan"), OTHER)
    look(archive, 2, SECOND)
    gone(archive, 2, OTHER)
    archive.close()
    return path


def run(path: Path, *arguments: str) -> Ran:
    """A search in an archive."""
    return tidslager("search", *arguments, "--archive", str(path))


def found(path: Path, *arguments: str) -> list[dict[str, Any]]:
    """The answers."""
    return run(path, *arguments, "--json").rows


def headings(path: Path, *arguments: str) -> list[object]:
    """The headings of the answers, or what they are where they have none."""
    return [row["heading"] or row["source"] for row in found(path, *arguments)]


def wrong(path: Path, sample: int | None = None) -> list[str]:
    """What verify finds."""
    database = open_for_reading(path)
    with closing(database.conn):
        return [one.text for one in verify(database, path, sample=sample, rng=random.Random(0)).findings]


def test_a_word_is_found_in_its_forms_first_and_in_compounds(told: Path) -> None:
    """Personuppgift finds personuppgifter, then personuppgiftsbehandling; the tail and the middle of compounds too."""
    assert headings(told, "personuppgift") == ["Behandling", "Register"]
    assert headings(told, "behandling")[0] == "Behandling"
    assert "Register" in headings(told, "behandling")
    assert headings(told, "öppettider") == ["Skydd"]
    assert headings(told, "ombud") == ["Skydd"]
    assert headings(told, "tillit") == ["title"]
    assert headings(told, "vindkraften") == ["preamble"]


def test_swedish_letters_are_letters(told: Path) -> None:
    """Räkor are no rakor; a decomposed letter is the same letter; capitals do not matter."""
    assert headings(told, "RÄKOR") == ["Räkor"]
    assert headings(told, "ra\u0308kor") == ["Räkor"]
    assert headings(told, "rakor") == []
    assert headings(told, "asa") == []


def test_hidden_characters_hide_no_word(archive: Archive, path: Path) -> None:
    """Soft hyphens and decomposed letters in a page's text are no obstacle, and the snippet shows the word whole."""
    look(archive, 1, page(section("Dold", "Ar\u00adbets\u00adlivs\u00adom\u00adr\u0061\u030adet här")))
    archive.close()
    (row,) = found(path, "arbetslivsområdet")
    assert row["snippet"] == "[Arbetslivsområdet] här"
    assert wrong(path) == []


def test_an_answer_says_when_and_where(told: Path) -> None:
    """First and last seen, and since when it is gone, from the page's revisions."""
    (row,) = found(told, "e-tjänsten")
    assert (row["page"], row["section"], row["title"]) == (1, "h-Register", "Om samverkan och tillit")
    assert str(row["snippet"]).count("[") == 1
    assert str(row["first_seen"])[:10] == str(row["last_seen"])[:10] == "2026-03-01"
    assert str(row["removed"])[:10] == "2026-03-02"
    (stands,) = found(told, "räkor")
    assert (str(stands["last_seen"])[:10], stands["removed"]) == ("2026-03-02", None)


def test_as_of_and_removed_and_scope(told: Path) -> None:
    """What stood on a day, what stands no more, one page, one site, so many."""
    assert headings(told, "register", "--as-of", "2026-03-01") == ["Register"]
    assert "nedlagt" in str(found(told, "registret", "--as-of", "2026-03-02")[0]["snippet"])
    assert headings(told, "e-tjänsten", "--as-of", "2026-03-02") == []
    assert headings(told, "ingress", "--as-of", "2026-03-01") == ["preamble"]
    assert headings(told, "ingress", "--as-of", "2026-03-02") == []
    assert headings(told, "tillit", "--as-of", "2026-03-01") == []
    assert headings(told, "e-tjänsten", "--removed") == ["Register"]
    assert headings(told, "räkor", "--removed") == []
    assert headings(told, "dataskyddsombud", "--removed") == ["Skydd"]
    assert headings(told, "om", "--page", "annan") == []
    assert len(found(told, "behandling", "--limit", "1")) == 1
    assert found(told, "behandling", "--site", "ingen") == []
    assert run(told, "x", "--removed", "--as-of", "2026-03-01").code == 2
    assert run(told, "x", "--as-of", "i går").code == 2


@pytest.mark.parametrize(
    "text",
    ['"', '""', "'", "AND", "OR NOT", "NEAR(a b)", "title:x", "a*", "^a", "-a", "(", "a AND (", "e-tjänsten", "å\x00b",
     "{a b}:c", "\ud800", "☃", "a\u0301", "ö" * 10_000, "ord " * 2_500, '"fras utan slut', "%_\\", "1.5", "+", ";--"],
)  # fmt: skip
def test_any_question_is_safe(told: Path, text: str) -> None:
    """Signs, operators, quotation marks, nothing, ten thousand letters: an answer or a sentence, never an error."""
    ran = tidslager("search", "--archive", str(told), "--", text)
    assert ran.code in (0, 2)
    assert "Traceback" not in ran.err
    assert (ran.code == 2) is not bool(asked(text))


@given(st.text(max_size=40))
@example("İstanbul ſ µ ß")
def test_words_are_those_of_the_index(text: str) -> None:
    """What we take for the words of a text is what SQLite's tokenizer takes, for any text."""
    assert set(words_of(text)) == _tokens(text)


def test_each_common_letter_is_read_as_sqlite_reads_it() -> None:
    """The short way to the words holds for every character for which it is taken."""
    for code in [*range(1, 0x100), *range(0x2010, 0x203F), 0x20AC]:
        assert set(words_of(f"a{chr(code)}B c")) == _tokens(f"a{chr(code)}B c"), hex(code)


def _tokens(text: str) -> set[str]:
    with closing(sqlite3.connect(":memory:")) as scratch:
        scratch.execute(f"CREATE VIRTUAL TABLE t USING fts5 (text, tokenize = '{TOKENIZER}')")
        scratch.execute("CREATE VIRTUAL TABLE v USING fts5vocab (t, 'row')")
        scratch.execute("INSERT INTO t VALUES (?)", [text.encode("utf-8", "replace").decode()])
        return {term for (term,) in scratch.execute("SELECT term FROM v")}


def test_plain_sqlite_searches_the_file(told: Path) -> None:
    """The file is searched in all forms of a word by SQL alone, with snippets."""
    with closing(sqlite3.connect(told)) as plain:
        rows = plain.execute(
            "SELECT t.heading, snippet(search, 1, '[', ']', '…', 8) FROM search JOIN search_texts t"
            " ON t.id = search.rowid WHERE search MATCH (SELECT group_concat('\"' || word || '\"', ' OR ')"
            " FROM search_words WHERE stem = (SELECT stem FROM search_words WHERE word = 'personuppgifter'))"
        ).fetchall()
    assert rows == [("Behandling", "Vi behandlar [personuppgifter] enligt lag.")]


@pytest.mark.parametrize(
    ("damage", "sampled"),
    [
        ("DELETE FROM search_entries WHERE id = 1", True),
        ("DROP TRIGGER search_search_entries_before_delete; DELETE FROM search_entries WHERE id = 1", True),
        ("INSERT INTO search (search, rowid, heading, text) VALUES ('delete', 1, 'Om samverkan', '')", True),
        ("INSERT INTO search (rowid, heading, text) VALUES (1, '', 'främmande')", False),
        ("DELETE FROM search_words WHERE word = 'räkor'", True),
        ("INSERT INTO search_words VALUES ('spöke', 'spök')", False),
        ("UPDATE search_words SET stem = 'x' WHERE word = 'räkor'", True),
    ],
)
def test_verify_finds_an_index_that_is_not_that_of_the_texts(told: Path, damage: str, *, sampled: bool) -> None:
    """A missing entry, a missing or foreign word, a wrong stem: each is found; a whole index is not complained of.

    Texts in a sample are looked for in the index; what the index has too many only the whole comparison finds.
    """
    assert wrong(told) == wrong(told, 100) == []
    with closing(sqlite3.connect(told)) as by_hand:
        by_hand.executescript(damage)
    assert any("search index" in text or "list of words" in text for text in wrong(told))
    assert any("search index" in text or "list of words" in text for text in wrong(told, 100)) == sampled
    assert '"check": "search"' in tidslager("verify", "--json", "--archive", str(told)).out


@settings(deadline=None)
@given(st.lists(st.text() | st.sampled_from(['"', "a\0b", "NEAR(", "räksmörgås " * 60, "-", "—", "\U0001e030x"])))
def test_a_sample_does_not_complain_of_a_whole_index(texts: list[str]) -> None:
    """Whatever the texts: quotes, operators, NULs, signs without a word, more words than one query asks for."""
    with TemporaryDirectory() as folder, Archive(Path(folder) / "archive.db") as archive:
        look(archive, 1, page(*(section(text[:9], text) for text in texts)))
        assert not list(search_findings(archive.database, 1000, random.Random(0)))


def test_a_sample_is_of_rows_that_are_there() -> None:
    """As many as were asked for where no id is missing; after gaps fewer at the most; all where there are no more."""
    database = Database(memory=True)
    database.execute("CREATE TABLE t (id INTEGER PRIMARY KEY)")
    assert sampled(database, "t", 3, random.Random(0)) == []
    database.conn.executemany("INSERT INTO t VALUES (?)", [(number,) for number in range(10, 110)])
    assert len(sampled(database, "t", 30, random.Random(0))) == 30
    assert sampled(database, "t", None, random.Random(0)) == sampled(database, "t", 100, random.Random(0))
    database.execute("DELETE FROM t WHERE id BETWEEN 20 AND 100")
    there = set(sampled(database, "t", None, random.Random(0)))
    assert set(sampled(database, "t", 10, random.Random(0))) <= there


def test_a_rebuild_makes_the_same_index(agency: Agency, path: Path) -> None:
    """Entries, words, and the very bytes of the index are what a rebuild of a rebuild makes; each word where it was."""
    for number in (1, 2, 3):
        crawl_agency(agency, path, number)
    assert wrong(path) == []
    seen = [_state(path)]
    for _ in range(2):
        assert tidslager("rebuild", "--archive", str(path)).code == 0
        seen.append(_state(path))
    assert seen[0][0] == seen[1][0] == seen[2][0]
    assert seen[1][1] == seen[2][1]
    assert wrong(path) == []


def _state(path: Path) -> tuple[dict[str, list[tuple[object, ...]]], list[tuple[object, ...]]]:
    database = open_for_reading(path)
    with closing(database.conn):
        database.execute("CREATE VIRTUAL TABLE temp.v USING fts5vocab (main, search, 'instance')")
        says = {name: rows for name, rows in exact(database).items() if name.startswith("search")}
        says["instances"] = database.execute("SELECT * FROM temp.v").fetchall()
        return says, database.execute("SELECT id, block FROM search_data ORDER BY id").fetchall()


def test_what_is_erased_is_not_found(archive: Archive, path: Path) -> None:
    """After a redaction the word is in no answer, no list of words, no byte of the file."""
    secret = page(section("Rubrik", "hemligheten heter mangroveträsk"), title="Mangroveträsket")
    for number, record in enumerate((FIRST, secret, SECOND), 1):
        look(archive, number, record)
    archive.close()
    assert len(found(path, "mangroveträsk")) == 2
    assert tidslager("redact", "--body", "2", "--reason", "beslut", "--archive", str(path)).code == 0
    assert found(path, "mangrove") == []
    for file in path.parent.iterdir():
        assert b"mangrove" not in file.read_bytes().lower()
    assert wrong(path) == []


def test_late_looks_leave_no_word_behind(archive: Archive, path: Path) -> None:
    """An older look that comes late takes history back and on again: the index and its words are as in time order."""
    look(archive, 3, FIRST)
    look(archive, 2, page(section("Rubrik", "mellanspel")))
    look(archive, 4, SECOND)
    look(archive, 1, FIRST)
    archive.close()
    assert wrong(path) == []
    assert headings(path, "mellanspelet") == ["Rubrik"]


def test_a_pruned_title_is_told_of_the_revision_that_is_left(archive: Archive, path: Path) -> None:
    """The first revision with a title goes: the title is found in the next one that has it."""
    for number, record in enumerate((FIRST, SECOND, FIRST), 1):
        look(archive, number, record)
    archive.close()
    assert tidslager("prune", "--keep", "1", "--archive", str(path)).code == 0
    assert [str(row["first_seen"])[:10] for row in found(path, "samverkan")] == ["2026-03-03"]
    assert found(path, "tillit") == []
    assert wrong(path) == []


def test_an_unchanged_look_writes_nothing_into_the_index(archive: Archive) -> None:
    """The night that finds nothing new leaves the index as it is."""
    look(archive, 1, FIRST)
    before = archive.database.execute("SELECT * FROM search_data").fetchall()
    look(archive, 2, FIRST)
    assert archive.database.execute("SELECT * FROM search_data").fetchall() == before


def test_stems_join_the_forms_of_a_word() -> None:
    """Snowball's stems of some forms, as the index keeps them."""
    stems = stems_of(["personuppgift", "personuppgifter", "öppettider", "öppettiderna"])
    assert stems["personuppgift"] == stems["personuppgifter"]
    assert stems["öppettider"] == stems["öppettiderna"]


def test_what_a_person_reads(told: Path) -> None:
    """Title and heading, when and where, and the words marked; nothing found is told on stderr."""
    ran = run(told, "nedlagt")
    assert ran.out.startswith("Om samverkan och tillit › Register\npage 1  ")
    assert "Registret är [nedlagt]." in ran.out
    nothing = run(told, "finnsinte")
    assert (nothing.code, nothing.out) == (0, "")
    assert "No text that was ever seen" in nothing.err
