"""Chrome in and around the main box by how it stands there: rows of links, ways past the text, and what words announce.

Each function gives blocks a name that says what they are. `inside` are the blocks of the main box in document order,
`kept` those that nothing may take: the box itself, and what holds the page's title.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import islice

from scraper.layout import Layout
from scraper.mainbox_tree import Block, up
from scraper.text import can_be_seen
from scraper.tree import Region, Tree

_COUNT = re.compile(r"[\s:]*(?:\(\d+\))?[\s:]*$")
_COUNTED = re.compile(r"\d+\s+(\w+)")
"""A heading such as "3 kommentarer till inlägget"."""
_CONSENT = re.compile(r"\b(?:kakor|cookies?|webbkakor)\b", re.IGNORECASE)
_TRAIL = re.compile(
    r"(?:(?:du är här|you are here):?\s*)?(?:start|startsida|startsidan|hem|home)\s*[/›»>→|\\].{1,150}$", re.IGNORECASE
)
_TRAIL_LENGTH = 200
_UP = 12
"""Blocks around a heading or a button that are looked at: on pages that are not made to be slow it has fewer."""
_ANNOUNCERS = frozenset(["h2", "h3", "h4", "h5", "h6"])
_LISTS = frozenset(["ul", "ol", "table", "dl"])
_SECTIONS = frozenset(["article", "aside", "section"])
_COLUMN_LINKS = 3
_COLUMN_TEXT = 300
"""Characters of a column of text, beside which a column of links leads elsewhere."""
_LABEL = 40
_ANNOUNCED = 80
"""Characters of the longest heading that announces chrome: "Hjälpte informationen på den här sidan dig?"."""
_ASIDE = 0.5
"""What stands beside the title's column is an aside when it is mostly links and has less than this of its text."""


def trim(box: Block) -> None:
    """Name rows of links at both ends of a page that has no frame; a list of links may be what it is about."""
    for ends in (box.children, box.children[::-1]):
        for block in ends:
            is_title = block.heads and block.plain < _LABEL
            if block.name or is_title or not (block.linked or block.plain):
                continue
            if block.tag in _LISTS or not block.is_linked:
                break
            block.name = "menu"


def mark_consents(top: Block, kept: set[int], tree: Tree) -> list[Block]:
    """Name the boxes that ask to store cookies, by the button that agrees and what they say; the boxes named."""
    found = []
    nothing = Region(tree)
    for block in (one for one in top.under() if one.asks):
        for around in islice(up(block), _UP):
            if id(around) in kept or around.parent is None or around.name:
                break
            if around.plain >= _LABEL and _CONSENT.search(tree.line(around.number, nothing)):
                around.name = "cookies"
                found.append(around)
                break
    return found


def mark_links(top: Block, boxes: list[Block], firm: frozenset[str]) -> None:
    """Name the rows of links outside the content; elements that are `firm` are not taken away."""
    content = {id(box) for box in boxes}
    above = {id(block) for box in boxes for block in up(box)}
    waiting = [top]
    while waiting:
        block = waiting.pop()
        if id(block) in content or block.name or block.dropped:
            continue
        if block.is_linked and id(block) not in above and block.tag not in firm:
            block.name = "menu"
        else:
            waiting.extend(block.children)


def mark_before(inside: list[Block], title: Block, tree: Tree) -> None:
    """Name the rows of links that stand before the title in its box: ways to it and past it."""
    above = {id(block) for block in up(title)}
    nothing = Region(tree)
    named = tree.line(title.number, nothing)
    for block in inside if title in inside else ():
        if block is title:
            return
        if id(block) in above or block.name or block.dropped or not block.links:
            continue
        if not block.is_linked and (block.plain + block.linked > _TRAIL_LENGTH or _is_all_of_above(block)):
            continue
        if not block.is_linked:
            # A trail ends with the page itself, which is no link.
            block.name = "menu" if _is_trail(tree.lines(block.number, nothing), named) else ""
            continue
        block.name = "menu"
        for beside in block.beside() if block.parent is not title.parent else ():
            # A column of links before the text's column makes one of links after it chrome as well.
            if beside.is_linked and not beside.heads and id(beside) not in above:
                beside.name = beside.name or "menu"


def _is_all_of_above(block: Block) -> bool:
    above = block.parent
    return above is not None and (above.plain, above.linked) == (block.plain, block.linked)


def _is_trail(lines: list[str], named: str) -> bool:
    ends = bool(lines and named) and lines[-1].strip(" /›»>").endswith(named)
    return ends or (len(lines) == 1 and _TRAIL.match(lines[0]) is not None)


def mark_beside(boxes: list[Block], title: Block) -> None:
    """Name columns of headed links that follow the column with the title and the text."""
    content = {id(box) for box in boxes}
    for column in up(title):
        if id(column) in content:
            return
        for block in column.after():
            listed = block.linked + block.plain
            words = listed - sum(one.plain for one in block.under() if one.tag in _ANNOUNCERS)
            if block.heads and block.links > 1 and block.linked > _ASIDE * words and listed < _ASIDE * column.plain:
                block.name = block.name or "related"


def mark_columns(inside: list[Block], kept: set[int]) -> None:
    """Name cells full of links beside a cell full of text: a table that lays out the page has its menu in one.

    A table of facts has links in its cells too, and no headings.
    """
    for row in inside:
        cells = [one for one in row.children if one.tag == "td"]
        is_page = any(cell.heads for cell in cells)
        if is_page and any(cell.plain >= _COLUMN_TEXT and not cell.is_linked for cell in cells):
            for cell in (one for one in cells if one.links >= _COLUMN_LINKS and one.is_linked):
                cell.name = cell.name or ("" if id(cell) in kept else "menu")


