"""Programs of the system that a trial needs: skipped without them on a person's machine, never in CI."""

from __future__ import annotations

import os
import shutil

import pytest


def needed(program: str, package: str) -> str:
    """Path of a program. Outside CI the test that needs it is skipped where there is none; in CI it fails."""
    found = shutil.which(program, path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if found is None and not os.environ.get("CI"):
        pytest.skip(f"{program} is not here (Debian package {package})")
    assert found is not None, f"{program} is not here: .ci/run installs {package}"
    return found
