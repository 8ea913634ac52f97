"""Backup, stats, prune and redact: what is copied is whole, what is let go is gone, and the chain still verifies."""

from __future__ import annotations

import gzip
import io
import json
import random
import sqlite3
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import pytest
import zstandard
from msgspec.structs import replace

from archive import names
from archive.file import open_for_reading
from archive.names import WITHHELD, Name
from archive.records import load_page
from archive.site_rules import rules_mark, site_rules
from archive.store import Archive
from archive.verify import Report, verify
from schemas.chrome import Chrome, ChromePart
from schemas.errors import ConfigurationError
from schemas.mention import Contact
from schemas.page import Link, Page, Paragraph, Person, Section
from schemas.reading import Reading, Rules
from scraper.addresses import cms_key
from tests.agency.server import Agency
from tests.builders import PARSER, SITE, begin, capture, gone, look, night, page, reading, reread, section, written
from tests.runs import crawl_agency
from tests.shell import Ran, tidslager

A, B, C = (page(section("Rubrik", text), section("Mer", "samma")) for text in ("första", "andra", "tredje"))
NAME = "Åsa Öberg-Lind"


def run(path: Path, *arguments: str) -> Ran:
    """A command at an archive."""
    return tidslager(*arguments, "--archive", str(path))


def verified(path: Path) -> Report:
    """What verify finds."""
    database = open_for_reading(path)
    with closing(database.conn):
        return verify(database, path, rng=random.Random(0))


def records(path: Path) -> dict[int, Page]:
    """Page records by the number of their revision within page 1."""
    database = open_for_reading(path)
    with closing(database.conn):
        rows = database.execute("SELECT seq, id FROM revisions WHERE state = 'live' AND page_id = 1").fetchall()
        return {seq: load_page(database, number) for seq, number in rows}


def test_r1_back_and_forth_then_pruned_to_two_both_are_right(archive: Archive, path: Path) -> None:
    """A, B, A, pruned to the two newest: both read as they did, with their numbers, and the change between them."""
    for number, record in enumerate((A, B, A), 1):
        look(archive, number, record)
    archive.close()
    # That revision 3 returns to revision 1 can be told only while there is a revision 1.
    before = run(path, "diff", "1", "2", "3").out.replace("returns to revision 1\n", "")
    assert run(path, "prune", "--keep", "2").code == 0
    assert records(path) == {2: B, 3: A}
    assert run(path, "diff", "1", "2", "3").out == before
    assert run(path, "show", "1", "--date", "2026-03-01").code == 1
    assert verified(path).findings == ()


def test_r20_pruning_never_takes_a_body_that_is_in_use(archive: Archive, path: Path) -> None:
    """The body that revision 1 shares with revision 3 stays; what only revision 2 had goes."""
    for number, record in enumerate((A, B, A, C), 1):
        look(archive, number, record)
    archive.close()
    said = run(path, "prune", "--keep", "2", "--dry-run")
    assert said.out.startswith("Would let go 2 revisions and 1 body")
    assert verified(path).pruned == 0
    assert run(path, "prune", "--keep", "2").out.startswith("Let go 2 revisions and 1 body")
    report = verified(path)
    assert (report.findings, report.pruned, report.erased) == ((), 1, 0)
    assert records(path) == {3: A, 4: C}
    with Archive(path) as again:
        assert look(again, 5, C).finding == "unchanged"
        assert look(again, 6, B).finding == "changed"
    assert verified(path).findings == ()


def test_pruning_by_day_keeps_what_held_on_that_day(archive: Archive, path: Path) -> None:
    """--before lets go what was over before the day; what a page says now stays however old it is."""
    for number, record in enumerate((A, B, C), 1):
        look(archive, number, record)
    gone(archive, 4)
    archive.close()
    assert run(path, "prune", "--before", "2026-03-03").code == 0
    assert records(path) == {2: B, 3: C}
    assert run(path, "prune", "--before", "2099-01-01").code == 0
    assert records(path) == {}
    assert json.loads(run(path, "pages", "--json").out)[0]["state"] == "gone"
    assert verified(path).findings == ()


