"""The yardstick of looking back measures what it says, or stops."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive import history as asked
from benchmarks import history
from benchmarks._past import Shape, built_in_bulk

TINY = Shape(pages=6, nights=12, revisions=4)


def test_it_answers_every_question_with_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    """One line a question, each with a median and, where there is one, the goal."""
    monkeypatch.setattr(history, "_SMALL", TINY)
    monkeypatch.setattr(history, "_ASKED", 10)
    lines = history.run(TINY).splitlines()
    assert lines[0] == "6 pages, 24 revisions, 72 captures"
    told = {line[:50].strip(): line[50:].split() for line in lines[4:]}
    assert set(told) >= set(history._GOALS_MS)
    assert all(float(numbers[0]) > 0 for numbers in told.values())


@pytest.mark.parametrize("name", ["section_rows", "section_list", "section_texts"])
def test_no_answer_or_a_wrong_one_stops_it(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """A question that gives nothing is not measured."""
    monkeypatch.setattr(history, "_compare_writers", lambda _: None)
    monkeypatch.setattr(asked, name, lambda *_: [])
    with pytest.raises(AssertionError):
        history.run(TINY)


def test_rows_that_the_real_writer_would_not_write_stop_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The bulk writer is held against the real one before anything is measured."""

    def wrong(path: Path, shape: Shape) -> None:
        built_in_bulk(path, Shape(pages=shape.pages, nights=shape.nights, revisions=shape.revisions - 1))

    monkeypatch.setattr(history, "_SMALL", TINY)
    monkeypatch.setattr(history, "built_in_bulk", wrong)
    with pytest.raises(AssertionError, match="differs from what the real writer writes"):
        history._compare_writers(tmp_path)
