"""Nights of the truth set: edited, rendered, parsed, compared, and what was told held against what was done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from copy import deepcopy
from datetime import UTC, datetime
from random import Random

import msgspec

from archive.apply import apply
from archive.diff import diff
from archive.wording import SEPARATOR, heading_paths
from schemas.capture import Capture
from schemas.change import Change, What
from schemas.page import Film, Image, Page, Paragraph, Quote, Table, canonical_json
from schemas.page import List as ListBlock
from scraper.parse import read
from tests.truthset import block_edits as of_blocks
from tests.truthset import edits as of_page
from tests.truthset import entry_edits as of_entries
from tests.truthset import section_edits as of_sections
from tests.truthset.edits import Desk, Edit, Truth
from tests.truthset.html import rendered
from tests.truthset.noise import Noise
from tests.truthset.pages import Author, Draft
from tests.truthset.prose import Prose

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html;charset=UTF-8\r\n\r\n"
MOST_EDITS = 10

EDITS: tuple[Edit, ...] = (
    of_page.title, of_page.canonical, of_page.published, of_page.updated, of_page.responsible, of_page.nobody,
    of_page.breadcrumb, of_page.preamble,
    of_sections.added, of_sections.removed, of_sections.renamed, of_sections.moved, of_sections.split,
    of_sections.merged, of_sections.relevelled,
    of_blocks.words(Paragraph), of_blocks.words(Quote),
    of_blocks.added(lambda desk: desk.author.paragraph()), of_blocks.added(lambda desk: desk.author.quote()),
    of_blocks.added(lambda desk: desk.author.list()), of_blocks.added(lambda desk: desk.author.table()),
    of_blocks.added(lambda desk: desk.author.image()), of_blocks.added(lambda desk: desk.author.film()),
    of_blocks.removed(Paragraph), of_blocks.removed(Quote), of_blocks.removed(ListBlock), of_blocks.removed(Table),
    of_blocks.removed(Image), of_blocks.removed(Film),
    of_blocks.moved_within, of_blocks.moved_away, of_blocks.to_quote, of_blocks.to_item,
    of_entries.in_list(of_entries.item_added), of_entries.in_list(of_entries.item_removed),
    of_entries.in_list(of_entries.item_edited), of_entries.in_list(of_entries.item_relevelled),
    of_entries.in_list(of_entries.reordered), of_entries.in_list(of_entries.numbered),
    of_entries.in_table(of_entries.row_added), of_entries.in_table(of_entries.row_removed),
    of_entries.in_table(of_entries.row_edited), of_entries.in_table(of_entries.column_added),
    of_entries.in_table(of_entries.column_removed), of_entries.in_table(of_entries.caption),
    of_blocks.shown(Image, text=True), of_blocks.shown(Image, version=True), of_blocks.shown(Image),
    of_blocks.shown(Film, text=True), of_blocks.shown(Film),
    of_blocks.link(of_blocks.link_target), of_blocks.link(of_blocks.link_label), of_blocks.link(of_blocks.link_removed),
    of_blocks.link_added, of_blocks.document_version, of_blocks.unseen,
)  # fmt: skip

_PROSE: frozenset[What] = frozenset({"paragraph", "quote", "list", "item"})
_TABLE: frozenset[What] = frozenset({"table", "row", "column"})


class Night(msgspec.Struct, frozen=True, kw_only=True):
    """A page on two nights, what was done between them, and where."""

    before: Page
    after: Page
    truths: tuple[tuple[Truth, str], ...]
    """Each truth with the heading path that its change should have."""


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What a night came to."""

    found: tuple[tuple[Truth, Change], ...]
    missed: tuple[Truth, ...]
    invented: tuple[Change, ...]


def night(seed: int, edits: Sequence[Edit] = EDITS, most: int = MOST_EDITS) -> Night:
    """A night by its seed: a page, and from one to `most` edits of it; each kind comes first in its turn."""
    chance = Random(f"night {seed}")
    author = Author(Prose(chance))
    draft = author.draft()
    before = deepcopy(draft)
    desk = Desk(draft=draft, author=author)
    wanted = chance.randint(1, most)
    truths: list[Truth] = []
    turn = [edits[seed % len(edits)], *(chance.choice(edits) for _ in range(4 * most))]
    for edit in turn:
        truth = edit(desk) if len(truths) < wanted else None
        truths += [truth] if truth else []
    old, new = before.record(), draft.record()
    return Night(before=old, after=new, truths=tuple((truth, _where(truth, before, draft)) for truth in truths))


