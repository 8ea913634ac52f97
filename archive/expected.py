"""Expected: what the derived rows of a page must be, given the records of its revisions. Asks, writes nothing.

One place for two uses: `verify` compares it with what is stored, and whoever takes a revision away puts it in place of
what is stored.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
from sqlite_utils import Database

from archive.change_rows import change_of_end, change_values, changes_between
from archive.degree import degree_of_revision
from archive.mentions import founded, mentions_digest, mentions_standing
from archive.records import CONTENT_COLUMNS, contents, load_page, section_identities
from archive.volatile import rules_of
from schemas.change import Change
from schemas.page import Page

Values = tuple[object, ...]


class Expected(msgspec.Struct, kw_only=True):
    """What the derived rows of a page must be."""

    changes: dict[int, list[Values]]
    """Rows of changes by revision, in the order of `revisions.CHANGE_COLUMNS`."""
    degrees: dict[int, float | None]
    """Degree of change by revision."""
    mentions: dict[int, bytes | None]
    """Digest of the mentions by revision."""
    unfounded: tuple[int, ...]
    """Revisions with mentions whose words they do not have."""
    contents: dict[str, set[Values]]
    """By table: the values of `records.CONTENT_COLUMNS`, and the revisions from and to which they stood."""


class _Standing:
    """Links, films and people that stand on a page while its revisions are gone through."""

    def __init__(self) -> None:
        self.done: dict[str, set[Values]] = {table: set() for table in CONTENT_COLUMNS}
        self.since: dict[str, dict[Values, int]] = {table: {} for table in CONTENT_COLUMNS}

    def bring_up(self, revision: int, now: dict[str, set[Values]]) -> None:
        """Go on to a revision: what is gone ends with it, what is new begins with it."""
        for table, since in self.since.items():
            for values in since.keys() - now[table]:
                self.done[table].add((*values, since.pop(values), revision))
            for values in now[table] - since.keys():
                since[values] = revision

    def all(self) -> dict[str, set[Values]]:
        """What stood, and what still stands."""
        return {
            table: done | {(*values, first, None) for values, first in self.since[table].items()}
            for table, done in self.done.items()
        }


def expected_of(database: Database, page: int) -> Expected:
    """What the changes, links, films, mentions, people and examples of a page must be.

    The mentions are taken from their own rows, as far as the records have the words; the digests say whether these
    rows are all.

    Raises msgspec.ValidationError or ValueError where a record cannot be read.
    """
    changes: dict[int, list[Values]] = {}
    degrees: dict[int, float | None] = {}
    mentions: dict[int, bytes | None] = {}
    named, unfounded = mentions_standing(database, page), []
    standing = _Standing()
    last: dict[str, Any] | None = None
    before: tuple[int, Page] | None = None
    for row in _revisions(database, page):
        record: Page | None = None
        identities: tuple[int, ...] = ()
        seen: set[Values] = set()
        mentions[row["id"]] = None
        if row["state"] == "live":
            record, identities = load_page(database, row["id"]), section_identities(database, row["id"])
            seen = founded(named[row["id"]], record, identities)
            unfounded += [row["id"]] if seen != named[row["id"]] else []
            mentions[row["id"]] = mentions_digest(seen, identities)
            told = _told(database, row, last, before[1] if before else None, record)
            old = section_identities(database, before[0]) if before else ()
            changes[row["id"]] = change_values(told, old, identities)
            degrees[row["id"]] = degree_of_revision(
                last["state"] if last else None, before[1] if before else None, record, told
            )
            before = row["id"], record
        elif row["state"] == "withheld" or last is None:
            changes[row["id"]] = []
            degrees[row["id"]] = 1.0 if row["state"] in ("gone", "moved") else None
        else:
            changes[row["id"]] = change_values(
                (change_of_end(database, row["state"], last["title"], row["capture"]),), (), ()
            )
            degrees[row["id"]] = 1.0
        standing.bring_up(row["id"], contents(record, identities, seen))
        last = row
    return Expected(
        changes=changes, degrees=degrees, mentions=mentions, unfounded=tuple(unfounded), contents=standing.all()
    )


def _told(
    database: Database, row: dict[str, Any], last: dict[str, Any] | None, before: Page | None, record: Page
) -> tuple[Change, ...]:
    if last is None:
        return ()
    rules = rules_of(database, row["run_id"])
    return changes_between(last["state"], before, record, rules=rules, address=row["url"])


def _revisions(database: Database, page: int) -> Iterator[dict[str, Any]]:
    rows = database.query(
        "SELECT r.id, r.state, r.title, c.status, c.url_id, c.location_id, c.run_id, u.url FROM revisions r"
        " JOIN captures c ON c.id = r.capture_id JOIN urls u ON u.id = c.url_id WHERE r.page_id = ? ORDER BY r.seq",
        [page],
    )
    for row in list(rows):
        yield {**row, "capture": row}
