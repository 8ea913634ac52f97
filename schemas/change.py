"""Change: one difference between two revisions: what, where, before, after, and how it is classed.

A change is written twice over. `kind`, `what`, `where`, `before` and `after` are for people. `ops` are the same
change as exact steps, so that the changes of a diff rebuild the later record from the earlier one byte for byte:
`apply(a, diff(a, b)) == b`.
"""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import msgspec

Kind = Literal[
    "added",
    "removed",
    "edited",
    "renamed",  # a section: the heading changed
    "moved",
    "moved_and_edited",
    "split",  # one section became two or more
    "merged",  # two or more sections became one
    "relevelled",  # a section: h2 became h3 or the like
]

Class = Literal[
    "editorial",  # what an editor wrote
    "metadata",  # dates, responsible person, breadcrumb, canonical address, language
    "cosmetic",  # equal in comparison form: no-break spaces, soft hyphens, session ids, …
    "chrome",  # what is on the page but not its content
]

What = Literal[
    "page", "title", "preamble", "language", "canonical", "published", "updated", "responsible", "breadcrumb",
    "section", "paragraph", "quote", "list", "item", "table", "row", "column", "image", "film", "link", "document",
    "part",
]  # fmt: skip

Path: TypeAlias = tuple[str | int, ...]


class Set(msgspec.Struct, frozen=True, kw_only=True, tag_field="op", tag="set"):
    """Replace the value at `path`. Indexes count in the record before."""

    path: Path
    before: Any
    after: Any


class Delete(msgspec.Struct, frozen=True, kw_only=True, tag_field="op", tag="delete"):
    """Take the entry at `path` out of its list. Indexes count in the record before."""

    path: Path
    value: Any


class Insert(msgspec.Struct, frozen=True, kw_only=True, tag_field="op", tag="insert"):
    """Put `value` into the list at `path[:-1]`, where it stands at index `path[-1]` when all is done.

    The last index counts in the record after; indexes above it count in the record before, for the list that stood
    there.
    """

    path: Path
    value: Any


class Move(msgspec.Struct, frozen=True, kw_only=True, tag_field="op", tag="move"):
    """Take the entry at `path` (counted before) to index `to` (counted after) of the same list."""

    path: Path
    to: int


Op: TypeAlias = Set | Delete | Insert | Move


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One difference, as an editor would say it."""

    kind: Kind
    class_: Class = msgspec.field(name="class")
    what: What
    where: str
    """Heading path, outermost first, joined by " › "; "" for the page as a whole. Headings as they read after the
    change, or before it where they are gone."""
    before: str | None
    """What a reader read before; None when there was nothing."""
    after: str | None
    """What a reader reads after; None when there is nothing."""
    why: str
    """The rule that classed it, a few words."""
    truncated: bool = False
    """True when the inputs were too large for a minimal answer: right, but perhaps longer than need be."""
    section_before: int | None = None
    """Index of the section in the earlier record; None outside sections and for what was added."""
    section_after: int | None = None
    """Index of the section in the later record; None outside sections and for what was removed."""
    ops: tuple[Op, ...] = ()
    """The exact steps; together, the steps of all changes of a diff rebuild the later record."""
