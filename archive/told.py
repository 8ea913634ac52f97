"""Told: two revisions of a page side by side, with all that a renderer says about them."""

from __future__ import annotations

import msgspec

from schemas.change import Change


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What changed on one page between two revisions."""

    title: str
    address: str
    before: int
    """Number of the earlier revision within the page."""
    after: int
    span: str
    """When it happened, in words: "between … and … UTC"."""
    returns_to: int | None = None
    """First revision with the content of the later one, where the page had it before."""
    changes: tuple[Change, ...] = ()

    @property
    def heading(self) -> str:
        """The two revisions, when, and whether the later one is a return, in one line."""
        back = f", returns to revision {self.returns_to}" if self.returns_to else ""
        return f"revision {self.before} → revision {self.after}  {self.span}".rstrip() + back
