"""Upgrading: an older archive is copied, and the copy verified, before anything in it is changed."""

from __future__ import annotations

import hashlib
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils import Database

from archive.file import open_for_reading
from archive.heads import heads_file
from archive.migrations import APPLICATION_ID, migrations
from archive.store import Archive
from schemas.errors import ArchiveError, ArchiveWriteError
from tests.builders import SITE, look, night, page, section


@pytest.fixture
def older(path: Path) -> Path:
    """An archive as a version without chrome and views made it, with a run in it."""
    database = Database(path, execute_plugins=False)
    database.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    migrations.apply(database, stop_before="m007_chrome")
    database.execute(
        "INSERT INTO runs (site, started_at, tool_version, config, config_digest) VALUES (?, ?, ?, ?, ?)",
        ["prov", "2026-03-01T02:10:00.000Z", "0", "{}", hashlib.sha256(b"{}").digest()],
    )
    database.conn.commit()
    database.conn.close()
    return path


def tables(path: Path) -> set[str]:
    """Names of what an archive is made of."""
    with closing(open_for_reading(path, older=True).conn) as connection:
        return {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}


def test_an_older_archive_is_copied_before_it_is_upgraded(older: Path) -> None:
    """The copy stands beside it as it was, the archive is today's, and writing goes on."""
    with Archive(older) as archive:
        copy = archive.upgraded_from
        assert copy is not None
        look(archive, 2, page(section("A", "a")))
    assert "chromes" in tables(older)
    assert "chromes" not in tables(copy)
    with closing(open_for_reading(copy, older=True).conn) as connection:
        assert connection.execute("SELECT site FROM runs").fetchall() == [("prov",)]
    with Archive(older) as archive:
        assert archive.upgraded_from is None


def test_a_new_archive_and_one_of_today_are_not_copied(path: Path) -> None:
    """No copy is made where nothing is upgraded."""
    for _ in range(2):
        with Archive(path) as archive:
            assert archive.upgraded_from is None
    assert list(path.parent.glob("*before-upgrade*")) == []


def test_a_damaged_older_archive_is_not_upgraded(older: Path) -> None:
    """What cannot be copied whole is not changed either; the message says what to do."""
    connection = Database(older, execute_plugins=False)
    connection.execute("PRAGMA foreign_keys = OFF")
    connection.execute("INSERT INTO pages (site, first_run) VALUES ('prov', 99)")
    connection.conn.commit()
    connection.conn.close()
    before = older.read_bytes()
    with pytest.raises(ArchiveWriteError, match="Nothing was changed"):
        Archive(older)
    assert older.read_bytes() == before
    assert "chromes" not in tables(older)


def test_an_archive_that_was_moved_away_is_missed(path: Path) -> None:
    """Its heads are still here: no new archive is begun in its place, and the message says what to do."""
    with Archive(path) as archive:
        run = archive.begin_run(SITE, version="0", now=night(1))
        archive.finish_run(run, "ok", {}, now=night(1))
    away = path.rename(path.with_name("away.db"))
    with pytest.raises(ArchiveError, match="it was moved or taken away"):
        Archive(path)
    assert not path.exists()
    away.rename(path)
    Archive(path).close()
    path.unlink()
    heads_file(path).unlink()
    Archive(path).close()
