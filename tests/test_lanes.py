"""Hosts side by side."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from threading import Barrier, current_thread

import msgspec
import pytest

from schemas.capture import Capture
from scraper.lanes import side_by_side
from tests.clocks import START


class Errand(msgspec.Struct, frozen=True):
    """One job of a host."""

    host: str
    number: int


def capture(job: Errand) -> Capture:
    return Capture(address=f"http://{job.host}/{job.number}", fetched_at=START, outcome="fetched")


class Line:
    """Errands waiting, given as `side_by_side` wants them."""

    def __init__(self, *errands: Errand) -> None:
        self.waiting = list(errands)

    def take(self, busy: Collection[str]) -> Errand | None:
        """The first whose host is free."""
        job = next((job for job in self.waiting if job.host not in busy), None)
        if job is not None:
            self.waiting.remove(job)
        return job


def test_two_hosts_are_asked_at_once() -> None:
    """Each of two hosts waits for the other to have been asked: only side by side does that end."""
    barrier = Barrier(2)

    def visit(job: Errand) -> Iterator[Capture]:
        barrier.wait(10)
        yield capture(job)

    line = Line(Errand("a", 1), Errand("b", 1))
    given = list(side_by_side(line.take, visit, 2))
    assert {(job.host, found is None) for job, found in given} == {(h, d) for h in "ab" for d in (True, False)}


@pytest.mark.parametrize("workers", [1, 2, 5])
def test_a_host_is_asked_by_one_at_a_time(workers: int) -> None:
    """Jobs of one host follow one another in order, whatever the number of workers; each capture comes once."""
    under_way: list[str] = []

    def visit(job: Errand) -> Iterator[Capture]:
        assert job.host not in under_way
        under_way.append(job.host)
        yield capture(job)
        yield capture(job)
        under_way.remove(job.host)

    line = Line(*(Errand(host, number) for number in range(20) for host in "abc"))
    given = list(side_by_side(line.take, visit, workers))
    for host in "abc":
        numbers = [job.number for job, found in given if job.host == host and found is None]
        assert numbers == list(range(20))
    assert sum(found is not None for _, found in given) == 120


def test_one_worker_is_the_caller() -> None:
    """With one worker there are no threads at all."""

    def visit(job: Errand) -> Iterator[Capture]:
        assert current_thread().name == "MainThread"
        yield capture(job)

    assert len(list(side_by_side(Line(Errand("a", 1)).take, visit, 1))) == 2


@pytest.mark.parametrize("workers", [1, 3])
def test_what_a_worker_raises_is_raised(workers: int) -> None:
    """A fault of ours is not lost in a thread."""

    def visit(job: Errand) -> Iterator[Capture]:
        yield capture(job)
        raise LookupError(job.host)

    with pytest.raises(LookupError, match="a"):
        list(side_by_side(Line(Errand("a", 1)).take, visit, workers))
