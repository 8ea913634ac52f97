"""Word differences are exact, minimal where that is affordable, and read as an editor would mark them."""

from __future__ import annotations

import random
import time
import tracemalloc
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import Indel

from archive import layers, runs, words
from archive.runs import equal_runs
from archive.words import WordDiff, word_diff

SOON = 3.0
"""Seconds of processor time that tell bounded from unbounded on a slow machine: quadratic ways take minutes."""
law = settings(deadline=None, max_examples=300)
prose = st.lists(
    st.sampled_from(["a", "b ", "ord ", "Ord. ", ", ", "\n", " ", "\u00a0", "å", "e\u0301", "–"]), max_size=25
)
texts = prose.map("".join) | st.text(max_size=20)


def marked(found: WordDiff) -> str:
    """The pieces in one line, [-gone-] and {+come+}."""
    around = {"equal": "{}", "delete": "[-{}-]", "insert": "{{+{}+}}"}
    return "".join(around[piece.op].format(piece.text) for piece in found.pieces)


def check_exact(before: str, after: str) -> WordDiff:
    found = word_diff(before, after)
    assert "".join(piece.text for piece in found.pieces if piece.op != "insert") == before
    assert "".join(piece.text for piece in found.pieces if piece.op != "delete") == after
    assert all(piece.text for piece in found.pieces)
    assert all(one.op != other.op for one, other in zip(found.pieces, found.pieces[1:], strict=False))
    return found


@law
@given(texts, texts)
def test_pieces_join_to_both_texts(before: str, after: str) -> None:
    """Equal and deleted pieces make the earlier text, equal and inserted ones the later, whatever the texts."""
    check_exact(before, after)


