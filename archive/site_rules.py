"""Site rules: what the pages of a site are read by today, which is what its newest run was told, and their mark.

Each reading bears the mark of the rules that it was made by. Which run a capture is of does not tell them: a rebuild
reads the captures of all runs by the rules of the newest.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache

import msgspec
from sqlite_utils import Database

from schemas.reading import Rules

MARK_BYTES = 8
READ_AS_NOW = "(g.parser, g.rules, o.tool_version) = (:parser, :rules, n.tool_version)"
"""In SQL: a reading `g` of a look of a run `o` was made as the run `n` makes it, by its parser, rules and program."""

_decode = msgspec.json.Decoder(Rules).decode


def site_rules(database: Database, site: str) -> Rules:
    """The rules of a site; those of a site file that says nothing where no run of it is left."""
    return _decode(_newest_config(database, site))


def rules_mark(database: Database, site: str) -> bytes:
    """The beginning of the SHA-256 of the rules of a site: differs when what is read, or within what limits, does."""
    return _mark(_newest_config(database, site))


def _newest_config(database: Database, site: str) -> str:
    found = database.execute("SELECT config FROM runs WHERE site = ? ORDER BY id DESC LIMIT 1", [site]).fetchone()
    return found[0] if found else "{}"


@lru_cache(maxsize=64)
def _mark(config: str) -> bytes:
    rules = msgspec.json.encode(_decode(config), order="deterministic")
    return hashlib.sha256(rules).digest()[:MARK_BYTES]
