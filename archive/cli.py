"""The reading half of the command line: pages, log, show, diff, changes. Works on the archive alone.

Data goes to stdout, everything else to stderr. Exit codes: see `schemas.errors`.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TypeVar

import click
from sqlite_utils import Database

from archive import history, listing, rows
from archive.file import open_for_reading, plain_errors
from archive.history import Row
from archive.render import render_changes
from archive.times import end_of, start_of
from schemas.change import Change
from schemas.errors import TidslagerError

DEFAULT_ARCHIVE = Path("tidslager.db")
_SHOWN = ("editorial", "metadata")
_ALL = ("editorial", "metadata", "cosmetic", "chrome")

F = TypeVar("F", bound=Callable[..., object])


def archive_option(command: F) -> F:
    """--archive, alike for every command."""
    return click.option(
        "--archive",
        "-a",
        "path",
        type=click.Path(path_type=Path),
        default=DEFAULT_ARCHIVE,
        envvar="TIDSLAGER_ARCHIVE",
        show_default=True,
        show_envvar=True,
        help="The archive file.",
    )(command)


def json_option(command: F) -> F:
    """--json, alike for every reading command."""
    return click.option("--json", "as_json", is_flag=True, help="One JSON array of flat objects.")(command)


@contextmanager
def _reading(path: Path) -> Iterator[Database]:
    database = open_for_reading(path)
    with closing(database.conn), plain_errors(path):
        yield database


def print_json(found: Sequence[Row]) -> None:
    """One array, one object a line."""
    lines = ",\n ".join(json.dumps(row, ensure_ascii=False) for row in found)
    click.echo(f"[{lines}]")


def coloured() -> bool:
    """Whether to colour: on a terminal, unless NO_COLOR is set (no-color.org)."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def text_width() -> int:
    """Columns to write in: those of the terminal, at most 100, so that prose stays readable."""
    return min(shutil.get_terminal_size((88, 24)).columns, 100)


def _print(text: str) -> None:
    """Text for people, with colour only where it belongs."""
    click.echo(text if coloured() else click.unstyle(text), color=coloured())


def _note(text: str) -> None:
    click.echo(text, err=True)


# The same for the commands that other modules add.
reading_archive, print_text, print_note = _reading, _print, _note

PAGE = click.argument("page")


@click.command()
@archive_option
@json_option
def pages(path: Path, *, as_json: bool) -> None:
    """List the pages: number, title, address, revisions, last change and last look."""
    with _reading(path) as database:
        found = rows.picked("pages", history.page_rows(database))
    if as_json:
        print_json(found)
    elif found:
        _print(listing.pages_text(found, text_width()))
    else:
        _note("No pages yet: `tidslager crawl` looks at some.")


@click.command()
@click.argument("page", required=False)
@archive_option
@json_option
def log(page: str | None, path: Path, *, as_json: bool) -> None:
    """List revisions, the newest first: of PAGE, or of all pages.

    PAGE is a page's number, its address, or a part of its title or address that only it has.
    """
    with _reading(path) as database:
        number = history.find_page(database, page)["page"] if page else None
        found = rows.log_rows(database, number)
    if as_json:
        print_json(found)
    elif not found:
        _note("No revisions yet." if page is None else "The page has never been read.")
    else:
        _print((listing.page_log_text if page else listing.log_text)(found, text_width()))


@click.command()
@PAGE
@click.option("--date", "when", metavar="D", help="As it was on a day (2026-11-23, its end in UTC) or at a time.")
@archive_option
@json_option
def show(page: str, when: str | None, path: Path, *, as_json: bool) -> None:
    """Show what PAGE says, or said on a day.

    PAGE is a page's number, its address, or a part of its title or address that only it has. What the archive answers
    for a day is the newest content that it had seen by the end of that day.
    """
    with _reading(path) as database:
        of = history.find_page(database, page)
        revision = history.revision_at(database, of["page"], when)
        found = rows.show_rows(database, of, revision)
    if as_json:
        print_json(found)
    else:
        _print(listing.show_text(of, revision, found, text_width()))


