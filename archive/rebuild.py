"""Rebuild: everything that is derived, made anew from the evidence by today's parser, in a new file that is swapped in.

The new file begins with a copy of the rows that are not derived, whatever version made the old one; then every capture
that says something about a page is read in time order, as if today's parser had been there on each night. So no
revision is left that only a parser caused: what was read otherwise before is told page by page, and is kept in
`rereadings` when the files are swapped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Protocol

import msgspec
from sqlite_utils import Database

from archive.captures import SAYING, read_look
from archive.carried import Carried
from archive.chrome import compare_all
from archive.diff import diff
from archive.file import open_for_reading, open_for_writing, plain_errors, transaction
from archive.form import MARK, Columns, evidence_columns, mark_of
from archive.phrases import summary
from archive.records import load_page
from archive.rereadings import Kept, Rereading, rereadings
from archive.revisions import append_reading
from archive.search_index import remake_search
from archive.site_rules import site_rules
from archive.swap import COPY, beside, remove, swap
from archive.times import to_text
from schemas.capture import Capture
from schemas.errors import ArchiveTooNewError, ArchiveWriteError
from schemas.reading import Reading, Rules


class LookReader(Protocol):
    """Reads a capture by the rules of its site; None for one that says nothing about its page."""

    def __call__(self, capture: Capture, rules: Rules) -> Reading | None:
        """Return what the capture says. Never raises for any bytes."""


class Recogniser(Protocol):
    """Finds what the texts of a record name, by the rules of its site."""

    def __call__(self, reading: Reading, rules: Rules) -> Reading:
        """Return the reading with its mentions."""


def _as_it_is(reading: Reading, rules: Rules) -> Reading:  # noqa: ARG001 -- for who recognises nothing
    return reading


Watch = Callable[[str, int, int], None]
"""Told before each look is read: its address, how many are done, how many more there are."""

BEFORE = f"{COPY}rebuild"
_UNFINISHED = ".rebuilding"
_BATCH = 500  # looks in one transaction


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """A rereading in words."""

    rereading: Rereading
    address: str
    """Where the page was when the revision was first seen."""
    summary: str
    """What differs between the two records; "" where there are not two."""


class Rebuilt(msgspec.Struct, frozen=True, kw_only=True):
    """What a rebuild came to."""

    looks: int
    """Captures read."""
    pages: int
    told: tuple[Told, ...]
    verdicts: int
    """Captures whose reading has another verdict now, or had none."""
    kept: Path | None = None
    """Where the archive as it was is kept."""


def rebuild(
    path: Path,
    read: LookReader,
    *,
    parser: str,
    now: datetime,
    dry_run: bool = False,
    keep_before: bool = False,
    watch: Watch = lambda *_: None,
    recognise: Recogniser = _as_it_is,
) -> Rebuilt:
    """Make the derived tables of the archive at `path` anew; hold its writer's lock.

    `read` is today's reader, `parser` its version, `recognise` finds what the texts of a record name. What was erased
    or let go stays as it was told. With `dry_run` nothing is swapped. With `keep_before` the archive as it was stays
    beside the new one. Whatever stops it, the archive is as it was. Raises ArchiveError and its kin.
    """
    path = path.resolve()
    new, keep = beside(path, _UNFINISHED), beside(path, BEFORE) if keep_before else None
    open_for_reading(path, older=True).conn.close()
    if keep and keep.exists() and not dry_run:
        raise ArchiveWriteError(f"{keep} is there already and was left as it is: move it away and run again.")
    try:
        remove(new)
        _copy_evidence(path, new)
        looks = _derive(path, new, read, parser=parser, watch=watch, recognise=recognise)
        found = _compare(path, new, looks)
        if not dry_run:
            _write_down(path, new, found.told, parser=parser, now=now)
            swap(new, path, keep)
            found = msgspec.structs.replace(found, kept=keep)
    except OSError as error:
        raise ArchiveWriteError(
            f"Cannot rebuild {path} ({error.strerror}): it is as it was. See to its rights, its directory's, and room."
        ) from error
    finally:
        remove(new)
    return found


def _copy_evidence(path: Path, new: Path) -> None:
    """Fill a fresh archive with all rows that are not derived, table by table, whatever else the old one is made of."""
    database = _open_new(path, new)
    with closing(database.conn), plain_errors(path):
        database.execute("PRAGMA foreign_keys = OFF")
        database.execute("ATTACH ? AS old", [str(path)])
        ours, theirs = evidence_columns(database), evidence_columns(database, "old")
        _refuse_unknown(path, ours, theirs)
        with transaction(database, path):
            for table, columns in theirs.items():
                names = ", ".join(columns)
                database.execute(f"INSERT INTO main.{table} ({names}) SELECT {names} FROM old.{table}")


def _refuse_unknown(path: Path, ours: Columns, theirs: Columns) -> None:
    """Refuse to leave behind evidence of which this version does not know. Raises ArchiveTooNewError."""
    unknown = [
        f"{table}.{column}"
        for table, columns in theirs.items()
        for column in columns
        if column not in ours.get(table, ())
    ]
    if unknown:
        raise ArchiveTooNewError(
            f"{path} was written by a newer Tidslager (it has {', '.join(unknown)}): upgrade this program to use it."
        )


def _open_new(path: Path, new: Path) -> Database:
    """The new file, quick to write: it is synced whole before it takes the archive's place."""
    with plain_errors(path):
        database = open_for_writing(new)
        database.execute("PRAGMA synchronous = OFF")
    return database


