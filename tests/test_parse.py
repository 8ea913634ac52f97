"""The parser replayed over pages of our own, and the laws that hold for any bytes."""

from __future__ import annotations

import json
import os
import re
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import SelectolaxError

from schemas.capture import Capture
from schemas.errors import ConfigurationError
from schemas.page import List, Page, block_text, canonical_json, digest
from schemas.reading import Reading
from scraper import parse
from scraper.parse import PARSER, read

PAGES = Path(__file__).parent / "pages"
CASES = sorted(page.parent for page in PAGES.glob("*/*/page.html"))
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=UTF-8\r\n\r\n"
ADDRESS = "https://www.ekeby.example/omsorg/hemtjanst.1042.html"


def captured(body: bytes | None, head: bytes = HEAD, address: str = ADDRESS, *, complete: bool = True) -> Capture:
    return Capture(
        address=address,
        fetched_at=datetime(2020, 2, 3, 4, 5, tzinfo=UTC),
        outcome="fetched",
        status=200,
        head=head,
        body=body,
        complete=complete,
    )


def page_of(body: str, layout: str = "generic") -> Page:
    page = read(captured(body.encode()), layout).page
    assert page is not None
    return page


def capture_of(case: Path) -> Capture:
    about = json.loads((case / "about.json").read_text("utf-8"))
    head = "\r\n".join(["HTTP/1.1 200 OK", *about["head"], "", ""]).encode("latin-1")
    return captured((case / "page.html").read_bytes(), head, about["address"])


def pretty(page: Page | None) -> str:
    return msgspec.json.format(canonical_json(page) if page else b"null", indent=2).decode() + "\n"


@pytest.mark.parametrize("case", CASES, ids=[f"{case.parent.name}/{case.name}" for case in CASES])
def test_each_page_reads_as_expected(case: Path) -> None:
    """A saved page gives the page record beside it, by the layout that its folder is named for."""
    reading = read(capture_of(case))
    expected = case / "expected.json"
    approved = os.environ.get("TIDSLAGER_APPROVE") == "1"
    missing = not expected.exists()
    if missing or approved:
        expected.write_text(pretty(reading.page), "utf-8")
    if missing and not approved:
        pytest.fail(f"{expected.relative_to(PAGES)} was not there and has been written: review it")
    assert pretty(reading.page) == expected.read_text("utf-8")
    assert reading.layout == case.parent.name


@pytest.mark.parametrize("pair", ["noise", "suffix-reworded"])
def test_noise_pairs_read_equal(pair: str) -> None:
    """Two answers that differ only in what no editor did have one digest."""
    first, second = (read(capture_of(PAGES / "sitevision" / f"{pair}-{side}")).page for side in "ab")
    assert first is not None
    assert second is not None
    assert digest(first) == digest(second)


def test_pages_have_a_parser_version() -> None:
    """The stamp by which an archive tells a better parser from news is a word."""
    assert PARSER


def test_media_types_other_than_html_are_not_read() -> None:
    """A PDF is kept, not read, whether it says so or hides it."""
    stated = captured(b"%PDF-1.4", b"HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\n\r\n")
    assert read(stated).verdict == "not_html"
    assert read(captured(b"%PDF-1.4 <html>")).verdict == "not_html"
    unstated = captured(b"bara text", b"HTTP/1.1 200 OK\r\n\r\n")
    assert read(unstated).verdict == "not_html"


def test_html_without_a_media_type_is_read() -> None:
    """A server that forgets the media type still gives a page."""
    assert read(captured(b"<p>Hej</p>", b"HTTP/1.1 200 OK\r\n\r\n")).verdict == "page"


@pytest.mark.parametrize(
    "body", [b"", b" ", b"<html><body></body></html>", b"<h1>Bara rubrik</h1>", b"<script>1</script>"]
)
def test_no_content_is_never_an_empty_page(body: bytes) -> None:
    """Where nothing stands, the page is empty or its structure has changed: a suspect, with a reason."""
    reading = read(captured(body))
    assert (reading.verdict, reading.doubt) == ("suspect", "empty")
    assert reading.page is not None
    assert not reading.page.sections
    assert "structure" in reading.why


