"""Organisations in Swedish text: known, listed, and those that a word such as "förbundet" or AB marks. Pure."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import Final

import msgspec

from schemas.mention import Mention
from scraper.swedish.gazetteer import Gazetteer, gazetteer, genitive
from scraper.swedish.lexicon import lexicon
from scraper.swedish.runs import SPACE, Run

_IN_PLACE: Final = re.compile(rf"{SPACE}i{SPACE}(?=[A-ZÅÄÖ])")
_SPACES: Final = (" ", "\xa0")
_SENTENCE_ENDS: Final = frozenset('.!?\n:–-•”"')
_LONGEST_WORD: Final = 40
# No part of a name between an owner and the word that marks it.
_UNOWNED: Final = "(?:från|på|vid|hos|i|till|av|för|som|är|har|med|om|att)"
_ENDING: Final = r"(?:en|et)?s?(?!\w)"


class Marks(msgspec.Struct, frozen=True):
    """What organisations are known by."""

    words: dict[str, str]
    """Names of one word and their genitives, with the name that is kept."""
    longer: dict[str, tuple[tuple[str, str], ...]]
    """The same of several words, by the first."""
    ambiguous: frozenset[str]
    first: frozenset[str]
    descriptors: frozenset[str]
    last: re.Pattern[str]
    owned: re.Pattern[str]
    """The same where an owner stands before, which may have other words between: "Stenbackens boende- och …"."""
    last_capital: frozenset[str]


@cache
def marks(listed: tuple[str, ...] = ()) -> Marks:
    """The words and names of organisations.toml, and those that a site file lists."""
    raw = tomllib.loads((resources.files("scraper.swedish") / "organisations.toml").read_text("utf-8"))
    names = {name: name for name in (*raw["known"], *raw["ambiguous"], *(name for name in listed if name))} | raw[
        "aliases"
    ]
    names |= {genitive(form): name for form, name in names.items()}
    longer: dict[str, list[tuple[str, str]]] = {}
    for form in sorted((form for form in names if " " in form), key=len, reverse=True):
        longer.setdefault(form.partition(" ")[0], []).append((form, names[form]))
    doubtful = set(raw["ambiguous"]) - set(listed)
    ends = "|".join(sorted(raw["last"].split(), key=len, reverse=True))
    return Marks(
        words={form: name for form, name in names.items() if " " not in form},
        longer={first: tuple(entries) for first, entries in longer.items()},
        ambiguous=frozenset(form for name in doubtful for form in (name, genitive(name))),
        first=frozenset(raw["first"].split()),
        descriptors=frozenset(raw["descriptors"].split()),
        last=re.compile(rf"{SPACE}(?:(?:ekonomiska?|ideella?){SPACE}förening|(?:{ends})){_ENDING}"),
        owned=re.compile(
            rf"{SPACE}(?!{_UNOWNED}{SPACE})[a-zåäö-]+{SPACE}(?:(?!{_UNOWNED}{SPACE})[a-zåäö-]+{SPACE}){{0,2}}"
            r"[a-zåäö]*(?:kooperativ|förening|förbund|stiftelse)s?(?!\w)"
        ),
        last_capital=frozenset(raw["last_capital"].split()),
    )


def find_organisations(text: str, found: Sequence[Run], listed: Sequence[str] = ()) -> list[Mention]:
    """The organisations that a text names, in order; `listed` are names that are known to be some."""
    known = marks(tuple(listed))
    mentions: list[Mention] = []
    for run in found:
        mentions += _in_run(text, run, known)
    return sorted(mentions, key=_start)


def _start(mention: Mention) -> int:
    return mention.start


def _in_run(text: str, run: Run, known: Marks) -> list[Mention]:
    words = run.words
    first = 0
    while first < len(words) - 1 and words[first] in lexicon().starters and words[first] not in known.last_capital:
        first += 1
    found: list[Mention] = []
    at = first
    while at < len(words):
        word = words[at]
        taken = 1
        if word in known.words or word in known.longer or word[-2:] == ":s":
            mention, taken = _known(text, run, at, known)
            found += [mention] if mention else []
        at += taken
    marked = _marked(text, run, first, known)
    if marked is None:
        return found
    # "Coompanion Gävleborg" is one, not two.
    return [*(each for each in found if each.end <= marked.start or each.start >= marked.end), marked]


def _known(text: str, run: Run, number: int, known: Marks) -> tuple[Mention | None, int]:
    """The known organisation that a word of the run begins, and how many of its words that takes."""
    word = run.words[number]
    for form, name in known.longer.get(word, ()):
        begins = run.offset(number)
        if text.startswith(form, begins) and not text[begins + len(form) : begins + len(form) + 1].isalnum():
            return _mention(name, begins, begins + len(form), "an organisation known by name"), form.count(" ") + 1
    name_ = known.words.get(word)
    if name_ is None and word[-2:] == ":s":
        name_ = known.words.get(word[:-2])
    if name_ is None:
        return None, 1
    begins = run.offset(number)
    if word in known.ambiguous and (number or _opens(text, begins)):
        before = run.words[number - 1].lower() if number else ""
        if before not in ("facket", "fackförbundet"):
            return None, 1
    return _mention(name_, begins, begins + len(word), "an organisation known by name"), 1


def _marked(text: str, run: Run, first: int, known: Marks) -> Mention | None:
    """The organisation that a word in, after or before the run marks."""
    return (
        _marked_in(text, run, first, known)
        or _marked_after(text, run, first, known)
        or (_marked_before(text, run, known) if first == 0 else None)
    )


def _marked_in(text: str, run: Run, first: int, known: Marks) -> Mention | None:
    words = run.words
    begins, ends = run.offset(first), run.end
    if words[first].lower() in known.first:
        why = f'begins with "{words[first]}"'
        if first + 1 < len(words):
            return _mention(text[begins:ends], begins, ends, why, _code(words[first:]))
        # "Länsstyrelsen i Skåne": the name goes on in the next run.
        inside = _IN_PLACE.match(text, ends)
        place = _place_at(text, inside.end()) if inside and words[first] != "Region" else ""
        if inside and place:
            ends = inside.end() + len(place)
            return _mention(text[begins:ends], begins, ends, why)
    if words[-1] in known.last_capital and first + 1 < len(words):
        return _mention(text[begins:ends], begins, ends, f'ends with "{words[-1]}"', _code(words[first:]))
    return None


def _marked_after(text: str, run: Run, first: int, known: Marks) -> Mention | None:
    begins, ends = run.offset(first), run.end
    if text[ends : ends + 1] not in _SPACES or not text[ends + 1 : ends + 2].islower():
        return None
    after = known.last.match(text, ends) or (known.owned.match(text, ends) if run.words[-1].endswith("s") else None)
    if after is None:
        return None
    last = after[0].strip().removesuffix("s")
    code = _code([*run.words[first:], last])
    return _mention(f"{text[begins:ends]} {last}", begins, after.end(), f'ends with "{last.split()[-1]}"', code)


def _marked_before(text: str, run: Run, known: Marks) -> Mention | None:
    word = text[max(0, run.start - _LONGEST_WORD) : run.start].replace("\xa0", " ")[:-1].rpartition(" ")[2]
    if word in known.first:
        name = f"{word[:1].upper()}{word[1:]} {run.text}"
        return _mention(name, run.start - 1 - len(word), run.end, f'begins with "{word}"')
    if word in known.descriptors and not _is_place(run.text, gazetteer()):
        return _mention(run.text, run.start, run.end, f'is called "{word}"')
    return None


def _opens(text: str, at: int) -> bool:
    """Whether a sentence begins here, so that a capital letter says nothing."""
    before = text[:at].rstrip(" \xa0") if at < _LONGEST_WORD else text[at - _LONGEST_WORD : at].rstrip(" \xa0")
    return not before or before[-1] in _SENTENCE_ENDS


def _place_at(text: str, at: int) -> str:
    table = gazetteer()
    word = re.compile(r"\w+").match(text, at)
    if not word:
        return ""
    for form, _ in table.longer.get(word[0], ()):
        if text.startswith(form, at):
            return form
    following = f"{word[0]} län"
    if text.startswith(following, at):
        return following
    return word[0] if word[0] in table.words else ""


def _is_place(name: str, table: Gazetteer) -> bool:
    return name in table.words or any(form == name for form, _ in table.longer.get(name.partition(" ")[0], ()))


def _code(words: Sequence[str]) -> str | None:
    """SCB code of what "Söderhamns kommun", "Göteborgs Stad" or "Region Gävleborg" is."""
    if words[0] == "Region":
        whole = " ".join(words)
        return next((place.code for form, place in gazetteer().longer["Region"] if form == whole), None)
    place = gazetteer().words.get(words[0]) if len(words) == 2 else None  # noqa: PLR2004
    if place is None:
        table = gazetteer().longer.get(words[0], ())
        place = next((found for form, found in table if form == " ".join(words[:-1])), None)
    return place.code if place and words[-1].lower() in ("kommun", "stad") else None


def _mention(name: str, start: int, end: int, evidence: str, code: str | None = None) -> Mention:
    return Mention(
        kind="organisation", name=name.replace("\xa0", " "), code=code, start=start, end=end, evidence=evidence
    )
