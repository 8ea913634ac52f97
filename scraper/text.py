"""One text of a page in the making: its words as they come, the links in it, and the suffixes that nobody sees."""

from __future__ import annotations

import re

from schemas.page import Link
from scraper.tree import can_be_seen, stored

_SUFFIX_REACH = 120
"""Characters from the end of a link in which a suffix is looked for; the longest known has 50."""
_NEVER = "(?!)"


class LinkSuffix:
    """The words at the end of a link that only a screen reader says, by a layout's expression."""

    def __init__(self, expression: str) -> None:
        self._pattern = re.compile(expression or _NEVER, re.VERBOSE | re.IGNORECASE)

    def cut(self, words: str) -> str:
        """The words without the suffix, unless that is all they are."""
        head, tail = words[:-_SUFFIX_REACH], words[-_SUFFIX_REACH:]
        rest = head + self._pattern.sub("", tail)
        return rest if can_be_seen(rest) else words


class OpenLink:
    """A link between its start and its end; `link` is None once a text has it."""

    __slots__ = ("link", "start", "text")

    def __init__(self, link: Link, text: Text) -> None:
        self.link: Link | None = link
        self.text = text
        self.start = len(text.pieces)


class Text:
    """Words of one text in the making, and the links in it."""

    __slots__ = ("links", "pieces", "seen")

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.links: list[Link] = []
        self.seen = False
        """Whether the words so far leave ink."""

    def add(self, piece: str) -> bool:
        """Take words, or a break; tell whether they leave ink."""
        seen = can_be_seen(piece)
        self.seen = self.seen or seen
        self.pieces.append(piece)
        return seen

    def take(self) -> tuple[str, tuple[Link, ...]]:
        """The text in stored form, "" when it leaves no ink, and its links; nothing is left behind."""
        text, links = stored("".join(self.pieces)), tuple(self.links)
        text = text if self.seen else ""
        self.pieces, self.links, self.seen = [], [], False
        return text, links

    def cut(self, suffix: LinkSuffix, opened: OpenLink) -> None:
        """Take the suffix off the words of a link that ends here."""
        # A link around several blocks began in another text: then all words of this one are the link's.
        start = opened.start if opened.text is self else 0
        self.pieces[start:] = [suffix.cut("".join(self.pieces[start:]))]
