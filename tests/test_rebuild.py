"""Rebuild: the derived tables anew from the evidence, told before it is done, and done whole or not at all."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
import pytest

from archive import history
from archive import rebuild as machinery
from archive.derived_tables import DERIVED_TABLES
from archive.evidence_tables import KEPT_FOR_EVER
from archive.file import open_for_reading
from archive.lock import writer_lock
from archive.rebuild import Rebuilt, rebuild
from archive.store import Archive
from schemas.capture import Capture
from schemas.errors import ArchiveWriteError
from schemas.reading import Reading, Rules
from scraper.parse import PARSER
from scraper.reading import ReadPage, reading_of
from tests.agency import truth
from tests.agency.server import Agency
from tests.agency.trouble import challenge
from tests.builders import begin, capture, look, night, page, reread, section, written
from tests.derived import derived, exact
from tests.runs import crawl_agency
from tests.shell import tidslager
from tests.test_file import ordinary_rights

ROOT = Path(__file__).parent.parent
A = page(section("Start", "Det var en gång."), section("Klocka", "Klockan är 1."))
B = page(section("Start", "Det var en gång."), section("Klocka", "Klockan är 2."))
C = page(section("Start", "Det var en annan gång."), section("Klocka", "Klockan är 3."))


def tables(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Every derived table of the archive at `path`, numbers and all."""
    database = open_for_reading(path)
    try:
        return exact(database)
    finally:
        database.conn.close()


