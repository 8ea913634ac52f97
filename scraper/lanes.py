"""Lanes: hosts side by side, each asked by one thread at a time, their captures given to the one thread that writes.

The queue between them is short: a host that answers fast waits for the archive, and memory does not grow with the run.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from queue import Queue
from threading import Event, Thread
from typing import Protocol, TypeVar

from schemas.capture import Capture

_WAITING_PER_WORKER = 2


class Job(Protocol):
    """Something to fetch."""

    @property
    def host(self) -> str:
        """Host that it is asked of first: no two jobs of one host run at once."""
        ...


J = TypeVar("J", bound=Job)
Take = Callable[[Collection[str]], J | None]
"""Gives the next job whose host is not among those busy; None when there is none for now."""
Given = tuple[J, Capture | None]
"""A job with one of its captures, or with None: the job is done."""


def side_by_side(take: Take[J], visit: Callable[[J], Iterator[Capture]], workers: int) -> Iterator[Given[J]]:
    """Give each capture of each job as it comes, and each job once more with None when it is done.

    With one worker all happens in the caller's thread, in order. `take` is called in the caller's thread, and again
    after each job that is done; when it has nothing and no job runs, that is the end. What a thread raises is raised.
    """
    return _in_turn(take, visit) if workers == 1 else _at_once(take, visit, workers)


def _in_turn(take: Take[J], visit: Callable[[J], Iterator[Capture]]) -> Iterator[Given[J]]:
    while (job := take(())) is not None:
        for capture in visit(job):
            yield job, capture
        yield job, None


def _at_once(take: Take[J], visit: Callable[[J], Iterator[Capture]], workers: int) -> Iterator[Given[J]]:
    results: Queue[tuple[J, Capture | BaseException | None]] = Queue(maxsize=workers * _WAITING_PER_WORKER)
    over = Event()
    busy: set[str] = set()
    try:
        while True:
            while len(busy) < workers and (job := take(busy)) is not None:
                busy.add(job.host)
                # Not waited for when the run is interrupted: what they fetch then is nobody's.
                Thread(target=_work, args=(job, visit, results, over), daemon=True).start()
            if not busy:
                return
            job, result = results.get()
            if isinstance(result, BaseException):
                raise result
            if result is None:
                busy.discard(job.host)
            yield job, result
    finally:
        over.set()
        while not results.empty():
            results.get_nowait()


def _work(
    job: J,
    visit: Callable[[J], Iterator[Capture]],
    results: Queue[tuple[J, Capture | BaseException | None]],
    over: Event,
) -> None:
    try:
        for capture in visit(job):
            results.put((job, capture))
            if over.is_set():
                return
        results.put((job, None))
    except BaseException as error:  # noqa: BLE001 -- handed to the thread that waits for the results
        results.put((job, error))
