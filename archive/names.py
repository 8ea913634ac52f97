"""Names: where a text or the bytes of a page speak of a person, however the name is written there. Pure.

A name is found with its words in order or the last ones first, whatever stands between them (spaces, no-break spaces,
hyphens, dots, tags), in any case, with letters composed, decomposed, as HTML references, percent-encoded or without
their marks ("Åsa Öberg" in "asa-oberg"), with soft hyphens in it, and in the genitive. A part of a longer word is none.
"""

from __future__ import annotations

import html
import io
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from html.entities import codepoint2name
from typing import Protocol
from urllib.parse import quote

import zstandard

from archive.comparison import comparison
from schemas.errors import ConfigurationError

WITHHELD = "[withheld]"
"""What stands in the place of a name that was erased."""

_BETWEEN = r"(?:<[^<>]{0,200}>|&(?:nbsp|shy|#160|#173|#xa0|#xad|ensp|emsp|thinsp|zwnj);|%20|%C2%A0|[^\w<>]|_){0,12}"
_INVISIBLE = "(?:[\u00ad\u200b-\u200f\u2060\ufeff]|&shy;|&#173;|&#xad;)*"
_FEWEST_LETTERS = 5
_FEWEST_DIGITS = 5
_SPACING = r"(?:[\s()./–-]|&nbsp;|%20){0,3}"
_OF_TEXT = (".xml", ".rels", ".html", ".txt", ".csv")
_MOST_UNPACKED = 32 * 1024 * 1024
"""Bytes of what is packed, or of the parts of one zip, that are looked into, so that one made to swell ends."""
_WINDOWS = (zlib.MAX_WBITS + 32, -zlib.MAX_WBITS)
"""Of gzip or zlib, told by their first bytes; and of a bare stream, which some servers send as deflate."""
_ZSTD_WINDOW = 8 * 1024 * 1024
"""Bytes; RFC 9659 lets an answer have no larger one."""
_STEP = 1024
"""Bytes that are unpacked at once; a thousand times as many may come of them."""
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    ValueError,
    RuntimeError,
    NotImplementedError,
    LookupError,
)


class Name:
    """A person's name, as it is looked for."""

    def __init__(self, name: str, addresses: re.Pattern[str] | None = None) -> None:
        """Take a name of at least two words and five letters.

        Raises ConfigurationError for less: too much would be erased.
        """
        words = [word for word in re.split(r"[\W_]+", comparison(name)) if word]
        if len(words) < 2 or sum(map(len, words)) < _FEWEST_LETTERS:  # noqa: PLR2004 -- first name and last name
            raise ConfigurationError(
                f'"{name}" would erase too much: give first name and last name, as the pages have them.'
            )
        orders = [words[at:] + words[:at] for at in range(len(words))]
        one = "|".join(_BETWEEN.join(map(_word, order)) for order in orders)
        self._pattern = re.compile(rf"(?<![^\W_])(?:{one})s?(?![^\W\d_])", re.IGNORECASE)
        self._name, self._addresses = name, addresses

    def reached_at(self, addresses: Iterable[str]) -> Name:
        """The name with mail addresses and telephone numbers: what masks it masks these too, however they are written.

        A text that has no more than an address of somebody's does not speak of them.
        """
        ways = sorted(filter(None, map(_address, addresses)))
        return Name(self._name, re.compile("|".join(ways), re.IGNORECASE) if ways else None)

    def is_in(self, text: str) -> bool:
        """Whether a text speaks of the person."""
        return self._pattern.search(text) is not None

    def is_in_bytes(self, data: bytes) -> bool:
        """Whether bytes do, in UTF-8, UTF-16 or a Latin encoding, plain, compressed as answers are, or in a zip."""
        return any(
            self.is_in(text) or ("&" in text and self.is_in(html.unescape(text)))
            for plain in _plain(data)
            for text in _texts(plain)
        )

    def masked(self, text: str) -> str:
        """The text without the name, and without the addresses that were given with it."""
        left = self._addresses.sub(WITHHELD, text) if self._addresses else text
        return self._pattern.sub(WITHHELD, left)


