"""TLS is verified, always."""

from __future__ import annotations

import random
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from schemas.site import Site
from scraper.fetch import Fetcher
from tests.clocks import FakeClock
from tests.faults import FaultServer
from tests.fetchers import FAST, make_fetcher, never_resolve, pages, unknown
from tests.raw_server import PAGE, answer


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer() as listening:
        yield listening


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A self-signed certificate for agency.test and its key, in one file."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not here")
    key, cert, both = (tmp_path / name for name in ("key.pem", "cert.pem", "both.pem"))
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += ["-days", "2", "-subj", "/CN=agency.test", "-addext", "subjectAltName=DNS:agency.test"]
    subprocess.run([*command, "-keyout", key, "-out", cert], check=True, capture_output=True)
    both.write_bytes(key.read_bytes() + cert.read_bytes())
    return both


@pytest.fixture
def tls_port(certificate: Path) -> Iterator[int]:
    """Port of a server that answers everything with a page, over TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                sock = listener.accept()[0]
            except OSError:
                return
            try:
                with context.wrap_socket(sock, server_side=True) as secure:
                    secure.recv(65536)
                    secure.sendall(answer())
            except OSError:
                sock.close()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield listener.getsockname()[1]
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join(5)


def tls_fetcher(port: int) -> Fetcher:
    names = ("agency.test", "www.agency.test")
    site = Site(
        name="agency",
        start=("https://agency.test/",),
        connect_to={f"{name}:443": f"127.0.0.1:{port}" for name in names},
        limits=FAST,
    )
    return Fetcher(site, FakeClock(), rng=random.Random(1), resolve=never_resolve)


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
    shown = subprocess.run(
        ["openssl", "x509", "-in", certificate, "-noout", "-fingerprint", "-sha256"], check=True, capture_output=True
    )
    digest = shown.stdout.decode().partition("=")[2].strip().replace(":", "").lower()
    assert (page.outcome, page.body) == ("fetched", PAGE)
    assert page.tls == f"TLSv1.3 sha256:{digest}"
    robots = next(fetcher.visit("https://www.agency.test/", unknown))
    assert robots.outcome == "tls_error"


def test_tls_not_spoken(server: FaultServer) -> None:
    """A server that speaks plain http where TLS was asked for is a TLS error, and no page."""
    server.opening = answer()
    fetcher = make_fetcher(server, connect_to={":": f"127.0.0.1:{server.port}"})
    robots = next(fetcher.visit("https://agency.test/", unknown))
    assert (robots.outcome, robots.status, robots.tls) == ("tls_error", None, None)
    assert (robots.error or "").startswith("TLS with agency.test failed: ")
