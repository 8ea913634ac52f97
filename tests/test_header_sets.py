"""Heads: kept small, read back byte for byte, and let go in order."""

from __future__ import annotations

import random
import sqlite3
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.file import transaction
from archive.header_sets import keep_head, read_head, withhold_head
from archive.redactions import Reason
from archive.store import Archive
from schemas.errors import ArchiveError
from tests.builders import night

REASON = Reason(text="begäran 3/2026", now=night(1))


def head(number: int, **more: str) -> bytes:
    """A head as a server gives it the n-th time: a date, a tag, a session and a length of its own."""
    rng = random.Random(number)
    lines = [
        "HTTP/1.1 200 OK",
        f"date: Sun, 01 Mar 2026 02:{number % 60:02}:07 GMT",
        "Content-Type: text/html;charset=UTF-8",
        f"Content-Length: {rng.randrange(30_000, 80_000)}",
        f'ETag: "{rng.randbytes(8).hex()}"',
        f"Set-Cookie: JSESSIONID={rng.randbytes(16).hex().upper()}; Path=/; Secure; HttpOnly; SameSite=Lax",
        "Cache-Control: no-cache, no-store, must-revalidate",
        "Strict-Transport-Security: max-age=31536000; includeSubDomains",
        *(f"{name}: {value}" for name, value in more.items()),
    ]
    return "\r\n".join((*lines, "", "")).encode()


def keep(archive: Archive, *told: bytes) -> list[int]:
    """Heads, each near the one before."""
    numbers: list[int] = []
    with transaction(archive.database, archive.path):
        for one in told:
            number = keep_head(archive.database, one, tuple(numbers[-1:]))
            assert number is not None
            numbers.append(number)
    return numbers


def test_a_dated_head_costs_what_is_new_in_it(archive: Archive) -> None:
    """The first is whole; each later one takes a third at the most, names the first as its base and reads back."""
    told = [head(n) for n in range(20)]
    numbers = keep(archive, *told)
    assert [read_head(archive.database, number) for number in numbers] == told
    rows = archive.database.execute("SELECT base, size, length(head) FROM header_sets ORDER BY id").fetchall()
    assert [base for base, _, _ in rows] == [None] + [numbers[0]] * 19
    assert all(3 * stored < size for _, size, stored in rows[1:])


def test_a_head_that_is_there_is_not_kept_again(archive: Archive) -> None:
    """Neither a whole one nor a difference; and no head is no row."""
    numbers = keep(archive, head(1), head(2), head(2), head(1))
    assert numbers == [1, 2, 2, 1]
    assert keep_head(archive.database, b"") is None
    assert read_head(archive.database, None) == b""


def test_a_head_like_none_stands_alone(archive: Archive) -> None:
    """What a difference does not halve is whole, and what is too long to be bounded too."""
    other = b"HTTP/1.1 404 Not Found\r\nServer: annan\r\n\r\n"
    endless = head(3, x="y" * 70_000)
    numbers = keep(archive, head(1), other, endless)
    assert archive.database.execute("SELECT count(*) FROM header_sets WHERE base IS NOT NULL").fetchone()[0] == 0
    assert [read_head(archive.database, number) for number in numbers] == [head(1), other, endless]


def test_a_base_leaves_only_after_what_stands_on_it(archive: Archive) -> None:
    """Erasing a head that others are differences from leaves those as they read, and nothing of it but the mark."""
    told = [head(n, **{"X-Person": "Åsa"} if n == 0 else {}) for n in range(4)]
    numbers = keep(archive, *told)
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        archive.database.execute("UPDATE header_sets SET base = NULL WHERE id = 2")
    with transaction(archive.database, archive.path):
        withhold_head(archive.database, numbers[0], REASON)
    assert [read_head(archive.database, number) for number in numbers] == [b"redacted:1", *told[1:]]
    assert archive.database.execute("SELECT id, base FROM header_sets").fetchall() == [
        (1, None), (2, None), (3, 2), (4, 2),
    ]  # fmt: skip
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        archive.database.execute("UPDATE header_sets SET base = NULL WHERE id = 3")
    again = keep(archive, told[0])
    assert read_head(archive.database, again[0]) == told[0]


def test_damage_is_found(archive: Archive) -> None:
    """A difference that no longer says a head of its length is an error, never another head."""
    numbers = keep(archive, head(1), head(2))
    archive.database.execute("DROP TRIGGER header_sets_no_update")
    for change in ("size = size + 1", "head = x'00'", "base = NULL"):
        archive.database.execute("SAVEPOINT harm")
        archive.database.execute(f"UPDATE header_sets SET {change} WHERE id = ?", [numbers[1]])
        with pytest.raises(ArchiveError, match="Head 2 is damaged"):
            read_head(archive.database, numbers[1])
        archive.database.conn.rollback()


@settings(max_examples=15, deadline=None)
@given(
    told=st.lists(st.binary(min_size=1, max_size=300) | st.integers(0, 9).map(head), min_size=1, max_size=12),
    rng=st.randoms(use_true_random=False),
)
def test_any_heads_come_back(told: list[bytes], rng: random.Random) -> None:
    """Whatever bytes they are, whatever they are near, and whichever of them leave afterwards."""
    with TemporaryDirectory() as folder, Archive(Path(folder) / "x.db") as archive_:
        numbers = keep(archive_, *told)
        leaving = set(rng.sample(numbers, rng.randint(0, len(numbers))))
        with transaction(archive_.database, archive_.path):
            for number in leaving:
                withhold_head(archive_.database, number, REASON)
        for number, one in zip(numbers, told, strict=True):
            kept = read_head(archive_.database, number)
            assert kept == (b"redacted:%d" % number if number in leaving else one)
