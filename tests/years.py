"""A year of nights, lived: each a whole night's work over real HTTP, and what it cost."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import msgspec

from schemas.installation import Installation
from scraper.night import Done, Orders, run_night
from scraper.signals import Ending
from tests.agency.server import Agency
from tests.agency.year import Year
from tests.builders import night
from tests.clocks import FakeClock
from tests.nights import site_file

_PAGE_BYTES = 4096
OUTAGE = 10
"""Most requests of a night on which no host answers: too few to say what one costs."""


class Cost(msgspec.Struct, frozen=True, kw_only=True):
    """What a night cost."""

    night: int
    requests: int
    """Requests that the agency answered: pages come during the year, and those that moved are asked for twice."""
    cpu_s: float
    """Seconds of processor time, those of the pretend agency in them."""
    archive_bytes: int
    resident_bytes: int
    """Memory of this process after the night."""


def live(year: Year, path: Path, *, verify_sample: int = 3) -> Iterator[tuple[Cost, Done]]:
    """Live through a year, night by night, into the archive at `path`."""
    with Agency(answers=year.answer) as agency:
        orders = Orders(
            archive=path,
            sites=(str(site_file(agency, path.parent)),),
            installation=Installation(verify_sample=verify_sample),
        )
        for number in range(1, year.nights + 1):
            year.show(agency, number)
            agency.log.clear()
            began = time.process_time()
            done = run_night(orders, FakeClock(night(number)), Ending(), random.Random(number))
            yield (
                Cost(
                    night=number,
                    requests=len(agency.log),
                    cpu_s=time.process_time() - began,
                    archive_bytes=path.stat().st_size,
                    resident_bytes=_resident(),
                ),
                done,
            )


def night_of(moment: str) -> int:
    """The night that an archive time lies in."""
    return (night(1).fromisoformat(moment) - night(1)) // timedelta(days=1) + 1


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * _PAGE_BYTES
