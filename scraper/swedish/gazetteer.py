"""Sweden's municipalities and counties, and the forms in which texts name them. Data in municipalities.toml."""

from __future__ import annotations

import tomllib
from datetime import date
from functools import cache
from importlib import resources
from typing import Literal

import msgspec

_SHORTEST_STEM = 4
Kind = Literal["municipality", "region"]


class Place(msgspec.Struct, frozen=True):
    """A municipality, or a county and its region."""

    kind: Kind
    name: str
    code: str
    ended: date | None = None
    """Last day of a county of the past that the text names; `name` and `code` are today's."""


class Gazetteer(msgspec.Struct, frozen=True):
    """Each form of a name with the place that it names."""

    words: dict[str, Place]
    """Forms that are one word: "Söderhamn", "Söderhamns"."""
    longer: dict[str, tuple[tuple[str, Place], ...]]
    """Forms of several words by their first, the longest first: "Lilla Edets", "Region Gävleborg", "Kalmar län"."""
    ambiguous: frozenset[str]
    """Forms that are also ordinary words or names of people."""
    short: frozenset[str]
    """Forms that are believed unless another capital word stands beside them."""
    stems: dict[str, Place]
    """First part of a word for inhabitants, in small letters: "söderhamns" and "söderhamn"."""
    of_county: dict[str, Place]
    """Beginnings of words for what is of a county, or lives there, in small letters: "skånsk" and "skåning"."""


def genitive(name: str) -> str:
    """The name as an owner: "Söderhamns", "Borås"."""
    return name if name[-1] in "sxz" else name + "s"


@cache
def gazetteer() -> Gazetteer:
    """The table with all forms, made once."""
    raw = tomllib.loads((resources.files("scraper.swedish") / "municipalities.toml").read_text("utf-8"))
    forms: dict[str, Place] = {}
    for code, county in raw["counties"].items():
        place = Place("region", county["name"], code)
        for name in _county_names(county):
            forms |= dict.fromkeys((name, genitive(name)), place)
    for gone in raw["former"]:
        now = raw["counties"][gone["code"]]["name"]
        forms |= dict.fromkeys((gone["name"], gone["name"] + "s"), Place("region", now, gone["code"], gone["ended"]))
    stems: dict[str, Place] = {}
    for county in raw["counties"].values():
        for code, name in county["municipalities"].items():
            place = Place("municipality", name, code)
            forms |= dict.fromkeys((name, genitive(name)), place)
            stems |= dict.fromkeys(_stems(name.lower()), place)
    longer: dict[str, list[tuple[str, Place]]] = {}
    for form in sorted((form for form in forms if " " in form), key=len, reverse=True):
        longer.setdefault(form.partition(" ")[0], []).append((form, forms[form]))
    return Gazetteer(
        words={form: place for form, place in forms.items() if " " not in form},
        longer={first: tuple(entries) for first, entries in longer.items()},
        ambiguous=frozenset(form for name in raw["ambiguous"] for form in (name, genitive(name))),
        short=frozenset(form for name in raw["short"] for form in (name, genitive(name))),
        stems=stems,
        of_county={stem: forms[name] for name, listed in raw["of_county"].items() for stem in listed},
    )


def _county_names(county: dict[str, str]) -> set[str]:
    """County and region as people name them; a bare "Kalmar" is not among them, it is the municipality."""
    short = county["short"]
    return {county["name"], county["region"], f"Region {short}", *county.get("also", ())} | (
        set() if county.get("town") else {short}
    )


def _stems(name: str) -> set[str]:
    """What stands before -bo and -are: söderhamns-bo, falu-bo, skellefte-bo, göteborg-are."""
    short = name[:-1] if name[-1] in "aåen" else name
    long = len(short) >= _SHORTEST_STEM or name[-1] == "å"  # umebo
    return {name, genitive(name), short, short + "e"} if long else {name, genitive(name)}
