"""Plan: what a run would ask for, and by whose leave, without asking for any page.

Only robots.txt is asked for, since the verdicts come from there. What tonight's hub pages will link to is not known
before they are read, so the plan has the start pages, the links that the archive knows, and the pages it knows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal

import click
import msgspec
from sqlite_utils import Database

from archive.render import shown_safely
from schemas.site import Site
from scraper.addresses import in_scope, normal, scope
from scraper.fetch import Fetcher

Why = Literal["start", "link", "known"]

COLUMNS = {
    "address": "address that would be asked for",
    "why": "start (the site file names it), link (a start page linked to it when last read) or known (from before)",
    "would_fetch": "whether it would be asked for",
    "robots": "the verdict and where it comes from",
    "delay_s": "seconds of rest after each request to its host",
}


class Prospect(msgspec.Struct, frozen=True, kw_only=True):
    """One address of a plan."""

    address: str
    why: Why
    would_fetch: bool
    robots: str
    delay_s: float


def known_addresses(database: Database, site: str, *, documents: bool = False) -> Iterator[tuple[str, Why]]:
    """What an archive knows to look at: links of the pages that runs began at, then every page that is live or gone.

    Links to files and files that were looked at are there with `documents` only.
    """
    linked = database.execute(
        "SELECT DISTINCT l.url FROM current_links l JOIN pages p ON p.id = l.page"
        " WHERE p.site = ? AND l.kind IN ('page', 'external', iif(?, 'document', 'page')) AND EXISTS"
        " (SELECT 1 FROM page_urls u WHERE u.page_id = p.id AND u.why = 'seed') ORDER BY l.url",
        [site, documents],
    ).fetchall()
    pages = database.execute(
        "SELECT address FROM page_list l WHERE site = ? AND state IN ('live', 'gone') AND (? OR NOT EXISTS"
        " (SELECT 1 FROM captures c WHERE c.page_id = l.page AND c.purpose = 'document')) ORDER BY page",
        [site, documents],
    ).fetchall()
    yield from ((address, "link") for (address,) in linked)
    yield from ((address, "known") for (address,) in pages)


def plan(site: Site, fetcher: Fetcher, known: Iterable[tuple[str, Why]]) -> Iterator[Prospect]:
    """Each address that a run would look at, once, with its verdict; at most as many as a run may look at."""
    hosts = scope(site.start, site.hosts)
    starts: list[tuple[str, Why]] = [(address, "start") for address in site.start]
    met: set[str] = set()
    for given, why in (*starts, *known):
        address = normal(given)
        if address is None or address in met or not in_scope(address, hosts):
            continue
        if len(met) >= site.limits.pages or fetcher.allowance.refuses():
            return
        met.add(address)
        would_fetch, robots, delay_s = fetcher.foresee(address)
        yield Prospect(address=address, why=why, would_fetch=would_fetch, robots=robots, delay_s=delay_s)


def plan_rows(prospects: Iterable[Prospect]) -> list[dict[str, object]]:
    """Rows of `tidslager crawl --dry-run --json`: one flat object an address."""
    return [msgspec.structs.asdict(prospect) for prospect in prospects]


def plan_text(prospects: Iterable[Prospect]) -> str:
    """What `tidslager crawl --dry-run` shows."""
    found = list(prospects)
    lines = []
    for prospect in found:
        word, colour = ("ask", "green") if prospect.would_fetch else ("leave", "red")
        lines.append(f"{click.style(f'{word:<5}', fg=colour)}  {shown_safely(prospect.address)}")
        about = [prospect.why, prospect.robots.rstrip(".")]
        about += [f"then {prospect.delay_s:g} s of rest"] if prospect.would_fetch else []
        lines.append(click.style(shown_safely(f"       {', '.join(about)}"), dim=True))
    rests = [prospect.delay_s for prospect in found if prospect.would_fetch]
    total = f"{len(rests)} of {len(found)} addresses would be asked for, with {sum(rests):.0f} s of rest in all."
    lines += ["", total] if rests or not found else ["", "Nothing would be looked at: no address may be asked for."]
    lines += ["Nothing but robots.txt was asked for. What tonight's pages link to is found when they are read."]
    return "\n".join(lines)
