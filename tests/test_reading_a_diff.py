"""docs/reading-a-diff.md: every example is run, and every kind, class and thing that can change has one."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import get_args

import pytest

from archive.diff import diff
from archive.diff_chrome import part_changes
from archive.render import render_changes
from schemas.change import Change, Class, Kind, What
from schemas.chrome import ChromePart
from tests.notation import page_from
from tests.test_apply import check_laws

FILE = Path(__file__).parent.parent / "docs" / "reading-a-diff.md"
_EXAMPLE = re.compile(
    r"```before(?P<part>(?: part)?)\n(?P<before>.*?)```\n+```after(?: part)?\n(?P<after>.*?)```\n+"
    r"```told\n(?P<told>.*?)```",
    re.DOTALL,
)
ALL = list(_EXAMPLE.finditer(FILE.read_text("utf-8")))
EXAMPLES = [example for example in ALL if not example["part"]]
PARTS = [example for example in ALL if example["part"]]
HEADINGS = {match["before"].splitlines()[0] if match["before"] else "": match for match in EXAMPLES}


def page_changes(example: re.Match[str]) -> tuple[Change, ...]:
    return diff(page_from(example["before"]), page_from(example["after"]))


def chrome_changes(example: re.Match[str]) -> tuple[Change, ...]:
    """Each section of the notation a part of the chrome, its heading the part's name."""
    before, after = (
        {one.heading: ChromePart(name=one.heading, blocks=one.blocks) for one in page_from(example[side]).sections}
        for side in ("before", "after")
    )
    return tuple(change for name in {**before, **after} for change in part_changes(before.get(name), after.get(name)))


def told(example: re.Match[str]) -> str:
    changes = (chrome_changes if example["part"] else page_changes)(example)
    return render_changes(changes, colour=False, width=88, show_all=True)


@pytest.mark.parametrize("number", range(len(ALL)))
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
    assert told(list(_EXAMPLE.finditer(FILE.read_text("utf-8")))[number]) == ALL[number]["told"]


def test_the_examples_obey_the_law() -> None:
    """The changes of each example rebuild its later page."""
    for example in EXAMPLES:
        assert check_laws(page_from(example["before"]), page_from(example["after"]))


def test_every_kind_class_and_thing_has_an_example() -> None:
    """No kind, class or thing that can change is left without an example; pages that go come from a crawl."""
    text = FILE.read_text("utf-8")
    shown = [change for one in EXAMPLES for change in page_changes(one)]
    around = [change for one in PARTS for change in chrome_changes(one)]
    assert {change.kind for change in shown} == set(get_args(Kind))
    assert {change.class_ for change in shown} == set(get_args(Class)) - {"chrome"}
    assert {change.class_ for change in around} == {"chrome"}
    assert {change.what for change in [*shown, *around]} == set(get_args(What)) - {"page"}
    named = re.findall(r"^### `(\w+)`", text, re.MULTILINE)
    assert [*named] == [*get_args(Kind), *get_args(Class)]
