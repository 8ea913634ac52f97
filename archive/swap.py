"""Swap: a file takes the place of an archive in one step, or nothing happens. Everything else is in the files' names.

The archive leaves WAL first. That needs it to itself, so nobody else has it open; and no -wal or -shm file of the old
archive is left that a reader of the new one could take for its own. The step is a rename: whoever looks finds the old
file or the new one, whole, whatever happens on the way.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import suppress
from pathlib import Path

from archive.file import plain_errors
from schemas.errors import ArchiveWriteError

_WAIT_S = 2.0


def beside(archive: Path, suffix: str) -> Path:
    """A file beside an archive, named after it."""
    return archive.with_name(archive.name + suffix)


COPY = ".before-"
"""How the name of a copy goes on that this program makes of an archive by itself."""


def copies_beside(archive: Path) -> tuple[Path, ...]:
    """The copies that this program made of an archive before it changed it, and that stand beside it."""
    archive = archive.resolve()
    found = (file for file in archive.parent.iterdir() if file.name.startswith(archive.name + COPY))
    return tuple(sorted(file for file in found if not file.name.endswith(("-wal", "-shm"))))


def swap(new: Path, archive: Path, keep: Path | None) -> None:
    """Put the closed database `new` in the place of `archive`; the old one stays as `keep`, or goes where None.

    Raises ArchiveWriteError, with the archive as it was, when another program has it open or the disk refuses.
    """
    with plain_errors(archive):
        _leave_wal(archive)
    try:
        shutil.copymode(archive, new)
        with suppress(PermissionError):
            os.chown(new, archive.stat().st_uid, archive.stat().st_gid)
        _sync(new)
        if keep is not None:
            keep.hardlink_to(archive)
        new.replace(archive)
        _sync(archive.parent)
    except OSError as error:
        raise ArchiveWriteError(
            f"Cannot put the rebuilt file in the place of {archive} ({error.strerror}): see to the directory and its "
            "rights, then run again."
        ) from error


def remove(database: Path) -> None:
    """Take away a database that is not wanted, with what SQLite keeps beside it."""
    for suffix in ("", "-wal", "-shm", "-journal"):
        beside(database, suffix).unlink(missing_ok=True)


def _leave_wal(archive: Path) -> None:
    connection = sqlite3.connect(archive, timeout=_WAIT_S)
    try:
        connection.execute("PRAGMA journal_mode = DELETE")
    finally:
        connection.close()


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
