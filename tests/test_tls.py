"""TLS is verified, always."""

from __future__ import annotations

import random
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from msgspec.structs import replace

from archive.file import open_for_reading
from archive.store import Archive
from schemas.site import Site
from scraper.crawl import crawl
from scraper.fetch import Fetcher
from tests.builders import night
from tests.clocks import FakeClock
from tests.faults import FaultServer
from tests.fetchers import FAST, make_fetcher, never_resolve, pages, unknown
from tests.raw_server import PAGE, answer
from tests.tls_server import Authority, TlsServer


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer() as listening:
        yield listening


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A self-signed certificate for agency.test and its key, in one file."""
    return Authority(tmp_path).certificate("agency.test", vouched=False)


@pytest.fixture
def tls_port(certificate: Path) -> Iterator[int]:
    """Port of a server that answers everything with a page, over TLS."""
    with TlsServer(certificate) as running:
        yield running.port


def tls_site(port: int) -> Site:
    names = ("agency.test", "www.agency.test")
    return Site(
        name="agency",
        start=("https://agency.test/",),
        connect_to={f"{name}:443": f"127.0.0.1:{port}" for name in names},
        limits=FAST,
    )


def tls_fetcher(port: int) -> Fetcher:
    return Fetcher(tls_site(port), FakeClock(), rng=random.Random(1), resolve=never_resolve)


def digest_of(certificate: Path) -> str:
    """SHA-256 of a certificate, as openssl has it."""
    command: list[str | Path] = ["openssl", "x509", "-in", certificate, "-noout", "-fingerprint", "-sha256"]
    shown = subprocess.run(command, check=True, capture_output=True)
    return shown.stdout.decode().partition("=")[2].strip().replace(":", "").lower()


def test_self_signed(tls_port: int) -> None:
    """A certificate that nobody vouches for is a TLS error: no page, no second attempt, no way round."""
    robots, page = tls_fetcher(tls_port).visit("https://agency.test/", unknown)
    assert (robots.outcome, robots.attempts, robots.request) == ("tls_error", 1, b"")
    assert robots.error == "The certificate of agency.test does not hold: self-signed certificate."
    assert (page.outcome, page.attempts) == ("tls_error", 0)


def test_tls_facts(tls_port: int, certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Over a good connection the capture names the TLS version and the certificate; the name must fit it."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    fetcher = tls_fetcher(tls_port)
    page = pages(fetcher, "https://agency.test/")[0]
    assert (page.outcome, page.body) == ("fetched", PAGE)
    assert page.tls == f"TLSv1.3 sha256:{digest_of(certificate)}"
    robots = next(fetcher.visit("https://www.agency.test/", unknown))
    assert robots.outcome == "tls_error"


def test_who_answered_can_be_asked(certificate: Path, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The log of looks names machine, TLS version and certificate; `servers` says which answered for a host, and when.

    A certificate that is exchanged between two nights is another row.
    """
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    digests = []
    for number in (1, 2):
        if number == 2:
            Authority(certificate.parent).certificate("agency.test", vouched=False)
        digests.append(digest_of(certificate))
        with TlsServer(certificate) as server:
            clock = FakeClock(night(number))
            site = replace(tls_site(server.port), depth=0)
            with Archive(path) as archive:
                fetcher = Fetcher(site, clock, rng=random.Random(1), resolve=never_resolve)
                crawl(site, archive, fetcher, clock, version="0", watch=lambda *_: None)
    with closing(open_for_reading(path).conn) as database:
        looks = database.execute(
            "SELECT tls_version, certificate FROM fetch_log WHERE purpose = 'page' ORDER BY capture"
        ).fetchall()
        servers = database.execute(
            "SELECT host, tls_version, certificate, looks, substr(first_seen, 1, 10) FROM servers ORDER BY first_seen"
        ).fetchall()
    assert looks == [("TLSv1.3", digest) for digest in digests]
    days = ("2026-03-01", "2026-03-02")
    assert servers == [("agency.test", "TLSv1.3", digest, 2, day) for digest, day in zip(digests, days, strict=True)]


def test_tls_not_spoken(server: FaultServer) -> None:
    """A server that speaks plain http where TLS was asked for is a TLS error, and no page."""
    server.opening = answer()
    fetcher = make_fetcher(server, connect_to={":": f"127.0.0.1:{server.port}"})
    robots = next(fetcher.visit("https://agency.test/", unknown))
    assert (robots.outcome, robots.status, robots.tls) == ("tls_error", None, None)
    assert (robots.error or "").startswith("TLS with agency.test failed: ")
