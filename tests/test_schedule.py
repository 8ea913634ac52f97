"""Schedules: what is printed can be used as it is: systemd verifies its units, the others are whole and documented."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import yaml

from scraper.budget import allowed
from tests.agency.server import Agency
from tests.nights import site_file
from tests.programs import needed
from tests.shell import tidslager

ROOT = Path(__file__).parent.parent
STOCKHOLM = ZoneInfo("Europe/Stockholm")


def systemd_analyze() -> str:
    """Path of systemd-analyze, for a test that cannot do without."""
    return needed("systemd-analyze", "systemd")


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


def test_no_night_of_the_timer_is_left_out(tmp_path: Path) -> None:
    """Its hour comes once on each of the days around both changes of clocks, by systemd's own reckoning."""
    unit = tidslager("schedule", "systemd", "--folder", str(tmp_path)).out
    (hour,) = re.findall(r"^OnCalendar=(.*)$", unit, re.MULTILINE)
    for base, change in (("2026-03-27 12:00:00 UTC", "2026-03-29"), ("2026-10-23 12:00:00 UTC", "2026-10-25")):
        done = subprocess.run(
            [systemd_analyze(), "calendar", f"--base-time={base}", "--iterations=4", hour],
            capture_output=True, text=True, check=True, env={**os.environ, "TZ": "UTC"},
        )  # fmt: skip
        days = [
            day for day, utc in re.findall(r": \w{3} (\S+) (\S+) UTC", done.stdout) if utc in ("01:30:00", "02:30:00")
        ]
        assert len(days) == len(set(days)) == 4
        assert change in days


@pytest.mark.parametrize(("at", "zone"), [("02:30", "Europe/Stockholm"), ("00:10", "Africa/Cairo")])
def test_an_hour_that_a_zone_skips_is_refused_for_systemd(at: str, zone: str) -> None:
    """The sentence names the day on which there is none; cron makes up for it, and UTC skips nothing."""
    ran = tidslager("schedule", "systemd", "--at", at, "--zone", zone)
    assert (ran.code, ran.out) == (2, "")
    assert f"{at} does not exist on 20" in ran.err
    assert tidslager("schedule", "cron", "--at", at, "--zone", zone).code == 0
    assert tidslager("schedule", "systemd", "--at", at, "--zone", "UTC").code == 0


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
        "$CODE", ""
    ).replace('"$GITHUB', "")
    guide = (ROOT / "docs" / "operating.md").read_text("utf-8")
    assert f"tidslager schedule {kind}" in guide
    for word in ("Register-ScheduledTask", "Get-ScheduledTaskInfo", "Unregister-ScheduledTask"):
        assert word in guide


@pytest.mark.parametrize("kind", ["systemd", "cron"])
def test_a_schedule_of_no_sites_warns(kind: str, tmp_path: Path) -> None:
    """A night that would look at nothing is told on stderr; sites behind the kind or in the folder's file are some."""
    folder = ("--folder", str(tmp_path))
    ran = tidslager("schedule", kind, *folder)
    assert ran.code == 0
    assert "names no sites" in ran.err
    assert "names no sites" not in tidslager("schedule", kind, "goda-exempel", *folder).err
    (tmp_path / "tidslager.toml").write_text('sites = ["goda-exempel"]')
    assert "names no sites" not in tidslager("schedule", kind, *folder).err


def test_a_cron_line_has_its_five_fields(tmp_path: Path) -> None:
    """Minute and hour first, and no per cent sign that cron would take for a line end."""
    out = tidslager("schedule", "cron", "--folder", str(tmp_path), "--at", "00:05").out
    (line,) = [line for line in out.splitlines() if not line.startswith(("#", "CRON_TZ"))]
    assert line.startswith("5 0 * * * cd /")
    assert "%" not in line


