"""What goes wrong around an archive: a full disk, a file cut short, another program, a clock that goes backwards."""

from __future__ import annotations

import os
import random
import resource
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from archive import history
from archive.file import open_for_reading
from archive.store import Archive
from archive.verify import verify
from schemas.errors import ArchiveError
from tests.acknowledged import broken_promises, goes_on, promises
from tests.builders import PARSER, begin, capture, look, night, page, reread, section
from tests.shell import tidslager

ROOT = Path(__file__).parent.parent
A, B = page(section("A", "a")), page(section("A", "b"))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of two megabytes; skipped where we may not mount one."""
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("no right to mount a small disk; the trial with a size limit runs everywhere")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def _written(path: Path, limit: int | None) -> tuple[int, str, str]:
    """Let a writer write until it stops; `limit` is the size that no file may pass, bytes."""

    def limited() -> None:
        if limit:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    done = subprocess.run(
        [sys.executable, "-m", "tests.writer", str(path), "3"],
        cwd=ROOT, capture_output=True, text=True, check=False, preexec_fn=limited, timeout=300,
    )  # fmt: skip
    return done.returncode, done.stdout, done.stderr


def _stands(path: Path, said: tuple[int, str, str]) -> None:
    code, out, err = said
    assert code == 1
    assert "ArchiveWriteError" in err
    assert "What was committed before is kept." in err
    promised = promises(out)
    assert len(promised.kept) >= 10, "the disk was full before anything was written: the trial proves nothing"
    assert broken_promises(path, promised) == []


def test_a_disk_that_fills_up_in_the_middle_of_a_run(small_disk: Path) -> None:
    """A sentence, nothing lost, and with room again the next run goes on."""
    path = small_disk / "x.db"
    _stands(path, _written(path, None))
    subprocess.run(["mount", "-o", "remount,size=32m", str(small_disk)], check=True)
    goes_on(path)


def test_a_file_that_may_not_grow_in_the_middle_of_a_run(path: Path) -> None:
    """The same with a limit on the size of files, which needs no rights."""
    _stands(path, _written(path, 1_000_000))
    goes_on(path)


@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.95])
def test_a_file_cut_short_is_named_as_damaged(archive: Archive, path: Path, share: float) -> None:
    """A copy that was broken off: refused or found by verify, in a sentence, never a traceback, never as whole."""
    for number in range(1, 5):
        look(archive, number, (A, B)[number % 2])
    archive.close()
    os.truncate(path, int(path.stat().st_size * share) // 512 * 512)
    said = tidslager("verify", "--archive", str(path))
    assert said.code == 1
    assert "Traceback" not in said.err
    assert "damaged" in said.err or "Not consistent" in said.out
    for command in (("pages",), ("show", "1"), ("changes",)):
        assert "Traceback" not in tidslager(*command, "--archive", str(path)).err


def test_an_empty_file_is_no_archive(path: Path) -> None:
    """Nothing in it: refused when read."""
    path.touch()
    assert tidslager("verify", "--archive", str(path)).code == 1


@pytest.mark.parametrize(
    "command",
    [
        ("verify",),
        ("stats",),
        ("backup", "copy.db"),
        ("prune", "--keep", "1"),
        ("redact", "--body", "1", "--reason", "r"),
    ],
)
def test_what_is_not_ours_is_left_as_it_is(tmp_path: Path, command: tuple[str, ...]) -> None:
    """Another program's file, a newer archive, no file, no directory: a sentence each, and not a byte changes."""
    foreign, newer = tmp_path / "foreign.db", tmp_path / "newer.db"
    with closing(sqlite3.connect(foreign)) as other:
        other.execute("CREATE TABLE mail (id)")
        other.commit()
    with Archive(newer) as archive:
        archive.database.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('tidslager', 'm999_later', '')"
        )
        archive.database.commit()
    for path, says in (
        (foreign, "another program"),
        (newer, "upgrade"),
        (tmp_path / "none.db", "no archive"),
        (tmp_path / "nowhere" / "x.db", "no archive"),
    ):
        before = path.read_bytes() if path.exists() else None
        said = tidslager(*command, "--archive", str(path))
        assert (said.code, said.out) == (1, "")
        assert says in said.err
        assert (path.read_bytes() if path.exists() else None) == before
    assert not (tmp_path / "copy.db").exists()


def test_a_clock_that_goes_backwards(archive: Archive, path: Path) -> None:
    """Captures keep the time that the clock gave; revisions stand in that order; verify has nothing to say of it."""
    look(archive, 5, A)
    look(archive, 3, B)
    look(archive, 6, A)
    rows = history.revision_rows(archive.database, 1)
    assert [(row["revision"], row["seen_from"][8:10]) for row in rows] == [(2, "05"), (1, "03")]
    assert history.revision_at(archive.database, 1, "2026-03-03")["revision"] == 1
    assert history.revision_at(archive.database, 1, "2026-03-05")["revision"] == 2
    assert history.revision_at(archive.database, 1, None)["revision"] == 2
    archive.close()
    database = open_for_reading(path)
    with closing(database.conn):
        assert verify(database, path, rng=random.Random(0)).findings == ()


def test_equal_times_are_told_apart_by_order(archive: Archive) -> None:
    """Two looks in one millisecond: the later one is the later revision."""
    look(archive, 1, A)
    look(archive, 1, B)
    assert history.revision_at(archive.database, 1, "2026-03-01")["revision"] == 2
    assert archive.database.execute("SELECT count(*) FROM runs WHERE head IS NOT NULL").fetchone()[0] == 2


