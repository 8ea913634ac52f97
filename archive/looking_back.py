"""The looking-back part of the command line: sections, blame, export. Works on the archive alone."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import click

from archive import asof, history, listing_past, rows
from archive.console import PAGE, archive_option, json_option, print_json, print_text, reading_archive, text_width
from archive.example_list import examples
from archive.export import Format, export_lines
from schemas.errors import ConfigurationError

_DATE_HELP = "As it was on a day (2026-11-23, its end in UTC) or at a time."


@click.command()
@PAGE
@archive_option
@json_option
def sections(page: str, path: Path, *, as_json: bool) -> None:
    """List every section that PAGE ever had: first seen, last changed, removed.

    PAGE is a page's number, its address, or a part of its title or address that only it has.
    """
    with reading_archive(path) as database:
        of = history.find_page(database, page)
        found = rows.list_rows(database, of)
    if as_json:
        print_json(found)
    elif found:
        print_text(listing_past.sections_text(of, found, text_width()))
    else:
        click.echo("The page has no section that was ever read.", err=True)


@click.command()
@PAGE
@click.option("--date", "when", metavar="D", help=_DATE_HELP)
@archive_option
@json_option
def blame(page: str, when: str | None, path: Path, *, as_json: bool) -> None:
    """Show PAGE with the day since which each heading, paragraph, list item and table row stands as it does.

    The day is that of the first look that saw it; the number behind it is the revision, for `tidslager diff`. PAGE is
    a page's number, its address, or a part of its title or address that only it has.
    """
    with reading_archive(path) as database:
        of = history.find_page(database, page)
        revision = history.revision_at(database, of["page"], when)
        lines = asof.page_blame(database, revision)
        found = rows.blame_rows(of, revision, history.revision_rows(database, of["page"]), lines)
    if as_json:
        print_json(found)
    else:
        print_text(listing_past.blame_text(of, revision, found, text_width()))


@click.command()
@click.option("--date", "when", metavar="D", help=_DATE_HELP)
@click.option("--site", metavar="NAME", help="Only the pages of one site.")
@click.option(
    "--format",
    "format_",
    type=click.Choice(["jsonl", "csv"]),
    default="jsonl",
    show_default=True,
    help="JSON Lines, one line a page with its sections; or CSV, one row a section.",
)
@click.option(
    "--to",
    "folder",
    type=click.Path(path_type=Path),
    metavar="DIRECTORY",
    help="Write pages.jsonl or pages.csv there instead of to stdout.",
)
@archive_option
def export(when: str | None, site: str | None, format_: str, folder: Path | None, path: Path) -> None:
    """Write the whole archive as it was: every page with its sections.

    Each page is the newest that the archive had seen by then; pages that were gone are there with their state. The same
    archive gives the same bytes on any machine.
    """
    with reading_archive(path) as database:
        pages = asof.site_at(database, when, site)
    lines = export_lines(pages, cast("Format", format_))
    if folder is None:
        for line in lines:
            click.echo(line, nl=False)
        return
    file = folder / f"pages.{format_}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with file.open("x", encoding="utf-8", newline="") as output:
            output.writelines(lines)
    except FileExistsError:
        raise ConfigurationError(f"{file} is there already and was left as it is: name another directory.") from None
    except OSError as error:
        raise ConfigurationError(f"Cannot write {file} ({error.strerror}): name another directory.") from error
    click.echo(f"Wrote {len(pages)} pages to {file}.", err=True)


LOOKING_BACK = (sections, blame, export, examples)