def test_what_was_pruned_is_told_as_let_go(archive: Archive, path: Path) -> None:
    """A dry run names the pages; afterwards each answer about what went says so, and advises nothing that is gone."""
    for number, record in enumerate((A, B, C), 1):
        look(archive, number, record)
    archive.close()
    said = run(path, "prune", "--keep", "1", "--dry-run").out.splitlines()
    title = run(path, "pages", "--json").rows[0]["title"]
    assert said[1:] == [f"  1  {title}: revisions 1 to 2"]
    assert run(path, "prune", "--keep", "2").code == 0
    assert (
        "it has revisions 2 to 3; earlier ones were let go by pruning" in run(path, "show", "1", "--revision", "1").err
    )
    assert run(path, "prune", "--keep", "1").code == 0
    for ask in (("show", "1", "--revision", "1"), ("diff", "1")):
        ran = run(path, *ask)
        assert (ran.code, "it has revision 3; earlier ones were let go by pruning." in ran.err) == (1, True), ran.err
    assert "let go by pruning" in run(path, "show", "1", "--date", "2026-03-01").err
    (row,) = (row for row in run(path, "log", "1", "--json").rows if row["revision"])
    assert row["summary"] == "the oldest that is kept; earlier ones were let go by pruning"
    with Archive(path) as again:
        gone(again, 4)
    assert "What it said before: --revision 3" in run(path, "show", "1").out
    assert run(path, "prune", "--keep", "1").code == 0
    assert "The page was gone. What it said before was let go by pruning." in run(path, "show", "1").out


def test_pruning_is_never_done_by_default(archive: Archive, path: Path) -> None:
    """Without --keep or --before, or with both, nothing is done."""
    look(archive, 1, A)
    archive.close()
    for options in ((), ("--keep", "1", "--before", "2026-01-01"), ("--keep", "0"), ("--before", "i går")):
        assert run(path, "prune", *options).code == 2
    assert run(path.with_name("none.db"), "prune", "--keep", "1").code == 1
    assert not path.with_name("none.db").exists()


def test_a_pruned_archive_of_real_pages_verifies(agency: Agency, path: Path) -> None:
    """Three nights of the agency, pruned to one revision a page, and another night."""
    for number in (1, 2, 3):
        crawl_agency(agency, path, number)
    assert run(path, "prune", "--keep", "1").code == 0
    assert verified(path).findings == ()
    assert set(crawl_agency(agency, path, 3).counts) <= {"unchanged", "elsewhere", "not_allowed", "still_gone"}
    assert verified(path).findings == ()


def test_an_erased_body_is_gone_from_the_file(archive: Archive, path: Path) -> None:
    """Its words are in no table, no free page, no view; its number, dates and hash stay; the chain verifies."""
    secret = page(section("Rubrik", "hemligheten är mangrove"), section("Mer", "samma"))
    for number, record in enumerate((A, secret, C), 1):
        look(archive, number, record)
    archive.close()
    assert b"mangrove" in path.read_bytes()
    said = run(path, "redact", "--body", "2", "--reason", "beslut 3/2026")
    assert said.out.startswith("Erased 1 body")
    for file in path.parent.iterdir():
        assert b"mangrove" not in file.read_bytes()
    assert records(path) == {1: A, 3: C}
    rows = json.loads(run(path, "log", "1", "--json").out)
    assert [row["state"] for row in rows] == ["live", "withheld", "live"]
    report = verified(path)
    assert (report.findings, report.erased) == ((), 1)
    assert "1 body erased" in run(path, "verify").out
    assert run(path, "redact", "--body", "99", "--reason", "x").code == 1
    assert run(path, "redact", "--body", "2", "--reason", " ").code == 2
    with Archive(path) as again:
        assert look(again, 4, A).finding == "changed"
        reasons = again.database.execute("SELECT reason FROM redactions WHERE what = 'body'").fetchall()
    assert reasons == [("beslut 3/2026",)]
    assert verified(path).findings == ()


