"""Chrome as a page shows it: what the layout drops, read part by part instead of thrown away. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from schemas.chrome import Chrome, ChromePart
from schemas.page import Block, Paragraph
from scraper.part_memo import PartMemo
from scraper.selectors import Finder
from scraper.surroundings import Surroundings
from scraper.trace import QUIET, Trace
from scraper.tree import Region

AROUND = "around"
"""Name of what stands outside the content without a name of its own."""
_MEMO = PartMemo()


def chrome_of(
    finder: Finder,
    around: Surroundings,
    boxes: Sequence[int],
    unread: Region,
    worded: Iterable[Block],
    *,
    trace: Trace = QUIET,
) -> Chrome:
    """The chrome of a page. `boxes` are the content, `worded` the blocks in it that are chrome by their words.

    The breadcrumb and the page's own dates and person are metadata and not here, nor is anything in `unread`.
    """
    skipped = unread | finder.first(around.layout.breadcrumb.select)
    named = _named(finder, around, skipped)
    body = finder.tree.body
    if body is None:
        return Chrome()
    names = dict(named)
    regions: dict[str, Region] = {}
    parts: dict[str, list[Block]] = {}
    for element, name in [*named, (body, AROUND)]:
        if name not in regions or element == body:
            apart = {other for other, called in names.items() if called != name and other != element}
            regions[name] = skipped | (apart.union(boxes) if name == AROUND else apart)
        parts.setdefault(name, []).extend(_blocks(element, around, regions[name], trace, name))
    parts[AROUND] += worded
    return Chrome(parts=tuple(ChromePart(name=name, blocks=tuple(blocks)) for name, blocks in parts.items() if blocks))


def _named(finder: Finder, around: Surroundings, skipped: Region) -> list[tuple[int, str]]:
    """What is dropped or marked, with its name, in document order; an element in one of its own name is part of it."""
    known = dict(around.marked)
    for kind in around.layout.chrome:
        for element in finder.any(kind.select):
            known.setdefault(element, kind.name)
    named: list[tuple[int, str]] = []
    within: list[tuple[int, str]] = []
    dropped = finder.any(around.layout.drop)
    for element in sorted({*dropped, *(marked for marked, _ in around.marked)}) if around.marked else dropped:
        name = known.get(element, AROUND)
        while within and within[-1][0] <= element:
            within.pop()
        # Of the same name as the nearest dropped element around, or of none, it is read with that one.
        inside = bool(within) and name in (within[-1][1], AROUND)
        within.append((finder.tree.ends[element], name))
        if not inside and not skipped.covers(element):
            named.append((element, name))
    return named


def _blocks(element: int, around: Surroundings, hidden: Region, trace: Trace, part: str) -> Sequence[Block]:
    def read(said: frozenset[str]) -> tuple[Block, ...]:
        here = msgspec.structs.replace(around, hidden=hidden, preamble=frozenset(), said=said)
        return _read(element, here, trace, part)

    # The body is the page's own: it would never be met again. Whoever traces wants each part read, not remembered.
    if element == around.tree.body or trace is not QUIET:
        return read(around.said)
    return _MEMO.blocks(element, around, hidden, read)


def _read(element: int, around: Surroundings, trace: Trace, part: str) -> tuple[Block, ...]:
    reader = trace.reader(around, part)
    reader.read(element)
    blocks: list[Block] = []
    for section in reader.sections():
        if section.heading:
            blocks.append(Paragraph(text=section.heading, links=section.links))
        blocks += section.blocks
    return tuple(blocks)
