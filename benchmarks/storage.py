"""Storage: the same captures as an archive of ours, as WARC.gz (warcio) and as a git repository after gc --aggressive.

What is counted: of the archive, the pages of the file that hold bodies, templates and dictionaries with their indexes,
hashes and page overhead; what captures, heads and addresses take beside them is told apart. Of WARC.gz, the file,
without the CDX index that reading it needs; of git, the pack and its index, without working tree and logs. The row
"without names" leaves out our hashes and their index too, to be compared with a WARC that has none.
"""

from __future__ import annotations

import hashlib
import io
import random
import statistics
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from archive.store import Archive
from benchmarks.corpus import NOISES, Corpus
from schemas.capture import Capture
from schemas.site import Site

NAME = "storage"
PAGES, NIGHTS = 100, 60
_READS = 1_000
_GOALS = {"warc": 1 / 35, "git": 0.6, "further": 1 / 80, "read_ms": 1.0, "write_ms": 1.5}
_SITE = Site(name="byran", start=("https://byran.example/sidor/1.html",))


@dataclass
class Store:
    """What one way of storing cost."""

    name: str
    size: int = 0
    """Bytes after the last night."""
    halfway: int = 0
    """Bytes after half of the nights; 0 when it was not measured."""
    cpu: float = 0.0
    """Seconds of CPU to write, child processes too."""
    names: int = 0
    """Of these bytes, those of the bodies' hashes and their index; and of those after half of the nights."""
    names_halfway: int = 0
    heads: int = 0
    """Bytes of the heads of requests and answers, and of those after half of the nights. A WARC has those of answers,
    git none."""
    heads_halfway: int = 0
    reads: list[float] = field(default_factory=list)
    """Milliseconds of each read, the median of five."""
    notes: str = ""

    def p(self, share: float) -> float:
        """Reading time that this share of the reads keeps within, milliseconds."""
        return statistics.quantiles(self.reads, n=100)[round(share * 100) - 1] if self.reads else float("nan")


def run() -> str:
    """Measure the three corpora; return the table. Raises AssertionError when something was not measured.

    A goal that is missed is said below the tables.
    """
    tables, missed = [], []
    for noise in NOISES:
        with TemporaryDirectory(prefix="tidslager-bench-") as folder:
            stores, count = measure(Path(folder), noise)
        tables.append(_table(noise, stores, count))
        missed += _missed(noise, stores, count)
    verdict = "Missed: " + "; ".join(missed) if missed else "All goals are met."
    return "\n\n".join((*tables, verdict))


def measure(folder: Path, noise: str, *, pages: int = PAGES, nights: int = NIGHTS) -> tuple[list[Store], int]:
    """Write one corpus into each store, read it back byte for byte; return the stores and the number of captures."""
    stores = []
    counts = set()
    for write in (_write_archive, _write_warc, _write_git):
        corpus = Corpus(pages=pages, nights=nights, noise=noise)
        store, count = write(folder, corpus)
        stores.append(store)
        counts.add(count)
    assert counts == {pages * nights}, "a store was given fewer captures than the others"
    return stores, counts.pop()


def _table(noise: str, stores: list[Store], count: int) -> str:
    ours, warc, git = stores
    heads = ("B/capture", "vs WARC.gz", "vs git", "B/further", "vs WARC.gz", "read p50", "p95 ms", "CPU ms/write")
    widths = (10, 11, 8, 11, 11, 10, 8, 14)
    columns = "".join(f"{head:>{width}}" for head, width in zip(heads, widths, strict=True))
    lines = [f"storage, noise: {noise} ({count} captures)", f"{'store':<22}{columns}"]
    for store in stores:
        further = _further(store, count)
        lines.append(
            f"{store.name:<22}{store.size / count:>10.0f}{_ratio(store.size, warc.size):>11}"
            f"{store.size / git.size:>8.2f}{further:>11.0f}{_ratio(further, _further(warc, count)):>11}"
            f"{store.p(0.5):>10.2f}{store.p(0.95):>8.2f}{1000 * store.cpu / count:>14.2f}"
        )
    bare = ours.size - ours.names
    bare_further = (bare - ours.halfway + ours.names_halfway) / (count / 2)
    lines.append(
        f"{'  without names':<22}{bare / count:>10.0f}{_ratio(bare, warc.size):>11}{bare / git.size:>8.2f}"
        f"{bare_further:>11.0f}{_ratio(bare_further, _further(warc, count)):>11}"
    )
    with_heads, heads_further = ours.size + ours.heads, (ours.heads - ours.heads_halfway) / (count / 2)
    lines.append(
        f"{'  with heads':<22}{with_heads / count:>10.0f}{_ratio(with_heads, warc.size):>11}"
        f"{with_heads / git.size:>8.2f}{_further(ours, count) + heads_further:>11.0f}"
        f"{_ratio(_further(ours, count) + heads_further, _further(warc, count)):>11}"
    )
    return "\n".join((*lines, ours.notes))


