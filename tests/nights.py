"""Whole nights against the pretend agency, for tests that look at what a night tells and leaves behind."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

from schemas.installation import Installation
from scraper.night import Done, Orders, run_night
from scraper.signals import Ending
from tests.agency.__main__ import DEFAULT_PORT
from tests.agency.server import SITE_FILE, Agency
from tests.builders import night
from tests.clocks import FakeClock


def site_file(agency: Agency, folder: Path, name: str = "agency", **lines: str) -> Path:
    """The agency's site file, connected to the port that is answered on, under a name of its own."""
    text = SITE_FILE.read_text("utf-8").replace(f":{DEFAULT_PORT}", f":{agency.port}")
    text = text.replace('name = "agency"', f'name = "{name}"')
    path = folder / f"{name}.toml"
    path.write_text("".join(f"{key} = {value}\n" for key, value in lines.items()) + text, "utf-8")
    return path


def spend_night(
    agency: Agency, path: Path, number: int, *, shown: int | None = None, clock: FakeClock | None = None, **orders: Any
) -> Done:
    """A night of the agency at that night's hour, into the archive at `path`."""
    agency.night = shown or number
    sites = orders.pop("sites", None) or (str(site_file(agency, path.parent)),)
    given = Orders(archive=path, sites=sites, **{"installation": Installation(), **orders})
    return run_night(given, clock or FakeClock(night(number)), Ending(), random.Random(number))
