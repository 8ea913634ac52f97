"""Redact a person: a name leaves every table and index; the chain still verifies.

Every body that has the name is withheld, whole; so are addresses, heads and messages that have it. In the records that
were read from those bodies, and in everything made of them, `[withheld]` stands in the place of the name, so that the
history of a page stays readable; and in the place of the mail address and the number that are told of nobody else: who
calls it knows who answers.
"""

from __future__ import annotations

import json

import msgspec
from sqlite_utils import Database

from archive.bodies import read_body, withhold
from archive.evidence_tables import KEPT_FOR_EVER
from archive.header_sets import read_head, withhold_head
from archive.masking import masked, says, strings
from archive.names import Name, plain_address
from archive.records import load_page, metadata_json, preamble_text, text_under
from archive.redact import Erased, captures_of, captures_of_suspect, withhold_decisions_on
from archive.redact_chrome import bodies_showing, mask_parts, parts_with
from archive.redactions import (
    Reason,
    withhold_decision,
    withhold_record,
    withhold_settings,
    withhold_url,
    withhold_words,
)
from archive.remake import remake_page
from archive.revision_texts import remake_texts
from archive.scan import texts
from archive.search_index import remake_search
from schemas.errors import ArchiveError, ConfigurationError
from schemas.page import Page, Section, canonical_json, digest


def redact_person(database: Database, name: Name, reason: Reason) -> Erased:
    """Erase a name from everything; of a name that stands nowhere nothing is `found`. Call inside a transaction.

    Raises ConfigurationError when the reason has the name in it, and ArchiveError when it stands where it cannot be
    erased: then the transaction must be taken back.
    """
    if name.is_in(reason.text):
        raise ConfigurationError("The reason has the name in it, and a reason is kept for ever: word it without.")
    revisions = _revisions_with(database, name)
    suspects = _suspects_with(database, name)
    held = {capture for page, content, _ in suspects for capture in captures_of_suspect(database, page, content)}
    parts = parts_with(database, name)
    showing = _bodies_of(database, revisions, held) | bodies_showing(database, parts)
    written = any(name.is_in(cell.text) for cell in texts(database))
    bodies = tuple(body for body in sorted(_bodies_with(database, name) | showing) if withhold(database, body, reason))
    urls, heads = _withhold_texts(database, name, reason)
    for revision in revisions:
        for capture in captures_of(database, revision):
            withhold_record(database, capture, reason)
    for capture in sorted(held):
        withhold_record(database, capture, reason)
        withhold_decisions_on(database, capture, reason)
    whole = name.reached_at(_own_addresses(database, name))
    _mask_records(database, whole, revisions)
    for page, content, record in suspects:
        _mask_suspect(database, whole, page, content, record)
    mask_parts(database, whole, parts)
    remake_search(database)
    _mask_the_rest(database, name)
    remake_texts(database)
    remake_search(database)
    for cell in texts(database):
        if name.is_in(cell.text):
            where = f"{cell.table}.{cell.column}"
            raise ArchiveError(f"The name stands in {where}, from where it cannot be erased: nothing was changed.")
    found = bool(written or bodies or revisions or suspects or parts or urls or heads)
    return Erased(bodies=bodies, revisions=tuple(revisions), urls=urls, heads=heads, found=found)


def _revisions_with(database: Database, name: Name) -> list[int]:
    """Revisions whose record has the name."""
    bad = [n for n, record in database.execute("SELECT id, record FROM section_texts").fetchall() if says(name, record)]
    found = {
        revision
        for text in bad
        for (revision,) in database.execute("SELECT revision_id FROM revision_sections WHERE text_id = ?", [text])
    }
    rows = database.execute("SELECT id, title, metadata FROM revisions").fetchall()
    return sorted(found | {n for n, title, metadata in rows if name.is_in(title) or says(name, metadata)})


def _own_addresses(database: Database, name: Name) -> set[str]:
    """Mail addresses and numbers at which the person is said to be reached, and nobody else."""
    told = "SELECT name, mail, phone FROM"
    rows = database.execute(f"{told} mentions UNION {told} people UNION {told} chrome_contacts").fetchall()
    theirs = {address for who, *how in rows if name.is_in(who) for address in how if address}
    others = {plain_address(address) for who, *how in rows if not name.is_in(who) for address in how}
    return {address for address in theirs if plain_address(address) not in others}


def _suspects_with(database: Database, name: Name) -> list[tuple[int, bytes, str]]:
    """Contents in quarantine whose record has the name: page, digest and record."""
    rows = database.execute("SELECT page_id, digest, record FROM quarantine WHERE record IS NOT NULL").fetchall()
    return [row for row in rows if says(name, row[2])]


def _bodies_with(database: Database, name: Name) -> set[int]:
    numbers = [n for (n,) in database.execute("SELECT id FROM bodies WHERE codec <> 'redacted'").fetchall()]
    return {number for number in numbers if name.is_in_bytes(read_body(database, number) or b"")}


def _bodies_of(database: Database, revisions: list[int], held: set[int]) -> set[int]:
    """Bodies of the captures that showed revisions and of those that were held, however they hide the name."""
    live = {number for (number,) in database.execute("SELECT id FROM revisions WHERE state = 'live'").fetchall()}
    captures = [capture for revision in revisions if revision in live for capture in captures_of(database, revision)]
    captures += held
    found = (
        database.execute("SELECT body_id FROM captures WHERE id = ?", [capture]).fetchone() for capture in captures
    )
    return {body for (body,) in found if body is not None}


