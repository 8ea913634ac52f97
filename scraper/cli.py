"""The command line: what goes to the sites, and everything that reads the archive.

Data goes to stdout, everything else to stderr. Exit codes: 0 done; 1 it could not be done; 2 a mistake in the command
line or a site file; 3 done in part, some pages could not be read or are in quarantine; 4 the layout changed: nothing
that is missing was called removed; 75 another run is writing; 130 interrupted, 143 by SIGTERM.
"""

from __future__ import annotations

import random
import sys
from pathlib import Path

import click
from msgspec.structs import replace

from archive.cli import COMMANDS
from archive.console import (
    DEFAULT_ARCHIVE,
    archive_option,
    coloured,
    guarded,
    json_option,
    print_json,
    print_note,
    text_width,
)
from archive.exporting import EXPORTING
from archive.file import open_for_reading, refuse_foreign
from archive.keeping import KEEPING
from archive.lock import writer_lock
from archive.looking_back import LOOKING_BACK
from archive.querying import QUERYING
from archive.rebuild import rebuild as run_rebuild
from archive.rebuild_report import rebuild_rows, rebuild_text
from archive.schema_command import SCHEMA
from archive.searching import SEARCHING
from schemas.site import Site
from scraper import sites as site_files
from scraper.chosen import CONNECT_TO, CONTACT, chosen_site
from scraper.clock import SystemClock
from scraper.configuration import COMMANDS as CONFIGURATION
from scraper.crawl import crawl as run_crawl
from scraper.episodes import COMMANDS as EPISODES
from scraper.fetch import Fetcher, tool_version
from scraper.guard import Guard
from scraper.guards import Guards
from scraper.logs import INFO, LOG_JSON, SILENT, logging_to
from scraper.night_cli import COMMANDS as NIGHT
from scraper.notify import COMMANDS as NOTIFYING
from scraper.own_sites import COMMANDS as OWN_SITES
from scraper.parse import PARSER
from scraper.plan import Why, known_addresses, plan, plan_rows, plan_text
from scraper.progress import Progress
from scraper.recognise import recognised
from scraper.report import look_rows, report, stopped
from scraper.schedule import COMMANDS as SCHEDULING
from scraper.settings import installation_in_force, with_archive
from scraper.signals import Ending
from scraper.summary import EXIT_CODES
from scraper.tending import quarantine, status
from scraper.upgrading import of_today


@click.group(
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit codes: 0 done, 1 could not be done, 2 mistake in the command line or a site file, 3 done in part, "
    "4 the layout changed, 75 another run is writing, 130 interrupted, 143 by SIGTERM.",
)
@click.version_option(tool_version(), prog_name="tidslager")
@click.option(
    "--config",
    type=click.Path(path_type=Path),
    help="The installation file: tidslager.toml, if there is one, or that of TIDSLAGER_CONFIG.",
)
@click.pass_context
def cli(context: click.Context, config: Path | None) -> None:
    """Keep the history of web pages: what a page said on a day, what changed, when, and how we know.

    Begin with `tidslager init ADDRESS` for a page of your own, or `tidslager sites` for the built-in collections;
    then `tidslager crawl SITE`, tonight and again another night, and `tidslager changes`. `tidslager night` is for
    every night, unattended.
    """
    context.obj = installation_in_force(config)
    if "archive" in context.obj.sources:
        context.default_map = with_archive(cli, context.obj.value.archive)


