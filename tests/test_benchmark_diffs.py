"""The yardstick for differences measures what it says, and says so when it did not."""

from __future__ import annotations

import pytest

from benchmarks import diffs, texts

FAST = diffs.Cell(ms=1.0, megabytes=1.0, edits=1.0)


@pytest.mark.parametrize("tool", [diffs.OURS, "git patience, word a line"])
def test_a_cell_is_time_memory_and_edits(tool: str) -> None:
    """A short text with few edits: some time, and not fewer words out and in than the least possible."""
    cell = diffs.measured(tool, "few", 1000)
    assert cell is not None
    assert cell.ms > 0
    assert cell.edits is not None
    assert 0.98 <= cell.edits <= 1.1


def test_a_tool_that_fails_fails_the_yardstick() -> None:
    """No tool by that name: an error, never an empty cell."""
    with pytest.raises(AssertionError, match="No such tool"):
        diffs.measured("ingen", "few", 1000)


def test_a_goal_needs_its_numbers() -> None:
    """What was not measured in time keeps no promise."""
    cells: dict[tuple[str, str, int], diffs.Cell | None] = {}
    for tool in (diffs.FLOOR, diffs.OURS, diffs.PAGES, *diffs.PEERS):
        for case in (*texts.CASES, "table"):
            cells |= {(tool, case, size): FAST for size in (*diffs.SIZES, 20_000)}
    assert all(goal.kept for goal in diffs.goals(cells))
    cells[diffs.OURS, "disjoint", 100_000] = None
    with pytest.raises(AssertionError, match="took longer"):
        diffs.goals(cells)


def test_the_texts_are_what_they_are_called() -> None:
    """Shuffled ones have the same words, disjoint ones none in common, four words are four; pages have the same."""
    for case in ("paragraphs shuffled", "words shuffled"):
        before, after = texts.pair(case, 2000)
        assert before != after
        assert sorted(before.split()) == sorted(after.split())
    before, after = texts.pair("disjoint", 2000)
    assert set(before.split()).isdisjoint(after.split())
    before, after = texts.pair("four words", 2000)
    assert before != after
    assert set(before.split()) == set(after.split()) == set("abcd")
    page, new_page = texts.page_pair("few", 2000)
    assert len(page.sections) == len(new_page.sections)
    assert page.sections[0] != new_page.sections[0]
