"""Links as the content has them: where a reference leads, and of what kind it is. Pure; knows no HTML."""

from __future__ import annotations

import re
from typing import Final

from schemas.page import LinkKind
from scraper.addresses import bare, host_of, join, normal

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
# SiteVision serves every file of its archive, whatever its name, from here.
_DOWNLOAD: Final = "/download/"


def follow(base: str, reference: str) -> str | None:
    """Address that a reference leads to, in normal form with its fragment; None when no reader could follow it.

    http, https, mailto and tel lead somewhere; javascript:, data: and the like do not.
    """
    address = join(base, reference.strip())
    if address is None:
        return None
    if address.startswith(("mailto:", "tel:")):
        return address
    return normal(address, fragment=True)


def kind_of(address: str, base: str) -> LinkKind:
    """Kind of an address that `follow` gave, seen from the page at `base`. A film in a file archive is media."""
    if address.startswith("mailto:"):
        return "mail"
    if address.startswith("tel:"):
        return "phone"
    path = _path(address)
    if is_film(address) or _PICTURE.search(path):
        return "media"
    if _DOCUMENT.search(path) or path.startswith(_DOWNLOAD):
        return "document"
    return "page" if bare(host_of(address)) == bare(host_of(base)) else "external"


def is_film(address: str) -> bool:
    """Whether the address is a film or a sound: by its extension, or on the host of a known player."""
    host = host_of(address)
    return bool(_FILM.search(_path(address))) or any(host == name or host.endswith(f".{name}") for name in _PLAYERS)


def _path(address: str) -> str:
    rest = address.partition("#")[0].partition("?")[0].partition("://")[2]
    return "/" + rest.partition("/")[2]
