"""Writes the generated pages from what they describe: the command line, the site record, the DDL, a real diff.

`python -m docs.build` writes them; with --check it only says whether they are fresh (exit code 1 when not).
"""

from __future__ import annotations

import inspect
import json
import os
import re
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import get_args
from unittest.mock import patch

import click
import msgspec

from archive import (
    derived_tables,
    episodes,
    evidence_tables,
    example_list,
    example_views,
    export,
    migrations,
    querying,
    rebuild_report,
    search,
    search_tables,
    views,
)
from archive.rows import COLUMNS, VOLATILE
from docs.querying import querying_page
from schemas.installation import Installation
from schemas.json_schema import NOUNS, field_docs, json_schema
from schemas.site import Site
from scraper import night_cli, plan, report, settings, site_check
from scraper.cli import cli
from tests.address_forms import FORMS
from tests.agency.server import Agency
from tests.faults import FAULTS
from tests.runs import crawl_agency
from tests.shell import tidslager

ROOT = Path(__file__).parent.parent
_NOTE = "<!-- Written by `make docs`; change what it is made from, not this page. -->\n"
_WIDTH = 96
_PICTURE = 80
"""Columns of the picture of a diff: what a terminal has that nobody made wider."""
_ABOUT_SITES = """
One TOML file describes one collection. `tidslager init ADDRESS` writes a first one. Unknown keys are refused, with the
nearest known one.
"""

_ABOUT_CONFIGURATION = """
Values come from the default, the file, the environment and the command line; the later counts. `tidslager config`
shows those of the installation and `tidslager config SITE` those of a site, each with where it came from. Every setting
of one value can be set by a variable: `TIDSLAGER_` and its key in capitals, an underscore for each dot
(`TIDSLAGER_LIMITS_PAGES=100`), but for `name`; an empty variable sets nothing. `tidslager config --schema site` and
`--schema installation` print the JSON Schema by which editors check a file: save it beside yours and begin the file
with `#:schema ./site.schema.json`.
"""
_ABOUT_INSTALLATION = """
`tidslager.toml` in the working directory, or the file that `--config` or `TIDSLAGER_CONFIG` names, says what
`tidslager night` works with and which archive every command means. Paths in it are taken from its own directory.
Secrets do not stand in it: `TIDSLAGER_NOTIFY_URLS` has addresses of services, with blanks between, and
`TIDSLAGER_WEBHOOK_SECRET` the key of the webhook; or each stands in a file that the installation file names.

```toml
archive = "tidslager.db"
sites = ["goda-exempel", "byran.toml"]
report = ["night.html"]
feed = "feed.xml"

[ping]
url = "https://hc.example/6f1c"

[notify]
urls_file = "notify-urls"
classes = ["editorial", "metadata"]
```
"""

_OTHER_COLUMNS = {
    "examples": example_list.COLUMNS,
    "search": search.COLUMNS,
    "query": querying.LIST_COLUMNS,
    "night": night_cli.COLUMNS,
    "config": settings.COLUMNS,
    "episodes": episodes.COLUMNS,
    "crawl": report.COLUMNS,
    "rebuild": rebuild_report.COLUMNS,
    "export": export.COLUMNS,
    "check-site": site_check.COLUMNS,
}
_ABOUT_KEYS = {
    "query": "Keys of each object of `--list --json`; of an answer they are the names of its columns:",
    "export": "Columns of the CSV, one row a section. In JSON Lines, one line a page, those from `position` on stand "
    "in the objects of its `sections`:",
}


def cli_page() -> str:
    """docs/cli.md: every command with its help and the keys of its JSON."""
    whole = click.Context(cli, info_name="tidslager", max_content_width=_WIDTH, terminal_width=_WIDTH)
    whole.help_option_names = cli.context_settings["help_option_names"]
    parts = ["# The command line\n", _NOTE, _text_block(cli.get_help(whole))]
    for name, command in sorted(_all_commands(cli)):
        parts.append(f"\n## {name}\n\n{_text_block(command.get_help(click.Context(command, whole, name)))}")
        columns = {**COLUMNS, **_OTHER_COLUMNS}.get(name)
        if columns:
            parts.append(_keys(_ABOUT_KEYS.get(name, "Keys of each object of `--json`:"), columns))
        if name == "changes":
            parts.append(_keys("Keys of each object of `--volatile --json`:", VOLATILE))
        if name == "crawl":
            parts.append(_keys("Keys of each object of `--dry-run --json`:", plan.COLUMNS))
    return "".join(parts)


