"""The reading half of the command line: pages, log, show, diff, changes. Works on the archive alone.

Data goes to stdout, everything else to stderr. Exit codes: see `schemas.errors`.
"""

from __future__ import annotations

import io
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

from archive import history, listing, rows, volatile
from archive.file import open_for_reading, plain_errors
from archive.history import Row
from archive.records import load_page
from archive.render import render_changes, shown_safely
from archive.times import end_of, start_of
from schemas.change import Change
from schemas.errors import ConfigurationError, TidslagerError

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
        type=click.Path(path_type=Path, readable=False),
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
    """Whether to colour: on a terminal that can, unless NO_COLOR is set (no-color.org)."""
    able = sys.stdout.isatty() and os.environ.get("TERM") != "dumb"
    return able and not os.environ.get("NO_COLOR")


def text_width() -> int:
    """Columns to write in: those of the terminal, at most 100, so that prose stays readable."""
    return min(shutil.get_terminal_size((88, 24)).columns, 100)


def _print(text: str) -> None:
    """Text for people, with colour only where it belongs."""
    click.echo(text if coloured() else click.unstyle(text), color=coloured())


def _note(text: str) -> None:
    click.echo(text, err=True)


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
        number = None if page is None else history.find_page(database, page)["page"]
        found = rows.log_rows(database, number)
        trouble = history.last_trouble(database, number) if number is not None and not found else ""
    if as_json:
        print_json(found)
    elif not found:
        _note("No revisions yet." if page is None else f"The page has never been read. {trouble}")
    else:
        _print((listing.log_text if page is None else listing.page_log_text)(found, text_width()))


@click.command()
@PAGE
@click.option("--date", "when", metavar="D", help="As it was on a day (2026-11-23, its end in UTC) or at a time.")
@click.option(
    "--revision", "number", type=int, metavar="N", help="As it was in revision N of the page (see `tidslager log`)."
)
@click.option("--raw", is_flag=True, help="The bytes as the site sent them, and nothing else.")
@archive_option
@json_option
def show(page: str, when: str | None, number: int | None, path: Path, *, raw: bool, as_json: bool) -> None:
    """Show what PAGE says, or said on a day.

    PAGE is a page's number, its address, or a part of its title or address that only it has. What the archive answers
    for a day is the newest content that it had seen by the end of that day.
    """
    if when is not None and number is not None:
        raise ConfigurationError("--date and --revision say the same thing in two ways: give one of them.")
    with _reading(path) as database:
        of = history.find_page(database, page)
        revision = (
            history.revision_at(database, of["page"], when)
            if number is None
            else history.revision_numbered(database, of["page"], number)
        )
        if raw:
            click.echo(history.raw_body(database, revision), nl=False)
            return
        found = rows.show_rows(database, of, revision)
        record = load_page(database, revision["revision_id"]) if revision["state"] == "live" else None
    if as_json:
        print_json(found)
    else:
        _print(listing.show_text(of, revision, record, text_width()))


def _newest(database: Database, page: Row) -> Row:
    return history.revision_at(database, page["page"], None)


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
        new = history.revision_named(database, of["page"], after) if after is not None else _newest(database, of)
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
    name = click.style(f"revision {old['revision']} → revision {new['revision']}", fg="yellow")
    if not changes:
        _print(name)
        _note("No difference.")
        return
    when = listing.span(rows.diff_rows(of, old, new, changes[:1])[0])
    told = render_changes(changes, colour=coloured(), width=text_width(), show_all=show_all)
    _print(f"{name}  {when}\n\n{told.rstrip()}")


def _earlier(database: Database, page: int, before: str | None, new: Row) -> Row | None:
    if before is not None:
        return history.revision_named(database, page, before)
    if new["revision"] == 1:
        return None
    return history.revision_numbered(database, page, new["revision"] - 1)


