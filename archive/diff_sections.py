"""Differences between the sections of two pages. Pure.

One change per section that came, went, moved or got another heading; what differs in its blocks is told block by block.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from archive.align import pair_sections
from archive.diff_blocks import block_changes
from archive.diff_text import linked_difference
from archive.pairs import Place, places
from archive.regroup import Group, moved_along, regrouped
from archive.spot import Spot
from archive.wording import SEPARATOR, heading_paths, section_text
from schemas.change import Change, Kind, Op
from schemas.page import Section


class _Both(msgspec.Struct, frozen=True):
    """The sections of both pages with their heading paths."""

    before: Sequence[Section]
    after: Sequence[Section]
    paths_before: list[tuple[str, ...]]
    paths_after: list[tuple[str, ...]]

    def spot(self, place: Place) -> Spot:
        """Where a section is: the path of the earlier one, the headings of the later one where there is one."""
        path = self.paths_after[place.after] if place.after is not None else self.paths_before[place.before or 0]
        return Spot(
            path=("sections",) if place.before is None else ("sections", place.before),
            where=SEPARATOR.join(path),
            section_before=place.before,
            section_after=place.after,
        )


def section_changes(before: Sequence[Section], after: Sequence[Section]) -> Iterator[Change]:
    """Changes between the sections of two pages, as one reads on."""
    if before == after:
        return
    both = _Both(before, after, heading_paths(before), heading_paths(after))
    found = pair_sections(before, after)
    groups = regrouped(before, after, found.pairs)
    told: set[Group] = set()
    order = list(places(len(before), len(after), found.pairs))
    for run in moved_along(before, order):
        member_of = dict.fromkeys(group for group in groups for place in run if group.has(place))
        alone = [place for place in run if not any(group.has(place) for group in member_of)]
        for group in member_of:
            if group not in told:
                told.add(group)
                yield _regrouping(both, group, order)
        yield from _run_changes(both, alone, truncated=found.truncated)


def _run_changes(both: _Both, run: Sequence[Place], *, truncated: bool) -> Iterator[Change]:
    """Changes of one section, or of one that moved with the sections under it: the move is told once."""
    changes = [change for place in run for change in _place_changes(both, place, truncated=truncated)]
    moves = [change for change in changes if change.what == "section" and change.kind in ("moved", "moved_and_edited")]
    if len(moves) < 2:  # noqa: PLR2004 - one move is told as it is
        yield from changes
        return
    edited = any(change.kind == "moved_and_edited" for change in moves)
    yield msgspec.structs.replace(
        moves[0],
        kind="moved_and_edited" if edited else "moved",
        why=f"in another place, with {len(moves) - 1} under it",
        ops=tuple(op for change in moves for op in change.ops),
    )
    yield from (change for change in changes if change not in moves)


def _place_changes(both: _Both, place: Place, *, truncated: bool) -> list[Change]:
    spot = both.spot(place)
    if place.before is None and place.after is not None:
        new = both.after[place.after]
        ops: tuple[Op, ...] = (spot.insert(place.after, new),)
        why, text = "found in the later page only", section_text(new)
        return [spot.change("added", "section", None, text, why=why, ops=ops, truncated=truncated)]
    if place.after is None and place.before is not None:
        gone = both.before[place.before]
        ops = (spot.delete(gone),)
        why, text = "found in the earlier page only", section_text(gone)
        return [spot.change("removed", "section", text, None, why=why, ops=ops, truncated=truncated)]
    section, new = both.before[place.before or 0], both.after[place.after or 0]
    if section == new and not place.moved:
        return []
    inside = [*_heading_changes(spot, section, new)]
    inside += block_changes(spot.at("blocks"), section.blocks, new.blocks)
    return [*_move(spot, place, new, edited=bool(inside)), *inside]


def _move(spot: Spot, place: Place, new: Section, *, edited: bool) -> Iterator[Change]:
    """The move of a section, named by its later heading: if that is new, a change of its own says so."""
    if place.moved and place.after is not None:
        kind: Kind = "moved_and_edited" if edited else "moved"
        why = "in another place; what changed in it follows" if edited else "same content in another place"
        heading = new.heading or None
        yield spot.change(kind, "section", heading, heading, why=why, ops=(spot.move(place.after),))


def _heading_changes(spot: Spot, section: Section, new: Section) -> Iterator[Change]:
    """Heading, level and anchor: an anchor follows its heading, a level is told by itself where the heading stayed."""
    heads = section.heading or None, new.heading or None
    found = linked_difference(
        spot, "heading", (section.heading, section.links), (new.heading, new.links), labels_apart=False
    )
    level = spot.set("level", section.level, new.level)
    anchor = spot.set("anchor", section.anchor, new.anchor)
    if found.edited:
        why = "heading and level differ" if level else "heading differs"
        yield spot.change("renamed", "section", *heads, why=why, ops=(*found.edited, *found.cosmetic, *level, *anchor))
    elif level:
        levels = f"h{section.level}", f"h{new.level}"
        yield spot.change("relevelled", "section", *levels, why="level differs", ops=(*level, *anchor))
    elif anchor:
        anchors = [f"#{one}" if one else None for one in (section.anchor, new.anchor)]
        yield spot.change("edited", "section", *anchors, why="anchor only", ops=anchor, class_="cosmetic")
    if found.cosmetic and not found.edited:
        yield spot.change("edited", "section", *heads, why=found.reason, ops=found.cosmetic, class_="cosmetic")
    yield from found.links


def _regrouping(both: _Both, group: Group, order: Sequence[Place]) -> Change:
    """One change for sections that were split or merged: what was read before, what is read now, and all steps."""
    members = [place for place in order if group.has(place)]
    changes = [change for place in members for change in _place_changes(both, place, truncated=False)]
    kind: Kind = "split" if len(group.after) > 1 else "merged"
    why = "same blocks under more headings" if kind == "split" else "same blocks under fewer headings"
    return both.spot(Place(group.before[0], group.after[0])).change(
        kind,
        "section",
        "\n".join(section_text(both.before[i]) for i in group.before),
        "\n".join(section_text(both.after[j]) for j in group.after),
        why=why,
        ops=[op for change in changes for op in change.ops],
    )
