"""From the bytes of a body to text: content codings undone within a limit, then characters as a browser chooses them.

Nothing here raises: damage is a remark. The order of evidence for the encoding is the HTML standard's ("determining
the character encoding"), with the web's own fallback for Swedish pages, windows-1252, only when UTF-8 does not hold. A
label that the bytes contradict is not believed: `scraper.labels`.
"""

from __future__ import annotations

import codecs
import re
import zlib
from collections.abc import Callable
from typing import Protocol

import msgspec
import webencodings
import zstandard

from scraper.labels import other_than_labelled

REPLACEMENT = "\ufffd"
_PRESCAN_BYTES = 1024
# Browsers stop at 1,024 bytes, but rescan when they meet a late <meta>; heads longer than this have not been seen.
_LATE_BYTES = 64 * 1024
# No server has a reason to stack more; each costs a pass over the body. httpx's successor draws the same line.
_MOST_CODINGS = 5
_STEP_BYTES = 256
_AFTER = "bytes stand after its end"
# Damaged bodies up to this size are read again byte by byte, to lose as little as can be: a fifth of a second.
_SAVED_BYTES = 1024 * 1024
# RFC 9659: a decoder of the zstd content coding need not accept windows over 8 MB.
_ZSTD_WINDOW_BYTES = 8 * 1024 * 1024
_LABELS = ("header", "meta", "late-meta")
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_BE, "utf-16be"), (codecs.BOM_UTF16_LE, "utf-16le"))
_HEADER_CHARSET = re.compile(r""";\s*charset\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s;"']+))""", re.IGNORECASE)
_XML_ENCODING = re.compile(rb"""^<\?xml[^>]*?\sencoding\s*=\s*["']([^"'>]+)["'][^>]*>""")
_TAG = re.compile(rb"<!--|<[/!?]?[a-zA-Z?!/]?")
_META = re.compile(rb"<meta[\s/]", re.IGNORECASE)
_ATTRIBUTE = re.compile(rb"""[\s/]*([^\s/>=][^\s/>=]*)\s*(?:=\s*(?:"([^"]*)"|'([^']*)'|([^\s>"'][^\s>]*)))?""")
_CONTENT_CHARSET = re.compile(rb"""charset\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s;"']+))""", re.IGNORECASE)


class Decoded(msgspec.Struct, frozen=True, kw_only=True):
    """Text of a body, and how we came to read it so."""

    text: str
    encoding: str
    """Name in the WHATWG table, e.g. "windows-1252"."""
    chosen_from: str
    """bom, header, meta, late-meta, valid-utf-8 or fallback."""
    whole: bool = True
    """Whether the text is all of what was sent: False under a coding that we cannot undo, or that broke off."""
    remarks: tuple[str, ...] = ()
    """What was lost or odd on the way, one sentence each."""


def decode(body: bytes, content_type: str | None, content_encoding: str | None, limit: int) -> Decoded:
    """Return the text of a body as it came over the wire. Never raises.

    `content_type` and `content_encoding` are the response fields; `limit` is the greatest number of bytes that may
    come out of the content codings: what lies beyond is cut off and remarked on.
    """
    plain, remarks, whole = undo_codings(body, content_encoding, limit)
    encoding, chosen_from = _choose(plain, content_type)
    other = other_than_labelled(plain, encoding) if chosen_from in _LABELS else None
    if other:
        remarks.append(f"labelled {encoding.name} ({chosen_from}), but its bytes are {other.name}: read as that")
        encoding, chosen_from = other, "valid-utf-8" if other is webencodings.UTF8 else "fallback"
    mark = next((bom for bom, _ in _BOMS if chosen_from == "bom" and plain.startswith(bom)), b"")
    text, _ = encoding.codec_info.decode(plain[len(mark) :], "replace")
    lost = text.count(REPLACEMENT)
    if lost:
        remarks.append(f"{lost} replacement characters: the bytes are not all {encoding.name}")
    return Decoded(text=text, encoding=encoding.name, chosen_from=chosen_from, whole=whole, remarks=tuple(remarks))


