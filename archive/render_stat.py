"""Stat: how much changed where, one line a heading path, after `git diff --stat`. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil
from typing import NamedTuple

import click

from archive.degree import words_changed
from archive.excerpt import shown_safely
from archive.phrases import hidden_line, plural, shown
from archive.told import Told

_WIDEST_BAR = 20


class Stat(NamedTuple):
    """What changed under one heading path."""

    where: str
    changes: int
    gone: int
    """Words that went."""
    new: int
    """Words that came."""


def stats(told: Told, *, show_all: bool = False) -> list[Stat]:
    """One entry a heading path, in reading order; "" is the page as a whole."""
    found: dict[str, Stat] = {}
    for change in shown(told.changes, show_all=show_all):
        sofar = found.get(change.where, Stat(change.where, 0, 0, 0))
        gone, new = words_changed(change)
        found[change.where] = Stat(change.where, sofar.changes + 1, sofar.gone + gone, sofar.new + new)
    return list(found.values())


def render_stat(comparisons: Iterable[Told], *, colour: bool, width: int, show_all: bool = False) -> str:
    """Return the comparisons as lines of heading path, number of changes, words out and in; ends in a line feed."""
    return "\n".join(_rendered(told, colour=colour, width=width, show_all=show_all) for told in comparisons)


def _rendered(told: Told, *, colour: bool, width: int, show_all: bool) -> str:
    found = stats(told, show_all=show_all)
    lines = []
    names = [" ".join(shown_safely(stat.where).split()) or "(the page)" for stat in found]
    room = max(20, min(max(map(len, names), default=0), width - 34))
    most = max((stat.gone + stat.new for stat in found), default=0)
    for stat, name in zip(found, names, strict=True):
        short = name if len(name) <= room else name[: room - 1] + "…"
        counts = f"{stat.changes:>3} {plural('change', stat.changes):<7} {-stat.gone or '-0':>5} {f'+{stat.new}':>5}"
        lines.append(f" {short:<{room}} |{counts} {_bar(stat, most, colour=colour)}".rstrip())
    changes, gone, new = (sum(one) for one in list(zip(*found, strict=True))[1:]) if found else (0, 0, 0)
    lines.append(f" {changes} {plural('change', changes)}, {gone} words out, {new} words in")
    hidden = hidden_line(told.changes, show_all=show_all)
    return "\n".join([*lines, f" {hidden}"] if hidden else lines) + "\n"


def _bar(stat: Stat, most: int, *, colour: bool) -> str:
    scale = min(1.0, _WIDEST_BAR / most) if most else 0.0
    marks = "-" * ceil(stat.gone * scale), "+" * ceil(stat.new * scale)
    return click.style(marks[0], fg="red") + click.style(marks[1], fg="green") if colour else "".join(marks)
