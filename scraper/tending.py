"""The tending part of the command line: status says whether all is well, quarantine what may not be the page."""

from __future__ import annotations

import getpass
import re
from datetime import timedelta
from pathlib import Path
from typing import Literal

import click

from archive import health, listing
from archive.console import archive_option, json_option, print_json, print_note, print_text, reading_archive, text_width
from archive.decisions import Decision, Row, believed_record, entries, entry_numbered, kept_record
from archive.diff import diff
from archive.episodes import open_episodes
from archive.lock import writer_lock
from archive.records import text_under
from archive.render import render_changes, shown_safely
from archive.rows import picked
from archive.site_rules import site_rules
from archive.store import Archive
from schemas.capture import Capture
from schemas.errors import ConfigurationError, QueryError
from schemas.page import Page
from schemas.reading import Reading
from scraper.clock import SystemClock
from scraper.episodes import episode_text
from scraper.guards import Guards
from scraper.parse import PARSER

_AGE = re.compile(r"(?P<number>\d+(?:\.\d+)?)(?P<unit>[mhd])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
NOT_WELL = 3
LAYOUT_CHANGED = 4


def age(text: str) -> timedelta:
    """A span such as 90m, 36h or 2d. Raises ConfigurationError for anything else."""
    match = _AGE.fullmatch(text.strip())
    if match is None:
        raise ConfigurationError(f'"{text}" is no time span: write it as 90m, 36h or 2d.')
    return timedelta(**{_UNITS[match["unit"]]: float(match["number"])})


@click.command()
@click.option("--max-age", metavar="SPAN", help="A last good look longer ago than this (36h, 2d) is trouble too.")
@archive_option
@json_option
def status(max_age: str | None, path: Path, *, as_json: bool) -> None:
    """Say whether all is well: the last good look at each page, open trouble, suspects. For people and monitors.

    Exit code 0 when all is well, 3 when a page is in trouble or was not seen for longer than --max-age, 4 when the
    newest run of a site found its layout changed. A page that is gone is well: that is what the site says.
    """
    limit = age(max_age) if max_age else None
    with reading_archive(path) as database:
        found = health.status_rows(database, now=SystemClock().now(), max_age=limit)
        runs = health.last_runs(database)
        trouble = open_episodes(database)
    if as_json:
        print_json(picked("status", found))
    else:
        print_text(listing.status_text(found, runs, text_width()))
        if trouble:
            print_text("\n".join(["", "Open episodes:", *map(episode_text, trouble)]))
    if any(run["status"] == "drift" for run in runs):
        raise SystemExit(LAYOUT_CHANGED)
    raise SystemExit(0 if found and all(row["well"] for row in found) else NOT_WELL)


@click.group()
def quarantine() -> None:
    """See and settle what seems not to be the page: list, show, accept, reject.

    A suspect is kept and changes nothing. It becomes a revision when the page says the same for `suspect_nights`
    nights (mass loss, another language, broken letters, the words of a 404, one answer for several pages), or when you
    accept it. Challenges, logins, empty pages and a changed layout wait for you however long they stay.
    """


@quarantine.command(name="list")
@click.option("--all", "every", is_flag=True, help="Also what is settled or past.")
@archive_option
@json_option
def list_entries(path: Path, *, every: bool, as_json: bool) -> None:
    """List the suspects that wait to be settled, with the reason of each."""
    with reading_archive(path) as database:
        found = entries(database, every=every)
    if as_json:
        print_json(picked("quarantine list", found))
    elif found:
        print_text(listing.quarantine_text(found, text_width()) + "\n")
        print_text(_WHAT_NOW)
    else:
        print_note("Nothing is in quarantine." if every else "Nothing waits in quarantine.")


_WHAT_NOW = """\
Mass loss, another language, broken letters, the words of a 404 and one answer for several pages are believed when
the page stays so for `suspect_nights` nights; all others wait for you. To see one: tidslager quarantine show ENTRY"""

ENTRY = click.argument("entry", type=int)


@quarantine.command(name="show")
@ENTRY
@archive_option
@json_option
def show_entry(entry: int, path: Path, *, as_json: bool) -> None:
    """Show what ENTRY says, and how it differs from the page as it was last believed.

    ENTRY is the number that `tidslager quarantine list` shows.
    """
    with reading_archive(path) as database:
        row = entry_numbered(database, entry)
        record = kept_record(database, row)
        before = believed_record(database, row["page"])
    if as_json:
        print_json(picked("quarantine show", _sections(row, record)))
        return
    print_text(listing.quarantine_text([row], text_width()) + "\n")
    if before:
        changes = diff(before, record)
        print_text(render_changes(changes, colour=True, width=text_width(), show_all=False))
    for told in _sections(row, record) if before is None else ():
        print_text("\n".join(filter(None, (shown_safely(told["heading"]), shown_safely(told["text"])))))
    print_note(
        f"To believe it: tidslager quarantine accept {entry}. To keep it out: tidslager quarantine reject {entry}"
    )


def _sections(row: Row, record: Page) -> list[Row]:
    """What a suspect says, section by section; one row without a heading where it says nothing."""
    said = [{"heading": one.heading, "level": one.level, "text": text_under(one)} for one in record.sections]
    return [{**row, "title": record.title, **one} for one in said or [{"heading": "", "level": 0, "text": ""}]]


@quarantine.command()
@ENTRY
@click.option("--why", help="Your reason; it is kept with the decision.")
@click.option("--by", default="", help="Who decides; the name you are logged in with unless you say another.")
@archive_option
def accept(entry: int, why: str | None, by: str, path: Path) -> None:
    """Believe ENTRY: it becomes a revision, dated to the night it was first seen.

    Nothing is fetched: the capture is read that is kept. A decision is evidence and stays; a later one may be another.
    """
    _decide(path, entry, "accept", why=why, by=by)


@quarantine.command()
@ENTRY
@click.option("--why", help="Your reason; it is kept with the decision.")
@click.option("--by", default="", help="Who decides; the name you are logged in with unless you say another.")
@archive_option
def reject(entry: int, why: str | None, by: str, path: Path) -> None:
    """Keep ENTRY out for good, for as long as the page shows the same content.

    Also what was believed since it stayed so long can be rejected: its revision is taken back.
    """
    _decide(path, entry, "reject", why=why, by=by)


def _decide(path: Path, entry: int, said: Literal["accept", "reject"], *, why: str | None, by: str) -> None:
    if why is not None and not why.strip():
        raise ConfigurationError("The reason is empty: say it after --why, or leave the option out.")
    with reading_archive(path) as database:
        rules = site_rules(database, entry_numbered(database, entry)["site"])
    with writer_lock(path), Archive(path) as archive, Guards() as guards:

        def reread(capture: Capture) -> Reading:
            return guards.read(capture, rules) or Reading(verdict="unparsable", why="It says nothing.")

        row = entry_numbered(archive.database, entry)
        kept_record(archive.database, row)
        if row["state"] == f"{said}ed":
            raise QueryError(f"Entry {entry} was {said}ed before: nothing was written.")
        decision = Decision(
            entry=entry,
            page=row["page"],
            digest=bytes.fromhex(row["digest"]),
            decision=said,
            by=by or getpass.getuser(),
            why=why or "",
        )
        archive.decide(decision, parser=PARSER, reread=reread, now=SystemClock().now())
    about = f'page {row["page"]}, "{row["title"] or row["address"]}"'
    if said == "accept":
        print_note(f"Accepted entry {entry} as {about}. To see what changed: tidslager log {row['page']}")
    else:
        print_note(f"Rejected entry {entry} for {about}: it stays out while its content is the same.")
