"""Rendering: the options by which a person chooses how differences are shown, and the renderer that each stands for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, Literal, TypeVar, cast

import click
import msgspec

from archive import excerpt, render_unified
from archive.render import render_changes
from archive.render_html import render_html
from archive.render_markdown import render_markdown
from archive.render_stat import render_stat
from archive.told import Told

F = TypeVar("F", bound=Callable[..., Any])
Format = Literal["text", "unified", "html", "markdown", "json"]
FORMATS: tuple[Format, ...] = ("text", "unified", "html", "markdown", "json")


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """How differences are to be shown."""

    format: Format = "text"
    context: int | None = None
    """Unchanged words (in unified text, lines) beside each edit; None leaves it to the renderer."""
    stat: bool = False
    show_all: bool = False


def rendering_options(all_means: str) -> Callable[[F], F]:
    """--format, --context, --stat, --all and --json for a command that shows differences; it gets them as `look`."""

    def decorated(command: F) -> F:
        @wraps(command)
        def with_look(
            *, format_: str, context: int | None, stat: bool, show_all: bool, as_json: bool, **others: Any
        ) -> Any:
            look = _chosen(format_, context, stat=stat, show_all=show_all, as_json=as_json)
            return command(**others, look=look)

        given: Any = with_look
        for option in (*_OPTIONS, click.option("--all", "show_all", is_flag=True, help=all_means)):
            given = option(given)
        return cast(F, given)

    return decorated


_OPTIONS = (
    click.option("--json", "as_json", is_flag=True, help="One JSON array of flat objects."),
    click.option(
        "--format",
        "format_",
        type=click.Choice(FORMATS),
        default="text",
        show_default=True,
        help="html: side by side, one file that stands alone; json is --json.",
    ),
    click.option("--stat", is_flag=True, help="Only how much changed under which heading."),
    click.option(
        "--context",
        type=click.IntRange(min=0),
        metavar="N",
        help=f"Unchanged words beside each edit ({excerpt.CONTEXT}); in unified text lines ({render_unified.CONTEXT}).",
    ),
)


def _chosen(format_: str, context: int | None, *, stat: bool, show_all: bool, as_json: bool) -> Look:
    """The options as one record. Raises click.UsageError where they contradict each other."""
    look = msgspec.convert(
        {"format": "json" if as_json else format_, "context": context, "stat": stat, "show_all": show_all}, Look
    )
    if as_json and format_ not in ("text", "json"):
        raise click.UsageError(f"--json and --format {format_} are two answers: choose one.")
    if stat and look.format != "text":
        raise click.UsageError(f"--stat is for people, --format {look.format} has everything: choose one.")
    return look


def document(comparisons: Sequence[Told], look: Look) -> str:
    """The comparisons in one of the formats that are documents: unified, html or markdown."""
    match look.format:
        case "unified":
            context = render_unified.CONTEXT if look.context is None else look.context
            return render_unified.render_unified(comparisons, context=context, show_all=look.show_all)
        case "html":
            return render_html(comparisons, context=_words(look), show_all=look.show_all)
        case "markdown":
            return render_markdown(comparisons, context=_words(look), show_all=look.show_all)
        case _:
            raise ValueError(f"{look.format} is no document: unified, html and markdown are.")


def terminal(told: Told, look: Look, *, colour: bool, width: int) -> str:
    """One comparison for a terminal: its differences, or with `stat` how many there are where."""
    if look.stat:
        return render_stat([told], colour=colour, width=width, show_all=look.show_all)
    return render_changes(told.changes, colour=colour, width=width, context=_words(look), show_all=look.show_all)


def _words(look: Look) -> int:
    return excerpt.CONTEXT if look.context is None else look.context
