"""Conditional requests against a real server: strong and weak tags, dates, neither."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from archive.file import open_for_reading
from archive.header_sets import read_head
from archive.store import Archive
from schemas.site import Site
from scraper.crawl import crawl
from scraper.fetch import Fetcher
from scraper.summary import Summary
from tests.builders import night
from tests.clocks import FakeClock
from tests.nginx import Nginx, needed_nginx

PLACES = ("strong", "weak", "dated", "bare")
PAGE = "<!DOCTYPE html><html lang=sv><title>{name}</title><main><h1>{name}</h1><h2>Rubrik</h2><p>{text}</main>"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder with a page in each of four places, which nginx serves with different validators."""
    folder = tmp_path / "root"
    for place in PLACES:
        (folder / place).mkdir(parents=True)
        write(folder, place, "Som förut.")
    return folder


def write(root: Path, place: str, text: str, *, day: int = 1) -> None:
    """Write a page as an editor would on that day of January 2026; the file's date is what Last-Modified says."""
    page = root / place / "sida.html"
    page.write_text(PAGE.format(name=place, text=text), "utf-8")
    stamp = 1_767_225_600 + day * 86_400
    os.utime(page, (stamp, stamp))


@pytest.fixture
def nginx(root: Path, tmp_path: Path) -> Iterator[Nginx]:
    with Nginx(needed_nginx(), root, tmp_path / "nginx") as running:
        yield running


def look(nginx: Nginx, path: Path, number: int, **settings: Any) -> Summary:
    """A night's run over the four pages."""
    start = tuple(f"http://nginx.test/{place}/sida.html" for place in PLACES)
    options = {"conditional": True, "delay_s": 0.0, **settings}
    connect_to = {"nginx.test:80": f"127.0.0.1:{nginx.port}"}
    site = Site(name="prov", start=start, depth=0, connect_to=connect_to, **options)
    clock = FakeClock(night(number))
    with Archive(path) as archive:
        fetcher = Fetcher(site, clock, rng=random.Random(1))
        return crawl(site, archive, fetcher, clock, version="0", watch=lambda *_: None)


def outcomes(path: Path) -> list[tuple[str, str, int]]:
    """Place, outcome and body bytes of each capture of a page, in order."""
    database = open_for_reading(path)
    rows = database.execute(
        "SELECT address, outcome, body_bytes FROM fetch_log WHERE purpose = 'page' ORDER BY capture"
    ).fetchall()
    database.conn.close()
    return [(address.split("/")[3], outcome, size) for address, outcome, size in rows]


def test_a_304_is_recorded_as_unchanged(nginx: Nginx, path: Path) -> None:
    """Pages with validators give 304 on the second night, recorded as unchanged; the one without is fetched again."""
    look(nginx, path, 1)
    assert look(nginx, path, 2).counts == {"unchanged": 4}
    first, second = outcomes(path)[:4], outcomes(path)[4:]
    assert [outcome for _, outcome, _ in second] == ["not_modified", "not_modified", "not_modified", "fetched"]
    # The body named is the one that was confirmed, and every look points at the page's one revision.
    assert [size for _, _, size in first] == [size for _, _, size in second]
    database = open_for_reading(path)
    assert database.execute("SELECT count(*), count(DISTINCT revision_id) FROM readings").fetchone() == (8, 4)
    seen = database.execute("SELECT DISTINCT substr(last_good_look, 1, 10) FROM coverage").fetchall()
    assert seen == [("2026-03-02",)]
    database.conn.close()


def test_validators_go_back_verbatim(nginx: Nginx, path: Path) -> None:
    """The server sees the tag and the date that it gave, letter for letter, the weak mark included."""
    look(nginx, path, 1)
    database = open_for_reading(path)
    heads = dict(database.execute("SELECT u.url, c.head_id FROM captures c JOIN urls u ON u.id = c.url_id").fetchall())
    heads = {url: read_head(database, number).decode() for url, number in heads.items()}
    database.conn.close()
    look(nginx, path, 2)
    seen = {}
    for line in nginx.asked()[-4:]:
        status, path_asked, validators = line.split(" ", 2)
        head = heads[f"http://nginx.test{path_asked}"]
        tag, date, _ = validators.split("/sep/")
        seen[path_asked.split("/")[1]] = status
        for field, sent in (("ETag", tag), ("Last-Modified", date)):
            assert (f"\r\n{field}: {sent}\r\n" in head) if sent else (f"\r\n{field}:" not in head)
    assert seen == {"strong": "304", "weak": "304", "dated": "304", "bare": "200"}
    assert "\r\nETag: W/" in heads["http://nginx.test/weak/sida.html"]
    assert "\r\nETag:" not in heads["http://nginx.test/dated/sida.html"]


@pytest.mark.parametrize("place", PLACES)
def test_a_change_is_seen(nginx: Nginx, root: Path, path: Path, place: str) -> None:
    """A page that changes is fetched and its change told, whatever validators it has."""
    look(nginx, path, 1)
    write(root, place, "Ny lydelse.", day=2)
    summary = look(nginx, path, 2)
    assert summary.counts == {"changed": 1, "unchanged": 3}
    (changed,) = [found for found in summary.looks if found.result == "changed"]
    assert changed.address == f"http://nginx.test/{place}/sida.html"


def test_a_page_that_comes_back_to_an_older_body(nginx: Nginx, root: Path, path: Path) -> None:
    """A, B, A again with A's own date: the tag of B is what is sent, so A is seen as the change it is."""
    look(nginx, path, 1)
    write(root, "strong", "B.", day=2)
    look(nginx, path, 2)
    write(root, "strong", "Som förut.", day=1)
    assert look(nginx, path, 3).counts == {"changed": 1, "unchanged": 3}


def test_an_unconditional_look_now_and_then(nginx: Nginx, path: Path) -> None:
    """Each page is fetched whole at every third look, where the site file says so."""
    for number in range(1, 7):
        look(nginx, path, number, unconditional_every=3)
    strong = [outcome for place, outcome, _ in outcomes(path) if place == "strong"]
    assert strong == ["fetched", "not_modified", "not_modified", "fetched", "not_modified", "not_modified"]


def test_off_unless_asked_for(nginx: Nginx, path: Path) -> None:
    """Without the setting nothing is conditional."""
    look(nginx, path, 1, conditional=False)
    look(nginx, path, 2, conditional=False)
    assert all(line.endswith(" /sep//sep/") for line in nginx.asked())
