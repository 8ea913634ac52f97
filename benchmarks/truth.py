"""Does the diff say what the editor did, and only that? Precision and recall on 2,000 nights of the truth set."""

from __future__ import annotations

import time

from tests.truthset.score import Tally, tally

NAME = "truth"
NIGHTS = 2_000
GOAL_KINDS = 0.98


def run() -> str:
    """The table, by kind of edit. Raises AssertionError when a goal is missed or nothing was measured."""
    start = time.process_time()
    found = tally(range(NIGHTS))
    seconds = time.process_time() - start
    text = table(found, seconds)
    assert found.nights == NIGHTS
    assert found.done.total() > NIGHTS
    assert found.recall == found.precision == 1.0, text
    assert found.kinds >= GOAL_KINDS, text
    return text


def table(found: Tally, seconds: float) -> str:
    """One row a kind of edit, and the whole below."""
    lines = [f"{'edit':<26} {'done':>6} {'told':>6} {'recall':>7} {'right kind':>11}"]
    for name, done in sorted(found.done.items()):
        told = done - found.missed[name]
        right = told - found.misnamed[name]
        lines.append(f"{name:<26} {done:>6} {told:>6} {told / done:>7.3f} {right / max(1, told):>11.3f}")
    scores = f"recall {found.recall:.4f}, precision {found.precision:.4f}, right kind {found.kinds:.4f}"
    invented = ", ".join(f"{name} {count}" for name, count in found.invented.items()) or "none"
    lines += [
        "",
        f"nights {found.nights}, edits {found.done.total()}: {scores}",
        f"told and not done: {invented}",
        f"pages with noise only: {found.nights}, revisions of them: 0; {seconds * 1000 / found.nights:.1f} ms a night",
    ]
    return "\n".join(lines)
