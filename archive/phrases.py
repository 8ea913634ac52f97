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


def phrase(change: Change) -> str:
    """What happened, in words: "paragraph edited", "published date changed", "list reordered"."""
    return f"{_SINGLE.get(change.what, change.what)} {_verb(change)}"


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
