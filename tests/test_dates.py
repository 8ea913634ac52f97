"""When a page says that it was published and updated: by trust, exact, and not by other pages' days."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from schemas.capture import Capture
from schemas.page import Dated, DateSource, Page
from schemas.reading import Reading
from scraper.parse import read

ADDRESS = "https://www.ekeby.example/omsorg/hemtjanst.1042.html"
DAY = date(2021, 5, 24)


def reading_of(html: str, layout: str = "generic", address: str = ADDRESS) -> Reading:
    return read(
        Capture(
            address=address,
            fetched_at=datetime(2022, 2, 3, 4, 5, tzinfo=UTC),
            outcome="fetched",
            head=b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n",
            body=html.encode(),
        ),
        layout,
    )


def page_of(html: str, layout: str = "generic", address: str = ADDRESS) -> Page:
    page = reading_of(html, layout, address).page
    assert page is not None
    return page


@pytest.mark.parametrize(
    ("html", "source"),
    [
        ("<p>Publicerad: 24 maj 2021</p>", "text"),
        ("<p>Publicerad 24 maj 2021 kl. 14.05</p>", "text"),
        ("<p>Publicerad 24 maj 2021 | Text: Siv Ask</p>", "text"),
        ("<p>Text: Siv Ask | Publicerad 24 maj 2021</p>", "text"),
        ("<p>Publicerad 24 maj 2021 av Siv Ask</p>", "text"),
        ("<p><span>Publicerat: 24 maj 2021</span> <span>Senast uppdaterat: 2 juni 2021</span></p>", "text"),
        ("<p>Sidan publicerades 24 maj 2021 och uppdaterades senast 2 juni 2021.</p>", "text"),
        ("<p>Publicerad: 24 maj 2021. Sidansvarig: Siv Ask</p>", "text"),
        ("<p>Publicerad <time datetime=2021-05-24>i måndags</time></p>", "time"),
        ("<p><time itemprop=datePublished datetime=2021-05-24T08:00>i måndags</time></p>", "time"),
        ("<meta property=article:published_time content=2021-05-24T08:00:00+02:00>", "meta"),
        ("<meta name=DCTERMS.issued content=2021-05-24>", "meta"),
        ("<meta name=DC.Date content=oläsligt><meta name=DC.Date content=2021-05-24>", "meta"),
    ],
)
def test_each_source_can_tell_the_day(html: str, source: DateSource) -> None:
    """Text, <time> and <meta> each give the day, and say which of them it was."""
    assert page_of(f"<main>{html}<p>Hej</p></main>").published == Dated(on=DAY, source=source)


@pytest.mark.parametrize(
    "html",
    [
        "<p>Publicerad forskning från 24 maj 2021</p>",
        "<p>Publicerad 24 maj 2021 av kommunens mest lästa tidning</p>",
        "<p>Publicerad: 2021</p>",
        f"<p>Publicerad 24 maj 2021 {'|' * 200}</p>",
        "<p>Loppet går <time datetime=2021-05-24>på måndag</time></p>",
        "<p>Publicerad <time datetime=2021>i år</time></p>",
        "<nav><p>Publicerad <time datetime=2021-05-24>i måndags</time></p></nav>",
        "<time class=published datetime=2021-05-24>a</time><time class=published datetime=2021-05-25>b</time>",
        "<meta name=dcterms.issued content=2021>",
    ],
)
def test_what_is_no_statement_gives_no_day(html: str) -> None:
    """Sentences, events, bare years and the days of other pages do not date a page."""
    assert page_of(f"<main>{html}<p>Hej</p></main>").published is None


def test_trust_goes_from_text_to_address() -> None:
    """Of several sources the most trusted is used."""
    address = "https://a.example/2018-01-16-kvarnen.html"
    meta = "<meta name=dcterms.issued content=2019-01-01>"
    time = "<time pubdate datetime=2020-01-01>då</time>"
    text = "<p>Publicerad 2021-01-01</p>"
    stated = [page_of(f"<main>{html}<p>Hej</p></main>", address=address).published for html in
              ("", meta, meta + time, meta + time + text)]  # fmt: skip
    assert [(day.on.year, day.source) for day in stated if day] == [
        (2018, "address"),
        (2019, "meta"),
        (2020, "time"),
        (2021, "text"),
    ]


def test_a_place_of_its_own_needs_no_label() -> None:
    """Where the layout knows the place, the bare day is enough; elsewhere it is content."""
    html = '<main><p class="lp-publication-date">24 maj 2021</p><div class=pagecontent><p>3 juni 2022</p></div></main>'
    page = page_of(html, "sitevision")
    assert page.published == Dated(on=DAY, source="text")
    assert len(page.sections[0].blocks) == 1


def test_a_place_that_says_something_else_is_passed_over() -> None:
    """A footer without a day leaves the question to the text."""
    html = "<p>Hej</p><p>Senast uppdaterad 24 maj 2021</p><footer><p>Rådhuset</p><p>Torget 1</p></footer>"
    assert page_of(html).updated == Dated(on=DAY, source="text")


def test_different_days_under_one_label_are_none() -> None:
    """A list of news with its days does not date the page; that it was seen is remarked on, and it stays content."""
    reading = reading_of("<main><div>Publicerad 3 maj 2021</div><div>Publicerad 9 maj 2021</div></main>")
    assert reading.page is not None
    assert reading.page.published is None
    assert len(reading.page.sections[0].blocks) == 2
    assert "2 different days called published in the text: none used" in reading.remarks


@pytest.mark.parametrize(
    ("address", "day"),
    [
        ("https://a.example/nytt/2018-01-16-kvarnen.html", date(2018, 1, 16)),
        ("https://a.example/nytt/2018-01-16.html?a=b#c", date(2018, 1, 16)),
        ("https://a.example/2018-01-16-arkiv/kvarnen.html", None),
        ("https://a.example/nytt/2018-02-31-kvarnen.html", None),
        ("https://a.example/nytt/kvarnen-2018-01-16.html", None),
    ],
)
def test_the_address_may_date_a_page(address: str, day: date | None) -> None:
    """Only a calendar day at the start of the last path segment counts."""
    assert page_of("<p>Hej</p>", address=address).published == (Dated(on=day, source="address") if day else None)


def test_the_day_of_a_review_stands_in_for_an_update() -> None:
    """Where no update is stated, a review gives its day and is no content; a stated update goes first."""
    reviewed = "<p>Senast granskad: 24 maj 2021</p>"
    assert page_of(f"<main>{reviewed}<p>Hej</p></main>").updated == Dated(on=DAY, source="text")
    both = page_of(f"<main>{reviewed}<p>Senast uppdaterad 3 maj 2020</p><p>Hej</p></main>")
    assert both.updated == Dated(on=date(2020, 5, 3), source="text")


@pytest.mark.parametrize("attribute", ["name", "http-equiv"])
@pytest.mark.parametrize("stamp", ["Thu, 03 Feb 2022 04:05:06 GMT", "2022-02-03T04:05:06Z", "2022-02-03"])
def test_a_stamp_of_the_server_is_no_update(attribute: str, stamp: str) -> None:
    """A last-modified field may be written anew at each request: read, it would be a change of the page every night."""
    html = f"<meta {attribute}=last-modified content='{stamp}'><main><h1>Hej</h1><p>Text.</p></main>"
    assert page_of(html).updated is None
    assert page_of(html) == page_of(html.replace("2022", "2023"))
