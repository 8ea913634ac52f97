"""The blocks of a page with the weight of their text and links, surveyed on one pass over its tree."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scraper.controls import is_disclosure
from scraper.tree import BLOCKS, HEADINGS, SILENT, Attributes, Region, Tree

_AGREES = re.compile(
    r"\s*(?:ok|jag (?:förstår|godkänner)|(?:godkänn|acceptera|tillåt|neka|avvisa|accept|allow|reject|agree)\b)",
    re.IGNORECASE,
)
_FIELDS = frozenset(["input", "textarea", "select"])
# A list of things to do has boxes to tick, and is a text.
_UNWRITTEN = frozenset(["hidden", "submit", "button", "image", "reset", "checkbox", "radio"])
_LINKED = 0.6
_LIST_LINKS = 3
_ALL_LINKED = 0.9


class Block:
    """A block element, what stands in it, and what it is called when it is chrome."""

    __slots__ = (
        "asks", "attributes", "children", "dropped", "fields", "heads", "inner", "linked", "links", "name", "number",
        "parent", "place", "plain", "tag", "taken",
    )  # fmt: skip

    def __init__(self, number: int, tag: str, attributes: Attributes, parent: Block | None) -> None:
        self.number = number
        self.tag = tag
        self.attributes = attributes
        self.parent = parent
        self.place = len(parent.children) if parent else 0
        """Its place among the blocks of the one above."""
        self.children: list[Block] = []
        self.plain = 0
        """Characters outside links, here and below, white space left out."""
        self.linked = 0
        """Characters in links, here and below."""
        self.links = 0
        self.inner = 0
        """Links to places on the page itself."""
        self.asks = False
        """Whether a button in it, in no block below, agrees to something."""
        self.fields = 0
        """Places to write in, here and below."""
        self.heads = 0
        """Headings here and below."""
        self.name = ""
        self.dropped = False
        """Whether the layout drops it."""
        self.taken = 0
        """Characters here and below that are dropped or chrome by name, and so not counted."""

    @property
    def weight(self) -> int:
        """How much it looks like content: what it says outside links."""
        return self.plain

    @property
    def is_custom(self) -> bool:
        """Whether it is an element of the page's own making; HTML standard, "valid custom element name"."""
        return "-" in self.tag

    @property
    def is_linked(self) -> bool:
        """Whether it is a row of links: most of its words, or nearly all where the links are two."""
        share = self.linked / max(1, self.linked + self.plain)
        return share > (_LINKED if self.links >= _LIST_LINKS else _ALL_LINKED) and self.links > 1

    def under(self) -> Iterator[Block]:
        """This block and all under it in document order, without recursion."""
        waiting = [self]
        while waiting:
            block = waiting.pop()
            yield block
            waiting.extend(reversed(block.children))

    def beside(self) -> list[Block]:
        """The other blocks of the one above."""
        return [one for one in self.parent.children if one is not self] if self.parent else []

    def after(self) -> list[Block]:
        """The blocks that follow in the one above."""
        return self.parent.children[self.place + 1 :] if self.parent else []

    def next(self) -> Block | None:
        """The block that stands just after in the one above."""
        around = self.parent.children if self.parent else []
        return around[self.place + 1] if self.place + 1 < len(around) else None

    def before(self) -> Block | None:
        """The block that stands just before in the one above."""
        return self.parent.children[self.place - 1] if self.parent and self.place else None

    def leave_out(self) -> None:
        """Take what stands here from the sums above."""
        above = self.parent
        while above is not None:
            above.plain -= self.plain
            above.linked -= self.linked
            above.links -= self.links
            above.inner -= self.inner
            above.fields -= self.fields
            above.heads -= self.heads
            above.taken += self.plain + self.linked
            above = above.parent

    def add_up(self) -> None:
        """Add the sums of what stands here to those of the block above; once, when all below has been counted."""
        above = self.parent
        if above is not None:
            above.plain += self.plain
            above.linked += self.linked
            above.links += self.links
            above.inner += self.inner
            above.fields += self.fields
            above.heads += self.heads
            above.taken += self.taken


def up(block: Block | None) -> Iterator[Block]:
    """A block and all that it stands in, from the inside; nothing for None."""
    while block is not None:
        yield block
        block = block.parent


def survey(tree: Tree, body: int, hidden: Region) -> Block:
    """The blocks of a body; hidden elements stand among them as dropped, and nothing in them is counted."""
    surveyor = _Surveyor(tree, body, hidden)
    number = body
    while number < tree.ends[body]:
        surveyor.leave(number)
        tag = tree.tags[number]
        if not tag:
            surveyor.count(number)
        number = number + 1 if not tag or surveyor.enter(number, tag) else tree.ends[number]
    surveyor.leave(number)
    return surveyor.top


class _Surveyor:
    def __init__(self, tree: Tree, body: int, hidden: Region) -> None:
        self.top = self._here = Block(body, tree.tags[body], tree.attributes[body], None)
        self._tree = tree
        self._hidden = hidden.numbers
        self._linked_until = 0

    def enter(self, number: int, tag: str) -> bool:
        """Come to an element; False when nothing in it is counted."""
        block = self._block(number, tag)
        if number in self._hidden:
            if block:
                _drop(block, self._tree)
            return False
        if tag in SILENT:
            self._here.fields += tag in _FIELDS and self._tree.attribute(number, "type") not in _UNWRITTEN
            return False
        if tag == "button" and self._here.tag not in HEADINGS and not is_disclosure(self._tree, number):
            pieces = self._tree.pieces[self._tree.firsts[number] : self._tree.lasts[number]]
            self._here.asks = self._here.asks or _AGREES.match("".join(pieces)) is not None
            return False
        if block:
            self._here = block
            block.heads += tag in HEADINGS
        if tag == "a":
            self._linked_until = max(self._linked_until, self._tree.ends[number])
            self._here.links += 1
            self._here.inner += self._tree.attribute(number, "href").startswith("#")
        return True

    def _block(self, number: int, tag: str) -> Block | None:
        if number == self.top.number:
            return self.top
        # What holds others counts as a block, also where it is an element of the page's own making.
        if tag not in BLOCKS and "-" not in tag:
            return None
        block = Block(number, tag, self._tree.attributes[number], self._here)
        self._here.children.append(block)
        return block

    def count(self, number: int) -> None:
        """Take the words of a text."""
        size = _size(self._tree.pieces[self._tree.firsts[number]])
        if number < self._linked_until:
            self._here.linked += size
        else:
            self._here.plain += size

    def leave(self, number: int) -> None:
        """Leave the blocks that end before the number."""
        while self._here.parent and self._tree.ends[self._here.number] <= number:
            self._here.add_up()
            self._here = self._here.parent


def _drop(block: Block, tree: Tree) -> None:
    """Note that the layout drops the block, and how much it says."""
    block.dropped = True
    block.taken = _size("".join(tree.pieces[tree.firsts[block.number] : tree.lasts[block.number]]))
    block.add_up()


def _size(text: str) -> int:
    """Characters that are no white space."""
    # The words of a page are printable but for no-break spaces and the like, and of what is, a space alone is blank.
    return len(text) - text.count(" ") if text.isprintable() else len("".join(text.split()))
