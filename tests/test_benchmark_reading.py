"""The yardstick of reading measures every part and its peers, on few pages."""

from __future__ import annotations

from benchmarks.reading import corpora, measure, table


def test_every_part_of_reading_takes_time() -> None:
    """Each row is measured, the whole takes longer than lexbor's parse in it, and the table names them all."""
    for name, captures in corpora(2).items():
        seconds = measure(captures, rounds=1)
        assert min(seconds.values()) >= 0
        assert seconds["reading, the whole"] > seconds["lexbor's parse alone"] > 0
        text = table(name, captures, seconds)
        assert all(part in text for part in seconds)
