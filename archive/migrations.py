"""What an archive file is made of, in three layers; the DDL itself stands in `*_tables.py` and `views.py`.

evidence    runs, urls, bodies, templates, dictionaries, rebasings, header_sets, pages, page_urls, captures,
            sealed_records, decisions, redactions. Append-only, guarded by triggers; each run's part of it is sealed by
            the run's head (`archive.chain`).
derived     readings, quarantine, revisions, section_texts, sections, revision_sections, revision_texts, links, films,
            documents, mentions, people, examples, changes, and for the chrome chrome_parts, chrome_contacts, chromes,
            reading_chrome, chrome_changes, and for search search_entries, search_words, search. All of it can be
            dropped and rebuilt from the evidence.
log         rereadings: what a rebuild made of revisions that had been kept otherwise. Append-only.
views       the documented surface for people, Datasette, sqlite-utils and the command line alike.

Times are TEXT, UTC, `YYYY-MM-DDTHH:MM:SS.mmmZ`. A comment behind a column is its documentation: docs/data-model.md is
made from those files.
"""

from __future__ import annotations

import sqlite3

from sqlite_utils import Database, Migrations

from archive.derived_tables import CHROME, DERIVED, REREADINGS
from archive.evidence_tables import APPEND_ONLY, DOORS, EVIDENCE, GUARDS, KEPT_FOR_EVER

APPLICATION_ID = 0x54696473  # "Tids", so that file(1) and we ourselves know an archive from any other SQLite file

migrations = Migrations("tidslager")


def run_script(db: Database, script: str) -> None:
    """Execute the statements of a script within the transaction that is open; each ends its line.

    sqlite3's own `executescript` would commit first, and that of sqlite-utils looks for an end after every letter: a
    quarter of a second for a new archive.
    """
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if ";" in line and sqlite3.complete_statement(statement):
            db.execute(statement)
            statement = ""
    if statement.strip():
        db.execute(statement)


@migrations()
def m001_evidence(db: Database) -> None:
    """Layer 1 and its guards."""
    run_script(db, EVIDENCE + GUARDS)
    for table in APPEND_ONLY:
        db.execute(
            f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} WHEN NOT ({DOORS.get(table, 'FALSE')}) "
            f"BEGIN SELECT RAISE(ABORT, '{table} are append-only'); END"
        )
    for table in KEPT_FOR_EVER:
        db.execute(
            f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} are append-only'); END"
        )


@migrations()
def m002_derived(db: Database) -> None:
    """Layer 2."""
    run_script(db, DERIVED)


@migrations()
def m005_rereadings(db: Database) -> None:
    """What rebuilds changed in what was derived."""
    run_script(db, REREADINGS)
    for act in ("UPDATE", "DELETE"):
        db.execute(
            f"CREATE TRIGGER rereadings_no_{act.lower()} BEFORE {act} ON rereadings "
            "BEGIN SELECT RAISE(ABORT, 'rereadings are append-only'); END"
        )


@migrations()
def m007_chrome(db: Database) -> None:
    """Layer 2, what stands around the content."""
    run_script(db, CHROME)
