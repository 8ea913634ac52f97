"""The part of the command line for sites of one's own: init writes a site file, check-site tries it on pages."""

from __future__ import annotations

import random
from pathlib import Path

import click
from msgspec.structs import replace
from sqlite_utils import Database

from archive.captures import read_look
from archive.console import archive_option, json_option, print_json, print_note, print_text, reading_archive
from archive.history import find_page
from schemas.capture import Capture
from schemas.errors import ConfigurationError, NoPageError
from schemas.reading import Reading, Rules
from schemas.site import Site, decode_site
from scraper.addresses import authority_of, normal, why_none
from scraper.chosen import CONNECT_TO, CONTACT, chosen_site
from scraper.clock import SystemClock
from scraper.connect import is_local, parse_connect_to
from scraper.fetch import Fetcher
from scraper.guard import Guard
from scraper.reading import reading_of
from scraper.site_check import Check, check, check_rows, check_text
from scraper.site_file import file_for
from scraper.site_survey import propose, survey_text

SIGNALLED = 3
DOES_NOT_FIT = 4
_HTTPS = "443"


@click.command()
@click.argument("address")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--contact", envvar="TIDSLAGER_CONTACT", default="", help="Your mail or web address.")
@CONNECT_TO
@click.option("--offline", is_flag=True, help="Write the file without a look at the page.")
def init(address: str, file: Path | None, contact: str, connect_to: tuple[str, ...], *, offline: bool) -> None:
    """Look at the page at ADDRESS, show what would be recorded, and write a site file with a comment on each setting.

    The page is asked for as a crawl asks: robots.txt first, with your contact in the User-Agent. The layout, the
    depth, the hosts and the floors that fit it go into the file. FILE is named after the host unless you say
    otherwise; a file that exists is left as it is. Nothing is written when the page cannot be had or read: see to
    that, or use --offline.
    """
    name, text = file_for(address, contact)
    path = file or Path(f"{name}.toml")
    if path.exists():
        raise ConfigurationError(f"{path} is there already and was left as it is: name another file.")
    if not offline:
        site = replace(decode_site(text, "the new site file"), depth=0, connect_to=_detours(connect_to))
        capture = _look_at(site, site.start[0])
        reading = _page_of(capture, site)
        assert reading.page is not None, "a reading without a page was refused"
        proposal = propose(reading.page, reading.layout, capture.address)
        print_text(survey_text(reading.page, proposal, capture.address))
        name, text = file_for(capture.address, contact, proposal, name=name)
    _write(path, text)
    print_note(f"Wrote {path}. Look it through, then: tidslager crawl {path}")


def _write(path: Path, text: str) -> None:
    try:
        with path.open("x", encoding="utf-8") as output:
            output.write(text)
    except FileExistsError:
        raise ConfigurationError(f"{path} is there already and was left as it is: name another file.") from None
    except OSError as error:
        raise ConfigurationError(f"Cannot write {path} ({error.strerror}): name another file.") from error


@click.command(name="check-site")
@click.argument("site")
@click.option("--page", "pages", multiple=True, metavar="URL", help="Check this page instead of the start pages.")
@click.option("--stored", is_flag=True, help="Check the pages as the archive has them; nothing is asked for.")
@click.option("--every", is_flag=True, help="Show every selector and every block.")
@CONTACT
@CONNECT_TO
@archive_option
@json_option
def check_site(
    site: str,
    pages: tuple[str, ...],
    contact: str | None,
    connect_to: tuple[str, ...],
    path: Path,
    *,
    stored: bool,
    every: bool,
    as_json: bool,
) -> None:
    """Try the layout of SITE on its start pages: what each selector matched, and what became of each block of text.

    SITE is the path of a site's TOML file or the name of a built-in site. Every block has one of three fates: handled
    (in the record, or read as metadata), ignored (chrome, by the rule that is named) or signalled (no rule knows it).

    Exit code 0 when all is well, 3 when something is signalled, 4 when the layout does not fit, 1 when a page cannot
    be had.
    """
    chosen = chosen_site(site, (), connect_to, contact)
    captures = _stored(path, chosen, pages) if stored else _live(chosen, pages or chosen.start)
    checks = [_checked(capture, chosen) for capture in captures]
    if as_json:
        print_json(check_rows(checks))
        for why in (why for one in checks for why in one.unfit):
            print_note(f"The layout does not fit: {why}")
    else:
        print_text("\n\n".join(check_text(one, every=every) for one in checks))
    if any(one.unfit for one in checks):
        raise SystemExit(DOES_NOT_FIT)
    raise SystemExit(SIGNALLED if any(one.signalled for one in checks) else 0)


