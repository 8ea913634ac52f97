"""Progress: one line on a terminal that says what is being looked at; nothing anywhere else."""

from __future__ import annotations

import shutil
from types import TracebackType
from typing import Self, TextIO

_CLEAR = "\r\x1b[K"


class Progress:
    """Shows the run's progress on a stream while it is open, where that is a terminal."""

    def __init__(self, stream: TextIO, *, quiet: bool = False) -> None:
        self._stream = stream
        self._shown = stream.isatty() and not quiet

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._write("")

    def watch(self, address: str, done: int, to_come: int) -> None:
        """Say which address is looked at now, how many looks are done and how many more are known to come."""
        room = shutil.get_terminal_size((80, 24)).columns - 1
        self._write(f"{done} done, {to_come} to come: {address}"[:room])

    def _write(self, text: str) -> None:
        if self._shown:
            self._stream.write(_CLEAR + text)
            self._stream.flush()
