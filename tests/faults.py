"""Ways for a server to misbehave: one table says how, and what must come of it."""

from __future__ import annotations

import gzip
import zlib
from functools import cache
from typing import Literal, NamedTuple

import zstandard

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
    rest: float | None = None
    """Seconds that the host is left alone afterwards."""
    reads: tuple[str, str] | None = None
    """Verdict of the parser on the body kept, and words of its reason or remarks."""
    tls: str = ""
    """Which certificate the server shows over TLS, or what it does there; "" for plain http."""
    door: Literal["open", "closed", "slammed"] = "open"
    """Whether the port takes connections, or ends each with a reset at once."""
    held: str = ""
    """The tag of the body that we hold and ask about; "" when we hold none."""
    then: Outcome | None = None
    """What comes of the next hop, where the redirect is followed."""


def _reset_after_head(talk: Talk) -> None:
    talk.say(answer(b"", length=100))
    talk.reset()


def _stall_in_head(talk: Talk) -> None:
    talk.say(b"HTTP/1.1 200 OK\r\nContent-Ty")
    talk.fall_silent()


def _stall_in_body(talk: Talk) -> None:
    talk.say(answer(b"half", length=100))
    talk.fall_silent()


def _interim_drip(talk: Talk) -> None:
    talk.drip(b"HTTP/1.1 102 Processing\r\n\r\n")


def _trailer_flood(talk: Talk) -> None:
    talk.say(bare_head("Transfer-Encoding: chunked") + b"4\r\nfour\r\n0\r\n")
    talk.flood(b"X-One-More: z\r\n")


def _extension_flood(talk: Talk) -> None:
    talk.say(bare_head("Transfer-Encoding: chunked") + b"4")
    talk.flood(b";z=z")


def _always_another_cookie(talk: Talk) -> None:
    cookie = f"Set-Cookie: visit={'another' if b'visit=one' in talk.request else 'one'}; Path=/"
    talk.say(answer(b"", "Location: /another-cookie", cookie, status="307 Try Again"))


def _growing_redirect(talk: Talk) -> None:
    path = talk.request.split(b" ")[1].decode("ascii")
    talk.say(answer(b"", f"Location: {path}{'&' if '?' in path else '?'}again=1", status="302 Found"))


def _offended(talk: Talk) -> None:
    if b"\r\nIf-None-Match: " in talk.request:
        talk.say(answer(b"", status="412 Precondition Failed"))
    else:
        talk.say(answer())


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


def _packed(body: bytes, coding: str, *, kept: bool = True, reads: tuple[str, str] = ("page", "")) -> Fault:
    """A page under a content coding that was not asked for: kept as sent, whatever it holds."""
    coded = answer(body, f"Content-Encoding: {coding}", "Content-Type: text/html")
    must = "A coding that was not asked for is kept as sent and undone for reading, as far as it goes."
    return Fault(coded, "fetched", must, status=200, body=body if kept else None, reads=reads)


def _busy(status: str, retry_after: str, rest: float) -> Fault:
    """A host that asks to be left alone, in one of the forms that are seen."""
    must = "Retry-After is honoured up to the cap of the site file; what is no such thing counts for nothing."
    said = answer(b"", f"Retry-After: {retry_after}", status=status)
    return Fault(said, "http_error", must, int(status[:3]), b"", error=status[:3], rest=rest)


def _hundred_megabytes(talk: Talk) -> None:
    talk.say(answer(b"", "Content-Type: text/html", length=100_000_000))
    for _ in range(100):
        talk.say(b"z" * 1_000_000)


def _many_fields(talk: Talk) -> None:
    talk.say(b"HTTP/1.1 200 OK\r\n")
    talk.flood(b"X-One-More: z\r\n")


