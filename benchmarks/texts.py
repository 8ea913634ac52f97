"""Texts: pairs of long texts, and of page records made of them, with known edits. The same on every machine."""

from __future__ import annotations

import random
from collections.abc import Callable

from schemas.page import Cell, Page, Paragraph, Row, Section, Table

Text = list[list[str]]
"""Paragraphs of words."""
_STOCK = 20_000
_NEW_WORDS = 10


def text(size: int, seed: int = 1) -> Text:
    """`size` words in paragraphs of 30 to 90, common words common and rare ones rare, a full stop now and then."""
    chance = random.Random(seed)
    words = [f"ord{int(_STOCK ** chance.random())}" for _ in range(size)]
    words = [word + "." if chance.random() < 1 / 12 else word for word in words]
    paragraphs = []
    while words:
        cut = chance.randrange(30, 90)
        paragraphs.append(words[:cut])
        words = words[cut:]
    return paragraphs


def few(before: Text) -> Text:
    """Ten words replaced, one paragraph in, one in another place."""
    chance = random.Random(2)
    after = [list(paragraph) for paragraph in before]
    for number in range(_NEW_WORDS):
        paragraph = after[chance.randrange(len(after))]
        paragraph[chance.randrange(len(paragraph))] = f"ny{number}"
    after.insert(len(after) // 3, [f"inskott{number}" for number in range(40)])
    after.insert(3, after.pop(len(after) // 2))
    return after


def paragraphs_shuffled(before: Text) -> Text:
    """The same paragraphs in any order."""
    after = list(before)
    random.Random(3).shuffle(after)
    return after


def words_shuffled(before: Text) -> Text:
    """The same words in any order, in paragraphs of sixty."""
    words = [word for paragraph in before for word in paragraph]
    random.Random(4).shuffle(words)
    return [words[at : at + 60] for at in range(0, len(words), 60)]


def disjoint(before: Text) -> Text:
    """Not a word in common."""
    return [[f"annat{word}" for word in paragraph] for paragraph in before]


def four_words(before: Text) -> Text:
    """Texts of four words and no others; `before` gives the size and, by its first word, the seed."""
    chance = random.Random(5 + len(before[0]))
    return [[chance.choice("abcd") for _ in paragraph] for paragraph in before]


CASES: dict[str, Callable[[Text], tuple[Text, Text]]] = {
    "few": lambda before: (before, few(before)),
    "paragraphs shuffled": lambda before: (before, paragraphs_shuffled(before)),
    "words shuffled": lambda before: (before, words_shuffled(before)),
    "disjoint": lambda before: (before, disjoint(before)),
    "four words": lambda before: (four_words(before), four_words([[], *before])[1:]),
}


def written(of: Text) -> str:
    """The text, a paragraph a line."""
    return "\n".join(" ".join(paragraph) for paragraph in of)


def pair(case: str, size: int) -> tuple[str, str]:
    """Both texts of a case."""
    before, after = CASES[case](text(size))
    return written(before), written(after)


def page_pair(case: str, size: int) -> tuple[Page, Page]:
    """Both page records of a case: twelve paragraphs a section. With few edits, a section moved too."""
    before, after = CASES[case](text(size))
    sections = _sections(before)
    if case != "few":
        return _page(sections), _page(_sections(after))
    chance = random.Random(2)
    edited = [[list(paragraph) for paragraph in section] for section in sections]
    for number in range(_NEW_WORDS):
        paragraph = chance.choice(chance.choice(edited))
        paragraph[chance.randrange(len(paragraph))] = f"ny{number}"
    edited[len(edited) // 3].insert(2, [f"inskott{number}" for number in range(40)])
    headings = [*range(len(sections))]
    edited.insert(0, edited.pop(len(sections) // 2))
    headings.insert(0, headings.pop(len(sections) // 2))
    return _page(sections), _page(edited, headings)


def table_pair(rows: int) -> tuple[Page, Page]:
    """A page with a long table, and with one row more in it."""
    chance = random.Random(6)
    entries: list[tuple[str, ...]] = [(f"kommun {number}", str(chance.randrange(9)), "ja") for number in range(rows)]
    more = [*entries[: rows // 2], ("ny kommun", "3", "nej"), *entries[rows // 2 :]]
    return _table_page(entries), _table_page(more)


def _sections(of: Text) -> list[Text]:
    return [of[at : at + 12] for at in range(0, len(of), 12)]


def _page(sections: list[Text], headings: list[int] | None = None) -> Page:
    return Page(
        title="Prov",
        sections=tuple(
            Section(heading=f"Rubrik {number}", level=2, blocks=tuple(Paragraph(text=" ".join(words)) for words in of))
            for number, of in zip(headings or range(len(sections)), sections, strict=True)
        ),
    )


def _table_page(entries: list[tuple[str, ...]]) -> Page:
    rows = tuple(Row(cells=tuple(Cell(text=cell) for cell in entry)) for entry in entries)
    return Page(title="Prov", sections=(Section(heading="Tabell", level=2, blocks=(Table(rows=rows),)),))
