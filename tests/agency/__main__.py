"""Serves the pretend agency until interrupted: `python -m tests.agency [--port 8765] [--night 1]`."""

from __future__ import annotations

import argparse
import errno
import sys
from collections.abc import Callable, Sequence
from threading import Event

from tests.agency.nightly import HOSTS, LAST_NIGHT
from tests.agency.server import Agency

DEFAULT_PORT = 8765  # the one that agency.toml connects to


def main(arguments: Sequence[str] | None = None, wait: Callable[[], object] | None = None) -> int:
    """Serve until `wait` returns or is interrupted; return the exit code, 1 when the port is taken."""
    parser = argparse.ArgumentParser(prog="python -m tests.agency", description=__doc__)
    parser.add_argument("--port", type=int, default=DEFAULT_PORT, help="port to answer on (default: %(default)s)")
    nights = range(1, LAST_NIGHT + 1)
    parser.add_argument("--night", type=int, choices=nights, default=1, help="night to show (default: %(default)s)")
    chosen = parser.parse_args(arguments)
    try:
        with Agency(chosen.port, night=chosen.night) as agency:
            sys.stderr.write(_welcome(agency))
            (wait or Event().wait)()
    except KeyboardInterrupt:
        return 0
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        sys.stderr.write(f"Port {chosen.port} is taken by another program: stop it, or name another with --port.\n")
        return 1
    return 0


def _welcome(agency: Agency) -> str:
    elsewhere = "" if agency.port == DEFAULT_PORT else f" (with {DEFAULT_PORT} changed to {agency.port} in that file)"
    return (
        f"The pretend agency shows night {agency.night} of {LAST_NIGHT} at {agency.origin}: {' and '.join(HOSTS)}.\n"
        f"Crawl it from another terminal{elsewhere}: tidslager crawl tests/agency/agency.toml\n"
        "Stop it with Ctrl-C.\n"
    )


if __name__ == "__main__":
    sys.exit(main())
