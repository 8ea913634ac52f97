"""One polite look at an address: robots, turn, request, retries and redirects, each exchange a Capture."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from importlib.metadata import PackageNotFoundError, version
from threading import Lock

from msgspec.structs import replace
from tenacity import RetryCallState, Retrying, retry_if_result, stop_after_attempt

from archive.held import Held
from schemas.capture import Capture, Outcome, Purpose
from schemas.errors import ConfigurationError
from schemas.site import Site
from scraper.addresses import authority_of, bare, host_of, in_scope, normal, scope
from scraper.answers import TRY_AGAIN, busy_or_silent, may_help_to_retry, read_answer
from scraper.budget import Allowance
from scraper.clock import Clock
from scraper.connect import Detour, Resolve, Routes, is_local, read_detours, resolve
from scraper.cookies import Cookies
from scraper.pace import Pace, parse_retry_after
from scraper.robots import REDIRECTS, SIZE, Robots, read_robots
from scraper.validators import Validators, read_validators
from scraper.wire import Wire

PLACEHOLDER = "you@example.se"
"""The contact of our examples: typed as it stands it says nothing of who asks, and counts as none."""
_LONGEST_BACK_OFF_S = 60.0
_RULES_LAST = timedelta(days=1)
_UNMET = (304, 412)
"""What servers answer to validators: 304, and some 412, which is for other methods (RFC 9110, section 13.1.2)."""
_PRINTABLE = re.compile(r"[!-'*-~][ -'*-~]*")


class Fetcher:
    """Looks at addresses of one site during one run, one request at a time to a host.

    Threads may share it: a host's turns, its robots.txt and its cookies are one thread's at a time.
    """

    def __init__(self, site: Site, clock: Clock, *, rng: random.Random, resolve: Resolve = resolve) -> None:
        """Take what the run is about; `rng` spreads the retries, `resolve` looks names up.

        Raises ConfigurationError for a crawl of others that does not say whose it is, and for a setting that cannot
        be used.
        """
        if needs_contact(site):
            raise ConfigurationError(
                "This crawl goes to other people's servers and names no contact. "
                "Say who you are: --contact with an address of yours, TIDSLAGER_CONTACT, or contact in the site file."
            )
        if is_placeholder(site.contact):
            site = replace(site, contact="")
        if site.proxy and (site.connect_to or not site.contact):
            raise ConfigurationError(
                "A crawl through a proxy needs a contact, and connect_to says where to go without one: "
                "set contact, and either proxy or connect_to."
            )
        self._site = site
        self._clock = clock
        self._rng = rng
        self._scope = scope(site.start, site.hosts)
        self._agent = user_agent(site.contact)
        routes = Routes(
            detours=read_detours(site.connect_to),
            allow_private=site.allow_private,
            allow_public=bool(site.contact),
            resolve=resolve,
        )
        self._wire = Wire(site.limits, routes, clock, proxy=site.proxy)
        self._pace = Pace(clock, site.delay_s)
        # One for all: what it knows of a call it keeps for each thread apart.
        self._retrying = Retrying(
            retry=retry_if_result(may_help_to_retry),
            stop=self._out_of_attempts,
            wait=self._back_off,
            sleep=clock.sleep,
            retry_error_callback=_last_capture,
        )
        self._strikes: dict[str, int] = {}
        self._locks: dict[str, Lock] = {}
        self._lock = Lock()
        self.allowance = Allowance(site.budget, clock)
        """What is left of the run's budget; once it refuses, nothing more is asked."""
        self._cookies = Cookies()
        self._robots: dict[str, Robots] = {}
        self._robots_files: dict[str, Capture] = {}

    def visit(
        self,
        address: str,
        known: Callable[[str], bool],
        held: Callable[[str], Held | None] = lambda _: None,
        purpose: Purpose = "page",
    ) -> Iterator[Capture]:
        """Look at an address and where it redirects to; each capture is given as soon as it has happened.

        The robots.txt of a host comes first, where it was not had yet in this run. `known` says of a redirect's
        target whether this run has a capture of it already: then the chain ends there. `held` gives what the archive
        holds of an address and a 304 may confirm; `purpose` is what is wanted there. Nothing that the network does
        raises. When the budget is used up nothing more is given.
        """
        here = normal(address)
        if here is None:
            yield self._unsent(
                address, purpose, "out_of_scope", f"{address[:300]} is no http(s) address that is asked for."
            )
            return
        trail: list[str] = []
        while not self.allowance.refuses(self._pace.rest(here)):
            trail.append(here)
            yield from self._learn_robots(here)
            capture = self._look(here, purpose, held(here))
            stop = self._why_stop(capture, trail)
            yield replace(capture, error=stop) if stop else capture
            if stop or capture.location is None or known(capture.location):
                return
            here = capture.location

    def _why_stop(self, capture: Capture, trail: list[str]) -> str | None:
        """Why a redirect is not followed; None when it is, or when there is none."""
        if capture.location in trail:
            return f"The redirects lead back to {capture.location}: a loop."
        if capture.location is not None and len(trail) > self._site.limits.hops:
            return f"More than {self._site.limits.hops} redirects."
        return None

    def foresee(self, address: str) -> tuple[bool, str, float]:
        """Whether an address would be asked for, why, and the seconds of rest after each request to its host.

        Asks for the host's robots.txt, where it was not had yet, and for nothing else.
        """
        for _ in self._learn_robots(address):
            pass
        if not in_scope(address, self._scope):
            return False, f"{host_of(address)} is not among the hosts of the site", 0.0
        robots = self._robots[_origin(address)]
        return robots.allows(address), robots.verdict(address), self._pace.delay(address)

    def _look(self, address: str, purpose: Purpose, held: Held | None) -> Capture:
        """The capture of one address, asked for if it may be."""
        if not in_scope(address, self._scope):
            return self._unsent(
                address, purpose, "out_of_scope", f"{host_of(address)} is not among the hosts of the site."
            )
        if self._left_alone(address):
            host, strikes = host_of(address), self._site.limits.strikes
            why = f"{host} was busy or silent {strikes} times in a row and is left alone for the rest of the run."
            return self._unsent(address, purpose, "left_alone", why)
        robots = self._robots[_origin(address)]
        allowed = robots.allows(address)
        verdict = robots.verdict(address, allowed=allowed)
        if not allowed:
            # Rules are the site's wish and no fault; rules that could not be had are.
            error = verdict if robots.fault else None
            return replace(self._unsent(address, purpose, robots.fault or "robots_denied", error), robots=verdict)
        capture = self._ask(address, purpose, verdict, read_validators(held) if held else None)
        self._count_strike(capture)
        return capture

    def _left_alone(self, address: str) -> bool:
        return self._strikes.get(bare(host_of(address)), 0) >= self._site.limits.strikes

    def _count_strike(self, capture: Capture) -> None:
        host = bare(host_of(capture.address))
        self._strikes[host] = self._strikes.get(host, 0) + 1 if busy_or_silent(capture) else 0

    def _unsent(self, address: str, purpose: Purpose, outcome: Outcome, why: str | None) -> Capture:
        return Capture(
            address=address, purpose=purpose, fetched_at=self._clock.now(), outcome=outcome, attempts=0, error=why
        )

    def _learn_robots(self, address: str) -> Iterator[Capture]:
        """Get the robots.txt that an address stands under, unless it was had today or the address is out of scope."""
        if not in_scope(address, self._scope):
            return
        origin = _origin(address)
        with self._lock:
            lock = self._locks.setdefault(origin, Lock())
        with lock:
            known = origin in self._robots and not self._is_old(self._robots_files[f"{origin}/robots.txt"])
            if not known and not self._left_alone(address):
                yield from self._ask_robots(address, origin)

    def _ask_robots(self, address: str, origin: str) -> Iterator[Capture]:
        here = f"{origin}/robots.txt"
        for _ in range(REDIRECTS + 1):
            if self._is_old(self._robots_files.get(here)):
                self._robots_files[here] = self._ask(here, "robots", None)
                yield self._robots_files[here]
            file = self._robots_files[here]
            if file.location is None or not self._may_ask_robots(file.location):
                break
            here = file.location
        robots = read_robots(file, delay_cap_s=self._site.crawl_delay_cap_s)
        self._pace.slow_down(address, robots.delay_s)
        self._robots[origin] = robots

    def _is_old(self, file: Capture | None) -> bool:
        """Whether a robots.txt was not had, or longer ago than rules may be kept (RFC 9309, section 2.4)."""
        return file is None or self._clock.now() - file.fetched_at > _RULES_LAST

    def _may_ask_robots(self, address: str) -> bool:
        """RFC 9309 follows robots redirects to other hosts too; who gives no contact stays at home."""
        return bool(self._site.contact) or in_scope(address, self._scope)

    def _ask(
        self, address: str, purpose: Purpose, verdict: str | None, validators: Validators | None = None
    ) -> Capture:
        """Ask for an address, again where that may help.

        Once more when it asks for a cookie to come back, and once without validators when its 304 is about something
        that we do not hold, or when it takes offence at them.
        """
        cookie = self._cookies.header(address)
        capture = self._ask_patiently(address, purpose, verdict, validators)
        wants_cookie = capture.location == address and self._cookies.header(address) != cookie
        misses = validators is not None and capture.confirms is None and capture.status in _UNMET
        if wants_cookie or misses:
            first = capture.attempts
            capture = self._ask_patiently(address, purpose, verdict, None if misses else validators)
            capture = replace(capture, attempts=first + capture.attempts)
        return capture

    def _ask_patiently(
        self, address: str, purpose: Purpose, verdict: str | None, validators: Validators | None
    ) -> Capture:
        capture = self._retrying(self._attempt, address, purpose, verdict, validators)
        tries = 0 if capture.outcome == "refused_address" else self._retrying.statistics["attempt_number"]
        return replace(capture, attempts=tries)

    def _out_of_attempts(self, state: RetryCallState) -> bool:
        wanted = self._retry_after(_last_capture(state))
        too_long = wanted is not None and wanted > self._site.limits.retry_after_s
        return too_long or stop_after_attempt(self._site.limits.attempts)(state)

    def _back_off(self, state: RetryCallState) -> float:
        """Seconds before the next attempt: 1, 2, 4, … each by half more or less, so that clients do not march."""
        widest = min(2.0 ** (state.attempt_number - 1), _LONGEST_BACK_OFF_S)
        return widest * self._rng.uniform(0.5, 1.5)

    def _attempt(self, address: str, purpose: Purpose, verdict: str | None, validators: Validators | None) -> Capture:
        limits = self._site.limits
        limit = {"page": limits.body_bytes, "document": limits.document_bytes, "robots": SIZE}[purpose]
        with self._pace.turn(address):
            answer = self._wire.get(address, self._fields(address, validators), body_bytes=limit)
            capture = read_answer(address, purpose, answer, verdict, validators)
            self.allowance.take(len(capture.head) + len(capture.body or b""))
            self._cookies.keep(address, capture.fields("set-cookie"))
            wanted = self._retry_after(capture)
            if wanted is not None:
                self._pace.hold(address, min(wanted, self._site.limits.retry_after_s))
        return capture

    def _retry_after(self, capture: Capture) -> float | None:
        """Seconds that a busy host asks us to stay away; None when it does not say, or is not busy."""
        if capture.status not in TRY_AGAIN:
            return None
        return parse_retry_after(capture.field("retry-after"), self._clock.now())

    def _fields(self, address: str, validators: Validators | None) -> list[tuple[bytes, bytes]]:
        """Request fields after Host. Identity is asked for because the bytes are the evidence."""
        cookie = self._cookies.header(address)
        return [
            (b"User-Agent", self._agent.encode("ascii")),
            (b"Accept", b"text/html,application/xhtml+xml;q=0.9,*/*;q=0.5"),
            (b"Accept-Language", b"sv,en;q=0.5"),
            (b"Accept-Encoding", b"identity"),
            (b"Connection", b"close"),
            *(validators.fields() if validators else ()),
            *([(b"Cookie", cookie.encode("ascii"))] if cookie else ()),
        ]


