"""The tables of search: which texts are indexed, the index itself, and every word with its Swedish stem.

No tokenizer of our own: the file stays readable and searchable by plain SQLite (docs/querying.md has examples). The
index holds no text: what it is about stands in `search_texts`, put together from where each text is kept, and is read
from there for a snippet. Triggers keep the index in the transaction that writes, masks or takes away a text, whoever
does it; the words are kept by `archive.search_index`, since SQLite knows no stems.

A further source of texts is a column of `search_entries`, a branch in `search_texts`, and triggers as those below.
"""

from __future__ import annotations

import unicodedata

from sqlite_utils import Database

from archive.migrations import migrations

TOKENIZER = "unicode61 remove_diacritics 0"
"""å, ä and ö are letters of their own; with 1 or 2 `räkor` would be `rakor`."""
INVISIBLE = "\u00ad\u200b\u2060\ufeff"
"""Soft hyphens and what else would cut a word in two unseen."""
_COMPOSED = "åäöéüÅÄÖÉÜ"
_MARKS_BEGIN = b"\xcc"
"""First byte of a ring, two dots or an accent that stands apart from its letter, in UTF-8."""


def _clean(text: str) -> str:
    """SQL for a text without what would hide a word: soft hyphens out, letters and their marks one character."""
    plain = text
    for lost in INVISIBLE:
        plain = f"replace({plain}, char({ord(lost)}), '')"
    composed = plain
    for letter in _COMPOSED:
        apart = unicodedata.normalize("NFD", letter)
        composed = f"replace({composed}, '{apart[0]}' || char({ord(apart[1])}), '{letter}')"
    # Hardly any text has such a mark; they all begin with one byte, and to look for that takes a tenth of the time.
    return f"CASE WHEN instr(CAST({text} AS BLOB), x'{_MARKS_BEGIN.hex()}') THEN {composed} ELSE {plain} END"


SEARCH = f"""
CREATE TABLE search_entries (         -- each text that was ever seen, once: a section's, or a title or preamble
  id          INTEGER PRIMARY KEY,    -- rowid in search
  source      TEXT NOT NULL CHECK (source IN ('section', 'title', 'preamble')),
  text_id     INTEGER REFERENCES section_texts(id),  -- of a section
  revision_id INTEGER REFERENCES revisions(id),      -- of a title or preamble: the first of its page that has it
  CHECK ((text_id IS NULL) = (source <> 'section') AND (revision_id IS NULL) = (source = 'section'))
) STRICT;
CREATE UNIQUE INDEX search_entries_text ON search_entries (text_id);
CREATE UNIQUE INDEX search_entries_revision ON search_entries (revision_id, source);

CREATE TABLE search_words (           -- every word that stands in an indexed text
  word TEXT PRIMARY KEY,              -- in small letters
  stem TEXT NOT NULL                  -- Swedish, by Snowball
) STRICT, WITHOUT ROWID;
CREATE INDEX search_words_stem ON search_words (stem);

CREATE VIEW search_texts AS           -- the texts as they are indexed: without soft hyphens, each letter one character
  SELECT e.id, e.source, e.text_id, e.revision_id,
         {_clean("CASE e.source WHEN 'section' THEN t.heading WHEN 'title' THEN r.title ELSE '' END")} AS heading,
         {_clean("CASE e.source WHEN 'section' THEN t.text WHEN 'preamble' THEN r.preamble ELSE '' END")} AS text
    FROM search_entries e
    LEFT JOIN section_texts t ON t.id = e.text_id
    LEFT JOIN revisions r ON r.id = e.revision_id;

CREATE VIRTUAL TABLE search USING fts5 (
  heading, text, content = 'search_texts', content_rowid = 'id', tokenize = '{TOKENIZER}');
-- the index: SELECT id, heading FROM search_texts JOIN search ON search.rowid = id WHERE search MATCH '"ord"'

CREATE VIRTUAL TABLE search_vocabulary USING fts5vocab ('search', 'row');  -- how many texts each word stands in
"""


