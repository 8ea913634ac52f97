"""Chrome as rows: each content of a part is kept once, each page's make-up of parts once, a reading points at it.

Derived. A difference is told once for the site (`compare_run`): it must show on at least half of the pages of a host
that were looked at before and now, and on two of them, unless the host has one page only. What differs on fewer pages
(a list of related pages, a menu of the branch) is kept as parts, and told nowhere.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias

import msgspec
from sqlite_utils import Database

from archive.diff_chrome import part_changes
from schemas.change import Change
from schemas.chrome import Chrome, ChromePart
from schemas.mention import Contact
from schemas.page import canonical_json

# Front page of the host that an address is on, which stands for the host.
_ORIGIN = "(substr(u.url, 1, instr(u.url, '://') + 2) || u.host || '/')"
CONTACT_COLUMNS = ("name", "mail", "phone", "kind", "role", "organisation")
_LEAST_PAGES = 2
_LEAST_SHARE = 0.5
Key: TypeAlias = tuple[str, str, str, str | None, str | None]
"""What makes a difference the same one on another page: part, kind, what, before, after."""


class _Look(msgspec.Struct, frozen=True, kw_only=True):
    """A page's chrome in a run, and at the last look before that had any."""

    page: int
    origin: str
    now: dict[str, int]
    before: dict[str, int]
    seen: str
    last_seen: str
    last_run: int
    reread: bool
    """Whether another parser read the earlier look: then what differs may be our reading."""


class _Hunk(msgspec.Struct, kw_only=True):
    """One difference, and the looks that show it."""

    change: Change
    looks: list[_Look]


def keep_chrome(database: Database, capture: int, chrome: Chrome, contacts: Sequence[Sequence[Contact]] = ()) -> None:
    """Write what chrome a capture shows; a capture read anew is written anew. Call inside a transaction.

    `contacts` are those that its parts offer, in their order. Whom a part offers hangs on the rules that it was read
    by, so that one content of which different people are told is two parts: each reading points at its own.
    """
    offers = contacts or [()] * len(chrome.parts)
    parts = {
        part.name: _part_number(database, part, sorted({*map(_told, offered)}))
        for part, offered in zip(chrome.parts, offers, strict=True)
    }
    makeup = json.dumps(parts, sort_keys=True, separators=(",", ":"))
    database.execute("INSERT OR IGNORE INTO chromes (parts) VALUES (?)", [makeup])
    number = database.execute("SELECT id FROM chromes WHERE parts = ?", [makeup]).fetchone()[0]
    database.execute("INSERT OR REPLACE INTO reading_chrome (capture_id, chrome_id) VALUES (?, ?)", [capture, number])


def _told(contact: Contact) -> tuple[str, ...]:
    return tuple(getattr(contact, name) for name in CONTACT_COLUMNS)


def _part_number(database: Database, part: ChromePart, contacts: Sequence[tuple[str, ...]]) -> int:
    """Number of a part that offers these contacts, written down if it is new."""
    record = canonical_json(part)
    name, offered = hashlib.sha256(record).digest(), _digest(contacts)
    found = database.execute(
        "SELECT id FROM chrome_parts WHERE sha256 = ? AND contacts IS ? ORDER BY id LIMIT 1", [name, offered]
    ).fetchone()
    if found:
        return int(found[0])
    cursor = database.execute(
        "INSERT INTO chrome_parts (sha256, name, record, contacts) VALUES (?, ?, ?, ?)",
        [name, part.name, record.decode(), offered],
    )
    number = int(cursor.lastrowid or 0)
    database.conn.executemany(
        f"INSERT INTO chrome_contacts (part_id, {', '.join(CONTACT_COLUMNS)}) VALUES (?, ?, ?, ?, ?, ?, ?)",
        [(number, *contact) for contact in contacts],
    )
    return number


def seal_contacts(database: Database, part: int) -> None:
    """Keep with a part the digest of whom it offers."""
    database.execute("UPDATE chrome_parts SET contacts = ? WHERE id = ?", [contacts_digest(database, part), part])


def contacts_digest(database: Database, part: int) -> bytes | None:
    """SHA-256 of the contacts kept for a part; None when there are none."""
    columns = ", ".join(CONTACT_COLUMNS)
    return _digest(database.execute(f"SELECT {columns} FROM chrome_contacts WHERE part_id = ?", [part]).fetchall())


def _digest(contacts: Sequence[tuple[str, ...]]) -> bytes | None:
    return hashlib.sha256(msgspec.json.encode(sorted(contacts))).digest() if contacts else None


def compare_run(database: Database, run: int) -> None:
    """Write the site-wide changes of the chrome that a run saw, and those of runs before it that a crash ended.

    Doing it again changes nothing. Call inside a transaction, when all that the runs kept has been read.
    """
    behind = database.execute(
        "SELECT id FROM runs WHERE site = (SELECT site FROM runs WHERE id = ?1) AND id <= ?1 AND id > coalesce((SELECT"
        " max(id) FROM runs WHERE site = (SELECT site FROM runs WHERE id = ?1) AND id < ?1 AND status IN"
        " ('ok', 'partial', 'drift', 'failed')), 0) ORDER BY id",
        [run],
    ).fetchall()
    for (number,) in behind:
        database.execute("DELETE FROM chrome_changes WHERE run_id = ?", [number])
        looks = list(_looks(database, number))
        for origin in sorted({look.origin for look in looks}):
            _compare_origin(database, number, origin, [look for look in looks if look.origin == origin])


