"""Search: where words stand or ever stood, on which pages and from when until when. Asks, writes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

import msgspec
from sqlite_utils import Database

from archive.history import Row
from archive.search_query import WORDS, asked, questions
from archive.times import end_of
from schemas.errors import ConfigurationError

MARKS = ("\x02", "\x03")
"""Around each word of a snippet that was looked for: characters that no page has."""
_SNIPPET_WORDS = 24
COLUMNS = {
    "page": "number of the page",
    "site": "name of the site (the collection) it belongs to",
    "address": "address at which it was last fetched",
    "title": "title that it has now",
    "source": "section, title or preamble: what the text is",
    "section": "name of the section, the same over its whole history; null for a title or preamble",
    "heading": 'heading of the section; "" where there is none',
    "snippet": "the part of the text that answers best, each word that was looked for in [ ]",
    "first_seen": "first look that saw the text there, ISO 8601, UTC",
    "last_seen": "last look that saw it there",
    "removed": "first look that did not see it there any more; null: it stands there now",
    "score": "how well the text answers, higher is better (BM25); compounds come after the word itself",
}

_SECTION_SPANS = (
    "SELECT s.page_id AS page, s.key AS section, min(rs.revision_id) AS first, max(rs.revision_id) AS last,"
    " rs.section_id FROM revision_sections rs JOIN sections s ON s.id = rs.section_id"
    " WHERE rs.text_id = :text GROUP BY rs.section_id"
)
_HEAD_SPANS = (
    "SELECT r.page_id AS page, NULL AS section, min(r.id) AS first, max(r.id) AS last, NULL AS section_id"
    " FROM revisions f JOIN revisions r ON r.page_id = f.page_id AND r.{of} = f.{of} AND r.state = 'live'"
    " WHERE f.id = :revision GROUP BY r.page_id"
)
_SPANS = {"section": _SECTION_SPANS, **{of: _HEAD_SPANS.format(of=of) for of in ("title", "preamble")}}
_HELD = {
    "section": "EXISTS (SELECT 1 FROM revision_sections rs"
    " WHERE rs.section_id = p.section_id AND rs.revision_id = h.id AND rs.text_id = :text)",
    **{
        of: f"h.state = 'live' AND h.{of} = (SELECT {of} FROM revisions WHERE id = :revision)"
        for of in ("title", "preamble")
    },
}


# What can be told of a section's text at once, so that a common word's many answers need not be looked at one by one.
_NEWEST = "(SELECT n.id FROM revisions n WHERE n.page_id = s.page_id{} ORDER BY n.seen_from DESC, n.seq DESC LIMIT 1)"
_STANDS = (
    "EXISTS (SELECT 1 FROM sections s JOIN revision_sections h ON h.section_id = s.id"
    " WHERE s.id = d.section_id AND h.text_id = e.text_id AND h.revision_id = {})"
)
_ANYWHERE = (
    "EXISTS (SELECT 1 FROM search_entries e WHERE e.id = search.rowid AND (e.text_id IS NULL OR EXISTS ("
    "SELECT 1 FROM (SELECT DISTINCT section_id FROM revision_sections WHERE text_id = e.text_id) d WHERE {})))"
)
_AS_OF = _ANYWHERE.format(_STANDS.format(_NEWEST.format(" AND n.seen_from <= :day")))
_REMOVED = _ANYWHERE.format(f"NOT {_STANDS.format('(SELECT max(n.id) FROM revisions n WHERE n.page_id = s.page_id)')}")
_ON_PAGE = _ANYWHERE.format("(SELECT page_id FROM sections WHERE id = d.section_id) = :page")


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which answers are wanted."""

    as_of: str | None = None
    """Only texts that stood on a day or at a time."""
    removed: bool = False
    """Only texts that stand no more where they stood."""
    site: str | None = None
    page: int | None = None
    limit: int = 20


