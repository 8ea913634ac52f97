"""Recognise: whom and what the texts of a page name. Derived from the page record alone, and kept beside it. Pure."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import msgspec

from schemas.mention import Mention
from schemas.page import Page, digest
from schemas.reading import Reading, Rules
from scraper.page_contacts import contacts_in, with_contacts
from scraper.swedish.days import find_dates
from scraper.swedish.mentions import find_mentions
from scraper.swedish.subjects import find_subjects

_REMEMBERED = 4096
"""Texts whose mentions are remembered: a rebuild reads most texts as many times as there were nights."""
_LONGEST_REMEMBERED = 20_000
"""Characters up to which a text is remembered."""
_LOOKED_AT = 500_000
"""Characters of a text in which names are looked for: what a book has. Beyond it, memory grows for nothing."""


def recognised(reading: Reading, rules: Rules, known: bytes | None = None) -> Reading:
    """The reading with what its texts name and who can be reached; people only where the site's rules ask for them.

    `known` is the digest of a record of which that is known: then only the chrome is looked at, which is no part of it.
    """
    page, chrome = reading.page, reading.chrome
    if page is None:
        return reading
    contacts = contacts_in(chrome, rules) if chrome else ()
    if known is not None and digest(page) == known:
        return msgspec.structs.replace(reading, mentions=None, contacts=contacts)
    texts = page.texts()
    openings = (len(texts[0]), *(len(section.heading) for section in page.sections))
    found = [
        _remembered(text[:_LOOKED_AT])(text[:_LOOKED_AT], opening, rules.organisations, rules.people)
        for text, opening in zip(texts, openings, strict=True)
    ]
    if rules.people:
        found[0] = _of_head(found[0], page, texts[0])
    return msgspec.structs.replace(reading, mentions=with_contacts(page, texts, found, rules), contacts=contacts)


def _of_head(found: tuple[Mention, ...], page: Page, text: str) -> tuple[Mention, ...]:
    """What the head of a page names; the person who answers for the page stands in a place of its own."""
    person = page.responsible
    if person is None:
        return found
    others = tuple(one for one in found if (one.kind, one.name) != ("person", person.name))
    words = str(person)
    named = Mention(
        kind="person",
        name=person.name,
        role=person.role,
        start=len(text) - len(words),
        end=len(text),
        evidence="named in a place of its own as who answers for the page",
    )
    return (*others, named)


def _remembered(text: str) -> Callable[[str, int, tuple[str, ...], bool], tuple[Mention, ...]]:
    return _mentions if len(text) <= _LONGEST_REMEMBERED else _mentions.__wrapped__


@lru_cache(maxsize=_REMEMBERED)
def _mentions(
    text: str,
    opening: int,
    organisations: tuple[str, ...],
    people: bool,  # noqa: FBT001 -- cached
) -> tuple[Mention, ...]:
    named = find_mentions(text, organisations=organisations, people=people)
    return (*named, *_times(text), *find_subjects(text, opening))


def _times(text: str) -> tuple[Mention, ...]:
    return tuple(
        Mention(kind="date", name=str(when), start=when.start, end=when.end, evidence="a day, month or year as written")
        for when in find_dates(text)
    )
