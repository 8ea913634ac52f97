"""Main box: where the content of a page stands when no selector tells, and what in it is chrome by its names. Pure.

Text is weighed against links, block by block. The content is the innermost box with most of the weight, widened to all
of its parent for as long as nothing beside it is chrome, and by the page's title where that stands apart. Every step
is linear in the number of elements, and equal pages give equal boxes.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from itertools import pairwise

import msgspec

from scraper.layout import Layout
from scraper.mainbox_tree import Block, survey
from scraper.selectors import Finder
from scraper.text import collapse, stored
from scraper.tree import Region, Tree

_WORD = re.compile(r"[a-z]+")
_COUNT = re.compile(r"[\s:]*(?:\(\d+\))?[\s:]*$")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
# Only what can hold others is a place for content, and only blocks are taken away by their names.
_BOXES = frozenset(["article", "body", "center", "div", "fieldset", "form", "main", "section", "td"])
_FIRM = frozenset(["html", "body", "main", "h1", "h2", "h3", "h4", "h5", "h6", "tbody", "tr", "thead"])
_SHARE = 0.7
"""Share of the page's weight that the innermost box holds: chrome that nothing names has seldom more than the rest."""
_MOST = 0.4
"""A block with more than this share of the weight is content, whatever it is called."""
_EQUAL = 0.5
"""What stands beside the box in a frame is content too when it weighs this much of it."""
_LINKED = 0.6
_LIST_LINKS = 3
_ALL_LINKED = 0.9
_LABEL = 40
_MIN_SITE_NAME = 3


class MainBox(msgspec.Struct, frozen=True, kw_only=True):
    """Where the content stands, outermost boxes in document order, and the chrome in and around it by name."""

    boxes: list[int]
    marked: list[tuple[int, str]]
    title: int | None = None
    """The heading that is the page's title, where it can be told."""


def main_box(finder: Finder, root: int, layout: Layout, hidden: Region) -> MainBox:
    """Find the content. `root` is the landmark that holds it, or the body when there is none to trust."""
    body = finder.tree.body
    assert body is not None, "the root stands in a body"
    top = survey(finder.tree, body, hidden)
    # None also when it stands in what is dropped, or is no block: then it is no landmark to go by.
    landmark = next((block for block in _all(top) if block.number == root), None)
    landmark = None if landmark is top or (landmark and landmark.dropped) else landmark
    title = _title(finder, [landmark, top] if landmark else [top], hidden)
    marked = _marked(landmark or top, top, layout, title)
    for block in marked:
        block.leave_out()
    boxes = _with_title(landmark, title, layout) if landmark else _boxes(top, title)
    outer = {kind.name for kind in layout.chrome if kind.outer}
    for block in (block for box in boxes for block in _all(box) if block.name in outer):
        block.name = ""
    _mark_links(top, boxes)
    if title:
        _mark_before(boxes, title)
    _mark_worded(boxes, layout, title, finder.tree)
    found = [block for block in _all(top) if block.name]
    return MainBox(
        boxes=[box.number for box in boxes],
        marked=[(block.number, block.name) for block in found],
        title=title.number if title else None,
    )


def _all(top: Block) -> Iterator[Block]:
    """A block and all under it in document order, without recursion."""
    waiting = [top]
    while waiting:
        block = waiting.pop()
        yield block
        waiting.extend(reversed(block.children))


def _above(block: Block | None) -> Iterator[Block]:
    while block is not None:
        yield block
        block = block.parent


def _title(finder: Finder, places: list[Block], hidden: Region) -> Block | None:
    """The h1 with which <title> begins; else the first that is not the site's name, with which it ends."""
    node = finder.one("head > title")
    stated = stored(collapse(node.text() if node else "")).casefold()
    rest = None
    for block in (block for place in places for block in _all(place)):
        if block.tag != "h1":
            continue
        said = finder.tree.line(block.number, hidden).casefold()
        if said and stated.startswith(said):
            return block
        is_site = len(said) >= _MIN_SITE_NAME and stated.endswith(said)
        rest = rest or (None if is_site or not said else block)
    return rest


