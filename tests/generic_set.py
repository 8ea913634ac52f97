"""The labelled set of generic pages: how much of what each page says is found, and how much else is told as if it were.

Words are compared as multisets, headings as texts; a page that was held out was not looked at while rules were made.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path

import msgspec

from schemas.capture import Capture
from schemas.page import Film, Image, Page, block_text
from scraper.text import can_be_seen

FOLDER = Path(__file__).parent / "generic_pages"
_SOFT_HYPHEN = "\u00ad"
_WORD = re.compile(r"\w+")


class Heading(msgspec.Struct, frozen=True):
    """A heading that a reader of the page would name."""

    level: int
    text: str


class LabelledLink(msgspec.Struct, frozen=True):
    """A link of the main text, its reference as the page writes it."""

    label: str
    href: str


class Labels(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a person says that a page says."""

    address: str
    encoding: str
    held_out: bool
    published: date | None
    updated: date | None
    headings: tuple[Heading, ...]
    links: tuple[LabelledLink, ...]
    text: tuple[str, ...]
    """Lines of the main text, headings and the page's title included, dates and chrome not."""
    optional: tuple[str, ...] = ()
    """What may be told or left out: contact boxes, "Senast uppdaterad"."""
    soft_headings: tuple[str, ...] = ()
    """What a reader sees as headings though it is not marked up so, and headings of what is optional."""


def cases() -> list[Path]:
    """Folders of the set, by name."""
    return sorted(page.parent for page in FOLDER.glob("*/page.html"))


def labels_of(case: Path) -> Labels:
    """The labels of a page. Raises msgspec.ValidationError when they are none."""
    return msgspec.json.decode((case / "labels.json").read_bytes(), type=Labels)


def capture_of(case: Path) -> Capture:
    """The page as its server would have sent it."""
    labels = labels_of(case)
    return Capture(
        address=labels.address,
        fetched_at=datetime(2026, 3, 1, 2, tzinfo=UTC),
        outcome="fetched",
        status=200,
        head=f"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset={labels.encoding}\r\n\r\n".encode(),
        body=(case / "page.html").read_bytes(),
        complete=True,
    )


def said(page: Page) -> str:
    """All words of a page record's content, its title once; pictures and films are no text."""
    headings = [section.heading for section in page.sections if section.heading]
    title = [] if page.title in headings else [page.title]
    blocks = [*page.preamble, *(block for section in page.sections for block in section.blocks)]
    return "\n".join([*title, *headings, *(block_text(one) for one in blocks if not isinstance(one, Image | Film))])


def headings_of(page: Page, labels: Labels) -> list[str]:
    """The headings of a page record, as `with_title` has them."""
    return with_title(page.title, [section.heading for section in page.sections if section.heading], labels)


def with_title(title: str, headings: list[str], labels: Labels) -> list[str]:
    """The headings with the title among them, where the page has a heading of the first level for it.

    On a page without one the title is what <title> says, and no heading.
    """
    headed = any(heading.level == 1 for heading in labels.headings)
    return [title, *headings] if headed and title not in headings else headings


def words(text: str) -> Counter[str]:
    """Words of a text without regard to case and soft hyphens, each as often as it stands."""
    return Counter(_WORD.findall(text.casefold().replace(_SOFT_HYPHEN, "")))


def f1(found: Counter[str], wanted: Counter[str]) -> float:
    """Harmonic mean of precision and recall of multisets; 1 when both are empty."""
    if not found and not wanted:
        return 1.0
    return 2 * (found & wanted).total() / (found.total() + wanted.total())


def text_f1(text: str, labels: Labels) -> float:
    """Main text F1 over words; what is optional counts neither for nor against."""
    wanted = words("\n".join(labels.text))
    return f1(_without(words(text), wanted, words("\n".join(labels.optional))), wanted)


def headings_f1(headings: Iterable[str], labels: Labels) -> float:
    """Headings F1 over whole headings, their white space and case apart; optional ones count neither way."""
    wanted = _plain(heading.text for heading in labels.headings)
    lines = (line for block in labels.optional for line in block.split("\n"))
    return f1(_without(_plain(headings), wanted, _plain([*labels.soft_headings, *labels.optional, *lines])), wanted)


def _without(found: Counter[str], wanted: Counter[str], optional: Counter[str]) -> Counter[str]:
    """What was found, without what is more than wanted and optional."""
    return found - ((found - wanted) & optional)


def _plain(texts: Iterable[str]) -> Counter[str]:
    return Counter(" ".join(text.split()).casefold().replace(_SOFT_HYPHEN, "") for text in texts if can_be_seen(text))
