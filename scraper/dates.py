"""When a page says it was published and updated: exact days only, each with how we know it, most trusted first."""

from __future__ import annotations

import re
from datetime import date
from typing import Final, Literal

import msgspec

from schemas.page import Dated, DateSource
from scraper.layout import Layout, Place
from scraper.selectors import Finder
from scraper.swedish.days import find_date, leading_date
from scraper.tree import Region

Which = Literal["published", "updated"]

# Names of meta fields in lower case: Open Graph's article, Dublin Core in its spellings, schema.org. "last-modified" is
# not among them: it says when the server put the page together, which may be at each request.
_FIELDS: Final[dict[Which, tuple[str, ...]]] = {
    "published": (
        "article:published_time", "dcterms.issued", "dc.date.issued", "dcterms.available", "dcterms.created",
        "dc.date.created", "dcterms.date", "dc.date", "datepublished",
    ),
    "updated": (
        "article:modified_time", "dcterms.modified", "dc.modified", "dc.date.modified", "datemodified",
        "og:updated_time",
    ),
}  # fmt: skip
_TIME_MARKS: Final[dict[Which, str]] = {
    "published": "time[itemprop='datePublished'], time[pubdate], time.published, time.entry-date:not(.updated)",
    "updated": "time[itemprop='dateModified'], time.updated",
}
# After the day on a line of its own: a time of day, who did it, a full stop.
_REST: Final = re.compile(
    r"[\s,T]*(?:kl\.?\s*)?(?:\d{1,2}[.:]\d{2}(?:[.:]\d{2})?)?(?:\s+av\s+[A-ZÅÄÖ][^.]{1,60})?\s*\.?\s*"
)
# A sign, the next label with its colon, or "och" between two things that a line says.
_PARTS: Final = re.compile(
    r"\s+[|•·]\s+|[.,]?\s+(?=[A-ZÅÄÖ][a-zåäö]+(?: [a-zåäö]+){0,3}:)|\s+och\s+(?=(?:uppdater|ändr)ades\b)"
)
_PARTING: Final = ("|", "•", "·", ":", " och ")
_LONGEST_LINE: Final = 120
# News archives on SiteVision: "/insatser/2018-01-16-nya-affarer.html".
_IN_ADDRESS: Final = re.compile(r"/(\d{4}-\d{2}-\d{2})(?:-[^/]*)?$")


class Dates(msgspec.Struct, frozen=True, kw_only=True):
    """The days of a page and the lines that say them, which are metadata and not content."""

    published: Dated | None = None
    updated: Dated | None = None
    said: frozenset[str] = frozenset()
    remarks: tuple[str, ...] = ()


class Sources(msgspec.Struct, frozen=True, kw_only=True):
    """Where days are looked for."""

    finder: Finder
    root: int
    layout: Layout
    chrome: Region
    """Elements whose lines are not the page's own, such as lists of news with their days."""
    unread: Region
    meta: dict[str, list[str]]
    address: str


def dates(sources: Sources) -> Dates:
    """The days that the page states. Trust: text for readers, <time>, <meta>, then the address.

    A label that stands with several different days in the text is no statement about the page: remarked on, not used.
    """
    tree, layout = sources.finder.tree, sources.layout
    stated = [place for place in (layout.published, layout.updated, layout.reviewed) if tree.may_say(place.hints)]
    own_lines = tree.lines(sources.root, sources.chrome) if stated else []
    found: dict[Which, Dated | None] = {}
    said: set[str] = set()
    remarks: list[str] = []
    whiches: tuple[Which, ...] = ("published", "updated")
    for which in whiches:
        place: Place = getattr(layout, which)
        told = _in_place(place, sources) or _in_lines(own_lines if place in stated else [], place)
        if not told and which == "updated" and layout.reviewed in stated:
            # Who looked a page through and left it as it was vouches for its day too.
            told = _in_lines(own_lines, layout.reviewed)
        days = set(told.values())
        if len(days) > 1:
            remarks.append(f"{len(days)} different days called {which} in the text: none used")
        if len(days) == 1:
            said.update(told)
        in_text = days.pop() if len(days) == 1 else None
        found[which] = _first(
            ("text", in_text),
            ("time", _in_time(which, place, sources)),
            ("meta", _in_meta(which, sources.meta)),
            ("address", date_in_address(sources.address) if which == "published" else None),
        )
    return Dates(published=found["published"], updated=found["updated"], said=frozenset(said), remarks=tuple(remarks))


def date_in_address(address: str) -> date | None:
    """Day at the start of the last path segment, "/2018-01-16-nya-affarer.html"; None when there is none."""
    match = _IN_ADDRESS.search(address.partition("#")[0].partition("?")[0].removesuffix(".html"))
    return find_date(match[1]) if match else None


def date_line(text: str, place: Place) -> date | None:
    """The day of a line that says nothing else, "Publicerad: 1 oktober 2019"; None for any other line."""
    if len(text) > _LONGEST_LINE:
        return None
    if not text.casefold().startswith(place.folded) and not any(mark in text for mark in _PARTING):
        return None
    for part in _PARTS.split(text):
        for label in place.labels:
            if part.casefold().startswith(label.casefold()):
                day = _only_day(part[len(label) :].lstrip(" :\xa0"))
                if day:
                    return day
    return None


def _only_day(text: str) -> date | None:
    opening = leading_date(text)
    return opening[0] if opening and _REST.fullmatch(opening[1]) else None


def _in_place(place: Place, sources: Sources) -> dict[str, date]:
    """Lines of the layout's own places and their days; a place that says nothing but a day needs no label."""
    for element in sources.finder.first(place.select):
        told = sources.finder.tree.lines(element, sources.unread)
        found = _in_lines(told, place)
        bare = _only_day(told[0]) if len(told) == 1 else None
        if bare:
            return {told[0]: bare}
        if found:
            return found
    return {}


def _in_lines(told: list[str], place: Place) -> dict[str, date]:
    found = ((text, date_line(text, place)) for text in told)
    return {text: day for text, day in found if day}


def _in_time(which: Which, place: Place, sources: Sources) -> date | None:
    """Day of a <time datetime> that says what it is: by its own marks, or by the label before it."""
    finder, tree = sources.finder, sources.finder.tree
    marked = set(finder.within([sources.root], [_TIME_MARKS[which]]))
    announced: dict[int, bool] = {}
    days = set()
    for element in finder.within([sources.root], ["time[datetime]"]):
        around = tree.above(element)
        if around is None or sources.chrome.covers(element):
            continue
        if around not in announced:
            said = tree.line(around, sources.unread).casefold()
            announced[around] = len(said) <= _LONGEST_LINE and said.startswith(place.folded)
        if element in marked or announced[around]:
            days.add(find_date(tree.attribute(element, "datetime")))
    return days.pop() if len(days) == 1 else None


def _in_meta(which: Which, meta: dict[str, list[str]]) -> date | None:
    values = (value for name in _FIELDS[which] for value in meta.get(name, []))
    return next((day for day in map(find_date, values) if day), None)


def _first(*stated: tuple[DateSource, date | None]) -> Dated | None:
    return next((Dated(on=day, source=source) for source, day in stated if day), None)
