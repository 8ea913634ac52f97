"""Linked files: fetched with the same manners, kept in each version, their text read and compared like a section."""

from __future__ import annotations

import sys
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any

import pytest

from archive.example_list import learning_examples
from archive.file import open_for_reading
from archive.history import change_rows
from archive.verify import verify
from schemas.capture import Capture
from schemas.page import block_text
from schemas.site import Limits
from scraper.addresses import cms_key
from scraper.document import paragraphs
from scraper.guard import Guard
from scraper.parse import read
from tests.agency import truth
from tests.agency.server import Agency
from tests.builders import capture
from tests.pdf import pdf
from tests.runs import crawl_agency, results
from tests.shell import tidslager

ADDRESS = "https://a.example/download/18.3b7f9c/1615536000000/samverkan%20i%20siffror.pdf"
FILE = truth.DOCUMENT.rpartition("/")[2]
PLAIN = pdf(["Norrvik har fyra företag."], title="Samverkan i siffror")


def file(body: bytes | None, address: str = ADDRESS, **values: Any) -> Capture:
    """A capture of a linked file."""
    return capture(address, body=body, purpose="document", **values)


def text(seen: Capture) -> list[str]:
    """What the file says, a paragraph an entry."""
    record = read(seen).page
    assert record is not None
    return [block_text(block) for section in record.sections for block in section.blocks]


def test_the_text_of_a_pdf_is_its_paragraphs() -> None:
    """Page by page; the title is its own, else the name of the file."""
    reading = read(file(pdf(["Första sidan."], ["Åtta kommuner (nya)."], title="Samverkan i siffror")))
    assert (reading.verdict, reading.layout) == ("page", "pdf")
    assert text(file(pdf(["Första sidan."], ["Åtta kommuner (nya)."]))) == ["Första sidan.", "Åtta kommuner (nya)."]
    assert reading.page is not None
    assert reading.page.title == "Samverkan i siffror"
    other = read(file(pdf(["Text."]))).page
    assert other is not None
    assert other.title == "samverkan i siffror.pdf"


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (["En rad som är lång nog att", "fortsätta här. Och sedan", "slut."], 1),
        (["En rad som är lång nog att slutas av.", "Kort.", "En ny rad som börjar om igen."], 2),
        (["Ett", "", "Två", "", "", "Tre"], 3),
        (["", "  "], 0),
    ],
)
def test_lines_are_put_together_to_paragraphs(lines: list[str], found: int) -> None:
    """An empty line ends one, and a short line that ends a sentence."""
    assert len(paragraphs("\n".join(lines))) == found


def test_a_word_that_was_broken_is_whole() -> None:
    """Where it goes on in small letters; a dash before a name stays."""
    assert paragraphs("arbets-\nträning") == ["arbetsträning"]
    assert paragraphs("SKR-\nSverige") == ["SKR- Sverige"]


@pytest.mark.parametrize("body", [b"PK\x03\x04 ett kalkylblad", pdf([])])
def test_a_file_without_text_is_known_by_its_hash(body: bytes) -> None:
    """So a new version of it is another record, and no reading is empty."""
    (facts,) = text(file(body))
    assert facts.startswith(f"PDF, {len(body)} bytes, SHA-256 ")
    assert facts != text(file(body + b"\n"))[0]


def test_without_pypdf_a_pdf_is_kept_and_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """The extra is named in a remark; the file is known by its hash."""
    monkeypatch.setitem(sys.modules, "pypdf", None)
    reading = read(file(PLAIN))
    assert (reading.verdict, reading.layout) == ("page", "file")
    assert "tidslager[documents]" in reading.remarks[0]


