"""Reunite: what went in one place and came in another is one change, not two. Pure, bounded by counts.

A paragraph that moved to another section, an item that moved to another list, a paragraph that became a quote or a
list item: inside one list of blocks each is a removal and an addition, and only the whole page shows that they belong
together. Ends of one sort in one list are left alone, since the alignment there has compared them already.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Sequence
from typing import Any, NamedTuple

import msgspec
from rapidfuzz.distance import Indel

from archive.comparison import comparison
from archive.pairs import ALIKE_ELSEWHERE, CANDIDATES, SKETCH_WORDS
from schemas.change import Change, Delete, Insert, Kind, Path, What

_WORD = re.compile(r"\w+")
_LEAST_WORDS = 8
"""Words that two ends need at the least to be called alike: short ones often are by chance. Equal ones need one."""
_CALLED: dict[str, str] = {"item": "list item", "preamble": "paragraph"}
_PROSE = ("paragraph", "preamble", "quote", "list", "item")
_SHOWN = ("image", "film")
_WHOLE = ("table", "row", *_SHOWN)


class _End(NamedTuple):
    """One end of a move: a removal or an addition, and what it took or put."""

    at: int
    change: Change
    value: Any
    holder: Path
    """The list it stood in, counted in the earlier record."""
    words: tuple[str, ...]


def reunited(changes: Sequence[Change]) -> tuple[Change, ...]:
    """The changes, with each removal and addition that are one and the same told once, where it stands now."""
    gone = [end for at, change in enumerate(changes) for end in _ends(at, change, Delete)]
    new = [end for at, change in enumerate(changes) for end in _ends(at, change, Insert)]
    if not gone or not new:
        return tuple(changes)
    pairs = _pairs(gone, new)
    joined = {other.at: _joined(one, other) for one, other in pairs}
    left_out = {one.at for one, _ in pairs}
    return tuple(joined.get(at, change) for at, change in enumerate(changes) if at not in left_out)


def _ends(at: int, change: Change, sort: type[Delete | Insert]) -> list[_End]:
    """The change as an end, where it is one: a block, item or row that only came or only went."""
    if change.what not in (*_PROSE, *_WHOLE) or len(change.ops) != 1 or not isinstance(change.ops[0], sort):
        return []
    if change.kind != ("removed" if sort is Delete else "added"):
        return []
    op = change.ops[0]
    text = change.before if sort is Delete else change.after
    words = tuple(_WORD.findall((text or "").lower())[:SKETCH_WORDS])
    return [_End(at, change, op.value, op.path[:-1], words)] if words else []


def _pairs(gone: Sequence[_End], new: Sequence[_End]) -> list[tuple[_End, _End]]:
    """Ends that are one: equal in all, then in their words, each where only one on either side is; then the likest."""
    found: list[tuple[_End, _End]] = []
    keys: tuple[Callable[[_End], Hashable], ...] = (
        lambda end: (_sort(end), msgspec.json.encode(end.value, order="deterministic")),
        lambda end: (_sort(end), end.words),
        lambda end: (_sort(end) if _sort(end) in _WHOLE else "prose", end.words),
    )
    for key in keys:
        found += _once(_left(gone, found, 0), _left(new, found, 1), key)
    return [*found, *_likest(_left(gone, found, 0)[:CANDIDATES], _left(new, found, 1)[:CANDIDATES])]


def _left(ends: Sequence[_End], found: Sequence[tuple[_End, _End]], side: int) -> list[_End]:
    taken = {pair[side].at for pair in found}
    return [end for end in ends if end.at not in taken]


def _once(gone: Sequence[_End], new: Sequence[_End], key: Callable[[_End], Hashable]) -> list[tuple[_End, _End]]:
    sides: list[dict[Hashable, list[_End]]] = [{}, {}]
    for side, ends in zip(sides, (gone, new), strict=True):
        for end in ends:
            side.setdefault(key(end), []).append(end)
    both = ((ends, sides[1].get(value, [])) for value, ends in sides[0].items())
    return [(ones[0], others[0]) for ones, others in both if len(ones) == len(others) == 1]


def _likest(gone: Sequence[_End], new: Sequence[_End]) -> list[tuple[_End, _End]]:
    scored = []
    for i, one in enumerate(gone):
        for j, other in enumerate(new):
            score = _likeness(one, other)
            if score:
                scored.append((-score, one.holder != other.holder, i, j))
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for _, _, i, j in sorted(scored):
        if i not in pairs and j not in taken:
            pairs[i] = j
            taken.add(j)
    return [(gone[i], new[j]) for i, j in pairs.items()]


def _likeness(one: _End, other: _End) -> float:
    """Share of words in common, 0 where it is no reason to believe in one entry."""
    same_sort = _sort(one) == _sort(other)
    if (same_sort and one.holder == other.holder) or not (same_sort or _can_become(one, other)):
        return 0.0
    # Pictures and films are what their addresses say: their words are of no weight.
    if _sort(one) in _SHOWN or min(len(one.words), len(other.words)) < _LEAST_WORDS:
        return 0.0
    letters: dict[str, str] = {}
    coded = ["".join(letters.setdefault(word, chr(len(letters) + 1)) for word in end.words) for end in (one, other)]
    score = float(Indel.normalized_similarity(*coded, score_cutoff=ALIKE_ELSEWHERE))
    return score if score > ALIKE_ELSEWHERE else 0.0


def _sort(end: _End) -> str:
    return "paragraph" if end.change.what == "preamble" else end.change.what


def _can_become(one: _End, other: _End) -> bool:
    return one.change.what in _PROSE and other.change.what in _PROSE


def _joined(one: _End, other: _End) -> Change:
    """One change of both ends; its steps are theirs."""
    kind, why = _told(one, other)
    gone, new = one.change, other.change
    return msgspec.structs.replace(
        new,
        kind=kind,
        before=gone.before,
        why=why,
        truncated=gone.truncated or new.truncated,
        section_before=gone.section_before,
        ops=(*gone.ops, *new.ops),
    )


def _told(one: _End, other: _End) -> tuple[Kind, str]:
    left = one.change.section_before != other.change.section_before
    was = f'before under "{one.change.where}"' if one.change.where else "before at the head of the page"
    sorts = [_called(end.change.what) for end in (one, other)]
    if sorts[0] != sorts[1]:
        became = f"{sorts[0]} became {sorts[1]}"
        return ("moved_and_edited", f"{became}, {was}") if left else ("edited", became)
    place = was if left else "before in another list of the section"
    if comparison(one.change.before or "") != comparison(other.change.after or ""):
        return "moved_and_edited", f"most words the same, {place}"
    if one.value != other.value:
        return "moved_and_edited", f"same words with other links or depth, {place}"
    return "moved", f"same words, {place}"


def _called(what: What) -> str:
    return _CALLED.get(what, what)
