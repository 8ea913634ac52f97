"""Trouble: misbehaviour that a test orders for an address, as public web sites show it now and then."""

from __future__ import annotations

import re
from threading import Event

import msgspec


class Trouble(msgspec.Struct, frozen=True, kw_only=True):
    """What goes wrong, and how often. What is left at its default is answered as if nothing were wrong."""

    times: int | None = 1
    """How many requests it strikes before the address answers normally again; None strikes always."""
    status: int | None = None
    """Status code instead of the page's own; any other than the page's own has no body unless `body` gives one."""
    fields: tuple[tuple[str, str], ...] = ()
    """Response fields to add; one with the name of a usual field stands instead of it."""
    body: bytes | None = None
    """Body instead of the page's own."""
    missing: int = 0
    """Bytes at the end of the body that Content-Length promises and the connection closes without."""
    empty: bool = False
    """Whether the connection closes without a single byte."""
    raw: bytes | None = None
    """The whole answer, head and all, sent as it is before the connection closes; for heads no library writes."""
    hold: Event | None = None
    """Slowness without a clock: the answer waits for this event, which the test sets, or the agency when it closes."""
    hold_after: int = 0
    """Bytes of the answer, head included, that are sent before it waits."""


def busy(*, status: int = 503, retry_after: str | None = None, times: int | None = 1) -> Trouble:
    """Return a refusal for now: 503 or 429, with a Retry-After in seconds or as an HTTP date."""
    fields = () if retry_after is None else (("Retry-After", retry_after),)
    return Trouble(status=status, fields=fields, body=b"<h1>Hog belastning</h1>", times=times)


def challenge(*, times: int | None = 1) -> Trouble:
    """Return a page of status 200 that is not the page but a doorkeeper in front of it."""
    return Trouble(body=_CHALLENGE.encode(), times=times)


def to_front(*, times: int | None = None) -> Trouble:
    """Return a redirect to the front page, as sites give it that have lost a page."""
    return Trouble(status=302, fields=(("Location", "/"),), times=times)


def emptied(page: bytes, *, times: int | None = None) -> Trouble:
    """Return the page with nothing left in its main element."""
    return Trouble(body=re.sub(rb"(<main[^>]*>).*(</main>)", rb"\1\2", page, flags=re.DOTALL), times=times)


def shorn(page: bytes, kept: int, *, times: int | None = None) -> Trouble:
    """Return the page with what follows its first `kept` headings of the second level gone from its main element."""
    begin = page.index(b"<main")
    cut = [begin + match.start() for match in re.finditer(rb"<h2", page[begin:])][kept]
    return Trouble(body=page[:cut] + page[page.index(b"</main>") :], times=times)


def garbled(page: bytes, *, times: int | None = None) -> Trouble:
    """Return the page with its UTF-8 taken for windows-1252 and encoded once more, as a broken cache does it."""
    return Trouble(body=page.decode().encode().decode("cp1252", "replace").encode(), times=times)


def lost_in_words(*, times: int | None = None) -> Trouble:
    """Return status 200 and the words of a 404."""
    return Trouble(body=_LOST.encode(), times=times)


_LOST = """<!DOCTYPE html>
<html lang="sv"><head><meta charset="UTF-8"><title>Sidan finns inte</title></head>
<body><main><h1>Sidan finns inte</h1><p>Pröva att söka, eller börja om från startsidan.</p></main></body></html>
"""

_CHALLENGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="UTF-8"><title>Just a moment...</title>
<meta http-equiv="refresh" content="15"><meta name="robots" content="noindex"></head>
<body><h1>Checking your browser</h1><p>Please verify that you are human before you proceed.</p>
<noscript>Enable JavaScript and cookies to continue.</noscript>
<form id="challenge-form" action="/?token=5f0c" method="post"></form></body></html>
"""
