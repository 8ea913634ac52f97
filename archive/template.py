"""Templates: what differs between two captures of one page at places that stay, learned without rules; pure.

Most servers write something new into every answer: a nonce, a session's name, a clock. Two answers that differ only in
such tokens, each at its place, make a template of the first: its bytes with slots at those places. A later answer that
fits is worth its slots' values and nothing else. What does not fit is simply not a template's business.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import accumulate, compress
from operator import ne

import msgspec

from archive.alphabet import ALPHABETS, DIGITS, HEXADECIMAL, MAX_LENGTH, join, narrowest, split
from archive.delta import pack, pack_short, unpack, unpack_short

MAX_SLOTS = 600  # an answer with more that is new in it is another page
MAX_VALUES = 2_000  # bytes of values that one answer may take
_CONTEXT = 24  # bytes before a slot by which its place is known in a body that was edited

# A token is what stands between quotes, brackets and blanks; a word of it what servers name things with.
_TOKEN = re.compile(rb"""([^\s"'<>&?;,()]+)""")
_WORD = re.compile(rb"([0-9A-Za-z_-]+)")
_UUID = re.compile(rb"[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}")
_UUID_GROUPS = ((0, 8), (9, 13), (14, 18), (19, 23), (24, 36))
_VERSION_AT = 14
_VERSIONS = b"12345678"
_NUMBER = re.compile(rb"[0-9]+")
_LONG = 6  # shorter tokens that are equal in two places are so by chance: a day and a minute
_EDGE = re.compile(rb"[^0-9A-Za-z]")


class Kind(msgspec.Struct, frozen=True, array_like=True):
    """What the values of a slot are made of."""

    alphabet: int
    """Place among `archive.alphabet.ALPHABETS`."""
    length: int | None
    """Bytes of each value; None where it varies."""


class Slot(msgspec.Struct, frozen=True):
    """A place in the base where answers differ. Slots with the same value number always have the same value."""

    gap: int
    """Bytes of the base between the slot before and this one."""
    length: int
    """Bytes of the base that the slot stands for."""
    value: int
    """Number of its value, from 0."""


class Template(msgspec.Struct, frozen=True):
    """The slots of a base, in order, and the kind of each value. The base's bytes are kept elsewhere."""

    slots: tuple[Slot, ...]
    kinds: tuple[Kind, ...]


_COLUMNS = msgspec.msgpack.Encoder()
_READ_COLUMNS = msgspec.msgpack.Decoder(tuple[list[int], list[int], list[int], tuple[Kind, ...]])
_ROOM = 64 * MAX_SLOTS  # bytes that the columns of a template may take


class _Difference(msgspec.Struct, frozen=True):
    start: int
    before: bytes
    after: bytes
    alphabet: int
    name: object
    """Equal for differences that are one value in several places."""


def learn(base: bytes, other: bytes) -> Template | None:
    """The template of `base` that `other` fits; None when they differ in more than tokens at the same places."""
    lines, others = base.split(b"\n"), other.split(b"\n")
    if len(lines) != len(others):
        return None
    found: list[_Difference] = []
    start = 0
    for line, told in zip(lines, others, strict=True):
        if line != told:  # no token goes over the end of a line, so a line is looked into only where it differs
            parts, words = _TOKEN.split(line), _TOKEN.split(told)
            if parts[::2] != words[::2]:
                return None
            found += _differences(start, parts, words)
            if len(found) > MAX_SLOTS:
                return None
        start += len(line) + 1
    return _template(found)


def fit(template: Template, base: bytes, body: bytes) -> bytes | None:
    """The values that make `body` of the base, packed; None when it does not fit."""
    values: list[bytes | None] = [None] * len(template.kinds)
    read = written = 0
    for slot in template.slots:
        if not body.startswith(base[read : read + slot.gap], written):
            return None
        written += slot.gap
        value = values[slot.value]
        if value is None:
            value = values[slot.value] = _value_at(body, written, template.kinds[slot.value])
        if value is None or not body.startswith(value, written):
            return None
        read += slot.gap + slot.length
        written += len(value)
    if body[written:] != base[read:]:
        return None
    return join(
        [(kind.alphabet, kind.length, value or b"") for kind, value in zip(template.kinds, values, strict=True)]
    )


def fill(template: Template, base: bytes, data: bytes) -> bytes:
    """The body whose values `fit` packed. Raises ValueError when the data cannot be such values."""
    values = split(data, [(kind.alphabet, kind.length) for kind in template.kinds])
    parts: list[bytes] = []
    read = 0
    for slot in template.slots:
        parts += (base[read : read + slot.gap], values[slot.value])
        read += slot.gap + slot.length
    return b"".join((*parts, base[read:]))


def likely(template: Template, base: bytes, body: bytes) -> bytes | None:
    """Values, packed, with which the base reads nearly as a body that does not fit; None when most are not found in it.

    Those that stand behind the same bytes as in the base are taken, and for the others the base's own.
    """
    own: dict[int, bytes] = {}
    found: dict[int, bytes] = {}
    read = at = 0
    for slot in template.slots:
        start = read + slot.gap
        own.setdefault(slot.value, base[start : start + slot.length])
        if slot.value not in found:
            before = base[max(read, start - _CONTEXT) : start]
            place = body.find(before, at)
            value = _value_at(body, place + len(before), template.kinds[slot.value]) if place >= 0 else None
            if value is not None:
                found[slot.value] = value
                at = place + len(before) + len(value)
        read = start + slot.length
    if 2 * len(found) < len(own):
        return None
    return join([(kind.alphabet, kind.length, found.get(n, own[n])) for n, kind in enumerate(template.kinds)])


def encode(template: Template, whole: bytes = b"") -> bytes:
    """The template as bytes: four columns, so that what repeats stands together, compressed.

    `whole` is another that was encoded without, of which this one is mostly a copy: after an edit a page's slots are
    the same, and one stands further on.
    """
    columns = (
        [slot.gap for slot in template.slots],
        [slot.value for slot in template.slots],
        [slot.length for slot in template.slots if template.kinds[slot.value].length is None],
        template.kinds,
    )
    data = _COLUMNS.encode(columns)
    return pack_short(data, unpack(whole, _ROOM)) if whole else pack(data)


@lru_cache(maxsize=256)
def decode(data: bytes, whole: bytes = b"") -> Template:
    """The template that `encode` wrote, with the same `whole`. Raises ValueError when the bytes are none."""
    told = unpack_short(data, _ROOM, unpack(whole, _ROOM)) if whole else unpack(data, _ROOM)
    try:
        gaps, numbers, lengths, kinds = _READ_COLUMNS.decode(told)
        varying = iter(lengths)
        slots = []
        for gap, number in zip(gaps, numbers, strict=True):
            length = kinds[number].length
            slots.append(Slot(gap, next(varying, 0) if length is None else length, number))
    except (msgspec.MsgspecError, IndexError) as error:
        raise ValueError(f"not a template: {error}") from error
    return Template(slots=tuple(slots), kinds=kinds)


def _value_at(body: bytes, start: int, kind: Kind) -> bytes | None:
    alphabet = ALPHABETS[kind.alphabet]
    if kind.length is None:
        found = alphabet.run.match(body, start, start + MAX_LENGTH)
        return found[0] if found else None
    value = body[start : start + kind.length]
    return value if len(value) == kind.length and alphabet.spells(value) else None


def _template(differences: list[_Difference]) -> Template | None:
    numbers: dict[object, int] = {}
    kinds: list[Kind] = []
    slots = []
    end = weight = longest = 0
    for found in differences:
        number = numbers.setdefault(found.name, len(kinds))
        if number == len(kinds):
            length = len(found.before) if len(found.before) == len(found.after) else None
            kinds.append(Kind(found.alphabet, length))
            weight += len(found.after)
            longest = max(longest, len(found.before), len(found.after))
        slots.append(Slot(found.start - end, len(found.before), number))
        end = found.start + len(found.before)
    if len(slots) > MAX_SLOTS or weight > MAX_VALUES or longest > MAX_LENGTH:
        return None
    return Template(slots=tuple(slots), kinds=tuple(kinds))


def _differences(offset: int, parts: list[bytes], others: list[bytes]) -> Iterator[_Difference]:
    ends = list(accumulate(map(len, parts), initial=offset))
    for index in compress(range(len(parts)), map(ne, parts, others)):
        start = ends[index]
        words, new_words = _WORD.split(parts[index]), _WORD.split(others[index])
        if words[::2] != new_words[::2]:
            words, new_words = [parts[index]], [others[index]]
        for old, new in zip(words, new_words, strict=True):
            if old != new:
                yield from _of_word(start, old, new)
            start += len(old)


def _of_word(start: int, before: bytes, after: bytes) -> Iterator[_Difference]:
    """The parts of a word that differ. The same word in another place has the same names for them."""
    place = None if len(before) >= _LONG else start
    for offset, old, new, alphabet in _refined(before, after):
        yield _Difference(start + offset, old, new, alphabet, (before, after, offset, place))


@lru_cache(maxsize=256)
def _refined(before: bytes, after: bytes) -> tuple[tuple[int, bytes, bytes, int], ...]:
    """Offset, before, after and place of the alphabet of what differs in a word. The same word comes often."""
    return tuple(_parts(before, after))


def _parts(before: bytes, after: bytes) -> Iterator[tuple[int, bytes, bytes, int]]:
    if _UUID.fullmatch(before) and _UUID.fullmatch(after):
        yield from _uuid_groups(before, after)
    elif _NUMBER.sub(b"0", before) == _NUMBER.sub(b"0", after):
        # A date or a version: each of its numbers may change, also those that these two have in common.
        for old, new in zip(_NUMBER.finditer(before), _NUMBER.finditer(after), strict=True):
            yield old.start(), old[0], new[0], DIGITS
    else:
        yield from _trimmed(before, after)


def _trimmed(before: bytes, after: bytes) -> Iterator[tuple[int, bytes, bytes, int]]:
    start, end = _common(before, after)
    old, new = before[start : len(before) - end], after[start : len(after) - end]
    yield start, old, new, narrowest(old, new)


def _uuid_groups(before: bytes, after: bytes) -> Iterator[tuple[int, bytes, bytes, int]]:
    """Groups that two names have in common stay, as does the version: one of version 1 ends in the machine's own."""
    place = next((place for place in HEXADECIMAL if ALPHABETS[place].spells((before + after).replace(b"-", b""))), None)
    for start, end in _UUID_GROUPS:
        old, new = before[start:end], after[start:end]
        if old != new:
            kept = int(start == _VERSION_AT and old[0] == new[0] and old[:1] in _VERSIONS)
            yield start + kept, old[kept:], new[kept:], narrowest(old, new) if place is None else place


def _common(before: bytes, after: bytes) -> tuple[int, int]:
    """Length of the common start and end of two tokens, cut back to where a word of theirs begins or ends."""
    limit = min(len(before), len(after))
    start = next((index for index in range(limit) if before[index] != after[index]), limit)
    start = max((edge.end() for edge in _EDGE.finditer(before, 0, start)), default=0)
    limit -= start
    end = next((index for index in range(limit) if before[-1 - index] != after[-1 - index]), limit)
    edges = (edge.start() for edge in _EDGE.finditer(before, len(before) - end))
    return start, len(before) - min(edges, default=len(before))
