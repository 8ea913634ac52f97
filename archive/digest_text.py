"""The digest as a document: text for a terminal or a mail, Markdown, HTML or JSON, by the name of the file. Pure."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Callable
from html import escape
from pathlib import Path

import click
import msgspec

from archive.digest import Digest
from archive.digest_words import Part, headline, parts
from archive.excerpt import shown_safely
from archive.render import render_changes
from archive.render_html import page_html, whole_html
from archive.render_markdown import escaped_line, render_markdown
from schemas.errors import ConfigurationError

Writer = Callable[[Digest], str]


def digest_text(digest: Digest, *, colour: bool = False, width: int = 88) -> str:
    """The digest for a person who reads plain text."""
    lines = [_styled(headline(digest), colour=colour), ""]
    for part in parts(digest):
        lines.append(_styled(part.heading, colour=colour))
        lines += [_filled(line, width) for line in part.lines]
        for told in part.told:
            lines += [f"  {shown_safely(told.title)}", f"  {shown_safely(told.address)}", f"  {told.heading}"]
            changes = render_changes(told.changes, colour=colour, width=width - 4, show_all=True)
            lines += [textwrap.indent(changes.rstrip("\n"), "    "), ""]
        lines += [""] * (not part.told)
    return "\n".join(lines)


def digest_markdown(digest: Digest) -> str:
    """The digest as Markdown; nothing that a page says can become markup."""
    found = [f"# {escaped_line(headline(digest))}"]
    for part in parts(digest):
        found.append(f"## {escaped_line(part.heading)}")
        if part.lines:
            found.append("\n".join(f"- {escaped_line(line)}" for line in part.lines))
        if part.told:
            found.append(render_markdown(part.told, show_all=True).rstrip("\n").replace("\n### ", "\n#### "))
    return "\n\n".join(found) + "\n"


def digest_html(digest: Digest) -> str:
    """The digest as one HTML file that stands alone."""
    return whole_html(headline(digest), headline(digest), "".join(map(_part_html, parts(digest))))


def _part_html(part: Part) -> str:
    lines = "".join(f"<li>{escape(shown_safely(line))}</li>\n" for line in part.lines)
    listed = f"<ul>\n{lines}</ul>\n" if lines else ""
    told = "".join(page_html(one, show_all=True) for one in part.told)
    return f"<h2>{escape(shown_safely(part.heading))}</h2>\n{listed}{told}"


def digest_json(digest: Digest) -> str:
    """The digest as one JSON object, for programs."""
    plain = {"headline": headline(digest), "quiet": digest.quiet, **msgspec.to_builtins(digest)}
    return json.dumps(plain, ensure_ascii=False, indent=1) + "\n"


_WRITERS: dict[str, Writer] = {
    ".html": digest_html,
    ".md": digest_markdown,
    ".json": digest_json,
    ".txt": digest_text,
}


def writer_for(path: Path) -> Writer:
    """What writes a digest to a file, by the end of its name. Raises ConfigurationError."""
    try:
        return _WRITERS[path.suffix.lower()]
    except KeyError:
        known = ", ".join(_WRITERS)
        raise ConfigurationError(f"{path}: a report ends in one of {known}: name the file so.") from None


def _styled(text: str, *, colour: bool) -> str:
    text = shown_safely(text)
    return click.style(text, bold=True) if colour else text


def _filled(text: str, width: int) -> str:
    return textwrap.fill(
        shown_safely(text), max(width, 40), initial_indent="  ", subsequent_indent="      ", break_long_words=False,
        break_on_hyphens=False,
    )  # fmt: skip
