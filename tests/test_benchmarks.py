"""The yardsticks measure what they say, on little of it: a table of nothing would be believed."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from benchmarks import bulk, storage
from benchmarks.__main__ import main
from benchmarks._crawl_where import Stopwatch
from benchmarks.corpus import NOISES, Corpus

_WARCIO = pytest.mark.skipif(importlib.util.find_spec("warcio") is None, reason="a peer: pip install '.[bench]'")


@pytest.mark.parametrize("noise", NOISES)
def test_the_site_is_made_up_alike_every_time_and_as_it_is_described(noise: str) -> None:
    """The same bytes from the same seed; noise in every answer or in none; pages of 30 to 80 kB."""
    one, two = (list(Corpus(pages=20, nights=3, noise=noise).captures()) for _ in range(2))
    assert one == two
    bodies = [body for *_, body in one]
    assert (len(set(bodies)) == len(bodies)) == (noise != "none")
    assert all(30_000 < len(body) < 85_000 for body in bodies)


def test_bulk_counts_what_is_there(path: Path) -> None:
    """Keeping and recording both take some time, and every capture is in the archive."""
    keep, record = bulk.write(path, batch=7, pages=5, nights=10)
    assert keep > 0
    assert record > 0


@_WARCIO
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning")
def test_storage_reads_everything_back(tmp_path: Path) -> None:
    """Each store holds every capture and gives it back, and each was measured."""
    stores, count = storage.measure(tmp_path, "tokens", pages=4, nights=12)
    ours, warc, git = stores
    assert count == 48
    assert 0 < max(ours.size, git.size) < warc.size / 4
    assert all(len(store.reads) == 48 and store.cpu > 0 and 0 < store.halfway < store.size for store in stores)


def test_an_unknown_yardstick_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    """A misspelt name is an error with the names that there are."""
    assert main(["lagring"]) == 2
    said = capsys.readouterr().err
    assert all(name in said for name in ("bulk", "diffs", "history", "storage", "truth"))
    assert "corpus" not in said


def test_a_stage_within_another_is_counted_once() -> None:
    """What the inner stage took is not the outer one's too."""
    watch = Stopwatch()
    with watch.stage("outer"), watch.stage("inner"):
        sum(range(200_000))
    assert watch.spent["inner"] > watch.spent["outer"] >= 0
    assert watch.timed("inner", max)(1, 2) == 2