def _further(store: Store, count: int) -> float:
    return (store.size - store.halfway) / (count / 2)


def _ratio(size: float, whole: float) -> str:
    return f"1/{whole / size:.1f}" if size else "-"


def _missed(noise: str, stores: list[Store], count: int) -> list[str]:
    ours, warc, git = stores
    got = {
        "warc": ours.size / warc.size,
        "git": ours.size / git.size,
        "further": _further(ours, count) / _further(warc, count),
        "read_ms": ours.p(0.95),
        "write_ms": 1000 * ours.cpu / count,
    }
    assert all(value > 0 for value in got.values()), f"something was not measured: {got}"
    if noise == "none":  # the goals in bytes are of noisy captures
        got = {name: value for name, value in got.items() if name.endswith("_ms")}
    return [
        f"{noise}: {name} is {value:.4f}, goal {_GOALS[name]:.4f}"
        for name, value in got.items()
        if value > _GOALS[name]
    ]


@contextmanager
def _cpu(store: Store) -> Iterator[None]:
    before = time.process_time()
    try:
        yield
    finally:
        store.cpu += time.process_time() - before


def _sampled(store: Store, kept: list[tuple[object, bytes]], read: Callable[[object], bytes]) -> None:
    """Read captures at random, all of them five times over, and compare every byte."""
    sample = random.Random(5).sample(kept, min(_READS, len(kept)))
    took: list[list[float]] = [[] for _ in sample]
    for _ in range(5):
        for times, (key, body) in zip(took, sample, strict=True):
            before = time.perf_counter()
            got = read(key)
            times.append(1000 * (time.perf_counter() - before))
            assert got == body, f"{store.name} gave other bytes back"
    store.reads += [statistics.median(times) for times in took]


def _write_archive(folder: Path, corpus: Corpus) -> tuple[Store, int]:
    store = Store("Tidslager")
    kept: list[tuple[object, bytes]] = []
    run = night_before = 0
    with Archive(folder / "bench.db") as archive:
        for night, page, when, body in corpus.captures():
            if night != night_before:
                if night == corpus.nights // 2 + 1:
                    store.halfway, store.names_halfway = _body_bytes(archive)
                    store.heads_halfway = _head_bytes(archive)
                run, night_before = archive.begin_run(_SITE, version="0", now=when), night
            capture = Capture(
                address=f"https://byran.example/sidor/{page}.html", fetched_at=when, outcome="fetched", status=200,
                request=f"GET /sidor/{page}.html HTTP/1.1\r\nHost: byran.example\r\n\r\n".encode(),
                head=_head(when, body), body=body,
            )  # fmt: skip
            with _cpu(store):
                kept.append((archive.keep(run, capture).id, body))
        archive.database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        store.size, store.names = _body_bytes(archive)
        store.heads = _head_bytes(archive)
        store.notes = _composition(archive, len(kept))
        _sampled(store, kept, lambda key: archive.read(int(str(key))).body or b"")
    return store, len(kept)


_BODY_TABLES = "('bodies', 'bodies_name', 'templates', 'dictionaries', 'rebasings')"


def _body_bytes(archive: Archive) -> tuple[int, int]:
    """Bytes of the file that hold bodies, and of these those that hold their names."""
    sizes = dict(
        archive.database.execute(
            f"SELECT name, pgsize FROM dbstat WHERE aggregate = 1 AND name IN {_BODY_TABLES}"
        ).fetchall()
    )
    hashes = archive.database.execute("SELECT sum(length(sha256)) FROM bodies").fetchone()[0]
    return sum(sizes.values()), sizes["bodies_name"] + hashes


def _head_bytes(archive: Archive) -> int:
    """Bytes of the file that hold heads."""
    query = "SELECT sum(pgsize) FROM dbstat WHERE aggregate = 1 AND name IN ('header_sets', 'header_sets_whole')"
    return int(archive.database.execute(query).fetchone()[0])


def _composition(archive: Archive, count: int) -> str:
    rows = archive.database.execute(
        "SELECT codec, count(*), sum(length(data)) FROM bodies GROUP BY codec ORDER BY codec"
    ).fetchall()
    templates = archive.database.execute("SELECT count(*), coalesce(sum(length(data)), 0) FROM templates").fetchone()
    rest = archive.database.execute(
        f"SELECT sum(pgsize) FROM dbstat WHERE aggregate = 1 AND name NOT IN {_BODY_TABLES}"
    ).fetchone()[0]
    parts = ", ".join(f"{number} {codec} of {size / number:.0f} B" for codec, number, size in rows)
    own = sum(size for _, _, size in rows) + templates[1]
    return (
        f"  bodies: {parts}; {templates[0]} templates of {templates[1] / max(templates[0], 1):.0f} B;"
        f" data alone {own / count:.0f} B/capture; rest of the file {rest / count:.0f} B/capture"
    )


