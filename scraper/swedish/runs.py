"""Runs: words in capitals that follow each other, which is all that a name can be made of. One walk of the text."""

from __future__ import annotations

import re
from collections.abc import Container
from itertools import accumulate
from typing import Final

_HIGH: Final = "".join(chr(code) for code in range(0x100, 0x250) if chr(code).isupper())
CAPITAL: Final = f"A-ZÀ-ÖØ-Þ{_HIGH}"
SPACE: Final = "[ \xa0]"
PARTICLES: Final = frozenset(
    ("von", "van", "af", "av", "de", "der", "den", "da", "di", "du", "al", "el", "bin", "ibn", "la", "le")
)
_PARTICLE: Final = f"(?:{'|'.join(sorted(PARTICLES))})"
_INITIAL: Final = rf"[{CAPITAL}]\.(?:-?[{CAPITAL}]\.)*(?={SPACE}?[{CAPITAL}])"
_WORD: Final = rf"[{CAPITAL}]\w*(?:[-’'´:]\w+)*"
# It begins with a class of letters and nothing else, so that the search for its first letter is done in C.
_RUN: Final = re.compile(
    rf"[{CAPITAL}](?:(?:\.-?[{CAPITAL}])*\.(?={SPACE}[{CAPITAL}])|\w*(?:[-’'´:]\w+)*)"
    rf"(?:{SPACE}(?:{_PARTICLE}{SPACE}){{0,2}}(?:{_INITIAL}|{_WORD}))*"
)
_IN_ADDRESS: Final = frozenset(".@_+")
_ADDRESS: Final = re.compile(r"[\w.+-]{0,60}@")


class Run:
    """One run: where it is and its words, particles among them ("Carl von Essen" is three)."""

    __slots__ = ("_offsets", "end", "start", "text", "words")

    def __init__(self, start: int, text: str) -> None:
        self.start = start
        self.end = start + len(text)
        self.text = text.replace("\xa0", " ")
        self.words = self.text.split(" ")
        self._offsets: list[int] = []

    def offset(self, number: int) -> int:
        """Offset in the text of a word by its number; one past the last gives where a next one would begin."""
        if not number:
            return self.start
        if not self._offsets:
            self._offsets = list(accumulate((len(word) + 1 for word in self.words), initial=self.start))
        return self._offsets[number]


def runs(text: str, dull: Container[str] = ()) -> list[Run]:
    """All runs of a text in order, none of which begins inside a word; a single word is left out when it is `dull`."""
    found = []
    for match in _RUN.finditer(text):
        words = match[0]
        start, end = match.span()
        if words not in dull and (not start or not text[start - 1].isalnum()) and not _is_address(text, start, end):
            found.append(Run(start, words))
    return found


def _is_address(text: str, start: int, end: int) -> bool:
    """Whether the words stand in a mail address: "Anna.Berg@exempel.example" names nobody in running text."""
    return (text[end : end + 1] in _IN_ADDRESS and bool(_ADDRESS.match(text, end))) or text[start - 1 : start] == "@"
