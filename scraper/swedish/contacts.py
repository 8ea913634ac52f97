"""Contacts: people with the mail address and number that stand beside them, as contact blocks have it. Pure."""

from __future__ import annotations

import re
from typing import Final

from schemas.mention import Contact
from scraper.swedish.mentions import find_mentions

_MAIL: Final = re.compile(r"[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+")
_PHONE: Final = re.compile(r"(?<![\w-])(?:\+46[ \xa0-]?(?:\(0\))?|0)\d{1,3}(?:[ \xa0-]{1,3}\d{2,4}){2,4}(?!\d)")
_REACH: Final = 200
"""Characters after a name in which its address is looked for: title, unit, number and address on lines of their own."""


def find_contacts(text: str) -> tuple[Contact, ...]:
    """The people in a text beside whom a mail address or a telephone number stands, in order.

    What stands before the next person's name is the first one's. A person without either is no contact.
    """
    people = [each for each in find_mentions(text) if each.kind == "person"]
    contacts = []
    for number, person in enumerate(people):
        following = people[number + 1].start if number + 1 < len(people) else len(text)
        beside = text[person.end : min(following, person.end + _REACH)].partition("\n\n")[0]
        mail, phone = _MAIL.search(beside), _PHONE.search(beside)
        if mail or phone:
            contacts.append(
                Contact(
                    name=person.name,
                    role=person.role,
                    organisation=person.organisation,
                    mail=mail[0].lower().rstrip(".") if mail else "",
                    phone=phone[0] if phone else "",
                    start=person.start,
                    end=person.end,
                )
            )
    return tuple(contacts)
