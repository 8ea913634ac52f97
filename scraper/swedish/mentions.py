"""Everything that a Swedish text names: people with roles, municipalities, regions, organisations. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from schemas.mention import Mention
from scraper.swedish.organisations import find_organisations
from scraper.swedish.people import find_people
from scraper.swedish.places import find_places
from scraper.swedish.runs import runs


def find_mentions(text: str, *, organisations: Sequence[str] = (), people: bool = True) -> tuple[Mention, ...]:
    """What the text names, in order. Equal texts give equal mentions; no text raises; time grows with its length.

    `organisations` are names that a site file lists; `people` says whether people are told at all.
    """
    found = runs(text)
    named = find_organisations(text, found, organisations)
    persons = find_people(text, found, named)
    places = find_places(text, found, [(person.start, person.end) for person in persons])
    told = [*named, *places, *(persons if people else ())]
    return tuple(sorted(told, key=lambda mention: (mention.start, mention.end, mention.kind)))