def _first(source: str, side: str) -> str:
    """SQL that makes the entry of a page's title or preamble, that of the old or new row, where it has none."""
    return (
        f"INSERT INTO search_entries (source, revision_id) SELECT '{source}', f.id FROM (SELECT min(r.id) AS id"
        f" FROM revisions r WHERE r.page_id = {side}.page_id AND r.{source} = {side}.{source} AND r.{source} <> '') f"
        f" WHERE f.id IS NOT NULL AND NOT EXISTS"
        f" (SELECT 1 FROM search_entries e WHERE e.revision_id = f.id AND e.source = '{source}')"
    )


def _new(source: str) -> str:
    """SQL that makes an entry for a new revision, unless an earlier one of its page has the same."""
    return (
        f"INSERT INTO search_entries (source, revision_id) SELECT '{source}', new.id WHERE new.{source} <> '' AND NOT"
        f" EXISTS (SELECT 1 FROM revisions r WHERE r.page_id = new.page_id AND r.{source} = new.{source}"
        " AND r.id < new.id)"
    )


_INDEXED = "(rowid, heading, text) SELECT id, heading, text FROM search_texts WHERE id = new.id"
_OUT = "(search, rowid, heading, text) SELECT 'delete', id, heading, text FROM search_texts WHERE id = old.id"
_DROP_TEXT = "DELETE FROM search_entries WHERE text_id = old.id"
_DROP_REVISION = "DELETE FROM search_entries WHERE revision_id = old.id"
_NEW_TEXT = "INSERT INTO search_entries (source, text_id) VALUES ('section', new.id)"


def _later(source: str) -> str:
    """SQL that takes away the entries of later revisions, once an earlier one of the page has come to the same text."""
    alike = f"r.page_id = new.page_id AND r.{source} = new.{source}"
    return (
        f"DELETE FROM search_entries WHERE source = '{source}' AND revision_id IN (SELECT r.id FROM revisions r"
        f" WHERE {alike} AND r.id > (SELECT min(r.id) FROM revisions r WHERE {alike}))"
    )


_OF_OLD = tuple(_first(source, "old") for source in ("title", "preamble"))
_OF_NEW = tuple(_first(source, "new") for source in ("title", "preamble"))

TRIGGERS = {
    "AFTER INSERT ON search_entries": (f"INSERT INTO search {_INDEXED}",),
    "BEFORE DELETE ON search_entries": (f"INSERT INTO search {_OUT}",),
    "AFTER INSERT ON section_texts": (_NEW_TEXT,),
    "BEFORE DELETE ON section_texts": (_DROP_TEXT,),
    "BEFORE UPDATE OF heading, text ON section_texts": (_DROP_TEXT,),
    "AFTER UPDATE OF heading, text ON section_texts": (_NEW_TEXT,),
    "AFTER INSERT ON revisions": (_new("title"), _new("preamble")),
    "BEFORE DELETE ON revisions": (_DROP_REVISION,),
    "AFTER DELETE ON revisions": _OF_OLD,
    "BEFORE UPDATE OF title, preamble ON revisions": (_DROP_REVISION,),
    "AFTER UPDATE OF title, preamble ON revisions": (*_OF_OLD, *_OF_NEW, _later("title"), _later("preamble")),
}


@migrations()
def m020_search(db: Database) -> None:
    """The search index."""
    db.executescript(SEARCH)
    db.execute("INSERT INTO search (search, rank) VALUES ('rank', 'bm25(4.0, 1.0)')")  # a heading weighs four times
    for event, acts in TRIGGERS.items():
        when, _, table = event.partition(" ON ")
        name = f"search_{table}_{'_'.join(when.lower().split()[:2])}"
        db.execute(f"CREATE TRIGGER {name} {event} BEGIN {'; '.join(acts)}; END")
