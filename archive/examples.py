"""Examples: which sections and pages tell a learning example, and of what kind it is. Pure.

A kind is known by the Swedish words of `WORDS`. Words in a heading or title weigh more than those in a preamble, and
these more than those in the text: a page on a procurement may well mention a coordination association.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final, Literal, NamedTuple

from schemas.page import Film, Page, Section, block_links, block_text

Kind = Literal[
    "coordination_association",  # a samordningsförbund builds up social enterprises
    "reserved_procurement",  # contracts reserved for, or made fit for, social enterprises
    "municipal_spin_off",  # a municipal activity became an enterprise of its own
    "incubator",  # a public body lets enterprises grow, with business beside it
    "other",  # an example, by its film or place, of none of these kinds
]

# A word as it begins, in any inflection; the first kind wins where two weigh the same.
WORDS: Final[dict[Kind, str]] = {
    "coordination_association": r"samordningsförbund\w*|finsam\w*",
    "reserved_procurement": r"reserverad\w*\s+(?:upphandling|kontrakt|avtal)\w*|reservera(?:s|de|des|t|ts)\b"
    r"|\w*upphandling\w*|inköp\w*|kontraktet?\b",
    "municipal_spin_off": r"avknopp\w*|knoppa\w*\s+av\b|tidigare kommunal\w*|(?:f\.d\.|före detta) kommunal\w*"
    r"|från kommunal\w*",
    "incubator": r"inkubator\w*|affärssamarbete\w*|växthus för företag\w*",
}
_PATTERNS: Final = {kind: re.compile(rf"\b(?:{words})", re.IGNORECASE) for kind, words in WORDS.items()}
_OPENINGS: Final[dict[Kind, tuple[str, ...]]] = {
    "coordination_association": ("samordningsförbund", "finsam"),
    "reserved_procurement": ("reserver", "upphandling", "inköp", "kontrakt"),
    "municipal_spin_off": ("knopp", "tidigare kommunal", "f.d. kommunal", "före detta kommunal", "från kommunal"),
    "incubator": ("inkubator", "affärssamarbete", "växthus"),
}
"""What words of a kind have in them, in small letters: a text is looked into only where they are."""
_SMALL: Final = bytes(range(256)).decode("latin-1").lower().encode("latin-1")
_REMEMBERED = 4096
"""Texts whose words are remembered: most stay as they are from revision to revision."""
_LONGEST_REMEMBERED = 20_000
"""Characters up to which a text is remembered."""
_IN_TITLE, _IN_PREAMBLE = 8, 4
"""Weights of a word in a title or heading, and in a preamble; one in the text weighs 1."""
_GENERAL: Final = re.compile(
    r"\b(?:kontakt\w*|frågor|läs mer|mer om|fler exempel|relatera\w*|dokument|länkar|så kommer ni|så gör|i siffror"
    r"|om webbplatsen|informationsansvarig)\b",
    re.IGNORECASE,
)
"""Headings under which no single example is told."""


class Told(NamedTuple):
    """What kind of example it is, and the words that say so; "" for `other`."""

    kind: Kind
    words: str


class _Words(NamedTuple):
    """What a text has of a kind: its first words, and how many times it has any."""

    first: str
    times: int


def kind_of(title: str, preamble: str, *texts: str) -> Told | None:
    """The kind that the words tell; None when they tell none. Words stand in one of the texts, not half in the next."""
    weights: dict[Kind, int] = {}
    words: dict[Kind, str] = {}
    for parts, weight in (((title,), _IN_TITLE), ((preamble,), _IN_PREAMBLE), (texts, 1)):
        found = [told for told in map(_found_in, parts) if told]
        for kind in WORDS if found else ():
            of_kind = [told[kind] for told in found if kind in told]
            if of_kind:
                weights[kind] = weights.get(kind, 0) + weight * sum(one.times for one in of_kind)
                words.setdefault(kind, of_kind[0].first)
    if not weights:
        return None
    kind = max(weights, key=lambda one: weights[one])
    return Told(kind, words[kind])


def _found_in(text: str) -> Mapping[Kind, _Words]:
    """What the patterns find in a text: remembered, unless it is too long."""
    return (_words_in if len(text) <= _LONGEST_REMEMBERED else _words_in.__wrapped__)(text)


@lru_cache(maxsize=_REMEMBERED)
def _words_in(text: str) -> Mapping[Kind, _Words]:
    """What the patterns find in a text, by kind; nothing for most texts."""
    folded = _folded(text)
    found = {}
    for kind, openings in _FOLDED_OPENINGS.items():
        starts = [at for opening in openings if opening in folded for at in _begins(text, folded, opening)]
        words = _words_of(_PATTERNS[kind], text, sorted(starts)) if starts else []
        if words:
            found[kind] = _Words(words[0], len(words))
    return found


def _words_of(pattern: re.Pattern[str], text: str, starts: Iterable[int]) -> list[str]:
    """What a pattern finds in a text, in order, where it may begin."""
    found: list[str] = []
    end = 0
    for start in starts:
        match = pattern.match(text, start) if start >= end else None
        if match:
            found.append(match[0])
            end = match.end()
    return found


def _folded(text: str) -> bytes:
    """A text in small letters, a byte a letter, so that places in one are places in the other."""
    return text.encode("latin-1", "replace").translate(_SMALL)


_FOLDED_OPENINGS: Final = {kind: tuple(map(_folded, openings)) for kind, openings in _OPENINGS.items()}


def _begins(text: str, folded: bytes, opening: bytes) -> list[int]:
    """Where the words begin that have an opening in them, each once."""
    found = []
    seen = 0
    at = folded.find(opening)
    while at >= 0:
        begin = at
        while begin > seen and _is_of_word(text[begin - 1]):
            begin -= 1
        if not begin or not _is_of_word(text[begin - 1]):
            found.append(begin)
        seen = at + len(opening)
        at = folded.find(opening, seen)
    return found


def _is_of_word(letter: str) -> bool:
    return letter.isalnum() or letter == "_"


def example_of(section: Section, kinds: Iterable[object], text: str) -> Told | None:
    """The example that a section of a hub tells; None when it tells none.

    `kinds` are those of the mentions in it, `text` is what stands under its heading. An example has a heading of its
    own, and: words of a kind in the heading, or words of a kind and a place, an organisation, a film or a link to show
    for it; or a film; or a place and a link.
    """
    if not section.level or _GENERAL.search(section.heading):
        return None
    told = kind_of(section.heading, "", text)
    named = {"municipality", "region", "organisation"}.intersection(kinds)
    filmed = any(isinstance(block, Film) for block in section.blocks)
    if told is not None:
        shown = bool(named) or filmed or _found_in(section.heading) or _links_on(section)
        return told if shown else None
    placed = bool(named & {"municipality", "region"})
    return Told("other", "") if filmed or (placed and _links_on(section)) else None


def _links_on(section: Section) -> bool:
    """Whether the text of a section links to a page."""
    links = (link for block in section.blocks for link in block_links(block))
    return any(link.kind in ("page", "external") for link in links)


def example_values(
    record: Page, sections: Mapping[object, Section], mentions: Iterable[tuple[object, ...]]
) -> set[tuple[object, ...]]:
    """Rows of examples, (section, kind, words): the page as a whole, and each section that would be one in a hub.

    Which of them count depends on whether the page is a hub; the view `learning_examples` knows.
    """
    preamble = "\n".join(map(block_text, record.preamble))
    texts = ["\n".join(map(block_text, section.blocks)) for section in record.sections]
    headed = (part for section, text in zip(record.sections, texts, strict=True) for part in (section.heading, text))
    of_page = kind_of(record.title, preamble, *headed)
    found: set[tuple[object, ...]] = {(None, *(of_page or Told("other", "")))}
    kinds: dict[object, list[object]] = {}
    for section, kind, *_ in mentions:
        kinds.setdefault(section, []).append(kind)
    for (number, section), text in zip(sections.items(), texts, strict=True):
        told = example_of(section, kinds.get(number, ()), text)
        if told is not None:
            found.add((number, *told))
    return found
