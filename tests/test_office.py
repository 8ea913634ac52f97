"""What documents of Word and OpenDocument say, and that no file of theirs does harm."""

from __future__ import annotations

import io
import zipfile
from datetime import date

import pytest

from schemas.page import Paragraph, Table
from schemas.reading import Reading
from scraper.document import read_document
from scraper.office import kind_of, read_office
from tests.builders import capture

LIMIT = 100_000
_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_MC = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
_ODF = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
    ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
)
STYLES = f'<w:styles {_W}><w:style w:styleId="Rubrik1"><w:name w:val="heading 1"/></w:style></w:styles>'
CORE = (
    '<c:coreProperties xmlns:c="x" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/">'
    "<dc:title>Plan för 2026</dc:title><dcterms:modified>2026-02-03T04:05:06Z</dcterms:modified></c:coreProperties>"
)


def zipped(**parts: str) -> bytes:
    """A zip of some parts, their names written with __ for / and _ for a full stop."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in parts.items():
            file.writestr(name.replace("__", "/").replace("_", "."), text)
    return made.getvalue()


def p(text: str, style: str = "") -> str:
    """A paragraph of Word."""
    named = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{named}<w:r><w:t>{text}</w:t></w:r></w:p>"


def docx(body: str, before: str = "") -> bytes:
    """A document of Word with a style for headings, under the name that Swedish users see."""
    text = f"{before}<w:document {_W} {_MC}><w:body>{body}</w:body></w:document>"
    return zipped(word__document_xml=text, word__styles_xml=STYLES, docProps__core_xml=CORE)


def odt(body: str) -> bytes:
    """A text of OpenDocument."""
    text = f"<office:body><office:text>{body}</office:text></office:body>"
    text = f"<office:document-content {_ODF}>{text}</office:document-content>"
    return zipped(mimetype="application/vnd.oasis.opendocument.text", content_xml=text)


def told(body: bytes) -> list[tuple[str, int, list[str]]]:
    """Headings with their levels, and what stands under each."""
    return [
        (
            one.heading,
            one.level,
            [
                block.text if isinstance(block, Paragraph) else str([[c.text for c in r.cells] for r in block.rows])
                for block in one.blocks
                if isinstance(block, Paragraph | Table)
            ],
        )
        for one in read_office(body, LIMIT).sections
    ]


def read(body: bytes, name: str = "plan.docx") -> Reading:
    """What the crawl's reader of files says of it."""
    return read_document(capture(f"https://a.example/download/{name}", body=body, purpose="document"), LIMIT)


def test_a_docx_has_headings_paragraphs_and_tables() -> None:
    """A heading is a style by Word's own name for it; cells stand in rows; breaks are lines, tabs spaces."""
    table = (
        f"<w:tbl><w:tr><w:tc>{p('Kommun')}</w:tc><w:tc>{p('Antal')}{p('2025')}</w:tc></w:tr>"
        f"<w:tr><w:tc>{p('Norrvik')}</w:tc><w:tc>{p('4')}</w:tc></w:tr></w:tbl>"
    )
    broken = "<w:p><w:r><w:t>En</w:t><w:br/><w:t xml:space='preserve'>två </w:t><w:tab/><w:t>tre</w:t></w:r></w:p>"
    assert told(docx(p("Först.") + p("Så gör vi", "Rubrik1") + broken + table)) == [
        ("", 0, ["Först."]),
        ("Så gör vi", 2, ["En\ntvå tre", "[['Kommun', 'Antal\\n2025'], ['Norrvik', '4']]"]),
    ]


def test_an_odt_has_headings_and_paragraphs() -> None:
    """Levels are the document's own; what was deleted and what a note says is not read."""
    body = (
        "<text:tracked-changes><text:p>Struket.</text:p></text:tracked-changes>"
        '<text:h text:outline-level="2">Mål</text:h><text:p>Fyra<text:s text:c="3"/>företag\n  till.'
        "<text:note><text:p>En not.</text:p></text:note></text:p><text:p/>"
    )
    assert told(odt(body)) == [("Mål", 3, ["Fyra företag till."])]
    assert told(odt('<text:h text:outline-level="två">Mål</text:h>')) == [("Mål", 2, [])]


def test_what_was_deleted_or_stands_twice_is_read_once() -> None:
    """Deleted text, instructions of fields, and the second form of a text box."""
    body = (
        "<w:p><w:del><w:r><w:t>gammal</w:t></w:r></w:del><w:r><w:instrText>PAGE</w:instrText><w:t>ny</w:t></w:r></w:p>"
        f"<w:p><mc:AlternateContent><mc:Choice>{p('I rutan')}</mc:Choice><mc:Fallback>{p('I rutan')}</mc:Fallback>"
        "</mc:AlternateContent></w:p>"
    )
    assert told(docx(body)) == [("", 0, ["ny", "I rutan"])]


def test_a_document_states_its_title_and_day() -> None:
    """By its own properties; without a title the name of the file stands for it."""
    reading = read(docx(p("Text.")))
    assert reading.page is not None
    assert reading.page.updated is not None
    assert (reading.verdict, reading.layout, reading.page.title) == ("page", "docx", "Plan för 2026")
    assert reading.page.updated.on == date(2026, 2, 3)
    without = read(odt("<text:p>Text.</text:p>"), "plan%20b.odt").page
    assert without is not None
    assert without.title == "plan b.odt"


ENTITIES = "<!DOCTYPE d [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'>]>"


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (
            docx(p("&b;"), ENTITIES),
            "The docx was not read: it declares a document type, which such documents never do.",
        ),
        (docx(p("x" * LIMIT)), "The docx was not read: a part of it is longer than 100000 bytes."),
        (docx("<w:p>"), "The docx could not be read (ExpatError)."),
    ],
    ids=["entities", "bomb", "not-well-formed"],
)
def test_a_hostile_or_damaged_document_is_refused_in_a_sentence(body: bytes, why: str) -> None:
    """Nothing is expanded, and no part is read further than the limit."""
    reading = read(body)
    assert (reading.verdict, reading.why) == ("unparsable", why)


@pytest.mark.parametrize(
    "body",
    [b"", b"PK\x03\x04", b"PK\x03\x04" + b"\0" * 100, zipped(annat_txt="hej"), docx(p("x"))[:-30]],
    ids=["empty", "a-beginning", "zeros", "another-zip", "cut-short"],
)
def test_what_is_no_such_document_is_none(body: bytes) -> None:
    """It is known by its hash, as any other file."""
    assert kind_of(body) == ""
    assert read(body or b"x").layout == "file"


def test_a_document_without_text_is_known_by_its_hash() -> None:
    """Pictures alone: a new version is another hash."""
    reading = read(docx("<w:p/>"))
    assert (reading.layout, reading.remarks) == ("file", ("the docx has no text in it",))


def test_deep_elements_do_no_harm() -> None:
    """Tables in tables in tables: read as far as a reader would, without a stack of ours."""
    deep = "<w:tbl><w:tr><w:tc>" * 2_000 + p("inne") + "</w:tc></w:tr></w:tbl>" * 2_000
    assert told(docx(deep)) == [("", 0, ["[['inne']]"])]
