"""Every view is exported in every format, row by row, with what each column means, and opens right in a spreadsheet."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import sys
import tracemalloc
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from pyarrow import parquet

from archive.dictionary import view
from archive.export_views import FORMATS, rows_of, view_text
from archive.file import open_for_reading
from archive.spreadsheet import guarded
from archive.store import Archive
from tests.agency.server import Agency
from tests.builders import look, page, section
from tests.runs import crawl_agency
from tests.shell import Ran, tidslager


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two nights at the agency."""
    path = tmp_path_factory.mktemp("export") / "agency.db"
    with Agency() as agency:
        crawl_agency(agency, path, 1)
        crawl_agency(agency, path, 2)
    return path


def export(path: Path, *arguments: str) -> Ran:
    """An export of an archive."""
    return tidslager("export", *arguments, "--archive", str(path))


def views(path: Path) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Each view with its rows, as they stand in the archive, in no order."""
    database = open_for_reading(path)
    with closing(database.conn):
        for name in database.view_names():
            yield name, list(database.query(f"SELECT * FROM {name}"))


def read(file: Path, format_: str) -> list[dict[str, Any]]:
    """The rows of an exported file."""
    if format_ == "parquet":
        found: list[dict[str, Any]] = parquet.read_table(file).to_pylist()
        return found
    text = file.read_bytes().decode()
    if format_ == "csv":
        return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
    return [json.loads(line) for line in text.splitlines()] if format_ == "jsonl" else json.loads(text)


def shown(row: dict[str, Any], format_: str) -> str:
    """A row as it must read in a format."""
    if format_ == "csv":
        return repr({key: "" if value is None else str(guarded(value)) for key, value in row.items()})
    return repr(row)


@pytest.mark.parametrize("format_", FORMATS)
def test_every_view_in_every_format(nights: Path, tmp_path: Path, format_: str) -> None:
    """All rows of all views, and a dictionary that has each file, its hash, each column and its type."""
    ran = export(nights, "all", "--format", format_, "--output", str(tmp_path / "ut"))
    assert (ran.code, ran.out) == (0, ""), ran.err
    package = json.loads((tmp_path / "ut" / "datapackage.json").read_text("utf-8"))
    resources = {resource["name"]: resource for resource in package["resources"]}
    for name, rows in views(nights):
        resource = resources.pop(name)
        file = tmp_path / "ut" / resource["path"]
        found = read(file, format_)
        assert sorted(map(repr, found)) == sorted(shown(row, format_) for row in rows), name
        assert resource["hash"] == f"sha256:{hashlib.sha256(file.read_bytes()).hexdigest()}"
        fields = [field["name"] for field in resource["schema"]["fields"]]
        assert all(list(row) == fields for row in found)
        kinds: dict[str, tuple[type, ...]] = {"integer": (int,), "number": (int, float), "string": (str,)}
        for field in resource["schema"]["fields"]:
            values = [row[field["name"]] for row in rows]
            assert all(value is None or isinstance(value, kinds[field["type"]]) for value in values), field
    assert resources == {}
    assert export(nights, "all", "--format", format_, "--output", str(tmp_path / "ut")).code == 2


def test_the_dictionary_says_what_the_columns_mean(nights: Path, tmp_path: Path) -> None:
    """A title for each view and words for every column: the view's own, or those of the table it is picked from."""
    export(nights, "all", "--to", str(tmp_path))
    package = json.loads((tmp_path / "datapackage.json").read_text("utf-8"))
    fields = [field for resource in package["resources"] for field in resource["schema"]["fields"]]
    assert [field["name"] for field in fields if not field["description"]] == []
    assert all(resource["title"] for resource in package["resources"])
    history = next(resource for resource in package["resources"] if resource["name"] == "page_history")
    assert history["title"].startswith("one row per revision")
    said = {field["name"]: field["description"] for field in history["schema"]["fields"]}
    assert said["seen_from"] == "first look that saw it"
    assert said["degree"].startswith("share of words that changed")
    contacts = next(resource for resource in package["resources"] if resource["name"] == "contact_list")
    said = {field["name"]: field["description"] for field in contacts["schema"]["fields"]}
    assert said["name"] == "name of the person or organisation"


