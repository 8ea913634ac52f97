"""The site that a command looks at: its file, the environment over it, and what was typed over both."""

from __future__ import annotations

from collections.abc import Sequence

import click
from msgspec.structs import replace

from schemas.errors import ConfigurationError
from schemas.site import Site
from scraper.addresses import in_scope, normal, why_none
from scraper.connect import parse_connect_to
from scraper.layout import layout_named
from scraper.settings import site_in_force

CONNECT_TO = click.option(
    "--connect-to",
    "connect_to",
    multiple=True,
    metavar="HOST:PORT:ADDRESS:PORT",
    help="For HOST:PORT connect to ADDRESS:PORT, as curl does: for staging copies.",
)
CONTACT = click.option(
    "--contact",
    envvar="TIDSLAGER_CONTACT",
    show_envvar=True,
    help="Your mail or web address: it goes into the User-Agent, so that the sites' keepers can reach you.",
)


def chosen_site(name: str, start: Sequence[str], connect_to: Sequence[str], contact: str | None) -> Site:
    """The site with what the environment and the command line say put over it. Raises ConfigurationError."""
    site = site_in_force(name).value
    if site.layout:
        layout_named(site.layout)
    for address in start or site.start:
        if normal(address) is None:
            raise ConfigurationError(f"Start address {why_none(address)}")
        if site.hosts and not in_scope(address, site.hosts):
            raise ConfigurationError(
                f"{address} is outside the site {site.name}, whose hosts are {', '.join(site.hosts)}: "
                "start at one of them, or write a site file of your own (`tidslager init ADDRESS`)."
            )
    # The first that fits counts, so what the command line says stands first.
    named = dict(map(parse_connect_to, connect_to))
    return replace(
        site,
        start=tuple(start) or site.start,
        contact=site.contact if contact is None else contact,
        connect_to=named | {of: to for of, to in site.connect_to.items() if of not in named},
    )
