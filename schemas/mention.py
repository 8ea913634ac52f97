"""Mention: a person, a place or an organisation that a Swedish text names, where it does so, and how we know."""

from __future__ import annotations

from typing import Literal

import msgspec

MentionKind = Literal["person", "municipality", "region", "organisation"]


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
