"""The archive as a file: ours or not, whole or not, writable or not."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import sqlite_utils

from archive.evidence_tables import APPEND_ONLY, KEPT_FOR_EVER
from archive.file import open_for_reading, open_for_writing, transaction
from archive.migrations import APPLICATION_ID
from archive.store import Archive
from schemas.errors import ArchiveError, ArchiveTooNewError, ArchiveWriteError, NotAnArchiveError
from tests.builders import SITE, capture, look, night, page, section


@contextmanager
def ordinary_rights() -> Iterator[None]:
    """Without the rights of the superuser, who may write anything."""
    superuser = os.geteuid() == 0
    if superuser:
        os.seteuid(65534)
    try:
        yield
    finally:
        if superuser:
            os.seteuid(0)


def test_a_new_archive_says_whose_it_is_and_how_it_writes(archive: Archive) -> None:
    """The file carries our mark, writes ahead, syncs each commit and checks its references."""
    asked = {name: archive.database.execute(f"PRAGMA {name}").fetchone()[0] for name in (
        "application_id", "journal_mode", "synchronous", "foreign_keys",
    )}  # fmt: skip
    assert asked == {"application_id": APPLICATION_ID, "journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_closing_leaves_one_file_and_its_heads(archive: Archive, path: Path) -> None:
    """After a run the archive is one whole file that can be copied, with its heads beside it."""
    look(archive, 1, page(section("A", "a")))
    archive.close()
    assert sorted(file.name for file in path.parent.iterdir()) == [path.name, f"{path.name}.heads"]


def test_another_programs_database_is_left_as_it_is(path: Path) -> None:
    """A SQLite file without our mark is refused, for writing and for reading, and not a byte of it changes."""
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE mail (id)")
    other.close()
    before = path.read_bytes()
    for opened in (open_for_writing, open_for_reading):
        with pytest.raises(NotAnArchiveError, match="another program"):
            opened(path)
    assert path.read_bytes() == before


def test_what_is_no_database_is_refused(path: Path) -> None:
    """A text file is not an archive, nor is a directory."""
    path.write_text("kära dagbok, i dag hände ingenting")
    with pytest.raises(NotAnArchiveError, match="not an archive"):
        open_for_writing(path)
    with pytest.raises(NotAnArchiveError, match="no file"):
        open_for_reading(path.parent)


def test_an_archive_of_a_newer_program_is_refused(archive: Archive, path: Path) -> None:
    """An unknown migration means that we would not understand the file: upgrade, do not guess."""
    archive.database.execute(
        "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('tidslager', 'm999_holograms', '')"
    )
    archive.close()
    for opened in (open_for_writing, open_for_reading):
        with pytest.raises(ArchiveTooNewError, match=r"m999_holograms.*upgrade"):
            opened(path)


def test_no_archive_yet_says_how_to_make_one(path: Path) -> None:
    """Reading what is not there makes nothing and names the command that does."""
    with pytest.raises(ArchiveError, match="tidslager crawl"):
        open_for_reading(path)
    assert not path.exists()


def test_a_missing_directory_is_named(tmp_path: Path) -> None:
    """An archive in a directory that is not there: a sentence, no file."""
    with pytest.raises(ArchiveWriteError, match="directory is there"):
        open_for_writing(tmp_path / "nowhere" / "test.db")


def test_an_archive_that_may_not_be_written_is_still_read() -> None:
    """Without rights to the file or its directory: writing is refused in a sentence, reading works."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        path = folder / "test.db"
        with Archive(path) as archive:
            look(archive, 1, page(section("A", "a")))
        path.chmod(0o444)
        folder.chmod(0o555)
        with ordinary_rights():
            with pytest.raises(ArchiveWriteError, match="cannot be written"):
                open_for_writing(path)
            database = open_for_reading(path)
            assert database.execute("SELECT count(*) FROM revisions").fetchone()[0] == 1
            database.conn.close()
        folder.chmod(0o755)


def test_a_full_disk_loses_nothing_that_was_committed(archive: Archive) -> None:
    """When there is no room the write is refused in a sentence, what was there stays, and with room it goes on."""
    look(archive, 1, page(section("A", "a")))
    pages = archive.database.execute("PRAGMA page_count").fetchone()[0]
    archive.database.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(ArchiveWriteError, match="No room left"):
        look(archive, 2, page(section("A", *(f"stycke {number}" * 300 for number in range(200)))))
    archive.database.execute("PRAGMA max_page_count = 1000000")
    assert look(archive, 3, page(section("A", "b"))).finding == "changed"
    assert archive.database.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    assert [row["status"] for row in archive.database.query("SELECT status FROM runs")] == ["ok", "interrupted", "ok"]


