"""Listings: rows as text for a terminal. Pure; colour is ANSI, which the command line takes away elsewhere."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence

import click

from archive.history import Row
from archive.render import shown_safely

_STATES = {"gone": "gone", "moved": "moved", None: "never read"}


def moment(text: str | None) -> str:
    """A time as people read it: to the minute, UTC."""
    return text[:16].replace("T", " ") if text else "–"


def span(row: Row) -> str:
    """When a change happened, as far as it is known."""
    if row["unseen_since"]:
        return f"between {moment(row['unseen_since'])} and {moment(row['seen_from'])} UTC"
    return f"seen from {moment(row['seen_from'])} UTC"


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
    if row["revision"] is None:
        told = _indented(row["summary"], width)
        return f"{click.style(row['event'], fg='cyan')}  {span(row)}\n{told}"
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
    return f"{name}{marks}  {span(row)}\n{told}"


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


def quarantine_text(rows: Sequence[Row], width: int) -> str:
    """What `tidslager quarantine list` shows: an entry a suspect, with its reason."""
    return "\n\n".join(_suspect(row, width) for row in rows)


def _suspect(row: Row, width: int) -> str:
    name = click.style(f"entry {row['entry']}", fg="yellow")
    looks = f"{row['looks']} look{'s' * (row['looks'] != 1)}"
    seen = f"{looks}, first {moment(row['first_seen'])}, last {moment(row['last_seen'])} UTC"
    state = "" if row["state"] == "open" else f", {row['state']}"
    lines = [
        f"{name}  {shown_safely(row['title'] or '(never read)')} (page {row['page']})",
        click.style(f"  {shown_safely(row['address'])}", dim=True),
        _indented(f"{row['doubt']}: {row['why']}", width),
        f"  {seen}{state}",
    ]
    return "\n".join(lines)


def status_text(rows: Sequence[Row], runs: Sequence[Row], width: int) -> str:
    """What `tidslager status` shows: what is wrong, page by page, then the counts and the newest runs."""
    lines = []
    for row in rows:
        if row["well"]:
            continue
        since = f"last good look {moment(row['last_good_look'])} UTC" if row["last_good_look"] else "never read"
        age = f", {row['age_hours']:g} h ago" if row["age_hours"] is not None else ""
        lines.append(f"{row['page']:>4}  {click.style(shown_safely(row['title'] or row['address']), bold=True)}")
        lines.append(f"      {click.style(since + age, fg='red')}")
        if row["trouble"]:
            count = f"{row['trouble_looks']} look{'s' * (row['trouble_looks'] != 1)}"
            lines.append(_indented(f"{row['trouble']} ({count} since {moment(row['trouble_since'])} UTC)", width, 6))
        if row["entry"]:
            lines.append(f"      in quarantine: tidslager quarantine show {row['entry']}")
    well = sum(row["well"] for row in rows)
    lines += [""] * bool(lines) + [f"{well} of {len(rows)} pages are well."]
    lines += [f"{run['site']}: run {run['run']}, {moment(run['started_at'])} UTC, {run['status']}" for run in runs]
    return "\n".join(lines)


def _indented(text: str, width: int, by: int = 2) -> str:
    indent = " " * by
    return textwrap.fill(shown_safely(text), max(20, width), initial_indent=indent, subsequent_indent=indent)
