"""Lists and tables in the making: entries, rows and cells as they come, one block in the end."""

from __future__ import annotations

from schemas.page import Cell, Item, Link, List, Paragraph, Row, Table


class OpenList:
    """A list and those nested in it, flattened. Lists are entered and left, entries begun and ended, as they nest."""

    def __init__(self) -> None:
        self.depth = 0
        self._ordered = False
        self._items: list[Item | None] = []
        self._open: list[tuple[int, int]] = []

    def enter(self, *, ordered: bool) -> None:
        """Come to a list; whether it is ordered counts for the outermost."""
        if not self.depth:
            self._ordered = ordered
        self.depth += 1

    def begin_item(self, *, deeper: bool) -> None:
        """Come to an entry, which is `deeper` than its list as an answer is than its question."""
        # Its place is taken now, so that nested entries, which end before it does, follow it.
        self._open.append((len(self._items), self.depth + deeper))
        self._items.append(None)

    def end_item(self, text: str, links: tuple[Link, ...]) -> None:
        """Give the entry that was begun last its words."""
        place, level = self._open.pop()
        if text or links:
            self._items[place] = Item(text=text, level=level, links=links)

    def add(self, text: str, links: tuple[Link, ...], *, deeper: bool) -> None:
        """Take an entry in which none is nested."""
        if text or links:
            self._items.append(Item(text=text, level=self.depth + deeper, links=links))

    def leave(self) -> List | None:
        """Leave a list: with the outermost all of it is given, unless nothing stands in it."""
        self.depth -= 1
        if self.depth:
            return None
        items, self._items = tuple(filter(None, self._items)), []
        return List(items=items, ordered=self._ordered) if items else None


class OpenTable:
    """The table at hand; none stands in another."""

    def __init__(self) -> None:
        self.caption = ""
        self._rows: list[list[Cell]] = []

    def begin_row(self) -> None:
        """Come to a row."""
        self._rows.append([])

    def add(self, cell: Cell) -> None:
        """Take a cell of the row at hand."""
        self._rows[-1].append(cell)

    def leave(self) -> Table | Paragraph | None:
        """Leave the table: give what it says, a paragraph where that is its caption alone."""
        rows = tuple(Row(cells=tuple(cells)) for cells in self._rows if any(cell.text or cell.links for cell in cells))
        caption, self._rows, self.caption = self.caption, [], ""
        if rows:
            return Table(rows=rows, caption=caption)
        return Paragraph(text=caption) if caption else None
