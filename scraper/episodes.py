"""`tidslager episodes`: trouble from its beginning to its end, one row however many nights it took."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from archive import history
from archive.console import archive_option, json_option, print_json, print_note, print_text, reading_archive
from archive.episodes import COLUMNS, Episode, all_episodes, open_episodes
from archive.excerpt import shown_safely
from archive.listing import moment
from archive.phrases import plural


@click.command()
@click.argument("page", required=False)
@click.option("--open", "only_open", is_flag=True, help="Only those that are not over.")
@archive_option
@json_option
def episodes(page: str | None, path: Path, *, only_open: bool, as_json: bool) -> None:
    """List trouble, the newest first: of PAGE, or of all pages and layouts.

    Nights of trouble on end are one episode, whatever befell each of them: failures, refusals and suspects alike. A
    night that says nothing of the page, as a redirect or a run that was cut short, neither ends nor lengthens it.
    """
    with reading_archive(path) as database:
        number = None if page is None else history.find_page(database, page)["page"]
        found = open_episodes(database) if only_open and number is None else all_episodes(database, number)
    found = tuple(one for one in found if not only_open or one.ended is None)
    if as_json:
        rows = [msgspec.structs.asdict(one) for one in found]
        print_json([{key: row[key] for key in COLUMNS} for row in rows])
    elif found:
        print_text("\n".join(episode_text(one) for one in found))
    else:
        print_note("There is no trouble." if only_open else "There was never any trouble.")


def episode_text(one: Episode) -> str:
    """An episode on three lines: what, how long, why."""
    name = f"{one.site}: the layout" if one.page is None else f"{one.page}  {one.title or one.address}"
    until = f"to {moment(one.ended)} UTC" if one.ended else "not over"
    head = click.style(shown_safely(name), bold=True)
    span = f"{one.looks} {plural('night', one.looks)} from {moment(one.began)} UTC, {until}"
    return f"{head}\n  {click.style(span, fg='yellow' if one.ended else 'red')}\n  {shown_safely(one.why)}"


COMMANDS = (episodes,)
