"""A page record as a SiteVision site would send it. What the record says is there; what it does not say is noise."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from schemas.page import (
    Block,
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
from tests.truthset.noise import Noise

_MONTHS = (
    "januari", "februari", "mars", "april", "maj", "juni", "juli", "augusti", "september", "oktober", "november",
    "december",
)  # fmt: skip


def rendered(page: Page, noise: Noise) -> bytes:
    """The body of one answer."""
    return "\n".join(
        [
            "<!DOCTYPE html>",
            f'<html lang="{page.language}" class="sv-no-js sv-template-sida"><head><meta charset="UTF-8">',
            f"<title>{escape(page.title)} | Byrån</title>{noise.head()}",
            f'<link rel="canonical" href="{page.canonical}">{_modified(page.updated)}</head>',
            f'<body class="{noise.hashed()} sv-responsive env-m-around--0">{noise.header()}',
            f'<main class="sv-vertical sv-layout sv-template-layout" id="{noise.portlet("svid10")}">',
            _breadcrumb(page.breadcrumb),
            f'<p class="lp-publication-date">{_published(page.published, noise)}</p>',
            _title_box(page, noise),
            noise.tools(),
            _content_box(page, noise),
            _byline(page.responsible),
            noise.aside(),
            f"</main>{noise.footer()}</body></html>",
        ]
    ).encode()


def _modified(dated: Dated | None) -> str:
    return f'<meta name="DC.modified" content="{dated.on}">' if dated else ""


def _published(dated: Dated | None, noise: Noise) -> str:
    return f"Publicerad{noise.colon()} {dated.on.day} {_MONTHS[dated.on.month - 1]} {dated.on.year}" if dated else ""


def _breadcrumb(labels: Sequence[str]) -> str:
    steps = "".join(f'<li class="env-breadcrumb__item"><a href="/x">{escape(label)}</a></li>' for label in labels)
    return f'<nav aria-label="Länkstig"><ol class="env-breadcrumb env-text">{steps}</ol></nav>'


def _byline(person: Person | None) -> str:
    if not person:
        return ""
    return f'<div class="lp-byline"><h2>Informationsansvarig</h2><ul><li>{person.name}<br>{person.role}</li></ul></div>'


def _title_box(page: Page, noise: Noise) -> str:
    heading = f'<h1 class="heading" id="h-x">{escape(page.title)}</h1>'
    return (
        f'<div id="{noise.portlet("svid94")}" class="pagecontent sv-layout">{noise.in_portlet("Rubrik", heading)}</div>'
    )


def _content_box(page: Page, noise: Noise) -> str:
    lead = "".join(f'<p class="ingress">{_text(block, noise)}</p>' for block in page.preamble)
    parts = [noise.in_portlet("Ingress", lead)]
    for section in page.sections:
        parts.append(noise.in_portlet("Innehall", _section(section, noise)))
        parts.append(noise.between())
    return f'<div id="{noise.portlet("svid94")}" class="pagecontent sv-layout">{"".join(parts)}</div>'


def _section(section: Section, noise: Noise) -> str:
    tag = f"h{section.level}"
    heading = f'<{tag} class="subheading" id="{section.anchor}">{escape(section.heading)}</{tag}>'
    return heading + "".join(noise.blank() + _block(block, noise) for block in section.blocks)


def _block(block: Block, noise: Noise) -> str:
    match block:
        case Paragraph():
            return f'<p class="normal">{_text(block, noise)}</p>'
        case Quote():
            return f"<blockquote><p>{_text(block, noise)}</p></blockquote>"
        case List():
            return _list(block, noise)
        case Table():
            caption = f"<caption>{escape(block.caption)}</caption>" if block.caption else ""
            return f'<table class="env-table">{caption}{"".join(_row(row) for row in block.rows)}</table>'
        case Image():
            return f'<img class="{noise.hashed()}" alt="{escape(block.alternative)}" src="{block.address}">'
        case Film():
            return f'<iframe title="{escape(block.title)}" src="{block.address}" data-cid="{noise.uuid()}"></iframe>'


def _list(block: List, noise: Noise) -> str:
    tag = "ol" if block.ordered else "ul"
    html, level = f'<{tag} class="env-text-list normal">', 1
    for at, item in enumerate(block.items):
        if at:
            html += "<ul>" if item.level > level else "</li></ul></li>" if item.level < level else "</li>"
        html += f"<li>{_text(item, noise)}"
        level = item.level
    return html + "</li></ul>" * (level - 1) + f"</li></{tag}>"


def _row(row: Row) -> str:
    tags = [("th" if cell.header else "td", escape(cell.text)) for cell in row.cells]
    return "<tr>" + "".join(f"<{tag}>{text}</{tag}>" for tag, text in tags) + "</tr>"


def _text(block: Paragraph | Quote | Item | Block, noise: Noise) -> str:
    assert isinstance(block, Paragraph | Quote | Item)
    if not block.links:
        return noise.prose(escape(block.text))
    (link,) = block.links
    before, label, after = block.text.rpartition(link.label)
    return noise.prose(escape(before)) + _anchor(link, escape(label), noise) + noise.prose(escape(after))


def _anchor(link: Link, label: str, noise: Noise) -> str:
    return f'<a class="env-link {noise.hashed()}" href="{noise.href(link)}">{label}{noise.suffix(link)}</a>'
