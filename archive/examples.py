"""Examples: which sections and pages tell a learning example, and of what kind it is. Pure.

A kind is known by the Swedish words of `WORDS`. Words in a heading or title weigh more than those in a preamble, and
these more than those in the text: a page on a procurement may well mention a coordination association.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
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


def kind_of(title: str, preamble: str, text: str) -> Told | None:
    """The kind that the words tell; None when they tell none."""
    weights: dict[Kind, int] = {}
    words: dict[Kind, str] = {}
    for part, weight in ((title, _IN_TITLE), (preamble, _IN_PREAMBLE), (text, 1)):
        for kind, pattern in _PATTERNS.items():
            found = [match.group() for match in pattern.finditer(part)]
            if found:
                weights[kind] = weights.get(kind, 0) + weight * len(found)
                words.setdefault(kind, found[0])
    if not weights:
        return None
    kind = max(weights, key=lambda one: weights[one])
    return Told(kind, words[kind])


def example_of(section: Section, kinds: Iterable[object]) -> Told | None:
    """The example that a section of a hub tells; None when it tells none.

    `kinds` are those of the mentions in it. An example has a heading of its own, and: words of a kind in the heading,
    or words of a kind and a place, an organisation, a film or a link to show for it; or a film; or a place and a link.
    """
    if not section.level or _GENERAL.search(section.heading):
        return None
    named = set(kinds) & {"municipality", "region", "organisation"}
    filmed = any(isinstance(block, Film) for block in section.blocks)
    links = (link for block in section.blocks for link in block_links(block))
    linked = any(link.kind in ("page", "external") for link in links)
    told = kind_of(section.heading, "", "\n".join(map(block_text, section.blocks)))
    if told is not None:
        return told if named or linked or filmed or kind_of(section.heading, "", "") else None
    placed = bool(named & {"municipality", "region"})
    return Told("other", "") if filmed or (placed and linked) else None


def example_values(
    record: Page, sections: Mapping[object, Section], mentions: Iterable[tuple[object, ...]]
) -> set[tuple[object, ...]]:
    """Rows of examples, (section, kind, words): the page as a whole, and each section that would be one in a hub.

    Which of them count depends on whether the page is a hub; the view `learning_examples` knows.
    """
    texts = record.texts()
    preamble = "\n".join(map(block_text, record.preamble))
    of_page = kind_of(record.title, preamble, "\n".join(texts[1:])) or Told("other", "")
    found: set[tuple[object, ...]] = {(None, *of_page)}
    kinds: dict[object, list[object]] = {}
    for section, kind, *_ in mentions:
        kinds.setdefault(section, []).append(kind)
    for number, section in sections.items():
        told = example_of(section, kinds.get(number, ()))
        if told is not None:
            found.add((number, *told))
    return found
