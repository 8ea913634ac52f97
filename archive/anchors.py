"""Anchors: what occurs once in both of two lists, and the longest or heaviest run of it that keeps its order. Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from itertools import count
from typing import NamedTuple


def unique_pairs(
    before: Iterable[tuple[int, Hashable]], after: Iterable[tuple[int, Hashable]]
) -> list[tuple[int, int]]:
    """Pairs of the indexes of values that occur once on each side, in the order of the earlier list."""
    before, after = list(before), list(after)
    once_before = Counter(value for _, value in before)
    once_after = Counter(value for _, value in after)
    where = {value: j for j, value in after if once_after[value] == 1}
    return [(i, where[value]) for i, value in before if once_before[value] == 1 and value in where]


class Found(NamedTuple):
    """Pairs of equal values that occur once on each side: as many as stand in the same order, and the number of all."""

    in_order: list[tuple[int, int]]
    of: int


def unique_in_order(before: Sequence[Hashable], after: Sequence[Hashable]) -> Found:
    """Pairs of equal values that occur once on each side, as many of them as stand in the same order."""
    found = _unique(before, after)
    return Found([found[position] for position in longest_rise([j for _, j in found])], len(found))


def heaviest_in_order(before: Sequence[str], after: Sequence[str]) -> list[tuple[int, int, int]]:
    """Stretches of equal texts that occur once on each side, in the same order, with the most letters together.

    Each is where it begins in either list, and how many texts it has.
    """
    found = _in_a_row(_unique(before, after))
    weights = [sum(map(len, before[i : i + size])) for i, _, size in found]
    return [found[position] for position in heaviest_rise([j for _, j, _ in found], weights)]


def _in_a_row(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int, int]]:
    """Pairs of indexes as stretches in which both go up by one: what stands first in each of them decides for all."""
    found: list[tuple[int, int, int]] = []
    start, to, size = 0, 0, 0
    for i, j in pairs:
        if size and i == start + size and j == to + size:
            size += 1
        else:
            if size:
                found.append((start, to, size))
            start, to, size = i, j, 1
    return [*found, (start, to, size)] if size else found


def _unique(before: Sequence[Hashable], after: Sequence[Hashable]) -> list[tuple[int, int]]:
    """`unique_pairs` of whole lists, counted at the speed of a dictionary."""
    in_before, in_after = dict(zip(before, count())), dict(zip(after, count()))
    if len(in_before) == len(before) and len(in_after) == len(after):
        return [(i, in_after[value]) for value, i in in_before.items() if value in in_after]
    once_before, once_after = Counter(before), Counter(after)
    shared = {value for value, times in once_before.items() if times == 1 and once_after.get(value) == 1}
    return sorted((in_before[value], in_after[value]) for value in shared)


def longest_rise(values: Sequence[int]) -> list[int]:
    """Positions of a longest strictly increasing run of distinct values, not necessarily adjacent, in order."""
    ends: list[int] = []
    tops: list[int] = []
    previous = [-1] * len(values)
    for position, value in enumerate(values):
        at = bisect_left(tops, value)
        previous[position] = ends[at - 1] if at else -1
        if at == len(ends):
            ends.append(position)
            tops.append(value)
        else:
            ends[at] = position
            tops[at] = value
    run = []
    position = ends[-1] if ends else -1
    while position >= 0:
        run.append(position)
        position = previous[position]
    return run[::-1]


def heaviest_rise(values: Sequence[int], weights: Sequence[int]) -> list[int]:
    """Positions of a strictly increasing run of distinct values with the greatest sum of weights, all over 0."""
    tops: list[int] = []
    sums: list[int] = []
    ends: list[int] = []
    previous = [-1] * len(values)
    for position, (value, weight) in enumerate(zip(values, weights, strict=True)):
        at = bisect_left(tops, value)
        total = weight + (sums[at - 1] if at else 0)
        previous[position] = ends[at - 1] if at else -1
        end = at
        while end < len(tops) and sums[end] <= total:
            end += 1  # a run that ends higher and weighs no more is of no use any longer
        tops[at:end], sums[at:end], ends[at:end] = [value], [total], [position]
    run = []
    position = ends[-1] if ends else -1
    while position >= 0:
        run.append(position)
        position = previous[position]
    return run[::-1]
