"""Layout: how a CMS lays its pages out. Data in layouts/*.toml; what to read where, and what is chrome."""

from __future__ import annotations

import hashlib
import re
import tomllib
from functools import cache, cached_property
from importlib import resources
from typing import Annotated, Final

import msgspec
from msgspec import Meta
from rapidfuzz import process

from schemas.errors import ConfigurationError
from schemas.site import refuse_unknown_keys

_BEYOND_ASCII: Final = re.compile(r"[^\x00-\x7f]+")

Selectors = tuple[str, ...]
Labels = tuple[str, ...]


class Place(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, dict=True):
    """Where one thing stands on a page, and how often it is expected there."""

    select: Selectors = ()
    """CSS selectors in order of trust; the first that matches anything is the place."""
    labels: Labels = ()
    """Words that announce the thing to a reader ("Publicerad"), without colon; longest first is not needed."""
    least: Annotated[int, Meta(ge=0)] = 0
    """Fewest matches expected; fewer are remarked on, since the site may have changed."""
    most: Annotated[int, Meta(ge=1)] = 1
    """Most matches expected."""

    @cached_property
    def folded(self) -> tuple[str, ...]:
        """The labels in small letters."""
        return tuple(label.casefold() for label in self.labels)

    @cached_property
    def hints(self) -> tuple[bytes, ...]:
        """ASCII in small letters, of which a text with one of the labels in it has at least one: a cheap look."""
        runs = {max(_BEYOND_ASCII.split(label), key=len).encode() for label in self.folded}
        return tuple(sorted(run for run in runs if not any(other in run for other in runs - {run})))


class ChromeKind(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of the chrome and what a reader would call it."""

    name: str
    select: Selectors = ()
    words: Labels = ()
    """Words in ids, classes and labels that name such a part, small letters without accents; "page-info" is a pair
    and "=foot" a whole name. Looked at where the layout weighs."""
    large: bool = False
    """Whether the words count however much stands in the part, where the page's title stands elsewhere."""
    outer: bool = False
    """Whether the words count only outside the content and before the page's title: an article has a header too."""
    linked: bool = False
    """Whether the words count only for what is links and little else: a canteen's menu is food."""
    frame: bool = False
    """Whether it frames the content, so that what stands beside it need not be of the content."""
    early: bool = False
    """Whether the words count only before the page's title: a warning further down is part of the text."""


class Layout(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One family of pages. Selectors may not name font classes for structure: they are words of one site's theme."""

    name: str
    detect: Selectors = ()
    """Marks of this layout; each is counted once."""
    needed: Annotated[int, Meta(ge=0)] = 0
    """How many marks must be there. 0: the layout fits any page, and is tried last."""
    root: Selectors
    """Where content may stand: the first selector that matches one element, and one only."""
    boxes: Selectors = ()
    """Content boxes within the root: the first selector that matches anything; all its matches in document order. Empty
    or unmatched: the root itself."""
    weigh: bool = False
    """Whether the content is found by weighing text against links where `root` gives but the body, and chrome by the
    words in its names."""
    drop: Selectors = ()
    """Chrome, and with it all that stands in it."""
    chrome: tuple[ChromeKind, ...] = ()
    """Names of what `drop` leaves out; the first that fits counts. What has no name is read with what is around it."""
    unread: Selectors = ()
    """What is meant for screen readers or machines only, inside chrome and content alike."""
    title: Place = Place()
    preamble: Place = Place()
    breadcrumb: Place = Place()
    published: Place = Place()
    updated: Place = Place()
    reviewed: Place = Place()
    """Labels of the day the page was last looked through; it is the day of `updated` where none is stated."""
    responsible: Place = Place()
    chrome_lines: Labels = ()
    """Whole paragraphs that are chrome wherever they stand, for pages whose markup does not tell."""
    chrome_openings: Labels = ()
    """Openings of paragraphs that are chrome wherever they stand."""
    chrome_headings: Labels = ()
    """Headings under which only chrome stands, whole; with an asterisk at the end, openings. Looked at where the layout
    weighs."""
    link_headings: Labels = ()
    """As `chrome_headings`, but only where nothing but links stands under them."""
    link_suffix: str = ""
    """Regular expression, verbose and without regard to case, for the end of a link's words that only a screen reader
    is meant to say."""
    link_suffix_ends: Labels = ()
    """Last words of all that it takes, in small letters: only links that end so are held against it. Empty: all are."""
    noise_id: str = ""
    """Regular expression for ids that are new at each rendering and so point at nothing."""


@cache
def layouts() -> dict[str, Layout]:
    """Layouts by name, the particular before the general (by marks needed, then by name).

    Raises ConfigurationError when a built-in file does not hold, which the tests would have seen.
    """
    folder = resources.files("scraper") / "layouts"
    files = [file for file in folder.iterdir() if file.name.endswith(".toml")]
    found = [decode_layout(file.read_text("utf-8"), file.name) for file in files]
    return {layout.name: layout for layout in sorted(found, key=lambda layout: (-layout.needed, layout.name))}


def layouts_digest() -> str:
    """Digest of all that the layout files say, eight hexadecimal digits: comments and order in a file do not count."""
    said = msgspec.json.encode([layouts()[name] for name in sorted(layouts())])
    return hashlib.sha256(said).hexdigest()[:8]


def layout_named(name: str) -> Layout:
    """The layout of that name. Raises ConfigurationError, naming the nearest, when there is none."""
    known = layouts()
    if name not in known:
        near = process.extractOne(name.lower(), list(known), score_cutoff=60)
        hint = f'did you mean "{near[0]}"?' if near else "known layouts are: " + ", ".join(known)
        raise ConfigurationError(f'There is no layout "{name}"; {hint}')
    return known[name]


def decode_layout(text: str, source: str) -> Layout:
    """Return the layout that a TOML text describes; `source` names it in messages.

    Raises ConfigurationError for TOML that does not hold, unknown keys, wrong types and broken expressions.
    """
    try:
        raw = tomllib.loads(text)
        refuse_unknown_keys(raw, Layout, source)
        layout = msgspec.convert(raw, Layout, strict=True)
        re.compile(layout.link_suffix, re.VERBOSE)
        re.compile(layout.noise_id)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError, re.error) as error:
        raise ConfigurationError(f"{source} is no valid layout: {error}. Correct that place and run again.") from error
    return layout
