"""Degree: how much of a page changed, as one number. Pure.

The share of words that changed: words that went and words that came, over the words before and after together. 0 is
nothing of the text, 1 all of it. Only what is editorial counts; what moved did not change. A word is what stands
between white space; in a link, picture or film the address is one word.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from archive.wording import block_reading, section_text
from archive.words import Piece, word_diff
from schemas.change import Change
from schemas.page import Page

_DIGITS = 4
_STAYED = ("moved", "relevelled")
_TOLD_INSIDE = (
    ("moved_and_edited", "section"),
    ("moved_and_edited", "list"),
    ("moved_and_edited", "table"),
    ("edited", "list"),
)
"""What changed in them is told by changes of its own."""
_ADDRESSED = ("link", "document", "image", "film")


def degree(before: Page | None, after: Page | None, changes: Iterable[Change]) -> float:
    """Degree of change between two records of a page, 0 to 1, to four digits; None is a page that is not there."""
    if before is None or after is None:
        return 0.0 if before is after else 1.0
    changed = sum(sum(words_changed(change)) for change in changes if change.class_ == "editorial")
    if not changed:
        return 0.0
    of = _words(before) + _words(after)
    return min(1.0, max(round(changed / of, _DIGITS), 10**-_DIGITS)) if of else 1.0


def _words(page: Page) -> int:
    texts = [page.title, *map(block_reading, page.preamble), *map(section_text, page.sections)]
    return sum(len(text.split()) for text in texts)


def words_changed(change: Change) -> tuple[int, int]:
    """How many words of a change went, and how many came; what moved, and what is told inside, is none of them."""
    before, after = change.before or "", change.after or ""
    if change.kind in _STAYED or before == after or (change.kind, change.what) in _TOLD_INSIDE:
        return 0, 0
    if change.what in _ADDRESSED:
        old, new = Counter(before.split()), Counter(after.split())
        return (old - new).total(), (new - old).total()
    pieces = word_diff(before, after).pieces
    return _count(pieces, "delete"), _count(pieces, "insert")


def _count(pieces: Iterable[Piece], op: str) -> int:
    return sum(len(piece.text.split()) for piece in pieces if piece.op == op)
