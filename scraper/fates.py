"""Fates: what becomes of each block of text on a page, noted by the reading itself while it reads.

Every text that a reader of the page can see has one of three fates. It is *handled*: in the page record, or read as
metadata. It is *ignored*: chrome by a rule of the layout, or not meant for readers. Or it is *signalled*: it stands
outside the content and no rule says why, or it went nowhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Literal, TypeAlias

import msgspec

from schemas.capture import Capture
from schemas.page import Link
from schemas.reading import Reading
from scraper.chrome import AROUND
from scraper.content import ContentReader
from scraper.media import film_of, may_play
from scraper.parse import read
from scraper.selectors import Finder
from scraper.surroundings import Surroundings
from scraper.text import can_be_seen, collapse, stored
from scraper.trace import Trace
from scraper.tree import BLOCKS, SILENT, Tree

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
        self.finder: Finder | None = None
        """The page as it was read; None when it had no place for content."""
        self._around: Surroundings | None = None
        self._apart: list[tuple[str, Iterable[int]]] = []

    def reader(self, around: Surroundings, part: str) -> ContentReader:
        """A reader that tells of each text it takes."""
        return _Telling(around, partial(self._note_chrome, part) if part else self._note, worded=not part)

    def told(self, finder: Finder, around: Surroundings, apart: Sequence[tuple[str, Iterable[int]]]) -> None:
        """Keep what no reader enters."""
        self.finder, self._around = finder, around
        self._apart = [*apart, ("breadcrumb", finder.first(around.layout.breadcrumb.select))]

    def settle(self) -> None:
        """Gather the fates once the page is read; none when it had no place for content."""
        if self.finder is None or self._around is None or self.finder.tree.body is None:
            return
        rules = _rules(self.finder, self._around)
        apart = {one: _told_as(kind) for kind, numbers in self._apart for one in numbers}
        gathering = _Gathering(self._noted, self._parts, rules, apart, self._around)
        gathering.gather(self.finder.tree.body)
        self.blocks = gathering.fates()

    def _note(self, number: int, verdict: Verdict, by: str) -> None:
        self._noted[number] = (verdict, by)

    def _note_chrome(self, part: str, number: int, _verdict: Verdict, _by: str) -> None:
        self._parts.setdefault(number, part)


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

    def __init__(self, around: Surroundings, note: Callable[[int, Verdict, str], None], *, worded: bool) -> None:
        super().__init__(around, worded=worded)
        self._told = note
        self._since: list[int] = []

    def _hear(self, number: int) -> str:
        self._since.append(number)
        self._told(number, "handled", self._place())
        return super()._hear(number)

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
        for number in self._since if unsaid else ():
            if len(self.chrome) > worded:
                self._told(number, "ignored", "chrome by its words")
            else:
                self._told(number, "handled", DATED)
        return unsaid


def _told_as(kind: str) -> tuple[Verdict, str]:
    return ("ignored", "for screen readers or machines") if kind == "unread" else ("handled", f"metadata: {kind}")


def _rules(finder: Finder, around: Surroundings) -> dict[int, str]:
    """The selector or name by which an element is dropped; the first that fits."""
    found: dict[int, str] = {}
    for selector in around.layout.drop:
        for number in finder.first([selector]):
            found.setdefault(number, selector)
    for number, name in around.marked:
        found.setdefault(number, f"by name, words or links: {name}")
    return found


class _Here(msgspec.Struct):
    """An element on the way down: what holds for the texts in it."""

    end: int
    tag: str
    step: str
    block: int
    settled: tuple[Verdict, str] | None
    rule: str


class _Gathering:
    """Goes through the page and gives each visible text its fate; neighbours in a block that fared alike become one."""

    def __init__(
        self,
        noted: dict[int, tuple[Verdict, str]],
        parts: dict[int, str],
        rules: dict[int, str],
        apart: dict[int, tuple[Verdict, str]],
        around: Surroundings,
    ) -> None:
        self._noted, self._parts, self._rules, self._apart, self._around = noted, parts, rules, apart, around
        self._tree = around.tree
        self._path: list[_Here] = []
        self._runs: list[tuple[int, Verdict, str, str, list[str]]] = []

    def gather(self, body: int) -> None:
        """Take all texts of the body, in document order."""
        tags, ends = self._tree.tags, self._tree.ends
        number = body
        while number < ends[body]:
            while self._path and self._path[-1].end <= number:
                self._path.pop()
            tag = tags[number]
            if tag == "br":
                self._space()
            if tag in SILENT:
                number = ends[number]
                continue
            if tag:
                self._open(number, tag)
            else:
                self._take(number)
            number += 1

    def _open(self, number: int, tag: str) -> None:
        above = self._path[-1] if self._path else _Here(0, "", "", 0, None, "")
        settled = above.settled or self._apart.get(number)
        if settled is None and tag == "button":
            settled = ("ignored", "a control")
        if settled is None and may_play(self._tree, number) and film_of(self._tree, number, self._around.base):
            settled = ("handled", "the place of a film")
        block = number if tag in BLOCKS else above.block
        rule = self._rules.get(number) or above.rule
        self._path.append(_Here(self._tree.ends[number], tag, _step(self._tree, number), block, settled, rule))

    def _take(self, number: int) -> None:
        said = collapse(self._tree.nodes[number].text_content or "")
        if not can_be_seen(said):
            self._space()
            return
        here = self._path[-1]
        verdict, by = self._fate(number, here)
        if self._runs and self._runs[-1][:3] == (here.block, verdict, by):
            self._runs[-1][4].append(said)
        else:
            where = " > ".join(step.step for step in self._path if step.tag in BLOCKS)
            self._runs.append((here.block, verdict, by, _last_steps(where), [said]))

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

    def _fate(self, number: int, here: _Here) -> tuple[Verdict, str]:
        """What the readers noted goes before what the element is; what neither knows is signalled."""
        noted = self._noted.get(number)
        if noted:
            return noted
        part = self._parts.get(number)
        if part == AROUND and not here.rule:
            return "signalled", "outside the content, by no rule"
        if part:
            return "ignored", f"chrome, {part} ({here.rule})"
        return here.settled or ("signalled", _NOWHERE)


def _step(tree: Tree, number: int) -> str:
    """An element as a selector would name it: "div#mitt", "ul.meny"."""
    name, classes = tree.attribute(number, "id"), tree.attribute(number, "class").split()
    return tree.tags[number] + (f"#{name}" if name else f".{classes[0]}" if classes else "")


def _last_steps(where: str) -> str:
    return " > ".join(where.split(" > ")[-_STEPS:])
