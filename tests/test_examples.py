"""Learning examples: which sections and pages are one, of what kind, and what is known of each over the nights."""

from __future__ import annotations

import json
import random
import re
import time
from pathlib import Path

import pytest

from archive.example_list import COLUMNS, learning_examples
from archive.examples import WORDS, Kind, Told, example_of, kind_of
from archive.file import open_for_reading
from archive.records import text_under
from archive.store import Archive
from schemas.page import Film, Link, Paragraph, Section
from schemas.site import Site
from tests.agency.server import Agency
from tests.builders import ADDRESS, PARSER, begin, capture, night, page, reading, reread, section, written
from tests.runs import crawl_agency
from tests.shell import tidslager

OTHER = "http://byran.example/lar/2020-05-04-tvatten.html"
HUB = Site(name="prov", start=(ADDRESS,), suspect_nights=1, people=True)


def linking(*texts: str, to: str = OTHER) -> Section:
    """A section on reserved procurement that links to a page."""
    link = Link(label="Läs om tvätten", address=to, kind="page")
    blocks = (*(Paragraph(text=text) for text in texts), Paragraph(text="Läs om tvätten", links=(link,)))
    return Section(heading="Upphandling för fler", level=2, anchor="h-Upphandling", blocks=blocks)


PARTNERS = section("Samordningsförbundet bygger broar", "I Tyresö och i Haninge kommun finns fyra företag.")
FILM = Section(
    heading="En dag på verkstaden",
    level=2,
    anchor="h-En dag",
    blocks=(Paragraph(text="Filmen är från Karlskrona."), Film(address="https://film.example/embed/7", title="En dag")),
)
HUB_1 = page(PARTNERS, linking("Två kommuner gjorde det."), FILM, section("Kontakt", "Ring Haninge kommun."))
HUB_2 = page(PARTNERS, linking("Tre kommuner gjorde det."), section("Kontakt", "Ring Haninge kommun."))
EXAMPLE = page(
    section("Så gick det till", "I Söderhamns kommun reserverades kontraktet."),
    title="Tvätten som blev ett företag",
    preamble=(Paragraph(text="Kooperativet vann en reserverad upphandling."),),
)


@pytest.fixture
def two_nights(archive: Archive) -> Archive:
    """A hub that changes on the second night, and the page that it links to."""
    for number, hub in ((1, HUB_1), (2, HUB_2)):
        run = begin(archive, night(number), HUB)
        for address, record in ((ADDRESS, hub), (OTHER, EXAMPLE)):
            seen = capture(address, at=night(number), body=written(record))
            kept = archive.keep(run, seen, why="seed" if address == ADDRESS else "link")
            archive.record(kept.id, reading(record), parser=PARSER, reread=reread)
        archive.finish_run(run, "ok", {}, now=night(number))
    return archive


def test_each_section_of_a_hub_and_each_page_it_links_to_is_one_example(two_nights: Archive) -> None:
    """With kind, places, film and link, each in its right section; what left the hub stands last, as it was."""
    found = learning_examples(two_nights.database)
    assert [(row["title"], row["origin"], row["kind"], row["state"]) for row in found] == [
        ("Samordningsförbundet bygger broar", "section", "coordination_association", "live"),
        ("Upphandling för fler", "section", "reserved_procurement", "live"),
        ("Tvätten som blev ett företag", "page", "reserved_procurement", "live"),
        ("En dag på verkstaden", "section", "other", "gone"),
    ]
    partners, procurement, laundry, film = found
    assert partners["municipalities"] == ["Haninge", "Tyresö"]
    assert laundry["municipalities"] == ["Söderhamn"]
    assert laundry["text"] == "Kooperativet vann en reserverad upphandling."
    assert (film["municipalities"], film["films"]) == (["Karlskrona"], ["https://film.example/embed/7"])
    assert (procurement["linked"], laundry["linked"]) == ([2], [1])


