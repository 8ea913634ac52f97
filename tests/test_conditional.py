"""Conditional requests: what is sent, when, and what a 304 is worth."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from archive.file import open_for_reading
from archive.held import Held
from archive.store import Archive
from schemas.capture import Capture
from scraper import crawl as crawl_module
from scraper.crawl import crawl
from scraper.fetch import Fetcher
from scraper.parse import read
from scraper.reading import ReadPage
from scraper.validators import read_validators
from tests.builders import night
from tests.clocks import START, FakeClock
from tests.faults import FaultServer
from tests.fetchers import HOME, PATIENT, make_fetcher, make_site, pages, unknown
from tests.raw_server import Talk, answer, bare_head

TAG = '"a1"'
DATED = "Mon, 02 Mar 2026 00:00:00 GMT"
SENT = "Date: Mon, 02 Mar 2026 00:30:00 GMT"
HTML = "<!DOCTYPE html><title>S</title><main><h1>Sida</h1><h2>Rubrik</h2><p>{}</main>"


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer() as listening:
        yield listening


def held(*fields: str) -> Held:
    return Held(capture=7, fetched_at=START, head=bare_head(*fields))


@pytest.mark.parametrize(
    ("fields", "sent"),
    [
        ([f"ETag: {TAG}"], {"If-None-Match": TAG}),
        ([f"ETag: W/{TAG}"], {"If-None-Match": f"W/{TAG}"}),
        ([f"Last-Modified: {DATED}", SENT], {"If-Modified-Since": DATED}),
        ([f"ETag: {TAG}", f"Last-Modified: {DATED}", SENT], {"If-None-Match": TAG, "If-Modified-Since": DATED}),
        # By the server's clock it changed in the second in which it was sent: the next change might not show.
        ([f"Last-Modified: {DATED}", f"Date: {DATED}"], None),
        ([f"Last-Modified: {DATED}"], None),
        (["Last-Modified: yesterday", SENT], None),
        (["ETag: a1"], None),
        (['ETag: "a b"'], None),
        ([f'ETag: "{"a" * 1001}"'], None),
        (['ETag: ""'], {"If-None-Match": '""'}),
        (['ETag: "a", "b"'], None),
        ([f"ETag: {TAG}", 'ETag: "b2"'], None),
        ([], None),
    ],
)
def test_what_is_sent_back(fields: list[str], sent: dict[str, str] | None) -> None:
    """Validators go back letter for letter, where they are such and say something."""
    found = read_validators(held(*fields))
    if sent is None:
        assert found is None
    else:
        assert found is not None
        assert {name.decode(): value.decode() for name, value in found.fields()} == sent


def test_a_304_confirms_what_is_held(server: FaultServer) -> None:
    """Asked with a tag, a 304 with that tag, weak or not, or none confirms the capture that the tag came with."""
    for tag in ([], [f"ETag: {TAG}"], [f"ETag: W/{TAG}"]):
        server.teach("/a", bare_head(*tag, status="304 Not Modified"))
        fetcher = make_fetcher(server)
        *_, capture = fetcher.visit(f"{HOME}/a", unknown, lambda _: held(f"ETag: {TAG}"))
        assert (capture.outcome, capture.confirms, capture.body, capture.attempts) == ("not_modified", 7, None, 1)
        assert f"\r\nIf-None-Match: {TAG}\r\n".encode() in capture.request


def test_a_304_for_another_body(server: FaultServer) -> None:
    """A 304 that names another tag than ours confirms nothing: the page is asked for again, unconditionally."""
    server.teach("/a", bare_head('ETag: "b2"', status="304 Not Modified"), answer())
    *_, capture = make_fetcher(server).visit(f"{HOME}/a", unknown, lambda _: held(f"ETag: {TAG}"))
    assert (capture.outcome, capture.attempts) == ("fetched", 2)
    assert b"If-None-Match" not in server.requests[-1]
    server.teach("/a", bare_head('ETag: "b2"', status="304 Not Modified"))
    *_, capture = make_fetcher(server).visit(f"{HOME}/a", unknown, lambda _: held(f"ETag: {TAG}"))
    assert (capture.outcome, capture.confirms) == ("http_error", None)


def test_a_304_nobody_asked_for(server: FaultServer) -> None:
    """Without validators sent a 304 is an error."""
    assert pages(make_fetcher(server), f"{HOME}/not-modified")[0].outcome == "http_error"


class Editor:
    """A page that an editor changes, on a server whose clock may be wrong."""

    def __init__(self, server: FaultServer, skew: str) -> None:
        self.text, self.modified, self.skew = "A", "Sun, 01 Mar 2026 20:00:00 GMT", skew
        self.asked: list[bytes] = []
        server.taught["/"] = self.answer

    def answer(self, talk: Talk) -> None:
        """The page, or 304 to whoever has it."""
        self.asked.append(talk.request)
        fields = (f"Last-Modified: {self.modified}", f"Date: {self.skew}", "Content-Type: text/html")
        if f"If-Modified-Since: {self.modified}\r\n".encode() in talk.request:
            talk.say(bare_head(*fields, status="304 Not Modified"))
        else:
            talk.say(answer(HTML.format(self.text).encode(), *fields))


def look(server: FaultServer, path: Path, number: int, *, reader: ReadPage = read, **settings: Any) -> dict[str, int]:
    site = make_site(server, PATIENT, depth=0, delay_s=0.0, **{"conditional": True, **settings})
    clock = FakeClock(night(number))
    with Archive(path) as archive:
        fetcher = Fetcher(site, clock, rng=random.Random(1))
        return crawl(site, archive, fetcher, clock, version="0", watch=lambda *_: None, read=reader).counts


@pytest.mark.parametrize("skew", ["Mon, 02 Mar 2026 01:00:00 GMT", "Mon, 02 Mar 2026 03:00:00 GMT"])
def test_r9_a_server_whose_clock_is_an_hour_off(server: FaultServer, path: Path, skew: str) -> None:
    """R9: an hour behind or ahead of ours, what the server stamps is what goes back, and a change is seen."""
    editor = Editor(server, skew)
    assert look(server, path, 1) == {"new": 1}
    assert look(server, path, 2) == {"unchanged": 1}
    # Edited within the hour by which the clocks differ: our own clock sent back would have missed it.
    editor.text, editor.modified = "B", "Sun, 01 Mar 2026 20:00:01 GMT"
    assert look(server, path, 3) == {"changed": 1}
    assert b"If-Modified-Since: Sun, 01 Mar 2026 20:00:00 GMT\r\n" in editor.asked[-1]


def test_r10_a_rule_change_asks_for_the_page_itself(
    server: FaultServer, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R10: after a change of the rules no validators are sent, and what reads otherwise is the parser's doing."""
    editor = Editor(server, "Mon, 02 Mar 2026 01:00:00 GMT")
    look(server, path, 1)
    look(server, path, 2)
    monkeypatch.setattr(crawl_module, "PARSER", "next")
    assert look(server, path, 3, reader=_retitled) == {"unchanged": 1}
    assert b"If-Modified-Since" not in editor.asked[-1]
    database = open_for_reading(path)
    assert database.execute("SELECT cause FROM revisions ORDER BY seq").fetchall() == [("source",), ("parser",)]
    assert database.execute("SELECT count(*) FROM readings WHERE revision_id IS NULL").fetchone() == (0,)
    database.conn.close()


