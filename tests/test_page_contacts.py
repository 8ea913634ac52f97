"""Contacts and times of a whole page: from content and chrome, with where they stand."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import chain

import pytest

from schemas.capture import Capture
from schemas.mention import Mention
from schemas.page import Page, Paragraph, Section
from schemas.reading import Reading, Rules
from scraper.parse import read
from scraper.recognise import recognised


def reading_of(content: str, aside: str = "", *, people: bool = True) -> Reading:
    """A SiteVision page with a contact box that the layout leaves out of the content."""
    html = (
        "<html lang=sv><head><title>Hej</title></head><body><div id=svid10 class=lp-main><h1>Så gör vi</h1>"
        f"{content}</div><div class=lp-contact>{aside}</div></body></html>"
    )
    seen = Capture(
        address="https://www.ekeby.example/hej.html",
        fetched_at=datetime(2022, 2, 3, 4, 5, tzinfo=UTC),
        outcome="fetched",
        head=b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n",
        body=html.encode(),
    )
    return recognised(read(seen, "sitevision"), Rules(people=people))


def in_content(reading: Reading) -> list[tuple[int, Mention]]:
    """The people of the content who can be reached, each with the number of its text, 0 for the head."""
    found = enumerate(reading.mentions or ())
    return [(number, one) for number, named in found for one in named if one.mail or one.phone]


def told(content: str, aside: str = "") -> list[tuple[str, str, str, str, str]]:
    """Everyone who can be reached, and the part of the chrome that says so."""
    reading = reading_of(content, aside)
    assert reading.chrome is not None
    return [
        *((one.name, one.role, one.mail, one.phone, "") for _, one in in_content(reading)),
        *(
            (one.name, one.role, one.mail, one.phone, part.name)
            for part, contacts in zip(reading.chrome.parts, reading.contacts, strict=True)
            for one in contacts
        ),
    ]


BOX = (
    "<h2>Kontakt</h2><p>Ylva Ek<br>Projektledare</p><p><a href='mailto:Ylva.Ek@exempel.example?subject=Hej'>Skriv</a>"
    "</p><p><a href='tel:+4681234567'>08-123 45 67</a></p>"
)


def test_a_box_that_the_layout_drops_has_its_contact() -> None:
    """The box is chrome and no content, and still says who can be reached; an address may stand only behind a link."""
    expected = ("Ylva Ek", "projektledare", "ylva.ek@exempel.example", "08-123 45 67", "contact")
    assert told("<p>Text.</p>", BOX) == [expected]


def test_a_section_that_offers_contact_has_its_contact() -> None:
    """The heading is evidence for a name that no list knows, and the section is told."""
    reading = reading_of("<p>Text.</p><h2>Kontaktperson</h2><p>Zorka Blagoj</p><p>zorka@exempel.example</p>")
    assert [(number, one.name, one.mail) for number, one in in_content(reading)] == [
        (2, "Zorka Blagoj", "zorka@exempel.example")
    ]


def test_a_contact_in_content_and_box_is_told_in_both() -> None:
    """The page says it twice; each goes when it goes."""
    text = "<h2>Frågor?</h2><p>Ylva Ek, projektledare, ylva.ek@exempel.example, 08-123 45 67</p>"
    assert [(name, part) for name, *_, part in told(text, BOX)] == [("Ylva Ek", ""), ("Ylva Ek", "contact")]


def test_a_person_named_twice_is_one_with_the_role_that_stands_beside_the_number() -> None:
    """The mention with the same role has the address; the other is a mention as before."""
    text = "<h2>Kontakt</h2><p>Ylva Ek svarar.</p><p>Ylva Ek, projektledare, ylva@exempel.example</p>"
    people = [one for named in reading_of(text).mentions or () for one in named if one.kind == "person"]
    assert ("projektledare", "ylva@exempel.example") in [(one.role, one.mail) for one in people]
    assert sum(bool(one.mail) for one in people) == 1


def test_who_is_not_to_be_recorded_cannot_be_reached_either() -> None:
    """Without people = true there is neither name nor number, of content or chrome; an organisation has its own."""
    reading = reading_of("<h2>Kontakt</h2><p>Ylva Ek, ylva@exempel.example</p>", BOX)
    assert in_content(reading)
    without = reading_of("<h2>Kontakt</h2><p>Ylva Ek, ylva@exempel.example</p>", BOX, people=False)
    assert (in_content(without), [*chain(*without.contacts)]) == ([], [])
    text = "<h2>Kontakt</h2><p>Ylva Ek, ylva@exempel.example</p><h2>Växel</h2><p>Haninge kommun, 08-465 004 01</p>"
    ((number, body),) = in_content(reading_of(text, BOX, people=False))
    assert (number, body.kind, body.name, body.phone) == (2, "organisation", "Haninge kommun", "08-465 004 01")


@pytest.mark.parametrize(
    "content",
    ["<p>Ylva Ek talade.</p>", "<p>Växel: 08-123 45 67, info@exempel.example</p>", "<p><a href=/y>Ylva Ek</a></p>",
     "<p>Ylva Ek talade.</p><h2>Växeln</h2><p>08-123 45 67</p>"],
)  # fmt: skip
def test_who_cannot_be_reached_is_no_contact(content: str) -> None:
    """Neither a speaker nor a switchboard, nor a name in the section before."""
    assert told(content) == []


def test_times_are_mentions_no_more_exact_than_they_are_written() -> None:
    """Of the head and of each section, with the words."""
    page = Page(
        title="Så gick det 2019",
        sections=(Section(heading="Starten", level=2, blocks=(Paragraph(text="I maj 2018, den 3 juni 2018."),)),),
    )
    found = recognised(Reading(verdict="page", page=page), Rules()).mentions or ()
    assert [
        (number, one.name, text[one.start : one.end])
        for number, (text, named) in enumerate(zip(page.texts(), found, strict=True))
        for one in named
        if one.kind == "date"
    ] == [(0, "2019", "2019"), (1, "2018-05", "maj 2018"), (1, "2018-06-03", "3 juni 2018")]
