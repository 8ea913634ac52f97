"""What a person is and where, as Swedish says it before or after the name: "verksamhetsledare på Mogård". Pure."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, NamedTuple

from scraper.swedish.lexicon import lexicon
from scraper.swedish.runs import CAPITAL, SPACE

# "(S)", "(45)", ", 45 år": what may stand between a name and a role and says nothing of it.
_ASIDE: Final = re.compile(
    rf"(?:{SPACE}\((?:[{CAPITAL}]{{1,3}}|\d{{1,2}}(?:{SPACE}år)?)\)|,{SPACE}\d{{1,2}}(?:{SPACE}år)?){{0,2}}"
)
_IS: Final = (
    rf"(?:är|var|blir|blev|heter|arbetar{SPACE}som|jobbar{SPACE}som|arbetade{SPACE}som|jobbade{SPACE}som"
    rf"|anställdes{SPACE}som"
    rf"|till(?:träder|trädde)(?:{SPACE}den{SPACE}\d{{1,2}}{SPACE}\w{{3,9}})?{SPACE}som|verkar{SPACE}som)"
)
_TODAY: Final = rf"(?:i{SPACE}?dag{SPACE})?"
_LEAD: Final = re.compile(
    rf"(?P<is>,?{SPACE}(?:(?:som|och){SPACE}{_TODAY})?{_IS}{SPACE}{_TODAY})"
    rf"|(?P<comma>,{SPACE}|{SPACE}\(|\n|:{SPACE}(?!–|-))"
    rf"|(?P<bare>{SPACE}(?:som{SPACE})?)"
)
_TOKEN: Final = re.compile(r"[\w.-]*[\w]\.?(?:\\w)?")
_GAP: Final = re.compile(SPACE)
_AND: Final = re.compile(rf"{SPACE}(?:och|samt){SPACE}([\w-]+)|{SPACE}?/{SPACE}?([\w-]+)")
_OF: Final = re.compile(rf"{SPACE}(?:för|inom|av|med){SPACE}(?:[a-zåäö][\w-]*{SPACE}?){{1,4}}")
# "professor i sociologi": what is taught is a part of it; "chef i kommunen" is another thing.
_TEACHES: Final = ("lärare", "lektor", "docent", "professor", "doktorand", "forskare")
_TAUGHT: Final = re.compile(rf"{SPACE}i{SPACE}[a-zåäö]+(?:{SPACE}och{SPACE}[a-zåäö]+)?(?=[,.;:)]|{SPACE}(?:vid|på))")
_CUT: Final = re.compile(rf"{SPACE}(?:på|vid|hos|i|från|åt|till|som|och|säger|berättar|menar){SPACE}.*|{SPACE}$")
# Words before a role that are no part of it, and words that end the hope of one.
_ARTICLES: Final = frozenset(
    ("en", "ett", "den", "det", "de", "av", "ny", "nya", "två", "tre", "fyra", "fem", "sin", "vår")
)
_STOPS: Final = frozenset(
    ("men", "och", "att", "när", "om", "eftersom", "för", "på", "i", "till", "med", "har", "hade", "ska", "kan", "vill",
     "inte", "så", "då", "där", "här", "hon", "han", "vi", "jag", "man", "medan", "sedan", "innan", "säger", "från",
     "vid", "hos", "inom", "kom", "fick", "tog", "gick", "såg", "berättar", "menar", "tycker", "måste", "bor", "såväl")
)  # fmt: skip
_WORDS_BEFORE: Final = 4
_LONGEST_WORD: Final = 40
_PASSIVE: Final = "ställdes"
_MEANT_FOR_ONE: Final = "vd"


class Role(NamedTuple):
    """A role in the text after a name, and where it ends."""

    text: str
    end: int


@lru_cache(maxsize=4096)
def role_word(word: str) -> str:
    """The role that one word says, in its form in the dictionary: "verksamhetschefen", "ledarna"; "" for none."""
    if len(word) > _LONGEST_WORD or word.endswith(_PASSIVE):
        return ""
    found = lexicon().role.match(word.removesuffix(":n"))
    if found:
        return _lowered(found["word"])
    for ending, base in (("arnas", "are"), ("arna", "are"), ("memmen", "mem"), ("lemmar", "lem"), ("mannen", "man")):
        if word.endswith(ending):
            found = lexicon().role.match(word.removesuffix(ending) + base)
            return _lowered(found["word"]) if found else ""
    return ""


def _lowered(word: str) -> str:
    """Small letters, but for the letters of an abbreviation: "HR-direktör"."""
    if word.lower() == _MEANT_FOR_ONE:
        return _MEANT_FOR_ONE
    return word if word[:2].isupper() else word[:1].lower() + word[1:]


def role_after(text: str, end: int) -> Role | None:
    """The role that follows a name which ends at `end`; None when none does."""
    aside = _ASIDE.match(text, end)
    lead = _LEAD.match(text, aside.end() if aside else end)
    if lead is None:
        return None
    at = lead.end()
    said: list[str] = []
    for number in range(_WORDS_BEFORE + 1):
        token = _TOKEN.match(text, at)
        if token is None:
            return None
        word = token[0].rstrip(".") if token[0][-1] == "." and role_word(token[0].rstrip(".")) else token[0]
        role = role_word(word)
        if role:
            # "Justerare: …" on the next line is a label for who comes there.
            is_label = text[at + len(word) : at + len(word) + 1] == ":"
            return None if is_label else _whole(text, at + len(word), [*said, role])
        lone = lead["bare"] is not None and number == 0 and word not in _MODIFIERS
        if lone or word in _STOPS or not (word.islower() or word in _MODIFIERS):
            return None
        if word not in _ARTICLES:
            said.append(word)
        gap = _GAP.match(text, token.end())
        if gap is None:
            return None
        at = gap.end()
    return None


_MODIFIERS: Final = frozenset(
    ("tf", "tf.", "t.f.", "biträdande", "vice", "stf", "ställföreträdande", "tillförordnad", "tillförordnade", "före",
     "tidigare", "detta", "f.d.", "en", "ny", "nyanställd", "nytillträdd", "pensionerad", "gemensam", "operativ",
     "ideell", "facklig", "personlig", "ansvarig", "och")
)  # fmt: skip
_AFTER_TITLES: Final = frozenset(("emerita", "emeritus"))
_BEFORE_TITLES: Final = _MODIFIERS - {"en", "och", "ny", "före", "detta"}


def _whole(text: str, at: int, said: list[str]) -> Role:
    """The role with what belongs to it: a second role, and what it is a role for."""
    also = _AND.match(text, at)
    other = role_word(also[1] or also[2]) if also else ""
    if also and other:
        said += ["och", other]
        at = also.end()
    taught = _TAUGHT.match(text, at) if said[-1].endswith(_TEACHES) else None
    if taught:
        said.append(taught[0].strip())
        at = taught.end()
    of = _OF.match(text, at)
    if of:
        kept = _CUT.sub("", of[0])
        # What is for an organisation with a name is the organisation's: "vd för Mogård", "för kooperativet Mogård".
        following = text[at + len(kept) : at + len(kept) + 2].strip(" \xa0")
        if kept.count(" ") > 1 and not following[:1].isupper():
            said.append(kept.strip())
            at += len(kept)
    return Role(" ".join(" ".join(said).split()), at)


def is_plural(word: str) -> bool:
    """Whether a role in the definite form is that of several: "ledarna", "cheferna"."""
    return word.endswith(("arna", "erna", "orna", "mmarna"))


def role_before(words: list[str]) -> str:
    """The role that the words right before a name end with, and its modifiers: "biträdande enhetschef"; "" for none."""
    if len(words) > 1 and words[-1] in _AFTER_TITLES:
        role = role_before(words[:-1])
        return f"{role} {words[-1]}" if role else ""
    role = role_word(words[-1]) if words else ""
    if not role:
        return ""
    kept = [role]
    for word in reversed([word[:1].lower() + word[1:] for word in words[:-1]]):
        if word not in _BEFORE_TITLES:
            break
        kept.insert(0, "tillförordnad" if word == "tillförordnade" else word)
    return " ".join(kept)