def _origin(address: str) -> str:
    return "/".join(address.split("/", 3)[:3])


def _last_capture(state: RetryCallState) -> Capture:
    assert state.outcome is not None
    capture = state.outcome.result()
    assert isinstance(capture, Capture)
    return capture


def tool_version() -> str:
    """Version of the installed distribution; "0" in a checkout that is not installed."""
    try:
        return version("tidslager")
    except PackageNotFoundError:
        return "0"


def user_agent(contact: str) -> str:
    """Name, version and contact: who asks. Raises ConfigurationError for a contact that no header can carry."""
    product = f"Tidslager/{tool_version()}"
    if not contact:
        return product
    if not _PRINTABLE.fullmatch(contact):
        raise ConfigurationError(
            f"The contact {contact!r} cannot stand in a User-Agent. Give a mail or web address in plain ASCII."
        )
    if not contact.startswith(("http://", "https://")) and "@" not in contact:
        raise ConfigurationError(
            f'The contact "{contact}" is neither a mail nor a web address. Give one that somebody reads.'
        )
    return f"{product} (+{contact})"


def is_placeholder(contact: str) -> bool:
    """Whether a contact is the one of our examples, which nobody reads."""
    return contact.strip().lower() == PLACEHOLDER


def needs_contact(site: Site) -> bool:
    """Whether the crawl would reach the public network without saying whose it is.

    A host stays off it when its name says so (localhost, a private literal) or `connect_to` sends it to such a one.
    """
    if site.contact and not is_placeholder(site.contact):
        return False
    detours = read_detours(site.connect_to)
    places = [authority_of(address).rpartition(":") for address in filter(None, map(normal, site.start))]
    asked: list[tuple[str, int | None]] = [(host, int(port)) for host, _, port in places]
    asked += [(host.lower(), None) for host in site.hosts]
    return not all(_stays_home(host.strip("[]"), port, detours) for host, port in asked)


def _stays_home(host: str, port: int | None, detours: tuple[Detour, ...]) -> bool:
    """Whether a host is reached on a private network only; `port` None: by whichever detour there is for it."""
    for detour in detours:
        if detour.fits(host, detour.port or 0 if port is None else port):
            return is_local(detour.to_host or host)
    return is_local(host)
