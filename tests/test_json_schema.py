"""The schemas are versioned, say what each field means, and hold what the archive holds."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import pytest

from archive.captures import read_capture
from archive.file import open_for_reading
from archive.history import stored_changes
from archive.records import load_page
from schemas.json_schema import NOUNS, field_docs, json_schema, schema_digest, versions
from schemas.page import canonical_json
from scraper import sites
from tests.agency.server import Agency
from tests.runs import crawl_agency
from tests.shell import tidslager


@pytest.mark.parametrize("noun", NOUNS)
def test_a_schema_that_changes_raises_its_version(noun: str) -> None:
    """Today's schema is the last in schemas/versions.json; another is appended there, never put in its place."""
    now = schema_digest(noun)
    assert versions()[noun][-1] == now, f'append "{now}" to "{noun}" in schemas/versions.json'
    assert len(set(versions()[noun])) == len(versions()[noun])


@pytest.mark.parametrize("noun", NOUNS)
def test_the_command_prints_it(noun: str) -> None:
    """With its version, and with a description for every field that has a docstring."""
    ran = tidslager("schema", noun)
    assert ran.code == 0
    printed = json.loads(ran.out)
    assert printed == json_schema(noun)
    assert printed["$id"] == f"urn:tidslager:{noun}:{len(versions()[noun])}"
    record = NOUNS[noun]
    properties = printed["$defs"][record.__name__]["properties"]
    for field in msgspec.structs.fields(record):
        if field.name in field_docs(record):
            assert properties[field.encode_name]["description"]


@pytest.mark.parametrize("noun", NOUNS)
def test_a_description_has_no_indentation_of_the_source(noun: str) -> None:
    """Whichever Python and msgspec read the docstring: the printed schema is the same file everywhere."""
    for part in json_schema(noun)["$defs"].values():
        assert part.get("description", "") == inspect.cleandoc(part.get("description", ""))


def test_better_words_make_no_new_version(monkeypatch: pytest.MonkeyPatch) -> None:
    """The digest is that of what records may be, whatever is said of it; a field more is another."""
    from schemas import json_schema as module

    before = schema_digest("page")
    monkeypatch.setattr(module, "field_docs", lambda _: {"title": "Andra ord."})
    assert schema_digest("page") == before
    more = msgspec.defstruct("Page", [("description", str)])
    monkeypatch.setattr(module, "field_docs", lambda _: {})
    monkeypatch.setitem(NOUNS, "page", more)
    one = schema_digest("page")
    monkeypatch.setitem(NOUNS, "page", msgspec.defstruct("Page", []))
    assert len({before, one, schema_digest("page")}) == 3


def test_what_the_archive_holds_is_of_the_schema(agency: Agency, path: Path) -> None:
    """Every page record, capture and change of two nights, and every built-in site; a foreign value is not."""
    crawl_agency(agency, path, 1)
    crawl_agency(agency, path, 2)
    database = open_for_reading(path)
    with closing(database.conn):
        revisions = [
            number for (number,) in database.execute("SELECT id FROM revisions WHERE state = 'live'").fetchall()
        ]
        captures = [number for (number,) in database.execute("SELECT id FROM captures").fetchall()]
        held: dict[str, list[Any]] = {
            "page": [json.loads(canonical_json(load_page(database, number))) for number in revisions],
            "change": [msgspec.to_builtins(one) for number in revisions for one in stored_changes(database, number)],
            "capture": [json.loads(msgspec.json.encode(read_capture(database, number))) for number in captures],
            "site": [json.loads(msgspec.json.encode(sites.find_site(name))) for name in sites.built_in()],
        }
    for noun, records in held.items():
        schema = json_schema(noun)
        assert records
        for record in records:
            assert list(_wrong(json.loads(json.dumps(record)), schema, schema)) == [], noun
        first = dict(records[0])
        assert list(_wrong({**first, next(iter(first)): {"x": 1}}, schema, schema)), noun
        assert list(_wrong([], schema, schema)), noun


_KINDS: dict[str, tuple[type, ...]] = {
    "object": (dict,), "array": (list,), "string": (str,), "boolean": (bool,), "null": (type(None),),
    "integer": (int,), "number": (int, float),
}  # fmt: skip
_KNOWN = {
    "$schema", "$id", "title", "description", "$defs", "default", "format", "contentEncoding", "discriminator", "$ref",
    "anyOf", "enum", "type", "properties", "required", "items", "additionalProperties", "minimum", "maximum",
    "minLength", "maxLength", "pattern", "exclusiveMinimum", "minItems", "prefixItems",
}  # fmt: skip


def _wrong(value: Any, schema: dict[str, Any], whole: dict[str, Any]) -> Iterator[str]:
    """What of a value is not of a schema, for the words of JSON Schema that ours have; others fail the test."""
    assert schema.keys() <= _KNOWN, schema.keys() - _KNOWN
    if "$ref" in schema:
        yield from _wrong(value, whole["$defs"][schema["$ref"].rpartition("/")[2]], whole)
    if "anyOf" in schema and all(list(_wrong(value, one, whole)) for one in schema["anyOf"]):
        yield f"{value!r} is none of several"
    if "enum" in schema and value not in schema["enum"]:
        yield f"{value!r} is not in {schema['enum']}"
    kind = schema.get("type")
    if kind and (not isinstance(value, _KINDS[kind]) or (isinstance(value, bool) and kind != "boolean")):
        yield f"{value!r} is no {kind}"
    else:
        yield from _wrong_inside(value, schema, whole)


def _wrong_inside(value: Any, schema: dict[str, Any], whole: dict[str, Any]) -> Iterator[str]:
    if isinstance(value, dict):
        yield from (f"{name} is missing" for name in schema.get("required", ()) if name not in value)
        for name, inner in value.items():
            if name in schema.get("properties", {}):
                yield from _wrong(inner, schema["properties"][name], whole)
            elif schema.get("additionalProperties") is False:
                yield f"{name} is foreign"
    elif isinstance(value, list) and isinstance(schema.get("items"), dict):
        for inner in value:
            yield from _wrong(inner, schema["items"], whole)
    elif isinstance(value, str) and "pattern" in schema and not re.search(schema["pattern"], value):
        yield f"{value!r} is not like {schema['pattern']}"
