"""People in Swedish text with roles and organisations. Precision before recall: a wrong person is worse than none.

A person is a given name that is known with a surname, or two capital words that nothing speaks against where someone
is quoted, has a role or can be reached. Later a surname alone joins the person.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import Final, NamedTuple

from schemas.mention import Mention
from scraper.swedish.gazetteer import gazetteer
from scraper.swedish.lexicon import lexicon
from scraper.swedish.names import Name, name_in, without_genitive
from scraper.swedish.roles import Role, is_plural, role_after, role_before, role_word
from scraper.swedish.runs import CAPITAL, PARTICLES, SPACE, Run

_NEXT: Final = re.compile(rf"{SPACE}([a-zåäö]+)")
_SPEAKS: Final = re.compile(rf"(?:{SPACE}\(\w{{1,3}}\))?,?{SPACE}(?:som{SPACE})?([a-zåäö]+)|:\s*[–—-]")
_REACHED: Final = re.compile(
    r"[^\n]{0,60}?(?:\n[^\n]{0,60}?){0,2}(?:[\w.]@|\b[Tt]el|\b0\d{1,3}[ -]\d|\b[Mm]ejl|\bE-post|\b[Mm]obil)"
)
_LABEL: Final = re.compile(r"[Kk]ontakt\w*(?:[ \xa0][a-zåäö]+){0,3}:?\s{1,2}\Z")
# Minutes, captions and bylines: "Närvarande: …", "Från vänster: …", "Text och bild: …".
_ROLL: Final = re.compile(
    r"\b(?:[Dd]eltagare|[Nn]ärvarande|[Ff]rånvarande|[Ee]rsättare|[Ll]edamöter|[Jj]usterare|[Mm]edverkande"
    r"|[Ff]rån vänster|[Vv]id pennan|[Vv]id protokollet|[Ii] panelen|[Ff]örhinder"
    r"|(?:Text|Foto|Bild|Film|Intervju|Illustration|Redaktör|Fotograf)(?:[ \xa0](?:och|&)[ \xa0][a-zåäö]+)?"
    r")(?::[ \xa0]?|\n)\Z"
)
# "Statyn av", "ritades av", "uppkallad efter": who is shown or remembered is not there to be spoken with.
_SHOWN: Final = re.compile(
    r"(?:(?:staty|byst|skulptur|porträtt|minnesmärke|utställning)\w*[ \xa0](?:av|över|om)"
    r"|(?:ritad|ritades|målad|målades|komponerad|komponerades|skulpterad|skulpterades)[ \xa0]av"
    r"|(?:uppkallad|uppkallat|uppkallades|döpt|döptes|namngiven)[ \xa0]efter|till[ \xa0]minne[ \xa0]av)[ \xa0]\Z",
    re.IGNORECASE,
)
_AND: Final = re.compile(r"(?:,[ \xa0]|[ \xa0](?:och|samt)[ \xa0])\Z")
_FROM: Final = re.compile(rf"(?:,|{SPACE}(?:från|på|vid|hos|i))?{SPACE}\(?|/")
_CLAUSE: Final = re.compile(r"[^.,;:!?–()\n]*")
_AT: Final = re.compile(rf"{SPACE}(?:på|vid|hos|inom|för|till|av|åt|i){SPACE}(?=[{CAPITAL}])")
# "Rapportens", "Huvudets": a word for a thing, in the capital letter of its sentence.
_DEFINITE: Final = ("en", "et", "na")
# "Ordföranden i socialnämnden, Anna Berg, …": whose role it is stands between it and the name.
_HOLDER: Final = re.compile(
    rf"(?:\A|[.!?\n]{SPACE}?)([{CAPITAL}][\w-]+){SPACE}(?:i|på|för|vid|bakom|av){SPACE}([^,.;:!?\n]{{2,50}}),{SPACE}\Z"
)
# "handledaren Anna Berg på Återbruket": a place of work, whatever it is called.
_AT_WORK: Final = re.compile(rf"{SPACE}(?:på|vid|hos){SPACE}(?=[{CAPITAL}])")
# "Björkgårdens äldreboende": what an owner owns is a part of the name.
_OWNED: Final = re.compile(
    rf"{SPACE}[a-zåäö]*(?:boende|skola|gymnasium|sjukhus|verkstad|hem|gård|museum|bibliotek|byrå)(?!\w)"
)
_BOARD: Final = re.compile(r"\w*(?:nämnden|styrelsen|fullmäktige|rådet)\Z")
_BEHIND: Final = 80
_LONGEST_CLAUSE: Final = 100
_LONGEST_AND: Final = 6
_VERB_REACH: Final = 4
_ALONE: Final = 2
_OWNER_REACH: Final = 3


class _Around(NamedTuple):
    """What stands around a candidate."""

    behind: str
    """The text before it, as far as it counts."""
    words: list[str]
    """The words right before it, on its line."""
    lead: str
    """The role that they end with."""
    after: Role | None
    follower: str | None
    """The word after it, past "(S)" and "som"; None where a colon and a dash begin a quotation."""


class Finder:
    """People of one text. What was found lets later mentions join it."""

    def __init__(self, text: str, found: Sequence[Run], organisations: Sequence[Mention]) -> None:
        self.text = text
        self.runs = {run.start: run for run in found}
        self.endings = {run.end: run for run in found}
        self.organisations = organisations
        self.starts = [mention.start for mention in organisations]
        self.ends = {mention.end: mention for mention in organisations}
        self.names: set[str] = set()
        self.people: list[Mention] = []
        self.by_surname: dict[str, Mention | None] = {}
        self.by_given: dict[str, Mention | None] = {}
        self.roll = -1
        """Where the last person ends on a list of them."""
        self.shared = ""
        """A role in the plural, which the next person has too: "verksamhetsledarna Sara Holm och Ida Nord"."""

    def find(self) -> list[Mention]:
        """All of them, in order."""
        for run in self.runs.values():
            name = name_in(run) if len(run.words) > 1 else None
            if not (name and self._keep(name)) and not (self.people and self._later(run)) and len(run.words) == 1:
                self._by_given_name(run)
        return self.people

    def _keep(self, name: Name) -> bool:
        """Keep the candidate if it is a person, and tell."""
        around = self._around(name)
        if around.words and around.words[-1].lower() in lexicon().bearers:
            return False
        if name.words[-1].endswith("s") and around.follower in lexicon().memorials:
            return False
        evidence = self._evidence(name, around)
        if not evidence:
            return False
        role, organisation = self._office(name, around)
        self._add(name, role, organisation, evidence)
        return True

    def _around(self, name: Name) -> _Around:
        behind = self.text[max(0, name.start - _BEHIND) : name.start]
        words = behind.rpartition("\n")[2].split() if behind[-1:] in (" ", "\xa0") else []
        words = _without_copula(words, self.text[name.end : name.end + 1])
        said = _SPEAKS.match(self.text, name.end)
        # "Deltagare: Anna Berg (ordförande)": the word above a list is nobody's role.
        heads_list = behind.rstrip().endswith("Deltagare:")
        lead = "" if heads_list else role_before(words) or self._held(name, behind)
        return _Around(
            behind, words, lead, role_after(self.text, name.end), said[1] if said else "",
        )  # fmt: skip

    def _held(self, name: Name, behind: str) -> str:
        """The role that begins the sentence, where the name stands between commas after whose it is."""
        holder = _HOLDER.search(behind) if self.text[name.end : name.end + 1] == "," else None
        return role_word(holder[1]) if holder else ""

    def _evidence(self, name: Name, around: _Around) -> str:
        """Why the candidate is a person; "" when it may be something else."""
        verb = _verb_before(around.words)
        speaks = around.follower is None or around.follower in lexicon().reporting
        spoken = (
            (verb and (name.known or around.after or name.likely), f'stands after "{verb}"'),
            (verb, ""),
            (around.lead, f'stands after the role "{around.lead}"'),
            (around.after, "a role follows"),
            (speaks and (name.known or name.likely), "speaks"),
            (self._is_on_roll(name, around), "stands on a list of people"),
        )
        named = (
            (name.known, "a given name and a surname"),
            (name.sure, "a word and what is always a surname"),
            (_LABEL.search(around.behind) and _REACHED.match(self.text, name.end), "named as a contact"),
            (self._is_beside(name, around) and name.likely, "stands beside another person"),
        )
        shown = _SHOWN.search(around.behind) or without_genitive(" ".join(name.words)) in lexicon().remembered
        return next((why for holds, why in (spoken if shown else spoken + named) if holds), "")

    def _is_on_roll(self, name: Name, around: _Around) -> bool:
        """Whether a list of people, "Närvarande: …", begins with the name or goes on with it."""
        goes_on = bool(self.people) and self.people[-1].end == self.roll and self._is_beside(name, around)
        listed = goes_on or bool(_ROLL.search(around.behind))
        if listed:
            self.roll = name.end
        return listed

    def _is_beside(self, name: Name, around: _Around) -> bool:
        near = bool(self.people) and name.start - self.people[-1].end <= _LONGEST_AND
        return near and bool(_AND.search(around.behind))

    def _office(self, name: Name, around: _Around) -> tuple[str, str]:
        """What the person is, and where."""
        shared, self.shared = self.shared, ""
        if around.lead:
            where = self._organisation(around.after.end) if around.after else ""
            if around.after and where and self.text[name.end : name.end + 1] == ",":
                # "Ansvarig utgivare är Eva Ek, chef på Lantmäteriet": the role that says where.
                return around.after.text, where
            self.shared = around.lead if is_plural(around.words[-1]) else ""
            return around.lead, self._owner(name, around) or self._beside(name.end) or self._at_work(name.end)
        if around.after:
            return around.after.text, self._organisation(around.after.end)
        if shared and self._is_beside(name, around):
            self.shared = shared
            return shared, ""
        return "", self._beside(name.end)

    def _add(self, name: Name, role: str, organisation: str, evidence: str) -> None:
        whole = " ".join(name.words)
        bare = whole[:-1] if whole.endswith("s") and whole[:-1] in self.names else whole
        person = Mention(
            kind="person",
            name=without_genitive(bare),
            role=role,
            organisation=organisation,
            start=name.start,
            end=name.end,
            evidence=evidence,
        )
        self.people.append(person)
        self.names.add(person.name)
        words = person.name.split(" ")
        surname = next((number for number, word in enumerate(words) if word in PARTICLES), len(words) - 1)
        forms = {words[-1], " ".join(words[surname:]), " ".join(words[-2:]) if len(words) > _ALONE else ""}
        for known, form in ((self.by_given, words[0]), *((self.by_surname, form) for form in sorted(forms) if form)):
            other = known.get(form, person)
            known[form] = person if other is not None and other.name == person.name else None

    def _by_given_name(self, run: Run) -> None:
        """Someone who is quoted under a given name alone: "säger Ahmed"."""
        if run.text not in lexicon().given or run.text in lexicon().starters:
            return
        name = Name((run.text,), run.start, run.end, (), known=True)
        around = self._around(name)
        verb = _verb_before(around.words)
        if verb:
            self._add(name, *self._office(name, around), f'a given name after "{verb}"')

    def _later(self, run: Run) -> bool:
        """Keep a surname or a given name alone, of someone whom the text named before, and tell."""
        words = run.words
        known = (self.by_surname, self.by_given)
        if len(words) == 1 and words[0][-1] != "s" and not any(words[0] in names for names in known):
            return False
        skipped = 0
        while skipped < len(words) - 1 and (words[skipped] in lexicon().starters or role_word(words[skipped])):
            skipped += 1
        form = " ".join(words[skipped:])
        bare = form if form in self.by_surname or form in self.by_given else form.removesuffix("s")
        by_surname = self.by_surname.get(bare)
        person = by_surname or self.by_given.get(bare)
        begins = run.offset(skipped)
        if person is None or self._is_other(bare, begins, run.end):
            return False
        why = "surname of a person named before" if by_surname else "given name of a person named before"
        self.people.append(
            Mention(
                kind="person",
                name=person.name,
                role=person.role,
                organisation=person.organisation,
                start=begins,
                end=run.end,
                evidence=why,
            )
        )
        return True

    def _is_other(self, word: str, begins: int, ends: int) -> bool:
        """Whether a name that someone bears stands for a place or an ordinary word here."""
        after = _NEXT.match(self.text, ends)
        following = after[1] if after else ""
        number = bisect_right(self.starts, begins) - 1
        if (
            self.text.startswith(" &", ends)
            or word in lexicon().starters
            or (number >= 0 and begins < self.organisations[number].end)
        ):
            return True
        if word in gazetteer().words and self.people and self.text[self.people[-1].end : begins] in (", ", " ("):
            return True  # Where the person lives: "Eva Norberg, Norberg".
        before = self.text[max(0, begins - 12) : begins].split()
        return word in gazetteer().words and (
            (bool(before) and before[-1].lower() in ("i", "från", "till")) or following.startswith(("kommun", "stad"))
        )

    def _organisation(self, at: int) -> str:
        """The organisation named in the rest of the clause after a role."""
        clause = _CLAUSE.match(self.text, at, at + _LONGEST_CLAUSE)
        if named := self._beside(at):
            return named
        ends = clause.end() if clause else at
        number = bisect_left(self.starts, at)
        if number < len(self.starts) and self.starts[number] < ends:
            return self.organisations[number].name
        return self._run_after(_AT.match(self.text, at))

    def _at_work(self, ends: int) -> str:
        """What the text calls a place of work right after a name, known or not."""
        return self._run_after(_AT_WORK.match(self.text, ends))

    def _run_after(self, lead: re.Match[str] | None) -> str:
        """The words in capitals that follow, unless they are a place."""
        run = self.runs.get(lead.end()) if lead else None
        if run is None or run.words[0] in gazetteer().words or run.text in lexicon().starters:
            return ""
        owned = _OWNED.match(self.text, run.end) if run.text.endswith("s") else None
        return run.text + owned[0] if owned else run.text

    def _beside(self, ends: int) -> str:
        """The organisation right after a name: "Anna Berg, Arbetsförmedlingen", "Anna Berg från Mogård"."""
        lead = _FROM.match(self.text, ends)
        number = bisect_left(self.starts, lead.end()) if lead else len(self.starts)
        begins_there = lead and number < len(self.starts) and self.starts[number] == lead.end()
        return self.organisations[number].name if begins_there else ""

    def _owner(self, name: Name, around: _Around) -> str:
        """Whose role it is: "Ordföranden i nämnden, Eva Ek,", "Mogårds verksamhetsledare Anna Berg"."""
        holder = _HOLDER.search(around.behind)
        if holder:
            return holder[2] if _BOARD.match(holder[2]) else ""
        reach = len(around.lead.split())
        at = name.start
        for word in reversed(around.words[-reach:]):
            at = self.text.rfind(word, 0, at)
        if at - 1 in self.ends:
            return self.ends[at - 1].name
        run = self.endings.get(at - 1)
        if run is None:
            inside = [word for word in name.before[:-1] if word not in lexicon().starters]
            return _unowned(" ".join(inside)) if role_word(name.before[-1] if name.before else "") else ""
        return _unowned(" ".join(word for word in run.words if word not in lexicon().starters))


def find_people(text: str, found: Sequence[Run], organisations: Sequence[Mention]) -> list[Mention]:
    """The people whom a text names, in order; `organisations` are those that it names, in order."""
    return Finder(text, found, organisations).find()


def _verb_before(words: list[str]) -> str:
    """The verb of reporting that the words end with, adverbs apart; "" when they end otherwise."""
    for word in reversed(words[-_VERB_REACH:]):
        if word.lower() in lexicon().reporting:
            return word.lower()
        if word not in lexicon().adverbs:
            break
    return ""


def _without_copula(words: list[str], follower: str) -> list[str]:
    """The words without what may stand between a role and a name: "Ny chef är", "Handledare:", "ordförande, …,"."""
    if len(words) > 1 and words[-1] in ("är", "heter", "blir", "var"):
        return words[:-1] if role_word(words[-2]) else words
    last = words[-1] if words else ""
    if last[-1:] == ":" or (last[-1:] == "," and follower == ","):
        return [*words[:-1], last[:-1]] if role_word(last[:-1]) else words
    return words


def _unowned(name: str) -> str:
    """An owner's name without the genitive, "" when it is a place or no owner."""
    bare = name.removesuffix("s")
    if " " not in bare and bare.endswith(_DEFINITE):
        return ""
    if (
        bare == name
        or name in gazetteer().words
        or bare in lexicon().impersonal
        or lexicon().impersonal_ending.match(bare)
    ):
        return ""
    return name if name.endswith(("ss", "Cars")) else bare
