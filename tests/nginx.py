"""A real nginx on loopback, serving a folder, for what only a real server shows; and where to find one."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
from pathlib import Path
from typing import Self

from tests.programs import needed

_CONFIG = """
daemon off;
master_process off;
pid {work}/nginx.pid;
error_log {work}/error.log;
events {{ }}
http {{
  types {{ text/html html; }}
  charset utf-8;
  log_format asked escape=none '$status $request_uri $http_if_none_match/sep/$http_if_modified_since/sep/';
  access_log {log};
  client_body_temp_path {work}/body;
  proxy_temp_path {work}/proxy;
  fastcgi_temp_path {work}/fastcgi;
  uwsgi_temp_path {work}/uwsgi;
  scgi_temp_path {work}/scgi;
  server {{
    listen 127.0.0.1:{port} backlog=512;
    root {root};
    location /weak/ {{ ssi on; ssi_last_modified on; }}
    location /dated/ {{ etag off; }}
    location /bare/ {{ etag off; add_header Last-Modified ""; }}
  }}
}}
"""
_PATIENCE = 200  # times 0.05 s until nginx answers


def find_nginx() -> str | None:
    """Path of the nginx program; None where there is none."""
    return shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


def needed_nginx() -> str:
    """Path of the nginx program, for a test that cannot do without."""
    return needed("nginx", "nginx-light")


class Nginx:
    """Serves a folder. A context manager; its address is `http://127.0.0.1:PORT`, its log one line a request."""

    def __init__(self, program: str, root: Path, work: Path, *, log: bool = True) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port: int = free.getsockname()[1]
        self._program = program
        self._work = work
        self._log = work / "access.log"
        work.mkdir(exist_ok=True)
        target = f"{self._log} asked" if log else "off"
        config = _CONFIG.format(work=work, root=root, port=self.port, log=target)
        (work / "nginx.conf").write_text(config, "ascii")
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        """Begin to answer; fails when nginx does not come up."""
        self._process = subprocess.Popen(
            [self._program, "-p", self._work, "-c", self._work / "nginx.conf", "-e", self._work / "error.log"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for _ in range(_PATIENCE):
            if self._answers():
                return self
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(0.05)
                break
        self._process.kill()
        raise AssertionError((self._work / "error.log").read_text("utf-8"))

    def _answers(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self.port), 1).close()
        except OSError:
            return False
        return True

    def __exit__(self, *_: object) -> None:
        assert self._process is not None
        self._process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(10)
        self._process.kill()
        self._process.wait()

    def asked(self) -> list[str]:
        """Status, path and validators of each request that was answered."""
        return self._log.read_text("ascii").splitlines()
