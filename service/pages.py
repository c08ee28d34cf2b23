"""The pages: files of `service/static/`, read once, served with a policy that lets them load nothing from outside.

`index.html` is the page at `/` (once it is there), `docs.html` the one at `/docs`; whatever else lies in
the folder is served under `/static/`.
"""

import mimetypes
from pathlib import Path

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

FOLDER = Path(__file__).with_name("static")
_NAMED = {"index.html": "/", "docs.html": "/docs"}
_HEADERS = {
    "Cache-Control": "no-cache",
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
}


def add_pages(app: FastAPI, folder: Path = FOLDER) -> None:
    """Serve every file of the folder."""
    for path in sorted(folder.iterdir()):
        if path.is_file():
            _add(app, _NAMED.get(path.name, f"/static/{path.name}"), path)


def _add(app: FastAPI, at: str, path: Path) -> None:
    media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    content = path.read_bytes()

    async def page(request: Request) -> Response:
        return Response(content, media_type=media_type, headers=_HEADERS)

    app.router.add_route(at, page, methods=["GET"], include_in_schema=False)
