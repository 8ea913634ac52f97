"""Bodies: content-addressed, written as small as they can be, read back by number.

A body is named by the hash of its exact bytes and kept once. How it is written is chosen when it is kept, from what
bodies of the same page already say, and from nothing else: neither our reading of the page nor the order of nights
matters, and an archive can be rebuilt without touching a body.

slots   it fits the template of an earlier body of its page, its base: only what is in the slots is kept
delta   it does not: compressed with its base as dictionary
zstd    a key frame, compressed alone: there is no base, or a difference from it does not pay
raw     too small to compress

A body becomes the base of later ones only when that pays, so noise does not make the chain of bases longer; and no body
is more than MAX_DEPTH steps from one that stands alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from operator import itemgetter

import msgspec
from sqlite_utils import Database

from archive.delta import pack, unpack
from archive.redactions import Reason, announce
from archive.template import Template, decode, encode, fill, fit, learn
from schemas.errors import ArchiveError

MAX_DEPTH = 16
"""Steps from any body to one that stands alone."""
_SMALL = 64  # bytes under which a zstd frame does not pay
_NEARER = 0.9  # a newer base must save a tenth; less is the luck of two nights' noise
_CHEAP = 1 / 16  # a delta of this share of its body is taken without asking what a key frame would take
_PAYS = 0.7  # any other delta must save this much on a key frame, for it costs reading time and ties two bodies
_KNOWN_TEMPLATES = 4  # pages that go back and forth between as many states are recognised
_DICTIONARIES = 4  # of a site, the newest
_DICTIONARY_FROM = 4096  # bytes from which a body may help others of its site


class _Frame(msgspec.Struct, frozen=True):
    """A body in the chain from one that stands alone to one that was asked for, with the hash of its name."""

    id: int
    codec: str
    body: bytes
    depth: int
    learned: bytes | None
    """The template of which it is the base."""

    @property
    def template(self) -> Template | None:
        """The same, decoded; None where there is none, or none that can be read."""
        try:
            return decode(self.learned) if self.learned is not None else None
        except ValueError:
            return None


class _Written(msgspec.Struct, frozen=True, kw_only=True):
    """How a body will be written."""

    codec: str
    data: bytes
    base: int | None = None
    template: Template | None = None
    """Of the base, learned from this body."""
    dictionary: bool = False
    """Whether it shall help other bodies of its site."""


def keep_body(database: Database, body: bytes, *, earlier: Sequence[int] = (), site: str = "") -> int:
    """Store a body unless its content is there already; return its number. Call inside a transaction.

    `earlier` are bodies that the page had at other looks, the nearest first; `site` lets pages of a site share what
    they have in common. Raises ArchiveError when what was written does not read back as the same bytes.
    """
    name = hashlib.sha256(body).digest()
    found = database.execute(
        "SELECT id FROM bodies WHERE substr(sha256, 1, 3) = ? AND sha256 = ?", [name[:3], name]
    ).fetchone()
    if found:
        return int(found[0])
    frames = _frames(database, earlier[0]) if earlier else []
    written = (
        _small(body)
        or _in_slots(body, frames)
        or _learned(body, frames)
        or _in_slots(body, _others(database, frames, earlier[1:]))
        or _delta(body, frames[-2:])
        or _key_frame(database, body, site)
    )
    if written.template:
        database.execute("INSERT INTO templates (base, data) VALUES (?, ?)", [written.base, encode(written.template)])
    cursor = database.execute(
        "INSERT INTO bodies (sha256, size, codec, base, data) VALUES (?, ?, ?, ?, ?)",
        [name, len(body), written.codec, written.base, written.data],
    )
    number = int(cursor.lastrowid or 0)
    if written.dictionary:
        database.execute("INSERT INTO dictionaries (body_id, site) VALUES (?, ?)", [number, site])
    if not _reads_back(database, number, body, frames[-2:]):
        raise ArchiveError(f"Body {number} does not read back as it was written: this is a fault of ours, report it.")
    return number


def read_body(database: Database, number: int) -> bytes | None:
    """Return a body, byte for byte; None where it was redacted.

    Raises ArchiveError when the bytes, or those of a body that it is based on, no longer have the hash that they are
    named by.
    """
    chain = _chain(database, number)
    return chain[-1].body if chain else None


def rebase_dependents(database: Database, *leaving: int) -> tuple[int, ...]:
    """Write what is based on bodies that are to leave anew, so that they may; return the numbers of what was written.

    Of those that were based on one body the first becomes a key frame and the others are based on it. Each is announced
    in `rebasings`, keeps its hash and its size, and is read back. Call inside the transaction of the redaction, then
    redact from the highest number down: a body is refused while another is based on it. Raises ArchiveError when a body
    is damaged.
    """
    moved = []
    for number in leaving:
        dependents = database.execute("SELECT id FROM bodies WHERE base = ? ORDER BY id", [number]).fetchall()
        home: _Frame | None = None
        for (dependent,) in dependents:
            if dependent in leaving:
                continue
            frame = _chain(database, dependent)[-1]
            _rebase(database, frame, home)
            home = home or frame
            moved.append(dependent)
    return tuple(moved)


def _rebase(database: Database, frame: _Frame, home: _Frame | None) -> None:
    written = _small(frame.body)
    if written is None and home is not None:
        written = _delta(frame.body, [msgspec.structs.replace(home, depth=0)])
    if written is None:
        written = _Written(codec="zstd", data=pack(frame.body, key=True))
    database.execute(
        "INSERT INTO rebasings (body_id, base, codec) SELECT id, base, codec FROM bodies WHERE id = ?", [frame.id]
    )
    database.execute(
        "UPDATE bodies SET codec = ?, base = ?, data = ? WHERE id = ?",
        [written.codec, written.base, written.data, frame.id],
    )
    if read_body(database, frame.id) != frame.body:
        raise ArchiveError(f"Body {frame.id} could not be written anew: nothing was redacted, report this.")


def _reads_back(database: Database, number: int, body: bytes, frames: list[_Frame]) -> bool:
    """Whether the row that was written stands for the body; its base was read and its hash checked a moment ago."""
    codec, size, data, base, learned = database.execute(
        "SELECT b.codec, b.size, b.data, b.base, t.data FROM bodies b LEFT JOIN templates t ON t.base = b.base"
        " WHERE b.id = ?",
        [number],
    ).fetchone()
    frame = next((frame for frame in frames if frame.id == base), None)
    if frame is None:
        return read_body(database, number) == body
    try:
        return _decoded(codec, data, size, msgspec.structs.replace(frame, learned=learned)) == body
    except ValueError:
        return False


def withhold(database: Database, body: int, reason: Reason) -> bool:
    """Take the bytes of a body away for good; its hash and size stay. Call inside a transaction.

    Returns False when it was withheld already. Raises ArchiveError when there is no such body.
    """
    found = database.execute("SELECT codec FROM bodies WHERE id = ?", [body]).fetchone()
    if found is None:
        raise ArchiveError(f"The archive has no body {body}: `SELECT * FROM fetch_log` shows captures and bodies.")
    if found[0] == "redacted":
        return False
    rebase_dependents(database, body)
    announce(database, "body", body, reason)
    database.execute("UPDATE bodies SET codec = 'redacted', base = NULL, data = NULL WHERE id = ?", [body])
    return True


def _small(body: bytes) -> _Written | None:
    return _Written(codec="raw", data=body) if len(body) < _SMALL else None


def _in_slots(body: bytes, frames: list[_Frame]) -> _Written | None:
    """As what stands in the slots of a frame whose template it fits, the newest first."""
    for frame in frames[: -_KNOWN_TEMPLATES - 1 : -1]:
        template = frame.template
        values = fit(template, frame.body, body) if template else None
        if values is not None:
            return _Written(codec="slots", base=frame.id, data=values)
    return None


def _others(database: Database, frames: list[_Frame], earlier: Sequence[int]) -> list[_Frame]:
    """Frames of looks further back: a page that two servers answer goes back and forth between two states."""
    known = {frame.id for frame in frames}
    rows = database.execute(
        f"SELECT DISTINCT base FROM bodies WHERE codec = 'slots' AND id IN ({', '.join('?' * len(earlier))})"
        " ORDER BY base",
        list(earlier),
    ).fetchall()
    chains = (_frames(database, base) for (base,) in rows if base not in known)
    return [chain[-1] for chain in chains if chain]


def _learned(body: bytes, frames: list[_Frame]) -> _Written | None:
    """In the slots of a new template, where it differs from the newest frame in nothing but tokens."""
    if not frames or frames[-1].learned is not None or frames[-1].depth >= MAX_DEPTH:
        return None
    template = learn(frames[-1].body, body)
    values = fit(template, frames[-1].body, body) if template else None
    if values is None:
        return None
    return _Written(codec="slots", base=frames[-1].id, data=values, template=template)


def _delta(body: bytes, frames: list[_Frame]) -> _Written | None:
    """A delta from the newest frame, or from the one before it where that is as good."""
    if not frames:
        return None
    base, data = frames[-1], pack(body, frames[-1].body)
    if len(frames) > 1:
        older = pack(body, frames[0].body)
        if len(data) >= len(older) * _NEARER:
            base, data = frames[0], older
    # One step is left for what will fit the template of this one.
    if base.depth + 2 > MAX_DEPTH:
        return None
    if len(data) > len(body) * _CHEAP and len(data) > len(pack(body)) * _PAYS:
        return None
    return _Written(codec="delta", base=base.id, data=data)


def _key_frame(database: Database, body: bytes, site: str) -> _Written:
    """A body without a base of its page: with the dictionary of its site that helps most, or alone."""
    alone = len(pack(body))
    rows = database.execute(
        "SELECT d.body_id FROM dictionaries d JOIN bodies b ON b.id = d.body_id"
        " WHERE d.site = ? AND b.codec = 'zstd' ORDER BY d.body_id DESC LIMIT ?",
        [site, _DICTIONARIES],
    ).fetchall()
    frames = [frame for (number,) in rows for frame in _frames(database, number)]
    size, best = min(
        ((len(pack(body, frame.body)), frame) for frame in frames), key=itemgetter(0), default=(alone, None)
    )
    if best is not None and size < alone * _PAYS:
        return _Written(codec="delta", base=best.id, data=pack(body, best.body, key=True))
    data = pack(body, key=True)
    if len(data) >= len(body):
        return _Written(codec="raw", data=body)
    return _Written(codec="zstd", data=data, dictionary=bool(site) and len(body) >= max(_DICTIONARY_FROM, 2 * alone))


def _frames(database: Database, number: int) -> list[_Frame]:
    """Bodies that one may be written from, the newest last. A damaged one is no reason to lose tonight's."""
    try:
        return [frame for frame in _chain(database, number) if frame.codec != "slots"]
    except ArchiveError:
        return []