@cache
def _zeros(coding: str) -> bytes:
    """A page that unpacks to 100 MB."""
    pieces = (PAGE, *(bytes(1_000_000) for _ in range(100)))
    if coding == "zstd":
        packer = zstandard.ZstdCompressor().compressobj()
        return b"".join(packer.compress(piece) for piece in pieces) + packer.flush()
    packed = zlib.compressobj(wbits=31)
    return b"".join(packed.compress(piece) for piece in pieces) + packed.flush()


_GZIP = gzip.compress(PAGE, mtime=0)
# 1.1 kB that brotli unpacks to over 100 MB: we do not unpack brotli at all, so what it is does not matter.
_BROTLI = b"\xcf\xff\xff\x7f\xf8" + bytes(1100)
_SWEDISH = "<!DOCTYPE html><title>Vävstugan</title><main><h1>Vävstugan</h1><p>Räksmörgås åt alla.</p></main>"


def _written(charset: str, encoding: str, said: str = "") -> Fault:
    """A Swedish page labelled with one charset and written in an encoding."""
    body = _SWEDISH.encode(encoding)
    label = f"; charset={charset}" if charset else ""
    must = "The letters are read as browsers read them, or the damage is told; the bytes are kept."
    typed = answer(body, f"Content-Type: text/html{label}")
    return Fault(typed, "fetched", must, status=200, body=body, reads=("page", said))


def _tls(certificate: str, must: str, error: str) -> Fault:
    return Fault(b"", "tls_error", must, complete=False, error=error, tls=certificate)


