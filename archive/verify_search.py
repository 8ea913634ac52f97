"""Verifying search: every text is indexed as it reads, nothing else is, and each word has its stem."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest
from typing import Any

from sqlite_utils import Database

from archive.search_index import stems_of
from archive.search_tables import TOKENIZER
from schemas.finding import Finding

_AGAIN = "`tidslager rebuild` makes it anew."
_BATCH = 10_000
_WANTED = {
    "section": "SELECT id FROM section_texts",
    "title": "SELECT min(id) FROM revisions WHERE title <> '' GROUP BY page_id, title",
    "preamble": "SELECT min(id) FROM revisions WHERE preamble <> '' GROUP BY page_id, preamble",
}


def search_findings(database: Database) -> Iterator[Finding]:
    """What is wrong with the search index. The index is made again beside the file, which need only be readable."""
    for source, query in _WANTED.items():
        have = f"SELECT coalesce(text_id, revision_id) FROM search_entries WHERE source = '{source}'"
        for what, one, other in (("is missing", query, have), ("is about no text", have, query)):
            (count,) = database.execute(f"SELECT count(*) FROM ({one} EXCEPT {other})").fetchone()
            if count:
                text = f"{count} × the entry of a {source} {what} in the search index: {_AGAIN}"
                yield Finding(check="search", text=text)
    yield from _index(database)


def _index(database: Database) -> Iterator[Finding]:
    """Whether the index says of each word in which texts and where it stands, and the list of words has each."""
    # temp belongs to this connection alone; the archive may be one that nobody may write to.
    database.execute(
        f"CREATE VIRTUAL TABLE temp.again USING fts5 (heading, text, content = '', tokenize = '{TOKENIZER}')"
    )
    try:
        database.execute("CREATE VIRTUAL TABLE temp.again_at USING fts5vocab (again, 'instance')")
        database.execute("CREATE VIRTUAL TABLE temp.search_at USING fts5vocab (main, search, 'instance')")
        database.execute(
            "INSERT INTO temp.again (rowid, heading, text) SELECT id, heading, text FROM main.search_texts"
        )
        if not _same(database):
            yield Finding(check="search", text=f"The search index does not say what the texts say: {_AGAIN}")
        terms = {term for (term,) in database.execute("SELECT DISTINCT term FROM temp.again_at")}
    finally:
        for name in ("search_at", "again_at", "again"):
            database.execute(f"DROP TABLE IF EXISTS temp.{name}")
        database.commit()
    words = dict(database.execute("SELECT word, stem FROM search_words").fetchall())
    if words != stems_of(terms):
        text = f"The list of words does not have every word of the texts with its stem, and no others: {_AGAIN}"
        yield Finding(check="search", text=text)


def _same(database: Database) -> bool:
    """Whether both indexes name the same places; each tells them in the same order."""
    batches = (_batches(database, name) for name in ("again_at", "search_at"))
    return all(one == other for one, other in zip_longest(*batches))


def _batches(database: Database, name: str) -> Iterator[list[Any]]:
    cursor = database.conn.execute(f"SELECT term, doc, col, offset FROM temp.{name}")
    while batch := cursor.fetchmany(_BATCH):
        yield batch
