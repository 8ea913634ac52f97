"""What a rebuild came to, as text for a person and as rows. Pure; colour is ANSI, taken away elsewhere."""

from __future__ import annotations

import textwrap
from itertools import groupby
from pathlib import Path

import click

from archive.history import Row
from archive.listing import heading, moment
from archive.phrases import plural
from archive.rebuild import Rebuilt, Told
from archive.render import shown_safely

COLUMNS = {
    "page": "number of the page",
    "address": "address at which the revision was first seen",
    "title": "title as it reads today, or as it read where the revision is no longer",
    "finding": "read_otherwise (the same look, another record), no_longer (only our reading had made a revision of "
    "it), newly_seen (a difference that was not seen before) or renumbered (the same record, another number)",
    "revision_before": "its number within the page until now, or null",
    "revision_now": "its number within the page from now on, or null",
    "seen_from": "the look that the revision begins with, ISO 8601, UTC",
    "summary": "what differs between the two records, in words",
}

_SENTENCES = {
    "read_otherwise": "revision {now} reads otherwise{from_number}: {summary}",
    "no_longer": "revision {before} is no longer: only our reading had made it",
    "newly_seen": "revision {now} is newly seen: a difference that was not read before",
    "renumbered": "revision {before} is revision {now} now, its content as it was",
}


def rebuild_rows(rebuilt: Rebuilt) -> list[Row]:
    """Rows of `tidslager rebuild --json`: one a revision that today's parser reads otherwise."""
    return [_row(told) for told in rebuilt.told]


def _row(told: Told) -> Row:
    was, reads = told.rereading.before, told.rereading.now
    return {
        "page": told.rereading.either.page,
        "address": told.address,
        "title": told.rereading.either.title,
        "finding": told.rereading.finding,
        "revision_before": was and was.seq,
        "revision_now": reads and reads.seq,
        "seen_from": told.rereading.either.seen_from,
        "summary": told.summary,
    }


def rebuild_text(rebuilt: Rebuilt, archive: Path, width: int, *, dry_run: bool) -> str:
    """What `tidslager rebuild` shows: page by page what reads otherwise, then what was done."""
    parts = []
    for _, told in groupby(rebuild_rows(rebuilt), key=lambda row: row["page"]):
        rows = list(told)
        parts.append("\n".join([heading(rows[-1]), *(_line(row, width) for row in rows)]))
    parts.append(_end(rebuilt, archive, dry_run=dry_run))
    return "\n\n".join(parts)


def _line(row: Row, width: int) -> str:
    before, now = row["revision_before"], row["revision_now"]
    said = _SENTENCES[row["finding"]].format(
        before=before,
        now=now,
        from_number=f" (it was revision {before})" if before and before != now else "",
        summary=row["summary"] or "its state differs",
    )
    line = f"{said} ({moment(row['seen_from'])} UTC)"
    return textwrap.fill(shown_safely(line), max(width, 40), initial_indent="  ", subsequent_indent="    ")


def _end(rebuilt: Rebuilt, archive: Path, *, dry_run: bool) -> str:
    looks = f"{rebuilt.looks} {plural('look', rebuilt.looks)} at {rebuilt.pages} {plural('page', rebuilt.pages)}"
    count = len(rebuilt.told)
    otherwise = f"{count} {plural('revision', count)} read otherwise" if count else "nothing reads otherwise"
    if rebuilt.verdicts:
        otherwise += f", {rebuilt.verdicts} {plural('look', rebuilt.verdicts)} with another verdict"
    done = f"nothing was written to {archive}" if dry_run else f"{archive} is made anew"
    kept = f"; as it was it is kept in {rebuilt.kept}" if rebuilt.kept else ""
    return click.style(f"Read {looks} anew: {otherwise}; {done}{kept}.", bold=True)
