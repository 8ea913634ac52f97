"""Revisions: what a reading of a capture means for the history of its page. Derived; written with its changes.

A failure is never a change: only a page record, or evidence that there is no page, makes a revision. A reading that
differs because the parser does is written as a revision of its own, caused by the parser, before anything the site did.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Literal

import msgspec
from sqlite_utils import Database

from archive import quarantine
from archive.captures import page_of, read_look, url_of
from archive.change_rows import change_of_end, changes_between, write_changes, write_degree
from archive.chrome import keep_chrome
from archive.degree import degree_of_revision
from archive.doubt import doubted
from archive.mentions import in_sections, mention_values, mentions_digest
from archive.records import (
    load_page,
    metadata_json,
    preamble_text,
    section_identities,
    write_contents,
    write_sections,
)
from archive.search_index import learning
from archive.site_rules import rules_mark
from archive.volatile import rules_of
from schemas.capture import Capture
from schemas.change import Change
from schemas.page import Page, digest
from schemas.reading import Reading
from schemas.revision import Cause, State

Reader = Callable[[Capture], Reading | None]
"""Reads a capture with today's parser; None for one that says nothing about its page."""

Finding = Literal[
    "new",  # first revision of a page
    "unchanged",
    "changed",
    "back",  # live again after it was gone
    "gone",  # gone since this look
    "still_gone",
    "moved",  # its address now leads to another page that we have
    "elsewhere",  # a redirect: the next hop says what the page is
    "never_seen",  # gone, and never seen before that
    "unreadable",  # an answer, but no page in it that we could read
    "suspect",  # an answer that seems not to be the page: in quarantine
]


class Recorded(msgspec.Struct, frozen=True, kw_only=True):
    """What a look at a page came to."""

    finding: Finding
    page: int
    revision: int | None = None
    """Number of the revision in the archive (not within its page); None where the look showed none."""
    changes: tuple[Change, ...] = ()
    reading: Reading | None = None
    """The reading as it was recorded: held against the page's last record it may be a suspect, or none any more."""
    note: str = ""
    """How a suspect came to be believed, one sentence."""


class _Look(msgspec.Struct, frozen=True, kw_only=True):
    """One capture of a page, beside what the archive knew of the page before it."""

    database: Database
    capture: dict[str, Any]
    page: int
    last: dict[str, Any] | None
    seen: bytes | None
    """Digest of the page record that it shows; None where it shows none."""


def append_reading(
    database: Database, capture: int, reading: Reading, *, parser: str, reread: Reader, believed: bool = False
) -> Recorded:
    """Write what the reading of a capture means: a reading row, and a revision with its changes where there is one.

    `parser` is the version of the reading, `reread` reads another capture with the same parser; one that is `believed`
    is not doubted. Call inside a transaction, in time order for each page; `archive.order.record_reading` sees to that
    order.
    """
    row = next(database.query("SELECT * FROM captures WHERE id = ?", [capture]))
    page = int(row["page_id"])
    last = _last(database, page)
    seen = digest(reading.page) if reading.page is not None else None
    if reading.mentions is None and (last is None or last["digest"] != seen):
        # The record whose mentions are known is no longer the page's last: somebody read it since.
        reading = reread(read_look(database, capture)) or reading
    with learning(database):
        if seen is not None and last and last["state"] == "live" and not believed:
            if seen != last["digest"]:
                last = _catch_up_with_parser(database, last, reading, parser, reread)
            if reading.verdict == "suspect" or not quarantine.said_before(database, last, seen):
                reading = doubted(reading, quarantine.known(database, last), quarantine.section_floor(database, row))
                if reading.verdict == "page" and seen != last["digest"]:
                    reading = quarantine.unless_shared(database, row, reading)
        look = _Look(database=database, capture=row, page=page, last=last, seen=seen)
        if reading.verdict == "elsewhere" and _moves(look):
            reading = quarantine.unless_shared(database, row, reading)
        recorded = _record(look, reading)
    _write_reading(database, row, reading, parser, recorded.revision)
    return msgspec.structs.replace(recorded, reading=reading)


def append_without_content(
    database: Database, capture: int, reading: Reading, *, state: State | None, title: str, revision: int | None,
    parser: str,
) -> int | None:  # fmt: skip
    """Write a reading of which no record is left; return the revision that it showed.

    That is a new one of `state`, or where that is None the one given. Call inside a transaction, in time order for each
    page; the changes of a page are remade afterwards.
    """
    row = next(database.query("SELECT * FROM captures WHERE id = ?", [capture]))
    page = int(row["page_id"])
    if state is not None:
        look = _Look(database=database, capture=row, page=page, last=_last(database, page), seen=None)
        revision = _insert_revision(look, state=state, cause="source", digest=None, title=title)
    _write_reading(database, row, reading, parser, revision)
    return revision


