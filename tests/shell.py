"""The command line as a person types it, without starting a process for each command."""

from __future__ import annotations

import io
import json
from contextlib import redirect_stderr, redirect_stdout
from typing import Any, NamedTuple

from archive.console import guarded
from scraper.cli import cli


class Ran(NamedTuple):
    """What a command left on the terminal."""

    code: int
    out: str
    err: str

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The answer to --json of a command that did what was asked."""
        assert self.code == 0, self.err
        found: list[dict[str, Any]] = json.loads(self.out)
        return found


def tidslager(*arguments: str) -> Ran:
    """Run `tidslager` with these arguments."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        try:
            guarded(cli, arguments)
        except SystemExit as end:
            code = end.code
    return Ran(code if isinstance(code, int) else 1, out.getvalue(), err.getvalue())
