"""Differences: how long, how much memory and how many words more than need be, beside what others use for it.

Each cell is a process of its own: the best of some goes in processor time, children counted, and the memory that
they added. `× least` is words out and in over the least possible (longest common subsequence). What takes longer than
the box is told as such; a peer that cannot be measured at all fails the table.
"""

from __future__ import annotations

import signal
import subprocess
import sys
from functools import cache
from typing import NamedTuple

import msgspec
from msgspec.structs import replace
from rapidfuzz.distance import Indel

from benchmarks.texts import CASES, pair

NAME = "diffs"
BOX_S = 12.0
"""Seconds of processor time that a tool may take for one text."""
_PATIENCE = 10
"""Times the box that it may take by the clock, on a machine that is busy with other things."""
SIZES = (1_000, 10_000, 100_000)
PEERS = (
    "git patience, word a line", "git --word-diff", "difflib autojunk", "difflib no autojunk", "redlines",
    "diff-match-patch",
)  # fmt: skip
FLOOR = "hash the paragraphs"
OURS = "tidslager, text"
PAGES = "tidslager, page"
_WORST = ("paragraphs shuffled", "words shuffled", "disjoint", "four words")


class Cell(msgspec.Struct, frozen=True):
    """One tool, one pair of texts."""

    ms: float
    megabytes: float
    edits: float | None
    """Words out and in, over the least possible once that is known; None where the tool does not tell words."""
    truncated: bool | None = None


class Goal(NamedTuple):
    """A promise and whether it was kept."""

    text: str
    kept: bool


def run() -> str:
    """Measure all and return the table. Raises AssertionError where a cell could not be measured."""
    cells: dict[tuple[str, str, int], Cell | None] = {}
    tools = (FLOOR, OURS, PAGES, *PEERS)
    todo = [("few", size) for size in SIZES] + [(case, SIZES[-1]) for case in CASES if case != "few"]
    for tool in tools:
        for case, size in todo:
            cells[tool, case, size] = measured(tool, case, size)
    cells[PAGES, "table", 20_000] = measured(PAGES, "table", 20_000)
    assert all(any(cells[tool, "few", size] for size in SIZES) for tool in tools), "a tool was never measured"
    lines = [
        "Differences: processor ms · MB added · × least edits (t: marked truncated)",
        _row("", [_head(*at) for at in todo]),
    ]
    lines += [_row(tool, [_shown(cells[tool, *at]) for at in todo]) for tool in tools]
    lines += [f"table of 20,000 rows, one inserted: {_shown(cells[PAGES, 'table', 20_000])}", ""]
    return "\n".join([*lines, *(f"{'kept  ' if goal.kept else 'MISSED'}  {goal.text}" for goal in goals(cells))])


def measured(tool: str, case: str, size: int) -> Cell | None:
    """One cell; None where the box was too small. Raises AssertionError where the tool failed."""
    command = [sys.executable, "-m", "benchmarks._difference", tool, case, str(size)]
    try:
        done = subprocess.run(command, capture_output=True, timeout=BOX_S * _PATIENCE, check=False)
    except subprocess.TimeoutExpired:
        return None
    if done.returncode in (-signal.SIGXCPU, -signal.SIGKILL):
        return None
    assert done.returncode == 0, f"{tool} on {case}, {size}: {done.stderr.decode()[-500:]}"
    cell = msgspec.json.decode(done.stdout, type=Cell)
    return cell if cell.edits is None else replace(cell, edits=cell.edits / _least(case, size))


@cache
def _least(case: str, size: int) -> int:
    """Fewest words out and in that lead from one text to the other."""
    before, after = pair(case, size)
    return int(Indel.distance(before.split(), after.split()))


def goals(cells: dict[tuple[str, str, int], Cell | None]) -> list[Goal]:
    """What was promised, with the numbers of this run."""
    found = []
    for size in SIZES[1:]:
        floor, few, page = (_cell(cells, tool, "few", size) for tool in (FLOOR, OURS, PAGES))
        for name, cell in (("text", few), ("page", page)):
            ratio = cell.ms / floor.ms
            found.append(Goal(f"{name} of {size} words, few edits: {ratio:.2f} x hashing, at most 1.5", ratio <= 1.5))
        edits = few.edits or 0.0
        found.append(Goal(f"{size} words, few edits: {edits:.2f} x the least edits, at most 1.1", 0.99 < edits <= 1.1))
    for case in _WORST:
        ours, page, git = (_cell(cells, tool, case, SIZES[-1]) for tool in (OURS, PAGES, PEERS[0]))
        found.append(Goal(f"{case}: {ours.ms / git.ms:.2f} x git patience, at most 1", ours.ms <= git.ms))
        found.append(Goal(f"{case}: text {ours.megabytes:.0f} MB, at most 50", ours.megabytes <= 50))
        kept = max(ours.ms, page.ms) < 1000 and max(ours.megabytes, page.megabytes) < 200
        found.append(Goal(f"{case}: text and page under a second and 200 MB", kept))
    table = _cell(cells, PAGES, "table", 20_000)
    found.append(Goal("table, one row inserted: under a second and 200 MB", table.ms < 1000 and table.megabytes < 200))
    return found


def _cell(cells: dict[tuple[str, str, int], Cell | None], tool: str, case: str, size: int) -> Cell:
    cell = cells[tool, case, size]
    assert cell is not None, f"{tool} took longer than {BOX_S} s on {case}, {size}"
    return cell


def _head(case: str, size: int) -> str:
    return f"{size // 1000}k {case}"


def _row(name: str, entries: list[str]) -> str:
    return f"{name:<26}" + "".join(f"{entry:>24}" for entry in entries)


def _shown(cell: Cell | None) -> str:
    if cell is None:
        return f"> {BOX_S:.0f} s"
    edits = "" if cell.edits is None else f" · {cell.edits:.2f}"
    return f"{cell.ms:.3g} · {cell.megabytes:.0f}{edits}{' t' if cell.truncated else ''}"
