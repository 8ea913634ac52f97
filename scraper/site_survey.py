"""Site survey: what a crawl that starts at a page would record of it, and what site file follows. Pure."""

from __future__ import annotations

from collections import Counter

import msgspec

from archive.records import text_under
from archive.render import shown_safely
from schemas.page import Dated, Link, Page
from scraper.addresses import bare, host_of, in_scope, normal

_SECTIONS_SHOWN = 40
_HOSTS_SHOWN = 8


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """What a look at a page proposes for its site file."""

    layout: str
    """The layout that fits, by which the page was read."""
    depth: int
    pages: int
    """Floor of pages: half of what a crawl would look at, since some may be gone or forbidden."""
    sections: int
    """Floor of sections on the start page: two thirds of what stands there now."""
    others: tuple[tuple[str, int], ...]
    """Other hosts that the content links to, with the number of links."""


def propose(page: Page, layout: str, address: str) -> Proposal:
    """What follows from the page for its site file."""
    within = linked_pages(page, address)
    elsewhere = Counter(bare(host_of(link.address)) for link in _followed(page) if not _is_within(link, address))
    return Proposal(
        layout=layout,
        depth=1 if within or elsewhere else 0,
        pages=max(1, (1 + len(within)) // 2),
        sections=max(1, len(page.sections) * 2 // 3),
        others=tuple(elsewhere.most_common(_HOSTS_SHOWN)),
    )


def linked_pages(page: Page, address: str) -> list[str]:
    """Addresses that a crawl would look at besides the page: links of its content within its host, each once."""
    found = (normal(link.address) for link in _followed(page) if _is_within(link, address))
    return [one for one in dict.fromkeys(found) if one and one != normal(address)]


def _followed(page: Page) -> list[Link]:
    return [link for _, link in page.links() if link.kind in ("page", "external")]


def _is_within(link: Link, address: str) -> bool:
    return in_scope(link.address, [host_of(address)])


def survey_text(page: Page, proposal: Proposal, address: str) -> str:
    """What `tidslager init` shows: the record that a crawl would keep of the page, in short."""
    kinds = Counter(link.kind for _, link in page.links())
    films = sum(1 for _ in page.films())
    lines = [
        page.title or "(no title)",
        f"  address      {address}",
        f"  layout       {proposal.layout}",
        f"  language     {page.language or 'not stated'}",
        f"  published    {_day(page.published)}",
        f"  updated      {_day(page.updated)}",
        f"  responsible  {page.responsible or 'not stated'}",
        f"  films        {films}",
        f"  links        {', '.join(f'{number} {kind}' for kind, number in sorted(kinds.items())) or 'none'}",
        f"  sections     {len(page.sections)}",
    ]
    for section in page.sections[:_SECTIONS_SHOWN]:
        size = len(text_under(section).split())
        lines.append(f"    {size:>5} words  {section.heading or '(before the first heading)'}")
    if len(page.sections) > _SECTIONS_SHOWN:
        lines.append(f"    … and {len(page.sections) - _SECTIONS_SHOWN} more")
    pages = 1 + len(linked_pages(page, address))
    lines.append(f"A crawl with depth {proposal.depth} would look at {pages} page{'s' if pages > 1 else ''}.")
    lines += [f"Links to other hosts, not followed: {number} to {host}" for host, number in proposal.others]
    return shown_safely("\n".join(lines))


def _day(dated: Dated | None) -> str:
    return f"{dated.on} ({dated.source})" if dated else "not stated"
