"""Days, months and years in Swedish running text, no more exact than they are written. Pure."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from datetime import date

from schemas.mention import When

_MONTHS = (
    ("januari", "jan"),
    ("februari", "feb", "febr"),
    ("mars", "mar"),
    ("april", "apr"),
    ("maj",),
    ("juni", "jun"),
    ("juli", "jul"),
    ("augusti", "aug"),
    ("september", "sep", "sept"),
    ("oktober", "okt"),
    ("november", "nov"),
    ("december", "dec"),
)
_MONTH_NUMBER = {name: number for number, names in enumerate(_MONTHS, 1) for name in names}
_MONTH = "|".join(sorted(_MONTH_NUMBER, key=len, reverse=True))

# Three ways of writing a day, each with its year. A slash is day/month in Swedish; "3/2/2020" is nobody's custom here
# and may be American, so it is left alone, as is a bare year or month: a guessed day is worse than none.
_DATE = re.compile(
    rf"""
    (?<![\w/.-])
    (?:
        (?P<year_1>[12]\d{{3}})-(?P<month_1>\d{{1,2}})-(?P<day_1>\d{{1,2}})(?![\d-])
      | (?P<day_2>\d{{1,2}})(?::[ae])?\s+(?P<month_2>{_MONTH})\b\.?,?\s+(?P<year_2>[12]\d{{3}})(?!\d)
      | (?P<day_3>\d{{1,2}})/(?P<month_3>\d{{1,2}})(?:\s+|-)(?P<year_3>[12]\d{{3}})(?![\d/-])
    )
    """,
    re.VERBOSE | re.IGNORECASE,
)
# A month or a year alone. A year is one of the last two centuries or the next decades, and no part of another number.
_MONTH_AND_YEAR = re.compile(rf"(?<![\w.:/-])({_MONTH})\b\.?,?\s+(?:år\s+)?([12]\d{{3}})(?![\d-])", re.IGNORECASE)
_YEAR = re.compile(
    r"(?<![\w./,:-])(?:1[89]\d\d|20\d\d)(?![\w/%-]|[.,:]\d| (?:kronor|kr|personer|st|deltagare|procent)\b)"
)
_DIGITS_OF_A_YEAR = re.compile(r"[12]\d{3}")
_WEEKDAY = r"(?:(?:mån|tis|ons|tors|fre|lör|sön)dag(?:en)?\s+)?"
_BEFORE = re.compile(rf"\s*{_WEEKDAY}(?:den\s+)?", re.IGNORECASE)


def find_date(text: str) -> date | None:
    """First exact day that the text names with day, month and year; None when there is none.

    Reads "1 oktober 2019", "den 3 feb. 2020", "1:a maj 2022", "2020-02-03 14:05" and "3/2 2020" (3 February). A day
    that no calendar has, such as 31 February, is passed over.
    """
    return next((found for found, _, _ in _dates(text)), None)


def leading_date(text: str) -> tuple[date, str] | None:
    """The day that the text begins with ("onsdag den 3 februari 2020, kl. 9") and what follows it; None without one."""
    opening = _BEFORE.match(text)
    begins = opening.end() if opening else 0
    return next(((found, text[end:]) for found, start, end in _dates(text) if start == begins), None)


def find_dates(text: str) -> tuple[When, ...]:
    """Each day, month and year that the text names, in order, none inside another.

    Days as `find_date` reads them; besides "oktober 2019" and "år 2019". What no calendar has is left out whole.
    """
    if not _DIGITS_OF_A_YEAR.search(text):
        return ()
    found = [
        When(year=day.year, month=day.month, day=day.day, start=start, end=end) for day, start, end in _dates(text)
    ]
    taken = [(match.start(), match.end()) for match in _DATE.finditer(text)]
    for match in _MONTH_AND_YEAR.finditer(text):
        if _is_free(taken, match.start(), match.end()):
            month = _MONTH_NUMBER[match[1].lower()]
            found.append(When(year=int(match[2]), month=month, start=match.start(), end=match.end()))
    taken = sorted([*taken, *((each.start, each.end) for each in found)])
    found += [
        When(year=int(match[0]), start=match.start(), end=match.end())
        for match in _YEAR.finditer(text)
        if _is_free(taken, match.start(), match.end())
    ]
    return tuple(sorted(found, key=lambda each: each.start))


def _is_free(taken: list[tuple[int, int]], start: int, end: int) -> bool:
    """Whether a span meets none of the spans, which are in order of their starts."""
    at = bisect_left(taken, (end, 0))
    return at == 0 or max(span[1] for span in taken[max(0, at - 2) : at]) <= start


def _dates(text: str) -> Iterator[tuple[date, int, int]]:
    for match in _DATE.finditer(text):
        parts = {name.partition("_")[0]: value for name, value in match.groupdict().items() if value is not None}
        month = _MONTH_NUMBER.get(parts["month"].lower()) or int(parts["month"])
        try:
            yield date(int(parts["year"]), month, int(parts["day"])), match.start(), match.end()
        except ValueError:
            continue
