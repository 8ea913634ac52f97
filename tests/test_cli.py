"""The command line: what people type, what they get, and what they are told when it cannot be."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from archive.lock import writer_lock
from archive.store import Archive
from tests.agency import truth
from tests.agency.server import SITE_FILE, Agency
from tests.agency.trouble import Trouble
from tests.builders import begin, capture, gone, look, page, section
from tests.runs import crawl_agency
from tests.shell import Ran, tidslager

ROOT = Path(__file__).parent.parent


@pytest.fixture
def kept(agency: Agency, path: Path) -> str:
    """An archive of three nights; its path as typed."""
    for number in (1, 2, 3):
        crawl_agency(agency, path, number)
    return str(path)


def crawl(agency: Agency, *options: str) -> Ran:
    """`tidslager crawl` at the agency."""
    return tidslager("crawl", str(SITE_FILE), "--connect-to", f"::127.0.0.1:{agency.port}", *options)


def test_a_crawl_tells_what_it_found_and_what_to_type_next(agency: Agency, tmp_path: Path) -> None:
    """The summary counts pages by what came of them, names what is new, and ends with the next command."""
    ran = crawl(agency)
    assert ran.code == 0
    lines = [line.strip() for line in ran.out.splitlines()]
    assert lines[0].startswith("agency: 8 pages looked at in ")
    assert "7  new" in lines
    assert "1  not allowed by robots.txt" in lines
    assert lines[-1] == "Kept in tidslager.db. To see what a page says: tidslager show 1"
    assert (tmp_path / "tidslager.db").exists()
    agency.night = 2
    ran = crawl(agency)
    assert "2  changed" in [line.strip() for line in ran.out.splitlines()]
    assert ran.out.rstrip().endswith("To see what changed: tidslager diff 1")


def test_a_crawl_as_json_is_one_object_a_page(agency: Agency) -> None:
    """--json gives an array with the result of each look."""
    rows = json.loads(crawl(agency, "--json").out)
    assert [row["result"] for row in rows].count("new") == 7
    assert all(not isinstance(value, dict | list) for row in rows for value in row.values())


def test_the_archive_is_where_the_environment_says(
    agency: Agency, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """TIDSLAGER_ARCHIVE names the archive; --archive goes before it."""
    monkeypatch.setenv("TIDSLAGER_ARCHIVE", str(tmp_path / "a b.db"))
    ran = crawl(agency)
    assert (tmp_path / "a b.db").exists()
    assert ran.out.rstrip().endswith(f"tidslager show 1 --archive '{tmp_path / 'a b.db'}'")
    assert tidslager("pages", "--archive", "annat.db").code == 1
    assert tidslager("pages").code == 0


def test_some_pages_that_fail_give_their_own_exit_code(agency: Agency) -> None:
    """Exit code 3 when some pages could not be read, with the reason in the summary."""
    agency.trouble[truth.EXAMPLE_HOST, truth.LAUNDRY] = Trouble(status=500, times=None)
    ran = crawl(agency)
    assert ran.code == 3
    assert "Failed" in ran.out
    assert "500" in ran.out


def test_a_page_is_named_by_number_address_or_part(kept: str) -> None:
    """Number, address with or without scheme and www, and any part of title or address lead to the same page."""
    address = f"http://{truth.EXAMPLE_HOST}{truth.LAUNDRY}"
    names = ["2", address, address.replace("http://", "https://www."), "returbruket", "TVÄTTAR ÅT", "2021-03-09"]
    titles = {tidslager("show", name, "--archive", kept).out.splitlines()[0] for name in names}
    assert titles == {"Returbruket tvättar åt hela Norrvik"}


def test_an_ambiguous_name_lists_the_candidates(kept: str) -> None:
    """More than one match: each candidate with its number, on stderr."""
    ran = tidslager("show", "lar-av-andra", "--archive", kept)
    assert (ran.code, ran.out) == (1, "")
    assert "matches" in ran.err
    assert "  2  Returbruket tvättar åt hela Norrvik" in ran.err
    assert "Traceback" not in ran.err


def test_an_unknown_name_says_where_to_look(kept: str) -> None:
    """No match: the command that lists the pages."""
    ran = tidslager("log", "finns inte", "--archive", kept)
    assert (ran.code, ran.out) == (1, "")
    assert "tidslager pages" in ran.err


def test_show_answers_for_a_day(kept: str) -> None:
    """What a page said on a day is the newest content seen by its end; before the first look nothing is known."""
    day1, day2 = (tidslager("show", "1", "--date", day, "--archive", kept).out for day in ("2026-03-01", "2026-03-02"))
    assert "elva anställda" in day1
    assert "fjorton anställda" in day2
    assert "published  2021-03-12" in day1
    noon = tidslager("show", "1", "--date", "2026-03-02T01:00", "--archive", kept).out
    assert "elva anställda" in noon
    early = tidslager("show", "1", "--date", "2026-02-28", "--archive", kept)
    assert (early.code, early.out) == (1, "")
    assert "first seen 2026-03-01" in early.err


def test_a_time_that_was_shown_finds_itself(kept: str) -> None:
    """The minute that the output names, given back as a date, is answered with what was seen in that minute."""
    shown = tidslager("show", "1", "--revision", "2", "--archive", kept).out
    assert "between 2026-03-01 02:10 and 2026-03-02 02:10 UTC" in shown
    for when in ("2026-03-02 02:10", "2026-03-02 02:10 UTC", "2026-03-02T02:10", "2026-03-02T03:10+01:00"):
        assert tidslager("show", "1", "--date", when, "--archive", kept).out == shown


@pytest.mark.parametrize("when", ["9999-12-31", "0001-01-01T00:00+05:00", "9999-12-31T23:59-05:00", "", "5"])
def test_a_date_at_the_end_of_time_is_a_mistake_not_a_crash(kept: str, when: str) -> None:
    """Dates that no calendar can hold, and none at all, are answered in a sentence."""
    ran = tidslager("show", "1", "--date", when, "--archive", kept)
    assert (ran.code, ran.out) == (2, "")
    assert "is no date" in ran.err


def test_show_can_name_a_revision(kept: str) -> None:
    """--revision takes the numbers that log lists; with --date it would say two things at once."""
    assert "elva anställda" in tidslager("show", "1", "--revision", "1", "--archive", kept).out
    unknown = tidslager("show", "1", "--revision", "9" * 30, "--archive", kept)
    assert (unknown.code, "revisions 1 to 3" in unknown.err) == (1, True)
    assert tidslager("show", "1", "--revision", "1", "--date", "2026-03-01", "--archive", kept).code == 2


def test_show_gives_the_bytes_that_a_page_was_read_from(kept: str) -> None:
    """--raw is the body as the site sent it, and nothing else."""
    done = subprocess.run(
        [sys.executable, "-m", "scraper", "show", "6", "--raw", "--archive", kept],
        cwd=ROOT, capture_output=True, check=True,
    )  # fmt: skip
    assert done.stdout.startswith(b"<!DOCTYPE html PUBLIC")
    assert b"</html>" in done.stdout


def test_show_marks_lists_films_and_roles(kept: str) -> None:
    """A list reads as a list, a film has its address, and the responsible person's role is told."""
    out = tidslager("show", "1", "--archive", kept).out
    assert "• Boka ett studiebesök innan ni skriver det första avtalet." in out
    assert "[film] Film om den gemensamma dörren i Norrvik, textad, 7 minuter <https://film.example/" in " ".join(
        out.split()
    )
    assert "responsible  Jonas Tveit, Verksamhetsutvecklare" in out


