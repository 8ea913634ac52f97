"""docs/reading-a-diff.md: every example is run, and every kind, class and thing that can change has one."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import get_args

import pytest

from archive.diff import diff
from archive.render import render_changes
from schemas.change import Class, Kind, What
from tests.notation import page_from
from tests.test_apply import check_laws

FILE = Path(__file__).parent.parent / "docs" / "reading-a-diff.md"
_EXAMPLE = re.compile(
    r"```before\n(?P<before>.*?)```\n+```after\n(?P<after>.*?)```\n+```told\n(?P<told>.*?)```", re.DOTALL
)
EXAMPLES = list(_EXAMPLE.finditer(FILE.read_text("utf-8")))
HEADINGS = {match["before"].splitlines()[0] if match["before"] else "": match for match in EXAMPLES}


def told(example: re.Match[str]) -> str:
    changes = diff(page_from(example["before"]), page_from(example["after"]))
    return render_changes(changes, colour=False, width=88, show_all=True)


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_each_example_is_told_as_it_is_printed(number: int) -> None:
    """What the page says that a diff says is what the diff says."""
    if os.environ.get("TIDSLAGER_APPROVE") == "1":
        FILE.write_text(
            _EXAMPLE.sub(
                lambda found: found[0].replace(f"```told\n{found['told']}", f"```told\n{told(found)}"),
                FILE.read_text("utf-8"),
            ),
            "utf-8",
        )
    assert told(list(_EXAMPLE.finditer(FILE.read_text("utf-8")))[number]) == EXAMPLES[number]["told"]


def test_the_examples_obey_the_law() -> None:
    """The changes of each example rebuild its later page."""
    for example in EXAMPLES:
        assert check_laws(page_from(example["before"]), page_from(example["after"]))


def test_every_kind_class_and_thing_has_an_example() -> None:
    """No kind, class or thing that can change is left without an example; chrome and whole pages come from a crawl."""
    text = FILE.read_text("utf-8")
    shown = [change for one in EXAMPLES for change in diff(page_from(one["before"]), page_from(one["after"]))]
    assert {change.kind for change in shown} == set(get_args(Kind))
    assert {change.class_ for change in shown} == set(get_args(Class)) - {"chrome"}
    assert {change.what for change in shown} == set(get_args(What)) - {"page"}
    named = re.findall(r"^### `(\w+)`", text, re.MULTILINE)
    assert [*named] == [*get_args(Kind), *get_args(Class)]
