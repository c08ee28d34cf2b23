"""How routes are added: their function answers the request itself, FastAPI only describes them."""

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

_JSON = "application/json"

Answer = Callable[[Request], Awaitable[Response]]


class LeanRoute(APIRoute):
    """A route whose function answers the request itself: FastAPI documents it and does nothing else.

    Solving dependencies and validating what `Finding.to_dict()` made would take as long as all the rest.
    """

    def get_route_handler(self) -> Any:
        """Return the function as it is."""
        return self.endpoint


def add_route(
    app: FastAPI,
    method: str,
    path: str,
    function: Answer,
    model: type[BaseModel] | None,
    responses: dict[int | str, dict[str, Any]],
    extra: dict[str, Any] | None = None,
) -> None:
    """Add a route; without a model its answer is no JSON, and `responses` says what it is."""
    app.router.add_api_route(
        path,
        function,
        methods=[method],
        response_model=model,
        response_class=JSONResponse if model else PlainTextResponse,  # for the document only
        responses=responses,
        openapi_extra=extra,
        operation_id=function.__name__,
        route_class_override=LeanRoute,
    )


def json_answer(content: bytes) -> Response:
    """Return JSON that nobody is to keep."""
    return Response(content, media_type=_JSON, headers={"Cache-Control": "no-store"})
