"""Export: the whole site as it was, as JSON Lines or CSV. Pure: equal rows give equal bytes on any machine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

import msgspec

from archive.history import Row
from archive.spreadsheet import spreadsheet

Format = Literal["jsonl", "csv"]

_PAGE_KEYS = {
    "page": "number of the page",
    "site": "name of the site (the collection) it belongs to",
    "address": "address at which this content was first fetched",
    "title": "title; for a page that was gone, the last one it had",
    "revision": "number of the revision within the page, from 1",
    "state": "live, gone (404 or 410) or moved (its address led to another page of the collection)",
    "cause": "source (the site changed) or parser (only our reading changed)",
    "published": "published date that the page states, ISO 8601, or null",
    "updated": "updated date that the page states, ISO 8601, or null",
    "responsible": "name of the person who answers for the page, or null",
    "seen_from": "first look that saw this content, ISO 8601, UTC",
    "unseen_since": "last look that saw the content before; the change happened between the two. null for a first look",
    "preamble": 'introduction between title and text, one block a line; "" where there is none',
    "digest": "SHA-256 of the page record; null unless the page was live",
}
_SECTION_KEYS = {
    "position": "place of the section, from 1",
    "section": "name of the section, the same over its whole history",
    "heading": 'heading; "" for text before the first heading',
    "level": "level of the heading, 2 for h2; 0 where there is none",
    "text": "what a reader read there, one block a line",
}
COLUMNS = {**_PAGE_KEYS, **_SECTION_KEYS}
"""Columns of the CSV, one row a section. In JSON Lines, one line a page, the last ones stand in `sections`."""


def export_lines(pages: Sequence[Row], format_: Format) -> Iterator[str]:
    """The pages, as `archive.asof.site_at` gives them, as text with its line ends."""
    return _json_lines(pages) if format_ == "jsonl" else _csv_lines(pages)


def _json_lines(pages: Sequence[Row]) -> Iterator[str]:
    for page in pages:
        ordered = {key: page[key] for key in _PAGE_KEYS}
        # The sections are kept as they are written here: they are copied, not read.
        ordered["sections"] = msgspec.Raw(page["sections"].json)
        yield msgspec.json.encode(ordered).decode() + "\n"


def _csv_lines(pages: Sequence[Row]) -> Iterator[str]:
    """A page without sections has one row, its section columns empty."""
    nothing = dict.fromkeys(_SECTION_KEYS)
    return spreadsheet(
        list(COLUMNS),
        (
            [*(page[key] for key in _PAGE_KEYS), *(section[key] for key in _SECTION_KEYS)]
            for page in pages
            for section in page["sections"] or [nothing]
        ),
    )
