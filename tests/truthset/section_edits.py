"""Edits of whole sections: added, removed, renamed, moved, split, merged, given another level."""

from __future__ import annotations

from tests.truthset.edits import Desk, Truth
from tests.truthset.pages import SectionDraft


def added(desk: Desk) -> Truth | None:
    """A new section at the end or before one of the highest level."""
    sections = desk.draft.sections
    places = [at for at, one in enumerate(sections) if at and one.level == 2] + [len(sections)]
    new = desk.author.section(2)
    desk.closed.append(new)
    sections.insert(desk.author.chance.choice(places), new)
    return Truth(name="section added", kind="added", what="section", section=new, before=None, after=new.heading)


def removed(desk: Desk) -> Truth | None:
    """A section taken out."""
    section = desk.leaf()
    if not section or len(desk.draft.sections) < 5:
        return None
    _close(desk, section)
    desk.draft.sections.remove(section)
    return Truth(
        name="section removed", kind="removed", what="section", section=section, before=section.heading, after=None
    )


def renamed(desk: Desk) -> Truth | None:
    """Another heading over the same text."""
    section = desk.leaf()
    if not section:
        return None
    _close(desk, section)
    old, section.heading = section.heading, desk.author.prose.heading()
    return Truth(
        name="section renamed", kind="renamed", what="section", section=section, before=old, after=section.heading
    )


def moved(desk: Desk) -> Truth | None:
    """A section moved past three others or more, so that it is clear which moved. Once a night, for the same reason."""
    section = desk.leaf(2)
    sections = desk.draft.sections
    if not section or "moved" in desk.fields or len(sections) < 6:
        return None
    at = sections.index(section)
    rest = [one for one in sections if one is not section]
    passed = {
        to: [one for one in rest[min(at, to) : max(at, to)] if not any(one is other for other in desk.closed)]
        for to in [*(to for to, one in enumerate(rest) if to and one.level == 2), len(rest)]
    }
    places = [to for to, sections_between in passed.items() if len(sections_between) >= 3]
    if not places:
        return None
    to = desk.author.chance.choice(places)
    _close(desk, section)
    desk.fields.add("moved")
    desk.pinned += passed[to]
    sections[:] = [*rest[:to], section, *rest[to:]]
    return Truth(
        name="section moved", kind="moved", what="section", section=section, before=section.heading,
        after=section.heading,
    )  # fmt: skip


def split(desk: Desk) -> Truth | None:
    """A new heading in the middle of a section."""
    section = desk.leaf(blocks=4)
    if not section:
        return None
    _close(desk, section)
    at = len(section.blocks) // 2
    new = SectionDraft(heading=desk.author.prose.heading(), level=section.level, blocks=section.blocks[at:])
    del section.blocks[at:]
    desk.closed.append(new)
    desk.draft.sections.insert(desk.draft.sections.index(section) + 1, new)
    return Truth(
        name="section split", kind="split", what="section", section=section, before=section.heading, after=new.heading
    )


def merged(desk: Desk) -> Truth | None:
    """The heading between two sections taken out."""
    second = desk.leaf()
    if not second:
        return None
    first = desk.draft.sections[desk.draft.sections.index(second) - 1]
    if first.level != second.level or not desk.is_free(first) or any(first is one for one in desk.pinned):
        return None
    _close(desk, first)
    _close(desk, second)
    first.blocks += second.blocks
    desk.draft.sections.remove(second)
    return Truth(
        name="section merged", kind="merged", what="section", section=first, before=second.heading, after=first.heading
    )


def relevelled(desk: Desk) -> Truth | None:
    """A heading of another level over the same text."""
    section = desk.leaf()
    if not section:
        return None
    sections = desk.draft.sections
    after = sections.index(section) + 1
    if section.level == 3 and after < len(sections) and sections[after].level == 3:
        return None
    _close(desk, section)
    old, section.level = section.level, 5 - section.level
    return Truth(
        name="section relevelled", kind="relevelled", what="section", section=section, before=f"h{old}",
        after=f"h{section.level}",
    )  # fmt: skip


def _close(desk: Desk, section: SectionDraft) -> None:
    desk.closed.append(section)
