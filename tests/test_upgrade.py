"""Upgrading: what another version made is copied, the copy verified, and its evidence read into today's tables."""

from __future__ import annotations

import lzma
import random
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from archive.evidence import SEALED
from archive.file import open_for_reading
from archive.form import MARK, form, mark_of, plain_sql, todays_form
from archive.heads import heads_file
from archive.store import Archive
from archive.verify import verify
from schemas.errors import ArchiveError, ArchiveOutdatedError, ArchiveTooNewError
from scraper.upgrading import of_today
from tests.agency.server import Agency
from tests.builders import SITE, night
from tests.clocks import FakeClock
from tests.nights import spend_night
from tests.runs import crawl_agency
from tests.shell import tidslager

OLDER = Path(__file__).parent / "older"


@pytest.fixture(params=sorted(OLDER.glob("*.db.xz")), ids=lambda file: file.name.partition(".")[0])
def older(request: pytest.FixtureRequest, path: Path) -> Path:
    """Nine nights of the pretend agency as a version of the day in the file's name kept them, with their heads."""
    packed: Path = request.param
    path.write_bytes(lzma.decompress(packed.read_bytes()))
    heads_file(path).write_bytes(packed.with_suffix("").with_suffix(".db.heads").read_bytes())
    return path


def findings(path: Path) -> list[str]:
    """What verify finds."""
    database = open_for_reading(path, older=True)
    with closing(database.conn):
        return [one.text for one in verify(database, path, rng=random.Random(0)).findings]


def copies(path: Path) -> list[Path]:
    """Copies that were made before an upgrade."""
    return sorted(path.parent.glob("*before-upgrade*"))


def evidence(path: Path) -> list[Any]:
    """Heads, and each capture with the size of its body."""
    query = (
        "SELECT c.id, c.fetched_at, c.outcome, b.sha256, b.size FROM captures c LEFT JOIN bodies b ON b.id = c.body_id"
        " WHERE c.run_id <= 9 ORDER BY c.id"
    )
    with closing(open_for_reading(path, older=True).conn) as connection:
        heads = connection.execute("SELECT id, head FROM runs WHERE id <= 9 ORDER BY id").fetchall()
        return [*heads, *connection.execute(query).fetchall()]


def days(path: Path) -> list[Any]:
    """Pages, and the moments at which their revisions were first seen and by which run of what state."""
    with closing(open_for_reading(path).conn) as connection:
        query = "SELECT page_id, seq, state, seen_from FROM revisions WHERE seen_from < '2026-03-10' ORDER BY 1, 2"
        return connection.execute(query).fetchall()


def test_an_archive_of_an_older_version_is_upgraded_by_the_next_night(older: Path, agency: Agency) -> None:
    """The copy stands beside it as it was; all evidence is there, each head too; nothing is found wrong; it goes on."""
    was = evidence(older)
    done = spend_night(agency, older, 10, shown=3)
    assert done.exit_code == 0, done.digest
    assert findings(older) == []
    assert evidence(older) == was
    (copy,) = copies(older)
    assert evidence(copy) == was
    assert len(days(older)) == 13
    assert spend_night(agency, older, 11, shown=3).exit_code == 0
    assert copies(older) == [copy]


def test_an_older_archive_says_so(older: Path) -> None:
    """Whoever asks it is told what to do; verify looks at its evidence, backup copies it, rebuild makes it today's."""
    asked = tidslager("pages", "--archive", str(older))
    assert (asked.code, asked.out) == (1, "")
    assert "another version of Tidslager: `tidslager rebuild`" in asked.err
    (finding,) = findings(older)
    assert "its evidence was looked at" in finding
    assert tidslager("backup", str(older.with_name("copy.db")), "--archive", str(older)).code == 0
    with pytest.raises(ArchiveOutdatedError):
        Archive(older)
    assert tidslager("rebuild", "--archive", str(older)).code == 0
    assert tidslager("verify", "--archive", str(older)).code == 0
    assert tidslager("pages", "--archive", str(older)).code == 0


@pytest.mark.parametrize(
    "made",
    [
        "DROP VIEW page_list",
        "DROP INDEX mentions_now; ALTER TABLE mentions DROP COLUMN mail",
        "DROP TABLE examples",
        "ALTER TABLE changes ADD COLUMN of_then TEXT",
        "DROP TABLE search; DROP TABLE search_words",
    ],
)
def test_whatever_is_derived_may_be_of_another_form(agency: Agency, path: Path, made: str) -> None:
    """A view, an index, a column, a table or the search index of then: the history is today's after the next night."""
    for number in (1, 2):
        crawl_agency(agency, path, number)
    was = days(path)
    with closing(sqlite3.connect(path)) as by_hand:
        by_hand.executescript(f"PRAGMA legacy_alter_table = ON; {made}; PRAGMA user_version = 7;")
    assert spend_night(agency, path, 3).exit_code == 0
    assert findings(path) == []
    assert [row for row in days(path) if row[3] < "2026-03-03"] == was
    (copy,) = copies(path)
    assert copy.name.startswith(f"{path.name}.before-upgrade-7-")


def as_of_another_version(path: Path) -> None:
    """Let a file bear the mark of another form."""
    with closing(sqlite3.connect(path)) as by_hand:
        by_hand.execute("PRAGMA user_version = 7")


