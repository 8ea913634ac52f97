"""Layouts: the built-in ones hold, and a broken one says where."""

from __future__ import annotations

import re

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.errors import ConfigurationError
from scraper.layout import Layout, Place, decode_layout, layout_named, layouts
from scraper.text import LinkSuffix
from scraper.tree import parse

SELECTORS = sorted(
    {
        selector
        for layout in layouts().values()
        for value in msgspec.structs.astuple(layout)
        for selector in (value.select if isinstance(value, Place) else ())
    }
    | {s for a in layouts().values() for part in (a.detect, a.root, a.boxes, a.drop, a.unread) for s in part}
)


def test_the_particular_comes_before_the_general() -> None:
    """SiteVision is tried first; the layout that fits any page is last, and there is one."""
    assert list(layouts()) == ["sitevision", "generic"]
    assert [layout.needed for layout in layouts().values()] == [2, 0]
    assert all(name == layout.name for name, layout in layouts().items())


@pytest.mark.parametrize("selector", SELECTORS)
def test_every_selector_can_be_used(selector: str) -> None:
    """A selector that the parser does not understand would stop every page."""
    assert parse("<p>Hej</p>").css(selector) is not None


@pytest.mark.parametrize("name", list(layouts()))
def test_suffixes_end_a_label_and_begin_none(name: str) -> None:
    """The expression takes the suffix off and leaves words that only sound like it."""
    suffix = re.compile(layouts()[name].link_suffix, re.VERBOSE | re.IGNORECASE)
    for words in (
        "Bron länk till annan webbplats",
        "Bron, öppnas i nytt fönster.",
        "Bron Pdf, 97.3 kB.",
        "Bron (öppnas i ny flik)",
    ):
        assert suffix.sub("", words) == "Bron", words
    for words in ("Länk till annan webbplats finns här", "Ladda ner PDF", "Om pdf", "Öppnas i maj"):
        assert suffix.sub("", words) == words


def test_no_font_class_decides_structure() -> None:
    """Words of one site's theme such as "normal" or "heading" stand in no selector."""
    assert not [
        selector for selector in SELECTORS if re.search(r"\.(?:normal|heading|subheading|brodtext)\b", selector)
    ]


def test_a_layout_is_found_by_name() -> None:
    """A known name gives the layout; another names the nearest, or all."""
    assert layout_named("generic").name == "generic"
    with pytest.raises(ConfigurationError, match='did you mean "generic"'):
        layout_named("generisk")
    with pytest.raises(ConfigurationError, match="known layouts are: sitevision, generic"):
        layout_named("qqq")


def test_a_layout_needs_little() -> None:
    """A name and a root are enough; the rest is empty."""
    assert decode_layout('name = "a"\nroot = ["body"]', "a.toml") == Layout(name="a", root=("body",))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name =", "a.toml is no valid layout"),
        ('name = "a"', "missing required field `root`"),
        ('name = "a"\nroot = "body"', "Expected `array`"),
        ('name = "a"\nroot = ["body"]\nlink_suffix = "("', "missing \\)"),
        ('name = "a"\nroot = ["body"]\nnoise_id = "["', "unterminated character set"),
        ('name = "a"\nroot = ["body"]\nbox = []', 'unknown key "box"; did you mean "boxes"'),
        (
            'name = "a"\nroot = ["body"]\n[title]\nselekt = []',
            'unknown key "title.selekt"; did you mean "title.select"',
        ),
    ],
)
def test_a_broken_layout_says_where(text: str, message: str) -> None:
    """Each fault names the file, the key and what is wrong with it."""
    with pytest.raises(ConfigurationError, match=message):
        decode_layout(text, "a.toml")


@pytest.mark.parametrize("name", list(layouts()))
@settings(deadline=None, max_examples=100)
@given(data=st.data())
def test_the_last_words_of_suffixes_are_all_named(name: str, data: st.DataObject) -> None:
    """The cheap look at a link's last word never spares the expression a link that it would cut."""
    layout = layouts()[name]
    pattern = re.compile(layout.link_suffix, re.VERBOSE | re.IGNORECASE)
    words = "a" + data.draw(st.from_regex(pattern, alphabet=st.characters(codec="latin-1")))
    tried = LinkSuffix(layout.link_suffix)
    assert LinkSuffix(layout.link_suffix, layout.link_suffix_ends).cut(words) == tried.cut(words)
