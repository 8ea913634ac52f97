"""Pairs: which entry of the earlier list lives on as which entry of the later one, and which of them moved. Pure.

The same procedure serves sections, blocks, list items and table rows. Cost is bounded by counts: linear (times a
logarithm) in the entries, plus at most `CANDIDATES` x `CANDIDATES` comparisons of at most `SKETCH_WORDS` words each.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from typing import Generic, NamedTuple, TypeVar

from rapidfuzz.distance import Indel

from archive.anchors import longest_rise, unique_in_order, unique_pairs

T = TypeVar("T", bound=Hashable)

CANDIDATES = 200
"""Entries on each side that are compared by likeness; more are taken as removed and added."""
SKETCH_WORDS = 300
"""Words of an entry that count for its likeness: its first."""
ALIKE_HERE = 0.5
"""Least likeness, exclusive, of a pair between the same neighbours (Wikipedia's wikidiff2 uses 0.4 to 0.6)."""
ALIKE_ELSEWHERE = 0.6
"""Least likeness, exclusive, of a pair that would also have moved: more to believe asks for more evidence."""
_FEW_WORDS = 6
_FEW_LETTERS = 200
_ALIKE_BY_LETTERS = 0.75

_WORD = re.compile(r"\w+")


class Key(NamedTuple, Generic[T]):
    """A reason to call two entries the same: equal values, None being no reason."""

    of: Callable[[T], Hashable | None]
    unique: bool = False
    """Whether only values that occur once on each side count; else the k-th goes with the k-th."""


class Sketch(NamedTuple):
    """What an entry is like: only entries of one sort are compared, by their words."""

    sort: str
    text: str


class Pairing(NamedTuple):
    """Pairs of indexes (before, after) in the order of the later list."""

    pairs: tuple[tuple[int, int], ...]
    truncated: bool
    """Whether entries beyond `CANDIDATES` were left uncompared."""


class Place(NamedTuple):
    """One entry's place in both lists; None on the side where it is not."""

    before: int | None
    after: int | None
    moved: bool = False


def pair(
    before: Sequence[T],
    after: Sequence[T],
    keys: Sequence[Key[T]],
    sketch: Callable[[T], Sketch],
    *,
    lone: frozenset[str] = frozenset(),
) -> Pairing:
    """Pair the entries of two lists: equal ends, then each key in turn, then likeness.

    `lone` names the sorts of which a single one left between the same neighbours on both sides is the same entry,
    whatever it shows: a picture that was replaced.
    """
    pairs = _equal_ends(before, after)
    _pair_unchanged(before, after, pairs)
    for key in keys:
        if len(pairs) == min(len(before), len(after)):
            break  # nothing is left on one side
        _pair_by_key(before, after, key, pairs)
    truncated = _pair_by_likeness(before, after, sketch, pairs)
    if lone:
        _pair_lone(before, after, sketch, lone, pairs)
    return Pairing(tuple(sorted(pairs.items(), key=lambda found: found[1])), truncated)


def places(size_before: int, size_after: int, pairs: Sequence[tuple[int, int]]) -> Iterator[Place]:
    """Each entry once, as one reads on: the later list in order, what was removed where it used to stand.

    The fewest entries are called moved: those off a longest increasing run of the pairs.
    """
    by_after = {j: i for i, j in pairs}
    staying = {pairs[position] for position in longest_rise([i for i, _ in pairs])}
    paired = dict(pairs)
    gone = [i for i in range(size_before) if i not in paired]
    told = 0
    for j in range(size_after):
        i = by_after.get(j)
        if i is not None and (i, j) in staying:
            while told < len(gone) and gone[told] < i:
                yield Place(gone[told], None)
                told += 1
        yield Place(i, j, moved=i is not None and (i, j) not in staying)
    yield from (Place(i, None) for i in gone[told:])


def _equal_ends(before: Sequence[T], after: Sequence[T]) -> dict[int, int]:
    shorter = min(len(before), len(after))
    head = 0
    while head < shorter and before[head] == after[head]:
        head += 1
    tail = 0
    while tail < shorter - head and before[-1 - tail] == after[-1 - tail]:
        tail += 1
    pairs = {at: at for at in range(head)}
    pairs.update((len(before) - 1 - at, len(after) - 1 - at) for at in reversed(range(tail)))
    return pairs


def _pair_unchanged(before: Sequence[T], after: Sequence[T], pairs: dict[int, int]) -> None:
    """Add pairs of entries that are the same to the letter and kept their order: most of them, at the cost of a hash.

    What is told does not depend on this; it spares the keys of what nobody touched.
    """
    head = len(pairs) and next((at for at in range(len(before)) if at not in pairs), 0)
    size = len(before) - len(pairs), len(after) - len(pairs)
    old, new = (list(side[head : head + left]) for side, left in zip((before, after), size, strict=True))
    found = {head + i: head + j for i, j in unique_in_order(old, new).in_order}
    pairs.update(found)
    if found:
        left = {head + at: entry for at, entry in enumerate(old) if head + at not in found}
        taken = set(found.values())
        right = {head + at: entry for at, entry in enumerate(new) if head + at not in taken}
        _pair_neighbours(left, right, pairs)


def _pair_by_key(before: Sequence[T], after: Sequence[T], key: Key[T], pairs: dict[int, int]) -> None:
    """Add pairs with the same key: unique ones, their neighbours, then (unless `unique`) the k-th with the k-th."""
    taken = set(pairs.values())
    left = [(i, value) for i in range(len(before)) if i not in pairs and (value := key.of(before[i])) is not None]
    right = [(j, value) for j in range(len(after)) if j not in taken and (value := key.of(after[j])) is not None]
    pairs.update(unique_pairs(left, right))
    if key.unique:
        return
    _pair_neighbours(dict(left), dict(right), pairs)
    taken = set(pairs.values())
    waiting: dict[Hashable, list[int]] = {}
    for j, value in reversed(right):
        if j not in taken:
            waiting.setdefault(value, []).append(j)
    for i, value in left:
        if i not in pairs and waiting.get(value):
            pairs[i] = waiting[value].pop()


def _pair_neighbours(left: Mapping[int, Hashable], right: Mapping[int, Hashable], pairs: dict[int, int]) -> None:
    """Grow the pairs over equal entries next to them, so that a repeated entry stays with its neighbour."""
    for step in (1, -1):
        taken = set(pairs.values())
        for i, j in sorted(pairs.items(), reverse=step < 0):
            to_i, to_j = i + step, j + step
            while to_i in left and to_i not in pairs and to_j not in taken and left[to_i] == right.get(to_j):
                pairs[to_i] = to_j
                taken.add(to_j)
                to_i, to_j = to_i + step, to_j + step


class _Free(NamedTuple):
    """An entry without a pair: its place, the gap between paired neighbours it stands in, and what it is like."""

    at: int
    gap: int
    sort: str
    words: str
    text: str


def _pair_by_likeness(
    before: Sequence[T], after: Sequence[T], sketch: Callable[[T], Sketch], pairs: dict[int, int]
) -> bool:
    """Add pairs by likeness, the likest first, ties by position; return whether some were left uncompared."""
    left, right = _free(before, after, sketch, pairs)
    found = []
    for one in left[:CANDIDATES]:
        for other in right[:CANDIDATES]:
            if one.sort == other.sort:
                elsewhere = one.gap != other.gap
                score = _likeness(one, other, ALIKE_ELSEWHERE if elsewhere else ALIKE_HERE)
                if score:
                    found.append((elsewhere, -score, abs(one.at - other.at), one.at, other.at))
    taken: set[int] = set()
    for _, _, _, i, j in sorted(found):
        if i not in pairs and j not in taken:
            pairs[i] = j
            taken.add(j)
    return bool(left and right) and max(len(left), len(right)) > CANDIDATES


def _likeness(one: _Free, other: _Free, floor: float) -> float:
    """Share of words in common, 0 to 1; 0 at or under the floor. Of few words, the share of letters may say it.

    What has no words is like nothing.
    """
    if not one.words or not other.words:
        return 0.0
    score = float(Indel.normalized_similarity(one.words, other.words, score_cutoff=floor))
    if max(len(one.words), len(other.words)) <= _FEW_WORDS:
        score = max(score, Indel.normalized_similarity(one.text, other.text, score_cutoff=_ALIKE_BY_LETTERS))
    return score if score > floor else 0.0


def _pair_lone(
    before: Sequence[T],
    after: Sequence[T],
    sketch: Callable[[T], Sketch],
    lone: frozenset[str],
    pairs: dict[int, int],
) -> None:
    left, right = _free(before, after, sketch, pairs)
    here = unique_pairs(
        [(one.at, (one.gap, one.sort)) for one in left if one.sort in lone],
        [(one.at, (one.gap, one.sort)) for one in right if one.sort in lone],
    )
    pairs.update(here)


def _free(
    before: Sequence[T], after: Sequence[T], sketch: Callable[[T], Sketch], pairs: Mapping[int, int]
) -> tuple[list[_Free], list[_Free]]:
    """The entries without a pair on each side, not many more than are compared, words written as one character."""
    if len(pairs) == len(before) or len(pairs) == len(after):
        return [], []  # nothing is left that could be compared with anything
    known = sorted(pairs.items())
    staying = [known[position] for position in longest_rise([j for _, j in known])]
    letters: dict[str, str] = {}

    def described(entries: Sequence[T], taken: set[int], borders: list[int]) -> list[_Free]:
        free = [index for index in range(len(entries)) if index not in taken][: CANDIDATES + 1]
        return [_described(index, bisect_left(borders, index), sketch(entries[index]), letters) for index in free]

    return (
        described(before, set(pairs), [i for i, _ in staying]),
        described(after, set(pairs.values()), [j for _, j in staying]),
    )


def _described(index: int, gap: int, sketch: Sketch, letters: dict[str, str]) -> _Free:
    words = _WORD.findall(sketch.text.lower())[:SKETCH_WORDS]
    coded = "".join(letters.setdefault(word, chr(len(letters) + 1)) for word in words)
    return _Free(index, gap, sketch.sort, coded, sketch.text[:_FEW_LETTERS])