def _chain(database: Database, number: int) -> list[_Frame]:
    """A body last, before it those that it is based on; empty where it was redacted. Each has the hash of its name."""
    rows = database.execute(
        "WITH RECURSIVE chain (step, number) AS (SELECT 0, ? UNION ALL"
        " SELECT step + 1, base FROM chain JOIN bodies ON bodies.id = chain.number WHERE base NOT NULL AND step <= ?)"
        " SELECT b.id, b.sha256, b.size, b.codec, b.data, t.data FROM chain JOIN bodies b ON b.id = chain.number"
        " LEFT JOIN templates t ON t.base = b.id ORDER BY step DESC",
        [number, MAX_DEPTH],
    ).fetchall()
    if not rows:
        raise ArchiveError(f"The archive has no body {number}.")
    if rows[-1][3] == "redacted":
        return []
    chain: list[_Frame] = []
    for depth, (own, name, size, codec, data, learned) in enumerate(rows):
        try:
            body = _decoded(codec, data, size, chain[-1] if chain else None)
        except ValueError:
            body = None
        if body is None or hashlib.sha256(body).digest() != name:
            raise ArchiveError(_damage(number, own))
        chain.append(_Frame(own, codec, body, depth, learned))
    return chain


def _decoded(codec: str, data: bytes | None, size: int, base: _Frame | None) -> bytes:
    """The bytes that a row stands for. Raises ValueError when it cannot stand for any."""
    match codec, data, base:
        case "raw", bytes(), None:
            return data
        case "zstd", bytes(), None:
            return unpack(data, size)
        case "delta", bytes(), _Frame():
            return unpack(data, size, base.body)
        case "slots", bytes(), _Frame(learned=bytes() as learned):
            return fill(decode(learned), base.body, data)
    raise ValueError(f"{codec} without what it needs")


def _damage(asked: int, damaged: int) -> str:
    restore = "restore the archive from a backup."
    if asked == damaged:
        return f"Body {asked} is damaged: {restore}"
    return f"Body {asked} cannot be read, because body {damaged}, which it is based on, is damaged: {restore}"
