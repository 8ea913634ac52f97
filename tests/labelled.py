"""The labelled Swedish sentences, and how well an answer to them is: precision and recall per kind."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

import msgspec

SENTENCES = Path(__file__).parent / "swedish" / "sentences.toml"
Named = tuple[str, str]
"""Kind, "person" or "place", and name."""


class Sentence(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One sentence with its labels."""

    part: str
    text: str
    people: tuple[tuple[str, str, str], ...] = ()
    places: tuple[str, ...] = ()

    def named(self) -> Counter[Named]:
        """Each naming that a right answer holds."""
        return Counter([("person", name) for name, _, _ in self.people] + [("place", name) for name in self.places])


class Score(msgspec.Struct):
    """Namings of one kind: right, wrong and missed."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    @property
    def precision(self) -> float:
        """Share of what was named that is right."""
        return self.right / max(1, self.right + self.wrong)

    @property
    def recall(self) -> float:
        """Share of what is there that was named."""
        return self.right / max(1, self.right + self.missed)


def sentences() -> tuple[Sentence, ...]:
    """All of them, in the order of the file."""
    return msgspec.convert(tomllib.loads(SENTENCES.read_text("utf-8"))["sentences"], tuple[Sentence, ...])


def scores(answer: Callable[[str], Iterable[Named]], asked: Iterable[Sentence]) -> dict[str, Score]:
    """How well `answer` names people and places in the sentences."""
    found = {"person": Score(), "place": Score()}
    for sentence in asked:
        expected, given = sentence.named(), Counter(answer(sentence.text))
        for (kind, _), count in (expected & given).items():
            found[kind].right += count
        for (kind, _), count in (given - expected).items():
            found[kind].wrong += count
        for (kind, _), count in (expected - given).items():
            found[kind].missed += count
    return found
