"""Part memo: what parts of the chrome said, so that a menu that stands on each page is read once.

A part is known by all that its reading depends on, told exactly and not by its markup, which two trees may share: its
elements and texts, what is left out of it, the layout, and as much of the page's address as its links need. An equal
part gives an equal record, so a page reads the same whatever was read before it.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from functools import cached_property
from typing import Final

import msgspec

from schemas.page import Block, Paragraph
from scraper.layout import Layout
from scraper.links import home_of, needed_base
from scraper.media import ADDRESSES, KEPT, TITLES
from scraper.surroundings import Surroundings
from scraper.tree import BLANKS, Attributes, Region, Tree

PARTS = 64
"""Parts remembered, those read or met last."""
LARGEST_BYTES = 256 * 1024
"""Size of what a part is known by up to which it is remembered."""
_LEFT_OUT: Final = 1.1
"""The number of elements and texts in a part, by those that are left out, under which it is not worth a memory."""
READ: Final = ADDRESSES | KEPT | {*TITLES, "id", "role", "alt", "width", "height"}
"""Attributes that reading asks for; by others menus mark where a reader is, on each page another entry."""

ReadPart = Callable[[frozenset[str]], tuple[Block, ...]]
"""Reads the part, given the lines that are metadata on its page."""
_encode = msgspec.msgpack.Encoder().encode
_NONE_SAID: frozenset[str] = frozenset()


class _Known(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """A part that was read, and what else its reading depended on: found out where it is asked for."""

    layout: Layout
    base: str
    encoding: str
    home: str
    blocks: tuple[Block, ...]
    references: list[str]
    """All that may be followed from it, as it is written."""

    def fits(self, around: Surroundings) -> bool:
        """Whether the part would read the same on this page, its metadata apart."""
        near = around.base == self.base or (self.rooted and needed_base(around.base, "/") == self.origin)
        alike = around.layout == self.layout and around.encoding == self.encoding
        return near and alike and home_of(around.address) == self.home

    @cached_property
    def origin(self) -> str:
        return needed_base(self.base, "/")

    @cached_property
    def rooted(self) -> bool:
        """Whether its links need no more of the base than its origin."""
        references = (each.strip(BLANKS) for each in self.references)
        return all(needed_base(self.base, each) == self.origin for each in references if each)

    @cached_property
    def lines(self) -> frozenset[str]:
        """Lines of its paragraphs: where one of them is metadata on a page, the part is read anew."""
        said = (block.text for block in self.blocks if isinstance(block, Paragraph))
        return frozenset(line for text in said for line in text.split("\n"))


class PartMemo:
    """Remembers the parts met last, for as many threads as like."""

    def __init__(self, parts: int = PARTS) -> None:
        self._parts = parts
        self._known: dict[bytes, _Known] = {}
        self._lock = threading.Lock()

    def blocks(self, element: int, around: Surroundings, hidden: Region, read: ReadPart) -> tuple[Block, ...]:
        """The blocks of a part of the chrome, `hidden` left out of it: remembered, or else read by `read`."""
        key = _key(element, around.tree, hidden)
        if key is None:
            return read(around.said)
        with self._lock:
            known = self._known.pop(key, None)
        if known is None or not known.fits(around):
            known = _learn(element, around, read(_NONE_SAID))
        with self._lock:
            self._known[key] = known
            if len(self._known) > self._parts:
                del self._known[next(iter(self._known))]
        unsaid = not around.said or known.lines.isdisjoint(around.said)
        return known.blocks if unsaid else read(around.said)


def _key(element: int, tree: Tree, hidden: Region) -> bytes | None:
    """What the part is known by; None where it is large, or preformatted, which is read from more than the tree.

    None, too, where nearly all of it is left out, such as a header around a menu: reading the rest is soon done.
    """
    end = tree.ends[element]
    tags = tree.tags[element:end]
    if "pre" in tags or hidden.size(element, end) * _LEFT_OUT > end - element:
        return None
    told = _encode(
        (
            tags,
            [last - element for last in tree.ends[element:end]],
            list(map(_read_of, tree.attributes[element:end])),
            tree.pieces[tree.firsts[element] : tree.lasts[element]],
            [cut - element for cut in hidden.unheard(element, end) if cut in hidden.numbers],
        )
    )
    return hashlib.sha256(told).digest() if len(told) <= LARGEST_BYTES else None


def _read_of(attributes: Attributes) -> Attributes | None:
    """The attributes that reading asks for. Most elements have none of them, a class at the most, or no others."""
    if READ.isdisjoint(attributes):
        return None
    if READ.issuperset(attributes):
        return attributes
    return {name: value for name, value in attributes.items() if name in READ}


def _learn(element: int, around: Surroundings, blocks: tuple[Block, ...]) -> _Known:
    attributed = filter(None, around.tree.attributes[element : around.tree.ends[element]])
    return _Known(
        layout=around.layout,
        base=around.base,
        encoding=around.encoding,
        home=home_of(around.address),
        blocks=blocks,
        references=[value for each in attributed for name, value in each.items() if value and name in ADDRESSES],
    )