def undo_codings(body: bytes, content_encoding: str | None, limit: int) -> tuple[bytes, list[str], bool]:
    """Return the body without its content codings (RFC 9110 section 8.4), remarks on damage, and whether it is whole.

    A coding that we cannot undo (br), and all under it, is left on: the text will be unreadable, and says why. At most
    `limit` bytes are given.
    """
    codings = [name.strip().lower() for name in (content_encoding or "").split(",")]
    codings = [name for name in codings if name not in ("", "identity")]
    remarks: list[str] = []
    whole = True
    if len(codings) > _MOST_CODINGS:
        return body[:limit], [f"{len(codings)} content codings, more than {_MOST_CODINGS}: left as they are"], False
    for coding in reversed(codings):
        undo = _UNDO.get(coding)
        if undo is None:
            remarks.append(f'content coding "{coding}" is not known here: left on')
            whole = False
            break
        plain, damage = undo(body, limit)
        if damage and not plain:
            remarks.append(f"body is not {coding} though it says so ({damage}): read as it stands")
            continue
        if damage:
            remarks.append(f"{coding} body is damaged: {damage}")
            whole = whole and damage.endswith(_AFTER)
        body = plain
    if len(body) > limit:
        remarks.append(f"cut at {limit} bytes after content decoding")
    return body[:limit], remarks, whole and len(body) <= limit


class _Stream(Protocol):
    """What zlib and zstandard have in common: a decompressor that is fed piece by piece."""

    @property
    def eof(self) -> bool:
        """Whether the stream has come to its end."""

    @property
    def unused_data(self) -> bytes:
        """What followed the end in the last piece."""

    def decompress(self, data: bytes, /) -> bytes:
        """Take a piece, give what comes of it."""


def _unpack(body: bytes, begin: Callable[[], _Stream], limit: int, step: int = _STEP_BYTES) -> tuple[bytes, str, bytes]:
    """Unpack one stream: what came out, what was wrong, what lies after its end.

    A little more than `limit` may come out: a piece of 256 bytes makes 8 MiB at the worst (zstd).
    """
    stream = begin()
    plain = bytearray()
    for place in range(0, len(body), step):
        try:
            plain += stream.decompress(body[place : place + step])
        except (zlib.error, zstandard.ZstdError) as error:
            # A decompressor gives nothing of the piece that it fails in: smaller pieces lose less.
            if step > 1 and len(body) <= _SAVED_BYTES:
                return _unpack(body, begin, limit, 1)
            return bytes(plain), str(error), b""
        if stream.eof:
            return bytes(plain), "", stream.unused_data + body[place + step :]
        if len(plain) > limit:
            return bytes(plain), "", b""
    return bytes(plain), "it ends too early", b""


def _unpack_all(body: bytes, begin: Callable[[], _Stream], magic: bytes, limit: int) -> tuple[bytes, str]:
    """Unpack a body of one or more streams, each beginning with the magic number: what came out, what was wrong."""
    plain, damage, rest = _unpack(body, begin, limit)
    while rest and not damage and len(plain) <= limit:
        if not rest.startswith(magic):
            return plain, f"{len(rest)} {_AFTER}"
        more, damage, rest = _unpack(rest, begin, limit - len(plain))
        plain += more
    return plain, damage


def _undo_gzip(body: bytes, limit: int) -> tuple[bytes, str]:
    return _unpack_all(body, lambda: zlib.decompressobj(16 + zlib.MAX_WBITS), b"\x1f\x8b", limit)


def _undo_deflate(body: bytes, limit: int) -> tuple[bytes, str]:
    # RFC 9110 says zlib format; some servers send the bare stream, which browsers accept as well.
    plain, damage, _ = _unpack(body, zlib.decompressobj, limit)
    if plain or not damage:
        return plain, damage
    plain, bare_damage, _ = _unpack(body, lambda: zlib.decompressobj(-zlib.MAX_WBITS), limit)
    # A bare stream has no mark of its own: plain text can pass for the beginning of a broken one.
    return (b"", damage) if bare_damage else (plain, "")


