"""What editors do to a page in one night, each edit on a place of its own, written down in the words of `Change`.

An edit is refused (None) where the page offers no place for it. A truth names its section by the draft, so that its
heading path can be said when all edits of the night are done.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta

import msgspec

from schemas.change import Class, Kind, What
from schemas.page import Block, Dated, Paragraph, block_text
from tests.truthset.pages import Author, Draft, SectionDraft


class Truth(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that an editor did."""

    name: str
    """What the edit is called in the table."""
    kind: Kind
    what: What
    class_: Class = "editorial"
    section: SectionDraft | None = None
    """Where; None for the page as a whole and its preamble."""
    before: str | None
    """What `Change.before` holds, or a piece of it."""
    after: str | None


class Desk(msgspec.Struct, kw_only=True):
    """An editor at work on one page in one night."""

    draft: Draft
    author: Author
    fields: set[str] = msgspec.field(default_factory=set)
    """Fields of the page that this night has edited already."""
    structured: list[SectionDraft] = msgspec.field(default_factory=list)
    """Sections whose blocks came, went or changed places: one such edit each, so that it is clear which block did."""
    closed: list[SectionDraft] = msgspec.field(default_factory=list)
    """Sections that were edited as a whole."""
    pinned: list[SectionDraft] = msgspec.field(default_factory=list)
    """Sections that another moved past: were they to go, the move could not be seen."""
    touched: list[Block] = msgspec.field(default_factory=list)
    """Blocks that were edited."""

    def whole(self, *, blocks: int = 1) -> SectionDraft | None:
        """A section in which no block has come, gone or moved yet."""
        fit = [one for one in self.draft.sections if self._is_open(one) and len(one.blocks) >= blocks]
        return self.author.chance.choice(fit) if fit else None

    def block(
        self, sort: type[Block], fits: Callable[[Block], bool] = bool, *, structured: bool = False
    ) -> tuple[SectionDraft, int] | None:
        """An untouched block and its section; half of a section's blocks are left alone.

        `structured`: the block is about to leave its place.
        """
        fit = [
            (one, at)
            for one in self.draft.sections
            if not _has(self.closed, one)
            and sum(_has(self.touched, block) for block in one.blocks) * 2 < len(one.blocks)
            if not structured or self._is_open(one)
            for at, block in enumerate(one.blocks)
            if isinstance(block, sort) and not _has(self.touched, block) and fits(block)
        ]
        return self.author.chance.choice(fit) if fit else None

    def put(self, section: SectionDraft, at: int, block: Block) -> None:
        """Replace a block; the new one is left alone for the rest of the night."""
        section.blocks[at] = block
        self.touched.append(block)

    def leaf(self, level: int | None = None, *, blocks: int = 1) -> SectionDraft | None:
        """A section that nothing has touched or moved past, with none under it; never the first of the page."""
        sections = self.draft.sections
        fit = [
            one
            for at, one in enumerate(sections)
            if at > 0
            and (level is None or one.level == level)
            and (at + 1 == len(sections) or sections[at + 1].level <= one.level)
            and self.is_free(one)
            and not _has(self.pinned, one)
            and len(one.blocks) >= blocks
        ]
        return self.author.chance.choice(fit) if fit else None

    def is_free(self, section: SectionDraft) -> bool:
        """Whether nothing in the section has been touched."""
        return self._is_open(section) and not any(_has(self.touched, block) for block in section.blocks)

    def _is_open(self, section: SectionDraft) -> bool:
        return not _has(self.closed, section) and not _has(self.structured, section)


def _has(things: Sequence[object], thing: object) -> bool:
    """Whether the very thing is among them: two blocks that read the same are still two."""
    return any(one is thing for one in things)


Edit = Callable[[Desk], Truth | None]


def title(desk: Desk) -> Truth | None:
    """Another title."""
    new = desk.author.prose.heading()
    return _field(desk, "title", new, said=(desk.draft.page.title, new), class_="editorial")


def canonical(desk: Desk) -> Truth | None:
    """The page says that it is at another address."""
    new = desk.author.link().address
    return _field(desk, "canonical", new, said=(desk.draft.page.canonical, new))


def published(desk: Desk) -> Truth | None:
    """Published anew."""
    return _day(desk, "published", desk.draft.page.published)


def updated(desk: Desk) -> Truth | None:
    """Another day in the metadata."""
    return _day(desk, "updated", desk.draft.page.updated)


def _day(desk: Desk, what: What, old: Dated | None) -> Truth | None:
    assert old is not None
    new = msgspec.structs.replace(old, on=old.on + timedelta(days=desk.author.chance.randint(1, 400)))
    return _field(desk, what, new, said=(str(old.on), str(new.on)))


def responsible(desk: Desk) -> Truth | None:
    """Another person answers for the page."""
    new = desk.author.person()
    return _field(desk, "responsible", new, said=(str(desk.draft.page.responsible), str(new)))


def nobody(desk: Desk) -> Truth | None:
    """Nobody answers for the page any more."""
    return _field(desk, "responsible", None, said=(str(desk.draft.page.responsible), None))


def breadcrumb(desk: Desk) -> Truth | None:
    """A page above was renamed."""
    old, new = desk.draft.page.breadcrumb, desk.author.prose.heading()
    return _field(desk, "breadcrumb", (old[0], new, old[2]), said=(old[1], new))


def preamble(desk: Desk) -> Truth | None:
    """Words in the preamble."""
    (old,) = desk.draft.page.preamble
    new = Paragraph(text=reworded(desk, block_text(old)))
    return _field(desk, "preamble", (new,), said=(block_text(old), new.text), class_="editorial")


def _field(
    desk: Desk, what: What, value: object, *, said: tuple[str | None, str | None], class_: Class = "metadata"
) -> Truth | None:
    if what in desk.fields:
        return None
    desk.fields.add(what)
    desk.draft.page = msgspec.structs.replace(desk.draft.page, **{what: value})
    kind: Kind = "removed" if said[1] is None else "edited"
    return Truth(name=f"{what} {kind}", kind=kind, what=what, class_=class_, before=said[0], after=said[1])


def reworded(desk: Desk, text: str) -> str:
    """The text with words exchanged, put in or taken out, or a sentence more at its end."""
    words = text.split(" ")
    chance = desk.author.chance
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(1, len(words) - 1)
        match chance.choice(("exchange", "insert", "delete", "append")):
            case "exchange":
                words[at] = desk.author.prose.word()
            case "insert":
                words.insert(at, desk.author.prose.word())
            case "delete" if len(words) > 8:
                words.pop(at)
            case _:
                words += desk.author.prose.sentence().split(" ")
                break
    new = " ".join(words)
    return new if new != text else f"{text} {desk.author.prose.sentence()}"
