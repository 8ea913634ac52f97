"""Upgrading: what a run finds that another version of this program made is brought up to date before it begins."""

from __future__ import annotations

from pathlib import Path

from archive.rebuild import Watch
from archive.store import Archive
from archive.upgrade import upgrade
from scraper.clock import Clock
from scraper.guards import Guards
from scraper.logs import LOG
from scraper.parse import PARSER
from scraper.recognise import recognised


def of_today(path: Path, clock: Clock, *, watch: Watch = lambda *_: None) -> Archive:
    """The archive at `path` open for writing, upgraded where another version made it. Hold the writer's lock.

    Raises what `archive.upgrade.upgrade` and `archive.store.Archive` raise; the archive is then as it was.
    """
    with Guards() as guards:
        copy = upgrade(path, guards.read, parser=PARSER, now=clock.now(), watch=watch, recognise=recognised)
    if copy:
        LOG.warning("The archive was made by another version: it was upgraded, and is kept as it was as %s.", copy)
    return Archive(path)