@click.command()
@click.option("--since", metavar="D", help="From a day (2026-11-23, its start in UTC) or a time on.")
@click.option("--until", metavar="D", help="To the end of a day, or to a time.")
@click.option("--page", help="Of one page: its number, its address, or a part of its title or address.")
@click.option("--all", "show_all", is_flag=True, help="Also what is cosmetic, and what only our own reading caused.")
@click.option(
    "--chrome", "stream", flag_value="chrome", help="What changed around the content of all pages of a site instead."
)
@click.option(
    "--volatile", "stream", flag_value="volatile", help="Blocks that keep changing, with a rule for the site file."
)
@archive_option
@json_option
def changes(
    since: str | None,
    until: str | None,
    page: str | None,
    stream: str | None,
    path: Path,
    *,
    show_all: bool,
    as_json: bool,
) -> None:
    """Show what changed on all pages, in the order in which it was seen.

    A page's first look is no change: `tidslager log` lists those. Menus, banners and footers are no page's: --chrome
    tells each of their changes once for the whole site.
    """
    begin, end = (None if since is None else start_of(since)), (None if until is None else end_of(until))
    if begin and end and begin > end:
        raise ConfigurationError(f"--since {since} is later than --until {until}: change places.")
    with _reading(path) as database:
        if stream == "chrome":
            _chrome(
                database,
                start_of(since) if since else None,
                end_of(until) if until else None,
                show_all=show_all,
                as_json=as_json,
            )
            return
        if stream == "volatile":
            _volatile(database, as_json=as_json)
            return
        found = history.change_rows(
            database,
            since=begin,
            until=end,
            page=None if page is None else history.find_page(database, page)["page"],
            classes=_ALL if show_all else _SHOWN,
            parser=show_all,
        )
        if as_json:
            print_json(rows.feed_rows(found))
            return
        blocks = _by_revision(database, found)
    if not blocks:
        _note("No changes" + (f" since {since}" if since else "") + ".")
    parts = []
    for row, told in blocks:
        name = click.style(f"revision {row['revision']}", fg="yellow")
        text = render_changes(told, colour=coloured(), width=text_width(), show_all=show_all)
        parts.append(f"{listing.heading({**row, 'title': row['page_title']})}\n{name}  {listing.span(row)}\n\n{text}")
    if parts:
        _print("\n".join(parts).rstrip())


def _chrome(database: Database, since: str | None, until: str | None, *, show_all: bool, as_json: bool) -> None:
    """`tidslager changes --chrome`."""
    found = history.chrome_rows(database, since=since, until=until, show_all=show_all)
    if as_json:
        print_json(rows.chrome_feed_rows(found))
    elif not found:
        _note("No changes around the content.")
    else:
        for first, told in history.chrome_changes(found):
            _print(f"{listing.heading({**first, 'title': first['site']})}")
            _print(f"{click.style('chrome', fg='yellow')}  {listing.span(first)}\n")
            _print(render_changes(told, colour=coloured(), width=text_width(), show_all=True) + "\n")


def _volatile(database: Database, *, as_json: bool) -> None:
    """`tidslager changes --volatile`."""
    found = volatile.suggestions(database)
    if as_json:
        print_json([{key: row[key] for key in rows.VOLATILE} for row in found])
    elif not found:
        _note(f"No block changed at most of the last {volatile.LOOKS} looks.")
    else:
        _print(listing.volatile_text(found))


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
    sys.exit(_run(group, list(sys.argv[1:] if arguments is None else arguments)))


def _run(group: click.Group, arguments: list[str]) -> int:
    _lenient(sys.stdout)
    _lenient(sys.stderr)
    try:
        with group.make_context(group.name or "tidslager", arguments) as context:
            group.invoke(context)
    except TidslagerError as error:
        return _refused(str(error), error.exit_code)
    except click.exceptions.Exit as end:
        return end.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        return _refused("interrupted.", 130)
    except OSError as error:
        return _failed(error)
    return 0


def _failed(error: OSError) -> int:
    if isinstance(error, BrokenPipeError):
        # The reader of a pipe went away, as `head` does: what it did not want is nobody's error. Point stdout
        # elsewhere, so that closing it does not complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    of = f"{error.filename}: " if error.filename else ""
    return _refused(f"{of}{error.strerror or error}. See to the file, or to where the output goes.", 1)


def _refused(sentence: str, code: int) -> int:
    # Titles and addresses in it are the pages' own words: they are shown, never obeyed.
    click.echo(f"tidslager: {shown_safely(sentence)}", err=True)
    return code


def _lenient(stream: object) -> None:
    """A character that the terminal's encoding lacks is shown as "?", not as an error half-way down."""
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="replace")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """Read an archive of Tidslager: what pages said, what changed and when."""


for _command in COMMANDS:
    cli.add_command(_command)


def main() -> None:
    """Entry point of `python -m archive`."""
    guarded(cli)
