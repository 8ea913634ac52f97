"""Surroundings: what a page's content is read with, its own facts and what its layout says of words."""

from __future__ import annotations

import re
from functools import lru_cache

import msgspec

from scraper.layout import Layout
from scraper.text import LinkSuffix
from scraper.tree import Region, Tree


class Surroundings(msgspec.Struct, frozen=True, kw_only=True):
    """What the content is read with: the page's own facts, gathered before."""

    tree: Tree
    base: str
    """Address that references are resolved against."""
    address: str
    """Address of the page: links to its host are "page", others "external"."""
    encoding: str = "utf-8"
    """Encoding of the page: the letters of a query are sent in it."""
    layout: Layout
    hidden: Region
    """Elements left out: chrome, words for screen readers, metadata already read."""
    preamble: frozenset[int]
    """Elements that hold the preamble."""
    marked: tuple[tuple[int, str], ...] = ()
    """Of the hidden, what is chrome though no selector drops it, and what it is called."""
    said: frozenset[str]
    """Lines already read as metadata, "Publicerad: 1 oktober 2019"."""


class Phrases:
    """What a layout says of words, made ready once."""

    def __init__(self, layout: Layout) -> None:
        self.suffix = LinkSuffix(layout.link_suffix, layout.link_suffix_ends)
        self.noise_id = re.compile(layout.noise_id or r"(?!)")
        self._lines = frozenset(line.casefold() for line in layout.chrome_lines)
        self._openings = tuple(opening.casefold() for opening in layout.chrome_openings)
        self._reach = max(map(len, (*self._lines, *self._openings)), default=0)

    def is_chrome(self, text: str, *, alone: bool) -> bool:
        """Whether a paragraph is chrome by its words, as a whole only when it stands without links."""
        folded = text[: self._reach + 1].casefold()
        return folded.startswith(self._openings) or (alone and folded in self._lines)


@lru_cache(maxsize=16)
def phrases_of(layout: Layout) -> Phrases:
    """The phrases of a layout, made ready once."""
    return Phrases(layout)
