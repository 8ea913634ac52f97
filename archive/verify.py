"""Verify: is this archive still true? Says what is proved and what cannot be known; never that anything is authentic.

consistent   every hash, head, reference and change agrees with every other
anchored     a head that you kept elsewhere is in the chain: nothing up to that run was altered since you got it
signed       the same, and the head bears a signature that holds
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any

import msgspec
from sqlite_utils import Database

from archive import search_tables, views
from archive.form import MARK, form, mark_of, todays_form
from archive.heads import heads_file, read_heads
from archive.signature import Signed, signed_head
from archive.verify_evidence import body_findings, chain_findings, orphan_findings
from archive.verify_history import (
    astray_findings,
    contact_findings,
    history_findings,
    quarantine_findings,
    seal_findings,
    unused_findings,
)
from archive.verify_search import search_findings
from schemas.errors import ConfigurationError
from schemas.finding import Check, Finding

assert search_tables.SEARCH
assert views.VIEWS
EVIDENCE_CHECKS: tuple[Check, ...] = ("file", "references", "chain", "body", "heads")
"""Checks that hold for an archive of any form: of one that another version made these alone are made."""
_ANCHOR_DIGITS = 16  # 64 bits: nobody makes another archive whose head begins alike


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What a verification found."""

    findings: tuple[Finding, ...]
    runs: int
    unsealed: int
    """Captures that no finished run has sealed yet."""
    captures: int
    bodies: int
    revisions: int
    decisions: int
    """What people said of suspects."""
    erased: int
    """Bodies that were erased."""
    pruned: int
    """Bodies that were let go."""
    sample: int | None
    """How many bodies, pages and indexed texts were looked at; None for all."""
    head: str | None
    """Head of the last sealed run."""
    anchored: int | None = None
    """Last run up to which a head that was supplied proves that nothing was altered."""
    signed: Signed | None = None
    reread: int = 0
    """Sealed records that another parser has read anew since: their seal says what was read then, not what is shown."""


def verify(
    database: Database,
    path: Path,
    *,
    anchors: Sequence[str] = (),
    signature: tuple[Path, Path] | None = None,
    sample: int | None = None,
    runs: int | None = None,
    rng: Random,
) -> Report:
    """Verify an archive that is open for reading. `signature` is the file of one and the file of allowed signers.

    `sample` is how many bodies, pages and indexed texts are looked at, `runs` of how many runs the evidence; None for
    all.

    Raises ConfigurationError for an anchor that is no head, and what `signature.signed_head` raises.
    """
    for anchor in anchors:
        if len(anchor) < _ANCHOR_DIGITS or not set(anchor) <= set("0123456789abcdef"):
            raise ConfigurationError(
                f'"{anchor}" is no head: give the 64 digits that a run printed, or at least the first {_ANCHOR_DIGITS}.'
            )
    # Damaged text must be told from whole text, not stop the reading.
    database.conn.text_factory = lambda raw: raw.decode("utf-8", "backslashreplace")
    checks = _checks(database, path, (sample, runs), rng)
    if mark_of(database) != MARK:
        checks = (one for one in checks if one[0] in EVIDENCE_CHECKS)
    findings = [*_mark_findings(database), *(finding for check, find in checks for finding in _guarded(check, find))]
    try:
        heads = _heads(database)
    except (sqlite3.DatabaseError, TypeError) as error:
        heads = {}
        findings.append(Finding(check="heads", text=f"The heads cannot be read ({error})."))
    anchored, more = _anchored(heads, anchors)
    findings += more
    signed = signed_head(*signature, tuple(reversed(heads))) if signature else None
    if signature and signed is None:
        text = "The signature is good for no head of this archive by any of the allowed signers."
        findings.append(Finding(check="signature", text=text))
    return Report(
        findings=tuple(dict.fromkeys(findings)),
        head=next(reversed(heads), None),
        anchored=anchored,
        signed=signed,
        sample=sample,
        **_counts(database),
    )


def _checks(
    database: Database, path: Path, samples: tuple[int | None, int | None], rng: Random
) -> Iterator[tuple[Check, Callable[[], Iterator[Finding]]]]:
    sample, runs = samples
    yield "file", lambda: _file_findings(database)
    yield "schema", lambda: _schema_findings(database)
    yield "references", lambda: _reference_findings(database)
    yield "chain", lambda: chain_findings(database, runs, rng)
    yield "chain", lambda: orphan_findings(database)
    yield "body", lambda: body_findings(database, sample, rng)
    yield "record", lambda: history_findings(database, sample, rng)
    yield "record", lambda: astray_findings(database)
    yield "record", lambda: seal_findings(database)
    yield "record", lambda: quarantine_findings(database)
    yield "record", lambda: unused_findings(database)
    yield "contents", lambda: contact_findings(database)
    yield "search", lambda: search_findings(database, sample, rng)
    yield "heads", lambda: _head_findings(database, path)


