"""The nightly job: lock, crawl each site, verify a sample, report, notify. One at a time on an archive, unattended.

What goes wrong with one site does not keep the others from being looked at; what goes wrong with a message does not
undo a run. Everything told is told from the archive, so a night that was cut short is told by the next one.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import msgspec

from archive.atom import add_to_feed
from archive.digest import Digest, digest_of
from archive.digest_text import writer_for
from archive.file import open_for_reading, plain_errors, refuse_foreign
from archive.lock import writer_lock
from archive.store import Archive
from archive.times import from_text, to_text
from archive.verify import verify
from schemas.errors import ConfigurationError, TidslagerError
from schemas.installation import Installation
from schemas.site import Site
from scraper.chosen import chosen_site
from scraper.clock import Clock
from scraper.crawl import crawl
from scraper.fetch import Fetcher, tool_version
from scraper.guard import Guard
from scraper.logs import LOG
from scraper.notify import choice_of, notify
from scraper.ping import ping
from scraper.secrets import Secrets
from scraper.signals import Ending
from scraper.summary import EXIT_CODES
from scraper.upgrading import of_today

OK, FAILED, CONFIGURATION, PARTIAL, LAYOUT, INTERRUPTED, TERMINATED = 0, 1, 2, 3, 4, 130, 143
GRAVEST_FIRST = (TERMINATED, INTERRUPTED, FAILED, CONFIGURATION, LAYOUT, PARTIAL, OK)
_DONE = (OK, PARTIAL)
"""What a monitor is told as done: pages that failed are told as episodes, and the next night may be ok."""
_BACKWARDS = timedelta(hours=1)
"""How far a clock may stand behind the archive before somebody is told: more than it drifts, less than a time zone."""


class Orders(msgspec.Struct, frozen=True, kw_only=True):
    """What a night is to do."""

    archive: Path
    sites: tuple[str, ...]
    """Paths of site files, or names of built-in sites."""
    installation: Installation = Installation()
    secrets: Secrets = Secrets()
    reports: tuple[Path, ...] = ()
    feed: Path | None = None
    connect_to: tuple[str, ...] = ()
    contact: str | None = None


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """What a night came to."""

    digest: Digest
    exit_code: int
    seconds: float


def gravest(codes: Iterable[int]) -> int:
    """The exit code of several: that of the gravest; ok of none."""
    found = set(codes)
    return next((code for code in GRAVEST_FIRST if code in found), OK)


def check(orders: Orders) -> None:
    """Refuse what can be seen to be wrong before anybody is asked for anything. Raises ConfigurationError."""
    if not orders.sites:
        raise ConfigurationError(
            "There is no site to look at: name some, `tidslager night SITE …`, or list them in tidslager.toml "
            '(sites = ["example.toml"]).'
        )
    for path in orders.reports:
        writer_for(path)
    for path in (*orders.reports, *filter(None, [orders.feed])):
        if not path.parent.is_dir():
            raise ConfigurationError(f"{path}: its directory is not there: make it, or name another file.")


def run_night(orders: Orders, clock: Clock, ending: Ending, rng: random.Random) -> Done:
    """Do a night's work and tell of it. Raises what stops the night: a TidslagerError, or an interruption."""
    check(orders)
    ping(orders.installation, "start")
    code = FAILED
    try:
        done = _worked(orders, clock, ending, rng)
        code = done.exit_code
    except TidslagerError as error:
        # Nobody sees the terminal of a night: say it to those who asked to be told.
        _told(Digest(nights=(), notes=(str(error),)), orders)
        raise
    finally:
        ping(orders.installation, "done" if code in _DONE else "fail")
    return done


def _worked(orders: Orders, clock: Clock, ending: Ending, rng: random.Random) -> Done:
    begun = clock.monotonic()
    refuse_foreign(orders.archive)
    notes: list[str] = []
    codes: list[int] = []
    runs: list[int] = []
    with writer_lock(orders.archive):
        with of_today(orders.archive, clock) as archive:
            notes += _clock_notes(archive, clock)
            for name in orders.sites:
                if ending.asked:
                    break
                try:
                    site = chosen_site(name, (), orders.connect_to, orders.contact)
                    fetcher = Fetcher(site, clock, rng=rng)
                except ConfigurationError as error:
                    LOG.error("%s", error)
                    notes.append(str(error))
                    codes.append(CONFIGURATION)
                    continue
                runs += _cut_short(archive, site)
                run, code = _crawled(site, archive, fetcher, clock, ending)
                runs.append(run)
                codes.append(code)
                if code in (INTERRUPTED, TERMINATED):
                    break
        codes += [PARTIAL] if notes else []
        codes += [TERMINATED] if ending.asked else []
        interrupted = gravest(codes) in (INTERRUPTED, TERMINATED)
        found = () if interrupted else _verified(orders, rng)
        notes += found
        codes += [FAILED] if found else []
        digest = _digest(orders, runs, notes)
        # Readers leave a write-ahead log behind that only a writer may fold in: one whole file is left for the day.
        Archive(orders.archive).close()
    failures = _told(digest, orders)
    codes += [PARTIAL] if failures else []
    digest = msgspec.structs.replace(digest, notes=(*digest.notes, *failures))
    return Done(digest=digest, exit_code=gravest(codes), seconds=clock.monotonic() - begun)


