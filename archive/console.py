"""What every command shares: its options, how it prints, and how what stops it becomes a sentence and an exit code.

Data goes to stdout, everything else to stderr. Exit codes: see `schemas.errors`.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TypeVar

import click
from sqlite_utils import Database

from archive.file import open_for_reading, plain_errors
from archive.history import Row
from archive.render import shown_safely
from schemas.errors import Terminated, TidslagerError

DEFAULT_ARCHIVE = Path("tidslager.db")

F = TypeVar("F", bound=Callable[..., object])


def archive_option(command: F) -> F:
    """--archive, alike for every command."""
    return click.option(
        "--archive",
        "-a",
        "path",
        type=click.Path(path_type=Path, readable=False),
        default=DEFAULT_ARCHIVE,
        envvar="TIDSLAGER_ARCHIVE",
        show_default=True,
        show_envvar=True,
        help="The archive file.",
    )(command)


def json_option(command: F) -> F:
    """--json, alike for every reading command."""
    return click.option("--json", "as_json", is_flag=True, help="One JSON array of flat objects.")(command)


@contextmanager
def reading_archive(path: Path, *, older: bool = False) -> Iterator[Database]:
    """An archive open for reading, its refusals in plain words; one that another version made only if `older`."""
    database = open_for_reading(path, older=older)
    with closing(database.conn), plain_errors(path):
        yield database


def print_json(found: Sequence[Row]) -> None:
    """One array, one object a line."""
    lines = ",\n ".join(json.dumps(row, ensure_ascii=False) for row in found)
    click.echo(f"[{lines}]")


def coloured() -> bool:
    """Whether to colour: on a terminal that can, unless NO_COLOR is set (no-color.org)."""
    able = sys.stdout.isatty() and os.environ.get("TERM") != "dumb"
    return able and not os.environ.get("NO_COLOR")


def text_width() -> int:
    """Columns to write in: those of the terminal, at most 100, so that prose stays readable."""
    return min(shutil.get_terminal_size((88, 24)).columns, 100)


def print_text(text: str) -> None:
    """Text for people, with colour only where it belongs."""
    click.echo(text if coloured() else click.unstyle(text), color=coloured())


def print_note(text: str) -> None:
    """What is no answer: to stderr."""
    click.echo(text, err=True)


PAGE = click.argument("page")


def guarded(group: click.Group, arguments: Sequence[str] | None = None) -> None:
    """Run a command line and end the process: a sentence on stderr for what stops it, never a traceback."""
    sys.exit(_run(group, list(sys.argv[1:] if arguments is None else arguments)))


def _run(group: click.Group, arguments: list[str]) -> int:
    _lenient(sys.stdout)
    _lenient(sys.stderr)
    try:
        with group.make_context("tidslager", arguments) as context:
            group.invoke(context)
    except TidslagerError as error:
        return _refused(str(error), error.exit_code)
    except click.exceptions.Exit as end:
        return end.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt) as end:
        return _refused("interrupted.", Terminated.exit_code if isinstance(end, Terminated) else 130)
    except OSError as error:
        return _failed(error)
    return 0


def _failed(error: OSError) -> int:
    if isinstance(error, BrokenPipeError):
        # The reader of a pipe went away, as `head` does: what it did not want is nobody's error. Point stdout
        # elsewhere, so that closing it does not complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    of = f"{error.filename}: " if error.filename else ""
    return _refused(f"{of}{error.strerror or error}. See to the file, or to where the output goes.", 1)


def _refused(sentence: str, code: int) -> int:
    # Titles and addresses in it are the pages' own words: they are shown, never obeyed.
    click.echo(f"tidslager: {shown_safely(sentence)}", err=True)
    return code


def _lenient(stream: object) -> None:
    """A character that the terminal's encoding lacks is shown as "?", not as an error half-way down."""
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="replace")
