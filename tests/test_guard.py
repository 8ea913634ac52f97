"""Guarded parsing: no page takes the night with it, and nothing leaks from one page to the next."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from schemas.capture import Capture
from schemas.errors import ConfigurationError
from schemas.site import Limits
from scraper.guard import Guard
from scraper.parse import read
from tests.agency import truth
from tests.agency.server import Agency
from tests.agency.trouble import Trouble
from tests.builders import capture
from tests.runs import crawl_agency

HTML = b"<!DOCTYPE html><html lang=sv><body><main><h1>Rubrik</h1><p>Ett stycke.</p></main></body></html>"


@pytest.fixture(scope="module")
def guard() -> Iterator[Guard]:
    """A guard with a short deadline and little memory, so that bad pages end soon."""
    with Guard(deadline_s=1.5, memory_bytes=400 * 1024 * 1024) as running:
        yield running


def html(body: bytes | None) -> Capture:
    """A capture of a body that says it is HTML."""
    return capture(body=body, head=b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")


GOOD = html(HTML)


def test_an_ordinary_page_reads_as_it_would_unguarded(guard: Guard) -> None:
    """The child's reading is the parser's own, page after page, in one process."""
    assert [guard.read(GOOD) for _ in range(3)] == [read(GOOD)] * 3


HOSTILE = {
    "misnested formatting": b"".join(b"<b a%d>" % number for number in range(4000))
    + b"".join(b"<i a%d>" % number for number in range(4000))
    + b"x</b>" * 4000,
    "deep nesting": b"<div>" * 200_000,
    "nested lists": b"<ul><li>" * 60_000,
    "attributes": b"<p " + b" ".join(b"a%d=1" % number for number in range(100_000)) + b">x",
    "formatting left open": b"<i>" * 20_000 + b"</b>" * 100_000,
    "bodies": b"".join(b"<body a%d=1>" % number for number in range(50_000)),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_page_that_costs_too_much_is_unparsable_and_the_next_one_reads(guard: Guard, name: str) -> None:
    """Whatever a page does to the parser, the night goes on within the deadline, and the next page is read as ever."""
    reading = guard.read(html(HOSTILE[name]))
    assert reading.verdict == "unparsable"
    assert reading.why.startswith("The parser ")
    assert guard.read(GOOD) == read(GOOD)


def test_a_page_of_fifty_megabytes_ends_one_way_or_the_other(guard: Guard) -> None:
    """A page that does not fit into the memory allowed is unparsable; the next one reads."""
    assert guard.read(html(b"<p>" + b"ord " * 12_500_000)).verdict in ("page", "unparsable")
    assert guard.read(GOOD) == read(GOOD)


def test_many_options_are_no_trouble(guard: Guard) -> None:
    """A select with 100,000 options is read like any page."""
    page = b"<main><h1>R</h1><p>Text.</p><select>" + b"<option>x" * 100_000 + b"</select></main>"
    assert guard.read(html(page)).verdict == "page"


def test_an_interrupted_reading_leaves_no_answer_behind(guard: Guard, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C while a page is parsed: its answer is never taken for the next page's."""
    with monkeypatch.context() as patch:
        patch.setattr("select.select", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            guard.read(html(b"<main><h1>En annan</h1><p>sida</p></main>"))
    assert guard.read(GOOD) == read(GOOD)


def test_a_child_that_somebody_killed_is_no_fault_of_the_next_page(guard: Guard) -> None:
    """A machine short of memory kills what it likes: the page that is read next is read, by a new child."""
    guard.read(GOOD)
    child = guard._child
    assert child is not None
    child.kill()
    child.wait()
    assert guard.read(GOOD) == read(GOOD)
    assert guard._child is not child


def test_the_child_ends_with_the_guard() -> None:
    """Leaving the guard leaves no process behind."""
    with Guard() as guard:
        guard.read(GOOD)
        child = guard._child
        assert child is not None
        assert child.poll() is None
    assert child.returncode is not None


def test_a_layout_that_does_not_exist_is_the_site_files_fault(guard: Guard) -> None:
    """A mistyped layout is told as a mistake in the configuration, by the child as by the parser."""
    with pytest.raises(ConfigurationError, match="layout"):
        guard.read(GOOD, "sitevison")
    assert guard.read(GOOD) == read(GOOD)


def test_a_guarded_night_reads_as_an_unguarded_one(agency: Agency, path: Path) -> None:
    """A run with the guard finds unchanged what a run with the parser alone had recorded."""
    crawl_agency(agency, path, 1)
    with Guard.of(agency.site()) as running:
        assert crawl_agency(agency, path, 1, read=running.read).counts == {"unchanged": 7, "not_allowed": 1}


def test_a_page_that_breaks_the_parser_does_not_take_the_night_with_it(agency: Agency, path: Path) -> None:
    """Its capture is unparsable and changes nothing; every other page is read."""
    crawl_agency(agency, path, 1)
    agency.trouble[truth.EXAMPLE_HOST, truth.LAUNDRY] = Trouble(body=HOSTILE["deep nesting"], times=None)
    site = replace(agency.site(), limits=Limits(parse_s=1.5, parse_bytes=400 * 1024 * 1024))
    with Guard.of(site) as running:
        summary = crawl_agency(agency, path, 1, read=running.read)
    assert summary.counts == {"unreadable": 1, "unchanged": 6, "not_allowed": 1}
    (look,) = [look for look in summary.looks if look.result == "unreadable"]
    assert (look.error or "").startswith("The parser ")
    assert summary.status == "partial"


def test_the_guard_keeps_the_sites_limit_of_decoded_bytes() -> None:
    """A body that grows past the limit when decoded is cut there and remarked on, as the parser alone does it."""
    packed = capture(
        body=gzip.compress(HTML + b" " * 100_000, mtime=0),
        head=b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\n\r\n",
    )
    with Guard(decoded_bytes=1000) as running:
        reading = running.read(packed)
    assert reading == read(packed, limit=1000)
    assert reading.remarks


def test_small_markup_that_reads_as_much_is_not_taken_in() -> None:
    """Links that each take eight thousand letters from their base: the answer is refused by its length, unread."""
    base = b"<base href='http://a.example/" + b"a" * 8000 + b"/'>"
    page = base + b"<main><h1>R</h1>" + b"".join(b"<p>T <a href=%d>l</a></p>" % number for number in range(1000))
    with Guard(record_bytes=1_000_000, deadline_s=60) as running:
        reading = running.read(html(page))
        assert (reading.verdict, reading.why) == ("unparsable", "What the parser read is over 1000000 bytes.")
        assert running.read(GOOD) == read(GOOD)


def test_nuls_and_nothing(guard: Guard) -> None:
    """NULs, an empty body and no body at all are answered like any other."""
    for body in (b"\x00" * 10_000, b"", None):
        assert guard.read(html(body)) == read(html(body))


def test_a_menu_reads_the_same_after_the_child_was_started_anew(guard: Guard) -> None:
    """Chrome that the parent knows is not sent again; a child that was killed between has sent nothing yet."""
    page = html(b"<nav><ul><li><a href=/ett>Ett</a></ul></nav><main><h1>Rubrik</h1><p>Ett stycke.</p></main>")
    expected = read(page)
    assert expected.chrome is not None
    assert [guard.read(page), guard.read(page)] == [expected, expected]
    guard._end()
    assert [guard.read(page), guard.read(page)] == [expected, expected]
