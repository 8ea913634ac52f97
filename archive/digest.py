"""Digest: what a night has to tell, from the archive alone: changes, page set, trouble, suspects, what was unseen.

A run is told by what stands in the archive, so that a digest can be made again, of any night. Only reads.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import msgspec
from sqlite_utils import Database

from archive.decisions import entries
from archive.episodes import Episode, episodes_of
from archive.events import PageEvent, page_events
from archive.history import Row, chrome_rows, stored_changes
from archive.rows import feed_told
from archive.told import Told
from schemas.change import Class

TELLABLE: tuple[Class, ...] = ("editorial", "metadata")


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody wants to be told of."""

    classes: tuple[Class, ...] = TELLABLE
    pages: tuple[str, ...] = ()
    """Parts of addresses; empty: all pages."""

    def wants(self, address: str | None) -> bool:
        """Whether a page is one that is asked for."""
        return not self.pages or any(part in (address or "") for part in self.pages)


class New(msgspec.Struct, frozen=True, kw_only=True):
    """A page that was read for the first time."""

    page: int
    title: str
    address: str


class Revised(msgspec.Struct, frozen=True, kw_only=True):
    """A page that changed."""

    page: int
    revision: int
    seen_from: str
    looked_at: str
    """Address and time of the look that showed it, for a name that never changes."""
    told: Told


class SiteNight(msgspec.Struct, frozen=True, kw_only=True):
    """What one run has to tell."""

    site: str
    run: int
    status: str
    started: str
    finished: str | None
    head: str | None
    looked_at: int
    """Pages looked at."""
    counts: Mapping[str, int]
    """Pages by what came of them, as the run counted."""
    revised: tuple[Revised, ...]
    untold: int
    """Revised pages whose changes are all of classes, or on pages, that were not asked for."""
    new: tuple[New, ...]
    events: tuple[PageEvent, ...]
    """What happened to the page set, but for pages that appeared."""
    chrome: tuple[str, ...]
    """Changes around the content, one sentence each."""
    begun: tuple[Episode, ...]
    ended: tuple[Episode, ...]
    lasting: tuple[Episode, ...]
    suspects: tuple[Row, ...]
    """Entries of the quarantine that are open."""
    not_looked_at: tuple[Row, ...]
    """Pages of the site that the run did not look at, with their last look."""

    @property
    def quiet(self) -> bool:
        """Whether nothing happened that anyone has to be told of."""
        news = (self.revised, self.new, self.events, self.chrome, self.begun, self.ended, self.not_looked_at)
        return not any(news) and self.status == "ok" and not self._fresh_suspects

    @property
    def _fresh_suspects(self) -> bool:
        return any(row["first_seen"] >= self.started for row in self.suspects)


class Digest(msgspec.Struct, frozen=True, kw_only=True):
    """What a night has to tell of all its sites."""

    nights: tuple[SiteNight, ...]
    notes: tuple[str, ...] = ()
    """What went wrong around the runs, one sentence each: a site file, the verification, the clock."""

    @property
    def quiet(self) -> bool:
        """Whether nothing happened that anyone has to be told of."""
        return not self.notes and all(night.quiet for night in self.nights)


def digest_of(
    database: Database, runs: Sequence[int], choice: Choice | None = None, notes: Collection[str] = ()
) -> Digest:
    """The digest of some runs."""
    return Digest(nights=tuple(_night(database, run, choice or Choice()) for run in runs), notes=tuple(notes))