def test_an_example_knows_when_it_was_first_and_last_seen_and_how_often_it_changed(two_nights: Archive) -> None:
    """By the identity of its section; an edit elsewhere on the hub is none of its changes."""
    found = learning_examples(two_nights.database)
    times = [(row["first_seen"][:10], row["last_seen"][:10], row["changes"], row["last_changed"]) for row in found]
    assert times == [
        ("2026-03-01", "2026-03-02", 0, None),
        ("2026-03-01", "2026-03-02", 1, "2026-03-02T02:10:00.000Z"),
        ("2026-03-01", "2026-03-02", 0, None),
        ("2026-03-01", "2026-03-01", 0, None),
    ]


@pytest.mark.parametrize("said", ["Söderhamn", "söderhamns kommun", "2182"])
def test_examples_are_asked_for_by_municipality(two_nights: Archive, path: Path, said: str) -> None:
    """By name, as people say it, or code."""
    two_nights.close()
    ran = tidslager("examples", "--municipality", said, "--archive", str(path), "--json")
    assert [row["title"] for row in json.loads(ran.out)] == ["Tvätten som blev ett företag"]


def test_examples_are_asked_for_by_kind_and_day(two_nights: Archive, path: Path) -> None:
    """New or changed since a day; a kind that is none is refused with those that there are."""
    two_nights.close()

    def titles(*options: str) -> list[str]:
        return [row["title"] for row in json.loads(tidslager("examples", "-a", str(path), "--json", *options).out)]

    assert titles("--since", "2026-03-02") == ["Upphandling för fler"]
    assert titles("--kind", "coordination_association") == ["Samordningsförbundet bygger broar"]
    none = tidslager("examples", "-a", str(path), "--kind", "incubator")
    assert (none.code, none.out, none.err) == (0, "", "No example is known that is so.\n")
    assert tidslager("examples", "-a", str(path), "--kind", "annat").code == 2
    assert tidslager("examples", "-a", str(path), "--since", "i går").code == 2


def test_the_keys_are_those_that_are_documented(two_nights: Archive, path: Path) -> None:
    """--json and the view say the same."""
    two_nights.close()
    rows = json.loads(tidslager("examples", "-a", str(path), "--json").out)
    assert all(list(row) == list(COLUMNS) for row in rows)


KINDS: tuple[tuple[str, str, Kind | None], ...] = (
    ("Samordningsförbundet visar vägen", "", "coordination_association"),
    ("En dörr in", "Finsam betalade lokalen.", "coordination_association"),
    ("Reserverat kontrakt", "", "reserved_procurement"),
    ("Tvätten", "Kontrakten reserverades för sociala företag.", "reserved_procurement"),
    ("Avknoppningar ur omsorgen", "", "municipal_spin_off"),
    ("Verkstan", "Den har knoppats av från kommunen.", "municipal_spin_off"),
    ("Från kommunal verkstad till eget företag", "Inköp sköter de själva.", "municipal_spin_off"),
    ("Regionen som inkubator", "Upphandlingen kom senare.", "incubator"),
    ("Tillsammans", "Ett affärssamarbete mellan banken och kooperativet.", "incubator"),
    ("En vanlig tisdag", "Vi lagar cyklar.", None),
)


@pytest.mark.parametrize(("heading", "text", "kind"), KINDS)
def test_a_kind_is_known_by_its_words(heading: str, text: str, kind: Kind | None) -> None:
    """Those of the heading weigh more than those of the text."""
    told = kind_of(heading, "", text)
    assert (told.kind if told else None) == kind


@pytest.mark.parametrize(
    ("of", "kinds"),
    [
        (section("Kontakt", "Samordningsförbundet svarar i Tyresö."), ("municipality", "organisation")),
        (section("Fler exempel att läsa", "Om upphandling i Tyresö."), ("municipality",)),
        (section("", "Samordningsförbundet i Tyresö."), ("municipality",)),
        (section("Välkommen", "Vi finns i Tyresö."), ("municipality",)),
        (section("Ordlista", "Upphandling är när det offentliga köper."), ()),
    ],
)
def test_what_tells_no_single_example_is_none(of: Section, kinds: tuple[str, ...]) -> None:
    """Contact, lists of links, what stands before the first heading, a place by itself, a word by itself."""
    assert example_of(of, kinds, text_under(of)) is None


