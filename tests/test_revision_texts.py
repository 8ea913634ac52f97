"""The sections of a revision together: what the rows say, once more."""

from __future__ import annotations

import pytest

from archive import asof
from archive.export import export_lines
from archive.revision_texts import Texts, remake_texts, texts_agree, unpacked
from archive.store import Archive
from schemas.errors import ArchiveError
from tests.builders import look, page, section

A, B = page(section("Ö", "å\nä"), section("", "«x»")), page()


def test_they_say_what_the_rows_say(archive: Archive) -> None:
    """Each key of an export, in order; a page without sections has none, and is there."""
    look(archive, 1, A)
    look(archive, 2, B)
    first, second = (asof.site_at(archive.database, f"2026-03-0{number}")[0]["sections"] for number in (1, 2))
    assert list(first) == [
        {"position": 1, "section": "h-Ö", "heading": "Ö", "level": 2, "text": "å\nä"},
        {"position": 2, "section": first[1]["section"], "heading": "", "level": 0, "text": "«x»"},
    ]
    assert (len(second), second.json, Texts(None).json) == (0, b"[]", b"[]")
    assert texts_agree(archive.database, 1, "live")
    assert not texts_agree(archive.database, 1, "gone")
    assert texts_agree(archive.database, 3, "gone")


def test_they_are_made_anew_where_rows_were_masked(archive: Archive) -> None:
    """What differs is written again, and only that."""
    look(archive, 1, A)
    look(archive, 2, page(section("Ö", "ny")))
    database = archive.database
    before = dict(database.execute("SELECT * FROM revision_texts").fetchall())
    database.execute("UPDATE section_texts SET text = '[withheld]' WHERE text = 'ny'")
    assert not texts_agree(database, 2, "live")
    remake_texts(database)
    after = dict(database.execute("SELECT * FROM revision_texts").fetchall())
    assert after[1] == before[1]
    assert b"[withheld]" in unpacked(after[2])
    assert texts_agree(database, 2, "live")


@pytest.mark.parametrize("damage", ["x'00'", "x'28b52ffd0401190000226e6f742061'", "zeroblob(0)"])
def test_damage_is_a_sentence(archive: Archive, damage: str) -> None:
    """What cannot be unpacked, or is no list of sections, is told with what to do; never a traceback."""
    look(archive, 1, A)
    archive.database.execute(f"UPDATE revision_texts SET sections = {damage}")
    (row,) = asof.site_at(archive.database, None)
    with pytest.raises(ArchiveError, match="tidslager rebuild"):
        list(row["sections"])
    with pytest.raises(ArchiveError, match="tidslager rebuild"):
        list(export_lines([row], "jsonl"))
    assert not texts_agree(archive.database, 1, "live")
