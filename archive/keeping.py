"""The keeping half of the command line: verify, backup, stats, prune, redact. Works on the archive alone."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click

from archive import prune as pruning
from archive import rows
from archive.backup import back_up
from archive.console import archive_option, json_option, print_json, print_text, reading_archive, text_width
from archive.file import leave_nothing_behind, open_for_reading, transaction
from archive.lock import writer_lock
from archive.names import Name
from archive.redact import Erased, redact_bodies
from archive.redact_person import redact_person
from archive.redactions import Reason
from archive.render import shown_safely
from archive.stats import amount, stats_rows, stats_text
from archive.store import Archive
from archive.swap import copies_beside
from archive.times import start_of
from archive.verdict import verdict_rows, verdict_text
from archive.verify import verify as verify_archive
from schemas.errors import ConfigurationError, QueryError

FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@archive_option
@click.option("--anchor", "anchors", multiple=True, metavar="HEAD", help="A head that you kept elsewhere; repeatable.")
@click.option(
    "--sample",
    type=click.IntRange(min=1),
    metavar="N",
    help="Look at N bodies, N pages and N indexed texts, at random.",
)
@click.option("--signature", type=FILE, help="A signature of a head, made by `ssh-keygen -Y sign`.")
@click.option("--allowed-signers", type=FILE, help="Who may sign, as ssh-keygen(1) has it under ALLOWED SIGNERS.")
@json_option
def verify(
    path: Path,
    anchors: tuple[str, ...],
    sample: int | None,
    signature: Path | None,
    allowed_signers: Path | None,
    *,
    as_json: bool,
) -> None:
    """Check whether the archive is still true.

    Every body is hashed again, every run's evidence and every head computed again, every record, change, link and
    reference looked at. Says "consistent" when all agrees, "anchored" up to the run whose head you give with --anchor,
    "signed" when the signature of a head holds. Exit code 0, or 1 when anything is wrong.
    """
    if (signature is None) != (allowed_signers is None):
        raise ConfigurationError("A signature is checked against allowed signers: give --signature with both files.")
    with reading_archive(path, older=True) as database:
        report = verify_archive(
            database,
            path,
            anchors=[anchor.strip().lower() for anchor in anchors],
            signature=(signature, allowed_signers) if signature and allowed_signers else None,
            sample=sample,
            rng=random.Random(),  # noqa: S311 -- chooses what to look at, guards nothing
        )
    if as_json:
        print_json(rows.picked("verify", verdict_rows(report)))
    else:
        print_text(verdict_text(report))
    raise SystemExit(1 if report.findings else 0)


@click.command()
@click.argument("file", type=FILE)
@archive_option
def backup(file: Path, path: Path) -> None:
    """Write a whole copy of the archive to FILE and verify it; also while a run is writing.

    FILE gets its name when the copy is whole and verified. A file that is there is left as it is.
    """
    with reading_archive(path, older=True):
        report = back_up(path, file, random.Random())  # noqa: S311 -- all is looked at, nothing is chosen
    if report.findings:
        click.echo("The archive that was to be copied is damaged; no copy was kept:", err=True)
        print_text(verdict_text(report))
        raise SystemExit(1)
    click.echo(f"Wrote {file}: {report.captures} captures, {report.revisions} revisions, verified. Head: {report.head}")


@click.command()
@archive_option
@json_option
def stats(path: Path, *, as_json: bool) -> None:
    """Show where the archive's bytes are: by kind, by page, and how it grows by month."""
    with reading_archive(path) as database:
        found = rows.picked("stats", stats_rows(database, path))
    if as_json:
        print_json(found)
        return
    print_text(stats_text(found, text_width()))


@contextmanager
def _writing(path: Path) -> Iterator[Archive]:
    """The archive for who takes something out of it; what leaves is overwritten on the disk."""
    if not path.exists():
        open_for_reading(path)  # says that there is none; nothing is made
    with writer_lock(path), Archive(path) as archive:
        archive.database.execute("PRAGMA secure_delete = ON")
        yield archive