def test_a_body_whose_content_others_show_is_told(archive: Archive, path: Path) -> None:
    """Noise differs, content does not: the revision stays, and the other bodies are named."""
    for number in (1, 2):
        kept_in = begin(archive, night(number))
        kept = archive.keep(kept_in, capture(at=night(number), body=b"noise %d" % number))
        archive.record(kept.id, Reading(verdict="page", page=A), parser=PARSER, reread=reread)
        archive.finish_run(kept_in, "ok", {}, now=night(number))
    archive.close()
    said = run(path, "redact", "--body", "1", "--reason", "r")
    assert "still kept in other bodies: 2" in said.err
    assert records(path) == {1: A}
    assert run(path, "redact", "--body", "2", "--reason", "r").code == 0
    assert records(path) == {}
    assert verified(path).findings == ()


FOOT = "Kontakt: Åsa Öberg-Lind, 070-123 45 67"
OFFERED = Contact(name=NAME, phone="070-123 45 67", start=9, end=23)


def _with_foot(archive: Archive, number: int, address: str, foot: str = FOOT, encoding: str = "utf-8") -> None:
    """A look at a page whose footer offers somebody, and whose content does not."""
    kept_in = begin(archive, night(number))
    kept = archive.keep(kept_in, capture(address, at=night(number), body=f"{foot} {address}".encode(encoding)))
    chrome = Chrome(parts=(ChromePart(name="footer", blocks=(Paragraph(text=foot),)),))
    offered = (OFFERED,) if foot == FOOT else ()
    read = Reading(verdict="page", page=A, chrome=chrome, contacts=(offered,))
    archive.record(kept.id, read, parser=PARSER, reread=lambda _: read)
    archive.finish_run(kept_in, "ok", {}, now=night(number))


def _of_chrome(path: Path) -> list[str]:
    """All that the archive has of chrome, table by table."""
    database = open_for_reading(path)
    with closing(database.conn):
        return [
            str(row)
            for table in ("chrome_parts", "chrome_contacts", "chrome_changes", "contact_list")
            for row in database.execute(f"SELECT * FROM {table}").fetchall()
        ]


def test_an_erased_body_takes_the_chrome_along_that_only_it_shows(archive: Archive, path: Path) -> None:
    """The footer, whom it offers and what was told of it; while another body shows it, it stays."""
    for number, foot in enumerate((FOOT, "Kontakt: växeln", FOOT), 1):
        _with_foot(archive, number, "http://byran.example/en.html", foot)
    _with_foot(archive, 4, "http://annan.example/")
    archive.close()
    assert any("chrome" in row or "paragraph" in row for row in _of_chrome(path))
    assert run(path, "redact", "--body", "1", "--reason", "r").code == 0
    assert any("070-123 45 67" in row for row in _of_chrome(path))
    assert run(path, "redact", "--body", "3", "--reason", "r").code == 0
    assert not any("070-123 45 67" in row for row in _of_chrome(path))
    assert any("växeln" in row for row in _of_chrome(path))
    assert verified(path).findings == ()


def test_a_body_whose_chrome_alone_has_the_name_is_erased(archive: Archive, path: Path) -> None:
    """Whatever hides the name in its bytes: what was read from it tells."""
    _with_foot(archive, 1, "http://byran.example/en.html", encoding="utf-7")
    archive.close()
    assert not Name(NAME).is_in_bytes(f"{FOOT}".encode("utf-7"))
    assert run(path, "redact", "--person", NAME, "--reason", "r").out.startswith("Erased 1 body")
    assert not any(Name(NAME).is_in(row) for row in _of_chrome(path))
    assert verified(path).findings == ()


