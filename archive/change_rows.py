"""Changes as rows: what a revision shows beside the one before it, and how much of the page that is. Derived."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from sqlite_utils import Database

from archive.captures import url_of
from archive.diff import diff
from archive.volatile import quieted
from schemas.change import Change
from schemas.page import Page
from schemas.revision import State
from schemas.site import Volatile


def changes_between(
    last: State | None, before: Page | None, record: Page, *, rules: Sequence[Volatile], address: str
) -> tuple[Change, ...]:
    """Changes that a revision shows: `last` is the state before it, `before` the last record before it. Pure.

    `rules` are those that its run had on volatile blocks, `address` is where it was fetched.
    """
    changes: tuple[Change, ...] = ()
    if last in ("gone", "moved"):
        back = "the page answers again"
        changes = (
            Change(kind="added", class_="editorial", what="page", where="", before=None, after=record.title, why=back),
        )
    return changes + quieted(diff(before, record), rules, address) if before else changes


def change_of_end(database: Database, state: State, title: str, capture: Mapping[str, Any]) -> Change:
    """The one change of a revision in which the page is gone or moved; `title` is the last that it had."""
    if state == "gone":
        why = f"the site answers {capture['status']}: there is no such page"
        return Change(kind="removed", class_="editorial", what="page", where="", before=title, after=None, why=why)
    return Change(
        kind="moved",
        class_="editorial",
        what="page",
        where="",
        before=url_of(database, capture["url_id"]),
        after=url_of(database, capture["location_id"]),
        why="the address leads to another page of this collection",
    )


def write_changes(
    database: Database, revision: int, changes: tuple[Change, ...], before: tuple[int, ...], after: tuple[int, ...]
) -> None:
    """Write the changes of a revision; `before` and `after` are the identities of the sections on either side."""
    for values in change_values(changes, before, after):
        database.execute(
            f"INSERT INTO changes (revision_id, {', '.join(CHANGE_COLUMNS)}) VALUES (?{', ?' * len(CHANGE_COLUMNS)})",
            [revision, *values],
        )


CHANGE_COLUMNS = (
    "ordinal", "kind", "class", "what", "where_on_page", "section_id", "before", "after", "why", "truncated", "ops",
)  # fmt: skip


def change_values(
    changes: tuple[Change, ...], before: tuple[int, ...], after: tuple[int, ...]
) -> list[tuple[object, ...]]:
    """The rows of changes, in the order of `CHANGE_COLUMNS`. Pure."""
    rows: list[tuple[object, ...]] = []
    for ordinal, change in enumerate(changes, 1):
        section = None
        if change.section_after is not None:
            section = after[change.section_after]
        elif change.section_before is not None:
            section = before[change.section_before]
        ops = json.dumps(msgspec.to_builtins(change.ops), ensure_ascii=False, separators=(",", ":"))
        rows.append(
            (
                ordinal, change.kind, change.class_, change.what, change.where, section, change.before, change.after,
                change.why, int(change.truncated), ops,
            )
        )  # fmt: skip
    return rows


def write_degree(database: Database, revision: int, share: float | None) -> None:
    """Write how much of the page changed with a revision; None for a first one."""
    database.execute("UPDATE revisions SET degree = ? WHERE id = ?", [share, revision])