def _all_commands(group: click.Group, before: str = "") -> Iterator[tuple[str, click.Command]]:
    """Each command with its full name, those of groups too."""
    for name, command in group.commands.items():
        yield before + name, command
        if isinstance(command, click.Group):
            yield from _all_commands(command, f"{before}{name} ")


def _keys(about: str, columns: dict[str, str]) -> str:
    rows = "".join(f"| `{key}` | {_cell(meaning)} |\n" for key, meaning in columns.items())
    return f"\n{about}\n\n| key | meaning |\n|---|---|\n{rows}"


def _text_block(text: str) -> str:
    return f"```text\n{text}\n```\n"


def config_page() -> str:
    """docs/config.md: every setting of a site file and of an installation file."""
    parts = ["# Configuration\n", _NOTE, _ABOUT_CONFIGURATION]
    for title, about, record in (
        ("The site file", _ABOUT_SITES, Site),
        ("The installation file", _ABOUT_INSTALLATION, Installation),
    ):
        parts += [f"\n# {title}\n", about, *_record(record)]
    return "".join(parts)


def _record(record: type[msgspec.Struct]) -> list[str]:
    """The settings of a record, and those of the tables in it."""
    parts = [_settings(record)]
    for field in msgspec.structs.fields(record):
        inner = next(iter(get_args(field.type)), field.type)
        if isinstance(inner, type) and issubclass(inner, msgspec.Struct):
            title = f"[{field.name}]" if inner is field.type else f"[[{field.name}]]"
            about = inspect.cleandoc(inner.__doc__ or "")
            parts.append(f"\n## {title}\n\n{about}\n{_settings(inner)}")
    return parts


def _settings(record: type[msgspec.Struct]) -> str:
    documented = field_docs(record)
    rows = ["\n| key | default | meaning |\n|---|---|---|\n"]
    for field in msgspec.structs.fields(record):
        if isinstance(field.type, type) and issubclass(field.type, msgspec.Struct):
            default = f"see [{field.name}](#{field.name})"
        elif field.required:
            default = "required"
        else:
            value = field.default if field.default is not msgspec.NODEFAULT else field.default_factory()
            default = f"`{msgspec.json.encode(value).decode()}`"
        meaning = documented.get(field.name, "")
        rows.append(f"| `{field.name}` | {default} | {_cell(meaning)} |\n")
    return "".join(rows)


def data_model_page() -> str:
    """docs/data-model.md: every table and view as it is made."""
    about = (migrations.__doc__ or "").partition("\n\n")[2]
    parts = ["# The data model\n", _NOTE, f"\n```text\n{about.strip()}\n```\n"]
    layers = (
        ("Views: what to query", views.VIEWS + example_views.EXAMPLE_VIEWS),
        ("Evidence: append-only", evidence_tables.EVIDENCE),
        ("Derived: can be rebuilt", derived_tables.DERIVED),
        ("Log: what rebuilds changed", derived_tables.REREADINGS),
        ("Derived: the chrome of a site", derived_tables.CHROME),
        ("Search: what is indexed, and every word with its stem", search_tables.SEARCH),
    )
    for title, ddl in layers:
        parts.append(f"\n## {title}\n")
        for statement in re.split(r"\n\n(?=CREATE)", ddl.strip()):
            name = re.match(r"CREATE (?:VIRTUAL )?(?:TABLE|VIEW) (\w+)", statement)
            assert name is not None
            parts.append(f"\n### {name[1]}\n\n```sql\n{statement}\n```\n")
    return "".join(parts)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def readme_page() -> str:
    """README.md with its picture of a diff taken anew, from the pretend agency's first two nights."""
    text = (ROOT / "README.md").read_text("utf-8")
    with TemporaryDirectory() as folder, Agency() as agency, patch.dict(os.environ, {"COLUMNS": str(_PICTURE)}):
        archive = Path(folder) / "tidslager.db"
        crawl_agency(agency, archive, 1)
        crawl_agency(agency, archive, 2)
        picture = tidslager("diff", "1", "--archive", str(archive)).out.rstrip()
    block = f"<!-- output: diff -->\n```text\n$ tidslager diff 1\n{picture}\n```\n"
    return re.sub(r"<!-- output: diff -->\n```text\n.*?```\n", lambda _: block, text, flags=re.DOTALL)


