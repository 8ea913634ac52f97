"""Batches: many captures and pages in one commit, each still whole or not there."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from archive.file import open_for_reading
from archive.store import Archive
from schemas.errors import ArchiveWriteError
from tests.builders import PARSER, begin, capture, look, night, page, reread, section, written

A = page(section("A", "a"))


def counted(path: Path, table: str) -> int:
    """Rows that another program sees: those that were committed."""
    database = open_for_reading(path)
    number = database.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
    database.conn.close()
    return int(number)


def test_a_batch_is_committed_when_it_ends(archive: Archive, path: Path) -> None:
    """Inside, nobody else sees anything; afterwards everybody sees all of it."""
    with archive.batch():
        for number in range(1, 6):
            look(archive, number, page(section("A", f"natt {number}")))
        assert counted(path, "captures") == 0
    assert (counted(path, "captures"), counted(path, "revisions"), counted(path, "changes")) == (5, 5, 4)


def test_after_a_batch_each_commits_alone_again(archive: Archive, path: Path) -> None:
    """A capture outside a batch is committed when `keep` returns."""
    with archive.batch():
        look(archive, 1, A)
    run = begin(archive, night(2))
    archive.keep(run, capture(at=night(2)))
    assert counted(path, "captures") == 2


def test_an_error_in_a_batch_takes_back_all_of_it(archive: Archive, path: Path) -> None:
    """A batch that does not end well leaves nothing, and the next one works."""

    def fail() -> None:
        with archive.batch():
            look(archive, 1, A)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert counted(path, "captures") == 0
    with archive.batch():
        look(archive, 1, A)
    assert counted(path, "captures") == 1


def test_an_error_that_is_caught_takes_back_only_its_page(archive: Archive, path: Path) -> None:
    """An importer may skip a capture that cannot be recorded: no half page of it stays."""
    with archive.batch():
        look(archive, 1, A)
        run = begin(archive, night(2))
        kept = archive.keep(run, capture(at=night(2), body=written(page(section("B", "b")))))
        archive.database.execute(
            "CREATE TEMP TRIGGER fault BEFORE INSERT ON changes BEGIN SELECT RAISE(FAIL, 'x'); END"
        )
        with pytest.raises(sqlite3.IntegrityError):
            archive.record(kept.id, reread(archive.read(kept.id)), parser=PARSER, reread=reread)
        archive.database.execute("DROP TRIGGER fault")
    assert (counted(path, "captures"), counted(path, "revisions"), counted(path, "readings")) == (2, 1, 1)
    assert [kept.id for kept in archive.unread("prov")] == [2]


def test_a_batch_that_sqlite_took_back_is_not_gone_on_with(archive: Archive, path: Path) -> None:
    """When there is no room all of the batch is taken back: what follows in it is refused, not committed by itself."""

    def go_on() -> None:
        with archive.batch():
            run = begin(archive)
            archive.database.execute("ROLLBACK")
            archive.keep(run, capture())

    with pytest.raises(ArchiveWriteError, match="begin the batch again"):
        go_on()
    assert counted(path, "runs") == 0
    look(archive, 1, A)
    assert counted(path, "captures") == 1


def test_no_room_in_a_batch_leaves_what_was_there(archive: Archive, path: Path) -> None:
    """A full disk in the middle of a batch is said, the batch is gone, the archive is whole."""
    look(archive, 1, A)
    pages = archive.database.execute("PRAGMA page_count").fetchone()[0]
    archive.database.execute(f"PRAGMA max_page_count = {pages + 4}")

    def fill_up() -> None:
        with archive.batch():
            for number in range(2, 40):
                look(archive, number, page(section("A", *(f"stycke {number} {n}" * 40 for n in range(60)))))

    with pytest.raises(ArchiveWriteError, match="No room left"):
        fill_up()
    archive.database.execute("PRAGMA max_page_count = 1000000")
    assert counted(path, "captures") == 1
    assert archive.database.execute("PRAGMA integrity_check").fetchone()[0] == "ok"


def test_an_error_in_writes_that_belong_together_takes_back_all(archive: Archive) -> None:
    """Whoever passes over the error does not commit the rest: the next write is refused, and so is the end."""
    run = begin(archive)

    def write() -> None:
        with archive.together():
            archive.keep(run, capture())
            with pytest.raises(AttributeError):
                archive.keep(run, None)  # type: ignore[arg-type]
            with pytest.raises(ArchiveWriteError):
                archive.keep(run, capture("http://byran.example/2.html"))

    with pytest.raises(ArchiveWriteError, match="begin the batch again"):
        write()
    assert archive.database.table("captures").count == 0
    archive.keep(run, capture())
    assert archive.database.table("captures").count == 1