def judged(told: Iterable[Change], night: Night) -> Verdict:
    """Hold what was told against what was done: first what agrees in kind too, then the rest."""
    left = list(told)
    missed = list(night.truths)
    found: list[tuple[Truth, Change]] = []
    for exact in (True, False):
        for truth, where in tuple(missed):
            match = next((change for change in left if _fits(change, truth, where, exact=exact)), None)
            if match:
                left.remove(match)
                missed.remove((truth, where))
                found.append((truth, match))
    invented = [change for change in left if change.class_ != "cosmetic"]
    return Verdict(found=tuple(found), missed=tuple(truth for truth, _ in missed), invented=tuple(invented))


def same_kind(truth: Truth, change: Change) -> bool:
    """Whether the change is called what the edit was."""
    return (truth.kind, truth.what, truth.class_) == (change.kind, change.what, change.class_)


def seen(page: Page, seed: str) -> Page:
    """The page as the real parser reads it from an answer with noise of its own."""
    capture = Capture(
        address="https://byran.example/arbete/sida.1.html",
        fetched_at=datetime(2026, 3, 1, tzinfo=UTC),
        outcome="fetched",
        status=200,
        head=HEAD,
        body=rendered(page, Noise(seed)),
    )
    found = read(capture).page
    assert found is not None
    return found


def lived(seed: int, most: int = MOST_EDITS) -> tuple[Night, Verdict]:
    """A night through the real parser and the real diff, judged.

    Raises AssertionError when noise alone makes another record, or the changes do not rebuild the later one.
    """
    this = night(seed, most=most)
    first, again, later = seen(this.before, f"{seed} a"), seen(this.before, f"{seed} b"), seen(this.after, f"{seed} c")
    assert canonical_json(first) == canonical_json(again), f"night {seed}: noise made a revision"
    changes = diff(first, later)
    assert canonical_json(apply(first, changes)) == canonical_json(later), f"night {seed}: the law does not hold"
    return this, judged(changes, this)


def _fits(change: Change, truth: Truth, where: str, *, exact: bool) -> bool:
    if change.where != where or _family(change.what) != _family(truth.what):
        return False
    if exact and not same_kind(truth, change):
        return False
    return _holds(change.before, truth.before) and _holds(change.after, truth.after)


def _holds(text: str | None, piece: str | None) -> bool:
    return piece is None if text is None else piece is not None and piece in text


def _family(what: What) -> str:
    return "prose" if what in _PROSE else "table" if what in _TABLE else what


def _paths(draft: Draft) -> list[str]:
    return [SEPARATOR.join(path) for path in heading_paths([section.record() for section in draft.sections])]


def _where(truth: Truth, before: Draft, after: Draft) -> str:
    if truth.section is None:
        return ""
    paths = {id(section): path for section, path in zip(after.sections, _paths(after), strict=True)}
    if id(truth.section) in paths:
        return paths[id(truth.section)]
    headings = [section.heading for section in before.sections]
    return _paths(before)[headings.index(truth.section.heading)]


class Tally(msgspec.Struct, kw_only=True):
    """Many nights counted, by the name of the edit or of the change."""

    nights: int = 0
    told: int = 0
    done: Counter[str] = msgspec.field(default_factory=Counter)
    missed: Counter[str] = msgspec.field(default_factory=Counter)
    invented: Counter[str] = msgspec.field(default_factory=Counter)
    misnamed: Counter[str] = msgspec.field(default_factory=Counter)

    @property
    def recall(self) -> float:
        """Share of the edits that were told."""
        return 1 - self.missed.total() / self.done.total()

    @property
    def precision(self) -> float:
        """Share of what was told that somebody did."""
        return 1 - self.invented.total() / max(1, self.told)

    @property
    def kinds(self) -> float:
        """Share of the edits told that were called by their kind."""
        return 1 - self.misnamed.total() / max(1, self.done.total() - self.missed.total())


def tally(seeds: Iterable[int]) -> Tally:
    """Live the nights of these seeds and count."""
    count = Tally()
    for seed in seeds:
        this, verdict = lived(seed)
        count.nights += 1
        count.told += len(verdict.found) + len(verdict.invented)
        count.done.update(truth.name for truth, _ in this.truths)
        count.missed.update(truth.name for truth in verdict.missed)
        count.invented.update(f"{change.what} {change.kind}" for change in verdict.invented)
        count.misnamed.update(truth.name for truth, change in verdict.found if not same_kind(truth, change))
    return count
