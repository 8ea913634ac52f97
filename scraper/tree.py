"""The tree of a page's elements: parsed by lexbor, laid out once in document order, its words in stored form.

Each look at a node of lexbor's is a call into C and makes an object. So a page is walked once; after that an element
is known by its number in document order, and all that stands in it is a range of numbers, and of words.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from functools import cached_property
from itertools import count
from operator import attrgetter
from typing import Final, TypeAlias

from selectolax.lexbor import LexborDocumentOptions, LexborHTMLParser, LexborNode

from scraper.text import BREAK, EDGE, can_be_seen, collapse, stored

Document: TypeAlias = LexborHTMLParser
Node: TypeAlias = LexborNode
Attributes: TypeAlias = dict[str, str | None]


def _tags(names: str) -> frozenset[str]:
    return frozenset(names.split())


HEADINGS: Final = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
# Elements that start and end on lines of their own; HTML standard, chapter "Rendering", display: block and the like.
BLOCKS: Final = HEADINGS | _tags(
    """address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption figure
    footer form frameset header hgroup hr html legend li listing main menu nav ol optgroup option p plaintext pre search
    section summary table tbody td tfoot th thead tr ul xmp"""
)
INLINE: Final = _tags(
    """a abbr acronym area b base basefont bdi bdo big blink br cite code col colgroup data del dfn em embed font i img
    ins kbd label link map mark marquee meta meter nobr noembed noframes object output param picture progress q rb rp rt
    rtc ruby s samp slot small source span strike strong sub sup time track tt u var wbr math"""
)
# What holds no words for a reader. A button's words are read in a heading, where accordions keep them.
SILENT: Final = _tags(
    """script style noscript template svg head title select datalist textarea input canvas frame iframe video audio
    embed noembed noframes meta link"""
)
# Of the silent ones, those whose content is one text, often a long one: nothing that is read can stand in it.
_CODE: Final = _tags("script style noscript")
_HEAD: Final = 130
"""Letters of a text among which labels are looked for: more than a line that says a day may have."""
# What a role may make a heading: not what has a place of its own in a list, a table or the page.
_ROLED: Final = _tags("div span p b strong em i font center label legend summary header hgroup section figcaption")
_PARTED: Final = _tags("span time")
_LINKED: Final = _tags("a")
_SIDE_BY_SIDE: Final = _PARTED | _LINKED
_NOTHING: Final[Attributes] = {}
_LEVEL: Final = re.compile(r"[0-9]{1,3}")
BLANKS: Final = " \t\n\f\r"
"""What surrounds the value of an attribute and is no part of it."""
_mem_id = attrgetter("mem_id")
_mem_id_above = attrgetter("parent.mem_id")


def _tags_by_id() -> dict[int, str]:
    """Names of the known elements by lexbor's numbers for them: a look in a table costs half of asking a node."""
    document = LexborHTMLParser("")
    nodes = map(document.create_node, sorted(BLOCKS | INLINE | SILENT | {"button"}))
    return {node.tag_id: node.tag or "" for node in nodes}


_TEXT: Final = next(node.tag_id for node in LexborHTMLParser("x").css("body")[0].iter(include_text=True))
_TAGS: Final = {**_tags_by_id(), _TEXT: ""}


def _tag(node: Node) -> str | None:
    """Name of an element that lexbor has no number for; None for what is no element, such as a comment."""
    return node.tag if node.is_element_node else None


def parse(text: str) -> Document:
    """Return the document of a page's text.

    Mutation events are off, since they make lexbor stall on long <select> lists; <noscript> is read as a browser
    with scripts reads it, as one text, so that it cannot break the head.
    """
    return LexborHTMLParser(text, options=int(LexborDocumentOptions.WO_EVENTS), scripting=True)


def _level(given: Attributes) -> str:
    """Name of the heading that a role makes of an element, "" when it makes none; WAI-ARIA, role "heading"."""
    if (given["role"] or "").strip().lower() != "heading":
        return ""
    stated = (given.get("aria-level") or "").strip()
    return f"h{min(max(int(stated), 1), 6)}" if _LEVEL.fullmatch(stated) else "h2"


