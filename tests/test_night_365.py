"""Night 365 costs what night 2 did: counted in work of the database, not on a clock."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from archive.file import open_for_reading
from archive.store import Archive
from scraper.crawl import crawl
from scraper.fetch import Fetcher
from tests.builders import night
from tests.clocks import FakeClock
from tests.faults import FaultServer
from tests.fetchers import PATIENT, make_site, never_resolve
from tests.raw_server import Talk, answer

_PAGES = 5
_STEPS = 20  # steps of SQLite's machine between two calls of the handler
_HEADER = "<header><nav><a href='/'>Hem</a></nav></header>"


class Work(NamedTuple):
    """What a night took."""

    statements: int
    steps: int


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer() as listening:
        yield listening


def _page(number: int, noise: int) -> bytes:
    """A page of the site; what differs at each request is noise that no reader sees."""
    links = "".join(f'<li><a href="/s{one}">Sida {one}</a></li>' for one in range(1, _PAGES + 1)) if number == 0 else ""
    text = f"<p>Stycke om arbete i kommun {number}, som ingen har ändrat.</p>" * 3
    return (
        f'<!DOCTYPE html><html lang=sv><title>Sida {number}</title><script nonce="{noise:08x}">var a;</script>{_HEADER}'
        f"<main><h1>Sida {number}</h1>{text}<h2>Rubrik</h2><ul>{links}</ul>{text}</main><footer>Foten</footer></html>"
    ).encode()


def _teach(server: FaultServer, *, noisy: bool) -> None:
    rng = random.Random(3)

    def saying(number: int) -> None:
        path = f"/s{number}" if number else "/"

        def say(talk: Talk) -> None:
            talk.say(answer(_page(number, rng.getrandbits(32) if noisy else 7), "Content-Type: text/html"))

        server.taught[path] = say

    for number in range(_PAGES + 1):
        saying(number)


def _nights(server: FaultServer, path: Path, count: int) -> list[Work]:
    """Look at the site on so many nights, each with the archive opened anew."""
    site = make_site(server, PATIENT)
    found = []
    for number in range(1, count + 1):
        clock = FakeClock(night(number))
        with Archive(path) as archive:
            statements, steps = [0], [0]

            def told(_: str, counted: list[int] = statements) -> None:
                counted[0] += 1

            def stepped(counted: list[int] = steps) -> int:
                counted[0] += _STEPS
                return 0

            archive.database.conn.set_trace_callback(told)
            archive.database.conn.set_progress_handler(stepped, _STEPS)
            fetcher = Fetcher(site, clock, rng=random.Random(1), resolve=never_resolve)
            summary = crawl(site, archive, fetcher, clock, version="0", watch=lambda *_: None)
            found.append(Work(statements[0], steps[0]))
        assert summary.counts == {"new" if number == 1 else "unchanged": _PAGES + 1}
    return found


def _hold(server: FaultServer, path: Path, count: int, *, noisy: bool) -> None:
    _teach(server, noisy=noisy)
    found = _nights(server, path, count)
    early, late = found[2:7], found[-5:]
    for field in ("statements", "steps"):
        before, after = (sum(getattr(one, field) for one in few) / len(few) for few in (early, late))
        assert after <= 1.1 * before, f"{field}: {before:.0f} on the first nights, {after:.0f} on the last"
    database = open_for_reading(path)
    (looks,) = database.execute("SELECT count(*) FROM captures WHERE purpose = 'page'").fetchone()
    (revisions,) = database.execute("SELECT count(*) FROM revisions").fetchone()
    database.conn.close()
    assert (looks, revisions) == (count * (_PAGES + 1), _PAGES + 1)


def test_a_later_night_costs_no_more(server: FaultServer, path: Path) -> None:
    """Where nothing but noise changed, no statement of a night grows with the nights before it."""
    _hold(server, path, 30, noisy=True)


@pytest.mark.soak
@pytest.mark.parametrize("noisy", [False, True])
def test_night_365_costs_what_night_2_did(server: FaultServer, path: Path, *, noisy: bool) -> None:
    """The same for a year."""
    _hold(server, path, 365, noisy=noisy)
