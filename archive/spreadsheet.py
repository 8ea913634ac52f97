"""CSV as spreadsheets open it right: å, ä and ö are letters, and no cell of a page's text is run as a formula.

RFC 4180 with commas, and a byte order mark, by which Excel knows UTF-8. A text that begins with =, +, -, @, a tab or a
carriage return has an apostrophe put before it: Excel and LibreOffice would take it for a formula, and the text is that
of a page which anybody may have written. Who needs every character takes JSON Lines or Parquet.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

MARK = "\ufeff"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
GUARDED = "In CSV a text that begins with =, +, -, @, a tab or a carriage return has an apostrophe before it."


def spreadsheet(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """The rows as CSV, line by line, the columns' names first. Pure."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    buffer.write(MARK)
    for row in chain([columns], rows):
        writer.writerow([guarded(value) for value in row])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()


def guarded(value: Any) -> Any:
    """A value that no spreadsheet takes for a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
