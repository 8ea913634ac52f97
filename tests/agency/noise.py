"""Noise: what a SiteVision site changes at each request without an editor. Marks in a text, filled in by counting.

A mark is `[[word]]` or `[[word label]]`. The same mark gives the same value within one answer and another value in the
next, so that `data-target="#sv_[[sv menu]]"` still points at `id="sv_[[sv menu]]"`.

    [[nonce]]       content security nonce of script and style      [[csrf]]      form token in the page's JSON
    [[cid label]]   data-cid of a widget                            [[session]]   session id after ;jsessionid=
    [[sv label]]    random end of a dropdown's id                   [[clock]]     the server's clock, milliseconds
    [[address]]     the page's own path: no noise, but a page that moves must not carry its old one
    [[part name]]   a piece of chrome, read from the night's files; put in before the others are filled
"""

from __future__ import annotations

import base64
import hashlib
import re
import uuid
from collections.abc import Callable

MARK = re.compile(r"\[\[(?P<word>[a-z]+)(?: (?P<label>[a-z-]+))?\]\]")
EPOCH_MS = 1_614_816_000_000  # 4 March 2021, 00:00 UTC: any fixed beginning will do


def put_in_parts(text: str, part: Callable[[str], str]) -> str:
    """Replace each `[[part name]]` by what `part` gives for the name."""
    return MARK.sub(lambda mark: part(mark["label"]) if mark["word"] == "part" else mark.group(), text)


def fill(text: str, request: int, address: str) -> str:
    """Replace the marks by the values of the `request`-th answer; two requests never share a value.

    Raises KeyError for a mark that has no meaning: a misspelt one must not pass for content.
    """
    return MARK.sub(lambda mark: _value(mark["word"], mark["label"] or "", request, address), text)


def still(text: str, address: str) -> str:
    """Replace the marks by nothing: the text as it is between the noise."""
    return MARK.sub(lambda mark: address if mark["word"] == "address" else "", text)


def _value(word: str, label: str, request: int, address: str) -> str:
    seed = hashlib.sha256(f"{request} {word} {label}".encode()).digest()
    makers: dict[str, Callable[[], str]] = {
        "nonce": lambda: str(uuid.UUID(bytes=seed[:16], version=1)),
        "cid": lambda: str(uuid.UUID(bytes=seed[:16])),
        "csrf": seed.hex,
        "session": lambda: seed[:16].hex().upper(),
        "sv": lambda: base64.urlsafe_b64encode(seed).decode()[:21],
        "clock": lambda: str(EPOCH_MS + 617 * request),
        "address": lambda: address,
    }
    return makers[word]()