def _derive(path: Path, new: Path, read: LookReader, *, parser: str, watch: Watch, recognise: Recogniser) -> int:
    """Read every look in time order and write what it means; return how many there were."""
    database, before = _open_new(path, new), open_for_reading(path, older=True)
    try:
        carried = Carried(before, database)
        looks = _looks(database)
        rules = {site: site_rules(database, site) for site in {site for _, site in looks}}
        for start in range(0, len(looks), _BATCH):
            with transaction(database, path):
                for done, (number, site) in enumerate(looks[start : start + _BATCH], start):
                    look = read_look(database, number)
                    watch(look.address, done, len(looks) - done)
                    reread, named = partial(read, rules=rules[site]), partial(recognise, rules=rules[site])
                    if not carried.takes(number, parser=parser, reread=reread, recognise=named):
                        reading = reread(look)
                        if reading is not None:
                            append_reading(database, number, reading, parser=parser, reread=reread)
                    carried.settle(number)
        with transaction(database, path):
            carried.finish()
            compare_all(database)
            remake_search(database)
        with plain_errors(path):
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        database.conn.close()
        before.conn.close()
    return len(looks)


def _looks(database: Database) -> list[tuple[int, str]]:
    """Captures that say something about a page, in time order, each with its site."""
    return database.execute(
        "SELECT c.id, p.site FROM captures c JOIN pages p ON p.id = c.page_id"
        f" WHERE c.outcome IN {SAYING} ORDER BY c.fetched_at, c.id"
    ).fetchall()


def _compare(path: Path, new: Path, looks: int) -> Rebuilt:
    """What the two files say otherwise."""
    before, now = open_for_reading(path, older=True), open_for_reading(new)
    with plain_errors(path):
        try:
            found = rereadings(_revisions(before), _revisions(now))
            told = tuple(_told(before, now, rereading) for rereading in found)
            pages = now.execute("SELECT count(DISTINCT page_id) FROM revisions").fetchone()[0]
            return Rebuilt(looks=looks, pages=pages, told=told, verdicts=_other_verdicts(before, now))
        finally:
            before.conn.close()
            now.conn.close()


def _revisions(database: Database) -> Iterator[Kept]:
    rows = database.query(
        "SELECT id, page_id AS page, seq, state, capture_id AS capture, digest, seen_from, title"
        " FROM revisions ORDER BY page_id, seq"
    )
    return (Kept(**row) for row in rows)


def _told(before: Database, now: Database, rereading: Rereading) -> Told:
    address = now.execute(
        "SELECT u.url FROM captures c JOIN urls u ON u.id = c.url_id WHERE c.id = ?", [rereading.either.capture]
    ).fetchone()[0]
    said = ""
    readable = mark_of(before) == MARK  # records of another version may not be read back by this one
    was, reads = rereading.before, rereading.now
    if readable and was and reads and was.digest and reads.digest and was.digest != reads.digest:
        said = summary(diff(load_page(before, was.id), load_page(now, reads.id)))
    return Told(rereading=rereading, address=address, summary=said)


def _other_verdicts(before: Database, now: Database) -> int:
    was = dict(before.execute("SELECT capture_id, verdict FROM readings").fetchall())
    reads = dict(now.execute("SELECT capture_id, verdict FROM readings").fetchall())
    return sum(was.get(number) != reads.get(number) for number in was.keys() | reads.keys())


def _write_down(path: Path, new: Path, told: tuple[Told, ...], *, parser: str, now: datetime) -> None:
    """Keep what is read otherwise from now on, so that who cited a revision finds out what became of it."""
    database = _open_new(path, new)
    try:
        with transaction(database, path):
            for one in told:
                was, reads = one.rereading.before, one.rereading.now
                database.table("rereadings").insert(
                    {
                        "rebuilt_at": to_text(now),
                        "parser": parser,
                        "finding": one.rereading.finding,
                        "page_id": one.rereading.either.page,
                        "capture_id": one.rereading.either.capture,
                        "revision_before": was and was.seq,
                        "revision_now": reads and reads.seq,
                        "digest_before": was and was.digest,
                        "digest_now": reads and reads.digest,
                    }
                )
        with plain_errors(path):
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        database.conn.close()
