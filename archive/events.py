"""Events: what happened to the set of pages: who came, went, moved, and whom the start pages link to. Only reads."""

from __future__ import annotations

from typing import Literal

import msgspec
from sqlite_utils import Database

Event = Literal[
    "appeared",  # first look that showed a page
    "moved",  # found at another address, or led to another page that we have
    "unlinked",  # a start page no longer links to it; it is looked at all the same
    "linked again",
    "gone",  # 404 or 410
    "back",  # answers again
]


class PageEvent(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that happened to a page as a member of its collection."""

    page: int
    title: str | None
    address: str
    site: str
    event: Event
    seen_from: str
    """First look that showed it, archive time."""
    unseen_since: str | None
    """Last look before; None for a first look."""
    before: str | None
    """For `moved`: the address before."""
    after: str | None
    """For `moved`: the address now."""
    by_page: int | None
    """For `unlinked` and `linked again`: number of the start page."""
    by_title: str | None


def page_events(database: Database, *, run: int | None = None, page: int | None = None) -> tuple[PageEvent, ...]:
    """Events in the order in which they were seen: those that a run saw, or those of a page, or all."""
    clauses = [("e.run = ?", run), ("e.page = ?", page)]
    wanted = [(clause, value) for clause, value in clauses if value is not None]
    rows = database.query(
        "SELECT e.page, l.title, l.address, l.site, e.event, e.seen_from, e.unseen_since, e.before, e.after, e.by_page,"
        " h.title AS by_title FROM page_events e JOIN page_list l ON l.page = e.page"
        " LEFT JOIN page_list h ON h.page = e.by_page"
        f" WHERE {' AND '.join(clause for clause, _ in wanted) or '1'} ORDER BY e.seen_from, e.page, e.event",
        [value for _, value in wanted],
    )
    return tuple(msgspec.convert(row, PageEvent) for row in rows)


def told(event: PageEvent) -> str:
    """An event in words."""
    match event.event:
        case "moved":
            return f"moved from {event.before} to {event.after}"
        case "unlinked":
            return f"no longer linked from {event.by_title or event.by_page}"
        case "linked again":
            return f"linked again from {event.by_title or event.by_page}"
        case _:
            return event.event
