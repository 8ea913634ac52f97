"""Reading: milliseconds of CPU for a page by part, beside lexbor's parse alone, a bare walk and parsel, in one run."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from types import ModuleType

from benchmarks._crawl_pages import page_text
from benchmarks.corpus import Corpus
from schemas.capture import Capture
from schemas.page import canonical_json
from schemas.reading import Rules
from scraper import metadata
from scraper.decode import decode
from scraper.guard import Guard
from scraper.parse import choose, read
from scraper.reading import reading_of
from scraper.selectors import Finder
from scraper.suspect import suspected
from scraper.tree import Tree, parse

NAME = "reading"
PAGES = 40
ROUNDS = 7
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
_LIMIT = 1 << 24
_WHOLE = "reading, the whole"
_LEXBOR = "lexbor's parse alone"


def run() -> str:
    """The table. Raises AssertionError when a page was not read."""
    return "\n\n".join(table(name, captures, measure(captures)) for name, captures in corpora(PAGES).items())


def corpora(pages: int) -> dict[str, list[Capture]]:
    """The pages of the crawl's yardstick, and those of a SiteVision site with its noise."""
    rng = random.Random(7)
    crawl = [page_text(rng, number).encode() for number in range(pages)]
    site = [body for *_, body in Corpus(pages=pages, nights=1, noise="sitevision").captures()]
    return {"crawl": list(map(_capture, crawl)), "sitevision": list(map(_capture, site))}


def measure(captures: Sequence[Capture], rounds: int = ROUNDS) -> dict[str, float]:
    """Seconds of CPU for all captures by part: of each the least of some rounds, taken in turn."""
    texts = [_text(capture) for capture in captures]
    documents = [parse(text) for text in texts]
    trees = [Tree(document) for document in documents]
    finders = [Finder(tree) for tree in trees]
    readings = [read(capture) for capture in captures]
    assert all(reading.page and reading.chrome for reading in readings), "a page was not read"
    with Guard() as guard:
        guard.read(captures[0])
        jobs: dict[str, Callable[[], object]] = {
            _WHOLE: lambda: [reading_of(capture, Rules()) for capture in captures],
            "  decode": lambda: list(map(_text, captures)),
            "  parse": lambda: list(map(parse, texts)),
            "  lay out": lambda: list(map(Tree, documents)),
            "  take stock, choose layout": lambda: [choose(Finder(tree)) for tree in trees],
            "  meta fields": lambda: list(map(metadata.fields, finders)),
            "  suspicion": lambda: list(map(suspected, captures, readings)),
            "canonical JSON": lambda: [canonical_json(reading.page) for reading in readings if reading.page],
            "guard's pipe, this side": lambda: [guard.read(capture) for capture in captures],
            _LEXBOR: lambda: list(map(parse, texts)),
            "lexbor and a bare walk": lambda: list(map(_walk, texts)),
            **_parsel(texts),
        }
        return {name: _least(job, rounds) for name, job in jobs.items()}


def table(name: str, captures: Sequence[Capture], seconds: dict[str, float]) -> str:
    """One row a part: milliseconds a page, and how many times lexbor's parse alone that is."""
    size = sum(len(capture.body or b"") for capture in captures) / len(captures) / 1000
    lines = [f"reading, {name} ({len(captures)} pages of {size:.0f} kB)", f"{'part':<30}{'ms/page':>9}{'x lexbor':>10}"]
    for part, took in seconds.items():
        lines.append(f"{part:<30}{1000 * took / len(captures):>9.3f}{took / seconds[_LEXBOR]:>10.2f}")
    rest = seconds[_WHOLE] - sum(took for part, took in seconds.items() if part.startswith("  "))
    own = rest / seconds[_LEXBOR]
    lines.append(f"{'metadata, content, chrome':<30}{1000 * rest / len(captures):>9.3f}{own:>10.2f}")
    return "\n".join(lines)


def _least(job: Callable[[], object], rounds: int) -> float:
    took = []
    for _ in range(rounds):
        start = time.process_time()
        job()
        took.append(time.process_time() - start)
    return min(took)


def _capture(body: bytes) -> Capture:
    return Capture(
        address="https://byran.example/sidor/1.html",
        fetched_at=datetime(2026, 3, 1, 2, 0, tzinfo=UTC),
        outcome="fetched",
        status=200,
        head=_HEAD,
        body=body,
    )


def _text(capture: Capture) -> str:
    return decode(capture.body or b"", capture.field("content-type"), None, _LIMIT).text


def _walk(text: str) -> list[str]:
    """What the least of readers does: headings and blocks by tag, and all text, without a thought."""
    root = parse(text).root
    assert root is not None
    return [node.text_content or "" for node in root.traverse(include_text=True) if node.tag_id]


def _parsel(texts: Sequence[str]) -> dict[str, Callable[[], object]]:
    """The peer of most crawlers, when it is installed: sections by one XPath."""
    try:
        import parsel
    except ImportError:
        return {}
    return {"parsel, one XPath": lambda: [_by_xpath(parsel, text) for text in texts]}


def _by_xpath(parsel: ModuleType, text: str) -> list[str]:
    found = parsel.Selector(text).xpath("//main//*[self::h1 or self::h2 or self::p or self::li]")
    return [" ".join(element.xpath(".//text()").getall()) for element in found]
