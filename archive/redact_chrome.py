"""Redact the chrome: what an erasure takes away of it. It is shared by pages, so that no history of one tells of it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import msgspec
from sqlite_utils import Database

from archive.chrome import compare_all, seal_contacts
from archive.masking import masked, says
from archive.names import Name
from schemas.chrome import ChromePart
from schemas.page import canonical_json


def forget_chrome(database: Database, bodies: Iterable[int]) -> None:
    """Take away the chrome that only erased bodies show, and what was told of it. Call inside a transaction.

    What another body shows too stays.
    """
    for body in bodies:
        database.execute(
            "DELETE FROM reading_chrome WHERE capture_id IN (SELECT id FROM captures WHERE body_id = ?)", [body]
        )
    database.execute("DELETE FROM chromes WHERE id NOT IN (SELECT chrome_id FROM reading_chrome)")
    unused = "NOT IN (SELECT j.value FROM chromes h, json_each(h.parts) j)"
    database.execute(f"DELETE FROM chrome_contacts WHERE part_id {unused}")
    database.execute(f"DELETE FROM chrome_parts WHERE id {unused}")
    compare_all(database)


def bodies_showing(database: Database, parts: Iterable[int]) -> set[int]:
    """Bodies in whose chrome a part stands."""
    rows = database.execute(
        "SELECT c.body_id, j.value FROM chromes h, json_each(h.parts) j JOIN reading_chrome n ON n.chrome_id = h.id"
        " JOIN captures c ON c.id = n.capture_id WHERE c.body_id IS NOT NULL"
    ).fetchall()
    wanted = set(parts)
    return {body for body, part in rows if part in wanted}


def parts_with(database: Database, name: Name) -> list[int]:
    """Parts of the chrome that have a name, or offer the person."""
    rows = database.execute("SELECT id, record FROM chrome_parts").fetchall()
    offering = {part for _, part in _offers(database, name)}
    return [part for part, record in rows if part in offering or says(name, record)]


def mask_parts(database: Database, name: Name, parts: Iterable[int]) -> None:
    """Take the name out of parts, and the person out of those whom they offer. Call inside a transaction."""
    for number, _ in _offers(database, name):
        database.execute("DELETE FROM chrome_contacts WHERE rowid = ?", [number])
    for part in parts:
        (record,) = database.execute("SELECT record FROM chrome_parts WHERE id = ?", [part]).fetchone()
        left = canonical_json(masked(msgspec.json.decode(record, type=ChromePart), name))
        database.execute(
            "UPDATE chrome_parts SET sha256 = ?, record = ? WHERE id = ?",
            [hashlib.sha256(left).digest(), left.decode(), part],
        )
        seal_contacts(database, part)
    compare_all(database)


def _offers(database: Database, name: Name) -> list[tuple[int, int]]:
    """Rows of contacts that have a name, each with its part."""
    rows = database.execute("SELECT rowid, part_id, name, role, organisation, mail FROM chrome_contacts").fetchall()
    return [(number, part) for number, part, *told in rows if any(map(name.is_in, told))]
