r"""Addresses as text: joining, normal form, scope, and the page identity that some of them carry. Pure.

Joining and parsing follow the WHATWG URL standard (through ada), because that is what the sites' own visitors do:
to a browser `\\evil.example\x` is another host, which urllib and httpx do not see.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import ada_url

# Session ids and tracking parameters: they name a visit, not a page. `;jsessionid=` stands in each form action and
# some links of a SiteVision page served without cookies; the parameters are those of the large mail and ad senders.
_SESSION = re.compile(r";jsessionid=[^/?#;]*", re.IGNORECASE)
_TRACKING = re.compile(r"^(utm_\w+|fbclid|gclid|dclid|msclkid|mc_cid|mc_eid|_hs\w+)$", re.IGNORECASE)
# An address as ada writes it, without user name and password, which are encoded so that the first "@" ends them.
_WRITTEN = re.compile(r"(https?:)//([^/?#@:\[]+|\[[^/?#@]*\])(:\d+)?(/[^?#]*)(\?[^#]*)?(#.*)?", re.DOTALL)
_ESCAPE = re.compile(r"%[0-9a-f]{2}", re.IGNORECASE)
# The number, word-number or node id before ".html" that SiteVision keeps when a page is moved or renamed:
# "larandeexempel.10794.html", "sokidiariet.n329.html", "korjournal.4.18e1b10334ebe8bc8000695.html".
_CMS_KEY = re.compile(r"\.(?P<key>[0-9]{3,}|n[0-9]+|[45]\.[0-9a-f]{8,})\.html$")

# The node of a file in SiteVision's archive: it stays when another version, with another stamp, takes its place.
_FILE_KEY = re.compile(r"/download/(?P<key>[0-9]+\.[0-9a-f]+)/[0-9]{10,15}/[^/]+$")


def join(base: str, reference: str) -> str | None:
    """Resolve a reference against a base address as a browser would; None when it is no address at all."""
    try:
        return str(ada_url.join_url(base, reference))
    except ValueError:
        return None


def normal(address: str, *, fragment: bool = False) -> str | None:
    """Normal form of an http(s) address, or None when it is none that we would ask for.

    Lower-case host in ASCII, default port gone, dots resolved, escapes in capitals, without session ids, tracking
    parameters, a trailing dot of the host and (unless asked for) the fragment. The query keeps its order. An address
    with a user name or a password, or with port 0, has no normal form.
    """
    try:
        whole = ada_url.normalize_url(address.strip())
    except ValueError:
        return None
    return settled(whole, fragment=fragment)


def settled(whole: str, *, fragment: bool = False) -> str | None:
    """Normal form of an address that ada has written, as `join` gives it: what `normal` does after the standard."""
    parts = _WRITTEN.fullmatch(whole)
    if parts is None:
        return None
    scheme, host, port, path, search, tail = parts.groups(default="")
    host = host.rstrip(".")
    if not host or port == ":0":
        return None
    if ";" in path or "%" in path:
        path = _ESCAPE.sub(_upper, _SESSION.sub("", path)) or "/"
    query = _ESCAPE.sub(_upper, _kept_parameters(search)) if search else ""
    tail = _SESSION.sub("", tail) if fragment and tail != "#" else ""
    return f"{scheme}//{host}{port}{path}{query}{tail}"


def _kept_parameters(search: str) -> str:
    kept = [part for part in search.removeprefix("?").split("&") if part and not _TRACKING.match(part.split("=")[0])]
    return "?" + _SESSION.sub("", "&".join(kept)) if kept else ""


def _upper(match: re.Match[str]) -> str:
    return match.group().upper()


def host_of(address: str) -> str:
    """Host of an address in normal form, without port; "" when it has none."""
    try:
        return str(ada_url.URL(address).hostname)
    except ValueError:
        return ""


def authority_of(address: str) -> str:
    """Host and port of an address, "host:port", the default port written out."""
    url = ada_url.URL(address)
    return f"{url.hostname}:{url.port or (443 if url.protocol == 'https:' else 80)}"


def bare(host: str) -> str:
    """The host without a leading "www."."""
    return host.removeprefix("www.")


def in_scope(address: str, hosts: Iterable[str]) -> bool:
    """Whether the address is on one of the hosts, "www." or not."""
    return bare(host_of(address)) in {bare(host.lower()) for host in hosts}


def scope(start: Iterable[str], hosts: Iterable[str]) -> tuple[str, ...]:
    """Hosts that a crawl may look at: those named and those of its start addresses."""
    return tuple(dict.fromkeys([*(host.lower() for host in hosts), *filter(None, map(host_of, start))]))


def cms_key(address: str) -> str | None:
    """Name that survives a move within a site, "skr.se/10794"; None when the address carries none."""
    path = address.partition("?")[0].partition("#")[0]
    match = _CMS_KEY.search(path) or _FILE_KEY.search(path)
    return f"{bare(host_of(address))}/{match['key']}" if match else None
