"""Site: all that may be said about one collection of pages. A TOML file; unknown keys are refused."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from typing import Annotated, Any, Literal, get_args

import msgspec
from msgspec import Meta
from rapidfuzz import process

from schemas.errors import ConfigurationError

Seconds = Annotated[float, Meta(ge=0)]
Count = Annotated[int, Meta(ge=0)]
Positive = Annotated[int, Meta(ge=1)]
MIB = 1024 * 1024


class Limits(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one page may cost. Over a limit is an outcome; what was read is kept and marked incomplete."""

    body_bytes: Positive = 16 * MIB
    """Bytes of body as sent; the pages of these sites are under 0.4 MB."""
    decoded_bytes: Positive = 64 * MIB
    """Bytes of body after content decoding; guards against decompression bombs."""
    head_bytes: Positive = 64 * 1024
    """Bytes of response head."""
    hops: Count = 8
    """Redirects followed from one address; RFC 9309 asks for at least 5 for robots.txt, browsers stop at 20."""
    page_s: Seconds = 60.0
    """Seconds for one request from first byte out to last byte in; httpx has no such limit of its own."""
    connect_s: Seconds = 15.0
    """Seconds to connect, and seconds of silence allowed while reading."""
    attempts: Positive = 3
    """Requests made for one page before its failure is recorded."""
    retry_after_s: Seconds = 120.0
    """Longest Retry-After that is waited for; a longer one ends the attempts."""
    parse_s: Annotated[float, Meta(gt=0)] = 5.0
    """Seconds that the parser may take for one page; an ordinary page takes a few milliseconds."""
    parse_bytes: Annotated[int, Meta(ge=128 * MIB)] = 1024 * MIB
    """Address space of the process that parses; a page of 50 MB would need 1.5 GB."""
    record_bytes: Positive = 4 * MIB
    """Bytes of what the parser reads on one page or in one file, its chrome included; the longest act of Swedish law
    has under 2 MB of text. Guards against small markup that reads as hundreds of megabytes."""
    document_bytes: Positive = 32 * MIB
    """Bytes of a linked file as sent."""
    documents: Count = 200
    """Linked files looked at in one run, where `documents` is on; they count as pages too."""
    document_s: Annotated[float, Meta(gt=0)] = 30.0
    """Seconds that reading the text of one linked file may take."""
    pages: Positive = 2000
    """Pages looked at in one run; more are left for another, and the run is partial."""
    strikes: Positive = 3
    """Pages in a row at which a host is busy (429, 502-504) or does not answer, all attempts made, before it is left
    alone for the rest of the run."""


class Budget(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one run may cost in all, and when it may go. Over it nothing more is asked and the run is partial."""

    megabytes: Count = 1024
    """Millions of bytes received in one run, heads counted; 0 for no limit. The page being read may pass it."""
    minutes: Seconds = 720.0
    """Minutes that one run may go on; 0 for no limit. The request being made may pass it."""
    hours: Annotated[str, Meta(pattern=r"^(([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9])?$")] = ""
    """When a request may be begun, "22:00-06:00"; empty for any time. Outside it a run does not begin, or ends."""
    zone: str = "UTC"
    """Time zone of `hours`, such as "Europe/Stockholm"."""


class Floors(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a healthy run finds at the least. Below a floor the layout has probably changed."""

    pages: Count = 0
    """Pages read in one run."""
    sections: Count = 0
    """Sections on each start page. Below it nothing that is missing is called removed."""


class Volatile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A block that keeps changing without an editor: a clock, a counter, a list of the latest news.

    Its changes are kept and counted, and not shown in the feed. `tidslager changes --volatile` finds such blocks and
    writes the rule.
    """

    section: str
    """Heading path of the section it stands in, "Om oss › Kontakt"; "" for what stands before the first heading."""
    what: tuple[Literal["paragraph", "preamble", "item", "row", "image", "film", "link"], ...] = ()
    """What it consists of; empty: anything. A quote is a paragraph here, a list its items, a table its rows."""
    starts: str = ""
    """Words that it always begins with, for a section in which other blocks are news."""
    page: str = ""
    """A part of the address of the pages it stands on; empty: all pages."""
    why: Annotated[str, Meta(min_length=1)]
    """Reason; it stands beside every change that the rule takes out of the feed."""


class Site(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One collection: where it starts, how far it goes, how politely, and who answers for it."""

    name: Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=64)]
    """Short name, small letters, digits and hyphens: the archive knows the collection by it."""
    title: str = ""
    """What people call it."""
    start: Annotated[tuple[str, ...], Meta(min_length=1)]
    """Addresses looked at first: the hub pages. http or https."""
    hosts: tuple[str, ...] = ()
    """Hosts that links may lead to; "www." is understood. Empty: the hosts of `start`."""
    depth: Count = 1
    """How many links away from a start page: 0 looks at the start pages alone, 1 also at what they link to."""
    contact: str = ""
    """Mail or web address of who runs this crawl; stands in the User-Agent. Without it only your own machine is
    crawled. `--contact` and TIDSLAGER_CONTACT set it too."""
    delay_s: Seconds = 1.0
    """Least time from the end of one request to a host to the start of the next. The host's crawl-delay, where
    longer, is kept instead."""
    crawl_delay_cap_s: Seconds = 60.0
    """Longest crawl-delay that is believed."""
    layout: str = ""
    """Layout to read the pages with; empty: chosen by what each page shows."""
    people: bool = False
    """Whether the people whom the pages name are recorded: who answers for a page, contacts, and who is quoted, with
    role and organisation. What the page says is kept in any case: `tidslager redact --person` takes a name out of all.
    """
    organisations: tuple[str, ...] = ()
    """Names of organisations that the pages name without a word such as "kommun", "AB" or "kooperativ" beside them."""
    documents: bool = False
    """Whether to look also at the files (PDF and others) that pages in scope link to, as `crawl --documents` does:
    within the hosts of the site, with the same manners. Each version is kept, and what changed in a PDF, docx or
    odt is told.
    """
    suspect_nights: Positive = 3
    """Nights on which a page must say the same before it is believed, when it seems not to be the page (mass loss,
    another language, broken letters, the words of a 404, one answer for several pages). Challenges,
    logins, empty pages and a changed layout are never believed by themselves: `tidslager quarantine`."""
    connect_to: dict[str, str] = {}
    """Where to connect instead, "host:port" = "address:port", as curl's --connect-to does: for staging copies."""
    allow_private: bool = False
    """Whether names may lead to loopback and private addresses. What `connect_to` names is always allowed."""
    proxy: Annotated[str, Meta(pattern=r"^(http://[^/@\s]+)?$")] = ""
    """Proxy to go through, "http://HOST:PORT"; empty for none. One named in the environment is never used. Names are
    then the proxy's to look up, so it has to keep from private addresses itself."""
    workers: Annotated[int, Meta(ge=1, le=64)] = 1
    """Hosts asked side by side, each by a thread of its own. One request at a time goes to a host all the same."""
    conditional: bool = False
    """Whether to ask for a page only if it changed (If-None-Match, If-Modified-Since). A 304 is a claim, not evidence;
    many content management systems stamp pages with the time of the request or never change the stamp."""
    unconditional_every: Positive = 7
    """Where `conditional` is on: each page is fetched whole at least at every such number of looks."""
    limits: Limits = Limits()
    budget: Budget = Budget()
    floors: Floors = Floors()
    volatile: tuple[Volatile, ...] = ()


