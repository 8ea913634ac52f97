"""Film addresses: one for every way to embed the same film. Pure.

The players are those that Swedish public bodies use; what is taken off says how a film is shown, never which.
"""

from __future__ import annotations

import re
from typing import Final

from scraper.addresses import normal

# youtube.com/embed/ID, youtube-nocookie.com/embed/ID, youtu.be/ID, /watch?v=ID, /shorts/ID: eleven characters.
_YOUTUBE: Final = re.compile(
    r"^https?://(?:(?:www\.|m\.)?youtube(?:-nocookie)?\.com/(?:embed/|shorts/|live/|v/|watch\?(?:[^#]*&)?v=)|youtu\.be/)"
    r"(?P<id>[\w-]{11})(?=$|[?&#/])"
)
# player.vimeo.com/video/ID?h=KEY, where the key opens a film that is not listed; vimeo.com/ID/KEY.
_VIMEO: Final = re.compile(
    r"^https?://(?:player\.)?(?:www\.)?vimeo\.com/(?:video/)?(?P<id>\d+)(?:/(?P<key>\w+))?(?=$|[?#/])"
)
_VIMEO_KEY: Final = re.compile(r"[?&]h=(\w+)")
_SHOWING: Final = re.compile(
    r"^(?:autoplay|autostart|mute|muted|loop|controls|rel|showinfo|modestbranding|playsinline|cc_load_policy|cc_lang_pref"
    r"|hl|start|t|dnt|color|portrait|byline|title|badge|app_id|player_id|enablejsapi|origin|wmode|feature|si|width|height"
    r"|quality|preload|consent)$",
    re.IGNORECASE,
)


def film_address(address: str) -> str:
    """The address by which a film is known, however it is embedded; the same when it is given that."""
    address = normal(address) or address
    youtube = _YOUTUBE.match(address)
    if youtube:
        return f"https://www.youtube.com/watch?v={youtube['id']}"
    vimeo = _VIMEO.match(address)
    if vimeo:
        key = vimeo["key"] or next(iter(_VIMEO_KEY.findall(address)), "")
        return f"https://vimeo.com/{vimeo['id']}" + (f"/{key}" if key else "")
    head, _, query = address.partition("?")
    kept = "&".join(part for part in query.split("&") if part and not _SHOWING.match(part.partition("=")[0]))
    return head + (f"?{kept}" if kept else "")


def youtube_address(name: str) -> str | None:
    """The address of a film of which only YouTube's own name is given; None when it is none."""
    return f"https://www.youtube.com/watch?v={name}" if re.fullmatch(r"[\w-]{11}", name) else None


def vimeo_address(name: str) -> str | None:
    """The same for Vimeo, whose names are numbers."""
    return f"https://vimeo.com/{name}" if re.fullmatch(r"\d{5,12}", name) else None
