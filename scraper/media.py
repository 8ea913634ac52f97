"""Films, sounds and pictures in the content: which elements they are, and where their address is kept."""

from __future__ import annotations

import re
from typing import Final

from schemas.page import Film, Image
from scraper.films import film_address, vimeo_address, youtube_address
from scraper.links import follow, is_film
from scraper.tree import Tree

_PLAYERS: Final = frozenset({"iframe", "video", "audio", "embed"})
# Where lazy loaders and consent tools keep an address until it may be used; Cookiebot's is data-cookieblock-src.
_LATER: Final = (
    "data-src", "data-cookieblock-src", "data-iframe-src", "data-video-src", "data-lazy-src", "data-embed-src",
    "data-src-cmplz", "data-cmplz-src", "data-consent-src", "data-original-src", "data-embed-url", "data-video-url",
)  # fmt: skip
ADDRESSES: Final = frozenset((*_LATER, "href", "src", "data"))
"""Attributes of a page's elements that references are taken from."""
PLAYING: Final = _PLAYERS | {"object"}
"""Elements that may be films by their tag."""
# Frames that measure or guard: a reader sees nothing of them.
_UNSEEN: Final = re.compile(r"//(?:[\w-]+\.)*(?:googletagmanager\.com|doubleclick\.net|hcaptcha\.com)/|/recaptcha/")
# Where light players keep the name of a film: <lite-youtube videoid>, <div data-youtube-id>, <div data-vimeo-id>.
_NAMES: Final = (
    (("videoid", "data-youtube-id", "data-youtube", "data-videoid", "data-yt-id"), youtube_address),
    (("data-vimeo-id", "data-vimeo"), vimeo_address),
)
KEPT: Final = frozenset((*_LATER, *(name for names, _ in _NAMES for name in names)))
"""Attributes by which a placeholder is known; most elements have none of them."""
TITLES: Final = ("title", "aria-label", "playlabel", "data-title")
"""Attributes that say what a film is called, the best first."""
_NO_SIZE: Final = re.compile(r"[01](?:px)?")


def film_of(tree: Tree, number: int, base: str) -> Film | None:
    """The film or sound that an element plays, or keeps a place for until its visitor consents; None for others."""
    tag = tree.tags[number]
    if tag in _PLAYERS:
        address = _address(tree, number, ("src", *_LATER), base) or _source(tree, number, base)
        seen = address and not _UNSEEN.search(address) and not _is_pixel(tree, number)
    elif tag == "object":
        address = _address(tree, number, ("data",), base)
        seen = address and is_film(address)
    elif tag not in ("img", "source", "a"):
        address = _named(tree, number) or _address(tree, number, _LATER, base)
        seen = address and is_film(address)
    else:
        return None
    if not address or not seen:
        return None
    title = tree.wording(number, *TITLES)
    return Film(address=film_address(address), title=title)


def _named(tree: Tree, number: int) -> str | None:
    """The address of a film of which a placeholder keeps the player's own name for it only."""
    told = tree.attributes[number]
    for attributes, address in _NAMES:
        found = next((told[name] for name in attributes if told.get(name)), None)
        if found:
            return address(found.strip())
    return None


def image_of(tree: Tree, number: int, base: str) -> Image | None:
    """The picture that an <img> shows; None for counting pixels and pictures without an address of their own."""
    address = _address(tree, number, ("src", *_LATER), base)
    if not address or _is_pixel(tree, number):
        return None
    return Image(address=address, alternative=tree.wording(number, "alt"))


def is_player(tag: str) -> bool:
    """Whether what stands inside the element is only for browsers that cannot play it."""
    return tag in _PLAYERS


def may_play(tree: Tree, number: int) -> bool:
    """Whether an element may be a film by its tag or by where it keeps an address: a cheap look before `film_of`."""
    return tree.tags[number] in PLAYING or keeps_film(tree, number)


def keeps_film(tree: Tree, number: int) -> bool:
    """Whether an element has an attribute in which the address of a film may be kept."""
    attributes = tree.attributes[number]
    return bool(attributes) and not KEPT.isdisjoint(attributes)


def _address(tree: Tree, number: int, names: tuple[str, ...], base: str) -> str | None:
    """The first attribute that leads somewhere; "about:blank" and data: wait for the next."""
    found = (follow(base, tree.attribute(number, name)) for name in names if tree.attribute(number, name))
    return next((address for address in found if address and address.startswith("http")), None)


def _source(tree: Tree, number: int, base: str) -> str | None:
    source = tree.nodes[number].css_first("source[src], source[data-src]")
    return _address(tree, tree.number_of(source), ("src", *_LATER), base) if source else None


def _is_pixel(tree: Tree, number: int) -> bool:
    return any(_NO_SIZE.fullmatch(tree.attribute(number, name)) for name in ("width", "height"))
