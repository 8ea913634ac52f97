"""The loop and nothing else: next address, fetch, keep, read, record, follow.

A capture commits before it is read; its record, revision and changes commit together afterwards. So a run may be
killed anywhere: what it kept and did not read is found by a query and read by the next one.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator

import msgspec

from archive.captures import Kept, Why
from archive.revisions import Recorded
from archive.store import Archive
from schemas.capture import Capture
from schemas.page import Page
from schemas.reading import Reading
from schemas.site import Site
from scraper.addresses import cms_key, in_scope, normal, scope
from scraper.clock import Clock
from scraper.fetch import Fetcher
from scraper.layout import layout_named
from scraper.parse import PARSER
from scraper.parse import read as read_page
from scraper.reading import ReadPage, reading_of, to_front
from scraper.summary import Look, Result, Summary, limited, shortfalls
from scraper.suspect import is_front

Watch = Callable[[str, int, int], None]
"""Told before each look: its address, how many looks are done, how many more are known to come."""

_FOLLOWED = ("page", "external")


class _Run(msgspec.Struct, frozen=True, kw_only=True):
    """One run and what it works with."""

    id: int
    site: Site
    archive: Archive
    fetcher: Fetcher
    read: ReadPage
    captured: set[str]
    """Addresses that have a capture in this run."""


class Stop(msgspec.Struct, frozen=True, kw_only=True):
    """One address to look at."""

    address: str
    depth: int
    """Links away from a start page."""
    why: Why


def crawl(
    site: Site,
    archive: Archive,
    fetcher: Fetcher,
    clock: Clock,
    *,
    version: str,
    watch: Watch,
    read: ReadPage = read_page,
) -> Summary:
    """Look at the start pages, at what they link to, and at every page of the site that earlier runs knew.

    `read` reads the body of a capture: `Guard.read` where a page may come from anybody. Raises TidslagerError for what
    stops the run; what was committed until then stays. A layout that does not exist is a ConfigurationError before
    anything is asked of a server. A KeyboardInterrupt ends the run where it is: it is marked interrupted and its
    summary returned.
    """
    if site.layout:
        layout_named(site.layout)
    begun = clock.monotonic()
    number = archive.begin_run(site, version=version, now=clock.now())
    read_leftovers(site, archive, read)
    run = _Run(id=number, site=site, archive=archive, fetcher=fetcher, read=read, captured=set())
    looks: dict[int, Look] = {}
    left: list[str] = []
    interrupted = False
    try:
        for look in _looks(run, watch, left):
            looks[look.page] = _weightier(looks.get(look.page), look)
    except KeyboardInterrupt:
        interrupted = True
    found = tuple(looks.values())
    summary = Summary(
        site=site.name,
        run=number,
        looks=found,
        seconds=clock.monotonic() - begun,
        interrupted=interrupted,
        shortfalls=() if interrupted else shortfalls(site.floors, found),
        left_out=() if interrupted else limited(site.limits, left),
        events=tuple(archive.events(number)),
    )
    head = archive.finish_run(number, summary.status, summary.counts, now=clock.now())
    return msgspec.structs.replace(summary, head=head)


def read_leftovers(site: Site, archive: Archive, read: ReadPage = read_page) -> None:
    """Read what a stopped run kept and did not read."""
    for kept in archive.unread(site.name):
        _record(site, archive, kept, archive.read(kept.id), read)


def _looks(run: _Run, watch: Watch, left: list[str]) -> Iterator[Look]:
    """Each look of a run: first along the links, then at known pages that no link led to.

    Addresses that the limit of pages left out are put into `left`.
    """
    site = run.site
    hosts = scope(site.start, site.hosts)
    queue = deque(Stop(address=normal(address) or address, depth=0, why="seed") for address in site.start)
    met = {stop.address for stop in queue}
    known = [address for address in run.archive.addresses(site.name, run.id) if in_scope(address, hosts)]
    swept = False
    while queue or not swept:
        if not queue:
            swept = True
            unseen = run.archive.addresses(site.name, run.id)
            queue.extend(Stop(address=address, depth=site.depth, why="link") for address in unseen if address in known)
            continue
        stop = queue.popleft()
        if stop.address in run.captured:
            continue
        if len(run.captured) >= site.limits.pages:
            left.append(stop.address)
            continue
        unlinked = 0 if swept else sum(address not in met for address in known)
        watch(stop.address, len(run.captured), len(queue) + unlinked)
        for look, page in _look(run, stop):
            yield look
            if page is not None and stop.depth < site.depth:
                onward = [address for address in _onward(page, hosts) if address not in met]
                met.update(onward)
                queue.extend(
                    Stop(address=address, depth=stop.depth + 1, why="link") for address in dict.fromkeys(onward)
                )


def _look(run: _Run, stop: Stop) -> Iterator[tuple[Look, Page | None]]:
    """One address and where it redirects to: each exchange kept, then read."""
    via: int | None = None
    at_front = False
    for capture in run.fetcher.visit(stop.address, run.captured.__contains__):
        if capture.purpose == "robots":
            run.archive.keep(run.id, capture)
            continue
        run.captured.add(capture.address)
        kept = run.archive.keep(
            run.id, capture, why=stop.why, cms_key=cms_key(capture.address), via=via, of_page=not at_front
        )
        via = kept.id
        if kept.page is None:
            continue
        at_front = to_front(capture)
        recorded = _record(run.site, run.archive, kept, capture, run.read)
        page = _trusted(recorded)
        if page is not None:
            _name_canonically(run, kept, page)
        yield _told(kept, capture, recorded, start=stop.why == "seed"), page


def _record(site: Site, archive: Archive, kept: Kept, capture: Capture, read: ReadPage) -> Recorded | None:
    """Read a capture, where there is something to read, and record what it says."""

    def reread(look: Capture) -> Reading | None:
        return reading_of(look, site.layout, read)

    reading = reread(archive.look(kept.id) if capture.outcome == "not_modified" else capture)
    return archive.record(kept.id, reading, parser=PARSER, reread=reread) if reading else None


def _trusted(recorded: Recorded | None) -> Page | None:
    """The page record of a look, when it is the page's: the links of a suspect are not followed."""
    if recorded is None or recorded.reading is None or recorded.finding == "suspect":
        return None
    return recorded.reading.page


