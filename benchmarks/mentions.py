"""People and places in Swedish: how right recognition is on the labelled sentences, beside a naive peer, and how fast.

The peer is what anyone writes first: two capital words in a row are a person, a municipality's name is a place.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

from scraper.swedish.gazetteer import gazetteer
from scraper.swedish.mentions import find_mentions
from tests.labelled import Named, Sentence, scores, sentences

NAME = "mentions"
LEAST_PRECISION = 0.97
LEAST_RECALL = 0.9
TEXT_BYTES = 13_000
_GOES = 30
_KINDS = {"person": "person", "municipality": "place", "region": "place"}
_PROSE = (
    "Det handlar om att ge fler en väg in i arbetslivet, och om att kommunen kan köpa tjänster av företag som gör det "
    "möjligt. Det fungerar när alla hjälps åt och när kraven är tydliga från början. "
)


def ours(text: str) -> list[Named]:
    """What `find_mentions` names, as the labels have it."""
    return [(_KINDS[each.kind], each.name) for each in find_mentions(text) if each.kind in _KINDS]


def naive(text: str) -> Iterator[Named]:
    """What capital letters and a list of names tell."""
    for match in re.finditer(r"[A-ZÅÄÖ]\w+(?: [A-ZÅÄÖ]\w+)+", text):
        yield "person", match[0]
    for match in re.finditer(r"[A-ZÅÄÖ]\w+", text):
        place = gazetteer().words.get(match[0])
        if place:
            yield "place", place.name


def milliseconds(sentence_every: int) -> float:
    """Best processor time for 13 KB in which every n-th sentence names someone or something."""
    told = [sentence.text for sentence in sentences()]
    text = ""
    for sentence in told * 2:
        if len(text.encode()) >= TEXT_BYTES:
            break
        text += sentence + " " + _PROSE * (sentence_every // 2)
    text = text.encode()[:TEXT_BYTES].decode("utf-8", "ignore")
    best = float("inf")
    for _ in range(_GOES):
        began = time.process_time()
        find_mentions(text)
        best = min(best, time.process_time() - began)
    return best * 1000


def run() -> str:
    """The table. Raises AssertionError where a promise is not kept."""
    asked = sentences()
    parts: dict[str, list[Sentence]] = {"all": list(asked)}
    for sentence in asked:
        parts.setdefault(sentence.part, []).append(sentence)
    lines = ["Mentions in Swedish: precision and recall", f"{'':33}{'person':>22}{'place':>22}"]
    for part, chosen in parts.items():
        for tool, answer in (("tidslager", ours), ("capitals + list", naive)):
            found = scores(answer, chosen)
            cells = "".join(f"{f'{score.precision:.3f} {score.recall:.3f}':>22}" for score in found.values())
            lines.append(f"{part:17}{tool:16}{cells}  ({len(chosen)} sentences)")
            if tool == "tidslager":
                assert all(score.precision >= LEAST_PRECISION for score in found.values()), lines
                assert all(score.recall >= LEAST_RECALL for score in found.values()), lines
    speed = ", ".join(f"{milliseconds(every):.2f} ms with a name in one sentence of {every}" for every in (1, 4, 10))
    return "\n".join([*lines, f"13 KB: {speed}"])
