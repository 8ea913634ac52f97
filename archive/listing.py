"""Listings: rows as text for a terminal. Pure; colour is ANSI, which the command line takes away elsewhere."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence

import click

from archive.history import Row
from archive.render import shown_safely

_BAR = 5
_ONE_PER_CENT = 0.01
_STATES = {"gone": "gone", "moved": "moved", None: "never read"}


def moment(text: str | None) -> str:
    """A time as people read it: to the minute, UTC."""
    return text[:16].replace("T", " ") if text else "–"


def span(row: Row) -> str:
    """When a change happened, as far as it is known."""
    if row["unseen_since"]:
        return f"between {moment(row['unseen_since'])} and {moment(row['seen_from'])} UTC"
    return f"seen from {moment(row['seen_from'])} UTC"


def quarantine_text(row: Row) -> str:
    """That the newest look is not compared, and why."""
    why = shown_safely(row["why"] or "it seems not to be the page")
    return f"The look at {moment(row['fetched_at'])} UTC is in quarantine and not compared: {why}"


def heading(row: Row) -> str:
    """The page that the lines below speak of."""
    title = shown_safely(row["title"] or "(never read)")
    return f"{click.style(title, bold=True)}\n{click.style(shown_safely(row['address']), dim=True)}"


def pages_text(rows: Sequence[Row], width: int) -> str:
    """What `tidslager pages` shows."""
    digits = max((len(str(row["page"])) for row in rows), default=1)
    lines = []
    for row in rows:
        room = max(20, width - digits - 4)
        title = textwrap.shorten(shown_safely(row["title"] or "(never read)"), room, placeholder=" …")
        state = "" if row["state"] == "live" else "  " + click.style(_STATES[row["state"]], fg="yellow")
        lines.append(f"{row['page']:>{digits}}  {click.style(title, bold=True)}{state}")
        indent = " " * (digits + 2)
        lines.append(indent + click.style(shown_safely(row["address"]), dim=True))
        count = row["revisions"] or 0
        facts = [
            f"{count} revision{'s' * (count != 1)}",
            f"last changed {moment(row['last_changed'])}",
            f"last looked at {moment(row['last_looked'])} UTC",
        ]
        if row["published"]:
            facts.insert(0, f"published {row['published']}")
        lines.append(indent + ", ".join(facts))
    return "\n".join(lines)


def log_text(rows: Sequence[Row], width: int) -> str:
    """What `tidslager log` shows for all pages: one entry a revision, the newest first."""
    return "\n\n".join(f"{heading(row)}\n{_revision(row, width)}" for row in rows)


def page_log_text(rows: Sequence[Row], width: int) -> str:
    """What `tidslager log PAGE` shows: the page once, and its revisions below."""
    return heading(rows[0]) + "\n\n" + "\n\n".join(_revision(row, width) for row in rows)


def _revision(row: Row, width: int) -> str:
    name = click.style(f"revision {row['revision']}", fg="yellow")
    marks = "".join(
        f" ({mark})"
        for mark, shown in (
            (row["state"], row["state"] != "live"),
            ("our reading changed, not the site", row["cause"] == "parser"),
        )
        if shown
    )
    told = textwrap.fill(shown_safely(row["summary"]), max(20, width - 2), initial_indent="  ", subsequent_indent="  ")
    return f"{name}{marks}  {span(row)}{_degree(row['degree'])}\n{told}" + returns(row, before="\n  ")


def returns(row: Row, *, before: str = "", after: str = "") -> str:
    """That a revision says what an earlier one said, between `before` and `after`; "" when it does not."""
    text = f"returns to revision {row['returns_to']}"
    return before + click.style(text, fg="yellow") + after if row["returns_to"] else ""


def bar(share: float) -> str:
    """A share from 0 to 1 as a bar of five columns and in per cent; what is more than nothing is seen."""
    eighths = max(round(share * _BAR * 8), share > 0)
    filled = "█" * (eighths // 8) + " ▏▎▍▌▋▊▉"[eighths % 8].strip()
    percent = "<1" if 0 < share < _ONE_PER_CENT else "100" if share == 1 else str(min(99, round(share * 100)))
    return f"{filled:░<{_BAR}} {percent} %"


def _degree(share: float | None) -> str:
    return "" if share is None else f"  {bar(share)}"


def show_text(page: Row, revision: Row, rows: Iterable[Row], width: int) -> str:
    """What `tidslager show` shows: the page as it read."""
    last = f", last seen so {moment(revision['last_seen'])} UTC" if revision["last_seen"] else ""
    facts = [
        (f"revision {revision['revision']}", f"{span(revision)}{last}"),
        ("published", revision["published"]),
        ("updated", revision["updated"]),
        ("responsible", revision["responsible"]),
    ]
    lines = [heading({**page, "title": revision["title"]})]
    lines += [f"{click.style(name, fg='yellow')}  {shown_safely(value)}" for name, value in facts if value]
    if revision["state"] != "live":
        lines.append(f"\nThe page was {revision['state']}.")
    for row in rows:
        lines.append("")
        if row["heading"]:
            mark = "#" * (row["level"] or 1)
            lines.append(click.style(f"{mark} {shown_safely(row['heading'])}", bold=True))
        lines += [
            textwrap.fill(shown_safely(line), width, break_long_words=False, break_on_hyphens=False)
            for line in row["text"].split("\n")
        ]
    return "\n".join(lines)
