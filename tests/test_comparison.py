"""The comparison form keeps what a reader sees and drops what nobody can see."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.comparison import comparison, comparison_address, cosmetic_reason


@pytest.mark.parametrize(
    "text",
    [
        "fem kronor",
        " fem  kronor",
        "fem\u00a0kronor",
        "fem\u2009kronor",
        "fem\nkronor ",
        "fem kro\u00adnor",
        "\ufefffem kronor",
    ],
)
def test_what_reads_the_same_compares_the_same(text: str) -> None:
    """Spaces of all widths, soft hyphens and zero-width characters set nothing apart."""
    assert comparison(text) == "fem kronor"


def test_composed_and_decomposed_letters_compare_the_same() -> None:
    """A letter written in two characters is the letter written in one."""
    assert comparison("A\u030angstro\u0308m") == comparison("\u00c5ngstr\u00f6m") == "\u00c5ngstr\u00f6m"


@pytest.mark.parametrize(("one", "other"), [("Å", "A"), ("8–16", "8-16"), ("ord", "Ord"), ("a b", "ab"), ("½", "1/2")])
def test_what_reads_otherwise_compares_otherwise(one: str, other: str) -> None:
    """Letters, dashes, capitals and words apart are what a reader sees."""
    assert comparison(one) != comparison(other)


@settings(deadline=None)
@given(st.text(alphabet=st.sampled_from("aå\u030a \u00a0\u00ad\u200b\n\u2003e\u0301")) | st.text())
def test_the_form_of_the_form_is_the_form(text: str) -> None:
    """Applying it twice changes nothing."""
    assert comparison(comparison(text)) == comparison(text)


@pytest.mark.parametrize(
    ("address", "form"),
    [
        ("https://a.se/b;jsessionid=12AB?x=1", "https://a.se/b?x=1"),
        ("https://a.se/b?utm_source=x&y=2&fbclid=3#del", "https://a.se/b?y=2#del"),
        ("https://a.se/b?gclid=3", "https://a.se/b"),
        ("https://a.se/b#del", "https://a.se/b#del"),
        ("https://a.se/b?utmost=1", "https://a.se/b?utmost=1"),
        ("mailto:a@b.se", "mailto:a@b.se"),
    ],
)
def test_addresses_compare_without_visit_and_campaign(address: str, form: str) -> None:
    """Session ids and tracking parameters name a visit, not a page; all else stays."""
    assert comparison_address(address) == form


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ("a b", "a\u00a0b", "white space only"),
        ("\u00e5", "a\u030a", "composition of characters only"),
        ("ab", "a\u00adb", "invisible characters only"),
        ("a b\u00e5", "a\u00a0ba\u030a", "stored form only"),
    ],
)
def test_the_reason_names_what_differs(before: str, after: str, reason: str) -> None:
    """A person who looks at a cosmetic change is told what sort of it it is."""
    assert comparison(before) == comparison(after)
    assert cosmetic_reason(before, after) == reason
