"""Listings: rows as text for a terminal. Pure; colour is ANSI, which the command line takes away elsewhere."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

import click

from archive.history import Row, called
from archive.phrases import plural
from archive.render import shown_safely
from schemas.page import Block, Film, Image, List, Page, Quote, block_text

_BAR = 5
_ONE_PER_CENT = 0.01
_DAYS_FROM_H = 72
"""Hours from which on an age is told in days."""


def moment(text: str | None) -> str:
    """A time as people read it: to the minute, UTC."""
    return text[:16].replace("T", " ") if text else "–"


def span(row: Row) -> str:
    """When a change happened, as far as it is known."""
    if row["unseen_since"]:
        return f"between {moment(row['unseen_since'])} and {moment(row['seen_from'])} UTC"
    return f"seen from {moment(row['seen_from'])} UTC"


def doubtful_text(row: Row) -> str:
    """That the newest look is not compared, and why."""
    why = shown_safely(row["why"] or "it seems not to be the page")
    return f"The look at {moment(row['fetched_at'])} UTC is in quarantine and not compared: {why}"


def heading(row: Row) -> str:
    """The page that the lines below speak of."""
    number = f"page {row['page']}  " if row.get("page") else ""
    about = number + shown_safely(row["address"])
    return f"{click.style(shown_safely(called(row)), bold=True)}\n{click.style(about, dim=True)}"


def pages_text(rows: Sequence[Row], width: int) -> str:
    """What `tidslager pages` shows."""
    digits = max((len(str(row["page"])) for row in rows), default=1)
    indent = " " * (digits + 2)
    several = len({row["site"] for row in rows}) > 1
    lines = []
    for row in rows:
        room = max(20, width - digits - 12)
        title = textwrap.shorten(shown_safely(called(row)), room, placeholder=" …")
        state = "" if row["state"] in ("live", None) else "  " + click.style(row["state"], fg="yellow")
        lines.append(f"{row['page']:>{digits}}  {click.style(title, bold=True)}{state}")
        lines.append(indent + click.style(shown_safely(row["address"]), dim=True))
        facts = ([row["site"]] if several else []) + _facts(row)
        lines.append(textwrap.fill(", ".join(facts), max(width, 40), initial_indent=indent, subsequent_indent=indent))
    return "\n".join(lines)


def _facts(row: Row) -> list[str]:
    if row["state"] is None:
        return [f"last look {moment(row['last_looked'])} UTC"]
    count = row["revisions"]
    facts = [f"published {row['published']}"] if row["published"] else []
    facts += [f"{count} revision{'s' * (count != 1)}", f"last changed {moment(row['last_changed'])}"]
    if row["last_read"] == row["last_looked"]:
        return [*facts, f"last read {moment(row['last_read'])} UTC"]
    return [*facts, f"last read {moment(row['last_read'])}, looked at in vain {moment(row['last_looked'])} UTC"]


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
    told = _indented(row["summary"], width)
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


def show_text(page: Row, revision: Row, record: Page | None, width: int, *, oldest: int = 1) -> str:
    """What `tidslager show` shows: the page as it read; a record of None says that there was none.

    `oldest` is the number of the oldest revision of the page that is kept.
    """
    last = f", last seen so {moment(revision['last_seen'])} UTC" if revision["last_seen"] else ""
    facts = [
        (f"revision {revision['revision']}", f"{span(revision)}{last}"),
        ("published", revision["published"]),
        ("updated", revision["updated"]),
        ("responsible", str(record.responsible) if record and record.responsible else None),
    ]
    lines = [heading({**page, "title": revision["title"]})]
    lines += [f"{click.style(name, fg='yellow')}  {shown_safely(value)}" for name, value in facts if value]
    if record is None:
        before = revision["revision"] - 1
        earlier = f" What it said before: --revision {before}" if before >= oldest else ""
        if oldest > 1 and not earlier:
            earlier = " What it said before was let go by pruning."
        return "\n".join([*lines, "", f"The page was {revision['state']}.{earlier}"])
    for block in record.preamble:
        lines += ["", *_block_lines(block, width)]
    for section in record.sections:
        if section.heading:
            title = f"{'#' * section.level} {shown_safely(section.heading)}"
            lines += ["", click.style(_filled(title, width), bold=True)]
        for block in section.blocks:
            lines += ["", *_block_lines(block, width)]
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
        age = "" if row["age_hours"] is None else f", {_ago(row['age_hours'])} ago"
        lines.append(f"{row['page']:>4}  {click.style(shown_safely(row['title'] or row['address']), bold=True)}")
        lines.append(f"      {click.style(since + age, fg='red')}")
        if row["trouble"]:
            count = f"{row['trouble_looks']} look{'s' * (row['trouble_looks'] != 1)}"
            lines.append(_indented(f"{row['trouble']} ({count} since {moment(row['trouble_since'])} UTC)", width, 6))
        if row["entry"]:
            lines.append(f"      in quarantine: tidslager quarantine show {row['entry']}")
    well = sum(row["well"] for row in rows)
    noun, verb = f"page{'s' * (len(rows) != 1)}", "is" if 1 in (well, len(rows)) else "are"
    broken = sum(row["state"] is None and row["last_outcome"] == "gone" for row in rows)
    lines += [""] * bool(lines) + [f"{well} of {len(rows)} {noun} {verb} well."]
    if broken:
        lines.append(f"{broken} {plural('link', broken)} never led to a page: tidslager query dead-links")
    lines += [f"{run['site']}: run {run['run']}, {moment(run['started_at'])} UTC, {run['status']}" for run in runs]
    return "\n".join(lines)


def _ago(hours: float) -> str:
    return f"{hours:g} h" if hours < _DAYS_FROM_H else f"{hours / 24:.0f} days"


def _indented(text: str, width: int, by: int = 2) -> str:
    indent = " " * by
    return textwrap.fill(shown_safely(text), max(20, width), initial_indent=indent, subsequent_indent=indent)


def _block_lines(block: Block, width: int) -> Iterator[str]:
    """One block as it reads on a terminal: lists with their marks, quotes with theirs, pictures and films by name."""
    match block:
        case List():
            for number, item in enumerate(block.items, 1):
                mark = f"{number}. " if block.ordered and item.level == 1 else "• "
                yield _filled(shown_safely(item.text), width, "  " * (item.level - 1) + mark)
        case Quote():
            yield _filled(shown_safely(block.text), width, "> ")
        case Image() | Film():
            kind = "image" if isinstance(block, Image) else "film"
            yield _filled(shown_safely(f"[{kind}] {block_text(block)} <{block.address}>"), width)
        case _:
            for line in shown_safely(block_text(block)).split("\n"):
                yield _filled(line, width)


def _filled(text: str, width: int, mark: str = "") -> str:
    indent = " " * len(mark)
    return textwrap.fill(
        text, width, initial_indent=mark, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )


def volatile_text(rows: Sequence[Row]) -> str:
    """What `tidslager changes --volatile` shows: where something keeps changing, and the rule that says so."""
    entries = []
    for row in rows:
        place = f"{row['where']} · " if row["where"] else ""
        told = f"{place}{row['what']} changed at {row['times']} of the last {row['looks']} looks"
        rule = textwrap.indent(shown_safely(row["rule"]), "    ")
        entries.append(f"{heading(row)}\n{click.style(shown_safely(told), fg='yellow')}\n{rule}")
    return "\n\n".join(entries)
