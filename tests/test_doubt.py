"""Does a reading fit what the page said last? Tables of both answers, and histories that depend on evidence alone."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.decisions import Decision
from archive.doubt import Known, doubted
from archive.file import transaction
from archive.order import replay_page
from archive.store import Archive
from archive.tongue import tongue
from schemas.capture import Capture
from schemas.page import Page, digest
from schemas.reading import Doubt, Reading
from schemas.site import Site
from tests.builders import ADDRESS, PARSER, capture, night, page, section
from tests.test_quarantine import says

SWEDISH = (
    "Det är inte lätt att börja, men den som har prövat vet att det går. Kommunen köper det som företaget kan göra, och"
    " företaget anställer den som har stått längst från arbetet. Vi lär oss av varandra och skriver ner det för den som"
    " kommer efter oss, så att ingen ska behöva börja från början."
)
ENGLISH = (
    "It is not easy to begin, but those who have tried know that it can be done. The town buys what the company is able"
    " to make, and the company gives work to those who have been away from it for the longest time. We learn from each"
    " other and write it down for those who come after us."
)
FIVE = tuple(section(f"Rubrik {number}", f"{SWEDISH} {number}") for number in range(5))
BASE = page(*FIVE, language="sv")


def told(record: Page, known: Page = BASE, floor: int = 0, **reading: Any) -> tuple[str, Doubt | None]:
    """Verdict and doubt of a page that says `record` after `known`."""
    found = doubted(Reading(verdict="page", page=record, **reading), Known(page=known, layout="sitevision"), floor)
    assert bool(found.why) == (found.verdict == "suspect")
    return found.verdict, found.doubt


def broken(text: str) -> str:
    """UTF-8 read as windows-1252."""
    return text.encode().decode("cp1252")


def in_words(change: Any) -> Page:
    """BASE with each section's text changed."""
    return page(*(section(change(one.heading), change(f"{SWEDISH} {n}")) for n, one in enumerate(FIVE)), language="sv")


SUSPECT: dict[str, tuple[Page, Doubt]] = {
    "three of five sections gone": (page(*FIVE[:2], language="sv"), "loss"),
    "all sections gone": (page(preamble=FIVE[0].blocks, language="sv"), "loss"),
    "headings left, texts gone": (page(*(section(one.heading) for one in FIVE), language="sv"), "loss"),
    "four exchanged for one": (page(FIVE[0], section("Nytt", "Kort."), language="sv"), "loss"),
    "text nearly gone": (page(*(section(one.heading, "Kort.") for one in FIVE), language="sv"), "loss"),
    "written in English": (page(*(section(f"Heading {n}", ENGLISH) for n in range(5)), language="sv"), "language"),
    "stated and written in English": (page(*(section(f"H {n}", ENGLISH) for n in range(5)), language="en"), "language"),
    "letters broken": (in_words(broken), "encoding"),
    "letters lost": (in_words(lambda text: text.translate(dict.fromkeys(map(ord, "åäöÅÄÖ"), "\ufffd"))), "encoding"),
}


@pytest.mark.parametrize("name", SUSPECT)
def test_what_does_not_fit_is_held(name: str) -> None:
    """Loss, another language, broken letters: a suspect, with a reason."""
    record, doubt = SUSPECT[name]
    assert told(record, layout="sitevision") == ("suspect", doubt)


FITS: dict[str, Page] = {
    "nothing changed": BASE,
    "one section removed": page(*FIVE[:4], language="sv"),
    "two of five removed": page(*FIVE[:3], language="sv"),
    "all reordered": page(*FIVE[::-1], language="sv"),
    "words edited everywhere": in_words(lambda text: text.replace("inte", "aldrig")),
    "all renamed": page(
        *(msgspec.structs.replace(one, heading=f"Ny {n}") for n, one in enumerate(FIVE)), language="sv"
    ),
    "rewritten, as many sections": page(*(section(f"Nytt {n}", SWEDISH[::-1]) for n in range(5)), language="sv"),
    "another tag over the same text": msgspec.structs.replace(BASE, language="en"),
    "no tag any more": msgspec.structs.replace(BASE, language=None),
    "an English summary added": page(*FIVE, section("Summary", ENGLISH), language="sv"),
    "a broken letter quoted": page(*FIVE, section("Fel", "Där stod Ã¤ i stället för ä, Ã¥ och Ã¶."), language="sv"),
}


@pytest.mark.parametrize("name", FITS)
def test_what_an_editor_does_fits(name: str) -> None:
    """Edits, moves, renamings and a rewriting are no suspects."""
    assert told(FITS[name], layout="sitevision") == ("page", None)


