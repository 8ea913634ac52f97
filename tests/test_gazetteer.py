"""The table of municipalities and counties, and the forms by which texts name them."""

from __future__ import annotations

import tomllib
from importlib import resources

import pytest

from scraper.swedish.gazetteer import genitive
from scraper.swedish.mentions import find_mentions

TABLE = tomllib.loads((resources.files("scraper.swedish") / "municipalities.toml").read_text("utf-8"))
# Municipalities of each county, from Statistics Sweden.
COUNTS = {
    "01": 26, "03": 8, "04": 9, "05": 13, "06": 13, "07": 8, "08": 12, "09": 1, "10": 5, "12": 33, "13": 6, "14": 49,
    "17": 16, "18": 12, "19": 10, "20": 15, "21": 10, "22": 7, "23": 8, "24": 15, "25": 14,
}  # fmt: skip
MUNICIPALITIES = {
    code: name for county in TABLE["counties"].values() for code, name in county["municipalities"].items()
}


def places(text: str) -> list[tuple[str, str | None]]:
    return [(each.name, each.code) for each in find_mentions(text) if each.kind in ("municipality", "region")]


def test_the_table_is_whole() -> None:
    """290 municipalities in 21 counties, as many in each as there are, each with its county's code and its own name."""
    assert {code: len(county["municipalities"]) for code, county in TABLE["counties"].items()} == COUNTS
    assert len(MUNICIPALITIES) == len(set(MUNICIPALITIES.values())) == 290
    for code, county in TABLE["counties"].items():
        assert all(each.startswith(code) and len(each) == 4 for each in county["municipalities"])
        assert list(county["municipalities"]) == sorted(county["municipalities"])
    assert set(TABLE["ambiguous"]) <= set(MUNICIPALITIES.values())


@pytest.mark.parametrize("code", MUNICIPALITIES)
def test_each_municipality_is_found_in_its_usual_forms(code: str) -> None:
    """After "i", with "kommun" behind, and in a list, each of the 290 is found with its code and nothing else is."""
    name = MUNICIPALITIES[code]
    expected = [(name, code)]
    assert places(f"Företaget finns i {name}.") == expected
    assert places(f"Det gäller {genitive(name)} kommun.") == expected
    assert places(f"I {name} går det bra.") == expected
    assert (name, code) in places(f"De kommer från Haninge, {name} och Luleå.")


@pytest.mark.parametrize("code", TABLE["counties"])
def test_each_county_is_found_under_its_names(code: str) -> None:
    """As a county and by its region's name."""
    county = TABLE["counties"][code]
    for name in (county["name"], county["region"], f"Region {county['short']}"):
        assert places(f"Beslutet fattades av {name} i går.") == [(county["name"], code)]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("söderhamnsbor", "Söderhamn"), ("göteborgare", "Göteborg"), ("umeåborna", "Umeå"), ("Malmöbor", "Malmö"),
        ("Umebor", "Umeå"), ("skånska kommuner", "Skåne län"), ("värmlänningar", "Värmlands län"),
        ("Norrbottningen", "Norrbottens län"), ("på gotländsk mark", "Gotland"), ("nordskånska orter", "Skåne län"),
        ("östgötar", "Östergötlands län"),
        ("nynäshamnsbo", "Nynäshamn"), ("eskilstunabor", "Eskilstuna"), ("skelleftebor", "Skellefteå"),
        ("i dåvarande Kopparbergs län", "Dalarnas län"), ("Älvsborgs läns näringsliv", "Västra Götalands län"),
        ("Kristianstads län", "Skåne län"), ("i Jönköpings läns alla kommuner", "Jönköpings län"),
    ],
)  # fmt: skip
def test_inhabitants_and_former_counties_name_a_place(text: str, name: str) -> None:
    """Words for inhabitants, for what is of a county, and counties that are no more, lead to today's place."""
    assert [found for found, _ in places(text)] == [name]


@pytest.mark.parametrize(
    "text",
    [
        "Mark behövs.", "Vara rädd hjälper inte.", "Boden är stängd.", "Ale och stout säljs.", "Köping är ett ord.",
        "Lund universitet", "Uppsala universitet", "Göteborgs universitet", "Göteborgs-Posten skrev.",
        "Klippan är hög.",
        "Skånska Dagbladet skrev.", "småländska skogar", "uppländsk slätt", "Skånsk-Dansk", "Sandviken är en badvik.",
        "Nacka tingsrätt dömde.", "Karlskoga lasarett", "Sparbanken Skåne", "Borås Energi och Miljö", "M/S Stockholm",
        "Vi åt på restaurang Kiruna.", "Göteborgs räddningsmission", "Stockholms Handelskammare", "färjan Gotland",
        "malare", "lommarna", "kumlarna", "info@malarens.example", "malaren",
        "Lundsbergs skola", "arbetsbord", "bor i stugan", "sparbanken",
    ],
)  # fmt: skip
def test_what_is_no_municipality_is_none(text: str) -> None:
    """Ordinary words in capitals, provinces that are no county, and what bears a place's name without being it."""
    assert places(text) == []
