"""Signals: after SIGTERM the page that is being looked at is finished, then the run ends; a second one ends it now."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Self

from schemas.errors import Terminated

Watch = Callable[[str, int, int], None]
_INTERRUPTED = 130


class Ending:
    """Notes SIGTERM while it is open. A context manager; outside the main thread no signal comes."""

    def __init__(self) -> None:
        self.asked = False
        """Whether SIGTERM came."""
        self._before: signal.Handlers | int | object | None = None
        self._takes = threading.current_thread() is threading.main_thread()

    def __enter__(self) -> Self:
        if self._takes:
            self._before = signal.signal(signal.SIGTERM, self._note)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._takes:
            signal.signal(signal.SIGTERM, self._before)  # type: ignore[arg-type]

    def here(self) -> None:
        """A place where the work may end in order. Raises Terminated when SIGTERM came."""
        if self.asked:
            raise Terminated

    def watching(self, watch: Watch) -> Watch:
        """A crawl's watch that also ends the run here: before each look the page before is finished."""

        def watch_or_end(address: str, done: int, to_come: int) -> None:
            self.here()
            watch(address, done, to_come)

        return watch_or_end

    def exit_code(self, code: int) -> int:
        """The exit code of what ended: 143 where it is SIGTERM that interrupted it."""
        return Terminated.exit_code if self.asked and code == _INTERRUPTED else code

    def _note(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002
        if self.asked:
            raise Terminated
        self.asked = True
