"""Pictures read into messages, for a person to look over before anything is judged. None of it is on a disk."""

from functools import partial
from time import monotonic
from typing import Any

from fastapi import FastAPI
from pydantic_core import to_json
from starlette.requests import Request
from starlette.responses import Response

from classifier.errors import InputError, MissingExtraError
from classifier.pictures.apart import Apart
from classifier.pictures.engines import Engine, find_engine
from classifier.pictures.opening import MEDIA_TYPES
from classifier.screens.boxes import Screen, Side
from classifier.screens.messages import ScreenMessage, read_screen
from service import documentation as docs
from service import picture_schemas as wire
from service.crew import Crew
from service.limits import MOST_PICTURES
from service.observe import PICTURES, trail_of
from service.problems import BUSY, NO_ENGINE, NOT_A_PICTURE, TIMED_OUT, UNREADABLE_PICTURE, Refused, try_again
from service.routes import add_route, json_answer
from service.scoring import Desk
from service.settings import Settings


class Gallery:
    """Where pictures wait to be read, one after the other. Belongs to one event loop."""

    def __init__(self, settings: Settings, engine: Engine | None) -> None:
        self.engine = engine
        self._seconds = settings.timeout
        self._apart = Apart(most_pixels=settings.max_pixels)
        self._crew = Crew(1)
        self._waiting = 0

    async def read(self, data: bytes) -> bytes:
        """Return what a picture says, as JSON.

        Raises:
            Refused: it cannot be read, there is no place, or it takes too long.

        """
        if self._waiting + self._crew.abandoned >= MOST_PICTURES:
            raise try_again(BUSY, "other pictures are waiting to be read", self._waiting)
        self._waiting += 1
        until = monotonic() + self._seconds
        try:
            return await self._crew.do(partial(self._told, data, until))
        finally:
            self._waiting -= 1

    def close(self) -> None:
        """Finish what was handed in, and end the process that reads."""
        self._crew.close()
        self._apart.close()

    def _told(self, data: bytes, until: float) -> bytes:
        try:
            screen = self._apart.read(data, max(0.0, until - monotonic()))
        except InputError as error:  # its words hold nothing of the picture
            raise Refused(UNREADABLE_PICTURE, str(error)) from None
        except TimeoutError:
            raise try_again(TIMED_OUT, f"the picture was not read within {self._seconds:g} s", 1) from None
        assert self.engine is not None
        return to_json(told(screen, self.engine.unsure_below))


def engine_here(settings: Settings) -> Engine | None:
    """Return what reads pictures here, None where nothing does."""
    if not settings.pictures:
        return None
    try:
        return find_engine()
    except MissingExtraError:
        return None


def told(screen: Screen, unsure_below: float) -> dict[str, Any]:
    """Return the messages of a screen and where they come from."""
    return {
        "sha256": screen.picture,
        "engine": screen.engine,
        "messages": [_message(message, unsure_below) for message in read_screen(screen)],
    }


def _message(message: ScreenMessage, unsure_below: float) -> dict[str, Any]:
    sure = 1.0 if message.score is None else message.score
    return {
        "text": message.text,
        "sender": message.sender,
        "time": message.time,
        "own": message.side is Side.OUTGOING,
        "confidence": round(sure, 4),
        "unsure": sure < unsure_below,
    }


def add_pictures(app: FastAPI, desk: Desk, gallery: Gallery) -> None:
    """Add the route."""

    async def read(request: Request) -> Response:
        """Read a screenshot into its messages. Let a person correct them, then have them judged as any others."""
        trail = trail_of(request.scope)
        if gallery.engine is None:
            raise Refused(NO_ENGINE, "have who runs this service install it: ./setup --ocr; or send the text")
        if trail.media_type.partition(b";")[0].strip().lower().decode("latin-1") not in MEDIA_TYPES:
            raise Refused(NOT_A_PICTURE, f"send the picture itself, as one of {', '.join(MEDIA_TYPES)}")
        return json_answer(await desk.admitted(lambda: gallery.read(trail.body)))

    answers = docs.answer("the messages", wire.READ_EXAMPLE) | docs.errors(docs.READING)
    picture = {"schema": {"type": "string", "format": "binary"}}
    body = {"requestBody": {"required": True, "content": dict.fromkeys(MEDIA_TYPES, picture)}}
    add_route(app, "POST", PICTURES, read, wire.ReadAnswer, answers, body)
