"""What every test stands on: a fake clock, a fresh archive, the pretend agency, and no way to any other host."""

from __future__ import annotations

import ipaddress
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from archive.store import Archive
from tests.agency.server import Agency
from tests.clocks import FakeClock


@pytest.fixture(autouse=True)
def clean_surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting of the person's own reaches a test, and what it writes goes to a directory of its own."""
    for name in list(os.environ):
        if name.startswith("TIDSLAGER_") and name != "TIDSLAGER_APPROVE":
            monkeypatch.delenv(name)
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.fixture(autouse=True)
def no_other_host(monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection to anything but this machine fails the test that tried it."""
    connect = socket.socket.connect

    def only_loopback(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not ipaddress.ip_address(address[0]).is_loopback:
            pytest.fail(f"a test tried to reach {address}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", only_loopback)


@pytest.fixture
def clock() -> FakeClock:
    """A clock that moves only when told to."""
    return FakeClock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the archive of this test is."""
    return tmp_path / "test.db"


@pytest.fixture
def archive(path: Path) -> Iterator[Archive]:
    """A fresh archive, open for writing."""
    with Archive(path) as opened:
        yield opened


@pytest.fixture
def agency() -> Iterator[Agency]:
    """The pretend agency on its first night."""
    with Agency() as running:
        yield running