def decode_site(text: str, source: str) -> Site:
    """Return the site that a TOML text describes; `source` names it in messages.

    Raises ConfigurationError with the place and, for an unknown key, the nearest known one.
    """
    return site_from(read_toml(text, source), source)


def read_toml(text: str, source: str) -> dict[str, Any]:
    """What a TOML text says; `source` names it in messages. Raises ConfigurationError."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{source} is not valid TOML: {error}. Correct that place and run again.") from error


def site_from(raw: dict[str, Any], source: str) -> Site:
    """Return the site that was read from TOML; `source` names it in messages. Raises ConfigurationError."""
    refuse_unknown_keys(raw, Site, source)
    try:
        site = msgspec.convert(raw, Site, strict=True)
    except msgspec.ValidationError as error:
        raise ConfigurationError(f"{source}: {plain_fault(str(error), _EXAMPLES)}") from error
    for host in site.hosts:
        if "/" in host or ":" in host:
            raise ConfigurationError(f'{source}: hosts: "{host}" is no host name. Write it like: {_EXAMPLES["hosts"]}')
    return site


def refuse_unknown_keys(raw: dict[str, Any], record: type[msgspec.Struct], source: str, prefix: str = "") -> None:
    """Raise ConfigurationError for the first key that the record does not have, naming the nearest that it has."""
    known = {field.name: field.type for field in msgspec.structs.fields(record)}
    for key, value in raw.items():
        if key not in known:
            near = process.extractOne(key.lower(), list(known), score_cutoff=60)
            hint = f'did you mean "{prefix}{near[0]}"?' if near else "known keys are: " + ", ".join(known)
            raise ConfigurationError(f'{source}: unknown key "{prefix}{key}"; {hint}')
        inner = known[key]
        # A list of tables, [[volatile]], has its record inside the tuple.
        inner = next(iter(get_args(inner)), inner) if isinstance(value, list) else inner
        if isinstance(inner, type) and issubclass(inner, msgspec.Struct):
            for entry in value if isinstance(value, list) else [value]:
                if isinstance(entry, dict):
                    refuse_unknown_keys(entry, inner, source, f"{prefix}{key}.")


_EXAMPLES = {
    "name": 'name = "example-se" (small letters, digits and hyphens)',
    "start": 'start = ["https://example.se/page"]',
    "hosts": 'hosts = ["example.se", "example.org"]',
    "depth": "depth = 1",
    "contact": 'contact = "you@example.se"',
    "delay_s": "delay_s = 1.0 (seconds)",
    "organisations": 'organisations = ["Vägen ut!"]',
    "connect_to": 'connect_to = { "example.se:80" = "127.0.0.1:8080" }',
    "allow_private": "allow_private = true",
}


def plain_fault(message: str, examples: Mapping[str, str]) -> str:
    """Say a msgspec message with the key in front and an example behind it."""
    text, _, place = message.partition(" - at `$.")
    key = place.rstrip("`") or text.rpartition("field `")[2].rstrip("`")
    example = examples.get(re.split(r"[.\[]", key)[0])
    fault = "this setting is missing" if "missing required" in text else text[:1].lower() + text[1:]
    return f"{key}: {fault}. " + (f"Write it like: {example}" if example else "Correct the value and run again.")
