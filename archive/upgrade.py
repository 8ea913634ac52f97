"""Upgrade: an archive of another version is copied, the copy verified, and its evidence read into today's tables."""

from __future__ import annotations

import hashlib
from contextlib import closing
from datetime import datetime
from pathlib import Path
from random import Random

from sqlite_utils import Database

from archive.backup import back_up
from archive.file import open_for_reading, plain_errors
from archive.form import MARK, evidence_columns, is_empty, mark_of
from archive.rebuild import LookReader, Recogniser, Watch, rebuild
from archive.swap import COPY, beside
from schemas.errors import ArchiveWriteError


def upgrade(
    path: Path,
    read: LookReader,
    *,
    parser: str,
    now: datetime,
    recognise: Recogniser,
    watch: Watch = lambda *_: None,
) -> Path | None:
    """See that an archive is of today's form; return the copy that was made before it was changed, None for none.

    `read` is today's reader, `parser` its version. Hold the writer's lock. Whatever stops it, the archive is as it was.
    Raises ArchiveWriteError when what is to be upgraded is damaged, and what `rebuild` raises.
    """
    if not path.exists() or not path.stat().st_size:
        return None
    database = open_for_reading(path, older=True)
    with closing(database.conn), plain_errors(path):
        mark = mark_of(database)
        if mark == MARK or is_empty(database):
            return None
        state = _state(database)
    copy = _copied(path, f"{mark}-{state}")
    rebuild(path, read, parser=parser, now=now, watch=watch, recognise=recognise)
    return copy


def _state(database: Database) -> str:
    """Eight digits that tell what a file keeps from what it kept before: evidence is only ever added to."""
    tables = evidence_columns(database)
    counts = {table: database.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables}
    newest = database.execute("SELECT * FROM runs ORDER BY id DESC LIMIT 1").fetchone()
    return hashlib.sha256(repr((counts, newest)).encode()).hexdigest()[:8]


def _copied(path: Path, name: str) -> Path:
    target = beside(path.resolve(), f"{COPY}upgrade-{name}")
    if target.exists():
        # An upgrade of the same evidence that did not come to its end: the copy of then is as good as another.
        return target
    report = back_up(path, target, Random())  # noqa: S311 -- all is looked at, nothing is chosen
    if report.findings:
        raise ArchiveWriteError(
            f"{path} has to be upgraded, and is damaged: {report.findings[0].text} Nothing was changed: restore it "
            "from a backup, or see what the version that wrote it says with `tidslager verify`."
        )
    return target
