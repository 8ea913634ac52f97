"""Addresses as text."""

from __future__ import annotations

import ada_url
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.addresses import authority_of, bare, cms_key, host_of, in_scope, join, normal, scope
from scraper.links import follow
from tests.address_forms import FORMS, Form

BASE = "https://skr.se/a/b.html?x=1"


@pytest.mark.parametrize(
    ("reference", "joined"),
    [
        ("c.html", "https://skr.se/a/c.html"),
        ("../å", "https://skr.se/%C3%A5"),
        ("?y=2", "https://skr.se/a/b.html?y=2"),
        ("//www.skr.se", "https://www.skr.se/"),
        (r"\\evil.example\x", "https://evil.example/x"),
        (r"/\evil.example/", "https://evil.example/"),
        (" /trim \n", "https://skr.se/trim"),
        ("mailto:a@skr.se", "mailto:a@skr.se"),
        ("http://[::1", None),
        ("http://skr.se:99999/", None),
    ],
)
def test_join(reference: str, joined: str | None) -> None:
    """A reference leads where it leads a browser."""
    assert join(BASE, reference) == joined


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.given)
def test_normal(form: Form) -> None:
    """One page has one normal form, and what we would not ask for has none."""
    assert normal(form.given) == form.normal


@pytest.mark.parametrize("form", [form for form in FORMS if form.normal], ids=lambda form: form.given)
def test_a_normal_form_is_its_own(form: Form) -> None:
    """To normalise twice is to normalise once, and the standard reads the normal form as we write it."""
    assert form.normal is not None
    assert normal(form.normal) == form.normal
    assert ada_url.normalize_url(form.normal) == form.normal


def test_an_address_has_an_end() -> None:
    """What is longer than servers have to take has no normal form, and a link to it leads nowhere."""
    assert normal("https://skr.se/" + "a" * 8000) is not None
    assert normal("https://skr.se/" + "a" * 8192) is None
    assert follow("https://skr.se/" + "a" * 8192 + "/", "b") is None


def test_normal_keeps_a_fragment_on_demand() -> None:
    """A fragment stays where it is asked for, without a session id."""
    assert normal("https://skr.se/a#del;jsessionid=1", fragment=True) == "https://skr.se/a#del"


@given(st.text(alphabet="abåÅ%./?&=#;:@\\ 012346[]", max_size=20))
def test_normal_is_stable(tail: str) -> None:
    """The normal form of a normal form is itself."""
    once = normal(f"https://skr.se/{tail}")
    assert once is None or normal(once) == once


@pytest.mark.parametrize(
    ("address", "host", "authority"),
    [
        ("https://skr.se/a", "skr.se", "skr.se:443"),
        ("http://skr.se/", "skr.se", "skr.se:80"),
        ("http://[::1]:81/", "[::1]", "[::1]:81"),
    ],
)
def test_parts(address: str, host: str, authority: str) -> None:
    """Host and authority of an address, the default port written out."""
    assert (host_of(address), authority_of(address)) == (host, authority)


def test_host_of_nothing() -> None:
    """What is no address has no host."""
    assert host_of("skr.se") == ""
    with pytest.raises(ValueError, match="Invalid"):
        ada_url.URL("skr.se")


def test_scope() -> None:
    """In scope are the hosts named and those of the start, with "www." or without, and no others."""
    hosts = scope(("https://www.skr.se/a", "no address"), ("Larande.SKR.se",))
    assert hosts == ("larande.skr.se", "www.skr.se")
    assert in_scope("http://skr.se:8080/", hosts)
    assert in_scope("https://www.larande.skr.se/", hosts)
    assert not in_scope("https://skr.se.evil.example/", hosts)
    assert not in_scope("https://xskr.se/", hosts)
    assert not in_scope("mailto:a@skr.se", hosts)


def test_bare() -> None:
    """Only a leading "www." goes."""
    assert [bare(host) for host in ("www.skr.se", "skr.se", "wwwskr.se")] == ["skr.se", "skr.se", "wwwskr.se"]


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("https://www.skr.se/a/larandeexempel.10794.html#y", "skr.se/10794"),
        ("https://skr.se/a/larandeexempel.10794.html?", "skr.se/10794"),
        ("https://skr.se/visa.4144.html?sv.target=12.1&id=/b#y", "skr.se/4144?sv.target=12.1&id=/b"),
        ("https://skr.se/sokidiariet.n329.html", "skr.se/n329"),
        ("https://skr.se/korjournal.4.18e1b10334ebe8bc8000695.html", "skr.se/4.18e1b10334ebe8bc8000695"),
        ("https://skr.se/download/18.3b7f9c/1615536000000/plan.pdf?open=1", "skr.se/18.3b7f9c"),
        ("https://skr.se/nyheter/2024.html", None),
        ("https://skr.se/a.12.html", None),
    ],
)
def test_cms_key(address: str, key: str | None) -> None:
    """A page that is moved keeps the number in its address."""
    assert cms_key(address) == key
