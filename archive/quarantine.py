"""Quarantine: suspects are kept with their reason and become a revision only when believed. Derived, but for decisions.

A content is believed when a person says so, or when the page says the same on enough nights in a row (the site's
`suspect_nights`). Both follow from evidence alone, so that a rebuild comes to the same end. A challenge, a login, an
empty page and a layout that changed are never believed by themselves: however long they stay, they are not what an
editor did.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import takewhile
from typing import Any

import msgspec
from sqlite_utils import Database

from archive.captures import SAYING
from archive.doubt import Known
from archive.records import load_page
from schemas.page import canonical_json, digest
from schemas.reading import Doubt, Reading
from schemas.site import Site

BELIEVED_IN_TIME: tuple[Doubt, ...] = ("shared", "soft_404", "loss", "language", "encoding")
"""Doubts that go away when the page stays as it is."""
_NIGHTS = next(field.default for field in msgspec.structs.fields(Site) if field.name == "suspect_nights")
_DRIFTING = 3
"""Pages that lose their sections in one run before that is called the layout's doing."""

Row = Mapping[str, Any]


class Believed(msgspec.Struct, frozen=True, kw_only=True):
    """Suspects that are the page after all."""

    first: dict[str, Any]
    """The capture that showed the content first."""
    looks: tuple[int, ...]
    """Numbers of the captures that showed it, that one and the newest among them."""
    note: str
    """How it came to be believed, one sentence."""


def known(database: Database, last: Row) -> Known:
    """The page as its last revision, a live one, has it, and how it was read."""
    found = database.execute(
        "SELECT g.layout, g.remarks FROM readings g JOIN captures c ON c.id = g.capture_id"
        " WHERE g.revision_id = ? ORDER BY c.fetched_at DESC, c.id DESC LIMIT 1",
        [last["id"]],
    ).fetchone()
    layout, remarks = found or ("", "[]")
    return Known(page=load_page(database, last["id"]), layout=layout, remarks=tuple(json.loads(remarks)))


def section_floor(database: Database, capture: Row) -> int:
    """The least number of sections that the page of a capture is expected to have, by the site as it was in force."""
    start = database.execute(
        "SELECT 1 FROM page_urls WHERE page_id = ? AND why = 'seed' LIMIT 1", [capture["page_id"]]
    ).fetchone()
    return int(_config(database, capture["run_id"]).get("floors", {}).get("sections", 0)) if start else 0


def hold(database: Database, capture: Row, reading: Reading) -> Believed | None:
    """Put a look into quarantine; say whether its content is believed now. Call inside a transaction, in time order."""
    assert reading.doubt is not None
    name = digest(reading.page) if reading.page else None
    database.execute(
        "INSERT INTO quarantine (capture_id, page_id, doubt, why, digest, record) VALUES (?, ?, ?, ?, ?, ?)",
        [
            capture["id"],
            capture["page_id"],
            reading.doubt,
            reading.why,
            name,
            _record(database, capture, reading, name),
        ],
    )
    if name is None and reading.doubt != "shared":
        return None
    spell = _spell(database, capture, name) if name else _redirects(database, capture)
    decision = decision_on(database, capture["page_id"], name) if name else None
    if decision and decision["decision"] == "reject":
        return None
    if decision:
        note = f"Accepted by {decision['decided_by']}."
    elif _persists(database, capture, reading.doubt, spell):
        note = f"Accepted since it stayed the same for {_days(spell)} nights: {reading.why}"
    else:
        return None
    return Believed(first=spell[0], looks=tuple(row["id"] for row in spell), note=note)


def said_before(database: Database, last: dict[str, Any], seen: bytes) -> bool:
    """Whether a content was believed to be the page's once: then it is so again, however much it differs from now."""
    if seen == last["digest"]:
        return True
    query = "SELECT 1 FROM revisions WHERE page_id = ? AND digest = ? LIMIT 1"
    return database.execute(query, [last["page_id"], seen]).fetchone() is not None


def unless_shared(database: Database, capture: dict[str, Any], reading: Reading) -> Reading:
    """The reading, a suspect where several pages of the site are answered for in one way: so notices come."""
    why = ""
    if reading.verdict == "elsewhere" and leads_where_others_led(database, capture):
        why = f"{reading.why}, as other pages do: a notice perhaps, and no new address"
    elif reading.verdict == "page" and says_what_others_say(database, capture):
        why = "It says what another page says, to the byte, and did not before: a notice perhaps, and not the page."
    return msgspec.structs.replace(reading, verdict="suspect", doubt="shared", why=why) if why else reading


def leads_where_others_led(database: Database, capture: Row) -> bool:
    """Whether a redirect of another page led to the same address before: by the evidence, whatever was made of it."""
    found = database.execute(
        "SELECT 1 FROM captures WHERE location_id = ? AND page_id <> ? AND (fetched_at, id) < (?, ?) LIMIT 1",
        [capture["location_id"], capture["page_id"], capture["fetched_at"], capture["id"]],
    ).fetchone()
    return found is not None


def says_what_others_say(database: Database, capture: Row) -> bool:
    """Whether a page answers with the very bytes of another one in this run, and the two did not do so before.

    By the evidence, whatever was made of it. Two addresses of one page have always been alike.
    """
    others = database.execute(
        "SELECT DISTINCT page_id FROM captures WHERE body_id = ? AND run_id = ? AND page_id <> ?"
        " AND (fetched_at, id) < (?, ?)",
        [capture["body_id"], capture["run_id"], capture["page_id"], capture["fetched_at"], capture["id"]],
    ).fetchall()
    if not others:
        return False
    before = _another_body(database, capture["page_id"], capture)
    return any(_another_body(database, page, capture) not in (None, before) for (page,) in others)


