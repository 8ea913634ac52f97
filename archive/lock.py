"""One writer at a time: a lock on a file beside the archive, which the system lets go when its holder dies.

The archive file itself is never locked this way: closing any descriptor of it would drop SQLite's own locks. Local
disks only; network file systems do not keep such locks.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from schemas.errors import ArchiveWriteError, LockedError


@contextmanager
def writer_lock(archive: Path) -> Iterator[None]:
    """Hold the archive's writer lock.

    Raises LockedError, naming the holder's process, when another run holds it, and ArchiveWriteError when the lock
    file cannot be written.
    """
    path = archive.with_name(archive.name + ".lock")
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise ArchiveWriteError(
            f"Cannot write beside {archive} ({error.strerror}): see to the directory and its rights, "
            "or name another archive with --archive."
        ) from error
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(descriptor, 32, 0).decode("ascii", "replace").strip() or "unknown"
            raise LockedError(
                f"Another run is writing to {archive} (process {holder}): wait until it has ended and try again."
            ) from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        # The file stays: taking it away would let a third run lock another file by the same name.
        os.close(descriptor)
