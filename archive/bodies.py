"""Bodies: content-addressed, written as small as they can be, read back by number.

A body is named by the hash of its exact bytes and kept once. How it is written is chosen when it is kept, from what
bodies of the same page already say, and from nothing else: neither our reading of the page nor the order of nights
matters, and an archive can be rebuilt without touching a body.

slots   it fits the template of an earlier body of its page, its base: only what is in the slots is kept
filled  it does not: what is in the slots, and what differs from the base with that in it, which is its dictionary
delta   nor has the base a template: compressed with the base as dictionary
zstd    a key frame, compressed alone: there is no base, or a difference from it does not pay
raw     too small to compress

Where another page's body, the helper, says already what is new tonight, as on the night when a site is given a new
design, that stands before the base in the dictionary.

A body becomes the base of later ones only when that pays, so noise does not make the chain of bases longer; and no body
is more than MAX_DEPTH steps from one that stands alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import msgspec
from sqlite_utils import Database

from archive.delta import Care, pack
from archive.frames import HOW, MAX_DEPTH, Codec, Frame, Learned, chain, decoded, difference, learned_of, readable
from archive.rebasing import rebase_dependents
from archive.redactions import Reason, announce
from archive.site_dictionaries import dictionary_frame, newest_dictionary, packed_by_site
from archive.template import Template, encode, fit, learn
from schemas.errors import ArchiveError

_SMALL = 64  # bytes under which a zstd frame does not pay
_NEARER = 0.9  # a newer base must save a tenth; less is the luck of two nights' noise
_CHEAP = 1 / 16  # a delta of this share of its body is taken without asking what a key frame would take
_PAYS = 0.7  # any other delta must save this much on a key frame, for it costs reading time and ties two bodies
_MOVED = 32  # bytes that suffice to say which slots of a template moved; another page's is not so near
_NEWS = 1 / 128  # a delta of this share of its body says so much that other pages of the site may say it too
_KNOWN_TEMPLATES = 4  # pages that go back and forth between as many states are recognised
_DICTIONARY_FROM = 4096  # bytes from which a body may help others of its site


class _Written(msgspec.Struct, frozen=True, kw_only=True):
    """How a body will be written."""

    codec: Codec
    data: bytes
    base: int | None = None
    helper: int | None = None
    learned: Learned | None = None
    """Template of the base, learned from this body."""
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
    known: dict[int, Frame] = {}
    frames = readable(database, earlier[0], known) if earlier else []
    written = (
        _small(body)
        or _in_slots(body, frames)
        or _learned(body, frames)
        or _in_slots(body, _others(database, frames, earlier[1:], known))
        or _delta(database, body, frames[-2:], site, known)
        or _key_frame(database, body, site, known)
    )
    for form in (written, _alone(body)):
        database.execute("SAVEPOINT body")
        number = _write(database, name, len(body), form, site)
        sound = _reads_back(database, number, body, known)
        database.execute("RELEASE body" if sound else "ROLLBACK TO body")
        if sound:
            return number
    raise ArchiveError(f"Body {number} does not read back as it was written: this is a fault of ours, report it.")


def _write(database: Database, name: bytes, size: int, form: _Written, site: str) -> int:
    if form.learned:
        values = [form.base, form.learned.whole, form.learned.data]
        database.execute("INSERT INTO templates (base, whole, data) VALUES (?, ?, ?)", values)
    cursor = database.execute(
        "INSERT INTO bodies (sha256, size, how, base, helper, data) VALUES (?, ?, ?, ?, ?, ?)",
        [name, size, HOW[form.codec], form.base, form.helper, form.data],
    )
    number = int(cursor.lastrowid or 0)
    if form.dictionary:
        database.execute("INSERT INTO dictionaries (body_id, site) VALUES (?, ?)", [number, site])
    return number


def _alone(body: bytes) -> _Written:
    """A body as it is, should what was thought out for it not read back: a capture is not lost to a fault of ours."""
    return _Written(codec="raw", data=body)


def read_body(database: Database, number: int) -> bytes | None:
    """Return a body, byte for byte; None where it was redacted.

    Raises ArchiveError when the bytes, or those of a body that it is based on, no longer have the hash that they are
    named by.
    """
    frames = chain(database, number)
    return frames[-1].body if frames else None


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
    database.execute(
        "UPDATE bodies SET how = ?, base = NULL, helper = NULL, data = NULL WHERE id = ?", [HOW["redacted"], body]
    )
    return True


def _small(body: bytes) -> _Written | None:
    return _Written(codec="raw", data=body) if len(body) < _SMALL else None


def _reads_back(database: Database, number: int, body: bytes, known: dict[int, Frame]) -> bool:
    """Whether the row that was written stands for the body; what it stands on had its hash checked a moment ago."""
    codec, size, data, base, helper, *template = database.execute(
        "SELECT b.codec, b.size, b.data, b.base, b.helper, t.data, t.whole, w.data FROM bodies b"
        " LEFT JOIN templates t ON t.base = b.base LEFT JOIN templates w ON w.base = t.whole WHERE b.id = ?",
        [number],
    ).fetchone()
    beneath = msgspec.structs.replace(known[base], learned=learned_of(*template)) if base is not None else None
    try:
        return decoded(codec, data, size, beneath, known[helper] if helper is not None else None) == body
    except ValueError:
        return False


def _in_slots(body: bytes, frames: list[Frame]) -> _Written | None:
    """As what stands in the slots of a frame whose template it fits, the newest first."""
    for frame in frames[: -_KNOWN_TEMPLATES - 1 : -1]:
        template = frame.template
        values = fit(template, frame.body, body) if template else None
        if values is not None:
            return _Written(codec="slots", base=frame.id, data=values)
    return None


def _others(database: Database, frames: list[Frame], earlier: Sequence[int], known: dict[int, Frame]) -> list[Frame]:
    """Frames of looks further back: a page that two servers answer goes back and forth between two states."""
    near = {frame.id for frame in frames}
    rows = database.execute(
        f"SELECT DISTINCT base FROM bodies WHERE codec = 'slots' AND id IN ({', '.join('?' * len(earlier))})"
        " ORDER BY base",
        list(earlier),
    ).fetchall()
    chains = (readable(database, base, known) for (base,) in rows if base not in near)
    return [found[-1] for found in chains if found]


def _learned(body: bytes, frames: list[Frame]) -> _Written | None:
    """In the slots of a new template, where it differs from the newest frame in nothing but tokens."""
    if not frames or frames[-1].learned is not None or frames[-1].depth >= MAX_DEPTH:
        return None
    template = learn(frames[-1].body, body)
    values = fit(template, frames[-1].body, body) if template else None
    if template is None or values is None:
        return None
    return _Written(codec="slots", base=frames[-1].id, data=values, learned=_encoded(template, frames[:-1]))


def _encoded(template: Template, frames: list[Frame]) -> Learned:
    """A template as it will be kept: as a difference from the nearest before it where that pays, or whole."""
    alone = encode(template)
    near = next(((frame.id, frame.learned) for frame in reversed(frames) if frame.learned), None)
    if near is None:
        return Learned(alone)
    own, learned = near
    whole, like = (own, learned.data) if learned.whole is None else (learned.whole, learned.like)
    try:
        data = encode(template, like)
    except ValueError:
        return Learned(alone)  # that one is damaged
    return Learned(data, whole, like) if len(data) < min(_MOVED, len(alone)) else Learned(alone)


def _delta(database: Database, body: bytes, frames: list[Frame], site: str, known: dict[int, Frame]) -> _Written | None:
    """A delta from the newest frame, or from the one before it where that is as good."""
    if not frames:
        return None
    base, (codec, data) = frames[-1], difference(body, frames[-1])
    if len(frames) > 1:
        older = difference(body, frames[0])
        if len(data) >= len(older[1]) * _NEARER:
            base, (codec, data) = frames[0], older
    # One step is left for what will fit the template of this one.
    if base.depth + 2 > MAX_DEPTH:
        return None
    helped = _helped(database, body, base, site, known) if len(data) > len(body) * _NEWS else None
    if helped is not None and len(helped.data) < len(data) * _PAYS:
        return helped
    if len(data) > len(body) * _CHEAP and len(data) > len(pack(body, care=Care.GLANCE)) * _PAYS:
        return None
    news = bool(site) and len(data) > len(body) * _NEWS and len(body) >= _DICTIONARY_FROM
    return _Written(codec=codec, base=base.id, data=data, dictionary=news)


def _helped(database: Database, body: bytes, base: Frame, site: str, known: dict[int, Frame]) -> _Written | None:
    """A delta from a base with the site's newest dictionary for a helper; None where there is none, or none so near."""
    helper = newest_dictionary(database, site, MAX_DEPTH - 2, known)
    if helper is None or helper.id <= base.id:
        return None
    codec, data = difference(body, base, helper)
    return _Written(codec=codec, base=base.id, helper=helper.id, data=data)


def _key_frame(database: Database, body: bytes, site: str, known: dict[int, Frame]) -> _Written:
    """A body without a base of its page: with the dictionary of its site that helps most, or alone."""
    alone = pack(body, care=Care.FIRST)
    with_site = packed_by_site(database, body, site, known)
    for data, number in with_site[:1]:
        pays = len(data) < len(alone) * _PAYS
        base = dictionary_frame(database, number, MAX_DEPTH // 2, known) if pays else None
        if base is not None:
            return _Written(codec="delta", base=base.id, data=data)
    # Care is for what a site will stand on. Where its pages have little in common each stands alone, and many do.
    data = alone if with_site else pack(body, care=Care.KEY)
    if len(data) >= len(body):
        return _Written(codec="raw", data=body)
    news = bool(site) and len(body) >= max(_DICTIONARY_FROM, 2 * len(alone))
    return _Written(codec="zstd", data=data, dictionary=news)
