"""Summary: what a run came to, page by page; its counts, its status, and the words for a person. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Literal

import msgspec

from archive.revisions import Finding
from archive.store import RunStatus
from schemas.change import Change
from schemas.site import Floors

Result = (
    Finding
    | Literal[
        "failed",  # no answer, or none that says what the page is: nothing is known, nothing is changed
        "not_allowed",  # robots.txt forbids it
        "not_html",
        "left",  # a redirect out of the site's scope
    ]
)

# In the order in which a person wants to read them, with the words for it.
WORDS: dict[Result, str] = {
    "changed": "changed",
    "new": "new",
    "back": "back again",
    "moved": "moved to another page",
    "gone": "gone",
    "failed": "failed",
    "unreadable": "not readable",
    "left": "led out of scope",
    "not_allowed": "not allowed by robots.txt",
    "not_html": "not HTML",
    "never_seen": "broken links",
    "still_gone": "still gone",
    "elsewhere": "only redirected",
    "unchanged": "unchanged",
}
_READ: tuple[Result, ...] = ("changed", "new", "back", "unchanged")
_TROUBLE: tuple[Result, ...] = ("failed", "unreadable", "left")


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """What one look at one page came to."""

    page: int
    address: str
    result: Result
    start: bool = False
    """Whether it is one of the start pages."""
    title: str | None = None
    sections: int = 0
    films: int = 0
    revision: int | None = None
    changes: tuple[Change, ...] = ()
    error: str | None = None
    """Why there is nothing to read, one sentence."""


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """What a run came to."""

    site: str
    run: int
    looks: tuple[Look, ...]
    seconds: float
    interrupted: bool = False
    stopped: str | None = None
    """Why the run ended before it was through, one sentence; None when it was not stopped."""
    left: tuple[str, ...] = ()
    """Addresses that a stopped run knew of and did not look at, in the order in which it would have."""
    shortfalls: tuple[str, ...] = ()
    """Where the run found less than the site's floors ask for."""
    head: str = ""
    """The head that seals the run, 64 hexadecimal digits."""

    @property
    def counts(self) -> dict[str, int]:
        """Number of pages by result, in the order of `WORDS`, those that did not occur left out."""
        found = Counter(look.result for look in self.looks)
        return {result: found[result] for result in WORDS if found[result]}

    @property
    def kept(self) -> dict[str, int]:
        """What the archive keeps of the summary: the counts, and how many addresses a stopped run left."""
        return self.counts | ({"not_reached": len(self.left)} if self.stopped else {})

    @property
    def status(self) -> RunStatus:
        """Interrupted by a signal; partial if stopped or in part unread; failed if all was unread; else ok."""
        if self.interrupted:
            return "interrupted"
        if self.stopped:
            return "partial"
        if not any(look.result in _READ for look in self.looks):
            return "failed"
        trouble = any(look.result in _TROUBLE or (look.start and look.result not in _READ) for look in self.looks)
        return "partial" if trouble or self.shortfalls else "ok"


EXIT_CODES: dict[RunStatus, int] = {"ok": 0, "failed": 1, "partial": 3, "interrupted": 130}


def shortfalls(floors: Floors, looks: Iterable[Look]) -> tuple[str, ...]:
    """Where a run found less than its site's floors ask for: a sign that the layout changed."""
    looks = tuple(looks)
    read = [look for look in looks if look.result in _READ]
    found = []
    if len(read) < floors.pages:
        found.append(f"{len(read)} pages could be read; the site file expects at least {floors.pages}.")
    found += [
        f"{look.address} has {look.sections} sections; the site file expects at least {floors.sections}."
        for look in read
        if look.start and look.sections < floors.sections
    ]
    return tuple(found)
