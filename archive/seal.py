"""Sealing: a finished run gets the root of its evidence and its head, in the transaction that closes it."""

from __future__ import annotations

from sqlite_utils import Database

from archive import chain
from archive.evidence import evidence_of, manifest, withheld_commitments


def seal_run(database: Database, run: int, *, status: str, finished_at: str, summary: str) -> bytes:
    """Close a run with its head, and return the head. Call inside a transaction; `summary` is JSON."""
    _seal_records(database, run)
    row = next(database.query("SELECT * FROM runs WHERE id = ?", [run]))
    row |= {"status": status, "finished_at": finished_at, "summary": summary}
    leaves = [one.leaf for one in evidence_of(database, run, withheld_commitments(database))]
    root = chain.root(leaves)
    previous = previous_head(database, run)
    head = chain.head(manifest(row, root=root, leaves=len(leaves), previous=previous))
    database.execute(
        "UPDATE runs SET status = ?, finished_at = ?, summary = ?, root = ?, head = ?, leaves = ? WHERE id = ?",
        [status, finished_at, summary, root, head, chain.marks(leaves), run],
    )
    return head


def seal_interrupted(database: Database) -> None:
    """Close every run that a crash left open, as of the last thing it did. Call inside a transaction."""
    rows = database.execute(
        "SELECT r.id, coalesce((SELECT max(c.fetched_at) FROM captures c WHERE c.run_id = r.id), r.started_at),"
        " r.summary FROM runs r WHERE r.status = 'running' ORDER BY r.id"
    )
    for run, last, summary in rows.fetchall():
        seal_run(database, run, status="interrupted", finished_at=last, summary=summary)


def previous_head(database: Database, run: int) -> bytes | None:
    """Head of the run before; None for the first."""
    found = database.execute(
        "SELECT head FROM runs WHERE id < ? AND head IS NOT NULL ORDER BY id DESC LIMIT 1", [run]
    ).fetchone()
    return bytes(found[0]) if found else None


def _seal_records(database: Database, run: int) -> None:
    """Put down which record was read from each capture that first showed it, as far as no run has done so."""
    database.execute(
        "INSERT INTO sealed_records (capture_id, run_id, parser, digest)"
        " SELECT r.capture_id, ?, g.parser, r.digest FROM revisions r"
        " JOIN readings g ON g.capture_id = r.capture_id AND g.revision_id = r.id"
        " WHERE r.cause = 'source' AND r.state = 'live'"
        " AND NOT EXISTS (SELECT 1 FROM sealed_records s WHERE s.capture_id = r.capture_id) ORDER BY r.capture_id",
        [run],
    )