def test_a_page_cannot_drive_the_terminal(archive: Archive, path: Path) -> None:
    """Escapes and direction marks in titles come out as signs, in lists and in error messages alike."""
    for number in (1, 2):
        evil = page(section("A", "a"), title=f"\x1b[31mRÖD\x1b[0m \u202e {number}")
        look(archive, 1, evil, f"http://byran.example/{number}.html")
    archive.close()
    for arguments in (("pages",), ("show", "RÖD"), ("show", "1"), ("log",), ("show", "\x1b[31mfinns inte")):
        ran = tidslager(*arguments, "--archive", str(path))
        assert "\x1b" not in ran.out + ran.err
        assert "\u202e" not in ran.out + ran.err


def test_a_page_without_a_title_is_called_that(archive: Archive, path: Path) -> None:
    """A page that was read and has no title is not called unread."""
    look(archive, 1, page(section("", "Bara text."), title=""))
    archive.close()
    for command in (("pages",), ("show", "1"), ("log", "1")):
        assert "(no title)" in tidslager(*command, "--archive", str(path)).out


def test_pages_tells_a_look_in_vain_from_a_good_one(agency: Agency, path: Path) -> None:
    """After a night on which a page failed, the list says when it was last read and when it was asked for in vain."""
    crawl_agency(agency, path, 1)
    agency.trouble[truth.EXAMPLE_HOST, truth.LAUNDRY] = Trouble(status=500, times=None)
    agency.trouble[truth.HUB_HOST, truth.HUB] = Trouble(status=500, times=None)
    crawl_agency(agency, path, 2)
    out = tidslager("pages", "--archive", str(path)).out
    assert "last read 2026-03-01 02:10, looked at in vain 2026-03-02 02:10 UTC" in " ".join(out.split())


