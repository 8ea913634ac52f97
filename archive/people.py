"""People: in what capacity a page names a person. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final, Literal

from schemas.page import Page, Section

Capacity = Literal[
    "responsible",  # answers for the page, in its own place for that
    "contact",  # with a mail address or a number, or under a heading that offers contact
    "speaker",  # is quoted or named in the text
]

PEOPLE_COLUMNS: Final = ("section_id", "name", "role", "organisation", "named_as", "mail", "phone")

_CONTACT: Final = re.compile(r"\b(?:kontakt\w*|frågor\?|vill du veta mer|mer information)", re.IGNORECASE)


def people_values(
    record: Page, sections: Mapping[object, Section], mentions: Iterable[tuple[object, ...]]
) -> set[tuple[object, ...]]:
    """Rows of people, in the order of `PEOPLE_COLUMNS`, of the mentions in a record."""
    return {
        (section, *who, _capacity(record, section, sections.get(section), str(who[0]), reached=any(how)), *how)
        for section, kind, name, _, role, organisation, _, _, *how in mentions
        if kind == "person"
        for who in [(name, role, organisation)]
    }


def _capacity(record: Page, number: object, section: Section | None, name: str, *, reached: bool) -> Capacity:
    if number is None and record.responsible is not None and record.responsible.name == name:
        return "responsible"
    offered = section is not None and _CONTACT.search(section.heading)
    return "contact" if reached or offered else "speaker"
