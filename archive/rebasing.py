"""Rebasing: bodies written anew, so that what they are based on may leave. Their hashes and sizes stay."""

from __future__ import annotations

from sqlite_utils import Database

from archive.delta import pack
from archive.frames import HOW, Codec, Frame, chain
from schemas.errors import ArchiveError


def rebase_dependents(database: Database, *leaving: int) -> tuple[int, ...]:
    """Write what is based on bodies that are to leave anew, so that they may; return the numbers of what was written.

    Of those that were based on one body the first becomes a key frame and the others are based on it; what had one for
    a helper keeps its base and does without. Each is announced in `rebasings`, keeps its hash and its size, and is read
    back. Call inside the transaction of the redaction, then redact from the highest number down: a body is refused
    while another stands on it. Raises ArchiveError when a body is damaged.
    """
    moved = []
    for number in leaving:
        dependents = database.execute(
            "SELECT id, base FROM bodies WHERE ? IN (base, helper) ORDER BY id", [number]
        ).fetchall()
        home: Frame | None = None
        for dependent, base in dependents:
            if dependent in leaving:
                continue
            frames = chain(database, dependent)
            if base != number:
                _rewrite(database, frames[-1], frames[-2])
            else:
                _rewrite(database, frames[-1], home)
                home = home or frames[-1]
            moved.append(dependent)
    return tuple(moved)


def _rewrite(database: Database, frame: Frame, base: Frame | None) -> None:
    """As a difference from a base, or alone where there is none or that takes no more."""
    ways: list[tuple[bytes, Codec, int | None]] = [(frame.body, "raw", None), (pack(frame.body), "zstd", None)]
    if base is not None:
        ways.append((pack(frame.body, base.body), "delta", base.id))
    data, codec, number = min(ways, key=lambda way: len(way[0]))
    database.execute(
        "INSERT INTO rebasings (body_id, base, helper, codec) SELECT id, base, helper, codec FROM bodies WHERE id = ?",
        [frame.id],
    )
    database.execute(
        "UPDATE bodies SET how = ?, base = ?, helper = NULL, data = ? WHERE id = ?",
        [HOW[codec], number, data, frame.id],
    )
    if chain(database, frame.id)[-1].body != frame.body:
        raise ArchiveError(f"Body {frame.id} could not be written anew: nothing was redacted, report this.")
