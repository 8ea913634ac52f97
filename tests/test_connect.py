"""Which network address may be connected to."""

from __future__ import annotations

import socket
from ipaddress import IPv4Address, IPv6Address, ip_address
from threading import Event
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.errors import ConfigurationError
from scraper.connect import (
    NoAddressError,
    RefusedAddressError,
    Routes,
    is_local,
    is_private,
    is_public,
    parse_connect_to,
    read_detours,
    resolve,
)

PUBLIC = ["93.184.215.14", "1.1.1.1", "2606:4700::1111", "2a01:4f8::1", "223.255.255.255", "100.63.0.1", "172.32.0.1"]
PRIVATE = ["127.0.0.1", "127.255.0.1", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "::1", "fd00::1"]
NEITHER = [
    "0.0.0.0",
    "100.64.0.1",
    "169.254.169.254",
    "192.0.0.8",
    "192.0.2.1",
    "192.88.99.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::127.0.0.1",  # compatible
    "::ffff:127.0.0.1",  # mapped
    "::ffff:93.184.215.14",
    "64:ff9b::7f00:1",  # NAT64
    "64:ff9b:1::1",
    "100::1",
    "2001::1",  # Teredo
    "2001:db8::1",
    "2002:7f00:1::",  # 6to4
    "3fff::1",
    "5f00::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",  # site-local
    "ff02::1",
]


def answering(*literals: str) -> Any:
    return lambda *_: literals


@pytest.mark.parametrize("literal", PUBLIC)
def test_public(literal: str) -> None:
    """Addresses given out for public use are public and not private."""
    assert is_public(ip_address(literal))
    assert not is_private(ip_address(literal))
    assert Routes(resolve=answering(literal)).find("skr.se", 443) == ((literal, 443),)


@pytest.mark.parametrize("literal", PRIVATE)
def test_private(literal: str) -> None:
    """Loopback and private addresses are connected to only where the site allows it."""
    assert is_private(ip_address(literal))
    assert not is_public(ip_address(literal))
    with pytest.raises(RefusedAddressError, match="write allow_private = true in the site file"):
        Routes(resolve=answering(literal)).find("skr.se", 80)
    assert Routes(resolve=answering(literal), allow_private=True).find("skr.se", 80) == ((literal, 80),)


@pytest.mark.parametrize("literal", NEITHER)
def test_neither(literal: str) -> None:
    """Addresses set aside for other use are never connected to."""
    assert not is_public(ip_address(literal))
    for allowed in (False, True):
        with pytest.raises(RefusedAddressError, match="set aside for other use"):
            Routes(resolve=answering(literal), allow_private=allowed).find("skr.se", 80)


@given(st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6)))
def test_strict(address: IPv4Address | IPv6Address) -> None:
    """What we call public, Python calls global too, and no address is both public and private."""
    assert not (is_public(address) and is_private(address))
    if is_public(address):
        assert address.is_global
        assert not address.is_multicast


def test_every_answer_is_checked() -> None:
    """One private answer among public ones refuses the name."""
    with pytest.raises(RefusedAddressError, match=r"skr\.se leads to 10\.0\.0\.1"):
        Routes(resolve=answering("93.184.215.14", "10.0.0.1")).find("skr.se", 443)


def test_all_answers_are_kept_in_order() -> None:
    """All checked answers may be tried, in the resolver's order."""
    routes = Routes(resolve=answering("2606:4700::1111", "1.1.1.1"))
    assert routes.find("skr.se.", 443) == (("2606:4700::1111", 443), ("1.1.1.1", 443))


def test_no_contact_no_public_network() -> None:
    """A crawl that names no contact does not reach the public network."""
    with pytest.raises(RefusedAddressError, match="names no contact"):
        Routes(resolve=answering("1.1.1.1"), allow_public=False).find("skr.se", 443)


def test_literals_are_not_looked_up() -> None:
    """A literal, in brackets or not, is checked as it stands."""

    def fail(host: str, port: int) -> tuple[str, ...]:
        raise AssertionError(host, port)

    assert Routes(resolve=fail, allow_private=True).find("[::1]", 81) == (("::1", 81),)
    with pytest.raises(RefusedAddressError):
        Routes(resolve=fail).find("127.0.0.1", 80)


def test_no_answer() -> None:
    """A name without an address is told so."""
    with pytest.raises(NoAddressError, match=r"skr\.se does not resolve: no address\."):
        Routes(resolve=answering()).find("skr.se", 80)


