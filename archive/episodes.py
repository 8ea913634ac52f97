"""Episodes: trouble with a page, or with a site's layout, from the look that showed it first to the one that ended it.

Nights of trouble on end are one episode with a length, whatever befell each of them. All is answered from captures,
readings and runs alone, so the same archive always tells the same episodes. Only reads.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Literal, NamedTuple

import msgspec
from sqlite_utils import Database

from archive.history import Row

Kind = Literal["page", "layout"]
_SAYING = ("fetched", "not_modified", "gone", "redirected")
_FACTS = ("robots_denied", "out_of_scope")
"""What is no trouble for a page that was never read: it only says what the collection is not."""


class Episode(msgspec.Struct, frozen=True, kw_only=True):
    """One stretch of trouble."""

    kind: Kind
    site: str
    page: int | None
    """Number of the page; None for a layout."""
    title: str | None
    address: str | None
    began: str
    """First look that showed trouble, archive time."""
    began_in: int
    """Number of its run."""
    last: str
    """Last look that showed trouble."""
    ended: str | None
    """First look that was good again; None while it lasts."""
    ended_in: int | None
    looks: int
    """Nights of trouble: looks, one a run."""
    why: str
    """What befell the last of them, one sentence."""


class Episodes(NamedTuple):
    """What a run has to say of trouble."""

    begun: tuple[Episode, ...]
    ended: tuple[Episode, ...]
    lasting: tuple[Episode, ...]
    """Those that began before the run and are not over."""


class _Night(NamedTuple):
    """What the looks of one run at one page came to."""

    run: int
    at: str
    good: bool
    why: str


def episodes_of(database: Database, run: int) -> Episodes:
    """Episodes that began in a run, ended in it, or went on."""
    pages = database.execute(
        "SELECT page_id, max(fetched_at) FROM captures WHERE run_id = ? AND page_id IS NOT NULL GROUP BY page_id", [run]
    ).fetchall()
    told = [episode for page, until in pages for episode in _newest(database, page, until)]
    told += _newest_of_layout(database, run)
    return Episodes(
        begun=tuple(one for one in told if one.ended is None and one.began_in == run),
        ended=tuple(one for one in told if one.ended_in == run),
        lasting=tuple(one for one in told if one.ended is None and one.began_in != run),
    )


def open_episodes(database: Database) -> tuple[Episode, ...]:
    """Episodes that are not over, of each page and layout; not of linked files that are not looked at any more."""
    let_be = files_let_be(database)
    pages = [page for (page,) in database.execute("SELECT id FROM pages ORDER BY id").fetchall() if page not in let_be]
    told = [episode for page in pages for episode in _newest(database, page, "9999")]
    newest = database.execute("SELECT max(id) FROM runs GROUP BY site ORDER BY site").fetchall()
    told += [episode for (run,) in newest for episode in _newest_of_layout(database, run)]
    return tuple(one for one in told if one.ended is None)


def files_let_be(database: Database) -> frozenset[int]:
    """Numbers of the linked files that their site's newest run did not ask for, since its settings leave files out.

    No look will ever end trouble with them, so that it says nothing of today.
    """
    rows = database.execute(
        "SELECT p.id FROM pages p WHERE 'document' ="  # its last look tells
        " (SELECT c.purpose FROM captures c WHERE c.page_id = p.id ORDER BY c.fetched_at DESC LIMIT 1)"
        " AND NOT coalesce((SELECT json_extract(r.config, '$.documents') FROM runs r WHERE r.site = p.site"
        "                   ORDER BY r.id DESC LIMIT 1), 0)"
    )
    return frozenset(page for (page,) in rows.fetchall())


def all_episodes(database: Database, page: int | None = None) -> tuple[Episode, ...]:
    """Every episode that ever was, the newest beginning first; of one page, or of all pages and layouts."""
    wanted = [page] if page is not None else [n for (n,) in database.execute("SELECT id FROM pages").fetchall()]
    told = [episode for number in wanted for episode in _told(database, number, _nights(database, number, "9999"))]
    if page is None:
        sites = database.execute("SELECT DISTINCT site FROM runs").fetchall()
        told += [one for (site,) in sites for one in _layouts(site, _runs(database, site, 2**62))]
    return tuple(sorted(told, key=lambda one: (one.began, one.page or 0), reverse=True))


def _newest(database: Database, page: int, until: str) -> list[Episode]:
    return list(_told(database, page, _settled(_nights(database, page, until))))[:1]


def _newest_of_layout(database: Database, run: int) -> list[Episode]:
    (site,) = database.execute("SELECT site FROM runs WHERE id = ?", [run]).fetchone()
    return list(_layouts(site, _settled(_runs(database, site, run))))[:1]


def _told(database: Database, page: int, nights: Iterable[_Night]) -> Iterator[Episode]:
    found = list(_spells(nights))
    if found:
        row = next(database.query("SELECT site, title, address FROM page_list WHERE page = ?", [page]))
        yield from (_episode("page", spell, end, page=page, **row) for spell, end in found)


def _layouts(site: str, nights: Iterable[_Night]) -> Iterator[Episode]:
    for spell, end in _spells(nights):
        yield _episode("layout", spell, end, site=site, page=None, title=None, address=None)


def _episode(
    kind: Kind, spell: list[_Night], end: _Night | None, *, site: str, page: int | None, title: str | None,
    address: str | None,
) -> Episode:  # fmt: skip
    return Episode(
        kind=kind, site=site, page=page, title=title, address=address, began=spell[-1].at, began_in=spell[-1].run,
        last=spell[0].at, ended=end.at if end else None, ended_in=end.run if end else None, looks=len(spell),
        why=spell[0].why,
    )  # fmt: skip


def _spells(nights: Iterable[_Night]) -> Iterator[tuple[list[_Night], _Night | None]]:
    """Nights of trouble on end, the newest first, with the good one after them. Takes nights newest first."""
    spell: list[_Night] = []
    end = None
    for night in nights:
        if not night.good:
            spell.append(night)
            continue
        if spell:
            yield spell, end
            spell = []
        end = night
    if spell:
        yield spell, end


def _settled(nights: Iterable[_Night]) -> Iterator[_Night]:
    """The nights, newest first, as far back as the newest episode goes: to the good night before it.

    Two good nights at the newest end say that there is none that matters, so that a long history is not read.
    """
    last: _Night | None = None
    troubled = False
    for night in nights:
        yield night
        if night.good and (troubled or last is not None):
            return
        troubled = troubled or not night.good
        last = night


def _nights(database: Database, page: int, until: str) -> Iterator[_Night]:
    """What each run's looks at a page came to, the newest first; runs that say nothing are left out."""
    (first,) = database.execute("SELECT min(seen_from) FROM revisions WHERE page_id = ?", [page]).fetchone()
    looks = database.query(
        "SELECT c.run_id, c.fetched_at, c.outcome, c.error, g.verdict, g.revision_id,"
        " coalesce(c.error, nullif(g.why, ''), c.robots, c.outcome) AS why,"
        " EXISTS (SELECT 1 FROM decisions d WHERE d.page_id = c.page_id AND d.decision = 'accept'"
        "          AND d.after_run >= c.run_id) AS decided_later"
        " FROM captures c LEFT JOIN readings g ON g.capture_id = c.id"
        " WHERE c.page_id = ? AND c.fetched_at <= ? ORDER BY c.fetched_at DESC, c.id DESC",
        [page, until],
    )
    later: int | None = None
    for run, of_run in groupby(looks, key=lambda look: look["run_id"]):
        found = list(of_run)
        judged = [(look, _judged(look, first, later)) for look in found]
        said = [(look, good) for look, good in judged if good is not None]
        if said:
            look, good = next((one for one in said if one[1]), said[0])
            yield _Night(run=run, at=look["fetched_at"], good=good, why=look["why"])
        later = found[-1]["revision_id"] if found[-1]["verdict"] == "suspect" else None


