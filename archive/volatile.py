"""Volatile blocks: clocks, counters, lists of the latest news. What the site file says of them, and what it could say.

A rule takes the changes of a block out of the feed; they are kept, counted and shown on request. The rules that count
are those of the run that made the look, so an archive that is read anew says the same.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import takewhile
from typing import Any

import msgspec
from sqlite_utils import Database

from archive.comparison import comparison
from schemas.change import Change, What
from schemas.site import Volatile

LOOKS = 10
"""Last looks at a page that say whether a block keeps changing."""
LEAST_TIMES = 4
"""Looks among them that found it changed: a page that an editor works on for three days is not volatile."""
LEAST_SHARE = 0.6
"""Share of them: a list that changes once a week is news."""
_GROUPS: dict[str, tuple[What, ...]] = {
    "paragraph": ("paragraph", "quote"),
    "preamble": ("preamble",),
    "item": ("item", "list"),
    "row": ("row", "table", "column"),
    "image": ("image",),
    "film": ("film",),
    "link": ("link", "document"),
}
_GROUP = {what: group for group, whats in _GROUPS.items() for what in whats}
Row = dict[str, Any]


class _Rules(msgspec.Struct, frozen=True):
    """The one part of a run's configuration that is needed here."""

    volatile: tuple[Volatile, ...] = ()


def rules_of(database: Database, run: int) -> tuple[Volatile, ...]:
    """The rules that were in force in a run."""
    return _rules(database.execute("SELECT config FROM runs WHERE id = ?", [run]).fetchone()[0])


@lru_cache(maxsize=16)
def _rules(config: str) -> tuple[Volatile, ...]:
    """Decoded once a run and not once a page."""
    return msgspec.json.decode(config, type=_Rules).volatile


def quieted(changes: Iterable[Change], rules: Sequence[Volatile], address: str) -> tuple[Change, ...]:
    """The changes, with those of volatile blocks classed `cosmetic` and the site file's reason beside them."""
    return tuple(_quieted(change, rules, address) for change in changes) if rules else tuple(changes)


def _quieted(change: Change, rules: Sequence[Volatile], address: str) -> Change:
    if change.class_ == "editorial":
        for rule in rules:
            if _fits(rule, change, address):
                why = f"volatile by the site file: {rule.why}"
                return msgspec.structs.replace(change, class_="cosmetic", why=why)
    return change


def _fits(rule: Volatile, change: Change, address: str) -> bool:
    group = _GROUP.get(change.what)
    if group is None or (rule.what and group not in rule.what) or rule.page not in address:
        return False
    if comparison(rule.section) != comparison(change.where):
        return False
    start = comparison(rule.starts)
    return all(comparison(text).startswith(start) for text in (change.before, change.after) if text is not None)


def suggestions(database: Database) -> list[Row]:
    """Blocks that keep changing while their kind stays the same, each with a rule for the site file, by page."""
    pages = database.query("SELECT page, site, address, title FROM page_list WHERE state = 'live' ORDER BY page")
    return [found for page in list(pages) for found in _of_page(database, page)]


def _of_page(database: Database, page: Row) -> Iterator[Row]:
    looks = database.execute(
        "SELECT g.revision_id FROM readings g JOIN captures c ON c.id = g.capture_id"
        " WHERE c.page_id = ? AND g.verdict = 'page' ORDER BY c.fetched_at DESC, c.id DESC LIMIT ?",
        [page["page"], LOOKS + 1],
    ).fetchall()
    # The oldest look is what the one after it is compared with; its own revision may have begun long before.
    fresh = sorted({number for (number,) in looks} - {looks[-1][0]}) if looks else []
    spots: dict[tuple[object, ...], list[Row]] = {}
    for row in database.query(
        "SELECT ch.*, r.seq FROM changes ch JOIN revisions r ON r.id = ch.revision_id WHERE ch.class = 'editorial'"
        f" AND r.cause = 'source' AND r.id IN ({', '.join('?' * len(fresh))}) ORDER BY r.seq, ch.ordinal",
        fresh,
    ):
        if row["what"] in _GROUP:
            spots.setdefault(_spot(row), []).append(row)
    for rows in spots.values():
        times = len({row["revision_id"] for row in rows})
        if times >= max(LEAST_TIMES, LEAST_SHARE * (len(looks) - 1)):
            yield _suggestion(page, rows, times, len(looks) - 1)


def _spot(row: Row) -> tuple[object, ...]:
    """What tells one block from another over the revisions: its section and kind, and for edited prose its place."""
    group = _GROUP[row["what"]]
    path = json.loads(row["ops"])[0]["path"] if group in ("paragraph", "preamble") and row["kind"] == "edited" else []
    return row["section_id"], group, *[part for part in path[1:4] if isinstance(part, int)][-1:]


def _suggestion(page: Row, rows: Sequence[Row], times: int, looks: int) -> Row:
    last = rows[-1]
    group = _GROUP[last["what"]]
    starts = _common_start([text for row in rows for text in (row["before"], row["after"]) if text])
    rule = {"page": page["address"], "section": last["where_on_page"], "what": [group], "starts": starts}
    return {
        **page,
        "where": last["where_on_page"],
        "what": group,
        "times": times,
        "looks": looks,
        "before": last["before"],
        "after": last["after"],
        "rule": _toml({**rule, "why": f"changed at {times} of {looks} looks"}),
    }


def _common_start(texts: Sequence[str]) -> str:
    """The words that all the texts begin with."""
    words = zip(*(comparison(text).split(" ") for text in texts), strict=False)
    return " ".join(column[0] for column in takewhile(lambda column: len(set(column)) == 1, words))


def _toml(rule: Row) -> str:
    """A rule as it stands in a site file; what says nothing is left out. JSON's strings and lists are TOML's too."""
    said = {key: value for key, value in rule.items() if value or key == "section"}
    lines = (
        f"{key} = {json.dumps(value, ensure_ascii=False)}".replace("\x7f", "\\u007f") for key, value in said.items()
    )
    return "\n".join(["[[volatile]]", *lines])
