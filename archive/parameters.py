"""Parameters: what a ready query's is asked to be. A parameter's name says what it takes: a day, a number, a page."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from sqlite_utils import Database

from archive.history import find_page
from archive.times import start_of
from schemas.errors import ConfigurationError


def read_parameters(database: Database, given: Mapping[str, str]) -> dict[str, str]:
    """The values that a person gave, as the SQL of ready queries takes them.

    Raises ConfigurationError for a day or number that is none, and what `find_page` raises for a page.
    """
    return {name: _KINDS[name](database, value.strip()) if name in _KINDS else value for name, value in given.items()}


def _day(_: Database, value: str) -> str:
    return start_of(value)


def _day_or_now(database: Database, value: str) -> str:
    return value if value == "now" else _day(database, value)


def _days(_: Database, value: str) -> str:
    if not re.fullmatch(r"[0-9]{1,5}", value):
        raise ConfigurationError(f'"{value}" is no number of days: write one from 0 to 99999, as in -p days 7.')
    return value


def _year(_: Database, value: str) -> str:
    if not re.fullmatch(r"(?:[0-9]{4})?", value):
        raise ConfigurationError(f'"{value}" is no year: write it as in -p year 2019.')
    return value


def _page(database: Database, value: str) -> str:
    return str(find_page(database, value)["page"])


_KINDS: dict[str, Callable[[Database, str], str]] = {
    "since": _day,
    "now": _day_or_now,
    "days": _days,
    "year": _year,
    "page": _page,
}