def test_the_examples_of_the_agency(agency: Agency, path: Path) -> None:
    """The hub's own examples and the pages that it links to, over two nights; people with their roles."""
    crawl_agency(agency, path, 1)
    crawl_agency(agency, path, 2)
    database = open_for_reading(path)
    found = {row["title"]: row for row in learning_examples(database)}
    sections = {title: row["kind"] for title, row in found.items() if row["origin"] == "section"}
    assert sections == {
        "En gemensam dörr i Norrvik": "other",
        "Inköp med plats för fler": "reserved_procurement",
        "Idén som började hos en granne": "other",
        "Från kommunal verkstad till eget företag": "municipal_spin_off",
    }
    assert found["Inköp med plats för fler"]["changes"] == 1
    assert found["Från kommunal verkstad till eget företag"]["changes"] == 1
    laundry = found["Returbruket tvättar åt hela Norrvik"]
    assert (laundry["kind"], laundry["published"]) == ("reserved_procurement", "2021-03-09")
    assert laundry["page"] in found["Inköp med plats för fler"]["linked"]
    assert laundry["linked"] == [1]
    people = database.execute("SELECT name, role, named_as FROM people_now WHERE page = 1").fetchall()
    assert ("Jonas Tveit", "Verksamhetsutvecklare", "responsible") in people
    database.conn.close()


def test_the_text_tells_each_example(two_nights: Archive, path: Path) -> None:
    """One fact a line, the gone ones marked."""
    two_nights.close()
    out = " ".join(tidslager("examples", "-a", str(path)).out.split())
    assert "municipalities Haninge, Tyresö" in out
    assert "En dag på verkstaden gone" in out
    assert "seen 2026-03-01 02:10 to 2026-03-02 02:10 UTC, changed once 2026-03-02 02:10" in out


def test_words_of_a_kind_are_found_wherever_they_stand() -> None:
    """Looking only where a word of a kind may begin finds what reading the whole text finds, in the same order."""
    parts = (
        "samordningsförbund", "Finsamarbete", "Reserverade", "upphandling", "Upphandlingsavtal", "kontrakt", "avtal",
        "reserverades", "Inköparen", "kontraktet", "avknoppad", "knoppade", "av", "tidigare kommunal", "kommunala",
        "f.d. kommunalt", "före detta kommunal", "från kommunal", "inkubatorn", "växthus för företag", "för", "_", "x",
        "\n", "\u00a0", "”", "–", ".",
    )  # fmt: skip
    rng = random.Random(5)
    for _ in range(3000):
        text = "".join(rng.choice(parts) + rng.choice(("", " ", " ")) for _ in range(rng.randint(1, 9)))
        found = {kind: re.findall(rf"\b(?:{WORDS[kind]})", text, re.IGNORECASE) for kind in WORDS}
        heaviest = max(WORDS, key=lambda kind: len(found[kind]))
        assert kind_of("", "", text) == (Told(heaviest, found[heaviest][0]) if found[heaviest] else None), text


def test_words_of_a_page_are_those_of_its_sections() -> None:
    """A word counts once wherever it stands; the first words are those that a reader meets first."""
    texts = ("Inkubatorn växer.", "Samordningsförbundet och inkubatorn.", "Inkubator och upphandling.")
    assert kind_of("", "", *texts) == Told("incubator", "Inkubatorn")
    assert kind_of("", "", "En reserverad", "upphandling") == kind_of("", "", "upphandling")


@pytest.mark.usefixtures("two_nights")
def test_examples_are_asked_for_by_subject(path: Path) -> None:
    """What an example is about, by its words; what none is about finds none."""
    told = json.loads(tidslager("examples", "--subject", "Upphandling", "--archive", str(path), "--json").out)
    assert told
    assert all("upphandling" in row["subjects"] for row in told)
    assert json.loads(tidslager("examples", "--subject", "rymdfart", "--archive", str(path), "--json").out) == []


def test_one_long_word_takes_time_in_proportion() -> None:
    """A word made of the words of a kind, thousands of times: its beginning was looked for from each of them."""
    spent = []
    for size in (2000, 8000):
        start = time.process_time()
        assert kind_of("", "", "affärssamarbete" * size) == Told("incubator", "affärssamarbete" * size)
        spent.append(time.process_time() - start)
    assert spent[1] < 8 * spent[0] + 0.2