def _checked(capture: Capture, site: Site) -> Check:
    _page_of(capture, site, empty=True)
    return check(capture, site)


def _detours(connect_to: tuple[str, ...]) -> dict[str, str]:
    return dict(map(parse_connect_to, connect_to))


def _live(site: Site, pages: tuple[str, ...]) -> list[Capture]:
    for address in pages:
        if normal(address) is None:
            raise ConfigurationError(why_none(address))
    return [_look_at(site, address) for address in pages]


def _look_at(site: Site, address: str) -> Capture:
    """The page as it is now, at the end of its redirects. Raises NoPageError when there is none to be had."""
    fetcher = Fetcher(site, SystemClock(), rng=random.Random())  # noqa: S311 -- spreads retries, guards nothing
    captures = [one for one in fetcher.visit(address, lambda _: False) if one.purpose == "page"]
    if not captures:
        raise NoPageError(f"{address} was not asked for, since the site's budget does not allow it now: see [budget].")
    last = captures[-1]
    if last.outcome == "robots_denied":
        raise NoPageError(f"{last.address} may not be looked at: {last.robots}. Ask the site's keepers for leave.")
    if last.outcome != "fetched":
        status = f" with status {last.status}" if last.status else ""
        why = f": {last.error}" if last.error else "."
        raise NoPageError(f"{last.address} gave no page ({last.outcome}{status}){why} {_what_now(last)}".rstrip())
    return last


def _what_now(last: Capture) -> str:
    """What to do about a page that was not had; "" where the reason says it."""
    if last.outcome == "refused_address":
        return ""
    host, _, port = authority_of(last.address).rpartition(":")
    if last.outcome == "tls_error" and (port != _HTTPS or is_local(host)):
        return f"If it speaks no TLS, write http:// before it: http://{last.address.partition('://')[2]}"
    return "Correct the address, or try again later."


def _page_of(capture: Capture, site: Site, *, empty: bool = False) -> Reading:
    """What the capture says, read under guard. Raises NoPageError when it is not the page, or none that can be read.

    `empty` lets a page without content pass, which is for the check to tell.
    """
    with Guard.of(site) as guard:
        reading = reading_of(capture, Rules(layout=site.layout), guard.read)
    if reading is None or reading.page is None:
        why = reading.why if reading else "It says nothing."
        raise NoPageError(f"{capture.address} cannot be read as a page. {why} Give the address of an HTML page.")
    if reading.verdict != "page" and not (empty and reading.doubt == "empty"):
        raise NoPageError(
            f"{capture.address} seems not to be the page it should be: {reading.why.rstrip('.')}. "
            "Look at it in a browser, and give the address of the page itself."
        )
    return reading


def _stored(path: Path, site: Site, pages: tuple[str, ...]) -> list[Capture]:
    """The newest look at each page that the archive read as a page. Raises NoPageError when it has none."""
    with reading_archive(path) as database:
        return [_newest(database, name) for name in pages or site.start]


def _newest(database: Database, name: str) -> Capture:
    page = find_page(database, name)["page"]
    query = "SELECT max(capture) FROM fetch_log WHERE page = ? AND verdict IN ('page', 'suspect')"
    (capture,) = database.execute(query, [page]).fetchone()
    if capture is None:
        raise NoPageError(f"The archive has no look at {name} that could be read: check it live, without --stored.")
    return read_look(database, capture)


COMMANDS = (init, check_site)
