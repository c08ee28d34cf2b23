"""The application: its routes, and the layers around them."""

import asyncio
import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from fastapi.telemetry import TelemetryConfig
from pydantic_core import to_json
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import Response

from classifier import Classifier, Label, Signal, __version__, load
from classifier.classifier import DEFAULT_POLICY
from classifier.pictures.engines import Engine
from service import documentation as docs
from service.advice import add_advice
from service.bodies import parse
from service.canary import Readiness
from service.dossiers import add_dossiers
from service.limits import Entrance
from service.logs import log_event
from service.metrics import MEDIA_TYPE as METRICS_TYPE
from service.metrics import Metrics, forget_this_worker
from service.names import add_names
from service.observe import Observe, trail_of
from service.pages import add_pages
from service.pictures import Gallery, add_pictures, engine_here
from service.problems import (
    INTERNAL,
    NOT_FOUND,
    NOT_READY,
    TOO_LARGE,
    WRONG_METHOD,
    Kind,
    Refused,
)
from service.routes import add_route, json_answer
from service.schemas import FINDING_EXAMPLE, INFO_EXAMPLE, BatchAnswer, BatchRequest, Finding, Info, ScoreRequest, State
from service.scoring import Desk
from service.settings import Settings

DESCRIPTION = (
    "Screens Chinese messages about a debt: lawful reminder, harassment of third parties, threat, defamation. "
    "A screening, not a verdict of law. Stores nothing and logs no text."
)
_OFF: TelemetryConfig = {  # FastAPI's own would export the words of exceptions wherever an exporter is set up
    "tracing": False,
    "metrics": False,
    "logs": False,
    "operation_spans": False,
    "auto_configure": False,
}


def create_app(settings: Settings | None = None, classifier: Classifier | None = None) -> FastAPI:
    """Build the application; by default with settings from the environment and the model they name.

    Raises:
        ModelError: the model file is missing, damaged, or of a newer format.

    """
    settings = settings or Settings()
    classifier = classifier or load(settings.model)
    metrics = Metrics()
    desk = Desk(classifier, settings, metrics)
    gallery = Gallery(settings, engine_here(settings))
    readiness = Readiness(desk, classifier)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        await _warm_up(readiness)
        log_event(logging.INFO, "started", pid=os.getpid(), model=classifier.info.version)
        yield
        desk.close()
        gallery.close()
        forget_this_worker()
        log_event(logging.INFO, "stopped", pid=os.getpid())

    app = FastAPI(
        title="The collection-message classifier",
        version=__version__,
        description=DESCRIPTION,
        lifespan=lifespan,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        telemetry=_OFF,
    )
    _add_scoring(app, desk, settings)
    add_advice(app, desk, settings)
    add_dossiers(app, desk, classifier, settings)
    add_pictures(app, desk, gallery)
    _add_states(app, readiness, metrics, info(classifier, settings, gallery.engine))
    if settings.page:
        add_pages(app)
        add_names(app)
    _add_document(app, settings)
    app.add_exception_handler(HTTPException, _as_problem)
    app.add_middleware(Entrance, settings=settings)
    app.add_middleware(Observe, metrics=metrics)
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.cors_origins,
            allow_methods=["GET", "POST"],
            allow_headers=["Content-Type", "X-API-Key"],
            expose_headers=["Retry-After", "X-Request-ID"],
        )
    return app


