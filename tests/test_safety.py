"""Nothing on the wire leads us where we must not go."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from schemas.errors import ConfigurationError
from schemas.site import Site
from scraper.fetch import Fetcher
from tests.clocks import FakeClock
from tests.faults import FaultServer
from tests.fetchers import FAST, HOME, make_fetcher, pages, unknown
from tests.raw_server import PAGE, answer


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer() as listening:
        yield listening


class Rebinding:
    """A name whose answer changes at each question."""

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)
        self.asked = 0

    def __call__(self, *_: object) -> tuple[str, ...]:
        """The next answer; the last one stays."""
        self.asked += 1
        return (self.answers.pop(0),) if len(self.answers) > 1 else (self.answers[0],)


def test_rebinding(monkeypatch: pytest.MonkeyPatch) -> None:
    """The address that was checked is the one connected to: each connection asks once, and uses what it checked."""
    connected: list[str] = []

    def connect(_: object, host: str, *__: object) -> None:
        connected.append(host)
        raise ConnectionRefusedError

    monkeypatch.setattr("httpcore.SyncBackend.connect_tcp", connect)
    names = Rebinding("93.184.215.14", "127.0.0.1")
    site = Site(name="a", start=("http://skr.test/",), contact="me@example.se", limits=FAST)
    fetcher = Fetcher(site, FakeClock(), rng=random.Random(1), resolve=names)
    robots, *_ = fetcher.visit("http://skr.test/", unknown)
    assert (connected, names.asked) == (["93.184.215.14"], 1)
    assert robots.outcome == "network_error"
    # By the next connection the name leads inwards: refused before anything is connected to.
    fetcher = Fetcher(site, FakeClock(), rng=random.Random(1), resolve=names)
    robots, *_ = fetcher.visit("http://skr.test/", unknown)
    assert (robots.outcome, connected, names.asked) == ("refused_address", ["93.184.215.14"], 2)


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.1/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://169.254.169.254/latest/meta-data/",
        "http://10.0.0.1:8080/",
    ],
)
def test_every_hop_is_checked(server: FaultServer, target: str) -> None:
    """A redirect to a private address is refused, even where the site file lets links lead to that host."""
    server.teach("/a", answer(b"", f"Location: {target}", status="302 Found"))
    host = target.split("/")[2]
    names = ("127.0.0.1", "[::1]", "[::ffff:7f00:1]", "169.254.169.254", "10.0.0.1")
    fetcher = make_fetcher(server, hosts=names, contact="me@example.se")
    hop = list(fetcher.visit(f"{HOME}/a", unknown))[2]
    assert (hop.outcome, hop.attempts, hop.peer) == ("refused_address", 0, None), host
    assert server.paths() == ["/robots.txt", "/a"]


@pytest.mark.parametrize("name", ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "all_proxy"])
def test_a_proxy_of_the_environment_is_not_used(
    server: FaultServer, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the environment says of proxies has no say."""
    monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert pages(make_fetcher(server), f"{HOME}/ok")[0].outcome == "fetched"


def through_proxy(server: FaultServer, **settings: object) -> Fetcher:
    options: dict[str, object] = {"contact": "me@example.se", "proxy": f"http://127.0.0.1:{server.port}", **settings}
    options.setdefault("start", ("http://skr.test/",))
    site = Site(name="a", limits=FAST, **options)  # type: ignore[arg-type]

    def never(host: str, port: int) -> tuple[str, ...]:
        raise AssertionError(host, port)

    return Fetcher(site, FakeClock(), rng=random.Random(1), resolve=never)


def test_a_proxy_of_the_site_file_is(server: FaultServer) -> None:
    """The proxy that the site file names gets the request; names are its to look up."""
    server.taught["http://skr.test/robots.txt"] = answer(b"", status="404 Not Found")
    server.taught["http://skr.test/a"] = answer()
    (page,) = pages(through_proxy(server), "http://skr.test/a")
    assert (page.outcome, page.body, page.peer) == ("fetched", PAGE, f"127.0.0.1:{server.port}")
    assert page.request.startswith(b"GET http://skr.test/a HTTP/1.1\r\nHost: skr.test\r\n")


def test_a_proxy_that_refuses(server: FaultServer) -> None:
    """A proxy that does not connect is a network error that says so."""
    server.taught["skr.test:443"] = answer(b"", status="403 No")
    robots, *_ = through_proxy(server, start=("https://skr.test/",)).visit("https://skr.test/a", unknown)
    assert (robots.outcome, robots.error) == ("network_error", "The proxy does not lead to skr.test: 403 No.")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "10.0.0.1"])
def test_a_proxy_leads_to_no_private_address(server: FaultServer, host: str) -> None:
    """A literal private address, or this machine by name, is not asked of a proxy either."""
    fetcher = through_proxy(server, hosts=(host,))
    robots, *_ = fetcher.visit(f"http://{host}/a", unknown)
    assert robots.outcome == "refused_address"
    assert server.requests == []


@pytest.mark.parametrize("settings", [{"contact": ""}, {"connect_to": {"a:80": "127.0.0.1:80"}}])
def test_what_does_not_go_with_a_proxy(server: FaultServer, settings: dict[str, object]) -> None:
    """Without a contact, or beside connect_to, a proxy is refused."""
    with pytest.raises(ConfigurationError):
        through_proxy(server, **settings)
