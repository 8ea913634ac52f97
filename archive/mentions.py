"""Mentions: whom, what and when the texts of a page name, as rows; the rows are all that is kept of them.

They are no part of the page record: a recogniser that gets better changes no digest and makes no revision. Each
revision has a digest of the mentions that stood in it, so that a row that was lost or altered is found.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence

import msgspec
from sqlite_utils import Database

from schemas.mention import Mention
from schemas.page import Page

Values = tuple[object, ...]

MENTION_COLUMNS = ("section_id", "kind", "name", "code", "role", "organisation", "words", "evidence", "mail", "phone")

_WORDS = MENTION_COLUMNS.index("words")


def mention_values(record: Page, mentions: Sequence[Sequence[Mention]], identities: Sequence[int]) -> set[Values]:
    """Rows of what a reading recognised, in the order of `MENTION_COLUMNS`; the head of the page has no section. Pure.

    A name that a section has many times is one row, with the words of the first. A reading may have no mentions.
    """
    found: dict[Values, Values] = {}
    for section, text, named in zip((None, *identities), record.texts(), mentions, strict=False):
        for one in named:
            key = (section, one.kind, one.name, one.code, one.role, one.organisation)
            found.setdefault(key, (text[one.start : one.end], one.evidence, one.mail, one.phone))
    return {(*key, *how) for key, how in found.items()}


def in_sections(values: Iterable[Values], identities: Sequence[int]) -> set[Values]:
    """Rows that have the place of their section, counted from 1, with its identity instead. Pure."""
    return {row if row[0] is None else (identities[row[0] - 1], *row[1:]) for row in values}  # type: ignore[operator]


def mentions_digest(values: Iterable[Values], identities: Sequence[int]) -> bytes:
    """SHA-256 of the mentions in a revision; sections count by place, not by number. Pure."""
    place: Mapping[object, int] = {None: 0, **{number: at for at, number in enumerate(identities, 1)}}
    rows = sorted(((place.get(row[0], -1), *row[1:]) for row in values), key=repr)
    return hashlib.sha256(msgspec.json.encode(rows)).digest()


def mentions_standing(database: Database, page: int) -> dict[int, set[Values]]:
    """The mentions that stand in each revision of a page, by the number of the revision in the archive."""
    rows = database.execute(
        f"SELECT f.seq, t.seq, {', '.join(f'm.{column}' for column in MENTION_COLUMNS)} FROM mentions m"
        " JOIN revisions f ON f.id = m.from_revision LEFT JOIN revisions t ON t.id = m.to_revision"
        " WHERE m.page_id = ?",
        [page],
    ).fetchall()
    revisions = database.execute("SELECT id, seq FROM revisions WHERE page_id = ?", [page]).fetchall()
    return {
        revision: {tuple(row[2:]) for row in rows if row[0] <= seq and (row[1] is None or seq < row[1])}
        for revision, seq in revisions
    }


def founded(values: Iterable[Values], record: Page, identities: Sequence[int]) -> set[Values]:
    """Those of the mentions whose words stand in the text that they are said to stand in. Pure."""
    text = dict(zip((None, *identities), record.texts(), strict=True))
    return {row for row in values if str(row[_WORDS]) in text.get(row[0], "")}  # type: ignore[call-overload]