def _night(database: Database, run: int, choice: Choice) -> SiteNight:
    row = next(database.query("SELECT *, lower(hex(head)) AS sealed FROM runs WHERE id = ?", [run]))
    revised, untold = _revised(database, run, choice)
    trouble = episodes_of(database, run)
    wants_chrome = "chrome" in choice.classes
    chrome = chrome_rows(database, since=row["started_at"], until=row["finished_at"]) if wants_chrome else []
    shown = {one.page for one in revised}
    # Pages that went or came back are told where their changes are.
    events = [e for e in page_events(database, run=run) if e.by_page or e.event == "moved" or e.page not in shown]
    return SiteNight(
        site=row["site"],
        run=run,
        status=row["status"],
        started=row["started_at"],
        finished=row["finished_at"],
        head=row["sealed"] or None,
        looked_at=_count(database, "SELECT count(DISTINCT page_id) FROM captures WHERE run_id = ?", run),
        counts=json.loads(row["summary"]),
        revised=revised,
        untold=untold,
        new=tuple(one for one in _new(database, run) if choice.wants(one.address)),
        events=tuple(one for one in events if one.event != "appeared" and choice.wants(one.address)),
        chrome=tuple(_chrome(one) for one in chrome if one["site"] == row["site"]),
        **{name: tuple(e for e in getattr(trouble, name) if choice.wants(e.address)) for name in trouble._fields},
        suspects=tuple(s for s in entries(database) if s["site"] == row["site"] and choice.wants(s["address"])),
        not_looked_at=tuple(p for p in _not_looked_at(database, run, row["site"]) if choice.wants(p["address"])),
    )


# What a run told: revisions that its looks showed first, and those that its looks made us believe.
_REVISIONS = (
    "SELECT DISTINCT r.id FROM captures c JOIN readings g ON g.capture_id = c.id"
    " JOIN revisions r ON r.id = g.revision_id"
    " WHERE c.run_id = ? AND r.cause = 'source' AND (r.capture_id = c.id OR g.verdict = 'suspect')"
)


def _revised(database: Database, run: int, choice: Choice) -> tuple[tuple[Revised, ...], int]:
    rows = database.query(
        "SELECT h.*, h.title AS page_title, l.address, l.site, u.url || ' ' || c.fetched_at AS looked_at"
        " FROM page_history h JOIN page_list l ON l.page = h.page JOIN captures c ON c.id = h.capture"
        f" JOIN urls u ON u.id = c.url_id WHERE h.revision_id IN ({_REVISIONS}) AND h.revision > 1"
        " ORDER BY h.page, h.revision",
        [run],
    )
    told, untold = [], 0
    for row in list(rows):
        changes = stored_changes(database, row["revision_id"])
        wanted = tuple(change for change in changes if change.class_ in choice.classes)
        if not wanted or not choice.wants(row["address"]):
            untold += 1
            continue
        told.append(
            Revised(
                page=row["page"],
                revision=row["revision"],
                seen_from=row["seen_from"],
                looked_at=row["looked_at"],
                told=feed_told(row, wanted),
            )
        )
    return tuple(told), untold


def _new(database: Database, run: int) -> list[New]:
    rows = database.query(
        "SELECT h.page, h.title, l.address FROM page_history h JOIN page_list l ON l.page = h.page"
        f" WHERE h.revision_id IN ({_REVISIONS}) AND h.revision = 1 ORDER BY h.page",
        [run],
    )
    return [msgspec.convert(row, New) for row in rows]


def _chrome(row: Row) -> str:
    parts: tuple[Any, ...] = (row["before"], row["after"])
    before, after = (f'"{part}"' if part else "nothing" for part in parts)
    return f"{row['part']}: {row['what']} {row['kind']}, {before} → {after}"


def _not_looked_at(database: Database, run: int, site: str) -> list[Row]:
    return list(
        database.query(
            "SELECT l.page, l.title, l.address, l.last_looked FROM page_list l JOIN pages p ON p.id = l.page"
            " WHERE l.site = ? AND l.state IN ('live', 'gone', 'withheld') AND p.first_run <= ? AND NOT EXISTS"
            " (SELECT 1 FROM captures c WHERE c.page_id = l.page AND c.run_id = ?) ORDER BY l.page",
            [site, run, run],
        )
    )


def _count(database: Database, query: str, run: int) -> int:
    return int(database.execute(query, [run]).fetchone()[0])
