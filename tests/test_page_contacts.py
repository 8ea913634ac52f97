"""Contacts and times of a whole page: from content and chrome, with where they stand."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from schemas.capture import Capture
from schemas.mention import PageContact
from schemas.page import Dated, Page, Paragraph, Section
from schemas.reading import Reading
from scraper.page_contacts import contacts_of
from scraper.page_dates import dates_of
from scraper.parse import read


def reading_of(content: str, aside: str = "") -> Reading:
    """A SiteVision page with a contact box that the layout leaves out of the content."""
    html = (
        "<html lang=sv><head><title>Hej</title></head><body><div id=svid10 class=lp-main><h1>Så gör vi</h1>"
        f"{content}</div><div class=lp-contact>{aside}</div></body></html>"
    )
    return read(
        Capture(
            address="https://www.ekeby.example/hej.html",
            fetched_at=datetime(2022, 2, 3, 4, 5, tzinfo=UTC),
            outcome="fetched",
            head=b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n",
            body=html.encode(),
        ),
        "sitevision",
    )


def contacts(content: str, aside: str = "") -> tuple[PageContact, ...]:
    reading = reading_of(content, aside)
    assert reading.page is not None
    return contacts_of(reading.page, reading.chrome)


def told(content: str, aside: str = "") -> list[tuple[str, str, str, str, str]]:
    return [
        (each.contact.name, each.contact.role, each.contact.mail, each.contact.phone, each.spot.part)
        for each in contacts(content, aside)
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
    found = contacts("<p>Text.</p><h2>Kontaktperson</h2><p>Zorka Blagoj</p><p>zorka@exempel.example</p>")
    assert [(each.contact.name, each.contact.mail, each.spot.heading) for each in found] == [
        ("Zorka Blagoj", "zorka@exempel.example", "Kontaktperson")
    ]
    assert found[0].contact.start == 0


def test_a_contact_in_content_and_box_is_one() -> None:
    """The page says it twice, and it is the content's."""
    text = "<h2>Frågor?</h2><p>Ylva Ek, projektledare, ylva.ek@exempel.example, 08-123 45 67</p>"
    assert [(each.contact.name, each.spot.part) for each in contacts(text, BOX)] == [("Ylva Ek", "")]


@pytest.mark.parametrize(
    "content",
    ["<p>Ylva Ek talade.</p>", "<p>Växel: 08-123 45 67, info@exempel.example</p>", "<p><a href=/y>Ylva Ek</a></p>",
     "<p>Ylva Ek talade.</p><h2>Växeln</h2><p>08-123 45 67</p>"],
)  # fmt: skip
def test_who_cannot_be_reached_is_no_contact(content: str) -> None:
    """Neither a speaker nor a switchboard, nor a name in the section before."""
    assert told(content) == []


def test_times_have_their_source_and_section() -> None:
    """What the page states of itself comes first; texts are read no more exactly than they are written."""
    page = Page(
        title="Så gick det 2019",
        published=Dated(on=date(2021, 5, 24), source="meta"),
        updated=Dated(on=date(2021, 6, 1), source="text"),
        sections=(Section(heading="Starten", level=2, blocks=(Paragraph(text="I maj 2018, den 3 juni 2018."),)),),
    )
    assert [(str(e.when), e.words, e.source, e.says, e.spot.section, e.spot.heading) for e in dates_of(page)] == [
        ("2021-05-24", "2021-05-24", "meta", "published", None, ""),
        ("2021-06-01", "2021-06-01", "text", "updated", None, ""),
        ("2019", "2019", "text", "named", None, ""),
        ("2018-05", "maj 2018", "text", "named", 0, "Starten"),
        ("2018-06-03", "3 juni 2018", "text", "named", 0, "Starten"),
    ]
    assert dates_of(Page(title="Utan tid")) == ()
