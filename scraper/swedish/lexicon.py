"""Words and given names by which people are told from all else that has a capital letter. Data in two TOML files."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib import resources

import msgspec

from scraper.swedish.gazetteer import gazetteer


class Lexicon(msgspec.Struct, frozen=True):
    """The words, made ready to be asked."""

    given: frozenset[str]
    """Given names."""
    starters: frozenset[str]
    """Words that begin sentences."""
    impersonal: frozenset[str]
    """Words that never stand in a person's name."""
    impersonal_ending: re.Pattern[str]
    role: re.Pattern[str]
    """A word, from its beginning to its end, that says what someone is; group `word` is its form in the dictionary."""
    adverbs: frozenset[str]
    """What may stand between a verb of reporting and the name."""
    bearers: frozenset[str]
    memorials: frozenset[str]
    trades: frozenset[str]
    """What a firm that bears its founder's name does, in small letters."""
    reporting: frozenset[str]
    reach: frozenset[str]
    """What may stand around an organisation's address or number, in small letters: how and when it is reached."""
    mailboxes: frozenset[str]
    """What mailboxes are called that belong to no one, without the dots of å, ä and ö."""
    mailbox_ending: re.Pattern[str]
    remembered: frozenset[str]
    """Names of those whom texts name without having spoken with them: kings, authors, characters, firms."""


@cache
def lexicon() -> Lexicon:
    """All words, read once."""
    folder = resources.files("scraper.swedish")
    raw = tomllib.loads((folder / "words.toml").read_text("utf-8"))
    names = tomllib.loads((folder / "names.toml").read_text("utf-8"))
    roles = "|".join(sorted({*raw["roles"].replace("_", " ").split()}, key=len, reverse=True))
    endings = "|".join(raw["impersonal_endings"].split())
    return Lexicon(
        given=frozenset(names["given"].split()),
        starters=frozenset(raw["starters"].split()),
        impersonal=frozenset(raw["impersonal"].split()),
        impersonal_ending=re.compile(rf"\w{{2,}}(?:{endings})s?\Z"),
        role=re.compile(rf"(?P<word>[\w-]*?(?:{roles}))(?P<form>en|et|n|t|er|erna|e|a)?(?P<owner>s)?\Z", re.IGNORECASE),
        adverbs=frozenset(raw["adverbs"].split()),
        bearers=frozenset(raw["bearers"].split()),
        memorials=frozenset(raw["memorials"].split()),
        trades=frozenset(raw["trades"].split()),
        reporting=frozenset(raw["reporting"].split()),
        reach=frozenset(raw["reach"].split()),
        mailboxes=frozenset(raw["mailboxes"].split()),
        mailbox_ending=re.compile(rf"\w*(?:{'|'.join(raw['mailbox_endings'].split())})\Z"),
        remembered=frozenset(names["remembered"]),
    )


@cache
def dull_words() -> frozenset[str]:
    """Words that begin sentences and, alone, name nothing."""
    return lexicon().starters - gazetteer().words.keys()
