"""JSON Schema of our records: what they are, for programs that are not ours. Versioned by `versions.json`.

A version is the number of digests that `versions.json` has for a noun; the last is that of today's schema without its
descriptions, so that better words make no new version and anything else does.
"""

from __future__ import annotations

import ast
import hashlib
import inspect
import json
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec

from schemas.capture import Capture
from schemas.change import Change
from schemas.page import Page
from schemas.site import Site

NOUNS: dict[str, type[msgspec.Struct]] = {"page": Page, "capture": Capture, "change": Change, "site": Site}
_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema(noun: str) -> dict[str, Any]:
    """The schema of a noun of `NOUNS`, each field with what its docstring says."""
    return {
        "$schema": _DIALECT,
        "$id": f"urn:tidslager:{noun}:{len(versions()[noun])}",
        "title": noun,
        **_schema(NOUNS[noun]),
    }


def schema_digest(noun: str) -> str:
    """SHA-256 of a schema without its version and descriptions: differs when records of one may not be of the other."""
    text = json.dumps(_undescribed(_schema(NOUNS[noun])), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


@cache
def versions() -> dict[str, list[str]]:
    """Digests of the schemas of each noun, the oldest first."""
    text = files("schemas").joinpath("versions.json").read_text("utf-8")
    return msgspec.json.decode(text, type=dict[str, list[str]])


def field_docs(record: type[msgspec.Struct]) -> dict[str, str]:
    """The string below each field of a record, by the field's name."""
    (body,) = ast.parse(inspect.getsource(record)).body
    assert isinstance(body, ast.ClassDef)
    found = {}
    for field, below in zip(body.body, body.body[1:], strict=False):
        if isinstance(field, ast.AnnAssign) and isinstance(below, ast.Expr) and isinstance(field.target, ast.Name):
            found[field.target.id] = ast.literal_eval(below.value)
    return found


def _schema(record: type[msgspec.Struct]) -> dict[str, Any]:
    (top,), parts = msgspec.json.schema_components([record], ref_template="#/$defs/{name}")
    for part in _records(record):
        documented = field_docs(part)
        properties = parts[part.__name__]["properties"]
        if said := parts[part.__name__].get("description"):
            # The indentation of a docstring: msgspec kept it before 0.23, and Python itself before 3.13.
            parts[part.__name__]["description"] = inspect.cleandoc(said)
        for field in msgspec.structs.fields(part):
            if field.name in documented:
                properties[field.encode_name]["description"] = " ".join(documented[field.name].split())
    found: dict[str, Any] = json.loads(json.dumps({**top, "$defs": {name: parts[name] for name in sorted(parts)}}))
    return found


def _records(record: type[msgspec.Struct]) -> list[type[msgspec.Struct]]:
    """A record and all that stand in it."""
    found: dict[type[msgspec.Struct], None] = {}

    def visit(kind: msgspec.inspect.Type) -> None:
        if isinstance(kind, msgspec.inspect.StructType):
            if kind.cls in found:
                return
            found[kind.cls] = None
            for field in kind.fields:
                visit(field.type)
        for name in ("item_type", "key_type", "value_type"):
            if isinstance(inner := getattr(kind, name, None), msgspec.inspect.Type):
                visit(inner)
        for name in ("types", "item_types"):
            for inner in getattr(kind, name, ()):
                visit(inner)

    visit(msgspec.inspect.type_info(record))
    return list(found)


def _undescribed(schema: Any, *, names: bool = False) -> Any:
    """The schema without descriptions; `names` says that its keys are names of fields, not words of JSON Schema."""
    if isinstance(schema, list):
        return [_undescribed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: _undescribed(value, names=not names and key in ("properties", "$defs"))
        for key, value in schema.items()
        if names or key != "description"
    }