_POLITE = """
What this crawler does on other people's servers, and what it makes of what they do. The settings are those of
[the site file](config.md).

- **It says who it is.** The user agent has the name, the version and your contact. Without a contact nobody's server
  but your own is asked.
- **It asks first.** robots.txt by RFC 9309, once a run and host: 4xx allows all, 5xx, 429 or no answer allow nothing
  for now, and the look has the outcome of asking. The verdict is kept with each capture.
  `tidslager crawl SITE --dry-run` tells it without asking for a page.
- **One request at a time to a host**, `delay_s` or the host's crawl-delay after the last one ended, whichever is
  longer, also with several `workers`. Retry-After is honoured. A host that is busy or silent for `limits.strikes`
  pages in a row is left alone for the rest of the run.
- **It stops.** A run has a budget of megabytes, minutes and hours; stopped by it, the run is partial and says so.
- **It goes nowhere else.** Public addresses only, http and https only, every hop checked after resolution; no proxy, no
  password and no certificate of the environment's. TLS is verified, always.
- **A failure is never a change.** Each way for a server to misbehave has one outcome; only `fetched`, `not_modified`,
  `gone` and `redirected` say something about a page.
- **A 304 is a claim.** Pages are asked for conditionally only where `conditional` is on: with the server's own words,
  for a body that the archive holds and has read by the rules now in force, and not at every look.
"""


_ABOUT_ADDRESSES = """
## How addresses are written

A page has one address however it is linked to. What is kept of a page is as it was received; only what is asked for,
and what is compared, has this form. Redirects, a page's own word for its address (`link rel=canonical`) and the number
in a CMS's file name (`name.10794.html`) make several addresses one page.

"""


def politeness_page() -> str:
    """docs/politeness.md: how we behave, and what comes of how servers do."""
    rows = ["\n## What comes of what a server does\n\n| the server | outcome | why |\n|---|---|---|\n"]
    for name, fault in FAULTS.items():
        kept = "" if fault.complete or fault.body is None else ", what came is kept as incomplete"
        read = "" if fault.reads is None or fault.reads[0] == "page" else f", {fault.reads[0]}"
        rows.append(f"| {name} | `{fault.outcome}`{read}{kept} | {_cell(fault.must)} |\n")
    return "".join(["# Politeness, and what servers do\n", _NOTE, _POLITE, _addresses(), *rows])


def _addresses() -> str:
    rows = [f"| `{_cell(repr(form.given)[1:-1])}` | {_code(form.normal)} | {_cell(form.why)} |\n" for form in FORMS]
    return "".join([_ABOUT_ADDRESSES, "| given | asked for | why |\n|---|---|---|\n", *rows])


def _code(address: str | None) -> str:
    return "not at all" if address is None else f"`{_cell(address)}`"


def _schema_page(noun: str) -> str:
    """docs/schemas/*.json: what `tidslager schema` prints."""
    return json.dumps(json_schema(noun), ensure_ascii=False, indent=2) + "\n"


PAGES: dict[str, Callable[[], str]] = {
    "docs/querying.md": lambda: querying_page(_NOTE),
    "docs/politeness.md": politeness_page,
    "docs/cli.md": cli_page,
    "docs/config.md": config_page,
    "docs/data-model.md": data_model_page,
    "README.md": readme_page,
    **{f"docs/schemas/{noun}.json": partial(_schema_page, noun) for noun in NOUNS},
}


def main() -> int:
    """Write the pages, or with --check compare them."""
    stale = [name for name, build in PAGES.items() if _read(ROOT / name) != build()]
    if "--check" in sys.argv[1:]:
        if stale:
            sys.stderr.write(f"Not fresh: {', '.join(stale)}. Run `make docs`.\n")
        return int(bool(stale))
    for name in stale:
        (ROOT / name).parent.mkdir(exist_ok=True)
        (ROOT / name).write_text(PAGES[name](), "utf-8")
    return 0


def _read(path: Path) -> str:
    return path.read_text("utf-8") if path.exists() else ""


if __name__ == "__main__":
    sys.exit(main())
