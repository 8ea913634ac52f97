"""Selectors: finding a layout's places on a page without asking lexbor for what cannot be there.

A layout names a hundred places and a page has ten of them. A selector asks for tags, classes, ids and attributes by
name; one that the page has nowhere settles it, without a search through the page for each selector.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

import msgspec

from scraper.tree import Node, Tree

_PARENTHESIS: Final = re.compile(r"\([^()]*\)")
_ATTRIBUTE: Final = re.compile(
    r"""\[\s*([\w-]+)\s*(?:[~|^$*]?=\s*(?:'([^']*)'|"([^"]*)"|([^\s\]]+))\s*(?:\bi\s*)?)?\]"""
)
_PSEUDO: Final = re.compile(r"::?[\w-]+")
_NAME: Final = re.compile(r"([.#]?)([\w-]+)")
# Attributes whose values are looked at; of others only whether they are there.
_VALUED: Final = ("class", "id", "role")


class _Needs(msgspec.Struct, frozen=True):
    """What must be on a page for a selector to match, in small letters: quirky pages do not tell case apart."""

    tags: frozenset[str] = frozenset()
    classes: frozenset[str] = frozenset()
    ids: frozenset[str] = frozenset()
    attributes: frozenset[str] = frozenset()
    values: frozenset[tuple[str, str]] = frozenset()


@lru_cache(maxsize=4096)
def _parts(selector: str) -> tuple[tuple[str, _Needs], ...]:
    """The selectors of a list, each with what it needs."""
    return tuple((part.strip(), _needs(part)) for part in _split(selector))


def _split(selector: str) -> list[str]:
    parts, depth, begin = [], 0, 0
    quote = ""
    for place, sign in enumerate(selector):
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "'\"":
            quote = sign
        elif sign in "([":
            depth += 1
        elif sign in ")]":
            depth -= 1
        elif sign == "," and not depth:
            parts.append(selector[begin:place])
            begin = place + 1
    return [*parts, selector[begin:]]


def _needs(selector: str) -> _Needs:
    """What the selector names outside parentheses, where `:not` and `:is` keep what need not be there."""
    if "\\" in selector:
        return _Needs()
    rest = selector.lower()
    while (without := _PARENTHESIS.sub("", rest)) != rest:
        rest = without
    stated = [(match[1], next(filter(None, match.groups()[1:]), "")) for match in _ATTRIBUTE.finditer(rest)]
    named = _NAME.findall(_PSEUDO.sub("", _ATTRIBUTE.sub("", rest)))
    return _Needs(
        tags=frozenset(name for mark, name in named if not mark),
        classes=frozenset(name for mark, name in named if mark == "."),
        ids=frozenset(name for mark, name in named if mark == "#"),
        attributes=frozenset(name for name, _ in stated),
        values=frozenset((name, value) for name, value in stated if value and name in _VALUED),
    )


class Finder:
    """Finds elements of one tree by selectors. What was found is remembered: a layout asks for some places twice."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self._found: dict[tuple[str, ...], list[int]] = {}
        names: set[str] = set()
        valued: dict[str, set[str]] = {name: set() for name in _VALUED}
        for attributes in tree.attributes:
            if attributes:
                names.update(attributes)
                for name in _VALUED:
                    if name in attributes:
                        valued[name].add(attributes[name] or "")
        self._names = frozenset(names)
        self._tags = frozenset(map(str.lower, {*tree.tags, *tree.roled}))
        self._values = {name: "\n".join(values).lower() for name, values in valued.items()}
        self._classes = frozenset(self._values["class"].split())
        self._ids = frozenset(self._values["id"].split("\n"))

    def first(self, selectors: Sequence[str]) -> list[int]:
        """Elements of the first selector that matches any on the page, in document order, each once."""
        key = tuple(selectors)
        if key not in self._found:
            self._found[key] = self._first(key)
        return self._found[key]

    def any(self, selectors: Sequence[str]) -> list[int]:
        """Elements that any of the selectors matches, in document order, each once."""
        return self.first((", ".join(selectors),)) if selectors else []

    def within(self, places: Sequence[int], selectors: Sequence[str]) -> list[int]:
        """As `first`, but only what is in one of the places, or is one: place by place, each element once."""
        nodes = [self.tree.nodes[place] for place in places]
        for selector in selectors:
            query = self._possible(selector)
            found = [node for node in nodes for node in node.css(query)] if query else []
            if found:
                return self.tree.numbers_of(found)
        return []

    def has(self, selector: str) -> bool:
        """Whether the selector matches anything on the page."""
        query = self._possible(selector)
        return bool(query) and self.tree.document.css_first(query) is not None

    def one(self, selector: str) -> Node | None:
        """The first element that the selector matches; None when there is none."""
        query = self._possible(selector)
        return self.tree.document.css_first(query) if query else None

    def _first(self, selectors: tuple[str, ...]) -> list[int]:
        for selector in selectors:
            query = self._possible(selector)
            found = self.tree.document.css(query) if query else []
            if found:
                return self.tree.numbers_of(found)
        return []

    def _possible(self, selector: str) -> str:
        """The selector without the parts of its list that cannot match; "" when nothing is left."""
        return ", ".join(part for part, needs in _parts(selector) if self._may_match(needs))

    def _may_match(self, needs: _Needs) -> bool:
        return (
            needs.tags <= self._tags
            and needs.classes <= self._classes
            and needs.attributes <= self._names
            and needs.ids <= self._ids
            and all(value in self._values[name] for name, value in needs.values)
        )
