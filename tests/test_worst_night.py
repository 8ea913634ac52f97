"""A night on which everything happens that can: one run over the whole table of faults, with archive and guard."""

from __future__ import annotations

import random
import time
from contextlib import closing
from pathlib import Path

from archive.file import open_for_reading
from archive.store import Archive
from archive.verify import verify
from schemas.site import Limits
from scraper.crawl import crawl
from scraper.fetch import Fetcher
from scraper.guard import Guard
from tests.clocks import FakeClock
from tests.faults import BODY_LIMIT, FAULTS, HEAD_LIMIT, FaultServer
from tests.fetchers import HOME, make_site, never_resolve
from tests.raw_server import answer

# What needs another port, TLS or a body that is held is tried by itself.
HERE = {name: fault for name, fault in FAULTS.items() if not fault.tls and not fault.held and fault.door == "open"}
LIMITS = Limits(
    page_s=0.8,
    connect_s=0.5,
    attempts=1,
    body_bytes=BODY_LIMIT,
    head_bytes=HEAD_LIMIT,
    strikes=len(FAULTS),
    decoded_bytes=64_000_000,
)


def hub() -> bytes:
    """A page that links to every fault there is, and to a page in good order last."""
    links = "".join(f'<p>Läs <a href="/{name}">{name}</a>.</p>' for name in (*HERE, "ok"))
    body = f"<!DOCTYPE html><html lang=sv><title>Nav</title><main><h1>Nav</h1>{links}</main>"
    return answer(body.encode(), "Content-Type: text/html; charset=utf-8")


def test_a_run_over_all_faults_ends_in_time_with_each_of_them_kept(path: Path) -> None:
    """Each has its capture with the outcome that the table names, the last page is read, and the archive verifies."""
    with FaultServer() as server:
        server.taught["/"] = hub()
        site = make_site(server, LIMITS, delay_s=0.0, depth=1)
        clock = FakeClock(tick=time.monotonic)
        with Archive(path) as archive, Guard.of(site) as guard:
            fetcher = Fetcher(site, clock, rng=random.Random(1), resolve=never_resolve)
            summary = crawl(site, archive, fetcher, clock, version="0", watch=lambda *_: None, read=guard.read)
    assert (summary.status, summary.stopped, summary.interrupted) == ("partial", None, False)
    database = open_for_reading(path)
    with closing(database.conn):
        kept = dict(database.execute("SELECT address, outcome FROM fetch_log WHERE purpose = 'page'").fetchall())
        assert {name: kept.get(f"{HOME}/{name}") for name in HERE} == {name: one.outcome for name, one in HERE.items()}
        assert database.execute("SELECT max(elapsed_ms) FROM fetch_log").fetchone()[0] < (LIMITS.page_s + 1) * 1000
        assert kept[f"{HOME}/ok"] == "fetched"
        assert verify(database, path, rng=random.Random(0)).findings == ()
