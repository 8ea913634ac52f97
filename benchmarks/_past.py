"""An archive of many nights for the yardstick of looking back, and the truth about it.

The first night is written by the real writer. The others are inserted in bulk, row for row what the real writer would
have written; `built_by_the_writer` writes them with it, so that the two can be compared. Bodies are left out: no
question that is asked here reads them.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from archive.degree import degree
from archive.diff import diff
from archive.file import transaction
from archive.mentions import mentions_digest
from archive.records import metadata_json, text_under
from archive.revision_texts import write_texts
from archive.search_index import learning
from archive.site_rules import rules_mark
from archive.store import Archive
from archive.times import to_text
from schemas.capture import Capture
from schemas.change import Change
from schemas.page import Block, Film, Link, Page, Paragraph, Person, Section, canonical_json, digest
from schemas.reading import Reading
from schemas.site import Site

SECTIONS = 12
PARSER = "1"
_FIRST_NIGHT = datetime(2024, 1, 1, 2, 0, tzinfo=UTC)
_SITE = Site(name="prov", start=("http://byran.example/0.html",))
_WORDS = tuple(
    "arbete samverkan kommun företag verksamhet stöd mål plats insats ansvar deltagare region beslut avtal lokal "  # noqa: SIM905
    "handledare utveckling mötesplats upphandling rehabilitering praktik vardag möjlighet erfarenhet".split()
)


class Shape(msgspec.Struct, frozen=True, kw_only=True):
    """How large the archive is."""

    pages: int
    nights: int
    revisions: int
    """Of each page, the first included."""


def moment(night: int, page: int) -> datetime:
    """When a page, from 1, was looked at in a night, from 1."""
    return _FIRST_NIGHT + timedelta(days=night - 1, seconds=page)


def edits(shape: Shape, page: int) -> dict[int, int]:
    """The nights on which a page reads otherwise than before, each with the section that was edited."""
    rng = random.Random(page)
    nights = sorted(rng.sample(range(2, shape.nights + 1), shape.revisions - 1))
    return {night: rng.randrange(1, SECTIONS) for night in nights}


def first_record(page: int) -> Page:
    """What a page says on the first night."""
    sections = tuple(_section(page, number, 1) for number in range(SECTIONS))
    return Page(title=f"Exempel {page}", responsible=Person(name="Stina Dahl"), sections=sections)


def edited(record: Page, page: int, night: int, section: int) -> Page:
    """The record after an editor changed one section."""
    sections = list(record.sections)
    sections[section] = _section(page, section, night)
    return msgspec.structs.replace(record, sections=tuple(sections))


def _section(page: int, number: int, night: int) -> Section:
    rng = random.Random(page * 1_000_003 + number * 1009 + night)
    prose = (" ".join(rng.choices(_WORDS, k=40)).capitalize() + "." for _ in range(2))
    link = Link(label="registret", address=f"https://register.example/{page}/{number}", kind="external")
    blocks: tuple[Block, ...] = (
        *(Paragraph(text=text) for text in prose),
        Paragraph(text="Se registret.", links=(link,)),
    )
    if number == 0:
        blocks += (Film(address=f"https://film.example/{page}", title="Filmen"),)
    return Section(heading=f"Avsnitt {number}", level=2, anchor=f"h-{number}", blocks=blocks)


def _address(page: int) -> str:
    return f"http://byran.example/{page}.html"


def _look(page: int, night: int) -> Capture:
    return Capture(address=_address(page), fetched_at=moment(night, page), outcome="fetched", status=200)


def _never(_: Capture) -> Reading:
    raise AssertionError("one parser reads all of it")


def built_by_the_writer(path: Path, shape: Shape, nights: int) -> None:
    """Write the first nights as a crawl does."""
    planned = {page: edits(shape, page) for page in range(1, shape.pages + 1)}
    records = {page: first_record(page) for page in planned}
    with Archive(path) as archive:
        archive.database.execute("PRAGMA synchronous = OFF")  # a yardstick's archive may be lost
        for night in range(1, nights + 1):
            run = archive.begin_run(_SITE, version="0", now=moment(night, 0))
            for page, plan in planned.items():
                if night in plan:
                    records[page] = edited(records[page], page, night, plan[night])
                kept = archive.keep(run, _look(page, night))
                reading = Reading(verdict="page", page=records[page])
                archive.record(kept.id, reading, parser=PARSER, reread=_never)
            archive.finish_run(run, "ok", {}, now=moment(night, shape.pages + 1))


def built_in_bulk(path: Path, shape: Shape) -> None:
    """Write the first night as a crawl does and the others in bulk."""
    built_by_the_writer(path, shape, 1)
    with Archive(path) as archive:
        database = archive.database
        database.execute("PRAGMA synchronous = OFF")
        bulk = _Bulk(archive, shape)
        for night in range(2, shape.nights + 1):
            run = archive.begin_run(_SITE, version="0", now=moment(night, 0))
            with transaction(database, path), learning(database):
                written = bulk.night(night, run)
                for table, rows in written.items():
                    marks = ", ".join("?" * len(rows[0])) if rows else ""
                    database.conn.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)
                for revision in {row[0] for row in written.get("revision_sections", ())}:
                    write_texts(database, revision)
            archive.finish_run(run, "ok", {}, now=moment(night, shape.pages + 1))
        database.execute("ANALYZE")


class _Bulk:
    """Makes the rows of one night after another."""

    def __init__(self, archive: Archive, shape: Shape) -> None:
        database = archive.database
        self._plans = {page: edits(shape, page) for page in range(1, shape.pages + 1)}
        self._records = {page: first_record(page) for page in self._plans}
        self._last = {page: page for page in self._plans}  # capture that last saw the page
        self._next = {
            table: database.table(table).count for table in ("captures", "revisions", "section_texts", "changes")
        }
        self._revision = {page: [page, 1] for page in self._plans}  # id and seq of the newest
        self._texts = {page: self._ids(database, page, "text_id") for page in self._plans}
        self._sections = {page: self._ids(database, page, "section_id") for page in self._plans}
        self._urls = dict(database.execute("SELECT url, id FROM urls").fetchall())
        self._rules = rules_mark(database, _SITE.name)

    @staticmethod
    def _ids(database: Any, revision: int, column: str) -> list[int]:
        rows = database.execute(
            f"SELECT {column} FROM revision_sections WHERE revision_id = ? ORDER BY position", [revision]
        )
        return [number for (number,) in rows.fetchall()]

    def night(self, night: int, run: int) -> dict[str, list[tuple[Any, ...]]]:
        """Rows of a night by table, parents before children."""
        rows: dict[str, list[tuple[Any, ...]]] = {
            "captures": [], "section_texts": [], _REVISIONS: [], "revision_sections": [], "changes": [], "readings": [],
        }  # fmt: skip
        for page, plan in self._plans.items():
            capture = self._number("captures")
            at = to_text(moment(night, page))
            rows["captures"].append(
                (capture, run, self._urls[_address(page)], page, "page", None, at, "fetched", 200, *[None] * 5, 1, 1, 0)
                + (None,) * 4
            )
            if night in plan:
                self._revise(rows, page, capture, night, plan[night])
            rows["readings"].append(
                (capture, PARSER, self._rules, "page", "", "", "", "", "[]", self._revision[page][0])
            )
        return {table: found for table, found in rows.items() if found}

    def _number(self, table: str) -> int:
        self._next[table] += 1
        return self._next[table]

    def _revise(self, rows: dict[str, list[tuple[Any, ...]]], page: int, capture: int, night: int, index: int) -> None:
        before = self._records[page]
        after = self._records[page] = edited(before, page, night, index)
        revision = self._number("revisions")
        seq = self._revision[page][1] + 1
        self._revision[page] = [revision, seq]
        section = after.sections[index]
        record = canonical_json(section)
        text = self._texts[page][index] = self._number("section_texts")
        rows["section_texts"].append(
            (
                text,
                hashlib.sha256(record).digest(),
                section.heading,
                section.level,
                text_under(section),
                record.decode(),
            )
        )
        now, last = to_text(moment(night, page)), to_text(moment(night - 1, page))
        changes = diff(before, after)
        said = (digest(after), after.title, metadata_json(after), "", _UNNAMED, degree(before, after, changes))
        rows[_REVISIONS].append((revision, page, seq, "live", "source", now, last, capture, *said))
        rows["revision_sections"] += [
            (revision, position, *ids)
            for position, ids in enumerate(zip(self._sections[page], self._texts[page], strict=True), 1)
        ]
        rows["changes"] += self._changes(revision, changes, self._sections[page][index])

    def _changes(self, revision: int, changes: Iterable[Change], section: int) -> Iterator[tuple[Any, ...]]:
        for ordinal, change in enumerate(changes, 1):
            ops = json.dumps(msgspec.to_builtins(change.ops), ensure_ascii=False, separators=(",", ":"))
            yield (
                self._number("changes"), revision, ordinal, change.kind, change.class_, change.what, change.where,
                section, change.before, change.after, change.why, int(change.truncated), ops,
            )  # fmt: skip


_UNNAMED = mentions_digest((), ())
"""Digest of what the texts name: these name nobody and no place."""
_REVISIONS = (
    "revisions (id, page_id, seq, state, cause, seen_from, unseen_since, capture_id, digest, title, metadata, preamble,"
    " mentions, degree)"
)
