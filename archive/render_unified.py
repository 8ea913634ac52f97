"""Unified: changes as plain text in the manner of `diff -u`, a heading path where diff has line numbers. Pure.

Each line of the page text stands by itself behind "-", "+" or a space, so that nothing in it can be taken for a mark.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from archive.excerpt import shown_safely
from archive.phrases import hidden_line, phrase, shown
from archive.runs import Run, equal_runs
from archive.told import Told
from schemas.change import Change

CONTEXT = 3
"""Unchanged lines that stay on each side of an edit unless told otherwise."""


def render_unified(comparisons: Iterable[Told], *, context: int = CONTEXT, show_all: bool = False) -> str:
    """Return the comparisons as unified text, ending in a line feed; "" for none."""
    return "".join(line + "\n" for told in comparisons for line in _lines(told, context, show_all=show_all))


def _lines(told: Told, context: int, *, show_all: bool) -> Iterator[str]:
    title = _one_line(told.title)
    yield f"--- {title}\trevision {told.before}"
    yield f"+++ {title}\trevision {told.after}"
    yield f"# {_one_line(told.address)}"
    yield f"# {told.heading}"
    for change in shown(told.changes, show_all=show_all):
        happened = " · ".join(filter(None, (_one_line(change.where), _one_line(phrase(change, remarks=True)))))
        yield f"@@ {happened} @@"
        yield from _hunk(change, context)
    hidden = hidden_line(told.changes, show_all=show_all)
    if hidden:
        yield f"# {hidden}"


def _one_line(text: str) -> str:
    return " ".join(shown_safely(text).split())


def _hunk(change: Change, context: int) -> Iterator[str]:
    before, after = _split(change.before), _split(change.after)
    runs, _ = equal_runs(before, after)
    i = j = 0
    for run in [*runs, Run(len(before), len(after), 0)]:
        yield from (f"-{line}" for line in before[i : run.before])
        yield from (f"+{line}" for line in after[j : run.after])
        i, j = run.before + run.size, run.after + run.size
        first, last = run.before == run.after == 0, (i, j) == (len(before), len(after))
        yield from _folded(before[run.before : i], 0 if first and not last else context, 0 if last else context)


def _split(text: str | None) -> list[str]:
    return [] if text is None else shown_safely(text).split("\n")


def _folded(lines: Sequence[str], head: int, tail: int) -> Iterator[str]:
    """Unchanged lines, the middle of many told by its number."""
    left_out = len(lines) - head - tail
    if left_out <= 1:
        yield from (f" {line}" for line in lines)
        return
    yield from (f" {line}" for line in lines[:head])
    yield f"# {left_out} lines as before"
    yield from (f" {line}" for line in lines[len(lines) - tail :])
