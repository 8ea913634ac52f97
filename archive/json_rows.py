"""Rows of an answer as JSON: one array, an object a line, or JSON Lines; written as they come."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any


def json_rows(columns: Sequence[str], rows: Iterable[Sequence[Any]], *, lines: bool) -> Iterator[str]:
    """Pieces of text that make the whole: JSON Lines if `lines`, else one array."""
    objects = (json.dumps(dict(zip(columns, row, strict=True)), ensure_ascii=False) for row in rows)
    if lines:
        yield from (f"{text}\n" for text in objects)
        return
    yield "["
    for number, text in enumerate(objects):
        yield f",\n {text}" if number else text
    yield "]\n"
