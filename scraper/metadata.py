"""What a page says about itself, apart from its content: title, language, breadcrumb, canonical, responsible person."""

from __future__ import annotations

import re
from typing import Final

import msgspec

from schemas.page import Person
from scraper.addresses import join, normal
from scraper.layout import Layout, Place
from scraper.tree import (
    Document,
    Node,
    Region,
    attribute,
    can_be_seen,
    collapse,
    find,
    ids_of,
    line,
    lines,
    stored,
    words,
)

_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{1,8})*")
_LANGUAGE_FIELDS: Final = ("content-language", "dcterms.language", "dc.language", "og:locale")
# Between the page's own title and the name of its site, in a <title>.
_SITE_NAME: Final = re.compile(r"\s+[|•]\s+.*$|\s+[-–—]\s+(?:(?!\s[-–—]\s).)*$", re.DOTALL)
# What may announce a person; the person follows in it, beside it or in the next portlet.
_ANNOUNCERS: Final = "h2, h3, h4, h5, h6, dt, strong, b, p"
_NAME_LENGTH: Final = 80
_PORTLETS_UP: Final = 4
_PERSON_LINES: Final = 5


class Found(msgspec.Struct, frozen=True):
    """A person, and the elements that name them, which are not content."""

    person: Person | None
    elements: set[int]


def fields(document: Document) -> dict[str, list[str]]:
    """Values of the page's <meta> fields by lower-case name, empty ones left out."""
    found: dict[str, list[str]] = {}
    for node in document.css("meta[content]"):
        name = attribute(node, "name") or attribute(node, "property") or attribute(node, "itemprop")
        value = attribute(node, "content")
        if value:
            found.setdefault((name or attribute(node, "http-equiv")).lower(), []).append(value)
    return found


def title_element(places: list[Node], layout: Layout, hidden: set[int]) -> Node | None:
    """The heading that is the page's title: the first in sight by the layout's selectors that says anything."""
    chrome = Region(hidden)
    for selector in layout.title.select:
        for node in find(places, [selector]):
            if not chrome.covers(node) and line(node, hidden):
                return node
    return None


def title_of(document: Document, element: Node | None, hidden: set[int], meta: dict[str, list[str]]) -> str:
    """The title as a reader sees it, else <title> without the site's name, else og:title; "" when there is none."""
    if element:
        return line(element, hidden)
    node = document.css_first("head > title")
    whole = stored(collapse(node.text() if node else ""))
    return _SITE_NAME.sub("", whole) or whole or next(iter(meta.get("og:title", [])), "")


def language(document: Document, meta: dict[str, list[str]]) -> str | None:
    """BCP 47 tag of the page's language, from <html lang>, else from a meta field; None when it states none."""
    root = document.root
    stated = [attribute(root, "lang")] if root else []
    stated += [value for name in _LANGUAGE_FIELDS for value in meta.get(name, [])]
    return next((tag.replace("_", "-") for tag in stated if _LANGUAGE.fullmatch(tag)), None)


def base_address(document: Document, address: str) -> str:
    """Address that the page's references are resolved against: <base href>, else its own."""
    node = document.css_first("base[href]")
    return (join(address, attribute(node, "href")) if node else None) or address


def canonical(document: Document, base: str) -> str | None:
    """Address that the page calls its own, in normal form; None when it names none."""
    node = document.css_first("link[rel~='canonical' i][href]")
    stated = join(base, attribute(node, "href")) if node and attribute(node, "href") else None
    return normal(stated) if stated else None


def breadcrumb(document: Document, layout: Layout, unread: set[int]) -> tuple[str, ...]:
    """Labels from the site's root to the page; () when the page shows no trail."""
    for node in find([document], layout.breadcrumb.select):
        steps = node.css("li") or node.css("a, [aria-current]")
        labels = (line(step, unread).strip(" /›»>") for step in steps)
        trail = tuple(label for label in labels if can_be_seen(label))
        if trail:
            return trail
    return ()


def responsible(root: Node, document: Document, layout: Layout, unread: set[int]) -> Found:
    """The person whom the page's own metadata block names as answerable for it ("Informationsansvarig")."""
    place = layout.responsible
    for block in find([document], place.select):
        person = _person(lines(block, unread), place)
        if person:
            return Found(person, {block.mem_id})
    whole = root.text().casefold()
    # Most pages announce nobody, and looking at each candidate is dear on pages that nest them.
    for node in root.css(_ANNOUNCERS) if any(label.casefold() in whole for label in place.labels) else []:
        said = lines(node, unread)[: _PERSON_LINES + 1]
        if not said or _after_label(said[0], place) is None:
            continue
        beside = [] if _after_label(said[0], place) or len(said) > 1 else _following(node, unread)
        told = [entry for element in beside for entry in lines(element, unread)]
        person = _person([*said, *told], place) if len(told) <= _PERSON_LINES else None
        if person:
            return Found(person, ids_of([node, *beside]))
    return Found(None, set())


def _following(node: Node, unread: set[int]) -> list[Node]:
    """The next element that says anything, beside this one or beside the portlet that it ends."""
    here: Node | None = node
    for _ in range(_PORTLETS_UP):
        if here is None or here.tag in ("body", "main"):
            break
        beside = here.next
        while beside is not None:
            if beside.is_text_node and can_be_seen(beside.text_content or ""):
                return []
            if beside.is_element_node and can_be_seen(words(beside, unread)):
                return [beside]
            beside = beside.next
        here = here.parent
    return []


def _after_label(text: str, place: Place) -> str | None:
    """What follows the label on its line, "" when it stands alone; None when the line begins otherwise."""
    folded = text.casefold()
    for label in place.labels:
        rest = text[len(label) :] if folded.startswith(label.casefold()) else None
        if rest is not None and (not rest.strip(" :") or rest.lstrip().startswith(":")):
            return rest.strip(" :")
    return None


def _person(said: list[str], place: Place) -> Person | None:
    """The person in lines such as ["Informationsansvarig", "Åsa Ek", "Utredare"]; None when they name nobody."""
    for number, entry in enumerate(said):
        rest = _after_label(entry, place)
        if rest is not None:
            told = [rest, *said[number + 1 :]] if rest else said[number + 1 :]
            name, _, role = (told[0] if told else "").partition(", ")
            if not role and len(told) > 1 and not re.search(r"[@\d]|^(?:tel|e-?post|mejl)", told[1], re.IGNORECASE):
                role = told[1]
            return Person(name=name, role=role) if _is_name(name) else None
    return None


def _is_name(text: str) -> bool:
    return can_be_seen(text) and len(text) <= _NAME_LENGTH and not re.search(r"[@\d:]", text)
