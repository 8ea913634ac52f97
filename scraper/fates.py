"""Fates: what becomes of each block of text on a page, noted by the reading itself while it reads.

Every text that a reader of the page can see has one of three fates. It is *handled*: in the page record, or read as
metadata. It is *ignored*: chrome by a rule of the layout, or not meant for readers. Or it is *signalled*: it stands
outside the content and no rule says why, or it went nowhere.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Literal, TypeAlias

import msgspec

from schemas.capture import Capture
from schemas.page import Link
from schemas.reading import Reading
from scraper.chrome import AROUND
from scraper.content import ContentReader, Surroundings
from scraper.layout import Layout
from scraper.media import film_of
from scraper.parse import read
from scraper.trace import Trace
from scraper.tree import BLOCKS, SILENT, Document, Node, attribute, can_be_seen, collapse, find, ids_of, stored, walk

Verdict: TypeAlias = Literal["handled", "ignored", "signalled"]
_STEPS = 3
_HANDLED: Verdict = "handled"
DATED = "metadata: a date"
_NOWHERE = "read by nobody"


class Fate(msgspec.Struct, frozen=True, kw_only=True):
    """One block of text, or the part of it that fared alike."""

    fate: Verdict
    by: str
    """Where it went, or the rule that left it out."""
    where: str
    """The elements around it, innermost last."""
    text: str


class Fates(Trace):
    """Notes where the readers put each text of one page. Read with it once, then take `blocks`."""

    def __init__(self) -> None:
        self.blocks: tuple[Fate, ...] = ()
        self._noted: dict[int, tuple[Verdict, str]] = {}
        self._parts: dict[int, str] = {}
        self.document: Document | None = None
        """The page as it was read; None when it had no place for content."""
        self._around: Surroundings | None = None
        self._apart: list[tuple[str, set[int]]] = []

    def reader(self, around: Surroundings, part: str) -> ContentReader:
        """A reader that tells of each text it takes."""
        return _Telling(around, partial(self._note_chrome, part) if part else self._note)

    def told(self, document: Document, around: Surroundings, apart: Sequence[tuple[str, set[int]]]) -> None:
        """Keep what no reader enters."""
        self.document, self._around = document, around
        trail = ids_of(find([document], around.layout.breadcrumb.select))
        self._apart = [*apart, ("breadcrumb", trail)]

    def settle(self) -> None:
        """Gather the fates once the page is read; none when it had no place for content."""
        if self.document is None or self._around is None or self.document.body is None:
            return
        rules = _rules(self.document, self._around)
        apart = {one: _told_as(kind) for kind, ids in self._apart for one in ids}
        gathering = _Gathering(self._noted, self._parts, rules, apart, self._around)
        walk(self.document.body, gathering)
        self.blocks = gathering.fates()

    def _note(self, node: Node, verdict: Verdict, by: str) -> None:
        self._noted[node.mem_id] = (verdict, by)

    def _note_chrome(self, part: str, node: Node, _verdict: Verdict, _by: str) -> None:
        self._parts.setdefault(node.mem_id, part)


def fates_of(capture: Capture, layout: str = "") -> tuple[Reading, Fates]:
    """What the capture says, and the fates of its texts, `blocks` in document order.

    Raises ConfigurationError for a layout that does not exist.
    """
    trace = Fates()
    reading = read(capture, layout, trace=trace)
    trace.settle()
    return reading, trace


class _Telling(ContentReader):
    """The reader of the crawl, that says of each text where it put it."""

    def __init__(self, around: Surroundings, note: Callable[[Node, Verdict, str], None]) -> None:
        super().__init__(around)
        self._told = note
        self._since: list[Node] = []

    def text(self, node: Node) -> None:
        self._since.append(node)
        self._told(node, "handled", self._place())
        super().text(node)

    def _place(self) -> str:
        if self._where[-1] == "heading":
            return "heading"
        head = self._drafts[-1][0] if self._drafts else None
        if self._preambles and not (head and head.level):
            return "preamble"
        return f"section “{head.heading}”" if head and head.heading else "lead section"

    def _edge(self) -> None:
        super()._edge()
        if self._where[-1] == "top":
            self._since.clear()

    def _is_unsaid(self, text: str, links: tuple[Link, ...]) -> bool:
        worded = len(self.chrome)
        unsaid = super()._is_unsaid(text, links)
        for node in self._since if unsaid else ():
            if len(self.chrome) > worded:
                self._told(node, "ignored", "chrome by its words")
            else:
                self._told(node, "handled", DATED)
        return unsaid


def _told_as(kind: str) -> tuple[Verdict, str]:
    return ("ignored", "for screen readers or machines") if kind == "unread" else ("handled", f"metadata: {kind}")


def _rules(document: Document, around: Surroundings) -> dict[int, str]:
    """The selector or name by which an element is dropped; the first that fits."""
    layout: Layout = around.layout
    found: dict[int, str] = {}
    for selector in layout.drop:
        for node in document.css(selector):
            found.setdefault(node.mem_id, selector)
    for node, name in around.marked:
        found.setdefault(node.mem_id, f"by name, words or links: {name}")
    return found


class _Here(msgspec.Struct):
    """An element on the way down: what holds for the texts in it."""

    tag: str
    step: str
    block: int
    settled: tuple[Verdict, str] | None
    rule: str


class _Gathering:
    """Walks the page and gives each visible text its fate; neighbours in one block that fared alike become one."""

    def __init__(
        self,
        noted: dict[int, tuple[Verdict, str]],
        parts: dict[int, str],
        rules: dict[int, str],
        apart: dict[int, tuple[Verdict, str]],
        around: Surroundings,
    ) -> None:
        self._noted, self._parts, self._rules, self._apart, self._around = noted, parts, rules, apart, around
        self._path: list[_Here] = []
        self._runs: list[tuple[int, Verdict, str, str, list[str]]] = []

    def open(self, node: Node) -> bool:
        tag = node.tag or ""
        if tag == "br":
            self._space()
        if tag in SILENT:
            return False
        above = self._path[-1] if self._path else _Here("", "", 0, None, "")
        settled = above.settled or self._apart.get(node.mem_id)
        if settled is None and tag == "button":
            settled = ("ignored", "a control")
        if settled is None and film_of(node, self._around.base):
            settled = ("handled", "the place of a film")
        block = node.mem_id if tag in BLOCKS else above.block
        rule = self._rules.get(node.mem_id) or above.rule
        self._path.append(_Here(tag, _step(node), block, settled, rule))
        return True

    def text(self, node: Node) -> None:
        said = collapse(node.text_content or "")
        if not can_be_seen(said):
            self._space()
            return
        here = self._path[-1]
        verdict, by = self._fate(node, here)
        if self._runs and self._runs[-1][:3] == (here.block, verdict, by):
            self._runs[-1][4].append(said)
        else:
            where = " > ".join(step.step for step in self._path if step.tag in BLOCKS)
            self._runs.append((here.block, verdict, by, _last_steps(where), [said]))

    def close(self, _node: Node) -> None:
        self._path.pop()

    def _space(self) -> None:
        """Keep the words before and after apart."""
        if self._runs:
            self._runs[-1][4].append(" ")

    def fates(self) -> tuple[Fate, ...]:
        found = []
        for _, verdict, by, where, pieces in self._runs:
            text = stored("".join(pieces))
            dated = verdict == "signalled" and text in self._around.said
            fate, told = (_HANDLED, DATED) if dated else (verdict, by)
            found.append(Fate(fate=fate, by=told, where=where, text=text))
        return tuple(found)

    def _fate(self, node: Node, here: _Here) -> tuple[Verdict, str]:
        """What the readers noted goes before what the element is; what neither knows is signalled."""
        noted = self._noted.get(node.mem_id)
        if noted:
            return noted
        part = self._parts.get(node.mem_id)
        if part == AROUND and not here.rule:
            return "signalled", "outside the content, by no rule"
        if part:
            return "ignored", f"chrome, {part} ({here.rule})"
        return here.settled or ("signalled", _NOWHERE)


def _step(node: Node) -> str:
    """An element as a selector would name it: "div#mitt", "ul.meny"."""
    name, classes = attribute(node, "id"), attribute(node, "class").split()
    return (node.tag or "") + (f"#{name}" if name else f".{classes[0]}" if classes else "")


def _last_steps(where: str) -> str:
    return " > ".join(where.split(" > ")[-_STEPS:])
