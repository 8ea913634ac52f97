"""Verifying history: each record has its digest, shows what it says, and follows from the one before by its changes."""

from __future__ import annotations

import hashlib
import re
import sqlite3
from collections.abc import Iterator
from random import Random
from typing import Any, get_args

import msgspec
from sqlite_utils import Database

from archive.apply import apply
from archive.change_rows import CHANGE_COLUMNS
from archive.chrome import contacts_digest
from archive.expected import Expected, expected_of
from archive.history import stored_changes
from archive.prune import LET_GO
from archive.records import CONTENT_COLUMNS, load_page, metadata_json, preamble_text, text_under
from archive.revision_texts import texts_agree
from archive.sampling import sampled
from schemas.finding import Finding
from schemas.page import Page, Section, canonical_json, digest
from schemas.revision import Cause, State

_UNREADABLE = (
    sqlite3.DatabaseError, msgspec.MsgspecError, ValueError, TypeError, AttributeError, KeyError, IndexError,
    RecursionError,
)  # fmt: skip


def history_findings(database: Database, sample: int | None, rng: Random) -> Iterator[Finding]:
    """What is wrong with the derived history of each page; of all pages, or of a random sample."""
    for page in sampled(database, "pages", sample, rng):
        try:
            yield from _page_findings(database, page)
        except _UNREADABLE as error:
            run = _runs_of(database, page)
            yield Finding(
                check="record", text=f"The history of page {page} cannot be read ({error}).", page=page, run=run
            )


def _runs_of(database: Database, page: int) -> int | None:
    try:
        found = database.execute("SELECT max(run_id) FROM captures WHERE page_id = ?", [page]).fetchone()
    except sqlite3.DatabaseError:
        return None
    return int(found[0]) if found and found[0] is not None else None


def _page_findings(database: Database, page: int) -> Iterator[Finding]:
    rows = list(
        database.query(
            "SELECT r.*, c.run_id, c.fetched_at FROM revisions r"
            " LEFT JOIN captures c ON c.id = r.capture_id WHERE r.page_id = ? ORDER BY r.seq",
            [page],
        )
    )
    broken = False
    for at, row in enumerate(rows):
        last = rows[at - 1] if at else None
        for text in (*_order(database, row, last), *_record(database, row)):
            broken = True
            yield Finding(check="record", text=f"Revision {row['seq']}: {text}", page=page, run=row["run_id"])
    if broken:
        return  # what hangs on a record that is damaged cannot be judged
    expected = expected_of(database, page)
    for row in rows:
        for text in _changes(database, row, expected):
            yield Finding(check="changes", text=f"Revision {row['seq']}: {text}", page=page, run=row["run_id"])
    yield from _applied(database, rows, page)
    yield from _contents(database, rows, expected, page)
    if rows and rows[0]["seq"] == 1 and all(row["state"] != "withheld" for row in rows):
        yield from _keys(database, page)


_NUMBERED = re.compile(r"~\d+\Z")


def _keys(database: Database, page: int) -> Iterator[Finding]:
    """Keys that no section under them ever had: a section is named by its anchor or heading at birth."""
    named: dict[tuple[int, str], set[str]] = {}
    rows = database.execute(
        "SELECT s.id, s.key, t.heading, json_extract(t.record, '$.anchor') FROM sections s"
        " JOIN revision_sections rs ON rs.section_id = s.id JOIN section_texts t ON t.id = rs.text_id"
        " WHERE s.page_id = ?",
        [page],
    )
    for number, key, heading, anchor in rows.fetchall():
        named.setdefault((number, key), set()).add(anchor or heading or "lead")
    for (_, key), names in named.items():
        if key not in names and _NUMBERED.sub("", key) not in names:
            yield Finding(check="contents", text=f'No section was ever called "{key}".', page=page)


def _order(database: Database, row: dict[str, Any], last: dict[str, Any] | None) -> Iterator[str]:
    """Whether a revision stands where and when it must."""
    missing = row["seq"] != last["seq"] + 1 if last else row["seq"] != 1 and not _was_pruned(database, row["page_id"])
    if missing:
        yield f"revision {row['seq'] - 1} is missing before it."
    if row["cause"] not in get_args(Cause) or row["state"] not in get_args(State):
        yield "its cause or its state is none that there is."
    if row["seen_from"] != row["fetched_at"]:
        yield f"it is not dated as capture {row['capture_id']}, from which it was read."
    if last is None:
        return
    before = None
    if row["cause"] == "source":
        before = database.execute(
            "SELECT max(c.fetched_at) FROM readings g JOIN captures c ON c.id = g.capture_id WHERE g.revision_id = ?",
            [last["id"]],
        ).fetchone()[0]
    if row["unseen_since"] != before:
        yield "the last look before it is not the one that it names."


