"""Backup: a whole copy of an archive beside a writer, verified before it gets its name."""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path
from random import Random

from msgspec.structs import replace

from archive.file import copy_whole, open_for_reading, plain_errors
from archive.form import MARK, mark_of
from archive.verify import EVIDENCE_CHECKS, Report, verify
from schemas.errors import ArchiveWriteError


def back_up(path: Path, target: Path, rng: Random) -> Report:
    """Write the archive as it is at this moment to `target`, and verify the copy. What is found wrong is in the report.

    Of an archive that another version made, the evidence is verified: what is derived is as that version made it.

    The copy gets its name when it is whole, verified and on the disk; a file that is there is never written over.
    Raises ArchiveWriteError when it cannot be written.
    """
    if target.exists():
        raise ArchiveWriteError(f"{target} is there already and was left as it is: name another file.")
    half = target.with_name(f"{target.name}.part-{os.getpid()}")
    try:
        half.touch()  # of a place where nothing can be written SQLite would speak as of the archive
        report = _copied(path, half, target, rng)
    except OSError as error:
        raise ArchiveWriteError(
            f"Cannot write {target} ({error.strerror}): see to its directory, its rights and room."
        ) from error
    return report


def _copied(path: Path, half: Path, target: Path, rng: Random) -> Report:
    """Fill the empty file `half`, and give it the name `target` if nothing is found wrong."""
    try:
        copy_whole(path, half)
        report = _verified(half, rng)
        if not report.findings:
            _to_disk(half)
            _named(half, target)
    finally:
        half.unlink(missing_ok=True)
    return report


def _verified(file: Path, rng: Random) -> Report:
    copy = open_for_reading(file, older=True)
    with closing(copy.conn), plain_errors(file):
        report = verify(copy, file, rng=rng)
        if mark_of(copy) == MARK:
            return report
        return replace(report, findings=tuple(one for one in report.findings if one.check in EVIDENCE_CHECKS))


def _to_disk(file: Path) -> None:
    with file.open("rb") as data:
        os.fsync(data.fileno())


def _named(half: Path, target: Path) -> None:
    """Give the copy its name, unless somebody has taken it in the meantime."""
    try:
        os.link(half, target)
    except FileExistsError:
        raise ArchiveWriteError(f"{target} is there already and was left as it is: name another file.") from None
    directory = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
