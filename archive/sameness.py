"""Sameness: the values that two links, blocks, items, rows or sections have in common when they read the same. Pure.

All are made of comparison forms, so that what a reader cannot see sets nothing apart. None is no reason for sameness.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable

from archive.comparison import comparison, comparison_address, file_name
from schemas.page import Block, Film, Image, Item, Link, List, Paragraph, Quote, Row, Section, Table, block_text


def link_key(link: Link) -> Hashable:
    """What two links have in common that lead the same words to the same address."""
    return comparison(link.label), comparison_address(link.address)


def block_key(block: Block) -> Hashable:
    """What two blocks have in common that read the same, addresses included."""
    match block:
        case Paragraph() | Quote():
            return type(block).__name__, comparison(block.text), _links_key(block.links)
        case List():
            return "List", block.ordered, tuple(item_key(item) for item in block.items)
        case Table():
            return "Table", comparison(block.caption), tuple(row_key(row) for row in block.rows)
        case Image():
            return "Image", comparison(block.alternative), comparison_address(block.address)
        case Film():
            return "Film", comparison(block.title), comparison_address(block.address)


def body_key(section: Section) -> tuple[Hashable, ...]:
    """What two sections have in common under whatever headings; () for a section without blocks."""
    return tuple(block_key(block) for block in section.blocks)


def _links_key(links: tuple[Link, ...]) -> Hashable:
    return tuple(link_key(link) for link in links) if links else ()


def item_key(item: Item) -> Hashable:
    """What two list items have in common that read the same at the same depth."""
    return comparison(item.text), item.level, _links_key(item.links)


def row_key(row: Row) -> Hashable:
    """What two rows have in common that read the same, cell by cell."""
    return tuple((comparison(cell.text), _links_key(cell.links)) for cell in row.cells)


def entry_keys(block: Block) -> Counter[Hashable]:
    """The items of a list or the rows of a table, in comparison form, each as often as it stands there."""
    match block:
        case List():
            return Counter(comparison(item.text) for item in block.items)
        case Table():
            return Counter(row_key(row) for row in block.rows)
        case _:
            return Counter()


def only_address(item: Item) -> str | None:
    """Address of an item that is one link and no more: it leads to the same place under another label."""
    if len(item.links) == 1 and comparison(item.links[0].label) == comparison(item.text):
        return file_name(item.links[0].address)
    return None


def picture_address(block: Block) -> Hashable | None:
    """Where a picture or film is from; None for other blocks."""
    return (type(block).__name__, file_name(block.address)) if isinstance(block, Image | Film) else None


def picture_text(block: Block) -> Hashable | None:
    """What a picture or film is called; None for other blocks and where it is called nothing."""
    text = comparison(block_text(block)) if isinstance(block, Image | Film) else ""
    return (type(block).__name__, text) if text else None


def prose_key(block: Block) -> Hashable | None:
    """The words of a paragraph or quote, whatever their links; None for other blocks and where there are none."""
    text = comparison(block.text) if isinstance(block, Paragraph | Quote) else ""
    return (type(block).__name__, text) if text else None
