"""The one shape of every error (RFC 9457), and the kinds there are.

A detail says what is wrong and what to try. It never holds anything that the client sent.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic_core import to_json

MEDIA_TYPE = "application/problem+json"
TYPE_PREFIX = "urn:cmc:problem:"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of problem: its name in `type`, its status, and its title."""

    name: str
    status: int
    title: str


MALFORMED = Kind("malformed", 400, "The body is not JSON in UTF-8")
UNAUTHORIZED = Kind("unauthorized", 401, "A valid key is needed")
NOT_FOUND = Kind("not-found", 404, "There is nothing at this path")
WRONG_METHOD = Kind("wrong-method", 405, "The path does not know this method")
SLOW = Kind("slow-request", 408, "The body did not arrive in time")
TOO_LARGE = Kind("too-large", 413, "More than is accepted at once")
UNSUPPORTED = Kind("unsupported", 415, "Only uncompressed application/json is read")
NOT_A_PICTURE = Kind("not-a-picture", 415, "Only pictures are read here")
INVALID = Kind("invalid", 422, "The request is not as described")
UNREADABLE = Kind("unreadable", 422, "The text cannot be judged")
UNREADABLE_PICTURE = Kind("unreadable-picture", 422, "The picture cannot be read")
RATE_LIMITED = Kind("rate-limited", 429, "Too many requests from one sender")
BUSY = Kind("busy", 429, "The service is at its limit")
INTERNAL = Kind("internal", 500, "The service failed")
NO_ENGINE = Kind("no-text-recognition", 501, "No text recognition is installed here")
TIMED_OUT = Kind("timed-out", 503, "Scoring took too long")
NOT_READY = Kind("not-ready", 503, "The classifier does not answer as it should")

KINDS = (
    MALFORMED, UNAUTHORIZED, NOT_FOUND, WRONG_METHOD, SLOW, TOO_LARGE, UNSUPPORTED, NOT_A_PICTURE, INVALID, UNREADABLE,
    UNREADABLE_PICTURE, RATE_LIMITED, BUSY, INTERNAL, NO_ENGINE, TIMED_OUT, NOT_READY,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Problem:
    """One refusal."""

    kind: Kind
    detail: str
    headers: Mapping[str, str] = field(default_factory=dict)

    def to_dict(self, request_id: str) -> dict[str, Any]:
        """Return plain JSON values, in the form that answers and entries of a batch share."""
        return {
            "type": TYPE_PREFIX + self.kind.name,
            "title": self.kind.title,
            "status": self.kind.status,
            "detail": self.detail,
            "request_id": request_id,
        }

    def to_json(self, request_id: str) -> bytes:
        """Return the body of an answer."""
        return to_json(self.to_dict(request_id))


class Refused(Exception):  # noqa: N818 - an answer, not a fault
    """Ends a request with a problem."""

    def __init__(self, kind: Kind, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(kind.name)
        self.problem = Problem(kind, detail, headers or {})


class ClientGone(Exception):  # noqa: N818 - nobody is left to answer
    """Ends a request whose client has closed the connection."""


def try_again(kind: Kind, detail: str, seconds: float) -> Refused:
    """Return a refusal that says after how many seconds a new attempt makes sense (1 to 60)."""
    wait = min(60, max(1, math.ceil(seconds)))
    return Refused(kind, f"{detail}; try again in {wait} s", {"Retry-After": str(wait)})
