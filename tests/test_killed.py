"""kill -9 at random moments: what was acknowledged is there, whole, and the next run goes on."""

from __future__ import annotations

import os
import random
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from archive.file import open_for_reading
from archive.verify import verify
from tests.acknowledged import broken_promises, goes_on, promises

ROOT = Path(__file__).parent.parent


def _killed(path: Path, seed: int) -> str:
    """Let a writer write and kill it at a random moment after its first words; return what it had said."""
    rng = random.Random(seed)
    command = [sys.executable, "-m", "tests.writer", str(path), str(seed)]
    writer = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, bufsize=0)
    assert writer.stdout is not None
    said = b""
    while b"kept" not in said.rpartition(b"\n")[0]:
        assert select.select([writer.stdout], [], [], 60)[0], "the writer kept nothing"
        said += os.read(writer.stdout.fileno(), 4096)
    time.sleep(rng.uniform(0, 0.15))
    writer.send_signal(signal.SIGKILL)
    said += writer.stdout.read()
    assert writer.wait() == -signal.SIGKILL
    writer.stdout.close()
    return said.decode()


def _trials(folder: Path, seeds: range) -> int:
    """Kill one writer after the other, each at an archive that others were killed at before; count what they said."""
    acknowledged = 0
    path = folder / "fresh.db"
    for seed in seeds:
        if seed % 5 == 0:
            path = folder / f"{seed}.db"
        promised = promises(_killed(path, seed))
        assert promised.kept, "nothing was acknowledged: the trial proves nothing"
        acknowledged += len(promised.kept)
        assert broken_promises(path, promised) == []
    goes_on(path)
    return acknowledged


def test_twenty_kills_lose_nothing(tmp_path: Path) -> None:
    """Every acknowledged capture and record is there, no half page, and the archive verifies."""
    assert _trials(tmp_path, range(20)) >= 20


@pytest.mark.soak
def test_two_hundred_kills_lose_nothing(tmp_path: Path) -> None:
    """The long suite's trials."""
    assert _trials(tmp_path, range(1000, 1200)) >= 200


def test_a_reader_beside_the_writer_reads_whole_pages(path: Path) -> None:
    """Every read while a run is writing is consistent, from its first look to its last."""
    command = [sys.executable, "-m", "tests.writer", str(path), "1", "120"]
    writer = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)
    assert writer.stdout is not None
    assert writer.stdout.readline()
    reads, seen = 0, set()
    while writer.poll() is None:
        select.select([writer.stdout], [], [], 0.02)
        writer.stdout.read1()  # type: ignore[attr-defined]
        database = open_for_reading(path)
        database.conn.execute("BEGIN")
        report = verify(database, path, rng=random.Random(reads))
        # The line of a head follows its commit: a reader that began in between may meet a line that it cannot know.
        assert [finding for finding in report.findings if finding.check != "heads"] == []
        seen.add(report.captures)
        reads += 1
        database.conn.close()
    writer.stdout.close()
    assert writer.returncode == 0
    assert reads >= 5
    assert len(seen) >= 3
