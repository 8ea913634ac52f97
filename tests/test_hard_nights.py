"""Hard nights: no network, a full disk, clocks that jump, two installations on one archive. Nothing is lost."""

from __future__ import annotations

import json
import os
import random
import resource
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from archive.file import open_for_reading
from archive.lock import writer_lock
from archive.verify import verify
from schemas.installation import Installation
from tests.agency.server import Agency
from tests.builders import night
from tests.clocks import FakeClock
from tests.nights import site_file, spend_night
from tests.shell import tidslager

ROOT = Path(__file__).parent.parent


def revisions(path: Path) -> list[tuple[int, int, str]]:
    """Page, number and state of every revision."""
    with closing(open_for_reading(path).conn) as connection:
        return connection.execute("SELECT page_id, seq, state FROM revisions ORDER BY page_id, seq").fetchall()


def test_a_night_without_a_network_changes_nothing(agency: Agency, path: Path) -> None:
    """Nobody answers: failed, one line of trouble for all pages, the history as it was, and the next night is well."""
    spend_night(agency, path, 1)
    before = revisions(path)
    site = site_file(agency, path.parent)
    site.write_text(site.read_text("utf-8").replace(f":{agency.port}", ":9"), "utf-8")
    done = spend_night(agency, path, 2, shown=1, sites=(str(site),))
    assert done.exit_code == 1
    assert len(done.digest.nights[0].begun) >= 7
    assert revisions(path) == before
    again = spend_night(agency, path, 3, shown=1)
    assert again.exit_code == 0
    assert len(again.digest.nights[0].ended) == len(done.digest.nights[0].begun)


def test_a_clock_that_jumped_is_told(agency: Agency, path: Path) -> None:
    """Behind the run before: partial, with a sentence, once; the look is kept at the time that the clock gave."""
    spend_night(agency, path, 1)
    spend_night(agency, path, 3000, shown=1)
    done = spend_night(agency, path, 2, shown=1)
    assert done.exit_code == 3
    assert "set the clock (NTP)" in done.digest.notes[0]
    assert "run before this one began 2034-05-" in done.digest.notes[0]
    # The clock is right again: that is told on the night that shows it and on no other.
    assert spend_night(agency, path, 3, shown=1).exit_code == 0


def test_a_clock_before_the_first_run_is_told_each_night(agency: Agency, path: Path) -> None:
    """A machine that begins in 1970 at each start is wrong on each night; half an hour back is no jump."""
    spend_night(agency, path, 10, shown=1)
    long_ago = datetime(1970, 1, 1, 2, tzinfo=UTC)
    for wrong in (long_ago, long_ago + timedelta(days=1)):
        done = spend_night(agency, path, 2, shown=1, clock=FakeClock(wrong))
        assert done.exit_code == 3
        assert "the clock is wrong" in done.digest.notes[0]
    right = spend_night(agency, path, 2, shown=1, clock=FakeClock(night(10) + timedelta(minutes=30)))
    assert right.exit_code == 0
    drifted = spend_night(agency, path, 2, shown=1, clock=FakeClock(night(10)))
    assert drifted.exit_code == 0
    with closing(open_for_reading(path).conn) as connection:
        assert connection.execute("SELECT count(DISTINCT run_id) FROM captures").fetchone() == (5,)


def test_the_hour_that_does_not_exist_is_told_and_the_next_night_is_well(agency: Agency, path: Path) -> None:
    """On the night when clocks go forward a budget for that hour lets nothing begin: partial, and nothing is lost."""
    spend_night(agency, path, 1)
    before = revisions(path)
    site = site_file(agency, path.parent)
    hours = '\n[budget]\nhours = "02:00-03:00"\nzone = "Europe/Stockholm"\n'
    site.write_text(site.read_text("utf-8") + hours, "utf-8")
    spring = night(29)  # 2026-03-29 02:10 UTC is 04:10 in Stockholm
    done = spend_night(agency, path, 29, shown=1, sites=(str(site),), clock=FakeClock(spring - timedelta(hours=1)))
    assert done.exit_code == 3
    assert len(done.digest.nights[0].not_looked_at) >= 7
    assert revisions(path) == before
    usual = spend_night(agency, path, 30, shown=1, sites=(str(site),), clock=FakeClock(night(30) - timedelta(hours=2)))
    assert usual.exit_code == 0


def test_two_installations_on_one_archive_take_turns(agency: Agency, path: Path) -> None:
    """The second finds the first at work: code 75, the holder named; afterwards both have their own history in it."""
    for name in ("one", "two"):
        site_file(agency, path.parent, name)
        text = f'archive = "{path.name}"\nsites = ["{name}.toml"]\n'
        (path.parent / f"install-{name}.toml").write_text(text, "utf-8")
    with writer_lock(path):
        ran = tidslager("--config", str(path.parent / "install-two.toml"), "night", "--json")
    assert ran.code == 75
    assert f"process {os.getpid()}" in ran.err
    for name in ("one", "two"):
        ran = tidslager("--config", str(path.parent / f"install-{name}.toml"), "night", "--json")
        assert json.loads(ran.out)["sites"] == name
        assert ran.code == 0
    with closing(open_for_reading(path).conn) as connection:
        assert connection.execute("SELECT site, count(*) FROM pages GROUP BY site").fetchall() == [
            ("one", 8),
            ("two", 8),
        ]


