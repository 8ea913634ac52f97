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
from scraper.selectors import Finder
from scraper.tree import Region, Tree, parse


def finder_of(html: str) -> tuple[Finder, Region]:
    tree = Tree(parse(html))
    return Finder(tree), Region(tree)


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
    finder, nothing = finder_of(html)
    element = title_element(finder, finder.first(["main", "body"]), GENERIC, nothing)
    assert title_of(finder, element, nothing, fields(finder)) == title


def test_a_hidden_heading_is_no_title() -> None:
    """What stands in chrome names another thing than the page."""
    finder, nothing = finder_of("<header><h1>Kommunen</h1></header><h1>Sidan</h1>")
    element = title_element(finder, finder.first(["body"]), GENERIC, nothing | finder.first(["header"]))
    assert title_of(finder, element, nothing, {}) == "Sidan"


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
    finder, _ = finder_of(html)
    assert language(finder, fields(finder)) == tag


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
    finder, _ = finder_of(html)
    assert canonical(finder, base_address(finder, BASE)) == address


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
    finder, nothing = finder_of(html)
    assert breadcrumb(finder, GENERIC, nothing) == trail


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
        ("<p>Ansvarig\n  för sidan: Siv Ek</p>", Person(name="Siv Ek")),
    ],
)
def test_the_responsible_person_is_named_by_a_label(html: str, person: Person | None) -> None:
    """In the labelled element, after it or in the next portlet; a sentence or a mail address names nobody."""
    finder, nothing = finder_of(f"<main>{html}</main>")
    found = responsible(finder, finder.first(["main"])[0], GENERIC, nothing)
    assert found.person == person
    assert bool(found.elements) == (person is not None)


def test_a_layout_may_know_the_place() -> None:
    """A block of the layout's that names nobody leaves the question to the labels."""
    finder, nothing = finder_of("<main><div class=lp-byline>Redaktionen</div><p>Sidansvarig: Åsa Ek</p></main>")
    found = responsible(finder, finder.first(["main"])[0], layouts()["sitevision"], nothing)
    assert found.person == Person(name="Åsa Ek")


def test_fields_are_named_without_regard_to_case() -> None:
    """name, property, itemprop and http-equiv name a field; empty values are none."""
    finder, _ = finder_of(
        "<meta name=DC.Date content=a><meta property=og:x content=b><meta itemprop=y content=c>"
        "<meta http-equiv=Refresh content=d><meta name=e content=' '>"
    )
    assert fields(finder) == {"dc.date": ["a"], "og:x": ["b"], "y": ["c"], "refresh": ["d"]}