def test_r17_the_charset_header_disappears_and_the_text_stays() -> None:
    """R17: with its charset said by the header, by the page or by nobody, a page reads the same."""
    words = "<main><h1>Öppet på Åland</h1><p>Fjärde maj är det stängt.</p></main>"
    said = captured(words.encode())
    unsaid = captured(words.encode(), b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
    latin = captured(words.encode("latin-1"), b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=latin1\r\n\r\n")
    latin_unsaid = captured(words.encode("latin-1"), b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
    records = [read(one).page for one in (said, unsaid, latin, latin_unsaid)]
    assert records[0] is not None
    assert records[1:] == records[:1] * 3


def test_a_page_of_an_old_encoding_asks_in_it() -> None:
    """A search on a page in windows-1252 is linked to with its own bytes, in the content and in the menu alike."""
    markup = "<nav><a href='/sök?ort=Örebro'>Ö</a></nav><main><h1>R</h1><p>T <a href='/sök?ort=Örebro'>Ö</a></main>"
    for charset, sent in (("windows-1252", "%D6"), ("utf-8", "%C3%96"), ("windows-1252", "%D6")):
        head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset={charset}\r\n\r\n"
        reading = read(captured(markup.encode(charset), head.encode(), "http://a.example/"))
        assert reading.page is not None
        assert [link.address for _, link in reading.page.links()] == [f"http://a.example/s%C3%B6k?ort={sent}rebro"]
        assert reading.chrome is not None
        (menu,) = [part for part in reading.chrome.parts if part.name == "menu"]
        assert sent in str(menu.blocks)


def test_no_body_is_unparsable() -> None:
    """A capture without a body says nothing."""
    assert read(captured(None)) == Reading(verdict="unparsable", why="There is no body.")


def test_a_parser_that_gives_up_is_a_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    """What lexbor cannot get through is unparsable, with its reason, not an exception."""

    def refuse(_text: str) -> None:
        raise SelectolaxError("no more")

    monkeypatch.setattr(parse, "parse", refuse)
    reading = read(captured(b"<p>Hej</p>"))
    assert (reading.verdict, reading.layout) == ("unparsable", "")
    assert "no more" in reading.why


def test_a_layout_may_be_given() -> None:
    """The site's word goes before the page's marks; a layout that is none is a configuration error."""
    assert read(captured(b"<p>Hej</p>"), "sitevision").layout == "sitevision"
    with pytest.raises(ConfigurationError, match='did you mean "sitevision"'):
        read(captured(b"<p>Hej</p>"), "sitevison")


def test_remarks_tell_what_was_odd() -> None:
    """Cut bodies, lost characters, unknown elements and missing places are said."""
    reading = read(captured(b"<main class=pagecontent><x-y>\xff</x-y></main>", complete=False), "sitevision")
    assert reading.verdict == "page"
    assert "the body was cut short" in reading.remarks
    assert "unknown element <x-y> kept as text, 1 times" in reading.remarks
    assert "0 places for title, expected 1 to 1" in reading.remarks
    assert any("1 replacement character" in remark for remark in reading.remarks)


WORDS = (
    "ord", " ", "\n", "<br>", "<img src=a.png alt=A>", "&nbsp;", "<hr>", "<td>", "</p>", "<li>", "</ul>",
    "<iframe src=/f>", "länk till annan webbplats", "<b hidden>",
)  # fmt: skip
TAGS = (
    "p", "div", "ul", "ol", "li", "dl", "dt", "dd", "a href=/x", "h1", "h2", "h3", "table", "tr", "td", "th", "b",
    "x-y", "blockquote", "caption", "span class=ingress", "pre", "button", "section", "details", "nav",
)  # fmt: skip
MARKUP = st.recursive(
    st.sampled_from(WORDS),
    lambda inner: st.builds(
        lambda tag, parts: f"<{tag}>{''.join(parts)}</{tag.split()[0]}>",
        st.sampled_from(TAGS),
        st.lists(inner, max_size=4),
    ),
    max_leaves=25,
)


@settings(deadline=None, max_examples=150)
@given(st.binary(max_size=400), st.sampled_from([b"", b"Content-Encoding: gzip\r\n", b"Content-Encoding: zstd\r\n"]))
def test_any_bytes_can_be_read(body: bytes, coding: bytes) -> None:
    """read() never raises, whatever the bytes and whatever coding they claim."""
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n" + coding + b"\r\n"
    assert read(captured(body, head)).verdict in ("page", "not_html", "unparsable", "suspect")


@settings(deadline=None, max_examples=300)
@given(MARKUP, st.sampled_from(["", "generic", "sitevision"]))
def test_texts_are_in_stored_form(markup: str, layout: str) -> None:
    """No doubled spaces, no blanks at ends, no empty blocks, and the same bytes give the same record."""
    capture = captured(f'<div class="pagecontent">{markup}</div>'.encode())
    page = read(capture, layout).page
    assert read(capture, layout).page == page
    if page is None:
        return
    texts = [section.heading for section in page.sections]
    for block in [*page.preamble, *(block for section in page.sections for block in section.blocks)]:
        texts += block_text(block).split("\v")
    for text in [*texts, *(link.label for _, link in page.links())]:
        assert not re.search(r"  |\t|\r|\v| \n|\n | \| $|^\n|\n$", text.replace(" | ", "|")), text
    assert all(section.heading or number == 0 for number, section in enumerate(page.sections))


@settings(deadline=None, max_examples=200)
@given(st.recursive(st.just([]), lambda inner: st.lists(inner, min_size=1, max_size=4), max_leaves=20))
def test_nested_lists_say_each_thing_once(shape: list[object]) -> None:
    """Each entry of a list, however deep, is one item with its depth as level, in document order."""
    told: list[tuple[str, int]] = []

    def written(entries: list[object], level: int) -> str:
        html = ""
        for entry in entries:
            told.append((f"nr{len(told)}", level))
            assert isinstance(entry, list)
            html += f"<li>{told[-1][0]}{written(entry, level + 1)}</li>"
        return f"<ul>{html}</ul>" if html else ""

    page = page_of(f"<main><p>Lista</p>{written(shape, 1)}</main>")
    items = [item for block in page.sections[0].blocks if isinstance(block, List) for item in block.items]
    assert [(item.text, item.level) for item in items] == told


@settings(deadline=None, max_examples=60)
@given(st.uuids(), st.from_regex(r"[A-Za-z0-9_-]{21}", fullmatch=True), st.from_regex(r"[0-9A-F]{32}", fullmatch=True))
def test_noise_leaves_the_digest_unchanged(nonce: object, rendered: str, session: str) -> None:
    """Nonces, ids of a rendering and session ids are no news."""

    def body(nonce: object, rendered: str, session: str) -> str:
        return (
            f'<script nonce="{nonce}">x("{nonce}")</script><main class="pagecontent"><h1 id="sv_{rendered}">Bad</h1>'
            f'<h2 id="sv_{rendered}" data-cid="{nonce}">Tider</h2><p id="svid12_{session}">Se '
            f'<a data-target="#sv_{rendered}" href="/t.1.html;jsessionid={session}?x=1">tider</a></p></main>'
            f'<form action="/t;jsessionid={session}"></form>'
        )

    quiet = page_of(body("n", "r", "5"), "sitevision")
    assert digest(page_of(body(nonce, rendered, session), "sitevision")) == digest(quiet)


def test_depth_costs_no_stack() -> None:
    """Elements nested thousands deep are read like others."""
    page = page_of("<main>" + "<div>" * 3000 + "<ul><li>" * 300 + "djupt" + "</div>" * 3000 + "</main>")
    assert [block_text(block) for block in page.sections[0].blocks] == ["djupt"]
