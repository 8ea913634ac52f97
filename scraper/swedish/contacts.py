"""Contacts: people and organisations with the mail address and number that stand beside them. Pure."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import Final

from schemas.mention import Contact, Mention
from scraper.swedish.mentions import find_mentions
from scraper.swedish.switchboards import MAIL, PHONE, SENTENCE_ENDS, is_nobodys

_REACH: Final = 200
"""Characters after a name in which its address is looked for: title, unit, number and address on lines of their own."""
_REACH_OF_ORGANISATION: Final = 80


def find_contacts(text: str, organisations: Sequence[str] = ()) -> tuple[Contact, ...]:
    """The people and organisations in a text beside whom a mail address or a telephone number stands, in order.

    What stands before the next person's name is the first one's, also past the name of an organisation. An organisation
    has what follows it in the same sentence, unless it may be a person's. `organisations` are names that a site lists.
    """
    named = find_mentions(text, organisations=organisations)
    people = [each for each in named if each.kind == "person"]
    found: list[Contact] = []
    theirs: list[tuple[int, int]] = []
    for number, person in enumerate(people):
        following = people[number + 1].start if number + 1 < len(people) else len(text)
        theirs.append((person.start, min(following, person.end + _REACH)))
        found += _reached(person, text[person.end : theirs[-1][1]].partition("\n\n")[0])
    # Each is found among its neighbours: a page may list thousands.
    starts = [each.start for each in named]
    others = [each.start for each in named if each.kind in ("person", "organisation")]
    for body in (each for each in named if each.kind == "organisation"):
        before = bisect_right(theirs, (body.start, len(text)))
        if before and body.start < theirs[before - 1][1]:
            continue
        following = bisect_left(others, body.end)
        ends = others[following] if following < len(others) else len(text)
        beside = text[body.end : min(ends, body.end + _REACH_OF_ORGANISATION)]
        reached = _reached(body, SENTENCE_ENDS.split(beside.partition("\n\n")[0])[0])
        near = named[bisect_left(starts, body.start - 2 * _REACH) : bisect_left(starts, body.end + 2 * _REACH)]
        found += reached if reached and is_nobodys(text, body, near) else []
    return tuple(sorted(found, key=lambda each: each.start))


def _reached(named: Mention, beside: str) -> list[Contact]:
    """The contact that someone named is, by what stands beside; none where nothing does."""
    mail, phone = MAIL.search(beside), PHONE.search(beside)
    if not (mail or phone):
        return []
    return [
        Contact(
            kind="person" if named.kind == "person" else "organisation",
            name=named.name,
            role=named.role,
            organisation=named.organisation,
            mail=mail[0].lower().rstrip(".") if mail else "",
            phone=phone[0] if phone else "",
            start=named.start,
            end=named.end,
        )
    ]
