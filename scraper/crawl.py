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
from scraper.parse import PARSER
from scraper.reading import reading_of, to_front
from scraper.summary import Look, Result, Summary, limited, shortfalls

Watch = Callable[[str, int, int], None]
"""Told before each look: its address, how many looks are done, how many more are known to come."""

_FOLLOWED = ("page", "external")


class _Run(msgspec.Struct, frozen=True, kw_only=True):
    """One run and what it works with."""

    id: int
    site: Site
    archive: Archive
    fetcher: Fetcher
    captured: set[str]
    """Addresses that have a capture in this run."""


class Stop(msgspec.Struct, frozen=True, kw_only=True):
    """One address to look at."""

    address: str
    depth: int
    """Links away from a start page."""
    why: Why


def crawl(site: Site, archive: Archive, fetcher: Fetcher, clock: Clock, *, version: str, watch: Watch) -> Summary:
    """Look at the start pages, at what they link to, and at every page of the site that earlier runs knew.

    Raises TidslagerError for what stops the run; what was committed until then stays. A KeyboardInterrupt ends the
    run where it is: it is marked interrupted and its summary returned.
    """
    begun = clock.monotonic()
    number = archive.begin_run(site, version=version, now=clock.now())
    read_leftovers(site, archive)
    run = _Run(id=number, site=site, archive=archive, fetcher=fetcher, captured=set())
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
        shortfalls=() if interrupted else (*limited(site.limits, left), *shortfalls(site.floors, found)),
    )
    head = archive.finish_run(number, summary.status, summary.counts, now=clock.now())
    return msgspec.structs.replace(summary, head=head)


def read_leftovers(site: Site, archive: Archive) -> None:
    """Read what a stopped run kept and did not read."""
    for kept in archive.unread(site.name):
        _record(site, archive, kept, archive.read(kept.id))


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
        recorded, reading = _record(run.site, run.archive, kept, capture)
        yield (
            _told(kept, capture, recorded, reading, start=stop.why == "seed"),
            reading.page if reading else None,
        )


def _record(site: Site, archive: Archive, kept: Kept, capture: Capture) -> tuple[Recorded | None, Reading | None]:
    """Read a capture, where there is something to read, and record what it says."""
    said = archive.look(kept.id) if capture.outcome == "not_modified" else capture
    reading = reading_of(said, site.layout)
    if reading is None:
        return None, None
    recorded = archive.record(kept.id, reading, parser=PARSER, reread=lambda look: reading_of(look, site.layout))
    return recorded, reading


def _onward(page: Page, hosts: tuple[str, ...]) -> Iterator[str]:
    """Addresses that a page's content links to and that the site file lets us look at."""
    for _, link in page.links():
        address = normal(link.address) if link.kind in _FOLLOWED else None
        if address and in_scope(address, hosts):
            yield address


def _told(kept: Kept, capture: Capture, recorded: Recorded | None, reading: Reading | None, *, start: bool) -> Look:
    assert kept.page is not None
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
