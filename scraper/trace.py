"""Trace: who is told how a page is being read. The crawl notes nothing, `scraper.fates` where each text goes."""

from __future__ import annotations

from collections.abc import Sequence

from scraper.content import ContentReader, Surroundings
from scraper.tree import Document


class Trace:
    """Gives the readers of content and chrome, and is told what is read without them. Its base notes nothing."""

    def reader(self, around: Surroundings, part: str) -> ContentReader:  # noqa: ARG002 -- for those that note it
        """A reader of a part of the chrome, "" for the content."""
        return ContentReader(around)

    def told(self, document: Document, around: Surroundings, apart: Sequence[tuple[str, set[int]]]) -> None:
        """Hear of the elements that no reader enters, by what they are: title, responsible or unread."""


QUIET = Trace()
