"""Runs: which entries of two long lists stayed, in order. Pure, bounded by counts, the same on every machine.

Within `BUDGET` the answer is minimal (Indel distance, Hyyrö 2004, by rapidfuzz). Beyond it what occurs once
on both sides serves as anchor, single entries or, failing them, four in a row; what lies between is compared in its
turn. Where nothing occurs once, the lists are cut in step and compared part by part.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from itertools import repeat
from math import ceil, sqrt
from typing import NamedTuple

from rapidfuzz.distance import Indel

from archive.anchors import unique_in_order

BUDGET = 4_000_000
"""Most pairs of entries (before x after) that are compared minimally: half a megabyte of memory."""
LEAST_SHARED = 0.3
"""Share that has to stay; under it a text is told as replaced, not as a thousand small edits."""
_MANY = 30
"""Anchors that tell, by how many of them keep the order, whether the lists share an order at all."""
_DEPTH = 4
_IN_A_ROW = 4


class Run(NamedTuple):
    """`size` equal entries, from `before` in the earlier list and `after` in the later."""

    before: int
    after: int
    size: int


def equal_runs(before: Sequence[Hashable], after: Sequence[Hashable]) -> tuple[list[Run], bool]:
    """Runs of equal entries in the same order in both lists, and whether there may be longer ones.

    The most entries possible within `BUDGET`; beyond it anchored, in linear time but for the sorting of anchors.
    """
    runs, truncated = _runs(before, after, _DEPTH)
    return _coalesced(runs), truncated


def _coalesced(runs: Sequence[Run]) -> list[Run]:
    """Runs that touch on both sides as one."""
    whole: list[Run] = []
    for run in runs:
        last = whole[-1] if whole else None
        if last and (last.before + last.size, last.after + last.size) == (run.before, run.after):
            whole[-1] = last._replace(size=last.size + run.size)
        else:
            whole.append(run)
    return whole


def _runs(old: Sequence[Hashable], new: Sequence[Hashable], depth: int) -> tuple[list[Run], bool]:
    head = shared_start(old, new)
    tail = _shared_end(old, new, min(len(old), len(new)) - head)
    inner_old, inner_new = old[head : len(old) - tail], new[head : len(new) - tail]
    truncated = len(inner_old) * len(inner_new) > BUDGET
    inner = _anchored(inner_old, inner_new, depth) if truncated else _minimal(inner_old, inner_new)
    runs = [Run(0, 0, head)] if head else []
    runs += [Run(run.before + head, run.after + head, run.size) for run in inner]
    if tail:
        runs.append(Run(len(old) - tail, len(new) - tail, tail))
    return runs, truncated


def shared_start(old: Sequence[object], new: Sequence[object]) -> int:
    """How many entries two lists, or letters two texts, begin with alike."""
    low, high = 0, min(len(old), len(new))
    if old[:high] == new[:high]:
        return high
    step = 64
    while old[low : low + step] == new[low : low + step]:
        low, step = low + step, step * 2
    high = min(high, low + step)
    while low < high - 1:
        middle = (low + high) // 2
        if old[low:middle] == new[low:middle]:
            low = middle
        else:
            high = middle
    return low + (low < min(len(old), len(new)) and old[low] == new[low])


def _shared_end(old: Sequence[Hashable], new: Sequence[Hashable], most: int) -> int:
    return shared_start(old[::-1][:most], new[::-1][:most])


def _minimal(before: Sequence[Hashable], after: Sequence[Hashable]) -> list[Run]:
    """Each entry written as one character, so that the comparison runs over strings and no hash decides anything."""
    known = set(after)
    shared = [entry for entry in dict.fromkeys(before) if entry in known]
    if not shared:
        return []
    letters: dict[Hashable, str] = {entry: chr(at) for at, entry in enumerate(shared, 2)}
    old = "".join(map(letters.get, before, repeat("\x00")))
    new = "".join(map(letters.get, after, repeat("\x01")))
    codes = Indel.opcodes(old, new)
    return [Run(c.src_start, c.dest_start, c.src_end - c.src_start) for c in codes if c.tag == "equal"]


def _anchored(old: Sequence[Hashable], new: Sequence[Hashable], depth: int) -> list[Run]:
    """Runs around what occurs once on both sides: entries, failing them a few in a row; without either, in step."""
    if set(old).isdisjoint(new):
        return []
    for size in (1, _IN_A_ROW) if depth else ():
        anchors = unique_in_order(_in_a_row(old, size), _in_a_row(new, size))
        if anchors.of > _MANY and len(anchors.in_order) < LEAST_SHARED * anchors.of:
            return [] if size == 1 else _in_step(old, new)
        if anchors.in_order:
            return _with_gaps(old, new, [Run(i, j, size) for i, j in anchors.in_order], depth)
    return _in_step(old, new)


def _with_gaps(old: Sequence[Hashable], new: Sequence[Hashable], anchors: Sequence[Run], depth: int) -> list[Run]:
    runs: list[Run] = []
    i = j = 0
    for anchor in [*anchors, Run(len(old), len(new), 0)]:
        if anchor.size and (anchor.before < i or anchor.after < j):
            continue  # it overlaps the one before it
        if i < anchor.before and j < anchor.after:
            inner, _ = _runs(old[i : anchor.before], new[j : anchor.after], depth - 1)
            runs += [Run(run.before + i, run.after + j, run.size) for run in inner]
        if anchor.size:
            runs.append(anchor)
        i, j = anchor.before + anchor.size, anchor.after + anchor.size
    return runs


def _in_step(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[Run]:
    """Both lists cut into equally many parts, each compared with the part in the same place."""
    parts = ceil(sqrt(len(old) * len(new) / BUDGET)) + 1
    runs: list[Run] = []
    for part in range(parts):
        i, to_i = (len(old) * at // parts for at in (part, part + 1))
        j, to_j = (len(new) * at // parts for at in (part, part + 1))
        runs += [Run(run.before + i, run.after + j, run.size) for run in _minimal(old[i:to_i], new[j:to_j])]
    return runs


def _in_a_row(entries: Sequence[Hashable], size: int) -> Sequence[Hashable]:
    """The entries from each entry on, `size` of them."""
    return entries if size == 1 else list(zip(*(entries[at:] for at in range(size)), strict=False))