class Tree:
    """Elements and texts of a page by their number in document order; comments have none. Only `part` may change it."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.nodes: list[Node] = []
        self.tags: list[str] = []
        """Names of elements; "" for a text. What its role makes a heading is called as a heading is."""
        self.roled: set[str] = set()
        """Names of the elements that a role makes headings."""
        self.attributes: list[Attributes] = []
        self.ends: list[int] = []
        """The number after all that stands in an element."""
        self.pieces: list[str] = []
        """The words of the page as they come, blanks collapsed, with breaks and the edges of blocks between them."""
        self.firsts: list[int] = []
        """Where the pieces of an element or a text begin."""
        self.lasts: list[int] = []
        """The place after its last piece."""
        self.silent: list[int] = []
        """Elements that hold words, and none for a reader."""
        self._numbers: dict[int, int] = {}
        self._aboves: list[int] = []
        if document.root is not None:
            self._grow(document.root)
        # A frame set puts the body out of the document; what stood in it is read all the same.
        if document.body is not None and document.body.mem_id not in self._numbers:
            self._grow(document.body)

    def _grow(self, root: Node) -> None:
        first = len(self.nodes)
        nodes = list(root.traverse(include_text=True))
        found = [_TAGS.get(node.tag_id) for node in nodes]
        if None in found:
            found = [_tag(node) if tag is None else tag for node, tag in zip(nodes, found, strict=True)]
            nodes = [node for node, tag in zip(nodes, found, strict=True) if tag is not None]
        tags = [tag for tag in found if tag is not None]
        self.nodes += nodes
        self.tags += tags
        self.attributes += [(tag and node.attributes) or _NOTHING for node, tag in zip(nodes, tags, strict=True)]
        self._numbers.update(zip(map(_mem_id, nodes), count(first)))
        self._aboves += [-1, *map(self._numbers.__getitem__, map(_mem_id_above, nodes[1:]))]
        self._name_by_role(first)
        self._span(first)
        self._tell(first)

    def _name_by_role(self, first: int) -> None:
        """Call what a role makes a heading as a heading is called."""
        tags = self.tags
        for number, given in enumerate(self.attributes[first:], first):
            if "role" in given and tags[number] in _ROLED and (level := _level(given)):
                self.roled.add(tags[number])
                tags[number] = level

    def _span(self, first: int) -> None:
        """Find where elements end: with the last that stands in them, which is met first from behind."""
        ends, aboves = self.ends, self._aboves
        ends += range(first + 1, len(self.nodes) + 1)
        for number in range(len(ends) - 1, first, -1):
            if ends[aboves[number]] <= number:
                ends[aboves[number]] = ends[number]

    def _tell(self, first: int) -> None:
        """Collect the words, with breaks and edges between them."""
        nodes, tags, ends = self.nodes, self.tags, self.ends
        pieces, firsts, lasts = self.pieces, self.firsts, self.lasts
        opened: list[int] = []
        until = ends[first]
        for number in range(first, until):
            while number >= until:
                self._close(opened.pop())
                until = ends[opened[-1]]
            tag = tags[number]
            firsts.append(len(pieces))
            if tag:
                if tag in BLOCKS:
                    pieces.append(EDGE)
                elif tag == "br":
                    pieces.append(BREAK)
                lasts.append(0)
                opened.append(number)
                until = ends[number]
            else:
                if tags[opened[-1]] not in _CODE:
                    pieces.append(collapse(nodes[number].text_content or ""))
                lasts.append(len(pieces))
        while opened:
            self._close(opened.pop())
        self.silent.sort()

    def _close(self, number: int) -> None:
        tag = self.tags[number]
        if tag in BLOCKS:
            self.pieces.append(EDGE)
        elif tag in SILENT and len(self.pieces) > self.firsts[number]:
            self.silent.append(number)
        self.lasts[number] = len(self.pieces)

    def part(self) -> None:
        """Part words that only a style sheet holds apart: "Start" and "24 augusti", each in a span of its own.

        For pages of unknown make, before they are read. A word that editors' tools cut in two goes on in small letters.
        Two links side by side are no word cut in two, whatever their letters, unless they lead to the same place.
        """
        pieces, firsts = self.pieces, self.firsts
        for number, tag in enumerate(self.tags):
            first = firsts[number]
            if tag not in _SIDE_BY_SIDE or not 0 < first < self.lasts[number]:
                continue
            before, after = pieces[first - 1][-1:], pieces[first][:1]
            if before.isspace() or not after.isalnum():
                continue
            beside = self.nodes[number].prev
            if beside is None or beside.tag not in (_LINKED if tag in _LINKED else _PARTED):
                continue
            begins = after.isupper() or after.isdigit()
            if self._are_two_links(beside, number, begins=begins) if tag in _LINKED else begins and before.isalnum():
                pieces[first] = f" {pieces[first]}"

    def _are_two_links(self, beside: Node, number: int, *, begins: bool) -> bool:
        """Whether two elements <a> are two links with words: to two places, or the next begins as a word of its own."""
        before = self._numbers[beside.mem_id]
        has_words = self.firsts[before] < self.firsts[number]
        return has_words and (begins or self.attribute(before, "href") != self.attribute(number, "href"))

    def may_say(self, hints: Iterable[bytes]) -> bool:
        """Whether any of the labels stands at the beginning of a line, or within a short one, in whatever letters.

        Labels are told in ASCII and small letters, as much of them as is.
        """
        return any(hint in self._small for hint in hints)

    @cached_property
    def _small(self) -> bytes:
        """The heads of the page's texts, A to Z in small letters: those beyond ASCII would cost five times as much."""
        return "".join([piece[:_HEAD] for piece in self.pieces]).encode("utf-8", "surrogatepass").lower()

    @property
    def body(self) -> int | None:
        """Number of the body; None in a frame set."""
        return self.number_of(self.document.body) if self.document.body else None

    def number_of(self, node: Node) -> int:
        """Number of an element of the document."""
        return self._numbers[node.mem_id]

    def numbers_of(self, nodes: Iterable[Node]) -> list[int]:
        """Numbers of elements, in their order, each once."""
        return list(dict.fromkeys(map(self.number_of, nodes)))

    def above(self, number: int) -> int | None:
        """Number of the element that this one stands in; None for the root."""
        above = self._aboves[number]
        return above if above >= 0 else None

    def holds(self, number: int, tags: frozenset[str]) -> bool:
        """Whether any of such elements stands in this one."""
        return not tags.isdisjoint(self.tags[number + 1 : self.ends[number]])

    def first_in(self, number: int, tag: str) -> int | None:
        """Number of the first element of such a name in this one; None when there is none."""
        inside = self.tags[number : self.ends[number]]
        return number + inside.index(tag) if tag in inside else None

    def preformatted(self, number: int) -> str:
        """A text whose line feeds are breaks."""
        return BREAK.join(map(collapse, (self.nodes[number].text_content or "").split("\n")))

    def attribute(self, number: int, name: str) -> str:
        """Value of an attribute without surrounding blanks; "" when it has none."""
        return (self.attributes[number].get(name) or "").strip(BLANKS)

    def wording(self, number: int, *names: str) -> str:
        """The first of the attributes that says anything to a reader, in stored form; "" when none does."""
        said = (stored(collapse(self.attribute(number, name))) for name in names)
        return next(filter(can_be_seen, said), "")

    def words(self, number: int, hidden: Region) -> str:
        """All words in an element in stored form, the hidden elements left out; block edges are line feeds."""
        return stored(self._said(number, hidden))

    def _said(self, number: int, hidden: Region) -> str:
        """The pieces in an element that are read, joined."""
        if self.tags[number] in SILENT or number in hidden.numbers:
            return ""
        pieces, start = self.pieces, self.firsts[number]
        kept: list[str] = []
        until = number
        for cut in hidden.unheard(number, self.ends[number]):
            if cut >= until:
                until = self.ends[cut]
                # A block that is left out, or a break, still parts what stands on its sides.
                parts = self.tags[cut] in BLOCKS or self.tags[cut] == "br"
                kept += pieces[start : self.firsts[cut] + parts]
                start = self.lasts[cut]
        kept += pieces[start : self.lasts[number]]
        return "".join(kept)

    def lines(self, number: int, hidden: Region) -> list[str]:
        """The lines of an element as a reader sees them, empty ones left out."""
        # Stored edge by edge: most stretches between two edges hold nothing that the expression is needed for.
        stretches = map(stored, self._said(number, hidden).split(EDGE))
        return [line for stretch in stretches for line in stretch.split("\n") if can_be_seen(line)]

    def line(self, number: int, hidden: Region) -> str:
        """The words of an element on one line: a title, a label."""
        text = number + 1
        if self.ends[number] == text + 1 and not self.tags[text] and self.tags[number] not in SILENT:
            # One text and nothing else, as in most links.
            word = "" if number in hidden.numbers else stored(self.pieces[self.firsts[text]])
            return word if can_be_seen(word) else ""
        return " ".join(self.lines(number, hidden))


