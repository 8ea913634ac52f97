"""Edits of blocks and of what stands in them: prose, lists, tables, pictures, films, links, documents."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from schemas.change import Kind, What
from schemas.page import Block, Film, Image, Item, Link, List, Paragraph, Quote, Table, block_text
from tests.truthset.edits import Desk, Edit, Truth, reworded
from tests.truthset.pages import SectionDraft

_CALLED: dict[type[Block], What] = {
    Paragraph: "paragraph", Quote: "quote", List: "list", Table: "table", Image: "image", Film: "film",
}  # fmt: skip


def reading(block: Block) -> str:
    """What a change says of a whole block."""
    return f"{block_text(block)} <{block.address}>" if isinstance(block, Image | Film) else block_text(block)


def _plain(block: Block) -> bool:
    return not getattr(block, "links", ())


def words(sort: type[Paragraph | Quote]) -> Edit:
    """Words edited in a paragraph or quote; links in it stay."""

    def edit(desk: Desk) -> Truth | None:
        found = desk.block(sort, _plain)
        if not found:
            return None
        section, at = found
        old = section.blocks[at]
        assert isinstance(old, Paragraph | Quote)
        new = replace(old, text=reworded(desk, old.text))
        desk.put(section, at, new)
        return told("edited", _CALLED[sort], section, old.text, new.text)

    return edit


def added(make: Callable[[Desk], Block]) -> Edit:
    """A new block anywhere in a section."""

    def edit(desk: Desk) -> Truth | None:
        section = desk.whole()
        if not section:
            return None
        new = make(desk)
        desk.touched.append(new)
        desk.structured.append(section)
        section.blocks.insert(desk.author.chance.randint(0, len(section.blocks)), new)
        return told("added", _CALLED[type(new)], section, None, reading(new))

    return edit


def removed(sort: type[Block]) -> Edit:
    """A block taken out."""

    def edit(desk: Desk) -> Truth | None:
        found = desk.block(sort, structured=True)
        if not found:
            return None
        section, at = found
        old = section.blocks.pop(at)
        desk.structured.append(section)
        return told("removed", _CALLED[sort], section, reading(old), None)

    return edit


def moved_within(desk: Desk) -> Truth | None:
    """A block moved past two others or more, so that it is clear which moved."""
    section = desk.whole(blocks=4)
    if not section:
        return None
    at = desk.author.chance.choice((0, len(section.blocks) - 1))
    if any(section.blocks[at] is one for one in desk.touched):
        return None
    block = section.blocks.pop(at)
    section.blocks.insert(len(section.blocks) - 1 if at == 0 else 1, block)
    desk.structured.append(section)
    desk.touched.append(block)
    return told("moved", _CALLED[type(block)], section, reading(block), reading(block))


def moved_away(desk: Desk) -> Truth | None:
    """A block moved to another section."""
    found = desk.block(desk.author.chance.choice((Paragraph, Quote, Image, List)), structured=True)
    to = desk.whole()
    if not found or not to or to is found[0]:
        return None
    block = found[0].blocks.pop(found[1])
    to.blocks.insert(desk.author.chance.randint(0, len(to.blocks)), block)
    desk.structured += (found[0], to)
    desk.touched.append(block)
    return told("moved", _CALLED[type(block)], to, reading(block), reading(block), name="block to another section")


def to_quote(desk: Desk) -> Truth | None:
    """A paragraph made a quote."""
    found = desk.block(Paragraph, _plain)
    if not found:
        return None
    old = found[0].blocks[found[1]]
    new = Quote(text=block_text(old))
    desk.put(*found, new)
    return told("edited", "quote", found[0], new.text, new.text, name="paragraph to quote")


def to_item(desk: Desk) -> Truth | None:
    """A paragraph made the last item of a list."""
    found = desk.block(List)
    if not found:
        return None
    section, at = found
    block = section.blocks[at]
    fit = [
        one
        for one in section.blocks
        if isinstance(one, Paragraph) and _plain(one) and not any(one is t for t in desk.touched)
    ]
    if not fit or any(section is one for one in desk.structured):
        return None
    assert isinstance(block, List)
    desk.put(section, at, replace(block, items=(*block.items, Item(text=fit[0].text))))
    section.blocks = [one for one in section.blocks if one is not fit[0]]
    desk.structured.append(section)
    return told("edited", "item", section, fit[0].text, fit[0].text, name="paragraph to item")


def shown(sort: type[Image | Film], *, text: bool = False, version: bool = False) -> Edit:
    """A picture or film: another text, a new version of its file, or another one in its place."""

    def edit(desk: Desk) -> Truth | None:
        found = desk.block(sort)
        if not found:
            return None
        old = found[0].blocks[found[1]]
        assert isinstance(old, Image | Film)
        other = desk.author.image() if sort is Image else desk.author.film()
        new = replace(old, address=_next_version(desk, old.address) if version else other.address)
        if text:
            new = replace(old, **{"alternative" if sort is Image else "title": desk.author.prose.phrase()})
        desk.put(*found, new)
        before, after = (block_text(old), block_text(new)) if text else (old.address, new.address)
        name = f"{_CALLED[sort]} " + ("text" if text else "version" if version else "replaced")
        return told("edited", _CALLED[sort], found[0], before, after, name=name)

    return edit


def link(change: Callable[[Desk, Paragraph], tuple[Paragraph, Kind, str | None, str | None]]) -> Edit:
    """An edit of the link of a paragraph that has one."""

    def edit(desk: Desk) -> Truth | None:
        found = desk.block(Paragraph, lambda block: not _plain(block))
        old = found[0].blocks[found[1]] if found else None
        if not found or not isinstance(old, Paragraph):
            return None
        new, kind, before, after = change(desk, old)
        desk.put(*found, new)
        return told(kind, "link", found[0], before, after)

    return edit


def link_target(desk: Desk, old: Paragraph) -> tuple[Paragraph, Kind, str | None, str | None]:
    """The same words lead elsewhere."""
    new = replace(old.links[0], address=desk.author.link().address)
    new = replace(new, kind="page" if "byran" in new.address else "external")
    return replace(old, links=(new,)), "edited", old.links[0].address, new.address


def link_label(desk: Desk, old: Paragraph) -> tuple[Paragraph, Kind, str | None, str | None]:
    """Other words lead to the same place."""
    label = desk.author.prose.phrase()
    # The label stands near the end; its words may stand in the sentences before it too, and stay there.
    start, _, end = old.text.rpartition(old.links[0].label)
    new = replace(old, text=f"{start}{label}{end}", links=(replace(old.links[0], label=label),))
    return new, "edited", old.links[0].label, label


def link_removed(_desk: Desk, old: Paragraph) -> tuple[Paragraph, Kind, str | None, str | None]:
    """The words stay, and lead nowhere."""
    return replace(old, links=()), "removed", old.links[0].address, None


def link_added(desk: Desk) -> Truth | None:
    """Words that were there lead somewhere now."""
    found = desk.block(Paragraph, _plain)
    if not found:
        return None
    old = found[0].blocks[found[1]]
    assert isinstance(old, Paragraph)
    label = " ".join(old.text.split(" ")[1:4])
    new = replace(desk.author.link(), label=label)
    desk.put(*found, replace(old, links=(new,)))
    return told("added", "link", found[0], None, new.address)


def document_version(desk: Desk) -> Truth | None:
    """A new version of a file under the same words."""
    found = desk.block(List, lambda block: isinstance(block, List) and bool(block.items[-1].links))
    if not found:
        return None
    block = found[0].blocks[found[1]]
    assert isinstance(block, List)
    old: Link = block.items[-1].links[0]
    new = replace(old, address=_next_version(desk, old.address))
    desk.put(*found, replace(block, items=(*block.items[:-1], replace(block.items[-1], links=(new,)))))
    return told("edited", "document", found[0], old.address, new.address)


def unseen(desk: Desk) -> Truth | None:
    """What no reader sees: a no-break space, a soft hyphen. Kept, and not told."""
    found = desk.block(Paragraph, _plain)
    if not found:
        return None
    old = found[0].blocks[found[1]]
    assert isinstance(old, Paragraph)
    new = replace(old, text=old.text.replace(" ", desk.author.chance.choice(("\u00a0", " \u00ad")), 1))
    desk.put(*found, new)
    return replace(told("edited", "paragraph", found[0], old.text, new.text, name="unseen"), class_="cosmetic")


def _next_version(desk: Desk, address: str) -> str:
    parts = address.split("/")
    parts[-2] = str(desk.author.stamp())
    return "/".join(parts)


def told(
    kind: Kind, what: What, section: SectionDraft, before: str | None, after: str | None, *, name: str = ""
) -> Truth:
    """A truth about a block, named after its change unless told otherwise."""
    return Truth(name=name or f"{what} {kind}", kind=kind, what=what, section=section, before=before, after=after)
