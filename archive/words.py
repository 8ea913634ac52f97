"""Words: which words of a text went, came and stayed, told as an editor would. Pure, bounded by counts.

A word carries the white space after it; punctuation stands apart. Within `BUDGET` the answer is minimal (Indel
distance, Hyyrö 2004, by rapidfuzz); beyond it sentences and words that occur once on both sides serve as anchors, and
what lies between is compared in its turn. Then the answer is made readable: single words between two edits join them,
and an edit that could stand in several places stands at the border of a sentence or a word.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Sequence
from itertools import pairwise
from typing import Literal, NamedTuple

import msgspec
from rapidfuzz.distance import Indel

from archive.pairs import unique_in_order

BUDGET = 4_000_000
"""Most pairs of words (words before x words after) that are compared minimally: half a megabyte of memory."""
LEAST_SHARED = 0.3
"""Share of the shorter text's words; under it the text is told as replaced, not as a thousand small edits."""
_DEPTH = 4
_LONGEST_SLIDE = 400
_LONGEST_WORD = 400

# Combining marks and soft hyphens belong to the word that they stand in.
_TOKEN = re.compile(r"[\w\u0300-\u036f\u00ad]+\s*|[^\w\s]\s*|\s+")
_WORD = re.compile(r"\w")
_SENTENCE_END = (".", "!", "?", ":", ";", "\n")

PieceOp = Literal["equal", "delete", "insert"]


class Piece(msgspec.Struct, frozen=True):
    """A stretch of text that stayed, went or came."""

    op: PieceOp
    text: str


class WordDiff(msgspec.Struct, frozen=True, kw_only=True):
    """Two texts as one: equal and deleted pieces make the earlier text, equal and inserted ones the later."""

    pieces: tuple[Piece, ...]
    truncated: bool = False
    """Whether the texts were too long for a minimal answer."""


class Run(NamedTuple):
    """`size` equal entries, from `before` in the earlier list and `after` in the later."""

    before: int
    after: int
    size: int


class _Edit(msgspec.Struct):
    """What went and came after a stretch that stayed. The last one may have neither."""

    kept: str
    gone: str = ""
    new: str = ""


def word_diff(before: str, after: str) -> WordDiff:
    """Differences between two texts in words. Texts of any size; never raises."""
    if before == after:
        return WordDiff(pieces=(Piece("equal", before),) if before else ())
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    old_words, new_words = [token.rstrip() for token in old], [token.rstrip() for token in new]
    runs, truncated = equal_runs(old_words, new_words)
    if sum(run.size for run in runs) < LEAST_SHARED * min(len(old), len(new)):
        runs = []
    edits = _slid(_joined(_edits(old, new, runs)))
    return WordDiff(pieces=_pieces(edits), truncated=truncated)


def equal_runs(before: Sequence[Hashable], after: Sequence[Hashable], depth: int = 0) -> tuple[list[Run], bool]:
    """Runs of equal entries in the same order in both lists, and whether there may be longer ones.

    The most entries possible within `BUDGET`; beyond it anchored, in linear time but for the sorting of anchors.
    """
    shorter = min(len(before), len(after))
    head = 0
    while head < shorter and before[head] == after[head]:
        head += 1
    tail = 0
    while tail < shorter - head and before[-1 - tail] == after[-1 - tail]:
        tail += 1
    old, new = before[head : len(before) - tail], after[head : len(after) - tail]
    if len(old) * len(new) <= BUDGET:
        inner, truncated = _minimal(old, new), False
    else:
        inner, truncated = _anchored(old, new, depth), True
    runs = [Run(0, 0, head)] if head else []
    runs += [Run(run.before + head, run.after + head, run.size) for run in inner]
    if tail:
        runs.append(Run(len(before) - tail, len(after) - tail, tail))
    return runs, truncated


def _minimal(before: Sequence[Hashable], after: Sequence[Hashable]) -> list[Run]:
    """Each word written as one character, so that the comparison runs over strings and no hash decides anything."""
    if not before or not after:
        return []
    shared = dict.fromkeys(before)
    letters: dict[Hashable, str] = {}
    for word in after:
        if word in shared:
            letters.setdefault(word, chr(len(letters) + 2))
    old = "".join(letters.get(word, "\x00") for word in before)
    new = "".join(letters.get(word, "\x01") for word in after)
    codes = Indel.opcodes(old, new)
    return [Run(c.src_start, c.dest_start, c.src_end - c.src_start) for c in codes if c.tag == "equal"]


def _anchored(before: Sequence[Hashable], after: Sequence[Hashable], depth: int) -> list[Run]:
    """Runs around the sentences, or failing them the words, that occur once on both sides; none without any."""
    if depth >= _DEPTH:
        return []
    cuts: tuple[Callable[[Sequence[Hashable]], list[int]], ...] = (_sentences, _each)
    for cut in cuts:
        old, new = cut(before), cut(after)
        anchors = unique_in_order(_units(before, old), _units(after, new))
        if anchors:
            found = [Run(old[i], new[j], old[i + 1] - old[i]) for i, j in anchors]
            return _with_gaps(before, after, found, depth)
    return []


