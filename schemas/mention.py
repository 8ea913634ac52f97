"""Mention: a person, place, organisation, time or subject that a Swedish text names, where, and how we know.

When: a day, month or year that a text names, no more exact than it says. Contact: who can be reached, and how.
"""

from __future__ import annotations

from typing import Literal

import msgspec

MentionKind = Literal["person", "municipality", "region", "organisation", "date", "subject"]


class Mention(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One naming of something by a text. Mentions of different kinds may overlap: "Haninge kommun" is two."""

    kind: MentionKind
    name: str
    """Canonical: "Söderhamn" for a municipality, "Gävleborgs län" for a county or its region under whatever name, a
    person's whole name also where the text has only the surname, an organisation's name with its capital letter, a
    time in ISO 8601, as exact as the text: "2019-10"."""
    code: str | None = None
    """Statistics Sweden's code of the place, "2182" or "21"; of the municipality or region that an organisation is."""
    role: str = ""
    """What a person is, in small letters and without its article: "verksamhetsledare"."""
    organisation: str = ""
    """Where a person is that, as the text names it; "" where the text only says "kommunen"."""
    mail: str = ""
    """Mail address that stands beside the name of a person or an organisation, in small letters."""
    phone: str = ""
    """Telephone number that does, as the text writes it."""
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
    """A person or an organisation that a text says can be reached, and how."""

    kind: Literal["person", "organisation"] = "person"
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
