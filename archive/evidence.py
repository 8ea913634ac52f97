"""Evidence of a run: the rows it wrote, each as a leaf of the chain, in an order that never changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from sqlite_utils import Database

from archive.chain import commitment, leaf, words_of_decision
from archive.header_sets import sealed_head

Withheld = Mapping[tuple[str, int], bytes]
"""Commitments that took the place of erased texts, by what it was and the number of its row."""

SEALED: Mapping[str, tuple[str, ...]] = {
    "captures": (
        "id", "run_id", "url_id", "page_id", "purpose", "via", "fetched_at", "outcome", "status", "location_id",
        "request_id", "head_id", "body_id", "confirms", "complete", "attempts", "elapsed_ms", "peer", "tls", "robots",
        "error",
    ),
    "sealed_records": ("capture_id", "run_id", "parser", "digest", "salt"),
    "decisions": (
        "id", "page_id", "capture_id", "digest", "decision", "after_run", "decided_at", "decided_by", "why", "salt",
    ),
    "redactions": (
        "id", "what", "body_id", "url_id", "head_id", "capture_id", "run_id", "decision_id", "commitment", "pruned",
        "after_run", "redacted_at", "reason",
    ),
}  # fmt: skip
"""Columns that leaves are made from. For ever: with another one, no run that was sealed before would be consistent."""


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """One row of evidence."""

    table: str
    row: str
    """The row, as a person may look it up."""
    page: int | None
    """Number of the page that it is about; None where it is about none."""
    leaf: bytes


def evidence_of(database: Database, run: int, withheld: Withheld) -> list[Evidence]:
    """All evidence that a run wrote: pages, addresses of pages, captures, sealed records, decisions, redactions."""
    return [
        *_pages(database, run),
        *_page_urls(database, run, withheld),
        *_captures(database, run, withheld),
        *_sealed_records(database, run, withheld),
        *_decisions(database, run, withheld),
        *_redactions(database, run),
    ]


def withheld_commitments(database: Database) -> Withheld:
    """What the chain holds of every text that was erased."""
    rows = database.execute(
        "SELECT what, coalesce(url_id, head_id, capture_id, run_id, decision_id), commitment FROM redactions"
        " WHERE commitment IS NOT NULL"
    )
    return {(what, number): kept for what, number, kept in rows.fetchall()}


def manifest(row: Mapping[str, Any], *, root: bytes, leaves: int, previous: bytes | None) -> dict[str, Any]:
    """What the head of a run is made from. `row` has the run's own fields as they stand when it is finished."""
    own = ("id", "site", "started_at", "finished_at", "status", "tool_version", "config_digest", "summary")
    return {"v": 1, **{name: row[name] for name in own}, "leaves": leaves, "root": root, "previous": previous}


def _row(table: str, values: Mapping[str, Any], row: object, page: int | None) -> Evidence:
    return Evidence(table=table, row=f"{table} {row}", page=page, leaf=leaf({"table": table, **values}))


def _sealed(table: str, alias: str) -> str:
    return ", ".join(f"{alias}.{column}" for column in SEALED[table])


def _pages(database: Database, run: int) -> Iterator[Evidence]:
    for row in database.query("SELECT id, site, cms_key, first_run FROM pages WHERE first_run = ? ORDER BY id", [run]):
        yield _row("pages", row, row["id"], row["id"])


def _page_urls(database: Database, run: int, withheld: Withheld) -> Iterator[Evidence]:
    rows = database.query(
        "SELECT p.page_id, p.url_id, p.from_run, p.why, u.url, u.salt FROM page_urls p"
        " LEFT JOIN urls u ON u.id = p.url_id WHERE p.from_run = ? ORDER BY p.url_id, p.page_id",
        [run],
    )
    for row in rows:
        values = {**row, "url": _kept(withheld, "url", row["url_id"], row["salt"], row["url"])}
        del values["salt"]
        yield _row("page_urls", values, f"{row['page_id']}/{row['url_id']}", row["page_id"])


def _captures(database: Database, run: int, withheld: Withheld) -> Iterator[Evidence]:
    rows = database.query(
        f"SELECT {_sealed('captures', 'c')}, u.url, u.salt AS url_salt, l.url AS location, l.salt AS location_salt,"
        " b.sha256 AS body, b.size AS size"
        " FROM captures c LEFT JOIN urls u ON u.id = c.url_id LEFT JOIN urls l ON l.id = c.location_id"
        " LEFT JOIN bodies b ON b.id = c.body_id WHERE c.run_id = ? ORDER BY c.id",
        [run],
    )
    for row in rows:
        salts = {name: row.pop(f"{name}_salt") for name in ("url", "location")}
        row["url"] = _kept(withheld, "url", row["url_id"], salts["url"], row["url"])
        row["location"] = _kept(withheld, "url", row["location_id"], salts["location"], row["location"])
        for name, number in (("request", row["request_id"]), ("head", row["head_id"])):
            head, salt = sealed_head(database, number)
            row[name] = _kept(withheld, "head", number, salt, head)
        for name in ("error", "robots"):
            row[name] = _kept(withheld, name, row["id"], salts["url"], row[name])
        yield _row("captures", row, row["id"], row["page_id"])


def _sealed_records(database: Database, run: int, withheld: Withheld) -> Iterator[Evidence]:
    rows = database.query(
        f"SELECT {_sealed('sealed_records', 's')}, c.page_id FROM sealed_records s"
        " LEFT JOIN captures c ON c.id = s.capture_id WHERE s.run_id = ? ORDER BY s.capture_id",
        [run],
    )
    for row in rows:
        page, salt, number = row.pop("page_id"), row.pop("salt"), row["capture_id"]
        row["digest"] = _kept(withheld, "record", number, salt, row["digest"])
        yield _row("sealed_records", row, number, page)


def _decisions(database: Database, run: int, withheld: Withheld) -> Iterator[Evidence]:
    """Decisions since the run before: like redactions they belong to the first run that is begun after them."""
    columns = _sealed("decisions", "d")
    for row in database.query(f"SELECT {columns} FROM decisions d WHERE after_run = ? ORDER BY id", [run - 1]):
        said = words_of_decision(row.pop("digest"), row.pop("decided_by"), row.pop("why"))
        row["said"] = _kept(withheld, "decision", row["id"], row.pop("salt"), said)
        yield _row("decisions", row, row["id"], row["page_id"])


def _redactions(database: Database, run: int) -> Iterator[Evidence]:
    """Redactions since the run before: they belong to the first run that is begun after them."""
    rows = database.query(
        f"SELECT {_sealed('redactions', 'r')}, (SELECT min(c.page_id) FROM captures c"
        " WHERE c.id = r.capture_id OR c.body_id = r.body_id OR c.url_id = r.url_id"
        " OR r.head_id IN (c.head_id, c.request_id)) AS page"
        " FROM redactions r WHERE r.after_run = ? ORDER BY r.id",
        [run - 1],
    )
    for row in rows:
        page = row.pop("page")
        yield _row("redactions", row, row["id"], page)


def _kept(
    withheld: Withheld, what: str, number: int | None, salt: bytes | None, text: bytes | str | None
) -> bytes | None:
    """The commitment to a text; where the text was erased, the one that was kept of it."""
    if number is not None and (what, number) in withheld:
        return withheld[what, number]
    return commitment(salt, text)
