"""Bodies: written small, read back byte for byte, found damaged when they are, and let go in order."""

from __future__ import annotations

import random
import sqlite3
from itertools import pairwise
from pathlib import Path
from string import ascii_letters, digits
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive import bodies
from archive.bodies import keep_body, read_body
from archive.file import transaction
from archive.frames import MAX_DEPTH
from archive.rebasing import rebase_dependents
from archive.store import Archive
from schemas.errors import ArchiveError
from tests.builders import begin, capture, night
from tests.test_template import answer

WORDS = [
    "vi",
    "har",
    "en",
    "verkstad",
    "i",
    "byn",
    "som",
    "tar",
    "emot",
    "den",
    "som",
    "vill",
    "och",
    "kan",
    "arbeta",
    "med",
    "händerna",
    "varje",
    "dag",
]


def prose(number: int, words: int = 900) -> str:
    """A text of its own, always the same for its number."""
    rng = random.Random(number)
    return " ".join(f"{rng.choice(WORDS)}{rng.randrange(90)}" for _ in range(words))


def page_text(*parts: str) -> str:
    """A page with room for noise at places that stay."""
    return '<head><meta nonce="{nonce}" csrf="{csrf}"></head>' + "".join(f"<p>{part}</p>" for part in parts)


def noisy(number: int, text: str) -> bytes:
    """The text as it was answered the n-th time."""
    return answer(
        number, text.replace("{", "{{").replace("}", "}}").replace("{{nonce}}", "{nonce}").replace("{{csrf}}", "{csrf}")
    )


def keep(archive: Archive, *told: bytes, site: str = "prov") -> list[int]:
    """Bodies of one page, each after the one before."""
    numbers: list[int] = []
    with transaction(archive.database, archive.path):
        for body in told:
            numbers.append(keep_body(archive.database, body, earlier=numbers[:-7:-1], site=site))
    return numbers


def codecs(archive: Archive) -> list[str]:
    """How each body is written, in order."""
    return [codec for (codec,) in archive.database.execute("SELECT codec FROM bodies ORDER BY id").fetchall()]


def depths(archive: Archive) -> list[int]:
    """Steps from each body to one that stands alone."""
    base = dict(archive.database.execute("SELECT id, base FROM bodies").fetchall())

    def steps(number: int) -> int:
        return 0 if base[number] is None else 1 + steps(base[number])

    return [steps(number) for number in base]


def test_noise_in_its_places_is_kept_as_values(archive: Archive) -> None:
    """From the second look on an unchanged page costs its noise; an edit costs itself, then noise again."""
    before, after = page_text(prose(1), prose(2)), page_text(prose(1), "Nytt i dag.", prose(2))
    told = [noisy(n, before) for n in range(1, 5)] + [noisy(n, after) for n in range(5, 8)]
    numbers = keep(archive, *told)
    assert codecs(archive) == ["zstd", "slots", "slots", "slots", "filled", "slots", "slots"]
    assert [read_body(archive.database, number) for number in numbers] == told
    values = archive.database.execute("SELECT max(length(data)) FROM bodies WHERE codec = 'slots'").fetchone()[0]
    assert values < 60


def test_what_an_edit_costs_is_the_edit(archive: Archive) -> None:
    """An edited page is a difference from what its base would have read tonight: its noise costs what it weighs."""
    before, after = page_text(prose(1), prose(2)), page_text(prose(1), "Nytt i dag.", prose(2))
    numbers = keep(archive, noisy(1, before), noisy(2, before), noisy(3, after), noisy(4, after))
    assert codecs(archive) == ["zstd", "slots", "filled", "slots"]
    sizes = dict(archive.database.execute("SELECT id, length(data) FROM bodies").fetchall())
    assert sizes[numbers[2]] < sizes[numbers[3]] + 60
    assert read_body(archive.database, numbers[2]) == noisy(3, after)


def test_the_templates_of_a_page_are_kept_as_differences(archive: Archive) -> None:
    """After an edit the slots are the same and stand elsewhere: only that is kept, one step from a whole template."""
    told = [noisy(10 * edit + n, page_text(*map(prose, range(edit + 2)))) for edit in range(5) for n in range(2)]
    numbers = keep(archive, *told)
    rows = archive.database.execute("SELECT base, whole, length(data) FROM templates ORDER BY base").fetchall()
    assert [whole for _, whole, _ in rows] == [None, *[numbers[0]] * 4]
    assert all(size < 0.7 * rows[0][2] for _, _, size in rows[1:])
    assert [read_body(archive.database, number) for number in numbers] == told
    overwrite(archive, "UPDATE templates SET data = x'00' WHERE base = ?", [numbers[0]])
    with pytest.raises(ArchiveError, match="damaged"):
        read_body(archive.database, numbers[-1])
    with transaction(archive.database, archive.path):
        number = keep_body(archive.database, noisy(99, page_text(prose(9))), earlier=numbers[::-1])
    assert read_body(archive.database, number) == noisy(99, page_text(prose(9)))


