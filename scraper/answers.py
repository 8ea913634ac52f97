"""What came of a request: the capture of an answer, its outcome and, for a redirect, where it leads. Pure."""

from __future__ import annotations

from msgspec.structs import replace

from schemas.capture import Capture, Purpose
from scraper.addresses import join, normal
from scraper.validators import Validators
from scraper.wire import Answer

TRY_AGAIN = (429, 502, 503, 504)
"""Statuses of a host that is busy."""
# What the Fetch standard follows; 300 and 304 are something else.
_REDIRECTS = (301, 302, 303, 307, 308)
_NOT_MODIFIED = 304
_TOLD = 300
"""Characters of a sentence on what went wrong: servers have a say in it, and may have much to say."""


def may_help_to_retry(capture: Capture) -> bool:
    """Whether another attempt may end otherwise: broken connections, silence, and hosts that say they are busy."""
    return capture.outcome in ("network_error", "timeout") or capture.status in TRY_AGAIN


def busy_or_silent(capture: Capture) -> bool:
    """Whether a host had no answer to give: busy, or none at all. A broken answer may be one page's fault."""
    return capture.status in TRY_AGAIN or (capture.status is None and capture.outcome in ("network_error", "timeout"))


def read_answer(
    address: str, purpose: Purpose, answer: Answer, verdict: str | None, validators: Validators | None = None
) -> Capture:
    """The capture of an answer: its outcome and, for a redirect, where it leads. Pure.

    `validators` are those that the request was sent with.
    """
    capture = _read(address, purpose, answer, verdict, validators)
    if capture.error is None or len(capture.error) <= _TOLD:
        return capture
    return replace(capture, error=f"{capture.error[:_TOLD]} …, cut.")


def _read(
    address: str, purpose: Purpose, answer: Answer, verdict: str | None, validators: Validators | None
) -> Capture:
    capture = Capture(
        address=address,
        purpose=purpose,
        fetched_at=answer.began,
        outcome="http_error",
        status=answer.status,
        request=answer.request,
        head=answer.head,
        body=answer.body,
        complete=answer.complete,
        elapsed_ms=answer.elapsed_ms,
        peer=answer.peer,
        tls=answer.tls,
        robots=verdict,
    )
    if answer.status in _REDIRECTS:
        return _read_redirect(capture, answer)
    if answer.trouble is not None:
        outcome, sentence = answer.trouble
        return replace(capture, outcome=outcome, error=sentence)
    if answer.status == _NOT_MODIFIED and validators is not None:
        return _read_not_modified(capture, validators)
    return _read_status(capture)


def _read_not_modified(capture: Capture, validators: Validators) -> Capture:
    if validators.fit(capture):
        return replace(capture, outcome="not_modified", confirms=validators.capture)
    sentence = f"Status 304 for {capture.field('etag')}, but what we hold is {validators.etag}."
    return replace(capture, error=sentence)


def _read_redirect(capture: Capture, answer: Answer) -> Capture:
    """A redirect is in its head: a body cut short takes nothing from it."""
    sentence = answer.trouble[1] if answer.trouble else None
    references = capture.fields("location")
    if len(references) != 1 or not references[0]:
        found = "more than one Location" if len(references) > 1 else "no Location"
        return replace(capture, error=f"A redirect, status {capture.status}, with {found}.")
    reference = _as_sent(references[0])
    joined = join(capture.address, reference)
    target = normal(joined) if joined else None
    if target is None:
        return replace(capture, error=f"A redirect to {reference!r}, which is no http(s) address that is asked for.")
    return replace(capture, outcome="redirected", location=target, error=sentence)


def _as_sent(value: str) -> str:
    """A field value in the letters meant: servers write raw UTF-8 into Location, where browsers read it."""
    try:
        return value.encode("latin-1").decode("utf-8")
    except UnicodeDecodeError:
        return value


def _read_status(capture: Capture) -> Capture:
    match capture.status:
        case 200:
            return replace(capture, outcome="fetched")
        case 404 | 410:
            return replace(capture, outcome="gone")
        case 206 | 304:
            return replace(capture, error=f"Status {capture.status}, which the request did not ask for.")
        case _:
            return replace(capture, error=f"Status {capture.status}.")
