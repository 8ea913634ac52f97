"""Wording: what a reader reads in a section or block, and the headings that it stands under. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from schemas.page import Block, Film, Image, Section, block_text

SEPARATOR = " › "
"""Between the headings of a heading path, and between the labels of a breadcrumb."""


def heading_paths(sections: Sequence[Section]) -> list[tuple[str, ...]]:
    """For each section the headings that lead to it, outermost first, its own last; () for the lead section.

    An h3 stands under the nearest h2 before it, and so on; sections without heading add nothing.
    """
    paths = []
    over: list[Section] = []
    for section in sections:
        while over and over[-1].level >= section.level:
            over.pop()
        over.append(section)
        paths.append(tuple(above.heading for above in over if above.heading))
    return paths


def block_reading(block: Block) -> str:
    """What a reader gets from a block: its text; for a picture or a film also where it is from."""
    if isinstance(block, Image | Film):
        return f"{block_text(block)} <{block.address}>".lstrip()
    return block_text(block)


def section_text(section: Section) -> str:
    """What a reader reads in a section: its heading, then its blocks, each from a line of its own."""
    readings = [section.heading, *(block_reading(block) for block in section.blocks)]
    return "\n".join(reading for reading in readings if reading)
