r"""Signatures of heads, made and checked with `ssh-keygen -Y`, which people have and whose keys they know.

To sign the head of a run: `printf '%s\n' HEAD | ssh-keygen -Y sign -n tidslager-head -f KEY > head.sig`.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterable
from pathlib import Path

import msgspec

from schemas.errors import ConfigurationError

NAMESPACE = "tidslager-head"
_SECONDS = 30


class Signed(msgspec.Struct, frozen=True, kw_only=True):
    """A signature that holds."""

    head: str
    signer: str
    """The name that the file of allowed signers gives the key."""


def signed_head(signature: Path, allowed: Path, heads: Iterable[str]) -> Signed | None:
    """Which of the heads the signature is good for, and by whom; None when for none.

    Raises ConfigurationError when a file cannot be read or ssh-keygen is not installed.
    """
    for file in (signature, allowed):
        try:
            file.read_bytes()
        except OSError as error:
            raise ConfigurationError(f"Cannot read {file} ({error.strerror}): name a file that is there.") from error
    names = _run("find-principals", "-s", str(signature), "-f", str(allowed))
    if names is None:
        return None
    for signer in names.split("\n"):
        for head in heads if signer else ():
            held = _run(
                "verify", "-f", str(allowed), "-I", signer, "-n", NAMESPACE, "-s", str(signature), text=f"{head}\n"
            )
            if held is not None:
                return Signed(head=head, signer=signer)
    return None


def _run(action: str, *arguments: str, text: str = "") -> str | None:
    try:
        done = subprocess.run(
            ["ssh-keygen", "-Y", action, *arguments],
            input=text,
            capture_output=True,
            text=True,
            check=False,
            timeout=_SECONDS,
        )
    except FileNotFoundError:
        raise ConfigurationError("Signatures are checked by ssh-keygen: install OpenSSH and try again.") from None
    return done.stdout if done.returncode == 0 else None
