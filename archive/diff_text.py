"""Differences in running text and in the links that stand in it: paragraphs, quotes, items, cells, headings. Pure.

Each difference is told once. A link whose label or target changed is told as a link while the text round it stays; a
label that changed inside an edited text is seen there, so it is told with the text; a target never is, so it always
gets a change of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import NamedTuple, TypeVar

from archive.comparison import comparison, comparison_address, cosmetic_reason, file_name, one_reason
from archive.pairs import Place, places
from archive.runs import BUDGET, equal_runs
from archive.sameness import link_key
from archive.spot import Spot
from archive.words import word_diff
from schemas.change import Change, Kind, Op, What
from schemas.page import Cell, Item, Link, Paragraph, Quote

T = TypeVar("T")
Text = Paragraph | Quote | Item | Cell
Linked = tuple[str, tuple[Link, ...]]


class TextDifference(NamedTuple):
    """What differs between two texts with their links."""

    edited: tuple[Op, ...] = ()
    """Steps that a reader sees in the text; whatever holds the text carries them in its change."""
    cosmetic: tuple[Op, ...] = ()
    """Steps between forms that read the same."""
    reason: str = ""
    """Why the cosmetic steps are that."""
    links: tuple[Change, ...] = ()
    """Links that changed while the words round them did not, or whose target did."""
    truncated: bool = False


def text_difference(spot: Spot, before: Text, after: Text) -> TextDifference:
    """Compare two texts with their links; `spot` is that of the earlier one."""
    return linked_difference(spot, "text", (before.text, before.links), (after.text, after.links))


def linked_difference(
    spot: Spot, field: str, before: Linked, after: Linked, *, labels_apart: bool = True
) -> TextDifference:
    """Compare two values of a text field, each with the links that stand in it.

    Unless `labels_apart`, a new label is a new text like any other.
    """
    if before == after:
        return TextDifference()
    text, new_text = before[0], after[0]
    step = spot.set(field, text, new_text)
    pairs = pair_in_order(
        before[1],
        after[1],
        (link_key, lambda link: file_name(link.address), lambda link: comparison(link.label)),
    )
    if comparison(text) == comparison(new_text):
        told = _links_told(spot, before, after, pairs)
        reasons = [cosmetic_reason(text, new_text)] if step else []
        reason = one_reason([*reasons, told.reason] if told.reason else reasons)
        return told._replace(cosmetic=(*step, *told.cosmetic), reason=reason)
    if labels_apart and comparison(new_text) in map(comparison, _relabelled(before, after[1], pairs)):
        return _links_told(spot, before, after, pairs, carried=step)
    told = _links_told(spot, before, after, pairs, edited=True)
    return told._replace(edited=(*step, *told.edited), truncated=_is_truncated(text, new_text))


def text_changes(
    spot: Spot, what: What, place: Place, before: Text, after: Text, *, levels: tuple[int, int] = (1, 1)
) -> list[Change]:
    """Changes of one text in a run; `levels` are the depths of a list item before and after."""
    relevelled = spot.set("level", *levels)
    found = text_difference(spot, before, after)
    moved = (spot.move(place.after),) if place.moved and place.after is not None else ()
    texts = before.text, after.text
    ops = (*moved, *found.edited, *relevelled)
    cosmetic = found.cosmetic
    changes = []
    if found.edited:
        kind: Kind = "moved_and_edited" if moved else "edited"
        told = spot.change(kind, what, *texts, why="words differ", ops=(*ops, *cosmetic), truncated=found.truncated)
        changes, cosmetic = [told], ()
    elif moved:
        changes = [spot.change("moved", what, *texts, why="same words in another place", ops=ops)]
    elif relevelled:
        depths = [f"{text} (depth {level})" for text, level in zip(texts, levels, strict=True)]
        changes = [spot.change("relevelled", what, *depths, why="same words at another depth of the list", ops=ops)]
    if cosmetic:
        changes.append(spot.change("edited", what, *texts, why=found.reason, ops=cosmetic, class_="cosmetic"))
    return [*changes, *found.links]


def pair_in_order(
    before: Sequence[T], after: Sequence[T], keys: Sequence[Callable[[T], Hashable]]
) -> list[tuple[int, int]]:
    """Pairs that keep the order: by each key in turn within what the keys before it left, the rest if equally many."""
    if not before or not after:
        return []
    if not keys:
        return [(at, at) for at in range(len(before))] if len(before) == len(after) else []
    runs, _ = equal_runs([keys[0](one) for one in before], [keys[0](one) for one in after])
    pairs: list[tuple[int, int]] = []
    i = j = 0
    for run in [*runs, None]:
        end_i, end_j = (run.before, run.after) if run else (len(before), len(after))
        inner = pair_in_order(before[i:end_i], after[j:end_j], keys[1:])
        pairs += [(i + one, j + other) for one, other in inner]
        if run:
            pairs += [(run.before + at, run.after + at) for at in range(run.size)]
            i, j = run.before + run.size, run.after + run.size
    return pairs


def _links_told(
    spot: Spot,
    before: Linked,
    after: Linked,
    pairs: Sequence[tuple[int, int]],
    *,
    edited: bool = False,
    carried: tuple[Op, ...] = (),
) -> TextDifference:
    """What differs in the links. `edited`: a change of the text tells its words, so what is read there rides with it.

    `carried` are the steps of the text that a new label explains: the first link with a new label takes them.
    """
    riding: list[Op] = []
    cosmetic: list[Op] = []
    reasons: list[str] = []
    told: list[Change] = []
    for place in places(len(before[1]), len(after[1]), pairs):
        link = before[1][place.before] if place.before is not None else None
        new = after[1][place.after] if place.after is not None else None
        ops = _link_steps(spot, place, link, new)
        if link and new and link_key(link) == link_key(new):
            cosmetic += ops
            reasons += [_cosmetic_reason(link, new)] if ops else []
        elif edited and _is_read_in_text(link, new, before[0], after[0]):
            riding += ops
        else:
            if link and new and comparison(link.label) != comparison(new.label):
                ops, carried = (*carried, *ops), ()
            told.append(_link_change(spot, link, new, ops))
    return TextDifference(tuple(riding), tuple(cosmetic), one_reason(reasons), tuple(told))


def _cosmetic_reason(link: Link, new: Link) -> str:
    """What sets two links apart that read the same."""
    if link.address != new.address:
        return "form of address only"
    return cosmetic_reason(link.label, new.label) if link.label != new.label else "kind of link only"


def _link_steps(spot: Spot, place: Place, link: Link | None, new: Link | None) -> tuple[Op, ...]:
    here = spot.at("links", place.before) if place.before is not None else spot.at("links")
    if link and new:
        fields = ("label", "address", "kind")
        return tuple(op for field in fields for op in here.set(field, getattr(link, field), getattr(new, field)))
    if link:
        return (here.delete(link),)
    return (here.insert(place.after or 0, new),)


def _is_read_in_text(link: Link | None, new: Link | None, text: str, new_text: str) -> bool:
    """Whether the words of an edited text tell this: a new label, or a link that came or went with its words."""
    if link and new:
        return comparison_address(link.address) == comparison_address(new.address)
    if link:
        return comparison(link.label) not in comparison(new_text)
    return new is not None and comparison(new.label) not in comparison(text)


def _link_change(spot: Spot, link: Link | None, new: Link | None, ops: tuple[Op, ...]) -> Change:
    what: What = "document" if "document" in {one.kind for one in (link, new) if one} else "link"
    if not link or not new:
        kind: Kind = "removed" if link else "added"
        why = "words are no link any more" if link else "words became a link"
        return spot.change(kind, what, _with_address(link), _with_address(new), why=why, ops=ops)
    if comparison_address(link.address) == comparison_address(new.address):
        return spot.change("edited", what, link.label, new.label, why="label differs", ops=ops)
    target = "version of the file" if file_name(link.address) == file_name(new.address) else "target"
    relabelled = comparison(link.label) != comparison(new.label)
    why = f"label and {target} differ" if relabelled else f"{target} differs"
    return spot.change("edited", what, _with_address(link), _with_address(new), why=why, ops=ops)


def _with_address(link: Link | None) -> str | None:
    return f"{link.label} <{link.address}>".lstrip() if link else None


def _relabelled(before: Linked, new_links: Sequence[Link], pairs: Sequence[tuple[int, int]]) -> tuple[str, str]:
    """The earlier text with the later labels in the places of the earlier ones, as far as these can be found.

    The same words may stand in the text without a link: labels are looked for from the start, and from the end.
    """
    text, links = before
    later = {i: new_links[j].label for i, j in pairs}
    head, rest = "", text
    for index, link in enumerate(links):
        words, label, following = rest.partition(link.label) if link.label else (rest, "", "")
        if label:
            head, rest = head + words + later.get(index, label), following
    tail, start = "", text
    for index, link in reversed(list(enumerate(links))):
        words, label, following = start.rpartition(link.label) if link.label else ("", "", start)
        if label:
            start, tail = words, later.get(index, label) + following + tail
    return head + rest, start + tail


def _is_truncated(text: str, new_text: str) -> bool:
    return len(text) * len(new_text) > BUDGET and word_diff(text, new_text).truncated