def compare_all(database: Database) -> None:
    """Write the site-wide changes of all runs that have ended, from what is kept of their looks."""
    for (run,) in database.execute("SELECT id FROM runs WHERE status <> 'running' ORDER BY id").fetchall():
        compare_run(database, run)


def _looks(database: Database, run: int) -> Iterator[_Look]:
    rows = database.query(
        f"SELECT c.id, c.page_id, {_ORIGIN} AS origin, c.fetched_at, h.parts, g.parser FROM captures c"
        " JOIN urls u ON u.id = c.url_id JOIN readings g ON g.capture_id = c.id"
        " JOIN reading_chrome n ON n.capture_id = c.id"
        " JOIN chromes h ON h.id = n.chrome_id WHERE c.run_id = ? ORDER BY c.id",
        [run],
    )
    for row in list(rows):
        earlier = database.execute(
            "SELECT h.parts, c.fetched_at, c.run_id, g.parser FROM captures c JOIN readings g ON g.capture_id = c.id"
            " JOIN reading_chrome n ON n.capture_id = c.id JOIN chromes h ON h.id = n.chrome_id"
            " JOIN urls u ON u.id = c.url_id"
            f" WHERE c.page_id = ? AND c.fetched_at < ? AND c.run_id < ? AND {_ORIGIN} = ?"
            # In the order of the index: the first that it meets is the one.
            " ORDER BY c.fetched_at DESC, c.id DESC LIMIT 1",
            [row["page_id"], row["fetched_at"], run, row["origin"]],
        ).fetchone()
        if earlier:
            yield _Look(
                page=row["page_id"],
                origin=row["origin"],
                now=json.loads(row["parts"]),
                before=json.loads(earlier[0]),
                seen=row["fetched_at"],
                last_seen=earlier[1],
                last_run=earlier[2],
                reread=earlier[3] != row["parser"],
            )


def _compare_origin(database: Database, run: int, origin: str, looks: Sequence[_Look]) -> None:
    told = _told_since(database, origin, min(look.last_run for look in looks), run)
    alone = not _several_pages(database, run, origin)
    having = Counter(name for look in looks for name in look.now.keys() | look.before.keys())
    hunks: dict[Key, _Hunk] = {}
    cache: dict[tuple[int | None, int | None], tuple[Change, ...]] = {}
    for look in looks:
        for key, change in _differences(database, look, cache).items():
            if told.get(key, 0) <= look.last_run:
                hunks.setdefault(key, _Hunk(change=change, looks=[])).looks.append(look)
    ordinal = 0
    for key, hunk in hunks.items():
        if alone or len(hunk.looks) >= max(_LEAST_PAGES, _LEAST_SHARE * having[key[0]]):
            ordinal += 1
            _write(database, run, ordinal, hunk, having[key[0]])


def _differences(
    database: Database, look: _Look, cache: dict[tuple[int | None, int | None], tuple[Change, ...]]
) -> dict[Key, Change]:
    """What differs on one page; two parts are compared once, on however many pages they stand."""
    found: dict[Key, Change] = {}
    for name in dict.fromkeys([*look.now, *look.before]):
        both = look.before.get(name), look.now.get(name)
        if both[0] == both[1]:
            continue
        if both not in cache:
            cache[both] = part_changes(_part(database, both[0]), _part(database, both[1]))
        for change in cache[both]:
            found.setdefault((name, change.kind, change.what, change.before, change.after), change)
    return found


def _part(database: Database, number: int | None) -> ChromePart | None:
    if number is None:
        return None
    record = database.execute("SELECT record FROM chrome_parts WHERE id = ?", [number]).fetchone()[0]
    return msgspec.json.decode(record, type=ChromePart)


def _told_since(database: Database, origin: str, since: int, until: int) -> dict[Key, int]:
    """Differences told between two runs, with the run: a page that is looked at again later shows them once more."""
    rows = database.execute(
        "SELECT part, kind, what, before, after, run_id FROM chrome_changes"
        " WHERE address = ? AND run_id > ? AND run_id < ? ORDER BY run_id",
        [origin, since, until],
    )
    return {tuple(row[:5]): row[5] for row in rows.fetchall()}


def _several_pages(database: Database, run: int, origin: str) -> bool:
    """Whether more than one page of a host was seen with its chrome, up to a run. Asked by page, not by look."""
    rows = database.execute(
        "SELECT DISTINCT a.page_id FROM page_urls a JOIN urls u ON u.id = a.url_id JOIN pages p ON p.id = a.page_id"
        f" WHERE {_ORIGIN} = ? AND p.site = (SELECT site FROM runs WHERE id = ?) AND EXISTS (SELECT 1 FROM captures c"
        " JOIN reading_chrome n ON n.capture_id = c.id"
        " WHERE c.page_id = a.page_id AND c.url_id = a.url_id AND c.run_id <= ?) LIMIT 2",
        [origin, run, run],
    ).fetchall()
    return len(rows) > 1


def _write(database: Database, run: int, ordinal: int, hunk: _Hunk, pages: int) -> None:
    change, looks = hunk.change, hunk.looks
    row: dict[str, Any] = {
        "run_id": run,
        "address": looks[0].origin,
        "ordinal": ordinal,
        "part": change.where,
        "kind": change.kind,
        "class": change.class_,
        "what": change.what,
        "before": change.before,
        "after": change.after,
        "why": f"{change.why}; the same on {len(looks)} of {pages} pages",
        "pages": len(looks),
        "cause": "parser" if all(look.reread for look in looks) else "source",
        "seen_from": min(look.seen for look in looks),
        "unseen_since": max(look.last_seen for look in looks),
    }
    database.execute(
        f"INSERT INTO chrome_changes ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})", list(row.values())
    )
