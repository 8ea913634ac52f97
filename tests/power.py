"""Power cuts: what a program wrote and synced, recorded with strace, and the disk as a cut at any moment leaves it.

What was synced before the cut is on the disk. Of what was written to a file since its last sync, any part may be: each
sector of 512 bytes by itself. Creating and removing a file counts as done at once; a drive that lies about syncing is
not modelled.
"""

from __future__ import annotations

import random
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal

import msgspec

ROOT = Path(__file__).parent.parent
_SECTOR = 512
_CALLS = "openat,write,pwrite64,pwritev,writev,fsync,fdatasync,ftruncate,unlink,unlinkat,rename,link"
_CALL = re.compile(
    r"(?P<name>\w+)\((?:AT_FDCWD(?:<[^>]*>)?, )?(?:(?P<fd>\d+)<(?P<file>[^>]*)>|\"(?P<path>[^\"]*)\")"
    r"(?:, (?P<rest>.*))?\)\s+= (?P<result>-?\d+)"
)


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that a program did to a file, or said."""

    kind: Literal["write", "sync", "truncate", "remove", "say"]
    file: str = ""
    data: bytes = b""
    at: int = 0


def recorded(folder: Path, looks: int, synchronous: str) -> list[Event]:
    """Run the writer under strace in a folder of its own; return what it did."""
    trace = folder / "trace"
    archive = folder / "disk" / "x.db"
    archive.parent.mkdir(parents=True)
    command = [
        "strace", "-f", "-y", "-xx", "-s", "10000000", "-e", f"trace={_CALLS}", "-e", "signal=none", "-o", str(trace),
        sys.executable, "-m", "tests.writer", str(archive), "7", str(looks), synchronous,
    ]  # fmt: skip
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE)
    return list(_events(trace.read_text("latin-1").splitlines(), archive.parent))


def _events(lines: Iterable[str], disk: Path) -> Iterator[Event]:
    ends: dict[str, int] = {}
    for line in lines:
        match = _CALL.search(line)
        if match is None or int(match["result"]) < 0:
            continue
        name = match["name"]
        file = Path(_plain(match["file"] or match["path"] or "").decode())
        if name == "write" and match["fd"] == "1":
            yield Event(kind="say", data=_data(match["rest"]))
        elif file.parent == disk and not file.name.endswith("-shm"):
            yield from _file_event(name, file.name, match["rest"] or "", ends)


def _file_event(name: str, file: str, rest: str, ends: dict[str, int]) -> Iterator[Event]:
    if name in ("pwrite64", "write"):
        data = _data(rest)
        # Only the file of heads and the lock are written without an offset, and those only at their end.
        at = int(rest.rpartition(", ")[2], 0) if name == "pwrite64" else ends.get(file, 0)
        ends[file] = max(ends.get(file, 0), at + len(data))
        yield Event(kind="write", file=file, data=data, at=at)
    elif name in ("fsync", "fdatasync"):
        yield Event(kind="sync", file=file)
    elif name == "ftruncate":
        ends[file] = int(rest, 0)
        yield Event(kind="truncate", file=file, at=int(rest, 0))
    elif name in ("unlink", "unlinkat"):
        ends.pop(file, None)
        yield Event(kind="remove", file=file)
    elif name != "openat":
        raise AssertionError(f"the harness does not know what {name} does")


def _data(rest: str) -> bytes:
    match = re.match(r'"([^"]*)"(?!\.)', rest)
    assert match is not None, rest[:80]
    return _plain(match[1])


def _plain(text: str) -> bytes:
    return bytes.fromhex(text.replace("\\x", "")) if text.startswith("\\x") else text.encode("latin-1")


def cut(events: list[Event], moment: int, rng: random.Random, disk: Path) -> str:
    """Write the files as a cut before event `moment` leaves them; return what the program had said by then."""
    files, pending = _on_disk(events[:moment])
    share = rng.random()
    for event in (event for unsynced in pending.values() for event in unsynced):
        for one in _sectors(event):
            if rng.random() < share:
                _do(files, one)
    disk.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (disk / name).write_bytes(data)
    return b"".join(event.data for event in events[:moment] if event.kind == "say").decode()


def _on_disk(events: list[Event]) -> tuple[dict[str, bytearray], dict[str, list[Event]]]:
    """What must be on the disk after events, and what may be, by file."""
    files: dict[str, bytearray] = {}
    pending: dict[str, list[Event]] = {}
    for event in events:
        if event.kind == "sync":
            for one in pending.pop(event.file, []):
                _do(files, one)
        elif event.kind == "remove":
            files.pop(event.file, None)
            pending.pop(event.file, None)
        elif event.kind != "say":
            files.setdefault(event.file, bytearray())
            pending.setdefault(event.file, []).append(event)
    return files, pending


def _sectors(event: Event) -> Iterator[Event]:
    """A write as the drive may tear it."""
    if event.kind != "write":
        yield event
        return
    at, data = event.at, event.data
    while data:
        room = _SECTOR - at % _SECTOR
        yield Event(kind="write", file=event.file, data=data[:room], at=at)
        at, data = at + room, data[room:]


def _do(files: dict[str, bytearray], event: Event) -> None:
    data = files.setdefault(event.file, bytearray())
    if event.kind == "truncate":
        del data[event.at :]
        data.extend(bytes(event.at - len(data)))
    else:
        data.extend(bytes(max(0, event.at - len(data))))
        data[event.at : event.at + len(event.data)] = event.data