def _marked(place: Block, top: Block, layout: Layout, title: Block | None) -> list[Block]:
    """Blocks that are chrome by the words in their names; one that holds the title or much of the text is not."""
    kept = {id(block) for block in _above(title)} | {id(block) for block in _above(place)}
    most = max(place.weight, 1) * _MOST
    marks = _marks(layout)
    large = {kind.name for kind in layout.chrome if kind.large}
    found = []
    waiting = [top]
    while waiting:
        block = waiting.pop()
        if block.tag not in _FIRM and id(block) not in kept:
            name = next((marks[word] for word in _names(block) if word in marks), "")
            block.name = name if block.weight <= most or (title and name in large) else ""
        if block.name:
            found.append(block)
        else:
            waiting.extend(block.children)
    _spare_many(found, most, large)
    return [block for block in found if block.name]


def _spare_many(found: list[Block], most: float, large: set[str]) -> None:
    """Take the names back from blocks of one class that together hold much of the text: cards are the content."""
    groups: dict[tuple[str, str], list[Block]] = {}
    for block in found:
        if block.name not in large:
            groups.setdefault((block.name, _said(block, "class")), []).append(block)
    for group in groups.values():
        if len(group) > 1 and sum(block.weight for block in group) > most:
            for block in group:
                block.name = ""


@cache
def _marks(layout: Layout) -> dict[str, str]:
    """Name of the chrome for each word; the first kind that has a word counts."""
    found: dict[str, str] = {}
    for kind in layout.chrome:
        for word in kind.words:
            found.setdefault(word, kind.name)
    return found


def _names(block: Block) -> Iterator[str]:
    """Words in an element's id, classes and label: "siteHeader" has two; whole names and pairs come first."""
    if not block.attributes:
        return
    names = [_said(block, "id"), *_said(block, "class").split(), *_said(block, "aria-label").split()]
    for name in names:
        plain = unicodedata.normalize("NFKD", _HUMP.sub("-", name)).encode("ascii", "ignore").decode().lower()
        words = _WORD.findall(plain)
        yield "=" + "-".join(words)
        yield from (f"{first}-{second}" for first, second in pairwise(words))
        yield from words


def _said(block: Block, name: str) -> str:
    return (block.attributes.get(name) or "").strip()


def _boxes(top: Block, title: Block | None) -> list[Block]:
    """The content of a page without landmarks."""
    box = _innermost(top)
    while box.parent is not None and not any(_is_chrome(beside) for beside in _beside(box)):
        box = box.parent
    if box.parent is None:
        _trim(box)
        return [box]
    chain = {id(block): block for block in _above(box)}
    boxes = [box]
    if title and not any(block is box for block in _above(title)):
        branch, fork = _fork(title, chain)
        boxes = [*_between(branch, next(one for one in fork.children if id(one) in chain)), box]
    alike = [one for one in _beside(box) if _is_alike(one, box) and not any(one is other for other in boxes)]
    order = {id(block): number for number, block in enumerate(_all(top))}
    return sorted([*boxes, *alike], key=lambda block: order[id(block)])


def _with_title(landmark: Block, title: Block | None, layout: Layout) -> list[Block]:
    """The landmark, and before it the block with the title and the lead, where those stand apart and in no header."""
    if title is None or any(block is landmark for block in _above(title)):
        return [landmark]
    branch, _ = _fork(title, {id(block): block for block in _above(landmark)})
    marks = _marks(layout)
    way = [block for block in _above(title) if id(block) not in {id(one) for one in _above(branch.parent)}]
    called = any(word in marks for block in way for word in _names(block))
    apart = not called and not _is_chrome(branch) and 0 < branch.weight < landmark.weight
    return [branch, landmark] if apart else [landmark]


def _innermost(top: Block) -> Block:
    """The innermost box that holds enough of the weight."""
    enough = top.weight * _SHARE
    box = here = top
    while here.weight:
        below = max(here.children, key=lambda block: block.weight, default=None)
        if below is None or below.weight < enough:
            break
        here = below
        box = here if here.tag in _BOXES else box
    return box


def _beside(block: Block) -> list[Block]:
    return [one for one in block.parent.children if one is not block] if block.parent else []


