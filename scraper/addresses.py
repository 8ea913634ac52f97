r"""Addresses as text: joining, normal form, scope, and the page identity that some of them carry. Pure.

Joining and parsing follow the WHATWG URL standard (through ada), because that is what the sites' own visitors do:
to a browser `\\evil.example\x` is another host, which urllib and httpx do not see.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

import ada_url

# An address as ada writes it, without user name and password, which are encoded so that the first "@" ends them. Read
# at once: each part that is asked of ada by itself takes as long as the parsing.
_WRITTEN = re.compile(r"(https?:)//([^/?#@:\[]+|\[[^/?#@]*\])(:\d+)?(/[^?#]*)(\?[^#]*)?(#.*)?", re.DOTALL)
# Session ids and tracking parameters: they name a visit, not a page. `;jsessionid=` stands in each form action and
# some links of a SiteVision page served without cookies; the parameters are those of the large mail, ad and statistics
# services. SiteVision's own `sv.` parameters choose what a portlet shows and stay.
_SESSION = re.compile(r";jsessionid=[^/?#;]*", re.IGNORECASE)
_OF_A_VISIT = re.compile(
    r"jsessionid|phpsessid|(?:utm|mtm|piwik)_\w+|pk_(?:campaign|kwd|source|medium|content|cid)|_ga|_gl|mkt_tok|mc_[ce]id"
    r"|(?:fb|g|d|ms|tw|tt|y)cl(?:k?id)|gclsrc|[gw]braid|igshid|li_fat_id|_hs\w+|__hs\w+|hsctatracking",
    re.IGNORECASE,
)
_ESCAPE = re.compile(r"%[0-9a-f]{2}", re.IGNORECASE)
# The escape of a letter that needs none; not behind a stray percent sign, with which the letter might be an escape.
_UNRESERVED = re.compile(r"(?<!%)(?<!%[0-9a-f])%(?:2[de]|3\d|[46][1-9a-f]|[57][0-9a]|5f|7e)", re.IGNORECASE)
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


@lru_cache(maxsize=4096)  # asked of a link when it is met and again when it is followed
def normal(address: str, *, fragment: bool = False) -> str | None:
    """Normal form of an http(s) address, or None when it is none that we would ask for.

    Lower-case host in ASCII, default port gone, dots resolved, escapes in capitals and only where needed, without
    session ids, tracking parameters, a trailing dot of the host and (unless asked for) the fragment. The query keeps
    its order. An address with a user name or a password, with a port of other services, or over 8,192 characters has no
    normal form.
    """
    try:
        whole = ada_url.normalize_url(address.strip())
    except ValueError:
        return None
    return settled(whole, fragment=fragment)


# Ports at which other services listen than the web's: no browser goes there (the WHATWG's Fetch standard, "bad port"),
# lest a link make it talk to a mail server.
_OF_OTHER_SERVICES = frozenset(
    f":{port}"
    for port in (
        0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109,
        110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530,
        531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190,
        5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
    )
)  # fmt: skip
LONGEST = 8192
"""Characters of an address that is asked for; RFC 9110, section 4.1 wants 8,000 to be taken, and many take no more."""


def why_none(address: str) -> str:
    """One sentence, for whoever wrote an address without a normal form, on why it is not asked for and what to do."""
    try:
        url = ada_url.URL(address.strip())
    except ValueError:
        url = None
    if url and url.protocol in ("http:", "https:"):
        if url.username or url.password:
            return f'"{url.protocol}//…@{url.host}" cannot be asked: leave out the user name and the password.'
        if f":{url.port}" in _OF_OTHER_SERVICES:
            return f'"{address}" cannot be asked: port {url.port} is of another service. Write that of a web server.'
        if len(url.href) > LONGEST:
            return f'"{address[:60]}…" cannot be asked: it is longer than {LONGEST} characters.'
    return f'"{address}" is no address of a page: write it out, as https://example.se/page.'


def settled(whole: str, *, fragment: bool = False) -> str | None:
    """Normal form of an address that ada has written, as `join` gives it: what `normal` does after the standard."""
    parts = _WRITTEN.fullmatch(whole)
    if parts is None:
        return None
    scheme, host, port, path, search, tail = parts.groups(default="")
    host = host.rstrip(".")
    if not host or port in _OF_OTHER_SERVICES or len(whole) > LONGEST:
        return None
    if ";" in path or "%" in path:
        path = _spelled(_SESSION.sub("", path)) or "/"
    query = _kept_parameters(_spelled(search)) if search else ""
    tail = _SESSION.sub("", tail) if fragment and tail != "#" else ""
    return f"{scheme}//{host}{port}{path}{query}{tail}"


def _kept_parameters(search: str) -> str:
    parts = search.removeprefix("?").split("&")
    kept = [part for part in parts if part and not _OF_A_VISIT.fullmatch(part.split("=")[0])]
    return "?" + _SESSION.sub("", "&".join(kept)) if kept else ""


def _spelled(text: str) -> str:
    """With no escape where none is needed (RFC 3986, section 6.2.2.2), and the others in capitals."""
    if "%" not in text:
        return text
    return _ESCAPE.sub(_upper, _UNRESERVED.sub(lambda match: chr(int(match.group()[1:], 16)), text))


def _upper(match: re.Match[str]) -> str:
    return match.group().upper()


@lru_cache(maxsize=256)  # manners ask for the host of the address at hand again and again
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
    """Name that survives a move within a site, "skr.se/10794"; None when the address carries none.

    A query is part of that of a page: SiteVision serves every event, reserve or hit under the one number of the page
    that shows them, "visa.4144.html?sv.target=12.18df&id=1", and without it all of them would be one page. A file is
    the same file whatever it is asked with.
    """
    path, _, query = address.partition("#")[0].partition("?")
    page, file = _CMS_KEY.search(path), _FILE_KEY.search(path)
    match = page or file
    if match is None:
        return None
    return f"{bare(host_of(address))}/{match['key']}{'?' if page and query else ''}{query if page else ''}"
