"""The nightly job: what it does, what it prints, its exit codes, and what SIGTERM leaves behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

import pytest

from archive.file import open_for_reading
from archive.lock import writer_lock
from schemas.errors import ConfigurationError
from scraper.night import GRAVEST_FIRST, gravest
from scraper.night_cli import COLUMNS
from tests.agency import nightly, truth
from tests.agency.server import Agency
from tests.agency.trouble import Trouble, challenge, shorn
from tests.clocks import FakeClock
from tests.nights import site_file, spend_night
from tests.shell import tidslager

ROOT = Path(__file__).parent.parent
LAUNDRY = (truth.EXAMPLE_HOST, truth.LAUNDRY)
HUB = (truth.HUB_HOST, truth.HUB)
LATER = datetime(2100, 1, 1, 2, 0, tzinfo=UTC)  # than the clock of this machine, which child processes go by
_AS_TYPED = (
    "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); from scraper.cli import main; main()"
)


def runs(path: Path) -> list[tuple[str, str]]:
    """Site and status of every run."""
    with closing(open_for_reading(path).conn) as connection:
        return connection.execute("SELECT site, status FROM runs ORDER BY id").fetchall()


def test_a_night_of_the_command_line(agency: Agency, path: Path) -> None:
    """A report for people, and as the last line one for machines, with the documented keys; ok although all is new."""
    ran = tidslager("night", str(site_file(agency, path.parent)), "--archive", str(path))
    assert ran.code == 0
    *report, last = ran.out.splitlines()
    facts = dict(pair.split("=", 1) for pair in last.split(" "))
    assert list(facts) == list(COLUMNS)
    assert (facts["status"], facts["exit_code"], facts["new"]) == ("ok", "0", "7")
    assert any("run 1, ok" in one for one in report)
    assert "page 1 http://" in ran.err
    assert not path.with_name(path.name + "-wal").exists()


def test_changed_is_ok_and_told_with_the_words(agency: Agency, path: Path) -> None:
    """A night with changes is ok; the report says what changed in the words of the page."""
    spend_night(agency, path, 1)
    agency.night = 2
    ran = tidslager("night", str(site_file(agency, path.parent)), "--archive", str(path), "--report", "natt.md")
    assert ran.code == 0
    assert "{+fjorton+}" in ran.out
    assert "<del>elva</del>" in Path("natt.md").read_text("utf-8")


def test_json_is_one_object_and_nothing_else(agency: Agency, path: Path) -> None:
    """With --json stdout has the line for machines as an object; --log-json makes stderr JSON lines."""
    ran = tidslager("night", str(site_file(agency, path.parent)), "-a", str(path), "--json", "--log-json")
    assert list(json.loads(ran.out)) == list(COLUMNS)
    logged = [json.loads(line) for line in ran.err.splitlines()]
    assert {tuple(one) for one in logged} == {("time", "level", "message", "run", "page", "address")}
    assert {one["page"] for one in logged if one["page"]} == set(range(1, 9))


@pytest.mark.parametrize(
    ("name", "code"),
    [("partial", 3), ("suspect", 3), ("layout", 4), ("failed", 1), ("configuration", 2), ("locked", 75)],
)
def test_exit_codes(agency: Agency, path: Path, name: str, code: int) -> None:
    """Each way for a night to go has its exit code, and a word or a sentence for it."""
    site = str(site_file(agency, path.parent))
    spend_night(agency, path, 1)
    everywhere = [(visit.host, visit.path) for visit in agency.log]
    trouble: dict[str, dict[tuple[str, str], Trouble]] = {
        "partial": {LAUNDRY: Trouble(status=500, times=None)},
        "suspect": {LAUNDRY: challenge(times=None)},
        "layout": {HUB: shorn(nightly.page_without_noise(1, *HUB), 2)},
        "failed": dict.fromkeys(everywhere, Trouble(status=403, times=None)),
    }
    agency.trouble |= trouble.get(name, {})
    sites = (site, str(Path("nowhere.toml"))) if name == "configuration" else (site,)
    if name == "locked":
        with writer_lock(path):
            ran = tidslager("night", *sites, "-a", str(path))
        assert "Another run is writing" in ran.err
    else:
        ran = tidslager("night", *sites, "-a", str(path))
        word = "partial" if name == "suspect" else name
        assert f"status={word} exit_code={code} " in ran.out
    assert ran.code == code


def test_the_gravest_counts() -> None:
    """Of several sites the gravest exit code is that of the night; of none it is ok."""
    assert gravest([0, 3, 4]) == 4
    assert gravest([2, 4, 0]) == 2
    assert gravest([143, 1]) == 143
    assert gravest([]) == 0
    assert set(GRAVEST_FIRST) == {0, 1, 2, 3, 4, 130, 143}


def test_without_a_site_or_with_an_impossible_report_nothing_is_asked(agency: Agency, path: Path) -> None:
    """What can be seen beforehand is refused beforehand, with what to do."""
    for options in ({"reports": (Path("x.pdf"),)}, {"reports": (Path("nowhere/x.md"),)}, {"feed": Path("no/x.xml")}):
        with pytest.raises(ConfigurationError):
            spend_night(agency, path, 1, **options)
    assert tidslager("night").code == 2
    assert agency.log == []


def test_a_site_file_edited_to_nonsense_keeps_no_other_site_from_its_night(agency: Agency, path: Path) -> None:
    """The broken site has its sentence and code 2; the other one is looked at, and no run of the broken one is made."""
    good, broken = site_file(agency, path.parent), site_file(agency, path.parent, "other")
    broken.write_text("dephts = 1\n" + broken.read_text("utf-8"), "utf-8")
    done = spend_night(agency, path, 1, sites=(str(broken), str(good)))
    assert done.exit_code == 2
    assert "other.toml: unknown key" in done.digest.notes[0]
    assert runs(path) == [("agency", "ok")]
    broken.write_text("[[[", "utf-8")
    assert "not valid TOML" in spend_night(agency, path, 2, sites=(str(broken), str(good))).digest.notes[0]
    assert runs(path) == [("agency", "ok"), ("agency", "ok")]


@pytest.mark.parametrize(
    ("command", "number", "code"),
    [("night", signal.SIGTERM, 143), ("crawl", signal.SIGTERM, 143), ("night", signal.SIGINT, 130)],
)
def test_a_signal_in_the_middle(agency: Agency, path: Path, command: str, number: signal.Signals, code: int) -> None:
    """SIGTERM: the page is finished, the run marked interrupted and sealed. SIGINT ends it at once. Nothing is lost."""
    hold = Event()
    agency.trouble[LAUNDRY] = Trouble(hold=hold)
    arguments = [command, str(site_file(agency, path.parent)), "--archive", str(path), "--log-json"]
    job = subprocess.Popen(
        # Where the tests run in the background SIGINT is ignored, and a child inherits that.
        [sys.executable, "-c", _AS_TYPED, *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT)}, stderr=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert agency.holding.wait(30)
    job.send_signal(number)
    # Had it been ended at once, it would be gone before the answer comes; SIGTERM has to wait for it.
    if number == signal.SIGTERM:
        with pytest.raises(subprocess.TimeoutExpired):
            job.wait(0.3)
    hold.set()
    job.communicate(timeout=30)
    assert job.returncode == code
    assert runs(path) == [("agency", "interrupted")]
    with closing(open_for_reading(path).conn) as connection:
        (read,) = connection.execute("SELECT count(*) FROM fetch_log WHERE address LIKE '%returbruket%'").fetchone()
        assert connection.execute("SELECT head FROM runs").fetchone()[0] is not None
    assert read == (number == signal.SIGTERM)
    agency.trouble.clear()
    assert spend_night(agency, path, 2, shown=1, clock=FakeClock(LATER)).exit_code == 0


def test_what_a_crash_kept_untold_is_told_by_the_next_night(agency: Agency, path: Path) -> None:
    """A run that was killed told nobody what it saw: the next night tells it too."""
    spend_night(agency, path, 1)
    agency.night = 2
    hold = Event()
    agency.trouble[LAUNDRY] = Trouble(hold=hold)
    job = subprocess.Popen(
        [sys.executable, "-m", "scraper", "night", str(site_file(agency, path.parent)), "--archive", str(path), "-q"],
        env={**os.environ, "PYTHONPATH": str(ROOT)}, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    assert agency.holding.wait(30)
    job.kill()
    job.wait()
    hold.set()
    agency.trouble.clear()
    done = spend_night(agency, path, 3, shown=2, clock=FakeClock(LATER))
    assert [(night.run, night.status) for night in done.digest.nights] == [(2, "interrupted"), (3, "ok")]
    assert [one.page for one in done.digest.nights[0].revised] == [1]
