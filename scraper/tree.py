"""The tree of a page's elements: parsed by lexbor, walked without recursion, its words brought to stored form."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Final, Protocol, TypeAlias

from selectolax.lexbor import LexborDocumentOptions, LexborHTMLParser, LexborNode

Document: TypeAlias = LexborHTMLParser
Node: TypeAlias = LexborNode


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
BREAK: Final = "\n"
"""A <br>: a line feed for the reader."""
EDGE: Final = "\v"
"""The edge of a block inside a text: a line feed too, but one however many edges meet."""

# A lone space is what a run of blanks becomes: left out, since most runs are one and a match costs a call.
_BLANKS = re.compile(r"[ \t\n\v\f\r]{2,}|[\t\n\v\f\r]")
_RUNS = re.compile(r"[ \n\v]{2,}|[\n\v]")
_SEEN = re.compile(r"[^\s\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")


class Visitor(Protocol):
    """Who is told of each element and text on a walk."""

    def open(self, node: Node) -> bool:
        """Enter an element; False leaves it and all in it out, and `close` is not called."""

    def text(self, node: Node) -> None:
        """Meet a text."""

    def close(self, node: Node) -> None:
        """Leave an element that was entered."""


def parse(text: str) -> Document:
    """Return the document of a page's text.

    Mutation events are off, since they make lexbor stall on long <select> lists; <noscript> is read as a browser
    with scripts reads it, as one text, so that it cannot break the head.
    """
    return LexborHTMLParser(text, options=int(LexborDocumentOptions.WO_EVENTS), scripting=True)


def walk(root: Node, visitor: Visitor) -> None:
    """Tell the visitor of everything from the root down, in document order; depth costs no stack."""
    node: Node | None = root
    top = root.mem_id
    while node is not None:
        inner = None
        if node.is_element_node:
            if visitor.open(node):
                inner = node.first_child
                if inner is None:
                    visitor.close(node)
        elif node.is_text_node:
            visitor.text(node)
        node = inner or _onward(node, top, visitor.close)


def _onward(node: Node, top: int, close: Callable[[Node], None]) -> Node | None:
    """The next node that is not inside this one; elements left behind are closed."""
    here = node
    while here.mem_id != top:
        following = here.next
        if following is not None:
            return following
        above = here.parent
        assert above is not None, "the walk is under its root"
        here = above
        close(here)
    return None


def find(places: Iterable[Node | Document], selectors: Iterable[str]) -> list[Node]:
    """Elements of the first selector that matches any, in document order, each once."""
    places = list(places)
    for selector in selectors:
        found = {node.mem_id: node for place in places for node in place.css(selector)}
        if found:
            return list(found.values())
    return []


def ids_of(nodes: Iterable[Node]) -> set[int]:
    """Identities of elements, for as long as their document lives."""
    return {node.mem_id for node in nodes}


class Region:
    """Elements and all that stands in them. Answers are remembered, so that deep pages cost no more than large ones."""

    def __init__(self, ids: Iterable[int]) -> None:
        self._known = dict.fromkeys(ids, True)

    def covers(self, node: Node | None) -> bool:
        """Whether the element is one of the region's, or stands in one."""
        path = []
        while node is not None and node.mem_id not in self._known:
            path.append(node.mem_id)
            node = node.parent
        covered = node is not None and self._known[node.mem_id]
        self._known.update(dict.fromkeys(path, covered))
        return covered


def attribute(node: Node, name: str) -> str:
    """Value of an attribute without surrounding blanks; "" when it has none."""
    return (node.attributes.get(name) or "").strip(" \t\n\f\r")


def wording(node: Node, *names: str) -> str:
    """The first of the attributes that says anything to a reader, in stored form; "" when none does."""
    said = (stored(collapse(attribute(node, name))) for name in names)
    return next(filter(can_be_seen, said), "")


def collapse(text: str) -> str:
    """Each run of white space as HTML knows it one space; no-break spaces and soft hyphens stay."""
    return _BLANKS.sub(" ", text)


def stored(text: str) -> str:
    """Stored form of collected pieces: one space, or the line feeds that breaks and edges ask for; ends stripped."""
    return _RUNS.sub(_settle, text).strip(" \n")


def _settle(run: re.Match[str]) -> str:
    if EDGE in run[0]:
        return "\n"
    return "\n" * run[0].count(BREAK) or " "


def can_be_seen(text: str) -> bool:
    """Whether anything in the text leaves ink: a spacer paragraph with a no-break space does not."""
    return _SEEN.search(text) is not None


class _Words:
    """Collects the words under one element."""

    def __init__(self, hidden: set[int]) -> None:
        self.hidden = hidden
        self.pieces: list[str] = []

    def open(self, node: Node) -> bool:
        tag = node.tag or ""
        if tag in BLOCKS:
            self.pieces.append(EDGE)
        if tag == "br":
            self.pieces.append(BREAK)
        return node.mem_id not in self.hidden and tag not in SILENT

    def text(self, node: Node) -> None:
        self.pieces.append(collapse(node.text_content or ""))

    def close(self, node: Node) -> None:
        if node.tag in BLOCKS:
            self.pieces.append(EDGE)


def words(node: Node, hidden: set[int]) -> str:
    """All words under an element in stored form, the hidden elements left out; block edges are line feeds."""
    collected = _Words(hidden)
    walk(node, collected)
    return stored("".join(collected.pieces))


def lines(node: Node, hidden: set[int]) -> list[str]:
    """The lines of an element as a reader sees them, empty ones left out."""
    return [line for line in words(node, hidden).split("\n") if can_be_seen(line)]


def line(node: Node, hidden: set[int]) -> str:
    """The words of an element on one line: a title, a label."""
    return " ".join(lines(node, hidden))