def _record(look: _Look, reading: Reading) -> Recorded:
    match reading.verdict:
        case "page":
            assert reading.page is not None
            return _record_page(look, reading)
        case "gone":
            return _record_gone(look)
        case "elsewhere":
            return _record_elsewhere(look)
        case "suspect":
            return _record_suspect(look, reading)
        case _:
            return Recorded(finding="unreadable", page=look.page)


def _record_page(look: _Look, reading: Reading) -> Recorded:
    assert reading.page is not None
    last = look.last
    if last and last["digest"] == look.seen:
        _recognise_anew(look.database, last, reading)
        return Recorded(finding="unchanged", page=look.page, revision=last["id"])
    revision, changes = _write_revision(look, reading, "source")
    if last is None:
        return Recorded(finding="new", page=look.page, revision=revision)
    finding: Finding = "changed" if last["state"] in ("live", "withheld") else "back"
    return Recorded(finding=finding, page=look.page, revision=revision, changes=changes)


def _record_suspect(look: _Look, reading: Reading) -> Recorded:
    """Hold it back; or, once it is believed, date it to the look that showed it first."""
    believed = quarantine.hold(look.database, look.capture, reading)
    if believed is None:
        return Recorded(finding="suspect", page=look.page)
    first = msgspec.structs.replace(look, capture=believed.first)
    recorded = _record_page(first, reading) if reading.page else _move(first)
    assert recorded.revision is not None
    quarantine.release(look.database, believed, recorded.revision)
    return msgspec.structs.replace(recorded, note=believed.note)


def _record_gone(look: _Look) -> Recorded:
    if look.last is None:
        return Recorded(finding="never_seen", page=look.page)
    if look.last["state"] == "gone":
        return Recorded(finding="still_gone", page=look.page, revision=look.last["id"])
    return _end(look, "gone", change_of_end(look.database, "gone", look.last["title"], look.capture))


def _record_elsewhere(look: _Look) -> Recorded:
    if _moves(look):
        return _move(look)
    stays = look.last is not None and look.last["state"] == "moved" and _leads_to_another(look)
    return Recorded(finding="elsewhere", page=look.page, revision=look.last["id"] if look.last and stays else None)


def _moves(look: _Look) -> bool:
    """Whether a redirect, believed, ends the page: it leads to another one that we have."""
    return look.last is not None and look.last["state"] != "moved" and _leads_to_another(look)


def _leads_to_another(look: _Look) -> bool:
    target = page_of(look.database, _site(look.database, look.page), look.capture["location_id"])
    return target not in (None, look.page) and _seen_by_then(look, target)


def _move(look: _Look) -> Recorded:
    assert look.last is not None
    return _end(look, "moved", change_of_end(look.database, "moved", look.last["title"], look.capture))


def _seen_by_then(look: _Look, target: int | None) -> bool:
    """Whether the page that a redirect leads to had been looked at there before: what came later is no reason."""
    row = look.capture
    found = look.database.execute(
        "SELECT 1 FROM captures WHERE page_id = ? AND url_id = ? AND (fetched_at, id) < (?, ?) LIMIT 1",
        [target, row["location_id"], row["fetched_at"], row["id"]],
    ).fetchone()
    return found is not None


def _catch_up_with_parser(
    database: Database, last: dict[str, Any], now: Reading, parser: str, reread: Reader
) -> dict[str, Any]:
    """The last revision as today's parser and layout read it, so that a better selector is never told as news."""
    shown = database.execute(
        "SELECT g.capture_id, g.parser, g.layout FROM readings g JOIN captures c ON c.id = g.capture_id"
        " WHERE g.revision_id = ? ORDER BY c.fetched_at DESC, c.id DESC LIMIT 1",
        [last["id"]],
    ).fetchone()
    if shown is None or shown[1:] == (parser, now.layout):
        return last
    again = reread(read_look(database, shown[0]))
    if again is None or again.verdict != "page" or again.page is None:
        return last
    seen = digest(again.page)
    if seen == last["digest"]:
        _recognise_anew(database, last, again)
        return last
    row = next(database.query("SELECT * FROM captures WHERE id = ?", [shown[0]]))
    look = _Look(database=database, capture=row, page=last["page_id"], last=last, seen=seen)
    revision, _ = _write_revision(look, again, "parser")
    database.execute("DELETE FROM readings WHERE capture_id = ?", [shown[0]])
    _write_reading(database, row, again, parser, revision)
    return next(database.query("SELECT * FROM revisions WHERE id = ?", [revision]))


