"""Where a reference leads, and of what kind it is."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.page import LinkKind
from scraper.links import follow, home_of, in_encoding, is_film, kind_of, lead

BASE = "https://www.ekeby.example/omsorg/hem.1.html"


@pytest.mark.parametrize(
    ("reference", "address"),
    [
        (" a.html\n", "https://www.ekeby.example/omsorg/a.html"),
        ("#h-Tider", BASE + "#h-Tider"),
        ("/a;jsessionid=0A1B?x=1&utm_source=b#c", "https://www.ekeby.example/a?x=1#c"),
        ("mailto:a@b.example?subject=hej", "mailto:a@b.example?subject=hej"),
        ("tel:+4612345", "tel:+4612345"),
        ("javascript:void(0)", None),
        ("JaVaScRiPt:x", None),
        ("data:text/html,x", None),
        ("about:blank", None),
        ("ftp://a.example/", None),
        ("http://[", None),
        ("https://u:p@a.example/", None),
    ],
)
def test_a_reference_leads_where_a_browser_goes(reference: str, address: str | None) -> None:
    """Resolved and in normal form, session ids and tracking gone; None where no reader can go."""
    assert follow(BASE, reference) == address


@pytest.mark.parametrize(
    ("reference", "encoding", "sent"),
    [
        ("/sök?ort=Örebro&å#del-ö", "windows-1252", "/sök?ort=%D6rebro&%E5#del-ö"),
        ("/sök?ort=Örebro", "utf-8", "/sök?ort=Örebro"),
        ("/sök?ort=Örebro", "utf-16le", "/sök?ort=Örebro"),
        ("/sök?ort=%D6rebro", "windows-1252", "/sök?ort=%D6rebro"),
        ("/sök#fråga?ö", "windows-1252", "/sök#fråga?ö"),
        ("?a=ж", "windows-1252", "?a=%26%231078%3B"),
        ("?a=ж", "koi8-r", "?a=%D6"),
    ],
)
def test_a_query_is_sent_in_the_encoding_of_its_page(reference: str, encoding: str, sent: str) -> None:
    """As browsers do it: the path in UTF-8, the query in the bytes that the page is written in."""
    assert in_encoding(reference, encoding) == sent


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("http://ekeby.example/", "page"),
        ("https://grannby.example/a.html", "external"),
        ("https://grannby.example/plan.PDF?v=1#sida=2", "document"),
        ("https://www.ekeby.example/download/18.1/2/utan-namn", "document"),
        ("https://www.ekeby.example/download/18.1/2/film.mp4", "media"),
        ("https://www.ekeby.example/bild.JPG", "media"),
        ("https://player.vimeo.com/video/1", "media"),
        ("https://notvimeo.com/video/1", "external"),
        ("https://grannby.example/sok?fil=plan.pdf", "external"),
        ("mailto:a@b.example", "mail"),
        ("tel:1", "phone"),
    ],
)
def test_each_address_has_a_kind(address: str, kind: LinkKind) -> None:
    """By scheme, by extension, by player, else by host, "www." or not."""
    assert kind_of(address, home_of(BASE)) == kind
    assert lead(BASE, address, home_of(BASE)) == (address, kind)


def test_a_picture_is_no_film() -> None:
    """Films and sounds are known by extension or player; pictures are media, too, but not film."""
    assert is_film("https://a.example/a.mp3")
    assert is_film("https://youtu.be/a")
    assert not is_film("https://a.example/a.jpg")


@settings(deadline=None)
@given(st.text(max_size=40))
def test_any_reference_can_be_followed(reference: str) -> None:
    """No reference raises, and one that was followed leads to itself."""
    address = follow(BASE, reference)
    assert address is None or follow(BASE, address) == address