def _guarded(check: Check, find: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    """The findings of a check; where the file is so damaged that it cannot go on, that too is a finding."""
    try:
        yield from find()
    except (sqlite3.DatabaseError, LookupError, ValueError, TypeError) as error:
        yield Finding(check=check, text=f"The archive cannot be read for this check ({error}).")


def _mark_findings(database: Database) -> Iterator[Finding]:
    if mark_of(database) != MARK:
        text = (
            "Another version of this program made the file: its evidence was looked at, and not what is derived from "
            "it. `tidslager rebuild`, or the next run, derives it anew."
        )
        yield Finding(check="schema", text=text)


def _file_findings(database: Database) -> Iterator[Finding]:
    for (line,) in database.execute("PRAGMA integrity_check(20)").fetchall():
        if line != "ok":
            yield Finding(check="file", text=f"SQLite finds: {line}.")


def _reference_findings(database: Database) -> Iterator[Finding]:
    for table, row, parent, _ in database.execute("PRAGMA foreign_key_check").fetchall():
        page, run = _place(database, table, row)
        text = f"Row {row} of {table} points at a row of {parent} that is not there."
        yield Finding(check="references", text=text, page=page, run=run)


def _place(database: Database, table: str, row: int | None) -> tuple[int | None, int | None]:
    """Page and run of a row, where its table has them."""
    columns = {name for _, name, *_ in database.execute(f"PRAGMA table_info({table})").fetchall()}
    wanted = ["page_id" if "page_id" in columns else "NULL", "run_id" if "run_id" in columns else "NULL"]
    if row is None or wanted == ["NULL", "NULL"]:
        return None, None
    found = database.execute(f"SELECT {', '.join(wanted)} FROM {table} WHERE rowid = ?", [row]).fetchone()
    return (found[0], found[1]) if found else (None, None)


def _schema_findings(database: Database) -> Iterator[Finding]:
    """Tables, views, indexes and guards as a fresh archive has them, and each view answers."""
    ours, theirs = todays_form(), form(database)
    for name in sorted(ours.keys() - theirs.keys()):
        yield Finding(check="schema", text=f"{name} is missing from the file.")
    for name in sorted(ours.keys() & theirs.keys()):
        if ours[name] != theirs[name]:
            yield Finding(check="schema", text=f"{name} is not made as this program makes it.")
    for name in sorted(theirs.keys() - ours.keys()):
        if name.startswith("trigger "):
            yield Finding(check="schema", text=f"{name} is not ours.")
    for kind, _, name in (key.partition(" ") for key in sorted(ours.keys() & theirs.keys())):
        if kind == "view":
            database.execute(f"SELECT * FROM {name} LIMIT 1").fetchall()


def _heads(database: Database) -> dict[str, int]:
    """Heads in the order of their runs."""
    rows = database.execute("SELECT lower(hex(head)), id FROM runs WHERE head IS NOT NULL ORDER BY id").fetchall()
    return dict(rows)


def _head_findings(database: Database, path: Path) -> Iterator[Finding]:
    """Heads that were written down beside the archive and are not in it."""
    heads = _heads(database)
    for line in read_heads(path):
        if line.head not in heads:
            text = (
                f"{heads_file(path).name} has a head of run {line.run} that is not in the archive: run {line.run} or "
            )
            yield Finding(check="heads", text=text + "one before it was altered, or taken away.", run=line.run)


def _anchored(heads: dict[str, int], anchors: Sequence[str]) -> tuple[int | None, list[Finding]]:
    found: list[int] = []
    missing = []
    for anchor in anchors:
        runs = [run for head, run in heads.items() if head.startswith(anchor)]
        found += runs
        if not runs:
            text = f"The head {anchor} is not in this archive: a run up to it was altered, or taken away."
            missing.append(Finding(check="heads", text=text))
    return max(found, default=None), missing


def _counts(database: Database) -> dict[str, Any]:
    one = {
        "runs": "SELECT count(*) FROM runs WHERE head IS NOT NULL",
        "unsealed": "SELECT count(*) FROM captures c JOIN runs r ON r.id = c.run_id WHERE r.head IS NULL",
        "captures": "SELECT count(*) FROM captures",
        "bodies": "SELECT count(*) FROM bodies",
        "revisions": "SELECT count(*) FROM revisions",
        "decisions": "SELECT count(*) FROM decisions",
        "erased": "SELECT count(*) FROM redactions WHERE what = 'body' AND pruned = 0",
        "pruned": "SELECT count(*) FROM redactions WHERE what = 'body' AND pruned = 1",
        "reread": "SELECT count(*) FROM sealed_records s JOIN readings g ON g.capture_id = s.capture_id"
        " WHERE g.parser <> s.parser",
    }
    return {name: _count(database, query) for name, query in one.items()}


def _count(database: Database, query: str) -> int:
    try:
        return int(database.execute(query).fetchone()[0])
    except sqlite3.DatabaseError:
        return 0
