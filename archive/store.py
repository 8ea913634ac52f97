"""Archive: the one door to an archive file for who writes it, one transaction per capture and page, or per batch."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

import msgspec
from sqlite_utils import Database

from archive import captures, chrome, order
from archive.again import Again, seen_again, write_again
from archive.captures import Kept, Why
from archive.decisions import Decision, write_decision
from archive.events import PageEvent, page_events
from archive.file import open_for_writing, part, plain_errors, refuse_taken_back, step, transaction
from archive.heads import complete_heads, refuse_vanished
from archive.held import Held, held, held_record
from archive.revisions import Reader, Recorded
from archive.seal import seal_interrupted, seal_run
from archive.times import to_text
from schemas.capture import Capture
from schemas.reading import Reading
from schemas.site import Site

RunStatus = Literal["ok", "partial", "drift", "failed", "interrupted"]


def config_json(site: Site) -> bytes:
    """The site as a run keeps it: JSON, the same bytes for the same site."""
    return msgspec.json.encode(site, order="sorted")


def config_digest(site: Site) -> bytes:
    """SHA-256 of the site as a run keeps it: differs when any of its settings does."""
    return hashlib.sha256(config_json(site)).digest()


class Archive:
    """An archive open for writing. Hold the writer's lock (`archive.lock.writer_lock`) while one is open."""

    def __init__(self, path: Path) -> None:
        """Open the archive, making it as needed.

        Raises ArchiveError when it is gone and its heads are not, and what `archive.file.open_for_writing` raises.
        """
        self.path = path
        refuse_vanished(path)
        self.database = open_for_writing(path)
        self._open = True
        self._step: Callable[[Database, Path], AbstractContextManager[None]] = transaction
        """What a write is: a transaction, or a step or part of one that is open."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Leave one whole file behind: the write-ahead log is folded into it. Closing again does nothing."""
        if not self._open:
            return
        self._open = False
        with plain_errors(self.path):
            try:
                self.database.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            finally:
                self.database.conn.close()

    @contextmanager
    def batch(self) -> Iterator[None]:
        """Commit all that is written inside together: for importing and rebuilding, where a crash may lose a batch.

        Each capture and each page is still whole or not there: an error in one takes back that one. A crawl does not
        batch, so that a capture that it has acknowledged stays.
        """
        # What a step may have to take back is one page's: no reason to write it to a file beside.
        self.database.execute("PRAGMA temp_store = MEMORY")
        try:
            with self._steps(step):
                yield
        finally:
            self.database.execute("PRAGMA temp_store = DEFAULT")
        self._complete_heads()

    @contextmanager
    def together(self) -> Iterator[None]:
        """Commit a few writes at once: what a page said together with the capture after it. No run begins or ends.

        An error in one takes back all. Raises ArchiveWriteError where that was passed over.
        """
        with self._steps(part):
            yield
            refuse_taken_back(self.database, self.path)

    @contextmanager
    def _steps(self, one: Callable[[Database, Path], AbstractContextManager[None]]) -> Iterator[None]:
        with transaction(self.database, self.path):
            self._step = one
            try:
                yield
            finally:
                self._step = transaction

    def _writing(self) -> AbstractContextManager[None]:
        return self._step(self.database, self.path)

    def _complete_heads(self) -> None:
        """Bring the file of heads up, once what they stand for is committed."""
        if self._step is transaction:
            complete_heads(self.database, self.path)

    def begin_run(self, site: Site, *, version: str, now: datetime) -> int:
        """Begin a run and return its number; a run that a crash left open is marked interrupted and sealed."""
        config = config_json(site)
        with self._writing():
            seal_interrupted(self.database)
            cursor = self.database.execute(
                "INSERT INTO runs (site, started_at, tool_version, config, config_digest) VALUES (?, ?, ?, ?, ?)",
                [site.name, to_text(now), version, config.decode(), config_digest(site)],
            )
            run = int(cursor.lastrowid or 0)
        self._complete_heads()
        return run

    def finish_run(self, run: int, status: RunStatus, summary: Mapping[str, int], *, now: datetime) -> str:
        """Close a run: from now on it stands. Return its head, which also goes to the file of heads.

        Changes in the chrome of its site are told now, once for all pages.

        Raises ArchiveWriteError when the file of heads cannot be written: the run is finished all the same, and the
        next one writes the line.
        """
        told = msgspec.json.encode(dict(summary)).decode()
        with self._writing():
            chrome.compare_run(self.database, run)
            head = seal_run(self.database, run, status=status, finished_at=to_text(now), summary=told)
        self._complete_heads()
        return head.hex()

    def keep(
        self,
        run: int,
        capture: Capture,
        *,
        why: Why = "link",
        cms_key: str | None = None,
        via: int | None = None,
        of_page: bool = True,
    ) -> Kept:
        """Commit a capture, before anyone reads it. See `archive.captures.keep_capture`."""
        with self._writing():
            return captures.keep_capture(
                self.database, run, capture, why=why, cms_key=cms_key, via=via, of_page=of_page
            )

    def record(self, capture: int, reading: Reading, *, parser: str, reread: Reader) -> Recorded:
        """Commit what a capture says: reading, revision and changes together.

        A capture older than what was read of its page already, as an import brings, has the page's history derived
        anew from that moment on; `reread` reads the later looks.
        """
        with self._writing():
            return order.record_reading(self.database, capture, reading, parser=parser, reread=reread)

    def seen_again(self, capture: int, *, parser: str) -> Again | None:
        """The look before a capture, where it showed the same and was read as it would be. See `archive.again`."""
        return seen_again(self.database, capture, parser=parser)

    def record_again(self, capture: int, before: Again) -> Recorded:
        """Commit that a capture says what the look before it said. Call right after `seen_again`."""
        with self._writing():
            return write_again(self.database, capture, before)

    def replay(self, page: int, since: int, *, parser: str, reread: Reader) -> None:
        """Read all looks at a page anew, from a capture on: once a page for many captures that came late."""
        with self._writing():
            order.replay_page(self.database, page, since, parser=parser, reread=reread)

    def name_page(self, run: int, page: int, address: str, *, cms_key: str | None = None) -> None:
        """Note an address that a page calls its own. See `archive.captures.name_page`."""
        with self._writing():
            captures.name_page(self.database, run, page, address, cms_key=cms_key)

    def events(self, run: int) -> tuple[PageEvent, ...]:
        """What a run saw happen to the set of pages."""
        return page_events(self.database, run=run)

    def decide(self, decision: Decision, *, parser: str, reread: Reader, now: datetime) -> None:
        """Commit what a person says of a suspect, and the history of its page that follows from it."""
        with self._writing():
            replay_from = write_decision(self.database, decision, now=now)
            order.replay_page(self.database, decision.page, replay_from, parser=parser, reread=reread)

    def unread(self, site: str) -> Iterator[Kept]:
        """Captures that a stopped run left unread, in time order."""
        return captures.unread(self.database, site)

    def addresses(self, site: str, run: int) -> tuple[str, ...]:
        """Addresses at which pages of a site were last found, of those pages that a run has not looked at."""
        rows = self.database.execute(
            "SELECT address FROM page_list WHERE site = ?"
            " AND (state IN ('live', 'gone', 'withheld')"
            " OR (state IS NULL AND page IN (SELECT page_id FROM quarantine))) AND page NOT IN"
            " (SELECT page_id FROM captures WHERE run_id = ? AND page_id IS NOT NULL) ORDER BY page",
            [site, run],
        )
        return tuple(address for (address,) in rows.fetchall())

    def documents(self, site: str) -> frozenset[str]:
        """Those of the addresses of a site's pages at which linked files were found."""
        rows = self.database.execute(
            "SELECT address FROM page_list l WHERE site = ? AND 'document' ="  # its last look tells
            " (SELECT c.purpose FROM captures c WHERE c.page_id = l.page ORDER BY c.fetched_at DESC LIMIT 1)",
            [site],
        )
        return frozenset(address for (address,) in rows.fetchall())

    def read(self, capture: int) -> Capture:
        """A capture as it was kept."""
        return captures.read_capture(self.database, capture)

    def look(self, capture: int) -> Capture:
        """A capture with what it says: for a 304, the body that it confirms."""
        return captures.read_look(self.database, capture)

    def held_record(self, kept: Kept, *, parser: str) -> bytes | None:
        """Digest of a record whose mentions are known, if a page reads so again. See `archive.held.held_record`."""
        return held_record(self.database, kept.run, kept.page, parser=parser) if kept.page is not None else None

    def held(self, site: Site, *, parser: str) -> dict[str, Held]:
        """What the next look at each address may be conditional on. See `archive.held.held`."""
        if not site.conditional:
            return {}
        config = config_digest(site)
        return held(self.database, site.name, parser=parser, config=config, every=site.unconditional_every)
