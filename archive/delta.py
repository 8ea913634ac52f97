"""Deltas: bytes compressed with zstd, alone or with other bytes as the dictionary that they mostly repeat; pure."""

from __future__ import annotations

from enum import IntEnum

import zstandard


class Care(IntEnum):
    """How long to look for what repeats, as a level of zstd. Measured on pages of 55 kB, milliseconds and bytes.

    A first body of a page with another page of its site as dictionary takes 0.15 ms and 8.1 kB at level 1, 0.2 ms and
    7.8 kB at level 3, 0.5 ms and 7.5 kB at level 6, 9 ms and 7.0 kB at level 19; with the dictionary prepared a tenth
    of a millisecond less. A delta takes 0.2 ms and 1.0 kB at level 9, 7 ms and 0.9 kB at level 19.
    """

    GLANCE = 1
    """Only the size is asked for, to choose between ways of writing."""
    FIRST = 3
    """The first body of a page: a night with a thousand of them must end."""
    QUICK = 9
    """What is near its base: finding what differs takes no time."""
    KEY = 19
    """What a whole site will stand on: written once."""


def pack(body: bytes, base: bytes | zstandard.ZstdCompressionDict | None = None, *, care: Care = Care.QUICK) -> bytes:
    """`body` compressed, as a difference from `base` where one is given, without its size and without a sum.

    A base that was `prepared` is so for one care.
    """
    words = _prefix(base) if isinstance(base, bytes) else base
    return zstandard.ZstdCompressor(level=care, dict_data=words, write_content_size=False).compress(body)


def prepared(base: bytes, care: Care) -> zstandard.ZstdCompressionDict:
    """A base for many bodies, with the work done that is the same for each. Threads may share it."""
    words = zstandard.ZstdCompressionDict(base, dict_type=zstandard.DICT_TYPE_RAWCONTENT)
    words.precompute_compress(level=care)
    return words


def unpack(data: bytes, size: int, base: bytes | None = None) -> bytes:
    """The `size` bytes that `pack` made `data` of, with the same base.

    Raises ValueError when that cannot be; whether it is what was packed, its hash must say.
    """
    try:
        return zstandard.ZstdDecompressor(dict_data=_prefix(base)).decompress(data, max_output_size=size)
    except zstandard.ZstdError as error:
        raise ValueError(f"not a whole zstd frame: {error}") from error


# Level 12 finds the shortest way through a few hundred bytes in 0.1 ms; zstd's mark of four bytes says nothing here.
_SHORT = zstandard.ZstdCompressionParameters.from_level(
    12, source_size=1024, dict_size=1024, format=zstandard.FORMAT_ZSTD1_MAGICLESS, write_content_size=False
)


def pack_short(data: bytes, like: bytes = b"") -> bytes:
    """A few hundred bytes compressed, with others that they are like as dictionary, and without zstd's own mark."""
    return zstandard.ZstdCompressor(compression_params=_SHORT, dict_data=_prefix(like)).compress(data)


def unpack_short(packed: bytes, room: int, like: bytes = b"") -> bytes:
    """What `pack_short` made `packed` of, at most `room` bytes. Raises ValueError when that cannot be."""
    reader = zstandard.ZstdDecompressor(dict_data=_prefix(like), format=zstandard.FORMAT_ZSTD1_MAGICLESS)
    try:
        return reader.decompress(packed, max_output_size=room)
    except zstandard.ZstdError as error:
        raise ValueError(f"not a whole zstd frame: {error}") from error


def _prefix(base: bytes | None) -> zstandard.ZstdCompressionDict | None:
    return zstandard.ZstdCompressionDict(base, dict_type=zstandard.DICT_TYPE_RAWCONTENT) if base else None
