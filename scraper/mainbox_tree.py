"""The blocks of a page with the weight of their text and links, surveyed on one walk."""

from __future__ import annotations

import re

from scraper.tree import BLOCKS, HEADINGS, SILENT, Node, walk

_SPACE = re.compile(r"\s+")


class Block:
    """A block element, what stands in it, and what it is called when it is chrome."""

    __slots__ = ("children", "dropped", "heads", "linked", "links", "name", "node", "parent", "plain", "tag", "taken")

    def __init__(self, node: Node, tag: str, parent: Block | None) -> None:
        self.node = node
        self.tag = tag
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


def survey(body: Node, hidden: set[int]) -> Block:
    """The blocks of a body; hidden elements stand among them as dropped, and nothing in them is counted."""
    surveyor = _Surveyor(hidden)
    walk(body, surveyor)
    return surveyor.top


class _Surveyor:
    def __init__(self, hidden: set[int]) -> None:
        self.top: Block
        self._hidden = hidden
        self._open: list[Block] = []
        self._anchors = 0

    def open(self, node: Node) -> bool:
        tag = node.tag or ""
        above = self._open[-1] if self._open else None
        block = None
        if tag in BLOCKS or above is None:
            block = Block(node, tag, above)
            if above is None:
                self.top = block
            else:
                above.children.append(block)
        if node.mem_id in self._hidden:
            if block:
                block.dropped = True
                block.taken = len(_SPACE.sub("", node.text()))
                if above is not None:
                    above.taken += block.taken
            return False
        if tag in SILENT or tag == "button":
            return tag == "button" and any(one.tag in HEADINGS for one in self._open[-1:])
        if block:
            self._open.append(block)
            block.heads += tag in HEADINGS
        if tag == "a":
            self._anchors += 1
            self._open[-1].links += 1
        return True

    def text(self, node: Node) -> None:
        size = len(_SPACE.sub("", node.text_content or ""))
        if self._anchors:
            self._open[-1].linked += size
        else:
            self._open[-1].plain += size

    def close(self, node: Node) -> None:
        if node.tag == "a":
            self._anchors -= 1
        if self._open[-1].node.mem_id == node.mem_id:
            block = self._open.pop()
            above = block.parent
            if above is not None:
                above.plain += block.plain
                above.linked += block.linked
                above.links += block.links
                above.heads += block.heads
                above.taken += block.taken
