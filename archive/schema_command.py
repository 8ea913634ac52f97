"""`tidslager schema`: what our records are, as JSON Schema, for programs that are not ours."""

from __future__ import annotations

import json

import click

from schemas.json_schema import NOUNS, json_schema


@click.command()
@click.argument("noun", type=click.Choice(list(NOUNS)))
def schema(noun: str) -> None:
    """Print the JSON Schema of a page record, a capture, a change or a site file.

    The number at the end of its $id is its version: it grows when records of before may not be of the schema any more,
    or the other way round, and not when a description is worded better. The same files stand in docs/schemas.
    """
    click.echo(json.dumps(json_schema(noun), ensure_ascii=False, indent=2))


SCHEMA = (schema,)
