"""The learning examples of an archive: as records, as text, and the command that tells them."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import Final, get_args

import click
from sqlite_utils import Database

from archive.console import archive_option, json_option, print_json, print_note, print_text, reading_archive, text_width
from archive.examples import Kind
from archive.history import Row
from archive.listing import moment
from archive.render import shown_safely
from archive.times import start_of

COLUMNS: Final = {
    "page": "number of the page",
    "section": "name of the section that tells it, the same over its whole history; null for a page of its own",
    "origin": "section (of a start page) or page (that a start page links to)",
    "title": "heading of the section, or title of the page",
    "kind": "coordination_association, reserved_procurement, municipal_spin_off, incubator or other",
    "subjects": "what it is about, by its words: upphandling, arbetsträning, återbruk, …",
    "municipalities": "municipalities that it names, by name",
    "regions": "regions and counties that it names",
    "organisations": "organisations that it names",
    "people": "people whom it quotes or names, each with role and organisation; only where the site has people = true",
    "published": "published date that the page states, ISO 8601, or null",
    "text": "preamble of the page, or text of the section",
    "films": "addresses of the films in it",
    "linked": "numbers of the pages that the section links to, or of the start pages that link to the page",
    "state": "live, or gone: it is no longer on the page, or the page is gone; then as it was last",
    "first_seen": "first look that saw it, ISO 8601, UTC",
    "last_seen": "last look that saw it",
    "last_changed": "first look that saw its newest text; null: it never changed",
    "changes": "number of times that the site changed it",
    "site": "name of the site (the collection)",
    "address": "address at which the page was last fetched",
}
_LISTS: Final = ("subjects", "municipalities", "regions", "organisations", "people", "films", "linked")
_CALLED: Final[dict[Kind, str]] = {
    "coordination_association": "coordination association",
    "reserved_procurement": "reserved procurement",
    "municipal_spin_off": "municipal spin-off",
    "incubator": "incubator with business",
    "other": "example",
}
_NARROWEST: Final = 40


def learning_examples(
    database: Database,
    *,
    municipality: str | None = None,
    kind: str | None = None,
    subject: str | None = None,
    since: str | None = None,
) -> list[Row]:
    """The learning examples, those that stand now first, by page and place; lists as lists.

    `municipality` is a name or SCB code; `since` an archive time: first seen or changed from then on.
    """
    where, values = ["TRUE"], []
    if municipality is not None:
        where.append("EXISTS (SELECT 1 FROM json_each(e.municipalities) j WHERE j.value = ?)")
        values.append(municipality_named(database, municipality))
    if subject is not None:
        where.append("EXISTS (SELECT 1 FROM json_each(e.subjects) j WHERE j.value = ?)")
        values.append(subject.strip().lower())
    for clause, value in (("kind = ?", kind), ("max(first_seen, coalesce(last_changed, '')) >= ?", since)):
        if value is not None:
            where.append(clause)
            values.append(value)
    rows = database.query(
        f"SELECT {', '.join(COLUMNS)} FROM learning_examples e WHERE {' AND '.join(where)}"
        " ORDER BY state DESC, page, section_id",
        values,
    )
    return [{**row, **{key: json.loads(row[key]) for key in _LISTS}} for row in rows]


def municipality_named(database: Database, name: str) -> str:
    """The municipality that a person means, by its name or code in any case; the name itself when none is meant."""
    wanted = name.strip().casefold().removesuffix(" kommun").removesuffix(" stad")
    known = database.execute(
        "SELECT DISTINCT name, code FROM mentions WHERE kind = 'municipality' ORDER BY name"
    ).fetchall()
    forms: dict[str, str] = {form: known_name for known_name, code in known for form in _forms(known_name, code)}
    return forms.get(wanted, name)


def _forms(name: str, code: str | None) -> tuple[str, ...]:
    """How people write a municipality: by name, in the genitive ("Söderhamns kommun"), or by code."""
    return name.casefold(), f"{name.casefold()}s", code or ""


def examples_text(rows: Sequence[Row], width: int) -> str:
    """What `tidslager examples` shows: each example with what is known of it, one fact a line."""
    parts = []
    for row in rows:
        state = "" if row["state"] == "live" else "  " + click.style("gone", fg="red")
        lines = [click.style(shown_safely(row["title"]), bold=True) + state]
        where = f"page {row['page']}" + (f", section {row['section']}" if row["section"] else "")
        lines.append(click.style(shown_safely(f"{where}  {row['address']}"), dim=True))
        for name, said in _facts(row):
            if said:
                lines += textwrap.wrap(
                    shown_safely(f"{name:<15}{said}"),
                    max(width, _NARROWEST),
                    initial_indent="  ",
                    subsequent_indent=" " * 17,
                    break_long_words=False,
                    break_on_hyphens=False,
                )
        parts.append("\n".join(lines))
    return "\n\n".join(parts)


def _facts(row: Row) -> list[tuple[str, str]]:
    times = "never changed"
    if row["changes"]:
        once = "once" if row["changes"] == 1 else f"{row['changes']} times, last"
        times = f"changed {once} {moment(row['last_changed'])}"
    linked = ", ".join(f"page {page}" for page in row["linked"])
    return [
        ("kind", _CALLED[row["kind"]]),
        ("subjects", ", ".join(row["subjects"])),
        ("municipalities", ", ".join(row["municipalities"])),
        ("regions", ", ".join(row["regions"])),
        ("organisations", ", ".join(row["organisations"])),
        ("people", "; ".join(row["people"])),
        ("published", row["published"] or ""),
        ("films", " ".join(row["films"])),
        ("links to" if row["origin"] == "section" else "linked from", linked),
        ("seen", f"{moment(row['first_seen'])} to {moment(row['last_seen'])} UTC, {times}"),
    ]


@click.command()
@click.option("--municipality", metavar="NAME", help="Only examples that name it; its name or SCB code.")
@click.option("--kind", type=click.Choice(get_args(Kind)), help="Only examples of a kind.")
@click.option("--subject", metavar="NAME", help="Only examples about it, such as upphandling.")
@click.option("--since", metavar="D", help="Only those first seen or changed from a day (2026-11-23) or a time on.")
@archive_option
@json_option
def examples(
    municipality: str | None, kind: str | None, subject: str | None, since: str | None, path: Path, *, as_json: bool
) -> None:
    """List the learning examples: what kind, where, who, and since when.

    An example is a section of a start page that tells one, or a page that a start page links to. Municipalities,
    organisations and people are recognised in the Swedish text; the table `mentions` has the words and the rule of
    each. What is no longer on its page stands last, as it was when it was last seen.
    """
    begin = None if since is None else start_of(since)
    with reading_archive(path) as database:
        found = learning_examples(database, municipality=municipality, kind=kind, subject=subject, since=begin)
    if as_json:
        print_json(found)
    elif found:
        print_text(examples_text(found, text_width()))
    else:
        print_note("No example is known that is so.")
