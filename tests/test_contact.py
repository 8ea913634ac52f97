"""Nobody crawls other people's servers without saying who they are."""

from __future__ import annotations

import random
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError
from typing import Any

import pytest

from schemas.errors import ConfigurationError
from schemas.site import Site
from scraper import fetch
from scraper.fetch import Fetcher, needs_contact, user_agent
from tests.clocks import FakeClock
from tests.faults import FaultServer
from tests.fetchers import HOME, make_site, unknown
from tests.raw_server import answer


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer() as listening:
        yield listening


@pytest.mark.parametrize(
    ("needed", "options"),
    [
        (True, {}),
        (False, {"contact": "me@example.se"}),
        (True, {"contact": "you@example.se"}),
        (True, {"contact": " You@Example.se"}),
        (False, {"contact": "you@example.se", "start": ("http://localhost:8000/",)}),
        (False, {"connect_to": {"agency.test:80": "127.0.0.1:8080"}}),
        (False, {"connect_to": {":": "localhost:8080"}}),
        (False, {"connect_to": {"agency.test:": "[::1]:"}}),
        (True, {"connect_to": {"agency.test:443": "127.0.0.1:8080"}}),
        (True, {"connect_to": {"agency.test:80": "93.184.215.14:80"}}),
        (True, {"connect_to": {"agency.test:80": "staging.example:80"}}),
        (True, {"connect_to": {"agency.test:80": ":8080"}}),
        (True, {"connect_to": {"agency.test:80": "127.0.0.1:80"}, "hosts": ("other.test",)}),
        (
            False,
            {
                "connect_to": {"agency.test:80": "127.0.0.1:80", "other.test:81": "127.0.0.1:80"},
                "hosts": ("other.test",),
            },
        ),
        (False, {"start": ("http://localhost:8000/", "http://127.0.0.1/", "http://[::1]:81/", "http://a.localhost/")}),
        (False, {"start": ("http://10.1.2.3/",), "hosts": ("10.1.2.3",)}),
        (True, {"start": ("http://localhost/", "https://skr.se/")}),
        (True, {"allow_private": True}),
    ],
)
def test_needs_contact(*, needed: bool, options: dict[str, Any]) -> None:
    """A contact is needed exactly when a host may be reached on the public network."""
    site = Site(name="agency", **{"start": (f"{HOME}/",), **options})
    assert needs_contact(site) is needed


def test_nobody_crawls_others_anonymously() -> None:
    """Without a contact a fetcher for the public network cannot be made."""
    site = Site(name="agency", start=("https://skr.se/",))
    with pytest.raises(ConfigurationError, match="Say who you are: --contact"):
        Fetcher(site, FakeClock(), rng=random.Random(1))


def test_public_network_is_closed_without_contact(server: FaultServer) -> None:
    """Whatever a hop leads to, a crawl without contact never connects to the public network."""
    server.teach("/a", answer(b"", "Location: http://www.agency.test:8080/", status="302 Found"))
    site = make_site(server)
    fetcher = Fetcher(site, FakeClock(), rng=random.Random(1), resolve=lambda *_: ("93.184.215.14",))
    robots = list(fetcher.visit(f"{HOME}/a", unknown))[2]
    assert (robots.address, robots.outcome) == ("http://www.agency.test:8080/robots.txt", "refused_address")
    assert "names no contact" in (robots.error or "")


def test_user_agent(monkeypatch: pytest.MonkeyPatch) -> None:
    """Name, version and contact, and nothing in disguise."""
    assert user_agent("https://example.se/bot").endswith(" (+https://example.se/bot)")
    assert user_agent("").startswith("Tidslager/")

    def missing(_: str) -> str:
        raise PackageNotFoundError

    monkeypatch.setattr(fetch, "version", missing)
    assert user_agent("") == "Tidslager/0"


@pytest.mark.parametrize("contact", ["a\r\nX-Evil: 1", "å@example.se", "a)b", " "])
def test_contact_that_no_header_carries(contact: str) -> None:
    """A contact that cannot stand in a header is refused before anything is sent."""
    with pytest.raises(ConfigurationError, match="plain ASCII"):
        user_agent(contact)
