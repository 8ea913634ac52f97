"""The search index's other half: every word that an indexed text has, with its stem, kept beside the texts.

Which texts are indexed is the triggers' business (`archive.search_tables`). Here the words of new texts are learned,
and those that no text has any more are forgotten: a word that was erased must not stay behind in a list of words.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager

import snowballstemmer
from sqlite_utils import Database

from archive.letters import in_bytes, keeping
from archive.scan import rebuild_search
from archive.search_tables import TOKENIZER

# Characters of which Python and SQLite's unicode61 think alike (tests try each one), and no word near SQLite's limit.
_COMMON = bytes((*range(0x01, 0x80), *range(0xA0, 0xB5), *range(0xB6, 0x100)))
_LONGEST = 8000
_IN_WORDS = keeping(str.isalnum)


def words_of(text: str) -> list[str]:
    """The words of a text as the index has them, in their order where the text is of common letters. Pure."""
    letters = in_bytes(text)
    if letters is None or letters.translate(None, _COMMON):
        return _words_by_sqlite(text)
    words = letters.translate(_IN_WORDS).decode("latin-1").split()
    return words if len(letters) < _LONGEST or max(map(len, words), default=0) < _LONGEST else _words_by_sqlite(text)


def _words_by_sqlite(text: str) -> list[str]:
    with closing(sqlite3.connect(":memory:")) as scratch:
        scratch.execute(f"CREATE VIRTUAL TABLE t USING fts5 (text, content = '', tokenize = '{TOKENIZER}')")
        scratch.execute("CREATE VIRTUAL TABLE v USING fts5vocab (t, 'instance')")
        scratch.execute("INSERT INTO t (rowid, text) VALUES (1, ?)", [text])
        return [word for (word,) in scratch.execute("SELECT term FROM v ORDER BY offset")]


def stems_of(words: Iterable[str]) -> dict[str, str]:
    """Each word with its stem. Pure."""
    stem = snowballstemmer.stemmer("swedish").stemWord
    return {word: stem(word) for word in words}


@contextmanager
def learning(database: Database) -> Iterator[None]:
    """Learn the words of the texts that are written inside. Wrap what writes texts, inside its transaction."""
    (before,) = database.execute("SELECT coalesce(max(id), 0) FROM search_entries").fetchone()
    yield
    (after,) = database.execute("SELECT coalesce(max(id), 0) FROM search_entries").fetchone()
    if after > before:
        learn(database, after=before)


def learn(database: Database, *, after: int) -> None:
    """Learn the words of all entries after one, by its number."""
    rows = database.execute("SELECT heading, text FROM search_texts WHERE id > ?", [after])
    found: set[str] = set()
    for heading, text in rows:
        found.update(words_of(heading), words_of(text))
    _add(database, found)


def _add(database: Database, words: set[str]) -> None:
    new = database.execute(
        "SELECT value FROM json_each(?) WHERE value NOT IN (SELECT word FROM search_words)",
        [json.dumps(sorted(words), ensure_ascii=False)],
    ).fetchall()
    database.conn.executemany(
        "INSERT INTO search_words (word, stem) VALUES (?, ?)", stems_of(word for (word,) in new).items()
    )


@contextmanager
def forgetting(database: Database, revisions: Sequence[int]) -> Iterator[None]:
    """Forget the words of the texts of some revisions that are taken away inside, where no other text has them."""
    before = _entries_of(database, revisions)
    yield
    left = _entries(database, before.keys())
    gone = {word for number, text in before.items() if left.get(number) != text for word in words_of(text)}
    for word in sorted(gone):
        if not database.execute("SELECT 1 FROM search WHERE search MATCH ? LIMIT 1", [f'"{word}"']).fetchone():
            database.execute("DELETE FROM search_words WHERE word = ?", [word])


def _entries_of(database: Database, revisions: Sequence[int]) -> Mapping[int, str]:
    wanted = json.dumps(list(revisions))
    rows = database.execute(
        "SELECT id FROM search_entries WHERE revision_id IN (SELECT value FROM json_each(:those)) UNION"
        " SELECT e.id FROM json_each(:those) d JOIN revision_sections rs ON rs.revision_id = d.value"
        " JOIN search_entries e ON e.text_id = rs.text_id",
        {"those": wanted},
    )
    return _entries(database, [number for (number,) in rows.fetchall()])


def _entries(database: Database, numbers: Iterable[int]) -> Mapping[int, str]:
    rows = database.execute(
        "SELECT t.id, t.heading || char(10) || t.text FROM json_each(?) n JOIN search_texts t ON t.id = n.value",
        [json.dumps(list(numbers))],
    )
    return dict(rows.fetchall())


def remake_search(database: Database) -> None:
    """Make the index anew from its texts, and the list of words from the index. Call inside a transaction.

    After an erasure: what a word list or an old part of the index still had of the erased text is then gone.
    """
    rebuild_search(database)
    database.execute("DELETE FROM search_words WHERE word NOT IN (SELECT term FROM search_vocabulary)")
    missing = "SELECT term FROM search_vocabulary WHERE term NOT IN (SELECT word FROM search_words)"
    _add(database, {word for (word,) in database.execute(missing).fetchall()})
