"""Site rules: what the pages of a site are read by today, which is what its newest run was told."""

from __future__ import annotations

import msgspec
from sqlite_utils import Database

from schemas.reading import Rules

_decode = msgspec.json.Decoder(Rules).decode


def site_rules(database: Database, site: str) -> Rules:
    """The rules of a site; those of a site file that says nothing where no run of it is left."""
    found = database.execute("SELECT config FROM runs WHERE site = ? ORDER BY id DESC LIMIT 1", [site]).fetchone()
    return _decode(found[0]) if found else Rules()
