"""Slide: an edit that could stand in several places, put where a reader would put it. Pure."""

from __future__ import annotations

from itertools import pairwise

import msgspec

_FARTHEST = 400
_SENTENCE_END = (".", "!", "?", ":", ";", "\n")


class Edit(msgspec.Struct):
    """What went and came after a stretch that stayed. The last one may have neither."""

    kept: str
    gone: str = ""
    new: str = ""


def slid(edits: list[Edit]) -> list[Edit]:
    """Edits moved along equal letters to where a reader would put them."""
    edits = [*edits, Edit("")]
    for edit, following in pairwise(edits):
        _share_white_space(edit, following)
        if bool(edit.gone) == bool(edit.new):
            continue
        moving = edit.gone or edit.new
        shift = _best_shift(edit.kept, moving, following.kept)
        if not shift:
            continue
        whole = edit.kept + moving + following.kept
        start = len(edit.kept) + shift
        end = start + len(moving)
        following.kept = whole[end:]
        if edit.gone:
            edit.kept, edit.gone = whole[:start], whole[start:end]
        else:
            edit.kept, edit.new = whole[:start], whole[start:end]
    return edits


def _share_white_space(edit: Edit, following: Edit) -> None:
    """Leave white space that went and came alike out of an edit."""
    while edit.gone and edit.gone[-1].isspace() and edit.new.endswith(edit.gone[-1]):
        following.kept = edit.gone[-1] + following.kept
        edit.gone, edit.new = edit.gone[:-1], edit.new[:-1]
    while edit.gone and edit.gone[0].isspace() and edit.new.startswith(edit.gone[0]):
        edit.kept += edit.gone[0]
        edit.gone, edit.new = edit.gone[1:], edit.new[1:]


def _best_shift(left: str, moving: str, right: str) -> int:
    """How many letters to move an edit to the right (negative: left). Of equal places the last."""
    left, right = left[-_FARTHEST - 1 :], right[: _FARTHEST + 1]
    whole = left + moving + right
    start, size = len(left), len(moving)
    lowest = 0
    while -lowest < min(start, _FARTHEST) and whole[start + lowest - 1] == whole[start + size + lowest - 1]:
        lowest -= 1
    highest = 0
    while highest < min(len(right), _FARTHEST) and whole[start + highest] == whole[start + size + highest]:
        highest += 1
    if lowest == highest:
        return 0
    shifts = range(lowest, highest + 1)
    return max(shifts, key=lambda shift: (*_border_scores(whole, start + shift, size), shift))


def _border_scores(whole: str, start: int, size: int) -> tuple[int, int]:
    """How good a place for an edit: first that it cuts no word, then how strong its borders are together."""
    scores = [_border(whole[at - 1 : at], whole[at : at + 1]) for at in (start, start + size)]
    return min(*scores, 1), sum(scores)


def _border(left: str, right: str) -> int:
    """Strength of the border between two letters; "" is the end of the text."""
    if not left or not right:
        return 5
    if "\n" in (left, right):
        return 4
    if right.isspace() and left in _SENTENCE_END:
        return 3
    if left.isspace() or right.isspace():
        return 2
    return 0 if left.isalnum() and right.isalnum() else 1
