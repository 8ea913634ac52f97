"""The content of a page: its elements told one by one, its preamble and sections built up in document order."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Literal, TypeAlias

import msgspec

from schemas.page import Block, Cell, Item, Link, List, Paragraph, Quote, Row, Section, Table
from scraper.layout import Layout
from scraper.links import follow, kind_of
from scraper.media import film_of, image_of, is_player
from scraper.text import LinkSuffix, OpenLink, Text
from scraper.tree import BLOCKS, BREAK, EDGE, HEADINGS, INLINE, SILENT, Node, attribute, collapse, line, wording

Where: TypeAlias = Literal["top", "heading", "list", "item", "table", "row", "cell", "caption", "quote"]
End: TypeAlias = Callable[[], None]

_LISTS = frozenset({"ul", "ol", "dl", "menu", "dir"})
_CELLS = frozenset({"td", "th"})
_ITEMS = frozenset({"li", "dt", "dd"})
_KNOWN = BLOCKS | INLINE | SILENT | {"button"}
# A table that holds these arranges the page; it says nothing about rows.
_ARRANGED = "table, h1, h2, h3, h4, h5, h6, iframe, video"


class Surroundings(msgspec.Struct, frozen=True, kw_only=True):
    """What the content is read with: the page's own facts, gathered before."""

    base: str
    """Address that references are resolved against."""
    address: str
    """Address of the page: links to its host are "page", others "external"."""
    layout: Layout
    hidden: set[int]
    """Elements left out: chrome, words for screen readers, metadata already read."""
    preamble: set[int]
    """Elements that hold the preamble."""
    marked: tuple[tuple[Node, str], ...] = ()
    """Of the hidden, what is chrome though no selector drops it, and what it is called."""
    said: frozenset[str]
    """Lines already read as metadata, "Publicerad: 1 oktober 2019"."""


