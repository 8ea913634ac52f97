"""Guards: captures of many sites are read under guard, each within the limits of its own site."""

from __future__ import annotations

from contextlib import ExitStack
from types import TracebackType
from typing import Self

from schemas.capture import Capture
from schemas.reading import Bounds, Reading, Rules
from scraper.guard import Guard
from scraper.reading import reading_of


class Guards:
    """Reads what was kept as the crawl of its site would. A context manager: all children end with it."""

    def __init__(self) -> None:
        self._guards: dict[Bounds, Guard] = {}
        self._running = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._running.__exit__(kind, error, trace)

    def read(self, capture: Capture, rules: Rules) -> Reading | None:
        """What a capture says by the rules of its site. See `scraper.reading.reading_of`."""
        return reading_of(capture, rules, self._within(rules).read)

    def _within(self, rules: Rules) -> Guard:
        """The guard with the limits of some rules: sites with the same limits share one."""
        if rules.limits not in self._guards:
            self._guards[rules.limits] = self._running.enter_context(Guard.of(rules))
        return self._guards[rules.limits]