def test_a_page_that_goes_back_and_forth_is_recognised(archive: Archive) -> None:
    """Two states by turns, as two servers behind one address give them, are two templates and no more differences."""
    one, two = page_text(prose(1)), page_text(prose(1), "Reservsidan.")
    keep(archive, *(noisy(n, one if n % 4 < 2 else two) for n in range(20)))
    assert sorted(codecs(archive)) == ["filled", *["slots"] * 18, "zstd"]


def test_tokens_that_move_about_fall_back_to_deltas_without_lengthening_the_chain(archive: Archive) -> None:
    """A list that is another each night is a delta from the last content, never a chain of nights."""

    def told(number: int) -> bytes:
        rng = random.Random(number)
        news = "".join(f"<li>{rng.random()}<b></b>" * rng.randint(1, 3) for _ in range(3 + number))
        return (page_text(prose(1)) + news).encode()

    numbers = keep(archive, *(told(n) for n in range(40)))
    assert codecs(archive).count("delta") >= 30
    assert max(depths(archive)) <= 3
    assert [read_body(archive.database, number) for number in numbers] == [told(n) for n in range(40)]


def test_r2_same_text_other_bytes_are_two_bodies(archive: Archive) -> None:
    """A no-break space for a space: what a reader reads is the same, and each look returns its own bytes."""
    told = [f"<p>{prose(1)} i dag".encode(), f"<p>{prose(1)} i\u00a0dag".encode()]
    numbers = keep(archive, *told)
    assert [read_body(archive.database, number) for number in numbers] == told


def test_an_edit_every_night_never_passes_the_depth(archive: Archive) -> None:
    """However often a page is edited, no body is further than the bound from one that stands alone."""
    parts: list[str] = []
    told = []
    for number in range(3 * MAX_DEPTH):
        parts.append(prose(number, 60))
        told += [noisy(2 * number, page_text(*parts)), noisy(2 * number + 1, page_text(*parts))]
    numbers = keep(archive, *told)
    assert MAX_DEPTH - 1 <= max(depths(archive)) <= MAX_DEPTH
    assert sum(after < before for before, after in pairwise(depths(archive))) >= 2
    assert [read_body(archive.database, number) for number in numbers] == told


def test_pages_of_a_site_share_what_they_have_in_common(archive: Archive) -> None:
    """The first body of another page is written with the site's dictionary; one that has nothing of it is not."""
    chrome = prose(0, 3000)
    with transaction(archive.database, archive.path):
        keep_body(archive.database, f"{chrome}{prose(1)}".encode(), site="prov")
        keep_body(archive.database, f"{chrome}{prose(2)}".encode(), site="prov")
        keep_body(archive.database, random.Random(1).randbytes(9_000), site="prov")
        keep_body(archive.database, f"{chrome}{prose(3)}".encode(), site="annan")
    assert codecs(archive) == ["zstd", "delta", "raw", "zstd"]
    assert archive.database.execute("SELECT body_id, site FROM dictionaries").fetchall() == [(1, "prov"), (4, "annan")]


def test_what_the_archive_chose_for_a_page_is_of_that_page(archive: Archive) -> None:
    """A capture is written against its own page's look before it, at whatever time it comes in."""
    told = {n: noisy(n, page_text(prose(1))) for n in (1, 2, 3)}
    kept = {}
    for number in (3, 1, 2):
        run = begin(archive, night(number))
        kept[number] = archive.keep(run, capture(at=night(number), body=told[number])).id
        other = capture("http://byran.example/annan.html", at=night(number), body=prose(number + 5).encode())
        archive.keep(run, other)
    assert codecs(archive) == ["zstd", "zstd", "slots", "zstd", "slots", "zstd"]
    assert {number: archive.read(kept[number]).body for number in kept} == told


def test_a_failures_body_is_not_a_pages_base(archive: Archive) -> None:
    """An error page between two looks does not come between their bodies."""
    looks = [("fetched", 200, noisy(1, page_text(prose(1)))), ("http_error", 500, prose(9).encode())]
    for number, (outcome, status, body) in enumerate([*looks, ("fetched", 200, noisy(2, page_text(prose(1))))], 1):
        archive.keep(
            begin(archive, night(number)), capture(at=night(number), outcome=outcome, status=status, body=body)
        )
    assert codecs(archive) == ["zstd", "zstd", "slots"]


