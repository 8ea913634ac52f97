"""Acknowledged: what a writer said that it had committed, and whether an archive still has it."""

from __future__ import annotations

import random
from contextlib import closing
from pathlib import Path

import msgspec

from archive.captures import read_capture
from archive.file import open_for_reading
from archive.heads import read_heads
from archive.store import Archive
from archive.verify import verify
from schemas.errors import ArchiveError
from tests.builders import look, page, section


class Promises(msgspec.Struct, frozen=True, kw_only=True):
    """Acknowledgements of `tests.writer`, by what they were."""

    kept: dict[int, str]
    recorded: frozenset[int]
    heads: tuple[str, ...]


def promises(text: str) -> Promises:
    """Read the writer's lines; one that was cut short promised nothing."""
    lines = [line.split() for line in text.split("\n")[:-1]]
    return Promises(
        kept={int(line[1]): line[2] for line in lines if line[0] == "kept"},
        recorded=frozenset(int(line[1]) for line in lines if line[0] == "recorded"),
        heads=tuple(line[2] for line in lines if line[0] == "finished"),
    )


def broken_promises(path: Path, promised: Promises) -> list[str]:
    """What an archive lacks of what was promised, and what is wrong with it; nothing when all is well."""
    try:
        database = open_for_reading(path)
    except ArchiveError as error:
        return [str(error)] if promised.kept or "damaged" in str(error) else []
    with closing(database.conn):
        report = verify(database, path, anchors=promised.heads, rng=random.Random(0))
        found = [finding.text for finding in report.findings]
        there = {n: body.hex() for n, body in database.execute(
            "SELECT c.id, b.sha256 FROM captures c JOIN bodies b ON b.id = c.body_id"
        ).fetchall()}  # fmt: skip
        found += [f"capture {n} is lost" for n, body in promised.kept.items() if there.get(n) != body]
        read = {n for (n,) in database.execute("SELECT capture_id FROM readings").fetchall()}
        found += [f"the record of capture {n} is lost" for n in promised.recorded - read]
        found += [f"capture {n} cannot be read" for n in there if not found and read_capture(database, n).body is None]
    return found


def goes_on(path: Path) -> None:
    """The next run marks what was interrupted, writes the lines of heads that are missing, and leaves all verified."""
    number = 1 + _runs(path)
    with Archive(path) as archive:
        for kept in list(archive.unread("prov")):
            assert archive.read(kept.id).body is not None
        look(archive, number, page(section("Sedan", "det gick vidare")), "http://byran.example/sedan.9.html")
        states = [state for (state,) in archive.database.execute("SELECT status FROM runs ORDER BY id").fetchall()]
        heads = [head.hex() for (head,) in archive.database.execute("SELECT head FROM runs ORDER BY id").fetchall()]
    assert "running" not in states
    assert states[-1] == "ok"
    assert set(heads) <= {line.head for line in read_heads(path)}
    database = open_for_reading(path)
    with closing(database.conn):
        assert verify(database, path, rng=random.Random(0)).findings == ()


def _runs(path: Path) -> int:
    with Archive(path) as archive:
        return int(archive.database.execute("SELECT count(*) FROM runs").fetchone()[0])
