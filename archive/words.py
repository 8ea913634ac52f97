"""Words: which words of a text went, came and stayed, told as an editor would. Pure, bounded by counts.

A word carries the white space after it; punctuation stands apart. Lines that stayed are taken out first
(`archive.layers`), the words of the others compared (`archive.runs`). Then the answer is made readable: single words
between two edits join them, and an edit that could stand in several places stands at the border of a sentence or word.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from enum import IntEnum
from typing import Literal

import msgspec

from archive.layers import LETTERS_A_WORD, layers
from archive.numerals import whole_numbers
from archive.runs import BUDGET, LEAST_SHARED, Run, equal_runs, shared_start
from archive.slide import Edit, slid

_LONGEST_WORD = 400
_FEW_LETTERS = 2_000
"""Texts up to this between two anchors are compared by tokens at once."""
_MOST_GAPS = 1_000
"""Differing stretches of a long text that are looked at more closely than by what stands between spaces."""

_MOST_READ = 5_000
"""Edits beyond which nobody reads one by one, so that their borders need no care."""

# Combining marks and soft hyphens belong to the word that they stand in.
_IN_WORD = r"\w\u0300-\u036f\u00ad"
_TOKEN = re.compile(rf"[{_IN_WORD}]+\s*|[^\w\s]\s*|\s+")
_TWO_WORDS = re.compile(rf"\w[{_IN_WORD}]*[^{_IN_WORD}].*?\w", re.DOTALL)

PieceOp = Literal["equal", "delete", "insert"]


class Piece(msgspec.Struct, frozen=True):
    """A stretch of text that stayed, went or came."""

    op: PieceOp
    text: str


class WordDiff(msgspec.Struct, frozen=True, kw_only=True):
    """Two texts as one: equal and deleted pieces make the earlier text, equal and inserted ones the later."""

    pieces: tuple[Piece, ...]
    truncated: bool = False
    """Whether the texts were too long for an answer that is known to be the shortest."""


class _Answer(IntEnum):
    """How well an answer is known to be the shortest."""

    LEAST = 0
    UNPROVEN = 1
    """Made of anchors or of whole words between spaces: often the shortest, and then it can be proved."""
    REPLACED = 2
    """Too unlike to look any further."""


def word_diff(before: str, after: str) -> WordDiff:
    """Differences between two texts in words. Texts of any size; never raises."""
    if before == after:
        return WordDiff(pieces=(Piece("equal", before),) if before else ())
    found = layers(before, after)
    edits = [Edit("")]
    answer = _Answer.UNPROVEN if found.anchored else _Answer.LEAST
    for stretch in found.stretches:
        _extend(edits, stretch.kept, "", "")
        answer = max(answer, _extend_between(edits, stretch.gone, stretch.new, anchored=found.anchored))
    truncated = answer is _Answer.REPLACED or (answer is _Answer.UNPROVEN and not _is_provably_least(edits))
    joined = _joined(edits)
    shown = slid(whole_numbers(joined)) if len(joined) <= _MOST_READ else joined
    return WordDiff(pieces=_pieces(shown), truncated=truncated)


def _extend_between(edits: list[Edit], before: str, after: str, *, anchored: bool) -> _Answer:
    """Add the edits between two texts."""
    if not before or not after:
        _extend(edits, "", before, after)
        return _Answer.LEAST
    letters = len(before) * len(after)
    if letters > BUDGET * LETTERS_A_WORD**2 or (anchored and letters > _FEW_LETTERS**2):
        return _extend_by_words(edits, before, after)
    return _extend_by_tokens(edits, before, after)


def _extend_by_words(edits: list[Edit], before: str, after: str) -> _Answer:
    """Add the edits between two long texts: first what stands between spaces, then tokens where that differs."""
    old, new = before.split(" "), after.split(" ")
    runs, _ = equal_runs(old[:-1], new[:-1])  # the last ones have no space after them
    if _is_unlike(runs, old, new):
        _extend(edits, "", before, after)
        return _Answer.REPLACED
    finer = len(runs) <= _MOST_GAPS
    i = j = 0
    for run in [*runs, Run(len(old), len(new), 0)]:
        gone, came = _spaced(old, i, run.before), _spaced(new, j, run.after)
        if finer and gone and came and len(gone) * len(came) <= BUDGET:
            _extend_by_tokens(edits, gone, came)
        else:
            _extend(edits, "", gone, came)
        i, j = run.before + run.size, run.after + run.size
        _extend(edits, _spaced(old, run.before, i), "", "")
    return _Answer.UNPROVEN


def _spaced(words: Sequence[str], start: int, end: int) -> str:
    """The words as they stood, each but the last of all with the space after it."""
    return " ".join(words[start:end]) + (" " if start < end < len(words) else "")


def _is_unlike(runs: Sequence[Run], old: Sequence[str], new: Sequence[str]) -> bool:
    return sum(run.size for run in runs) < LEAST_SHARED * min(len(old), len(new))


def _extend_by_tokens(edits: list[Edit], before: str, after: str) -> _Answer:
    """Add the edits between two texts, each word and sign by itself; ends that are alike need not be cut to tokens."""
    start, end = _alike_ends(before, after)
    alike = 2 * (start + end) >= min(len(before), len(after))
    if not alike:
        return _extend_by_differing_tokens(edits, before, after, alike=False)
    _extend(edits, before[:start], "", "")
    middle, new_middle = before[start : len(before) - end], after[start : len(after) - end]
    answer = _extend_by_differing_tokens(edits, middle, new_middle, alike=True)
    _extend(edits, before[len(before) - end :], "", "")
    return answer


def _alike_ends(before: str, after: str) -> tuple[int, int]:
    """How many letters two texts begin and end with alike, to the borders of words."""
    start = before.rfind(" ", 0, shared_start(before, after)) + 1
    if before[start : start + 1].isspace() or after[start : start + 1].isspace():
        start = 0
    most = min(len(before), len(after)) - start
    end = shared_start(before[: -most - 1 : -1], after[: -most - 1 : -1]) if most else 0
    border = before.find(" ", len(before) - end) + 1 if end else 0
    if not border or before[border : border + 1].isspace():
        return start, 0
    return start, len(before) - border


def _extend_by_differing_tokens(edits: list[Edit], before: str, after: str, *, alike: bool) -> _Answer:
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    runs, truncated = equal_runs(list(map(str.rstrip, old)), list(map(str.rstrip, new)))
    if not alike and _is_unlike(runs, old, new):
        _extend(edits, "", before, after)
        return _Answer.REPLACED if truncated else _Answer.LEAST
    i = j = 0
    for run in runs:
        _extend(edits, "", "".join(old[i : run.before]), "".join(new[j : run.after]))
        i, j = run.before + run.size, run.after + run.size
        _extend_by_run(edits, old[run.before : i], new[run.after : j])
    _extend(edits, "", "".join(old[i:]), "".join(new[j:]))
    return _Answer.UNPROVEN if truncated else _Answer.LEAST


def _extend_by_run(edits: list[Edit], old: list[str], new: list[str]) -> None:
    """Add words that stayed; white space that differs after the same word is an edit of its own."""
    if old == new:
        _extend(edits, "".join(old), "", "")
        return
    start = 0
    for at, (one, other) in enumerate(zip(old, new, strict=True)):
        if one != other:
            word = one.rstrip()
            _extend(edits, "".join(old[start:at]) + word, one[len(word) :], other[len(word) :])
            start = at + 1
    _extend(edits, "".join(old[start:]), "", "")


def _is_provably_least(edits: Sequence[Edit]) -> bool:
    """Whether no word both went and came: then no answer could have kept one more."""
    gone, new = "\n".join(edit.gone for edit in edits), "\n".join(edit.new for edit in edits)
    if not set(gone.split()).isdisjoint(new.split()):
        return False
    tokens = set(map(str.rstrip, _TOKEN.findall(gone)))
    return tokens.isdisjoint(map(str.rstrip, _TOKEN.findall(new)))


def _extend(edits: list[Edit], kept: str, gone: str, new: str) -> None:
    last = edits[-1]
    if kept and (last.gone or last.new):
        last = Edit("")
        edits.append(last)
    last.kept += kept
    last.gone += gone
    last.new += new


def _joined(edits: Iterable[Edit]) -> list[Edit]:
    """Edits with the short stretches between them taken in: under two words, a reader sees one edit.

    Between two insertions, or two deletions, a word stays out: it would be told as changed, and it was not.
    """
    joined: list[Edit] = []
    for group in _groups(edits):
        gone, new = [group[0].gone], [group[0].new]
        for edit in group[1:]:
            gone += (edit.kept, edit.gone)
            new += (edit.kept, edit.new)
        joined.append(Edit(group[0].kept, "".join(gone), "".join(new)))
    return joined


def _groups(edits: Iterable[Edit]) -> Iterator[list[Edit]]:
    """Edits that a reader sees as one."""
    group: list[Edit] = []
    gone = new = False
    for edit in edits:
        alike = (not gone and not edit.gone) or (not new and not edit.new)
        if group and (edit.gone or edit.new) and not alike and _is_short(edit.kept):
            group.append(edit)
            gone = new = True
        else:
            if group:
                yield group
            group, gone, new = [edit], bool(edit.gone), bool(edit.new)
    yield group


def _is_short(text: str) -> bool:
    return len(text) < _LONGEST_WORD and not _TWO_WORDS.search(text)


def _pieces(edits: list[Edit]) -> tuple[Piece, ...]:
    """Pieces without empty ones and without two of one kind side by side."""
    tidy: list[Edit] = [Edit("")]
    for edit in edits:
        _extend(tidy, edit.kept, edit.gone, edit.new)
    told: list[tuple[PieceOp, str]] = []
    for edit in tidy:
        told += [("equal", edit.kept), ("delete", edit.gone), ("insert", edit.new)]
    return tuple(Piece(op, text) for op, text in told if text)
