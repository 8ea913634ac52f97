"""Ways for a server to misbehave: one table says how, and what must come of it."""

from __future__ import annotations

import gzip
from typing import NamedTuple

from schemas.capture import Outcome
from tests.raw_server import PAGE, Act, RawServer, Talk, answer, bare_head

BODY_LIMIT = 200_000
HEAD_LIMIT = 8_192
REDIRECT_LIMIT = 64 * 1024


class Fault(NamedTuple):
    """How the server answers, and what the capture must be."""

    act: Act
    outcome: Outcome
    must: str
    """What must hold, a sentence."""
    status: int | None = None
    body: bytes | None = None
    """The body kept, whole."""
    complete: bool = True
    error: str | None = None
    """Words that the error must have; None when there must be no error."""
    slow: bool = False
    """Whether it ends by a time limit, which is then short."""


def _reset_in_head(talk: Talk) -> None:
    talk.say(b"HTTP/1.1 200 OK\r\nContent-Ty")
    talk.reset()


def _reset_in_body(talk: Talk) -> None:
    talk.say(answer(b"half", length=100))
    talk.reset()


def _slow_head(talk: Talk) -> None:
    talk.say(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    talk.drip(b"z")


def _slow_body(talk: Talk) -> None:
    talk.say(answer(b"", length=BODY_LIMIT))
    talk.drip(b"z")


def _slow_chunks(talk: Talk) -> None:
    talk.say(bare_head("Transfer-Encoding: chunked"))
    talk.drip(b"1\r\nz\r\n")


def _endless_body(talk: Talk) -> None:
    talk.say(bare_head())
    talk.flood(b"z" * 8192)


def _endless_redirect(talk: Talk) -> None:
    talk.say(bare_head("Location: /ok", status="302 Found"))
    talk.flood(b"z" * 8192)


def _wants_cookie(talk: Talk) -> None:
    if b"\r\nCookie: visit=42\r\n" in talk.request:
        talk.say(answer())
    else:
        talk.say(answer(b"", "Location: /wants-cookie", "Set-Cookie: visit=42; Path=/", status="307 Try Again"))


FAULTS: dict[str, Fault] = {
    # The connection
    "refused": Fault(b"", "network_error", "A closed port is a network error.", complete=False, error="refused"),
    "reset-at-once": Fault(Talk.reset, "network_error", "A reset is a network error.", complete=False, error="reset"),
    "empty-reply": Fault(
        b"", "network_error", "Nothing at all is no page.", complete=False, error="closed the connection without"
    ),
    "reset-in-head": Fault(
        _reset_in_head, "network_error", "Half a head is no answer.", complete=False, error="Connection reset"
    ),
    "reset-in-body": Fault(
        _reset_in_body,
        "network_error",
        "What came before a reset is kept, marked incomplete.",
        status=200,
        body=b"half",
        complete=False,
        error="Connection reset",
    ),
    # Time
    "silent": Fault(Talk.fall_silent, "timeout", "Silence has an end.", complete=False, error="fell silent", slow=True),
    "slow-head": Fault(_slow_head, "timeout", "A dripping head has an end.", complete=False, error="0.8 s", slow=True),
    "slow-body": Fault(
        _slow_body, "timeout", "A dripping body has an end.", status=200, complete=False, error="0.8 s", slow=True
    ),
    "slow-chunks": Fault(
        _slow_chunks, "timeout", "Dripping chunks have an end.", status=200, complete=False, error="0.8 s", slow=True
    ),
    # Length
    "short-body": Fault(
        answer(b"half", length=100),
        "network_error",
        "A body shorter than it said is no page.",
        status=200,
        body=b"half",
        complete=False,
        error="received 4 bytes, expected 100",
    ),
    "long-body": Fault(
        answer(PAGE + b"surplus", length=len(PAGE)),
        "fetched",
        "A body ends where it said it would.",
        status=200,
        body=PAGE,
    ),
    "surplus-answer": Fault(
        answer() + answer(b"POISON"),
        "fetched",
        "A second answer that nobody asked for is nobody's page.",
        status=200,
        body=PAGE,
    ),
    "no-length": Fault(
        bare_head("Content-Type: text/html") + PAGE, "fetched", "A body may end by closing.", status=200, body=PAGE
    ),
    "two-lengths": Fault(
        bare_head("Content-Length: 3", "Content-Length: 4") + b"four",
        "network_error",
        "Two lengths are none.",
        complete=False,
        error="breaks HTTP",
    ),
    "negative-length": Fault(
        answer(b"", length=-1), "network_error", "A length is a number.", complete=False, error="breaks HTTP"
    ),
    "chunk-cut": Fault(
        bare_head("Transfer-Encoding: chunked") + b"4\r\nhalf\r\n",
        "network_error",
        "Chunks without an end are no page.",
        status=200,
        body=b"half",
        complete=False,
        error="breaks HTTP",
    ),
    "bad-chunk": Fault(
        bare_head("Transfer-Encoding: chunked") + b"4\r\nhalf\r\nxyz\r\n",
        "network_error",
        "A chunk size is hexadecimal.",
        status=200,
        body=b"half",
        complete=False,
        error="illegal chunk header",
    ),
    # Head
    "http09": Fault(PAGE, "network_error", "A page without a head is none.", complete=False, error="breaks HTTP"),
    "garbage-status": Fault(
        b"HTTP/1.1 zwei OK\r\n\r\n", "network_error", "A status is a number.", complete=False, error="illegal status"
    ),
    "no-colon": Fault(
        bare_head("What is this") + PAGE,
        "network_error",
        "A field has a colon.",
        complete=False,
        error="illegal header",
    ),
    "nul-in-head": Fault(
        bare_head("X-Nul: a\0b") + PAGE, "network_error", "A field has no NUL.", complete=False, error="illegal header"
    ),
    "head-bomb": Fault(
        bare_head(f"X-Bomb: {'z' * HEAD_LIMIT}") + PAGE,
        "too_large",
        "A head has a limit.",
        complete=False,
        error="head of the answer is over 8192 bytes",
    ),
    "interim-flood": Fault(
        lambda talk: talk.flood(b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n"),
        "too_large",
        "Answers before the answer count as head.",
        complete=False,
        error="head of the answer is over",
    ),
    "interim": Fault(
        b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n" + answer(),
        "fetched",
        "An answer before the answer is no answer.",
        status=200,
        body=PAGE,
    ),
    # Size and coding
    "large-body": Fault(
        answer(b"z" * (BODY_LIMIT + 1)),
        "too_large",
        "Over the limit, what was read is kept, marked incomplete.",
        status=200,
        body=b"z" * BODY_LIMIT,
        complete=False,
        error="The body is over 200000 bytes",
    ),
    "body-at-limit": Fault(
        answer(b"z" * BODY_LIMIT), "fetched", "The limit itself is allowed.", status=200, body=b"z" * BODY_LIMIT
    ),
    "endless-body": Fault(
        _endless_body,
        "too_large",
        "A body without end has one.",
        status=200,
        body=b"z" * BODY_LIMIT,
        complete=False,
        error="The body is over",
    ),
    "gzip": Fault(
        answer(gzip.compress(PAGE, mtime=0), "Content-Encoding: gzip"),
        "fetched",
        "A coding not asked for is kept as sent.",
        status=200,
        body=gzip.compress(PAGE, mtime=0),
    ),
    # Redirects
    "redirect-itself": Fault(
        answer(b"", "Location: /redirect-itself", status="302 Found"),
        "redirected",
        "A loop ends, and says so.",
        status=302,
        body=b"",
        error="a loop",
    ),
    "redirect-ftp": Fault(
        answer(b"", "Location: ftp://agency.test/a", status="301 Moved"),
        "http_error",
        "Only http and https are followed.",
        status=301,
        body=b"",
        error="ftp://agency.test/a",
    ),
    "redirect-script": Fault(
        answer(b"", "Location: javascript:alert(1)", status="302 Found"),
        "http_error",
        "A script is no address.",
        status=302,
        body=b"",
        error="javascript:",
    ),
    "redirect-port": Fault(
        answer(b"", "Location: http://agency.test:99999/", status="302 Found"),
        "http_error",
        "A port outside the range is no address.",
        status=302,
        body=b"",
        error=":99999",
    ),
    "redirect-empty": Fault(
        answer(b"", "Location: ", status="302 Found"), "http_error", "Empty is nowhere.", 302, b"", error="no Location"
    ),
    "redirect-nowhere": Fault(
        answer(b"", status="302 Found"), "http_error", "No Location, no redirect.", 302, b"", error="no Location"
    ),
    "redirect-two-ways": Fault(
        answer(b"", "Location: /ok", "Location: /other", status="302 Found"),
        "http_error",
        "Two ways are none.",
        status=302,
        body=b"",
        error="more than one Location",
    ),
    "redirect-endless": Fault(
        _endless_redirect,
        "redirected",
        "A redirect is in its head.",
        status=302,
        body=b"z" * REDIRECT_LIMIT,
        complete=False,
        error="The body is over 65536 bytes",
    ),
    "wants-cookie": Fault(_wants_cookie, "fetched", "A cookie asked back is given.", status=200, body=PAGE),
    # Status
    "no-content": Fault(
        bare_head(status="204 No Content") + b"POISON", "http_error", "204 has no body.", 204, None, error="Status 204"
    ),
    "not-modified": Fault(
        bare_head(status="304 Not Modified"), "http_error", "A 304 unasked is an error.", 304, None, error="not ask"
    ),
    "partial": Fault(
        answer(b"half", "Content-Range: bytes 0-3/45", status="206 Partial Content"),
        "http_error",
        "A part unasked is an error.",
        status=206,
        body=b"half",
        error="not ask",
    ),
    "choices": Fault(
        answer(b"", "Location: /ok", status="300 Multiple Choices"),
        "http_error",
        "300 is a menu.",
        300,
        b"",
        error="300",
    ),
    "switching": Fault(
        bare_head("Upgrade: h2c", "Connection: upgrade", status="101 Switching Protocols"),
        "network_error",
        "An upgrade unasked is no answer.",
        complete=False,
        error="breaks HTTP",
    ),
    "not-found": Fault(answer(b"Nej", status="404 Not Found"), "gone", "404 is gone.", 404, b"Nej"),
    "gone": Fault(answer(b"Nej", status="410 Gone"), "gone", "410 is gone.", 410, b"Nej"),
    "gone-cut": Fault(
        answer(b"Nej", status="404 Not Found", length=9),
        "network_error",
        "A broken 404 proves nothing.",
        status=404,
        body=b"Nej",
        complete=False,
        error="expected 9",
    ),
    "login": Fault(answer(b"", status="401 Unauthorized"), "http_error", "401 is an error.", 401, b"", error="401"),
    "server-error": Fault(answer(b"Oj", status="500 Oj"), "http_error", "500 is an error.", 500, b"Oj", error="500"),
    "busy": Fault(
        answer(b"", "Retry-After: 7", status="503 Busy"), "http_error", "503 is an error.", 503, b"", error="503"
    ),
    "unheard-of": Fault(answer(b"?", status="999 Denied"), "http_error", "999 is an error.", 999, b"?", error="999"),
}


class FaultServer(RawServer):
    """A server whose /<name> misbehaves as the table says."""

    def __init__(self) -> None:
        super().__init__({f"/{name}": fault.act for name, fault in FAULTS.items()})
