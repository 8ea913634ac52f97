"""Times as the archive writes them: TEXT, UTC, `YYYY-MM-DDTHH:MM:SS.mmmZ`, so that text order is time order."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from schemas.errors import ConfigurationError

_ONE_MS = timedelta(milliseconds=1)
_CLOCK = re.compile(r"[T ]\d\d:\d\d(?P<seconds>:\d\d)?")


def to_text(moment: datetime) -> str:
    """Write an aware time in UTC, cut to milliseconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def from_text(text: str) -> datetime:
    """Read what `to_text` wrote."""
    return datetime.fromisoformat(text)


def start_of(when: str) -> str:
    """First moment of what a person wrote: a day ("2026-11-23") or a time ("2026-11-23T14:00", UTC unless it says).

    Raises ConfigurationError for anything else.
    """
    return to_text(_moment(when)[0])


def end_of(when: str) -> str:
    """Last moment of what a person wrote: of the day, the minute or the second, so that a time we showed finds itself.

    Raises ConfigurationError for anything else.
    """
    moment, length = _moment(when)
    return to_text(moment + length - _ONE_MS)


def _moment(when: str) -> tuple[datetime, timedelta]:
    """When it begins and how long it lasts, by how exactly it was written."""
    try:
        moment = datetime.fromisoformat(when.strip().removesuffix(" UTC"))
        moment = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
        length = _length(when)
        moment + length
    except (ValueError, OverflowError):
        raise ConfigurationError(
            f'"{when}" is no date: write a day as 2026-11-23 or a time as 2026-11-23T14:00 (UTC).'
        ) from None
    return moment, length


def _length(when: str) -> timedelta:
    colons = _CLOCK.search(when)
    if colons is None:
        return timedelta(days=1)
    if "." in when or "," in when:
        return _ONE_MS
    return timedelta(seconds=1) if colons["seconds"] else timedelta(minutes=1)
