"""Who may come in, how often, and how much at once; decided before a request costs anything."""

import asyncio
import ipaddress
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from starlette.types import ASGIApp, Receive, Scope, Send

from service.observe import PICTURES, Trail, trail_of
from service.problems import (
    BUSY,
    MALFORMED,
    RATE_LIMITED,
    SLOW,
    TOO_LARGE,
    UNAUTHORIZED,
    UNSUPPORTED,
    ClientGone,
    Refused,
    try_again,
)
from service.settings import Settings, digest

MOST_PICTURES = 8
"""Pictures that may be on their way, wait or be read at the same time."""

_PROTECTED = ("/v1/", "/metrics")
_MOST_SENDERS = 20_000

Headers = Mapping[bytes, bytes]


@dataclass(slots=True)
class Room:
    """Memory for bodies on their way: bytes of the largest one, of all together, and how many are held now."""

    one: int
    all: int
    held: int = 0


class Entrance:
    """ASGI middleware: checks key and rate, then receives the body whole, within its limits, into the trail.

    A request holds no thread and no place in the queue while its body is on the way.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._settings = settings
        self._keys = settings.key_digests()
        self._rates = RateLimit(settings.rate_limit)
        self._bodies = Room(settings.max_body, settings.max_body * (settings.concurrency + settings.queue))
        self._pictures = Room(settings.max_picture, settings.max_picture * MOST_PICTURES)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or raise `Refused`."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        trail = trail_of(scope)
        headers: Headers = dict(scope["headers"])
        trail.media_type = headers.get(b"content-type", b"")
        trail.whole = headers.get(b"content-length", b"0") == b"0" and b"transfer-encoding" not in headers
        if scope["path"].startswith(_PROTECTED):
            self._check_sender(scope, headers)
        if trail.whole:
            await self._app(scope, receive, send)
            return
        room = self._pictures if scope["path"] == PICTURES else self._bodies
        try:
            trail.body = await self._receive(trail, headers, receive, room)
            await self._app(scope, receive, send)
        finally:
            room.held -= len(trail.body)
            trail.body = b""

    def _check_sender(self, scope: Scope, headers: Headers) -> None:
        if self._rates.on:
            self._rates.count(network(scope["client"]))
        if self._keys:
            index = find_key(headers.get(b"x-api-key"), self._keys)
            if index is None:
                raise Refused(
                    UNAUTHORIZED, "send a valid key in the header X-API-Key", {"WWW-Authenticate": "X-API-Key"}
                )
            if self._rates.on:
                self._rates.count(index)

    async def _receive(self, trail: Trail, headers: Headers, receive: Receive, room: "Room") -> bytes:
        if headers.get(b"content-encoding", b"identity").strip().lower() != b"identity":
            raise Refused(UNSUPPORTED, "send the body without Content-Encoding", {"Accept-Encoding": "identity"})
        length = headers.get(b"content-length", b"0")
        if not length.isdigit():
            raise Refused(MALFORMED, "Content-Length is not a number")
        too_large = Refused(
            TOO_LARGE, f"a body may have {room.one} bytes; send fewer messages at a time, or a smaller picture"
        )
        if int(length[:20]) > room.one:
            raise too_large
        chunks: list[bytes] = []
        held = 0
        try:
            async with asyncio.timeout(self._settings.receive_timeout):
                while not trail.whole:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        raise ClientGone
                    chunk = message.get("body", b"")
                    trail.whole = not message.get("more_body", False)
                    held += len(chunk)
                    room.held += len(chunk)
                    if held > room.one:
                        raise too_large
                    if room.held > room.all:
                        raise try_again(BUSY, "too many bodies are on their way", 1)
                    chunks.append(chunk)
        except BaseException as error:
            room.held -= held
            if isinstance(error, TimeoutError):
                seconds = self._settings.receive_timeout
                raise Refused(SLOW, f"a body must arrive within {seconds:g} s") from None
            raise
        return b"".join(chunks)


def find_key(given: bytes | None, digests: Sequence[bytes]) -> int | None:
    """Return which of the keys was given. Compares with all of them, each in constant time."""
    if given is None:
        return None
    presented = digest(given.decode("latin-1"))
    same = [secrets.compare_digest(presented, known) for known in digests]
    return same.index(True) if True in same else None


def network(client: Sequence[object] | None) -> str:
    """Return what counts as one sender: an IPv4 address, or the /64 network of an IPv6 address.

    >>> network(("192.0.2.7", 4711)), network(("2001:db8:1:2:3::9", 4711)), network(None)
    ('192.0.2.7', '2001:db8:1:2::', '')
    """
    host = str(client[0]) if client else ""
    if ":" not in host:
        return host
    try:
        return str(ipaddress.ip_network(f"{host.partition('%')[0]}/64", strict=False).network_address)
    except ValueError:
        return host


class RateLimit:
    """A bucket for each sender: a minute's worth of requests at once, refilled evenly (GCRA).

    Holds one number for each of the last senders, in this process only.
    """

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.on = per_minute > 0
        self._interval = 60 / max(1, per_minute)
        self._burst = 60 - self._interval
        self._clock = clock
        self._due: dict[str | int, float] = {}  # when each bucket will be full again

    def count(self, sender: str | int) -> None:
        """Count a request of a sender.

        Raises:
            Refused: the sender's bucket is empty.

        """
        now = self._clock()
        due = max(self._due.pop(sender, now), now)
        allowed = due - now <= self._burst
        self._due[sender] = due + self._interval if allowed else due
        if len(self._due) > _MOST_SENDERS:
            self._forget(now)
        if not allowed:
            raise try_again(RATE_LIMITED, "more requests than are allowed in a minute", due - now - self._burst)

    def _forget(self, now: float) -> None:
        """Drop full buckets, and if that is not enough those unused for longest: memory stays bounded."""
        kept = [(sender, due) for sender, due in self._due.items() if due > now]
        self._due = dict(kept[-_MOST_SENDERS // 2 :])