def _name_canonically(run: _Run, kept: Kept, page: Page) -> None:
    """Note the address that a page calls its own, where it is in scope and another: a link there leads to this page."""
    own = normal(page.canonical) if page.canonical else None
    hosts = scope(run.site.start, run.site.hosts)
    if own and kept.page is not None and in_scope(own, hosts) and not is_front(own):
        run.archive.name_page(run.id, kept.page, own, cms_key=cms_key(own))


def _onward(page: Page, hosts: tuple[str, ...]) -> Iterator[str]:
    """Addresses that a page's content links to and that the site file lets us look at."""
    for _, link in page.links():
        address = normal(link.address) if link.kind in _FOLLOWED else None
        if address and in_scope(address, hosts):
            yield address


def _told(kept: Kept, capture: Capture, recorded: Recorded | None, *, start: bool) -> Look:
    assert kept.page is not None
    reading = recorded.reading if recorded else None
    page = reading.page if reading else None
    return Look(
        page=kept.page,
        address=capture.address,
        result=_result(capture, recorded, reading),
        start=start,
        title=page.title if page else None,
        sections=len(page.sections) if page else 0,
        films=len(tuple(page.films())) if page else 0,
        revision=recorded.revision if recorded else None,
        changes=recorded.changes if recorded else (),
        error=capture.error or (reading.why if reading else None) or None,
        doubt=reading.doubt if reading else None,
        note=recorded.note if recorded else "",
    )


def _result(capture: Capture, recorded: Recorded | None, reading: Reading | None) -> Result:
    if capture.outcome == "robots_denied" and capture.error is None:
        return "not_allowed"
    if capture.outcome == "out_of_scope":
        return "left"
    if recorded is None or reading is None:
        return "failed"
    if reading.verdict == "not_html":
        return "not_html"
    if recorded.finding == "elsewhere" and capture.error:
        return "left"
    return recorded.finding


def _weightier(one: Look | None, other: Look) -> Look:
    """Of two looks at one page, the one that says more: a redirect says only where to look."""
    if one is None or one.result == "elsewhere":
        return other if one is None else msgspec.structs.replace(other, start=one.start or other.start)
    return one if other.result == "elsewhere" else other
