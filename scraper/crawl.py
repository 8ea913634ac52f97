"""The loop and nothing else: next address, fetch, keep, read, record, follow.

A capture commits before it is read; its record, revision and changes commit together afterwards, in one transaction
with a later capture. While a page is being read the one before it is recorded and the next one is fetched, as long as
which one that is does not hang on the reading; nothing is written out of turn. So a run may be killed anywhere: what it
kept and did not read is found by a query and read by the next one.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait

import msgspec

from archive.again import Again
from archive.captures import Kept
from archive.revisions import Reader, Recorded
from archive.store import Archive
from schemas.capture import Capture
from schemas.page import LinkKind, Page
from schemas.reading import Reading, Rules
from schemas.site import Site
from scraper.addresses import cms_key, in_scope, normal
from scraper.clock import Clock
from scraper.fetch import Fetcher
from scraper.frontier import Frontier, Stop
from scraper.lanes import side_by_side
from scraper.layout import layout_named
from scraper.logs import log_look
from scraper.parse import PARSER
from scraper.parse import read as read_page
from scraper.reading import ReadPage, reading_of, says_again, to_front
from scraper.summary import Look, Result, Summary, shortfalls
from scraper.suspect import is_front

Watch = Callable[[str, int, int], None]
"""Told before each look: its address, how many looks are done, how many more are known to come."""

_UNRECORDED = 2
"""Captures that are kept and not yet recorded, at the most: one is being read while the one before it is recorded."""

_FOLLOWED: tuple[LinkKind, ...] = ("page", "external")
_FILES: tuple[LinkKind, ...] = ("document",)


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

    `read` reads the body of a capture: `Guard.read` where a page may come from anybody; it is called from a thread of
    its own, once at a time. Raises TidslagerError for what stops the run; what was committed until then stays. A layout
    that does not exist is a ConfigurationError before anything is asked of a server. A KeyboardInterrupt ends the run
    where it is: it is marked interrupted and its summary returned.
    """
    if site.layout:
        layout_named(site.layout)
    begun = clock.monotonic()
    number = archive.begin_run(site, version=version, now=clock.now())
    read_leftovers(site, archive, read)
    interrupted = False
    with ThreadPoolExecutor(max_workers=1) as beside:
        run = _Run(number, site, archive, fetcher, watch=watch, read=read, beside=beside)
        try:
            run.go()
        except KeyboardInterrupt:
            interrupted = True
        run.settle()
    found = tuple(run.looks.values())
    stopped, left = (None, ()) if interrupted else run.why_stopped()
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
        reading = reading_of(archive.look(kept.id), _rules(site), read)
        _record(archive, kept, reading, lambda look: reading_of(look, _rules(site), read))


class _Thread:
    """What a chain of redirects has come to so far."""

    def __init__(self) -> None:
        self.via: int | None = None
        self.at_front = False


class _Open(msgspec.Struct, frozen=True, kw_only=True):
    """A capture that is kept and is being read, or waits for its turn."""

    stop: Stop
    kept: Kept
    capture: Capture
    look: Capture
    """The capture with what it says: of a 304, the body that it confirms."""
    reading: Future[Reading | None] | None
    """None where it says again what the look before it said."""


