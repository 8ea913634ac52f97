"""Differences between two runs of blocks: paragraphs, quotes, lists, tables, pictures, films. Pure.

One change per block, item or row that a reader would point at; what the block holds is compared inside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from archive.align import align_blocks, align_items, align_rows
from archive.columns import changed_columns, column_changes
from archive.comparison import comparison, comparison_address, cosmetic_reason, file_name, one_reason
from archive.diff_text import TextDifference, pair_in_order, text_changes, text_difference
from archive.pairs import Place, places
from archive.spot import Spot
from archive.wording import block_reading
from schemas.change import Change, Kind, Op, What
from schemas.page import Block, Cell, Film, Image, Item, List, Paragraph, Quote, Row, Table, block_text, row_text

_CALLED: dict[type[Block], What] = {
    Paragraph: "paragraph",
    Quote: "quote",
    List: "list",
    Table: "table",
    Image: "image",
    Film: "film",
}
Entry = Item | Row


def block_changes(spot: Spot, before: Sequence[Block], after: Sequence[Block]) -> Iterator[Change]:
    """Changes between two runs of blocks, as one reads on; `spot` is that of the earlier run."""
    if before == after:
        return
    found = align_blocks(before, after)
    for place in places(len(before), len(after), found.pairs):
        block = before[place.before] if place.before is not None else None
        new = after[place.after] if place.after is not None else None
        if block == new and not place.moved:
            continue
        if block is not None and new is not None:
            yield from _block_pair(spot.at(place.before or 0), place, block, new)
        else:
            yield _come_or_gone(spot, place, block, new, truncated=found.truncated)


def _come_or_gone(spot: Spot, place: Place, block: Block | None, new: Block | None, *, truncated: bool) -> Change:
    if block is not None and place.before is not None:
        ops: tuple[Op, ...] = (spot.at(place.before).delete(block),)
        what, texts, why = _CALLED[type(block)], (block_reading(block), None), "found in the earlier page only"
        return spot.change("removed", what, *texts, why=why, ops=ops, truncated=truncated)
    assert new is not None
    assert place.after is not None
    why = "found in the later page only"
    ops = (spot.insert(place.after, new),)
    return spot.change("added", _CALLED[type(new)], None, block_reading(new), why=why, ops=ops, truncated=truncated)


def _block_pair(spot: Spot, place: Place, block: Block, new: Block) -> Iterator[Change]:
    match block, new:
        case Paragraph() | Quote(), Paragraph() | Quote():
            yield from text_changes(spot, _CALLED[type(block)], place, block, new)
        case Image() | Film(), Image() | Film():
            yield from _picture_changes(spot, place, block, new)
        case List(), List():
            yield from _holder_changes(spot, place, block, new, list(_list_changes(spot, block, new)))
        case Table(), Table():
            yield from _holder_changes(spot, place, block, new, list(_table_changes(spot, block, new)))
        case _:  # pragma: no cover - a pair of other sorts is refused by the alignment
            raise AssertionError("blocks of different sorts are never the same one")


def _holder_changes(spot: Spot, place: Place, block: Block, new: Block, inside: list[Change]) -> Iterator[Change]:
    """The move of a list or table, if it moved, before what changed inside it."""
    if place.moved and place.after is not None:
        kind: Kind = "moved_and_edited" if inside else "moved"
        why = "in another place; what changed in it follows" if inside else "same words in another place"
        texts = block_reading(block), block_reading(new)
        yield spot.change(kind, _CALLED[type(block)], *texts, why=why, ops=(spot.move(place.after),))
    yield from inside


def _picture_changes(spot: Spot, place: Place, block: Image | Film, new: Image | Film) -> Iterator[Change]:
    field = "alternative" if isinstance(block, Image) else "title"
    ops = (*spot.set("address", block.address, new.address), *spot.set(field, block_text(block), block_text(new)))
    moved = (spot.move(place.after),) if place.moved and place.after is not None else ()
    what = _CALLED[type(block)]
    texts = block_reading(block), block_reading(new)
    same_address = comparison_address(block.address) == comparison_address(new.address)
    same_text = comparison(block_text(block)) == comparison(block_text(new))
    if same_address and same_text:
        if moved:
            yield spot.change("moved", what, *texts, why="same one in another place", ops=moved)
        if ops:
            yield spot.change("edited", what, *texts, why=_picture_reason(block, new), ops=ops, class_="cosmetic")
        return
    if same_address:
        texts = block_text(block), block_text(new)
    address = "version of the file" if file_name(block.address) == file_name(new.address) else "address"
    why = "text differs" if same_address else f"{address} differs" if same_text else f"{address} and text differ"
    yield spot.change("moved_and_edited" if moved else "edited", what, *texts, why=why, ops=(*moved, *ops))


def _picture_reason(block: Image | Film, new: Image | Film) -> str:
    """What sets two pictures or films apart that show and say the same."""
    texts = block_text(block), block_text(new)
    reasons = ["form of address only"] if block.address != new.address else []
    return one_reason([*reasons, cosmetic_reason(*texts)] if texts[0] != texts[1] else reasons)


def _list_changes(spot: Spot, block: List, new: List) -> Iterator[Change]:
    if block.ordered != new.ordered:
        styles = ["numbered" if ordered else "bulleted" for ordered in (block.ordered, new.ordered)]
        ops = spot.set("ordered", block.ordered, new.ordered)
        yield spot.change("edited", "list", *styles, why="numbering differs", ops=ops)
    inside = spot.at("items")
    found = align_items(block.items, new.items)
    told: list[Change] = []
    for place in places(len(block.items), len(new.items), found.pairs):
        if place.before is not None and place.after is not None:
            told += _item_changes(inside.at(place.before), place, block.items[place.before], new.items[place.after])
        else:
            told.append(_entry_come_or_gone(inside, place, block.items, new.items, truncated=found.truncated))
    yield from _as_one_reordering(spot, block, new, told)


def _table_changes(spot: Spot, block: Table, new: Table) -> Iterator[Change]:
    ops = spot.set("caption", block.caption, new.caption)
    captions = block.caption or None, new.caption or None
    if ops and comparison(block.caption) == comparison(new.caption):
        why = cosmetic_reason(block.caption, new.caption)
        yield spot.change("edited", "table", *captions, why=why, ops=ops, class_="cosmetic")
    elif ops:
        yield spot.change("edited", "table", *captions, why="caption differs", ops=ops)
    inside = spot.at("rows")
    columns = changed_columns(block, new)
    found = align_rows(columns.shared(block.rows, 0), columns.shared(new.rows, 1)) if columns else None
    if columns and found and found.pairs:
        yield from column_changes(spot, block, new, columns, found.pairs)
    else:
        columns, found = None, align_rows(block.rows, new.rows)
    cells = columns and columns.pairs
    told: list[Change] = []
    for place in places(len(block.rows), len(new.rows), found.pairs):
        if place.before is not None and place.after is not None:
            old_row, new_row = block.rows[place.before], new.rows[place.after]
            told += _row_changes(inside.at(place.before), place, old_row, new_row, cells)
        else:
            told.append(_entry_come_or_gone(inside, place, block.rows, new.rows, truncated=found.truncated))
    yield from _as_one_reordering(spot, block, new, told)


def _entry_come_or_gone(
    spot: Spot, place: Place, before: Sequence[Entry], after: Sequence[Entry], *, truncated: bool
) -> Change:
    if place.before is not None:
        gone = before[place.before]
        ops: tuple[Op, ...] = (spot.at(place.before).delete(gone),)
        what, text, why = _entry_called(gone), _entry_text(gone), "found in the earlier page only"
        return spot.change("removed", what, text, None, why=why, ops=ops, truncated=truncated)
    assert place.after is not None
    new = after[place.after]
    ops, why = (spot.insert(place.after, new),), "found in the later page only"
    return spot.change("added", _entry_called(new), None, _entry_text(new), why=why, ops=ops, truncated=truncated)


def _as_one_reordering(spot: Spot, block: List | Table, new: List | Table, told: list[Change]) -> Iterator[Change]:
    """The changes of entries as they are, or one change of the whole where only the order reads differently."""
    moves = [change for change in told if change.kind == "moved" and len(change.ops) == 1]
    others = [change for change in told if change not in moves]
    if not moves or any(change.class_ != "cosmetic" for change in others):
        yield from told
        return
    texts = block_text(block), block_text(new)
    ops = [op for change in moves for op in change.ops]
    yield spot.change("moved", _CALLED[type(block)], *texts, why="same entries in another order", ops=ops)
    yield from others


def _item_changes(spot: Spot, place: Place, item: Item, new: Item) -> list[Change]:
    if item == new and not place.moved:
        return []
    return text_changes(spot, "item", place, item, new, levels=(item.level, new.level))


def _row_changes(
    spot: Spot, place: Place, row: Row, new: Row, columns: tuple[tuple[int, int], ...] | None
) -> list[Change]:
    """Changes of one row; `columns` pairs its cells where columns came, went or moved, which is told elsewhere."""
    if row == new and not place.moved:
        return []
    found = _cells_difference(spot.at("cells"), row.cells, new.cells, columns)
    moved = (spot.move(place.after),) if place.moved and place.after is not None else ()
    texts = row_text(row), row_text(new)
    cosmetic = found.cosmetic
    changes = []
    if found.edited:
        kind: Kind = "moved_and_edited" if moved else "edited"
        ops = (*moved, *found.edited, *cosmetic)
        told = spot.change(kind, "row", *texts, why="cells differ", ops=ops, truncated=found.truncated)
        changes, cosmetic = [told], ()
    elif moved:
        changes = [spot.change("moved", "row", *texts, why="same cells in another place", ops=moved)]
    if cosmetic:
        changes.append(spot.change("edited", "row", *texts, why=found.reason, ops=cosmetic, class_="cosmetic"))
    return [*changes, *found.links]


def _cells_difference(
    spot: Spot, cells: Sequence[Cell], new_cells: Sequence[Cell], columns: tuple[tuple[int, int], ...] | None
) -> TextDifference:
    """What differs in the cells of one row, as one; a cell more or less is an edit of the row, unless of a column."""
    edited: list[Op] = []
    cosmetic: list[Op] = []
    links: list[Change] = []
    reasons: list[str] = []
    truncated = False
    pairs = columns or pair_in_order(cells, new_cells, (lambda c: comparison(c.text),))
    for place in places(len(cells), len(new_cells), pairs):
        if place.before is not None and place.after is not None:
            here, cell, new = spot.at(place.before), cells[place.before], new_cells[place.after]
            found = text_difference(here, cell, new)
            edited += found.edited
            header = here.set("header", cell.header, new.header)
            cosmetic += (*found.cosmetic, *header)
            links += found.links
            reasons += [found.reason] if found.cosmetic else []
            reasons += ["kind of cell only"] if header else []
            truncated |= found.truncated
        elif columns is None and place.after is not None:
            edited.append(spot.insert(place.after, new_cells[place.after]))
        elif columns is None and place.before is not None:
            edited.append(spot.at(place.before).delete(cells[place.before]))
    return TextDifference(tuple(edited), tuple(cosmetic), one_reason(reasons), tuple(links), truncated)


def _entry_called(entry: Entry) -> What:
    return "item" if isinstance(entry, Item) else "row"


def _entry_text(entry: Entry) -> str:
    return entry.text if isinstance(entry, Item) else row_text(entry)