class ContentReader:
    """A visitor of content boxes. Walk each box with it, then take `preamble`, `sections()`, `chrome` and `unknown`."""

    def __init__(self, around: Surroundings) -> None:
        self.preamble: list[Block] = []
        self.chrome: list[Block] = []
        self.unknown: Counter[str] = Counter()
        self._around = around
        self._suffix = LinkSuffix(around.layout.link_suffix)
        self._noise_id = re.compile(around.layout.noise_id or r"(?!)")
        self._chrome_lines = {line.casefold() for line in around.layout.chrome_lines}
        self._chrome_openings = tuple(opening.casefold() for opening in around.layout.chrome_openings)
        self._drafts: list[tuple[Section, list[Block]]] = []
        self._ends: list[End] = []
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

    def open(self, node: Node) -> bool:
        """Enter an element; False when nothing in it is content, or all of it has been read."""
        tag = node.tag or ""
        if tag in BLOCKS:
            self._edge()
        if node.mem_id in self._around.hidden or self._is_all_read(node, tag):
            return False
        ends = [self._edge] if tag in BLOCKS else []
        if node.mem_id in self._around.preamble:
            ends.append(self._begin_preamble())
        begin = self._beginning(node, tag)
        if begin:
            ends.append(begin())
        self._ends.append(_in_turn(ends))
        return True

    def text(self, node: Node) -> None:
        """Take the words of a text node."""
        raw = node.text_content or ""
        piece = BREAK.join(map(collapse, raw.split("\n"))) if self._preformatted else collapse(raw)
        if self._texts[-1].add(piece) and self._link and self._link.link:
            self._texts[-1].links.append(self._link.link)
            self._link.link = None

    def close(self, _node: Node) -> None:
        """Leave an element that was entered."""
        self._ends.pop()()

    def _is_all_read(self, node: Node, tag: str) -> bool:
        """Read an element that holds no running text: line break, picture, film, control."""
        if tag == "br":
            self._texts[-1].add(BREAK)
            return True
        if tag == "img":
            self._show(image_of(node, self._around.base))
            return True
        film = film_of(node, self._around.base)
        if film:
            self._show(film)
            return True
        if tag not in _KNOWN:
            self.unknown[tag] += 1
        # An accordion keeps its heading in a button; other buttons are controls.
        return tag in SILENT or is_player(tag) or (tag == "button" and "heading" not in self._where)

    def _beginning(self, node: Node, tag: str) -> Callable[[], End] | None:
        """How an element begins that is more than an edge; its beginning gives its end."""
        begin: Callable[[], End] | None = None
        match self._where[-1]:
            case "top" if tag in _LISTS and self._around.layout.weigh and _holds_headings(node):
                begin = None
            case "top" | "list" | "item" if tag in _LISTS:
                begin = partial(self._begin_list, ordered=tag == "ol")
            case "top":
                begin = self._beginning_at_top(node, tag)
            case "list" if tag in _ITEMS:
                begin = partial(self._begin_item, deeper=tag == "dd")
            case "table" | "row":
                begin = self._beginning_in_table(tag)
        if begin is None and tag == "a" and self._link is None:
            return partial(self._begin_link, node)
        return self._begin_preformatted if tag == "pre" else begin

    def _beginning_at_top(self, node: Node, tag: str) -> Callable[[], End] | None:
        if tag in HEADINGS:
            return partial(self._begin_heading, node, int(tag[1]))
        if tag == "blockquote":
            return partial(self._begin_text, "quote", self._end_quote)
        return self._begin_table if tag == "table" and not _arranges(node) else None

    def _beginning_in_table(self, tag: str) -> Callable[[], End] | None:
        if tag == "caption":
            return partial(self._begin_text, "caption", self._end_caption)
        if tag == "tr":
            return self._begin_row
        return partial(self._begin_text, "cell", partial(self._end_cell, header=tag == "th")) if tag in _CELLS else None

    def _edge(self) -> None:
        """Come to where a block begins or ends: a new line in a text, a new paragraph outside any."""
        if self._where[-1] != "top":
            self._texts[-1].add(EDGE)
            return
        text, links = self._texts[-1].take()
        if (text or links) and not self._is_unsaid(text, links):
            self._emit(Paragraph(text=text, links=links))
        waiting, self._waiting = self._waiting, []
        for block in waiting:
            self._emit(block)

    def _is_unsaid(self, text: str, links: tuple[Link, ...]) -> bool:
        """Whether a paragraph is chrome by its words, or metadata that has been read."""
        if text and all(line in self._around.said for line in text.split("\n")):
            return True
        folded = text.casefold()
        if folded.startswith(self._chrome_openings) or (not links and folded in self._chrome_lines):
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

    def _begin_heading(self, node: Node, level: int) -> End:
        anchor = attribute(node, "id")

        def end() -> None:
            heading, links = self._take()
            if heading:
                heading = heading.replace("\n", " ")
                kept = anchor if anchor and not self._noise_id.search(anchor) else None
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

        def end() -> None:
            self._where.pop()

        return end

    def _end_cell(self, *, header: bool) -> None:
        text, links = self._take()
        self._rows[-1].append(Cell(text=text, header=header, links=links))

    def _begin_link(self, node: Node) -> End:
        address = follow(self._around.base, attribute(node, "href")) if attribute(node, "href") else None
        if address is None:
            return _nothing
        words = self._suffix.cut(line(node, self._around.hidden))
        pictured = node.css_first("img")
        if not words and pictured:
            words = wording(pictured, "alt") or wording(node, "aria-label", "title")
        link = Link(label=words, address=address, kind=kind_of(address, self._around.address))
        opened = self._link = OpenLink(link, self._texts[-1])

        def end() -> None:
            self._link = None
            if opened.link and pictured:
                self._texts[-1].links.append(opened.link)
            self._texts[-1].cut(self._suffix, opened)

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


def _arranges(table: Node) -> bool:
    """Whether a table lays out the page instead of holding data."""
    inside = (node for node in table.css(_ARRANGED) if node.mem_id != table.mem_id)
    return attribute(table, "role") in ("presentation", "none") or next(inside, None) is not None


def _holds_headings(entries: Node) -> bool:
    """Whether a list lays out what has headings of its own, such as news, instead of listing."""
    return entries.css_first("h1, h2, h3, h4, h5, h6") is not None


def _in_turn(ends: list[End]) -> End:
    """What closes an element: the ends of what it began, the last begun first."""

    def end_all() -> None:
        for end in reversed(ends):
            end()

    return end_all


def _nothing() -> None:
    """End what began nothing."""