@click.command()
@PAGE
@click.argument("before", required=False, metavar="[A]")
@click.argument("after", required=False, metavar="[B]")
@click.option("--all", "show_all", is_flag=True, help="Cosmetic differences too.")
@archive_option
@json_option
def diff(page: str, before: str | None, after: str | None, path: Path, *, show_all: bool, as_json: bool) -> None:
    """Show what changed on PAGE between revisions A and B.

    Without A and B: between the last two. With A alone: from A to the newest. A and B are revision numbers, or days:
    then the revision last seen by the end of that day.
    """
    with _reading(path) as database:
        of = history.find_page(database, page)
        new = (
            history.revision_named(database, of["page"], after)
            if after
            else history.revision_at(database, of["page"], None)
        )
        old = _earlier(database, of["page"], before, new)
        changes = history.compare(database, old, new) if old else ()
    shown = tuple(change for change in changes if show_all or change.class_ in _SHOWN)
    if as_json:
        print_json(rows.diff_rows(of, old, new, shown) if old else [])
        return
    _print(listing.heading({**of, "title": new["title"]}))
    if old is None:
        _note(f"The page has one revision, {listing.span(new)}: there is nothing to compare it with yet.")
        return
    name = f"revision {old['revision']} → revision {new['revision']}"
    first_row = rows.diff_rows(of, old, new, changes[:1])
    when = listing.span(first_row[0]) if first_row else ""
    _print(f"{click.style(name, fg='yellow')}  {when}\n")
    if changes:
        _print(render_changes(changes, colour=coloured(), width=text_width(), show_all=show_all))
    else:
        _note("No difference.")


def _earlier(database: Database, page: int, before: str | None, new: Row) -> Row | None:
    if before:
        return history.revision_named(database, page, before)
    if new["revision"] == 1:
        return None
    return history.revision_numbered(database, page, new["revision"] - 1)


@click.command()
@click.option("--since", metavar="D", help="From a day (2026-11-23, its start in UTC) or a time on.")
@click.option("--until", metavar="D", help="To the end of a day, or to a time.")
@click.option("--page", help="Of one page: its number, its address, or a part of its title or address.")
@click.option("--all", "show_all", is_flag=True, help="Also what is cosmetic, and what only our own reading caused.")
@archive_option
@json_option
def changes(
    since: str | None, until: str | None, page: str | None, path: Path, *, show_all: bool, as_json: bool
) -> None:
    """Show what changed on all pages, in the order in which it was seen.

    A page's first look is no change: `tidslager log` lists those.
    """
    with _reading(path) as database:
        found = history.change_rows(
            database,
            since=start_of(since) if since else None,
            until=end_of(until) if until else None,
            page=history.find_page(database, page)["page"] if page else None,
            classes=_ALL if show_all else _SHOWN,
            parser=show_all,
        )
        if as_json:
            print_json(rows.feed_rows(found))
            return
        blocks = _by_revision(database, found)
    if not blocks:
        _note("No changes" + (f" since {since}" if since else "") + ".")
    for row, told in blocks:
        _print(f"{listing.heading({**row, 'title': row['page_title']})}")
        _print(f"{click.style('revision ' + str(row['revision']), fg='yellow')}  {listing.span(row)}\n")
        _print(render_changes(told, colour=coloured(), width=text_width(), show_all=show_all) + "\n")


def _by_revision(database: Database, found: Sequence[Row]) -> list[tuple[Row, tuple[Change, ...]]]:
    """The first row of each revision, with the revision's changes."""
    firsts = {(row["page"], row["revision"]): row for row in reversed(found)}
    return [
        (row, history.stored_changes(database, history.revision_numbered(database, *key)["revision_id"]))
        for key, row in sorted(firsts.items(), key=lambda item: (item[1]["seen_from"], item[0]))
    ]


COMMANDS = (pages, log, show, diff, changes)


def guarded(group: click.Group, arguments: Sequence[str] | None = None) -> None:
    """Run a command line and end the process: a sentence on stderr for what stops it, never a traceback."""
    try:
        code = group.main(args=arguments, standalone_mode=False)
    except TidslagerError as error:
        click.echo(f"tidslager: {error}", err=True)
        code = error.exit_code
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("tidslager: interrupted.", err=True)
        code = 130
    except BrokenPipeError:
        # The reader of a pipe went away, as `head` does: point stdout elsewhere, so that closing it does not complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    sys.exit(code if isinstance(code, int) else 0)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """Read an archive of Tidslager: what pages said, what changed and when."""


for _command in COMMANDS:
    cli.add_command(_command)


def main() -> None:
    """Entry point of `python -m archive`."""
    guarded(cli)
