"""Power cuts at random moments: with our settings no acknowledged page is lost, and the trial can see when one is."""

from __future__ import annotations

import os
import random
import shutil
from pathlib import Path

import pytest

from tests.acknowledged import broken_promises, goes_on, promises
from tests.power import Event, cut, recorded

pytestmark = pytest.mark.skipif(
    shutil.which("strace") is None and not os.environ.get("CI"), reason="strace is not installed"
)


def _cuts(folder: Path, synchronous: str, looks: int, trials: int) -> tuple[int, int]:
    """Cut the power at random moments of one recorded writing; count cuts that did damage, and promises at stake."""
    events = recorded(folder / "recorded", looks, synchronous)
    assert sum(event.kind == "write" for event in events) > looks
    begun = _first_promise(events)
    damaged = at_stake = 0
    for trial in range(trials):
        rng = random.Random(trial)
        disk = folder / f"cut-{trial}"
        promised = promises(cut(events, rng.randrange(begun, len(events)), rng, disk))
        at_stake += len(promised.kept)
        wrong = broken_promises(disk / "x.db", promised)
        damaged += bool(wrong)
        if synchronous == "FULL":
            assert wrong == [], trial
            if trial % 10 == 0:
                goes_on(disk / "x.db")
        shutil.rmtree(disk)
    return damaged, at_stake


def _first_promise(events: list[Event]) -> int:
    return 1 + next(at for at, event in enumerate(events) if event.kind == "say")


def test_thirty_cuts_lose_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    """With the default settings every promise holds, and the next run goes on."""
    damaged, at_stake = _cuts(tmp_path, "FULL", looks=24, trials=30)
    assert damaged == 0
    assert at_stake >= 30


def test_the_same_trial_sees_damage_where_nothing_is_synced(tmp_path: Path) -> None:
    """With synchronous=OFF pages are lost: a trial that finds nothing there proves nothing above."""
    damaged, _ = _cuts(tmp_path, "OFF", looks=24, trials=10)
    assert damaged >= 5


@pytest.mark.soak
def test_four_hundred_cuts_lose_nothing(tmp_path: Path) -> None:
    """The long suite's trials."""
    assert _cuts(tmp_path / "full", "FULL", looks=80, trials=400)[0] == 0
    assert _cuts(tmp_path / "off", "OFF", looks=80, trials=100)[0] >= 50
