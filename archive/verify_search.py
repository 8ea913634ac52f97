"""Verifying search: every text is indexed as it reads, nothing else is, and each word has its stem.

Of a sample of texts it is seen that their words are found where they stand; words that the index has too many only the
whole comparison finds.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import zip_longest
from random import Random
from typing import Any

from sqlite_utils import Database

from archive.sampling import sampled
from archive.search_index import stems_of
from archive.search_tables import TOKENIZER
from schemas.finding import Finding

_AGAIN = "`tidslager rebuild` makes it anew."
_BATCH = 10_000
_PIECE_WORDS = 40
_WANTED = {
    "section": "SELECT id FROM section_texts",
    "title": "SELECT min(id) FROM revisions WHERE title <> '' GROUP BY page_id, title",
    "preamble": "SELECT min(id) FROM revisions WHERE preamble <> '' GROUP BY page_id, preamble",
}


def search_findings(database: Database, sample: int | None, rng: Random) -> Iterator[Finding]:
    """What is wrong with the search index. The index is made again beside the file, which need only be readable."""
    for source, query in _WANTED.items():
        have = f"SELECT coalesce(text_id, revision_id) FROM search_entries WHERE source = '{source}'"
        for what, one, other in (("is missing", query, have), ("is about no text", have, query)):
            (count,) = database.execute(f"SELECT count(*) FROM ({one} EXCEPT {other})").fetchone()
            if count:
                text = f"{count} × the entry of a {source} {what} in the search index: {_AGAIN}"
                yield Finding(check="search", text=text)
    if sample is None:
        yield from _whole(database)
    else:
        yield from _of_texts(database, sampled(database, "search_entries", sample, rng))


def _whole(database: Database) -> Iterator[Finding]:
    """Whether the index says of each word in which texts and where it stands, and the list of words has each."""
    with _again(database, "SELECT id, heading, text FROM main.search_texts"):
        database.execute("CREATE VIRTUAL TABLE temp.search_at USING fts5vocab (main, search, 'instance')")
        if not _same(database):
            yield Finding(check="search", text=f"The search index does not say what the texts say: {_AGAIN}")
        stems = stems_of(_terms(database))
    if dict(database.execute("SELECT word, stem FROM search_words").fetchall()) != stems:
        text = f"The list of words does not have every word of the texts with its stem, and no others: {_AGAIN}"
        yield Finding(check="search", text=text)


def _of_texts(database: Database, entries: list[int]) -> Iterator[Finding]:
    """Whether the index finds each piece of some texts in its text, and the list of words has their words."""
    chosen = f"FROM main.search_texts WHERE id IN ({', '.join(map(str, entries))})"
    with _again(database, f"SELECT id, heading, text {chosen}"):
        for entry, *texts in database.execute(f"SELECT id, heading, text {chosen}").fetchall():
            if not all(_found(database, entry, piece) for piece in _pieces(texts)):
                yield Finding(check="search", text=f"The search index does not say what text {entry} says: {_AGAIN}")
        stems = stems_of(_terms(database))
    for word, stem in stems.items():
        kept = database.execute("SELECT stem FROM search_words WHERE word = ?", [word])
        if kept.fetchone() != (stem,):
            yield Finding(check="search", text=f'The list of words does not have "{word}" with its stem: {_AGAIN}')


def _pieces(texts: list[str]) -> Iterator[str]:
    """Queries for words that stand one after the other in a heading or a text."""
    for column, text in zip(("heading", "text"), texts, strict=True):
        words = text.replace("\0", " ").replace('"', '""').split()
        for at in range(0, len(words), _PIECE_WORDS):
            yield f'{column} : "{" ".join(words[at : at + _PIECE_WORDS])}"'


def _found(database: Database, entry: int, piece: str) -> bool:
    """Whether the index finds a piece in a text just as the one made again does: pieces without a word are in none."""
    one, other = (
        database.execute(f"SELECT count(*) FROM {index} WHERE {index} MATCH ? AND rowid = ?", [piece, entry]).fetchone()
        for index in ("again", "search")
    )
    return bool(one == other)


def _terms(database: Database) -> set[str]:
    return {term for (term,) in database.execute("SELECT DISTINCT term FROM temp.again_at")}


@contextmanager
def _again(database: Database, texts: str) -> Iterator[None]:
    """Inside, `again` is an index of the texts that a query gives, made anew, and `again_at` its words and places.

    Both are temporary and belong to this connection alone; the archive may be one that nobody may write to.
    """
    alone = not database.conn.in_transaction  # a caller's transaction is what holds its view of the archive still
    database.execute(
        f"CREATE VIRTUAL TABLE temp.again USING fts5 (heading, text, content = '', tokenize = '{TOKENIZER}')"
    )
    try:
        database.execute("CREATE VIRTUAL TABLE temp.again_at USING fts5vocab (again, 'instance')")
        database.execute(f"INSERT INTO temp.again (rowid, heading, text) {texts}")
        yield
    finally:
        for name in ("search_at", "again_at", "again"):
            database.execute(f"DROP TABLE IF EXISTS temp.{name}")
        if alone:
            database.commit()


def _same(database: Database) -> bool:
    """Whether both indexes name the same places; each tells them in the same order."""
    batches = (_batches(database, name) for name in ("again_at", "search_at"))
    return all(one == other for one, other in zip_longest(*batches))


def _batches(database: Database, name: str) -> Iterator[list[Any]]:
    cursor = database.conn.execute(f"SELECT term, doc, col, offset FROM temp.{name}")
    while batch := cursor.fetchmany(_BATCH):
        yield batch
