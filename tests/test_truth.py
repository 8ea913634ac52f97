"""The truth set: what editors did is told, what they did not do is not, whatever noise there is around it."""

from __future__ import annotations

import pytest

from schemas.page import canonical_json
from tests.truthset.score import EDITS, Tally, judged, lived, night, seen, tally

NIGHTS = 168
"""Three nights that begin with each kind of edit."""


def checked(found: Tally) -> None:
    """The goal: each section and value that changed is told, nothing else is, and nearly all by the right name."""
    assert found.recall == 1.0, found.missed
    assert found.precision == 1.0, found.invented
    assert found.kinds >= 0.98, found.misnamed


def test_every_edit_of_these_nights_is_told_and_nothing_else() -> None:
    """Recall and precision over mixed nights of up to ten edits; each kind of edit is among them."""
    assert len(EDITS) * 3 == NIGHTS
    found = tally(range(NIGHTS))
    checked(found)
    assert sum(found.done.values()) > 4 * NIGHTS
    assert len(found.done) > 50


@pytest.mark.parametrize("number", range(len(EDITS)))
def test_an_edit_alone_is_told_alone(number: int) -> None:
    """One edit in a night is one change, or none where a reader sees none."""
    nights = [lived(number + round_ * len(EDITS), most=1) for round_ in range(3)]
    for this, verdict in nights:
        assert len(this.truths) == 1
        assert (verdict.missed, verdict.invented) == ((), ())
    assert any(this.truths for this, _ in nights)


@pytest.mark.soak
def test_every_edit_of_two_thousand_nights_is_told() -> None:
    """The same over 2,000 other nights."""
    checked(tally(range(NIGHTS, NIGHTS + 2_000)))


@pytest.mark.parametrize("seed", range(40))
def test_noise_alone_makes_no_revision(seed: int) -> None:
    """A page read from five answers of a site that was deployed, alerted and personalised between them is one page."""
    page = night(seed).before
    readings = {canonical_json(seen(page, f"{seed} {answer}")) for answer in range(5)}
    assert readings == {canonical_json(page)}


def test_the_truth_set_can_fail() -> None:
    """A diff that says nothing, or says it twice, does not pass."""
    this, verdict = lived(0)
    changes = [change for _, change in verdict.found]
    assert judged((), this).missed
    assert judged([*changes, *changes], this).invented
