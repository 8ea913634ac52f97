"""The blocks of a page with the weight of their text and links, surveyed on one pass over its tree."""

from __future__ import annotations

from scraper.tree import BLOCKS, HEADINGS, SILENT, Attributes, Region, Tree


class Block:
    """A block element, what stands in it, and what it is called when it is chrome."""

    __slots__ = (
        "attributes", "children", "dropped", "heads", "linked", "links", "name", "number", "parent", "plain", "tag",
        "taken",
    )  # fmt: skip

    def __init__(self, number: int, tag: str, attributes: Attributes, parent: Block | None) -> None:
        self.number = number
        self.tag = tag
        self.attributes = attributes
        self.parent = parent
        self.children: list[Block] = []
        self.plain = 0
        """Characters outside links, here and below, white space left out."""
        self.linked = 0
        """Characters in links, here and below."""
        self.links = 0
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

    def leave_out(self) -> None:
        """Take what stands here from the sums above."""
        above = self.parent
        while above is not None:
            above.plain -= self.plain
            above.linked -= self.linked
            above.links -= self.links
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
            above.heads += self.heads
            above.taken += self.taken


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
        if tag in SILENT or (tag == "button" and self._here.tag not in HEADINGS):
            return False
        if block:
            self._here = block
            block.heads += tag in HEADINGS
        if tag == "a":
            self._linked_until = max(self._linked_until, self._tree.ends[number])
            self._here.links += 1
        return True

    def _block(self, number: int, tag: str) -> Block | None:
        if number == self.top.number:
            return self.top
        if tag not in BLOCKS:
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
    block.taken = sum(map(_size, tree.pieces[tree.firsts[block.number] : tree.lasts[block.number]]))
    block.add_up()


def _size(text: str) -> int:
    """Characters that are no white space."""
    # The words of a page are printable but for no-break spaces and the like, and of what is, a space alone is blank.
    return len(text) - text.count(" ") if text.isprintable() else len("".join(text.split()))
