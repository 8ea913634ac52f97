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
# "3–5 mars 2020", "1 januari till 31 december 2021", "mars och april 2020": what comes first has the month or year of
# what comes after it. Read from the last one backwards; a comma joins only where a word or a dash comes after it.
_JOINED = r"\s*(?:[–—-]|\b(?:och|samt|till)\b|\bt\.o\.m\.)\s*(?:(?:och\s+med|med)\s+)?(?:den\s+)?\Z"
_LISTED = r"\s*,\s*(?:den\s+)?\Z"
_DAY = rf"(?<![\w/.,:–—-])(?P<day>\d{{1,2}})(?::[ae])?(?:\s+(?P<month>{_MONTH})\b\.?)?"
_ALONE = rf"(?<![\w.:/-])(?P<month>{_MONTH})\b\.?"
_DAY_BEFORE = [re.compile(_DAY + joined, re.IGNORECASE) for joined in (_JOINED, _LISTED)]
_MONTH_BEFORE = [re.compile(_ALONE + joined, re.IGNORECASE) for joined in (_JOINED, _LISTED)]
_LAST_DAY = re.compile(
    rf"(?<![\w/.-])\d{{1,2}}-(?P<day>\d{{1,2}})\s+(?P<month>{_MONTH})\b\.?\s+(?P<year>[12]\d{{3}})(?!\d)", re.IGNORECASE
)
# "plan 2019-2021"; not "dnr 2019-2021" or "2019-2018", which number a matter.
_YEARS = re.compile(r"(?<![\w./,:-])(?<!nr )((?:19|20)\d\d)-((?:19|20)\d\d)(?![\w/%-]|[.,:]\d)")
_LONGEST_SPAN = 20
"""Years between two that a hyphen joins: more are no span but a number."""
_BEHIND = 40
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

    Days as `find_date` reads them; besides "oktober 2019" and "år 2019", and both ends of "3–5 mars 2020", "mars–maj
    2020" and "2019-2021". What no calendar has is left out whole.
    """
    if not _DIGITS_OF_A_YEAR.search(text):
        return ()
    found = [_day(day, start, end) for day, start, end in _dates(text)]
    found += _last_days(text)
    taken = sorted([*((match.start(), match.end()) for match in _DATE.finditer(text)), *_spans(found)])
    for match in _MONTH_AND_YEAR.finditer(text):
        if _is_free(taken, match.start(), match.end()):
            month = _MONTH_NUMBER[match[1].lower()]
            found.append(When(year=int(match[2]), month=month, start=match.start(), end=match.end()))
    for number in range(len(found)):
        found += _before(text, found[number])
    taken = sorted([*taken, *_spans(found)])
    years = [match.span(group) for match in _YEARS.finditer(text) if _is_span(match) for group in (1, 2)]
    years += [match.span() for match in _YEAR.finditer(text)]
    found += [
        When(year=int(text[start:end]), start=start, end=end) for start, end in years if _is_free(taken, start, end)
    ]
    return tuple(sorted(found, key=lambda each: each.start))


def _spans(found: list[When]) -> Iterator[tuple[int, int]]:
    return ((each.start, each.end) for each in found)


def _day(day: date, start: int, end: int) -> When:
    return When(year=day.year, month=day.month, day=day.day, start=start, end=end)


def _last_days(text: str) -> Iterator[When]:
    """The later day of "3-5 mars 2020", which is no day of its own to `find_date`."""
    for match in _LAST_DAY.finditer(text):
        day = _calendar(int(match["year"]), _MONTH_NUMBER[match["month"].lower()], int(match["day"]))
        if day:
            yield _day(day, match.start("day"), match.end())


def _is_span(match: re.Match[str]) -> bool:
    return 0 < int(match[2]) - int(match[1]) <= _LONGEST_SPAN


def _before(text: str, last: When) -> Iterator[When]:
    """The days or months that a text joins to a later one, which says their month or year; the nearest first."""
    patterns = _DAY_BEFORE if last.day else _MONTH_BEFORE
    reach = 1
    while True:
        behind = text[max(0, last.start - _BEHIND) : last.start]
        match = next((found for pattern in patterns[:reach] if (found := pattern.search(behind))), None)
        earlier = _earlier(match, last, last.start - len(behind)) if match else None
        if earlier is None:
            return
        yield earlier
        last, reach = earlier, len(patterns)


def _earlier(match: re.Match[str], last: When, shift: int) -> When | None:
    """What a match says, with what it leaves to the later one; None where it is not earlier."""
    month = _MONTH_NUMBER[match["month"].lower()] if match["month"] else last.month
    assert month is not None, "days and months have a month"
    start, end = shift + match.start(), shift + match.end("month" if match["month"] else "day")
    if last.day is None:
        return When(year=last.year, month=month, start=start, end=end) if month < (last.month or 0) else None
    day = _calendar(last.year, month, int(match["day"]))
    return _day(day, start, end) if day and (day.month, day.day) < (last.month, last.day) else None


def _calendar(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


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
