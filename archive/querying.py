"""The querying part of the command line: SQL and ready queries. Works on the archive alone."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import click
import tabulate
from sqlite_utils import Database

from archive.console import archive_option, print_json, print_text, reading_archive
from archive.json_rows import json_rows
from archive.parameters import read_parameters
from archive.query import asking
from archive.ready import Ready, datasette_metadata, ready_queries
from archive.render import shown_safely
from schemas.errors import ConfigurationError

_CELL = 60
"""Columns that a value may take in the table on a terminal."""
LIST_COLUMNS = {
    "name": "what to type after `tidslager query`",
    "title": "what it answers",
    "explanation": "the same, with its limits",
    "parameters": "name=default of each, to change with -p NAME VALUE",
}


@click.command()
@click.argument("question", metavar="[SQL|NAME]", required=False)
@click.option("--param", "-p", "given", nargs=2, multiple=True, metavar="NAME VALUE", help="A parameter; repeatable.")
@click.option("--list", "listing", is_flag=True, help="List the ready queries and what they answer.")
@click.option("--datasette", is_flag=True, help="The ready queries as Datasette's metadata file.")
@click.option("--timeout", type=click.FloatRange(min=0.1), default=30.0, show_default=True, help="Seconds it may take.")
@click.option("--json", "form", flag_value="json", help="One JSON array of flat objects.")
@click.option("--nl", "form", flag_value="nl", help="One JSON object a line.")
@click.option("--csv", "form", flag_value="csv", help="CSV.")
@click.option("--tsv", "form", flag_value="tsv", help="Tab-separated values.")
@click.option("--table", "-t", "form", flag_value="table", help="A table, every value whole.")
@click.option("--fmt", type=click.Choice(sorted(tabulate.tabulate_formats)), metavar="FORMAT", help="Kind of table.")
@archive_option
def query(
    question: str | None,
    *,
    given: tuple[tuple[str, str], ...],
    listing: bool,
    datasette: bool,
    timeout: float,
    form: str | None,
    fmt: str | None,
    path: Path,
) -> None:
    """Ask the archive in SQL, or by the NAME of a ready query.

    On a terminal the answer is a table, elsewhere JSON. The query can only read, and is stopped after --timeout
    seconds. The views to ask, and the ready queries, are in docs/querying.md.
    """
    if datasette:
        print_text(json.dumps(datasette_metadata(path.stem), ensure_ascii=False, indent=2))
    elif listing:
        _list(as_json=form == "json")
    elif question is None:
        raise ConfigurationError("Say what to ask: SQL, or the name of a ready query (`tidslager query --list`).")
    else:
        form = "table" if fmt else form or ("terminal" if sys.stdout.isatty() else "json")
        values = dict(given)
        ready = _chosen(question, values)
        with reading_archive(path) as database:
            sql, parameters = (ready.sql, _filled(database, ready, values)) if ready else (question, values)
            with asking(database, sql, parameters, timeout=timeout) as (columns, rows):
                for text in _written(columns, rows, form, fmt or "simple"):
                    click.echo(text, nl=False)


def _chosen(question: str, given: dict[str, str]) -> Ready | None:
    """The ready query that a question names, with parameters that it has; None for SQL."""
    ready = ready_queries().get(question)
    if ready is None:
        if question.strip() and not any(character.isspace() for character in question.strip()):
            raise ConfigurationError(f'There is no ready query "{question}": `tidslager query --list` has them.')
        return None
    names = [parameter.name for parameter in ready.parameters]
    unknown = given.keys() - set(names)
    if unknown:
        has = ", ".join(names) or "none"
        raise ConfigurationError(f"{question} has no parameter {', '.join(sorted(unknown))}; it has {has}.")
    return ready


def _filled(database: Database, ready: Ready, given: dict[str, str]) -> dict[str, str]:
    """The values of a ready query's parameters: those given, else their defaults."""
    return {**{one.name: one.default for one in ready.parameters}, **read_parameters(database, given)}


def _list(*, as_json: bool) -> None:
    if as_json:
        print_json([_row(ready) for ready in ready_queries().values()])
        return
    for ready in ready_queries().values():
        print_text(f"{click.style(ready.name, bold=True)}\n  {ready.title}. {ready.explanation}")
        for one in ready.parameters:
            print_text(f"  -p {one.name} {one.default or chr(34) * 2}  {one.meaning}")


def _row(ready: Ready) -> dict[str, str]:
    values = " ".join(f"{one.name}={one.default}" for one in ready.parameters)
    return {"name": ready.name, "title": ready.title, "explanation": ready.explanation, "parameters": values}


def _written(columns: Sequence[str], rows: Iterable[tuple[Any, ...]], form: str, fmt: str) -> Iterator[str]:
    """An answer as text, row by row where its form allows."""
    plain = (tuple(value.hex() if isinstance(value, bytes) else value for value in row) for row in rows)
    match form:
        case "json" | "nl":
            yield from json_rows(columns, plain, lines=form == "nl")
        case "csv" | "tsv":
            yield from separated(columns, plain, "\t" if form == "tsv" else ",")
        case _:
            room = _CELL if form == "terminal" else None
            cells = [[_cell(value, room) for value in row] for row in plain]
            yield tabulate.tabulate(cells, list(columns), tablefmt=fmt, disable_numparse=True) + "\n"


def separated(columns: Sequence[str], rows: Iterable[tuple[Any, ...]], by: str) -> Iterator[str]:
    """Rows as RFC 4180 has them, or with tabs; the columns' names first."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=by)
    for row in chain([columns], rows):
        writer.writerow(row)
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()


def _cell(value: Any, room: int | None) -> str:
    text = "" if value is None else shown_safely(str(value))
    if room is None:
        return text
    text = " ".join(text.split())
    return text if len(text) <= room else f"{text[: room - 1]}…"


QUERYING = (query,)
