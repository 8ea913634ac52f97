"""The searching part of the command line. Works on the archive alone."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from pathlib import Path

import click

from archive.console import (
    archive_option,
    json_option,
    print_json,
    print_note,
    print_text,
    reading_archive,
    text_width,
)
from archive.history import Row, find_page
from archive.listing import moment
from archive.render import shown_safely
from archive.search import COLUMNS, MARKS, Wanted
from archive.search import search as search_archive
from archive.search_query import WORDS, asked
from schemas.errors import ConfigurationError


@click.command()
@click.argument("words", nargs=-1, required=True)
@click.option("--as-of", metavar="D", help="Only texts that stood on a day (2026-11-23, its end in UTC) or at a time.")
@click.option("--removed", is_flag=True, help="Only text that is gone: it stands no more where it stood.")
@click.option("--site", metavar="NAME", help="Only the pages of one site.")
@click.option("--page", help="Only one page: its number, its address, or a part of its title or address.")
@click.option(
    "--limit", type=click.IntRange(min=1), default=20, show_default=True, metavar="N", help="At most so many answers."
)
@archive_option
@json_option
def search(
    words: tuple[str, ...],
    *,
    as_of: str | None,
    site: str | None,
    page: str | None,
    limit: int,
    path: Path,
    removed: bool,
    as_json: bool,
) -> None:
    """Search every text that was ever seen: sections, titles and preambles, also those that are gone.

    All WORDS must be in the text, each in any of its forms or in a compound: personuppgift finds personuppgifter and
    personuppgiftsbehandling. Put a phrase between quotation marks to find it as it stands: '"enligt lag"'. The best
    answers come first. How to search in SQL: docs/querying.md.
    """
    if as_of is not None and removed:
        raise ConfigurationError("--as-of asks for what stood on a day, --removed for what stands no more: give one.")
    text = " ".join(words)
    with reading_archive(path) as database:
        number = None if page is None else find_page(database, page)["page"]
        wanted = Wanted(as_of=as_of, removed=removed, site=site, page=number, limit=limit)
        found = search_archive(database, text, wanted)
    if len(asked(text)) > WORDS:
        print_note(f"Only the first {WORDS} words were looked for.")
    if as_json:
        print_json([{key: _plain(row[key]) for key in COLUMNS} for row in found])
    elif found:
        print_text("\n".join(_lines(found, text_width())))
    else:
        print_note("No text that was ever seen has that." if not (as_of or removed) else "No such text has that.")


def _plain(value: object) -> object:
    return value.replace(MARKS[0], "[").replace(MARKS[1], "]") if isinstance(value, str) else value


def _lines(rows: Sequence[Row], width: int) -> list[str]:
    """What `tidslager search` shows. Pure."""
    lines: list[str] = []
    for row in rows:
        title = click.style(shown_safely(row["title"] or row["address"]), bold=True)
        place = f" › {shown_safely(row['heading'])}" if row["heading"] else f"  ({row['source']})"
        until = f"removed by {moment(row['removed'])}" if row["removed"] else f"last seen {moment(row['last_seen'])}"
        when = f"page {row['page']}  {shown_safely(row['address'])}  seen {moment(row['first_seen'])}, {until}"
        begin, end = MARKS
        # Marks are put in place of brackets of one column each, so that wrapping counts them and no escape is cut.
        snippet = row["snippet"].replace(begin, "\ue000").replace(end, "\ue001")
        wrapped = textwrap.fill(shown_safely(snippet), width, initial_indent="  ", subsequent_indent="  ")
        shown = wrapped.replace("\ue000", click.style("[", bold=True)).replace("\ue001", click.style("]", bold=True))
        lines += [f"{title}{place}", click.style(when, dim=True), shown, ""]
    return lines[:-1]


SEARCHING = (search,)
