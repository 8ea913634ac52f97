"""A run to be killed: keeps and records pages without end, and says on stdout what has been committed.

`python -m tests.writer ARCHIVE SEED [LOOKS] [SYNCHRONOUS]`. Each line is an acknowledgement: whoever reads it may rely
on it. `kept CAPTURE SHA256`, `recorded CAPTURE`, `finished RUN HEAD`.
"""

from __future__ import annotations

import hashlib
import random
import sys
from itertools import count
from pathlib import Path

from archive.lock import writer_lock
from archive.store import Archive
from schemas.page import Page
from schemas.reading import Reading
from tests.builders import PARSER, begin, capture, night, page, reread, section, written

_PAGES = 5
_LOOKS_A_RUN = 4


def main(path: Path, seed: int, looks: int, synchronous: str) -> None:
    """Write runs of four looks until killed, or until there have been enough looks."""
    rng = random.Random(seed)
    with writer_lock(path), Archive(path) as archive:
        archive.database.execute(f"PRAGMA synchronous = {synchronous}")
        archive.database.execute("PRAGMA wal_autocheckpoint = 50")  # so that checkpoints too are cut into
        first = archive.database.execute("SELECT coalesce(max(id), 0) FROM runs").fetchone()[0]
        done = 0
        for number in count(first + 1):
            run = begin(archive, night(number))
            for left in list(archive.unread("prov")):
                earlier = archive.read(left.id)
                archive.record(left.id, reread(earlier), parser=PARSER, reread=reread)
                _say("recorded", left.id)
            for place in range(_LOOKS_A_RUN):
                _look(archive, run, number, (number * _LOOKS_A_RUN + place) % _PAGES, rng)
                done += 1
                if done == looks:
                    return
            _say("finished", run, archive.finish_run(run, "ok", {}, now=night(number)))


def _look(archive: Archive, run: int, number: int, place: int, rng: random.Random) -> None:
    record = _record(place, rng)
    body = written(record)
    address = f"http://byran.example/sida.{place}.html"
    kept = archive.keep(run, capture(address, at=night(number), body=body, head=b"HTTP/1.1 200 OK\r\n\r\n"))
    _say("kept", kept.id, hashlib.sha256(body).hexdigest())
    archive.record(kept.id, Reading(verdict="page", page=record), parser=PARSER, reread=reread)
    _say("recorded", kept.id)


def _record(place: int, rng: random.Random) -> Page:
    words = [f"ord{rng.randrange(1000)}" for _ in range(40)]
    return page(section("Om", " ".join(words[:20])), section("Mer", " ".join(words[20:])), title=f"Sida {place}")


def _say(*words: object) -> None:
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    defaults = ("1", str(10**9), "FULL")
    given = sys.argv[2:]
    seed, looks, synchronous = (*given, *defaults[len(given) :])
    main(Path(sys.argv[1]), int(seed), int(looks), synchronous)
