"""Ready queries: questions to the views that stand in files, each with its title, explanation and parameters.

A file begins with comments: its title on the first line, the explanation, then `:name = default  meaning` for each
parameter. The rest is one SQL statement, which Datasette and plain sqlite3 run as well.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

import msgspec

from archive.history import Row

_PARAMETER = re.compile(r":(?P<name>\w+) = (?P<default>.*?)  (?P<meaning>.+)")


class Parameter(msgspec.Struct, frozen=True):
    """One thing that a query asks its user for."""

    name: str
    default: str
    meaning: str


class Ready(msgspec.Struct, frozen=True, kw_only=True):
    """One ready query."""

    name: str
    title: str
    explanation: str
    parameters: tuple[Parameter, ...]
    sql: str


@cache
def ready_queries() -> dict[str, Ready]:
    """All of them, by name."""
    found = sorted(files("archive").joinpath("queries").iterdir(), key=lambda file: file.name)
    return {
        file.name.removesuffix(".sql"): parsed(file.name.removesuffix(".sql"), file.read_text("utf-8"))
        for file in found
        if file.name.endswith(".sql")
    }


def parsed(name: str, text: str) -> Ready:
    """The query that a file holds. Pure."""
    lines = text.splitlines()
    head = [line.removeprefix("--").strip() for line in lines if line.startswith("--")]
    parameters = tuple(Parameter(**found.groupdict()) for line in head if (found := _PARAMETER.fullmatch(line)))
    explanation = " ".join(line for line in head[1:] if not line.startswith(":"))
    sql = "\n".join(line for line in lines if not line.startswith("--"))
    return Ready(name=name, title=head[0], explanation=explanation, parameters=parameters, sql=sql)


def datasette_metadata(database: str) -> Row:
    """The queries as Datasette's canned queries of a database of that name.

    A form there may be sent in empty, so that the defaults are put into the SQL.
    """
    return {
        "databases": {
            database: {
                "queries": {
                    query.name: {
                        "title": query.title,
                        "description": " ".join([query.explanation, *map(_told, query.parameters)]),
                        "sql": _with_defaults(query),
                        "params": [parameter.name for parameter in query.parameters],
                    }
                    for query in ready_queries().values()
                }
            }
        }
    }


def _told(parameter: Parameter) -> str:
    return f"{parameter.name}: {parameter.meaning} (else {parameter.default})." if parameter.default else ""


def _with_defaults(query: Ready) -> str:
    sql = query.sql
    for parameter in query.parameters:
        sql = re.sub(rf":{parameter.name}\b", f"coalesce(nullif(:{parameter.name}, ''), '{parameter.default}')", sql)
    return sql
