"""Held: what the archive holds of each page, for a crawler that asks only for what changed."""

from __future__ import annotations

from datetime import datetime

import msgspec
from sqlite_utils import Database

from archive.header_sets import read_head
from archive.site_rules import READ_AS_NOW, rules_mark
from archive.times import from_text

# The last look at each page of a site that said something about it; of a 304, the capture that it confirmed. Asked
# page by page through an index, so that the three hundredth night costs what the second did.
_LAST_LOOKS = """
SELECT u.url AS address, c.id AS capture, c.fetched_at, c.head_id,
       (SELECT count(*) FROM captures s WHERE s.confirms = c.id) AS confirmed
  FROM pages p
  JOIN captures l ON l.id = (SELECT id FROM captures WHERE page_id = p.id
                              AND outcome IN ('fetched', 'not_modified', 'redirected', 'gone')
                              ORDER BY fetched_at DESC, id DESC LIMIT 1)
  JOIN captures c ON c.id = coalesce(l.confirms, l.id)
  JOIN runs r ON r.id = c.run_id
  JOIN readings g ON g.capture_id = c.id
  JOIN bodies b ON b.id = c.body_id
  JOIN urls u ON u.id = c.url_id
 WHERE p.site = :site AND c.outcome = 'fetched' AND c.complete = 1 AND b.codec <> 'redacted'
   AND g.verdict = 'page' AND g.revision_id IS NOT NULL
   AND (g.parser, g.rules, r.config_digest) = (:parser, :rules, :config)
   AND c.head_id IS NOT NULL
"""


_LAST_RECORD = f"""
SELECT r.digest, {READ_AS_NOW}
  FROM captures c
  JOIN readings g ON g.capture_id = c.id
  JOIN revisions r ON r.id = g.revision_id
  JOIN runs o ON o.id = c.run_id
  JOIN runs n ON n.id = :run
 WHERE c.page_id = :page
 ORDER BY c.fetched_at DESC, c.id DESC LIMIT 1
"""


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """A capture whose body we hold and have read by the rules in force."""

    capture: int
    fetched_at: datetime
    head: bytes


def held_record(database: Database, run: int, page: int, *, parser: str) -> bytes | None:
    """Digest of the record that a page had at its last look, where what it names need not be looked for again.

    That is so when the look was read by the parser and the rules in force, and by the program of the run. A page that
    was gone then, or whose last look is of this run, has none.
    """
    (site,) = database.execute("SELECT site FROM pages WHERE id = ?", [page]).fetchone()
    asked = {"page": page, "run": run, "parser": parser, "rules": rules_mark(database, site)}
    found = database.execute(_LAST_RECORD, asked).fetchone()
    return found[0] if found and found[1] else None


def held(database: Database, site: str, *, parser: str, config: bytes, every: int) -> dict[str, Held]:
    """What is held of a site by address, as far as a 304 would do for the next look.

    Only bodies read with the parser and the site configuration (its digest) now in force: after a change of the rules
    a page is fetched anew. Each is left out once in `every` looks, so that it is then fetched whole.
    """
    asked = {"site": site, "parser": parser, "rules": rules_mark(database, site), "config": config}
    rows = database.query(_LAST_LOOKS, asked)
    return {
        row["address"]: Held(
            capture=row["capture"], fetched_at=from_text(row["fetched_at"]), head=read_head(database, row["head_id"])
        )
        for row in rows
        if row["confirmed"] + 1 < every
    }
