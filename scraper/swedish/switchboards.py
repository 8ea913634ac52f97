"""Switchboards: whether the address and the number beside an organisation are nobody's own. Pure.

No list knows all people: "Ek, Ylva", "YLVA EK", "ylva ek" and "ylvaek@" are hers, and no rule finds them. So it is
asked the other way round: every word around must be one that says how a place is reached, and every address a mailbox
that belongs to no one. What is not known may be a person.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from schemas.mention import Mention
from scraper.swedish.gazetteer import gazetteer
from scraper.swedish.lexicon import lexicon

MAIL: Final = re.compile(r"[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+")
PHONE: Final = re.compile(r"(?<![\w-])(?:\+46[ \xa0-]?(?:\(0\))?|0)\d{1,3}(?:[ \xa0-]{1,3}\d{2,4}){2,4}(?!\d)")
SENTENCE_ENDS: Final = re.compile(r"[.!?][ \xa0]+(?=[A-ZÅÄÖ])")
_REACH: Final = 200
# "136 81 Haninge", once the numbers of telephones are out of the way.
_POSTAL_CODE: Final = re.compile(r"(?<![\d-])\d{3}[ \xa0]?\d{2}[ \xa0]+(?P<town>\w+)")
_STREET: Final = re.compile(
    r"\w{2,}(?:väg|vägen|gata|gatan|torg|torget|gränd|gränden|stig|stigen|plan|allé|allén|backe|backen|plats|platsen"
    r"|terrassen|kajen|parken|leden|strand|brinken|viadukten)[ \xa0]\d{1,3}\b"
)
_HOST: Final = re.compile(r"(?:https?://|www\.)[\w.-]+/?(?![\w/])")
_WORD: Final = re.compile(r"(?:[^\W\d_]+[-'’])*[^\W\d_]{2,}")
_PARTS: Final = re.compile(r"[^\W\d_]+")
_PLAIN: Final = str.maketrans("åäöéü", "aaoeu")


def is_nobodys(text: str, body: Mention, named: Iterable[Mention]) -> bool:
    """Whether nothing in the sentence of an organisation may be a person, nor a name shortly before it.

    `named` is what the text names; people among it count as people, the rest is known to be none.
    """
    before = text[max(0, body.start - _REACH) : body.start].rpartition("\n\n")[2]
    start = body.start - len(before)
    begins = start + max((end.end() for end in SENTENCE_ENDS.finditer(before)), default=0)
    after = text[body.end : body.end + _REACH].partition("\n\n")[0]
    ends = body.end + len(SENTENCE_ENDS.split(after)[0])
    if any(word[0].isupper() and _is_given(word) for word in _WORD.findall(text[start:begins])):
        return False
    if not all(_is_shared(mail, body.name) for mail in MAIL.findall(text, begins, ends)):
        return False
    return all(map(_is_of_reach, _WORD.findall(_unnamed(text, begins, ends, named))))


def _unnamed(text: str, begins: int, ends: int, named: Iterable[Mention]) -> str:
    """A part of a text without the places and organisations that it names, and without addresses and numbers."""
    left = text[begins:ends]
    for one in named:
        if begins < one.end and one.start < ends and not _bears_a_persons_name(one):
            first, last = max(one.start, begins) - begins, min(one.end, ends) - begins
            left = left[:first] + " " * (last - first) + left[last:]
    for known in (MAIL, _HOST, PHONE, _STREET):
        left = known.sub(" ", left)
    return _POSTAL_CODE.sub(lambda code: code["town"] if _is_given(code["town"]) else " ", left)


def _bears_a_persons_name(named: Mention) -> bool:
    """Whether it is a person or bears the name of one, as "Ylva Ek AB" does: its number is hers."""
    if named.kind != "organisation":
        return named.kind == "person"
    return any(_is_given(word) and word not in gazetteer().words for word in _WORD.findall(named.name))


def _is_of_reach(word: str) -> bool:
    """Whether a word says how or where a place is reached, or is of the words that no person is called by."""
    known = lexicon()
    is_thing = word in known.impersonal or bool(known.impersonal_ending.match(word))
    return word.lower() in known.reach or (is_thing and not _is_given(word))


def _is_shared(mail: str, organisation: str) -> bool:
    """Whether a mailbox is called by what it is for, "info@", or by its organisation, "haninge.kommun@"."""
    known = lexicon()
    parts = _PARTS.findall(mail.partition("@")[0].lower())
    own = [word.translate(_PLAIN) for word in _PARTS.findall(organisation.lower())]
    if "".join(parts) == "".join(own):
        return not any(map(_is_given, own))
    shared = known.mailboxes | {word for word in own if not _is_given(word)}
    return bool(parts) and all(part in shared or known.mailbox_ending.match(part) for part in parts)


def _is_given(word: str) -> bool:
    return any(part.capitalize() in lexicon().given for part in word.split("-"))
