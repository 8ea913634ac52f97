"""What is the page about? Main text and headings of the labelled generic pages, against two well-known extractors."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import fmean

import msgspec

from schemas.page import Page
from scraper.parse import read
from scraper.tree import HEADINGS, Region, Tree, parse
from tests.generic_set import Labels, capture_of, cases, headings_f1, headings_of, labels_of, said, text_f1, with_title

NAME = "generic"
GOAL_TEXT = 0.97
GOAL_HEADINGS = 0.95
_LEAST = 90


class Told(msgspec.Struct, frozen=True):
    """What one extractor makes of a page."""

    text: str
    headings: list[str]


def run() -> str:
    """The table. Raises AssertionError when a goal is missed or nothing was measured."""
    pages = [(case, labels_of(case)) for case in cases()]
    extractors = {"tidslager": _ours, "trafilatura": _trafilatura, "readability-lxml": _readability}
    lines = [f"{'main text and headings':<24} {'pages':>6} {'text F1':>8} {'headings F1':>12}"]
    held = [page for page in pages if page[1].held_out]
    assert len(pages) >= _LEAST
    ours: list[tuple[float, float]] = []
    for name, extract in extractors.items():
        for which, chosen in (("all", pages), ("held out", held)):
            text, headings = score(chosen, extract)
            lines.append(f"{f'{name}, {which}':<24} {len(chosen):>6} {text:>8.3f} {headings:>12.3f}")
            ours += [(text, headings)] if name == "tidslager" else []
    table = "\n".join(lines)
    assert all(text >= GOAL_TEXT and headings >= GOAL_HEADINGS for text, headings in ours), table
    return table


def score(pages: list[tuple[Path, Labels]], extract: Callable[[Path, Labels], Told]) -> tuple[float, float]:
    """Main text F1 and headings F1, the mean over pages."""
    told = [(extract(case, labels), labels) for case, labels in pages]
    return (
        fmean(text_f1(one.text, labels) for one, labels in told),
        fmean(headings_f1(one.headings, labels) for one, labels in told),
    )


def _ours(case: Path, labels: Labels) -> Told:
    page = read(capture_of(case)).page or Page(title="")
    return Told(said(page), headings_of(page, labels))


def _trafilatura(case: Path, labels: Labels) -> Told:
    import trafilatura

    source = (case / "page.html").read_text(labels.encoding)
    extract = partial(trafilatura.extract, source, include_comments=False, include_tables=True, favor_recall=True)
    text = extract() or ""
    found = extract(output_format="xml") or ""
    title = trafilatura.extract_metadata(source).title or ""
    headings = _lines(Tree(parse(found)), "head")
    return _told(text, headings, title, labels)


def _readability(case: Path, labels: Labels) -> Told:
    from readability import Document as Readable

    readable = Readable((case / "page.html").read_text(labels.encoding))
    tree = Tree(parse(readable.summary()))
    text = tree.words(tree.body, Region(tree)) if tree.body is not None else ""
    return _told(text, _lines(tree, ", ".join(sorted(HEADINGS))), readable.short_title(), labels)


def _lines(tree: Tree, selector: str) -> list[str]:
    """What each of the elements says, on one line."""
    return [tree.line(number, Region(tree)) for number in tree.numbers_of(tree.document.css(selector))]


def _told(text: str, headings: list[str], title: str, labels: Labels) -> Told:
    """The page's title counts for an extractor that tells it apart from the text."""
    whole = text if title in headings or text.startswith(title) else f"{title}\n{text}"
    return Told(whole, with_title(title, headings, labels))
