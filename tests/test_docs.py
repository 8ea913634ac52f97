"""Nothing in the documents is taken on trust: the README runs, the generated pages are fresh, all is documented."""

from __future__ import annotations

import doctest
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlite_utils import Database

from archive.rows import COLUMNS
from docs import build
from schemas import errors
from scraper.cli import cli
from tests.agency import truth
from tests.agency.__main__ import DEFAULT_PORT
from tests.agency.server import SITE_FILE, Agency
from tests.agency.trouble import challenge
from tests.shell import tidslager

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
_BLOCK = re.compile(r"(?:<!-- night (?P<night>\d) -->\n)?```console\n(?P<text>.*?)```", re.DOTALL)


def _tutorial() -> Iterator[tuple[int, str, str]]:
    """Each command of the README with the night it is typed on and what it should print."""
    night = 1
    for block in _BLOCK.finditer(README):
        night = int(block["night"] or night)
        for part in re.split(r"^\$ ", block["text"], flags=re.MULTILINE)[1:]:
            command, _, wanted = part.partition("\n")
            yield night, command, wanted


def test_the_readme_does_what_it_says(agency: Agency, tmp_path: Path) -> None:
    """Every command of the tutorial runs, in order, and prints what the README shows."""
    site = tmp_path / "tests" / "agency" / "agency.toml"
    site.parent.mkdir(parents=True)
    site.write_text(SITE_FILE.read_text("utf-8").replace(f":{DEFAULT_PORT}", f":{agency.port}"), "utf-8")
    typed = 0
    for night, command, wanted in _tutorial():
        agency.night = night
        tool, *arguments = shlex.split(command)
        if tool == "tidslager":
            ran = tidslager(*arguments)
            code, got = ran.code, ran.out
        else:
            assert tool == "sqlite-utils"
            done = subprocess.run(
                [sys.executable, "-m", "sqlite_utils", *arguments], capture_output=True, text=True, check=False
            )
            code, got = done.returncode, done.stdout
        assert code == 0, command
        assert doctest.OutputChecker().check_output(wanted, got, doctest.ELLIPSIS), (command, got)
        typed += 1
    assert typed >= 10


@pytest.mark.parametrize("name", build.PAGES)
def test_generated_pages_are_fresh(name: str) -> None:
    """A generated page is what its source says now; `make docs` writes it anew."""
    assert build.PAGES[name]() == (ROOT / name).read_text("utf-8")


def test_every_command_has_help_that_says_what_it_does() -> None:
    """Each command has a sentence of help and each option too."""
    assert set(cli.commands) >= {"crawl", "init", "sites", "pages", "log", "show", "diff", "changes"}
    for command in cli.commands.values():
        assert command.help
        assert all(getattr(option, "help", "") for option in command.params if option.param_type_name == "option")


def test_every_view_is_documented(path: Path, agency: Agency) -> None:
    """docs/data-model.md shows each table and view that an archive has."""
    tidslager("crawl", str(SITE_FILE), "--archive", str(path), "--connect-to", f"::127.0.0.1:{agency.port}")
    database = Database(path)
    text = (ROOT / "docs" / "data-model.md").read_text("utf-8")
    listed = database.query("SELECT name FROM pragma_table_list WHERE schema = 'main' AND type <> 'shadow'")
    names = [row["name"] for row in listed if not row["name"].startswith(("sqlite_", "_"))]
    assert len(names) > 20
    assert [name for name in names if f"### {name}\n" not in text] == []
    database.conn.close()


def test_json_keys_are_those_documented(agency: Agency, path: Path) -> None:
    """Each reading command answers --json with the documented keys and no others, as one array of flat objects."""
    import json

    from tests.runs import crawl_agency

    crawl_agency(agency, path, 1)
    crawl_agency(agency, path, 2)
    agency.trouble[truth.HUB_HOST, truth.QUESTIONS] = challenge()
    crawl_agency(agency, path, 3)
    database = Database(path)
    (entry,) = database.execute("SELECT entry FROM quarantine_list").fetchone()
    database.conn.close()
    commands = {
        "pages": (),
        "log": (),
        "show": ("1",),
        "diff": ("1",),
        "changes": (),
        "status": (),
        "quarantine list": (),
        "quarantine show": (str(entry),),
        "verify": (),
        "stats": (),
        "sections": ("1",),
        "blame": ("1",),
    }
    assert set(commands) == set(COLUMNS)
    for name, arguments in commands.items():
        ran = tidslager(*name.split(), *arguments, "--json", "--archive", str(path))
        rows = json.loads(ran.out)
        assert rows
        assert all(list(row) == list(COLUMNS[name]) for row in rows)
        assert not any(isinstance(value, dict | list) for row in rows for value in row.values())


def test_the_error_tree_is_drawn_as_it_is() -> None:
    """The picture at the top of schemas/errors.py has every error with its exit code's line."""
    drawn = errors.__doc__ or ""
    for name, value in vars(errors).items():
        if isinstance(value, type) and issubclass(value, errors.TidslagerError):
            assert name in drawn


def test_nothing_speaks_of_registries_or_of_the_machine_it_was_made_on() -> None:
    """No file names a package registry's host or a path of the machine it was written on."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split(
        "\n"
    )
    words = re.compile(r"pypi\.org|pythonhosted|registry\.npmjs|/work/(?:main|shared)|/root/")
    guilty = [
        name
        for name in listed
        if name and name != "tests/test_docs.py" and words.search((ROOT / name).read_text("utf-8", "ignore"))
    ]
    assert guilty == []
