"""Site file: a first TOML file for a page of one's own, with a comment on each setting. Pure."""

from __future__ import annotations

import json
import re
import unicodedata
from urllib.parse import unquote

from schemas.errors import ConfigurationError
from schemas.site import Site, decode_site
from scraper.addresses import bare, host_of, normal, why_none
from scraper.connect import is_local
from scraper.fetch import user_agent
from scraper.site_survey import Proposal

_DEFAULTS = Site(name="x", start=("https://example.se/",))

_LOCAL = """
# This host is your own machine, or stands in your own network: only so may it be connected to.
allow_private = true
"""


def file_for(address: str, contact: str, proposal: Proposal | None = None, *, name: str = "") -> tuple[str, str]:
    """Name and text of a site file that starts at an address, with what a look at the page proposes.

    `name` is the collection's, where it is not to follow from the address.

    Raises ConfigurationError when it is no address of a page.
    """
    start = normal(address) or normal(f"https://{address}")
    host = bare(host_of(start)) if start else ""
    local = is_local(host)
    if not start or not (local or "." in host.strip(".")):
        raise ConfigurationError(why_none(address))
    user_agent(contact)
    name = name or _name(start, host)
    text = f"""\
# A site of Tidslager: where it starts, how far it goes, how politely, and who answers for it.
# Look it through, then run `tidslager crawl {name}.toml`, tonight and every night.

# The archive knows the collection by this name: keep it once you have begun.
name = "{name}"

# What people call it.
title = ""

# The pages looked at first: hubs that link to the others.
start = [{_quoted(start)}]

# Hosts that links may lead to; "www." is understood. Links to other hosts are kept as facts and not followed.
hosts = [{_quoted(host)}]

# How many links away from a start page: 0 looks at the start pages alone, 1 also at what they link to.
depth = {proposal.depth if proposal else _DEFAULTS.depth}

# Your mail or web address. It goes into the User-Agent, so that the site's keepers can reach you; without it nobody's
# server but your own is asked.
contact = {_quoted(contact)}

# Seconds between two requests to a host. Where the host's robots.txt asks for more, it gets more.
delay_s = {0.0 if local else _DEFAULTS.delay_s}

# Whether the people whom the pages name are recorded, with roles, mail addresses and numbers: personal data, so that
# somebody must want them.
people = false
"""
    if local:
        text += _LOCAL
    if proposal:
        text += _proposed(proposal)
    decode_site(text, "the new site file")
    return name, text


def _proposed(proposal: Proposal) -> str:
    """The settings that only a look at the page can tell."""
    others = "".join(f"#   {host}  {number} links\n" for host, number in proposal.others)
    wider = f"\n# The page's content also links to these hosts; add those to `hosts` that belong here.\n{others}"
    return f"""{wider if others else ""}
# How the pages are laid out. The start page read by the layout "{proposal.layout}"; empty chooses by what each page
# shows. `tidslager check-site` tells how well it fits.
layout = ""

# What a healthy night finds at the least; below it the layout has probably changed, and you are told.
[floors]
# Pages read in one night: half of what the start page led to when this file was written.
pages = {proposal.pages}
# Sections on the start page: two thirds of those that it had.
sections = {proposal.sections}
"""


def _name(address: str, host: str) -> str:
    """Host and last part of the path: two hubs of one host are two collections."""
    last = address.partition("?")[0].rstrip("/").rpartition("/")[2]
    page = "" if last == address.split("/")[2] else last.partition(".")[0]
    plain = unicodedata.normalize("NFKD", f"{host} {unquote(page)}").encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "-", plain.lower())
    return slug.strip("-")[:64].rstrip("-")


def _quoted(text: str) -> str:
    """A TOML basic string; JSON's are a subset of them."""
    return json.dumps(text, ensure_ascii=False)
