"""Mention: a person, a place or an organisation that a Swedish text names, where it does so, and how we know.

When: a day, month or year that a text names, no more exact than it says. Contact: a person who can be reached. The two
stand on a page in a `Spot`.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from schemas.page import DateSource

MentionKind = Literal["person", "municipality", "region", "organisation"]
Says = Literal["published", "updated", "named"]


class Mention(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One naming of something by a text. Mentions of different kinds may overlap: "Haninge kommun" is two."""

    kind: MentionKind
    name: str
    """Canonical: "Söderhamn" for a municipality, "Gävleborgs län" for a county or its region under whatever name, a
    person's whole name also where the text has only the surname, an organisation's name with its capital letter."""
    code: str | None = None
    """Statistics Sweden's code of the place, "2182" or "21"; of the municipality or region that an organisation is."""
    role: str = ""
    """What a person is, in small letters and without its article: "verksamhetsledare"."""
    organisation: str = ""
    """Where a person is that, as the text names it; "" where the text only says "kommunen"."""
    start: int
    """Offset of the first character in the text."""
    end: int
    """Offset after the last one."""
    evidence: str
    """The rule that found it, in words."""


class When(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A time that a text names, as exact as it is said: "oktober 2019" has no day, "2019" no month."""

    year: int
    month: int | None = None
    day: int | None = None
    start: int
    """Offset of the first character in the text."""
    end: int
    """Offset after the last one."""

    def __str__(self) -> str:
        """ISO 8601, as exact as it is said: "2019-10-01", "2019-10", "2019"."""
        parts = (part for part in (self.month, self.day) if part is not None)
        return "-".join([f"{self.year:04}", *(f"{part:02}" for part in parts)])


class Contact(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A person whom a text says can be reached, and how."""

    name: str
    role: str = ""
    organisation: str = ""
    mail: str = ""
    """Mail address, in small letters."""
    phone: str = ""
    """Number as the text writes it."""
    start: int
    """Offset of the name in the text."""
    end: int
    """Offset after it."""


class Spot(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where on a page something stands: in a section, in a part of the chrome, or else in the head of the page."""

    section: int | None = None
    """Index in `Page.sections`."""
    heading: str = ""
    """Heading of that section."""
    part: str = ""
    """Name of the chrome's part, such as "contact"."""


class PageContact(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A contact as a page gives it; its offsets count in the text of the spot with its mail and telephone links."""

    contact: Contact
    spot: Spot


class PageDate(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A time that a page names."""

    when: When
    words: str
    """The time as the text writes it; its ISO form, for one that the page states of itself."""
    source: DateSource
    """How it is known: "text" for what readers read, else the place where the page states its own days."""
    says: Says
    """Whether the page states it of itself, or a text names it."""
    spot: Spot
