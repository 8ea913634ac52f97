"""The times that a page names, each with where it stands and how it is known. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from schemas.mention import PageDate, Says, Spot, When
from schemas.page import Block, Dated, Page, block_text
from scraper.swedish import find_dates


def dates_of(page: Page) -> tuple[PageDate, ...]:
    """The days that a page states of itself, then each day, month and year that its texts name, in order.

    The head of the page is its title and preamble. A time is as exact as it is written; "source" tells what the page
    states for readers, in <time>, in <meta> or in its address.
    """
    return (*_stated(page), *_named(page))


def _stated(page: Page) -> Iterator[PageDate]:
    stated: tuple[tuple[Says, Dated | None], ...] = (("published", page.published), ("updated", page.updated))
    for says, dated in stated:
        if dated:
            day = dated.on
            when = When(year=day.year, month=day.month, day=day.day, start=0, end=0)
            yield PageDate(when=when, words=day.isoformat(), source=dated.source, says=says, spot=Spot())


def _named(page: Page) -> Iterator[PageDate]:
    yield from _in(Spot(), _text(page.title, page.preamble))
    for number, section in enumerate(page.sections):
        yield from _in(Spot(section=number, heading=section.heading), _text(section.heading, section.blocks))


def _text(heading: str, blocks: tuple[Block, ...]) -> str:
    return "\n".join(filter(None, (heading, *map(block_text, blocks))))


def _in(spot: Spot, text: str) -> Iterator[PageDate]:
    for when in find_dates(text):
        yield PageDate(when=when, words=text[when.start : when.end], source="text", says="named", spot=spot)
