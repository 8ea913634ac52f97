"""Which network address may be connected to: every answer of the resolver checked, then the checked one used.

A name is looked up once and the connection goes to the address that was checked, so that an answer which changes
between the check and the connection ("rebinding") leads nowhere.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Mapping, Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from queue import Empty, Queue
from threading import Thread

import msgspec

from schemas.errors import ConfigurationError
from scraper.addresses import host_of

Resolve = Callable[[str, int], Sequence[str]]
"""Host and port to address literals, in the order to try them; raises NoAddressError."""

# What the IANA special-purpose registries (RFC 6890 and its successors, read 2026) and the multicast blocks keep from
# the public network. Written out, because `ipaddress.is_global` differs between Python versions and holds for
# multicast, NAT64 and 6to4.
_SPECIAL_V4 = tuple(
    ip_network(block)
    for block in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",  # shared by carriers
        "127.0.0.0/8",
        "169.254.0.0/16",  # link-local; the metadata servers of clouds stand here
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",  # documentation
        "192.88.99.0/24",  # 6to4 relays, withdrawn
        "192.168.0.0/16",
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",
    )
)
# Only 2000::/3 is given out for public use. Outside it lie loopback, mapped and compatible IPv4, NAT64, site-local,
# unique local, link-local, segment routing and multicast.
_UNICAST_V6 = IPv6Network("2000::/3")
_SPECIAL_V6 = tuple(
    ip_network(block)
    for block in (
        "2001::/23",  # Teredo, ORCHID and other protocols
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4: an IPv4 address in disguise
        "3fff::/20",  # documentation
    )
)
_PRIVATE = tuple(
    ip_network(block)
    for block in ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fc00::/7")
)
_END = r"(?P<host{0}>\[[^\[\]\s]*\]|[^:\[\]/\s]*):(?P<port{0}>[0-9]*)"
_ONE_END = re.compile(_END.format(1))
_TWO_ENDS = re.compile(f"{_END.format(1)}:{_END.format(2)}")
_TOP_PORT = 65535


class NoAddressError(Exception):
    """The name leads to no address. The message is a sentence."""


class RefusedAddressError(Exception):
    """The name leads to an address that may not be connected to. The message is a sentence."""


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address belongs to one machine on the public network, by the IANA special-purpose registries."""
    if isinstance(address, IPv4Address):
        return not any(address in block for block in _SPECIAL_V4)
    return address in _UNICAST_V6 and not any(address in block for block in _SPECIAL_V6)


def is_private(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address is this machine or one of a private network (RFC 1918, RFC 4193)."""
    return any(address in block for block in _PRIVATE)


def is_local(host: str) -> bool:
    """Whether a host, by its name alone, stays off the public network: localhost (RFC 6761) or a private literal."""
    host = host.strip("[]").lower()
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return is_private(ip_address(host))
    except ValueError:
        return False


def resolve(host: str, port: int) -> tuple[str, ...]:
    """Address literals of a host as the system's resolver gives them, each once.

    Raises NoAddressError.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no host name"
        raise NoAddressError(f"{host} does not resolve: {reason}.") from error
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))


def parse_connect_to(text: str) -> tuple[str, str]:
    """Read "HOST:PORT:ADDRESS:PORT" as curl's --connect-to does: what is asked for, and where to connect instead.

    An empty HOST or PORT in front stands for any, an empty ADDRESS or PORT behind for unchanged; IPv6 in brackets.
    Raises ConfigurationError.
    """
    match = _TWO_ENDS.fullmatch(text)
    if match is None:
        raise _unreadable(text, "skr.se:443:127.0.0.1:8443")
    for part in ("1", "2"):
        _read_end(match, part, text)
    return f"{match['host1']}:{match['port1']}", f"{match['host2']}:{match['port2']}"


def _unreadable(text: str, example: str) -> ConfigurationError:
    return ConfigurationError(f'connect-to cannot be read: "{text}". Write it like {example}, IPv6 in brackets.')


def _read_end(match: re.Match[str], part: str, text: str) -> tuple[str, int | None]:
    """One "host:port" of a match: host without brackets, None for an empty port; refuses what cannot be."""
    host, port = match["host" + part].lower(), match["port" + part]
    if port and not 0 < int(port) <= _TOP_PORT:
        raise ConfigurationError(f'connect-to "{text}" has a port outside 1 to {_TOP_PORT}. Write one inside.')
    if host.startswith("["):
        try:
            host = str(IPv6Address(host.strip("[]")))
        except ValueError as error:
            raise _unreadable(text, "[::1]:80:[::1]:8080") from error
    return host.rstrip("."), int(port) if port else None