def _retitled(capture: Capture, layout: str) -> Any:
    """Another parser's reading: it gives the page another title."""
    from msgspec.structs import replace

    reading = read(capture, layout)
    assert reading.page is not None
    return replace(reading, page=replace(reading.page, title="Med bättre ögon"))


def test_another_site_file_asks_for_the_page_itself(server: FaultServer, path: Path) -> None:
    """A site file that changed, in whatever setting, counts as a change of the rules for one night."""
    editor = Editor(server, "Mon, 02 Mar 2026 01:00:00 GMT")
    look(server, path, 1)
    look(server, path, 2, title="Annan")
    assert b"If-Modified-Since" not in editor.asked[-1]
    assert look(server, path, 3, title="Annan") == {"unchanged": 1}
    assert b"If-Modified-Since" in editor.asked[-1]


def test_only_for_a_body_that_is_held(server: FaultServer, path: Path) -> None:
    """After a 404 the page is asked for whole, though an older body is held."""
    editor = Editor(server, "Mon, 02 Mar 2026 01:00:00 GMT")
    look(server, path, 1)
    server.teach("/", answer(b"", status="404 Not Found"))
    assert look(server, path, 2) == {"gone": 1}
    server.taught["/"] = editor.answer
    assert look(server, path, 3) == {"back": 1}
    assert b"If-Modified-Since" not in editor.asked[-1]
