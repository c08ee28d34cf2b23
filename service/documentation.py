"""What OpenAPI says beyond the routes themselves: bodies, errors with examples, keys, limits."""

from collections.abc import Iterable
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic.json_schema import models_json_schema

from service.advice_schemas import REQUESTS
from service.problems import (
    BUSY,
    INTERNAL,
    INVALID,
    MALFORMED,
    MEDIA_TYPE,
    NO_ENGINE,
    NOT_A_PICTURE,
    NOT_READY,
    RATE_LIMITED,
    SLOW,
    TIMED_OUT,
    TOO_LARGE,
    UNAUTHORIZED,
    UNREADABLE,
    UNREADABLE_PICTURE,
    UNSUPPORTED,
    Kind,
    Problem,
)
from service.schemas import (
    FINDING_EXAMPLE,
    REMINDER_EXAMPLE,
    TEXT_EXAMPLE,
    BatchRequest,
    ProblemDetails,
    ScoreRequest,
)
from service.settings import Settings

REF = "#/components/schemas/{model}"
REQUEST_ID = "0123456789abcdef"

_DETAILS = {
    MALFORMED: "the body is not JSON in UTF-8",
    UNAUTHORIZED: "send a valid key in the header X-API-Key",
    SLOW: "a body must arrive within 15 s",
    TOO_LARGE: "a body may have 2097152 bytes; send fewer messages at a time",
    UNSUPPORTED: "send the body as application/json in UTF-8",
    NOT_A_PICTURE: "send the picture itself, as one of image/png, image/jpeg, image/webp",
    INVALID: "text: is missing",
    UNREADABLE: "the message is empty; paste its text",
    UNREADABLE_PICTURE: "a damaged picture, or one that is cut short; copy it again",
    RATE_LIMITED: "more requests than are allowed in a minute; try again in 3 s",
    BUSY: "all places are taken; try again in 1 s",
    INTERNAL: "the fault is in the service, not in the request; its log has the details",
    NO_ENGINE: "have who runs this service install it: ./setup --ocr; or send the text",
    TIMED_OUT: "there was no answer within 30 s; send fewer or shorter messages; try again in 2 s",
    NOT_READY: "the canary was judged differently: 0: labels",
}
_HEADERS = {401: "WWW-Authenticate", 429: "Retry-After", 503: "Retry-After"}

KEYED = (UNAUTHORIZED, RATE_LIMITED)
SCORING = (MALFORMED, SLOW, TOO_LARGE, UNSUPPORTED, INVALID, BUSY, INTERNAL, TIMED_OUT, *KEYED)
SCORING_ONE = (*SCORING, UNREADABLE)
READING = (
    MALFORMED,
    SLOW,
    TOO_LARGE,
    UNSUPPORTED,
    NOT_A_PICTURE,
    UNREADABLE_PICTURE,
    BUSY,
    INTERNAL,
    NO_ENGINE,
    TIMED_OUT,
    *KEYED,
)

ERROR_ENTRY = {"error": Problem(UNREADABLE, _DETAILS[UNREADABLE]).to_dict(REQUEST_ID)}
SCORE_BODY: dict[str, Any] = {
    "plain": {"summary": "the default policy", "value": {"text": TEXT_EXAMPLE}},
    "policy": {"summary": "another policy", "value": {"text": REMINDER_EXAMPLE, "policy": "cautious"}},
}
BATCH_BODY: dict[str, Any] = {
    "two": {"summary": "two messages", "value": {"texts": [TEXT_EXAMPLE, REMINDER_EXAMPLE]}},
    "one empty": {"summary": "the second cannot be judged", "value": {"texts": [TEXT_EXAMPLE, " "]}},
}
BATCH_EXAMPLE = {"findings": [FINDING_EXAMPLE, ERROR_ENTRY]}
METRICS_EXAMPLE = 'cmc_requests_total{route="/v1/score",status="200"} 7.0\n'


def errors(kinds: Iterable[Kind]) -> dict[int | str, dict[str, Any]]:
    """Return the `responses` of a route for the problems it may answer with, an example of each."""
    by_status: dict[int | str, dict[str, Any]] = {}
    for kind in kinds:
        example = {"summary": kind.title, "value": Problem(kind, _DETAILS[kind]).to_dict(REQUEST_ID)}
        response = by_status.setdefault(kind.status, _error(kind.status))
        response["content"][MEDIA_TYPE]["examples"][kind.name] = example
        titles = [each["summary"] for each in response["content"][MEDIA_TYPE]["examples"].values()]
        response["description"] = "; ".join(titles)
    return by_status


def _error(status: int) -> dict[str, Any]:
    schema = {"$ref": REF.format(model=ProblemDetails.__name__)}
    response: dict[str, Any] = {"content": {MEDIA_TYPE: {"schema": schema, "examples": {}}}}
    if status in _HEADERS:
        response["headers"] = {_HEADERS[status]: {"schema": {"type": "string"}}}
    return response


def answer(description: str, example: Any) -> dict[int | str, dict[str, Any]]:
    """Return the description and the example of a route's good answer; its model stands at the route."""
    return {200: {"description": description, "content": {"application/json": {"example": example}}}}


def body(model: type, examples: dict[str, Any]) -> dict[str, Any]:
    """Return `openapi_extra` for a route that reads its body itself."""
    content = {"schema": {"$ref": REF.format(model=model.__name__)}, "examples": examples}
    return {"requestBody": {"required": True, "content": {"application/json": content}}}


def describe(app: FastAPI, settings: Settings) -> dict[str, Any]:
    """Return the OpenAPI document of the application, with the limits and keys that its settings demand."""
    document = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
    wanted = [(model, "validation") for model in (ScoreRequest, BatchRequest, *REQUESTS, ProblemDetails)]
    _, extra = models_json_schema(wanted, ref_template=REF)  # type: ignore[arg-type]
    schemas = document["components"]["schemas"]
    schemas.update(extra["$defs"])
    for name in ("ScoreRequest", "AdviseRequest", "Given"):
        schemas[name]["properties"]["text"]["maxLength"] = settings.max_text
    schemas["BatchRequest"]["properties"]["texts"]["maxItems"] = settings.max_batch
    if settings.api_keys:
        scheme = {"type": "apiKey", "in": "header", "name": "X-API-Key"}
        document["components"]["securitySchemes"] = {"key": scheme}
        for path, operations in document["paths"].items():
            if path.startswith("/v1/") or path == "/metrics":
                for operation in operations.values():
                    operation["security"] = [{"key": []}]
    return document