@click.command()
@click.option(
    "--keep", type=click.IntRange(min=1), metavar="N", help="Let go all revisions of a page but the newest N."
)
@click.option("--before", metavar="D", help="Let go revisions that were over before a day (2026-11-23, UTC) or a time.")
@click.option("--reason", default="pruned", show_default=True, help="Why; it is kept for ever.")
@click.option("--dry-run", is_flag=True, help="Only say what would be let go.")
@archive_option
def prune(keep: int | None, before: str | None, reason: str, path: Path, *, dry_run: bool) -> None:
    """Let old revisions go, and the bodies that only they needed. Never done unless you ask for it.

    What a page says now always stays, revisions keep their numbers, and every capture stays with the hash of its body:
    `tidslager verify` still proves the rest and says how many bodies were let go. This cannot be taken back.
    """
    if (keep is None) == (before is None):
        raise ConfigurationError("Say what to keep, either with --keep N or with --before D.")
    moment = start_of(before) if before else None
    if dry_run:
        with reading_archive(path) as database:
            planned = pruning.plan(database, keep=keep, before=moment)
            pages = pruning.by_page(database, planned)
        print_text("\n".join([_pruned("Would let go", planned), *map(_going, pages)]))
        return
    with _writing(path) as archive:
        with transaction(archive.database, path):
            planned = pruning.plan(archive.database, keep=keep, before=moment)
            pruning.prune(archive.database, planned, Reason(text=reason, now=_now(), pruned=True))
        leave_nothing_behind(archive.database, path)
    click.echo(_pruned("Let go", planned))


def _going(one: pruning.Going) -> str:
    numbers = f"revision {one.last}" if one.first == one.last else f"revisions {one.first} to {one.last}"
    return f"  {one.page}  {shown_safely(one.title)}: {numbers}"


def _pruned(verb: str, planned: pruning.Pruning) -> str:
    return (
        f"{verb} {_count(len(planned.revisions), 'revision')} and {_count(len(planned.bodies), 'body', 'bodies')}, "
        f"{amount(planned.stored_bytes)} as stored."
    )


@click.command()
@click.option("--body", "bodies", type=click.IntRange(min=1), multiple=True, metavar="N", help="A body; repeatable.")
@click.option("--person", metavar="NAME", help="First name and last name, as the pages have them.")
@click.option("--reason", required=True, help="Why; it is kept for ever, so do not name anyone in it.")
@click.option("--dry-run", is_flag=True, help="Only say what would be erased.")
@archive_option
def redact(bodies: tuple[int, ...], person: str | None, reason: str, path: Path, *, dry_run: bool) -> None:
    """Erase a body, or a person's name, from the whole archive: a lawful erasure. This cannot be taken back.

    --body takes the bytes away, and the words of each revision that no other body shows. --person takes away every
    body that has the name, addresses and heads that have it, and puts [withheld] in its place in the history. The chain
    still verifies; `tidslager verify` says how many bodies are withheld, and the table redactions why. Backups and
    exports that were made before are yours to erase. `SELECT capture, body FROM fetch_log` tells the numbers of bodies.
    """
    if bool(bodies) == bool(person):
        raise ConfigurationError("Say what to erase, either with --body N or with --person NAME.")
    if not reason.strip():
        raise ConfigurationError("Give a reason: whoever finds the gap in twenty years must be told why.")
    erased = _redacted(path, bodies, person, Reason(text=reason, now=_now()), dry_run=dry_run)
    if not erased.found:
        beside = "".join(f" {copy} was not looked into." for copy in copies_beside(path))
        raise QueryError(f'Nobody named "{person}" was found: write the name as the pages have it.{beside}')
    verb, touched = "Would erase" if dry_run else "Erased", "masked in" if person else "withheld:"
    click.echo(
        f"{verb} {_count(len(erased.bodies), 'body', 'bodies')}, {_count(erased.urls, 'address', 'addresses')} and "
        f"{_count(erased.heads, 'head')}; {touched} {_count(len(erased.revisions), 'revision')}."
    )
    if erased.still_shown:
        others = ", ".join(map(str, erased.still_shown))
        click.echo(
            f"The same content is still kept in other bodies: {others}. Erase these too, if it must go.", err=True
        )
    if not dry_run and (copies := copies_beside(path)):
        names = ", ".join(map(str, copies))
        click.echo(f"Copies that were made before still have what was erased: {names}. Delete them too.", err=True)


def _redacted(path: Path, bodies: tuple[int, ...], person: str | None, why: Reason, *, dry_run: bool) -> Erased:
    """What was erased; of a dry run, which is done and taken back, what would be."""
    if dry_run:
        with reading_archive(path):
            pass  # refuses what the next run would first have to upgrade
    with _writing(path) as archive:
        with transaction(archive.database, path):
            if person:
                erased = redact_person(archive.database, Name(person), why)
            else:
                erased = redact_bodies(archive.database, bodies, why)
            if dry_run:
                archive.database.rollback()
        if not dry_run:  # also where nothing was found: an erasure before may have had no room for it
            leave_nothing_behind(archive.database, path)
    return erased


def _count(number: int, noun: str, plural: str = "") -> str:
    return f"{number} {noun if number == 1 else plural or noun + 's'}"


def _now() -> datetime:
    return datetime.now(UTC)


KEEPING = (verify, backup, stats, prune, redact)