def _add_scoring(app: FastAPI, desk: Desk, settings: Settings) -> None:
    async def score(request: Request) -> Response:
        """Screen one message. The answer is `Finding.to_dict()` of the library, which `cmc check --json` shows too."""
        asked = parse(ScoreRequest, request)
        trail_of(request.scope).texts = 1
        return json_answer(await desk.score(asked.text, asked.policy))

    async def score_batch(request: Request) -> Response:
        """Screen many messages: one entry for each, in order; a text that cannot be judged gets its error there."""
        asked = parse(BatchRequest, request)
        trail = trail_of(request.scope)
        trail.texts = len(asked.texts)
        if trail.texts > settings.max_batch:
            raise Refused(TOO_LARGE, f"a batch may have {settings.max_batch} texts; send fewer at a time")
        client_left = asyncio.ensure_future(request.receive())  # the body is here: all that can come is the end
        try:
            return json_answer(await desk.score_batch(asked.texts, asked.policy, trail.request_id, client_left.done))
        finally:
            client_left.cancel()

    one = docs.answer("the finding", FINDING_EXAMPLE) | docs.errors(docs.SCORING_ONE)
    many = docs.answer("the findings", docs.BATCH_EXAMPLE) | docs.errors(docs.SCORING)
    add_route(app, "POST", "/v1/score", score, Finding, one, docs.body(ScoreRequest, docs.SCORE_BODY))
    add_route(app, "POST", "/v1/score/batch", score_batch, BatchAnswer, many, docs.body(BatchRequest, docs.BATCH_BODY))


def _add_states(app: FastAPI, readiness: Readiness, metrics: Metrics, told: Info) -> None:
    about = to_json(told)

    async def version_and_limits(request: Request) -> Response:
        """Say which model answers here, what it can say, and how much is accepted at once."""
        return json_answer(about)

    async def healthz(request: Request) -> Response:
        """Say that the process is alive; asks nothing of the classifier."""
        return json_answer(b'{"status":"ok"}')

    async def readyz(request: Request) -> Response:
        """Score messages whose findings are known (at most once a second), and compare."""
        await readiness.check()
        return json_answer(b'{"status":"ready"}')

    async def prometheus(request: Request) -> Response:
        """Return requests, outcomes and times for Prometheus."""
        return Response(await asyncio.to_thread(metrics.render), media_type=METRICS_TYPE)

    here = docs.answer("what runs here", INFO_EXAMPLE) | docs.errors(docs.KEYED)
    add_route(app, "GET", "/v1/info", version_and_limits, Info, here)
    add_route(app, "GET", "/healthz", healthz, State, docs.answer("alive", {"status": "ok"}))
    ready = docs.answer("the classifier answers as stored", {"status": "ready"}) | docs.errors([NOT_READY])
    add_route(app, "GET", "/readyz", readyz, State, ready)
    counts: dict[int | str, dict[str, Any]] = {
        200: {
            "description": "counters, in the text format of Prometheus",
            "content": {"text/plain": {"schema": {"type": "string"}, "example": docs.METRICS_EXAMPLE}},
        }
    }
    add_route(app, "GET", "/metrics", prometheus, None, counts | docs.errors(docs.KEYED))


def _add_document(app: FastAPI, settings: Settings) -> None:
    document = to_json(docs.describe(app, settings))

    async def openapi(request: Request) -> Response:
        return json_answer(document)

    app.router.add_route("/openapi.json", openapi, methods=["GET"], include_in_schema=False)


def info(classifier: Classifier, settings: Settings, engine: Engine | None) -> Info:
    """Describe what runs here."""
    return Info.model_validate(
        {
            "name": "collection-message-classifier",
            "version": __version__,
            "model": classifier.info.to_dict(),
            "labels": list(Label),
            "signals": list(Signal),
            "policies": list(classifier.policies),
            "default_policy": DEFAULT_POLICY,
            "limits": settings.model_dump(include={"max_text", "max_batch", "max_body", "max_picture"}),
            "pictures": engine and engine.label,
        }
    )


async def _warm_up(readiness: Readiness) -> None:
    """Score the canaries once: what the first message makes the tokeniser load is loaded before it comes."""
    try:
        await readiness.check()
    except Refused as refused:
        log_event(logging.ERROR, "not ready", detail=refused.problem.detail)


async def _as_problem(request: Request, error: Exception) -> Response:
    status, headers = (error.status_code, error.headers) if isinstance(error, HTTPException) else (500, None)
    kinds: dict[int, tuple[Kind, str]] = {
        404: (NOT_FOUND, "the paths are described at /openapi.json"),
        405: (WRONG_METHOD, "the header Allow names the methods of this path"),
    }
    kind, detail = kinds.get(status, (INTERNAL, "the service could not answer"))
    raise Refused(kind, detail, headers)