def test_what_is_new_on_all_pages_of_a_night_is_kept_once(archive: Archive) -> None:
    """A new design costs one page what it weighs, the others next to nothing; and any of them may leave afterwards."""
    pages = [[noisy(10 * n + night, page_text(prose(50 + night // 2, 300), prose(n))) for night in range(4)]
             for n in range(4)]  # fmt: skip
    looks: list[list[int]] = [[] for _ in pages]
    for when in range(4):
        with transaction(archive.database, archive.path):
            for page, told in zip(looks, pages, strict=True):
                page.append(keep_body(archive.database, told[when], earlier=page[::-1], site="prov"))
    rows = archive.database.execute("SELECT helper, length(data) FROM bodies WHERE id BETWEEN 9 AND 12").fetchall()
    assert [helper for helper, _ in rows] == [None, *[looks[0][2]] * 3]
    assert 5 * max(size for _, size in rows[1:]) < rows[0][1]
    assert [[read_body(archive.database, number) for number in page] for page in looks] == pages
    helper = looks[0][2]
    with pytest.raises(sqlite3.IntegrityError, match="once no body needs it"):
        redact(archive, helper)
    with transaction(archive.database, archive.path):
        assert set(rebase_dependents(archive.database, helper)) == {looks[0][3], *(page[2] for page in looks[1:])}
        redact(archive, helper)
    left = [[None if number == helper else body for number, body in zip(page, told, strict=True)]
            for page, told in zip(looks, pages, strict=True)]  # fmt: skip
    assert [[read_body(archive.database, number) for number in page] for page in looks] == left
    told = archive.database.execute("SELECT count(*) FROM rebasings WHERE helper = ?", [helper]).fetchone()[0]
    assert told == 3


def test_a_damaged_helper_is_found_and_named(archive: Archive) -> None:
    """What a body was written beside is checked as what it is based on is."""
    pages = [[noisy(10 * n + night, page_text(prose(50 + night, 300), prose(n))) for night in range(2)]
             for n in range(2)]  # fmt: skip
    numbers: dict[tuple[int, int], int] = {}
    with transaction(archive.database, archive.path):
        for when in range(2):
            for n in range(2):
                earlier = [numbers[n, 0]] if when else []
                numbers[n, when] = keep_body(archive.database, pages[n][when], earlier=earlier, site="prov")
    helper = numbers[0, 1]
    assert archive.database.execute("SELECT max(helper) FROM bodies").fetchone()[0] == helper
    overwrite(archive, "UPDATE bodies SET data = x'00' WHERE id = ?", [helper])
    with pytest.raises(ArchiveError, match=rf"Body {numbers[1, 1]} cannot be read.*body {helper}"):
        read_body(archive.database, numbers[1, 1])


@pytest.mark.parametrize("codec", ["zstd", "slots", "filled", "delta", "raw"])
@pytest.mark.parametrize("bit", [0, 3, 7])
def test_damage_is_found_and_named(archive: Archive, codec: str, bit: int) -> None:
    """One wrong bit in any body or in what it stands on: no bytes but the right ones are ever given back."""
    before, after = page_text(prose(1)), page_text(prose(1), "Nytt.")
    numbers = keep(archive, noisy(1, before), noisy(2, before), noisy(3, after), b"liten")
    numbers += keep(archive, *(noisy(n, page_text(prose(2), *["Nytt."] * n)) for n in range(2)), site="annan")
    assert codecs(archive) == ["zstd", "slots", "filled", "raw", "zstd", "delta"]
    damaged = numbers[codecs(archive).index(codec)]
    data = bytearray(archive.database.execute("SELECT data FROM bodies WHERE id = ?", [damaged]).fetchone()[0])
    data[len(data) // 2] ^= 1 << bit
    overwrite(archive, "UPDATE bodies SET data = ? WHERE id = ?", [bytes(data), damaged])
    with pytest.raises(ArchiveError, match=f"Body {damaged} is damaged: restore"):
        read_body(archive.database, damaged)
    if codec == "zstd":
        with pytest.raises(ArchiveError, match=rf"Body {numbers[2]} cannot be read.*body {damaged}"):
            read_body(archive.database, numbers[2])


def test_a_damaged_template_is_found(archive: Archive) -> None:
    """Slots whose template cannot be read, or is another's, give no bytes."""
    numbers = keep(archive, *(noisy(n, page_text(prose(1))) for n in (1, 2)))
    data = archive.database.execute("SELECT data FROM templates").fetchone()[0]
    for wrong in (b"", data[:-3], data[:-1] + bytes([data[-1] ^ 1])):
        overwrite(archive, "UPDATE templates SET data = ?", [wrong])
        with pytest.raises(ArchiveError, match="damaged"):
            read_body(archive.database, numbers[1])
    overwrite(archive, "DELETE FROM templates", [])
    with pytest.raises(ArchiveError, match="damaged"):
        read_body(archive.database, numbers[1])


def test_an_old_damage_does_not_cost_tonights_capture(archive: Archive) -> None:
    """When the base cannot be read the new body is written alone."""
    (first,) = keep(archive, noisy(1, page_text(prose(1))))
    overwrite(archive, "UPDATE bodies SET data = x'00' WHERE id = ?", [first])
    tonight = noisy(2, page_text(prose(1)))
    with transaction(archive.database, archive.path):
        number = keep_body(archive.database, tonight, earlier=[first])
    assert read_body(archive.database, number) == tonight
    assert codecs(archive) == ["zstd", "zstd"]


def test_a_form_that_does_not_read_back_costs_room_and_no_capture(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Were the compressor wrong, or what fits a template: the form is not kept, the body is, as it is."""
    first, second = noisy(1, page_text(prose(1))), noisy(2, page_text(prose(1)))
    monkeypatch.setattr(bodies, "fit", lambda *_: b"\x01")
    numbers = keep(archive, first, second)
    monkeypatch.undo()
    monkeypatch.setattr(bodies, "pack", lambda *_, **__: b"fel")
    numbers += keep(archive, b"y" * 500)
    assert codecs(archive) == ["zstd", "raw", "raw"]
    assert [read_body(archive.database, number) for number in numbers] == [first, second, b"y" * 500]
    assert archive.database.execute("SELECT count(*) FROM templates").fetchone() == (0,)


def test_a_write_that_does_not_read_back_is_not_kept(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    """Did not even the bytes themselves come back, nothing would be committed and the fault said."""
    monkeypatch.setattr(bodies, "decoded", lambda *_: b"fel")
    with pytest.raises(ArchiveError, match="does not read back"):
        keep(archive, b"y" * 500)
    assert codecs(archive) == []


def test_values_of_any_length_are_kept(archive: Archive) -> None:
    """A page of 590 tokens that once are short and once long, with an edit between: it stopped the night."""
    rng = random.Random(1)

    def answered(length: int, news: str = "") -> bytes:
        tokens = ("".join(rng.choices(ascii_letters + digits, k=length)) for _ in range(590))
        fields = (f'<input name="f{n:04d}x" value="{token}"/>' for n, token in enumerate(tokens))
        return f"<html><body>{news}\n{chr(10).join(fields)}\n</body></html>".encode()

    told = [answered(2), answered(3), answered(250, "<p>Nytt</p>"), answered(251, "<p>Nytt</p>")]
    numbers = keep(archive, *told)
    assert [read_body(archive.database, number) for number in numbers] == told


def test_r20_a_body_in_use_cannot_leave(archive: Archive) -> None:
    """A body that others are based on is refused, also with its redaction written, until they are based elsewhere."""
    before, after = page_text(prose(1)), page_text(prose(1), "Nytt.")
    told = [noisy(n, before) for n in (1, 2, 3)] + [noisy(n, after) for n in (4, 5)]
    numbers = keep(archive, *told)
    with pytest.raises(sqlite3.IntegrityError, match="once no body needs it"):
        redact(archive, numbers[0])
    with transaction(archive.database, archive.path):
        assert rebase_dependents(archive.database, numbers[0]) == tuple(numbers[1:4])
        redact(archive, numbers[0])
    assert [read_body(archive.database, number) for number in numbers] == [None, *told[1:]]
    assert codecs(archive) == ["redacted", "zstd", "delta", "delta", "slots"]
    assert archive.database.execute("SELECT body_id, base, codec FROM rebasings").fetchall() == [
        (2, 1, "slots"),
        (3, 1, "slots"),
        (4, 1, "filled"),
    ]


def test_all_bodies_of_a_page_may_leave_together(archive: Archive) -> None:
    """What leaves too is not written anew first; and a page whose bodies left is kept again from scratch."""
    numbers = keep(archive, *(noisy(n, page_text(prose(1))) for n in range(6)))
    with transaction(archive.database, archive.path):
        assert rebase_dependents(archive.database, *numbers[:5]) == (numbers[5],)
        for number in reversed(numbers[:5]):
            redact(archive, number)
    assert codecs(archive) == [*["redacted"] * 5, "zstd"]
    with transaction(archive.database, archive.path):
        again = keep_body(archive.database, noisy(9, page_text(prose(1))), earlier=numbers[:1])
    assert read_body(archive.database, again) == noisy(9, page_text(prose(1)))


@pytest.mark.parametrize(
    "change",
    [
        "how = 2, base = NULL",  # not announced
        "sha256 = zeroblob(32)",
        "size = size + 1",
        "id = 99",
        "data = x'00'",
        "base = NULL",
    ],
)
def test_only_an_announced_rebasing_changes_how_a_body_is_written(archive: Archive, change: str) -> None:
    """Every other update of a body is refused, announced or not, and one announcement is good for one update."""
    numbers = keep(archive, *(noisy(n, page_text(prose(1))) for n in (1, 2)))
    update = f"UPDATE bodies SET {change} WHERE id = {numbers[1]}"
    with pytest.raises(sqlite3.IntegrityError, match=r"append-only|CHECK"):
        archive.database.execute(update)
    rebase_dependents(archive.database, numbers[0])
    with pytest.raises(sqlite3.IntegrityError, match=r"append-only|CHECK"):
        archive.database.execute(update)


def test_the_same_content_cannot_be_written_twice(archive: Archive) -> None:
    """The index knows a body by the start of its hash, the guard by all of it."""
    keep(archive, b"ett")
    with pytest.raises(sqlite3.IntegrityError, match="kept once"):
        archive.database.execute(
            "INSERT INTO bodies (sha256, size, how, data) SELECT sha256, size, how, data FROM bodies"
        )
    archive.database.execute(
        "INSERT INTO bodies (sha256, size, how, data) SELECT CAST(substr(sha256, 1, 8) || zeroblob(24) AS BLOB),"
        " size, how, data FROM bodies"
    )


def test_a_body_that_is_not_there_is_said(archive: Archive) -> None:
    """A number that no body has is an error, not an empty body; an empty body is one."""
    with pytest.raises(ArchiveError, match="no body 7"):
        read_body(archive.database, 7)
    (number,) = keep(archive, b"")
    assert read_body(archive.database, number) == b""


pieces = st.sampled_from([prose(n, 40) for n in range(5)]) | st.text(max_size=30)
told_bodies = st.lists(
    st.binary(max_size=200)
    | st.builds(lambda parts, seed: noisy(seed, page_text(*parts)), st.lists(pieces, max_size=5), st.integers(0, 9)),
    min_size=1,
    max_size=14,
)


@settings(max_examples=60, deadline=None)
@given(told_bodies, st.randoms(use_true_random=False))
def test_any_bodies_come_back_in_any_order(told: list[bytes], rng: random.Random) -> None:
    """Whatever bytes a page answers and in whatever order they come in: each is read back, once, within the depth."""
    with TemporaryDirectory() as folder, Archive(Path(folder) / "x.db") as archive:
        numbers: dict[bytes, int] = {}
        with transaction(archive.database, archive.path):
            for body in told:
                earlier = rng.sample(sorted(set(numbers.values())), rng.randint(0, min(6, len(numbers))))
                numbers[body] = keep_body(archive.database, body, earlier=earlier, site=rng.choice(["", "prov"]))
        assert {body: read_body(archive.database, number) for body, number in numbers.items()} == {b: b for b in told}
        assert archive.database.table("bodies").count == len(set(told))
        assert max(depths(archive)) <= MAX_DEPTH
        leaving = rng.sample(sorted(numbers.values()), len(numbers) // 2)
        with transaction(archive.database, archive.path):
            rebase_dependents(archive.database, *leaving)
            for number in sorted(leaving, reverse=True):
                redact(archive, number)
        for body, number in numbers.items():
            assert read_body(archive.database, number) == (None if number in leaving else body)
        assert max(depths(archive)) <= MAX_DEPTH


def redact(archive: Archive, number: int) -> None:
    """Take a body away as a redaction does, its reason written first."""
    archive.database.execute(
        "INSERT INTO redactions (body_id, redacted_at, reason) VALUES (?, '2026-03-01T00:00:00.000Z', 'begäran')",
        [number],
    )
    archive.database.execute("UPDATE bodies SET how = 4, base = NULL, data = NULL WHERE id = ?", [number])


def overwrite(archive: Archive, statement: str, values: list[object]) -> None:
    """Change evidence as only a fault of the disk or an intruder can: with the guards gone."""
    for trigger in ("bodies_no_update", "templates_no_update", "templates_no_delete"):
        archive.database.execute(f"DROP TRIGGER IF EXISTS {trigger}")
    archive.database.execute(statement, values)
