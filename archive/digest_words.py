"""The digest in words: a headline, and what there is to tell under headings; shared by every way to write it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from itertools import groupby

import msgspec

from archive.digest import Digest, SiteNight
from archive.episodes import Episode
from archive.events import told as event_told
from archive.listing import moment
from archive.phrases import plural
from archive.times import from_text
from archive.told import Told

_LISTED = 20
"""Pages that are named under a heading; of more only the number is told, `--json` and the archive have them all."""


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """A heading and its lines; under it the differences, where there are any."""

    heading: str
    lines: tuple[str, ...] = ()
    told: tuple[Told, ...] = ()


def headline(digest: Digest) -> str:
    """The night in one line: for a subject and a title."""
    wrong = "something is wrong" if digest.notes else ""
    if not digest.nights:
        return f"Tidslager: {wrong or 'no run'}"
    counts = {
        "changed": sum(len(night.revised) for night in digest.nights),
        "new": sum(len(night.new) for night in digest.nights),
        "in trouble": sum(len(night.begun) + len(night.lasting) for night in digest.nights),
        "well again": sum(len(night.ended) for night in digest.nights),
        "to settle": sum(len(night.suspects) for night in digest.nights),
        "not looked at": sum(len(night.not_looked_at) for night in digest.nights),
    }
    sites = ", ".join(dict.fromkeys(night.site for night in digest.nights))
    news = [f"{count} {word}" for word, count in counts.items() if count]
    told = ", ".join(filter(None, [wrong, *news])) or "nothing new"
    statuses = sorted({night.status for night in digest.nights} - {"ok"})
    return f"Tidslager {sites}: {told}" + (f" ({', '.join(statuses)})" if statuses else "")


def parts(digest: Digest) -> list[Part]:
    """What there is to tell, the gravest first; nothing of what there is nothing of."""
    found = [Part(heading="Something is wrong", lines=digest.notes)] if digest.notes else []
    for night in digest.nights:
        found += _of_site(night)
    return found


def _of_site(night: SiteNight) -> Iterator[Part]:
    took = ""
    if night.finished:
        took = f", {_span(from_text(night.finished) - from_text(night.started))}"
    pages = f"{night.looked_at} {plural('page', night.looked_at)} looked at"
    yield Part(
        heading=f"{night.site}: run {night.run}, {night.status}",
        lines=(f"{pages}, begun {moment(night.started)} UTC{took}.",),
    )
    for heading, lines in (
        ("Trouble that began", _episodes(night.begun)),
        ("Trouble that is over", _episodes(night.ended)),
        ("Trouble that goes on", _episodes(night.lasting)),
        ("To settle (tidslager quarantine show ENTRY)", [_suspect(row) for row in night.suspects]),
        ("Not looked at", [_unseen(row) for row in night.not_looked_at]),
        ("New", [f"{one.page}  {one.title or one.address}  {one.address}" for one in night.new]),
        ("The page set", [f"{one.page}  {one.title or one.address}: {event_told(one)}" for one in night.events]),
        ("Around the content", list(night.chrome)),
    ):
        if lines:
            yield Part(heading=heading, lines=_listed(lines))
    if night.revised:
        yield Part(heading="Changed", told=tuple(one.told for one in night.revised))
    if night.untold:
        count = f"{night.untold} more {plural('page', night.untold)}"
        yield Part(heading="Not told", lines=(f"{count} changed in ways, or at places, that were not asked for.",))


def _listed(lines: Sequence[str]) -> tuple[str, ...]:
    more = len(lines) - _LISTED
    return (*lines[:_LISTED], f"… and {more} more") if more > 0 else tuple(lines)


def _episodes(episodes: Iterable[Episode]) -> list[str]:
    """One line a reason: a night without a network is one thing that happened, however many pages it befell."""

    def alike(one: Episode) -> tuple[str, str, str]:
        return (one.began[:10], one.why if one.page is None else _general(one), (one.ended or "")[:10])

    lines = []
    for _, group in groupby(sorted(episodes, key=lambda one: (*alike(one), one.page or 0)), key=alike):
        found = list(group)
        first = found[0]
        name = "the layout" if first.page is None else f"{first.page}  {first.title or first.address}"
        if len(found) > 1:
            numbers = [str(one.page) for one in found[:_LISTED]] + ["…"] * (len(found) > _LISTED)
            name = f"{len(found)} pages ({', '.join(numbers)})"
        nights = f"{first.looks} {plural('night', first.looks)}"
        until = f" to {moment(first.ended)} UTC" if first.ended else ""
        lines.append(f"{name}: {first.why} ({nights}, since {moment(first.began)} UTC{until})")
    return lines


def _general(one: Episode) -> str:
    """The reason without what is this page's own: its address."""
    return one.why.replace(one.address or "\0", "…")


def _suspect(row: dict[str, object]) -> str:
    return f"entry {row['entry']}: {row['title'] or row['address']} (page {row['page']}), {row['doubt']}: {row['why']}"


def _unseen(row: dict[str, object]) -> str:
    last = moment(str(row["last_looked"])) if row["last_looked"] else "never"
    return f"{row['page']}  {row['title'] or row['address']}  last looked at {last} UTC"


def _span(span: timedelta) -> str:
    seconds = round(span.total_seconds())
    return f"{seconds} s" if seconds < 60 else f"{seconds // 60} min"  # noqa: PLR2004 -- seconds
