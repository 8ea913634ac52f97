"""Which words of a run may be a person's name: told by their shape and by what else they could be. Pure."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from scraper.swedish.gazetteer import gazetteer
from scraper.swedish.lexicon import lexicon
from scraper.swedish.organisations import marks
from scraper.swedish.roles import role_word
from scraper.swedish.runs import CAPITAL, PARTICLES, Run

_INITIALS: Final = re.compile(rf"[{CAPITAL}](?:\.?-?[{CAPITAL}])*\.?\Z")
_FAMILY: Final = (
    r"\w*(?:son|sen|berg|borg|ström|gren|[qk]vist|lund|lind|dahl?|man|mark|stedt|stad|holm|strand|blad|feldt?|hed|[vw]all"
    r"|sten|skog|dotter|én|ell|i[cć]|ek|alm|björk)"
)
_SURNAME: Final = re.compile(
    rf"{_FAMILY}\Z|\w+(?:ius|ovi?[cć]?|ova|sk[iy]|ska|ez|zadeh|pour|yan|oğlu|oglu|nen|mann|ler|ner|[aioä]|ah|ed|an)\Z|(?:a[dlnrstz]|ash|el)-\w+\Z",
    re.IGNORECASE,
)
# Nothing but a surname ends so: in Swedish, Finnish, South Slavic and Persian.
_SURE: Final = re.compile(
    r"\w{2,}(?:sson|[aeiouyäö]nen|[qk]vist|ström|gren|ovi[cć]|zadeh|[eiä]lä|mäki|niemi)\Z", re.IGNORECASE
)
_ACCENTS: Final = str.maketrans("áàâíìóòôúùñ", "aaaiiooouun")
# "Lindh-priset": what is named after someone.
_COMPOUND: Final = re.compile(r"-[a-zåäö]")
_OWNED: Final = re.compile(rf"{_FAMILY}s\Z", re.IGNORECASE)
# "Kreativa Verkstan": what follows an adjective is a thing.
_DEFINITE: Final = ("an", "en", "et", "na", "ar", "or", "er")
_DEFINITE_OR_FIRM: Final = (*_DEFINITE, "eri", "rum")
_LONGEST_INITIALS: Final = 4
_MOST_NAMES: Final = 4
_LONGEST_WORD: Final = 40
_TWO: Final = 2


class Name(NamedTuple):
    """A candidate: words of a run from `first` up to `last`, and what they alone say."""

    words: tuple[str, ...]
    start: int
    end: int
    before: tuple[str, ...]
    """Words of the run before it."""
    known: bool
    """Whether it begins with a given name that is known."""

    @property
    def likely(self) -> bool:
        """Whether its last word ends as surnames do."""
        return bool(_SURNAME.match(self.words[-1]))

    @property
    def sure(self) -> bool:
        """Whether its last word is a surname and nothing else, and what it follows is no thing with an owner."""
        first, last = self.words[0], self.words[-1]
        is_thing = first.endswith(_DEFINITE_OR_FIRM) or bool(_INITIALS.match(first)) or last in gazetteer().words
        return bool(_SURE.match(last)) and not is_thing


def name_in(run: Run) -> Name | None:
    """The words of a run that may be a person's name; None when none may."""
    words = run.words
    for number in range(len(words) - 1):
        if _is_given(words[number]) and _begins(words, number):
            last = _reach(words, number)
            if last - number < _TWO or _is_of_another(words, number, last):
                return None
            initials = number > 0 and _INITIALS.match(words[number - 1]) and len(words[number - 1]) <= _LONGEST_INITIALS
            return _name(run, number - 1 if initials else number, last, known=True)
    first = 0
    while first < len(words) - _TWO and (words[first] in lexicon().starters or role_word(words[first])):
        first += 1
    last = _reach(words, first)
    if last - first < _TWO or last < len(words) or not _fits(words[first]) or words[first] in gazetteer().words:
        return None
    if words[first][-1] == "a" and words[-1].endswith(_DEFINITE) and not _SURE.match(words[-1]):
        return None
    return _name(run, first, last, known=False)


def without_genitive(name: str) -> str:
    """The name without the genitive of its surname, where that is sure: "Anna Bergströms" is owner of something."""
    return name[:-1] if _OWNED.match(name.rpartition(" ")[2]) else name


def _name(run: Run, first: int, last: int, *, known: bool) -> Name:
    end = run.end if last == len(run.words) else run.offset(last) - 1
    words = run.words[first:last]
    if last < len(run.words) and _owns(words[-1]) and not run.words[last].isupper() and not role_word(run.words[last]):
        words[-1] = words[-1][:-1]
    return Name(tuple(words), run.offset(first), end, tuple(run.words[:first]), known)


def _begins(words: list[str], number: int) -> bool:
    """Whether a given name begins a name here: "Mina" and "Hans" do so before a surname only, not in "Mina Sidor"."""
    return (
        words[number] not in lexicon().starters
        or words[number + 1] in PARTICLES
        or bool(_SURNAME.match(words[number + 1]))
    )


def _is_given(word: str) -> bool:
    """Whether a word is a given name, with accents or without; of a double name, "Ol-Johán", one half is enough."""
    given = lexicon().given
    if word in given:
        return True
    plain = word.translate(_ACCENTS)
    return plain in given or ("-" in word and any(part in given for part in plain.split("-")))


def _reach(words: list[str], first: int) -> int:
    """Number of the word after the name that begins at `first`."""
    last = first + 1
    names = 1
    while last < len(words) and names < _MOST_NAMES:
        if words[last] not in PARTICLES:
            if not _fits(words[last]):
                break
            names += 1
            if names > _TWO and _owns(words[last - 1]):
                break
        last += 1
    while words[last - 1] in PARTICLES:
        last -= 1
    return last


def _owns(word: str) -> bool:
    """Whether a surname that another capital word follows is an owner's: "Selma Lagerlöfs Mårbacka"."""
    return word.endswith("s") and not word.endswith(("ss", "as", "us")) and word not in lexicon().given


def _fits(word: str) -> bool:
    """Whether a word may be part of a person's name."""
    known = lexicon()
    if _INITIALS.match(word):
        return len(word) == 1 or "." in word or "-" in word
    return len(word) <= _LONGEST_WORD and not (
        word.isupper()
        or word in known.impersonal
        or word in known.starters
        or word.endswith(":s")
        or _COMPOUND.search(word)
        or known.impersonal_ending.match(word)
        or word in marks().words
        or (word not in known.given and role_word(word))
    )


def _is_of_another(words: list[str], first: int, last: int) -> bool:
    """Whether its run makes another thing of a name: "Stiftelsen Karin Boye", "Karin Ek AB", "Karin Eks Åkeri"."""
    after = words[last] if last < len(words) else ""
    if after in marks().last_capital or after in lexicon().impersonal:
        return True
    if words[last - 1].endswith("s") and after.lower() in lexicon().memorials | lexicon().trades:
        return True
    if first and role_word(words[first - 1]):
        return False
    before = (word for word in words[:first] if word not in lexicon().starters)
    return any(
        word.lower() in marks().first or (word in lexicon().impersonal and not word.endswith("s")) for word in before
    )
