"""Capture: one HTTP exchange as it happened, whatever came of it. Evidence; never changed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Literal

import msgspec

Outcome = Literal[
    "fetched",  # 200 with a whole body: the only outcome with content in it
    "not_modified",  # 304 to validators that we sent for a body that we hold
    "redirected",  # 3xx with a usable Location; the next hop is a capture of its own
    "gone",  # 404 or 410: the site says that there is no such page
    "http_error",  # any other status: 401, 429, 500, a 3xx without Location, a 206 nobody asked for
    "robots_denied",  # robots.txt forbids it: nothing was sent. One that could not be had is told as what befell it
    "left_alone",  # its host was busy or silent again and again in this run: nothing was sent
    "out_of_scope",  # the site file does not allow this address: nothing was sent
    "timeout",  # a time limit of ours passed
    "network_error",  # no address, refused, reset, empty or broken answer
    "tls_error",  # the certificate or the handshake does not hold
    "too_large",  # a size limit of ours was passed; what was read is kept, marked incomplete
    "refused_address",  # the name leads to an address that may not be connected to
]

Purpose = Literal[
    "page",
    "document",  # a file that a page links to; its versions are kept like those of a page
    "robots",  # a host's robots.txt
]

_FOLD = re.compile(r"[ \t]*\n[ \t]+")  # a field that goes on in the next line, which is not one of its own
_BLANK = " \t\n\r\v\f"  # of ASCII: to a str, unlike bytes, U+0085 and U+00A0 of Latin-1 are blank too


class Capture(msgspec.Struct, frozen=True, kw_only=True):
    """One exchange: what was asked, when, what came back, byte for byte."""

    address: str
    """The address asked for, in normal form."""
    purpose: Purpose = "page"
    """What was wanted."""
    fetched_at: datetime
    """When the (last) attempt began, aware, UTC."""
    outcome: Outcome
    status: int | None = None
    """Status code; None when no answer came."""
    location: str | None = None
    """Where a redirect leads, joined to the address and in normal form; None unless `redirected`."""
    request: bytes = b""
    """The request as sent, head and all; empty when nothing was sent."""
    head: bytes = b""
    """The response head as received: status line and fields in their order, case and white space."""
    body: bytes | None = None
    """The entity body: transfer coding removed, content coding kept. None when there was none."""
    confirms: int | None = None
    """Of a 304: number of the capture in the archive whose body it says to be still the page; None otherwise."""
    complete: bool = True
    """False when the body was cut: by a limit of ours, or by an answer shorter than it said."""
    attempts: int = 1
    """How many requests were made for this capture, retries counted; 0 when nothing was sent."""
    elapsed_ms: int = 0
    """From the start of the last attempt to its end, milliseconds, on a monotonic clock."""
    peer: str | None = None
    """Server address connected to, "192.0.2.1:443"; None when there was no connection."""
    tls: str | None = None
    """TLS version and SHA-256 of the certificate, "TLSv1.3 sha256:…"; None on plain http."""
    robots: str | None = None
    """The robots verdict that let it through or stopped it, one line; None for robots.txt itself."""
    error: str | None = None
    """What went wrong, one sentence; None when nothing did."""

    def fields(self, name: str) -> tuple[str, ...]:
        """Values of a response field, in order, as Latin-1 text with surrounding blanks removed."""
        return _fields_of(self.head).get(name.lower(), ())

    def field(self, name: str) -> str | None:
        """First value of a response field; None when it was not sent."""
        return next(iter(self.fields(name)), None)

    @property
    def media_type(self) -> str:
        """Media type that the answer claims, lower-case and without parameters; "" when it claims none."""
        return (self.field("content-type") or "").partition(";")[0].strip().lower()


@lru_cache(maxsize=8)  # a head is asked for a dozen fields in a row
def _fields_of(head: bytes) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    text = _FOLD.sub(" ", head.decode("latin-1").replace("\r\n", "\n"))
    for line in text.split("\n")[1:]:
        name, colon, value = line.partition(":")
        if colon:
            key = name.strip(_BLANK).lower()
            found[key] = (*found.get(key, ()), value.strip(_BLANK))
    return found
