"""Dossiers made in memory: nothing of them is on a disk, before or after the answer."""

import io
import zipfile
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from fastapi import FastAPI
from pydantic_core import to_json
from starlette.requests import Request
from starlette.responses import Response

from classifier import Classifier
from classifier.dossier import CHINA, Dossier, Options, contents, judge, render, tell
from classifier.dossier.complaint import drafts
from classifier.dossier.law import gather
from classifier.dossier.page import CSP
from classifier.finding import Finding
from service import advice_schemas as wire
from service import documentation as docs
from service.bodies import parse
from service.given import COLUMNS, check_size, pasted_file, read_given
from service.observe import trail_of
from service.routes import add_route, json_answer
from service.scoring import Desk, accepted, pieces
from service.settings import Settings

MOST_IN_DOSSIER = 500

_ZIP_DAY = (1980, 1, 1, 0, 0, 0)
Made = Callable[[wire.DossierRequest, Dossier], bytes]


def add_dossiers(app: FastAPI, desk: Desk, classifier: Classifier, settings: Settings) -> None:
    """Add the routes."""
    most = min(settings.max_batch, MOST_IN_DOSSIER)

    async def answer(request: Request, made: Made) -> bytes:
        asked = parse(wire.DossierRequest, request)
        trail_of(request.scope).texts = len(asked.messages)
        check_size(asked.messages, most, desk)
        return await desk.admitted(partial(_arranged, desk, classifier, asked, made))

    async def dossier(request: Request) -> Response:
        """Arrange messages as a dossier: one page that needs nothing else, to keep or print."""
        return _attachment(await answer(request, _page), "text/html; charset=utf-8", "dossier.html")

    async def dossier_files(request: Request) -> Response:
        """Arrange messages as a dossier with all its files: page, table, drafts, each text, and their hashes."""
        return _attachment(await answer(request, _files), "application/zip", "dossier.zip")

    async def dossier_drafts(request: Request) -> Response:
        """Draft complaints for 12378, 12321 and the police, with blanks for what only the receiver knows."""
        return json_answer(await answer(request, _drafts))

    body = docs.body(wire.DossierRequest, wire.DOSSIER_BODY)
    page = _file("the dossier", "text/html", "<!DOCTYPE html>…") | docs.errors(docs.SCORING)
    files = _file("all files of the dossier", "application/zip", "PK…") | docs.errors(docs.SCORING)
    told = docs.answer("the drafts", wire.DRAFTS_EXAMPLE) | docs.errors(docs.SCORING)
    add_route(app, "POST", "/v1/dossier", dossier, None, page, body)
    add_route(app, "POST", "/v1/dossier/files", dossier_files, None, files, body)
    add_route(app, "POST", "/v1/dossier/drafts", dossier_drafts, wire.DraftsAnswer, told, body)


def _file(description: str, media_type: str, example: str) -> dict[int | str, dict[str, Any]]:
    content = {media_type: {"schema": {"type": "string"}, "example": example}}
    return {200: {"description": description, "content": content}}


def _attachment(content: bytes, media_type: str, name: str) -> Response:
    headers = {
        "Cache-Control": "no-store",
        "Content-Disposition": f'attachment; filename="{name}"',
        "Content-Security-Policy": f"{CSP}; frame-ancestors 'none'; sandbox",
    }
    return Response(content, headers=headers | {"Content-Type": media_type})


async def _arranged(desk: Desk, classifier: Classifier, asked: wire.DossierRequest, made: Made) -> bytes:
    """Judge piece by piece, so that other requests have their turn between; then put the whole together."""
    known: dict[str, Finding] = {}
    texts = [message.text for message in read_given(asked.messages) if message.fault is None]
    for piece in pieces(list(dict.fromkeys(texts))):
        known.update(await desk.in_thread(partial(_judged, desk, piece, asked.policy)))
    return await desk.in_thread(lambda: made(asked, arrange(classifier, asked, known)))


def _judged(desk: Desk, texts: Sequence[str], policy: str) -> dict[str, Finding]:
    return dict(zip(texts, map(accepted, desk.judge(texts, policy)), strict=True))


def arrange(classifier: Classifier, asked: wire.DossierRequest, known: dict[str, Finding]) -> Dossier:
    """Put a dossier together; `known` holds what is said of each text."""
    entries = judge(read_given(asked.messages), known.__getitem__)
    made = datetime.now(CHINA).replace(microsecond=0)
    return Dossier(
        entries=entries,
        story=tell(entries),
        law=gather(entries, made.date()),
        sources=(pasted_file(asked.messages)[0],),
        columns=COLUMNS,
        rows=len(entries),
        left_out=0,
        options=Options(policy=asked.policy),
        model=classifier.info,
        made=made,
        numbers={entry.number: entry for entry in entries},
    )


def _page(asked: wire.DossierRequest, dossier: Dossier) -> bytes:
    return render(dossier, drafts(dossier), asked.lang).encode("utf-8")


def _drafts(asked: wire.DossierRequest, dossier: Dossier) -> bytes:
    told = [{"file": draft.file, "title": draft.title, "text": draft.text} for draft in drafts(dossier)]
    return to_json({"drafts": told})


def _files(asked: wire.DossierRequest, dossier: Dossier) -> bytes:
    source, content = pasted_file(asked.messages)
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, written in {**contents(dossier, asked.lang), source.name: content}.items():
            archive.writestr(zipfile.ZipInfo(f"dossier/{name}", _ZIP_DAY), written, zipfile.ZIP_DEFLATED)
    return held.getvalue()
