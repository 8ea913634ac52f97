"""Masking: records without a name, and without the addresses and numbers at which its bearer is reached. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, TypeVar

import msgspec

from archive.names import Name

R = TypeVar("R", bound=msgspec.Struct)


def says(name: Name, record: str) -> bool:
    """Whether any text of a record has the name; the JSON around the texts says nothing."""
    return any(map(name.is_in, strings(json.loads(record))))


def strings(value: Any) -> Iterator[str]:
    """Each text in a value that was made of JSON."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from strings(inner)


def masked(record: R, name: Name) -> R:
    """A record without the name."""
    return msgspec.convert(_masked_value(msgspec.to_builtins(record), name), type(record))


def _masked_value(value: Any, name: Name) -> Any:
    if isinstance(value, str):
        return name.masked(value)
    if isinstance(value, list | tuple):
        return [_masked_value(inner, name) for inner in value]
    if isinstance(value, dict):
        return {key: _masked_value(inner, name) for key, inner in value.items()}
    return value
