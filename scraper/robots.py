"""May we? What a host's robots.txt allows, by RFC 9309. Pure: a capture of it in, a verdict out."""

from __future__ import annotations

import re
import zlib
from typing import Any

import msgspec
from protego import Protego

from schemas.capture import Capture, Outcome

PRODUCT = "tidslager"
"""The product token that robots.txt files know us by (RFC 9309, section 2.2.1)."""
SIZE = 500 * 1024
"""Bytes of robots.txt that are read: the least that RFC 9309, section 2.5 asks for."""
REDIRECTS = 5
"""Redirects followed to a robots.txt (RFC 9309, section 2.3.1.2)."""

_OK, _NO_CONTENT, _TOO_MANY = 200, 204, 429
_AGENT = re.compile(r"\s*user[- ]?agent\s*:?\s*(?P<name>[A-Za-z_-]+|\*)?", re.IGNORECASE)
# protego also reads the usual misspellings of Disallow; so we let through all that begins and ends like it.
_RULE = re.compile(r"\s*(allow|d[a-z]+w|crawl[- ]delay)\b", re.IGNORECASE)


class Robots(msgspec.Struct, frozen=True, kw_only=True):
    """What one host allows."""

    source: str
    """Address where the rules stand."""
    rules: Any = None
    """The rules, read by protego; None when `blanket` says it all."""
    blanket: str | None = None
    """Why everything, or nothing, is allowed; None where there are rules."""
    open: bool = True
    """What the blanket says: all allowed, or nothing."""
    fault: Outcome | None = None
    """Where nothing is allowed because the rules could not be had: what came of asking for them."""
    delay_s: float = 0.0
    """Seconds of rest that the host asks for between requests, capped."""

    def allows(self, address: str) -> bool:
        """Whether the address may be asked for."""
        return self.open if self.rules is None else bool(self.rules.can_fetch(address, PRODUCT))

    def verdict(self, address: str, *, allowed: bool | None = None) -> str:
        """The decision on the address, one line, naming the robots.txt that it follows from.

        `allowed` is what `allows` said of it, where that was asked already.
        """
        if self.blanket is not None:
            return self.blanket
        may = self.allows(address) if allowed is None else allowed
        return f"{'allowed' if may else 'disallowed'} by {self.source}"


def read_robots(capture: Capture, *, delay_cap_s: float) -> Robots:
    """Read the capture of a robots.txt: the last one, where redirects led to it.

    4xx allows everything and 5xx or no answer nothing (RFC 9309, sections 2.3.1.3 and 2.3.1.4). 429 counts as
    "not now", as the large search engines have it: who asks for fewer requests has not allowed any.
    """
    source = capture.address
    status = capture.status or 0
    if status == _NO_CONTENT:
        return Robots(source=source, blanket=f"allowed: {source} is empty")
    if status // 100 == 4 and status != _TOO_MANY:  # noqa: PLR2004
        return Robots(source=source, blanket=f"allowed: {source} answers {status}")
    if status != _OK or capture.outcome not in ("fetched", "too_large"):
        return _closed(capture, f"answers {status}" if status else f"gives no answer: {capture.error}")
    text = _read_text(capture)
    if text is None:
        return _closed(capture, f"is sent as {capture.field('content-encoding')}, which was not asked for")
    rules = Protego.parse(_plain(text))
    delay = rules.crawl_delay(PRODUCT) or 0.0
    return Robots(source=source, rules=rules, delay_s=min(delay, delay_cap_s))


def _closed(capture: Capture, why: str) -> Robots:
    # An answer that came whole, and that no rules can be read from, is as bad as one with an error status.
    fault: Outcome = "http_error" if capture.outcome in ("fetched", "redirected") else capture.outcome
    return Robots(source=capture.address, blanket=f"not now: {capture.address} {why}", open=False, fault=fault)


def _read_text(capture: Capture) -> str | None:
    """The first 500 KiB as text; None under a content coding that we cannot undo."""
    body = capture.body or b""
    coding = ", ".join(capture.fields("content-encoding")).lower()
    if coding in ("gzip", "x-gzip", "deflate"):
        try:
            body = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32).decompress(body, SIZE)
        except zlib.error:
            return None
    elif coding not in ("", "identity"):
        return None
    # A byte order mark would hide the first group from protego.
    return body[:SIZE].decode("utf-8-sig", errors="replace")


def _plain(text: str) -> str:
    """The lines that carry rules, each agent by its product token.

    protego compares the whole value of a User-agent line, takes a name for ours that ours only begins with, and ends
    a group at a line that it does not know; the RFC has it otherwise.
    """
    lines = []
    for line in text.splitlines():
        agent = _AGENT.match(line)
        if agent:
            name = (agent["name"] or "").lower()
            lines.append(f"User-agent: {name if name in ('*', PRODUCT) else 'another'}")
        elif _RULE.match(line):
            lines.append(line)
    return "\n".join(lines)
