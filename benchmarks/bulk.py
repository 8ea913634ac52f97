"""Bulk: captures kept and recorded in batches, as an import does it, beside one by one and beside writing WARC.gz."""

from __future__ import annotations

import io
import time
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from archive.store import Archive
from benchmarks.corpus import Corpus
from schemas.capture import Capture
from schemas.page import Page
from schemas.reading import Reading
from schemas.site import Site

NAME = "bulk"
PAGES, NIGHTS = 100, 60
BATCH = 500
_GOAL = 500  # captures kept and recorded in a second of CPU
_SITE = Site(name="byran", start=("https://byran.example/sidor/1.html",))


def run() -> str:
    """Measure; return the table. Raises AssertionError when captures are not there."""
    with TemporaryDirectory(prefix="tidslager-bench-") as folder:
        warc = _write_warc(Path(folder) / "bulk.warc.gz")
        singly = write(Path(folder) / "singly.db", batch=1)
        batched = write(Path(folder) / "batched.db", batch=BATCH)
    count = PAGES * NIGHTS
    rows = (("one by one", singly), (f"in batches of {BATCH}", batched), ("WARC.gz (warcio), kept only", (warc, 0.0)))
    lines = [f"bulk ({count} captures)", f"{'way':<30}{'keep ms':>9}{'record ms':>11}{'captures/CPU s':>16}"]
    for name, (keep, record) in rows:
        lines.append(
            f"{name:<30}{1000 * keep / count:>9.2f}{1000 * record / count:>11.2f}{count / (keep + record):>16.0f}"
        )
    met = count / sum(batched) >= _GOAL
    return "\n".join((*lines, f"The goal of {_GOAL} captures in a second of CPU is {'met' if met else 'missed'}."))


def write(path: Path, *, batch: int, pages: int = PAGES, nights: int = NIGHTS) -> tuple[float, float]:
    """Keep and record a corpus; return the seconds of CPU that each took, commits counted with keeping."""
    corpus = Corpus(pages=pages, nights=nights)
    keeping = recording = 0.0
    told = 0
    waiting: list[tuple[int, Capture, Page]] = []
    runs: dict[int, int] = {}
    with Archive(path) as archive:
        for night, page, when, body in corpus.captures():
            if night not in runs:
                runs[night] = archive.begin_run(_SITE, version="0", now=when)
            waiting.append((runs[night], _capture(page, when, body), corpus.record(page)))
            told += 1
            if len(waiting) == batch or told == pages * nights:
                kept, recorded = _flush(archive, waiting)
                keeping, recording = keeping + kept, recording + recorded
                waiting = []
        tables = ("captures", "readings")
        assert [archive.database.table(name).count for name in tables] == [told] * 2, "not all captures are there"
        assert archive.database.table("changes").count >= nights, "no edit was noticed"
    return keeping, recording


def _flush(archive: Archive, waiting: list[tuple[int, Capture, Page]]) -> tuple[float, float]:
    recording = 0.0
    began = time.process_time()
    with archive.batch():
        for run, capture, record in waiting:
            kept = archive.keep(run, capture)
            before = time.process_time()
            archive.record(kept.id, Reading(verdict="page", page=record), parser="1", reread=_never)
            recording += time.process_time() - before
    return time.process_time() - began - recording, recording


def _never(_: Capture) -> Reading:
    raise AssertionError("the parser did not change: nothing is read again")


def _capture(page: int, when: datetime, body: bytes) -> Capture:
    return Capture(
        address=f"https://byran.example/sidor/{page}.html", fetched_at=when, outcome="fetched", status=200,
        request=f"GET /sidor/{page}.html HTTP/1.1\r\nHost: byran.example\r\n\r\n".encode(),
        head=f"HTTP/1.1 200 OK\r\nDate: {when:%a, %d %b %Y %H:%M:%S} GMT\r\n\r\n".encode(), body=body,
    )  # fmt: skip


def _write_warc(path: Path) -> float:
    """Seconds of CPU that the peer takes for the same bodies."""
    from warcio.statusandheaders import StatusAndHeaders
    from warcio.warcwriter import WARCWriter

    spent = 0.0
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        for _, page, when, body in Corpus(pages=PAGES, nights=NIGHTS).captures():
            began = time.process_time()
            record = writer.create_warc_record(
                f"https://byran.example/sidor/{page}.html", "response", payload=io.BytesIO(body),
                http_headers=StatusAndHeaders("200 OK", [("Date", f"{when}")], protocol="HTTP/1.1"),
            )  # fmt: skip
            writer.write_record(record)
            spent += time.process_time() - began
    assert path.stat().st_size > PAGES * NIGHTS, "the peer wrote nothing"
    return spent
