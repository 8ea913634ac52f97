"""The contacts of a page: people whom one can reach, from its texts and the blocks that its layout drops. Pure.

A link says more than its words: "Mejla Ylva" has the address behind it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final
from urllib.parse import unquote

from msgspec.structs import replace

from schemas.chrome import Chrome
from schemas.mention import Contact, Mention
from schemas.page import Block, Link, Page, block_links, block_text
from scraper.swedish import find_contacts

_HEADED: Final = re.compile(r"\b(?:kontakt\w*|frågor\?|vill du veta mer|mer information)", re.IGNORECASE)
_REACHABLE: Final = re.compile(r"\w@\w|(?<!\d)(?:0|\+46)[\d \xa0()-]{6,}\d")
_DIALLED: Final = re.compile(r"0[\d \xa0()-]{6,}\d")
_ADDRESSED: Final = ("mail", "phone")
_OF_OTHERS: Final = frozenset(("menu", "news", "related", "cookies"))
"""Parts of the chrome that lead elsewhere and offer nobody."""
_REMEMBERED = 1024
"""Texts whose contacts are remembered: a footer with a telephone number stands on every page of a site."""
_LONGEST_REMEMBERED: Final = 20_000
"""Characters up to which a text is remembered."""


def with_contacts(
    page: Page, texts: Iterable[str], mentions: Iterable[tuple[Mention, ...]]
) -> tuple[tuple[Mention, ...], ...]:
    """The mentions of each text of a page (`Page.texts`), a person with the mail address and number that stand beside.

    A block under a heading that offers contact ends where its section does; elsewhere a person is reached only by what
    stands in the same section.
    """
    places = (("", page.preamble), *((section.heading, section.blocks) for section in page.sections))
    return tuple(
        _reached(named, text, _contacts(heading, blocks)) if _offers(text, blocks) else named
        for named, text, (heading, blocks) in zip(mentions, texts, places, strict=True)
    )


def _offers(text: str, blocks: tuple[Block, ...]) -> bool:
    """Whether an address or number may stand in a text or behind a link of it: a cheap look, since few have any."""
    if "@" in text or "+46" in text or _DIALLED.search(text):
        return True
    return any(link.kind in _ADDRESSED for block in blocks for link in block_links(block))


def contacts_in(chrome: Chrome) -> tuple[tuple[Contact, ...], ...]:
    """The people whom each part of the chrome says can be reached; offsets count the addresses behind links too."""
    return tuple(() if part.name in _OF_OTHERS else _contacts("", part.blocks) for part in chrome.parts)


def _contacts(headed: str, blocks: tuple[Block, ...]) -> tuple[Contact, ...]:
    """The people under a heading beside whom an address or a number stands, each once, in order."""
    text = "\n".join(filter(None, map(_text, blocks)))
    if not _REACHABLE.search(text):
        return ()
    opening = f"{headed}\n" if _HEADED.search(headed) else ""
    each_once = _each_once if len(text) <= _LONGEST_REMEMBERED else _each_once.__wrapped__
    return each_once(opening + text)


@lru_cache(maxsize=_REMEMBERED)
def _each_once(text: str) -> tuple[Contact, ...]:
    found: dict[tuple[str, str, str], Contact] = {}
    for contact in find_contacts(text):
        found.setdefault((contact.name, contact.mail, contact.phone), contact)
    return tuple(found.values())


def _reached(named: tuple[Mention, ...], text: str, contacts: tuple[Contact, ...]) -> tuple[Mention, ...]:
    """The mentions with the contacts among them; one whose name only the address beside it tells is one more."""
    reached = list(named)
    for contact in contacts:
        how = {"mail": contact.mail, "phone": contact.phone}
        named_so = [n for n, one in enumerate(reached) if (one.kind, one.name) == ("person", contact.name)]
        begin = text.find(contact.name)
        if named_so:
            at = min(named_so, key=lambda n: reached[n].role != contact.role)
            reached[at] = replace(reached[at], **how)
        elif begin >= 0:
            reached.append(
                Mention(
                    kind="person",
                    name=contact.name,
                    role=contact.role,
                    organisation=contact.organisation,
                    **how,
                    start=begin,
                    end=begin + len(contact.name),
                    evidence="a mail address or a telephone number stands beside the name",
                )
            )
    return tuple(sorted(reached, key=lambda one: (one.start, one.end, one.kind)))


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