def _undo_zstd(body: bytes, limit: int) -> tuple[bytes, str]:
    decompressor = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW_BYTES)
    return _unpack_all(body, decompressor.decompressobj, b"\x28\xb5\x2f\xfd", limit)


_UNDO = {"gzip": _undo_gzip, "x-gzip": _undo_gzip, "deflate": _undo_deflate, "zstd": _undo_zstd}


def _choose(body: bytes, content_type: str | None) -> tuple[webencodings.Encoding, str]:
    for bom, name in _BOMS:
        if body.startswith(bom):
            return webencodings.lookup(name), "bom"
    stated = _HEADER_CHARSET.search(content_type or "")
    encoding = _lookup(next(filter(None, stated.groups()), "")) if stated else None
    if encoding:
        return encoding, "header"
    for size, chosen_from in ((_PRESCAN_BYTES, "meta"), (_LATE_BYTES, "late-meta")):
        encoding = prescan(body[:size])
        if encoding:
            return encoding, chosen_from
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return webencodings.lookup("windows-1252"), "fallback"
    return webencodings.UTF8, "valid-utf-8"


def prescan(head: bytes) -> webencodings.Encoding | None:
    """Encoding that the first bytes of a document declare, by the HTML standard's "prescan a byte stream".

    None when they declare none. UTF-16 in a <meta> cannot be true and means UTF-8; x-user-defined means windows-1252.
    """
    declaration = _XML_ENCODING.match(head)
    if declaration and (encoding := _declared(declaration[1])):
        return encoding
    place = 0
    while match := _TAG.search(head, place):
        if match[0] == b"<!--":
            # "<!-->" is a whole comment, so the dashes may overlap.
            end = head.find(b"-->", match.start() + 2)
            if end < 0:
                return None
            place = end + 3
        elif match[0][1:2].isalpha() or (match[0].startswith(b"</") and match[0][2:].isalpha()):
            is_meta = _META.match(head, match.start())
            attributes, place = _attributes(head, is_meta.end() if is_meta else match.end())
            if is_meta and (encoding := _from_meta(attributes)):
                return encoding
        elif match[0] == b"<":
            place = match.end()
        else:
            end = head.find(b">", match.end())
            if end < 0:
                return None
            place = end + 1
    return None


def _attributes(head: bytes, place: int) -> tuple[dict[bytes, bytes], int]:
    """Attributes of the tag whose name has just been read, the first of each name, and where the tag ends."""
    found: dict[bytes, bytes] = {}
    # The rest of the element's own name is read as an attribute, harmlessly.
    while match := _ATTRIBUTE.match(head, place):
        found.setdefault(match[1].lower(), next((value for value in match.groups()[1:] if value is not None), b""))
        place = match.end()
    end = head.find(b">", place)
    return found, end + 1 if end >= 0 else len(head)


def _from_meta(attributes: dict[bytes, bytes]) -> webencodings.Encoding | None:
    if b"charset" in attributes:
        return _declared(attributes[b"charset"])
    if attributes.get(b"http-equiv", b"").lower() == b"content-type":
        match = _CONTENT_CHARSET.search(attributes.get(b"content", b""))
        return _declared(next(filter(None, match.groups()), b"")) if match else None
    return None


def _declared(label: bytes) -> webencodings.Encoding | None:
    encoding = _lookup(label.decode("latin-1"))
    if encoding and encoding.name.startswith("utf-16"):
        return webencodings.UTF8
    if encoding and encoding.name == "x-user-defined":
        return webencodings.lookup("windows-1252")
    return encoding


def _lookup(label: str) -> webencodings.Encoding | None:
    """Encoding by the web's table, never by Python's: "rot13" or "utf-7" from a server name nothing."""
    return webencodings.lookup(label) if label.isascii() else None
