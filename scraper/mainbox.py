"""Main box: where the content of a page stands when no selector tells, and what in it is chrome by its names. Pure.

Text is weighed against links, block by block. The content is the innermost box with most of the weight, widened to all
of its parent for as long as nothing beside it is chrome, and by the page's title where that stands apart. Every step
is linear in the number of elements, and equal pages give equal boxes.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import pairwise

import msgspec

from scraper.layout import ChromeKind, Layout
from scraper.mainbox_marks import (
    mark_bare,
    mark_before,
    mark_beside,
    mark_columns,
    mark_consents,
    mark_contents,
    mark_fields,
    mark_links,
    mark_worded,
    trim,
)
from scraper.mainbox_tree import Block, survey, up
from scraper.selectors import Finder
from scraper.text import collapse, stored
from scraper.tree import HEADINGS, Region, Tree

_HOME = re.compile(r"(?:https?://[^/?#]+)?/?(?:(?:index|default|start)\.\w+)?", re.IGNORECASE)
_WORD = re.compile(r"[a-z]+")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
# Only what can hold others is a place for content, and only blocks are taken away by their names.
_BOXES = frozenset(["article", "body", "center", "div", "fieldset", "form", "main", "section", "td"])
_FIRM = frozenset(["html", "body", "main", "h1", "h2", "h3", "h4", "h5", "h6", "tbody", "tr", "thead"])
# Elements that are chrome by what they are, unless they hold the title or much of the text.
_TELLING = frozenset(["header", "form"])
_FRAMES = frozenset(["header", "footer", "nav", "aside"])
_ROLES = frozenset(["banner", "contentinfo", "navigation", "complementary"])
_FACTS = frozenset(["dl", "table"])
_SHARE = 0.7
"""Share of the page's weight that the innermost box holds: chrome that nothing names has seldom more than the rest."""
_MOST = 0.4
"""A block with more than this share of the weight is content, whatever it is called."""
_FORM = 240
"""A form that says less than this asks and thanks; one that says more tells."""
_TELLS = 40
"""What says more than this, and twice as much as its links, is no row of links."""
_EQUAL = 0.5
"""What stands beside the box in a frame is content too when it weighs this much of it."""
_MIN_SITE_NAME = 3


class MainBox(msgspec.Struct, frozen=True, kw_only=True):
    """Where the content stands, outermost boxes in document order, and the chrome in and around it by name."""

    boxes: list[int]
    marked: list[tuple[int, str]]
    title: int | None = None
    """The heading that is the page's title, where it can be told."""
    named: int | None = None
    """That heading, or one below the first level that <title> begins with and that stays in its place."""


def main_box(finder: Finder, root: int, layout: Layout, hidden: Region) -> MainBox:
    """Find the content. `root` is the landmark that holds it, or the body when there is none to trust."""
    body = finder.tree.body
    assert body is not None, "the root stands in a body"
    top = survey(finder.tree, body, hidden)
    # None also when it stands in what is dropped, or is no block: then it is no landmark to go by.
    landmark = next((block for block in top.under() if block.number == root), None)
    if landmark is top or (landmark and (landmark.dropped or not landmark.plain + landmark.linked)):
        landmark = None
    title = _title(finder, [landmark, top] if landmark else [top], hidden)
    place = landmark or top
    known = _Known(
        title=title,
        titled=frozenset(_words(finder.tree.line(title.number, Region(finder.tree))) if title else ()),
        most=max(place.weight, 1) * _MOST,
        place=range(place.number, finder.tree.ends[place.number]),
    )
    marked = _marked(place, top, layout, known)
    marked += mark_consents(top, {id(block) for block in [*up(title), *up(place)]}, finder.tree)
    for block in marked:
        block.leave_out()
    boxes = _with_title(landmark, title, layout) if landmark else _boxes(top, title, layout)
    outer = {kind.name for kind in layout.chrome if kind.outer}
    inside = [block for box in boxes for block in box.under()]
    for block in inside:
        block.name = "" if block.name in outer else block.name
    mark_links(top, boxes, _FIRM)
    kept = {id(block) for block in [*boxes, *up(title)]}
    if title:
        mark_before(inside, title, finder.tree)
        mark_beside(boxes, title)
    mark_columns(inside, kept)
    mark_contents(inside, kept)
    mark_worded(inside, kept, layout, finder.tree, sum(box.plain for box in boxes))
    mark_fields(boxes, kept)
    mark_bare(inside, kept, finder.tree)
    found = [block for block in top.under() if block.name]
    return MainBox(
        boxes=[box.number for box in boxes],
        marked=[(block.number, block.name) for block in found],
        title=None if title is None or title.dropped or title.tag != "h1" else title.number,
        named=None if title is None or title.dropped else title.number,
    )


