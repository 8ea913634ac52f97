"""Volatile blocks: found when they keep changing, taken out of the feed by a rule, kept all the same."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive import volatile
from archive.history import change_rows
from archive.store import Archive
from archive.volatile import quieted, suggestions
from schemas.change import Change
from schemas.errors import ConfigurationError
from schemas.page import Item, List, Page, Paragraph, Section
from schemas.reading import Reading
from schemas.site import Site, Volatile, decode_site
from tests.builders import ADDRESS, PARSER, SITE, begin, capture, gone, look, night, reread, written
from tests.shell import tidslager

CLOCK = Volatile(section="Läget nu", what=("paragraph",), starts="Klockan är", why="en klocka")


def minute(number: int, *more: str) -> Page:
    """A page with a clock, a list of the latest news and text that stays."""
    news = List(items=tuple(Item(text=f"nyhet nummer {number + back} om något helt nytt") for back in range(3)))
    blocks = (Paragraph(text="Välkommen hit."), Paragraph(text=f"Klockan är {number} och allt är som det ska här"))
    lines = tuple(Paragraph(text=text) for text in more)
    return Page(
        title="Läget",
        sections=(
            Section(heading="Läget nu", level=2, blocks=blocks),
            Section(heading="Nyheter", level=2, blocks=(news,)),
            Section(heading="Om oss", level=2, blocks=(Paragraph(text="Vi har funnits länge."), *lines)),
        ),
    )


def test_a_clock_and_a_news_list_are_suggested(archive: Archive) -> None:
    """What changed at look after look is named, with lines that a site file takes."""
    for number in range(1, 9):
        look(archive, number, minute(number))
    found = {row["where"]: row for row in suggestions(archive.database)}
    assert {where: row["what"] for where, row in found.items()} == {"Läget nu": "paragraph", "Nyheter": "item"}
    assert (found["Läget nu"]["times"], found["Läget nu"]["looks"]) == (7, 7)
    (rule,) = tomllib.loads(found["Läget nu"]["rule"])["volatile"]
    assert rule["starts"] == "Klockan är"
    site = decode_site(f'name = "prov"\nstart = ["{ADDRESS}"]\n' + found["Nyheter"]["rule"], "prov.toml")
    assert site.volatile[0].section == "Nyheter"


def test_the_suggested_rules_quieten_what_they_were_made_from(archive: Archive) -> None:
    """With its suggestions in the site file the page has no more editorial changes, and loses none of its history."""
    for number in range(1, 9):
        look(archive, number, minute(number))
    rules = "\n".join(row["rule"] for row in suggestions(archive.database))
    site = decode_site(f'name = "prov"\nstart = ["{ADDRESS}"]\n{rules}', "prov.toml")
    for number in (9, 10):
        at_night(archive, site, number, minute(number))
    rows = change_rows(archive.database, classes=("editorial", "cosmetic"))
    late = [row for row in rows if row["revision"] > 8]
    assert {row["class"] for row in late} == {"cosmetic"}
    assert all(row["why"].startswith("volatile by the site file: changed at") for row in late)
    assert len(late) == 2 * len([row for row in rows if row["revision"] == 8])


def at_night(archive: Archive, site: Site, number: int, record: Page) -> None:
    run = begin(archive, night(number), site)
    kept = archive.keep(run, capture(at=night(number), body=written(record)))
    archive.record(kept.id, Reading(verdict="page", page=record), parser=PARSER, reread=reread)
    archive.finish_run(run, "ok", {}, now=night(number))


def test_an_editor_s_work_is_not_suggested(archive: Archive) -> None:
    """A page edited three nights running, or once in a while, is news."""
    for number in range(1, 12):
        edits = min(number, 4) if number < 8 else 5
        look(archive, number, minute(1, *(f"Rad {n} som någon skrev." for n in range(edits))))
    assert suggestions(archive.database) == []


def test_pages_that_are_gone_or_new_have_no_suggestions(archive: Archive) -> None:
    """No looks, no suggestion."""
    look(archive, 1, minute(1))
    assert suggestions(archive.database) == []
    gone(archive, 2)
    assert suggestions(archive.database) == []


def change(**values: object) -> Change:
    base = {"kind": "edited", "class": "editorial", "what": "paragraph", "where": "Läget nu", "why": "words differ"}
    return msgspec.convert({**base, "before": "Klockan är 1", "after": "Klockan är 2", **values}, Change)


@pytest.mark.parametrize(
    ("values", "fits"),
    [
        ({}, True),
        ({"what": "quote"}, True),
        ({"where": "Läget\u00a0nu"}, True),
        ({"before": None, "kind": "added"}, True),
        ({"where": "Läget"}, False),
        ({"what": "item"}, False),
        ({"what": "section"}, False),
        ({"after": "Vi har stängt."}, False),
    ],
)
def test_a_rule_takes_what_it_says_and_no_more(values: dict[str, object], *, fits: bool) -> None:
    """Section, kind of block and opening words must all fit; a whole section is never volatile."""
    (told,) = quieted([change(**values)], (CLOCK,), ADDRESS)
    assert (told.class_, told.why) == (
        ("cosmetic", "volatile by the site file: en klocka") if fits else ("editorial", "words differ")
    )


def test_a_rule_may_be_for_one_page() -> None:
    """A part of the address says which; without rules nothing is done."""
    elsewhere = msgspec.structs.replace(CLOCK, page="/annan")
    assert quieted([change()], (elsewhere,), ADDRESS)[0].class_ == "editorial"
    assert quieted([change()], (), ADDRESS)[0].class_ == "editorial"


def test_metadata_stays_metadata() -> None:
    """A rule hides blocks, not days or people."""
    day = change(what="published", **{"class": "metadata"}, where="")
    assert quieted([day], (msgspec.structs.replace(CLOCK, section="", what=(), starts=""),), ADDRESS) == (day,)


def test_unknown_keys_of_a_rule_are_refused() -> None:
    """With the place and the nearest known key."""
    with pytest.raises(ConfigurationError, match=r'unknown key "volatile.sektion"; did you mean "volatile.section"'):
        decode_site('name = "x"\nstart = ["https://a.se/"]\n[[volatile]]\nsektion = "A"\nwhy = "b"', "x.toml")


@given(st.text(), st.text(min_size=1))
def test_any_rule_can_be_written_down(section: str, why: str) -> None:
    """The lines are TOML whatever a heading holds."""
    rule = {"section": section, "what": ["item"], "starts": "", "why": why}
    (read,) = tomllib.loads(volatile._toml(rule))["volatile"]
    assert read == {"section": section, "what": ["item"], "why": why}


def test_the_command_shows_place_and_rule(path: Path) -> None:
    """`tidslager changes --volatile`, for people and as JSON; a quiet archive says so."""
    with Archive(path) as archive:
        look(archive, 1, minute(1))
    quiet = tidslager("changes", "--volatile", "--archive", str(path))
    assert (quiet.code, quiet.out, "No block changed" in quiet.err) == (0, "", True)
    with Archive(path) as archive:
        for number in range(2, 9):
            look(archive, number, minute(number))
    shown = tidslager("changes", "--volatile", "--archive", str(path)).out
    assert "Läget nu · paragraph changed at 7 of the last 7 looks" in shown
    assert "    [[volatile]]\n" in shown
    rows = json.loads(tidslager("changes", "--volatile", "--json", "--archive", str(path)).out)
    assert rows[0]["site"] == SITE.name