def mark_contents(inside: list[Block], kept: set[int]) -> None:
    """Name tables of contents: lists of links to places on the page itself. Tabs are no such list."""
    for block in inside:
        if id(block) in kept or block.name or block.plain >= _LABEL or not 1 < block.links == block.inner:
            continue
        if not any(one.attributes.get("role") in ("tab", "tablist") for one in block.under()):
            block.name = "menu"
            before, after = block.before(), block.next()
            if before and before.tag in _ANNOUNCERS and (after is None or after.heads):
                before.name = "menu"


def mark_worded(inside: list[Block], kept: set[int], layout: Layout, tree: Tree, told: int) -> None:
    """Name what stands under headings and labels that announce chrome: "Dela sidan", "Relaterad information".

    `told` is how much the content says outside links.
    """
    announces, may_announce = _teller(layout.chrome_headings), _teller(layout.link_headings)
    nothing = Region(tree)
    for block in inside:
        if block.name or block.tag not in _ANNOUNCERS or id(block) in kept:
            continue
        said = tree.line(block.number, nothing).casefold()
        if len(said) > _ANNOUNCED or not (announces(said) or may_announce(said)):
            continue
        part = list(_part(block, kept))
        if announces(said) or _is_list(block, part, told):
            for one in part:
                one.name = one.name or "related"


def mark_fields(boxes: list[Block], kept: set[int]) -> None:
    """Name what is there to be written in: fields with their labels and a heading, outside any form."""
    waiting = [block for box in boxes for block in box.children if box.fields]
    while waiting:
        block = waiting.pop()
        if block.name or block.dropped or not block.fields:
            continue
        if id(block) not in kept and block.plain + block.linked <= _LABEL * block.fields:
            block.name = "form"
        else:
            waiting.extend(block.children)


def mark_bare(inside: list[Block], kept: set[int], tree: Tree) -> None:
    """Name headings under which there is nothing but chrome."""
    for block in inside:
        if any(one.name or one.dropped for one in block.children):
            for head in _bare(block, tree):
                head.name = head.name or ("" if id(head) in kept else "related")


def _bare(block: Block, tree: Tree) -> Iterator[Block]:
    """The headings among the blocks of one that something follows, and all that follows up to the next is chrome."""
    head, chrome, place = None, False, block.number
    for one in block.children:
        if _shows(tree, place, one.number):
            head = None
        place = tree.ends[one.number]
        if one.name or one.dropped:
            chrome = True
        elif one.heads:
            if head and chrome:
                yield head
            head, chrome = (one if one.tag in _ANNOUNCERS else None), False
        elif _shows(tree, one.number, place):
            head = None
    if head and chrome and not _shows(tree, place, tree.ends[block.number]):
        yield head


def _shows(tree: Tree, start: int, end: int) -> bool:
    """Whether a reader sees anything of the elements and texts between two numbers."""
    for number in range(start, end):
        tag, first = tree.tags[number], tree.firsts[number]
        # The text of a script has no piece.
        if tag in _SHOWN or (not tag and first < tree.lasts[number] and can_be_seen(tree.pieces[first])):
            return True
    return False


_SHOWN = frozenset(["img", "svg", "iframe", "video", "audio", "embed", "object", "picture"])


@lru_cache(maxsize=16)
def _teller(listed: tuple[str, ...]) -> Callable[[str], bool]:
    """Tells whether a heading in small letters is one of those listed; an asterisk ends an opening."""
    folded = [words.casefold() for words in listed]
    openings = tuple(words.removesuffix("*") for words in folded if words.endswith("*"))
    whole = frozenset(folded)

    def announces(said: str) -> bool:
        counted = _COUNTED.match(said)
        return said.startswith(openings) or _COUNT.sub("", said) in whole or bool(counted and counted[1] in whole)

    return announces


def _part(head: Block, kept: set[int]) -> Iterator[Block]:
    """A heading and what stands under it, up to the next that is no deeper, as few blocks as hold it."""
    around = head
    for above in islice(up(head.parent), _UP):
        if id(above) in kept or not _is_under(above, head):
            break
        around = above
    yield around
    if around.tag in _SECTIONS or around.plain + around.linked > head.plain + head.linked:
        return
    for one in around.after():
        if any(below.tag <= head.tag for below in _heads(one)):
            return
        yield one


def _is_under(block: Block, head: Block) -> bool:
    """Whether a heading is the first in a block, and all others there are deeper."""
    heads = _heads(block)
    return next(heads) is head and all(other.tag > head.tag for other in heads)


def _heads(block: Block) -> Iterator[Block]:
    return (one for one in block.under() if one.tag in _HEADS)


_HEADS = _ANNOUNCERS | {"h1"}


def _is_list(head: Block, part: list[Block], told: int) -> bool:
    """Whether nothing but links and cards that are links stands under a heading, on a page that is about more."""
    linked = sum(one.linked for one in part) - head.linked
    plain = sum(one.plain for one in part) - head.plain
    if told - plain < 2 * (linked + plain):
        return False
    cards = [one for block in part for one in _heads(block) if one is not head]
    return linked > 2 * plain or (bool(cards) and all(card.linked for card in cards))
