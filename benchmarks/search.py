"""How long search takes and what the index costs, on 150,000 distinct texts, beside a scan and FTS5 without stems.

The texts are made up: a vocabulary of Swedish-like words, a third of them inflected forms and a third compounds of
others, drawn by Zipf's law (the word of rank r in proportion to 1/r), 20 to 90 words a text. The questions are drawn
from the texts, so that common words are asked for as often as they are used, half of them with a second word.
"""

from __future__ import annotations

import hashlib
import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from datetime import UTC, datetime
from itertools import accumulate
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from sqlite_utils import Database

from archive.file import open_for_reading, open_for_writing, transaction
from archive.search import Wanted, search
from archive.search_index import learning
from archive.store import Archive
from schemas.capture import Capture
from schemas.page import Page, Paragraph, Section
from schemas.reading import Reading
from schemas.site import Site

NAME = "search"

TEXTS = 150_000
_STEMS = 20_000
_PAGES = 2_000
_ASKED = 200
_WRITTEN = 1_000
_ENDINGS = ("en", "ar", "arna", "er", "erna", "et", "s")
_GOAL_MS = 50
_NIGHT = datetime(2026, 3, 1, 2, tzinfo=UTC)
_SYLLABLES = [a + b + c for a in ("b", "d", "f", "g", "k", "l", "m", "s", "sk", "st", "tr", "v")
              for b in "aeiouyåäö" for c in ("l", "n", "r", "d", "g", "v")]  # fmt: skip


def run(texts: int = TEXTS) -> str:
    """Build the archive's index, ask, and return a table of warm times in milliseconds."""
    with TemporaryDirectory() as folder:
        every = list(_texts(texts + 3 * _WRITTEN))
        made, more = every[:texts], every[texts:]
        path = _archive(Path(folder), made)
        database = open_for_reading(path)
        questions = _questions(made)
        measured = {
            "tidslager search": _timed(lambda text: search(database, text, Wanted()), questions),
            "  of these, one word": _timed(lambda text: search(database, text, Wanted()), questions[:_ASKED:2]),
            "  with --removed": _timed(lambda text: search(database, text, Wanted(removed=True)), questions[:20]),
            "FTS5 without stems": _timed(lambda text: _plain(database, text), questions),
            "LIKE scan": _timed(lambda text: _scan(database, text), questions[:15]),
        }
        words, size = _sizes(database)
        database.conn.close()
        costs = {how: _cost(path, more[at::3], how) for at, how in enumerate(("stems", "plain", "neither"))}
    lines = [
        f"{texts} texts, {words} words; index and list of words {size:.0f} MB; goal {_GOAL_MS} ms (median)",
        "",
        f"{'question':<28}{'median ms':>10}{'of CPU':>10}{'p95 ms':>10}",
    ]
    for name, times in measured.items():
        wall, cpu = zip(*times, strict=True)
        worst = sorted(wall)[int(len(wall) * 0.95)]
        lines.append(f"{name:<28}{median(wall):>10.2f}{median(cpu):>10.2f}{worst:>10.2f}")
    lines += [
        "",
        "writing a page of one new text, ms of CPU:",
        f"{costs['stems']:.3f} with search, {costs['plain']:.3f} with FTS5 alone, {costs['neither']:.3f} without;",
        f"search costs {costs['stems'] - costs['neither']:.3f} ms (goal 0.3), and nothing where no text is new",
    ]
    return "\n".join(lines)


def _texts(count: int) -> Iterator[str]:
    chance = random.Random(1)
    stems = ["".join(chance.choices(_SYLLABLES, k=chance.choice((1, 2, 2, 3)))) for _ in range(_STEMS)]
    words = [*stems, *(stem + chance.choice(_ENDINGS) for stem in stems)]
    words += [chance.choice(stems) + chance.choice(("", "s")) + chance.choice(words) for _ in stems]
    chance.shuffle(words)
    weights = list(accumulate(1 / rank for rank in range(1, len(words) + 1)))
    for _ in range(count):
        yield " ".join(chance.choices(words, cum_weights=weights, k=chance.randint(20, 90)))


