"""Municipalities and counties in Swedish text, with Statistics Sweden's codes. Pure.

A name that is nothing but a place is one wherever it stands. A name that is also an ordinary word, a surname or a given
name (Mark, Vara, Lund) needs evidence beside it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Final, NamedTuple

from schemas.mention import Mention
from scraper.swedish.gazetteer import Place, gazetteer
from scraper.swedish.runs import CAPITAL, SPACE, Run

_NEXT: Final = re.compile(rf"{SPACE}([a-zåäö]+)")
_LAST: Final = re.compile(r"(\w+)[ \xa0]$")
_KOMMUN: Final = re.compile(r"kommuns?$|stads?$|kommun(?:en|fullmäktige|styrelse)")
_MUNICIPAL: Final = re.compile(
    r"kommun|stads?$|social|arbetsmarknad|vuxenutbildning|fullmäktige|nämnd|skol|äldreomsorg|stadsdel|tätort"
    r"|näringsliv|omsorg|upphandling|vuxnas|försörjning|integration"
)
_NAMED_AFTER: Final = re.compile(
    r"universitet|högskol|tidning|allehanda|nation\b|dagblad|kuriren|domkyrk|(?:nyheter|posten|gata|gränd|torg|väg|allé)\b"
    r"|(?:tings|hov|kammar|förvaltnings)rätt|lasarett|\w*sjukhus|garnison|regemente|flottilj|stift\b|\w*mission(?:en)?\b"
    r"|handelskammare|sparbank|energi\b|hamn\b|flygplats|skidort|skidanläggning"
)
# "Sandviken är en badvik": another place of the name.
_OTHER_KIND: Final = re.compile(
    rf"{SPACE}är{SPACE}(?:en|ett){SPACE}(?:\w+{SPACE})?\w*(?:vik|sjö|älv|udde|strand|gård|park|berg|skog|hage|holme|stuga)\b"
)
# "Borås Tvätteri AB", "IFK Norrköping": whoever bears the name of a place need not be there.
_COMPANY: Final = frozenset(
    ("AB", "HB", "KB", "Aktiebolag", "Energi", "Kraft", "Elnät", "Hamn", "Bank", "Sparbank", "Airport", "Arena",
     "Fastigheter", "Bostäder", "Handelskammare", "Stadsmission", "Räddningsmission",
     "Universitetssjukhus", "Lasarett", "Tingsrätt")
)  # fmt: skip
_BEARERS: Final = frozenset(
    ("IFK", "IF", "IK", "BK", "FK", "FF", "FC", "GIF", "HK", "BoIS", "AIS", "Sparbanken", "Länsförsäkringar",
     "Folktandvården", "Stadsmissionen", "Riksbyggen", "HSB", "Scandic", "Hotell", "Hotel", "Restaurang")
)  # fmt: skip
# "restaurang Kiruna", "M/S Stockholm": what stands right before the name in small letters, or as ships have it.
_BEARER: Final = re.compile(
    r"(?:\b(?:restaurang|hotell|pub|krog|kafé|café|fartyget|färjan|båten|ångaren|kvarteret|tidningen|hotellet|restaurangen)"
    r"|\b[MS]/[SY]|\bHMS)[ \xa0]\Z",
    re.IGNORECASE,
)
_LONGEST_BEARER: Final = 16
_SUCH_AS: Final = re.compile(r"kommuner,?[ \xa0]som[ \xa0]$")
_LEADS: Final = frozenset(
    ("i", "från", "till", "kring", "runt", "utanför", "nära", "genom", "mot", "inom", "kommunen", "kommunerna",
     "staden", "städerna", "orten", "orterna", "grannkommunen", "grannkommunerna", "centralorten", "kommuner",
     "tätorten")
)  # fmt: skip
_DOINGS: Final = frozenset(
    ("satsar", "upphandlar", "upphandlade", "köper", "anlitar", "inför", "införde", "tecknar", "tecknade", "samarbetar",
     "samverkar", "satsade", "beslutade", "beslutar", "startade", "startar", "erbjuder", "deltar", "deltog")
)  # fmt: skip
_BETWEEN: Final = re.compile(r",?[ \xa0](?:och|samt|eller|respektive|&)[ \xa0]|,[ \xa0]|[/–-]|[ \xa0][/–-][ \xa0]")
_INHABITANT: Final = (
    re.compile(r"bo(?:r(?:na)?|n)?s?\b"),
    re.compile(r"ar(?:en?|na)s?\b"),
    re.compile(r"iter(?:na)?s?\b"),
)
# After "skånsk" and "skåning". Before a capital letter it is part of a name, "Skånska Dagbladet", or says where a place
# is that is named itself, "värmländska Sunne".
_OF_COUNTY: Final = re.compile(r"(?:a|t|s|e|en|ens|ar|ars|are|ares|arna|arnas)?(?![\w-])")
_SHARED_PARTS: Final = ("ländsk", "länning", "bottni", "kånsk", "kåning")
_CAPITAL_NEXT: Final = re.compile(rf"{SPACE}[{CAPITAL}]")
_LONGEST_BETWEEN: Final = 12
_LONGEST_NAME: Final = 20
_SHORTEST_STEM: Final = 4
_SHORTEST_LOUD: Final = 4
_SHORTEST_LIST: Final = 3


class _Found(NamedTuple):
    start: int
    end: int
    place: Place
    evidence: str
    """"" while there is none."""


def find_places(text: str, found: Sequence[Run], taken: Sequence[tuple[int, int]] = ()) -> list[Mention]:
    """The places that a text names, in order. `taken` are spans, in order, that name something else."""
    named = _settle(text, _at_home(text, _named(text, found), taken))
    free = _outside(named, taken)
    mentions = [_mention(entry) for entry in free if entry.evidence]
    mentions += (_mention(entry) for entry in (*_inhabitants(text), *_of_county(text)))
    return sorted(mentions, key=lambda mention: (mention.start, mention.end))


def _named(text: str, found: Sequence[Run]) -> list[_Found]:
    table = gazetteer()
    words, longer = table.words, table.longer
    named: list[_Found] = []
    for run in found:
        at = run.start
        reached = 0
        for number, word in enumerate(run.words):
            begins, at = at, at + len(word) + 1
            if begins < reached:
                continue
            for form, place in longer.get(word, ()):
                ends = begins + len(form)
                if text.startswith(form, begins) and not text[ends : ends + 1].isalnum():
                    named.append(_Found(begins, ends, place, _why(place)))
                    reached = ends
                    break
            else:
                place_ = words.get(word)
                if place_ is not None:
                    named.append(_judged(text, run, number, begins, place_))
                elif word.isupper() and word.capitalize() in words and len(word) >= _SHORTEST_LOUD:
                    named.append(_judged(text, run, number, begins, words[word.capitalize()]))
                elif "-" in word:
                    named += _joined(word, begins)
    return named


def _why(place: Place) -> str:
    if place.ended:
        return f"a county until {place.ended.isoformat()}"
    return "the name of a county or its region" if place.kind == "region" else "the name of a municipality"


def _joined(word: str, begins: int) -> list[_Found]:
    """Places that a hyphen joins, "Haninge-Tyresö", when all parts are places."""
    words = gazetteer().words
    parts = word.split("-")
    if not all(part in words for part in parts):
        return []
    named = []
    for part in parts:
        named.append(_Found(begins, begins + len(part), words[part], "one of places that a hyphen joins"))
        begins += len(part) + 1
    return named


def _judged(text: str, run: Run, number: int, begins: int, place: Place) -> _Found:
    """A name of one word with its evidence, "" where it needs some and has none."""
    word = run.words[number]
    ends = begins + len(word)
    word = word.capitalize() if word.isupper() else word
    following = _NEXT.match(text, ends)
    after = following[1] if following else ""
    before = run.words[number - 1] if number else ""
    evidence = ""
    if _NAMED_AFTER.match(after) or _is_borne(run.words, number) or _is_other(text, begins, ends):
        place = _NOWHERE
    elif word in gazetteer().short and len(run.words) == 1:
        evidence = "stands alone, as a place does"
    elif word not in gazetteer().ambiguous and word not in gazetteer().short:
        evidence = _why(place)
    else:
        if not before:
            preceding = _LAST.search(text, max(0, begins - 25), begins)
            before = preceding[1] if preceding else ""
        if after and (_KOMMUN.match(after) or (word.endswith("s") and _MUNICIPAL.match(after))):
            evidence = f'stands before "{after}"'
        elif before.lower() in _LEADS and (before.islower() or number <= 1):
            evidence = f'stands after "{before}"'
        elif before == "som" and _SUCH_AS.search(text, max(0, begins - 20), begins):
            evidence = 'stands after "kommuner som"'
        elif not before and after in _DOINGS:
            evidence = f'does what municipalities do: "{after}"'
        elif number:
            place = place if run.words[number - 1] in gazetteer().words else _NOWHERE
    return _Found(begins, ends, place, evidence)


def _is_borne(words: list[str], number: int) -> bool:
    """Whether a company, a newspaper or a club bears the name of the place."""
    following = words[number + 1] if number + 1 < len(words) else ""
    return bool(
        (number and words[number - 1] in _BEARERS)
        or _COMPANY.intersection(words[number + 1 : number + 1 + _WORDS_OF_A_COMPANY])
        or _NAMED_AFTER.match(following.lower())
    )


def _is_other(text: str, begins: int, ends: int) -> bool:
    """Whether a ship, a house or another spot bears the name."""
    before = _BEARER.search(text, max(0, begins - _LONGEST_BEARER), begins)
    return before is not None or _OTHER_KIND.match(text, ends) is not None


_WORDS_OF_A_COMPANY: Final = 12
"""How far the "AB" of a company's name is looked for; in a list of names all that follow were looked through."""
_NOWHERE: Final = Place("municipality", "", "")


