"""Contacts: who can be reached, and how; a switchboard of nobody's and a date are nobody's number."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.swedish.contacts import find_contacts


def told(text: str) -> list[tuple[str, str, str, str]]:
    return [(each.name, each.role, each.mail, each.phone) for each in find_contacts(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Kontakt\nYlva Ek\nProjektledare\nYlva.Ek@exempel.example\n08-123 45 67",
            [("Ylva Ek", "projektledare", "ylva.ek@exempel.example", "08-123 45 67")],
        ),
        (
            "Kontaktpersoner: Ylva Ek, utredare, 070-123 45 67 och Per Ask, ekonom, per.ask@exempel.example.",
            [("Ylva Ek", "utredare", "", "070-123 45 67"), ("Per Ask", "ekonom", "per.ask@exempel.example", "")],
        ),
        ("Kontaktperson: Zorka Blagoj, telefon +46 8 123 45 67", [("Zorka Blagoj", "", "", "+46 8 123 45 67")]),
        ("Kontakt: Ylva Ek", []),
        ("Kontakt: info@exempel.example, 08-123 45 67", []),
        ("Ylva Ek talade.\n\nVäxel: 08-123 45 67", []),
        ("Ylva Ek föddes 1970-01-02.", []),
        (
            "Haninge kommun, växel 08-465 004 01, info@haninge.example. Andra ringer 08-465 004 02.",
            [("Haninge kommun", "", "info@haninge.example", "08-465 004 01")],
        ),
        (
            "Ylva Ek, rektor, Haninge kommun, 08-465 004 01",
            [("Ylva Ek", "rektor", "", "08-465 004 01")],
        ),
        ("Arbetsförmedlingen hjälper till. Ring 08-465 004 01.", []),
        ("Arbetsförmedlingen: ylva.ek@exempel.example, 08-465 004 01", []),
        (
            "Arbetsförmedlingen\n08-465 004 01\nFörsäkringskassan\n08-465 004 02",
            [("Arbetsförmedlingen", "", "", "08-465 004 01"), ("Försäkringskassan", "", "", "08-465 004 02")],
        ),
    ],
)
def test_contacts_have_what_stands_beside_them(text: str, expected: list[tuple[str, str, str, str]]) -> None:
    """Title, mail and number go with the name that they follow, a person's before an organisation's."""
    assert told(text) == expected


@settings(deadline=None, max_examples=50)
@given(
    st.lists(
        st.sampled_from(["Ylva Ek", " ", "\n", "@", "a.se", "08-", "123 45 67", "Kontakt: ", ","]), max_size=30
    ).map("".join)
)
def test_any_text_has_contacts_in_order(text: str) -> None:
    """No text raises, and names lie in their text."""
    found = find_contacts(text)
    assert [each.start for each in found] == sorted(each.start for each in found)
    assert all(0 <= each.start < each.end <= len(text) for each in found)
