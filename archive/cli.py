"""The reading half of the command line: pages, log, show, diff, changes. Works on the archive alone."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click
from sqlite_utils import Database

from archive import history, listing, rows, volatile
from archive.console import (
    PAGE,
    archive_option,
    coloured,
    guarded,
    json_option,
    print_json,
    print_note,
    print_text,
    reading_archive,
    text_width,
)
from archive.history import Row
from archive.records import load_page
from archive.render import render_changes
from archive.rendering import Look, document, rendering_options, terminal
from archive.times import end_of, start_of
from archive.told import Told
from schemas.errors import ConfigurationError

_SHOWN = ("editorial", "metadata")
_ALL = ("editorial", "metadata", "cosmetic", "chrome")


@click.command()
@archive_option
@json_option
def pages(path: Path, *, as_json: bool) -> None:
    """List the pages: number, title, address, revisions, last change and last look."""
    with reading_archive(path) as database:
        found = rows.picked("pages", history.page_rows(database))
    if as_json:
        print_json(found)
    elif found:
        print_text(listing.pages_text(found, text_width()))
    else:
        print_note("No pages yet: `tidslager crawl` looks at some.")


@click.command()
@click.argument("page", required=False)
@click.option(
    "--flapping", is_flag=True, help="Only pages that go back and forth: of the last ten revisions, two returns."
)
@archive_option
@json_option
def log(page: str | None, path: Path, *, flapping: bool, as_json: bool) -> None:
    """List revisions, the newest first: of PAGE, or of all pages.

    PAGE is a page's number, its address, or a part of its title or address that only it has. The bar is the share of
    the words that changed.
    """
    with reading_archive(path) as database:
        number = None if page is None else history.find_page(database, page)["page"]
        found = rows.log_rows(database, number, flapping=flapping)
        trouble = history.last_trouble(database, number) if number is not None and not found else ""
    if as_json:
        print_json(found)
    elif not found and flapping:
        print_note("No page goes back and forth." if page is None else "The page does not go back and forth.")
    elif not found:
        print_note("No revisions yet." if page is None else f"The page has never been read. {trouble}")
    else:
        print_text((listing.log_text if page is None else listing.page_log_text)(found, text_width()))


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
    with reading_archive(path) as database:
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
        oldest = history.oldest_kept(database, of["page"])
    if as_json:
        print_json(found)
    else:
        print_text(listing.show_text(of, revision, record, text_width(), oldest=oldest))


def _newest(database: Database, page: Row) -> Row:
    return history.revision_at(database, page["page"], None)


@click.command()
@PAGE
@click.argument("before", required=False, metavar="[A]")
@click.argument("after", required=False, metavar="[B]")
@rendering_options("Cosmetic differences too.")
@archive_option
def diff(page: str, before: str | None, after: str | None, path: Path, look: Look) -> None:
    """Show what changed on PAGE between revisions A and B.

    Without A and B: between the last two. With A alone: from A to the newest. A and B are revision numbers, or days:
    then the revision last seen by the end of that day. What each kind of change means: docs/reading-a-diff.md.
    """
    with reading_archive(path) as database:
        of = history.find_page(database, page)
        new = history.revision_named(database, of["page"], after) if after is not None else _newest(database, of)
        old = _earlier(database, of["page"], before, new)
        changes = history.compare(database, old, new) if old else ()
        doubtful = history.quarantined_since(database, new, after)
    if doubtful:
        print_note(listing.doubtful_text(doubtful))
    shown = tuple(change for change in changes if look.show_all or change.class_ in _SHOWN)
    if look.format == "json":
        print_json(rows.diff_rows(of, old, new, shown) if old else [])
        return
    if look.format == "text":
        print_text(listing.heading({**of, "title": new["title"]}))
    if old is None:
        print_note(f"The page has one revision, {listing.span(new)}: there is nothing to compare it with yet.")
        return
    _show([(new, rows.told(of, old, new, changes))], look, named=False)
    if not changes:
        print_note("No difference.")


def _show(found: Sequence[tuple[Row, Told]], look: Look, *, named: bool = True) -> None:
    """Differences page by page; each under its page's title and address if `named`."""
    if look.format != "text":
        click.echo(document([told for _, told in found], look), nl=False)
        return
    for row, told in found:
        if named:
            print_text(listing.heading({**row, "title": told.title}))
        revisions = f"revision {told.after}" if named else f"revision {told.before} → revision {told.after}"
        print_text(f"{click.style(revisions, fg='yellow')}  {told.span}")
        print_text(listing.returns(row, after="\n"))
        if told.changes:
            print_text(terminal(told, look, colour=coloured(), width=text_width()) + "\n" * named)


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
@click.option(
    "--chrome", "stream", flag_value="chrome", help="What changed around the content of all pages of a site instead."
)
@click.option(
    "--volatile", "stream", flag_value="volatile", help="Blocks that keep changing, with a rule for the site file."
)
@rendering_options("Also what is cosmetic, and what only our own reading caused.")
@archive_option
def changes(
    since: str | None, until: str | None, page: str | None, path: Path, *, stream: str | None, look: Look
) -> None:
    """Show what changed on all pages, in the order in which it was seen.

    A page's first look is no change: `tidslager log` lists those. Menus, banners and footers are no page's: --chrome
    tells each of their changes once for the whole site. What each kind of change means: docs/reading-a-diff.md.
    """
    begin, end = (None if since is None else start_of(since)), (None if until is None else end_of(until))
    if begin and end and begin > end:
        raise ConfigurationError(f"--since {since} is later than --until {until}: change places.")
    with reading_archive(path) as database:
        if stream == "chrome":
            _chrome(database, begin, end, look)
            return
        if stream == "volatile":
            _volatile(database, as_json=look.format == "json")
            return
        found = history.change_rows(
            database,
            since=begin,
            until=end,
            page=None if page is None else history.find_page(database, page)["page"],
            classes=_ALL if look.show_all else _SHOWN,
            parser=look.show_all,
        )
        if look.format == "json":
            print_json(rows.feed_rows(found))
            return
        blocks = _by_revision(database, found)
    if not blocks:
        print_note("No changes" + (f" since {since}" if since else "") + ".")
    _show(blocks, look)


