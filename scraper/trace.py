"""Trace: who is told how a page is being read. The crawl notes nothing, `scraper.fates` where each text goes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from scraper.content import ContentReader
from scraper.selectors import Finder
from scraper.surroundings import Surroundings


class Trace:
    """Gives the readers of content and chrome, and is told what is read without them. Its base notes nothing."""

    def reader(self, around: Surroundings, part: str) -> ContentReader:
        """A reader of a part of the chrome, "" for the content."""
        return ContentReader(around, worded=not part)

    def told(self, finder: Finder, around: Surroundings, apart: Sequence[tuple[str, Iterable[int]]]) -> None:
        """Hear of the elements that no reader enters, by what they are: title, responsible or unread."""


QUIET = Trace()
