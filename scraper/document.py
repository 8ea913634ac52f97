"""Documents: what a linked file says, a PDF, docx or odt; of any other file what it is, to the byte. Pure.

Files come from anybody: whoever reads them does it in the guarded child. PDFs are read by pypdf, which the extra
`tidslager[documents]` brings; without it a PDF is kept and known by its hash alone.
"""

from __future__ import annotations

import hashlib
import io
import logging
import re
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from msgspec.structs import replace

from archive.documents import file_type
from schemas.capture import Capture
from schemas.page import Dated, Page, Paragraph, Section
from schemas.reading import Reading
from scraper.office import kind_of, read_office
from scraper.text import collapse, stored

if TYPE_CHECKING:
    from pypdf import PdfReader

_HTML: Final = re.compile(rb"\s*(?:<!doctype\s+html|<html)\b", re.IGNORECASE)
_PDF_WITHIN: Final = 1024
"""Bytes from the start within which readers look for %PDF-."""
_UNPRINTABLE: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_ENDS: Final = (".", "!", "?", ":")
_SHORT: Final = 0.8
"""Share of the longest line below which a line that ends a sentence ends its paragraph too."""
_MISSING: Final = "the text of a PDF is read with pypdf: install tidslager[documents]"
_NO_TEXT: Final = "the PDF has no text in it; perhaps its pages are pictures"
_LOCKED: Final = "the PDF is encrypted: its text cannot be read"


def read_document(capture: Capture, limit: int) -> Reading:
    """Return what the file in a capture says. Never raises for any bytes, but for MemoryError.

    `limit` is the most bytes of text.
    """
    if capture.body is None:
        return Reading(verdict="unparsable", why="There is no body.")
    if not capture.complete:
        return Reading(verdict="unparsable", why="The file was cut short.")
    if _HTML.match(capture.body) or capture.media_type in ("text/html", "application/xhtml+xml"):
        return Reading(verdict="unparsable", why="The answer is a web page and not the file.")
    if b"%PDF-" in capture.body[:_PDF_WITHIN]:
        return _read_pdf(capture, capture.body, limit)
    if office := kind_of(capture.body):
        return _read_office(capture, capture.body, limit, office)
    return _known_by_hash(capture, capture.body)


def _read_office(capture: Capture, body: bytes, limit: int, kind: str) -> Reading:
    try:
        record = read_office(body, limit)
    except MemoryError:
        raise
    except ValueError as error:
        return Reading(verdict="unparsable", why=f"The {kind} was not read: {error}.")
    except Exception as error:  # noqa: BLE001 -- as with a PDF
        return Reading(verdict="unparsable", why=f"The {kind} could not be read ({type(error).__name__}).")
    if not record.sections:
        return _known_by_hash(capture, body, f"the {kind} has no text in it")
    return Reading(verdict="page", page=replace(record, title=record.title or _file_name(capture.address)), layout=kind)


def _read_pdf(capture: Capture, body: bytes, limit: int) -> Reading:
    try:
        from pypdf import PdfReader
    except ImportError:
        return _known_by_hash(capture, body, _MISSING)
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        reader = PdfReader(io.BytesIO(body))
        if reader.is_encrypted and not reader.decrypt(""):
            return _known_by_hash(capture, body, _LOCKED)
        pages = [page.extract_text() for page in reader.pages]
        title, changed = _about(reader)
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 -- what a hostile file makes of a parser is no list of errors
        return Reading(verdict="unparsable", why=f"The PDF could not be read ({type(error).__name__}).")
    if sum(map(len, pages)) > limit:
        return Reading(verdict="unparsable", why=f"The text of the PDF is longer than {limit} bytes.")
    blocks = tuple(Paragraph(text=text) for page in pages for text in paragraphs(page))
    if not blocks:
        return _known_by_hash(capture, body, _NO_TEXT)
    record = Page(
        title=title or _file_name(capture.address),
        updated=changed,
        sections=(Section(heading="", level=0, blocks=blocks),),
    )
    return Reading(verdict="page", page=record, layout="pdf")


def _about(reader: PdfReader) -> tuple[str, Dated | None]:
    """Title and day of the last change that a PDF states of itself."""
    told = reader.metadata
    if told is None:
        return "", None
    try:
        changed = told.modification_date
    except ValueError:
        changed = None
    return _plain(told.title or ""), Dated(on=changed.date(), source="meta") if changed else None


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a page of a PDF, of which only the lines are known; each in stored form. Pure.

    A paragraph ends at an empty line, and where a line that ends a sentence is clearly shorter than others.
    """
    lines = [_plain(line) for line in text.split("\n")]
    longest = max(map(len, lines), default=0)
    found: list[str] = []
    open_ = False
    for line in lines:
        if not line:
            open_ = False
            continue
        found = [*found[:-1], _joined(found[-1], line)] if open_ else [*found, line]
        open_ = not (line.endswith(_ENDS) and len(line) < _SHORT * longest)
    return found


def _joined(before: str, line: str) -> str:
    """Two lines as one text; a word that was broken between them is whole again."""
    if before.endswith("-") and before[-2:-1].isalpha() and line[:1].islower():
        return before[:-1] + line
    return f"{before} {line}"


def _plain(text: str) -> str:
    return stored(collapse(_UNPRINTABLE.sub("", text)))


def _known_by_hash(capture: Capture, body: bytes, *remarks: str) -> Reading:
    """A file that says nothing that we can read: a new version of it is another hash."""
    kind = file_type(capture.address).upper() or capture.media_type or "file"
    facts = f"{kind}, {len(body)} bytes, SHA-256 {hashlib.sha256(body).hexdigest()}"
    section = Section(heading="", level=0, blocks=(Paragraph(text=facts),))
    record = Page(title=_file_name(capture.address), sections=(section,))
    return Reading(verdict="page", page=record, layout="file", remarks=remarks)


def _file_name(address: str) -> str:
    path = address.partition("#")[0].partition("?")[0]
    return _plain(unquote(path.rpartition("/")[2])) or path