def test_a_disk_that_fills_up_in_the_night(agency: Agency, path: Path) -> None:
    """A sentence that says what to do, code 1, what was committed is there, and with room the next night goes on."""

    def limited() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (450_000, 450_000))

    done = subprocess.run(
        [sys.executable, "-m", "scraper", "night", str(site_file(agency, path.parent)), "--archive", str(path)],
        env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False, preexec_fn=limited,
    )  # fmt: skip
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "What was committed before is kept." in done.stderr
    after = spend_night(agency, path, 2, shown=1, clock=FakeClock(night(30_000)))
    assert after.exit_code == 0


def test_a_damaged_archive_is_found_by_the_sample(agency: Agency, path: Path) -> None:
    """Verification after the run: failed, with what to do; the run itself stands."""
    spend_night(agency, path, 1)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE revisions SET title = 'En annan' WHERE id = 1")
        connection.commit()
    done = spend_night(agency, path, 2)
    assert done.exit_code == 1
    assert "restore it from a backup" in done.digest.notes[0]


def _by_hand(path: Path, harm: str) -> None:
    """Alter an archive past its guards, which stand as before afterwards."""
    with closing(sqlite3.connect(path)) as connection:
        guards = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in guards:
            connection.execute(f"DROP TRIGGER {name}")
        assert connection.execute(harm).rowcount == 1
        for _, ddl in guards:
            connection.execute(ddl)
        connection.commit()


class _Chosen(random.Random):
    """Draws the first, or the last, of what there is to draw from."""

    def __init__(self, *, last: bool) -> None:
        super().__init__(0)
        self._last = last

    def sample(self, population: Sequence[Any], k: int, **_: Any) -> list[Any]:
        return list(population[-k:] if self._last else population[:k])


@pytest.mark.parametrize(
    ("harm", "unsampled"),
    [
        ("UPDATE runs SET root = zeroblob(32) WHERE id = 2", True),
        ("UPDATE runs SET head = zeroblob(32) WHERE id = 2", True),
        ("UPDATE runs SET leaves = substr(leaves, 9) WHERE id = 2", True),
        ("UPDATE runs SET summary = '{\"new\":9}' WHERE id = 2", True),
        ("UPDATE runs SET status = 'partial' WHERE id = 2", True),
        ("UPDATE runs SET config = '{}' WHERE id = 2", True),
        ("UPDATE runs SET head = NULL WHERE id = 2", True),
        ("DELETE FROM runs WHERE id = 2", True),
        # What only the evidence of the run shows is found when the run is drawn, and by a whole verification.
        ("UPDATE captures SET error = 'x' WHERE id = (SELECT min(id) FROM captures WHERE run_id = 2)", False),
    ],
)  # fmt: skip
def test_a_run_that_is_not_drawn_is_still_held_by_the_chain(
    agency: Agency, path: Path, harm: str, *, unsampled: bool
) -> None:
    """Each run's own row and head are checked on every night, whatever the sample; its evidence when it is drawn."""
    for number in (1, 2, 3, 4):
        spend_night(agency, path, number, shown=1, installation=Installation(verify_sample=0))
    _by_hand(path, harm)

    def checks(rng: random.Random, sample: int | None) -> set[str]:
        database = open_for_reading(path)
        with closing(database.conn):
            return {one.check for one in verify(database, path, sample=sample, runs=sample, rng=rng).findings}

    assert ("chain" in checks(_Chosen(last=True), 1)) == unsampled
    assert "chain" in checks(_Chosen(last=True), 3)
    assert "chain" in checks(random.Random(0), None)


@pytest.mark.parametrize(("sample", "code"), [(0, 0), (1, 1)])
def test_a_night_with_the_smallest_sample_finds_an_altered_run(
    agency: Agency, path: Path, sample: int, code: int
) -> None:
    """What the night hands on to the verification: a sample of one checks the row of each run, none checks none."""
    for number in (1, 2):
        spend_night(agency, path, number, shown=1, installation=Installation(verify_sample=0))
    _by_hand(path, "UPDATE runs SET summary = '{}' WHERE id = 1")
    done = spend_night(agency, path, 3, shown=1, installation=Installation(verify_sample=sample))
    assert done.exit_code == code
    assert [note.startswith("The archive is damaged") for note in done.digest.notes] == [True] * code


def test_a_night_leaves_an_archive_that_verifies(agency: Agency, path: Path) -> None:
    """After nights of trouble everything agrees with everything."""
    for number in (1, 2, 3):
        spend_night(agency, path, number, installation=Installation(verify_sample=5))
    database = open_for_reading(path)
    with closing(database.conn):
        assert verify(database, path, rng=random.Random(1)).findings == ()
