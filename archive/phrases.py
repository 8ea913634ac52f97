"""Phrases: changes said in words, one by one and as a summary line. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from schemas.change import Change, Class

HIDDEN: tuple[Class, ...] = ("cosmetic", "chrome")
"""Classes that are kept and counted, and shown only on request."""

_SINGLE = {
    "title": "title",
    "language": "language",
    "canonical": "canonical address",
    "published": "published date",
    "updated": "updated date",
    "responsible": "responsible person",
    "breadcrumb": "breadcrumb",
}
_ENTRIES = ("list", "table")
_OF_PAGE = {"added": "back", "removed": "gone"}
"""What is said of a page as a whole: it was there before, so it is not "added"."""


def phrase(change: Change, *, remarks: bool = False) -> str:
    """What happened, in words: "paragraph edited", "published date changed", "list reordered".

    With remarks also why it is cosmetic, and whether the answer may be longer than need be.
    """
    told = f"{_SINGLE.get(change.what, change.what)} {_verb(change)}"
    if remarks and change.class_ == "cosmetic":
        told += f" (cosmetic: {change.why})"
    return told + (" (too long for the shortest answer)" if remarks and change.truncated else "")


def shown(changes: Iterable[Change], *, show_all: bool) -> list[Change]:
    """The changes to show: those of the hidden classes only on request."""
    return [change for change in changes if show_all or change.class_ not in HIDDEN]


def hidden_line(changes: Iterable[Change], *, show_all: bool) -> str:
    """How many differences are not shown, and what shows them; "" where all are shown."""
    hidden = [change for change in changes if change.class_ in HIDDEN]
    if show_all or not hidden:
        return ""
    return f"{hidden_counts(hidden)} not shown (--all shows {'it' if len(hidden) == 1 else 'them'})"


def summary(changes: Iterable[Change]) -> str:
    """All changes in one line, in reading order of their first: "2 paragraphs edited, responsible person changed"."""
    told = list(changes)
    counts = Counter(
        (_SINGLE.get(change.what, change.what), _verb(change), change.what in _SINGLE)
        for change in told
        if change.class_ not in HIDDEN
    )
    parts = [
        f"{noun} {verb}" if single or noun == "page" else f"{count} {plural(noun, count)} {verb}"
        for (noun, verb, single), count in counts.items()
    ]
    hidden = hidden_counts(told)
    return ", ".join([*parts, hidden] if hidden else parts) or "no differences"


def hidden_counts(changes: Iterable[Change]) -> str:
    """How many differences of the hidden classes there are: "2 cosmetic and 1 chrome difference"; "" for none."""
    counts = Counter(change.class_ for change in changes if change.class_ in HIDDEN)
    named = [f"{counts[name]} {name}" for name in HIDDEN if counts[name]]
    return " and ".join(named) + f" {plural('difference', max(counts.values()))}" if named else ""


def plural(noun: str, count: int) -> str:
    """The noun as it goes with the count."""
    return noun if count == 1 else noun + "s"


def _verb(change: Change) -> str:
    if change.what in _SINGLE and change.kind == "edited":
        return "edited" if change.what == "title" else "changed"
    if change.what in _ENTRIES and change.kind == "moved" and change.before != change.after:
        return "reordered"
    if change.what == "page":
        return _OF_PAGE.get(change.kind, change.kind)
    return change.kind.replace("_", " ")