def contents(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Every derived table of the archive at `path` by what it says."""
    database = open_for_reading(path)
    try:
        return derived(database)
    finally:
        database.conn.close()


def evidence(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Every table of evidence of the archive at `path`."""
    connection = sqlite3.connect(path)
    try:
        return {table: connection.execute(f"SELECT * FROM {table}").fetchall() for table in KEPT_FOR_EVER}
    finally:
        connection.close()


def without_clock(capture: Capture, rules: Rules) -> Reading | None:
    """A parser that takes the clock for what it is: no content."""
    assert rules == Rules()
    reading = reread(capture)
    if reading.page is None:
        return reading
    sections = tuple(one for one in reading.page.sections if one.heading != "Klocka")
    return msgspec.structs.replace(reading, page=msgspec.structs.replace(reading.page, sections=sections))


def plainly(capture: Capture, rules: Rules) -> Reading | None:
    """The parser that the archive was written with."""
    assert rules == Rules()
    return reread(capture)


def three_nights(path: Path) -> None:
    """An archive in which the first two nights differ by a clock alone."""
    with Archive(path) as archive:
        for number, record in enumerate([A, B, C], 1):
            look(archive, number, record)


def again(path: Path, read: machinery.LookReader = without_clock, **options: Any) -> Rebuilt:
    """Rebuild with a better parser."""
    return rebuild(path, read, parser="2", now=night(20), **options)


def test_a_rebuild_without_a_reason_gives_the_same_bytes(agency: Agency, path: Path) -> None:
    """After three nights of a real crawl every derived table comes out row for row, number for number, as it was."""
    for number in (1, 2, 3):
        if number == 3:
            agency.trouble[truth.HUB_HOST, truth.QUESTIONS] = challenge()
        crawl_agency(agency, path, number)
    before, kept = tables(path), evidence(path)
    ran = tidslager("rebuild", "--archive", str(path))
    assert ran.code == 0
    assert "nothing reads otherwise" in ran.out
    assert tables(path) == before
    assert evidence(path) == kept
    assert all(before[table] for table in DERIVED_TABLES)
    assert sorted(one.name for one in path.parent.iterdir()) == ["test.db", "test.db.heads", "test.db.lock"]
    assert crawl_agency(agency, path, 3).counts["unchanged"]


def test_two_rebuilds_end_alike_whatever_came_before(path: Path) -> None:
    """A rebuild of an archive whose captures came in any order is the rebuild of one in time order."""
    with Archive(path) as archive:
        for number, record in ((1, A), (9, C), (5, B), (3, A)):
            look(archive, number, record)
    before = contents(path)
    again(path, plainly)
    assert contents(path)["revisions"]
    assert {**contents(path), "readings": []} == {**before, "readings": []}
    once = tables(path)
    again(path, plainly)
    assert tables(path) == once


def test_a_better_parser_reads_the_whole_history_anew(path: Path) -> None:
    """A revision that only our reading had made is no longer; what the site did is told from each night on."""
    three_nights(path)
    found = again(path)
    assert [(t.rereading.finding, t.rereading.before and t.rereading.before.seq, t.summary) for t in found.told] == [
        ("read_otherwise", 1, "1 section removed"),
        ("no_longer", 2, ""),
        ("read_otherwise", 3, "1 section removed"),
    ]
    database = open_for_reading(path)
    rows = history.revision_rows(database, 1)[::-1]
    assert [(row["revision"], row["cause"], row["seen_from"][:10], row["unseen_since"]) for row in rows] == [
        (1, "source", "2026-03-01", None),
        (2, "source", "2026-03-03", "2026-03-02T02:10:00.000Z"),
    ]
    told = database.execute("SELECT finding, revision_before, revision_now FROM rereadings ORDER BY id").fetchall()
    assert told == [("read_otherwise", 1, 1), ("no_longer", 2, None), ("read_otherwise", 3, 2)]
    database.conn.close()


def test_a_revision_that_a_parser_caused_between_nights_goes_with_a_rebuild(path: Path) -> None:
    """A better parser's first night marks its own revision; once all is read by it there is nothing to mark."""
    with Archive(path) as archive:
        look(archive, 1, A)
        kept = archive.keep(begin(archive, night(2)), capture(at=night(2), body=written(C)))
        reading = without_clock(archive.look(kept.id), Rules())
        assert reading is not None
        archive.record(kept.id, reading, parser="2", reread=lambda one: without_clock(one, Rules()))
        causes = archive.database.execute("SELECT cause FROM revisions ORDER BY seq").fetchall()
        assert causes == [("source",), ("parser",), ("source",)]
    again(path)
    database = open_for_reading(path)
    assert database.execute("SELECT seq, cause FROM revisions ORDER BY seq").fetchall() == [
        (1, "source"),
        (2, "source"),
    ]
    database.conn.close()


def test_a_dry_run_tells_the_same_and_writes_nothing(path: Path) -> None:
    """--dry-run tells what the rebuild then tells, and leaves every byte of the archive as it was."""
    three_nights(path)
    before = path.read_bytes()
    told = again(path, dry_run=True)
    assert path.read_bytes() == before
    assert again(path) == told
    assert path.read_bytes() != before


def test_what_the_command_tells(agency: Agency, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each page with what reads otherwise, in words and as JSON."""
    crawl_agency(agency, path, 1)

    def fewer(capture: Capture, rules: Rules, read: ReadPage) -> Reading | None:
        reading = reading_of(capture, rules, read)
        if reading is None or reading.page is None:
            return reading
        return msgspec.structs.replace(reading, page=msgspec.structs.replace(reading.page, published=None))

    monkeypatch.setattr("scraper.guards.reading_of", fewer)
    ran = tidslager("rebuild", "--dry-run", "--archive", str(path))
    assert ran.code == 0
    assert "revision 1 reads otherwise: published date removed" in ran.out
    assert "nothing was written" in ran.out
    rows = json.loads(tidslager("rebuild", "--dry-run", "--json", "--archive", str(path)).out)
    assert {row["finding"] for row in rows} == {"read_otherwise"}
    from archive.rebuild_report import COLUMNS

    assert all(list(row) == list(COLUMNS) for row in rows)


def test_the_archive_as_it_was_is_kept_when_asked(path: Path) -> None:
    """--keep-before leaves the old file beside the new one, and refuses to write over an older one."""
    three_nights(path)
    before = contents(path)
    kept = again(path, keep_before=True).kept
    assert kept == path.with_name("test.db.before-rebuild")
    assert contents(kept) == before != contents(path)
    with pytest.raises(ArchiveWriteError, match="move it away"):
        again(path, keep_before=True)


def test_kept_and_unread_captures_are_read_by_a_rebuild(path: Path) -> None:
    """What a killed run kept and did not read is found in the evidence."""
    with Archive(path) as archive:
        archive.keep(begin(archive, night(1)), capture(at=night(1), body=written(A)))
    found = again(path, plainly)
    assert [told.rereading.finding for told in found.told] == ["newly_seen"]
    assert found.verdicts == 1


def test_every_table_is_evidence_or_derived_or_the_log(archive: Archive) -> None:
    """A new table must say which it is, or a rebuild would not know what to do with it."""
    listed = archive.database.query("SELECT name FROM pragma_table_list WHERE type = 'table'")
    names = {row["name"] for row in listed if not row["name"].startswith(("sqlite_", "_"))}
    assert names == {*KEPT_FOR_EVER, *DERIVED_TABLES, "rereadings"}


def test_no_archive_and_a_held_one_get_a_sentence(path: Path) -> None:
    """Each with its exit code, and nothing is made or lost."""
    ran = tidslager("rebuild", "--archive", str(path))
    assert (ran.code, list(path.parent.iterdir())) == (1, [])
    assert "There is no archive at" in ran.err
    three_nights(path)
    before = path.read_bytes()
    with writer_lock(path):
        assert tidslager("rebuild", "--archive", str(path)).code == 75
    assert path.read_bytes() == before


@pytest.mark.parametrize(("file", "folder"), [(0o444, 0o777), (0o666, 0o555)])
def test_an_archive_that_may_not_be_written_is_left_as_it_is(file: int, folder: int) -> None:
    """A read-only file or directory: a sentence, exit code 1, and not a byte is lost."""
    with TemporaryDirectory() as name:
        path = Path(name) / "test.db"
        three_nights(path)
        before = path.read_bytes()
        path.chmod(file)
        path.parent.chmod(folder)
        with ordinary_rights():
            ran = tidslager("rebuild", "--archive", str(path))
        path.parent.chmod(0o755)
        assert ran.code == 1
        assert "rights" in ran.err
        assert path.read_bytes() == before
        assert [one.name for one in path.parent.iterdir() if "rebuilding" in one.name] == []


def test_an_empty_archive_is_rebuilt_to_an_empty_one(path: Path) -> None:
    """No captures: nothing to read, nothing to tell, and no fault."""
    Archive(path).close()
    assert again(path) == Rebuilt(looks=0, pages=0, told=(), verdicts=0)


def test_an_archive_that_someone_has_open_is_left_as_it_is(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader would be left with files of two archives: it is asked to close first."""
    monkeypatch.setattr("archive.swap._WAIT_S", 0.05)
    three_nights(path)
    before = contents(path)
    reader = open_for_reading(path)
    with pytest.raises(ArchiveWriteError, match="close it and run again"):
        again(path)
    assert exact(reader) == tables(path)
    reader.conn.close()
    assert contents(path) == before
    assert [one.name for one in path.parent.iterdir() if "rebuilding" in one.name] == []


def test_a_full_disk_loses_nothing(path: Path) -> None:
    """Where the new file does not fit, the archive stays as it was and the sentence says what to do."""
    three_nights(path)
    before = path.read_bytes()
    code = (
        "import resource, signal, sys; from pathlib import Path; from tests.test_rebuild import again\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({len(before) // 2}, {len(before) // 2}))\n"
        "from schemas.errors import ArchiveWriteError\n"
        f"try: again(Path({str(path)!r}))\n"
        "except ArchiveWriteError as error: print(error); sys.exit(7)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (7, "")
    assert "Cannot" in done.stdout or "room" in done.stdout
    assert path.read_bytes() == before
    assert [one.name for one in path.parent.iterdir() if "rebuilding" in one.name] == []
    assert again(path).looks == 3


# Where the process dies: before and after each step, and in the middle of reading.
STEPS = {
    "before the copy": "machinery._copy_evidence = die",
    "in the reading": "watch = lambda address, done, left: die() if done == 1 else None",
    "before the comparison": "machinery._compare = die",
    "before the swap": "machinery.swap = die",
    "before the rename": "Path.replace = die",
    "after the rename": "rename = os.rename; Path.replace = lambda *both: (rename(*both), die())",
}


@pytest.mark.parametrize("step", STEPS)
def test_killed_anywhere_the_archive_is_whole(path: Path, step: str) -> None:
    """Kill -9 at any step leaves the old archive or the new one, and the next rebuild clears up and goes on."""
    three_nights(path)
    old = contents(path)
    code = (
        "import os, signal; from pathlib import Path; from archive import rebuild as machinery\n"
        "from tests.test_rebuild import again\n"
        "watch = lambda *_: None\n"
        "def die(*_, **__): os.kill(os.getpid(), signal.SIGKILL)\n"
        f"{STEPS[step]}\n"
        f"again(Path({str(path)!r}), watch=watch)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == -signal.SIGKILL
    found = contents(path)
    if step == "after the rename":
        assert found != old
    else:
        assert found == old
    again(path)
    assert len(contents(path)["revisions"]) == 2
    assert [one.name for one in path.parent.iterdir() if "rebuilding" in one.name] == []


def test_the_site_is_read_by_the_layout_that_its_newest_run_was_told(path: Path) -> None:
    """The layout of the site file in force last is part of today's reading."""
    from schemas.site import Site
    from tests.builders import ADDRESS

    with Archive(path) as archive:
        for number, layout in ((1, "generic"), (2, "sitevision")):
            site = Site(name="prov", start=(ADDRESS,), layout=layout)
            archive.keep(begin(archive, night(number), site), capture(at=night(number), body=written(A)))
    used = set()

    def read(capture: Capture, rules: Rules) -> Reading | None:
        used.add(rules.layout)
        return reread(capture)

    again(path, read)
    assert used == {"sitevision"}


def test_the_parser_of_the_command_is_the_one_that_crawls(agency: Agency, path: Path) -> None:
    """Crawl and rebuild read by one function and stamp one version: gone, elsewhere and suspect come out the same."""
    crawl_agency(agency, path, 1)
    tidslager("rebuild", "--archive", str(path))
    assert {row[1] for row in tables(path)["readings"]} == {PARSER}