def _of_a_person(number: int) -> Page:
    """A page that speaks of the person in every place it has."""
    link = Link(label=f"Skriv till {NAME}", address="mailto:asa.oberg-lind@byran.example", kind="mail")
    blocks = (Paragraph(text=f"{NAME}s bok, sida {number}", links=(link,)),)
    return Page(
        title=f"Möt {NAME}",
        responsible=Person(name=NAME, role="Utredare"),
        preamble=(Paragraph(text="Åsa\u00a0Öberg\u00adLind berättar"),),
        sections=(Section(heading=NAME, level=2, anchor=None, blocks=blocks), section("Mer", "samma")),
    )


def _told(archive: Archive) -> None:
    address = f"http://byran.example/personal/{quote('åsa-öberg-lind')}.12.html"
    other = page(section("Annat", "en annan sida"), title="Utan namn")
    for number in (1, 2):
        kept_in = begin(archive, night(number))
        kept = archive.keep(
            kept_in,
            capture(
                address,
                at=night(number),
                body=written(_of_a_person(number)),
                head=b"HTTP/1.1 200 OK\r\nLink: <asa-oberg-lind>\r\n\r\n",
                robots=f"allowed for {address}",
            ),
        )
        archive.record(kept.id, reading(_of_a_person(number)), parser=PARSER, reread=reread)
        archive.keep(
            kept_in,
            capture(
                f"http://byran.example/{number}",
                at=night(number),
                body=gzip.compress(f"<p>&Aring;sa <b>&Ouml;berg</b>&nbsp;Lind {number}".encode()),
            ),
        )
        archive.finish_run(kept_in, "ok", {}, now=night(number))
        look(archive, number, other, "http://byran.example/annat.html")
    gone(archive, 3, address)


def test_an_erased_name_is_gone_from_everything(archive: Archive, path: Path) -> None:
    """Tables, indexes, heads, addresses, exports, free pages: nothing speaks of the person, the rest stays readable."""
    _told(archive)
    archive.database.execute("CREATE VIRTUAL TABLE found USING fts5(text, content='section_texts', content_rowid='id')")
    archive.database.execute("INSERT INTO found (found) VALUES ('rebuild')")
    archive.database.commit()
    archive.close()
    name = Name(NAME)
    assert name.is_in_bytes(path.read_bytes())
    said = run(path, "redact", "--person", NAME, "--reason", "artikel 17, begäran 4/2026")
    assert said.code == 0, said.err
    assert said.out.startswith("Erased 4 bodies, 1 address and 1 head; masked in 3 revisions.")
    for file in path.parent.iterdir():
        data = file.read_bytes()
        assert not name.is_in_bytes(data)
        assert not any(word in data.lower() for word in ("öberg".encode(), b"oberg", "Öberg".encode()))
    for command in (("pages",), ("log",), ("changes", "--all"), ("show", "1", "--date", "2026-03-02"), ("stats",)):
        said = run(path, *command, "--json")
        assert said.code == 0
        assert not name.is_in(said.out)
    database = open_for_reading(path)
    with closing(database.conn):
        assert not database.execute("SELECT * FROM people").fetchall()
        for view in database.view_names():
            assert not any(name.is_in(str(row)) for row in database.query(f"SELECT * FROM {view}"))
        assert database.execute("SELECT count(*) FROM found WHERE found MATCH 'öberg OR oberg'").fetchone()[0] == 0
        assert database.execute("SELECT count(*) FROM found WHERE found MATCH 'samma'").fetchone()[0] >= 1
    assert records(path)[2].title == f"Möt {WITHHELD}"
    assert records(path)[2].sections[1] == section("Mer", "samma")
    report = verified(path)
    assert (report.findings, report.erased) == ((), 4)
    assert json.loads(run(path, "verify", "--json").out)[0]["withheld"] == 4
    with Archive(path) as again:
        look(again, 5, A)
    assert verified(path).findings == ()


