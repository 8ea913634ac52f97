"""Answers: what an address answers on a night, with or without trouble. Decisions alone; nothing is sent here."""

from __future__ import annotations

import hashlib
from http.client import responses
from typing import TypeAlias

import msgspec

from tests.agency import nightly
from tests.agency.trouble import Trouble

BODILESS = (204, 304)
SERVER = "Myndighetsserver"
Fields: TypeAlias = tuple[tuple[str, str], ...]


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """Status, fields and body, before they are bytes."""

    status: int
    fields: Fields = ()
    body: bytes = b""


def bare_path(target: str) -> str:
    """Path of a request target, without query and session id."""
    return target.partition("?")[0].partition(";jsessionid=")[0]


def answer(night: int, host: str, target: str, *, request: int, known_tag: str | None = None) -> Answer:
    """Say what an address answers to the `request`-th request when nothing goes wrong.

    `known_tag` is the If-None-Match, "" when the request has none; None when the site gives no validators.
    """
    if host.startswith("www."):
        return Answer(status=301, fields=(("Location", f"http://{host.removeprefix('www.')}{target}"),))
    path = bare_path(target)
    shown = nightly.shown(night, host, path)
    if shown.moved_to is not None:
        return Answer(status=301, fields=(("Location", shown.moved_to),))
    if shown.file is None:
        body = nightly.not_found_page(night, host, path, request)
        return Answer(status=404, fields=(("Content-Type", nightly.MEDIA_TYPES[".html"]),), body=body)
    fields: Fields = (("Content-Type", nightly.MEDIA_TYPES[shown.file.suffix]),)
    if shown.file.suffix not in nightly.PAGES:
        return Answer(status=200, fields=fields, body=shown.file.read_bytes())
    if known_tag is not None:
        tag = entity_tag(night, host, path)
        fields = (*fields, ("ETag", tag))
        if tag in known_tag:
            return Answer(status=304, fields=fields)
    return Answer(status=200, fields=fields, body=nightly.page(night, host, path, request))


def entity_tag(night: int, host: str, path: str) -> str:
    """ETag of a page: of its chrome and content, not of its noise, or no two answers would ever share one."""
    return f'"{hashlib.sha256(nightly.page_without_noise(night, host, path)).hexdigest()[:16]}"'


def with_trouble(answer: Answer, trouble: Trouble) -> Answer:
    """Return the answer as the trouble leaves it; see Trouble for what each of its fields does."""
    status = answer.status if trouble.status is None else trouble.status
    usual_body = answer.body if status == answer.status else b""
    return Answer(
        status=status,
        fields=_replaced(answer.fields, trouble.fields),
        body=usual_body if trouble.body is None else trouble.body,
    )


def as_bytes(answer: Answer, *, date: str) -> bytes:
    """Head and body as they are sent; `date` is the server's clock as the Date field has it."""
    usual: Fields = (("Date", date), ("Server", SERVER))
    body = b"" if answer.status in BODILESS else answer.body
    if answer.status not in BODILESS:
        usual = (*usual, ("Content-Length", str(len(body))))
    lines = "".join(f"{name}: {value}\r\n" for name, value in _replaced(usual, answer.fields))
    return f"HTTP/1.1 {answer.status} {responses.get(answer.status, '')}\r\n{lines}\r\n".encode("latin-1") + body


def _replaced(usual: Fields, instead: Fields) -> Fields:
    """Fields of both, without the usual ones that another of the same name stands in for."""
    named = {name.lower() for name, _ in instead}
    return (*(pair for pair in usual if pair[0].lower() not in named), *instead)