def _at_home(text: str, named: list[_Found], taken: Sequence[tuple[int, int]]) -> list[_Found]:
    """Give names that stand right after a person, "Eva Norberg, Norberg, valdes", that as evidence."""
    ends = {end for _, end in taken}
    return [
        entry._replace(evidence="stands after a person, as where they live")
        if entry.place.name
        and not entry.evidence
        and entry.start - 2 in ends
        and text[entry.start - 2 : entry.start] in (", ", " (")
        and not text[entry.end : entry.end + 1].isspace()
        else entry
        for entry in named
    ]


def _settle(text: str, named: list[_Found]) -> list[_Found]:
    """Give ambiguous names the list that they stand in as evidence: "Haninge, Lund och Mark", "Ale, Mark och Vara"."""
    begins = 0
    while begins < len(named):
        ends = begins + 1
        while ends < len(named) and named[ends].place.name and _are_listed(text, named[ends - 1], named[ends]):
            ends += 1
        listed = named[begins:ends]
        sure = next((entry.place.name for entry in listed if entry.evidence), "")
        if sure or len(listed) >= _SHORTEST_LIST:
            why = f"stands in a list with {sure}" if sure else "stands in a list of such names"
            named[begins:ends] = [
                entry._replace(evidence=why) if entry.place.name and not entry.evidence else entry for entry in listed
            ]
        begins = ends
    return named