def test_a_name_in_the_query_of_a_numbered_page_is_erased(archive: Archive, path: Path) -> None:
    """Of the address nothing is left elsewhere, in the key of the page least of all, which no door lets out."""
    address = "http://byran.example/visa.4144.html?namn=%C3%85sa+%C3%96berg-Lind&id=1"
    kept_in = begin(archive, night(1))
    kept = archive.keep(kept_in, capture(address, body=written(A)), cms_key=cms_key(address))
    archive.record(kept.id, reading(A), parser=PARSER, reread=reread)
    archive.finish_run(kept_in, "ok", {}, now=night(1))
    archive.close()
    said = run(path, "redact", "--person", NAME, "--reason", "r")
    assert (said.code, said.out) == (0, "Erased 0 bodies, 1 address and 0 heads; masked in 0 revisions.\n"), said.err
    assert not Name(NAME).is_in_bytes(path.read_bytes())
    assert verified(path).findings == ()


def test_a_name_that_stands_nowhere_is_told(archive: Archive, path: Path) -> None:
    """Somebody who is owed an erasure is not told that it was done when the name was written wrong."""
    look(archive, 1, page(section("Rubrik", f"Fråga {NAME}.")))
    archive.close()
    for command in (("--dry-run",), ()):
        wrong = run(path, "redact", "--person", "Åsa Öberg-Lund", "--reason", "r", *command)
        assert (wrong.code, wrong.out) == (1, "")
        assert 'Nobody named "Åsa Öberg-Lund" was found' in wrong.err
    assert run(path, "redact", "--person", NAME, "--reason", "r").code == 0
    assert run(path, "redact", "--person", NAME, "--reason", "r").code == 1, "there is no more of it"
    assert verified(path).findings == ()


def test_a_dry_run_of_an_erasure_erases_nothing(archive: Archive, path: Path) -> None:
    """It says what the erasure says, and the archive holds what it held."""
    look(archive, 1, page(section("Rubrik", f"Fråga {NAME}.")))
    archive.close()
    held = records(path)
    for what in (("--person", NAME), ("--body", "1")):
        would = run(path, "redact", *what, "--reason", "r", "--dry-run")
        assert (would.code, would.err) == (0, "")
        assert would.out.startswith("Would erase 1 body")
        assert records(path) == held
        assert (verified(path).findings, verified(path).erased) == ((), 0)


def test_of_a_site_file_only_what_has_the_name_is_erased(archive: Archive, path: Path) -> None:
    """Captures are read anew by the rules that they were read by; the chain still verifies, after two erasures too."""
    site = replace(SITE, contact="asa.oberg-lind@byran.example", title="Ylva Ek svarar", people=True, layout="generic")
    run_id = begin(archive, site=site)
    archive.finish_run(run_id, "ok", {}, now=night(1))
    mark = rules_mark(archive.database, SITE.name)
    archive.close()
    for name, left in ((NAME, {"title"}), ("Ylva Ek", set())):
        assert run(path, "redact", "--person", name, "--reason", "r").code == 0
        with closing(open_for_reading(path).conn) as connection:
            (config,) = connection.execute("SELECT config FROM runs").fetchone()
        assert json.loads(config).keys() & {"contact", "title"} == left
        assert verified(path).findings == ()
    with Archive(path) as again:
        assert rules_mark(again.database, SITE.name) == mark
        assert site_rules(again.database, SITE.name) == Rules(people=True, layout="generic")
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            again.database.execute("UPDATE runs SET config = json_set(config, '$.people', json('false'))")
        again.database.execute("UPDATE runs SET config = '{}'")
    (finding,) = verified(path).findings
    assert "is not the one it had" in finding.text


