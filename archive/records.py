"""Page records as rows: a revision's metadata, its exact make-up of sections, and what stands in them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence

import msgspec
from sqlite_utils import Database

from archive.align import align_sections
from archive.documents import DOCUMENT_COLUMNS, document_values
from archive.examples import example_values
from archive.mentions import MENTION_COLUMNS
from archive.people import PEOPLE_COLUMNS, people_values
from archive.revision_texts import write_texts
from schemas.page import Page, Section, block_text, canonical_json


def load_page(database: Database, revision: int) -> Page:
    """The page record of a live revision, equal to the one that was recorded."""
    metadata = database.execute("SELECT metadata FROM revisions WHERE id = ?", [revision]).fetchone()[0]
    rows = database.execute(
        "SELECT t.record FROM revision_sections rs JOIN section_texts t ON t.id = rs.text_id"
        " WHERE rs.revision_id = ? ORDER BY rs.position",
        [revision],
    ).fetchall()
    record = json.loads(metadata)
    record["sections"] = [json.loads(text) for (text,) in rows]
    return msgspec.convert(record, Page)


def metadata_json(page: Page) -> str:
    """The page record without its sections, canonical JSON."""
    return canonical_json(msgspec.structs.replace(page, sections=())).decode()


def preamble_text(page: Page) -> str:
    """What a reader reads in the preamble, one block a line."""
    return "\n".join(filter(None, (block_text(block) for block in page.preamble)))


def text_under(section: Section) -> str:
    """What a reader reads under a heading, one block a line."""
    return "\n".join(filter(None, (block_text(block) for block in section.blocks)))


def write_sections(
    database: Database, page: int, revision: int, after: Page, before: tuple[int, Page] | None
) -> tuple[int, ...]:
    """Write what a revision is made of; return the identity of each of its sections, in order.

    `before` is the revision, with its record, from which sections inherit their identity.
    """
    inherited: dict[int, int] = {}
    if before:
        old = section_identities(database, before[0])
        inherited = {new: old[was] for was, new in align_sections(before[1].sections, after.sections)}
    taken = set(inherited.values())
    attempts: dict[str, int] = {}
    rows = []
    for at, section in enumerate(after.sections):
        identity = inherited.get(at) or _identity(database, page, section, taken, attempts)
        taken.add(identity)
        rows.append((revision, at + 1, identity, _text_number(database, section)))
    database.conn.executemany(
        "INSERT INTO revision_sections (revision_id, position, section_id, text_id) VALUES (?, ?, ?, ?)", rows
    )
    write_texts(database, revision)
    return tuple(identity for _, _, identity, _ in rows)


def section_identities(database: Database, revision: int) -> tuple[int, ...]:
    """Identity of each section of a revision, in order."""
    rows = database.execute(
        "SELECT section_id FROM revision_sections WHERE revision_id = ? ORDER BY position", [revision]
    )
    return tuple(number for (number,) in rows.fetchall())


def _identity(database: Database, page: int, section: Section, taken: set[int], attempts: dict[str, int]) -> int:
    """A section that was there before under the same key, unless it is still in use, or a new one.

    `attempts` are the last ones tried for each name: they are taken, and among thousands of sections of one name they
    are not tried again.
    """
    name = section.anchor or section.heading or "lead"
    while True:
        attempt = attempts[name] = attempts.get(name, 0) + 1
        key = name if attempt == 1 else f"{name}~{attempt}"
        found = database.execute("SELECT id FROM sections WHERE page_id = ? AND key = ?", [page, key]).fetchone()
        if found is None:
            cursor = database.execute("INSERT INTO sections (page_id, key) VALUES (?, ?)", [page, key])
            return int(cursor.lastrowid or 0)
        if found[0] not in taken:
            return int(found[0])


def _text_number(database: Database, section: Section) -> int:
    record = canonical_json(section)
    name = hashlib.sha256(record).digest()
    found = database.execute("SELECT id FROM section_texts WHERE sha256 = ?", [name]).fetchone()
    if found:
        return int(found[0])
    cursor = database.execute(
        "INSERT INTO section_texts (sha256, heading, level, text, record) VALUES (?, ?, ?, ?, ?)",
        [name, section.heading, section.level, text_under(section), record.decode()],
    )
    return int(cursor.lastrowid or 0)


def write_contents(
    database: Database,
    page: int,
    revision: int,
    record: Page | None,
    identities: Sequence[int] = (),
    *,
    mentions: Iterable[tuple[object, ...]] = (),
) -> None:
    """Bring what stands on a page up to the revision: what is gone ends with it, what is new begins with it.

    A record of None says that the page is gone, and with it all that stood on it. `mentions` are rows of what its
    texts name.
    """
    for table, now in contents(record, identities, set(mentions)).items():
        _bring_up(database, table, CONTENT_COLUMNS[table], page=page, revision=revision, now=now)


CONTENT_COLUMNS = {
    "links": ("section_id", "url", "label", "kind"),
    "films": ("section_id", "url", "title"),
    "documents": DOCUMENT_COLUMNS,
    "mentions": MENTION_COLUMNS,
    "people": PEOPLE_COLUMNS,
    "examples": ("section_id", "kind", "words"),
}


def contents(
    record: Page | None, identities: Sequence[int], mentions: set[tuple[object, ...]]
) -> dict[str, set[tuple[object, ...]]]:
    """What stands in a record, by table, in the order of `CONTENT_COLUMNS`; nothing in a page that is gone. Pure.

    `mentions` are rows of what its texts name.
    """
    if record is None:
        return {table: set() for table in CONTENT_COLUMNS}
    number = {id(section): identity for section, identity in zip(record.sections, identities, strict=True)}
    sections: dict[object, Section] = dict(zip(identities, record.sections, strict=True))
    number[id(None)] = None  # type: ignore[assignment]  # the preamble has no section
    return {
        "links": {(number[id(section)], link.address, link.label, link.kind) for section, link in record.links()},
        "films": {(number[id(section)], film.address, film.title) for section, film in record.films()},
        "documents": {
            document_values(number[id(section)], link) for section, link in record.links() if link.kind == "document"
        },
        "mentions": mentions,
        "people": people_values(record, sections, mentions),
        "examples": example_values(record, sections, mentions),
    }


def _bring_up(
    database: Database,
    table: str,
    columns: tuple[str, ...],
    *,
    page: int,
    revision: int,
    now: Iterable[tuple[object, ...]],
) -> None:
    names = ", ".join(columns)
    rows = database.execute(
        f"SELECT id, {names} FROM {table} WHERE page_id = ? AND to_revision IS NULL",
        [page],
    ).fetchall()
    standing = {tuple(row[1:]): row[0] for row in rows}
    wanted = set(now)
    ended = [(revision, number) for values, number in standing.items() if values not in wanted]
    if ended:
        # What began with this very revision was recognised by an earlier reading of it, and never was.
        database.conn.executemany(f"DELETE FROM {table} WHERE from_revision = ? AND id = ?", ended)
        database.conn.executemany(f"UPDATE {table} SET to_revision = ? WHERE id = ?", ended)
    new = sorted(wanted - standing.keys(), key=repr)
    if new:
        marks = ", ".join("?" * (len(columns) + 2))
        database.conn.executemany(
            f"INSERT INTO {table} (page_id, from_revision, {names}) VALUES ({marks})",
            [(page, revision, *values) for values in new],
        )
