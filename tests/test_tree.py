"""The tree of elements: stored form, words in reading order, and regions."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.layout import Layout, layouts
from scraper.selectors import Finder
from scraper.text import BREAK, EDGE, can_be_seen, stored
from scraper.tree import Region, Tree, parse


def found_in(html: str) -> tuple[Finder, Tree, int]:
    tree = Tree(parse(html))
    assert tree.body is not None
    return Finder(tree), tree, tree.body


@pytest.mark.parametrize(
    ("pieces", "text"),
    [
        (["Fitja", "tun"], "Fitjatun"),
        ([" a ", " b "], "a b"),
        (["a ", BREAK, " b"], "a\nb"),
        (["a", BREAK, " ", BREAK, "b"], "a\n\nb"),
        (["a", BREAK, EDGE, EDGE, " b", EDGE], "a\nb"),
        (["\u00a0a\u00a0", " "], "\u00a0a\u00a0"),
        ([], ""),
    ],
)
def test_pieces_join_to_stored_form(pieces: list[str], text: str) -> None:
    """A break is a line feed, edges are one together, spaces are one, no-break spaces stay."""
    assert stored("".join(pieces)) == text


@settings(deadline=None)
@given(st.text(alphabet=["a", " ", "\n", "\v", "\u00a0", "\u00ad"]))
def test_stored_form_is_stable(text: str) -> None:
    """What is in stored form stays so, and has no blank at either end."""
    once = stored(text)
    assert stored(once) == once
    assert not re.search(r"^[ \n]|[ \n]$|  |\v", once)


@pytest.mark.parametrize("text", ["", " ", "\u00a0", "\u200b\ufeff", "\u00ad\n"])
def test_what_leaves_no_ink_cannot_be_seen(text: str) -> None:
    """Spaces of any kind, soft hyphens and zero-width characters are nothing to a reader."""
    assert not can_be_seen(text)
    assert can_be_seen(f"{text}å{text}")


def test_words_come_in_reading_order() -> None:
    """Blocks on lines of their own, scripts and hidden elements left out, entities read."""
    finder, tree, body = found_in(
        "<p>A&amp;<b>B</b><!-- c --><script>d</script></p>e<br>f<div id=g>g</div><ul><li>h<li> </ul>"
    )
    assert tree.lines(body, Region(tree, finder.first(["#g"]))) == ["A&B", "e", "f", "h"]
    assert tree.words(body, Region(tree)) == "A&B\ne\nf\ng\nh"


def test_words_in_what_is_silent_are_read_from_inside() -> None:
    """A film's fallback says nothing on the page, and its own words when it is asked for."""
    finder, tree, body = found_in("a<video><p>b<script>c</script></p></video>d")
    assert tree.words(body, Region(tree)) == "ad"
    assert tree.words(finder.first(["p"])[0], Region(tree)) == "b"


def test_a_body_that_a_frame_set_replaced_is_read() -> None:
    """What stood before the frame set is not in the document any more, and is laid out all the same."""
    _, tree, body = found_in("<figure title=a></figure><frameset><frame></frameset>")
    assert [tree.tags[number] for number in range(body, tree.ends[body])] == ["body", "figure"]
    assert "frameset" in tree.tags


def test_elements_are_found_once_in_order() -> None:
    """The first selector that matches decides; an element that matches twice is found once."""
    finder, tree, body = found_in("<h1 class=a>1</h1><p class=a>2</p><h1>3</h1>")
    found = finder.within([body, body], [".none", "h1, .a", "p"])
    assert [tree.line(element, Region(tree)) for element in found] == ["1", "2", "3"]
    assert finder.first([".none", "h1, .a", "p"]) == found
    assert finder.within([body], []) == finder.any([]) == []


def test_a_region_covers_what_stands_in_it() -> None:
    """The element itself and all under it, however deep; nothing beside it, and never nothing."""
    finder, tree, body = found_in("<div id=a><p><b></b></p></div><i></i>")
    region = Region(tree, finder.first(["#a"]))
    assert [region.covers(finder.first([tag])[0]) for tag in ("b", "p", "div", "i")] == [True, True, True, False]
    assert not region.covers(body)
    assert not region.covers(None)


@pytest.mark.parametrize("layout", layouts().values(), ids=lambda layout: layout.name)
def test_the_cheap_look_for_labels_misses_none(layout: Layout) -> None:
    """A page that has a label of a place, in any letters and over several elements, has one of the place's hints."""
    for place in (layout.published, layout.updated, layout.reviewed, layout.responsible):
        for label in (spelled for one in place.labels for spelled in (one, one.upper(), one.lower())):
            _, tree, _ = found_in(f"<p>å <b>{label[:3]}</b>{label[3:]}")
            assert tree.may_say(place.hints), label
    _, tree, _ = found_in("<p>Nothing of the kind.")
    assert not tree.may_say(layout.published.hints)


@pytest.mark.parametrize(
    ("html", "line"),
    [
        ("<li><span>Start</span><span>24 augusti</span></li>", "Start 24 augusti"),
        ("<p><time>2026-06-09</time><span>Politik</span></p>", "2026-06-09 Politik"),
        ("<p><span>Kom</span><span>munen</span></p>", "Kommunen"),
        ("<p>Fitja<span>Tun</span></p>", "FitjaTun"),
        ("<p><b>Mc</b><b>Ek</b></p>", "McEk"),
        ("<div><a href=r.pdf>Rapport 2024</a><a href=r.pdf download>Ladda ner</a></div>", "Rapport 2024 Ladda ner"),
        ("<p><a href=a>karta</a><a href=b>bilder</a></p>", "karta bilder"),
        ("<p><a href=a>Karta (pdf)</a><a href=a>Ladda ner</a></p>", "Karta (pdf) Ladda ner"),
        ("<p>ord<a id=x></a><a href=a>bok</a></p>", "ordbok"),
        ("<p><a href=a>Kom</a><a href=a>munen</a><a href=b>.</a></p>", "Kommunen."),
    ],
)
def test_words_that_only_a_style_sheet_parts(html: str, line: str) -> None:
    """Spans or links side by side are words of their own where the next begins as one; a word cut in two stays one."""
    _, tree, body = found_in(html)
    tree.part()
    assert tree.line(body, Region(tree)) == line