def _title(finder: Finder, places: list[Block], hidden: Region) -> Block | None:
    """The h1 with which <title> begins; else the first that is not the site's name, with which it ends.

    Without any h1 a heading of another level that <title> begins with is taken.
    """
    node = finder.one("head > title")
    stated = stored(collapse(node.text() if node else "")).casefold()
    rest = lower = None
    nothing = Region(finder.tree)
    for block in (block for place in places for block in place.under() if block.tag in HEADINGS):
        # A title that only screen readers say is the page's title all the same.
        heard = nothing if block.dropped and block.tag == "h1" else hidden
        said = finder.tree.line(block.number, heard).casefold()
        begins = bool(said) and stated.startswith(said)
        if block.tag != "h1":
            lower = lower or (block if begins and len(said) >= _MIN_SITE_NAME else None)
            continue
        if begins:
            return block
        is_site = (len(said) >= _MIN_SITE_NAME and stated.endswith(said)) or _leads_home(block.number, finder.tree)
        rest = rest or (None if is_site or not said else block)
    return rest or lower


def _leads_home(heading: int, tree: Tree) -> bool:
    """Whether a heading is a link to the start of the site, as the name of the site is."""
    links = [inner for inner in range(heading, tree.ends[heading]) if tree.tags[inner] == "a"]
    return len(links) == 1 and _HOME.fullmatch(tree.attribute(links[0], "href")) is not None


