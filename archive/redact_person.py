"""Redact a person: a name leaves every table and index; the chain still verifies.

Every body that has the name is withheld, whole; so are addresses, heads and messages that have it. In the records that
were read from those bodies, and in everything made of them, `[withheld]` stands in the place of the name, so that the
history of a page stays readable.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import msgspec
from sqlite_utils import Database

from archive.bodies import read_body, withhold
from archive.chrome import seal_contacts
from archive.evidence_tables import KEPT_FOR_EVER
from archive.header_sets import read_head, withhold_head
from archive.names import Name
from archive.records import load_page, metadata_json, preamble_text, text_under
from archive.redact import Erased, captures_of, captures_of_suspect, withhold_decisions_on
from archive.redact_chrome import bodies_showing
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
    """Erase a name from everything. Call inside a transaction.

    Raises ConfigurationError when the reason has the name in it, and ArchiveError when it stands where it cannot be
    erased: then the transaction must be taken back.
    """
    if name.is_in(reason.text):
        raise ConfigurationError("The reason has the name in it, and a reason is kept for ever: word it without.")
    revisions = _revisions_with(database, name)
    suspects = _suspects_with(database, name)
    held = {capture for page, content, _ in suspects for capture in captures_of_suspect(database, page, content)}
    showing = _bodies_of(database, revisions, held) | bodies_showing(database, _parts_with(database, name))
    bodies = tuple(body for body in sorted(_bodies_with(database, name) | showing) if withhold(database, body, reason))
    urls, heads = _withhold_texts(database, name, reason)
    for revision in revisions:
        for capture in captures_of(database, revision):
            withhold_record(database, capture, reason)
    for capture in sorted(held):
        withhold_record(database, capture, reason)
        withhold_decisions_on(database, capture, reason)
    _mask_records(database, name, revisions)
    for page, content, record in suspects:
        _mask_suspect(database, name, page, content, record)
    _forget_contacts(database, name)
    remake_search(database)
    _mask_the_rest(database, name)
    remake_texts(database)
    remake_search(database)
    for cell in texts(database):
        if name.is_in(cell.text):
            where = f"{cell.table}.{cell.column}"
            raise ArchiveError(f"The name stands in {where}, from where it cannot be erased: nothing was changed.")
    return Erased(bodies=bodies, revisions=tuple(revisions), urls=urls, heads=heads)


def _revisions_with(database: Database, name: Name) -> list[int]:
    """Revisions whose record has the name."""
    bad = [
        n for n, record in database.execute("SELECT id, record FROM section_texts").fetchall() if _says(name, record)
    ]
    found = {
        revision
        for text in bad
        for (revision,) in database.execute("SELECT revision_id FROM revision_sections WHERE text_id = ?", [text])
    }
    rows = database.execute("SELECT id, title, metadata FROM revisions").fetchall()
    return sorted(found | {n for n, title, metadata in rows if name.is_in(title) or _says(name, metadata)})


def _parts_with(database: Database, name: Name) -> list[int]:
    """Parts of the chrome that have the name, or offer the person."""
    rows = database.execute("SELECT id, record FROM chrome_parts").fetchall()
    offers = database.execute("SELECT part_id, name, role, organisation, mail FROM chrome_contacts").fetchall()
    return [
        *(part for part, record in rows if _says(name, record)),
        *(part for part, *told in offers if any(map(name.is_in, told))),
    ]


def _suspects_with(database: Database, name: Name) -> list[tuple[int, bytes, str]]:
    """Contents in quarantine whose record has the name: page, digest and record."""
    rows = database.execute("SELECT page_id, digest, record FROM quarantine WHERE record IS NOT NULL").fetchall()
    return [row for row in rows if _says(name, row[2])]


def _says(name: Name, record: str) -> bool:
    """Whether any text of a record has the name; the JSON around the texts says nothing."""
    return any(map(name.is_in, _strings(json.loads(record))))


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _strings(inner)


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
        bad = [key for key, value in json.loads(config).items() if any(map(name.is_in, _strings(value)))]
        if bad:
            withhold_settings(database, run, bad, reason)
    return len(urls), len(heads)


def _mask_records(database: Database, name: Name, revisions: list[int]) -> None:
    """Put the mask into page records, and into all that is made of them."""
    for text, record in database.execute("SELECT id, record FROM section_texts").fetchall():
        if _says(name, record):
            _mask_section(database, name, text, record)
    pages = set()
    for revision in revisions:
        row = next(database.query("SELECT page_id, state, title FROM revisions WHERE id = ?", [revision]))
        pages.add(row["page_id"])
        if row["state"] != "live":
            database.execute("UPDATE revisions SET title = ? WHERE id = ?", [name.masked(row["title"]), revision])
            continue
        record = _masked(load_page(database, revision), name, Page)
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


def _forget_contacts(database: Database, name: Name) -> None:
    """Take away whom a part of the chrome offers: a number without its name is still a person's."""
    rows = database.execute("SELECT rowid, part_id, name, role, organisation, mail FROM chrome_contacts").fetchall()
    for number, part, *told in rows:
        if any(map(name.is_in, told)):
            database.execute("DELETE FROM chrome_contacts WHERE rowid = ?", [number])
            seal_contacts(database, part)


def _mask_section(database: Database, name: Name, text: int, record: str) -> None:
    section = _masked(msgspec.json.decode(record, type=Section), name, Section)
    masked = canonical_json(section).decode()
    same = database.execute("SELECT id FROM section_texts WHERE sha256 = ?", [digest(section)]).fetchone()
    if same:
        database.execute("UPDATE revision_sections SET text_id = ? WHERE text_id = ?", [same[0], text])
        database.execute("DELETE FROM section_texts WHERE id = ?", [text])
        return
    database.execute(
        "UPDATE section_texts SET sha256 = ?, heading = ?, text = ?, record = ? WHERE id = ?",
        [digest(section), section.heading, text_under(section), masked, text],
    )


def _mask_suspect(database: Database, name: Name, page: int, content: bytes, record: str) -> None:
    masked = _masked(msgspec.json.decode(record, type=Page), name, Page)
    database.execute(
        "UPDATE quarantine SET record = ? WHERE page_id = ? AND digest = ? AND record IS NOT NULL",
        [canonical_json(masked).decode(), page, content],
    )
    database.execute(
        "UPDATE quarantine SET digest = ? WHERE page_id = ? AND digest = ?", [digest(masked), page, content]
    )


def _masked(record: Any, name: Name, kind: Any) -> Any:
    """A record without the name."""
    return msgspec.convert(_masked_value(msgspec.to_builtins(record), name), kind)


def _masked_value(value: Any, name: Name) -> Any:
    if isinstance(value, str):
        return name.masked(value)
    if isinstance(value, list | tuple):
        return [_masked_value(inner, name) for inner in value]
    if isinstance(value, dict):
        return {key: _masked_value(inner, name) for key, inner in value.items()}
    return value


_MADE_ELSEWHERE = {*KEPT_FOR_EVER, "revision_texts"}
"""Tables that have doors of their own, or are made of others."""


def _mask_the_rest(database: Database, name: Name) -> None:
    """Put the mask into every other derived text: keys of sections, remarks, tables that were added since."""
    for cell in list(texts(database)):
        if cell.table not in _MADE_ELSEWHERE and name.is_in(cell.text):
            masked = _unique(database, cell.table, cell.column, name.masked(cell.text))
            database.execute(f'UPDATE "{cell.table}" SET "{cell.column}" = ? WHERE rowid = ?', [masked, cell.row])


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