def test_who_went_back_a_version_gets_a_copy_of_what_that_version_added(agency: Agency, path: Path) -> None:
    """Each upgrade copies the archive as it was then; one that did not come to its end has its copy already."""
    crawl_agency(agency, path, 1)
    as_of_another_version(path)
    for number in (2, 3):
        of_today(path, FakeClock(night(number))).close()
        assert len(copies(path)) == number - 1
        crawl_agency(agency, path, number)
        as_of_another_version(path)
    one, other = (len(evidence(copy)) for copy in copies(path))
    assert one != other
    of_today(path, FakeClock(night(4))).close()
    assert len(copies(path)) == 3
    as_of_another_version(path)
    of_today(path, FakeClock(night(5))).close()
    assert len(copies(path)) == 3


def test_a_new_archive_and_one_of_today_are_not_copied(agency: Agency, path: Path) -> None:
    """No copy is made where nothing is upgraded, and the file bears today's mark."""
    for number in (1, 2):
        crawl_agency(agency, path, number)
        spend_night(agency, path, number + 2)
    assert copies(path) == []
    with closing(open_for_reading(path).conn) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (MARK,)


def test_the_mark_and_the_form_of_a_fresh_archive_are_those_of_today(path: Path) -> None:
    """What the mark stands for is what the file is made of."""
    with Archive(path) as archive:
        assert (mark_of(archive.database), form(archive.database)) == (MARK, todays_form())


@pytest.mark.parametrize(
    ("was", "now", "same"),
    [
        ("a TEXT,  -- what it is\n  b", "a TEXT, -- in other words, it's that\n b", True),
        ("a TEXT  -- what it is\n)", "a TEXT\n)", True),
        ("a <> '-- x  y'", "a <> '-- x y'", False),
        ("a TEXT", "a INTEGER", False),
    ],
)
def test_a_comment_in_other_words_is_no_other_form(was: str, now: str, *, same: bool) -> None:
    """Comments and white space make no difference to the mark, nor to what verify compares; what is quoted does."""
    assert (plain_sql(was) == plain_sql(now)) is same
    assert "--" not in "".join(todays_form().values())


def test_a_damaged_older_archive_is_not_upgraded(older: Path, agency: Agency) -> None:
    """What cannot be copied whole is not changed either; the message says what to do."""
    with closing(sqlite3.connect(older)) as by_hand:
        by_hand.execute("INSERT INTO pages (site, first_run) VALUES ('prov', 99)")
        by_hand.commit()
    before = older.read_bytes()
    with pytest.raises(ArchiveError, match="Nothing was changed"):
        spend_night(agency, older, 10, shown=3)
    assert older.read_bytes() == before
    assert copies(older) == []


def test_evidence_that_this_version_does_not_know_is_not_left_behind(agency: Agency, path: Path) -> None:
    """A file of a version that keeps more is refused, not read into tables that have no place for it."""
    crawl_agency(agency, path, 1)
    with closing(sqlite3.connect(path)) as by_hand:
        by_hand.executescript("ALTER TABLE captures ADD COLUMN hologram BLOB; PRAGMA user_version = 7")
    ran = tidslager("rebuild", "--archive", str(path))
    assert ran.code == 1
    assert "captures.hologram" in ran.err
    with closing(open_for_reading(path, older=True).conn) as connection:
        assert connection.execute("SELECT count(*) FROM captures WHERE hologram IS NULL").fetchone()[0]


def test_a_derived_table_may_be_dropped_or_renamed_by_a_later_version(
    agency: Agency, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An older file that still has it is upgraded: what stood in it is made anew where today's version keeps it."""
    crawl_agency(agency, path, 1)
    was = days(path)
    with closing(sqlite3.connect(path)) as by_hand:
        by_hand.executescript("PRAGMA legacy_alter_table = ON; ALTER TABLE mentions RENAME TO named_things;")
    as_of_another_version(path)
    with pytest.raises(ArchiveTooNewError, match="named_things"):
        of_today(path, FakeClock(night(2)))
    monkeypatch.setattr("archive.form.FORMER_TABLES", ("named_things",))
    of_today(path, FakeClock(night(2))).close()
    assert findings(path) == []
    assert days(path) == was


def test_a_seal_covers_the_columns_that_are_stored(path: Path) -> None:
    """A column more in a sealed table would break each chain that was sealed without it: it gets a table of its own."""
    with Archive(path) as archive:
        for table, columns in SEALED.items():
            stored = archive.database.execute("SELECT name FROM pragma_table_info(?)", [table]).fetchall()
            assert tuple(name for (name,) in stored) == columns


def test_an_archive_that_was_moved_away_is_missed(path: Path) -> None:
    """Its heads are still here: no new archive is begun in its place, and the message says what to do."""
    with Archive(path) as archive:
        run = archive.begin_run(SITE, version="0", now=night(1))
        archive.finish_run(run, "ok", {}, now=night(1))
    away = path.rename(path.with_name("away.db"))
    with pytest.raises(ArchiveError, match="it was moved or taken away"):
        Archive(path)
    assert not path.exists()
    away.rename(path)
    Archive(path).close()
    path.unlink()
    heads_file(path).unlink()
    Archive(path).close()