@law
@given(texts, texts)
def test_the_way_beyond_the_budget_is_exact_too(before: str, after: str) -> None:
    """The linear way for long texts joins to both texts as well."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (layers, runs, words):
            patch.setattr(module, "BUDGET", 2)
        check_exact(before, after)


@law
@given(texts)
def test_a_text_does_not_differ_from_itself(text: str) -> None:
    """Equal texts are one equal piece, or none when there is no text."""
    assert [piece.text for piece in word_diff(text, text).pieces] == ([text] if text else [])


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("Ring oss", "Ring oss i dag", "Ring oss{+ i dag+}"),
        ("Vi svarar.", "Vi svarar. Alltid.", "Vi svarar.{+ Alltid.+}"),
        ("ja ja", "ja ja ja", "ja ja{+ ja+}"),
        ("Läs mer:", "Läs mer: här", "Läs mer:{+ här+}"),
    ],
)
def test_r3_appended_words_do_not_mark_the_word_before(before: str, after: str, expected: str) -> None:
    """R3: what was put at the end is marked, the word before it is not."""
    assert marked(word_diff(before, after)) == expected


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("Öppet 8 till 16.", "Öppet 9 till 17.", "Öppet [-8 till 16-]{+9 till 17+}."),
        ("Ett. Två. Tre.", "Ett. Nytt. Två. Tre.", "Ett.{+ Nytt.+} Två. Tre."),
        ("a b c d", "a x b y c d", "a {+x +}b {+y +}c d"),
        ("ett\ntvå\ntre", "ett\ntre", "ett\n[-två\n-]tre"),
        ("Hej du", "Helt annat", "[-Hej du-]{+Helt annat+}"),
        ("den röda bilen", "den bilen", "den [-röda -]bilen"),
        ("vi har, i dag, fem", "vi har i dag fem", "vi har[-,-] i dag[-,-] fem"),
    ],
)
def test_edits_stand_where_a_reader_would_put_them(before: str, after: str, expected: str) -> None:
    """Short stretches join their edits; insertions keep to the borders of sentences, lines and words."""
    assert marked(check_exact(before, after)) == expected


def test_unlike_texts_are_replaced_as_wholes() -> None:
    """Texts that share little are not told as many small edits."""
    before = "Den gamla kvarnen i byn mal inte längre något mjöl åt oss"
    after = "Sedan i våras finns en app i mobilen där alla kan boka tid"
    assert [piece.op for piece in word_diff(before, after).pieces] == ["delete", "insert"]


def test_within_the_budget_the_answer_is_minimal() -> None:
    """As many words stay as any answer could keep, checked by a plain table of longest common subsequences."""
    chance = random.Random(4)
    for _ in range(30):
        one, other = ([chance.choice("abcd") for _ in range(12)] for _ in range(2))
        best = [[0] * 13 for _ in range(13)]
        for i, a in enumerate(one):
            for j, b in enumerate(other):
                best[i + 1][j + 1] = best[i][j] + 1 if a == b else max(best[i][j + 1], best[i + 1][j])
        found, truncated = equal_runs(one, other)
        assert (sum(run.size for run in found), truncated) == (best[12][12], False)


def test_r14_disjoint_long_texts_are_bounded() -> None:
    """R14: two texts of 100,000 words without one in common take bounded time and memory, and say so."""
    one, other = (" ".join(f"{letter}{n}" for n in range(100_000)) for letter in "ab")
    start = time.process_time()
    found = word_diff(one, other)
    assert time.process_time() - start < SOON
    assert found.truncated
    assert [piece.op for piece in found.pieces] == ["delete", "insert"]
    tracemalloc.start()
    word_diff(one, other)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 100_000_000


def test_long_texts_with_few_edits_stay_near_minimal() -> None:
    """Beyond the budget, twenty new words among 50,000 are told as about twenty edits."""
    chance = random.Random(2)
    old = [f"ord{chance.randrange(4000)}" + ("." if chance.random() < 0.1 else "") for _ in range(50_000)]
    new = list(old)
    for n in range(20):
        new[n * 2400 + 7] = f"ny{n}"
    found = check_exact(" ".join(old), " ".join(new))
    assert not found.truncated, "nothing that went came back: no answer could be shorter"
    assert sum(piece.op == "insert" for piece in found.pieces) == 20


def test_long_repetitive_text_is_bounded() -> None:
    """Without a sentence or word that occurs once there is no anchor: the middle is replaced, in bounded time."""
    start = time.process_time()
    found = check_exact("ja nej " * 5000, "nej nej ja " * 5000)
    assert time.process_time() - start < SOON
    assert found.truncated


def written(paragraphs: list[list[str]]) -> str:
    return "\n".join(" ".join(words) for words in paragraphs)


def prose_of(size: int, seed: int = 1) -> list[list[str]]:
    chance = random.Random(seed)
    words = [f"ord{int(9000 ** chance.random())}" for _ in range(size)]
    return [words[at : at + 50] for at in range(0, size, 50)]


def shuffled_words(paragraphs: list[list[str]]) -> list[list[str]]:
    words = [word for paragraph in paragraphs for word in paragraph]
    random.Random(3).shuffle(words)
    return [words[at : at + 50] for at in range(0, len(words), 50)]


def shuffled(paragraphs: list[list[str]]) -> list[list[str]]:
    return random.Random(3).sample(paragraphs, len(paragraphs))


def of_four_words(paragraphs: list[list[str]]) -> list[list[str]]:
    chance = random.Random(len(paragraphs[0]))
    return [[chance.choice("abcd") for _ in words] for words in paragraphs]


@pytest.mark.parametrize("lines", [True, False])
@pytest.mark.parametrize("change", [shuffled_words, shuffled, of_four_words])
def test_long_texts_are_bounded_whatever_became_of_them(
    change: Callable[[list[list[str]]], list[list[str]]],
    lines: bool,  # noqa: FBT001 - a case, not a switch
) -> None:
    """100,000 words shuffled, paragraphs shuffled, or an alphabet of four, in lines or in one: bounded, and marked."""
    before = prose_of(100_000)
    after = change(before)
    if change is of_four_words:
        before = of_four_words([[], *before])[1:]
    one, other = written(before), written(after)
    if not lines:
        one, other = one.replace("\n", " "), other.replace("\n", " ")
    start = time.process_time()
    found = word_diff(one, other)
    assert time.process_time() - start < SOON
    assert found.truncated
    assert "".join(piece.text for piece in found.pieces if piece.op != "insert") == one
    assert "".join(piece.text for piece in found.pieces if piece.op != "delete") == other


def test_a_few_edits_in_a_long_text_are_no_more_than_they_are() -> None:
    """Ten words, a paragraph in and one moved in 20,000 words: at most 1.1 times the least possible, found by table."""
    before = prose_of(20_000)
    after = [list(words) for words in before]
    for number in range(10):
        after[number * 37][number] = f"ny{number}"
    after.insert(100, [f"inskott{number}" for number in range(40)])
    after.insert(3, after.pop(200))
    found = check_exact(written(before), written(after))
    told = sum(len(piece.text.split()) for piece in found.pieces if piece.op != "equal")
    least = int(Indel.distance(written(before).split(), written(after).split()))
    assert least <= told <= 1.1 * least


def test_a_long_paragraph_stays_and_the_short_line_beside_it_moves() -> None:
    """Of two lines that changed places the longer one is told as unchanged."""
    long = " ".join(f"ord{number}" for number in range(3000))
    found = check_exact(f"{long}\nkort\n{long.replace('o', 'u')}", f"kort\n{long}\nsist {long.replace('o', 'u')}")
    assert max((piece for piece in found.pieces), key=lambda piece: len(piece.text)).op == "equal"
    assert sum(len(piece.text) for piece in found.pieces if piece.op != "equal") < 50


def test_punctuation_stands_apart_in_long_texts_too() -> None:
    """Beyond the budget a comma is still a comma, not a word that changed."""
    words = [f"ord{number % 700}" for number in range(9000)]
    changed = [word + "," if at % 1000 == 5 else word for at, word in enumerate(words)]
    found = check_exact(" ".join(words), " ".join(changed))
    assert [piece.text for piece in found.pieces if piece.op != "equal"] == [","] * 9


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("Stödet är 4 000 kronor.", "Stödet är 4 500 kronor.", "Stödet är [-4 000-]{+4 500+} kronor."),
        ("Stödet är 4 000 kronor.", "Stödet är 5 000 kronor.", "Stödet är [-4 000-]{+5 000+} kronor."),
        ("Vi är 12 000 500 nu.", "Vi är 12 001 500 nu.", "Vi är [-12 000 500-]{+12 001 500+} nu."),
        ("Av 900 kronor.", "Av 1 900 kronor.", "Av [-900-]{+1 900+} kronor."),
        ("Sålde för 4\u00a0000 kr.", "Sålde för 4\u00a0100 kr.", "Sålde för [-4\u00a0000-]{+4\u00a0100+} kr."),
        ("År 2019 100 platser.", "År 2019 120 platser.", "År 2019 [-100-]{+120+} platser."),
        ("Rum 4 och 5", "Rum 4 och 6", "Rum 4 och [-5-]{+6+}"),
    ],
)
def test_a_number_in_groups_of_digits_is_one_word(before: str, after: str, told: str) -> None:
    """4 000 that became 4 500 is told as that, and a year beside a number is none of it."""
    assert marked(check_exact(before, after)) == told


@law
@given(*[st.lists(st.sampled_from(["4 ", "000 ", "12 ", "500", "\u00a0", "och ", ". ", "7"]), max_size=12)] * 2)
def test_texts_of_numbers_are_exact(before: list[str], after: list[str]) -> None:
    """Taking numbers whole loses no letter and makes none up."""
    check_exact("".join(before), "".join(after))