def test_signs_of_another_layout_turn_a_small_loss_into_drift() -> None:
    """A floor, another layout or a place newly missed: with any section lost, the layout is to blame; without, not."""
    shorter = page(*FIVE[:4], language="sv")
    missed = ("0 places for title, expected 1 to 1",)
    assert told(shorter, floor=5, layout="sitevision") == ("suspect", "drift")
    assert told(shorter, floor=4, layout="sitevision") == ("page", None)
    assert told(shorter, layout="generic") == ("suspect", "drift")
    assert told(shorter, layout="sitevision", remarks=missed) == ("suspect", "drift")
    known = Known(page=BASE, layout="sitevision", remarks=missed)
    assert doubted(Reading(verdict="page", page=shorter, layout="sitevision", remarks=missed), known).verdict == "page"
    longer = page(*FIVE, section("Till", "Mer."), language="sv")
    assert told(longer, layout="generic", remarks=missed, floor=9) == ("page", None)


def test_what_still_says_what_the_page_said_is_the_page() -> None:
    """A suspect by its marks in which half of the text stands is read as the page, with a remark."""
    marked = Reading(verdict="suspect", doubt="challenge", why="Ett märke.", page=page(*FIVE[:4], title="Ny"))
    found = doubted(marked, Known(page=BASE))
    assert (found.verdict, found.doubt, found.why) == ("page", None, "")
    assert "Ett märke." in found.remarks[-1]
    other = msgspec.structs.replace(marked, page=page(section("", "Vänta."), title="Ny"))
    assert doubted(other, Known(page=BASE)) == other


def test_tongues_are_told_apart_where_it_is_plain() -> None:
    """Running text has a language; names, numbers and a few words have none that is plain."""
    assert (tongue(SWEDISH), tongue(ENGLISH)) == ("sv", "en")
    assert tongue("Norrvik Stenvad Granlösa Lövfors " * 20) is None
    assert tongue("Det är så.") is None


# A page's nights: what it says, with the doubt that the answer itself raises; None is a night without an answer.
CONTENTS: dict[str, tuple[Page, Doubt | None] | None] = {
    "A": (page(section("Ett", "Allt är som det ska."), section("Två", "Här med."), section("Tre", "Och här.")), None),
    "B": (page(section("Ett", "Allt är ändrat."), section("Två", "Här med."), section("Tre", "Och här.")), None),
    "loss": (page(section("Ett", "Allt är som det ska.")), None),
    "lost": (page(section("", "Sidan finns inte."), title="Sidan finns inte"), "soft_404"),
    "wall": (page(section("", "Är du en människa?"), title="Vänta"), "challenge"),
    "fail": None,
}


def read_back(look: Capture) -> Reading:
    """The reading that a body of these nights is."""
    return msgspec.json.decode(look.body or b"", type=Reading)


def keep_night(archive: Archive, number: int, name: str) -> None:
    """One night of the page."""
    site = Site(name="prov", start=(ADDRESS,), suspect_nights=2)
    run = archive.begin_run(site, version="0", now=night(number))
    content = CONTENTS[name]
    if content is None:
        archive.keep(run, capture(at=night(number), outcome="timeout", status=None, body=None))
    else:
        record, doubt = content
        verdict = "suspect" if doubt else "page"
        reading = msgspec.convert({"verdict": verdict, "doubt": doubt, "why": doubt or ""}, Reading)
        reading = msgspec.structs.replace(reading, page=record)
        kept = archive.keep(run, capture(at=night(number), body=msgspec.json.encode(reading)))
        archive.record(kept.id, reading, parser=PARSER, reread=read_back)
    archive.finish_run(run, "ok", {}, now=night(number))


steps = st.lists(
    st.one_of(st.sampled_from(list(CONTENTS)), st.tuples(st.sampled_from(["accept", "reject"]), st.integers(0, 3))),
    max_size=9,
)


@settings(max_examples=25, deadline=None)
@given(steps)
def test_whatever_the_nights_and_decisions_the_history_follows_from_evidence(sequence: list[Any]) -> None:
    """Nights and decisions in any order: made anew in time order, the history is the same; walls need a person."""
    with TemporaryDirectory() as folder, Archive(Path(folder) / "x.db") as archive:
        accepted = set()
        for number, step in enumerate(sequence, 1):
            if isinstance(step, str):
                keep_night(archive, number, step)
                continue
            listed = list(archive.database.query("SELECT entry, digest FROM quarantine_list ORDER BY entry"))
            if listed:
                chosen = listed[step[1] % len(listed)]
                name = bytes.fromhex(chosen["digest"])
                accepted.add(name)
                decision = Decision(entry=chosen["entry"], page=1, digest=name, decision=step[0], by="Stina", why="")
                archive.decide(decision, parser=PARSER, reread=read_back, now=night(number))
        before = says(archive.database)
        if any(isinstance(step, str) for step in sequence):
            with transaction(archive.database, archive.path):
                replay_page(archive.database, 1, 1, parser=PARSER, reread=read_back)
        assert says(archive.database) == before
        wall = CONTENTS["wall"]
        assert wall is not None
        revisions = [
            name for (name,) in archive.database.execute("SELECT digest FROM revisions ORDER BY seq").fetchall()
        ]
        assert digest(wall[0]) not in revisions or digest(wall[0]) in accepted
        assert all(a != b for a, b in pairwise(revisions))
