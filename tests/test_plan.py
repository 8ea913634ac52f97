"""A dry run says what would be asked for and asks for nothing but robots.txt."""

from __future__ import annotations

import json
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
    assert "then 7 s of rest" in dry(agency, path)
    agency.trouble[truth.HUB_HOST, "/robots.txt"] = Trouble(status=500, times=None)
    assert dry(agency, path).startswith("leave")
