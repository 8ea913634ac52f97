"""`tidslager config`: what is in force and where each value came from; JSON Schema for editors."""

from __future__ import annotations

import json
from pathlib import Path

import click
import msgspec

from archive.console import archive_option, json_option, print_json, print_note, print_text
from schemas.installation import Installation
from schemas.site import Site
from scraper.settings import InForce, installation_in_force, over, rows, site_in_force, unknown_variables

_SCHEMAS: dict[str, type[msgspec.Struct]] = {"installation": Installation, "site": Site}


@click.command()
@click.argument("site", required=False)
@click.option(
    "--schema",
    type=click.Choice(list(_SCHEMAS)),
    help="Instead: the JSON Schema of an installation's or a site's file, by which editors check and complete it.",
)
@archive_option
@click.option("--contact", help="As of `tidslager crawl`.")
@json_option
@click.pass_context
def config(
    context: click.Context, site: str | None, schema: str | None, path: Path, contact: str | None, *, as_json: bool
) -> None:
    """Show every setting in force, of the installation or of SITE, and where its value came from.

    Values come from the default, the file, a variable TIDSLAGER_* and the command line; the later counts. Secrets are
    not shown. What each setting means: docs/config.md.
    """
    if schema:
        text = json.dumps(msgspec.json.schema(_SCHEMAS[schema]), indent=2, ensure_ascii=False)
        print_text(text)
        return
    if site is None:
        installation: InForce[Installation] = context.obj or installation_in_force()
        given = {"archive": str(path)} if _typed(context, "path") else {}
        told = rows("installation", over(installation, given))
    else:
        chosen = site_in_force(site)
        told = rows(chosen.value.name, over(chosen, {} if contact is None else {"contact": contact}))
    if as_json:
        print_json(told)
    else:
        width = max(len(str(row["key"])) for row in told)
        lines = (f"{row['key']:<{width}}  {row['value']}  ({row['source']})" for row in told)
        print_text("\n".join(lines))
    for note in unknown_variables():
        print_note(note)


def _typed(context: click.Context, name: str) -> bool:
    return context.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE


COMMANDS = (config,)
