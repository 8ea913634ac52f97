"""Links as the content has them: where a reference leads, and of what kind it is. Pure; knows no HTML."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

import webencodings

from schemas.page import LinkKind
from scraper.addresses import bare, host_of, join, settled

_DOCUMENT: Final = re.compile(
    r"\.(?:pdf|docx?|dotx?|xlsx?|xlsm|pptx?|ppsx?|od[tspg]|rtf|csv|tsv|txt|zip|7z|epub|ics|xml|json)$", re.IGNORECASE
)
_FILM: Final = re.compile(r"\.(?:mp4|m4v|mov|avi|webm|wmv|mpe?g|m3u8|mp3|m4a|ogg|oga|ogv|wav|flac)$", re.IGNORECASE)
_PICTURE: Final = re.compile(r"\.(?:jpe?g|png|gif|webp|avif|svg|tiff?|bmp)$", re.IGNORECASE)
# Players that Swedish public bodies embed or link to; a host of theirs below these counts too.
_PLAYERS: Final = (
    "youtube.com", "youtu.be", "youtube-nocookie.com", "vimeo.com", "screen9.com", "screen9.tv", "quickchannel.com",
    "svtplay.se", "urplay.se", "sverigesradio.se", "soundcloud.com", "kaltura.com", "bambuser.com", "solidtango.com",
    "mediaflow.com", "mediaflowpro.com", "dailymotion.com", "streamio.com", "23video.com", "acast.com",
)  # fmt: skip
_PLAYER_ENDS: Final = tuple(f".{name}" for name in _PLAYERS)
_REMEMBERED: Final = 500
"""Characters up to which an address is remembered: two megabytes in all at the most."""
# An ordinary base up to its first "/", and references of which nothing else in it counts.
_ORIGIN: Final = re.compile(r"https?://[a-z0-9.-]+(?::[0-9]+)?/")
_ROOTED: Final = re.compile(r"/(?![/\\\s])|https?://[^/\\\s]|(?:mailto|tel):")
# SiteVision serves every file of its archive, whatever its name, from here.
_DOWNLOAD: Final = "/download/"


def follow(base: str, reference: str) -> str | None:
    """Address that a reference leads to, in normal form with its fragment; None when no reader could follow it.

    http, https, mailto and tel lead somewhere; javascript:, data: and the like do not.
    """
    if len(reference) > _REMEMBERED:
        return _follow(base, reference)
    return _followed(needed_base(base, reference), reference)


def in_encoding(reference: str, encoding: str) -> str:
    """A reference as a page of another encoding than UTF-8 means it: the letters of its query in that encoding.

    So browsers have it (the WHATWG's URL standard, "query state"), and so a server of such pages reads it. What the
    encoding has no bytes for is sent as a character reference.
    """
    path, mark, rest = reference.partition("?")
    if not mark or "#" in path or rest.isascii() or encoding.startswith("utf-"):
        return reference
    query, mark, fragment = rest.partition("#")
    codec = webencodings.lookup(encoding)
    sent = "".join(letter if letter.isascii() else _sent(letter, codec) for letter in query)
    return f"{path}?{sent}{mark}{fragment}"


def _sent(letter: str, codec: webencodings.Encoding) -> str:
    try:
        return "".join(f"%{byte:02X}" for byte in codec.codec_info.encode(letter)[0])
    except UnicodeEncodeError:
        return f"%26%23{ord(letter)}%3B"


def needed_base(base: str, reference: str) -> str:
    """As much of a base as the reference needs: from "/" and from a scheme on, no more than its origin counts.

    A menu leads to the same places from each page, and is followed once for all of them.
    """
    origin = _ORIGIN.match(base) if _ROOTED.match(reference) else None
    return origin[0] if origin else base


def _follow(base: str, reference: str) -> str | None:
    address = join(base, reference.strip())
    if address is None:
        return None
    if address.startswith(("mailto:", "tel:")):
        return address
    return settled(address, fragment=True)


_followed = lru_cache(maxsize=4096)(_follow)


def lead(base: str, reference: str, home: str) -> tuple[str, LinkKind] | None:
    """Where a reference leads, as `follow` gives it, and of what kind that is for a page of that home (`home_of`)."""
    if len(reference) > _REMEMBERED:
        return _lead(base, reference, home)
    return _led(needed_base(base, reference), reference, home)


def _lead(base: str, reference: str, home: str) -> tuple[str, LinkKind] | None:
    address = _follow(base, reference)
    return (address, kind_of(address, home)) if address else None


_led = lru_cache(maxsize=4096)(_lead)


def kind_of(address: str, home: str) -> LinkKind:
    """Kind of an address that `follow` gave, for a page of that home (`home_of`). A film in a file archive is media."""
    if address.startswith("mailto:"):
        return "mail"
    if address.startswith("tel:"):
        return "phone"
    path = _path(address)
    if is_film(address) or _PICTURE.search(path):
        return "media"
    if _DOCUMENT.search(path) or path.startswith(_DOWNLOAD):
        return "document"
    return "page" if bare(host_of(address)) == home else "external"


@lru_cache(maxsize=64)
def home_of(address: str) -> str:
    """What makes a link one to a page of the same site: the host of an address, "www." apart."""
    return bare(host_of(address))


def is_film(address: str) -> bool:
    """Whether the address is a film or a sound: by its extension, or on the host of a known player."""
    return bool(_FILM.search(_path(address))) or f".{host_of(address)}".endswith(_PLAYER_ENDS)


def _path(address: str) -> str:
    rest = address.partition("#")[0].partition("?")[0].partition("://")[2]
    return "/" + rest.partition("/")[2]