@cli.command()
@click.argument("site")
@archive_option
@click.option("--start", multiple=True, metavar="URL", help="Start here instead of where the site file says.")
@CONNECT_TO
@CONTACT
@click.option("--documents", is_flag=True, help="Look also at the files (PDF and others) that the pages link to.")
@click.option("--dry-run", is_flag=True, help="Only say what would be asked for, and how fast; asks for robots.txt.")
@click.option("--quiet", "-q", is_flag=True, help="No progress.")
@LOG_JSON
@json_option
def crawl(
    site: str,
    path: Path,
    start: tuple[str, ...],
    connect_to: tuple[str, ...],
    contact: str | None,
    *,
    documents: bool,
    dry_run: bool,
    quiet: bool,
    log_json: bool,
    as_json: bool,
) -> None:
    """Look at the pages of SITE once and keep what they say.

    SITE is the name of a built-in site (`tidslager sites`) or the path of a site's TOML file. The pages looked at are
    the start pages, the pages within the site's hosts that their main content links to, and those that earlier runs
    knew. robots.txt is honoured; one request at a time goes to a host.
    """
    chosen = chosen_site(site, start, connect_to, contact)
    chosen = replace(chosen, documents=documents or chosen.documents)
    clock = SystemClock()
    fetcher = Fetcher(chosen, clock, rng=random.Random())  # noqa: S311 -- spreads retries, guards nothing
    if dry_run:
        _print_plan(chosen, fetcher, path, as_json=as_json)
        return
    refuse_foreign(path)
    with (
        writer_lock(path),
        Progress(sys.stderr, quiet=quiet or as_json or log_json) as progress,
        logging_to(sys.stderr, as_json=log_json, least=INFO if log_json else SILENT),
        of_today(path, clock, watch=progress.watch) as archive,
        Guard.of(chosen) as guard,
        Ending() as ending,
    ):
        watch, read = ending.watching(progress.watch), guard.read
        result = run_crawl(chosen, archive, fetcher, clock, version=tool_version(), watch=watch, read=read)
    if as_json:
        print_json(look_rows(result))
        if result.stopped:
            click.echo(stopped(result), err=True)
    else:
        text = report(result, path, default=DEFAULT_ARCHIVE, width=text_width())
        click.echo(text if coloured() else click.unstyle(text), color=coloured())
    raise SystemExit(ending.exit_code(EXIT_CODES[result.status]))


def _print_plan(site: Site, fetcher: Fetcher, path: Path, *, as_json: bool) -> None:
    """Say what a run would ask for; the archive, where there is one, is only read."""
    known: list[tuple[str, Why]] = []
    if path.exists():
        database = open_for_reading(path)
        known = list(known_addresses(database, site.name, documents=site.documents))
        database.conn.close()
    prospects = list(plan(site, fetcher, known))
    if fetcher.allowance.stopped:
        print_note(f"{fetcher.allowance.stopped} The plan ends there.")
    if as_json:
        print_json(plan_rows(prospects))
    else:
        text = plan_text(prospects)
        click.echo(text if coloured() else click.unstyle(text), color=coloured())


@cli.command()
@json_option
def sites(*, as_json: bool) -> None:
    """List the built-in sites."""
    found = [site_files.find_site(name) for name in site_files.built_in()]
    if as_json:
        print_json([{"name": site.name, "title": site.title, "start": site.start[0]} for site in found])
        return
    for site in found:
        click.echo(f"{site.name}\n  {site.title}\n  {site.start[0]}")


@cli.command()
@click.option("--dry-run", is_flag=True, help="Only tell what today's parser reads otherwise; nothing is written.")
@click.option("--keep-before", is_flag=True, help="Keep the archive as it was, as ARCHIVE.before-rebuild.")
@click.option("--quiet", "-q", is_flag=True, help="No progress.")
@archive_option
@json_option
def rebuild(path: Path, *, dry_run: bool, keep_before: bool, quiet: bool, as_json: bool) -> None:
    """Read all evidence anew with today's parser, and write everything that is derived from it again.

    Captures and bodies stay as they are. What the pages say, their revisions and their changes become what they would
    be had today's parser been there on each night. What reads otherwise than before is told, and kept in the table
    `rereadings`. The new file takes the place of the archive in one step; whatever stops it, the archive is as it was.
    """
    if not path.exists():
        open_for_reading(path)
    with writer_lock(path), Guards() as guards, Progress(sys.stderr, quiet=quiet or as_json) as progress:
        rebuilt = run_rebuild(
            path,
            guards.read,
            parser=PARSER,
            now=SystemClock().now(),
            dry_run=dry_run,
            keep_before=keep_before,
            watch=progress.watch,
            recognise=recognised,
        )
    if as_json:
        print_json(rebuild_rows(rebuilt))
    else:
        text = rebuild_text(rebuilt, path, text_width(), dry_run=dry_run)
        click.echo(text if coloured() else click.unstyle(text), color=coloured())


_KEEPING = (*KEEPING, status, quarantine)
_READING = (*COMMANDS, *LOOKING_BACK, *EXPORTING, *SEARCHING, *QUERYING, *SCHEMA)
_NIGHTLY = (*NIGHT, *CONFIGURATION, *NOTIFYING, *EPISODES, *SCHEDULING)
for _command in (*OWN_SITES, *_READING, *_KEEPING, *_NIGHTLY):
    cli.add_command(_command)


def main() -> None:
    """Entry point of the console script `tidslager`."""
    guarded(cli)
