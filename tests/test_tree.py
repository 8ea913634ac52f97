"""The tree of elements: stored form, words in reading order, and regions."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.tree import BREAK, EDGE, Node, Region, can_be_seen, find, ids_of, lines, parse, stored, words


def body_of(html: str) -> Node:
    body = parse(html).body
    assert body is not None
    return body


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
    body = body_of("<p>A&amp;<b>B</b><!-- c --><script>d</script></p>e<br>f<div id=g>g</div><ul><li>h<li> </ul>")
    assert lines(body, ids_of(body.css("#g"))) == ["A&B", "e", "f", "h"]
    assert words(body, set()) == "A&B\ne\nf\ng\nh"


def test_elements_are_found_once_in_order() -> None:
    """The first selector that matches decides; an element that matches twice is found once."""
    body = body_of("<h1 class=a>1</h1><p class=a>2</p><h1>3</h1>")
    assert [node.text() for node in find([body, body], [".none", "h1, .a", "p"])] == ["1", "2", "3"]
    assert find([body], []) == []


def test_a_region_covers_what_stands_in_it() -> None:
    """The element itself and all under it, however deep; nothing beside it, and never nothing."""
    body = body_of("<div id=a><p><b></b></p></div><i></i>")
    region = Region(ids_of(body.css("#a")))
    assert [region.covers(body.css(tag)[0]) for tag in ("b", "p", "div", "i", "b")] == [True, True, True, False, True]
    assert not region.covers(body)
    assert not region.covers(None)
