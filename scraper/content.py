"""The content of a page: its elements told one by one, its preamble and sections built up in document order."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Literal, TypeAlias

import msgspec

from schemas.page import Block, Cell, Item, Link, List, Paragraph, Quote, Row, Section, Table
from scraper.controls import is_disclosure
from scraper.links import follow, kind_of
from scraper.media import film_of, image_of, is_player, may_play
from scraper.surroundings import Surroundings, phrases_of
from scraper.text import BREAK, EDGE, OpenLink, Text, collapse
from scraper.tree import BLOCKS, HEADINGS, INLINE, SILENT

Where: TypeAlias = Literal["top", "heading", "list", "item", "table", "row", "cell", "caption", "quote"]
End: TypeAlias = Callable[[], None]

_LISTS = frozenset({"ul", "ol", "dl", "menu", "dir"})
_CELLS = frozenset({"td", "th"})
_ITEMS = frozenset({"li", "dt", "dd"})
_KNOWN = BLOCKS | INLINE | SILENT | {"button"}
# A table that holds these arranges the page; it says nothing about rows.
_ARRANGED = HEADINGS | {"table", "iframe", "video"}
_BEGINNING = HEADINGS | _LISTS | _CELLS | _ITEMS | {"blockquote", "table", "caption", "tr", "a", "pre"}
"""What may begin something that is more than an edge."""
_PLAIN = (BLOCKS | INLINE) - SILENT - {"button"}
"""What has nothing to it but what stands in it, unless it is a player."""


class ContentReader:
    """Reads content boxes, one after another; then take `preamble`, `sections()`, `chrome` and `unknown`.

    `worded`: whether paragraphs that are chrome by their words are told apart.
    """

    def __init__(self, around: Surroundings, *, worded: bool = True) -> None:
        self.preamble: list[Block] = []
        self.chrome: list[Block] = []
        self.unknown: Counter[str] = Counter()
        self._around = around
        self._tree = around.tree
        self._hidden = around.hidden.numbers
        self._phrases = phrases_of(around.layout)
        self._worded = worded
        self._drafts: list[tuple[Section, list[Block]]] = []
        self._ends: list[tuple[int, End]] = []
        self._where: list[Where] = ["top"]
        self._texts = [Text()]
        self._link: OpenLink | None = None
        self._waiting: list[Block] = []
        self._items: list[Item | None] = []
        self._depth = 0
        self._rows: list[list[Cell]] = []
        self._caption = ""
        self._preambles = 0
        self._preformatted = 0

    def sections(self) -> tuple[Section, ...]:
        """The sections read, the lead section first if anything stood before the first heading."""
        return tuple(msgspec.structs.replace(head, blocks=tuple(blocks)) for head, blocks in self._drafts)

    def read(self, box: int) -> None:
        """Read an element and all that stands in it, in document order; depth costs no stack."""
        tags, ends = self._tree.tags, self._tree.ends
        number, last, open_ends = box, ends[box], self._ends
        while number < last:
            while open_ends and open_ends[-1][0] <= number:
                open_ends.pop()[1]()
            tag = tags[number]
            if not tag:
                self._say(number)
                number += 1
            elif self._open(number, tag):
                number += 1
            else:
                number = ends[number]
        while open_ends:
            open_ends.pop()[1]()

    def _open(self, number: int, tag: str) -> bool:
        """Enter an element; False when nothing in it is content, or all of it has been read."""
        if edged := tag in BLOCKS or (tag == "button" and self._is_disclosed(number)):
            self._edge()
        if number in self._hidden or self._is_all_read(number, tag):
            return False
        end = self._tree.ends[number]
        if edged:
            self._ends.append((end, self._edge))
        if number in self._around.preamble:
            self._ends.append((end, self._begin_preamble()))
        begin = self._beginning(number, tag) if tag in _BEGINNING else None
        if begin:
            self._ends.append((end, begin()))
        return True

    def _say(self, number: int) -> None:
        """Take the words of a text node."""
        piece = self._raw(number) if self._preformatted else self._tree.pieces[self._tree.firsts[number]]
        if self._texts[-1].add(piece) and self._link and self._link.link:
            self._texts[-1].links.append(self._link.link)
            self._link.link = None

    def _raw(self, number: int) -> str:
        """A preformatted text: its line feeds are breaks."""
        return BREAK.join(map(collapse, (self._tree.nodes[number].text_content or "").split("\n")))

    def _is_all_read(self, number: int, tag: str) -> bool:
        """Read an element that holds no running text: line break, picture, film, control."""
        if tag == "br":
            self._texts[-1].pieces.append(BREAK)
            return True
        if tag == "img":
            self._show(image_of(self._tree, number, self._around.base))
            return True
        if may_play(self._tree, number):
            film = film_of(self._tree, number, self._around.base)
            if film:
                self._show(film)
                return True
        if tag in _PLAIN:
            return False
        if tag not in _KNOWN:
            self.unknown[tag] += 1
        # An accordion keeps its heading in a button, or its question; other buttons are controls.
        unsaid = tag == "button" and "heading" not in self._where and not self._is_disclosed(number)
        return tag in SILENT or is_player(tag) or unsaid

    def _is_disclosed(self, button: int) -> bool:
        asked = self._worded and self._around.layout.weigh and "heading" not in self._where
        return asked and is_disclosure(self._tree, button)

    def _beginning(self, number: int, tag: str) -> Callable[[], End] | None:
        """How an element begins that is more than an edge; its beginning gives its end."""
        begin: Callable[[], End] | None = None
        match self._where[-1]:
            case "top" if tag in _LISTS and self._around.layout.weigh and self._tree.holds(number, HEADINGS):
                begin = None  # it lays out what has headings of its own, such as news, instead of listing
            case "top" | "list" | "item" if tag in _LISTS:
                begin = partial(self._begin_list, ordered=tag == "ol")
            case "top":
                begin = self._beginning_at_top(number, tag)
            case "list" if tag in _ITEMS:
                begin = partial(self._begin_item, deeper=tag == "dd")
            case "table" | "row":
                begin = self._beginning_in_table(tag)
        if begin is None and tag == "a" and self._link is None:
            return partial(self._begin_link, number)
        return self._begin_preformatted if tag == "pre" else begin

    def _beginning_at_top(self, number: int, tag: str) -> Callable[[], End] | None:
        if tag in HEADINGS:
            return partial(self._begin_heading, number, int(tag[1]))
        if tag == "blockquote":
            return partial(self._begin_text, "quote", self._end_quote)
        return self._begin_table if tag == "table" and not self._arranges(number) else None

    def _beginning_in_table(self, tag: str) -> Callable[[], End] | None:
        if tag == "caption":
            return partial(self._begin_text, "caption", self._end_caption)
        if tag == "tr":
            return self._begin_row
        return partial(self._begin_text, "cell", partial(self._end_cell, header=tag == "th")) if tag in _CELLS else None

    def _edge(self) -> None:
        """Come to where a block begins or ends: a new line in a text, a new paragraph outside any."""
        if self._where[-1] != "top":
            self._texts[-1].pieces.append(EDGE)
            return
        text = self._texts[-1]
        if text.pieces or text.links:
            self._end_paragraph()
        if self._waiting:
            waiting, self._waiting = self._waiting, []
            for block in waiting:
                self._emit(block)

    def _end_paragraph(self) -> None:
        text, links = self._texts[-1].take()
        if (text or links) and not self._is_unsaid(text, links):
            self._emit(Paragraph(text=text, links=links))

    def _is_unsaid(self, text: str, links: tuple[Link, ...]) -> bool:
        """Whether a paragraph is chrome by its words, or metadata that has been read."""
        if text and all(line in self._around.said for line in text.split("\n")):
            return True
        if self._worded and self._phrases.is_chrome(text, alone=not links):
            self.chrome.append(Paragraph(text=text, links=links))
            return True
        return False

    def _emit(self, block: Block) -> None:
        headed = self._drafts and self._drafts[-1][0].level
        if self._preambles and not headed:
            self.preamble.append(block)
            return
        if not self._drafts:
            self._drafts.append((Section(heading="", level=0), []))
        self._drafts[-1][1].append(block)

    def _show(self, block: Block | None) -> None:
        """Place a picture or a film: here, or after the text that it stands in."""
        if block is None:
            return
        if self._where[-1] == "top" and not self._texts[-1].seen:
            self._emit(block)
        else:
            self._waiting.append(block)

    def _begin_text(self, where: Where, end: End) -> End:
        self._where.append(where)
        self._texts.append(Text())

        def leave() -> None:
            self._where.pop()
            end()

        return leave

    def _take(self) -> tuple[str, tuple[Link, ...]]:
        return self._texts.pop().take()

    def _begin_heading(self, number: int, level: int) -> End:
        anchor = self._tree.attribute(number, "id")

        def end() -> None:
            heading, links = self._take()
            if heading:
                heading = re.sub(r"\n+", " ", heading)
                kept = anchor if anchor and not self._phrases.noise_id.search(anchor) else None
                self._drafts.append((Section(heading=heading, level=level, anchor=kept, links=links), []))
            elif links:
                self._emit(Paragraph(text="", links=links))

        return self._begin_text("heading", end)

    def _end_quote(self) -> None:
        text, links = self._take()
        if text or links:
            self._emit(Quote(text=text, links=links))

    def _begin_list(self, *, ordered: bool) -> End:
        self._where.append("list")
        self._depth += 1

        def end() -> None:
            self._where.pop()
            self._depth -= 1
            if not self._depth:
                items = tuple(item for item in self._items if item)
                self._items = []
                if items:
                    self._emit(List(items=items, ordered=ordered))

        return end

    def _begin_item(self, *, deeper: bool) -> End:
        # Its place is taken now, so that nested entries, which end before it does, follow it.
        place, level = len(self._items), self._depth + deeper
        self._items.append(None)

        def end() -> None:
            text, links = self._take()
            if text or links:
                self._items[place] = Item(text=text, level=level, links=links)

        return self._begin_text("item", end)

    def _begin_table(self) -> End:
        self._where.append("table")

        def end() -> None:
            self._where.pop()
            rows = tuple(
                Row(cells=tuple(cells)) for cells in self._rows if any(cell.text or cell.links for cell in cells)
            )
            caption, self._rows, self._caption = self._caption, [], ""
            if rows:
                self._emit(Table(rows=rows, caption=caption))
            elif caption:
                self._emit(Paragraph(text=caption))

        return end

    def _end_caption(self) -> None:
        self._caption = self._take()[0]

    def _begin_row(self) -> End:
        self._where.append("row")
        self._rows.append([])
        return self._leave

    def _leave(self) -> None:
        self._where.pop()

    def _end_cell(self, *, header: bool) -> None:
        text, links = self._take()
        self._rows[-1].append(Cell(text=text, header=header, links=links))

    def _begin_link(self, number: int) -> End:
        tree, suffix = self._tree, self._phrases.suffix
        reference = tree.attribute(number, "href")
        address = follow(self._around.base, reference) if reference else None
        if address is None:
            return _nothing
        words = suffix.cut(tree.line(number, self._around.hidden))
        pictured = next((inner for inner in range(number, tree.ends[number]) if tree.tags[inner] == "img"), None)
        if not words and pictured is not None:
            words = tree.wording(pictured, "alt") or tree.wording(number, "aria-label", "title")
        link = Link(label=words, address=address, kind=kind_of(address, self._around.address))
        opened = self._link = OpenLink(link, self._texts[-1])

        def end() -> None:
            self._link = None
            if opened.link and pictured is not None:
                self._texts[-1].links.append(opened.link)
            self._texts[-1].cut(suffix, opened)

        return end

    def _begin_preamble(self) -> End:
        self._edge()
        self._preambles += 1

        def end() -> None:
            self._edge()
            self._preambles -= 1

        return end

    def _begin_preformatted(self) -> End:
        self._preformatted += 1

        def end() -> None:
            self._preformatted -= 1

        return end

    def _arranges(self, table: int) -> bool:
        """Whether a table lays out the page instead of holding data."""
        return self._tree.attribute(table, "role") in ("presentation", "none") or self._tree.holds(table, _ARRANGED)


def _nothing() -> None:
    """End what began nothing."""
