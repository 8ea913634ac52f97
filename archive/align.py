"""Alignment: what makes two sections, blocks, items or rows the same one at two times. Pure.

Reasons in order of weight: equal content, then the stable key that the sort has (a section's anchor or heading path, a
row's first cell, a picture's address), then likeness. `archive.pairs` does the pairing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from archive.comparison import comparison
from archive.pairs import CANDIDATES, Key, Pairing, Sketch, pair
from archive.regroup import regrouped, with_pairs
from archive.sameness import (
    block_key,
    body_key,
    entry_keys,
    item_key,
    only_address,
    picture_address,
    picture_text,
    prose_key,
    row_key,
)
from archive.wording import heading_paths, section_text
from schemas.page import Block, Film, Image, Item, List, Row, Section, Table, block_text, row_text


class _Headed(NamedTuple):
    """A section and the headings over it, its own last, in comparison form."""

    section: Section
    path: tuple[str, ...]


def align_sections(before: tuple[Section, ...], after: tuple[Section, ...]) -> tuple[tuple[int, int], ...]:
    """Pairs (index before, index after) of the sections that are the same one, in the order of the later page.

    Equal content; then the same anchor and heading, the same place in the heading tree, the same text under another
    heading (once on each side), the same anchor; then likeness. A section that was split lives on in a
    part of it, merged ones in the whole. No section is in two pairs.
    """
    return pair_sections(before, after).pairs


def pair_sections(before: Sequence[Section], after: Sequence[Section]) -> Pairing:
    """`align_sections`, and whether there were too many sections to compare them all."""
    found = pair(
        [_Headed(*both) for both in zip(before, _comparable_paths(before), strict=True)],
        [_Headed(*both) for both in zip(after, _comparable_paths(after), strict=True)],
        (
            Key(lambda one: (comparison(one.section.heading), body_key(one.section))),
            Key(lambda one: one.section.anchor and (one.section.anchor, comparison(one.section.heading))),
            Key(lambda one: (one.section.level == 0, one.path)),
            Key(lambda one: body_key(one.section) or None, unique=True),
            Key(lambda one: one.section.anchor, unique=True),
        ),
        lambda one: Sketch("section", section_text(one.section)),
    )
    return found._replace(pairs=with_pairs(found.pairs, regrouped(before, after, found.pairs)))


def align_blocks(before: Sequence[Block], after: Sequence[Block]) -> Pairing:
    """Pairs of the blocks that are the same one. Blocks of different sorts never are."""
    found = pair(
        before,
        after,
        (Key(block_key), Key(prose_key), Key(picture_address), Key(picture_text)),
        lambda block: Sketch(type(block).__name__, "" if isinstance(block, Image | Film) else block_text(block)),
        lone=frozenset({"Image", "Film"}),
    )
    shared = _pairs_by_entries(before, after, found.pairs)
    return found._replace(pairs=tuple(sorted([*found.pairs, *shared], key=lambda both: both[1]))) if shared else found


def _pairs_by_entries(
    before: Sequence[Block], after: Sequence[Block], pairs: Sequence[tuple[int, int]]
) -> list[tuple[int, int]]:
    """Pairs of the lists and tables left that share half of the fewer entries, in whatever order; most shared first."""
    sides = []
    for blocks, taken in ((before, {i for i, _ in pairs}), (after, {j for _, j in pairs})):
        left = [at for at, block in enumerate(blocks) if at not in taken and isinstance(block, List | Table)]
        sides.append([(at, entry_keys(blocks[at])) for at in left[:CANDIDATES]])
    scored = []
    for i, keys in sides[0]:
        for j, others in sides[1]:
            shared = (keys & others).total()
            if shared and 2 * shared >= min(keys.total(), others.total()) and type(before[i]) is type(after[j]):
                scored.append((-shared, abs(i - j), i, j))
    found: dict[int, int] = {}
    for _, _, i, j in sorted(scored):
        if i not in found and j not in found.values():
            found[i] = j
    return list(found.items())


def align_items(before: Sequence[Item], after: Sequence[Item]) -> Pairing:
    """Pairs of the list items that are the same one."""
    return pair(
        before,
        after,
        (Key(item_key), Key(lambda item: comparison(item.text) or None), Key(only_address)),
        lambda item: Sketch("item", item.text),
    )


def align_rows(before: Sequence[Row], after: Sequence[Row]) -> Pairing:
    """Pairs of the table rows that are the same one: a row is known by its first cell."""
    return pair(
        before,
        after,
        (Key(row_key), Key(lambda row: comparison(row.cells[0].text) or None if row.cells else None)),
        lambda row: Sketch("row", row_text(row)),
    )


def _comparable_paths(sections: Sequence[Section]) -> list[tuple[str, ...]]:
    return [tuple(comparison(heading) for heading in path) for path in heading_paths(sections)]
