"""One cell of the yardstick `diffs`: `python -m benchmarks._difference TOOL CASE SIZE` prints it as JSON."""

from __future__ import annotations

import difflib
import hashlib
import resource
import subprocess
import sys
import tempfile
import tracemalloc
from collections.abc import Callable
from itertools import count
from pathlib import Path

import msgspec

from archive.diff import diff
from archive.words import word_diff
from benchmarks import diffs, texts
from schemas.page import Page

_GOES = 3
_LEAST_S = 0.1
"""Seconds that a tool is given at the least: what takes less than a millisecond is not measured in three goes."""


def main(tool: str, case: str, size: int) -> None:
    """Measure one tool on one pair of texts; the system ends what takes longer than the box."""
    resource.setrlimit(resource.RLIMIT_CPU, (int(diffs.BOX_S), int(diffs.BOX_S) + 1))
    if tool == diffs.PAGES:
        page, new_page = texts.table_pair(size) if case == "table" else texts.page_pair(case, size)
        cell = _timed(lambda: _page_edits(page, new_page), traced=True)
    else:
        before, after = texts.pair(case, size)
        with tempfile.TemporaryDirectory() as folder:
            cell = _timed(_task(tool, before, after, Path(folder)), traced=tool == diffs.OURS)
    sys.stdout.write(msgspec.json.encode(cell).decode())


def _timed(task: Callable[[], tuple[int | None, bool | None]], *, traced: bool) -> diffs.Cell:
    """The best of some goes, the more the shorter they are.

    What a process takes from memory it freed is not seen from outside: ours is traced too.
    """
    peak = _peak()
    begun = _processor()
    best = 0.0
    for go in count(1):
        start = _processor()
        edits, truncated = task()
        spent = _processor() - start
        best = min(best or spent, spent)
        used = _processor() - begun
        if used > diffs.BOX_S / 4 or (go >= _GOES and used > _LEAST_S):
            break
    assert best > 0, "nothing was measured"
    added = _peak() - peak
    if traced:
        tracemalloc.start()
        task()
        added = max(added, tracemalloc.get_traced_memory()[1] / 1e6)
    return diffs.Cell(best * 1000, added, edits, truncated)


def _processor() -> float:
    ours, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return ours.ru_utime + ours.ru_stime + children.ru_utime + children.ru_stime


def _peak() -> float:
    """Most memory so far, this process or the largest of its children, in MB."""
    return sum(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 1024


def _task(tool: str, before: str, after: str, folder: Path) -> Callable[[], tuple[int | None, bool | None]]:
    if tool.startswith("git"):
        return _git(tool, before, after, folder)
    match tool:
        case diffs.FLOOR:
            return lambda: _hash_all(before, after)
        case diffs.OURS:
            return lambda: _ours(before, after)
        case "difflib autojunk" | "difflib no autojunk":
            return lambda: _difflib(before.split(), after.split(), autojunk=tool == "difflib autojunk")
        case "redlines":
            return lambda: _redlines(before, after)
        case "diff-match-patch":
            return lambda: _diff_match_patch(before, after)
    raise SystemExit(f"No such tool: {tool}.")


def _hash_all(before: str, after: str) -> tuple[None, None]:
    for text in (before, after):
        for paragraph in text.split("\n"):
            hashlib.blake2b(paragraph.encode(), digest_size=16).digest()
    return None, None


def _ours(before: str, after: str) -> tuple[int, bool]:
    found = word_diff(before, after)
    return sum(len(piece.text.split()) for piece in found.pieces if piece.op != "equal"), found.truncated


def _page_edits(before: Page, after: Page) -> tuple[None, bool]:
    changes = diff(before, after)
    assert changes
    return None, any(change.truncated for change in changes)


def _difflib(old: list[str], new: list[str], *, autojunk: bool) -> tuple[int, None]:
    codes = difflib.SequenceMatcher(None, old, new, autojunk=autojunk).get_opcodes()
    return sum(i2 - i1 + j2 - j1 for tag, i1, i2, j1, j2 in codes if tag != "equal"), None


def _redlines(before: str, after: str) -> tuple[int | None, None]:
    from redlines import Redlines

    assert Redlines(before, after).output_markdown
    return None, None


def _diff_match_patch(before: str, after: str) -> tuple[int, None]:
    """On words, each a line to it, without its clock: with one the answer would depend on the machine."""
    from diff_match_patch import diff_match_patch

    matcher = diff_match_patch()
    matcher.Diff_Timeout = 0
    old, new, _ = matcher.diff_linesToChars("\n".join(before.split()) + "\n", "\n".join(after.split()) + "\n")
    return sum(len(text) for op, text in matcher.diff_main(old, new, False) if op), None


def _git(tool: str, before: str, after: str, folder: Path) -> Callable[[], tuple[int | None, None]]:
    by_line = "word a line" in tool
    for name, text in (("before", before), ("after", after)):
        (folder / name).write_text("\n".join(text.split()) + "\n" if by_line else text + "\n", "utf-8")
    options = ["--patience", "-U0"] if by_line else ["--word-diff=porcelain", "-U0"]

    def task() -> tuple[int, None]:
        command = ["git", "diff", "--no-index", "--no-color", *options, "before", "after"]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        lines = [line for line in done.stdout.split("\n")[4:] if line[:1] in ("+", "-")]
        assert lines, done.stderr
        return sum(len(line[1:].split()) for line in lines), None

    return task


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
