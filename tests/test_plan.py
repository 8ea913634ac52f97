"""A dry run says what would be asked for and asks for nothing but robots.txt."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from scraper.plan import COLUMNS
from tests.agency import truth
from tests.agency.server import SITE_FILE, Agency
from tests.agency.trouble import Trouble
from tests.runs import crawl_agency
from tests.shell import tidslager


def dry(agency: Agency, path: Path, *options: str) -> str:
    """What a dry run prints."""
    ran = tidslager(
        "crawl", str(SITE_FILE), "--dry-run", "--archive", str(path), "--connect-to", f"::127.0.0.1:{agency.port}",
        *options,
    )  # fmt: skip
    assert ran.code == 0
    return ran.out


def test_without_an_archive(agency: Agency, path: Path) -> None:
    """Without an archive the start pages are all that is known; none is made, and only robots.txt is asked for."""
    out = dry(agency, path)
    assert out.startswith(f"ask    http://{truth.HUB_HOST}{truth.HUB}\n")
    assert f"allowed by http://{truth.HUB_HOST}/robots.txt, then" in out
    assert not path.exists()
    assert [visit.path for visit in agency.log] == ["/robots.txt"]


def test_with_an_archive(agency: Agency, path: Path) -> None:
    """What earlier runs knew stands in the plan with its verdict, each once; the archive is as before."""
    crawl_agency(agency, path, 1)
    before = path.read_bytes()
    agency.log.clear()
    rows = json.loads(dry(agency, path, "--json"))
    assert all(list(row) == list(COLUMNS) for row in rows)
    assert len({row["address"] for row in rows}) == len(rows)
    assert [row["why"] for row in rows][:2] == ["start", "link"]
    assert {row["would_fetch"] for row in rows} == {True, False}
    assert {visit.path for visit in agency.log} == {"/robots.txt"}
    assert path.read_bytes() == before
    agency.log.clear()
    crawl_agency(agency, path, 1)
    asked = {f"http://{visit.host}{visit.path}" for visit in agency.log if visit.path != "/robots.txt"}
    assert asked == {row["address"] for row in rows if row["would_fetch"]}


def test_the_pace_is_told(agency: Agency, path: Path) -> None:
    """The host's crawl-delay, where longer than ours, is the pace; rules that cannot be had allow nothing."""
    robots = Trouble(body=b"User-agent: *\nCrawl-delay: 7\n", times=None)
    agency.trouble[truth.HUB_HOST, "/robots.txt"] = robots
    said = dry(agency, path)
    assert "then 7 s of rest" in said
    assert "1 of 1 addresses would be asked for, with 7 s of rest in all." in said
    agency.trouble[truth.HUB_HOST, "/robots.txt"] = Trouble(status=500, times=None)
    assert dry(agency, path).startswith("leave")


def test_outside_the_hours_nothing_is_asked_and_the_plan_says_so(agency: Agency, tmp_path: Path) -> None:
    """A plan asks for robots.txt, which has its hours too: it ends where the budget does, with the reason."""
    now = datetime.now(UTC)
    hours = f"{now + timedelta(hours=2):%H:00}-{now + timedelta(hours=3):%H:00}"
    site = tmp_path / "site.toml"
    site.write_text(SITE_FILE.read_text("utf-8") + f'\n[budget]\nhours = "{hours}"\n', "utf-8")
    ran = tidslager("crawl", str(site), "--dry-run", "--connect-to", f"::127.0.0.1:{agency.port}")
    assert ran.code == 0
    assert "Stopped by the budget: it is" in ran.err
    assert "0 of 0 addresses" in ran.out
    assert agency.log == []


def test_loopback_is_refused_with_what_to_write(tmp_path: Path, agency: Agency) -> None:
    """Crawl, dry run and check say which setting lets it be asked; none calls for patience."""
    site = tmp_path / "site.toml"
    site.write_text(f'name = "own"\nstart = ["http://127.0.0.1:{agency.port}/"]\n', "utf-8")
    archive = ("--archive", str(tmp_path / "own.db"))
    dry = tidslager("crawl", str(site), "--dry-run", *archive)
    assert "Nothing would be looked at" in dry.out
    for ran in (dry, tidslager("check-site", str(site)), tidslager("crawl", str(site), *archive)):
        assert ran.code == (0 if ran is dry else 1)
        said = " ".join((ran.out + ran.err).split())
        assert "write allow_private = true in the site file" in said
        assert "try again later" not in said
    assert agency.log == []


def test_a_server_without_tls_is_told_with_the_scheme_to_write(agency: Agency) -> None:
    """An address of one's own machine without a scheme is asked by https; where that fails, http:// is the advice."""
    ran = tidslager("init", f"127.0.0.1:{agency.port}")
    assert ran.code == 1
    assert f"write http:// before it: http://127.0.0.1:{agency.port}/" in ran.err