def _with_gaps(before: Sequence[Hashable], after: Sequence[Hashable], anchors: list[Run], depth: int) -> list[Run]:
    runs: list[Run] = []
    i = j = 0
    for anchor in [*anchors, Run(len(before), len(after), 0)]:
        if i < anchor.before and j < anchor.after:
            inner, _ = equal_runs(before[i : anchor.before], after[j : anchor.after], depth + 1)
            runs += [Run(run.before + i, run.after + j, run.size) for run in inner]
        if anchor.size:
            runs.append(anchor)
        i, j = anchor.before + anchor.size, anchor.after + anchor.size
    return runs


def _sentences(words: Sequence[Hashable]) -> list[int]:
    """Where sentences begin, and the end."""
    return [0, *(at + 1 for at, word in enumerate(words[:-1]) if word in (".", "!", "?")), len(words)]


def _each(words: Sequence[Hashable]) -> list[int]:
    return list(range(len(words) + 1))


def _units(words: Sequence[Hashable], borders: list[int]) -> list[tuple[Hashable, ...]]:
    return [tuple(words[start:end]) for start, end in pairwise(borders)]


def _edits(old: list[str], new: list[str], runs: list[Run]) -> list[_Edit]:
    """Edits in order; white space that differs after the same word is an edit of its own."""
    edits = [_Edit("")]
    i = j = 0
    for run in [*runs, Run(len(old), len(new), 0)]:
        _extend(edits, "", "".join(old[i : run.before]), "".join(new[j : run.after]))
        for step in range(run.size):
            one, other = old[run.before + step], new[run.after + step]
            if one == other:
                _extend(edits, one, "", "")
            else:
                word = one.rstrip()
                _extend(edits, word, one[len(word) :], other[len(word) :])
        i, j = run.before + run.size, run.after + run.size
    return edits


def _extend(edits: list[_Edit], kept: str, gone: str, new: str) -> None:
    last = edits[-1]
    if kept and (last.gone or last.new):
        last = _Edit("")
        edits.append(last)
    last.kept += kept
    last.gone += gone
    last.new += new


def _joined(edits: list[_Edit]) -> list[_Edit]:
    """Edits with the short stretches between them taken in: under two words, a reader sees one edit.

    Between two insertions, or two deletions, a word stays out: it would be told as changed, and it was not.
    """
    joined = edits[:1]
    for edit in edits[1:]:
        last = joined[-1]
        alike = (not last.gone and not edit.gone) or (not last.new and not edit.new)
        if (edit.gone or edit.new) and not alike and _is_short(edit.kept):
            last.gone += edit.kept + edit.gone
            last.new += edit.kept + edit.new
        else:
            joined.append(edit)
    return joined


def _is_short(text: str) -> bool:
    return len(text) < _LONGEST_WORD and sum(1 for token in _TOKEN.findall(text) if _WORD.search(token)) < 2  # noqa: PLR2004


def _slid(edits: list[_Edit]) -> list[_Edit]:
    """Edits moved along equal letters to where a reader would put them."""
    edits = [*edits, _Edit("")]
    for edit, following in pairwise(edits):
        _share_white_space(edit, following)
        if bool(edit.gone) != bool(edit.new):
            moving = edit.gone or edit.new
            shift = _best_shift(edit.kept, moving, following.kept)
            whole = edit.kept + moving + following.kept
            start = len(edit.kept) + shift
            edit.kept, following_kept = whole[:start], whole[start + len(moving) :]
            if edit.gone:
                edit.gone = whole[start : start + len(moving)]
            else:
                edit.new = whole[start : start + len(moving)]
            following.kept = following_kept
    return edits


def _share_white_space(edit: _Edit, following: _Edit) -> None:
    """Leave white space that went and came alike out of an edit."""
    while edit.gone and edit.gone[-1].isspace() and edit.new.endswith(edit.gone[-1]):
        following.kept = edit.gone[-1] + following.kept
        edit.gone, edit.new = edit.gone[:-1], edit.new[:-1]
    while edit.gone and edit.gone[0].isspace() and edit.new.startswith(edit.gone[0]):
        edit.kept += edit.gone[0]
        edit.gone, edit.new = edit.gone[1:], edit.new[1:]


def _best_shift(left: str, moving: str, right: str) -> int:
    """How many letters to move an edit to the right (negative: left). Of equal places the last."""
    lowest = 0
    text = left + moving
    while -lowest < min(len(left), _LONGEST_SLIDE) and text[len(left) + lowest - 1] == text[lowest - 1]:
        lowest -= 1
    highest = 0
    text = moving + right
    while highest < min(len(right), _LONGEST_SLIDE) and text[highest] == text[len(moving) + highest]:
        highest += 1
    if lowest == highest:
        return 0
    whole = left + moving + right
    shifts = range(lowest, highest + 1)
    return max(shifts, key=lambda shift: (*_border_scores(whole, len(left) + shift, len(moving)), shift))


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


def _pieces(edits: list[_Edit]) -> tuple[Piece, ...]:
    """Pieces without empty ones and without two of one kind side by side."""
    tidy: list[_Edit] = [_Edit("")]
    for edit in edits:
        _extend(tidy, edit.kept, edit.gone, edit.new)
    told: list[tuple[PieceOp, str]] = []
    for edit in tidy:
        told += [("equal", edit.kept), ("delete", edit.gone), ("insert", edit.new)]
    return tuple(Piece(op, text) for op, text in told if text)