@pytest.mark.parametrize("folder", ["/srv/tidslager", "/home/anna/tidslager"])
@pytest.mark.parametrize("program", ["/opt/venv/bin/tidslager", "/home/anna/venv/bin/tidslager"])
def test_the_service_sees_its_folder_and_its_program(
    folder: str, program: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Homes are hidden from it, unless the folder or the program is in one."""
    monkeypatch.setattr("scraper.schedule._program", lambda: program)
    out = tidslager("schedule", "systemd", "--folder", folder, "--user", "anna").out
    needed = "/home" in folder + program
    assert f"ProtectHome={'read-only' if needed else 'yes'}" in out.splitlines()


def _allowed(program: str, name: str) -> set[str]:
    """System calls of a set of systemd's, those of the sets in it too."""
    done = subprocess.run([program, "syscall-filter", name], capture_output=True, text=True, check=True)
    lines = [line.strip() for line in done.stdout.splitlines()[1:]]
    named = {line for line in lines if line and not line.startswith("#")}
    return set().union(*(_allowed(program, one) if one.startswith("@") else {one} for one in named))


def test_a_night_asks_the_kernel_for_nothing_that_its_unit_forbids(agency: Agency, path: Path) -> None:
    """But for what root's SQLite asks for: that is refused with an error that it passes over, and the night is well."""
    program, strace = systemd_analyze(), needed("strace", "strace")
    unit = tidslager("schedule", "systemd", "--folder", str(path.parent)).out.splitlines()
    lines = [line.partition("=")[2] for line in unit if line.startswith("SystemCallFilter=")]
    assert lines == ["@system-service", "~@privileged"]
    assert "SystemCallErrorNumber=EPERM" in unit
    seen = path.with_name("calls")
    # Refused as the unit refuses it.
    trace = [strace, "-f", "-qq", "-e", "signal=none", "-e", "inject=fchown:error=EPERM", "-c", "-U", "name"]
    night = [sys.executable, "-m", "scraper", "night", str(site_file(agency, path.parent)), "-a", str(path), "-q"]
    done = subprocess.run(
        [*trace, "-o", str(seen), *night], env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, check=False
    )
    assert done.returncode == 0
    used = set(re.findall(r"^[a-z]\w+$", seen.read_text("utf-8"), re.MULTILINE)) - {"syscall", "total"}
    assert {"execve", "connect"} <= used
    forbidden = used - (_allowed(program, "@system-service") - _allowed(program, "@privileged"))
    assert forbidden <= {"fchown"}


def _steps(workflow: str) -> dict[str, str]:
    """The shell of each step of a workflow, by what the step is called."""
    steps = yaml.safe_load(workflow)["jobs"]["night"]["steps"]
    return {step.get("id") or step.get("name") or "install": step["run"] for step in steps if "run" in step}


def test_the_steps_of_the_workflow_keep_a_history_in_git(agency: Agency, tmp_path: Path) -> None:
    """Run as the forge runs them: each night is a commit, the text of a quiet one as before, the code handed on."""
    bin_folder = Path(sys.executable).parent
    work, remote = tmp_path / "work", tmp_path / "remote.git"
    site = site_file(agency, tmp_path).rename(tmp_path / "byran.toml")
    variables = {
        "PATH": f"{bin_folder}:{os.environ['PATH']}", "HOME": str(tmp_path), "GIT_CONFIG_NOSYSTEM": "1",
        "GITHUB_OUTPUT": str(tmp_path / "output"), "GITHUB_STEP_SUMMARY": str(tmp_path / "summary"),
        # What was never set for the repository is handed on empty.
        "TIDSLAGER_CONTACT": "", "TIDSLAGER_NOTIFY_URLS": "", "TIDSLAGER_PING_URL": "",
    }  # fmt: skip

    def shell(script: str, folder: Path = work, **more: str) -> tuple[int, str]:
        done = subprocess.run(
            ["bash", "-e", "-c", script],
            cwd=folder,
            env={**variables, **more},
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout

    assert shell(f"git init -q --bare {remote} && git clone -q {remote} {work}", tmp_path)[0] == 0
    shutil.copy(site, work / "byran.toml")
    steps = _steps(tidslager("schedule", "github", "byran.toml").out)
    assert list(steps)[:3] == ["install", "night", "Commit what the pages say"]
    assert "[notify]" in steps["install"]
    for shown in (1, 2, 2):
        agency.night = shown
        for name in list(steps)[1:3]:
            assert shell(steps[name])[0] == 0
    subjects = shell("git log --format=%s", remote)[1].splitlines()
    assert len(subjects) == 3  # the heads of a quiet night are kept in git too
    assert shell("git diff --quiet HEAD~1 HEAD -- pages.jsonl")[0] == 0
    assert "fjorton" in shell("git diff HEAD~2 HEAD -- pages.jsonl")[1]
    assert (tmp_path / "output").read_text("utf-8").split() == ["code=0"] * 3
    assert "# Tidslager agency\\: 3 changed, 1 new" in (tmp_path / "summary").read_text("utf-8")
    last = list(steps.values())[3]
    assert [shell(last, CODE=code)[0] for code in ("0", "3", "4", "")] == [0, 0, 1, 1]


def test_the_workflow_is_yaml_that_commits_each_night() -> None:
    """A schedule, a text export, a commit; the forge's own expressions are left to it."""
    out = tidslager("schedule", "github", "byran.toml").out
    assert '- cron: "30 3 * * *"' in out
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
