"""What a page says about itself, apart from its content: title, language, breadcrumb, canonical, responsible person."""

from __future__ import annotations

import re
from typing import Final

import msgspec

from schemas.page import Person
from scraper.addresses import join, normal
from scraper.layout import Layout, Place
from scraper.selectors import Finder
from scraper.text import can_be_seen, collapse, stored
from scraper.tree import Node, Region, Tree

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
    elements: frozenset[int]


def fields(finder: Finder) -> dict[str, list[str]]:
    """Values of the page's <meta> fields by lower-case name, empty ones left out."""
    found: dict[str, list[str]] = {}
    said = finder.tree.attribute
    for meta in finder.first(["meta[content]"]):
        name = said(meta, "name") or said(meta, "property") or said(meta, "itemprop")
        value = said(meta, "content")
        if value:
            found.setdefault((name or said(meta, "http-equiv")).lower(), []).append(value)
    return found


def title_element(finder: Finder, places: list[int], layout: Layout, hidden: Region) -> int | None:
    """The heading that is the page's title: the first in sight by the layout's selectors that says anything."""
    for selector in layout.title.select:
        for element in finder.within(places, [selector]):
            if not hidden.covers(element) and finder.tree.line(element, hidden):
                return element
    return None


def title_of(finder: Finder, element: int | None, hidden: Region, meta: dict[str, list[str]]) -> str:
    """The title as a reader sees it, else <title> without the site's name, else og:title; "" when there is none."""
    if element is not None:
        return finder.tree.line(element, hidden)
    node = finder.one("head > title")
    whole = stored(collapse(node.text() if node else ""))
    return _SITE_NAME.sub("", whole) or whole or next(iter(meta.get("og:title", [])), "")


def language(finder: Finder, meta: dict[str, list[str]]) -> str | None:
    """BCP 47 tag of the page's language, from <html lang>, else from a meta field; None when it states none."""
    stated = [finder.tree.attribute(0, "lang")] if finder.tree.tags else []
    stated += [value for name in _LANGUAGE_FIELDS for value in meta.get(name, [])]
    return next((tag.replace("_", "-") for tag in stated if _LANGUAGE.fullmatch(tag)), None)


def base_address(finder: Finder, address: str) -> str:
    """Address that the page's references are resolved against: <base href>, else its own."""
    node = finder.one("base[href]")
    return (join(address, _href(finder, node)) if node else None) or address


def canonical(finder: Finder, base: str) -> str | None:
    """Address that the page calls its own, in normal form; None when it names none."""
    node = finder.one("link[rel~='canonical' i][href]")
    stated = join(base, _href(finder, node)) if node and _href(finder, node) else None
    return normal(stated) if stated else None


def _href(finder: Finder, node: Node) -> str:
    return finder.tree.attribute(finder.tree.number_of(node), "href")


def breadcrumb(finder: Finder, layout: Layout, unread: Region) -> tuple[str, ...]:
    """Labels from the site's root to the page; () when the page shows no trail."""
    for place in finder.first(layout.breadcrumb.select):
        steps = finder.within([place], ["li", "a, [aria-current]"])
        labels = (finder.tree.line(step, unread).strip(" /›»>") for step in steps)
        trail = tuple(label for label in labels if can_be_seen(label))
        if trail:
            return trail
    return ()


def responsible(finder: Finder, root: int, layout: Layout, unread: Region) -> Found:
    """The person whom the page's own metadata block names as answerable for it ("Informationsansvarig")."""
    place, lines = layout.responsible, finder.tree.lines
    for block in finder.first(place.select):
        person = _person(lines(block, unread), place)
        if person:
            return Found(person, frozenset({block}))
    # Most pages announce nobody, and looking at each candidate is dear on pages that nest them.
    for element in finder.within([root], [_ANNOUNCERS]) if finder.tree.may_say(place.hints) else []:
        said = lines(element, unread)[: _PERSON_LINES + 1]
        if not said or _after_label(said[0], place) is None:
            continue
        beside = [] if _after_label(said[0], place) or len(said) > 1 else _following(finder.tree, element, unread)
        told = [entry for other in beside for entry in lines(other, unread)]
        person = _person([*said, *told], place) if len(told) <= _PERSON_LINES else None
        if person:
            return Found(person, frozenset({element, *beside}))
    return Found(None, frozenset())


def _following(tree: Tree, element: int, unread: Region) -> list[int]:
    """The next element that says anything, beside this one or beside the portlet that it ends."""
    here: Node | None = tree.nodes[element]
    for _ in range(_PORTLETS_UP):
        if here is None or here.tag in ("body", "main"):
            break
        beside = here.next
        while beside is not None:
            if beside.is_text_node and can_be_seen(beside.text_content or ""):
                return []
            if beside.is_element_node and can_be_seen(tree.words(tree.number_of(beside), unread)):
                return [tree.number_of(beside)]
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
