"""Nothing that a server sends makes us grow past a limit: measured in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

LARGE = (
    "hundred-megabytes", "endless-body", "head-bomb", "many-fields", "interim-flood", "redirect-endless", "large-body",
    "gzip-bomb", "zstd-bomb", "brotli-bomb",
)  # fmt: skip
MOST_MB = 64
_ROOT = Path(__file__).parent.parent
_CHILD = """
import json, random, resource, sys
from schemas.site import Limits
from scraper.clock import SystemClock
from scraper.fetch import Fetcher
from scraper.parse import read
from tests.fetchers import HOME, make_site, never_resolve, unknown

def peak_mb():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

class Server:
    port = int(sys.argv[1])

site = make_site(Server, Limits(body_bytes=1_000_000, decoded_bytes=1_000_000, attempts=1), delay_s=0.0)
fetcher = Fetcher(site, SystemClock(), rng=random.Random(1), resolve=never_resolve)
ok = list(fetcher.visit(f"{HOME}/ok", unknown))[-1]
read(ok)
before, found = peak_mb(), {}
for name in sys.argv[2:]:
    capture = next(c for c in fetcher.visit(f"{HOME}/{name}", lambda _: True) if c.purpose == "page")
    if capture.outcome == "fetched":
        read(capture, limit=1_000_000)
    found[name] = [capture.outcome, round(peak_mb() - before, 1)]
print(json.dumps(found))
"""


def test_nothing_grows_past_its_limit() -> None:
    """Bodies of 100 MB, heads without end and bombs: with limits of 1 MB the process grows by a few times that."""
    from tests.faults import FaultServer

    with FaultServer() as server:
        done = subprocess.run(
            [sys.executable, "-c", _CHILD, str(server.port), *LARGE],
            cwd=_ROOT,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert set(found) == set(LARGE)
    assert found["hundred-megabytes"][0] == "too_large"
    assert max(grown for _, grown in found.values()) < MOST_MB, found