def plain_address(address: str) -> str:
    """A mail address in small letters, or the digits of a number as they are dialled within Sweden."""
    if "@" in address:
        return address.lower()
    return re.sub(r"\D", "", re.sub(r"^\s*(?:\+|00)46\D*0?", "0", address))


def _address(address: str) -> str:
    """A pattern for a mail address, or for a number in any spacing, with the code of the country or without."""
    plain = plain_address(address)
    if "@" in plain:
        return rf"(?<![\w.+-]){re.escape(plain)}(?![\w-])"
    inner = plain.removeprefix("0")
    if len(inner) < _FEWEST_DIGITS:
        return ""
    return rf"(?<![\d+])(?:(?:\+|00)46{_SPACING}(?:\(?0\)?)?|0){_SPACING}{_SPACING.join(inner)}(?!\d)"


def _word(word: str) -> str:
    return _INVISIBLE.join(map(_letter, word))


def _letter(letter: str) -> str:
    """One letter in all the ways in which pages and addresses write it."""
    ways = {re.escape(letter)}
    for one in {letter.lower(), letter.upper()}:
        apart = unicodedata.normalize("NFD", one)
        ways |= {re.escape(one), re.escape(apart), re.escape(apart[0])}
        if not one.isascii():
            ways |= {
                re.escape(quote(one)),
                re.escape(quote(apart)),
                re.escape(quote(one, encoding="cp1252", errors="ignore")),
            }
            ways |= {f"&#0*{ord(one)};", f"&#x0*{ord(one):x};"}
            ways |= {re.escape(f"\\u{ord(one):04x}")}
            named = codepoint2name.get(ord(one)) if len(one) == 1 else None
            ways |= {f"&{named};"} if named else set()
    return "(?:" + "|".join(sorted(filter(None, ways), key=len, reverse=True)) + ")"


def _texts(plain: bytes) -> Iterator[str]:
    """What bytes may say. Every second byte of a Latin letter in UTF-16 is 0, which stands in no other text."""
    for encoding in ("utf-8", "cp1252", *(("utf-16-le", "utf-16-be") if b"\0" in plain else ())):
        yield plain.decode(encoding, "replace")


def _plain(data: bytes) -> Iterator[bytes]:
    """The bytes, and what they are when they were compressed; of a zip, as office documents are, each part."""
    yield data
    if data[:4] == b"PK\x03\x04":
        yield from _parts(data)
        return
    yield from filter(None, (_unpacked(data, zlib.decompressobj(window)) for window in _WINDOWS))
    if data[:4] == b"\x28\xb5\x2f\xfd":
        yield _unpacked(data, zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW).decompressobj())


class _Stream(Protocol):
    """What zlib and zstandard have in common."""

    @property
    def unused_data(self) -> bytes:
        """What followed the end in the last piece."""

    def decompress(self, data: bytes, /) -> bytes:
        """Take a piece, give what comes of it."""


def _unpacked(data: bytes, stream: _Stream) -> bytes:
    """What comes out, up to a limit; of what is damaged, that which stands before the damage."""
    plain = bytearray()
    with suppress(zlib.error, zstandard.ZstdError):
        for at in range(0, len(data), _STEP):
            plain += stream.decompress(data[at : at + _STEP])
            if stream.unused_data or len(plain) > _MOST_UNPACKED:
                break
    return bytes(plain[:_MOST_UNPACKED])


def _parts(data: bytes) -> Iterator[bytes]:
    """The parts of a zip that are text, up to a limit; what cannot be read is passed over."""
    left = _MOST_UNPACKED
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as file:
            for entry in (one for one in file.infolist() if one.filename.endswith(_OF_TEXT)):
                with suppress(*_DAMAGED), file.open(entry) as part:
                    read = part.read(left)
                    left -= len(read)
                    yield read
                if left <= 0:
                    return
    except _DAMAGED:
        return