def _head(when: datetime, body: bytes) -> bytes:
    fields = (
        b"HTTP/1.1 200 OK",
        b"Server: nginx",
        f"Date: {when:%a, %d %b %Y %H:%M:%S} GMT".encode(),
        b"Content-Type: text/html;charset=UTF-8",
        f"Content-Length: {len(body)}".encode(),
        f'ETag: "{hashlib.sha256(body).hexdigest()[:32]}"'.encode(),
        f"Set-Cookie: JSESSIONID={hashlib.sha256(body + b'session').hexdigest()[:32].upper()};"
        " Path=/; Secure; HttpOnly; SameSite=Lax".encode(),
        b"Cache-Control: no-cache, no-store, must-revalidate",
        b"Strict-Transport-Security: max-age=31536000; includeSubDomains",
        b"X-Content-Type-Options: nosniff",
        b"Vary: Accept-Encoding",
    )
    return b"\r\n".join((*fields, b"", b""))


def _write_warc(folder: Path, corpus: Corpus) -> tuple[Store, int]:
    from warcio.archiveiterator import ArchiveIterator
    from warcio.statusandheaders import StatusAndHeaders
    from warcio.warcwriter import WARCWriter

    store = Store("WARC.gz (warcio)")
    kept: list[tuple[object, bytes]] = []
    path = folder / "bench.warc.gz"
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        for night, page, when, body in corpus.captures():
            if night == corpus.nights // 2 + 1 and page == 1:
                store.halfway = file.tell()
            kept.append((file.tell(), body))
            fields = [tuple(line.split(": ", 1)) for line in _head(when, body).decode().split("\r\n")[1:-2]]
            with _cpu(store):
                record = writer.create_warc_record(
                    f"https://byran.example/sidor/{page}.html", "response", payload=io.BytesIO(body),
                    http_headers=StatusAndHeaders("200 OK", fields, protocol="HTTP/1.1"),
                    warc_headers_dict={"WARC-Date": f"{when:%Y-%m-%dT%H:%M:%SZ}"},
                )  # fmt: skip
                writer.write_record(record)
    store.size = path.stat().st_size
    with path.open("rb") as written:

        def read(offset: object) -> bytes:
            written.seek(int(str(offset)))
            return bytes(next(iter(ArchiveIterator(written))).content_stream().read())

        _sampled(store, kept, read)
    return store, len(kept)


def _write_git(folder: Path, corpus: Corpus) -> tuple[Store, int]:
    store = Store("git gc --aggressive")
    kept: list[tuple[object, bytes]] = []
    repository = folder / "git"
    repository.mkdir()
    _git(store, repository, "init", "-q", "-b", "main", ".")
    night_before = 0
    for night, page, _, body in corpus.captures():
        if night != night_before and night > 1:
            _commit(store, repository, night_before)
            if night == corpus.nights // 2 + 1:
                store.halfway = _packed(store, repository)
        night_before = night
        (repository / f"{page}.html").write_bytes(body)
        kept.append((f"{night}:{page}.html", body))
    _commit(store, repository, night_before)
    store.size = _packed(store, repository)
    with subprocess.Popen(
        ["git", "cat-file", "--batch"], cwd=repository, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as cat:
        assert cat.stdin is not None
        assert cat.stdout is not None

        def read(name: object) -> bytes:
            night, _, file = str(name).partition(":")
            cat.stdin.write(f"night-{night}:{file}\n".encode())  # type: ignore[union-attr]
            cat.stdin.flush()  # type: ignore[union-attr]
            size = int(cat.stdout.readline().split()[2])  # type: ignore[union-attr]
            return cat.stdout.read(size + 1)[:-1]  # type: ignore[union-attr]

        _sampled(store, kept, read)
        cat.stdin.close()
    return store, len(kept)


def _commit(store: Store, repository: Path, night: int) -> None:
    _git(store, repository, "add", "-A")
    person = ("-c", "user.name=bench", "-c", "user.email=bench@byran.example")
    _git(store, repository, *person, "commit", "-q", "--allow-empty", "-m", f"night {night}")
    _git(store, repository, "tag", f"night-{night}")


def _packed(store: Store, repository: Path) -> int:
    _git(store, repository, "gc", "-q", "--aggressive", "--prune=now")
    packs = repository / ".git" / "objects" / "pack"
    return sum(file.stat().st_size for file in packs.iterdir() if file.suffix in (".pack", ".idx"))


def _git(store: Store, repository: Path, *arguments: str) -> None:
    """Run git and add its CPU to the store's."""
    before = _children()
    subprocess.run(["git", *arguments], cwd=repository, check=True, capture_output=True)
    store.cpu += _children() - before


def _children() -> float:
    import os

    spent = os.times()
    return spent.children_user + spent.children_system
