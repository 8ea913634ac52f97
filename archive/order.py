"""Order: readings come in any order and end in the history that time order makes. Derived rows only.

A capture that is older than what was read of its page already (an import, a run read late) takes the page's history
back to that moment; then it and all later looks are read from the evidence and written again. So the derived tables
depend on which captures there are, never on when they were brought in. A person's decision on an old look works the
same way.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec
from sqlite_utils import Database

from archive.captures import SAYING, read_look
from archive.quarantine import spell_begin
from archive.records import CONTENT_COLUMNS
from archive.revisions import Finding, Reader, Recorded, append_reading
from archive.search_index import forgetting
from schemas.reading import Reading

_NEWS: tuple[Finding, ...] = ("new", "changed", "back")


class Moment(NamedTuple):
    """A place in time order; the number of the capture decides where times are equal."""

    fetched_at: str
    capture: int


def record_reading(database: Database, capture: int, reading: Reading, *, parser: str, reread: Reader) -> Recorded:
    """Write what the reading of a capture means, wherever in the history of its page the capture belongs.

    `parser` is the version of the reading, `reread` reads another capture with the same parser. Call inside a
    transaction. An older look that adds no content to what was known of its page is told as unchanged.
    """
    page, url, location, fetched_at = database.execute(
        "SELECT page_id, url_id, location_id, fetched_at FROM captures WHERE id = ?", [capture]
    ).fetchone()
    moment = Moment(fetched_at, capture)
    begin = _uncut(database, page, moment)
    again, later = _read_since(database, page, begin), _read_since(database, page, moment)
    before = _contents(database, page) if later else []
    if again:
        rewind(database, page, begin)
    _replay(database, again[: len(again) - len(later)], parser, reread)
    recorded = append_reading(database, capture, reading, parser=parser, reread=reread)
    _replay(database, later, parser, reread)
    if later and recorded.finding in _NEWS and _contents(database, page) == before:
        # The same contents in the same order as were known: an older look, or a clock that went back, is no news.
        recorded = msgspec.structs.replace(recorded, finding="unchanged", changes=())
    concerned = _led_here(database, page, url, moment) | _led_along(database, page, location, moment)
    _tell(database, concerned, parser=parser, reread=reread)
    return recorded


def replay_page(database: Database, page: int, since: int, *, parser: str, reread: Reader) -> None:
    """Read and write all looks at a page anew, from the capture `since` on, those not read yet included.

    For many late captures at once, as an import brings: keep them all, then replay each page once from the oldest.
    Call inside a transaction.
    """
    (fetched_at,) = database.execute("SELECT fetched_at FROM captures WHERE id = ?", [since]).fetchone()
    moment = _uncut(database, page, Moment(fetched_at, since))
    looks = database.execute(
        "SELECT id, url_id, location_id, fetched_at FROM captures WHERE page_id = ? AND (fetched_at, id) >= (?, ?)"
        f" AND outcome IN {SAYING} ORDER BY fetched_at, id",
        [page, *moment],
    ).fetchall()
    rewind(database, page, moment)
    _replay(database, [number for number, *_ in looks], parser, reread)
    for number, url, location, at in looks:
        moment = Moment(at, number)
        concerned = _led_here(database, page, url, moment) | _led_along(database, page, location, moment)
        _tell(database, concerned, parser=parser, reread=reread)


def rewind(database: Database, page: int, moment: Moment) -> None:
    """Take the derived rows of a page back to before a moment, as if it and what came after had not been read."""
    undone = [
        number
        for (number,) in database.execute(
            "SELECT r.id FROM revisions r JOIN captures c ON c.id = r.capture_id"
            " WHERE r.page_id = ? AND (c.fetched_at, c.id) >= (?, ?) ORDER BY r.seq",
            [page, *moment],
        ).fetchall()
    ]
    for number in _read_since(database, page, moment):
        for table in ("readings", "reading_chrome", "quarantine"):
            database.execute(f"DELETE FROM {table} WHERE capture_id = ?", [number])
    with forgetting(database, undone):
        _undo(database, page, undone)


def _undo(database: Database, page: int, undone: Sequence[int]) -> None:
    """Take away the last revisions of a page, and the sections and texts that only they had."""
    texts = {text for number in undone for text in _texts(database, number)}
    for number in undone:
        for table in CONTENT_COLUMNS:
            database.execute(f"DELETE FROM {table} WHERE from_revision = ?", [number])
    for number in undone:
        # What ended with this revision stands again; what began later than the moment went above.
        for table in CONTENT_COLUMNS:
            database.execute(f"UPDATE {table} SET to_revision = NULL WHERE to_revision = ?", [number])
        database.execute("DELETE FROM revisions WHERE id = ?", [number])
    if undone:
        database.execute(
            "DELETE FROM sections WHERE page_id = ?"
            " AND NOT EXISTS (SELECT 1 FROM revision_sections WHERE section_id = sections.id)",
            [page],
        )
    for text in sorted(texts):
        database.execute(
            "DELETE FROM section_texts WHERE id = ?"
            " AND NOT EXISTS (SELECT 1 FROM revision_sections WHERE text_id = section_texts.id)",
            [text],
        )


def _uncut(database: Database, page: int, moment: Moment) -> Moment:
    """The moment, or the one before it from which on no content that came out of quarantine is cut in two."""
    return Moment(*(spell_begin(database, page, *moment) or moment))


def _contents(database: Database, page: int) -> list[tuple[str, bytes | None]]:
    """What a page was, revision by revision."""
    return database.execute("SELECT state, digest FROM revisions WHERE page_id = ? ORDER BY seq", [page]).fetchall()


def _texts(database: Database, revision: int) -> list[int]:
    rows = database.execute("SELECT text_id FROM revision_sections WHERE revision_id = ?", [revision]).fetchall()
    return [text for (text,) in rows]


def _read_since(database: Database, page: int, moment: Moment) -> list[int]:
    """Captures of a page from a moment on that have been read, in time order."""
    rows = database.execute(
        "SELECT c.id FROM captures c JOIN readings g ON g.capture_id = c.id"
        " WHERE c.page_id = ? AND (c.fetched_at, c.id) >= (?, ?) ORDER BY c.fetched_at, c.id",
        [page, *moment],
    ).fetchall()
    return [number for (number,) in rows]


def _replay(database: Database, captures: list[int], parser: str, reread: Reader) -> None:
    for number in captures:
        reading = reread(read_look(database, number))
        if reading is not None:
            append_reading(database, number, reading, parser=parser, reread=reread)


def _tell(database: Database, concerned: dict[int, Moment], *, parser: str, reread: Reader) -> None:
    """Derive other pages again, from the first redirect on of which something else is known now."""
    for other, first in sorted(concerned.items()):
        since = _uncut(database, other, first)
        again = _read_since(database, other, since)
        rewind(database, other, since)
        _replay(database, again, parser, reread)


def _led_here(database: Database, page: int, url: int, moment: Moment) -> dict[int, Moment]:
    """Other pages whose later redirects lead to an address that is seen to be this page's from now on.

    With each page stands the first such redirect: whether that page had moved depends on what was known then.
    """
    known = database.execute(
        "SELECT 1 FROM captures WHERE page_id = ? AND url_id = ? AND (fetched_at, id) < (?, ?) LIMIT 1",
        [page, url, *moment],
    ).fetchone()
    return {} if known else _led_to(database, page, url, moment)


def _led_along(database: Database, page: int, location: int | None, moment: Moment) -> dict[int, Moment]:
    """Other pages whose later redirects lead where this one leads from now on, each with the first of them.

    Where the redirects of several pages lead is perhaps no new address: `quarantine.leads_where_others_led`.
    """
    known = (
        location is None
        or database.execute(
            "SELECT 1 FROM captures WHERE page_id = ? AND location_id = ? AND (fetched_at, id) < (?, ?) LIMIT 1",
            [page, location, *moment],
        ).fetchone()
    )
    return {} if known or location is None else _led_to(database, page, location, moment)


def _led_to(database: Database, page: int, url: int, moment: Moment) -> dict[int, Moment]:
    """Other pages that redirects led to an address after a moment, each with the first of these that was read."""
    rows = database.execute(
        "SELECT c.page_id, c.fetched_at, c.id FROM captures c JOIN readings g ON g.capture_id = c.id"
        " WHERE c.location_id = ? AND c.page_id <> ? AND (c.fetched_at, c.id) > (?, ?)"
        " ORDER BY c.fetched_at DESC, c.id DESC",
        [url, page, *moment],
    ).fetchall()
    return {other: Moment(fetched_at, number) for other, fetched_at, number in rows}
