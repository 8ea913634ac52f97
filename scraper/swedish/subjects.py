"""Subjects: what a text of a public body is about, by the words of a short list. Pure.

A text is about a subject when words of it stand where the text says what it is about, in its title, heading or
preamble, or twice in the rest. A word in passing is no subject.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final, NamedTuple

from archive.letters import in_bytes, keeping
from schemas.mention import Mention

SUBJECTS: Final[dict[str, str]] = {
    "arbetslöshet": "arbetslös, långtidsarbetslös, långt från arbetsmarknaden, försörjningsstöd, ekonomiskt bistånd",
    "arbetsträning": "arbetsträn, arbetspröv, arbetspraktik, praktikplats, lärlingsplats",
    "avknoppning": "avknopp, knoppa av, knoppas av, knoppades av, knoppats av",
    "bostad": "bostad, bostäd, boendestöd, stödboende, gruppbostad, hemlös, härbärge, ett boende, boendet",
    "bygg och hantverk": "snickeri, hantverk, byggföretag, måleri, renoveringsarbet",
    "civilsamhälle": "civilsamhäll, civila samhäll, ideella sektor, ideell sektor, idéburen, idéburna, idéburet",
    "digitalisering": "digitaliser, e-tjänst",
    "funktionsnedsättning": "funktionsnedsätt, funktionshind, funktionsvari, daglig verksamhet, dagliga verksamhet",
    "företagande": "företagsinkubator, inkubator, affärsutveckl, affärsmodell, entreprenör, starta företag",
    "klimat och miljö": "klimat, miljöarbet, fossilfri, biologisk mångfald",
    "kooperativ": "kooperativ, arbetskooperativ, personalkooperativ",
    "kultur": "kulturhus, teater, museum, museer, museet, konstnär, bibliotek",
    "landsbygd": "landsbygd, glesbygd, bygdegård, byalag",
    "mat och kafé": "kafé, café, catering, restaurang, bageri, lunchserver, storkök",
    "nyanlända": "nyanländ, flykting, asylsök, etableringsprogram, utrikes född, utrikesfödd, svenska för invandrare",
    "odling och park": "trädgård, grönyt, parkskötsel, skogsbruk, stadsodling, odling",
    "rehabilitering": "rehabiliter, sjukskriv, psykisk ohälsa, psykiska ohälsa, missbruk",
    "samverkan": "samverka, samordningsförbund, partnerskap, finansiell samordning",
    "sociala företag": "socialt företag, sociala företag, socialt företagande, arbetsintegrerande, arbetsintegrerat",
    "städning och tvätt": "städa, städning, städtjänst, städuppdrag, städföretag, tvätt",
    "transport": "kollektivtrafik, budtjänst, cykelverkstad, bilpool, färdtjänst",
    "unga": "ungdom, unga vuxna, unga som varken",
    "upphandling": "upphandl, inköp, ramavtal, anbud, reserverade kontrakt, reserverat kontrakt",
    "utbildning": "vuxenutbildning, yrkesutbildning, folkhögskol, gymnasieskol, yrkeshögskol",
    "återbruk": "återbruk, återvinn, återanvänd, second hand, loppis, cirkulär ekonomi",
    "äldre": "äldreomsorg, äldreboende, hemtjänst, seniorboende",
}
"""Subjects, each with the words that tell it, as they begin, in small letters."""

_WORD: Final = re.compile(r"[^\W\d_][\w-]*")
_IN_WORDS: Final = keeping(lambda letter: letter.isalnum() or letter in "-_")
_BEFORE_WORDS: Final = "0123456789-_"
_PART: Final = re.compile(r"[\w-]")
_KEY: Final = 3
"""Letters of a word by which those that it may be are found."""
_OFTEN: Final = 2


class _Term(NamedTuple):
    words: str
    subject: str


def _index() -> dict[str, tuple[_Term, ...]]:
    found: dict[str, tuple[_Term, ...]] = {}
    for subject, listed in SUBJECTS.items():
        for words in listed.split(", "):
            found[words[:_KEY]] = (*found.get(words[:_KEY], ()), _Term(words, subject))
    return found


_TERMS: Final = _index()
_STARTS: Final = {key: [(term.words.split()[0], term.words) for term in terms] for key, terms in _TERMS.items()}


def find_subjects(text: str, opening: int = 0) -> tuple[Mention, ...]:
    """What the text is about, each subject once, where its words first stand, in order.

    `opening` is the length of the part that says what the rest is about: title and preamble, or heading.
    """
    first: dict[str, tuple[int, int]] = {}
    often: dict[str, int] = {}
    for subject, start, end in _told(text):
        first.setdefault(subject, (start, end))
        often[subject] = often.get(subject, 0) + 1
    return tuple(
        Mention(kind="subject", name=subject, start=start, end=end, evidence=why)
        for subject, (start, end) in first.items()
        if (why := _why(start < opening, often[subject]))
    )


def _why(opens: bool, times: int) -> str:  # noqa: FBT001 -- of two
    if opens:
        return "words of it stand in the title, preamble or heading"
    return "words of it stand in the text more than once" if times >= _OFTEN else ""


def _told(text: str) -> Iterator[tuple[str, int, int]]:
    """Each word that tells a subject, whole as it stands, and where."""
    small = text.lower()
    if len(small) != len(text):  # a letter that is two in small ones would shift the places
        return
    # Few words of a text tell anything: those are found among all that it has, and only their places are looked for.
    telling = {word: terms for word in _words(small) if (terms := _may_tell(word, small))}
    places = ((place, word) for word, terms in telling.items() for place in _places(word, small, _wanted(terms)))
    for at, word in sorted(places):
        for term in _TERMS[word[:_KEY]]:
            if small.startswith(term.words, at):
                rest = _WORD.match(small, at + len(term.words))
                yield term.subject, at, rest.end() if rest else at + len(term.words)
                break


def _words(small: str) -> set[str]:
    """The words of a text in small letters, with their hyphens."""
    letters = in_bytes(small)
    if letters is None:
        return set(_WORD.findall(small))
    return {word.lstrip(_BEFORE_WORDS) for word in set(letters.translate(_IN_WORDS).decode("latin-1").split())}


def _may_tell(word: str, small: str) -> list[str]:
    """Words of a subject that begin with a word and stand in the text."""
    return [whole for first, whole in _STARTS.get(word[:_KEY], ()) if word.startswith(first) and whole in small]


def _wanted(terms: list[str]) -> int | None:
    """How many of a word's places tell all: what it tells by itself it tells often when it does so twice."""
    return None if any(" " in whole for whole in terms) else _OFTEN


def _places(word: str, small: str, wanted: int | None) -> Iterator[int]:
    """Where the word stands in the text and is no part of another: the first few, or all."""
    return islice(_all_places(word, small), wanted)


def _all_places(word: str, small: str) -> Iterator[int]:
    at = small.find(word)
    while at >= 0:
        begin, end = at, at + len(word)
        while begin and (small[begin - 1] in "-_" or small[begin - 1].isdecimal()):
            begin -= 1
        if not small[begin - 1 : begin].isalnum() and not _PART.match(small, end):
            yield at
        at = small.find(word, at + 1)