def _recognise_anew(database: Database, last: dict[str, Any], reading: Reading) -> None:
    """Bring the mentions of a revision up to a reading of the same record that recognised others in it: no news."""
    if reading.mentions is None:
        return
    assert reading.page is not None
    places = range(1, len(reading.page.sections) + 1)
    named = mention_values(reading.page, reading.mentions, places)
    seen = mentions_digest(named, places)
    if seen != last["mentions"]:
        identities = section_identities(database, last["id"])
        mentions = in_sections(named, identities)
        write_contents(database, last["page_id"], last["id"], reading.page, identities, mentions=mentions)
        database.execute("UPDATE revisions SET mentions = ? WHERE id = ?", [seen, last["id"]])


def _write_revision(look: _Look, reading: Reading, cause: Cause) -> tuple[int, tuple[Change, ...]]:
    database, page, record = look.database, look.page, reading.page
    assert record is not None
    places = range(1, len(record.sections) + 1)
    named = mention_values(record, reading.mentions or (), places)
    revision = _insert_revision(
        look,
        state="live",
        cause=cause,
        digest=look.seen,
        title=record.title,
        metadata=metadata_json(record),
        preamble=preamble_text(record),
        mentions=mentions_digest(named, places),
    )
    before = _last_live(database, page, revision)
    identities = write_sections(database, page, revision, record, before)
    write_contents(database, page, revision, record, identities, mentions=in_sections(named, identities))
    changes = changes_between(
        look.last["state"] if look.last else None,
        before[1] if before else None,
        record,
        rules=rules_of(database, look.capture["run_id"]),
        address=url_of(database, look.capture["url_id"]),
    )
    if changes:
        write_changes(
            database, revision, changes, section_identities(database, before[0]) if before else (), identities
        )
    last = look.last["state"] if look.last else None
    write_degree(database, revision, degree_of_revision(last, before[1] if before else None, record, changes))
    return revision, changes


def _end(look: _Look, state: State, change: Change) -> Recorded:
    title = look.last["title"] if look.last else ""
    revision = _insert_revision(look, state=state, cause="source", digest=None, title=title)
    write_contents(look.database, look.page, revision, None)
    write_changes(look.database, revision, (change,), (), ())
    write_degree(look.database, revision, 1.0)
    finding: Finding = "gone" if state == "gone" else "moved"
    return Recorded(finding=finding, page=look.page, revision=revision, changes=(change,))


def _insert_revision(look: _Look, **values: object) -> int:
    before = None
    if look.last and values["cause"] == "source":
        before = look.database.execute(
            "SELECT max(c.fetched_at) FROM readings g JOIN captures c ON c.id = g.capture_id WHERE g.revision_id = ?",
            [look.last["id"]],
        ).fetchone()[0]
    columns = {
        "page_id": look.page,
        "seq": look.last["seq"] + 1 if look.last else 1,
        "seen_from": look.capture["fetched_at"],
        "unseen_since": before,
        "capture_id": look.capture["id"],
        **values,
    }
    return _insert(look.database, "revisions", columns)


def _insert(database: Database, table: str, values: dict[str, Any]) -> int:
    """Write a row and return its number."""
    cursor = database.execute(
        f"INSERT INTO {table} ({', '.join(values)}) VALUES ({', '.join('?' * len(values))})", list(values.values())
    )
    return int(cursor.lastrowid or 0)


def _write_reading(
    database: Database, capture: dict[str, Any], reading: Reading, parser: str, revision: int | None
) -> None:
    told = {name: getattr(reading, name) for name in ("verdict", "why", "layout", "encoding", "encoding_from")}
    rules = rules_mark(database, _site(database, capture["page_id"]))
    remarks = json.dumps(reading.remarks, ensure_ascii=False)
    made = {"capture_id": capture["id"], "parser": parser, "rules": rules, "remarks": remarks, "revision_id": revision}
    _insert(database, "readings", {**made, **told})
    if reading.chrome is not None and reading.verdict == "page":
        keep_chrome(database, capture["id"], reading.chrome, reading.contacts)


def _last(database: Database, page: int) -> dict[str, Any] | None:
    return next(database.query("SELECT * FROM revisions WHERE page_id = ? ORDER BY seq DESC LIMIT 1", [page]), None)


def _last_live(database: Database, page: int, before: int) -> tuple[int, Page] | None:
    found = database.execute(
        "SELECT id FROM revisions WHERE page_id = ? AND state = 'live' AND id <> ? ORDER BY seq DESC LIMIT 1",
        [page, before],
    ).fetchone()
    return (int(found[0]), load_page(database, found[0])) if found else None


def _site(database: Database, page: int) -> str:
    return str(database.execute("SELECT site FROM pages WHERE id = ?", [page]).fetchone()[0])
