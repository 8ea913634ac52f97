"""What the columns of views mean where what stands in the DDL, of a view or of a table, does not say it to a reader."""

from __future__ import annotations

from typing import Final

from archive.example_list import COLUMNS as EXAMPLE
from archive.rows import COLUMNS

EVERYWHERE: Final = {
    "id": "number of the row",
    "page": "number of the page",
    "section": "name of the section, the same over its whole history: its anchor or heading at birth; null for none",
    "run": "number of the run",
    "page_title": "title of the page",
    "section_id": "number of the section, the same over its whole history",
    "revision_id": "number of the revision in the archive",
    "capture": "number of the capture, the look that showed it",
    "seen_until": "first look that did not see this content any more; null: it stands now",
    "url": "address that it leads to",
    "label": "the words of the link",
    "host": "name of the host",
    "organisation": "where a person does it, '' where it is not said",
    "preamble": "what a reader reads in the preamble, one block a line",
    "ordinal": "place among the changes of its revision, as a reader meets them",
}
"""Columns that mean the same in each view that has them."""

IN_VIEW: Final[dict[str, dict[str, str]]] = {
    "learning_examples": EXAMPLE | {"words": "the words that told the kind; '' for other"},
    "current_links": {"kind": "page, document, media, mail, phone or external"},
    "current_mentions": {"kind": "person, municipality, region, organisation, date or subject"},
    "section_list": {
        "last_changed": "first look that saw its newest text",
        "removed": "first look that did not see it any more; null: it stands on the page now",
    },
    "quarantine_list": {
        "state": "open; accepted or rejected by a person; believed since it stayed so; past: the page is another now",
    },
    "chrome_feed": {"ordinal": "place among the changes of its host in that run"},
    "coverage": {"last_verdict": "what the parser made of the last look: page, not_html, unparsable, suspect, gone, …"},
    "current_documents": {
        "document": "number of the document as a page of its own, where it was fetched; else null",
        "bytes": "size of the newest version that was fetched, or null",
    },
    "example_spans": {
        "kind": "coordination_association, reserved_procurement, municipal_spin_off, incubator or other",
        "stands": "1 where the example stands now, else 0",
        "revision_id": "number in the archive of the last revision that had it so",
    },
    "fetch_log": {
        "fetched_at": "when the last attempt began, ISO 8601, UTC",
        "address": "address that was asked for",
        "page": "number of the page; null for robots.txt",
        "revision": "number of the revision that it saw, within the page; null for none",
        "purpose": "page, document or robots",
        "outcome": "what came of it: fetched, not_modified, redirected, gone, http_error, robots_denied, …",
        "status": "status of the answer, or null",
        "location": "address that a redirect leads to, or null",
        "verdict": "what the parser made of it: page, not_html, unparsable, suspect, gone or elsewhere",
        "elapsed_ms": "milliseconds from the first byte sent to the last one received",
    },
    "flapping_pages": {
        "returns": "how many of the last ten revisions are returns to an earlier content",
        "last": "first look that saw the last return",
    },
    "page_events": {"by_page": "number of the page that no longer links to it or does so again, or null"},
    "page_links": {
        "hub": "number of the page that links",
        "from_seq": "first revision of the hub that has the link",
        "to_seq": "first revision of the hub without it; null: it links still",
    },
    "people_now": {
        "name": "name of the person",
        "named_as": "responsible (for the page), contact (can be reached) or speaker (quoted or named)",
    },
    "search_texts": {"source": "section, title or preamble: what the text is"},
}
"""Columns of one view."""

_COMMANDS: Final = {key: meaning for command in reversed(COLUMNS.values()) for key, meaning in command.items()}


def meaning(view: str, column: str, said: str) -> str:
    """What a column means; `said` is what the DDL says of it. "" where nobody says it. Pure."""
    return IN_VIEW.get(view, {}).get(column) or EVERYWHERE.get(column) or said or _COMMANDS.get(column, "")
