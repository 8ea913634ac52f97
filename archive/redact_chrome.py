"""Redact the chrome: what an erasure takes away of it. It is shared by pages, so that no history of one tells of it."""

from __future__ import annotations

from collections.abc import Iterable

from sqlite_utils import Database

from archive.chrome import compare_all


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
