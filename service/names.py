"""What the page calls labels, signals and provisions: the names of the library, so that they cannot drift apart."""

from collections.abc import Callable
from functools import partial
from typing import Any

from fastapi import FastAPI
from pydantic_core import to_json
from starlette.requests import Request
from starlette.responses import Response

from classifier.dossier.words import Say, label_name, of, say_in, signal_name
from classifier.guidance import Role
from classifier.guidance.words import ROLE
from classifier.labels import ACTS, COLLECTION, Label, Signal

PATH = "/static/names.json"


def names() -> dict[str, dict[str, Any]]:
    """Return the names by kind and id, in both languages."""
    return {
        "labels": {label.value: _both(partial(label_name, label)) for label in Label},
        "signals": {signal.value: _both(partial(signal_name, signal)) for signal in Signal},
        "roles": {role.value: _both(partial(of, ROLE[role])) for role in Role},
        "scores": {
            COLLECTION: _both(lambda say: say("是催收信息", "collection message")),
            **{act.value: _both(partial(label_name, act)) for act in ACTS},
        },
    }


def _both(name: Callable[[Say], str]) -> dict[str, str]:
    return {"zh": name(say_in("zh")), "en": name(say_in("en"))}


def add_names(app: FastAPI) -> None:
    """Serve the names."""
    content = to_json(names())

    async def told(request: Request) -> Response:
        return Response(content, media_type="application/json", headers={"Cache-Control": "no-cache"})

    app.router.add_route(PATH, told, methods=["GET"], include_in_schema=False)
