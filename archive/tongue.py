"""Tongue: which of a few languages a text is written in, by its small words. Pure; silent when it is not plain."""

from __future__ import annotations

import re
from collections import Counter

_WORD = re.compile(r"[^\W\d_]+")
_LEAST_WORDS = 40
"""Words below which a text is too short to tell."""
_LEAST_SHARE = 0.1
"""Share of small words that running text has in any of these languages; lists of names have less."""

# Words that are frequent in one language and rare or unknown in the others.
_SMALL = {
    "sv": frozenset(
        {"och", "att", "det", "som", "är", "på", "för", "inte", "av", "den", "till", "med", "har", "om", "ett", "kan",
         "från", "vi", "eller", "ska"}
    ),
    "en": frozenset(
        {"the", "and", "of", "to", "is", "that", "for", "with", "are", "this", "not", "you", "from", "have", "it", "by",
         "be", "was", "which", "on"}
    ),
    "fi": frozenset(
        {"ja", "on", "ei", "se", "että", "joka", "ovat", "myös", "tai", "kun", "oli", "mutta", "sekä", "kuin", "voi",
         "ole", "niin", "tämä"}
    ),
    "de": frozenset(
        {"und", "der", "die", "das", "ist", "nicht", "mit", "den", "von", "zu", "für", "ein", "auf", "im", "sich",
         "des", "auch", "eine", "wird"}
    ),
}  # fmt: skip


def tongue(text: str) -> str | None:
    """Language tag of a text's language among Swedish, English, Finnish and German; None when that is not plain."""
    words = [word.casefold() for word in _WORD.findall(text[:20_000])]
    if len(words) < _LEAST_WORDS:
        return None
    counts = Counter({tag: sum(word in small for word in words) for tag, small in _SMALL.items()})
    (first, most), (_, next_most) = counts.most_common(2)
    return first if most >= _LEAST_SHARE * len(words) and most >= 2 * next_most else None
