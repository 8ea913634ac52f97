"""Alphabets: values of few letters, written as digits of one number: noise takes no more room than it weighs."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from itertools import groupby

import msgspec

MAX_LENGTH = 255
_DIGITS = bytes(range(48, 58))


class Alphabet(msgspec.Struct, frozen=True):
    """Bytes that a value may be made of, in the order that gives each its digit."""

    letters: bytes
    radix: int
    """How many letters there are."""
    run: re.Pattern[bytes]
    """A run of letters, as long as there are some."""
    to_digits: bytes
    """Translates letters to digits."""
    to_letters: bytes
    """And back."""
    form: bytes
    """How Python writes such a number; empty where it has no form for it."""

    def spells(self, value: bytes) -> bool:
        """Whether the value is made of this alphabet's letters alone."""
        return self.run.fullmatch(value) is not None

    def number(self, value: bytes) -> int:
        """The value as a number; how long the value was must be known to read it back."""
        if self.form:
            return int(value, self.radix) if value else 0
        number = 0
        for digit in value.translate(self.to_digits):
            number = number * self.radix + digit
        return number

    def value(self, number: int, length: int) -> bytes:
        """The value of a length that has this number."""
        if self.form:
            return self.form % (length, number) if length else b""
        digits = bytearray(length)
        radix, end = self.radix, length
        while end:  # a few digits at a time, so that they are taken from a small number
            start = max(0, end - _AT_ONCE)
            number, few = divmod(number, _power(radix, end - start))
            for index in range(end - 1, start - 1, -1):
                few, digits[index] = divmod(few, radix)
            end = start
        return bytes(digits.translate(self.to_letters))


_AT_ONCE = 8
_power = cache(pow)


def _alphabet(letters: bytes, form: bytes = b"") -> Alphabet:
    digits = bytearray(256)
    for digit, letter in enumerate(letters):
        digits[letter] = digit
    run = re.compile(b"[" + b"".join(re.escape(bytes([letter])) for letter in letters) + b"]*", re.DOTALL)
    return Alphabet(
        letters=letters, radix=len(letters), run=run, to_digits=bytes(digits), to_letters=letters.ljust(256), form=form
    )


_LOWER = bytes(range(97, 123))
_UPPER = bytes(range(65, 91))

# What servers make tokens of, the smallest first. The order is part of the file format: templates name them by place.
# Both kinds of base64 share one: a value may lack the letters that tell them apart, and its next one have them.
ALPHABETS = (
    _alphabet(_DIGITS, b"%0*d"),
    _alphabet(_DIGITS + _LOWER[:6], b"%0*x"),  # hexadecimal
    _alphabet(_DIGITS + _UPPER[:6], b"%0*X"),
    _alphabet(_DIGITS + _LOWER),  # base 36
    _alphabet(_DIGITS + _UPPER + _LOWER + b"+-/=_"),  # base64
    _alphabet(bytes(range(32, 127))),
    _alphabet(bytes(range(256))),
)
DIGITS = 0
HEXADECIMAL = (1, 2)


def narrowest(*values: bytes) -> int:
    """Place of the smallest alphabet that spells all the values."""
    return next(place for place, alphabet in enumerate(ALPHABETS) if all(alphabet.spells(value) for value in values))


def join(parts: list[tuple[int, int | None, bytes]]) -> bytes:
    """Values as one number, its bytes: each with its alphabet and its length, None where the length varies."""
    number = 0
    for place, length, value in reversed(parts):
        alphabet = ALPHABETS[place]
        number = number * _power(alphabet.radix, len(value)) + alphabet.number(value)
        if length is None:
            number = number * (MAX_LENGTH + 1) + len(value)
    return number.to_bytes((number.bit_length() + 7) // 8, "big")


@lru_cache(maxsize=256)
def _runs(kinds: tuple[tuple[int, int | None], ...]) -> tuple[tuple[int, tuple[int, ...] | None], ...]:
    """Values in a row that have one alphabet and known lengths, with these; one whose length varies by itself."""
    runs: list[tuple[int, tuple[int, ...] | None]] = []
    for (place, known), run in groupby(kinds, key=lambda kind: (kind[0], kind[1] is not None)):
        lengths = [length for _, length in run]
        runs += [(place, tuple(length or 0 for length in lengths))] if known else [(place, None)] * len(lengths)
    return tuple(runs)


def split(data: bytes, kinds: list[tuple[int, int | None]]) -> list[bytes]:
    """The values that `join` made one of. Raises ValueError when the number holds more than they can be."""
    number = int.from_bytes(data, "big")
    values: list[bytes] = []
    for place, lengths in _runs(tuple(kinds)):
        alphabet = ALPHABETS[place]
        if lengths is None:
            number, length = divmod(number, MAX_LENGTH + 1)
            lengths = (length,)  # noqa: PLW2901
        end = sum(lengths)
        number, own = divmod(number, _power(alphabet.radix, end))
        together = alphabet.value(own, end)  # the last of them first, as the digits of a number are
        for length in lengths:
            values.append(together[end - length : end])
            end -= length
    if number:
        raise ValueError("the values say more than the slots can hold")
    return values
