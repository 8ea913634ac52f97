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


_READER = """
import json, random, resource, sys
from schemas.reading import Rules
from scraper.guard import Guard
from scraper.reading import reading_of
from tests.builders import capture

def peak_mb(whose):
    return resource.getrusage(whose).ru_maxrss / 1024

def look(body):
    return capture(body=body, head=b"HTTP/1.1 200 OK\\r\\nContent-Type: text/html\\r\\n\\r\\n")

PAGES = {
    "nested": b"<div>" * 200_000,
    "misnested": b"".join(b"<b a%d>" % n for n in range(4000)) + b"x</b>" * 4000,
    "attributes": b"<p " + b" ".join(b"a%d=1" % n for n in range(100_000)) + b">x",
    "fifty megabytes": b"<main><h1>R</h1><p>" + b"ord " * 12_500_000,
    "long addresses": b"<base href='http://a.example/" + b"a" * 8000 + b"/'><main>" + b"<p>T <a href=x>l</a>" * 2000,
    "capitals": b"<main><h1>R</h1><p>" + b"Aa Bb " * 650_000,
    "names": b"<main><h1>R</h1><p>" + b"Anna, " * 650_000,
    "prose": b"<main><h1>R</h1><p>" + b"Anna Svensson, chef vid Verket, kommer den 1 maj. " * 80_000,
}
limit, rules, found = int(sys.argv[1]), Rules(people=True), {}
with Guard(memory_bytes=limit, deadline_s=4) as guard:
    reading_of(look(b"<main><h1>R</h1><p>Text."), rules, guard.read)
    for name, body in PAGES.items():
        seen, before = look(body), peak_mb(resource.RUSAGE_SELF)
        verdict = reading_of(seen, rules, guard.read).verdict
        found[name] = [verdict, round(peak_mb(resource.RUSAGE_SELF) - before, 1)]
print(json.dumps([found, peak_mb(resource.RUSAGE_CHILDREN)]))
"""
CHILD_MB = 400


def test_reading_grows_neither_the_child_nor_us_past_a_limit() -> None:
    """Pages made to cost: the child stays under the memory it may have, measured, and we grow little."""
    done = subprocess.run(
        [sys.executable, "-c", _READER, str(CHILD_MB * 1024 * 1024)],
        cwd=_ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    found, child_mb = json.loads(done.stdout)
    assert child_mb < CHILD_MB
    assert {name for name, (verdict, _) in found.items() if verdict == "unparsable"} >= {"nested", "long addresses"}
    assert max(grown for _, grown in found.values()) < 3 * MOST_MB, found


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
