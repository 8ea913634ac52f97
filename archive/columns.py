"""Columns: a table whose columns came, went or changed places, told once for each and not once for every row. Pure.

The columns are paired first, then the rows by what the paired columns say, so that a column put in front of all others
hides no row.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from archive.comparison import comparison
from archive.pairs import Key, Place, Sketch, pair, places
from archive.spot import Spot
from schemas.change import Change, Kind, Op
from schemas.page import Row, Table

_SKETCH_ROWS = 100
"""Rows that say what a column is like: the first."""


class Columns(NamedTuple):
    """Which columns of a table live on, and where."""

    pairs: tuple[tuple[int, int], ...]
    places: tuple[Place, ...]

    def shared(self, rows: Sequence[Row], side: int) -> tuple[Row, ...]:
        """The rows with only the columns that both tables have; side 0 is the earlier table."""
        kept = sorted(self.pairs)
        return tuple(Row(cells=tuple(row.cells[both[side]] for both in kept)) for row in rows)


def changed_columns(before: Table, after: Table) -> Columns | None:
    """The columns, where some of them came, went or moved; None where none did, or the tables have no columns."""
    sizes = _width(before), _width(after)
    if not all(sizes):
        return None
    if sizes[0] == sizes[1] and not _is_permutation(before.rows[0], after.rows[0]):
        return None
    found = pair(
        _texts(before),
        _texts(after),
        (Key(lambda column: column), Key(lambda column: column[0] or None, unique=True)),
        lambda column: Sketch("column", " ".join(column)),
    )
    order = tuple(places(*sizes, found.pairs))
    told = any(place.moved or place.before is None or place.after is None for place in order)
    return Columns(found.pairs, order) if found.pairs and told else None


def column_changes(
    spot: Spot, before: Table, after: Table, columns: Columns, rows: Sequence[tuple[int, int]]
) -> Iterator[Change]:
    """One change for each column that came, went or moved; `rows` are the pairs of rows that live on.

    `spot` is that of the earlier table.
    """
    for place in columns.places:
        if place.before is not None and place.after is not None and not place.moved:
            continue
        gone = _reading(before, place.before)
        new = _reading(after, place.after)
        kind: Kind = "removed" if new is None else "added" if gone is None else "moved"
        ops = [_step(spot, before, after, place, both) for both in rows]
        yield spot.change(kind, "column", gone, new, why=_WHY[kind], ops=ops)


_WHY: dict[Kind, str] = {
    "added": "a cell more in every row",
    "removed": "a cell less in every row",
    "moved": "same column in another place",
}


def _step(spot: Spot, before: Table, after: Table, place: Place, both: tuple[int, int]) -> Op:
    cells = spot.at("rows", both[0], "cells")
    if place.before is None:
        return cells.insert(place.after or 0, after.rows[both[1]].cells[place.after or 0])
    here = cells.at(place.before)
    return here.delete(before.rows[both[0]].cells[place.before]) if place.after is None else here.move(place.after)


def _width(table: Table) -> int:
    """How many cells each row has; 0 where rows differ in that."""
    widths = {len(row.cells) for row in table.rows}
    return widths.pop() if len(widths) == 1 else 0


def _is_permutation(before: Row, after: Row) -> bool:
    texts = [[comparison(cell.text) for cell in row.cells] for row in (before, after)]
    return texts[0] != texts[1] and sorted(texts[0]) == sorted(texts[1]) and len(set(texts[0])) == len(texts[0])


def _texts(table: Table) -> list[tuple[str, ...]]:
    rows = table.rows[:_SKETCH_ROWS]
    return [tuple(comparison(row.cells[at].text) for row in rows) for at in range(len(rows[0].cells))]


def _reading(table: Table, column: int | None) -> str | None:
    return None if column is None else "\n".join(row.cells[column].text for row in table.rows)