def _was_pruned(database: Database, page: int) -> bool:
    """Whether revisions of a page were let go: only then does its history begin with a later one than the first."""
    found = database.execute(
        "SELECT 1 FROM redactions x JOIN captures c ON c.id = x.capture_id JOIN readings g ON g.capture_id = c.id"
        # What had been erased before has no second redaction.
        " WHERE c.page_id = ? AND (x.pruned OR g.why = ?) LIMIT 1",
        [page, LET_GO],
    )
    return found.fetchone() is not None


def _record(database: Database, row: dict[str, Any]) -> Iterator[str]:
    """Whether a record has its digest, and whether what is shown of it is what it says."""
    sections = list(
        database.query(
            "SELECT rs.position, s.page_id, s.key, t.* FROM revision_sections rs"
            " LEFT JOIN sections s ON s.id = rs.section_id LEFT JOIN section_texts t ON t.id = rs.text_id"
            " WHERE rs.revision_id = ? ORDER BY rs.position",
            [row["id"]],
        )
    )
    if not texts_agree(database, row["id"], row["state"]):
        yield "its sections as they are kept together are not those that it has."
    if row["state"] != "live":
        if sections or row["metadata"] != "{}" or row["preamble"]:
            yield "it has content although there was no page."
        return
    for position, section in enumerate(sections, 1):
        text = _section(section, position, row)
        if text:
            yield text
            return
    try:
        record = load_page(database, row["id"])
    except _UNREADABLE:
        yield "its record cannot be read."
        return
    if digest(record) != row["digest"]:
        yield "the page record does not have its digest."
    shown = (row["title"], row["metadata"], row["preamble"])
    if shown != (record.title, metadata_json(record), preamble_text(record)):
        yield "title, metadata or preamble are not those of the record."


def _section(row: dict[str, Any], position: int, revision: dict[str, Any]) -> str | None:
    """What is wrong with one section; None when nothing is."""
    if row["position"] != position:
        return f"section {position} is missing."
    if row["page_id"] != revision["page_id"] or row["record"] is None:
        return f"section {position} is of another page, or its text is missing."
    if hashlib.sha256(row["record"].encode()).digest() != row["sha256"]:
        return f"the text of section {position} does not have its hash."
    return _shown_section(row, position)


def _shown_section(row: dict[str, Any], position: int) -> str | None:
    """What is wrong with what is shown of a section; None when nothing is."""
    try:
        section = msgspec.json.decode(row["record"], type=Section)
    except (msgspec.MsgspecError, ValueError):
        return f"the record of section {position} cannot be read."
    if canonical_json(section).decode() != row["record"]:
        return f"the record of section {position} is not in its one form."
    if (row["heading"], row["level"], row["text"]) != (section.heading, section.level, text_under(section)):
        return f"heading, level or text of section {position} are not those of its record."
    return None


def _changes(database: Database, row: dict[str, Any], expected: Expected) -> Iterator[str]:
    columns = ", ".join(CHANGE_COLUMNS)
    stored = database.execute(
        f"SELECT {columns} FROM changes WHERE revision_id = ? ORDER BY ordinal", [row["id"]]
    ).fetchall()
    if [tuple(one) for one in stored] != expected.changes[row["id"]]:
        yield (
            "the changes kept are not those between it and the revision before. If this program was upgraded since, "
            "`tidslager rebuild` brings them up to date."
        )
    if row["mentions"] != expected.mentions[row["id"]]:
        yield "the mentions kept are not those that its texts were found to have."
    if row["id"] in expected.unfounded:
        yield "a mention is kept whose words its texts do not have."
    (share,) = database.execute("SELECT degree FROM revisions WHERE id = ?", [row["id"]]).fetchone()
    if share != expected.degrees[row["id"]]:
        yield "the degree of change kept with it is not that of its changes."


def _applied(database: Database, rows: list[dict[str, Any]], page: int) -> Iterator[Finding]:
    """The law: the changes kept with a revision, applied to the record before it, give its record."""
    before: Page | None = None
    for at, row in enumerate(rows):
        if row["state"] != "live":
            continue
        record = load_page(database, row["id"])
        if before is not None and at:
            try:
                same = canonical_json(apply(before, stored_changes(database, row["id"]))) == canonical_json(record)
            except _UNREADABLE:
                same = False
            if not same:
                text = f"Revision {row['seq']}: its changes do not lead to it from the record before."
                yield Finding(check="changes", text=text, page=page, run=row["run_id"])
        before = record


