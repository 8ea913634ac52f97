"""Year: what each of 365 nights of the pretend agency costs in time, memory and room; draws docs/year.svg."""

from __future__ import annotations

from collections.abc import Sequence
from math import nan
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from tests.agency.year import Year
from tests.test_year import assert_told
from tests.years import OUTAGE, Cost, live

NAME = "year"
PICTURE = Path(__file__).parent.parent / "docs" / "year.svg"
_MB = 1_000_000


def run(nights: int = 365, picture: Path = PICTURE) -> str:
    """Live the year and draw it; return the table. Raises AssertionError when the history is not what happened."""
    year = Year(seed=1, nights=nights)
    with TemporaryDirectory(prefix="tidslager-bench-") as folder:
        path = Path(folder) / "year.db"
        costs = [cost for cost, _ in live(year, path)]
        assert_told(path, year)
    draw(costs, picture)
    return table(costs, year)


def table(costs: Sequence[Cost], year: Year) -> str:
    """Quarter by quarter: requests, time and growth for each of them, memory, and the size of the archive."""
    lines = [
        f"year ({len(costs)} nights, {len(year.edits)} edits, {len(year.spells)} spells of trouble, all told exactly)",
        f"{'nights':<12}{'requests':>10}{'CPU ms each':>13}{'memory MB':>12}{'archive MB':>12}{'grown KB each':>15}",
    ]
    size = max(1, len(costs) // 4)
    for begin in range(0, len(costs) - size + 1, size):
        part = costs[begin : begin + size]
        asked = sum(one.requests for one in part)
        grown = (part[-1].archive_bytes - part[0].archive_bytes) / (asked - part[0].requests or 1)
        lines.append(
            f"{f'{part[0].night}-{part[-1].night}':<12}{asked:>10}"
            f"{1000 * median(one.cpu_s / one.requests for one in part):>13.1f}"
            f"{max(one.resident_bytes for one in part) / _MB:>12.1f}{part[-1].archive_bytes / _MB:>12.2f}"
            f"{grown / 1000:>15.2f}"
        )
    return "\n".join(lines)


def draw(costs: Sequence[Cost], picture: Path) -> None:
    """Three curves over the nights, as SVG, the same bytes for the same numbers."""
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "tidslager"
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(3, 1, sharex=True, figsize=(8, 7), layout="constrained")
    nights = [one.night for one in costs]
    curves = (
        ("Processor time for each request of a night, ms", [_each_ms(one) for one in costs]),
        ("Memory after a night, MB", [one.resident_bytes / _MB for one in costs]),
        ("Archive, MB", [one.archive_bytes / _MB for one in costs]),
    )
    for axis, (title, values) in zip(axes, curves, strict=True):
        axis.plot(nights, values, linewidth=1, color="#0b5a7a")
        axis.set_title(title, loc="left", fontsize=10)
        axis.set_ylim(bottom=0)
        axis.grid(visible=True, linewidth=0.3)
    axes[-1].set_xlabel("night")
    figure.savefig(picture, metadata={"Date": None})
    plt.close(figure)


def _each_ms(one: Cost) -> float:
    """Milliseconds for each request; not a number, so a gap, for a night on which no host answered."""
    return 1000 * one.cpu_s / one.requests if one.requests > OUTAGE else nan
