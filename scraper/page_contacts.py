"""The contacts of a page: people whom one can reach, from its texts and the blocks that its layout drops. Pure.

A link says more than its words: "Mejla Ylva" has the address behind it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final
from urllib.parse import unquote

from msgspec.structs import replace

from schemas.chrome import Chrome
from schemas.mention import Contact, PageContact, Spot
from schemas.page import Block, Link, Page, block_links, block_text
from scraper.swedish import find_contacts

_HEADED: Final = re.compile(r"\b(?:kontakt\w*|frågor\?|vill du veta mer|mer information)", re.IGNORECASE)
_REACHABLE: Final = re.compile(r"\w@\w|(?<!\d)(?:0|\+46)[\d \xa0()-]{6,}\d")
_ADDRESSED: Final = ("mail", "phone")
_OF_OTHERS: Final = frozenset(("menu", "news", "related", "cookies"))
"""Parts of the chrome that lead elsewhere and offer nobody."""


def contacts_of(page: Page, chrome: Chrome | None = None) -> tuple[PageContact, ...]:
    """The people on a page beside whom a mail address or a number stands, each once, in the order of the page.

    Content comes before chrome, so a contact in both is the content's. A block under a heading that offers contact ends
    where its section does; elsewhere a person is reached only by what stands in the same section.
    """
    found: dict[tuple[str, str, str], PageContact] = {}
    for spot, headed, blocks in _places(page, chrome or Chrome()):
        text = "\n".join(filter(None, map(_text, blocks)))
        if not _REACHABLE.search(text):
            continue
        opening = f"{headed}\n" if _HEADED.search(headed) else ""
        for contact in find_contacts(opening + text):
            placed = _shifted(contact, len(opening))
            found.setdefault((contact.name, contact.mail, contact.phone), PageContact(contact=placed, spot=spot))
    return tuple(found.values())


def _places(page: Page, chrome: Chrome) -> Iterator[tuple[Spot, str, tuple[Block, ...]]]:
    yield Spot(), "", page.preamble
    for number, section in enumerate(page.sections):
        yield Spot(section=number, heading=section.heading), section.heading, section.blocks
    for part in chrome.parts:
        if part.name not in _OF_OTHERS:
            yield Spot(part=part.name), "", part.blocks


def _text(block: Block) -> str:
    """What a reader reads, and the addresses behind the links that do not show them."""
    text = block_text(block)
    return "\n".join([text, *_behind(text, block_links(block))])


def _behind(text: str, links: Iterable[Link]) -> Iterator[str]:
    shown = _plain(text)
    for link in links:
        address = unquote(link.address.partition(":")[2].partition("?")[0]).strip()
        if link.kind in _ADDRESSED and _plain(address) not in shown:
            yield address


def _plain(text: str) -> str:
    """Letters and digits in small letters, so that "070-123 45 67" and "0701234567" are one."""
    return "".join(character for character in text.lower() if character.isalnum() or character == "@")


def _shifted(contact: Contact, by: int) -> Contact:
    return replace(contact, start=contact.start - by, end=contact.end - by)