def test_pages_names_the_site_where_there_are_several(agency: Agency, path: Path) -> None:
    """Two collections in one archive can be told apart."""
    crawl_agency(agency, path, 1)
    crawl_agency(agency, path, 1, name="annan")
    out = tidslager("pages", "--archive", str(path)).out
    assert "agency, " in out
    assert "annan, " in out


@pytest.mark.parametrize("columns", ["40", "80"])
def test_lists_keep_to_the_width_of_the_terminal(kept: str, columns: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """No line is wider than the terminal but those that a person may want to copy whole: titles and addresses."""
    monkeypatch.setenv("COLUMNS", columns)
    for command in (("pages",), ("log",), ("show", "1")):
        lines = tidslager(*command, "--archive", kept).out.splitlines()
        copied = ("Goda exempel:", "Returbruket", "Kommunen", "Snickeriet", "Cykelköket", "revision ", "responsible ")
        events = ("appeared ", "moved ", "unlinked ", "linked again ", "gone ", "back ")
        wide = [line for line in lines if len(line) > int(columns) and "://" not in line]
        wide = [line for line in wide if not line.startswith((*copied, *events))]
        assert wide == []


def test_output_that_cannot_be_written_is_told(kept: str) -> None:
    """A full device or an encoding without our characters: a sentence or a question mark, never a traceback."""
    line = f"{sys.executable} -m scraper pages --archive {kept} > /dev/full"
    done = subprocess.run(["bash", "-c", line], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    latin = subprocess.run(
        [sys.executable, "-m", "scraper", "diff", "1", "1", "2", "--archive", kept],
        cwd=ROOT, capture_output=True, check=False, env={**os.environ, "PYTHONIOENCODING": "latin-1"},
    )  # fmt: skip
    assert (latin.returncode, latin.stderr) == (0, b"")


def test_since_later_than_until_is_a_mistake(kept: str) -> None:
    """A span that ends before it begins is told, and so is an empty one."""
    assert tidslager("changes", "--since", "2026-03-03", "--until", "2026-03-01", "--archive", kept).code == 2
    assert tidslager("changes", "--since", "", "--archive", kept).code == 2
    assert tidslager("diff", "1", "", "--archive", kept).code == 2
    assert tidslager("show", "", "--archive", kept).code == 1


def test_gone_and_back_are_called_that(kept: str) -> None:
    """A page that went and came again is told as gone and back, as in the crawl's report."""
    out = tidslager("log", "4", "--archive", kept).out
    assert "page gone" in out
    assert "page back" in out
    assert "--revision 1" in tidslager("show", "4", "--revision", "2", "--archive", kept).out


def test_show_says_when_a_page_was_gone(kept: str) -> None:
    """On a night on which the page was gone that is what it says."""
    assert "The page was gone." in tidslager("show", "4", "--date", "2026-03-02", "--archive", kept).out


def test_a_day_that_is_none_is_refused(kept: str) -> None:
    """A date that cannot be read: how to write one, exit code 2."""
    ran = tidslager("show", "1", "--date", "i går", "--archive", kept)
    assert ran.code == 2
    assert "2026-11-23" in ran.err


def test_diff_takes_revisions_or_days(kept: str) -> None:
    """A and B are numbers or days; without them the last two; B before A shows the way back."""
    last = json.loads(tidslager("diff", "1", "--json", "--archive", kept).out)
    assert [(row["kind"], row["what"], row["from_revision"], row["revision"]) for row in last] == [
        ("removed", "section", 2, 3)
    ]
    by_number = tidslager("diff", "1", "1", "2", "--json", "--archive", kept).out
    by_day = tidslager("diff", "1", "2026-03-01", "2026-03-02", "--json", "--archive", kept).out
    assert by_number == by_day
    assert len(json.loads(by_number)) == 10
    span = json.loads(tidslager("diff", "1", "1", "3", "--json", "--archive", kept).out)[0]
    assert (span["unseen_since"][:10], span["seen_from"][:10]) == ("2026-03-01", "2026-03-03")
    back = json.loads(tidslager("diff", "1", "3", "2", "--json", "--archive", kept).out)
    assert [(row["kind"], row["what"]) for row in back] == [("added", "section")]


def test_diff_says_when_there_is_nothing_to_compare(kept: str) -> None:
    """One revision, an unknown one, or one without text: a sentence each."""
    one = tidslager("diff", "2", "--archive", kept)
    assert one.code == 0
    assert "one revision" in one.err
    assert json.loads(tidslager("diff", "2", "--json", "--archive", kept).out) == []
    unknown = tidslager("diff", "1", "1", "9", "--archive", kept)
    assert unknown.code == 1
    assert "revisions 1 to 3" in unknown.err
    same = tidslager("diff", "1", "2", "2", "--archive", kept)
    assert same.code == 0
    assert "No difference" in same.err


def test_diff_over_a_night_on_which_the_page_was_gone(archive: Archive, path: Path) -> None:
    """Next to each other: that it went. Further apart: a sentence, for there is no text to compare."""
    look(archive, 1, page(section("A", "a")))
    look(archive, 2, page(section("A", "b")))
    gone(archive, 3)
    archive.close()
    (row,) = json.loads(tidslager("diff", "1", "--json", "--archive", str(path)).out)
    assert (row["kind"], row["what"]) == ("removed", "page")
    ran = tidslager("diff", "1", "1", "3", "--archive", str(path))
    assert ran.code == 1
    assert "was gone then" in ran.err


def test_changes_can_be_asked_for_by_time_and_page(kept: str) -> None:
    """--since and --until take days, --page a page."""

    def told(*options: str) -> list[dict[str, object]]:
        found: list[dict[str, object]] = json.loads(tidslager("changes", "--json", "--archive", kept, *options).out)
        return found

    assert len(told()) == 14
    assert len(told("--since", "2026-03-03")) == 2
    assert len(told("--until", "2026-03-02")) == 12
    assert {row["page"] for row in told("--page", "kontraktet")} == {3}
    assert told("--since", "2026-03-04") == []
    assert "No changes since 2026-03-04." in tidslager("changes", "--since", "2026-03-04", "--archive", kept).err


def test_changes_for_people_stand_under_their_pages(kept: str) -> None:
    """Each page's title, address and span stand over its changes, with the heading path over each difference."""
    out = tidslager("changes", "--archive", kept).out
    assert "revision 2  between 2026-03-01 02:10 and 2026-03-02 02:10 UTC" in out
    assert "Så kommer ni i gång › Inför det första mötet · item added" in out
    assert "\x1b" not in out


def test_an_empty_archive_says_so(archive: Archive, path: Path) -> None:
    """With nothing in it every list is empty, and a note says what to do."""
    archive.close()
    for command in ("pages", "log", "changes"):
        ran = tidslager(command, "--archive", str(path))
        assert (ran.code, ran.out) == (0, "")
        assert ran.err
        assert tidslager(command, "--json", "--archive", str(path)).out == "[]\n"


def test_a_page_that_was_never_read_says_so(archive: Archive, path: Path) -> None:
    """A page that no look has shown can be listed, and says that there is nothing to show."""
    run = begin(archive)
    archive.keep(run, capture(outcome="timeout", status=None, body=None, error="för långsamt"))
    archive.close()
    assert "(never read)" in tidslager("pages", "--archive", str(path)).out
    ran = tidslager("show", "1", "--archive", str(path))
    assert ran.code == 1
    assert "came to timeout: för långsamt" in ran.err
    assert "never been read" in tidslager("log", "1", "--archive", str(path)).err


MISTAKES = {
    "an unknown site": (("crawl", "goda-exempl"), 2, 'did you mean "goda-exempel"'),
    "a site nothing is like": (("crawl", "qqqq"), 2, "tidslager init"),
    "a site file that is not there": (("crawl", "min.toml"), 2, "no site file min.toml"),
    "a directory as site file": (("crawl", "./"), 2, "directory"),
    "no contact": (("crawl", "goda-exempel"), 2, "--contact"),
    "a contact that no header can carry": (("crawl", "goda-exempel", "--contact", "å\n"), 2, "plain ASCII"),
    "a start out of scope": (
        ("crawl", "goda-exempel", "--contact", "a@b.se", "--start", "https://annan.example/"), 2, "outside the site"
    ),
    "a start that is no address": (("crawl", "goda-exempel", "--start", "hubben"), 2, "no address of a page"),
    "a connect-to of another form": (("crawl", "goda-exempel", "--connect-to", "skr.se"), 2, "skr.se:443:127.0"),
    "an unknown command": (("crwal",), 2, "No such command"),
    "an unknown option": (("pages", "--jsn"), 2, "--json"),
    "no archive yet": (("pages",), 1, "tidslager crawl"),
    "a contact that nobody could use": (("crawl", "goda-exempel", "--contact", "hej"), 2, "neither a mail nor"),
    "an empty archive name": (("crawl", "goda-exempel", "--contact", "a@b.se", "-a", ""), 1, "no file"),
    "a name that is too long": (("pages", "-a", "x" * 300 + ".db"), 1, "name and rights"),
    "an empty site": (("crawl", ""), 2, "no site"),
    "init of no address": (("init", "hubben"), 2, "no address of a page"),
}  # fmt: skip


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_told_in_a_sentence_with_its_exit_code(name: str, tmp_path: Path) -> None:
    """Nothing on stdout, what to do on stderr, the documented exit code, no traceback, nothing written."""
    arguments, code, words = MISTAKES[name]
    ran = tidslager(*arguments)
    assert (ran.code, ran.out) == (code, "")
    assert words in ran.err
    assert "Traceback" not in ran.err
    assert list(tmp_path.iterdir()) == []


SITE_MISTAKES = {
    'nmae = "x"\nstart = ["http://a.example/"]': 'did you mean "name"',
    'name = "x"\nstart = ["http://a.example/"]\n[limits]\nbody_byte = 1': 'did you mean "limits.body_bytes"',
    'name = "x"\nstart = ["http://a.example/"]\ndepth = "ett"': "depth: expected `int`, got `str`. Write it like: ",
    'name = "x"\nstart = ["http://a.example/"]\ndelay_s = -1': "delay_s: ",
    'name = "x"': "start: this setting is missing",
    'name = "x"\nstart = []': "start: ",
    'name = "Å"\nstart = ["http://a.example/"]': "name: ",
    "name = ": "not valid TOML",
    'name = "x"\nstart = ["ftp://a.example/"]': "no address of a page",
    'name = "x"\nstart = ["http://a.example/"]\nhosts = ["http://a.example/"]': "no host name",
    'name = "x"\nstart = ["http://a.example/"]\nlayout = "sitevison"': 'did you mean "sitevision"',
    'name = "x"\nstart = "http://a.example/"': 'Write it like: start = ["https://example.se/page"]',
    'name = "x"\nstart = ["http://a.example/"]\nhosts = ["b.example"]': "outside the site",
    'name = "x"\nstart = ["http://a.example/"]\n[connect_to]\n"a" = "b"': "connect",
}


@pytest.mark.parametrize("text", SITE_MISTAKES)
def test_a_mistake_in_a_site_file_names_the_place(text: str, tmp_path: Path) -> None:
    """A site file that cannot be used: which key and why, exit code 2, no archive begun."""
    (tmp_path / "min.toml").write_text(text, "utf-8")
    ran = tidslager("crawl", "min.toml", "--contact", "a@b.se")
    assert (ran.code, ran.out) == (2, "")
    assert SITE_MISTAKES[text] in ran.err
    assert not (tmp_path / "tidslager.db").exists()


def test_a_site_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    """Bytes that are not UTF-8 are no site file."""
    (tmp_path / "min.toml").write_bytes(b"name = \xff")
    assert "UTF-8" in tidslager("crawl", "min.toml").err


def test_a_host_that_does_not_resolve_is_a_failed_run(tmp_path: Path) -> None:
    """An unknown host: the sentence says so, the run has failed, and its attempts are in the log."""
    (tmp_path / "min.toml").write_text(
        'name = "min"\nstart = ["http://finns-inte.invalid/"]\ncontact = "a@b.se"\ndelay_s = 0\n'
        "[limits]\nattempts = 1\n", "utf-8"
    )  # fmt: skip
    ran = tidslager("crawl", "min.toml")
    assert ran.code == 1
    assert "does not resolve" in ran.out


def test_a_start_page_that_is_not_html_says_so(agency: Agency) -> None:
    """A PDF where a page was expected: kept, named, and the run has failed."""
    ran = crawl(agency, "--start", f"http://{truth.HUB_HOST}{truth.DOCUMENT}")
    assert ran.code == 1
    assert "not HTML" in ran.out


@pytest.mark.parametrize("content", ["text", "other", "newer"])
def test_an_archive_that_is_not_ours_is_left_as_it_is(agency: Agency, path: Path, content: str) -> None:
    """A foreign file or a newer archive: exit code 1, a sentence, and not a byte changed."""
    if content == "text":
        path.write_text("inköpslista: mjölk, bröd")
    else:
        if content == "newer":
            Archive(path).close()
        with sqlite3.connect(path) as database:
            if content == "other":
                database.execute("CREATE TABLE x (y)")
            else:
                database.execute("INSERT INTO _sqlite_migrations (migration_set, name) VALUES ('tidslager', 'm999')")
        database.close()
    before = path.read_bytes()
    ran = crawl(agency, "--archive", str(path))
    assert (ran.code, ran.out) == (1, "")
    assert "newer" in ran.err if content == "newer" else "--archive" in ran.err or "another program" in ran.err
    assert path.read_bytes() == before


def test_r15_a_second_run_at_once_says_who_holds_the_archive(agency: Agency, path: Path) -> None:
    """Two nights overlap: the second exits with 75, names the holder's process and leaves no trace."""
    with writer_lock(path):
        ran = crawl(agency, "--archive", str(path))
    assert (ran.code, ran.out) == (75, "")
    assert str(os.getpid()) in ran.err
    assert not path.exists()
    assert crawl(agency, "--archive", str(path)).code == 0


def test_reading_while_a_run_is_writing(archive: Archive, path: Path) -> None:
    """A reader beside the writer sees what is committed."""
    look(archive, 1, page(section("A", "a")))
    assert "Om samverkan" in tidslager("pages", "--archive", str(path)).out


def test_init_writes_a_site_file_that_works(agency: Agency, tmp_path: Path) -> None:
    """The file that init writes can be crawled as it is, and an existing file is left alone."""
    address = f"{truth.HUB_HOST}{truth.HUB}"
    through = ("--connect-to", f"::127.0.0.1:{agency.port}")
    ran = tidslager("init", f"http://{address}", "--contact", "arkiv@kommun.example", *through)
    assert ran.code == 0, ran.err
    assert "samverkansbyran-example-goda-exempel.toml" in ran.err
    done = tidslager("crawl", "samverkansbyran-example-goda-exempel.toml", "--connect-to", f"::127.0.0.1:{agency.port}")
    assert done.code == 0
    assert any("arkiv@kommun.example" in value for visit in agency.log for _, value in visit.fields)
    again = tidslager("init", f"http://{address}")
    assert again.code == 2
    assert "was left as it is" in again.err
    assert tidslager("init", "www.kommun.example/sida", "egen.toml", "--offline").code == 0
    assert 'start = ["https://www.kommun.example/sida"]' in (tmp_path / "egen.toml").read_text("utf-8")
    assert tidslager("init", "www.kommun.example/sida", "ingen/egen.toml", "--offline").code == 2


def test_sites_lists_the_built_in(path: Path) -> None:
    """The owner's site is among them, with its real start address."""
    (row,) = json.loads(tidslager("sites", "--json").out)
    assert row["name"] == "goda-exempel"
    assert row["start"].endswith("/larandeexempel.10794.html")
    assert "goda-exempel" in tidslager("sites").out
    assert not path.exists()


def test_the_archive_package_stands_alone(kept: str) -> None:
    """`python -m archive` reads an archive without any module of the scraper."""
    code = (
        "import sys; from archive.cli import main\ntry:\n main()\nfinally:\n"
        " assert not any(name.startswith('scraper') for name in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "pages", "--archive", kept], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0
    assert "Returbruket" in done.stdout


def test_a_reader_that_goes_away_is_no_error(kept: str) -> None:
    """`tidslager log | head -1` ends quietly."""
    line = f"{sys.executable} -m scraper log --archive {kept} | head -1"
    done = subprocess.run(["bash", "-c", line], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert len(done.stdout.splitlines()) == 1


def test_version_and_help_answer() -> None:
    """--version and --help work without an archive, and help lists the commands and exit codes."""
    assert tidslager("--version").out.startswith("tidslager, version ")
    assert "Exit codes:" in tidslager("-h").out
    assert tidslager("-h").out.startswith("Usage: tidslager ")
    assert tidslager("crawl", "--help").code == 0
