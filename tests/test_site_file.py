"""The site file that `init` writes: complete, readable, and right for where the page is."""

from __future__ import annotations

import pytest

from schemas.errors import ConfigurationError
from schemas.site import Site, decode_site
from scraper.site_file import file_for


def written(address: str, contact: str = "") -> Site:
    """The site that the file for an address describes."""
    _, text = file_for(address, contact)
    return decode_site(text, "x")


@pytest.mark.parametrize(
    ("address", "name", "start", "hosts"),
    [
        ("https://www.kommun.example/a/b", "kommun-example-b", "https://www.kommun.example/a/b", ("kommun.example",)),
        ("kommun.example", "kommun-example", "https://kommun.example/", ("kommun.example",)),
        (
            "https://blå.example/å",
            "xn-bl-zia-example-a",
            "https://xn--bl-zia.example/%C3%A5",
            ("xn--bl-zia.example",),
        ),
    ],
)
def test_the_file_starts_at_the_address(address: str, name: str, start: str, hosts: tuple[str, ...]) -> None:
    """Name, start and hosts follow from the address; everything else is the default."""
    site = written(address)
    assert site == Site(name=name, start=(start,), hosts=hosts)


@pytest.mark.parametrize("address", ["http://localhost:8000/x", "http://127.0.0.1:9000/", "http://192.168.1.5/a"])
def test_a_page_on_ones_own_machine_may_be_reached(address: str) -> None:
    """For a host of one's own network the file says so, and asks for no patience."""
    site = written(address)
    assert site.allow_private
    assert site.delay_s == 0


def test_two_hubs_of_one_host_are_two_sites() -> None:
    """Pages of one host get names of their own, so that their histories stay apart."""
    names = [file_for(f"https://a.example/{page}.html", "")[0] for page in ("ett", "tva")]
    assert names == ["a-example-ett", "a-example-tva"]


@pytest.mark.parametrize("contact", ["Åsa Öberg", "hej"])
def test_a_contact_that_nobody_could_use_is_refused(contact: str) -> None:
    """What a crawl would refuse is refused when it is written down."""
    with pytest.raises(ConfigurationError, match="contact"):
        file_for("https://a.example/", contact)


def test_a_contact_is_written_as_it_is() -> None:
    """Quotes and backslashes in a contact do not break the file."""
    assert written("https://a.example/", '"A" \\ <a@b.se>').contact == '"A" \\ <a@b.se>'


@pytest.mark.parametrize("address", ["", "hubben", "ftp://a.example/", "https://", "http://a b.example/"])
def test_what_is_no_address_is_refused(address: str) -> None:
    """An address of no page: how to write one."""
    with pytest.raises(ConfigurationError, match="no address of a page"):
        file_for(address, "")


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("http://127.0.0.1:1/", "port 1 is of another service"),
        ("https://a:b@a.example/", "leave out the user name and the password"),
        (f"https://a.example/{'x' * 9000}", "longer than 8192 characters"),
    ],
)
def test_an_address_that_is_not_asked_for_says_why(address: str, why: str) -> None:
    """An address that is one, but that nobody asks for: the reason, and never the password."""
    with pytest.raises(ConfigurationError, match=why) as refused:
        file_for(address, "")
    assert "a:b" not in str(refused.value)


def test_every_line_of_setting_has_its_comment() -> None:
    """A newcomer finds a comment over each setting."""
    lines = file_for("https://a.example/", "")[1].splitlines()
    settings = [index for index, line in enumerate(lines) if " = " in line and not line.startswith("#")]
    assert len(settings) == 8
    assert all(lines[index - 1].startswith("#") for index in settings)
