"""Spot: where in both records a difference is, from which its change is written. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from archive.apply import plain
from schemas.change import Change, Class, Delete, Insert, Kind, Move, Op, Path, Set, What


class Spot(msgspec.Struct, frozen=True, kw_only=True):
    """A value in the earlier record, and the heading path that a reader finds it by."""

    path: Path = ()
    """Path of the value in the earlier record."""
    where: str = ""
    section_before: int | None = None
    section_after: int | None = None
    preamble: bool = False
    """Whether prose here is called preamble."""

    def at(self, *parts: str | int) -> Spot:
        """The spot of a value inside this one."""
        return msgspec.structs.replace(self, path=(*self.path, *parts))

    def change(
        self,
        kind: Kind,
        what: What,
        before: str | None,
        after: str | None,
        *,
        why: str,
        ops: Iterable[Op],
        class_: Class = "editorial",
        truncated: bool = False,
    ) -> Change:
        """Write the change at this spot."""
        return Change(
            kind=kind,
            class_=class_,
            what="preamble" if self.preamble and what in ("paragraph", "quote") else what,
            where=self.where,
            before=before,
            after=after,
            why=why,
            truncated=truncated,
            section_before=self.section_before,
            section_after=self.section_after,
            ops=tuple(ops),
        )

    def set(self, field: str, before: Any, after: Any) -> tuple[Op, ...]:
        """The step that gives a field its later value; none when it has it."""
        return (Set(path=(*self.path, field), before=plain(before), after=plain(after)),) if before != after else ()

    def delete(self, value: Any) -> Delete:
        """The step that takes this entry out of its list."""
        return Delete(path=self.path, value=plain(value))

    def insert(self, index: int, value: Any) -> Insert:
        """The step that puts an entry into this list, at its later index."""
        return Insert(path=(*self.path, index), value=plain(value))

    def move(self, to: int) -> Move:
        """The step that takes this entry to its later index."""
        return Move(path=self.path, to=to)
