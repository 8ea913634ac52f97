"""Regroup: sections that were split in two or more, or merged into one, and sections that moved together. Pure."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import NamedTuple

from archive.pairs import Place
from archive.sameness import body_key
from schemas.page import Section


class Group(NamedTuple):
    """Sections that are one event: one before and several after, or the other way round."""

    before: tuple[int, ...]
    after: tuple[int, ...]

    def has(self, place: Place) -> bool:
        """Whether the section at a place takes part."""
        return place.before in self.before or place.after in self.after


def regrouped(
    before: Sequence[Section], after: Sequence[Section], pairs: Sequence[tuple[int, int]]
) -> tuple[Group, ...]:
    """Splits and merges: sections in a row whose blocks, put together, read the same as those of the one.

    Only what came or went can be a part, besides the one that the whole is paired with; no section is in two groups.
    """
    splits = _splits(before, after, dict(pairs))
    merges = _splits(after, before, {j: i for i, j in pairs})
    return tuple(Group((i,), parts) for i, parts in splits) + tuple(Group(parts, (j,)) for j, parts in merges)


def with_pairs(pairs: Sequence[tuple[int, int]], groups: Sequence[Group]) -> tuple[tuple[int, int], ...]:
    """The pairs, with the first part of each group for a whole that had none: its identity lives on there."""
    added = [
        (group.before[0], group.after[0])
        for group in groups
        if not any(i in group.before and j in group.after for i, j in pairs)
    ]
    return tuple(sorted([*pairs, *added], key=lambda found: found[1]))


def moved_along(sections: Sequence[Section], places: Sequence[Place]) -> list[list[Place]]:
    """Moved sections in runs: one with the sections under it that went the same way, side by side before and after."""
    runs: list[list[Place]] = []
    for place in places:
        last = runs[-1][-1] if runs else None
        if last and last.before is not None and last.after is not None and place.before is not None:
            beside = place.before == last.before + 1 and place.after == last.after + 1
            top = sections[runs[-1][0].before or 0]
            if beside and place.moved and last.moved and sections[place.before].level > top.level > 0:
                runs[-1].append(place)
                continue
        runs.append([place])
    return runs


def _splits(
    wholes: Sequence[Section], parts: Sequence[Section], pairs: dict[int, int]
) -> list[tuple[int, tuple[int, ...]]]:
    taken = set(pairs.values())
    if len(taken) == len(parts):
        return []
    keys = [body_key(part) for part in parts]
    starts: dict[Hashable, list[int]] = {}
    for at, key in enumerate(keys):
        if key:
            starts.setdefault(key[0], []).append(at)
    found = []
    for whole, section in enumerate(wholes):
        body = body_key(section)
        own = pairs.get(whole)
        for start in starts.get(body[0], ())[:_STARTS] if len(body) > 1 else ():
            if start in taken and start != own:
                continue
            run = _run_of_parts(body, keys, start, taken - {-1 if own is None else own})
            if len(run) > 1 and (own is None or own in run):
                found.append((whole, run))
                taken |= set(run)
                break
    return found


_STARTS = 20
"""Places where the parts of one section are looked for; more would be a page of equal sections."""


def _run_of_parts(
    body: tuple[Hashable, ...], keys: Sequence[tuple[Hashable, ...]], start: int, taken: set[int]
) -> tuple[int, ...]:
    """Indexes of the sections from `start` on that make up the body exactly; () when they do not.

    Sections that live on elsewhere may have stood between them.
    """
    read = 0
    at = start
    run: list[int] = []
    while at < len(keys) and read < len(body):
        if at not in taken:
            if not keys[at] or body[read : read + len(keys[at])] != keys[at]:
                return ()
            read += len(keys[at])
            run.append(at)
        at += 1
    return tuple(run) if read == len(body) else ()
