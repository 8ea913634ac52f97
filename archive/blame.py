"""Blame: for each line of a page the revision in which it first stood so. Pure.

A line is what an editor adds or takes away: a heading, a paragraph, a list item, a table row, a picture, a film. It
keeps its age while its words and addresses stay the same in comparison form, wherever on the page it is moved; one that
was taken away and put back is as old as its return. A time in which the whole page was gone ages nothing.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Hashable, Iterable, Iterator
from typing import Literal

import msgspec

from archive.comparison import comparison
from archive.sameness import block_key, item_key, row_key
from archive.wording import block_reading
from schemas.page import Block, Film, Image, List, Page, Paragraph, Quote, Section, Table, row_text

Part = Literal["heading", "paragraph", "quote", "item", "caption", "row", "image", "film"]

_PARTS: dict[type, Part] = {Paragraph: "paragraph", Quote: "quote", Image: "image", Film: "film"}


class Version(msgspec.Struct, frozen=True, kw_only=True):
    """A live revision of a page: its number, its record, and the identity of each of its sections."""

    revision: int
    page: Page
    sections: tuple[int, ...]


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A line of a page and its age."""

    position: int
    """Place of its section, from 1; 0 for the preamble."""
    heading: str
    """Heading of its section."""
    part: Part
    text: str
    since: int
    """Revision in which it first stood so."""


class _Unit(msgspec.Struct, frozen=True, kw_only=True):
    part: Part
    text: str
    key: Hashable


def blame(versions: Iterable[Version]) -> tuple[Line, ...]:
    """Return the lines of the last version, each with the revision since which it stands; () without versions.

    `versions` are live revisions in time order.
    """
    lines: tuple[Line, ...] = ()
    ages: _Ages = {}
    for version in versions:
        places = list(_places(version))
        ages = _aged(places, ages, version.revision)
        lines = tuple(
            Line(position=position, heading=heading, part=unit.part, text=unit.text, since=since)
            for (position, identity, heading, units), dated in zip(places, ages.values(), strict=True)
            for unit, since in zip(units, (since for _, since in dated), strict=True)
        )
    return lines


_Ages = dict[int, list[tuple[Hashable, int]]]
"""For each section, by identity, its lines in order: what they are known by, and since which revision they stand."""

_Place = tuple[int, int, str, list[_Unit]]


def _places(version: Version) -> Iterator[_Place]:
    """The preamble, as section 0, and each section: position, identity, heading and lines."""
    yield 0, 0, "", [unit for block in version.page.preamble for unit in _units(block)]
    for position, (section, identity) in enumerate(zip(version.page.sections, version.sections, strict=True), 1):
        yield position, identity, section.heading, [*_heading(section), *(u for b in section.blocks for u in _units(b))]


def _aged(places: list[_Place], before: _Ages, revision: int) -> _Ages:
    """The age of each line: that of an equal one in the same section, else anywhere on the page, else new."""
    left = {identity: _Pool(dated) for identity, dated in before.items()}
    found = {
        (identity, index): since
        for _, identity, _, units in places
        for index, unit in enumerate(units)
        if identity in left and (since := left[identity].take(unit.key)) is not None
    }
    elsewhere = _Pool([line for pool in left.values() for line in pool.rest()])
    return {
        identity: [
            (unit.key, found.get((identity, index)) or elsewhere.take(unit.key) or revision)
            for index, unit in enumerate(units)
        ]
        for _, identity, _, units in places
    }


class _Pool:
    """Lines that stood before, each to be found again once; equal ones in the order in which they stood."""

    def __init__(self, dated: list[tuple[Hashable, int]]) -> None:
        self._ages: dict[Hashable, deque[int]] = defaultdict(deque)
        for key, since in dated:
            self._ages[key].append(since)

    def take(self, key: Hashable) -> int | None:
        """The age of the first line left that the key knows, which is left no longer; None where there is none."""
        ages = self._ages.get(key)
        return ages.popleft() if ages else None

    def rest(self) -> list[tuple[Hashable, int]]:
        """What is left."""
        return [(key, since) for key, ages in self._ages.items() for since in ages]


def _heading(section: Section) -> Iterator[_Unit]:
    if section.heading:
        yield _Unit(part="heading", text=section.heading, key=("heading", comparison(section.heading)))


def _units(block: Block) -> Iterator[_Unit]:
    match block:
        case List():
            for item in block.items:
                yield _Unit(part="item", text=item.text, key=("item", item_key(item)))
        case Table():
            if block.caption:
                yield _Unit(part="caption", text=block.caption, key=("caption", comparison(block.caption)))
            for row in block.rows:
                yield _Unit(part="row", text=row_text(row), key=("row", row_key(row)))
        case Paragraph() | Quote() | Image() | Film():
            yield _Unit(part=_PARTS[type(block)], text=block_reading(block), key=block_key(block))
