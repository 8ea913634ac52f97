"""Numerals: a number written in groups, "4 000", is one word, so an edit takes it whole. Pure.

Swedish groups digits by threes with a space, often one that does not break (Svenska skrivregler). What is cut at spaces
would tell `4 [-000-]{+500+}`; a reader sees 4 000 become 4 500.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from archive.slide import Edit

_SPACE = "[ \u00a0\u2009\u202f]"
_BEGUN = re.compile(rf"(?<![\w.,])\d{{1,3}}(?:{_SPACE}\d{{3}})*{_SPACE}\Z")
_CONTINUED = re.compile(rf"\d{{3}}(?:{_SPACE}\d{{3}})*(?!\w)\s?")
_LONGEST = 40
"""Letters before an edit that are searched for the beginning of a number."""


def whole_numbers(edits: Sequence[Edit]) -> list[Edit]:
    """Edits that take in the groups of digits that stand beside them and belong to a number of theirs."""
    edits = [*edits, Edit("")]
    for edit, following in pairwise(edits):
        if edit.gone or edit.new:
            _take_beginning(edit, following)
            _take_end(edit, following)
    return edits


def _take_beginning(edit: Edit, following: Edit) -> None:
    begun = _BEGUN.search(edit.kept, max(0, len(edit.kept) - _LONGEST))
    if begun and any(map(_CONTINUED.match, (edit.gone + following.kept, edit.new + following.kept))):
        edit.kept = edit.kept[: begun.start()]
        edit.gone, edit.new = begun[0] + edit.gone, begun[0] + edit.new


def _take_end(edit: Edit, following: Edit) -> None:
    continued = _CONTINUED.match(following.kept)
    if continued and any(map(_BEGUN.search, (edit.gone, edit.new))):
        following.kept = following.kept[continued.end() :]
        edit.gone, edit.new = edit.gone + continued[0], edit.new + continued[0]
