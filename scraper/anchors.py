"""Anchors: the links of one page as its elements have them, with where they lead and the words that lead there."""

from __future__ import annotations

from schemas.page import Link, LinkKind
from scraper.links import home_of, in_encoding, lead
from scraper.surroundings import Surroundings, phrases_of
from scraper.text import OpenLink, Text, can_be_seen, stored

LINKED_TEXT = ["a", ""]
"""Names of the elements and texts of a link that is one text, as most are."""


class Anchors:
    """Makes links of the <a> elements of a page."""

    def __init__(self, around: Surroundings) -> None:
        self.suffix = phrases_of(around.layout).suffix
        self._around = around
        self._tree = around.tree
        self._home = home_of(around.address)

    def link_of_text(self, number: int, piece: str) -> tuple[str, tuple[Link, ...]] | None:
        """What an element that holds the piece and nothing else says as a link, and the link where that leaves ink.

        None where it leads nowhere.
        """
        led = self._led_to(number)
        if led is None:
            return None
        if not can_be_seen(piece):
            return piece, ()
        said, words = self.suffix.cut(piece), stored(piece)
        label = said if words == piece else self.suffix.cut(words)
        return said, (Link(label=label, address=led[0], kind=led[1]),)

    def open(self, number: int, text: Text) -> OpenLink | None:
        """Begin a link in a text, whatever it holds; None where it leads nowhere."""
        led, tree = self._led_to(number), self._tree
        if led is None:
            return None
        words = self.suffix.cut(tree.line(number, self._around.hidden))
        pictured = tree.first_in(number, "img")
        if not words and pictured is not None:
            words = tree.wording(pictured, "alt") or tree.wording(number, "aria-label", "title")
        return OpenLink(Link(label=words, address=led[0], kind=led[1]), text, pictured=pictured is not None)

    def _led_to(self, number: int) -> tuple[str, LinkKind] | None:
        reference = self._tree.attribute(number, "href")
        if reference and self._around.encoding != "utf-8":
            reference = in_encoding(reference, self._around.encoding)
        return lead(self._around.base, reference, self._home) if reference else None
