"""Templates and the numbers that their values are packed as."""

from __future__ import annotations

import base64
import random
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.alphabet import ALPHABETS, MAX_LENGTH, join, narrowest, split
from archive.template import MAX_SLOTS, decode, encode, fill, fit, learn

PAGE = """<html><head><script nonce="{nonce}">a</script><script nonce="{nonce}">b</script>
<meta name="csrf" content="{csrf}"/></head><body><form action="/sok;jsessionid={session}?q=1">
<p>Vävstugan i Granlösa har {count} besökare.</p><!-- {clock} --></body></html>"""


def answer(number: int, page: str = PAGE) -> bytes:
    """The page as it was answered the n-th time: the same but for its noise."""
    rng = random.Random(number)
    return page.format(
        nonce=uuid.UUID(fields=(rng.getrandbits(32), 0xC097, 0x11F1, 0x9C, 0x2F, 0x21A1D7CA51E0)),
        csrf=base64.b64encode(rng.randbytes(32)).decode(),
        session=rng.randbytes(16).hex().upper(),
        count=(99, 7, 12345)[number % 3],
        clock=f"2026-03-{number:02} 02:10:{rng.randrange(60):02}",
    ).encode()


def test_noise_in_its_places_is_worth_its_values() -> None:
    """After two answers a third is its values alone: no more than the random bytes in it, whatever their alphabets."""
    template = learn(answer(1), answer(2))
    assert template is not None
    for number in range(3, 29):
        values = fit(template, answer(1), answer(number))
        assert values is not None
        assert fill(template, answer(1), values) == answer(number)
        random_bytes = 4 + 32 + 16
        assert random_bytes <= len(values) <= random_bytes + 12


def test_what_stands_in_several_places_is_kept_once_and_the_machines_name_not_at_all() -> None:
    """A nonce repeated is one value; of a UUID of version 1 only the groups that change are values."""
    template = learn(answer(1), answer(2))
    assert template is not None
    assert [slot.value for slot in template.slots[:2]] == [0, 0]
    assert template.kinds[0].length == 8


@pytest.mark.parametrize(
    "other",
    [
        PAGE.replace("har {count}", "hade {count}"),
        PAGE.replace("<p>", "<p>Nytt: "),
        PAGE.replace('nonce="{nonce}">b', 'nonce="x{nonce}">b'),
        PAGE.removesuffix("</html>"),
        PAGE + "\n",
    ],
)
def test_an_edit_does_not_fit(other: str) -> None:
    """A word, a paragraph, a nonce that is not the other's, an end that differs: not a template's business."""
    template = learn(answer(1), answer(2))
    assert template is not None
    assert fit(template, answer(1), answer(3, other)) is None


def test_tokens_that_move_about_make_no_template() -> None:
    """A list whose items change places and number has no places to make slots of."""
    first = b"<ul>" + b"".join(b"<li>%d%s</li>" % (n, b"<b>" * (n % 3)) for n in range(20)) + b"</ul>"
    second = b"<ul>" + b"".join(b"<li>%d%s</li>" % (n, b"<b>" * (n % 4)) for n in range(20)) + b"</ul>"
    assert learn(first, second) is None


def test_too_much_that_is_new_makes_no_template() -> None:
    """Two tables with the same cells and other numbers are not one page with noise."""
    one, two = (b"".join(b"<td>%d</td>" % (start + n) for n in range(MAX_SLOTS + 1)) for start in (10_000, 20_000))
    assert learn(one, two) is None
    assert learn(b"<p>a" + b"x" * 300, b"<p>a" + b"y" * 300) is None


def test_a_template_is_kept_as_bytes_and_damage_is_noticed() -> None:
    """What was encoded is decoded; anything else is refused, never taken for a template."""
    template = learn(answer(1), answer(2))
    assert template is not None
    data = encode(template)
    assert decode(data) == template
    for damaged in (b"", data[:-1], data[1:], bytes(len(data))):
        with pytest.raises(ValueError, match="not a"):
            decode(damaged)


def test_values_that_say_too_much_are_refused() -> None:
    """A number too large for its slots is damage."""
    template = learn(b"a 1 b", b"a 2 b")
    assert template is not None
    with pytest.raises(ValueError, match="more than the slots"):
        fill(template, b"a 1 b", b"\xff\xff")


@given(st.lists(st.binary(max_size=MAX_LENGTH), max_size=6), st.data())
def test_values_come_back_whatever_they_are(values: list[bytes], data: st.DataObject) -> None:
    """Any values, of known or of varying length, in any alphabet that spells them."""
    kinds = []
    for value in values:
        least = narrowest(value)
        fits = [place for place in range(len(ALPHABETS)) if place >= least and ALPHABETS[place].spells(value)]
        kinds.append((data.draw(st.sampled_from(fits)), data.draw(st.sampled_from((None, len(value))))))
    packed = join([(place, length, value) for (place, length), value in zip(kinds, values, strict=True)])
    assert split(packed, kinds) == values


tokens = st.text("ab01-_", min_size=1, max_size=9)
shapes = st.lists(st.sampled_from(("T", " ", "<p>", '"', "å", "=", ";")), max_size=14)


@given(shapes, st.lists(tokens, min_size=28, max_size=28), st.lists(tokens, min_size=28, max_size=28))
def test_what_fits_comes_back_and_what_taught_mostly_fits(shape: list[str], one: list[str], two: list[str]) -> None:
    """Whatever two answers are: a template of them, if there is one, gives back every byte of what fits it."""
    first, second, third = (
        "".join(words[place] if part == "T" else part for place, part in enumerate(shape)).encode()
        for words in (one, two, [*two[:7], *one[7:]])
    )
    template = learn(first, second)
    if template is None:
        return
    assert decode(encode(template)) == template
    for body in (first, second, third):
        values = fit(template, first, body)
        assert values is None or fill(template, first, values) == body
