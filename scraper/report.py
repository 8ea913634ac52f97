"""Report: a run's summary as text for a person. Pure; colour is ANSI, which the command line takes away elsewhere."""

from __future__ import annotations

import shlex
import textwrap
from pathlib import Path

import click

from archive.events import Event
from archive.events import told as describe
from archive.render import shown_safely, summary
from scraper.summary import WORDS, Look, Result, Summary

_COLOURS: dict[Result, str] = {
    "changed": "yellow",
    "new": "green",
    "back": "green",
    "gone": "red",
    "failed": "red",
    "suspect": "magenta",
}
# Events that the results of the looks do not tell by themselves, with the words for them.
_EVENTS: dict[Event, str] = {
    "moved": "New address",
    "unlinked": "No longer linked",
    "linked again": "Linked again",
}
_READ: tuple[Result, ...] = ("changed", "new", "back")
_QUIET: tuple[Result, ...] = ("unchanged", "elsewhere", "still_gone")


def report(result: Summary, archive: Path, *, default: Path, width: int) -> str:
    """What `tidslager crawl` shows at its end: the counts, what was not as before, and what to type next."""
    looked = _count(len(result.looks), "page")
    took = duration(result.seconds)
    headline = f"interrupted after {looked}, {took}" if result.interrupted else f"{looked} looked at in {took}"
    lines = [click.style(f"{result.site}: {headline}", bold=True)]
    lines += [
        f"  {result.counts[name]:>4}  {_of(word, result.counts[name])}"
        for name, word in WORDS.items()
        if name in result.counts
    ]
    for name in WORDS:
        told = [look for look in result.looks if look.result == name and name not in _QUIET]
        if told:
            lines += ["", click.style(WORDS[name].capitalize(), fg=_COLOURS.get(name))]
            lines += [line for look in told for line in _look(look, width)]
    if result.stopped:
        lines += ["", click.style(shown_safely(stopped(result)), fg="red")]
    lines += _events(result, width)
    if result.shortfalls:
        lines += [
            "",
            click.style("The layout changed: nothing that is missing is called removed.", fg="red"),
        ]
        lines += [_filled(line, width) for line in result.shortfalls]
    lines.append("")
    if result.head:
        lines.append(f"Head of run {result.run}: {result.head}")
    lines += _next(result, archive, default)
    return "\n".join(lines)


def _of(word: str, number: int) -> str:
    """What a number of pages is: the one noun among the words goes with the number."""
    return word.removesuffix("s") if number == 1 and word == WORDS["never_seen"] else word


def stopped(result: Summary) -> str:
    """Why a run stopped, and what it left."""
    left = f"Not looked at: {_count(len(result.left), 'known address', 'known addresses')}"
    return f"{result.stopped} {left}, {result.left[0]} first." if result.left else result.stopped or ""


def _events(result: Summary, width: int) -> list[str]:
    lines = []
    for name, words in _EVENTS.items():
        told = [event for event in result.events if event.event == name]
        if told:
            lines += ["", click.style(words, fg="yellow")]
        for event in told:
            lines.append(f"  {event.page:>4}  {shown_safely(event.title or event.address)}")
            lines.append(_filled(describe(event), width))
    return lines


def _filled(text: str, width: int) -> str:
    indent = " " * 8
    return textwrap.fill(
        shown_safely(text), max(width, 40), initial_indent=indent, subsequent_indent=indent, break_long_words=False,
        break_on_hyphens=False,
    )  # fmt: skip


def _look(look: Look, width: int) -> list[str]:
    # A page that is gone has no title of its own any more; its last one stands in the change that says so.
    title = look.title or (look.changes[0].before if look.result == "gone" and look.changes else None)
    indent = " " * 8
    # An address is there to be copied, so it stays whole.
    room = max(width - 8, 40)
    name = textwrap.shorten(shown_safely(title), room, placeholder=" …") if title else shown_safely(look.address)
    lines = [f"  {look.page:>4}  {name}"]
    if title and look.result not in _READ:
        lines.append(indent + click.style(shown_safely(look.address), dim=True))
    if look.result == "new":
        about = f"{_count(look.sections, 'section')}, {_count(look.films, 'film')}"
    elif look.result in _READ and look.changes:
        about = summary(look.changes)
    else:
        about = look.error or ""
    return [*lines, *(_filled(text, width) for text in (about, look.note) if text)]


def _count(number: int, noun: str, plural: str = "") -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {plural or noun + 's'}"


def _next(result: Summary, archive: Path, default: Path) -> list[str]:
    where = "" if archive == default else f" --archive {shlex.quote(str(archive))}"
    lines = []
    if any(look.result == "suspect" for look in result.looks):
        lines.append(f"To see what is in quarantine: tidslager quarantine list{where}")
    changed = next((look for look in result.looks if look.result == "changed"), None)
    read = next((look for look in result.looks if look.revision), None)
    ended = next((look for look in result.looks if look.result in ("gone", "back", "moved")), None)
    if changed:
        command = f"tidslager diff {changed.page}{where}"
        return [*lines, f"Kept in {archive}. To see what changed: {command}"]
    if ended:
        return [*lines, f"Kept in {archive}. To see a page's history: tidslager log {ended.page}{where}"]
    if read:
        return [*lines, f"Kept in {archive}. To see what a page says: tidslager show {read.page}{where}"]
    return [*lines, f"Kept in {archive}."]


def duration(seconds: float) -> str:
    """A time span as people say it: "0.4 s", "12 s", "3 min 5 s"."""
    if seconds < 10:  # noqa: PLR2004 -- under ten seconds a tenth is worth telling
        return f"{seconds:.1f} s"
    whole = round(seconds)
    return f"{whole} s" if whole < 60 else f"{whole // 60} min {whole % 60} s"  # noqa: PLR2004 -- seconds


def look_rows(result: Summary) -> list[dict[str, object]]:
    """Rows of `tidslager crawl --json`: one flat object a page looked at."""
    return [
        {
            "run": result.run,
            "site": result.site,
            "page": look.page,
            "address": look.address,
            "title": look.title,
            "result": look.result,
            "changes": len(look.changes),
            "summary": summary(look.changes) if look.changes else "",
            "error": look.error,
            "doubt": look.doubt,
            "note": look.note,
            "events": ", ".join(event.event for event in result.events if event.page == look.page),
        }
        for look in result.looks
    ]


COLUMNS = {
    "run": "number of the run",
    "site": "name of the site",
    "page": "number of the page",
    "address": "address that was looked at last",
    "title": "title, or null where no page could be read",
    "result": ", ".join(WORDS),
    "changes": "number of differences from the revision before",
    "summary": "the same in words",
    "error": "why there is nothing to read, or why it is not believed, or null",
    "doubt": "kind of suspect: challenge, login, consent, front_page, shared, soft_404, empty, drift, loss, "
    "language or encoding; null for none",
    "note": 'how a suspect came to be believed, or ""',
    "events": "what happened to it as a page of the collection: appeared, moved, unlinked, linked again, gone, back",
}
