"""Sampling: rows of a table by chance, at a cost that does not grow with the table."""

from __future__ import annotations

from random import Random

from sqlite_utils import Database


def sampled(database: Database, table: str, sample: int | None, rng: Random) -> list[int]:
    """Ids of a table in their order: all of them, or about as many as `sample`, drawn by chance.

    Numbers are drawn from the whole range of ids, and for each the next id that is there is taken: a row after a gap
    is likelier than others, and may be taken for several.
    """
    (count,) = database.execute(f"SELECT count(*) FROM (SELECT 1 FROM {table} LIMIT ?)", [(sample or 0) + 1]).fetchone()
    if sample is None or count <= sample:
        return [number for (number,) in database.execute(f"SELECT id FROM {table} ORDER BY id").fetchall()]
    first, last = (database.execute(f"SELECT {side}(id) FROM {table}").fetchone()[0] for side in ("min", "max"))
    drawn = {
        database.execute(f"SELECT min(id) FROM {table} WHERE id >= ?", [number]).fetchone()[0]
        for number in rng.sample(range(first, last + 1), sample)
    }
    return sorted(drawn)