@pytest.mark.parametrize(
    ("seen", "why"),
    [
        (file(None), "There is no body."),
        (file(PLAIN, complete=False), "The file was cut short."),
        (file(b"<!DOCTYPE html><p>Logga in"), "The answer is a web page and not the file."),
        (file(b"x", head=b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"), "The answer is a web page"),
        (file(b"%PDF-1.4 trasig"), "The PDF could not be read"),
        (file(PLAIN[:200]), "The PDF could not be read"),
    ],
)
def test_what_is_not_the_file_changes_nothing(seen: Capture, why: str) -> None:
    """A failure is never a change: such a look is unparsable, and says why."""
    reading = read(seen)
    assert reading.verdict == "unparsable"
    assert reading.why.startswith(why)


def _bomb() -> bytes:
    """A page whose content is a quarter of a gigabyte of spaces, deflated twice to almost nothing."""
    packer = zlib.compressobj(1)
    data = b"".join(packer.compress(b" " * (1 << 20)) for _ in range(256)) + packer.flush()
    return _with_stream(zlib.compress(data), "/Filter [/FlateDecode /FlateDecode]")


def _with_stream(data: bytes, about: str) -> bytes:
    head = (
        "%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n"
        "2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n"
        "3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R >>\nendobj\n"
        f"4 0 obj\n<< /Length {len(data)} {about} >>\nstream\n"
    ).encode()
    return head + data + b"\nendstream\nendobj\ntrailer\n<< /Size 5 /Root 1 0 R >>\nstartxref\n9\n%%EOF\n"


HOSTILE: dict[str, Callable[[], bytes]] = {
    "a bomb": _bomb,
    "a tree that bites its tail": lambda: PLAIN.replace(b"/Kids [4 0 R]", b"/Kids [2 0 R]"),
    "brackets without end": lambda: _with_stream(b"[" * 2_000_000, ""),
    "operators without end": lambda: _with_stream(b"q (a) Tj Q " * 3_000_000, ""),
}


@pytest.fixture(scope="module")
def guard() -> Iterator[Guard]:
    """A guard with a short deadline and little memory."""
    with Guard(document_s=2, memory_bytes=400 * 1024 * 1024) as running:
        yield running


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_pdf_ends_within_the_deadline_and_the_next_file_reads(guard: Guard, name: str) -> None:
    """In the child, by its deadline or its memory; whatever it does, the night goes on."""
    reading = guard.read(file(HOSTILE[name]()))
    assert reading.verdict == "unparsable" or reading.layout == "file"
    assert guard.read(file(PLAIN)) == read(file(PLAIN))


def test_a_file_is_the_same_when_its_stamp_is_another() -> None:
    """SiteVision's node is its name; an address without one has none."""
    assert cms_key(ADDRESS) == cms_key(ADDRESS.replace("1615536000000", "1619000000000")) == "a.example/18.3b7f9c"
    assert cms_key("https://a.example/download/plan.pdf") is None


def test_documents_are_looked_at_where_that_is_asked_for(agency: Agency, path: Path) -> None:
    """Not otherwise, also not once they are known; each is a page of its own, no example, and links know its number."""
    assert FILE not in results(crawl_agency(agency, path, 1))
    assert results(crawl_agency(agency, path, 2, documents=True))[FILE] == "new"
    assert FILE not in results(crawl_agency(agency, path, 3))
    database = open_for_reading(path)
    with closing(database.conn):
        rows = database.execute("SELECT type, bytes, file_id, document FROM current_documents").fetchall()
        ((number,),) = database.execute("SELECT DISTINCT page FROM fetch_log WHERE purpose = 'document'").fetchall()
        examples = [row["page"] for row in learning_examples(database)]
    assert rows == [("pdf", 635, "18.3b7f9c", number)]
    assert number not in examples


def test_a_new_version_of_a_pdf_tells_what_text_changed(agency: Agency, path: Path) -> None:
    """Under one number, as a section does; the archive is consistent and a rebuild gives it again."""
    for number in (1, 2, 3):
        found = results(crawl_agency(agency, path, number, documents=True))
        assert found[FILE] == ("new", "unchanged", "changed")[number - 1]
    database = open_for_reading(path)
    with closing(database.conn):
        (change,) = [row for row in change_rows(database) if row["address"].endswith(FILE)]
        assert verify(database, path, rng=Random(1)).findings == ()
    assert (change["kind"], change["what"], change["revision"]) == ("edited", "paragraph", 2)
    assert "158" in change["before"]
    assert "171" in change["after"]
    assert "nothing reads otherwise" in tidslager("rebuild", "--archive", str(path)).out


def test_files_that_are_let_be_are_no_trouble(agency: Agency, path: Path) -> None:
    """A broken PDF is trouble while files are asked for, and an open episode; not once the site leaves them out."""
    for number, documents in ((1, True), (2, False), (3, True)):
        limits = Limits(document_bytes=300)
        assert (FILE in results(crawl_agency(agency, path, number, documents=documents, limits=limits))) is documents
        ran = tidslager("status", "--archive", str(path))
        assert (ran.code, "Open episodes" in ran.out) == ((3, True) if documents else (0, False))
        assert tidslager("episodes", "--open", "--archive", str(path)).out.count(FILE) == documents


@pytest.mark.parametrize(
    ("limits", "outcome"),
    [
        (Limits(document_bytes=300), "failed"),
        (Limits(documents=0), None),
    ],
)
def test_documents_have_limits_of_their_own(agency: Agency, path: Path, limits: Limits, outcome: str | None) -> None:
    """Over one the run is partial and says so; pages are read as ever."""
    summary = crawl_agency(agency, path, 1, documents=True, limits=limits)
    assert results(summary).get(FILE) == outcome
    assert summary.status == "partial"
    assert (summary.stopped is not None) is (outcome is None)
    assert summary.counts["new"] >= 5
