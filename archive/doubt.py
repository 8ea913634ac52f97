"""Doubt: does a reading fit what the page said last? Pure; knows records, not web sites.

What an answer shows by itself (a challenge, a login, the words of a 404) is the reader's to see. Here it is held
against the page's last good record: a page that lost most of itself at once, changed its language or broke its letters
is probably not the page, or not as its editors meant it. And the other way about: an answer that still says what the
page said is the page, whatever it looks like.
"""

from __future__ import annotations

import re
from collections import Counter

import msgspec

from archive.align import align_sections
from archive.comparison import comparison
from archive.records import text_under
from archive.tongue import tongue
from schemas.page import Page, block_text
from schemas.reading import Doubt, Reading

_FEW = 1 / 10
"""Share of the text that is left when nearly all of it is gone."""
_MUCH = 600
"""Characters of text from which on such a share says something."""
_BROKEN = 3
"""Broken letters from which on it is no slip of the pen."""
# å, ä, ö, Å, Ä, Ö and é of UTF-8 read as windows-1252, and what stands where no letter could be read at all.
_BROKEN_LETTER = re.compile("Ã[¥¤¶…„–©]|\ufffd")
_OWN_LETTER = re.compile("[åäöÅÄÖé]")
_MISSED = "0 places for "


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """The page as it was last seen and believed."""

    page: Page
    layout: str = ""
    remarks: tuple[str, ...] = ()


def doubted(reading: Reading, known: Known, floor: int = 0) -> Reading:
    """The reading, its verdict turned to `suspect` or back to `page` where the page's last record is reason to.

    `floor` is the least number of sections that the page is expected to have.
    """
    page = reading.page
    if page is None or reading.verdict not in ("page", "suspect"):
        return reading
    if page == known.page:
        return _believed(reading)
    stands = _share_that_stands(known.page, page)
    if reading.verdict == "suspect":
        return _believed(reading) if stands >= 1 / 2 else reading
    found = _broken_letters(known.page, page) or _another_language(known.page, page, stands)
    found = found or _lost(known, reading, page, floor)
    return msgspec.structs.replace(reading, verdict="suspect", doubt=found[0], why=found[1]) if found else reading


def _believed(reading: Reading) -> Reading:
    if reading.verdict == "page":
        return reading
    remark = f"it says what the page said before, though: {reading.why}"
    return msgspec.structs.replace(reading, verdict="page", doubt=None, why="", remarks=(*reading.remarks, remark))


def whole_text(page: Page) -> str:
    """All that a reader reads on a page under its title, headings too, one block a line."""
    parts = [block_text(block) for block in page.preamble]
    parts += [part for section in page.sections for part in (section.heading, text_under(section))]
    return "\n".join(filter(None, parts))


def _share_that_stands(before: Page, after: Page) -> float:
    """Share of the earlier text whose lines stand in the later page too, 0 to 1; 0 where there was no text."""
    had, has = (Counter(map(comparison, whole_text(page).split("\n"))) for page in (before, after))
    total = sum(len(line) * count for line, count in had.items())
    return sum(len(line) * count for line, count in (had & has).items()) / total if total else 0.0


def _broken_letters(before: Page, after: Page) -> tuple[Doubt, str] | None:
    was, now = whole_text(before), whole_text(after)
    broken, whole = len(_BROKEN_LETTER.findall(now)), len(_OWN_LETTER.findall(now))
    if broken < _BROKEN or broken <= whole or broken <= 2 * len(_BROKEN_LETTER.findall(was)):
        return None
    return "encoding", f"{broken} letters are broken that were whole before: the encoding is not what it says."


def _another_language(before: Page, after: Page, stands: float) -> tuple[Doubt, str] | None:
    """A flip is one of the text; a page that only states another tag over the same text is the page."""
    if stands >= 1 / 2:
        return None
    stated = [(page.language or "").partition("-")[0].lower() for page in (before, after)]
    written = [tongue(whole_text(page)) for page in (before, after)]
    for was, now in (written, stated if None in written else ("", "")):
        if was and now and was != now:
            return "language", f'The language was "{was}" and is now "{now}".'
    return None


def _lost(known: Known, reading: Reading, after: Page, floor: int) -> tuple[Doubt, str] | None:
    """Lost sections, and whether the layout is to blame."""
    before = known.page
    pairs = align_sections(before.sections, after.sections)
    emptied = sum(bool(text_under(before.sections[was]) and not text_under(after.sections[now])) for was, now in pairs)
    had, lost = len(before.sections), len(before.sections) - len(pairs) + emptied
    added = len(after.sections) - len(pairs)
    gone = f"{lost} of {had} sections are gone at once"
    if lost and (sign := _drifted(known, reading, floor)):
        return "drift", f"{sign}: the layout changed; {gone}."
    if 2 * lost > had and 2 * added < lost:
        return "loss", f"{gone[0].upper()}{gone[1:]}."
    was, now = len(whole_text(before)), len(whole_text(after))
    if was >= _MUCH and now < _FEW * was:
        return "loss", f"{now} of {was} characters of text are left."
    return None


def _drifted(known: Known, reading: Reading, floor: int) -> str:
    """A sign that the page is laid out otherwise than it was; "" when there is none."""
    assert reading.page is not None
    sections = len(reading.page.sections)
    if sections < floor and sections < len(known.page.sections):
        return f"{sections} sections, and the site file expects at least {floor}"
    if known.layout and reading.layout and known.layout != reading.layout:
        return f"The layout {reading.layout} fits where {known.layout} did"
    missed = [remark for remark in reading.remarks if remark.startswith(_MISSED) and remark not in known.remarks]
    return missed[0] if missed else ""
