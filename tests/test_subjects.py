"""Subjects: what a text is about, by words where it says so or says so twice."""

from __future__ import annotations

import pytest

from scraper.swedish.subjects import SUBJECTS, find_subjects


def subjects(heading: str, text: str) -> list[str]:
    return [one.name for one in find_subjects(f"{heading}\n{text}", len(heading))]


@pytest.mark.parametrize(
    ("heading", "text", "expected"),
    [
        ("Ett kafé i biblioteket", "Här serveras lunch.", ["mat och kafé", "kultur"]),
        ("Så började det", "De sålde möbler på loppis. Nu är återbruket störst i länet.", ["återbruk"]),
        ("Så började det", "De sålde en gång möbler på loppis.", []),
        ("Så började det", "", []),
        ("Nya städer växer", "Städerna behöver varandra.", []),
        ("Den som har ett boende", "Han är boende i Norrvik.", ["bostad"]),
        ("Reserverade kontrakt", "", ["upphandling"]),
        ("E-tjänsten är ny", "", ["digitalisering"]),
        ("FÖRSÖRJNINGSSTÖDET minskar", "", ["arbetslöshet"]),
    ],
)
def test_a_subject_is_told_by_its_words_in_the_heading_or_twice(heading: str, text: str, expected: list[str]) -> None:
    """A word in passing is none; a word that only begins alike is none."""
    assert subjects(heading, text) == expected


def test_a_subject_has_its_words_as_they_stand() -> None:
    """Whole words, where they first stand; and why."""
    text = "Inköpen\nUpphandlingarna"
    (found,) = find_subjects(text)
    assert (text[found.start : found.end], found.evidence) == (
        "Inköpen",
        "words of it stand in the text more than once",
    )


def test_no_words_tell_two_subjects() -> None:
    """The list is one to many, in small letters, each long enough to be looked for."""
    words = [word for listed in SUBJECTS.values() for word in listed.split(", ")]
    assert len(words) == len(set(words))
    assert all(word == word.lower() and len(word) > 3 for word in words)


def test_any_text_is_answered() -> None:
    """Letters that are two in small letters, and none."""
    assert find_subjects("İstanbul upphandling, upphandling") == ()
    assert find_subjects("") == ()