def _is_chrome(block: Block) -> bool:
    """Whether a block is called chrome, is mostly links or has lost more to chrome than is left of it."""
    return bool(block.name) or block.dropped or _is_linked(block) or block.taken > block.plain + block.linked


def _is_linked(block: Block) -> bool:
    share = block.linked / max(1, block.linked + block.plain)
    return share > (_LINKED if block.links >= _LIST_LINKS else _ALL_LINKED) and block.links > 1


def _is_alike(block: Block, box: Block) -> bool:
    """Whether what stands beside the box in a frame is content as well."""
    return not _is_chrome(block) and block.weight >= _EQUAL * box.weight


def _fork(title: Block, chain: dict[int, Block]) -> tuple[Block, Block]:
    """The block with the title and the one above it that holds the content as well."""
    branch = title
    while branch.parent is not None and id(branch.parent) not in chain:
        branch = branch.parent
    assert branch.parent is not None, "the body holds all"
    return branch, branch.parent


def _between(first: Block, last: Block) -> list[Block]:
    """The block with the title, and what stands between it and the content's, chrome left out."""
    beside = first.parent.children if first.parent else []
    start = next(number for number, one in enumerate(beside) if one is first)
    end = next(number for number, one in enumerate(beside) if one is last)
    return [first, *(one for one in beside[start + 1 : end] if not _is_chrome(one))]


def _trim(box: Block) -> None:
    """Name rows of links at both ends of a page that has no frame; a list of links may be what it is about."""
    for ends in (box.children, box.children[::-1]):
        for block in ends:
            is_title = block.heads and block.plain < _LABEL
            if block.name or is_title or not (block.linked or block.plain):
                continue
            if block.tag in ("ul", "ol", "table", "dl") or not _is_linked(block):
                break
            block.name = "menu"


def _mark_links(top: Block, boxes: list[Block]) -> None:
    """Name the rows of links outside the content."""
    content = {id(box) for box in boxes}
    above = {id(block) for box in boxes for block in _above(box)}
    waiting = [top]
    while waiting:
        block = waiting.pop()
        if id(block) in content or block.name or block.dropped:
            continue
        if _is_linked(block) and id(block) not in above and block.tag not in _FIRM:
            block.name = "menu"
        else:
            waiting.extend(block.children)


def _mark_before(boxes: list[Block], title: Block) -> None:
    """Name the rows of links that stand before the title in its box: ways to it and past it."""
    above = {id(block) for block in _above(title)}
    for block in (block for box in boxes if id(box) in above for block in _all(box)):
        if block is title:
            return
        if id(block) not in above and not block.name and _is_linked(block):
            block.name = "menu"
            for beside in _beside(block) if block.parent is not title.parent else ():
                # A column of links before the text's column makes one of links after it chrome as well.
                if _is_linked(beside) and not beside.heads and id(beside) not in above:
                    beside.name = beside.name or "menu"


def _mark_worded(boxes: list[Block], layout: Layout, title: Block | None, tree: Tree) -> None:
    """Name what stands under headings and labels that announce chrome: "Dela sidan", "Relaterad information"."""
    listed = [words.casefold() for words in layout.chrome_headings]
    openings = tuple(words.removesuffix("*") for words in listed if words.endswith("*"))
    whole = frozenset(listed)
    kept = {id(block) for block in [*boxes, *_above(title)]}
    nothing = Region(tree)
    for block in (block for box in boxes for block in _all(box)) if listed else ():
        if block.name or block.tag not in _ANNOUNCERS or id(block) in kept:
            continue
        said = tree.line(block.number, nothing).casefold()
        if len(said) > _LABEL or not (said.startswith(openings) or _COUNT.sub("", said) in whole):
            continue
        around = block
        while around.parent and id(around.parent) not in kept and around.parent.heads <= 1:
            around = around.parent
        around.name = "related"
        for after in _after(around) if around is block else ():
            after.name = after.name or "related"


_ANNOUNCERS = frozenset(["h2", "h3", "h4", "h5", "h6"])


def _after(block: Block) -> Iterator[Block]:
    """What follows a heading up to the next."""
    beside = block.parent.children if block.parent else []
    start = next(number for number, one in enumerate(beside) if one is block)
    for one in beside[start + 1 :]:
        if one.heads:
            return
        yield one
