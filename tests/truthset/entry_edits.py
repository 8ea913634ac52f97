"""Edits inside lists and tables: items, rows, columns, numbering, captions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias, TypeVar

from msgspec.structs import replace

from schemas.change import Kind, What
from schemas.page import Cell, Item, List, Row, Table, block_text, row_text
from tests.truthset.block_edits import told
from tests.truthset.edits import Desk, Edit, Truth

T = TypeVar("T")
B = TypeVar("B", List, Table)
Done: TypeAlias = tuple[B, Kind, What, str | None, str | None]
"""The block after the edit, and what a change should say of it."""


def in_list(change: Callable[[Desk, List], Done[List] | None]) -> Edit:
    """An edit of one list."""

    def edit(desk: Desk) -> Truth | None:
        found = desk.block(List)
        block = found[0].blocks[found[1]] if found else None
        done = change(desk, block) if isinstance(block, List) else None
        if not found or not done:
            return None
        new, kind, what, before, after = done
        desk.put(*found, new)
        return told(kind, what, found[0], before, after)

    return edit


def item_added(desk: Desk, block: List) -> Done[List]:
    """An item put in."""
    at = desk.author.chance.randint(0, 2)
    new = Item(text=desk.author.prose.phrase())
    return replace(block, items=_with(block.items, at, new)), "added", "item", None, new.text


def item_removed(_desk: Desk, block: List) -> Done[List]:
    """An item taken out."""
    return replace(block, items=_without(block.items, 1)), "removed", "item", block.items[1].text, None


def item_edited(desk: Desk, block: List) -> Done[List]:
    """A word more in an item."""
    old = block.items[1]
    new = replace(old, text=f"{old.text} {desk.author.prose.word()}")
    return replace(block, items=_put(block.items, 1, new)), "edited", "item", old.text, new.text


def item_relevelled(_desk: Desk, block: List) -> Done[List] | None:
    """An item put under the one before."""
    old = block.items[1]
    if block.items[2].level != 1:
        return None
    new = replace(block, items=_put(block.items, 1, replace(old, level=2)))
    return new, "relevelled", "item", old.text, old.text


def reordered(_desk: Desk, block: List) -> Done[List] | None:
    """The same items in another order."""
    if any(item.level > 1 for item in block.items):
        return None
    new = replace(block, items=block.items[::-1])
    return new, "moved", "list", block_text(block), block_text(new)


def numbered(_desk: Desk, block: List) -> Done[List]:
    """A bulleted list numbered, or the other way round."""
    names = ["numbered" if ordered else "bulleted" for ordered in (block.ordered, not block.ordered)]
    return replace(block, ordered=not block.ordered), "edited", "list", names[0], names[1]


def in_table(change: Callable[[Desk, Table], Done[Table] | None]) -> Edit:
    """An edit of one table."""

    def edit(desk: Desk) -> Truth | None:
        found = desk.block(Table)
        block = found[0].blocks[found[1]] if found else None
        done = change(desk, block) if isinstance(block, Table) else None
        if not found or not done:
            return None
        new, kind, what, before, after = done
        desk.put(*found, new)
        return told(kind, what, found[0], before, after)

    return edit


def row_added(desk: Desk, table: Table) -> Done[Table]:
    """A row put in."""
    new = desk.author.row(3)
    at = desk.author.chance.randint(1, len(table.rows))
    return replace(table, rows=_with(table.rows, at, new)), "added", "row", None, row_text(new)


def row_removed(desk: Desk, table: Table) -> Done[Table]:
    """A row taken out."""
    at = desk.author.chance.randrange(1, len(table.rows))
    return replace(table, rows=_without(table.rows, at)), "removed", "row", row_text(table.rows[at]), None


def row_edited(desk: Desk, table: Table) -> Done[Table]:
    """A figure changed."""
    at = desk.author.chance.randrange(1, len(table.rows))
    old = table.rows[at]
    new = Row(cells=(*old.cells[:2], Cell(text=str(int(old.cells[2].text) + desk.author.chance.randint(1, 99)))))
    return replace(table, rows=_put(table.rows, at, new)), "edited", "row", row_text(old), row_text(new)


def column_added(desk: Desk, table: Table) -> Done[Table]:
    """A column put in, before, between or after the others."""
    at = desk.author.chance.randint(0, 3)
    cells = [Cell(text=str(desk.author.chance.randint(2, 9_999))) for _ in table.rows[1:]]
    column = [Cell(text=desk.author.prose.place(), header=True), *cells]
    rows = [Row(cells=_with(row.cells, at, cell)) for row, cell in zip(table.rows, column, strict=True)]
    text = "\n".join(cell.text for cell in column)
    return replace(table, rows=tuple(rows)), "added", "column", None, text


def column_removed(desk: Desk, table: Table) -> Done[Table]:
    """A column taken out."""
    at = desk.author.chance.randint(0, 2)
    text = "\n".join(row.cells[at].text for row in table.rows)
    rows = tuple(Row(cells=_without(row.cells, at)) for row in table.rows)
    return replace(table, rows=rows), "removed", "column", text, None


def caption(desk: Desk, table: Table) -> Done[Table] | None:
    """Another caption."""
    new = desk.author.prose.phrase()
    done = replace(table, caption=new)
    return (done, "edited", "table", table.caption, new) if table.caption else None


def _with(entries: Sequence[T], at: int, new: T) -> tuple[T, ...]:
    return (*entries[:at], new, *entries[at:])


def _without(entries: Sequence[T], at: int) -> tuple[T, ...]:
    return (*entries[:at], *entries[at + 1 :])


def _put(entries: Sequence[T], at: int, new: T) -> tuple[T, ...]:
    return (*entries[:at], new, *entries[at + 1 :])
