"""Pages as one writes them down: the notation of the examples in docs/reading-a-diff.md, read into page records."""

from __future__ import annotations

import html
import re
from datetime import date
from typing import Any

from schemas.page import (
    Block,
    Cell,
    Dated,
    Film,
    Image,
    Item,
    Link,
    List,
    Page,
    Paragraph,
    Person,
    Quote,
    Row,
    Section,
    Table,
)

_FIELD = re.compile(r"(published|updated|responsible|language|canonical|breadcrumb): (.*)")
_LINK = re.compile(r"\[([^\]]*)\]\(([^)]*)\)")
_PICTURE = re.compile(r"(image|film): (.*?) ?<([^>]*)>")


def page_from(text: str) -> Page:
    """The page that the lines write down.

    `# title`, `field: value`, `## heading`, `- item`, `1. item`, `| row |`, `> quote`, `image: text <address>`,
    `film: text <address>`, anything else a paragraph; `[label](address)` in any of them.
    """
    fields: dict[str, Any] = {"title": "Exempel"}
    sections: list[tuple[str, int, list[Block]]] = []
    for line in html.unescape(text).splitlines():
        heading = re.fullmatch(r"(#+) (.*)", line)
        field = _FIELD.fullmatch(line)
        if heading and len(heading[1]) == 1:
            fields["title"] = heading[2]
        elif heading:
            sections.append((heading[2], len(heading[1]), []))
        elif field:
            fields[field[1]] = _value(field[1], field[2])
        elif line:
            blocks = sections[-1][2] if sections else fields.setdefault("preamble", [])
            _add(blocks, line)
    fields["preamble"] = tuple(fields.get("preamble", ()))
    made = tuple(Section(heading=name, level=level, blocks=tuple(blocks)) for name, level, blocks in sections)
    return Page(**fields, sections=made)


def _value(field: str, text: str) -> Any:
    match field:
        case "published" | "updated":
            return Dated(on=date.fromisoformat(text), source="text")
        case "responsible":
            name, _, role = text.partition(", ")
            return Person(name=name, role=role)
        case "breadcrumb":
            return tuple(text.split(" › "))
        case _:
            return text


def _add(blocks: list[Block], line: str) -> None:
    """Add a line to the blocks: to the list or table before it, or as a block of its own."""
    last = blocks[-1] if blocks else None
    item = re.fullmatch(r"( *)(-|\d+\.) (.*)", line)
    picture = _PICTURE.fullmatch(line)
    if item:
        entry = Item(**_linked(item[3]), level=len(item[1]) // 2 + 1)
        ordered = item[2] != "-"
        together = isinstance(last, List) and last.ordered == ordered
        items = last.items if isinstance(last, List) and together else ()
        blocks[len(blocks) - together :] = [List(items=(*items, entry), ordered=ordered)]
    elif line.startswith("|"):
        row = Row(cells=tuple(Cell(**_linked(cell.strip())) for cell in line.strip("|").split("|")))
        rows = last.rows if isinstance(last, Table) else ()
        blocks[len(blocks) - bool(rows) :] = [Table(rows=(*rows, row))]
    elif picture:
        kind = Image(address=picture[3], alternative=picture[2])
        blocks.append(kind if picture[1] == "image" else Film(address=picture[3], title=picture[2]))
    elif line.startswith("> "):
        blocks.append(Quote(**_linked(line[2:])))
    else:
        blocks.append(Paragraph(**_linked(line)))


def _linked(text: str) -> dict[str, Any]:
    """A text and its links; an address that ends as a file does is a document's."""
    links = tuple(
        Link(label=label, address=address, kind="document" if address.endswith(".pdf") else "page")
        for label, address in _LINK.findall(text)
    )
    return {"text": _LINK.sub(r"\1", text), "links": links}