def test_equal_archives_give_equal_bytes(nights: Path, tmp_path: Path) -> None:
    """Twice the same, in every format."""
    for format_ in FORMATS:
        folders = [tmp_path / f"{format_}{number}" for number in (1, 2)]
        for folder in folders:
            assert export(nights, "change_feed", "page_list", "--format", format_, "--to", str(folder)).code == 0
        first, second = ({file.name: file.read_bytes() for file in folder.iterdir()} for folder in folders)
        assert first == second


def test_a_spreadsheet_reads_letters_and_runs_no_formula(archive: Archive, path: Path) -> None:
    """A byte order mark, commas, CRLF, å ä ö; text that would be a formula is text; numbers stay numbers."""
    look(archive, 1, page(section('Åäö, "Ö"', '=HYPERLINK("http://x")'), section("-", "@SUM(A1)"), title="+1"))
    archive.close()
    text = export(path, "current_sections", "--format", "csv").out
    assert text.encode().startswith(b"\xef\xbb\xbfpage,")
    assert text.count("\r\n") == 3
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
    assert [row["heading"] for row in rows] == ['Åäö, "Ö"', "'-"]
    assert [row["text"][:6] for row in rows] == ["'=HYPE", "'@SUM("]
    assert [row["page_title"] for row in rows] == ["'+1", "'+1"]
    whole = export(path, "--format", "csv").out
    assert whole.startswith("\ufeffpage,")
    assert "'=HYPERLINK" in whole
    exact = [json.loads(line) for line in export(path, "current_sections").out.splitlines()]
    assert exact[1]["text"] == "@SUM(A1)"
    assert guarded(-5) == -5


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("no_view",), 1, "there are change_feed"),
        (("page_list; DROP TABLE runs",), 1, "There is no view"),
        (("runs",), 1, "There is no view"),
        (("page_list", "--date", "2026-03-01"), 2, "--date and --site are for the whole archive"),
        (("page_list", "change_feed"), 2, "--to DIRECTORY"),
        (("page_list", "--format", "parquet"), 2, "--to DIRECTORY"),
        (("--format", "parquet"), 2, "is for views"),
        (("page_list", "--to", "/dev/null/x"), 2, "name another directory"),
    ],
)
def test_what_cannot_be_exported_is_said_in_a_sentence(
    nights: Path, arguments: tuple[str, ...], code: int, says: str
) -> None:
    """What is wrong and what to do."""
    ran = export(nights, *arguments)
    assert (ran.code, ran.out) == (code, "")
    assert says in ran.err


def test_parquet_without_pyarrow_says_what_to_install(
    nights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sentence, and no file."""
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    ran = export(nights, "page_list", "--format", "parquet", "--to", str(tmp_path / "ut"))
    assert (ran.code, "tidslager[parquet]" in ran.err) == (2, True)
    assert not (tmp_path / "ut").exists()


def test_rows_are_streamed(nights: Path) -> None:
    """Memory does not grow with the rows: six times as many take no more."""
    database = open_for_reading(nights)
    with closing(database.conn):
        counted = (
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {}) SELECT i AS page FROM n"
        )
        peaks = []
        for size in (4_000, 24_000):
            database.execute("DROP VIEW IF EXISTS temp.many")
            database.execute(f"CREATE TEMP VIEW many AS {counted.format(size)}")
            many = view(database, "page_list")
            many = type(many)("many", "", tuple(column for column in many.columns if column.name == "page"))
            tracemalloc.start()
            assert sum(1 for _ in view_text(database, many, "jsonl")) == size
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
        assert next(rows_of(database, many)) == (1,)
    assert peaks[1] < peaks[0] * 2
