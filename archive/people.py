"""People: in what capacity a page names a person. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final, Literal

from schemas.page import Page, Section

Capacity = Literal[
    "responsible",  # answers for the page, in its own place for that
    "contact",  # under a heading that offers contact
    "speaker",  # is quoted or named in the text
]

_CONTACT: Final = re.compile(r"\b(?:kontakt\w*|frågor\?|vill du veta mer|mer information)", re.IGNORECASE)


def people_values(
    record: Page, sections: Mapping[object, Section], mentions: Iterable[tuple[object, ...]]
) -> set[tuple[object, ...]]:
    """Rows of people, (section, name, role, organisation, named_as), of the mentions in a record."""
    return {
        (section, name, role, organisation, _capacity(record, section, sections.get(section), str(name)))
        for section, kind, name, _, role, organisation, *_ in mentions
        if kind == "person"
    }


def _capacity(record: Page, number: object, section: Section | None, name: str) -> Capacity:
    if number is None and record.responsible is not None and record.responsible.name == name:
        return "responsible"
    return "contact" if section is not None and _CONTACT.search(section.heading) else "speaker"
