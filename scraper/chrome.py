"""Chrome as a page shows it: what the layout drops, read part by part instead of thrown away. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from schemas.chrome import Chrome, ChromePart
from schemas.page import Block, Paragraph
from scraper.content import Surroundings
from scraper.trace import QUIET, Trace
from scraper.tree import Document, Node, Region, find, ids_of, walk

AROUND = "around"
"""Name of what stands outside the content without a name of its own."""


def chrome_of(
    document: Document,
    around: Surroundings,
    boxes: Sequence[Node],
    unread: set[int],
    worded: Iterable[Block],
    *,
    trace: Trace = QUIET,
) -> Chrome:
    """The chrome of a page. `boxes` are the content, `worded` the blocks in it that are chrome by their words.

    The breadcrumb and the page's own dates and person are metadata and not here, nor is anything in `unread`.
    """
    layout = around.layout
    skipped = unread | ids_of(find([document], layout.breadcrumb.select))
    named = _named(document, around, Region(skipped))
    body = document.body
    if body is None:
        return Chrome()
    names = {node.mem_id: name for node, name in named}
    content = ids_of(boxes)
    parts: dict[str, list[Block]] = {}
    for node, name in [*named, (body, AROUND)]:
        apart = {other for other, called in names.items() if called != name and other != node.mem_id}
        hidden = skipped | apart | content if name == AROUND else skipped | apart
        parts.setdefault(name, []).extend(_blocks(node, around, hidden, trace, name))
    parts[AROUND] += worded
    return Chrome(parts=tuple(ChromePart(name=name, blocks=tuple(blocks)) for name, blocks in parts.items() if blocks))


def _named(document: Document, around: Surroundings, skipped: Region) -> list[tuple[Node, str]]:
    """What is dropped or marked, with its names; an element inside one of its own name is part of it."""
    layout = around.layout
    known: dict[int, str] = {}
    for kind in layout.chrome:
        for node in find([document], [", ".join(kind.select)] if kind.select else []):
            known.setdefault(node.mem_id, kind.name)
    dropped = find([document], [", ".join(layout.drop)] if layout.drop else [])
    met = ids_of(dropped)
    dropped += [node for node, _ in around.marked if node.mem_id not in met]
    names = {node.mem_id: known.get(node.mem_id, AROUND) for node in dropped}
    names |= {node.mem_id: name for node, name in around.marked}
    return [(node, names[node.mem_id]) for node in dropped if not skipped.covers(node) and not _is_inside(node, names)]


def _is_inside(node: Node, names: dict[int, str]) -> bool:
    """Whether the nearest dropped element around has the same name, or none, so that it is read with that one."""
    above = node.parent
    while above is not None and above.mem_id not in names:
        above = above.parent
    return above is not None and names[node.mem_id] in (names[above.mem_id], AROUND)


def _blocks(node: Node, around: Surroundings, hidden: set[int], trace: Trace, name: str) -> list[Block]:
    plain = msgspec.structs.replace(around.layout, chrome_lines=(), chrome_openings=())
    reader = trace.reader(msgspec.structs.replace(around, layout=plain, hidden=hidden, preamble=set()), name)
    walk(node, reader)
    blocks: list[Block] = []
    for section in reader.sections():
        if section.heading:
            blocks.append(Paragraph(text=section.heading, links=section.links))
        blocks += section.blocks
    return blocks
