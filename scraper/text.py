"""One text of a page in the making: its words as they come, in stored form in the end, and the suffixes nobody sees."""

from __future__ import annotations

import re
from typing import Final

from schemas.page import Link

BREAK: Final = "\n"
"""A <br>: a line feed for the reader."""
EDGE: Final = "\v"
"""The edge of a block inside a text: a line feed too, but one however many edges meet."""

# A lone space is what a run of blanks becomes: left out, since most runs are one and a match costs a call.
_BLANKS: Final = re.compile(r"[ \t\n\v\f\r]{2,}|[\t\n\v\f\r]")
_RUNS: Final = re.compile(r"[ \n\v]{2,}|[\n\v]")
_SEEN: Final = re.compile(r"[^\s\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")
_SUFFIX_REACH: Final = 120
"""Characters from the end of a link in which a suffix is looked for; the longest known has 50."""
_NEVER: Final = "(?!)"


def collapse(text: str) -> str:
    """Each run of white space as HTML knows it one space; no-break spaces and soft hyphens stay."""
    # Most texts have no blanks but lone spaces, or stand between blocks and are nothing else: a look at either costs a
    # tenth of the expression.
    if text.isprintable() and "  " not in text:
        return text
    return _BLANKS.sub(" ", text) if text.strip(" \t\n\v\f\r") else " "


def stored(text: str) -> str:
    """Stored form of collected pieces: one space, or the line feeds that breaks and edges ask for; ends stripped."""
    if "\v" in text or "\n" in text or "  " in text:
        text = _RUNS.sub(_settle, text)
    return text.strip(" \n")


def _settle(run: re.Match[str]) -> str:
    """What a run of spaces, breaks and edges comes to."""
    if EDGE in run[0]:
        return "\n"
    return "\n" * run[0].count(BREAK) or " "


def can_be_seen(text: str) -> bool:
    """Whether anything in the text leaves ink: a spacer paragraph with a no-break space does not."""
    # Most texts begin with a letter or are blanks alone: the expression is for the others.
    return text[:1].isalnum() or (not text.isspace() and _SEEN.search(text) is not None)


def said_in(text: str) -> str:
    """Collected pieces in stored form, "" when they leave no ink."""
    text = stored(text)
    return text if can_be_seen(text) else ""


class LinkSuffix:
    """The words at the end of a link that only a screen reader says, by a layout's expression.

    `ends` are the last words of all that the expression takes, in small letters: a cheap look that spares most links
    the expression. Without any, each is tried.
    """

    def __init__(self, expression: str, ends: tuple[str, ...] = ()) -> None:
        self._pattern = re.compile(expression or _NEVER, re.VERBOSE | re.IGNORECASE)
        self._ends = ends or ("",)

    def cut(self, words: str) -> str:
        """The words without the suffix, unless that is all they are."""
        if not words[-_SUFFIX_REACH:].casefold().rstrip().rstrip(".)").endswith(self._ends):
            return words
        head, tail = words[:-_SUFFIX_REACH], words[-_SUFFIX_REACH:]
        rest = head + self._pattern.sub("", tail)
        return rest if can_be_seen(rest) else words


class OpenLink:
    """A link between its start and its end; `link` is None once a text has it."""

    __slots__ = ("link", "pictured", "start", "text")

    def __init__(self, link: Link, text: Text, *, pictured: bool) -> None:
        self.link: Link | None = link
        self.text = text
        self.start = len(text.pieces)
        self.pictured = pictured


class Text:
    """Words of one text in the making, and the links in it."""

    __slots__ = ("links", "pieces")

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.links: list[Link] = []

    @property
    def seen(self) -> bool:
        """Whether the words so far leave ink."""
        return can_be_seen("".join(self.pieces))

    def take(self) -> tuple[str, tuple[Link, ...]]:
        """The text in stored form, "" when it leaves no ink, and its links; nothing is left behind."""
        text, links = said_in("".join(self.pieces)), tuple(self.links)
        self.pieces, self.links = [], []
        return text, links

    def cut(self, suffix: LinkSuffix, opened: OpenLink) -> None:
        """Take the suffix off the words of a link that ends here."""
        # A link around several blocks began in another text: then all words of this one are the link's.
        start = opened.start if opened.text is self else 0
        said = "".join(self.pieces[start:])
        rest = suffix.cut(said)
        if rest != said:
            self.pieces[start:] = [rest]
