"""Export of views: each row as JSON Lines, JSON, CSV or Parquet, streamed, with a data dictionary beside the files."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal, get_args

from sqlite_utils import Database

from archive.dictionary import View
from archive.json_rows import json_rows
from archive.spreadsheet import GUARDED, spreadsheet
from schemas.errors import ConfigurationError

Format = Literal["jsonl", "csv", "json", "parquet"]
FORMATS: tuple[Format, ...] = get_args(Format)
DICTIONARY = "datapackage.json"
_BATCH = 2_000
"""Rows held at a time."""
_MEDIA = {
    "jsonl": "application/jsonl",
    "csv": "text/csv",
    "json": "application/json",
    "parquet": "application/vnd.apache.parquet",
}
_FIRST = ("site", "page", "revision", "run", "capture", "id", "position", "ordinal", "seen_from")


def rows_of(database: Database, view: View) -> Iterator[tuple[Any, ...]]:
    """The rows of a view, in an order that depends on nothing but them; bytes as hexadecimal digits."""
    names = [column.name for column in view.columns]
    order = sorted(names, key=lambda name: (_FIRST.index(name) if name in _FIRST else len(_FIRST), names.index(name)))
    cursor = database.conn.execute(f"SELECT {', '.join(names)} FROM {view.name} ORDER BY {', '.join(order)}")
    while batch := cursor.fetchmany(_BATCH):
        for row in batch:
            yield tuple(value.hex() if isinstance(value, bytes) else value for value in row)


def view_text(database: Database, view: View, format_: Format) -> Iterator[str]:
    """A view as text with its line ends, row by row."""
    names, rows = [column.name for column in view.columns], rows_of(database, view)
    if format_ == "csv":
        yield from spreadsheet(names, rows)
        return
    yield from json_rows(names, rows, lines=format_ == "jsonl")


def write_views(database: Database, views: Sequence[View], format_: Format, folder: Path) -> None:
    """Write each view to a file of its name, and the dictionary of them all.

    Raises ConfigurationError when a file is there already, and then writes none; and when Parquet is asked for without
    pyarrow.
    """
    files = {view.name: folder / f"{view.name}.{format_}" for view in views}
    if format_ == "parquet":
        _pyarrow()
    for file in (*files.values(), folder / DICTIONARY):
        if file.exists():
            raise ConfigurationError(f"{file} is there already and was left as it is: name another directory.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for view in views:
            _write(database, view, format_, files[view.name])
        package = data_package(views, files, format_)
        (folder / DICTIONARY).write_text(json.dumps(package, ensure_ascii=False, indent=2) + "\n", "utf-8")
    except OSError as error:
        raise ConfigurationError(f"Cannot write to {folder} ({error.strerror}): name another directory.") from error


def _write(database: Database, view: View, format_: Format, file: Path) -> None:
    if format_ == "parquet":
        _write_parquet(database, view, file)
        return
    with file.open("x", encoding="utf-8", newline="") as output:
        output.writelines(view_text(database, view, format_))


def _write_parquet(database: Database, view: View, file: Path) -> None:
    arrow, parquet = _pyarrow()
    kinds = {"integer": arrow.int64(), "number": arrow.float64(), "string": arrow.string()}
    fields = [arrow.field(column.name, kinds[column.kind]) for column in view.columns]
    schema = arrow.schema(fields)
    with file.open("xb") as output, parquet.ParquetWriter(output, schema) as writer:
        batch: list[tuple[Any, ...]] = []
        for row in rows_of(database, view):
            batch.append(row)
            if len(batch) == _BATCH:
                writer.write_batch(_batch(arrow, schema, batch))
                batch.clear()
        writer.write_batch(_batch(arrow, schema, batch))


def _batch(arrow: Any, schema: Any, rows: Sequence[tuple[Any, ...]]) -> Any:
    columns = list(zip(*rows, strict=True)) or [()] * len(schema)
    arrays = []
    for field, values in zip(schema, columns, strict=True):
        texts = field.type == arrow.string()
        arrays.append(
            arrow.array([value if value is None or not texts else str(value) for value in values], type=field.type)
        )
    return arrow.record_batch(arrays, schema=schema)


def _pyarrow() -> tuple[Any, Any]:
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError as error:
        raise ConfigurationError("Parquet needs pyarrow: pip install 'tidslager[parquet]'.") from error
    return pa, parquet


def data_package(views: Sequence[View], files: dict[str, Path], format_: Format) -> dict[str, Any]:
    """The dictionary of exported views, as a Frictionless data package: files, columns, what they mean."""
    resources = []
    for view in views:
        data = files[view.name]
        with data.open("rb") as file:
            name = hashlib.file_digest(file, "sha256").hexdigest()
        resources.append(
            {
                "name": view.name,
                "path": data.name,
                "title": view.title,
                "format": format_,
                "mediatype": _MEDIA[format_],
                **({} if format_ == "parquet" else {"encoding": "utf-8"}),
                "bytes": data.stat().st_size,
                "hash": f"sha256:{name}",
                "schema": {
                    "fields": [
                        {"name": column.name, "type": column.kind, "description": column.description}
                        for column in view.columns
                    ]
                },
            }
        )
    about = "Views of an archive of Tidslager. Times are text, ISO 8601 in UTC."
    return {
        "name": "tidslager-export",
        "description": f"{about} {GUARDED}" if format_ == "csv" else about,
        "resources": resources,
    }
