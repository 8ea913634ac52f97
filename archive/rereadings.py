"""Rereadings: what today's reading of the evidence makes of a page's history otherwise than it was kept. Pure.

Revisions are held against each other by the capture that they begin with, because that is what stays.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Literal

import msgspec

Finding = Literal[
    "read_otherwise",  # the same look, another record: the parser reads its bytes otherwise
    "no_longer",  # only the parser had made a revision of it: now it reads as the one before
    "newly_seen",  # a difference that the parser before did not see
    "renumbered",  # the same record under another number, because of the others
]


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A revision, as far as two histories of a page are compared by it."""

    id: int
    page: int
    seq: int
    state: str
    capture: int
    digest: bytes | None
    seen_from: str
    title: str


class Rereading(msgspec.Struct, frozen=True, kw_only=True):
    """One revision that a rebuild makes, unmakes or changes."""

    finding: Finding
    before: Kept | None
    """The revision as it was kept; None for one that is newly seen."""
    now: Kept | None
    """The revision as it reads today; None for one that is no longer."""

    @property
    def either(self) -> Kept:
        """The revision as it reads today, or as it read where it is no longer."""
        found = self.now or self.before
        assert found is not None
        return found


def rereadings(before: Iterable[Kept], now: Iterable[Kept]) -> Iterator[Rereading]:
    """What differs between two histories, page by page in the order of their looks."""
    old, new = _by_look(before), _by_look(now)
    for key in sorted(old.keys() | new.keys(), key=lambda key: (key[0], *_place(old.get(key) or new[key]))):
        was, reads = old.get(key, []), new.get(key, [])
        # More than one revision begins with one look where a parser read it again: the last one is what it came to.
        for extra in was[: -1 if reads else None]:
            yield Rereading(finding="no_longer", before=extra, now=None)
        for extra in reads[: -1 if was else None]:
            yield Rereading(finding="newly_seen", before=None, now=extra)
        if was and reads:
            yield from _pair(was[-1], reads[-1])


def _pair(was: Kept, reads: Kept) -> Iterator[Rereading]:
    if (was.state, was.digest) != (reads.state, reads.digest):
        yield Rereading(finding="read_otherwise", before=was, now=reads)
    elif was.seq != reads.seq:
        yield Rereading(finding="renumbered", before=was, now=reads)


def _by_look(revisions: Iterable[Kept]) -> dict[tuple[int, int], list[Kept]]:
    found: dict[tuple[int, int], list[Kept]] = defaultdict(list)
    for revision in revisions:
        found[revision.page, revision.capture].append(revision)
    return dict(found)


def _place(revisions: list[Kept]) -> tuple[str, int]:
    return revisions[0].seen_from, revisions[0].capture
