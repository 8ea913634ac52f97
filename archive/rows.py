"""Rows: what the reading commands answer with, as flat objects with documented keys.

`COLUMNS` is the documentation: the command line's --json, docs/cli.md and the tests are made from it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec
from sqlite_utils import Database

from archive.blame import Line
from archive.decisions import believed_note
from archive.events import PageEvent, page_events
from archive.events import told as event_told
from archive.history import Row, oldest_kept, revision_rows, section_list, section_rows, stored_changes
from archive.listing import span
from archive.render import summary
from archive.told import Told
from schemas.change import Change

_PAGE = {
    "page": "number of the page",
    "site": "name of the site (the collection) it belongs to",
    "address": "address at which it was last fetched",
    "title": "title",
}
_SEEN = {
    "seen_from": "first look that saw this content, ISO 8601, UTC",
    "unseen_since": "last look that saw the content before; the change happened between the two. null for a first look",
}
_METADATA = {
    "published": "published date that the page states, ISO 8601, or null",
    "updated": "updated date that the page states, ISO 8601, or null",
    "responsible": "name of the person who answers for the page, or null",
}
_REVISION = {
    "revision": "number of the revision within the page, from 1",
    "state": "live, gone (404 or 410), moved (its address leads to another page that we have) or withheld (erased)",
    "cause": "source (the site changed) or parser (only our reading changed)",
}

_RETURNS = {
    "returns_to": "first revision with the same content, when the page had it before; else null",
}

COLUMNS: dict[str, dict[str, str]] = {
    "pages": {
        **_PAGE,
        "state": _REVISION["state"] + "; null while no look has shown it",
        "revisions": "number of its revisions",
        **_METADATA,
        "first_seen": "first look that saw it, ISO 8601, UTC",
        "last_changed": "first look that saw the newest revision",
        "last_looked": "last look, whatever came of it",
        "last_read": "last look that showed what the page is; older than last_looked where looks have failed since",
    },
    "log": {
        **_PAGE,
        "event": "revision, or what happened to the page as one of the collection: appeared, moved, unlinked, "
        "linked again, gone or back",
        "revision": "number of the revision within the page, from 1; null for an event that is none",
        "state": _REVISION["state"] + "; null for an event that is no revision",
        "cause": _REVISION["cause"] + "; null for an event that is no revision",
        **_SEEN,
        "last_seen": "last look that saw this content",
        "changes": "number of differences from the revision before, hidden classes included",
        "summary": "the same in words",
        "degree": "share of the words that changed, 0 to 1; null for a first revision",
        **_RETURNS,
    },
    "show": {
        **_PAGE,
        **_REVISION,
        **_METADATA,
        **_SEEN,
        "last_seen": "last look that saw this content",
        "part": "preamble or section",
        "position": "place among the sections, from 1; 0 for the preamble",
        "heading": 'heading of the section; "" for the preamble and for text before the first heading',
        "level": "level of the heading, 2 for h2; 0 where there is none",
        "anchor": "id of the heading, by which an address can point at it, or null",
        "text": "what a reader reads there, one block a line",
    },
    "changes": {
        "kind": "added, removed, edited, renamed, moved, moved_and_edited, split, merged or relevelled",
        "class": "editorial, metadata, cosmetic or chrome",
        "what": "what changed: page, title, section, paragraph, item, row, link, film, published, responsible, …",
        **_PAGE,
        "revision": "revision that shows the change",
        "from_revision": "revision that it is compared with",
        "where": 'heading path, joined by " › "; "" for the page as a whole; with --chrome the part: menu, footer, …',
        "before": "what a reader read before, or null",
        "after": "what a reader reads after, or null",
        **_SEEN,
        "cause": _REVISION["cause"],
        "why": "the rule that classed the change",
        **_RETURNS,
    },
}
COLUMNS["diff"] = COLUMNS["changes"]
_SUSPECT = {
    "entry": "number of the entry: the capture that showed the content first",
    **_PAGE,
    "doubt": "challenge, login, consent, front_page, shared, soft_404, empty, drift, loss, language or encoding",
    "why": "the reason, one sentence",
    "looks": "number of looks that showed the same",
    "first_seen": "the first of them, ISO 8601, UTC",
    "last_seen": "the last of them",
    "state": "open; accepted or rejected by a person; believed since it stayed so; past: the page says otherwise now",
}
COLUMNS["quarantine list"] = _SUSPECT
COLUMNS["quarantine show"] = {
    **_SUSPECT,
    "title": "title that the suspect has",
    "heading": 'heading of the section; "" for text before the first heading',
    "level": "level of the heading, 2 for h2; 0 where there is none",
    "text": "what a reader would read there, one block a line",
}
COLUMNS["status"] = {
    **_PAGE,
    "state": _REVISION["state"] + "; null when it was never read",
    "well": "1 when nothing is wrong, else 0",
    "last_look": "last look, whatever came of it, ISO 8601, UTC",
    "last_good_look": "last look that showed what the page is, or null",
    "age_hours": "hours since that, or null",
    "last_outcome": "outcome of the last look, as in fetch_log",
    "trouble": "what is wrong since the last good look, or null",
    "trouble_since": "first look that showed trouble since, or null",
    "trouble_looks": "number of looks in trouble since",
    "doubt": "kind of suspect that the last look saw, or null",
    "entry": "number of its entry in quarantine, where one is open, or null",
}
COLUMNS["verify"] = {
    "check": "verdict for the first object; for findings file, schema, references, chain, body, record, changes, "
    "contents, search, heads or signature",
    "text": "what was found, one sentence",
    "page": "number of the page that a finding is about, or null",
    "run": "number of the run that wrote what is damaged, or null; for the verdict the run up to which it is anchored",
    "head": "head of the last sealed run, for the verdict; else null",
    "withheld": "number of bodies that were erased or let go, for the verdict; else null",
}
COLUMNS["stats"] = {
    "group": "file, kind, page or month",
    "name": "name of the file or kind, title of the page, or the month as 2026-11",
    "page": "number of the page, or null",
    "count": "number of rows of the kind; for a page or month, of bodies first seen there or then",
    "bytes": "bytes as they were received or read",
    "stored_bytes": "bytes as they are stored, compressed where they are",
}
COLUMNS["sections"] = {
    **_PAGE,
    "section": "name of the section, the same over its whole history: its anchor or heading at birth",
    "heading": 'heading as it read last; "" for text before the first heading',
    "level": "level of the heading, 2 for h2; 0 where there is none",
    "position": "place among the sections, from 1, where it stands or stood last",
    "first_seen": "first look that saw it, ISO 8601, UTC",
    "last_changed": "first look that saw its newest text",
    "removed": "first look that did not see it any more; null: it stands on the page now",
    "texts": "number of different texts that it has had",
}
COLUMNS["blame"] = {
    **_PAGE,
    "revision": "number of the revision that is shown",
    "position": "place of the section, from 1; 0 for the preamble",
    "heading": 'heading of the section; "" for the preamble and for text before the first heading',
    "part": "heading, paragraph, quote, item, caption, row, image or film",
    "text": "what a reader reads there; for a picture or film also where it is from",
    "since": "number of the revision in which it first stood so",
    **_SEEN,
    "cause": _REVISION["cause"],
}
VOLATILE = {
    **_PAGE,
    "where": 'heading path of the section, joined by " › "; "" for the preamble and the lead section',
    "what": "what keeps changing there",
    "times": "looks of the last ones that found it changed",
    "looks": "how many looks those are",
    "before": "what a reader read there last time",
    "after": "what a reader reads there now",
    "rule": "lines for the site file that take it out of the feed, TOML",
}
"""Keys of `tidslager changes --volatile --json`."""


def picked(command: str, rows: Iterable[Row]) -> list[Row]:
    """The rows with the documented keys of a command, in their order."""
    return [{key: row[key] for key in COLUMNS[command]} for row in rows]


def log_rows(database: Database, page: int | None, *, flapping: bool = False) -> list[Row]:
    """Rows of `tidslager log`: revisions, and events of the page set that are none, the newest first.

    `flapping` asks for the revisions of pages that go back and forth only.
    """
    events = page_events(database, page=page)
    of_revisions = {(event.page, event.seen_from): event.event for event in events if event.by_page is None}
    revisions = [
        {**row, "event": of_revisions.get((row["page"], row["seen_from"]), "revision"), "summary": _told(database, row)}
        for row in revision_rows(database, page, flapping=flapping)
    ]
    at_revisions = {(row["page"], row["seen_from"]) for row in revisions}
    others = [
        _event_row(event)
        for event in events
        if not flapping and (event.by_page or (event.page, event.seen_from) not in at_revisions)
    ]
    # Sorting twice keeps the newest revision of a page first among those of one moment.
    rows = sorted([*revisions, *others], key=lambda row: (row["page"], -(row["revision"] or 0)))
    return picked("log", sorted(rows, key=lambda row: row["seen_from"], reverse=True))


def _event_row(event: PageEvent) -> Row:
    no_revision = ("revision", "state", "cause", "last_seen", "degree", "returns_to")
    nothing: dict[str, Any] = dict.fromkeys(no_revision)
    return {**msgspec.to_builtins(event), **nothing, "changes": 0, "summary": event_told(event)}


def _told(database: Database, row: Row) -> str:
    text = summary(stored_changes(database, row["revision_id"])) if row["changes"] else _begun(database, row)
    note = believed_note(database, row["revision_id"])
    return f"{text} ({note})" if note else text


def _begun(database: Database, row: Row) -> str:
    """What to say of a revision without changes: most often the first that there is."""
    pruned = row["revision"] > 1 and row["revision"] == oldest_kept(database, row["page"])
    return "the oldest that is kept; earlier ones were let go by pruning" if pruned else "first seen"


def show_rows(database: Database, page: Row, revision: Row) -> list[Row]:
    """Rows of `tidslager show`: the preamble, where there is one, and each section."""
    sections = [{"part": "section", **row} for row in section_rows(database, revision["revision_id"])]
    if revision["preamble"]:
        nothing: dict[str, Any] = {"heading": "", "level": 0, "anchor": None}
        sections.insert(0, {"part": "preamble", "position": 0, "text": revision["preamble"], **nothing})
    of_page = {key: page[key] for key in ("site", "address")}
    return picked("show", ({**of_page, **revision, **section} for section in sections))


def list_rows(database: Database, page: Row) -> list[Row]:
    """Rows of `tidslager sections`."""
    of_page = {key: page[key] for key in _PAGE}
    return picked("sections", ({**of_page, **section} for section in section_list(database, page["page"])))


def blame_rows(page: Row, revision: Row, revisions: Iterable[Row], lines: Iterable[Line]) -> list[Row]:
    """Rows of `tidslager blame`; `revisions` are those of the page, which date the lines."""
    seen = {row["revision"]: {key: row[key] for key in (*_SEEN, "cause")} for row in revisions}
    shown = {**{key: page[key] for key in _PAGE}, "title": revision["title"], "revision": revision["revision"]}
    return picked("blame", ({**shown, **msgspec.structs.asdict(line), **seen[line.since]} for line in lines))


def diff_rows(page: Row, before: Row, after: Row, changes: Iterable[Change]) -> list[Row]:
    """Rows of `tidslager diff`: the differences between any two revisions of a page."""
    adjacent = after["revision"] == before["revision"] + 1
    return picked(
        "diff",
        (
            {
                "kind": change.kind,
                "class": change.class_,
                "what": change.what,
                "where": change.where,
                "before": change.before,
                "after": change.after,
                "why": change.why,
                "page": page["page"],
                "site": page["site"],
                "address": page["address"],
                "title": after["title"],
                "revision": after["revision"],
                "from_revision": before["revision"],
                "seen_from": after["seen_from"],
                "unseen_since": after["unseen_since"] if adjacent else before["last_seen"],
                "cause": after["cause"] if adjacent else "source",
                "returns_to": after["returns_to"],
            }
            for change in changes
        ),
    )


def told(page: Row, before: Row, after: Row, changes: tuple[Change, ...]) -> Told:
    """Any two revisions of a page, for a renderer."""
    row = diff_rows(page, before, after, changes[:1])
    return Told(
        title=after["title"],
        address=page["address"],
        before=before["revision"],
        after=after["revision"],
        span=span(row[0]) if row else "",
        returns_to=after["returns_to"],
        changes=changes,
    )


def feed_told(row: Row, changes: tuple[Change, ...]) -> Told:
    """A revision beside the one before it, for a renderer; `row` is one of `tidslager changes`."""
    return Told(
        title=row["page_title"],
        address=row["address"],
        before=row["revision"] - 1,
        after=row["revision"],
        span=span(row),
        returns_to=row["returns_to"],
        changes=changes,
    )


def feed_rows(rows: Iterable[Row]) -> list[Row]:
    """Rows of `tidslager changes`."""
    return picked(
        "changes", ({**row, "title": row["page_title"], "from_revision": row["revision"] - 1} for row in rows)
    )


def chrome_feed_rows(rows: Iterable[Row]) -> list[Row]:
    """Rows of `tidslager changes --chrome`: the keys of `changes`; of a whole host, so there is no page."""
    nothing = dict.fromkeys(("page", "title", "revision", "from_revision", "returns_to"))
    return picked("changes", ({**nothing, **row, "where": row["part"]} for row in rows))