class _Run:
    """One run: what it works with, what it has come to, and the captures that are being read."""

    def __init__(
        self, number: int, site: Site, archive: Archive, fetcher: Fetcher,
        *, watch: Watch, read: ReadPage, beside: ThreadPoolExecutor,
    ) -> None:  # fmt: skip
        self.looks: dict[int, Look] = {}
        self._id = number
        self._site = site
        self._archive = archive
        self._fetcher = fetcher
        self._watch = watch
        self._read = read
        self._beside = beside
        self._held = archive.held(site, parser=PARSER)
        self._frontier = Frontier(site, archive.addresses(site.name, number), files=archive.documents(site.name))
        self._threads: dict[Stop, _Thread] = {}
        self._open: deque[_Open] = deque()

    def go(self) -> None:
        """Look at each address: first along the links, then at known pages that no link led to."""
        for stop, capture in side_by_side(self._take, self._visit, self._site.workers):
            if capture is None:
                self._threads.pop(stop, None)
            else:
                self._keep(stop, capture, self._threads.setdefault(stop, _Thread()))

    def why_stopped(self) -> tuple[str | None, tuple[str, ...]]:
        """Why the run stopped before it was through, and the addresses that it knew and did not look at."""
        self._sweep()
        left = self._frontier.left
        if why := self._fetcher.allowance.stopped:
            return why, left
        if left and self._frontier.full:
            return f"Stopped after {self._site.limits.pages} pages (limits.pages).", left
        if self._frontier.too_many:
            limit = self._site.limits.documents
            return f"More than {limit} files are linked (limits.documents): the others were left.", left
        return None, ()

    def _take(self, busy: Collection[str]) -> Stop | None:
        """The next stop. What is being read is waited for only when nothing else is known to come."""
        if self._fetcher.allowance.refuses():
            return None
        stop = self._frontier.take(busy)
        while stop is None and self._open:
            self._settle_oldest()
            stop = self._frontier.take(busy)
        if stop is None and not busy and not self._frontier.full:
            self._sweep()
            stop = self._frontier.take(busy)
        if stop is not None:
            self._watch(stop.address, len(self._frontier.captured), self._frontier.to_come)
        return stop

    def _sweep(self) -> None:
        self._frontier.sweep(lambda: self._archive.addresses(self._site.name, self._id))

    def _visit(self, stop: Stop) -> Iterator[Capture]:
        return self._fetcher.visit(stop.address, self._frontier.captured.__contains__, self._held.get, stop.purpose)

    def _keep(self, stop: Stop, capture: Capture, thread: _Thread) -> None:
        """Record what was read before, keep the next exchange of a stop, and have it read."""
        due = len(self._open) >= _UNRECORDED
        if due and self._open[0].reading:
            wait([self._open[0].reading])  # not inside the transaction
        of_page = capture.purpose != "robots"
        with self._archive.together():
            recorded = self._written(self._open[0]) if due else None
            kept = self._archive.keep(
                self._id, capture, why=stop.why, cms_key=cms_key(capture.address),
                via=thread.via if of_page else None, of_page=of_page and not thread.at_front,
            )  # fmt: skip
        if due:
            self._settled(recorded)
        if not of_page:
            return
        self._frontier.captured.add(capture.address)
        thread.via = kept.id
        if kept.page is None:
            return
        thread.at_front = to_front(capture)
        look = self._archive.look(kept.id) if capture.outcome == "not_modified" else capture
        again = self._seen_again(kept, look)
        reading = None if again else self._reading(look, self._archive.held_record(kept, parser=PARSER))
        self._open.append(_Open(stop=stop, kept=kept, capture=capture, look=look, reading=reading))

    def _seen_again(self, kept: Kept, look: Capture) -> Again | None:
        """The look before, where this one shows the same bytes and says the same by them."""
        before = self._archive.seen_again(kept.id, parser=PARSER) if look.outcome == "fetched" else None
        return before if before and says_again(look, before.head, before.reading) else None

    def _reading(self, look: Capture, known: bytes | None = None) -> Future[Reading | None]:
        """Have a look read when its turn comes: whatever is read in a run, one thread reads it, one page at a time."""
        return self._beside.submit(reading_of, look, _rules(self._site), self._read, known)

    def settle(self) -> None:
        """Wait for all that is being read and record it."""
        while self._open:
            self._settle_oldest()

    def _settle_oldest(self) -> None:
        """Wait for what has been read the longest, record it and put its links in the queue."""
        self._settled(self._written(self._open[0]))

    def _written(self, look: _Open) -> Recorded | None:
        """Record a look, and what its page calls itself."""
        recorded = self._recorded(look)
        page = _trusted(recorded)
        if page is not None:
            self._name_canonically(look.kept, page)
        return recorded

    def _settled(self, recorded: Recorded | None) -> None:
        """Tell what became of the oldest look and follow its links, once that is committed."""
        look = self._open.popleft()
        told = _told(look.kept, look.capture, recorded, start=look.stop.why == "seed")
        self.looks[told.page] = _weightier(self.looks.get(told.page), told)
        log_look(self._id, told)
        page = _trusted(recorded)
        if page is not None:
            self._follow(look.stop, page)

    def _recorded(self, look: _Open) -> Recorded | None:
        """Write what a look says."""
        # Looked up once more: what was recorded in between may bear on it.
        before = None if look.reading else self._seen_again(look.kept, look.look)
        if before:
            return self._archive.record_again(look.kept.id, before)
        reading = (look.reading or self._reading(look.look)).result()
        return _record(self._archive, look.kept, reading, lambda other: self._reading(other).result())

    def _follow(self, stop: Stop, page: Page) -> None:
        """Put the links of a page in the queue: to pages as far as the site goes, to files where they are wanted."""
        hosts = self._frontier.hosts
        if stop.depth < self._site.depth:
            self._frontier.add(_onward(page, hosts, _FOLLOWED), depth=stop.depth + 1)
        if self._site.documents and stop.purpose == "page":
            self._frontier.add(_onward(page, hosts, _FILES), depth=stop.depth + 1, purpose="document")

    def _name_canonically(self, kept: Kept, page: Page) -> None:
        """Note the address that a page calls its own, where it is in scope and another: a link there leads to it."""
        own = normal(page.canonical) if page.canonical else None
        if own and kept.page is not None and in_scope(own, self._frontier.hosts) and not is_front(own):
            self._archive.name_page(self._id, kept.page, own, cms_key=cms_key(own))


def _record(archive: Archive, kept: Kept, reading: Reading | None, reread: Reader) -> Recorded | None:
    """Record what a capture says, where it says something."""
    return archive.record(kept.id, reading, parser=PARSER, reread=reread) if reading else None


def _rules(site: Site) -> Rules:
    """What the site file says on how its pages are read."""
    return msgspec.convert(site, Rules, from_attributes=True)


def _trusted(recorded: Recorded | None) -> Page | None:
    """The page record of a look, when it is the page's: the links of a suspect are not followed."""
    if recorded is None or recorded.reading is None or recorded.finding == "suspect":
        return None
    return recorded.reading.page


def _onward(page: Page, hosts: tuple[str, ...], kinds: Collection[LinkKind]) -> Iterator[str]:
    """Addresses that a page's content links to, by links of some kinds, and that the site file lets us look at."""
    for _, link in page.links():
        address = normal(link.address) if link.kind in kinds else None
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