FAULTS: dict[str, Fault] = {
    # The connection
    "refused": Fault(
        b"", "network_error", "A closed port is a network error.", complete=False, error="refused", door="closed"
    ),
    "reset-before-request": Fault(
        b"", "network_error", "So is a port that slams.", complete=False, error="onnection", door="slammed"
    ),
    "reset-at-once": Fault(Talk.reset, "network_error", "A reset is a network error.", complete=False, error="reset"),
    "empty-reply": Fault(
        b"", "network_error", "Nothing at all is no page.", complete=False, error="closed the connection without"
    ),
    "reset-in-head": Fault(
        _reset_in_head, "network_error", "Half a head is no answer.", complete=False, error="Connection reset"
    ),
    "reset-after-head": Fault(
        _reset_after_head,
        "network_error",
        "A head alone is no page.",
        status=200,
        body=b"",
        complete=False,
        error="Connection reset",
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
    "stall-in-head": Fault(
        _stall_in_head, "timeout", "Silence in the head has an end.", complete=False, error="fell silent", slow=True
    ),
    "stall-in-body": Fault(
        _stall_in_body,
        "timeout",
        "Silence in the body has an end; what came is kept.",
        status=200,
        complete=False,
        error="fell silent",
        slow=True,
    ),
    "interim-drip": Fault(
        _interim_drip, "timeout", "Word that an answer will come is none.", complete=False, error="0.8 s", slow=True
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
    # Length, once more
    "two-equal-lengths": Fault(
        bare_head("Content-Length: 4", "Content-Length: 4") + b"four",
        "fetched",
        "The same length said twice is one.",
        status=200,
        body=b"four",
    ),
    "length-not-a-number": Fault(
        bare_head("Content-Length: many") + b"four",
        "network_error",
        "A length is a number.",
        complete=False,
        error="breaks HTTP",
    ),
    "length-and-chunks": Fault(
        bare_head("Content-Length: 3", "Transfer-Encoding: chunked") + b"4\r\nfour\r\n0\r\n\r\n",
        "fetched",
        "Where both are said, the chunks count (RFC 9112, section 6.3).",
        status=200,
        body=b"four",
    ),
    "chunk-too-large": Fault(
        bare_head("Transfer-Encoding: chunked") + b"ffffffffffffffffffffffff\r\nfour",
        "network_error",
        "A chunk size has an end.",
        status=200,
        body=b"",
        complete=False,
        error="breaks HTTP",
    ),
    "lines-without-cr": Fault(
        b"HTTP/1.1 200 OK\nContent-Length: 4\n\nfour", "fetched", "A bare line feed ends a line.", 200, b"four"
    ),
    "length-list": Fault(
        bare_head("Content-Length: 4, 4") + b"four", "fetched", "The same length said twice is one.", 200, b"four"
    ),
    "length-signed": Fault(
        bare_head("Content-Length: +4") + b"four",
        "network_error",
        "A length has no sign.",
        complete=False,
        error="breaks HTTP",
    ),
    "coding-of-transfer": Fault(
        bare_head("Transfer-Encoding: gzip, chunked") + b"0\r\n\r\n",
        "network_error",
        "A transfer coding that was not asked for is not undone.",
        complete=False,
        error="breaks HTTP",
    ),
    "one-byte-chunks": Fault(
        bare_head("Transfer-Encoding: chunked") + b"1\r\nz\r\n" * 10_000 + b"0\r\n\r\n",
        "fetched",
        "Crumbs are a body too.",
        status=200,
        body=b"z" * 10_000,
    ),
    "trailer-flood": Fault(
        _trailer_flood,
        "network_error",
        "What comes after the last chunk has a limit.",
        status=200,
        body=b"four",
        complete=False,
        error="breaks HTTP",
    ),
    "chunk-extension-flood": Fault(
        _extension_flood,
        "network_error",
        "So has what a chunk says about itself.",
        status=200,
        body=b"",
        complete=False,
        error="breaks HTTP",
    ),
    # Head, once more
    "http2": Fault(
        b"\0\0\x12\x04\0\0\0\0\0\0\x03\0\0\0\x64\0\x04\0\x01\0\0\r\n\r\n",
        "network_error",
        "Frames of HTTP/2 are no answer.",
        complete=False,
        error="breaks HTTP",
    ),
    "version-two": Fault(
        b"HTTP/2 200 OK\r\nContent-Length: 4\r\n\r\nfour",
        "network_error",
        "Nor is its name.",
        complete=False,
        error="breaks HTTP",
    ),
    "no-reason": Fault(
        b"HTTP/1.1 200\r\nContent-Length: 4\r\n\r\nfour", "fetched", "A status needs no words.", 200, b"four"
    ),
    "endless-status": Fault(
        b"HTTP/1.1 " + b"2" * 4000 + b" OK\r\n\r\n",
        "network_error",
        "What went wrong is told in a sentence, however long the answer.",
        complete=False,
        error="…, cut.",
    ),
    "folded-field": Fault(
        bare_head("Content-Type: text/html;\r\n charset=windows-1252") + _SWEDISH.encode("windows-1252"),
        "fetched",
        "A field that goes on in the next line is one.",
        status=200,
        body=_SWEDISH.encode("windows-1252"),
        reads=("page", ""),
    ),
    "folded-into-another": Fault(
        bare_head("X-Note: see\r\n Location: /ok", status="302 Found"),
        "http_error",
        "A field inside another is none.",
        status=302,
        body=b"",
        error="no Location",
    ),
    "location-of-a-page": Fault(
        answer(PAGE, "Location: /elsewhere"), "fetched", "A page leads nowhere by its head.", 200, PAGE
    ),
    "not-http": Fault(
        b"220 mail.agency.test ESMTP\r\n\r\n",
        "network_error",
        "Another protocol is no answer.",
        complete=False,
        error="breaks HTTP",
    ),
    "many-fields": Fault(
        _many_fields, "too_large", "Many small fields are a large head.", complete=False, error="over 8192 bytes"
    ),
    "bytes-in-head": Fault(
        b"HTTP/1.1 200 OK\r\nX-Odd: \xe5\xff\xfe\r\nContent-Length: 4\r\n\r\nfour",
        "fetched",
        "Bytes beyond ASCII in a field are kept as they are.",
        status=200,
        body=b"four",
    ),
    "control-in-head": Fault(
        bare_head("X-Odd: a\x01b") + PAGE, "fetched", "A control character in a field is kept as it is.", 200, PAGE
    ),
    "bad-cookies": Fault(
        answer(PAGE, "Set-Cookie: =;;=", "Set-Cookie: ", "Set-Cookie: a b=c", f"Set-Cookie: z={'z' * 5000}"),
        "fetched",
        "Cookies that are none are left out.",
        status=200,
        body=PAGE,
    ),
    # Codings that were not asked for
    "gzip-two-members": _packed(_GZIP + gzip.compress(b"<p>Mer.", mtime=0), "gzip"),
    "gzip-cut": _packed(_GZIP[:-12], "gzip", reads=("unparsable", "it ends too early")),
    "gzip-garbage-after": _packed(_GZIP + b"garbage", "gzip", reads=("page", "7 bytes stand after its end")),
    "gzip-lie": _packed(PAGE, "gzip", reads=("page", "is not gzip though it says so")),
    "deflate-bare": _packed(zlib.compress(PAGE, wbits=-15), "deflate"),
    "coding-unknown": _packed(PAGE, "sdch", reads=("unparsable", 'content coding "sdch" is not known here')),
    "codings-stacked": _packed(PAGE, ", ".join(["gzip"] * 20), reads=("unparsable", "20 content codings, more than 5")),
    "gzip-bomb": _packed(_zeros("gzip"), "gzip", reads=("unparsable", "cut at 64000000 bytes")),
    "zstd-bomb": _packed(_zeros("zstd"), "zstd", reads=("unparsable", "cut at 64000000 bytes")),
    "brotli-bomb": _packed(_BROTLI, "br", reads=("unparsable", "")),
    "coding-endless": _packed(PAGE, "x" * 7000, reads=("unparsable", "is not known here")),
    "hundred-megabytes": Fault(
        _hundred_megabytes,
        "too_large",
        "Of a body over the limit, the part within it is kept.",
        status=200,
        body=b"z" * BODY_LIMIT,
        complete=False,
        error="The body is over 200000 bytes",
    ),
    # Redirects, once more
    "redirect-chain": Fault(
        answer(b"", "Location: /redirect-itself", status="307 Again"),
        "redirected",
        "Each hop of a chain is a capture.",
        status=307,
        body=b"",
        then="redirected",
    ),
    "redirect-growing": Fault(
        _growing_redirect,
        "redirected",
        "A chain of ever new addresses ends at the limit of hops.",
        status=302,
        body=b"",
        then="redirected",
    ),
    "redirect-out-of-scope": Fault(
        answer(b"", "Location: http://another.test/", status="302 Found"),
        "redirected",
        "A redirect out of the site is kept and not followed.",
        status=302,
        body=b"",
        then="out_of_scope",
    ),
    "redirect-private": Fault(
        answer(b"", "Location: http://inner.test/", status="302 Found"),
        "redirected",
        "A redirect to a name of a private network is kept; nothing is sent there.",
        status=302,
        body=b"",
        then="refused_address",
    ),
    "redirect-metadata": Fault(
        answer(b"", "Location: http://169.254.169.254/latest/meta-data/", status="302 Found"),
        "redirected",
        "Nor to a cloud's own addresses.",
        status=302,
        body=b"",
        then="refused_address",
    ),
    "another-cookie": Fault(
        _always_another_cookie,
        "redirected",
        "Who asks for another cookie each time is asked twice.",
        status=307,
        body=b"",
        error="a loop",
    ),
    "redirect-data": Fault(
        answer(b"", "Location: data:text/html,Hej", status="302 Found"),
        "http_error",
        "Data is no address.",
        302,
        b"",
        error="data:text/html",
    ),
    "redirect-file": Fault(
        answer(b"", "Location: file:///etc/passwd", status="302 Found"),
        "http_error",
        "A file is no address.",
        302,
        b"",
        error="file:///etc/passwd",
    ),
    "redirect-password": Fault(
        answer(b"", "Location: http://me:secret@agency.test/ok", status="302 Found"),
        "http_error",
        "An address with a password in it is not asked for.",
        status=302,
        body=b"",
        error="no http(s) address that is asked for",
    ),
    # Status, once more
    "not-modified-for-another": Fault(
        bare_head('ETag: "another"', status="304 Not Modified"),
        "http_error",
        "A 304 for a body that we do not hold is an error, the second time too.",
        status=304,
        error="not ask",
        held='"ours"',
    ),
    "not-modified-for-ours": Fault(
        bare_head('ETag: "ours"', status="304 Not Modified"),
        "not_modified",
        "A 304 for the body that we asked about confirms it.",
        status=304,
        held='"ours"',
    ),
    "offended": Fault(
        _offended,
        "fetched",
        "Who takes offence at a conditional request is asked without condition.",
        status=200,
        body=PAGE,
        held='"ours"',
    ),
    "busy-seconds": _busy("429 Slow down", "7", 7),
    "busy-nought": _busy("503 Busy", "0", 1),
    "busy-date": _busy("503 Busy", "Mon, 02 Mar 2026 01:00:30 GMT", 30),
    "busy-date-gone": _busy("429 Slow down", "Mon, 02 Mar 2020 01:00:30 GMT", 1),
    "busy-date-rfc850": _busy("503 Busy", "Monday, 02-Mar-26 01:00:30 GMT", 30),
    "busy-date-asctime": _busy("503 Busy", "Mon Mar  2 01:00:30 2026", 30),
    "busy-for-years": _busy("503 Busy", "Mon, 02 Mar 2037 01:00:30 GMT", 120),
    "busy-endless-number": _busy("429 Slow down", "9" * 400, 120),
    "busy-negative": _busy("503 Busy", "-7", 1),
    "busy-fraction": _busy("503 Busy", "7.5", 1),
    "busy-list": _busy("503 Busy", "7, 8", 1),
    "busy-words": _busy("429 Slow down", "soon", 1),
    "busy-empty": _busy("503 Busy", "", 1),
    # Encodings
    "charset-missing": _written("", "windows-1252"),
    "charset-utf8-is-1252": _written("utf-8", "windows-1252", "read as that"),
    "charset-1252-is-utf8": _written("windows-1252", "utf-8", "read as that"),
    "charset-unknown": _written("rot13", "utf-8"),
    "charset-utf7": _written("utf-7", "utf-8"),
    "charset-endless": _written("x" * 7000, "utf-8"),
    # TLS
    "tls-expired": _tls("expired", "A certificate has an end.", "certificate has expired"),
    "tls-wrong-name": _tls("wrong-name", "A certificate is for its host.", "Hostname mismatch"),
    "tls-self-signed": _tls("self-signed", "Somebody has to vouch for a certificate.", "self-signed certificate"),
    "tls-cut": Fault(
        bare_head("Content-Type: text/html") + PAGE,
        "network_error",
        "Where the end of the connection ends the body, TLS has to say goodbye.",
        status=200,
        body=PAGE,
        complete=False,
        error="without the goodbye of TLS",
        tls="cut",
    ),
    "tls-plain": _tls("plain", "Plain http is no TLS.", "TLS with agency.test failed"),
    "tls-reset": _tls("reset", "Nor is a reset.", "TLS with agency.test failed"),
    "tls-drip": Fault(
        b"",
        "timeout",
        "A dripping handshake has an end.",
        complete=False,
        error="fell silent",
        slow=True,
        tls="drip",
    ),
    "tls-hang-up": _tls("hang-up", "A handshake is finished or it failed.", "TLS with agency.test failed"),
}


class FaultServer(RawServer):
    """A server whose /<name> misbehaves as the table says."""

    def __init__(self) -> None:
        super().__init__({f"/{name}": fault.act for name, fault in FAULTS.items()})
