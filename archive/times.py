"""Times as the archive writes them: TEXT, UTC, `YYYY-MM-DDTHH:MM:SS.mmmZ`, so that text order is time order."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from schemas.errors import ConfigurationError

_ONE_MS = timedelta(milliseconds=1)


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
    """Last moment of what a person wrote: for a day its last millisecond in UTC, for a time that time.

    Raises ConfigurationError for anything else.
    """
    moment, whole_day = _moment(when)
    return to_text(moment + timedelta(days=1) - _ONE_MS if whole_day else moment)


def _moment(when: str) -> tuple[datetime, bool]:
    try:
        return datetime.combine(date.fromisoformat(when), time.min, UTC), True
    except ValueError:
        pass
    try:
        moment = datetime.fromisoformat(when)
    except ValueError:
        raise ConfigurationError(
            f'"{when}" is no date: write a day as 2026-11-23 or a time as 2026-11-23T14:00 (UTC).'
        ) from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)), False
