"""Contacts: who can be reached, and how; a switchboard of nobody's and a date are nobody's number."""

from __future__ import annotations

import time

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


@pytest.mark.parametrize(
    "text",
    [
        "Norrviks kommun\nSamordnare: Ek, Ylva\nTelefon: 070-123 45 67\nylvaek@norrvik.example",
        "Norrviks kommun\nYLVA EK\n070-123 45 67",
        "Norrviks kommun\nylva ek\n070-123 45 67\nye@norrvik.example",
        "Kontakta Norrviks kommun, Ylva, 070-123 45 67",
        "Kontakta Norrviks kommun, zorka, 070-123 45 67",
        "Norrviks kommun, 070-123 45 67 (Ylva)",
        "Norrviks kommun, 070-123 45 67, Ylva Ek",
        "Ek, Ylva\nNorrviks kommun\n070-123 45 67",
        "Frågor besvaras av Ek, Ylva. Norrviks kommun, 070-123 45 67",
        "Norrviks kommun: yek01@norrvik.example",
        "Norrviks kommun ylva_ek@norrvik.example 070-123 45 67",
        "Norrviks kommun, 08-465 004 01, info@norrvik.example eller ylvaek@norrvik.example",
        "Ylva Eks Åkeri AB, ylva@akeri.example",
        "Norrviks kommun, avdelningschef, 08-465 004 01",
        "Norrviks kommun, 08-465 004 01, https://norrvik.example/ylva-ek",
        "Norrviks kommun (Y. Ek), 08-465 004 01",
        "Ylva Ek AB, 070-123 45 67",
        "Vi köper av företaget Zorka Blagoj, 070-123 45 67",
    ],
)
def test_what_may_be_a_persons_is_no_organisations(text: str) -> None:
    """Whoever stands there is not told by any list: an unknown word or mailbox beside the number is doubt enough."""
    assert [one for one in find_contacts(text) if one.kind == "organisation"] == []


@pytest.mark.parametrize(
    "text",
    [
        "Haninge kommun\nRudsjöterrassen 2\n136 81 Haninge\nTel: 08-465 004 01\nE-post: haningekommun@kommun.example",
        "Välkommen att kontakta Haninge kommun på telefon 08-465 004 01 vardagar kl. 8–16.",
        "Haninge kommun, Box 12, 136 81 Haninge, växel 08-465 004 01, www.haninge.example",
        "Haninge kommun\nSocialförvaltningen\nStorgatan 5 B\n08-465 004 01\nregistrator.haninge@kommun.example",
        "Vi samlar det som kommunerna har lärt sig. Kontakta Haninge kommun: info@haninge.example",
    ],
)
def test_what_says_only_how_a_place_is_reached_is_an_organisations(text: str) -> None:
    """Street, box, town, hours and a mailbox that is named for its use are nobody's own."""
    assert [one.name for one in find_contacts(text)] == ["Haninge kommun"]


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


@pytest.mark.parametrize(
    "line", ["Anna Berg ", "SKR 08-123 45 67\n", "kommun ( 08-123 45 67 Berg ", "Anna Berg, chef, a@b.se "]
)
def test_long_lists_take_time_in_proportion(line: str) -> None:
    """Four times the names, or contacts, takes no more than some eight times the time: some were looked for in all."""
    spent = []
    for size in (3000, 12000):
        start = time.process_time()
        find_contacts(line * size)
        spent.append(time.process_time() - start)
    assert spent[1] < 8 * spent[0] + 0.2
