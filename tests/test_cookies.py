"""Cookies of one run."""

from __future__ import annotations

import pytest

from scraper.cookies import BYTES_PER_HOST, COOKIES_PER_HOST, Cookies

HOME = "https://skr.se/"


def jar(*lines: str) -> Cookies:
    cookies = Cookies()
    cookies.keep(HOME, lines)
    return cookies


def test_cookies_come_back() -> None:
    """What a host sets it gets back, in order; the last value of a name counts."""
    assert jar("a=1; Path=/", "b=två"[:3] + "x", "a=3; HttpOnly").header(HOME) == "b=tx; a=3"


@pytest.mark.parametrize("address", ["https://www.skr.se/", "https://regeringen.se/", "https://a.skr.se/"])
def test_host_only(address: str) -> None:
    """No other host gets a cookie, whatever Domain says."""
    assert jar("a=1; Domain=skr.se").header(address) == ""


def test_secure() -> None:
    """A secure cookie goes over TLS only."""
    cookies = jar("a=1; SECURE", "b=2")
    assert (cookies.header(HOME), cookies.header("http://skr.se/")) == ("a=1; b=2", "b=2")


@pytest.mark.parametrize(
    "end",
    ["Max-Age=0", "max-age=-1", "Expires=Thu, 01 Jan 1970 00:00:00 GMT", "expires=Thursday, 01-Jan-70 00:00:00 GMT"],
)
def test_taken_back(end: str) -> None:
    """A cookie that a host takes back is not sent."""
    cookies = jar("a=1")
    cookies.keep(HOME, [f"a=; {end}"])
    assert cookies.header(HOME) == ""


@pytest.mark.parametrize("line", ["", "a", "=1", "a b=1", "a=\x01", "a=å", "a=1\r\nX: y"])
def test_malformed(line: str) -> None:
    """What could not stand in a request is left out."""
    assert jar(line).header(HOME) == ""


def test_caps() -> None:
    """Neither many cookies nor large ones make the request grow without end."""
    many = jar(*(f"n{number}=1" for number in range(100)))
    assert many.header(HOME).count("=") == COOKIES_PER_HOST
    large = jar(*(f"n{number}={'z' * 1000}" for number in range(9)))
    assert 3000 < len(large.header(HOME)) <= BYTES_PER_HOST + 2 * COOKIES_PER_HOST
