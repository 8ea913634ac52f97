"""Office: what a text document of Word (.docx) or of OpenDocument (.odt) says, with headings and tables. Pure.

Both are XML in a zip, and come from anybody: each part is read up to a limit whatever it claims to be, and one that
declares a document type is refused, so that there are no entities to expand. What is marked as deleted is left out.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from datetime import date
from typing import Final
from xml.parsers import expat

from schemas.page import Block, Cell, Dated, Page, Paragraph, Row, Section, Table
from scraper.text import collapse, stored

Attributes = dict[str, str]

_WORD: Final = "word/document.xml"
_ODT: Final = "application/vnd.oasis.opendocument.text"
_BY_NAME: Final = re.compile(r"heading ([1-9])\Z", re.IGNORECASE)
_UNPRINTABLE: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_LOWEST: Final = 6
_LEVELS: Final = frozenset("123456789")
_CHUNK: Final = 1 << 16
# By the names of their elements, the namespace's customary prefix before them.
_PARAGRAPHS: Final = frozenset(("w:p", "text:p", "text:h"))
_ROWS: Final = frozenset(("w:tr", "table:table-row"))
_CELLS: Final = frozenset(("w:tc", "table:table-cell"))
_TABLES: Final = frozenset(("w:tbl", "table:table"))
_SPACES: Final = {"w:tab": " ", "w:br": "\n", "w:cr": "\n", "text:tab": " ", "text:s": " ", "text:line-break": "\n"}
# What no reader reads where it stands: deleted text, notes, a second form of the same drawing.
_UNREAD: Final = frozenset(
    ("text:tracked-changes", "text:note", "office:annotation", "mc:Fallback", "w:del", "w:moveFrom", "w:instrText")
)
_PREFIXES: Final = {
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main": "w",
    "http://purl.oclc.org/ooxml/wordprocessingml/main": "w",
    "http://schemas.openxmlformats.org/markup-compatibility/2006": "mc",
    "urn:oasis:names:tc:opendocument:xmlns:text:1.0": "text",
    "urn:oasis:names:tc:opendocument:xmlns:table:1.0": "table",
    "urn:oasis:names:tc:opendocument:xmlns:office:1.0": "office",
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://purl.org/dc/terms/": "dcterms",
}


def kind_of(body: bytes) -> str:
    """Return docx or odt, or "" for any other bytes, whatever their name is. Never raises."""
    if not body.startswith(b"PK\x03\x04"):
        return ""
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as file:
            if _WORD in file.namelist():
                return "docx"
            return "odt" if _part(file, "mimetype", len(_ODT) + 1).strip().decode("ascii", "replace") == _ODT else ""
    except (zipfile.BadZipFile, ValueError, KeyError, OSError, RuntimeError, NotImplementedError):
        return ""


def read_office(body: bytes, limit: int) -> Page:
    """Return what a document says; its title is "" where it states none. `limit` is the most bytes of each part.

    Raises ValueError for a part that is too long or declares a document type, and what `zipfile` and `expat` raise for
    a damaged file.
    """
    with zipfile.ZipFile(io.BytesIO(body)) as file:
        names = set(file.namelist())
        if _WORD in names:
            about, text = "docProps/core.xml", _WORD
        else:
            about, text = "meta.xml", "content.xml"
        facts = _Facts()
        for part, read in ((about, facts), ("word/styles.xml", facts)):
            if part in names:
                _walk(_part(file, part, limit), read.begin, read.end, read.said)
        reader = _Reader(facts.levels)
        _walk(_part(file, text, limit), reader.begin, reader.end, reader.said)
    return Page(title=facts.title, updated=facts.changed, sections=reader.sections())


def _part(file: zipfile.ZipFile, name: str, limit: int) -> bytes:
    """A part of the zip, read no further than it may be long."""
    with file.open(name) as part:
        data = part.read(limit + 1)
    if len(data) > limit:
        raise ValueError(f"a part of it is longer than {limit} bytes")
    return data


def _walk(
    xml: bytes,
    begin: Callable[[str, Attributes], None],
    end: Callable[[str], None],
    said: Callable[[str], None],
) -> None:
    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True

    def refuse(*_: object) -> None:
        raise ValueError("it declares a document type, which such documents never do")

    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = lambda name, values: begin(_short(name), {_short(k): v for k, v in values.items()})
    parser.EndElementHandler = lambda name: end(_short(name))
    parser.CharacterDataHandler = said
    for at in range(0, len(xml), _CHUNK):
        parser.Parse(xml[at : at + _CHUNK], False)
    parser.Parse(b"", True)


def _short(name: str) -> str:
    space, _, local = name.rpartition("}")
    return f"{_PREFIXES.get(space, '?')}:{local}"


class _Facts:
    """What a document states of itself, and which of its styles are headings."""

    def __init__(self) -> None:
        self.title = ""
        self.changed: Dated | None = None
        self.levels: dict[str, int] = {}
        self._text = ""
        self._style = ""

    def begin(self, name: str, values: Attributes) -> None:
        self._text = ""
        if name == "w:style":
            self._style = values.get("w:styleId", "")
        elif name == "w:name":
            # Word keeps the English name of a heading's style, whatever language its users read.
            found = _BY_NAME.match(values.get("w:val", ""))
            if found and self._style:
                self.levels[self._style] = int(found[1])

    def said(self, text: str) -> None:
        self._text += text

    def end(self, name: str) -> None:
        if name == "dc:title":
            self.title = stored(collapse(_UNPRINTABLE.sub("", self._text)))
        elif name in ("dcterms:modified", "dc:date"):
            try:
                self.changed = Dated(on=date.fromisoformat(self._text.strip()[:10]), source="meta")
            except ValueError:
                return


class _Reader:
    """Paragraphs, headings and tables, put into sections as they come."""

    def __init__(self, levels: dict[str, int]) -> None:
        self._levels = levels
        self._found: list[tuple[str, int, list[Block]]] = [("", 0, [])]
        self._open: list[list[str]] = []
        """Texts of the paragraphs that are open: one in a text box stands in another."""
        self._level: list[int] = []
        self._rows: list[Row] = []
        self._cells: list[Cell] = []
        self._cell: list[str] | None = None
        self._tables = 0
        self._unread = 0

    def begin(self, name: str, values: Attributes) -> None:
        self._unread += name in _UNREAD
        if self._unread:
            return
        if name in _PARAGRAPHS:
            self._open.append([])
            level = values.get("text:outline-level", "")
            self._level.append(0 if name != "text:h" else int(level) if level in _LEVELS else 1)
        elif name == "w:pStyle" and self._level:
            self._level[-1] = self._levels.get(values.get("w:val", ""), 0)
        elif name in _SPACES and self._open:
            self._open[-1].append(_SPACES[name])
        elif name in _TABLES:
            self._tables += 1
        elif name in _CELLS and self._tables == 1:
            self._cell = []

    def said(self, text: str) -> None:
        if self._open and not self._unread:
            self._open[-1].append(collapse(_UNPRINTABLE.sub("", text)))

    def end(self, name: str) -> None:
        if name in _UNREAD:
            self._unread -= 1
        elif self._unread:
            return
        elif name in _PARAGRAPHS and self._open:
            self._paragraph(stored("".join(self._open.pop())), self._level.pop())
        elif name in _CELLS and self._tables == 1:
            self._cells.append(Cell(text="\n".join(self._cell or ())))
            self._cell = None
        elif name in _ROWS and self._tables == 1:
            self._rows += [Row(cells=tuple(self._cells))] if any(cell.text for cell in self._cells) else []
            self._cells = []
        elif name in _TABLES:
            self._tables -= 1
            if not self._tables and self._rows:
                self._found[-1][2].append(Table(rows=tuple(self._rows)))
                self._rows = []

    def _paragraph(self, text: str, level: int) -> None:
        if not text:
            return
        if self._cell is not None:
            self._cell.append(text)
        elif level:
            self._found.append((text, min(level + 1, _LOWEST), []))
        else:
            self._found[-1][2].append(Paragraph(text=text))

    def sections(self) -> tuple[Section, ...]:
        return tuple(
            Section(heading=heading, level=level, blocks=tuple(blocks))
            for heading, level, blocks in self._found
            if heading or blocks
        )
