"""Apply: the later page record from the earlier one and the changes between them. Pure.

The law: `apply(a, diff(a, b)) == b`, byte for byte in canonical JSON. What the steps mean is told in `schemas.change`.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any, TypeVar, get_args, get_type_hints

import msgspec

from schemas.change import Change, Delete, Insert, Move, Op, Path, Set

R = TypeVar("R", bound=msgspec.Struct)


class _Steps:
    """The steps for one value of the record, and for the values inside it."""

    def __init__(self) -> None:
        self.set: Set | None = None
        self.deletes: dict[int, Delete] = {}
        self.moves: dict[int, Move] = {}
        self.inserts: dict[int, Insert] = {}
        self.inside: dict[str | int, _Steps] = {}

    def at(self, path: Path) -> _Steps:
        steps = self
        for part in path:
            steps = steps.inside.setdefault(part, _Steps())
        return steps


def apply(before: R, changes: Iterable[Change]) -> R:
    """Return the record after the changes: of a page, or of a part of the chrome.

    Raises ValueError when the changes were not made from this record.
    """
    steps = _Steps()
    for change in changes:
        for op in change.ops:
            _file(steps, op)
    try:
        record: R = _rebuilt_record(before, steps)
    except (LookupError, AttributeError, TypeError, ValueError) as error:
        raise ValueError(_NOT_FROM_HERE) from error
    return record


def plain(value: Any) -> Any:
    """A value of a record as it stands in a step: text, numbers, lists and mappings, as JSON would give them."""
    if value is None or isinstance(value, str | int):
        return value
    return msgspec.json.decode(msgspec.json.encode(value))


_NOT_FROM_HERE = "These changes were not made from this page record. Apply them to the revision before."


def _file(steps: _Steps, op: Op) -> None:
    """Put a step where the rebuilding looks for it: a list's own steps with the list."""
    match op:
        case Set():
            steps.at(op.path).set = op
        case Delete():
            steps.at(op.path[:-1]).deletes[_index(op.path)] = op
        case Insert():
            steps.at(op.path[:-1]).inserts[_index(op.path)] = op
        case Move():
            steps.at(op.path[:-1]).moves[_index(op.path)] = op


def _index(path: Path) -> int:
    last = path[-1]
    if isinstance(last, int):
        return last
    raise ValueError(_NOT_FROM_HERE)


def _rebuilt(value: Any, steps: _Steps, kind: Any) -> Any:
    if steps.set is not None:
        _check(value, steps.set.before)
        return msgspec.convert(steps.set.after, kind)
    if isinstance(value, tuple):
        return _rebuilt_list(value, steps, get_args(kind)[0])
    return _rebuilt_record(value, steps)


def _rebuilt_record(record: Any, steps: _Steps) -> Any:
    kinds = _kinds(record.__class__)
    fields = {str(name): inner for name, inner in steps.inside.items()}
    changed = {name: _rebuilt(getattr(record, name), inner, kinds[name]) for name, inner in fields.items()}
    return msgspec.structs.replace(record, **changed)


def _rebuilt_list(entries: tuple[Any, ...], steps: _Steps, kind: Any) -> tuple[Any, ...]:
    """Moved and inserted entries at their later index; the others fill the places between, in their order."""
    for index, delete in steps.deletes.items():
        _check(entries[index], delete.value)
    if any(not isinstance(index, int) or index >= len(entries) for index in (*steps.inside, *steps.moves)):
        raise LookupError(_NOT_FROM_HERE)

    def rebuilt(index: int) -> Any:
        inner = steps.inside.get(index)
        return _rebuilt(entries[index], inner, kind) if inner else entries[index]

    placed = {at: msgspec.convert(insert.value, kind) for at, insert in steps.inserts.items()}
    placed |= {move.to: rebuilt(index) for index, move in steps.moves.items()}
    staying = [i for i in range(len(entries)) if i not in steps.deletes and i not in steps.moves]
    size = len(staying) + len(placed)
    free = [at for at in range(size) if at not in placed]
    placed |= {at: rebuilt(index) for at, index in zip(free, staying, strict=True)}
    return tuple(placed[at] for at in range(size))


def _check(value: Any, expected: Any) -> None:
    if plain(value) != expected:
        raise ValueError(_NOT_FROM_HERE)


@cache
def _kinds(record: Any) -> dict[str, Any]:
    return get_type_hints(record)
