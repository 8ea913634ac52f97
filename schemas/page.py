"""Page: what one capture says. Derived from evidence by the parser; equal when its digest is equal.

The parts: metadata (title, dates, responsible person, …), a preamble, and sections in document order. A section
is a heading with blocks under it; a block is a paragraph, list, quote, table, image or film. Links stand in the
text they belong to, so nothing is said twice and `Page.links()` is a walk, not a copy.

Texts are in *stored form*: as a reader sees them, each run of white space one space (U+0020, line breaks and tabs;
no-break spaces, soft hyphens and zero-width characters are kept), ends stripped, a <br> a line feed. Spelling is the
page's own.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date
from typing import Literal, TypeAlias

import msgspec

LinkKind = Literal[
    "page",  # http(s) on the page's own host, "www." or not
    "document",  # a file: /download/ or an extension such as .pdf, .docx, .xlsx
    "media",  # film, sound or picture, by extension or by a known player's host
    "mail",  # mailto:
    "phone",  # tel:
    "external",  # http(s) on another host
]

DateSource = Literal["text", "time", "meta", "address"]


class Link(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An address that a reader can follow, and the words that lead there."""

    label: str
    """The words, without the suffix meant for screen readers."""
    address: str
    """Resolved against the page, normal form, without session ids; the fragment is kept."""
    kind: LinkKind


class Paragraph(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind", tag="paragraph"):
    """Running text. Text outside any block element is a paragraph too."""

    text: str
    links: tuple[Link, ...] = ()


class Quote(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind", tag="quote"):
    """A block quotation."""

    text: str
    links: tuple[Link, ...] = ()


class Item(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One entry of a list. A nested entry follows its parent with a greater level; no text stands in both."""

    text: str
    level: int = 1
    """Depth in the list, 1 for the outermost."""
    links: tuple[Link, ...] = ()


class List(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind", tag="list"):
    """A list, nested lists flattened in document order."""

    items: tuple[Item, ...]
    ordered: bool = False


class Cell(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One cell of a table."""

    text: str
    header: bool = False
    links: tuple[Link, ...] = ()


class Row(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One row of a table; its first cell is what a reader knows it by."""

    cells: tuple[Cell, ...]


class Table(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind", tag="table"):
    """A table as it stands, header rows included."""

    rows: tuple[Row, ...]
    caption: str = ""


class Image(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind", tag="image"):
    """A picture in the content."""

    address: str
    alternative: str = ""
    """Alternative text (alt)."""


class Film(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind", tag="film"):
    """An embedded film or sound: iframe player, video or audio element, consent placeholder."""

    address: str
    title: str = ""


Block: TypeAlias = Paragraph | Quote | List | Table | Image | Film


class Section(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A heading and what stands under it, up to the next heading."""

    heading: str
    """Text of the heading; "" for the lead section, which is what stands before the first heading."""
    level: int
    """2 for h2, …; 0 for the lead section."""
    anchor: str | None = None
    """The heading's id, by which an address can point at it."""
    links: tuple[Link, ...] = ()
    """Links in the heading itself."""
    blocks: tuple[Block, ...] = ()


class Person(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A person whom the page names in a place of its own."""

    name: str
    role: str = ""

    def __str__(self) -> str:
        return f"{self.name}, {self.role}" if self.role else self.name


class Dated(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A day and how we know it."""

    on: date
    source: DateSource
    """text: written for readers; time: <time datetime>; meta: <meta>; address: YYYY-MM-DD in the last path segment."""


class Page(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What one capture says, chrome and noise left out."""

    title: str
    language: str | None = None
    """BCP 47 tag from <html lang>, else from a meta field."""
    canonical: str | None = None
    """Address that the page calls its own, resolved."""
    published: Dated | None = None
    updated: Dated | None = None
    responsible: Person | None = None
    """"Informationsansvarig": from the page's metadata block, not from its text."""
    breadcrumb: tuple[str, ...] = ()
    """Labels from the site's root to the page."""
    preamble: tuple[Block, ...] = ()
    """The introduction between title and text, where the page marks one."""
    sections: tuple[Section, ...] = ()

    def texts(self) -> tuple[str, ...]:
        """What a reader reads, a line a block: title, preamble and responsible person; then each section, headed."""
        head = (self.title, *map(block_text, self.preamble), str(self.responsible or ""))
        parts = [head, *((section.heading, *map(block_text, section.blocks)) for section in self.sections)]
        return tuple("\n".join(filter(None, part)) for part in parts)

    def links(self) -> Iterator[tuple[Section | None, Link]]:
        """Each link in document order with the section it stands in; None for the preamble."""
        yield from ((None, link) for block in self.preamble for link in block_links(block))
        for section in self.sections:
            yield from ((section, link) for link in section.links)
            yield from ((section, link) for block in section.blocks for link in block_links(block))

    def films(self) -> Iterator[tuple[Section | None, Film]]:
        """Each film in document order with the section it stands in; None for the preamble."""
        yield from ((None, block) for block in self.preamble if isinstance(block, Film))
        for section in self.sections:
            yield from ((section, block) for block in section.blocks if isinstance(block, Film))


def block_links(block: Block) -> tuple[Link, ...]:
    """Links inside one block, in document order."""
    match block:
        case Paragraph() | Quote():
            return block.links
        case List():
            return tuple(link for item in block.items for link in item.links)
        case Table():
            return tuple(link for row in block.rows for cell in row.cells for link in cell.links)
        case Image() | Film():
            return ()


def row_text(row: Row) -> str:
    """What a reader reads in a row: its cells, apart by " | "."""
    return " | ".join(cell.text for cell in row.cells)


def block_text(block: Block) -> str:
    """What a reader reads in one block: items and rows on lines of their own, cells apart by " | "."""
    match block:
        case Paragraph() | Quote():
            return block.text
        case List():
            return "\n".join(item.text for item in block.items)
        case Table():
            rows = [row_text(row) for row in block.rows]
            return "\n".join([block.caption, *rows] if block.caption else rows)
        case Image():
            return block.alternative
        case Film():
            return block.title


def canonical_json(record: msgspec.Struct) -> bytes:
    """The one JSON form of a record: fields in the order of their definition, no white space, UTF-8.

    Equal records give equal bytes on any machine; this is what is hashed, stored and compared. Fields that have their
    default are left out, so a field added to a record later leaves the digests of older records as they are.
    """
    return msgspec.json.encode(record, order="deterministic")


def digest(record: msgspec.Struct) -> bytes:
    """SHA-256 of the canonical JSON, 32 bytes: two pages are the same when their digests are."""
    return hashlib.sha256(canonical_json(record)).digest()


def decode_page(data: bytes | str) -> Page:
    """Return the page record that `canonical_json` wrote.

    Raises msgspec.ValidationError when the JSON is no page record.
    """
    return msgspec.json.decode(data, type=Page)
