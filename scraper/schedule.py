"""`tidslager schedule`: what makes every night happen: a systemd timer, a cron line, a workflow of a public forge."""

from __future__ import annotations

import re
import shlex
import sys
from datetime import UTC, date, datetime, time, timedelta
from importlib.resources import files
from pathlib import Path
from string import Template
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click

from archive.console import print_note
from schemas.errors import ConfigurationError
from scraper.clock import SystemClock
from scraper.settings import FILE, installation_in_force

_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_SPREAD = re.compile(r"\d+(s|min|h)?")
_HOMES = ("/home", "/root", "/run/user")
_FILES = {
    "systemd": ("tidslager.service", "tidslager.timer"),
    "cron": ("crontab",),
    "github": ("tidslager.yml",),
}
_NEXT = {
    "systemd": "Then: sudo cp tidslager.service tidslager.timer /etc/systemd/system/ && "
    "sudo systemctl daemon-reload && sudo systemctl enable --now tidslager.timer\n"
    "To remove: sudo systemctl disable --now tidslager.timer && "
    "sudo rm /etc/systemd/system/tidslager.{service,timer} && sudo systemctl daemon-reload",
    "cron": "Then: crontab -e, and put the lines there. To remove: take them out again.",
    "github": "Then: commit it as .github/workflows/tidslager.yml with your tidslager.toml and site files, and set the "
    "variable TIDSLAGER_CONTACT. To remove: delete the file.",
}


@click.command()
@click.argument("kind", type=click.Choice(list(_FILES)))
@click.argument("sites", nargs=-1, metavar="[SITE…]")
@click.option("--at", default="03:30", show_default=True, metavar="HH:MM", help="When a night begins.")
@click.option("--zone", default="Europe/Stockholm", show_default=True, help="Time zone of that hour; github has UTC.")
@click.option("--spread", default="45min", show_default=True, help="systemd: begin up to so much later, at random.")
@click.option(
    "--folder", type=click.Path(path_type=Path), default=Path(), help="Where tidslager.toml and the archive are: here."
)
@click.option("--user", help="systemd: the user who runs it; else the owner of the folder.")
@click.option("--write", type=click.Path(path_type=Path), metavar="DIR", help="Write the files there.")
def schedule(
    *,
    kind: str,
    sites: tuple[str, ...],
    at: str,
    zone: str,
    spread: str,
    folder: Path,
    user: str | None,
    write: Path | None,
) -> None:
    """Print what makes every night happen, for KIND systemd, cron or github; nothing is installed.

    Without SITE the installation file says which. docs/operating.md says how to see that each works and how to remove
    it, and how Windows does it. An hour that the zone skips on one night of the year, as Europe/Stockholm does those
    between 02:00 and 03:00, is refused for systemd, whose timer would leave that night out.
    """
    filled = _filled(kind, sites, at=at, zone=zone, spread=spread, folder=folder.resolve(), user=user)
    if write is None:
        click.echo("\n".join(text for _, text in filled), nl=False)
    else:
        for name, text in filled:
            _written(write / name, text)
        print_note(f"Wrote {', '.join(str(write / name) for name, _ in filled)}.")
    print_note(_NEXT[kind])
    if kind != "github" and not sites and not _sites_named(folder):
        print_note(
            f"Warning: {folder.resolve() / FILE} names no sites, and so none of these nights would look at any: name "
            f"them there, or behind `tidslager schedule {kind}`."
        )


def _sites_named(folder: Path) -> tuple[str, ...]:
    """The sites of the installation file in a folder, as a scheduler sees it, which has none of our environment."""
    path = folder / FILE
    return installation_in_force(path, {}).value.sites if path.is_file() else ()


def _filled(
    kind: str, sites: tuple[str, ...], *, at: str, zone: str, spread: str, folder: Path, user: str | None
) -> list[tuple[str, str]]:
    """Name and text of each file. Raises ConfigurationError for what no scheduler could use."""
    if not _TIME.fullmatch(at):
        raise ConfigurationError(f'--at: "{at}" is no hour: write it as 03:30.')
    if not _SPREAD.fullmatch(spread):
        raise ConfigurationError(f'--spread: "{spread}" is no span: write it as 45min.')
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ConfigurationError(f'--zone: this machine knows no time zone "{zone}": write Europe/Stockholm.') from None
    skipped = _skipped(at, ZoneInfo(zone), SystemClock().now().date()) if kind == "systemd" else None
    if skipped:
        raise ConfigurationError(
            f"--at: {at} does not exist on {skipped} in {zone}, where clocks go forward; systemd would leave that "
            "night out: name another hour, as 03:30."
        )
    if re.search(r"[\s%\"'\\$]", str(folder)):
        raise ConfigurationError(f"{folder}: a path with blanks, quotes, % or $ is asking for trouble: use another.")
    command = shlex.join([_program(), "night", *sites])
    hour, minute = at.split(":")
    values = {
        "command": command.replace("%", "%%") if kind == "systemd" else command.replace("%", "\\%"),
        "folder": str(folder),
        "at": at,
        "hour": str(int(hour)),
        "minute": str(int(minute)),
        "zone": zone,
        "spread": spread,
        "sites": "".join(f" {shlex.quote(site)}" for site in sites),
        "identity": f"User={user or folder.owner()}",
        "protect_home": "read-only" if _in_a_home(folder) or _in_a_home(Path(_program())) else "yes",
    }
    return [(name, _template(name).substitute(values)) for name in _FILES[kind]]


def _skipped(at: str, zone: ZoneInfo, today: date) -> date | None:
    """The next day, within two years, on which a zone's clocks skip an hour; None where there is none. Pure."""
    hour = time.fromisoformat(at)
    for ahead in range(731):
        day = today + timedelta(days=ahead)
        wanted = datetime.combine(day, hour, zone)
        if wanted.astimezone(UTC).astimezone(zone).time() != hour:
            return day
    return None


def _program() -> str:
    beside = Path(sys.executable).with_name("tidslager")
    return str(beside) if beside.exists() else "tidslager"


def _in_a_home(path: Path) -> bool:
    """Whether systemd would hide a path from a service that may not see homes."""
    return any(one.is_relative_to(home) for one in (path, path.resolve()) for home in _HOMES)


def _template(name: str) -> Template:
    return Template((files("scraper") / "units" / name).read_text("utf-8"))


def _written(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as output:
            output.write(text)
    except FileExistsError:
        raise ConfigurationError(f"{path} is there already and was left as it is: name another directory.") from None
    except OSError as error:
        raise ConfigurationError(f"Cannot write {path} ({error.strerror}): name another directory.") from error


COMMANDS = (schedule,)