def _crawled(site: Site, archive: Archive, fetcher: Fetcher, clock: Clock, ending: Ending) -> tuple[int, int]:
    """Number of the run, and its exit code."""
    with Guard.of(site) as guard:
        result = crawl(
            site, archive, fetcher, clock,
            version=tool_version(), watch=ending.watching(lambda *_: None), read=guard.read,
        )  # fmt: skip
    LOG.info("%s: %s, head %s", site.name, result.status, result.head, extra={"run": result.run})
    if result.stopped:
        LOG.warning("%s", result.stopped, extra={"run": result.run})
    return result.run, ending.exit_code(EXIT_CODES[result.status])


def _cut_short(archive: Archive, site: Site) -> list[int]:
    """Runs just before this one that a crash cut short: what they saw has been told by nobody."""
    rows = archive.database.execute(
        "SELECT id, status, summary FROM runs WHERE site = ? ORDER BY id DESC LIMIT 10", [site.name]
    ).fetchall()
    found: list[int] = []
    for run, status, summary in rows:
        if status != "running" and not (status == "interrupted" and summary == "{}"):
            break
        found.append(run)
    return found[::-1]


def _clock_notes(archive: Archive, clock: Clock) -> list[str]:
    """What is wrong with the clock: it is behind the run before this one, or even behind the first one.

    That a clock was put right is told once: it stands behind the run of the wrong night, but not behind the next.
    """
    before = "SELECT started_at FROM runs WHERE id = (SELECT {} FROM runs)"
    now = clock.now()
    for which, run in (("run before this one", "max(id)"), ("first run", "min(id)")):
        row = archive.database.execute(before.format(run)).fetchone()
        if row is not None and from_text(row[0]) - now >= _BACKWARDS:
            told = (
                f"The clock says {to_text(now)[:16]}, but the {which} began {row[0][:16]}: the clock is wrong, or was"
            )
            told += (
                " then. If it is wrong now, set the clock (NTP). Nothing is lost; the history is told in the order of"
            )
            return [f"{told} the times that the clock gave."]
    return []


def _verified(orders: Orders, rng: random.Random) -> tuple[str, ...]:
    """What a sample shows to be wrong with the archive, one sentence."""
    if not orders.installation.verify_sample:
        return ()
    database = open_for_reading(orders.archive)
    with closing(database.conn), plain_errors(orders.archive):
        sample = orders.installation.verify_sample
        found = verify(database, orders.archive, sample=sample, runs=sample, rng=rng).findings
    if not found:
        return ()
    several = f"; {len(found)} findings, the first" if len(found) > 1 else ""
    told = f"The archive is damaged{several}: {found[0].text} See what `tidslager verify` says, and restore it from a"
    return (f"{told} backup (docs/operating.md).",)


def _digest(orders: Orders, runs: list[int], notes: list[str]) -> Digest:
    database = open_for_reading(orders.archive)
    with closing(database.conn), plain_errors(orders.archive):
        return digest_of(database, runs, choice_of(orders.installation), notes)


def _told(digest: Digest, orders: Orders) -> tuple[str, ...]:
    """Write the reports and the feed and send the messages; a sentence for each that could not be."""
    failures = []
    for path in orders.reports:
        try:
            _written(path, writer_for(path)(digest))
        except OSError as error:
            failures.append(f"The report {path} could not be written ({error.strerror}): see to it.")
    if orders.feed:
        try:
            add_to_feed(orders.feed, digest, keep=orders.installation.feed_entries)
        except OSError as error:
            failures.append(f"The feed {orders.feed} could not be written ({error.strerror}): see to it.")
        except ConfigurationError as error:
            failures.append(str(error))
    try:
        failures += notify(digest, orders.installation, orders.secrets)
    except ConfigurationError as error:
        failures.append(str(error))
    for sentence in failures:
        LOG.error("%s", sentence)
    return tuple(failures)


def _written(path: Path, text: str) -> None:
    """The whole file or the one before, whatever stops us."""
    half = path.with_name(f"{path.name}.part-{os.getpid()}")
    try:
        half.write_text(text, "utf-8")
        half.replace(path)
    finally:
        half.unlink(missing_ok=True)
