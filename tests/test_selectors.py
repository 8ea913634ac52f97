"""Finding by selectors: what the cheap look rules out is not there, whatever the page."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.layout import Place, layouts
from scraper.selectors import Finder
from scraper.tree import Tree, parse
from tests.test_layout import SELECTORS

PLACES = [place for layout in layouts().values() for place in (layout.preamble, layout.breadcrumb, layout.updated)]
PIECES = (
    "<nav aria-label=LÄNKSTIG>", "<NAV aria-label='x breadcrumb'>", "<div class='Menu COOKIE-banner'>", "<main>", "<p>",
    "<div class=menu>", "<i class=ingress>", "<b id=Ingress-1>", "<div class=sv-text-portlet>", "<body class=related>",
    "<h1>", "</div>", "<form role=search>", "<div role=' Banner'>", "<div class='pagecontent\nsv-layout'>", "<footer>",
    "<section class=sv-template-portlet>", "<a><img alt=pdf></a>", "<x itemtype=/BreadcrumbList>", "<!doctype html>",
    "<aside>", "<header>", "<article>", "<dialog>", "<meta name=Generator content='SiteVision 5'>", "<div id=content>",
)  # fmt: skip


@settings(deadline=None, max_examples=100)
@given(st.lists(st.sampled_from(PIECES), max_size=12))
def test_nothing_is_ruled_out_that_is_there(pieces: list[str]) -> None:
    """For each selector of the layouts: found with the cheap look is what lexbor finds without it."""
    document = parse("".join(pieces))
    finder = Finder(Tree(document))
    for selector in SELECTORS:
        expected = [node.mem_id for node in document.css(selector)]
        assert [finder.tree.nodes[element].mem_id for element in finder.first([selector])] == expected, selector
        assert finder.has(selector) == bool(expected)


@pytest.mark.parametrize("place", PLACES)
def test_places_are_found_in_order_of_trust(place: Place) -> None:
    """The first selector that matches anything decides, and nothing is found on an empty page."""
    assert Finder(Tree(parse("<p>Hej</p>"))).first(place.select) == []


def test_selectors_with_commas_and_escapes_are_split_where_lists_are() -> None:
    """A comma in parentheses, brackets or quotes parts nothing; an escape is left to lexbor."""
    finder = Finder(Tree(parse("<p class='a:b' title='x,y'>Hej</p><i>du</i>")))
    assert len(finder.first([r".a\:b"])) == 1
    assert len(finder.first(["[title='x,y'], :is(b, i)"])) == 2
    assert finder.first(["b, u"]) == []
