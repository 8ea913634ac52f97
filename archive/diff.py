"""Diff: the changes between two page records, as an editor would tell them. Pure, bounded by counts, deterministic.

Two promises: `apply(a, diff(a, b)) == b`, and `diff(a, a) == ()`. A first look is no difference: there is no diff with
nothing. What counts as a change, and why, is told in `docs/reading-a-diff.md`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from archive.comparison import comparison, comparison_address, cosmetic_reason
from archive.diff_blocks import block_changes
from archive.diff_sections import section_changes
from archive.reunite import reunited
from archive.spot import Spot
from archive.wording import SEPARATOR
from schemas.change import Change, Class, Kind, What
from schemas.page import Dated, Page

_PAGE = Spot()


def diff(before: Page, after: Page) -> tuple[Change, ...]:
    """Changes from one record of a page to another, in reading order: metadata, preamble, sections.

    Each difference is told once, none is hidden: together the changes rebuild the later record (`archive.apply`).
    Differences between forms that read the same are there too, classed `cosmetic`. Never raises.
    """
    if before == after:
        return ()
    content = (
        *block_changes(Spot(path=("preamble",), preamble=True), before.preamble, after.preamble),
        *section_changes(before.sections, after.sections),
    )
    return (*_metadata_changes(before, after), *reunited(content))


def _metadata_changes(before: Page, after: Page) -> Iterator[Change]:
    yield from _text(before, after, "title", "editorial")
    yield from _text(before, after, "language", "metadata")
    yield from _canonical(before.canonical, after.canonical)
    yield from _day("published", before.published, after.published)
    yield from _day("updated", before.updated, after.updated)
    yield from _text(before, after, "responsible", "metadata")
    yield from _text(before, after, "breadcrumb", "metadata")


def _text(before: Page, after: Page, field: What, class_: Class) -> Iterator[Change]:
    """A field that is compared as the text it reads as."""
    value, new = getattr(before, field), getattr(after, field)
    texts = _reading(value), _reading(new)
    if value != new:
        same = comparison(texts[0] or "") == comparison(texts[1] or "") and (value is None) == (new is None)
        why = cosmetic_reason(texts[0] or "", texts[1] or "") if same else "text differs"
        yield _field_change(field, (value, new), texts, why, "cosmetic" if same else class_)


def _canonical(value: str | None, new: str | None) -> Iterator[Change]:
    if value != new:
        same = value is not None and new is not None and comparison_address(value) == comparison_address(new)
        why = "form of address only" if same else "address differs"
        yield _field_change("canonical", (value, new), (value, new), why, "cosmetic" if same else "metadata")


def _day(field: What, value: Dated | None, new: Dated | None) -> Iterator[Change]:
    if value == new:
        return
    if value and new and value.on == new.on:
        texts = f"{value.on} (from {value.source})", f"{new.on} (from {new.source})"
        yield _field_change(field, (value, new), texts, "source only", "cosmetic")
    else:
        days = _reading(value and value.on), _reading(new and new.on)
        yield _field_change(field, (value, new), days, "day differs", "metadata")


def _field_change(
    field: What, values: tuple[Any, Any], texts: tuple[str | None, str | None], why: str, class_: Class
) -> Change:
    before, after = texts
    kind: Kind = "added" if before is None else "removed" if after is None else "edited"
    return _PAGE.change(kind, field, before, after, why=why, ops=_PAGE.set(field, *values), class_=class_)


def _reading(value: Any) -> str | None:
    """What a reader reads of a field; None when the page has it not."""
    if isinstance(value, tuple):
        return SEPARATOR.join(value) or None
    return None if value is None else str(value)
