"""Frontier: the addresses that a run has yet to look at, in order, each once. Knows no network and no archive."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator

import msgspec

from archive.captures import Why
from schemas.capture import Purpose
from schemas.site import Site
from scraper.addresses import bare, host_of, in_scope, normal, scope


class Stop(msgspec.Struct, frozen=True, kw_only=True):
    """One address to look at."""

    address: str
    depth: int
    """Links away from a start page."""
    why: Why
    purpose: Purpose = "page"

    @property
    def host(self) -> str:
        """Its host, without "www."."""
        return bare(host_of(self.address))


class Frontier:
    """First the start pages, then what they link to, breadth first; last the known pages that no link led to."""

    def __init__(self, site: Site, known: Iterable[str], *, files: Collection[str] = ()) -> None:
        """Begin with the start pages; `known` are the addresses that earlier runs kept, those of linked `files` too."""
        self.hosts = scope(site.start, site.hosts)
        """Hosts within the site."""
        self.captured: set[str] = set()
        """Addresses that have a capture in this run: whoever keeps one adds it."""
        self.too_many: list[str] = []
        """Files beyond the number that a run may look at."""
        self._pages = site.limits.pages
        self._depth = site.depth
        self._queue = deque(Stop(address=normal(address) or address, depth=0, why="seed") for address in site.start)
        self._met = {stop.address for stop in self._queue}
        self._files = frozenset(files)
        self._documents = site.documents
        self._files_left = site.limits.documents
        self._unlinked = {stop.address for stop in self._stops(set(known) - self._met)}
        self._taken: dict[str, None] = {}
        self._swept = False

    @property
    def full(self) -> bool:
        """Whether as many addresses were looked at as the site allows."""
        return len(self.captured) >= self._pages

    @property
    def to_come(self) -> int:
        """How many more addresses are known to come."""
        return len(self._queue) + len(self._unlinked)

    def add(self, addresses: Iterable[str], *, depth: int, purpose: Purpose = "page") -> None:
        """Put addresses that a page links to in the queue, unless they were met before or are too many files."""
        for address in addresses:
            if address not in self._met:
                self._met.add(address)
                self._unlinked.discard(address)
                self._put(Stop(address=address, depth=depth, why="link", purpose=purpose))

    def _put(self, stop: Stop) -> None:
        if stop.purpose == "document":
            if not self._files_left:
                self.too_many.append(stop.address)
                return
            self._files_left -= 1
        self._queue.append(stop)

    def _stops(self, known: Iterable[str]) -> Iterator[Stop]:
        """Known addresses within the site as stops; those of files only where files are looked at."""
        for address in known:
            purpose: Purpose = "document" if address in self._files else "page"
            if in_scope(address, self.hosts) and (purpose == "page" or self._documents):
                yield Stop(address=address, depth=self._depth, why="link", purpose=purpose)

    def take(self, busy: Collection[str]) -> Stop | None:
        """The next stop whose host is not busy; None when there is none for now, or the run is full."""
        if len(self.captured) + len(busy) >= self._pages:
            return None
        passed_over = []
        found = None
        while found is None and self._queue:
            stop = self._queue.popleft()
            if stop.host in busy:
                passed_over.append(stop)
            elif stop.address not in self.captured:
                found = stop
                self._taken[stop.address] = None
        self._queue.extendleft(reversed(passed_over))
        return found

    def sweep(self, known: Callable[[], Iterable[str]]) -> None:
        """Add the addresses of known pages that no link led to, asked for now; the second time nothing."""
        if self._swept:
            return
        self._swept = True
        self._unlinked.clear()
        for stop in self._stops(known()):
            # Files that a page linked to tonight were put in the queue, or were too many.
            if stop.purpose == "page" or stop.address not in self._met:
                self._put(stop)

    @property
    def left(self) -> tuple[str, ...]:
        """Addresses that the run knew and did not look at, in the order in which it would have."""
        met = dict.fromkeys([*self._taken, *(stop.address for stop in self._queue), *self.too_many])
        return tuple(address for address in met if address not in self.captured)