def test_resolve(monkeypatch: pytest.MonkeyPatch) -> None:
    """The system's answers, each once; its errors as a sentence."""
    found = [(2, 1, 6, "", ("1.1.1.1", 80)), (2, 1, 6, "", ("1.1.1.1", 80)), (10, 1, 6, "", ("::1", 80, 0, 0))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    assert resolve("skr.se", 80) == ("1.1.1.1", "::1")

    def fail(*_: object, **__: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    with pytest.raises(NoAddressError, match=r"^skr\.invalid does not resolve: Name or service not known\.$"):
        resolve("skr.invalid", 80)


def test_resolve_what_is_no_name() -> None:
    """A label of over 63 letters is no host name, which Python says with another error."""
    with pytest.raises(NoAddressError, match="it is no host name"):
        resolve("a" * 64 + ".test", 80)


def test_a_resolver_that_never_answers_is_given_up() -> None:
    """The system's resolver knows no deadline of ours: what it says too late is nobody's."""
    over = Event()

    def hanging(*_: object) -> tuple[str, ...]:
        over.wait(20)
        return ("1.1.1.1",)

    with pytest.raises(NoAddressError, match=r"skr\.se does not resolve: no answer for 0\.05 s\."):
        Routes(resolve=hanging).find("skr.se", 80, 0.05)
    over.set()
    assert Routes(resolve=answering("1.1.1.1")).find("skr.se", 80, 5.0) == (("1.1.1.1", 80),)
    with pytest.raises(NoAddressError, match="it is no host name"):
        Routes().find("a" * 64 + ".test", 80, 5.0)


# connect-to


@pytest.mark.parametrize(
    ("text", "pair"),
    [
        ("skr.se:443:127.0.0.1:8443", ("skr.se:443", "127.0.0.1:8443")),
        ("skr.se:443:staging.skr.se:", ("skr.se:443", "staging.skr.se:")),
        (":::8080", (":", ":8080")),
        ("::localhost:8080", (":", "localhost:8080")),
        ("[::1]:80:[fd00::1]:8080", ("[::1]:80", "[fd00::1]:8080")),
        (":::", (":", ":")),
    ],
)
def test_parse_connect_to(text: str, pair: tuple[str, str]) -> None:
    """Four parts, any of them empty, IPv6 in brackets."""
    assert parse_connect_to(text) == pair
    read_detours(dict([pair]))


@pytest.mark.parametrize(
    "text",
    ["", "skr.se", "skr.se:443", "skr.se:443:127.0.0.1", "a:b:c:d", "::1:80:::1:80", "http://a:80:b:80", "a:1:b:2:3"],
)
def test_bad_connect_to(text: str) -> None:
    """What cannot be read is refused, with an example."""
    with pytest.raises(ConfigurationError, match="Write it like"):
        parse_connect_to(text)
    with pytest.raises(ConfigurationError, match="Write it like"):
        read_detours({text: "x"})


@pytest.mark.parametrize("text", ["a:0:b:80", "a:80:b:65536"])
def test_bad_port(text: str) -> None:
    """A port is from 1 to 65535."""
    with pytest.raises(ConfigurationError, match="port outside 1 to 65535"):
        parse_connect_to(text)


def test_bad_literal() -> None:
    """What stands in brackets is an IPv6 address."""
    with pytest.raises(ConfigurationError, match=r"\[::1\]:80"):
        parse_connect_to("[skr.se]:80:b:80")


@pytest.mark.parametrize(
    ("connect_to", "target"),
    [
        ({"skr.se:80": "127.0.0.1:8080"}, ("127.0.0.1", 8080)),
        ({"SKR.se:": "127.0.0.1:"}, ("127.0.0.1", 80)),
        ({":80": "[::1]:8080"}, ("::1", 8080)),
        ({":": "169.254.0.1:1"}, ("169.254.0.1", 1)),
        ({"skr.se:81": "127.0.0.1:1", "skr.se:80": "127.0.0.1:2", ":": "127.0.0.1:3"}, ("127.0.0.1", 2)),
        ({"www.skr.se:80": "127.0.0.1:1"}, ("1.1.1.1", 80)),
        ({"skr.se:80": ":8080"}, ("1.1.1.1", 8080)),
        ({"skr.se:80": "other.test:"}, ("10.0.0.1", 80)),
    ],
)
def test_detour(connect_to: dict[str, str], target: tuple[str, int]) -> None:
    """The first detour that fits is taken; what it names is allowed, whatever it is."""

    def look_up(host: str, _: int) -> tuple[str, ...]:
        return {"skr.se": ("1.1.1.1",), "other.test": ("10.0.0.1",)}[host]

    assert Routes(detours=read_detours(connect_to), resolve=look_up).find("SKR.SE", 80) == (target,)


def test_detour_without_address_is_checked() -> None:
    """A detour that changes the port alone names no address, so the address is checked."""
    with pytest.raises(RefusedAddressError):
        Routes(detours=read_detours({"skr.se:80": ":8080"}), resolve=answering("10.0.0.1")).find("skr.se", 80)


@pytest.mark.parametrize(
    ("host", "local"),
    [
        ("localhost", True),
        ("a.LOCALHOST", True),
        ("127.0.0.1", True),
        ("[::1]", True),
        ("10.0.0.1", True),
        ("1.1.1.1", False),
        ("skr.se", False),
        ("notlocalhost", False),
        ("", False),
    ],
)
def test_is_local(host: str, *, local: bool) -> None:
    """A host is local by its name alone, or not at all."""
    assert is_local(host) is local
