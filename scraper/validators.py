"""Validators: what to send back so that a server need only answer if the page changed, and what its 304 is worth. Pure.

A server's own words go back verbatim and its own clock is all that counts: ours may be an hour off. A 304 is a claim
about one body, the one whose validators were sent.
"""

from __future__ import annotations

import re

import msgspec

from archive.held import Held
from schemas.capture import Capture
from scraper.pace import parse_http_date

_WEAK = "W/"
# A tag, with the letters that RFC 9110, section 8.8.3 allows; longer ones break servers that get them back.
_TAG = re.compile(r'(?:W/)?"[!#-~\x80-\xff]{0,1000}"')


class Validators(msgspec.Struct, frozen=True, kw_only=True):
    """What one capture's answer gave to ask again with."""

    capture: int
    """Number of the capture whose body a 304 will confirm."""
    etag: str | None = None
    last_modified: str | None = None

    def fields(self) -> list[tuple[bytes, bytes]]:
        """Request fields, verbatim (RFC 9110, section 13.1)."""
        named = ((b"If-None-Match", self.etag), (b"If-Modified-Since", self.last_modified))
        return [(name, value.encode("latin-1")) for name, value in named if value]

    def fit(self, answer: Capture) -> bool:
        """Whether a 304 speaks of the body that we hold: it names its tag, or none (RFC 9110, section 15.4.5)."""
        tags = answer.fields("etag")
        return not tags or self.etag is None or [_opaque(tag) for tag in tags] == [_opaque(self.etag)]


def read_validators(held: Held) -> Validators | None:
    """The validators in the head of a capture that we hold the body of; None when it gave none to go by."""
    head = Capture(address="", fetched_at=held.fetched_at, outcome="fetched", head=held.head)
    tags, dates = head.fields("etag"), head.fields("last-modified")
    etag = tags[0] if len(tags) == 1 and _TAG.fullmatch(tags[0]) else None
    modified = dates[0] if len(dates) == 1 and _settled(head, dates[0]) else None
    if etag is None and modified is None:
        return None
    return Validators(capture=held.capture, etag=etag, last_modified=modified)


def _opaque(tag: str) -> str:
    return tag.removeprefix(_WEAK)


def _settled(head: Capture, modified: str) -> bool:
    """Whether a Last-Modified was over when the answer was made, by the server's clock.

    Within the second in which it was sent the page may change again without the stamp showing it (RFC 9110, section
    8.8.2.2); a stamp of the moment of sending is what content management systems give that know none.
    """
    changed = parse_http_date(modified, head.fetched_at)
    sent = parse_http_date(head.field("date") or "", head.fetched_at)
    return changed is not None and sent is not None and changed < sent
