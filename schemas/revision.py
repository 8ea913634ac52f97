"""Revision: the n-th distinct content of a page, and why it exists."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

Cause = Literal[
    "source",  # the site changed
    "parser",  # the bytes are old; our reading of them changed
]

State = Literal[
    "live",  # there was a page to read
    "gone",  # 404 or 410
    "moved",  # the address now leads to another page that the archive knows
    "withheld",  # it was live; what it said has been erased for a reason that `redactions` tells
]


class Revision(msgspec.Struct, frozen=True, kw_only=True):
    """One distinct state of a page, from the first look that saw it until the next revision."""

    id: int
    page: int
    """Number of the page in the archive."""
    seq: int
    """1 for the first; what people cite as "revision 3"."""
    state: State
    cause: Cause
    seen_from: datetime
    """The first look that saw this content, aware, UTC."""
    unseen_since: datetime | None
    """The last look that saw the content before; the change happened between the two. None for the first revision, and
    for one that only the parser caused: then nothing happened on the site."""
    capture: int
    """Number of the capture it was read from."""
    title: str
    """Title; for a page that is gone, the last one it had."""
    digest: bytes | None
    """SHA-256 of the page record; None unless live."""
