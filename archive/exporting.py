"""The exporting part of the command line. Works on the archive alone."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import click
from sqlite_utils import Database

from archive import asof
from archive.console import archive_option, reading_archive
from archive.dictionary import View, view
from archive.export import Format, export_lines
from archive.export_views import DICTIONARY, FORMATS, view_text, write_views
from archive.export_views import Format as ViewFormat
from schemas.errors import ConfigurationError


@click.command()
@click.argument("views", nargs=-1, metavar="[VIEW]...")
@click.option("--date", "when", metavar="D", help="As it was on a day (2026-11-23, its end in UTC) or at a time.")
@click.option("--site", metavar="NAME", help="Only the pages of one site.")
@click.option(
    "--format",
    "format_",
    type=click.Choice(FORMATS),
    default="jsonl",
    show_default=True,
    help="Without VIEW: JSON Lines, one line a page with its sections; or CSV, one row a section.",
)
@click.option(
    "--to",
    "--output",
    "folder",
    type=click.Path(path_type=Path),
    metavar="DIRECTORY",
    help="Write files there instead of to stdout: with VIEW also what each column means, as datapackage.json.",
)
@archive_option
def export(
    views: tuple[str, ...], *, when: str | None, site: str | None, format_: ViewFormat, folder: Path | None, path: Path
) -> None:
    """Write the whole archive as it was: every page with its sections. Or write views: `all`, or those named.

    Each page is the newest that the archive had seen by then; pages that were gone are there with their state. The same
    archive gives the same bytes on any machine. Views are written row by row, whatever their size. CSV opens right in a
    spreadsheet: it has a byte order mark, and an apostrophe before what would be taken for a formula.
    """
    if views and (when or site):
        raise ConfigurationError("--date and --site are for the whole archive: leave them out, or the views.")
    if not views and format_ not in ("jsonl", "csv"):
        raise ConfigurationError(f"{format_} is for views: name some, or take jsonl or csv.")
    with reading_archive(path) as database:
        if views:
            _export_views(database, _named(database, views), format_, folder)
        else:
            _export_pages(database, when, site, cast("Format", format_), folder)


def _named(database: Database, names: tuple[str, ...]) -> list[View]:
    every = sorted(database.view_names()) if names == ("all",) else dict.fromkeys(names)
    return [view(database, name) for name in every]


def _export_views(database: Database, views: list[View], format_: ViewFormat, folder: Path | None) -> None:
    database.execute("BEGIN")  # all views of one moment, also beside a writer
    if folder is not None:
        write_views(database, views, format_, folder)
        click.echo(f"Wrote {len(views)} views and {DICTIONARY} to {folder}.", err=True)
    elif len(views) > 1 or format_ == "parquet":
        raise ConfigurationError("Several views, and Parquet, are files: say where with --to DIRECTORY.")
    else:
        for text in view_text(database, views[0], format_):
            click.echo(text, nl=False)


def _export_pages(database: Database, when: str | None, site: str | None, format_: Format, folder: Path | None) -> None:
    pages = asof.site_at(database, when, site)
    lines = export_lines(pages, format_)
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


EXPORTING = (export,)
