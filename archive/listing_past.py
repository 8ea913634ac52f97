"""Listings of the past: sections over time, and a page with the age of each line, as text for a terminal. Pure."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from itertools import groupby

import click

from archive.history import Row
from archive.listing import heading, moment
from archive.render import shown_safely

_LEAD = "(before the first heading)"
_DAY = 10  # letters of a date
_NARROWEST = 20


def sections_text(page: Row, rows: Sequence[Row], width: int) -> str:
    """What `tidslager sections` shows: what stands on the page, then what is removed, the latest first."""
    lines = [heading(page)]
    for row in rows:
        name = shown_safely(row["heading"]) or _LEAD
        indent = "  " * max(row["level"] - 2, 0)
        lines += ["", textwrap.fill(indent + click.style(name, bold=True), max(width, _NARROWEST))]
        facts = [f"first seen {moment(row['first_seen'])}"]
        if row["texts"] > 1 or row["last_changed"] != row["first_seen"]:
            facts.append(f"last changed {moment(row['last_changed'])}")
        if row["removed"]:
            facts.append(click.style(f"removed {moment(row['removed'])}", fg="red"))
        texts = f", {row['texts']} texts" if row["texts"] > 1 else ""
        lines.append(f"{indent}  {', '.join(facts)} UTC{texts}")
    return "\n".join(lines)


def blame_text(page: Row, revision: Row, rows: Sequence[Row], width: int) -> str:
    """What `tidslager blame` shows: each line of the page behind the day and the revision since which it stands so."""
    lines = [heading({**page, "title": revision["title"]})]
    lines.append(click.style(f"revision {revision['revision']}", fg="yellow"))
    if revision["state"] != "live":
        lines.append(f"\nThe page was {revision['state']}.")
    digits = max((len(str(row["since"])) for row in rows), default=1)
    for _, together in groupby(rows, key=lambda row: row["position"]):
        lines.append("")
        for row in together:
            lines += _aged(row, digits, width)
    if any(row["cause"] == "parser" for row in rows):
        lines.append("\n* since our reading changed, not the site")
    return "\n".join(lines)


def _aged(row: Row, digits: int, width: int) -> list[str]:
    mark = "*" if row["cause"] == "parser" else " "
    age = f"{row['seen_from'][:_DAY]} {row['since']:>{digits}}{mark} "
    room = max(_NARROWEST, width - len(age))
    text = [
        part
        for line in shown_safely(row["text"]).split("\n")
        for part in textwrap.wrap(line, room, break_long_words=False, break_on_hyphens=False) or [""]
    ]
    if row["part"] == "heading":
        text = [click.style(part, bold=True) for part in text]
    return [click.style(age, fg="yellow") + text[0], *(" " * len(age) + part for part in text[1:])]
