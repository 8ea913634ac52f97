"""Schedules: what is printed can be used as it is: systemd verifies its units, the others are whole and documented."""

from __future__ import annotations

import os
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from scraper.budget import allowed
from tests.shell import tidslager

ROOT = Path(__file__).parent.parent
STOCKHOLM = ZoneInfo("Europe/Stockholm")


def systemd_analyze() -> str:
    """Path of systemd-analyze. Outside CI a test that needs it is skipped where there is none; in CI it fails."""
    program = shutil.which("systemd-analyze")
    if program is None and not os.environ.get("CI"):
        pytest.skip("systemd-analyze is not here (Debian package systemd)")
    assert program is not None, "systemd-analyze is not here: .ci/run installs it"
    return program


def test_systemd_takes_the_units(tmp_path: Path) -> None:
    """`systemd-analyze verify` has nothing to say of them, and the calendar names the night and its zone."""
    program = systemd_analyze()
    folder = tmp_path / "archive"
    folder.mkdir()
    ran = tidslager(
        "schedule", "systemd", "--folder", str(folder), "--user", "root", "--write", str(tmp_path / "units")
    )
    assert ran.code == 0
    units = [str(tmp_path / "units" / name) for name in ("tidslager.service", "tidslager.timer")]
    done = subprocess.run([program, "verify", *units], capture_output=True, text=True, check=False)
    assert (done.returncode, [line for line in done.stderr.splitlines() if "tidslager" in line]) == (0, [])
    calendar = subprocess.run(
        [program, "calendar", "*-*-* 02:30:00 Europe/Stockholm"], capture_output=True, text=True, check=False
    )
    assert calendar.returncode == 0


def test_the_units_are_hardened_and_patient(tmp_path: Path) -> None:
    """What the operating guide promises of them stands in them."""
    out = tidslager("schedule", "systemd", "goda-exempel", "--folder", str(tmp_path), "--at", "03:15").out
    for line in (
        "Persistent=yes",
        "RandomizedDelaySec=45min",
        "OnCalendar=*-*-* 03:15:00 Europe/Stockholm",
        "ProtectSystem=strict",
        "NoNewPrivileges=yes",
        f"ReadWritePaths={tmp_path}",
        "TimeoutStopSec=5min",
        "SuccessExitStatus=3 143",
    ):
        assert line in out.splitlines()
    assert " night goda-exempel" in out


@pytest.mark.parametrize("kind", ["systemd", "cron", "github"])
def test_each_says_how_to_see_that_it_works_and_how_to_remove_it(kind: str, tmp_path: Path) -> None:
    """In what is written, and on stderr what to do next; the operating guide has a part on each and on Windows."""
    ran = tidslager("schedule", kind, "--folder", str(tmp_path))
    assert "See " in ran.out
    assert "remove" in ran.err.lower()
    assert "$" not in ran.out.replace("${{", "").replace("$(date", "").replace("$?", "").replace("$code", "").replace(
        '"$GITHUB', ""
    )
    guide = (ROOT / "docs" / "operating.md").read_text("utf-8")
    assert f"tidslager schedule {kind}" in guide
    assert "schtasks" in guide


def test_a_cron_line_has_its_five_fields(tmp_path: Path) -> None:
    """Minute and hour first, and no per cent sign that cron would take for a line end."""
    out = tidslager("schedule", "cron", "--folder", str(tmp_path), "--at", "00:05").out
    (line,) = [line for line in out.splitlines() if not line.startswith(("#", "CRON_TZ"))]
    assert line.startswith("5 0 * * * cd /")
    assert "%" not in line


def test_the_workflow_is_yaml_that_commits_each_night() -> None:
    """A schedule, a text export, a commit; the forge's own expressions are left to it."""
    out = tidslager("schedule", "github", "byran.toml").out
    assert '- cron: "30 2 * * *"' in out
    assert "tidslager night byran.toml --report night.md" in out
    assert "tidslager export --format jsonl > pages.jsonl" in out
    assert "${{ github.run_id }}" in out
    assert "git commit" in out


@pytest.mark.parametrize(
    "options",
    [("--at", "25:00"), ("--at", "2:30"), ("--zone", "Mars/Olympus"), ("--spread", "soon"), ("--folder", "/a b")],
)
def test_what_no_scheduler_could_use_is_refused(options: tuple[str, str]) -> None:
    """The message names the option or the path, and what to write."""
    ran = tidslager("schedule", "systemd", *options)
    assert (ran.code, ran.out) == (2, "")
    assert options[0] in ran.err or options[1] in ran.err


def test_files_that_are_there_are_left_as_they_are(tmp_path: Path) -> None:
    """Nothing of one's own is written over."""
    (tmp_path / "tidslager.service").write_text("mine", "utf-8")
    assert tidslager("schedule", "systemd", "--write", str(tmp_path)).code == 2
    assert (tmp_path / "tidslager.service").read_text("utf-8") == "mine"


@pytest.mark.parametrize(
    ("moment", "may"),
    [
        (datetime(2026, 3, 29, 0, 30, tzinfo=UTC), False),  # 01:30, before
        (datetime(2026, 3, 29, 1, 0, tzinfo=UTC), False),  # 03:00: the hour from 02:00 does not exist
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), True),  # 02:30 for the first time
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), True),  # 02:30 for the second time
        (datetime(2026, 10, 25, 2, 0, tzinfo=UTC), False),  # 03:00
    ],
)
def test_hours_on_nights_on_which_clocks_change(moment: datetime, *, may: bool) -> None:
    """The clock on the wall counts: an hour that does not exist allows nothing, one that comes twice allows both."""
    assert allowed("02:00-03:00", moment.astimezone(STOCKHOLM)) == may