def test_who_erases_is_told_of_the_copies_that_we_made_ourselves(archive: Archive, path: Path) -> None:
    """Before an upgrade, or a rebuild that keeps what was: nobody asked for the first, and both have the name."""
    _told(archive)
    archive.close()
    copies = [path.with_name(path.name + ending) for ending in (".before-rebuild", ".before-upgrade-1-abc")]
    for copy in copies:
        assert run(path, "backup", str(copy)).code == 0
    run(path, "backup", str(path.with_name("annan.db.before-upgrade-1")))
    said = run(path, "redact", "--person", NAME, "--reason", "r")
    assert said.code == 0
    assert said.err.splitlines() == [
        f"Copies that were made before still have what was erased: {copies[0]}, {copies[1]}. Delete them too."
    ]


def test_a_name_is_refused_where_it_would_erase_too_much_or_stay(archive: Archive, path: Path) -> None:
    """One word, or a reason that names the person: a sentence, and nothing is changed."""
    _told(archive)
    archive.close()
    before = path.read_bytes()
    for name, reason in (("Åsa", "r"), ("A B", "r"), (NAME, f"{NAME} bad om det"), ("", "r")):
        assert run(path, "redact", "--person", name, "--reason", reason).code == 2
    assert run(path, "redact", "--reason", "r").code == 2
    assert run(path, "redact", "--person", NAME, "--body", "1", "--reason", "r").code == 2
    assert path.read_bytes() == before


def test_without_the_door_evidence_stays_closed(archive: Archive) -> None:
    """What redactions announces may leave, exactly that, and only as the mark that says so."""
    _told(archive)
    database = archive.database
    database.execute(
        "INSERT INTO redactions (what, url_id, commitment, redacted_at, reason)"
        " VALUES ('url', 1, zeroblob(32), '2026-03-01T00:00:00.000Z', 'r')"
    )
    for forbidden in (
        "UPDATE urls SET url = 'http://annat.example/', salt = NULL WHERE id = 1",
        "UPDATE urls SET url = 'redacted:1' WHERE id = 1",
        "UPDATE urls SET url = 'redacted:2', salt = NULL WHERE id = 2",
        "UPDATE header_sets SET head = CAST('redacted:1' AS BLOB), salt = NULL WHERE id = 1",
        "UPDATE captures SET robots = 'redacted' WHERE id = 1",
        "UPDATE sealed_records SET digest = NULL, salt = NULL",
        "UPDATE runs SET config = '{}'",
        "UPDATE bodies SET how = 4, data = NULL WHERE id = 1",
    ):
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            database.execute(forbidden)
    database.execute("UPDATE urls SET url = 'redacted:1', salt = NULL WHERE id = 1")
    database.rollback()


@pytest.mark.parametrize(
    "text",
    ["Åsa Öberg Lind", "ÅSA ÖBERG-LIND", "åsa  öberg\u00a0lind", "A\u030asa O\u0308berg Lind", "Öberg-Lind, Åsa",
     "asa.oberg-lind@x.se", "/%C3%85sa%20%C3%96berg-Lind", "&Aring;sa &Ouml;berg Lind", "&#197;sa &#xd6;berg Lind",
     "Åsa <b>Öberg</b> Lind",
     "Å\u00adsa Öb\u00aderg Lind", "Åsa Öberg Linds", "\\u00e5sa \\u00f6berg lind", "asa_oberg_lind"],
)  # fmt: skip
def test_a_name_is_found_however_it_is_written(text: str) -> None:
    """In any case, form, reference, order and separation; and the mask leaves nothing of it."""
    name = Name("Åsa Öberg Lind")
    assert name.is_in(f"x {text} y")
    assert not name.is_in(name.masked(f"x {text} y"))
    assert name.masked(f"x {text} y").startswith("x ")


@pytest.mark.parametrize("text", ["Åsa Öberg", "Kåsa Öberg Lind", "Åsa Öberg Lindgren", "Åsa. Det var länge sedan"])
def test_another_name_is_left_alone(text: str) -> None:
    """A longer or a shorter name is another's."""
    assert not Name("Åsa Öberg Lind").is_in(text)


