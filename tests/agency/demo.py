"""The demo: two nights of the pretend agency, crawled over real HTTP by the real command line, and what changed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import click

from tests.agency.__main__ import DEFAULT_PORT
from tests.agency.server import SITE_FILE, Agency

ROOT = Path(__file__).parent.parent.parent
FOLDER = ROOT / "demo"
"""Where the demo leaves its archive, made anew each time."""


def main() -> int:
    """Run the demo; the exit code is that of the first command that fails."""
    _say(
        "A pretend agency is served on this machine: a hub page and the examples it links to, with all the noise of a "
        "real site. Tonight is night 1."
    )
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob("tidslager.db*"):
        old.unlink()
    with Agency() as agency:
        site = SITE_FILE.read_text("utf-8").replace(f":{DEFAULT_PORT}", f":{agency.port}")
        (FOLDER / "agency.toml").write_text(site, "utf-8")
        if code := _run("crawl", "agency.toml"):
            return code
        agency.night = 2
        _say(
            "Night 2. Editors have been at work; the site also has a new banner, a new menu, new session ids and a "
            "new deploy. Only the editors' work is told:"
        )
        if code := _run("crawl", "agency.toml"):
            return code
        if code := _run("diff", "1"):
            return code
    _say(
        f"That is what Tidslager is for. The archive is kept: cd {FOLDER.name}, and try what you saw, or\n"
        f"    {_tool('..')} log 4\n"
        f"    {_tool('..')} show 1 --revision 1\n"
        "Next, on a page of your own, tonight and again another night:\n"
        f"    {_tool('..')} init https://example.se/a-page --contact you@example.se\n"
        "README.md has a tutorial of ten lines."
    )
    return 0


def _run(*arguments: str) -> int:
    click.secho(f"\n$ tidslager {' '.join(arguments)}", bold=True)
    command = [sys.executable, "-m", "scraper", *arguments]
    return subprocess.run(command, cwd=FOLDER, env=_environment(), check=False).returncode


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TIDSLAGER_")}
    return {**kept, "PYTHONPATH": str(ROOT)}


def _tool(up: str) -> str:
    """The command as it can be typed in the demo's folder."""
    beside = Path(sys.executable).with_name("tidslager")
    return str(Path(up, beside.relative_to(ROOT))) if beside.is_relative_to(ROOT) else "tidslager"


def _say(text: str) -> None:
    click.echo("\n" + click.style(text, fg="cyan"))


if __name__ == "__main__":
    sys.exit(main())