def test_a_damaged_archive_is_named_as_such(archive: Archive, path: Path) -> None:
    """Bytes that SQLite cannot read: restore from a backup, no traceback."""
    look(archive, 1, page(section("A", "a")))
    archive.close()
    data = bytearray(path.read_bytes())
    data[4096 : 4096 * 6] = bytes(4096 * 5)
    path.write_bytes(data)
    with pytest.raises(ArchiveError, match="damaged"):
        open_for_reading(path)


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_evidence_cannot_be_changed(archive: Archive, table: str) -> None:
    """Rows of evidence refuse to be changed, whoever asks."""
    _some_evidence(archive)
    column = {
        "page_urls": "why",
        "header_sets": "head",
        "urls": "url",
        "pages": "site",
        "templates": "base",
        "dictionaries": "site",
        "sealed_records": "parser",
    }.get(table, "id")
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        archive.database.execute(f"UPDATE {table} SET {column} = {column}")


@pytest.mark.parametrize("table", KEPT_FOR_EVER)
def test_evidence_cannot_be_deleted(archive: Archive, table: str) -> None:
    """Rows of evidence refuse to be deleted, whoever asks."""
    _some_evidence(archive)
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        archive.database.execute(f"DELETE FROM {table}")


def test_a_body_leaves_only_through_a_redaction(archive: Archive) -> None:
    """A body's bytes can be taken away once its redaction is written, never its hash or its size."""
    _some_evidence(archive)
    take_away = "UPDATE bodies SET how = 4, data = NULL, base = NULL WHERE id = 1"
    archive.database.execute("DELETE FROM readings")
    fresh = archive.database.execute("INSERT INTO bodies (sha256, size, how, data) VALUES (zeroblob(32), 1, 3, x'00')")
    with pytest.raises(sqlite3.IntegrityError, match="redaction"):
        archive.database.execute(take_away.replace("id = 1", f"id = {fresh.lastrowid}"))
    archive.database.execute(take_away)
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        archive.database.execute("UPDATE bodies SET size = 0 WHERE id = 1")


def test_a_finished_run_stands(archive: Archive) -> None:
    """Only a running run can be finished, and only once."""
    look(archive, 1, page(section("A", "a")))
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        archive.database.execute("UPDATE runs SET status = 'failed'")


def test_an_error_inside_a_transaction_takes_all_of_it_back(archive: Archive, path: Path) -> None:
    """All or nothing, also when the error is our own."""

    def fail() -> None:
        with transaction(archive.database, path):
            archive.database.execute("INSERT INTO urls (url) VALUES ('http://a.example/')")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert archive.database.execute("SELECT count(*) FROM urls").fetchone()[0] == 0


def test_eight_programs_make_the_same_archive_at_once(path: Path) -> None:
    """However many open a new archive together, it is made once."""
    code = (
        "from pathlib import Path; from archive.file import open_for_writing; "
        f"open_for_writing(Path({str(path)!r})).conn.close()"
    )
    root = Path(__file__).parent.parent
    running = [subprocess.Popen([sys.executable, "-c", code], cwd=root) for _ in range(8)]
    assert [process.wait() for process in running] == [0] * 8


def test_sqlite_utils_and_datasette_find_the_views(archive: Archive, path: Path) -> None:
    """Any tool that opens SQLite files sees the documented views and can query each of them."""
    look(archive, 1, page(section("A", "a")))
    archive.close()
    database = sqlite_utils.Database(path)
    assert {"page_list", "page_history", "change_feed", "current_sections", "fetch_log", "coverage"} <= set(
        database.view_names()
    )
    counts = {view: len(list(database.query(f"SELECT * FROM {view}"))) for view in database.view_names()}
    assert counts["page_list"] == counts["current_sections"] == counts["fetch_log"] == 1
    database.conn.close()


def _some_evidence(archive: Archive) -> None:
    look(archive, 1, page(section("A", "a")))
    run = archive.begin_run(SITE, version="0", now=night(2))
    archive.keep(run, capture(at=night(2), request=b"GET / HTTP/1.1\r\n\r\n", head=b"HTTP/1.1 200 OK\r\n\r\n"))
    archive.database.execute(
        "INSERT INTO redactions (body_id, redacted_at, reason) VALUES (1, '2026-03-01T00:00:00.000Z', 'begäran')"
    )
    archive.database.execute(
        "INSERT INTO decisions (page_id, capture_id, digest, decision, decided_at, decided_by, why)"
        " VALUES (1, 1, zeroblob(32), 'reject', '2026-03-01T00:00:00.000Z', 'Stina', '')"
    )
    archive.database.execute("INSERT INTO templates (base, data) VALUES (1, x'00')")
    archive.database.execute("INSERT INTO dictionaries (body_id, site) VALUES (1, 'prov')")
    archive.database.execute("INSERT INTO rebasings (body_id, base, codec) VALUES (2, 1, 'delta')")