@pytest.mark.parametrize(
    "text", ["08-465 004 01", "+46 8 465 004 01", "0046-8-46500401", "tel:+46846500401", "(08) 465 00 401", "A.B@c.se"]
)
def test_an_address_goes_with_the_name_however_it_is_written(text: str) -> None:
    """With the code of the country or without."""
    known = Name("Åsa Öberg Lind").reached_at(["+46 (0)8-465 004 01", "a.b@c.se"])
    assert WITHHELD in known.masked(f"x {text}, y")
    assert not known.is_in(f"x {text}, y"), "an address alone says nothing"


@pytest.mark.parametrize("text", ["108-465 004 01", "08-465 004 012", "+45 8 465 004 01", "ma.b@c.se", "a.b@c.sex"])
def test_another_address_is_left_alone(text: str) -> None:
    """A longer one, or that of another country."""
    assert Name("Åsa Öberg Lind").reached_at(["08-465 004 01", "a.b@c.se"]).masked(text) == text


def zipped(parts: dict[str, bytes]) -> bytes:
    """A zip of some parts, as office documents are."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in parts.items():
            file.writestr(name, data)
    return made.getvalue()


def test_a_name_is_found_in_an_office_document() -> None:
    """Its parts are compressed; the words of a name may stand in runs of their own, and in any part."""
    name = Name("Åsa Öberg Lind")
    runs = "<w:r><w:t>Åsa Öberg</w:t></w:r><w:r><w:t> Lind</w:t></w:r>".encode()
    assert name.is_in_bytes(zipped({"word/styles.xml": b"<x/>", "word/document.xml": runs}))
    assert name.is_in_bytes(zipped({"xl/sharedStrings.xml": "<t>Åsa Öberg Lind</t>".encode()}))
    assert not name.is_in_bytes(zipped({"word/document.xml": "<w:t>Åsa Lind</w:t>".encode()}))


@pytest.mark.parametrize("cut", [4, 8, 60, -30])
def test_a_document_that_is_cut_short_does_no_harm(cut: int) -> None:
    """Anywhere: what cannot be read has no name."""
    whole = zipped({"word/document.xml": "Åsa Öberg Lind".encode() * 50})
    assert not Name("Eva Maria Ek").is_in_bytes(whole[:cut])


def test_a_document_that_swells_is_looked_into_so_far(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bomb ends the search; pictures are not looked into and count nothing."""
    monkeypatch.setattr(names, "_MOST_UNPACKED", 1000)
    last = {"word/document.xml": "Åsa Öberg Lind".encode()}
    assert Name("Åsa Öberg Lind").is_in_bytes(zipped({"word/media/image1.png": bytes(5000)} | last))
    assert not Name("Åsa Öberg Lind").is_in_bytes(zipped({"word/a.xml": bytes(5000)} | last))


def test_a_body_that_swells_is_looked_into_so_far(monkeypatch: pytest.MonkeyPatch) -> None:
    """A deflated body of a million times its size neither ends the memory nor keeps a person from being erased."""
    monkeypatch.setattr(names, "_MOST_UNPACKED", 1 << 20)
    name = Name("Åsa Öberg Lind")
    said = "Åsa Öberg Lind".encode()
    tracemalloc.start()
    assert not name.is_in_bytes(zlib.compress(bytes(1 << 26)))
    assert tracemalloc.get_traced_memory()[1] < (1 << 26) + (1 << 24)  # the plain bytes of the test, and little more
    tracemalloc.stop()
    assert name.is_in_bytes(zlib.compress(said + bytes(1 << 26)))


