"""The operating guide, the container file and CI: what they name is there, and what they say to type can be typed."""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from scraper.cli import cli
from tests.agency.server import Agency
from tests.nights import site_file
from tests.shell import tidslager

ROOT = Path(__file__).parent.parent
GUIDE = (ROOT / "docs" / "operating.md").read_text("utf-8")
_BLOCK = re.compile(r"```sh\n(.*?)```", re.DOTALL)


def _typed() -> Iterator[str]:
    """Each command of ours that the guide says to type, in blocks and in the text."""
    blocks = _BLOCK.findall(GUIDE)
    lines = "\n".join(blocks).replace("\\\n", " ").splitlines()
    found = [part for line in lines for part in re.split(r" && | \| ", line.partition("   #")[0])]
    found += re.findall(r"`(tidslager [^`]+)`", _BLOCK.sub("", GUIDE))
    for one in found:
        text = " ".join(one.split())
        if text.startswith("podman run"):
            # What comes after the image is given to its entry point.
            text = "tidslager " + text.rpartition(" tidslager ")[2]
        if text.startswith("tidslager ") and " -c " not in text:
            yield text


@pytest.mark.parametrize("text", sorted(set(_typed())))
def test_what_the_guide_says_to_type_is_understood(text: str) -> None:
    """Each command is there, and has the options and arguments that it is given."""
    words = shlex.split(text)[1:]
    context = cli.make_context("tidslager", list(words))
    command: click.Command = cli
    while isinstance(command, click.Group) and words:
        command = command.commands[words.pop(0)]
    command.make_context(text, words, parent=context)


def test_the_guide_has_many_commands() -> None:
    """The trial above found them."""
    assert len(set(_typed())) >= 25


def test_the_first_night_backup_and_restore_as_the_guide_has_them(agency: Agency, tmp_path: Path) -> None:
    """Typed in order, with the agency for the site: the night, the monitor's question, a copy, the restored copy."""
    site = site_file(agency, tmp_path)
    assert tidslager("crawl", str(site), "--dry-run").code == 0
    Path("tidslager.toml").write_text(f'sites = ["{site}"]\nreport = ["night.html"]\nfeed = "feed.xml"\n', "utf-8")
    for arguments in (
        "night", "status --max-age 36h", "episodes --open", "quarantine list", "config", "backup copy.db",
        "verify --archive copy.db", "verify --sample 200", "stats", "prune --keep 50 --dry-run", "rebuild --dry-run",
    ):  # fmt: skip
        ran = tidslager(*arguments.split())
        assert ran.code == 0, (arguments, ran.err)
    assert "runs=2 " in tidslager("night").out
    for file in list(Path().glob("tidslager.db*")):
        if not file.name.endswith((".heads", ".lock")):
            file.unlink()
    shutil.copy("copy.db", "tidslager.db")
    told = tidslager("night")
    assert told.code == 1, "the heads know of a run that the copy does not have"
    assert "The archive is damaged: tidslager.db.heads has a head of run 2" in told.out
    Path("tidslager.db.heads").rename("heads.lost")
    again = tidslager("night")
    assert again.code == 0
    assert "runs=3 " in again.out
    assert tidslager("verify").code == 0
    assert len(Path("tidslager.db.heads").read_text("utf-8").splitlines()) == 3


def _container() -> list[tuple[str, str]]:
    """Instructions of the container file with what they are given, continued lines put together."""
    text = (ROOT / "Containerfile").read_text("utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [(line.partition(" ")[0], " ".join(line.partition(" ")[2].split())) for line in lines]


def test_the_container_file_names_what_is_there() -> None:
    """Its program is our console script, its extra one of ours, the user owns the volume, the night is a command."""
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    given = {name: [said for one, said in _container() if one == name] for name, _ in _container()}
    assert given["ENTRYPOINT"] == ['["tidslager"]']
    assert "tidslager" in project["scripts"]
    assert given["CMD"] == ['["night"]']
    assert "night" in cli.commands
    build, final = given["FROM"]
    assert build == f"{final} AS build"
    minor = final.rpartition(":")[2].removesuffix("-slim")
    assert f"Programming Language :: Python :: {minor}" in project["classifiers"]
    venv, user = given["RUN"]
    assert re.findall(r"'\.\[(\w+)\]'", venv) == ["notify"]
    assert "notify" in project["optional-dependencies"]
    (number,) = given["USER"]
    assert f"--uid {number} " in user
    assert "install -d -o tidslager -g tidslager /data" in user
    assert given["VOLUME"] == ["/data"] == given["WORKDIR"][-1:]
    (path, copied) = (given["ENV"][0], given["COPY"][1])
    assert "PATH=/opt/tidslager/bin:$PATH" in path
    assert copied == "--from=build /opt/tidslager /opt/tidslager"


def test_the_container_is_built_from_all_that_the_program_needs() -> None:
    """What is left out of the build is nothing that is installed or that says what is installed."""
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    needed = {project["project"]["readme"], *project["project"]["license-files"]}
    needed |= set(project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"])
    ignored = (ROOT / ".containerignore").read_text("utf-8").splitlines()
    assert not [name for name in needed for pattern in ignored if Path(name).match(pattern)]


def test_ci_brings_what_no_trial_may_be_without() -> None:
    """`.ci/run` and the workflow install the same, and it is all that a trial would be skipped for."""
    installed = [
        set(re.search(r"apt-get install -y -qq --no-install-recommends ([\w -]+)", text).group(1).split())  # type: ignore[union-attr]
        for text in ((ROOT / name).read_text("utf-8") for name in (".ci/run", ".github/workflows/check.yml"))
    ]
    skipped = {
        package
        for file in sorted((ROOT / "tests").glob("*.py"))
        for package in re.findall(r'needed\("[\w-]+", "([\w-]+)"\)', file.read_text("utf-8"))
    }
    assert installed[0] == installed[1] >= skipped >= {"nginx-light", "systemd", "openssl", "strace"}
