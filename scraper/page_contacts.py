"""The contacts of a page: people and organisations that one can reach, from its texts and its chrome. Pure.

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
from schemas.reading import Rules
from scraper.swedish.contacts import find_contacts

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
    page: Page, texts: Iterable[str], mentions: Iterable[tuple[Mention, ...]], rules: Rules
) -> tuple[tuple[Mention, ...], ...]:
    """The mentions of each text of a page (`Page.texts`), each with the mail address and number that stand beside it.

    A block under a heading that offers contact ends where its section does; elsewhere a person is reached only by what
    stands in the same section.
    """
    places = (("", page.preamble), *((section.heading, section.blocks) for section in page.sections))
    return tuple(
        _reached(named, text, _contacts(heading, blocks, rules)) if _offers(text, blocks) else named
        for named, text, (heading, blocks) in zip(mentions, texts, places, strict=True)
    )


def _offers(text: str, blocks: tuple[Block, ...]) -> bool:
    """Whether an address or number may stand in a text or behind a link of it: a cheap look, since few have any."""
    if "@" in text or "+46" in text or _DIALLED.search(text):
        return True
    return any(link.kind in _ADDRESSED for block in blocks for link in block_links(block))


def contacts_in(chrome: Chrome, rules: Rules) -> tuple[tuple[Contact, ...], ...]:
    """Whom each part of the chrome says one can reach; offsets count the addresses behind links too."""
    return tuple(() if part.name in _OF_OTHERS else _contacts("", part.blocks, rules) for part in chrome.parts)


def _contacts(headed: str, blocks: tuple[Block, ...], rules: Rules) -> tuple[Contact, ...]:
    """Those under a heading beside whom an address or a number stands, each once, in order; people if the site asks."""
    text = "\n".join(filter(None, map(_text, blocks)))
    if not _REACHABLE.search(text):
        return ()
    opening = f"{headed}\n" if _HEADED.search(headed) else ""
    each_once = _each_once if len(text) <= _LONGEST_REMEMBERED else _each_once.__wrapped__
    found = each_once(opening + text, rules.organisations)
    return found if rules.people else tuple(one for one in found if one.kind != "person")


@lru_cache(maxsize=_REMEMBERED)
def _each_once(text: str, organisations: tuple[str, ...]) -> tuple[Contact, ...]:
    found: dict[tuple[str, str, str], Contact] = {}
    for contact in find_contacts(text, organisations):
        found.setdefault((contact.name, contact.mail, contact.phone), contact)
    return tuple(found.values())


def _reached(named: tuple[Mention, ...], text: str, contacts: tuple[Contact, ...]) -> tuple[Mention, ...]:
    """The mentions with the contacts among them; one whose name only the address beside it tells is one more."""
    reached = list(named)
    for contact in contacts:
        how = {"mail": contact.mail, "phone": contact.phone}
        named_so = [n for n, one in enumerate(reached) if (one.kind, one.name) == (contact.kind, contact.name)]
        begin = text.find(contact.name)
        if named_so:
            at = min(named_so, key=lambda n: reached[n].role != contact.role)
            reached[at] = replace(reached[at], **how)
        elif begin >= 0:
            reached.append(
                Mention(
                    kind=contact.kind,
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
