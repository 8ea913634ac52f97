"""Verifying evidence: bodies have their hashes, rows are what their run sealed, heads are chained."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from random import Random
from typing import Any

from sqlite_utils import Database

from archive import chain
from archive.bodies import read_body
from archive.evidence import Evidence, Withheld, evidence_of, manifest, withheld_commitments
from archive.sampling import sampled
from schemas.errors import ArchiveError
from schemas.finding import Finding

Pages = dict[int, list[tuple[int | None, int]]]


def body_findings(database: Database, sample: int | None, rng: Random) -> Iterator[Finding]:
    """Bodies that do not have their hash, or that went through no door; of all bodies, or of a random sample."""
    told = {number for (number,) in database.execute("SELECT body_id FROM redactions WHERE body_id IS NOT NULL")}
    for number in sampled(database, "bodies", sample, rng):
        text = _wrong_with(database, number, told)
        if text:
            yield from _at_each_use(database, number, text)


def _wrong_with(database: Database, number: int, told: set[int]) -> str | None:
    try:
        body = read_body(database, number)
    except (ArchiveError, sqlite3.DatabaseError, ValueError, TypeError, AttributeError) as error:
        return f"Body {number} cannot be read as it was kept ({_first_sentence(error)})."
    if body is None and number not in told:
        return f"Body {number} is withheld, and no redaction says why."
    return None


def _first_sentence(error: Exception) -> str:
    return str(error).partition(":")[0] or type(error).__name__


def _at_each_use(database: Database, body: int, text: str) -> Iterator[Finding]:
    uses = database.execute("SELECT page_id, run_id, id FROM captures WHERE body_id = ? ORDER BY id", [body]).fetchall()
    for page, run, capture in uses:
        yield Finding(check="body", text=f"{text} It is the body of capture {capture}.", page=page, run=run)
    if not uses:
        yield Finding(check="body", text=f"{text} No capture has it.")


def chain_findings(database: Database, sample: int | None, rng: Random) -> Iterator[Finding]:
    """Rows that are not what their run sealed, and heads that do not follow on each other.

    With a sample the rows of the newest run and of so many others are looked at, the heads of all.
    """
    sealed = [run for (run,) in database.execute("SELECT id FROM runs WHERE head IS NOT NULL ORDER BY id").fetchall()]
    chosen = set(sealed)
    if sample is not None and sample < len(sealed):
        chosen = {sealed[-1], *rng.sample(sealed, sample)}
    withheld = withheld_commitments(database)
    previous: bytes | None = None
    expected = 1
    for row in database.query("SELECT * FROM runs ORDER BY id"):
        run = int(row["id"])
        if run != expected:
            yield Finding(check="chain", text=f"Before run {run} a run is missing.", run=run)
        expected = run + 1
        yield from _config_findings(database, row)
        if row["head"] is None:
            if row["status"] != "running":
                yield Finding(check="chain", text=f"Run {run} is finished and has no head.", run=run)
            continue
        try:
            if run in chosen:
                yield from _run_findings(database, row, withheld, previous)
            else:
                yield from _head_findings(row, len(row["leaves"] or b"") // chain.MARK_BYTES, previous)
        except (sqlite3.DatabaseError, ValueError, TypeError) as error:
            yield Finding(check="chain", text=f"The evidence of run {run} cannot be read ({error}).", run=run)
        previous = row["head"]


def _config_findings(database: Database, row: dict[str, Any]) -> Iterator[Finding]:
    run = row["id"]
    told = database.execute(
        "SELECT commitment FROM redactions WHERE what = 'config' AND run_id = ? ORDER BY id DESC LIMIT 1", [run]
    ).fetchone()
    left = told[0] if told else row["config_digest"]
    if hashlib.sha256(str(row["config"]).encode()).digest() != left:
        yield Finding(check="chain", text=f"The site file kept with run {run} is not the one it had.", run=run)


def _run_findings(
    database: Database, row: dict[str, Any], withheld: Withheld, previous: bytes | None
) -> Iterator[Finding]:
    run = int(row["id"])
    evidence = evidence_of(database, run, withheld)
    leaves = [one.leaf for one in evidence]
    root = chain.root(leaves)
    if root != row["root"]:
        yield from _altered_rows(run, evidence, row["leaves"] or b"")
    elif chain.marks(leaves) != row["leaves"]:
        yield Finding(check="chain", text=f"The marks by which run {run} knows its rows are damaged.", run=run)
    if root == row["root"]:
        yield from _head_findings(row, len(leaves), previous)


def _head_findings(row: dict[str, Any], leaves: int, previous: bytes | None) -> Iterator[Finding]:
    run = int(row["id"])
    head = chain.head(manifest(row, root=row["root"] or b"", leaves=leaves, previous=previous))
    if head != row["head"]:
        text = f"The head of run {run} does not follow from what the run says of itself and the head before it."
        yield Finding(check="chain", text=text, run=run)


def _altered_rows(run: int, evidence: list[Evidence], marks: bytes) -> Iterator[Finding]:
    """Which rows of a run are not what was sealed, as far as the marks can say."""
    strangers, missing = chain.unmarked([one.leaf for one in evidence], marks)
    for index in strangers:
        one = evidence[index]
        text = f"{one.row} is not what run {run} sealed: it was altered, or added afterwards."
        yield Finding(check="chain", text=text, page=one.page, run=run)
    if missing > len(strangers):
        gone = missing - len(strangers)
        yield Finding(check="chain", text=f"{_rows(gone)} that run {run} sealed {_is(gone)} missing.", run=run)
    if not strangers and not missing:
        yield Finding(check="chain", text=f"The root of run {run} is damaged: its rows have another.", run=run)


def _rows(number: int) -> str:
    return f"{number} row{'s' * (number != 1)} of evidence"


def _is(number: int) -> str:
    return "is" if number == 1 else "are"


_ORPHANS = {
    "bodies": "SELECT id FROM bodies b WHERE NOT EXISTS (SELECT 1 FROM captures WHERE body_id = b.id)"
    " AND NOT EXISTS (SELECT 1 FROM bodies WHERE base = b.id)",
    "header_sets": "SELECT id FROM header_sets WHERE id NOT IN (SELECT head_id FROM captures WHERE head_id IS NOT NULL"
    " UNION SELECT request_id FROM captures WHERE request_id IS NOT NULL)",
    "urls": "SELECT id FROM urls WHERE id NOT IN (SELECT url_id FROM captures UNION SELECT url_id FROM page_urls"
    " UNION SELECT location_id FROM captures WHERE location_id IS NOT NULL)",
}


_STRAYS = {
    "pages": "SELECT id, first_run FROM pages WHERE first_run NOT IN (SELECT id FROM runs)",
    "page_urls": "SELECT page_id, from_run FROM page_urls WHERE from_run NOT IN (SELECT id FROM runs)",
    "captures": "SELECT page_id, run_id FROM captures WHERE run_id NOT IN (SELECT id FROM runs)",
    "sealed_records": "SELECT c.page_id, s.run_id FROM sealed_records s LEFT JOIN captures c ON c.id = s.capture_id"
    " WHERE s.run_id NOT IN (SELECT id FROM runs)",
    "decisions": "SELECT page_id, after_run FROM decisions WHERE after_run NOT IN (SELECT id FROM runs)",
}


def orphan_findings(database: Database) -> Iterator[Finding]:
    """Evidence that no run speaks of: nothing of ours leaves such rows behind."""
    for table, query in _STRAYS.items():
        when = "after" if table == "decisions" else "by"
        for page, run in database.execute(query).fetchall():
            text = f"A row of {table} says that it was written {when} run {run}, which is not there."
            yield Finding(check="chain", text=text, page=page, run=run)
    for table, query in _ORPHANS.items():
        for (number,) in database.execute(query).fetchall():
            yield Finding(check="chain", text=f"Row {number} of {table} belongs to no capture: it was added by hand.")
