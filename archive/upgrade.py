"""Before an archive is opened for writing: it is where it was, and what an upgrade changes has been copied first."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from random import Random

from archive.backup import back_up
from archive.file import open_for_reading, plain_errors, refuse_foreign
from archive.heads import heads_file, read_heads
from archive.migrations import migrations
from schemas.errors import ArchiveError, ArchiveWriteError
from schemas.finding import Check

_OF_AN_OLDER_ONE: tuple[Check, ...] = ("file", "references", "chain", "body", "heads")
"""Checks that hold for an archive whose tables are not yet today's."""


def prepare(path: Path) -> Path | None:
    """See that an archive may be opened for writing; return the copy that was made before an upgrade, None for none.

    Raises ArchiveError when the archive is gone and its heads are not, or when what is to be upgraded is damaged.
    """
    refuse_foreign(path)
    refuse_vanished(path)
    if not path.exists() or not path.stat().st_size:
        return None
    version = _older(path)
    return None if version is None else _copied(path, version)


def refuse_vanished(path: Path) -> None:
    """Refuse to begin a new archive beside the heads of one that was there. Raises ArchiveError."""
    if not path.exists() and read_heads(path):
        raise ArchiveError(
            f"The archive {path} is gone, but its heads are here: it was moved or taken away. "
            f"Put it back, name it with --archive, or move {heads_file(path).name} away to begin a new one."
        )


def _older(path: Path) -> int | None:
    """How many upgrades an archive has had; None where it is today's, or was never made."""
    database = open_for_reading(path, older=True)
    with closing(database.conn), plain_errors(path):
        applied, pending = len(migrations.applied(database)), len(migrations.pending(database))
    return applied if applied and pending else None


def _copied(path: Path, version: int) -> Path:
    target = path.with_name(f"{path.name}.before-upgrade-{version}")
    if target.exists():
        # An upgrade that did not come to its end: the copy of then is as good as another.
        return target
    report = back_up(path, target, Random(), checks=_OF_AN_OLDER_ONE)  # noqa: S311 -- all is looked at
    if report.findings:
        raise ArchiveWriteError(
            f"{path} has to be upgraded, and is damaged: {report.findings[0].text} Nothing was changed: restore it "
            "from a backup, or see what the version that wrote it says with `tidslager verify`."
        )
    return target
