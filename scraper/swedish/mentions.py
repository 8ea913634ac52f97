"""Everything that a Swedish text names: people with roles, municipalities, regions, organisations. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from unicodedata import normalize

from msgspec.structs import replace

from schemas.mention import Mention
from scraper.swedish.lexicon import dull_words
from scraper.swedish.organisations import find_organisations
from scraper.swedish.people import find_people
from scraper.swedish.places import find_places
from scraper.swedish.runs import runs

# Soft hyphens and other characters without width, and the accents of decomposed letters, which stand inside words.
_UNSEEN: Final = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
_ACCENTS: Final = "\u0308\u030a\u0301\u0300\u0302"


def find_mentions(text: str, *, organisations: Sequence[str] = (), people: bool = True) -> tuple[Mention, ...]:
    """What the text names, in order. Equal texts give equal mentions; no text raises; time grows with its length.

    `organisations` are names that a site file lists; `people` says whether people are told at all.
    """
    if any(character in text for character in _UNSEEN + _ACCENTS):
        shown, places = _shown(text)
        found = find_mentions(shown, organisations=organisations, people=people)
        return tuple(replace(each, start=places[each.start], end=places[each.end]) for each in found)
    found_runs = runs(text, dull_words())
    named = find_organisations(text, found_runs, organisations)
    persons = find_people(text, found_runs, named)
    spans = [(person.start, person.end) for person in persons]
    told = [*named, *find_places(text, found_runs, spans), *(persons if people else ())]
    return tuple(sorted(told, key=lambda mention: (mention.start, mention.end, mention.kind)))


def _shown(text: str) -> tuple[str, list[int]]:
    """The text as a reader sees it, letters composed, and the offset of each of its characters and of its end."""
    shown: list[str] = []
    places: list[int] = []
    for at, character in enumerate(text):
        if character in _UNSEEN:
            continue
        if shown and character in _ACCENTS:
            composed = normalize("NFC", shown[-1] + character)
            if len(composed) == 1:
                shown[-1] = composed
            continue
        shown.append(character)
        places.append(at)
    return "".join(shown), [*places, len(text)]