def search(database: Database, text: str, wanted: Wanted) -> list[Row]:
    """Answers to what a person typed, the best first; one for each place where a text stands or stood.

    Raises ConfigurationError for a question without a word in it, and for a day that is none.
    """
    if wanted.as_of is not None:
        wanted = msgspec.structs.replace(wanted, as_of=end_of(wanted.as_of))
    question = asked(text)
    if not question:
        raise ConfigurationError("There is no word to look for: type one, such as `tidslager search samverkan`.")
    return list(islice(_answers(database, questions(database, question[:WORDS]), wanted), wanted.limit))


def _answers(database: Database, asked_of_index: Iterable[str], wanted: Wanted) -> Iterator[Row]:
    told = set()
    for question in asked_of_index:
        ranked = database.execute(
            f"SELECT rowid, rank FROM search WHERE search MATCH :question{_narrowed(wanted)} ORDER BY rank",
            {"question": question, "day": wanted.as_of, "page": wanted.page},
        )
        for number, rank in ranked:
            if number in told:
                continue
            told.add(number)
            snippet = ""
            for place in _places(database, number, wanted):
                snippet = snippet or _snippet(database, question, number)
                yield {**place, "snippet": snippet, "score": round(-rank, 3)}


def _narrowed(wanted: Wanted) -> str:
    choices = ((wanted.as_of, _AS_OF), (wanted.removed, _REMOVED), (wanted.page, _ON_PAGE))
    return "".join(f" AND {condition}" for asked_for, condition in choices if asked_for)


def _snippet(database: Database, question: str, number: int) -> str:
    """The best part of a text, with its marks; of the text rather than the heading, which is shown anyway."""
    begin, end = MARKS
    text, whole = database.execute(
        "SELECT snippet(search, 1, ?, ?, ' … ', ?), snippet(search, -1, ?, ?, ' … ', ?) FROM search"
        " WHERE search MATCH ? AND rowid = ?",
        [begin, end, _SNIPPET_WORDS, begin, end, _SNIPPET_WORDS, question, number],
    ).fetchone()
    return " ".join((text if begin in text else whole).split())


def _places(database: Database, number: int, wanted: Wanted) -> Iterator[Row]:
    """Where and when a text stands or stood, as far as that is wanted."""
    entry = next(
        database.query("SELECT source, text_id, revision_id, heading FROM search_texts WHERE id = ?", [number])
    )
    source = entry["source"]
    conditions, values = ["1"], {"text": entry["text_id"], "revision": entry["revision_id"]}
    if wanted.page is not None:
        conditions.append("p.page = :page")
        values["page"] = wanted.page
    if wanted.site is not None:
        conditions.append("(SELECT site FROM pages WHERE id = p.page) = :site")
        values["site"] = wanted.site
    if wanted.removed:
        conditions.append("removed IS NOT NULL")
    if wanted.as_of is not None:
        conditions.append(
            "EXISTS (SELECT 1 FROM revisions h WHERE h.id = (SELECT n.id FROM revisions n WHERE n.page_id = p.page"
            f" AND n.seen_from <= :day ORDER BY n.seen_from DESC, n.seq DESC LIMIT 1) AND {_HELD[source]})"
        )
        values["day"] = wanted.as_of
    rows = database.query(
        "SELECT p.page, p.section, (SELECT seen_from FROM revisions WHERE id = p.first) AS first_seen,"
        " (SELECT max(c.fetched_at) FROM readings g JOIN captures c ON c.id = g.capture_id"
        "   WHERE g.revision_id = p.last) AS last_seen,"
        " (SELECT n.seen_from FROM revisions l JOIN revisions n ON n.page_id = l.page_id AND n.seq > l.seq"
        f"   WHERE l.id = p.last ORDER BY n.seq LIMIT 1) AS removed FROM ({_SPANS[source]}) p"
        f" WHERE {' AND '.join(conditions)} ORDER BY removed IS NOT NULL, p.page LIMIT :limit",
        {**values, "limit": wanted.limit},
    )
    for row in rows:
        of_page = next(database.query("SELECT site, address, title FROM page_list WHERE page = ?", [row["page"]]))
        heading = entry["heading"] if source == "section" else ""
        yield {**row, **of_page, "source": source, "heading": heading}
