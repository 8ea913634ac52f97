"""The loop and nothing else: next address, fetch, keep, read, record, follow.

A capture commits before it is read; its record, revision and changes commit together afterwards. So a run may be
killed anywhere: what it kept and did not read is found by a query and read by the next one.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping

import msgspec

from archive.captures import Kept, Why
from archive.held import Held
from archive.revisions import Recorded
from archive.store import Archive
from schemas.capture import Capture
from schemas.page import Page
from schemas.reading import Reading
from schemas.site import Site
from scraper.addresses import bare, cms_key, host_of, in_scope, normal, scope
from scraper.clock import Clock
from scraper.fetch import Fetcher
from scraper.lanes import side_by_side
from scraper.layout import layout_named
from scraper.logs import log_look
from scraper.parse import PARSER
from scraper.parse import read as read_page
from scraper.reading import ReadPage, reading_of, to_front
from scraper.summary import Look, Result, Summary, shortfalls
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
    held: Mapping[str, Held]
    """What a 304 may confirm, by address."""


class Stop(msgspec.Struct, frozen=True, kw_only=True):
    """One address to look at."""

    address: str
    depth: int
    """Links away from a start page."""
    why: Why

    @property
    def host(self) -> str:
        """Its host, without "www."."""
        return bare(host_of(self.address))


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
    held = archive.held(site, parser=PARSER)
    run = _Run(id=number, site=site, archive=archive, fetcher=fetcher, read=read, captured=set(), held=held)
    frontier = Frontier(run, watch)
    looks: dict[int, Look] = {}
    interrupted = False
    try:
        for look in _looks(run, frontier):
            looks[look.page] = _weightier(looks.get(look.page), look)
            log_look(number, look)
    except KeyboardInterrupt:
        interrupted = True
    found = tuple(looks.values())
    stopped, left = (None, ()) if interrupted else frontier.why_stopped()
    summary = Summary(
        site=site.name,
        run=number,
        looks=found,
        seconds=clock.monotonic() - begun,
        interrupted=interrupted,
        stopped=stopped,
        left=left,
        shortfalls=() if interrupted or stopped else shortfalls(site.floors, found),
        events=tuple(archive.events(number)),
    )
    head = archive.finish_run(number, summary.status, summary.kept, now=clock.now())
    return msgspec.structs.replace(summary, head=head)


def read_leftovers(site: Site, archive: Archive, read: ReadPage = read_page) -> None:
    """Read what a stopped run kept and did not read."""
    for kept in archive.unread(site.name):
        _record(site, archive, kept, archive.read(kept.id), read)


def _looks(run: _Run, frontier: Frontier) -> Iterator[Look]:
    """Each look of a run: first along the links, then at known pages that no link led to."""
    site = run.site
    threads: dict[Stop, _Thread] = {}
    for stop, capture in side_by_side(frontier.take, lambda stop: _visit(run, stop), site.workers):
        if capture is None:
            threads.pop(stop, None)
            continue
        for look, page in _look(run, stop, capture, threads.setdefault(stop, _Thread())):
            yield look
            if page is not None and stop.depth < site.depth:
                frontier.add(_onward(page, frontier.hosts), depth=stop.depth + 1)


def _visit(run: _Run, stop: Stop) -> Iterator[Capture]:
    return run.fetcher.visit(stop.address, run.captured.__contains__, run.held.get)


class Frontier:
    """The addresses still to be looked at, in order, each once."""

    def __init__(self, run: _Run, watch: Watch) -> None:
        site = run.site
        self.hosts = scope(site.start, site.hosts)
        self._run = run
        self._watch = watch
        self._queue = deque(Stop(address=normal(address) or address, depth=0, why="seed") for address in site.start)
        self._met = {stop.address for stop in self._queue}
        self._known = [address for address in run.archive.addresses(site.name, run.id) if in_scope(address, self.hosts)]
        self._taken: dict[str, None] = {}
        self._swept = False

    def add(self, addresses: Iterator[str], *, depth: int) -> None:
        """Put addresses that a page links to in the queue, unless they were met before."""
        for address in addresses:
            if address not in self._met:
                self._met.add(address)
                self._queue.append(Stop(address=address, depth=depth, why="link"))

    def take(self, busy: Collection[str]) -> Stop | None:
        """The next stop whose host is not busy; None when there is none now, or the run may not go on."""
        full = len(self._run.captured) + len(busy) >= self._run.site.limits.pages
        if full or self._run.fetcher.allowance.refuses():
            return None
        stop = self._next(busy)
        if stop is None and not busy and not self._swept:
            self._sweep()
            stop = self._next(busy)
        if stop is not None:
            unlinked = 0 if self._swept else sum(address not in self._met for address in self._known)
            self._watch(stop.address, len(self._run.captured), len(self._queue) + unlinked)
        return stop

    def why_stopped(self) -> tuple[str | None, tuple[str, ...]]:
        """Why the run stopped before it was through, and the addresses that it knew and did not look at."""
        left = self._left()
        if why := self._run.fetcher.allowance.stopped:
            return why, left
        if left and len(self._run.captured) >= self._run.site.limits.pages:
            return f"Stopped after {self._run.site.limits.pages} pages (limits.pages).", left
        return None, ()

    def _left(self) -> tuple[str, ...]:
        if not self._swept:
            self._sweep()
        met = dict.fromkeys([*self._taken, *(stop.address for stop in self._queue)])
        return tuple(address for address in met if address not in self._run.captured)

    def _next(self, busy: Collection[str]) -> Stop | None:
        passed_over = []
        found = None
        while found is None and self._queue:
            stop = self._queue.popleft()
            if stop.host in busy:
                passed_over.append(stop)
            elif stop.address not in self._run.captured:
                found = stop
                self._taken[stop.address] = None
        self._queue.extendleft(reversed(passed_over))
        return found

    def _sweep(self) -> None:
        """Add the pages of the site that earlier runs knew and no link led to."""
        self._swept = True
        site = self._run.site
        known = self._run.archive.addresses(site.name, self._run.id)
        self._queue.extend(
            Stop(address=address, depth=site.depth, why="link") for address in known if in_scope(address, self.hosts)
        )


class _Thread:
    """What a chain of redirects has come to so far."""

    def __init__(self) -> None:
        self.via: int | None = None
        self.at_front = False


def _look(run: _Run, stop: Stop, capture: Capture, thread: _Thread) -> Iterator[tuple[Look, Page | None]]:
    """One exchange of a stop: kept, then read."""
    if capture.purpose == "robots":
        run.archive.keep(run.id, capture)
        return
    run.captured.add(capture.address)
    kept = run.archive.keep(
        run.id, capture, why=stop.why, cms_key=cms_key(capture.address), via=thread.via, of_page=not thread.at_front
    )
    thread.via = kept.id
    if kept.page is None:
        return
    thread.at_front = to_front(capture)
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
    if capture.outcome == "robots_denied":
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
