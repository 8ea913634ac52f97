"""Part memo: what parts of the chrome said, so that a menu that stands on each page is read once.

A part is known by all that its reading depends on, told exactly and not by its markup, which two trees may share: its
elements and texts, what is left out of it, the layout, and as much of the page's address as its links need. An equal
part gives an equal record, so a page reads the same whatever was read before it.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator
from typing import Final

import msgspec

from schemas.page import Block, Paragraph
from scraper.layout import Layout
from scraper.links import home_of, needed_base
from scraper.media import ADDRESSES, KEPT, TITLES
from scraper.surroundings import Surroundings
from scraper.tree import Region, Tree

PARTS = 64
"""Parts remembered, those read or met last."""
LARGEST_BYTES = 256 * 1024
"""Size of what a part is known by up to which it is remembered."""
READ: Final = ADDRESSES | KEPT | {*TITLES, "id", "role", "alt", "width", "height"}
"""Attributes that reading asks for; by others menus mark where a reader is, on each page another entry."""

ReadPart = Callable[[frozenset[str]], tuple[Block, ...]]
"""Reads the part, given the lines that are metadata on its page."""
_encode = msgspec.msgpack.Encoder().encode
_NONE_SAID: frozenset[str] = frozenset()


class _Known(msgspec.Struct, frozen=True, kw_only=True):
    """A part that was read, and what else its reading depended on."""

    layout: Layout
    base: str
    rooted: bool
    """Whether its links need no more of the base than its origin."""
    home: str
    blocks: tuple[Block, ...]
    lines: frozenset[str]
    """Lines of its paragraphs: where one of them is metadata on a page, the part is read anew."""


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
        if known is None or not _fits(known, around):
            known = _learn(element, around, read(_NONE_SAID))
        with self._lock:
            self._known[key] = known
            if len(self._known) > self._parts:
                del self._known[next(iter(self._known))]
        return known.blocks if known.lines.isdisjoint(around.said) else read(around.said)


def _key(element: int, tree: Tree, hidden: Region) -> bytes | None:
    """What the part is known by; None where it is large, or preformatted, which is read from more than the tree."""
    end = tree.ends[element]
    tags = tree.tags[element:end]
    if "pre" in tags:
        return None
    told = _encode(
        (
            tags,
            [last - element for last in tree.ends[element:end]],
            [
                [pair for pair in each.items() if pair[0] in READ] if each else ()
                for each in tree.attributes[element:end]
            ],
            tree.pieces[tree.firsts[element] : tree.lasts[element]],
            [cut - element for cut in hidden.unheard(element, end) if cut in hidden.numbers],
        )
    )
    return hashlib.sha256(told).digest() if len(told) <= LARGEST_BYTES else None


def _fits(known: _Known, around: Surroundings) -> bool:
    """Whether the part would read the same on this page, its metadata apart."""
    base = needed_base(around.base, "/") if known.rooted else around.base
    return base == known.base and home_of(around.address) == known.home and around.layout == known.layout


def _learn(element: int, around: Surroundings, blocks: tuple[Block, ...]) -> _Known:
    origin = needed_base(around.base, "/")
    rooted = all(needed_base(around.base, reference) == origin for reference in _references(element, around.tree))
    return _Known(
        layout=around.layout,
        base=origin if rooted else around.base,
        rooted=rooted,
        home=home_of(around.address),
        blocks=blocks,
        lines=frozenset(line for block in blocks if isinstance(block, Paragraph) for line in block.text.split("\n")),
    )


def _references(element: int, tree: Tree) -> Iterator[str]:
    """All that may be followed from an element or from one in it."""
    for number in range(element, tree.ends[element]):
        for name in ADDRESSES & tree.attributes[number].keys():
            if reference := tree.attribute(number, name):
                yield reference
