"""What a person types into the search, as a question to the index: words, their other forms, compounds; phrases.

Any input is a question: what are signs to SQLite's own query language are signs between words here.
"""

from __future__ import annotations

import re
import unicodedata

import msgspec
from sqlite_utils import Database

from archive.search_index import stems_of, words_of
from archive.search_tables import INVISIBLE

WORDS = 32
"""Words and phrases of a question that are looked for; nobody means more."""
_FORMS = 200
"""Words that a question may come to. Measured on 155,000 texts: 200 take 37 ms, 2,843 take 11 s."""
_FEWEST = 8
_COMPOUND = 4
"""Letters that a word needs to be looked for inside others: shorter ones stand in too many by chance."""
_ASKED = re.compile(r'"(?P<phrase>[^"]*)"|(?P<word>[^\s"]+)')


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """One word or phrase that must be there."""

    words: tuple[str, ...]
    exact: bool
    """A phrase in quotation marks: as it stands, no other forms."""


def asked(text: str) -> tuple[Asked, ...]:
    """What a person asks for, word by word and phrase by phrase. Pure.

    "e-tjänsten" is one word of two parts, which must stand side by side.
    """
    clean = unicodedata.normalize("NFC", text.encode("utf-8", "replace").decode())
    clean = clean.translate({ord(lost): None for lost in INVISIBLE} | {0: " "})
    found: dict[Asked, None] = {}
    for match in _ASKED.finditer(clean):
        exact = match["phrase"] is not None
        words = tuple(words_of(match["phrase"] if exact else match["word"]))
        if words:
            found[Asked(words=words, exact=exact)] = None
    return tuple(found)


def questions(database: Database, wanted: tuple[Asked, ...]) -> list[str]:
    """What to ask the index, the closest first: the words in all their forms, then compounds with them too."""
    room = max(_FEWEST, _FORMS // max(1, len(wanted)))
    near, far = [], []
    for one in wanted:
        if one.exact:
            forms = compounds = [one.words[-1]]
        else:
            stem = stems_of([one.words[-1]])[one.words[-1]]
            forms = _forms(database, one.words[-1], stem, room)
            compounds = [*forms, *_compounds(database, one.words[-1], stem, forms, room - len(forms))]
        near.append(_any(one.words[:-1], forms))
        far.append(_any(one.words[:-1], compounds))
    found = [" AND ".join(near), " AND ".join(far)]
    return list(dict.fromkeys(filter(None, found)))


def _any(before: tuple[str, ...], forms: list[str]) -> str:
    """One of the forms, each behind the words before it. Words have no quotation marks in them."""
    return "(" + " OR ".join(f'"{" ".join((*before, form))}"' for form in forms) + ")"


def _forms(database: Database, word: str, stem: str, room: int) -> list[str]:
    rows = database.execute("SELECT word FROM search_words WHERE stem = ? AND word <> ? LIMIT ?", [stem, word, room])
    return [word, *(form for (form,) in rows.fetchall())]


def _compounds(database: Database, word: str, stem: str, forms: list[str], room: int) -> list[str]:
    """Words that have this one in them, the commonest first where there are too many."""
    inner = stem if len(stem) >= _COMPOUND else word
    if len(inner) < _COMPOUND or room <= 0:
        return []
    rows = database.execute("SELECT word FROM search_words WHERE instr(word, ?)", [inner])
    found = [one for (one,) in rows.fetchall() if one not in forms]
    if len(found) > room:
        ranked = database.execute(
            "SELECT w.word FROM search_words w JOIN search_vocabulary v ON v.term = w.word"
            " WHERE instr(w.word, ?) ORDER BY v.doc DESC, w.word",
            [inner],
        )
        found = [one for (one,) in ranked.fetchall() if one not in forms]
    return found[:room]
