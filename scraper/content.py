"""The content of a page: its elements told one by one, its preamble and sections built up in document order."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import ClassVar, Literal, TypeAlias

import msgspec

from schemas.page import Block, Cell, Link, Paragraph, Quote, Section
from scraper.anchors import LINKED_TEXT, Anchors
from scraper.blocks import OpenList, OpenTable
from scraper.controls import is_disclosure
from scraper.media import PLAYING, film_of, image_of, is_player, keeps_film, may_play
from scraper.surroundings import Surroundings, phrases_of
from scraper.text import BREAK, EDGE, OpenLink, Text, can_be_seen, said_in
from scraper.tree import BLOCKS, HEADINGS, INLINE, SILENT

Where: TypeAlias = Literal["top", "heading", "list", "item", "table", "row", "cell", "caption", "quote"]
End: TypeAlias = Callable[[], object]
Beginnings: TypeAlias = "dict[str, Callable[[ContentReader, int], End | None]]"
"""By tag, how an element begins: it is told the element, and gives what is to be done at its end, if anything."""

_LISTS = frozenset({"ul", "ol", "dl", "menu", "dir"})
_CELLS = frozenset({"td", "th"})
_LINKED_ENTRY = 3
"""Elements and texts of an entry that is one link."""
_ITEMS = frozenset({"li", "dt", "dd"})
_KNOWN = BLOCKS | INLINE | SILENT | {"button"}
# A table that holds these arranges the page; it says nothing about rows.
_ARRANGED = HEADINGS | {"table", "iframe", "video"}
_PLAIN = (BLOCKS | INLINE) - SILENT - {"button"}
"""What has nothing to it but what stands in it, unless it is a player."""
_ORDINARY = _PLAIN - {"br", "img"} - PLAYING
"""What has nothing to it but what stands in it, unless it keeps the place of a film."""


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
        self._anchors = Anchors(around)
        self._phrases = phrases_of(around.layout)
        self._worded = worded
        self._drafts: list[tuple[Section, list[Block]]] = []
        self._ends: list[tuple[int, End]] = []
        self._where: list[Where] = ["top"]
        self._texts = [Text()]
        self._link: OpenLink | None = None
        self._waiting: list[Block] = []
        self._heading: tuple[int, str] = (0, "")
        self._list = OpenList()
        self._table = OpenTable()
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
            else:
                number = number + 1 if self._open(number, tag) else ends[number]
        while open_ends:
            open_ends.pop()[1]()

    def _open(self, number: int, tag: str) -> bool:
        """Enter an element; False when nothing in it is content, or all of it has been read."""
        if edged := tag in BLOCKS or (tag == "button" and self._is_disclosed(number)):
            self._edge()
        if number in self._hidden:
            return False
        if (tag not in _ORDINARY or keeps_film(self._tree, number)) and self._is_all_read(number, tag):
            return False
        end = self._tree.ends[number]
        if number + 1 < end <= number + _LINKED_ENTRY and self._is_simple(number, tag, end):
            return False
        if edged:
            self._ends.append((end, self._edge))
        if number in self._around.preamble:
            self._ends.append((end, self._begin_preamble()))
        begin = self._beginnings[self._where[-1]].get(tag)
        leave = begin(self, number) if begin else None
        if leave:
            self._ends.append((end, leave))
        return True

    def _say(self, number: int) -> None:
        """Take the words of a text node."""
        piece, text = self._hear(number), self._texts[-1]
        if piece == " " and not text.pieces:
            return  # between two blocks: no text begins with a blank
        text.pieces.append(piece)
        if self._link and self._link.link and can_be_seen(piece):
            text.links.append(self._link.link)
            self._link.link = None

    def _hear(self, number: int) -> str:
        """The words of a text node."""
        return self._tree.preformatted(number) if self._preformatted else self._tree.pieces[self._tree.firsts[number]]

    def _is_simple(self, number: int, tag: str, end: int) -> bool:
        """Read a link of one text, or an entry of one text or one such link, as most are; False for all else."""
        if self._link or self._preformatted or number in self._around.preamble:
            return False
        if tag == "a":
            found = self._linked(number)
            if found:
                self._texts[-1].pieces.append(found[0])
                self._texts[-1].links += found[1]
            return found is not None
        found = self._entered(number + 1, end) if tag in _ITEMS and self._where[-1] == "list" else None
        if found:
            self._list.add(said_in(found[0]), found[1], deeper=tag == "dd")
        return found is not None

    def _entered(self, number: int, end: int) -> tuple[str, tuple[Link, ...]] | None:
        """What an entry says by its one text or by its one link, which ends there as well; None for any other."""
        if end == number + 1 and not self._tree.tags[number]:
            return self._hear(number), ()
        apart = number in self._hidden or number in self._around.preamble or keeps_film(self._tree, number)
        return None if apart or self._tree.ends[number] != end else self._linked(number)

    def _linked(self, number: int) -> tuple[str, tuple[Link, ...]] | None:
        """What a link of one text says, and the link; None for any other element."""
        is_linked = self._tree.tags[number : self._tree.ends[number]] == LINKED_TEXT
        return self._anchors.link_of_text(number, self._hear(number + 1)) if is_linked else None

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

    def _edge(self) -> None:
        """Come to where a block begins or ends: a new line in a text, a new paragraph outside any."""
        text = self._texts[-1]
        if self._where[-1] != "top":
            text.pieces.append(EDGE)
            return
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
        said = self._around.said
        if text and said and all(line in said for line in text.split("\n")):
            return True
        if self._worded and self._phrases.is_chrome(text, alone=not links):
            self.chrome.append(Paragraph(text=text, links=links))
            return True
        return False

    def _emit(self, block: Block | None) -> None:
        if block is None:
            return
        if self._preambles and not (self._drafts and self._drafts[-1][0].level):
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

    def _begin_text(self, where: Where) -> None:
        self._where.append(where)
        self._texts.append(Text())

    def _take(self) -> tuple[str, tuple[Link, ...]]:
        """End a text that was begun: what it says, and its links."""
        self._where.pop()
        return self._texts.pop().take()

    def _begin_heading(self, number: int) -> End:
        self._heading = int(self._tree.tags[number][1]), self._tree.attribute(number, "id")
        self._begin_text("heading")
        return self._end_heading

    def _end_heading(self) -> None:
        (level, anchor), (heading, links) = self._heading, self._take()
        if heading:
            heading = re.sub(r"\n+", " ", heading)
            kept = anchor if anchor and not self._phrases.noise_id.search(anchor) else None
            self._drafts.append((Section(heading=heading, level=level, anchor=kept, links=links), []))
        elif links:
            self._emit(Paragraph(text="", links=links))

    def _begin_quote(self, _number: int) -> End:
        self._begin_text("quote")
        return self._end_quote

    def _end_quote(self) -> None:
        text, links = self._take()
        if text or links:
            self._emit(Quote(text=text, links=links))

    def _begin_list_at_top(self, number: int) -> End | None:
        # What has headings of its own, such as news, is laid out by a list and not listed.
        lays_out = self._around.layout.weigh and self._tree.holds(number, HEADINGS)
        return None if lays_out else self._begin_list(number)

    def _begin_list(self, number: int) -> End:
        self._where.append("list")
        self._list.enter(ordered=self._tree.tags[number] == "ol")
        return self._end_list

    def _end_list(self) -> None:
        self._where.pop()
        self._emit(self._list.leave())

    def _begin_item(self, number: int) -> End:
        self._list.begin_item(deeper=self._tree.tags[number] == "dd")
        self._begin_text("item")
        return self._end_item

    def _end_item(self) -> None:
        self._list.end_item(*self._take())

    def _begin_table(self, number: int) -> End | None:
        arranges = self._tree.attribute(number, "role") in ("presentation", "none")
        if arranges or self._tree.holds(number, _ARRANGED):
            return None
        self._where.append("table")
        return self._end_table

    def _end_table(self) -> None:
        self._where.pop()
        self._emit(self._table.leave())

    def _begin_caption(self, _number: int) -> End:
        self._begin_text("caption")
        return self._end_caption

    def _end_caption(self) -> None:
        self._table.caption = self._take()[0]

    def _begin_row(self, _number: int) -> End:
        self._where.append("row")
        self._table.begin_row()
        return self._where.pop

    def _begin_cell(self, number: int) -> End:
        self._begin_text("cell")
        return partial(self._end_cell, header=self._tree.tags[number] == "th")

    def _end_cell(self, *, header: bool) -> None:
        text, links = self._take()
        self._table.add(Cell(text=text, header=header, links=links))

    def _begin_link(self, number: int) -> End | None:
        opened = None if self._link else self._anchors.open(number, self._texts[-1])
        if opened is None:
            return None
        self._link = opened
        return self._end_link

    def _end_link(self) -> None:
        opened, self._link = self._link, None
        assert opened is not None, "a link ends once"
        if opened.link and opened.pictured:
            self._texts[-1].links.append(opened.link)
        self._texts[-1].cut(self._anchors.suffix, opened)

    def _begin_preamble(self) -> End:
        self._edge()
        self._preambles += 1
        return self._end_preamble

    def _end_preamble(self) -> None:
        self._edge()
        self._preambles -= 1

    def _begin_preformatted(self, _number: int) -> End:
        self._preformatted += 1
        return self._end_preformatted

    def _end_preformatted(self) -> None:
        self._preformatted -= 1

    _anywhere: ClassVar[Beginnings] = {"a": _begin_link, "pre": _begin_preformatted}
    _in_list: ClassVar[Beginnings] = _anywhere | dict.fromkeys(_LISTS, _begin_list)
    _in_table: ClassVar[Beginnings] = (
        _anywhere | dict.fromkeys(_CELLS, _begin_cell) | {"caption": _begin_caption, "tr": _begin_row}
    )
    _beginnings: ClassVar[dict[Where, Beginnings]] = {
        "top": _anywhere
        | dict.fromkeys(_LISTS, _begin_list_at_top)
        | dict.fromkeys(HEADINGS, _begin_heading)
        | {"blockquote": _begin_quote, "table": _begin_table},
        "list": _in_list | dict.fromkeys(_ITEMS, _begin_item),
        "item": _in_list,
        "table": _in_table,
        "row": _in_table,
        **dict.fromkeys(("heading", "cell", "caption", "quote"), _anywhere),
    }
    """What is more than an edge, by where it is met."""