def _contents(database: Database, rows: list[dict[str, Any]], expected: Expected, page: int) -> Iterator[Finding]:
    runs = {row["id"]: row["run_id"] for row in rows}
    for table, columns in CONTENT_COLUMNS.items():
        query = f"SELECT {', '.join(columns)}, from_revision, to_revision FROM {table} WHERE page_id = ?"
        stored = [tuple(one) for one in database.execute(query, [page]).fetchall()]
        wrong = set(stored) ^ expected.contents[table]
        if wrong or len(stored) != len(set(stored)):
            run = runs.get(next(iter(wrong), (None, None))[-2], max(runs.values(), default=None))
            text = f"What stands in {table} is not what the records of the page say."
            yield Finding(check="contents", text=text, page=page, run=run)


def seal_findings(database: Database) -> Iterator[Finding]:
    """Records that are not what a run sealed, where they are still read as they were then."""
    rows = database.query(
        "SELECT s.capture_id, s.run_id, s.parser, s.digest, c.page_id, g.parser AS read_by, g.verdict,"
        " coalesce(r.digest, q.digest) AS now"
        " FROM sealed_records s JOIN captures c ON c.id = s.capture_id"
        " LEFT JOIN readings g ON g.capture_id = s.capture_id LEFT JOIN revisions r ON r.id = g.revision_id"
        " LEFT JOIN quarantine q ON q.capture_id = s.capture_id WHERE s.digest IS NOT NULL"
    )
    for row in rows:
        if row["now"] == row["digest"] or (row["read_by"] is not None and row["read_by"] != row["parser"]):
            continue
        text = f"The record read from capture {row['capture_id']} is not the one that run {row['run_id']} sealed."
        yield Finding(check="record", text=text, page=row["page_id"], run=row["run_id"])


def quarantine_findings(database: Database) -> Iterator[Finding]:
    """Records in quarantine that do not have their digest, and contents whose record is missing."""
    rows = database.query(
        "SELECT q.capture_id, q.page_id, q.digest, q.record, c.page_id AS captured, c.run_id,"
        " (SELECT count(*) FROM quarantine o WHERE o.page_id = q.page_id AND o.digest = q.digest"
        "  AND o.record IS NOT NULL) AS records"
        " FROM quarantine q LEFT JOIN captures c ON c.id = q.capture_id"
    )
    for row in rows:
        text = _wrong_in_quarantine(row)
        if text:
            text = f"The look of capture {row['capture_id']} in quarantine: {text}"
            yield Finding(check="record", text=text, page=row["captured"], run=row["run_id"])


def _wrong_in_quarantine(row: dict[str, Any]) -> str | None:
    if row["page_id"] != row["captured"]:
        return "it is kept with another page than the one that was looked at."
    if row["digest"] is not None and row["records"] != 1:
        return "the record of what it showed is missing, or is there twice."
    if row["record"] is None:
        return None
    try:
        record = msgspec.json.decode(row["record"], type=Page)
    except (msgspec.MsgspecError, ValueError):
        return "its record cannot be read."
    if digest(record) != row["digest"] or canonical_json(record).decode() != row["record"]:
        return "its record does not have its digest."
    return None


def astray_findings(database: Database) -> Iterator[Finding]:
    """Revisions that are kept with another page than the one that they were read from."""
    rows = database.execute(
        "SELECT r.id, r.page_id, c.page_id, c.run_id FROM revisions r JOIN captures c ON c.id = r.capture_id"
        " WHERE c.page_id IS NOT r.page_id"
    )
    for revision, page, captured, run in rows.fetchall():
        text = f"Row {revision} of revisions is kept with page {page} and was read from a capture of page {captured}."
        yield Finding(check="record", text=text, page=captured, run=run)


def contact_findings(database: Database) -> Iterator[Finding]:
    """Parts of the chrome whose contacts are not those that they were found to offer."""
    for part, name, sealed in database.execute("SELECT id, name, contacts FROM chrome_parts").fetchall():
        if contacts_digest(database, part) != sealed:
            text = f"The contacts kept for part {part} of the chrome ({name}) are not those that it was found to offer."
            yield Finding(check="contents", text=text)


def unused_findings(database: Database) -> Iterator[Finding]:
    """Texts and sections that stand in no revision."""
    for table, column in (("section_texts", "text_id"), ("sections", "section_id")):
        query = f"SELECT id FROM {table} WHERE id NOT IN (SELECT {column} FROM revision_sections)"
        for (number,) in database.execute(query).fetchall():
            page = None
            if table == "sections":
                page = database.execute("SELECT page_id FROM sections WHERE id = ?", [number]).fetchone()[0]
            yield Finding(check="record", text=f"Row {number} of {table} stands in no revision.", page=page)
