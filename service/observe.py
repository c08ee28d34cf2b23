"""The outermost layer: gives each request an id, turns refusals and failures into problems, counts and logs."""

import asyncio
import logging
import secrets
from contextlib import suppress
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.logs import log_event
from service.metrics import Metrics
from service.problems import INTERNAL, MEDIA_TYPE, ClientGone, Problem, Refused

_STATES = ("/healthz", "/readyz", "/metrics", "/v1/info")
_ADVICE = ("/v1/advise", "/v1/advise/batch", "/v1/split", "/v1/dossier", "/v1/dossier/files", "/v1/dossier/drafts")
PICTURES = "/v1/read"
"""The one path whose body is a picture."""

ROUTES = frozenset({PICTURES, "/", "/docs", "/openapi.json", "/v1/score", "/v1/score/batch", *_ADVICE, *_STATES})
CLIENT_GONE = 499

_SCOPE_KEY = "cmc"
LINGER_SECONDS = 2.0
LINGER_BYTES = 16 * 1024 * 1024


@dataclass(slots=True)
class Trail:
    """What is known of a request on its way."""

    request_id: str
    status: int = 0
    media_type: bytes = b""
    body: bytes = b""
    whole: bool = True
    texts: int = 0
    problem: str = ""


def trail_of(scope: Scope) -> Trail:
    """Return the trail of the request under way."""
    trail: Trail = scope[_SCOPE_KEY]
    return trail


def route_of(path: str) -> str:
    """Return the template that a path stands under in counts and logs.

    >>> route_of("/v1/score"), route_of("/static/page.js"), route_of("/138-0013-8000")
    ('/v1/score', '/static/{name}', 'other')
    """
    if path in ROUTES:
        return path
    return "/static/{name}" if path.startswith("/static/") else "other"


class Observe:
    """ASGI middleware; must stand around everything that may refuse a request."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and see to its end."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = perf_counter()
        trail = scope[_SCOPE_KEY] = Trail(secrets.token_hex(8))
        own = [(b"x-request-id", trail.request_id.encode()), (b"x-content-type-options", b"nosniff")]

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                trail.status = message["status"]
                message["headers"] = [*message["headers"], *own]
            await send(message)

        try:
            await self._app(scope, receive, answer)
        except Refused as refused:
            await _refuse(refused.problem, trail, receive, answer)
        except ClientGone:
            trail.status = CLIENT_GONE
        except Exception as error:
            log_event(logging.ERROR, "failure", error, request_id=trail.request_id)
            if not trail.status:
                problem = Problem(INTERNAL, "the fault is in the service, not in the request; its log has the details")
                await _refuse(problem, trail, receive, answer)
        finally:
            seconds = perf_counter() - began
            route = route_of(scope["path"])
            self._metrics.count_request(route, trail.status or CLIENT_GONE, seconds)
            _log(route, trail, seconds)


async def _refuse(problem: Problem, trail: Trail, receive: Receive, send: Send) -> None:
    trail.problem = problem.kind.name
    if trail.status:  # the answer has begun: all that is left is to break it off
        return
    body = problem.to_json(trail.request_id)
    headers = [(b"content-type", MEDIA_TYPE.encode()), (b"content-length", str(len(body)).encode())]
    headers += [(name.lower().encode(), value.encode()) for name, value in problem.headers.items()]
    if not trail.whole:
        headers.append((b"connection", b"close"))
    await send({"type": "http.response.start", "status": problem.kind.status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": not trail.whole})
    if not trail.whole:
        await _linger(receive)
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _linger(receive: Receive) -> None:
    """Drop what is still coming for a moment: closing on a sender at once may destroy the answer on its way."""
    left = LINGER_BYTES
    with suppress(TimeoutError):
        async with asyncio.timeout(LINGER_SECONDS):
            while left > 0 and (message := await receive()).get("more_body", False):
                left -= len(message.get("body", b""))


def _log(route: str, trail: Trail, seconds: float) -> None:
    told: dict[str, Any] = {"texts": trail.texts, "problem": trail.problem, "request_id": trail.request_id}
    log_event(
        logging.INFO,
        "request",
        route=route,
        status=trail.status or CLIENT_GONE,
        ms=round(seconds * 1000, 2),
        **{name: value for name, value in told.items() if value},
    )
