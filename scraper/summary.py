"""Summary: what a run came to, page by page; its counts, its status, and the words for a person. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Literal

import msgspec

from archive.events import PageEvent
from archive.phrases import plural
from archive.revisions import Finding
from archive.store import RunStatus
from schemas.change import Change
from schemas.reading import Doubt
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
    "suspect": "in quarantine",
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
_TROUBLE: tuple[Result, ...] = ("failed", "unreadable", "suspect", "left")
_NOT_THE_LAYOUT: tuple[Result, ...] = ("failed", "left", "not_allowed", "gone", "still_gone", "never_seen", "moved")
"""Pages that could not be read for a reason that lies with them or their server, which their look tells."""
_OF_LAYOUT: tuple[Doubt, ...] = ("drift", "loss", "empty")
_SEVERAL = 3
"""Pages that lose their sections in one run before that is called the layout's doing: one or two may be edited."""


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """What one look at one page came to."""

    page: int
    address: str
    result: Result
    start: bool = False
    """Whether it is one of the start pages."""
    document: bool = False
    """Whether it is a linked file."""
    title: str | None = None
    sections: int = 0
    films: int = 0
    revision: int | None = None
    changes: tuple[Change, ...] = ()
    error: str | None = None
    """Why there is nothing to read, one sentence."""
    doubt: Doubt | None = None
    """What kind of suspect it is; None for anything else."""
    note: str = ""
    """How a suspect came to be believed, one sentence."""


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
    """Signs that the layout changed: where the run found less than the site's floors ask for, or pages that would lose
    their sections by it."""
    events: tuple[PageEvent, ...] = ()
    """What this run saw happen to the set of pages."""
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
        """What the run came to, the gravest first.

        Interrupted by a signal, drift where the layout changed, partial where it was stopped, failed where nothing
        could be read, partial where something could not, else ok.
        """
        if self.interrupted:
            return "interrupted"
        if self.shortfalls:
            return "drift"
        if self.stopped:
            return "partial"
        if not any(look.result in _READ for look in self.looks):
            return "failed"
        trouble = any(look.result in _TROUBLE or (look.start and look.result not in _READ) for look in self.looks)
        return "partial" if trouble else "ok"


EXIT_CODES: dict[RunStatus, int] = {"ok": 0, "failed": 1, "partial": 3, "drift": 4, "interrupted": 130}


def shortfalls(floors: Floors, looks: Iterable[Look]) -> tuple[str, ...]:
    """Signs that the layout changed, one sentence each. Pages that did not answer, or are gone, are no such sign."""
    looks = tuple(look for look in looks if not look.document)
    read = [look for look in looks if look.result in _READ]
    explained = sum(map(_explains_itself, looks))
    found = []
    if read and len(read) + explained < floors.pages:
        found.append(f"{_pages(len(read))} could be read; the site file expects at least {floors.pages}.")
    below = {
        look.address: f"{look.address} has {look.sections} sections; the site file expects at least {floors.sections}."
        for look in looks
        if look.start and look.sections < floors.sections and (look.result in _READ or look.doubt in _OF_LAYOUT)
    }
    found += below.values()
    found += [f"{look.address}: {look.error}" for look in looks if look.doubt == "drift" and look.address not in below]
    lost = sum(look.doubt in _OF_LAYOUT for look in looks)
    if lost >= max(_SEVERAL, len(read)):
        found.append(f"{_pages(lost)} would lose their sections at once, {_pages(len(read))} could be read as before.")
    return tuple(found)


def _explains_itself(look: Look) -> bool:
    """Whether a page was not read for another reason than how it is laid out."""
    return look.result in _NOT_THE_LAYOUT or (look.result == "suspect" and look.doubt not in _OF_LAYOUT)


def _pages(number: int) -> str:
    return f"{number} {plural('page', number)}"