def _chrome(database: Database, since: str | None, until: str | None, look: Look) -> None:
    """`tidslager changes --chrome`."""
    found = history.chrome_rows(database, since=since, until=until, show_all=look.show_all)
    if look.format == "json":
        print_json(rows.chrome_feed_rows(found))
    elif not found:
        print_note("No changes around the content.")
    else:
        for first, told in history.chrome_changes(found):
            print_text(f"{listing.heading({**first, 'title': first['site']})}")
            print_text(f"{click.style('chrome', fg='yellow')}  {listing.span(first)}\n")
            print_text(render_changes(told, colour=coloured(), width=text_width(), show_all=True) + "\n")


def _volatile(database: Database, *, as_json: bool) -> None:
    """`tidslager changes --volatile`."""
    found = volatile.suggestions(database)
    if as_json:
        print_json([{key: row[key] for key in rows.VOLATILE} for row in found])
    elif not found:
        print_note(f"No block changed at most of the last {volatile.LOOKS} looks.")
    else:
        print_text(listing.volatile_text(found))


def _by_revision(database: Database, found: Sequence[Row]) -> list[tuple[Row, Told]]:
    """The first row of each revision, with the revision's changes."""
    firsts = {(row["page"], row["revision"]): row for row in reversed(found)}
    return [
        (row, rows.feed_told(row, history.stored_changes(database, history.revision_id(database, *key))))
        for key, row in sorted(firsts.items(), key=lambda item: (item[1]["seen_from"], item[0]))
    ]


COMMANDS = (pages, log, show, diff, changes)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """Read an archive of Tidslager: what pages said, what changed and when."""


for _command in COMMANDS:
    cli.add_command(_command)


def main() -> None:
    """Entry point of `python -m archive`."""
    guarded(cli)
