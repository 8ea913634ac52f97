"""Redactions: the one door through which evidence may leave. Each leaves a row that says what left, when and why."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

import msgspec
from sqlite_utils import Database

from archive.chain import commitment, words_of_decision
from archive.times import to_text

_COLUMN = {
    "body": "body_id", "url": "url_id", "head": "head_id", "error": "capture_id", "robots": "capture_id",
    "record": "capture_id", "decision": "decision_id", "config": "run_id",
}  # fmt: skip


class Reason(msgspec.Struct, frozen=True, kw_only=True):
    """Why something leaves, and when."""

    text: str
    now: datetime
    pruned: bool = False
    """Whether it is let go to save room, rather than erased because it must not be kept."""


def announce(database: Database, what: str, number: int, reason: Reason, kept: bytes | None = None) -> None:
    """Write down that something leaves: the guards let it go from then on. Call inside a transaction.

    `number` is the row's, `kept` the commitment that the chain needs of it.
    """
    after = database.execute("SELECT coalesce(max(id), 0) FROM runs").fetchone()[0]
    database.execute(
        f"INSERT INTO redactions (what, {_COLUMN[what]}, commitment, pruned, after_run, redacted_at, reason)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        [what, number, kept, int(reason.pruned), after, to_text(reason.now), reason.text],
    )


def withhold_url(database: Database, url: int, reason: Reason) -> None:
    """Erase an address, and what the captures of it say in words, whose seal hangs on the salt of the address."""
    text, salt = database.execute("SELECT url, salt FROM urls WHERE id = ?", [url]).fetchone()
    rows = database.execute("SELECT id FROM captures WHERE url_id = ?", [url])
    for (capture,) in rows.fetchall():
        withhold_words(database, capture, reason)
    announce(database, "url", url, reason, commitment(salt, text))
    database.execute("UPDATE urls SET url = 'redacted:' || id, salt = NULL WHERE id = ?", [url])


def withhold_words(database: Database, capture: int, reason: Reason) -> None:
    """Erase what a capture says in words: its error and the verdict of robots.txt."""
    found = database.execute(
        "SELECT c.error, c.robots, u.salt FROM captures c JOIN urls u ON u.id = c.url_id WHERE c.id = ?", [capture]
    ).fetchone()
    for column, text in zip(("error", "robots"), found[:2], strict=True):
        if text is not None and text != "redacted":
            announce(database, column, capture, reason, commitment(found[2], text))
            database.execute(f"UPDATE captures SET {column} = 'redacted' WHERE id = ?", [capture])


def withhold_record(database: Database, capture: int, reason: Reason) -> None:
    """Erase the sealed digest of the record that was read from a capture, where there is one."""
    found = database.execute(
        "SELECT digest, salt FROM sealed_records WHERE capture_id = ? AND digest IS NOT NULL", [capture]
    ).fetchone()
    if found:
        announce(database, "record", capture, reason, commitment(found[1], found[0]))
        database.execute("UPDATE sealed_records SET digest = NULL, salt = NULL WHERE capture_id = ?", [capture])


def withhold_decision(database: Database, decision: int, reason: Reason) -> None:
    """Erase who decided and why, and the digest of what was decided on; that it was accepted or rejected stays."""
    digest, by, why, salt = database.execute(
        "SELECT digest, decided_by, why, salt FROM decisions WHERE id = ?", [decision]
    ).fetchone()
    if salt is None:
        return
    announce(database, "decision", decision, reason, commitment(salt, words_of_decision(digest, by, why)))
    database.execute(
        "UPDATE decisions SET digest = NULL, decided_by = 'redacted', why = 'redacted', salt = NULL WHERE id = ?",
        [decision],
    )


def withhold_settings(database: Database, run: int, keys: Sequence[str], reason: Reason) -> None:
    """Erase some settings of the site as it was in force in a run; the hash of the whole stays in the run's manifest.

    What is left says by what rules the captures of the site are read anew.
    """
    places = [f'$."{key}"' for key in keys]
    left = database.execute(
        f"SELECT json_remove(config{', ?' * len(places)}) FROM runs WHERE id = ?", [*places, run]
    ).fetchone()[0]
    announce(database, "config", run, reason, hashlib.sha256(left.encode()).digest())
    database.execute("UPDATE runs SET config = ? WHERE id = ?", [left, run])