class Detour(msgspec.Struct, frozen=True, kw_only=True):
    """One connect-to: for this host and port connect there instead."""

    host: str
    """Host asked for; "" for any."""
    port: int | None
    """Port asked for; None for any."""
    to_host: str
    """Name or address to connect to; "" for unchanged."""
    to_port: int | None
    """Port to connect to; None for unchanged."""

    def fits(self, host: str, port: int) -> bool:
        """Whether a connection to the host and port goes this way."""
        return self.host in ("", host) and self.port in (None, port)


def read_detours(connect_to: Mapping[str, str]) -> tuple[Detour, ...]:
    """The detours of a site's `connect_to`, in its order. Raises ConfigurationError."""
    detours = []
    for asked, instead in connect_to.items():
        (host, port), (to_host, to_port) = (_parse_end(text) for text in (asked, instead))
        detours.append(Detour(host=host, port=port, to_host=to_host, to_port=to_port))
    return tuple(detours)


def _parse_end(text: str) -> tuple[str, int | None]:
    match = _ONE_END.fullmatch(text)
    if match is None:
        raise _unreadable(text, '"skr.se:443" = "127.0.0.1:8443"')
    return _read_end(match, "1", text)


def _is_literal(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


PRIVATE_ADVICE = "write allow_private = true in the site file if it is yours"
"""What to do about a private address that is refused."""


class Routes(msgspec.Struct, frozen=True, kw_only=True):
    """Where connections may go."""

    detours: tuple[Detour, ...] = ()
    """The first that fits is taken. What it names is allowed, whatever it is."""
    allow_private: bool = False
    """Whether names may lead to loopback and private addresses."""
    allow_public: bool = True
    """Whether names may lead to the public network: not for a crawl that does not say whose it is."""
    resolve: Resolve = resolve

    def find(self, host: str, port: int, patience_s: float | None = None) -> tuple[tuple[str, int], ...]:
        """Address literals and ports to try in turn for a host and port; a name is looked up for so long.

        Raises NoAddressError, and RefusedAddressError when even one of the addresses may not be connected to: a name
        with both public and private answers is an attack or a mistake.
        """
        host = host.strip("[]").lower().rstrip(".")
        detour = next((detour for detour in self.detours if detour.fits(host, port)), None)
        target, target_port, named = host, port, False
        if detour is not None:
            target, target_port, named = detour.to_host or host, detour.to_port or port, bool(detour.to_host)
        literals = (target,) if _is_literal(target) else self._look_up(target, target_port, patience_s)
        if not literals:
            raise NoAddressError(f"{target} does not resolve: no address.")
        if not named:
            for literal in literals:
                self._check(host, literal)
        return tuple((literal, target_port) for literal in literals)

    def _look_up(self, host: str, port: int, patience_s: float | None) -> Sequence[str]:
        """What the resolver says. The system's own has no limit that we could set, and may take minutes."""
        if patience_s is None:
            return self.resolve(host, port)
        said: Queue[Sequence[str] | Exception] = Queue()

        def ask() -> None:
            try:
                said.put(self.resolve(host, port))
            except Exception as error:  # noqa: BLE001 -- handed to who asked
                said.put(error)

        Thread(target=ask, daemon=True).start()
        try:
            found = said.get(timeout=patience_s)
        except Empty:
            raise NoAddressError(f"{host} does not resolve: no answer for {patience_s:g} s.") from None
        if isinstance(found, Exception):
            raise found
        return found

    def check_name(self, host: str) -> None:
        """Refuse a host that by its name alone may not be connected to, where another machine looks names up.

        Raises RefusedAddressError.
        """
        host = host.strip("[]").lower().rstrip(".")
        if _is_literal(host):
            self._check(host, host)
        elif is_local(host) and not self.allow_private:
            raise RefusedAddressError(f"{host} is this machine's own name; {PRIVATE_ADVICE}.")

    def _check(self, host: str, literal: str) -> None:
        address = ip_address(literal)
        if is_public(address):
            if not self.allow_public:
                raise RefusedAddressError(f"{host} leads to the public network, and this crawl names no contact.")
        elif not is_private(address):
            raise RefusedAddressError(f"{host} leads to {literal}, which is set aside for other use.")
        elif not self.allow_private:
            raise RefusedAddressError(f"{host} leads to {literal}, a private address; {PRIVATE_ADVICE}.")


def way_to_proxy(proxy: str) -> Routes:
    """The way to a proxy, "http://HOST:PORT", whatever host was asked for: the site file names it, so it is allowed."""
    return Routes(detours=(Detour(host="", port=None, to_host=host_of(proxy).strip("[]"), to_port=None),))
