"""Films and files of the content: one address for one film, and what the address and the link of a file tell."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.documents import file_type, file_version
from archive.store import Archive
from schemas.capture import Capture
from scraper.films import film_address
from scraper.parse import read
from tests.builders import FIRST_NIGHT, capture, look

WATCH = "https://www.youtube.com/watch?v=abcdefghij1"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"


def films(html: str) -> list[str]:
    """Addresses of the films on a page with the markup."""
    body = f"<html lang=sv><body><main><h1>Sida</h1><p>Text.</p>{html}</main></body></html>".encode()
    record = read(
        Capture(address="https://a.example/b/", fetched_at=FIRST_NIGHT, outcome="fetched", head=HEAD, body=body)
    )
    assert record.page is not None
    return [film.address for _, film in record.page.films()]


@pytest.mark.parametrize(
    ("html", "address"),
    [
        ("<iframe src='https://www.youtube.com/embed/abcdefghij1?rel=0&autoplay=1'></iframe>", WATCH),
        ("<iframe src='//www.youtube-nocookie.com/embed/abcdefghij1?start=9'></iframe>", WATCH),
        ("<iframe src=about:blank data-src='https://youtu.be/abcdefghij1?si=x'></iframe>", WATCH),
        ("<iframe data-cookieblock-src='https://www.youtube.com/embed/abcdefghij1'></iframe>", WATCH),
        ("<iframe src=about:blank data-src-cmplz='https://www.youtube.com/embed/abcdefghij1'></iframe>", WATCH),
        ("<div data-cookieblock-src='https://www.youtube.com/embed/abcdefghij1'>Godkänn kakor</div>", WATCH),
        ("<lite-youtube videoid=abcdefghij1></lite-youtube>", WATCH),
        ("<div class=yt data-youtube-id=abcdefghij1><button>Spela</button></div>", WATCH),
        (
            "<iframe src='https://player.vimeo.com/video/123456?h=a1b2c3&dnt=1'></iframe>",
            "https://vimeo.com/123456/a1b2c3",
        ),
        ("<div data-vimeo-id=123456></div>", "https://vimeo.com/123456"),
        (
            "<iframe src='https://csp.screen9.com/embed?token=Q9&autoplay=0'></iframe>",
            "https://csp.screen9.com/embed?token=Q9",
        ),
        (
            "<iframe data-src='https://play.quickchannel.com/play/ab12?autoplay=true'></iframe>",
            "https://play.quickchannel.com/play/ab12",
        ),
        ("<video src='/download/18.7/2/torget.mp4'></video>", "https://a.example/download/18.7/2/torget.mp4"),
        ("<video><source src=torget.webm></video>", "https://a.example/b/torget.webm"),
        ("<audio src=klockan.mp3></audio>", "https://a.example/b/klockan.mp3"),
    ],
)
def test_each_way_to_embed_a_film_gives_its_one_address(html: str, address: str) -> None:
    """Players, no-cookie hosts, lazy frames, consent placeholders, light players, plain film and sound."""
    assert films(html) == [address]


@given(
    st.from_regex(
        r"https://(www\.youtube\.com/(embed|shorts)/|youtu\.be/|vimeo\.com/)[\w-]{1,14}(\?t=1)?", fullmatch=True
    )
)
def test_the_address_of_a_film_is_its_own_address(address: str) -> None:
    """Taken twice it is the same."""
    assert film_address(film_address(address)) == film_address(address)


def test_the_address_of_a_file_tells_its_type_name_and_version() -> None:
    """SiteVision's stamp is milliseconds since 1970; other addresses tell the type alone."""
    address = "https://a.example/download/18.3b7f9c/1615536000000/Samverkan%20i%20siffror.PDF?x=1"
    assert (file_type(address), file_version(address)) == ("pdf", ("18.3b7f9c", "2021-03-12T08:00:00.000Z"))
    assert (file_type("https://a.example/fil"), file_version("https://a.example/fil.pdf")) == ("", (None, None))
    assert file_version("https://a.example/download/18.3b/999999999999999/x.pdf")[0] == "18.3b"


def test_documents_stand_from_one_revision_to_another(archive: Archive) -> None:
    """A new version of a file is another row; the view shows what is linked now."""
    for number, stamp in ((1, 1615536000000), (2, 1619000000000)):
        html = f'<main><h1>S</h1><p>Läs <a href="/download/18.3b/{stamp}/plan.pdf">Plan (pdf, 2 kB)</a></p></main>'
        record = read(capture("https://a.example/b", body=html.encode(), head=HEAD)).page
        assert record is not None
        look(archive, number, record)
    rows = archive.database.execute(
        "SELECT title, type, file_id, stamped_at, from_revision, to_revision FROM documents"
    ).fetchall()
    assert [row[2:] for row in rows] == [
        ("18.3b", "2021-03-12T08:00:00.000Z", 1, 2),
        ("18.3b", "2021-04-21T10:13:20.000Z", 2, None),
    ]
    assert {row[1] for row in rows} == {"pdf"}
    assert archive.database.execute("SELECT stamped_at, document FROM current_documents").fetchall() == [
        ("2021-04-21T10:13:20.000Z", None)
    ]
