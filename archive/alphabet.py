"""Alphabets: values of few letters, written as digits of one number: noise takes no more room than it weighs."""

from __future__ import annotations

import re

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

    def spells(self, value: bytes) -> bool:
        """Whether the value is made of this alphabet's letters alone."""
        return self.run.fullmatch(value) is not None

    def number(self, value: bytes) -> int:
        """The value as a number; how long the value was must be known to read it back."""
        if self.radix in (10, 16):
            return int(value, self.radix) if value else 0
        number = 0
        for digit in value.translate(self.to_digits):
            number = number * self.radix + digit
        return number

    def value(self, number: int, length: int) -> bytes:
        """The value of a length that has this number."""
        if self.radix in (10, 16):
            form = b"%0*d" if self.letters == _DIGITS else b"%0*X" if b"A" in self.letters else b"%0*x"
            return form % (length, number) if length else b""
        digits = bytearray(length)
        for index in range(length - 1, -1, -1):
            number, digits[index] = divmod(number, self.radix)
        return bytes(digits.translate(self.letters.ljust(256)))


def _alphabet(letters: bytes) -> Alphabet:
    digits = bytearray(256)
    for digit, letter in enumerate(letters):
        digits[letter] = digit
    run = re.compile(b"[" + b"".join(re.escape(bytes([letter])) for letter in letters) + b"]*", re.DOTALL)
    return Alphabet(letters=letters, radix=len(letters), run=run, to_digits=bytes(digits))


_LOWER = bytes(range(97, 123))
_UPPER = bytes(range(65, 91))

# What servers make tokens of, the smallest first. The order is part of the file format: templates name them by place.
# Both kinds of base64 share one: a value may lack the letters that tell them apart, and its next one have them.
ALPHABETS = (
    _alphabet(_DIGITS),
    _alphabet(_DIGITS + _LOWER[:6]),  # hexadecimal
    _alphabet(_DIGITS + _UPPER[:6]),
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
        number = number * alphabet.radix ** len(value) + alphabet.number(value)
        if length is None:
            number = number * (MAX_LENGTH + 1) + len(value)
    return number.to_bytes((number.bit_length() + 7) // 8, "big")


def split(data: bytes, kinds: list[tuple[int, int | None]]) -> list[bytes]:
    """The values that `join` made one of. Raises ValueError when the number holds more than they can be."""
    number = int.from_bytes(data, "big")
    values = []
    for place, fixed in kinds:
        length = fixed
        if length is None:
            number, length = divmod(number, MAX_LENGTH + 1)
        alphabet = ALPHABETS[place]
        number, own = divmod(number, alphabet.radix**length)
        values.append(alphabet.value(own, length))
    if number:
        raise ValueError("the values say more than the slots can hold")
    return values
