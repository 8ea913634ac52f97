"""Days in Swedish text: exact ones are found, others are left alone."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.swedish.days import find_date, find_dates, leading_date

MONTHS = (
    "januari", "februari", "mars", "april", "maj", "juni", "juli", "augusti", "september", "oktober", "november",
    "december",
)  # fmt: skip
DAY = date(2020, 2, 3)


@pytest.mark.parametrize(
    "text",
    [
        "3 februari 2020", "den 3 februari 2020", "Måndag den 3 Februari 2020", "3 feb. 2020", "3 febr 2020",
        "3\u00a0februari\u00a02020", "2020-02-03",
        "2020-02-03 14:05", "2020-02-03T14:05:00+01:00", "2020-2-3", "3/2 2020",
        "03/02 2020", "3/2-2020", "Publicerad: 3 februari 2020.", "3:e februari 2020",
        "Sedan 1998 gäller 3 februari 2020", "(2020-02-03)", "30 februari 2020 eller 3 februari 2020",
    ],
)  # fmt: skip
def test_each_way_of_writing_a_day_is_read(text: str) -> None:
    """Month names and their short forms, ISO order, and day/month with a year."""
    assert find_date(text) == DAY


@pytest.mark.parametrize(
    "text",
    [
        "", "2020", "februari 2020", "3 februari", "3/2", "3/2/2020", "31 februari 2020", "2020-13-01", "0 maj 2020",
        "2020-02-031", "12020-02-03", "3 februarius 2020", "13/13 2020", "© 2019–2020", "dnr 2020-02-03-7", "v3.2.2020",
        "3 februari 20201", "a/2020-02-03",
    ],
)  # fmt: skip
def test_what_is_no_exact_day_is_none(text: str) -> None:
    """A bare year, a day without a year, a day that no calendar has and a number in another are no days."""
    assert find_date(text) is None


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("3 februari 2020", ""),
        ("tisdagen den 3 februari 2020, kl. 9", ", kl. 9"),
        (" 2020-02-03 14:05", " 14:05"),
    ],
)
def test_a_leading_day_comes_with_its_rest(text: str, rest: str) -> None:
    """What follows the day is given back, so that a caller can see whether the line says more."""
    assert leading_date(text) == (DAY, rest)


@pytest.mark.parametrize("text", ["", "Sedan 3 februari 2020", "2020", "den", "31 april 2020"])
def test_a_text_that_begins_otherwise_has_no_leading_day(text: str) -> None:
    """Only weekday and "den" may stand before the day."""
    assert leading_date(text) is None


@settings(deadline=None)
@given(st.dates(date(1000, 1, 1), date(2999, 12, 31)))
def test_every_day_survives_its_writing(day: date) -> None:
    """Written in any of the three ways, each day of the calendar is read back."""
    written = (day.isoformat(), f"{day.day} {MONTHS[day.month - 1]} {day.year}", f"{day.day}/{day.month} {day.year}")
    assert {find_date(text) for text in written} == {day}


@settings(deadline=None)
@given(st.text())
def test_any_text_can_be_searched(text: str) -> None:
    """No text raises, and a leading day is the first day."""
    leading = leading_date(text)
    assert leading is None or leading[0] == find_date(text)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Avtalet från 1 oktober 2019 löper till mars 2021.", ["2019-10-01", "2021-03"]),
        ("Sedan år 2011 och fram till 2018-01-16", ["2011", "2018-01-16"]),
        ("den 1:a okt. 2019, 1/10 2019", ["2019-10-01", "2019-10-01"]),
        ("våren 2017 och 2018/2019", ["2017"]),
        ("31 februari 2020", []), ("2020-13-45", []), ("2 500 personer och 2000 kronor", []), ("dnr 2019-114", []),
        ("3–5 mars 2020", ["2020-03-03", "2020-03-05"]), ("3-5 mars 2020", ["2020-03-03", "2020-03-05"]),
        ("den 3, 5 och 7 mars 2020", ["2020-03-03", "2020-03-05", "2020-03-07"]),
        ("1 januari till och med den 31 december 2021", ["2021-01-01", "2021-12-31"]),
        ("mars–maj 2020", ["2020-03", "2020-05"]), ("plan 2019-2021", ["2019", "2021"]), ("dnr 2019-2021", []),
        ("rum 3, 5 mars 2020", ["2020-03-05"]), ("5–3 mars 2020", ["2020-03-03"]), ("30–31 april 2020", []),
        ("1 mars 2019 och 3 mars 2020", ["2019-03-01", "2020-03-03"]), ("2019-2018", []),
        ("Okt 2019", ["2019-10"]), ("2020.", ["2020"]), ("telefon 2019 45", ["2019"]), ("version 1.2019", []),
    ],
)  # fmt: skip
def test_dates_are_as_exact_as_they_are_written(text: str, told: list[str]) -> None:
    """Days, months and years, none made up, none read inside another or out of a day that does not exist."""
    assert [str(when) for when in find_dates(text)] == told


@settings(deadline=None)
@given(st.text() | st.text("0123456789-/ .:majokt", max_size=60))
def test_dates_lie_in_their_text_in_order(text: str) -> None:
    """No text raises; the dates come in order and never overlap."""
    found = find_dates(text)
    assert all(first.end <= second.start for first, second in pairwise(found))
    assert all(0 <= each.start < each.end <= len(text) for each in found)