def _withhold_texts(database: Database, name: Name, reason: Reason) -> tuple[int, int]:
    """Erase the name from addresses, heads, messages and site files; return how many addresses and heads had it."""
    urls = [n for n, url in database.execute("SELECT id, url FROM urls").fetchall() if name.is_in(url)]
    numbers = [number for (number,) in database.execute("SELECT id FROM header_sets").fetchall()]
    heads = [number for number in numbers if name.is_in_bytes(read_head(database, number))]
    for url in urls:
        withhold_url(database, url, reason)
    for head in heads:
        withhold_head(database, head, reason)
    rows = database.execute("SELECT id, coalesce(error, ''), coalesce(robots, '') FROM captures").fetchall()
    for capture, error, robots in rows:
        if name.is_in(error) or name.is_in(robots):
            withhold_words(database, capture, reason)
    for decision, by, why in database.execute("SELECT id, decided_by, why FROM decisions").fetchall():
        if name.is_in(by) or name.is_in(why):
            withhold_decision(database, decision, reason)
    for run, config in database.execute("SELECT id, config FROM runs").fetchall():
        bad = [key for key, value in json.loads(config).items() if any(map(name.is_in, strings(value)))]
        if bad:
            withhold_settings(database, run, bad, reason)
    return len(urls), len(heads)


def _mask_records(database: Database, name: Name, revisions: list[int]) -> None:
    """Put the mask into page records, and into all that is made of them."""
    for text, record in database.execute("SELECT id, record FROM section_texts").fetchall():
        if says(name, record):
            _mask_section(database, name, text, record)
    pages = set()
    for revision in revisions:
        row = next(database.query("SELECT page_id, state, title FROM revisions WHERE id = ?", [revision]))
        pages.add(row["page_id"])
        if row["state"] != "live":
            database.execute("UPDATE revisions SET title = ? WHERE id = ?", [name.masked(row["title"]), revision])
            continue
        shown = load_page(database, revision)  # with its sections masked, each by what it says itself
        head = masked(msgspec.structs.replace(shown, sections=()), name)
        record = msgspec.structs.replace(head, sections=shown.sections)
        database.execute(
            "UPDATE revisions SET digest = ?, title = ?, metadata = ?, preamble = ? WHERE id = ?",
            [digest(record), record.title, metadata_json(record), preamble_text(record), revision],
        )
    for page in sorted(pages | _forget_mentions(database, name)):
        remake_page(database, page)


def _forget_mentions(database: Database, name: Name) -> set[int]:
    """Take away each mention that has the name, also where the text has the surname alone; return their pages."""
    rows = database.execute(f"SELECT id, page_id, {', '.join(_MENTION_TEXTS)} FROM mentions").fetchall()
    found = [(number, page) for number, page, *texts in rows if any(map(name.is_in, texts))]
    for number, _ in found:
        database.execute("DELETE FROM mentions WHERE id = ?", [number])
    return {page for _, page in found}


_MENTION_TEXTS = ("name", "role", "organisation", "words", "evidence", "mail", "phone")


def _mask_section(database: Database, name: Name, text: int, record: str) -> None:
    section = masked(msgspec.json.decode(record, type=Section), name)
    same = database.execute("SELECT id FROM section_texts WHERE sha256 = ?", [digest(section)]).fetchone()
    if same:
        database.execute("UPDATE revision_sections SET text_id = ? WHERE text_id = ?", [same[0], text])
        database.execute("DELETE FROM section_texts WHERE id = ?", [text])
        return
    database.execute(
        "UPDATE section_texts SET sha256 = ?, heading = ?, text = ?, record = ? WHERE id = ?",
        [digest(section), section.heading, text_under(section), canonical_json(section).decode(), text],
    )


def _mask_suspect(database: Database, name: Name, page: int, content: bytes, record: str) -> None:
    found = masked(msgspec.json.decode(record, type=Page), name)
    database.execute(
        "UPDATE quarantine SET record = ? WHERE page_id = ? AND digest = ? AND record IS NOT NULL",
        [canonical_json(found).decode(), page, content],
    )
    database.execute(
        "UPDATE quarantine SET digest = ? WHERE page_id = ? AND digest = ?", [digest(found), page, content]
    )


_MADE_ELSEWHERE = {*KEPT_FOR_EVER, "revision_texts"}
"""Tables that have doors of their own, or are made of others."""


def _mask_the_rest(database: Database, name: Name) -> None:
    """Put the mask into every other derived text: keys of sections, remarks, tables that were added since."""
    for cell in list(texts(database)):
        if cell.table not in _MADE_ELSEWHERE and name.is_in(cell.text):
            text = _unique(database, cell.table, cell.column, name.masked(cell.text))
            database.execute(f'UPDATE "{cell.table}" SET "{cell.column}" = ? WHERE rowid = ?', [text, cell.row])


def _unique(database: Database, table: str, column: str, text: str) -> str:
    """A masked key of a section may be taken: then it is numbered, as other keys are."""
    if (table, column) != ("sections", "key"):
        return text
    attempt = 1
    key = text
    while database.execute("SELECT 1 FROM sections WHERE key = ?", [key]).fetchone():
        attempt += 1
        key = f"{text}~{attempt}"
    return key
