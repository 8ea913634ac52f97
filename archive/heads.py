"""The file of heads, `<archive>.heads`: one line a run, outside the database, only ever appended to.

A line has five fields with a tab between them: head, run, site, when it finished, version of the tool. The line is
written after the run's commit; what a crash in between left out, the next run adds. Copy the file, or its last line, to
a place that whoever can write to the archive cannot: a head is worth as much as the place it is kept in.
"""

from __future__ import annotations

import os
import re
from itertools import takewhile
from pathlib import Path

import msgspec
from sqlite_utils import Database

from schemas.errors import ArchiveError, ArchiveWriteError

_LINE = re.compile(r"([0-9a-f]{64})\t(\d+)\t([^\t]+)\t([^\t]+)\t([^\t]+)")


class HeadLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the file."""

    head: str
    run: int


def heads_file(archive: Path) -> Path:
    """Where the heads of an archive are written."""
    return archive.with_name(archive.name + ".heads")


def read_heads(archive: Path) -> tuple[HeadLine, ...]:
    """Whole lines of the file, in order; none when there is no file. A line that a crash cut short is passed over."""
    try:
        text = heads_file(archive).read_text("utf-8", "replace")
    except FileNotFoundError:
        return ()
    found = (_LINE.fullmatch(line) for line in text.split("\n"))
    return tuple(HeadLine(head=match[1], run=int(match[2])) for match in found if match)


def refuse_vanished(archive: Path) -> None:
    """Refuse to begin a new archive beside the heads of one that was there. Raises ArchiveError."""
    if not archive.exists() and read_heads(archive):
        raise ArchiveError(
            f"The archive {archive} is gone, but its heads are here: it was moved or taken away. "
            f"Put it back, name it with --archive, or move {heads_file(archive).name} away to begin a new one."
        )


def complete_heads(database: Database, archive: Path) -> None:
    """Append the lines of the newest sealed runs that have none yet, and see them to the disk.

    Raises ArchiveWriteError when that cannot be done.
    """
    path = heads_file(archive)
    try:
        known = {line.head for line in read_heads(archive)}
        rows = database.execute(
            "SELECT lower(hex(head)), id, site, finished_at, tool_version FROM runs WHERE head IS NOT NULL"
            " ORDER BY id DESC"
        )
        # The newest first, up to one that is there: a line is missing only since a crash, and then of the last runs.
        missing = ["\t".join(map(str, row)) + "\n" for row in takewhile(lambda row: row[0] not in known, rows)]
        if missing:
            _append(path, "".join(reversed(missing)))
    except OSError as error:
        raise ArchiveWriteError(
            f"Cannot write {path} ({error.strerror}): see to its rights and to room on the disk. The runs themselves "
            "are kept; the next run writes the lines that are missing."
        ) from error


def _append(path: Path, text: str) -> None:
    new = not path.exists()
    with path.open("ab+") as file:
        if file.tell():
            file.seek(-1, os.SEEK_END)
            if file.read(1) != b"\n":
                text = "\n" + text  # the line before was cut short: it stays, and is passed over
        file.write(text.encode())
        file.flush()
        os.fsync(file.fileno())
    if new:
        directory = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)