def _judged(look: Row, first: str | None, later: int | None) -> bool | None:
    """Whether a look was good; None when it says nothing of trouble.

    `first` is when the page was first read, `later` the revision that the suspect seen after this look became.
    """
    never_read = first is None or first > look["fetched_at"]
    verdict, outcome = look["verdict"], look["outcome"]
    if verdict == "suspect" and look["revision_id"] is not None:
        # It was believed in the end: by the last look that showed it, or by a person after that one.
        return look["revision_id"] != later and not look["decided_later"]
    if look["revision_id"] is not None:
        return True
    if verdict == "elsewhere":
        return False if look["error"] else None
    if outcome in _SAYING and verdict in (None, "gone"):
        return None
    return None if never_read and (outcome in _FACTS or verdict == "not_html") else False


def _runs(database: Database, site: str, until: int) -> Iterator[_Night]:
    """Runs of a site that say something of its layout, the newest first."""
    rows = database.execute(
        "SELECT id, started_at, status FROM runs WHERE site = ? AND id <= ? AND status IN ('ok', 'partial', 'drift')"
        " ORDER BY id DESC",
        [site, until],
    )
    for run, at, status in rows:
        yield _Night(run=run, at=at, good=status != "drift", why="The layout changed.")


COLUMNS = {
    "kind": "page, or layout for a whole site",
    "site": "name of the site",
    "page": "number of the page, or null",
    "title": "title, or null",
    "address": "address, or null",
    "began": "first look that showed trouble, ISO 8601, UTC",
    "began_in": "number of its run",
    "last": "last look that showed trouble",
    "ended": "first good look after it; null while it lasts",
    "ended_in": "number of its run, or null",
    "looks": "nights of trouble, one a run",
    "why": "what befell the last of them, one sentence",
}
