"""Layers: two texts line by line before anyone looks at their words. Pure, linear but for the sorting of anchors.

Most of a long text stays. Lines are compared as wholes, at the cost of hashing them; words only where lines differ. A
line that occurs once on both sides is an anchor when it is part of the heaviest run of such lines that keeps its order,
weighed by letters: so that a long paragraph stays and the short one beside it is told as moved, not the other way.
"""

from __future__ import annotations

from typing import NamedTuple

from archive.anchors import heaviest_in_order
from archive.runs import BUDGET, shared_start

LETTERS_A_WORD = 5
"""A word with its space is longer than this on the whole, so texts under the budget by this count are under it."""


class Stretch(NamedTuple):
    """Text that stayed, and what went and came after it. The last one may have neither."""

    kept: str
    gone: str
    new: str


class Layers(NamedTuple):
    """Two texts as one, in stretches."""

    stretches: list[Stretch]
    anchored: bool
    """Whether anchors were chosen, so that other ones might have left more of the text."""


def layers(before: str, after: str) -> Layers:
    """Lines that stayed and lines between them that did not, as stretches of text.

    Equal lines at both ends always stay; further ones only where what is between them is too long for its words to be
    compared minimally.
    """
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    head = shared_start(old, new)
    tail = shared_start(old[head:][::-1], new[head:][::-1])
    inner_old, inner_new = old[head : len(old) - tail], new[head : len(new) - tail]
    start, end = "".join(old[:head]), "".join(old[len(old) - tail :])
    letters = sum(map(len, inner_old)) * sum(map(len, inner_new))
    anchored = letters > BUDGET * LETTERS_A_WORD**2
    stretches = []
    i = j = 0
    for at, to, size in heaviest_in_order(inner_old, inner_new) if anchored else ():
        gone, new_text = "".join(inner_old[i:at]), "".join(inner_new[j:to])
        if gone == new_text:
            start += gone
        else:
            stretches.append(Stretch(start, gone, new_text))
            start = ""
        i, j = at + size, to + size
        start += "".join(inner_old[at:i])
    stretches.append(Stretch(start, "".join(inner_old[i:]), "".join(inner_new[j:])))
    return Layers([*stretches, Stretch(end, "", "")], anchored)