def _archive(folder: Path, texts: list[str]) -> Path:
    """An archive of pages that have the texts for sections, written as a crawl writes."""
    path = folder / "search.db"
    each = max(1, len(texts) // _PAGES)
    with Archive(path) as archive:
        archive.database.execute("PRAGMA synchronous = OFF")  # a yardstick's archive may be lost
        site = Site(name="sok", title="Sök", start=("http://byran.example/",))
        run = archive.begin_run(site, version="0", now=_NIGHT)
        with archive.batch():
            for page, start in enumerate(range(0, len(texts), each)):
                sections = tuple(_section(number, text) for number, text in enumerate(texts[start : start + each]))
                look = Capture(
                    address=f"http://byran.example/{page}", fetched_at=_NIGHT, outcome="fetched", status=200, body=b""
                )
                kept = archive.keep(run, look)
                reading = Reading(verdict="page", page=Page(title=f"Sida {page}", sections=sections))
                archive.record(kept.id, reading, parser="0", reread=lambda _: None)
        archive.finish_run(run, "ok", {}, now=_NIGHT)
        archive.database.execute("ANALYZE")
        assert archive.database.table("section_texts").count == len(texts)
    return path


def _section(number: int, text: str) -> Section:
    return Section(heading=f"Avsnitt {number}", level=2, anchor=f"h{number}", blocks=(Paragraph(text=text),))


def _cost(path: Path, texts: list[str], how: str) -> float:
    """Milliseconds of CPU of a transaction that writes one text more to the whole archive."""
    database = open_for_writing(path)
    database.execute("PRAGMA synchronous = OFF")
    if how == "neither":
        database.execute("DROP TRIGGER search_section_texts_after_insert")
    spent = 0.0
    for text in texts:
        name = hashlib.sha256(text.encode()).digest()
        begun = time.process_time()
        with transaction(database, path), learning(database) if how == "stems" else nullcontext():
            database.execute(
                "INSERT INTO section_texts (sha256, heading, level, text, record) VALUES (?, 'Rubrik', 2, ?, '{}')",
                [name, text],
            )
        spent += time.process_time() - begun
    database.conn.close()
    return spent * 1000 / len(texts)


def _questions(texts: list[str]) -> list[str]:
    chance = random.Random(2)
    drawn = (chance.choice(texts).split() for _ in range(_ASKED))
    return [" ".join(chance.sample(words, 1 + number % 2)) for number, words in enumerate(drawn)]


def _plain(database: Database, text: str) -> list[tuple[int, str]]:
    question = " AND ".join(f'"{word}"' for word in text.split())
    return database.execute(
        "SELECT rowid, snippet(search, 1, '[', ']', '…', 24) FROM search WHERE search MATCH ? ORDER BY rank LIMIT 20",
        [question],
    ).fetchall()


def _scan(database: Database, text: str) -> list[tuple[int, str]]:
    words = text.split()
    condition = " AND ".join("text LIKE ?" for _ in words)
    # All of them must be seen before the best can be said, as in the other two.
    (count,) = database.execute(
        f"SELECT count(*) FROM section_texts WHERE {condition}", [f"%{word}%" for word in words]
    ).fetchone()
    return [(0, "")] * count


def _timed(ask: Callable[[str], Sequence[object]], questions: list[str]) -> list[tuple[float, float]]:
    """Milliseconds for each question and of them those of CPU, asked once before."""
    times = []
    for question in questions:
        ask(question)
        begun, worked = time.perf_counter(), time.process_time()
        ask(question)
        times.append(((time.perf_counter() - begun) * 1000, (time.process_time() - worked) * 1000))
    return times


def _sizes(database: Database) -> tuple[int, float]:
    (words,) = database.execute("SELECT count(*) FROM search_words").fetchone()
    (size,) = database.execute(
        "SELECT (SELECT sum(length(block)) FROM search_data)"
        " + (SELECT sum(2 * length(CAST(word AS BLOB)) + 2 * length(CAST(stem AS BLOB))) FROM search_words)"
    ).fetchone()
    return int(words), size / 1e6
