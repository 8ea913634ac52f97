"""Chrome: what is on a page but not its content, part by part. Derived; compared per site, never per page.

A part is named for what it is to a reader: header, menu, alert, footer, related, news, contact, … Its blocks are those
of a page record, in the same stored form, so noise is left out of chrome as it is left out of content.
"""

from __future__ import annotations

import msgspec

from schemas.page import Block


class ChromePart(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One part of the chrome, a heading in it being a paragraph."""

    name: str
    """What the layout calls it, "menu"; "around" for what no rule names."""
    blocks: tuple[Block, ...]


class Chrome(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """All chrome of one page, each name once."""

    parts: tuple[ChromePart, ...] = ()