def _are_listed(text: str, first: _Found, second: _Found) -> bool:
    gap = text[first.end : second.start]
    return len(gap) <= _LONGEST_BETWEEN and bool(first.place.name) and bool(_BETWEEN.fullmatch(gap))


def _outside(named: list[_Found], taken: Sequence[tuple[int, int]]) -> list[_Found]:
    """What lies outside of the spans, both in order."""
    free, at = [], 0
    for entry in named:
        while at < len(taken) and taken[at][1] <= entry.start:
            at += 1
        if at == len(taken) or taken[at][0] >= entry.end:
            free.append(entry)
    return free


def _inhabitants(text: str) -> list[_Found]:
    """The people of a place name it too: "söderhamnsbor", "göteborgare"."""
    stems = gazetteer().stems
    found = []
    for pattern in _INHABITANT:
        for match in pattern.finditer(text):
            end = begins = match.start()
            while begins and text[begins - 1].isalpha() and end - begins < _LONGEST_NAME:
                begins -= 1
            stem = text[begins:end].lower()
            place = stems.get(stem)
            # "umebor", but not "malare" of Malå, nor "lommarna", which are birds, of Lomma.
            by_bo = pattern is _INHABITANT[0] or not (len(stem) < _SHORTEST_STEM or (place and place.name[-1] == "a"))
            if place and by_bo and place.name not in gazetteer().ambiguous:
                found.append(_Found(begins, match.end(), place, "its inhabitants are named"))
    return found


@cache
def _county_parts() -> tuple[str, ...]:
    """What all stems of counties have between them: most texts have none of it."""
    stems = [stem[1:] for stem in gazetteer().of_county]
    return tuple({next((part for part in _SHARED_PARTS if part in stem), stem) for stem in stems})


def _of_county(text: str) -> list[_Found]:
    """What is of a county, and who lives there: "skånska kommuner", "värmlänningar"."""
    found: list[_Found] = []
    if not any(part in text for part in _county_parts()):
        return found
    for stem, place in gazetteer().of_county.items():
        at = text.find(stem[1:], 1)
        while at > 0:
            begins, first = at - 1, text[at - 1]
            rest = _OF_COUNTY.match(text, begins + len(stem))
            whole = first.lower() == stem[0] and not text[begins - 1 : begins].isalpha()
            if rest and whole and not _CAPITAL_NEXT.match(text, rest.end()):
                found.append(_Found(begins, rest.end(), place, "what is of the county, or lives there, is named"))
            at = text.find(stem[1:], at + 1)
    return found


def _mention(entry: _Found) -> Mention:
    return Mention(
        kind=entry.place.kind,
        name=entry.place.name,
        code=entry.place.code,
        start=entry.start,
        end=entry.end,
        evidence=entry.evidence,
    )