@pytest.mark.parametrize(
    "packed",
    [gzip.compress, zlib.compress, lambda data: zlib.compress(data)[2:-4], zstandard.compress,
     lambda data: gzip.compress(data)[:-9]],
)  # fmt: skip
def test_a_name_is_found_however_its_page_was_packed(packed: Callable[[bytes], bytes]) -> None:
    """In each content coding that is asked for, bare or cut short."""
    assert Name("Åsa Öberg Lind").is_in_bytes(packed(("<p>Åsa Öberg Lind</p>" * 20).encode()))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_a_name_is_found_in_other_encodings(encoding: str) -> None:
    """With a mark of the order of bytes or without."""
    assert Name("Åsa Öberg Lind").is_in_bytes("<p>Åsa Öberg Lind</p>".encode(encoding))


def test_a_backup_is_whole_and_written_beside_a_reader_and_a_writer(archive: Archive, path: Path) -> None:
    """The copy verifies, holds what was committed, and is never written over another file."""
    look(archive, 1, A)
    copy = path.with_name("copy.db")
    said = run(path, "backup", str(copy))
    assert (said.code, said.err) == (0, "")
    assert "verified" in said.out
    look(archive, 2, B)
    assert records(copy) == {1: A}
    assert verified(copy).findings == ()
    before = copy.read_bytes()
    assert run(path, "backup", str(copy)).code == 1
    assert copy.read_bytes() == before
    for nowhere in (path.parent / "nowhere" / "x.db", copy / "x.db"):
        said = run(path, "backup", str(nowhere))
        assert (said.code, f"Cannot write {nowhere} (" in said.err) == (1, True), "the archive is not what is wrong"
    assert sorted(file.name for file in path.parent.iterdir() if "part" in file.name) == []


def test_a_damaged_archive_is_not_passed_off_as_a_backup(archive: Archive, path: Path) -> None:
    """What is found in the copy is told, and no file gets the name."""
    look(archive, 1, A)
    archive.close()
    with closing(sqlite3.connect(path)) as by_hand:
        by_hand.execute("DROP TRIGGER bodies_no_update")
        by_hand.execute("UPDATE bodies SET data = zeroblob(length(data))")
        by_hand.commit()
    said = run(path, "backup", str(path.with_name("copy.db")))
    assert said.code == 1
    assert "body (page 1, run 1)" in said.out
    assert not path.with_name("copy.db").exists()


def test_stats_add_up(agency: Agency, path: Path) -> None:
    """Kinds sum to the file, pages and months to the bodies."""
    for number in (1, 2):
        crawl_agency(agency, path, number)
    rows = json.loads(run(path, "stats", "--json").out)
    by = {group: [row for row in rows if row["group"] == group] for group in ("file", "kind", "page", "month")}
    assert by["file"][0]["bytes"] == path.stat().st_size == sum(row["stored_bytes"] for row in by["kind"])
    bodies = next(row for row in by["kind"] if row["name"] == "bodies")
    assert [row["name"] for row in by["month"]] == ["2026-03"]
    assert bodies["count"] == by["month"][0]["count"]
    assert bodies["stored_bytes"] == by["month"][0]["stored_bytes"]
    assert 0 < sum(row["stored_bytes"] for row in by["page"]) <= bodies["stored_bytes"]
    assert "By month" in run(path, "stats").out


def test_what_names_a_person_must_be_a_name() -> None:
    """Less than two words and five letters is no name."""
    for text in ("", "Anna", "A B", "Å. Ö."):
        with pytest.raises(ConfigurationError, match="first name and last name"):
            Name(text)


def test_what_was_erased_may_be_let_go_too(archive: Archive, path: Path) -> None:
    """A name was masked in a revision, and then that was pruned: its history begins later, and nothing is wrong."""
    look(archive, 1, page(section("A", f"{NAME}, chef, säger ja.")))
    gone(archive, 2)
    archive.close()
    assert run(path, "redact", "--person", NAME, "--reason", "r").code == 0
    assert run(path, "prune", "--keep", "1").code == 0
    assert verified(path).findings == ()