class Region:
    """Elements of a tree and all that stands in them."""

    def __init__(self, tree: Tree, numbers: Iterable[int] = ()) -> None:
        self.tree = tree
        self.numbers = frozenset(numbers)
        self._starts: list[int] = []
        self._ends: list[int] = []
        for number in sorted(self.numbers):
            if not self._ends or number >= self._ends[-1]:
                self._starts.append(number)
                self._ends.append(tree.ends[number])
        self._unheard = sorted(self.numbers.union(tree.silent))

    def __or__(self, others: Iterable[int]) -> Region:
        """This region and other elements."""
        return Region(self.tree, self.numbers.union(others))

    def covers(self, number: int | None) -> bool:
        """Whether the element is one of the region's, or stands in one."""
        if number is None:
            return False
        place = bisect_right(self._starts, number) - 1
        return place >= 0 and number < self._ends[place]

    def size(self, number: int, end: int) -> int:
        """How many elements and texts of the region stand in an element that ends there."""
        place = bisect_left(self._starts, number)
        spans = zip(self._starts[place:], self._ends[place:], strict=True)
        return sum(last - first for first, last in spans if first < end)

    def unheard(self, number: int, end: int) -> list[int]:
        """What is not read of what stands in an element that ends there: the region's and the silent elements."""
        cuts = self._unheard
        place = bisect_left(cuts, number)
        return cuts[place : bisect_left(cuts, end, place)]
