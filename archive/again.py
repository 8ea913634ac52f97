"""Again: a look at a page that shows the very bytes of the look before it. What it says is known without a reading.

A reading follows from the bytes, the address, the head, the parser and the rules. Where all of these are as they were,
the rows of the look before are those that a reading would give, and are written again.
"""

from __future__ import annotations

import msgspec
from sqlite_utils import Database

from archive.header_sets import read_head
from archive.records import load_page
from archive.revisions import Recorded
from archive.site_rules import READ_AS_NOW, rules_mark
from schemas.page import Page
from schemas.reading import Reading

# The last look at the page before this one, redirects to it aside, if it was read as a page and nothing later has been
# read. Of a 304 the capture that it confirms counts. No files: how they are read hangs on what else is installed.
_LOOK_BEFORE = f"""
SELECT e.id, e.page_id, s.head_id, g.revision_id, g.layout
  FROM captures c
  JOIN captures cs ON cs.id = coalesce(c.confirms, c.id)
  JOIN captures e ON e.id = (SELECT b.id FROM captures b JOIN readings h ON h.capture_id = b.id
                              WHERE b.page_id = c.page_id AND h.verdict <> 'elsewhere'
                              ORDER BY b.fetched_at DESC, b.id DESC LIMIT 1)
  JOIN captures s ON s.id = coalesce(e.confirms, e.id)
  JOIN readings g ON g.capture_id = e.id
  JOIN revisions r ON r.id = g.revision_id
  JOIN bodies b ON b.id = s.body_id
  JOIN runs n ON n.id = c.run_id
  JOIN runs o ON o.id = e.run_id
 WHERE c.id = :capture AND (e.fetched_at, e.id) < (c.fetched_at, c.id)
   AND cs.outcome = 'fetched' AND s.outcome = 'fetched' AND s.purpose = 'page' AND cs.purpose = 'page'
   AND cs.body_id = s.body_id AND b.codec <> 'redacted'
   AND (cs.url_id, cs.status, cs.complete) = (s.url_id, s.status, s.complete)
   AND {READ_AS_NOW} AND g.verdict = 'page' AND r.state = 'live'
   AND r.seq = (SELECT max(seq) FROM revisions WHERE page_id = c.page_id)
   AND NOT EXISTS (SELECT 1 FROM captures l JOIN readings k ON k.capture_id = l.id
                    WHERE l.page_id = c.page_id AND (l.fetched_at, l.id) > (c.fetched_at, c.id))
"""


class Again(msgspec.Struct, frozen=True, kw_only=True):
    """The look before, and what it said."""

    capture: int
    page: int
    revision: int
    head: bytes
    """The response head that its body came with."""
    record: Page
    layout: str

    @property
    def reading(self) -> Reading:
        """What the look says, as far as it matters to who goes on from the page."""
        return Reading(verdict="page", page=self.record, layout=self.layout)


def seen_again(database: Database, capture: int, *, parser: str) -> Again | None:
    """The look before, where the bytes, the address, the parser, the rules and our version are what they were then.

    None where a reading is needed. The heads are for the caller to compare: what counts in them is the parser's to say.
    """
    (site,) = database.execute(
        "SELECT p.site FROM captures c JOIN pages p ON p.id = c.page_id WHERE c.id = ?", [capture]
    ).fetchone()
    asked = {"capture": capture, "parser": parser, "rules": rules_mark(database, site)}
    found = database.execute(_LOOK_BEFORE, asked).fetchone()
    if found is None:
        return None
    before, page, head, revision, layout = found
    return Again(
        capture=before,
        page=page,
        revision=revision,
        head=read_head(database, head),
        record=load_page(database, revision),
        layout=layout,
    )


def write_again(database: Database, capture: int, again: Again) -> Recorded:
    """Write for a capture what the look before it said. Call inside a transaction, right after `seen_again`."""
    for table, names in (
        ("readings", "parser, rules, verdict, why, layout, encoding, encoding_from, remarks, revision_id"),
        ("reading_chrome", "chrome_id"),
    ):
        database.execute(
            f"INSERT INTO {table} (capture_id, {names}) SELECT ?, {names} FROM {table} WHERE capture_id = ?",
            [capture, again.capture],
        )
    return Recorded(finding="unchanged", page=again.page, revision=again.revision, reading=again.reading)
