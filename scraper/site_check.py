"""Site check: does a layout fit a page? Each selector with what it matched, and the fate of each block. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final, Literal

import click
import msgspec

from archive.render import shown_safely
from schemas.capture import Capture
from schemas.reading import Reading
from schemas.site import Site
from scraper.fates import Fate, Verdict, fates_of
from scraper.layout import Layout, layout_named
from scraper.parse import PLACES
from scraper.selectors import Finder

COLUMNS = {
    "page": "address of the page",
    "row": "selector (one of the layout's, tried on the page) or block (of text on the page, in document order)",
    "name": "what the selector is for: mark, root, box, drop, unread, title, …; of a block where it went, by what rule",
    "rule": "the selector; of a block the elements around it, innermost last",
    "matched": "elements that the selector matches; null for a block",
    "expected": 'how many the layout expects of the place, "0-4"; "" where it expects nothing',
    "fate": "of a block: handled, ignored or signalled; of a selector: used, unused, missing or many",
    "text": "the words of a block",
}
_SHOWN = 70
_NAMES: Final[tuple[Verdict, ...]] = ("handled", "ignored", "signalled")
Use = Literal["used", "unused", "missing", "many"]


class Tried(msgspec.Struct, frozen=True, kw_only=True):
    """One selector of a layout, tried on a page."""

    name: str
    select: str
    matched: int
    expected: str = ""
    use: Use


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """How a layout fits one page."""

    address: str
    layout: str
    tried: tuple[Tried, ...] = ()
    blocks: tuple[Fate, ...] = ()
    sections: int = 0
    unfit: tuple[str, ...] = ()
    """Why the layout does not fit, a sentence each."""

    @property
    def signalled(self) -> bool:
        """Whether a block is signalled, or a place is there more often than expected."""
        return any(block.fate == "signalled" for block in self.blocks) or any(one.use == "many" for one in self.tried)


def check(capture: Capture, site: Site) -> Check:
    """Read a capture as a crawl of the site would, and tell how it went.

    Raises ConfigurationError for a layout that does not exist.
    """
    reading, fates = fates_of(capture, site.layout)
    layout = layout_named(reading.layout or site.layout or "generic")
    tried = tuple(_tried(fates.finder, layout)) if fates.finder else ()
    return Check(
        address=capture.address,
        layout=layout.name,
        tried=tried,
        blocks=fates.blocks,
        sections=len(reading.page.sections) if reading.page else 0,
        unfit=tuple(_unfit(reading, layout, site, tried, start=capture.address in site.start)),
    )


def _unfit(reading: Reading, layout: Layout, site: Site, tried: Sequence[Tried], *, start: bool) -> Iterator[str]:
    if reading.verdict != "page":
        yield reading.why
    marks = sum(one.matched > 0 for one in tried if one.name == "mark")
    if marks < layout.needed:
        yield f"The page shows {marks} of the marks of the layout {layout.name}, which needs {layout.needed}."
    for one in tried:
        if one.use == "missing":
            yield f"{one.name}: {one.matched} matched, expected {one.expected}."
    found = len(reading.page.sections) if reading.page else 0
    if start and found < site.floors.sections:
        yield f"{found} sections, and floors.sections is {site.floors.sections}."


def _tried(finder: Finder, layout: Layout) -> Iterator[Tried]:
    for mark in layout.detect:
        yield _one("mark", mark, _matched(finder, mark), used=True)
    for name, selectors in (("root", layout.root), ("box", layout.boxes)):
        met = False
        for selector in selectors:
            found = len(_matched(finder, selector))
            fits = found == 1 if name == "root" else found > 0
            yield Tried(name=name, select=selector, matched=found, use="used" if fits and not met else "unused")
            met = met or fits
    for name, selectors in (("drop", layout.drop), ("unread", layout.unread)):
        for selector in selectors:
            yield _one(name, selector, _matched(finder, selector), used=True)
    for name in PLACES:
        place = getattr(layout, name)
        chosen = finder.first(place.select)
        missing = len(chosen) < place.least
        expected = f"{place.least}-{place.most}"
        met = False
        for selector in place.select:
            nodes = _matched(finder, selector)
            # The first that matches anything is the place; all of them failing is what is missing.
            use = "missing" if missing else _use(bool(nodes) and not met, many=len(nodes) > place.most)
            met = met or bool(nodes)
            yield Tried(name=name, select=selector, matched=len(nodes), expected=expected, use=use)


def _matched(finder: Finder, selector: str) -> list[int]:
    return finder.first([selector])


def _one(name: str, selector: str, found: list[int], *, used: bool) -> Tried:
    return Tried(name=name, select=selector, matched=len(found), use=_use(used and bool(found), many=False))


def _use(used: bool, *, many: bool) -> Use:  # noqa: FBT001 -- what it is asked about
    return "many" if used and many else "used" if used else "unused"


def check_rows(checks: Sequence[Check]) -> list[dict[str, object]]:
    """Rows of `tidslager check-site --json`: selectors, then blocks, page by page."""
    rows: list[dict[str, object]] = []
    for one in checks:
        for tried in one.tried:
            told = (tried.name, tried.select, tried.matched, tried.expected, tried.use, "")
            rows.append(dict(zip(COLUMNS, (one.address, "selector", *told), strict=True)))
        for block in one.blocks:
            values = (block.by, block.where, None, "", block.fate, block.text)
            rows.append(dict(zip(COLUMNS, (one.address, "block", *values), strict=True)))
    return rows


def check_text(one: Check, *, every: bool) -> str:
    """What `tidslager check-site` shows of a page: selectors that matched, fates by number, what is signalled."""
    lines = [shown_safely(one.address), f"layout {one.layout}, {one.sections} sections", "", "Selectors that matched"]
    for tried in one.tried:
        if tried.matched or tried.use == "missing" or every:
            expected = f" of {tried.expected}" if tried.expected else ""
            colour = {"many": "yellow", "missing": "red"}.get(tried.use)
            said = f"  {tried.name:<12}{tried.matched:>4}{expected:<8} {tried.use:<8} {tried.select}"
            lines.append(click.style(said.rstrip(), fg=colour))
    if one.tried and not any(tried.matched for tried in one.tried):
        lines.append("  none")
    counts = Counter(block.fate for block in one.blocks)
    told = ", ".join(f"{counts[name]} {name}" for name in _NAMES)
    lines += ["", f"Blocks of text: {told}"]
    for block in one.blocks:
        if every or block.fate == "signalled":
            colour = {"handled": "green", "signalled": "yellow"}.get(block.fate)
            lines.append(f"  {click.style(block.fate, fg=colour)}  {shown_safely(_short(block.text))}")
            lines.append(click.style(shown_safely(f"    {block.by}; {block.where}"), dim=True))
    lines += [click.style(f"The layout does not fit: {shown_safely(why)}", fg="red") for why in one.unfit]
    return "\n".join(lines)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else line[: _SHOWN - 1] + "…"
