"""What a page says about itself: title, language, canonical, breadcrumb, responsible person."""

from __future__ import annotations

import pytest

from schemas.page import Person
from scraper.layout import layouts
from scraper.metadata import (
    base_address,
    breadcrumb,
    canonical,
    fields,
    language,
    responsible,
    title_element,
    title_of,
)
from scraper.tree import ids_of, parse

GENERIC = layouts()["generic"]
BASE = "https://www.ekeby.example/omsorg/"


@pytest.mark.parametrize(
    ("html", "title"),
    [
        ("<title>Flik | Kommun</title><h1>Rubrik<br>på två</h1>", "Rubrik på två"),
        ("<title>Flik | Avdelning | Kommun</title>", "Flik"),
        ("<title>Flik - Avdelning - Kommun</title>", "Flik - Avdelning"),
        ("<title>  Nord-Syd \n dagen </title>", "Nord-Syd dagen"),
        ("<title> | Kommun</title>", "| Kommun"),
        ("<meta property=og:title content=Delad>", "Delad"),
        ("<h1> </h1><h1>Andra</h1>", "Andra"),
        ("<main><p>x</p></main><h1>Utanför</h1>", ""),
        ("<svg><title>Ikon</title></svg>", ""),
        ("", ""),
    ],
)
def test_the_title_is_what_a_reader_sees(html: str, title: str) -> None:
    """The first heading that says something, else <title> without the site's name, else og:title."""
    document = parse(html)
    root = document.css_first("main") or document.body
    assert root is not None
    element = title_element([root], GENERIC, set())
    assert title_of(document, element, set(), fields(document)) == title


def test_a_hidden_heading_is_no_title() -> None:
    """What stands in chrome names another thing than the page."""
    document = parse("<header><h1>Kommunen</h1></header><h1>Sidan</h1>")
    assert document.body is not None
    element = title_element([document.body], GENERIC, ids_of(document.css("header")))
    assert title_of(document, element, set(), {}) == "Sidan"


@pytest.mark.parametrize(
    ("html", "tag"),
    [
        ("<html lang=sv>", "sv"),
        ("<html lang=' '><meta name=dcterms.language content=en-GB>", "en-GB"),
        ("<html lang='ej ett språk'><meta property=og:locale content=sv_SE>", "sv-SE"),
        ("<html>", None),
    ],
)
def test_the_language_is_a_tag_or_nothing(html: str, tag: str | None) -> None:
    """<html lang> goes before the meta fields; what is no tag is passed over."""
    document = parse(html)
    assert language(document, fields(document)) == tag


@pytest.mark.parametrize(
    ("html", "address"),
    [
        ("<link rel=canonical href=/a.1.html;jsessionid=1#b>", "https://www.ekeby.example/a.1.html"),
        ("<base href=/rum/><link rel='x Canonical' href=b>", "https://www.ekeby.example/rum/b"),
        ("<base href='http://['><link rel=canonical href=b>", BASE + "b"),
        ("<link rel=canonical href=''>", None),
        ("<link rel=canonical href='http://['>", None),
        ("<link rel=canonical href=mailto:a@b.example>", None),
        ("<link rel=stylesheet href=/a.css>", None),
    ],
)
def test_the_canonical_address_is_resolved(html: str, address: str | None) -> None:
    """Relative to the base, in normal form; None when there is none that could be asked for."""
    document = parse(html)
    assert canonical(document, base_address(document, BASE)) == address


@pytest.mark.parametrize(
    ("html", "trail"),
    [
        (
            "<nav aria-label='Länkstig'><ol><li><a href=/>Start</a><li aria-current=page>Här</ol></nav>",
            ("Start", "Här"),
        ),
        ("<nav aria-label=Breadcrumb><a href=/>Start</a> / <a href=/b>Barn</a></nav>", ("Start", "Barn")),
        ("<div class=breadcrumb> </div><div class=breadcrumb><li>/ Start ›<li> </div>", ("Start",)),
        ("<nav><a href=/>Meny</a></nav>", ()),
    ],
)
def test_the_breadcrumb_is_its_labels(html: str, trail: tuple[str, ...]) -> None:
    """Entries of the list, else links; separators are no words."""
    assert breadcrumb(parse(html), GENERIC, set()) == trail


@pytest.mark.parametrize(
    ("html", "person"),
    [
        ("<h2>Informationsansvarig</h2><ul><li>Åsa Ek<br>Utredare</ul>", Person(name="Åsa Ek", role="Utredare")),
        ("<h2>Informationsansvarig:</h2> <p> </p><p>Åsa Ek, utredare</p>", Person(name="Åsa Ek", role="utredare")),
        ("<div><div><h3>Sidansvarig</h3></div></div><div>Åsa Ek<br>0123-45</div>", Person(name="Åsa Ek")),
        ("<p>Sidansvarig: Åsa Ek</p>", Person(name="Åsa Ek")),
        ("<p>Sidansvarig<br>Åsa Ek<br>E-post</p>", Person(name="Åsa Ek")),
        ("<p>Sidansvarig är Åsa Ek</p>", None),
        ("<p>Sidansvarig: asa@ekeby.example</p>", None),
        ("<h2>Sidansvarig</h2>lös text<p>Åsa Ek</p>", None),
        ("<h2>Sidansvarig</h2>", None),
        ("<h2>Sidansvarig</h2><div>A<p>B<p>C<p>D<p>E<p>F</div>", None),
        ("<div><div><div><div><div><h2>Sidansvarig</h2></div></div></div></div></div><p>Åsa Ek</p>", None),
        ("<h2> </h2><p>Hej</p>", None),
    ],
)
def test_the_responsible_person_is_named_by_a_label(html: str, person: Person | None) -> None:
    """In the labelled element, after it or in the next portlet; a sentence or a mail address names nobody."""
    document = parse(f"<main>{html}</main>")
    root = document.css_first("main")
    assert root is not None
    found = responsible(root, document, GENERIC, set())
    assert found.person == person
    assert bool(found.elements) == (person is not None)


def test_a_layout_may_know_the_place() -> None:
    """A block of the layout's that names nobody leaves the question to the labels."""
    document = parse("<main><div class=lp-byline>Redaktionen</div><p>Sidansvarig: Åsa Ek</p></main>")
    root = document.css_first("main")
    assert root is not None
    assert responsible(root, document, layouts()["sitevision"], set()).person == Person(name="Åsa Ek")


def test_fields_are_named_without_regard_to_case() -> None:
    """name, property, itemprop and http-equiv name a field; empty values are none."""
    document = parse(
        "<meta name=DC.Date content=a><meta property=og:x content=b><meta itemprop=y content=c>"
        "<meta http-equiv=Refresh content=d><meta name=e content=' '>"
    )
    assert fields(document) == {"dc.date": ["a"], "og:x": ["b"], "y": ["c"], "refresh": ["d"]}