class _Known(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a page when its chrome is named."""

    title: Block | None
    titled: frozenset[str]
    """Words of the title."""
    most: float
    """The weight from which a block is content, whatever it is called."""
    place: range
    """Numbers of the elements in the landmark, or in the body."""


def _marked(place: Block, top: Block, layout: Layout, known: _Known) -> list[Block]:
    """Blocks that are chrome by the words in their names; one that holds the title or much of the text is not."""
    kept = {id(block) for block in up(known.title)} | {id(block) for block in up(place)}
    marks = _marks(layout)
    found = []
    waiting = [top]
    while waiting:
        block = waiting.pop()
        if block.tag not in _FIRM and id(block) not in kept:
            kinds = (marks[word] for word in _names(block) if word in marks)
            block.name = next((kind.name for kind in kinds if _counts(kind, block, known)), "")
        if block.name:
            found.append(block)
        else:
            waiting.extend(block.children)
    _spare_many(found, known.most, {kind.name for kind in layout.chrome if kind.large})
    return [block for block in found if block.name]


def _counts(kind: ChromeKind, block: Block, known: _Known) -> bool:
    """Whether a block may be of a kind whose word is in its names, by where it stands and how much it says."""
    late = known.title is not None and block.number > known.title.number
    # What stands after the page's title heads a part of the content and no site, and warns of what that tells.
    if (kind.outer and late) or (kind.early and (late or known.title is None)):
        return False
    # A page about cookies has tables of them, and one about the school's menu has dishes.
    if late and block.number in known.place and not known.titled.isdisjoint(kind.words):
        return False
    if kind.linked and block.plain > max(_TELLS, 2 * block.linked):
        return False
    small = block.weight <= known.most or (block.tag == "form" and block.weight < _FORM)
    return small or (kind.large and known.title is not None)


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
def _marks(layout: Layout) -> dict[str, ChromeKind]:
    """The kind of chrome for each word; the first that has a word counts."""
    found: dict[str, ChromeKind] = {}
    for kind in layout.chrome:
        for word in kind.words:
            found.setdefault(word, kind)
    return found


def _names(block: Block) -> Iterator[str]:
    """Words in an element's id, classes and label: "siteHeader" has two; whole names and pairs come first.

    A header and a form say so themselves, and so does an element of a page's own making, <my-menu>.
    """
    own = block.tag if block.tag in _TELLING or block.is_custom else ""
    if not own and not block.attributes:
        return
    names = [own, _said(block, "id"), *_said(block, "class").split(), *_said(block, "aria-label").split()]
    for name in filter(None, names):
        words = _words(name)
        # A list of facts called "meta" is no row of tools.
        yield from words if block.tag not in _FACTS else words[1:]


@lru_cache(maxsize=4096)
def _words(name: str) -> tuple[str, ...]:
    plain = unicodedata.normalize("NFKD", _HUMP.sub("-", name)).encode("ascii", "ignore").decode().lower()
    words = _WORD.findall(plain)
    return ("=" + "-".join(words), *(f"{first}-{second}" for first, second in pairwise(words)), *words)


def _said(block: Block, name: str) -> str:
    return (block.attributes.get(name) or "").strip()


def _boxes(top: Block, title: Block | None, layout: Layout) -> list[Block]:
    """The content of a page without landmarks."""
    box = _innermost(top)
    while box.parent is not None and not any(_is_frame(beside, title, layout) for beside in box.beside()):
        box = box.parent
    if box.parent is None:
        trim(box)
        return [box]
    chain = {id(block): block for block in up(box)}
    boxes = [box]
    if title and not any(block is box for block in up(title)):
        branch, fork = _fork(title, chain)
        boxes = [branch, *_between(branch, box, fork), box]
    alike = [one for one in box.beside() if _is_alike(one, box) and not any(one is other for other in boxes)]
    return sorted([*boxes, *alike], key=lambda block: block.number)


def _with_title(landmark: Block, title: Block | None, layout: Layout) -> list[Block]:
    """The landmark, and before it the block with the title and the lead, where those stand apart and in no header."""
    if title is None or any(block is landmark for block in up(title)):
        return [landmark]
    branch, fork = _fork(title, {id(block): block for block in up(landmark)})
    marks = _marks(layout)
    way = [block for block in up(title) if id(block) not in {id(one) for one in up(branch.parent)}]
    called = any(word in marks for block in way for word in _names(block))
    apart = not called and not _is_chrome(branch) and 0 < branch.weight < landmark.plain + landmark.linked
    return [branch, *_between(branch, landmark, fork), landmark] if apart else [landmark]


def _innermost(top: Block) -> Block:
    """The innermost box that holds enough of the weight."""
    enough = top.weight * _SHARE
    box = here = top
    while here.weight:
        below = max(here.children, key=lambda block: block.weight, default=None)
        if below is None or below.weight < enough:
            break
        here = below
        box = here if here.tag in _BOXES or here.is_custom else box
    return box


def _is_chrome(block: Block) -> bool:
    """Whether a block is called chrome, is mostly links or has lost more to chrome than is left of it."""
    return bool(block.name) or block.dropped or block.is_linked or block.taken > block.plain + block.linked


def _is_frame(block: Block, title: Block | None, layout: Layout) -> bool:
    """Whether a block is part of a page's frame.

    A row of share buttons is chrome, and stands in the content too; a row of links before the title does not.
    """
    if block.dropped:
        frames = (kind.frame for word in _names(block) if (kind := _marks(layout).get(word)))
        return block.tag in _FRAMES or _said(block, "role") in _ROLES or any(frames)
    before = title is not None and block.number < title.number
    if block.name and not (before and block.is_linked):
        return any(kind.frame for kind in layout.chrome if kind.name == block.name)
    return _is_chrome(block)


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


def _between(first: Block, last: Block, fork: Block) -> Iterator[Block]:
    """What stands between the block with the title and the content's, chrome left out."""
    for block in up(last):
        if block is fork:
            return
        before = (one for one in block.beside() if first.number < one.number < block.number)
        yield from (one for one in before if not _is_chrome(one))