@pytest.mark.parametrize(
    ("harm", "check"),
    [
        ("DELETE FROM captures WHERE id = 2", "chain"),
        ("DELETE FROM runs WHERE id = 1", "chain"),
        ("UPDATE captures SET fetched_at = '2020-01-01T00:00:00.000Z' WHERE id = 1", "chain"),
        ("UPDATE captures SET body_id = 2 WHERE id = 1", "chain"),
        ("INSERT INTO urls (url) VALUES ('http://a.example/')", "chain"),
        ("INSERT INTO header_sets (head, size) VALUES (x'00', 1)", "chain"),
        ("INSERT INTO page_urls SELECT 2, url_id, from_run, why FROM page_urls WHERE page_id = 1", "chain"),
        ("UPDATE runs SET head = NULL WHERE id = 2", "chain"),
        ("UPDATE runs SET summary = '{\"new\":9}' WHERE id = 1", "chain"),
        ("UPDATE bodies SET how = 4, data = NULL WHERE id = 1", "body"),
        ("UPDATE section_texts SET text = 'x' WHERE id = 1", "record"),
        ("DELETE FROM revision_texts WHERE revision_id = 1", "record"),
        ("UPDATE revision_texts SET sections = x'00' WHERE revision_id = 1", "record"),
        ("UPDATE revision_texts SET sections = (SELECT sections FROM revision_texts WHERE revision_id = 2)", "record"),
        ("UPDATE revisions SET title = 'x' WHERE id = 1", "record"),
        ("DELETE FROM revisions WHERE seq = 1", "record"),
        ("DELETE FROM changes WHERE id = 1", "changes"),
        ("UPDATE changes SET after = 'x' WHERE id = 1", "changes"),
        ("INSERT INTO people SELECT 1, 1, NULL, 'x', '', '', 'speaker', '', '', 1, NULL", "contents"),
        ("UPDATE examples SET kind = 'incubator' WHERE id = 1", "contents"),
        ("UPDATE revisions SET mentions = zeroblob(32) WHERE seq = 2", "changes"),
        ("DROP TRIGGER captures_no_delete", "schema"),
        ("DROP INDEX captures_page", "schema"),
        ("CREATE TRIGGER sly AFTER INSERT ON urls BEGIN SELECT 1; END", "schema"),
    ],
)  # fmt: skip
def test_what_is_done_by_hand_is_found(archive: Archive, path: Path, harm: str, check: str) -> None:
    """Evidence taken away, added or altered, records that are not what was read, guards that are gone."""
    other = "http://byran.example/annan.2.html"
    for number, record in enumerate((A, B, A), 1):
        look(archive, number, record)
    look(archive, 4, B, other)
    archive.close()
    with closing(sqlite3.connect(path)) as by_hand:
        guards = by_hand.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in guards if "TRIGGER" not in harm else ():
            by_hand.execute(f"DROP TRIGGER {name}")
        assert by_hand.execute(harm).rowcount
        for _, ddl in guards if "TRIGGER" not in harm else ():
            by_hand.execute(ddl)
        by_hand.commit()
    database = open_for_reading(path)
    with closing(database.conn):
        report = verify(database, path, rng=random.Random(0))
    assert check in {finding.check for finding in report.findings}


def test_what_a_304_confirms_is_sealed_and_guarded(archive: Archive, path: Path) -> None:
    """Which capture a 304 confirms is evidence: no door changes it, and done by hand it is found."""
    look(archive, 1, A)
    look(archive, 2, B)
    run = begin(archive, night(3))
    unchanged = capture(at=night(3), outcome="not_modified", status=304, body=None, confirms=2, error="e")
    kept = archive.keep(run, unchanged)
    archive.record(kept.id, reread(archive.look(kept.id)), parser=PARSER, reread=reread)
    archive.finish_run(run, "ok", {}, now=night(3))
    archive.database.execute("BEGIN")
    archive.database.execute(
        "INSERT INTO redactions (what, capture_id, commitment, redacted_at, reason)"
        " VALUES ('error', 3, zeroblob(32), '2026-03-01T00:00:00.000Z', 'r')"
    )
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        archive.database.execute("UPDATE captures SET confirms = 1, error = 'redacted' WHERE id = 3")
    archive.database.rollback()
    archive.close()

    def checks() -> set[str]:
        database = open_for_reading(path)
        with closing(database.conn):
            return {finding.check for finding in verify(database, path, rng=random.Random(0)).findings}

    assert checks() == set()
    with closing(sqlite3.connect(path)) as by_hand:
        (guard,) = by_hand.execute("SELECT sql FROM sqlite_master WHERE name = 'captures_no_update'").fetchone()
        by_hand.execute("DROP TRIGGER captures_no_update")
        by_hand.execute("UPDATE captures SET confirms = 1 WHERE id = 3")
        by_hand.execute(guard)
        by_hand.commit()
    assert checks() == {"chain"}


def test_reading_a_damaged_archive_never_ends_in_a_traceback(archive: Archive, path: Path) -> None:
    """A directory of pages that is destroyed: refused, or found; always a sentence."""
    look(archive, 1, A)
    archive.close()
    whole = path.read_bytes()
    for at in range(0, len(whole), 4096):
        path.write_bytes(whole[:at] + bytes(4096) + whole[at + 4096 :])
        said = tidslager("verify", "--archive", str(path))
        assert "Traceback" not in said.err
        assert said.code in (0, 1)
    with pytest.raises(ArchiveError):
        open_for_reading(path.with_name("none.db"))
