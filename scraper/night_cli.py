"""`tidslager night`: the nightly job for a scheduler, and what it prints."""

from __future__ import annotations

import json
import random
import sys
from collections import Counter
from pathlib import Path

import click

from archive.console import archive_option, coloured, print_text, text_width
from archive.digest_text import digest_text
from schemas.installation import Installation
from scraper.chosen import CONNECT_TO, CONTACT
from scraper.clock import SystemClock
from scraper.logs import INFO, LOG_JSON, logging_to
from scraper.night import Done, Orders, run_night
from scraper.secrets import secrets_of
from scraper.settings import InForce, installation_in_force
from scraper.signals import Ending

_WORDS = {0: "ok", 1: "failed", 2: "configuration", 3: "partial", 4: "layout", 130: "interrupted", 143: "terminated"}


@click.command()
@click.argument("sites", nargs=-1, metavar="[SITE…]")
@archive_option
@click.option(
    "--report", "reports", multiple=True, type=click.Path(path_type=Path), metavar="FILE",
    help="A report of the night as .html, .md, .json or .txt; repeatable.",
)  # fmt: skip
@click.option("--feed", type=click.Path(path_type=Path), metavar="FILE", help="An Atom file to add what changed to.")
@CONNECT_TO
@CONTACT
@click.option("--quiet", "-q", is_flag=True, help="On stdout only the line for machines, on stderr only warnings.")
@LOG_JSON
@click.option("--json", "as_json", is_flag=True, help="On stdout the line for machines as one JSON object, no report.")
@click.pass_context
def night(
    context: click.Context,
    *,
    sites: tuple[str, ...],
    path: Path,
    reports: tuple[Path, ...],
    feed: Path | None,
    connect_to: tuple[str, ...],
    contact: str | None,
    quiet: bool,
    log_json: bool,
    as_json: bool,
) -> None:
    """Do a night's work, unattended: look at each SITE, verify a sample, report, notify.

    Without SITE those of the installation file (tidslager.toml, see docs/config.md), which also says whom to tell. On
    stdout a report for people, and as the last line one that a machine can read. A night on which pages changed is ok.

    Exit codes, the gravest counts: 0 ok; 1 failed, nothing could be read or the archive cannot be used; 2 the
    configuration, of one site at least; 3 partial, something could not be read, is in quarantine, was not looked at or
    could not be told; 4 the layout changed; 75 another run holds the archive; 130 and 143 interrupted by SIGINT and
    SIGTERM: the page being looked at is finished, the run marked, and the next night goes on.
    """
    in_force: InForce[Installation] = context.obj or installation_in_force()
    installation = in_force.value
    secrets = secrets_of(installation)
    orders = Orders(
        archive=path,
        sites=sites or installation.sites,
        installation=installation,
        secrets=secrets,
        reports=reports or tuple(map(Path, installation.report)),
        feed=feed or (Path(installation.feed) if installation.feed else None),
        connect_to=connect_to,
        contact=contact,
    )
    as_lines = log_json or installation.log == "json"
    least = INFO + 1 if quiet else INFO
    with logging_to(sys.stderr, as_json=as_lines, least=least, secrets=secrets.words), Ending() as ending:
        done = run_night(orders, SystemClock(), ending, random.Random())  # noqa: S311 -- spreads retries, picks samples
    facts = line(done)
    if as_json:
        click.echo(json.dumps(facts, ensure_ascii=False))
    else:
        if not quiet:
            print_text(digest_text(done.digest, colour=coloured(), width=text_width()))
        click.echo(" ".join(f"{key}={value}" for key, value in facts.items()))
    raise SystemExit(done.exit_code)


def line(done: Done) -> dict[str, object]:
    """The night as one line for machines. Pure."""
    nights = done.digest.nights
    counts = Counter[str]()
    for one in nights:
        counts.update(one.counts)
    return {
        "status": _WORDS[done.exit_code],
        "exit_code": done.exit_code,
        "sites": ",".join(dict.fromkeys(one.site for one in nights)),
        "runs": ",".join(str(one.run) for one in nights),
        "pages": sum(one.looked_at for one in nights),
        "changed": sum(len(one.revised) for one in nights),
        "new": sum(len(one.new) for one in nights),
        "gone": counts["gone"],
        "failed": counts["failed"] + counts["unreadable"] + counts["left"],
        "suspect": counts["suspect"],
        "not_looked_at": sum(len(one.not_looked_at) for one in nights),
        "trouble_begun": sum(len(one.begun) for one in nights),
        "trouble_ended": sum(len(one.ended) for one in nights),
        "trouble_lasting": sum(len(one.lasting) for one in nights),
        "notes": len(done.digest.notes),
        "seconds": round(done.seconds, 1),
        "head": next((one.head for one in reversed(nights) if one.head), ""),
    }


COLUMNS = {
    "status": ", ".join(_WORDS.values()),
    "exit_code": "the exit code",
    "sites": "names of the sites looked at, with commas between",
    "runs": "numbers of the runs that are told, with commas between",
    "pages": "pages looked at",
    "changed": "pages with changes of the classes that are told",
    "new": "pages read for the first time",
    "gone": "pages that answered 404 or 410 and had been there before",
    "failed": "pages that could not be read",
    "suspect": "pages in quarantine",
    "not_looked_at": "known pages that were not looked at",
    "trouble_begun": "episodes that began",
    "trouble_ended": "episodes that ended",
    "trouble_lasting": "episodes that go on",
    "notes": "sentences on what went wrong around the runs; they stand in the report",
    "seconds": "how long it took",
    "head": "head of the last run",
}
COMMANDS = (night,)