def _another_body(database: Database, page: int, capture: Row) -> int | None:
    """The last body before a capture with which a page answered, and that is not the capture's own."""
    found = database.execute(
        "SELECT body_id FROM captures WHERE page_id = ? AND body_id <> ? AND (fetched_at, id) < (?, ?)"
        " AND outcome IN ('fetched', 'not_modified') ORDER BY fetched_at DESC, id DESC LIMIT 1",
        [page, capture["body_id"], capture["fetched_at"], capture["id"]],
    ).fetchone()
    return found[0] if found else None


def release(database: Database, believed: Believed, revision: int) -> None:
    """Say of the earlier looks of a believed content which revision they saw."""
    marks = ", ".join("?" * len(believed.looks))
    database.execute(f"UPDATE readings SET revision_id = ? WHERE capture_id IN ({marks})", [revision, *believed.looks])


def decision_on(database: Database, page: int, name: bytes) -> dict[str, Any] | None:
    """The latest decision on a content of a page; None when nobody has decided.

    The content is that of the capture decided on, as it reads today, or as it read then.
    """
    rows = database.query(
        "SELECT d.* FROM decisions d LEFT JOIN quarantine q ON q.capture_id = d.capture_id"
        " WHERE d.page_id = ? AND (d.digest = ? OR q.digest = ?) ORDER BY d.id DESC LIMIT 1",
        [page, name, name],
    )
    return next(rows, None)


def spell_begin(database: Database, page: int, fetched_at: str, capture: int) -> tuple[str, int] | None:
    """Where the history of a page has to be taken back to, so that no believed content is cut in two.

    None when no revision from before the moment rests on a suspect from after it.
    """
    found = database.execute(
        "SELECT f.fetched_at, f.id FROM quarantine q JOIN captures c ON c.id = q.capture_id"
        " JOIN readings g ON g.capture_id = q.capture_id JOIN revisions r ON r.id = g.revision_id"
        " JOIN captures f ON f.id = r.capture_id"
        " WHERE q.page_id = ? AND (c.fetched_at, c.id) >= (?, ?) AND (f.fetched_at, f.id) < (?, ?)"
        " ORDER BY f.fetched_at, f.id LIMIT 1",
        [page, fetched_at, capture, fetched_at, capture],
    ).fetchone()
    return (found[0], found[1]) if found else None


def _record(database: Database, capture: Row, reading: Reading, name: bytes | None) -> str | None:
    """The page record as it is kept: once for each content of a page."""
    if reading.page is None:
        return None
    kept = database.execute(
        "SELECT 1 FROM quarantine WHERE page_id = ? AND digest = ? AND record IS NOT NULL LIMIT 1",
        [capture["page_id"], name],
    ).fetchone()
    return None if kept else canonical_json(reading.page).decode()


def _spell(database: Database, capture: Row, name: bytes) -> list[dict[str, Any]]:
    """Captures that showed a content without another between them, the newest being `capture`.

    Failures and redirects say nothing about the content and do not end a spell.
    """
    rows = database.query(
        "SELECT c.*, q.digest FROM captures c LEFT JOIN readings g ON g.capture_id = c.id"
        " LEFT JOIN quarantine q ON q.capture_id = c.id"
        " WHERE c.page_id = ? AND (c.fetched_at, c.id) <= (?, ?)"
        " AND (g.verdict IN ('page', 'suspect') OR g.revision_id IS NOT NULL OR c.id = ?)"
        " ORDER BY c.fetched_at DESC, c.id DESC",
        [capture["page_id"], capture["fetched_at"], capture["id"], capture["id"]],
    )
    found = []
    for row in rows:
        if row["digest"] != name:
            break
        found.append(row)
    return found[::-1]


def _redirects(database: Database, capture: Row) -> list[dict[str, Any]]:
    """Captures of a page that led to one address without an answer between them, the newest being `capture`."""
    rows = database.query(
        f"SELECT * FROM captures WHERE page_id = ? AND (fetched_at, id) <= (?, ?) AND outcome IN {SAYING}"
        " ORDER BY fetched_at DESC, id DESC",
        [capture["page_id"], capture["fetched_at"], capture["id"]],
    )
    return list(takewhile(lambda row: row["location_id"] == capture["location_id"], rows))[::-1]


def _persists(database: Database, capture: Row, doubt: Doubt, spell: list[dict[str, Any]]) -> bool:
    nights = int(_config(database, capture["run_id"]).get("suspect_nights", _NIGHTS))
    if doubt not in BELIEVED_IN_TIME or _days(spell) < nights:
        return False
    return not any(_began_in_drift(database, row["run_id"]) for row in spell[:1])


def _days(spell: list[dict[str, Any]]) -> int:
    """Nights of a spell: two runs of one day are one night."""
    return len({row["fetched_at"][:10] for row in spell})


def _began_in_drift(database: Database, run: int) -> bool:
    """Whether so many pages lost their sections in a run that it was the layout's doing and not the editors'."""
    lost, read = database.execute(
        "SELECT (SELECT count(DISTINCT q.page_id) FROM quarantine q JOIN captures c ON c.id = q.capture_id"
        "  WHERE c.run_id = ? AND q.doubt IN ('loss', 'drift', 'empty')),"
        " (SELECT count(DISTINCT c.page_id) FROM readings g JOIN captures c ON c.id = g.capture_id"
        "  WHERE c.run_id = ? AND g.verdict = 'page')",
        [run, run],
    ).fetchone()
    return bool(lost >= _DRIFTING and lost >= read)


def _config(database: Database, run: int) -> dict[str, Any]:
    """The site as it was in force in a run; empty where that was redacted."""
    found = json.loads(database.execute("SELECT config FROM runs WHERE id = ?", [run]).fetchone()[0])
    return found if isinstance(found, dict) else {}
