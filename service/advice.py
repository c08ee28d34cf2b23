"""Routes beyond scoring: a finding with its guidance, many at once, and a pasted chat cut into messages."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial

from fastapi import FastAPI
from pydantic_core import to_json
from starlette.requests import Request
from starlette.responses import Response

from classifier.dossier import Message, judge
from classifier.dossier.messages import Fault
from classifier.finding import Finding
from classifier.guidance import advise
from classifier.screens.boxes import Side, screen_of_text
from classifier.screens.formats.chats import chat_in
from classifier.screens.messages import read_screen, said_message
from classifier.screens.plain import is_screen
from service import advice_schemas as wire
from service import documentation as docs
from service.bodies import parse
from service.given import read_given
from service.observe import trail_of
from service.problems import INVALID, TOO_LARGE, UNREADABLE, Problem, Refused
from service.routes import add_route, json_answer
from service.scoring import Desk, accepted, error_entry, pieces
from service.settings import Settings

MOST_ADVISED = 200
"""Messages of a batch with guidance: each may have another day, and so guidance of its own."""

_LONGEST_LINE = 2_000
"""Characters of a line that a screen may show; a longer one is no screen."""


def add_advice(app: FastAPI, desk: Desk, settings: Settings) -> None:
    """Add the routes."""
    most = min(settings.max_batch, MOST_ADVISED)

    async def advise_one(request: Request) -> Response:
        """Screen one message and say which law bears on it on its day, where to turn, what to do and what to mind."""
        asked = parse(wire.AdviseRequest, request)
        trail_of(request.scope).texts = 1
        if problem := desk.too_long(asked.text):
            raise Refused(problem.kind, problem.detail)
        work = partial(_advised, desk, asked.text, asked.policy, asked.date)
        return json_answer(await desk.admitted(lambda: desk.in_thread(work)))

    async def advise_batch(request: Request) -> Response:
        """Screen messages and advise on each: one entry for each, in order; guidance that several share stands once."""
        asked = parse(wire.AdviseBatchRequest, request)
        trail = trail_of(request.scope)
        trail.texts = len(asked.messages)
        if trail.texts > most:
            raise Refused(TOO_LARGE, f"a batch may have {most} messages; send fewer at a time")
        book = _Book(desk, asked.policy, trail.request_id)
        return json_answer(await desk.admitted(lambda: book.fill(asked.messages)))

    async def split(request: Request) -> Response:
        """Cut a paste into messages, if it is a copied chat or the text off a screen; else it is one message."""
        asked = parse(wire.SplitRequest, request)
        return json_answer(await desk.admitted(lambda: desk.in_thread(lambda: to_json(split_paste(asked.text)))))

    one = docs.answer("finding and guidance", wire.ADVISE_EXAMPLE) | docs.errors(docs.SCORING_ONE)
    batch_example = {
        "messages": [{**wire.ADVISE_EXAMPLE, "guidance": 0}, docs.ERROR_ENTRY],
        "guidance": [wire.GUIDANCE_EXAMPLE],
    }
    many = docs.answer("findings and guidance", batch_example) | docs.errors(docs.SCORING)
    cut = docs.answer("the messages", wire.SPLIT_EXAMPLE) | docs.errors(docs.SCORING)
    add_route(
        app, "POST", "/v1/advise", advise_one, wire.AdviseAnswer, one, docs.body(wire.AdviseRequest, wire.ADVISE_BODY)
    )
    body = docs.body(wire.AdviseBatchRequest, wire.ADVISE_BATCH_BODY)
    add_route(app, "POST", "/v1/advise/batch", advise_batch, wire.AdviseBatchAnswer, many, body)
    add_route(app, "POST", "/v1/split", split, wire.SplitAnswer, cut, docs.body(wire.SplitRequest, wire.SPLIT_BODY))


def _advised(desk: Desk, text: str, policy: str, on: date | None) -> bytes:
    finding = accepted(desk.judge([text], policy)[0])
    told = {"finding": finding.to_dict(), "guidance": advise(finding, on).to_dict(), "sha256": Message(1, text).sha256}
    return to_json(told)


@dataclass
class _Book:
    """The answer to a batch while it is filled."""

    desk: Desk
    policy: str
    request_id: str
    _places: dict[object, int] = field(default_factory=dict)
    _guidance: list[bytes] = field(default_factory=list)

    async def fill(self, given: Sequence[wire.GivenOn]) -> bytes:
        """Judge and advise piece by piece, so that other requests have their turn between."""
        entries: list[bytes] = []
        for piece in pieces([message.text for message in given]):
            part = given[len(entries) : len(entries) + len(piece)]
            entries += await self.desk.in_thread(partial(self._entries, part))
        return b'{"messages":[' + b",".join(entries) + b'],"guidance":[' + b",".join(self._guidance) + b"]}"

    def _entries(self, given: Sequence[wire.GivenOn]) -> list[bytes]:
        read = read_given(given)
        judged = iter(self.desk.judge([message.text for message in read if message.fault is None], self.policy))
        return [
            self._entry(message, one.date, next(judged) if message.fault is None else self._no_text(message))
            for one, message in zip(given, read, strict=True)
        ]

    def _no_text(self, message: Message) -> Problem:
        if message.fault is Fault.OWN:
            return Problem(INVALID, "the receiver wrote it: it is not judged")
        return self.desk.too_long(message.text) or Problem(UNREADABLE, "the message is empty; paste its text")

    def _entry(self, message: Message, on: date | None, judged: Finding | Problem) -> bytes:
        if isinstance(judged, Problem):
            return error_entry(judged, self.request_id)
        (entry,) = judge([message], lambda _: judged)
        assert entry.finding is not None
        place = self._place(entry.finding, on or entry.day)
        return to_json({"finding": entry.finding.to_dict(), "guidance": place, "sha256": message.sha256})

    def _place(self, finding: Finding, on: date | None) -> int:
        """Return where the guidance stands, which depends on nothing else."""
        key = (finding.labels, finding.signals, finding.review_reasons, on)
        if key not in self._places:
            self._places[key] = len(self._guidance)
            self._guidance.append(to_json(advise(finding, on).to_dict()))
        return self._places[key]


def split_paste(text: str) -> dict[str, object]:
    r"""Return the messages of a paste and how they were found.

    >>> split_paste("王经理:\n还钱\n\n我:\n好的\n\n王经理:\n快点")["how"], split_paste("还钱\n快点")["how"]
    ('chat', 'one')
    """
    how, found = "chat", [said_message(said) for said in chat_in(text)]
    if not found and max(map(len, text.split("\n"))) <= _LONGEST_LINE and is_screen(screen := screen_of_text(text)):
        how, found = "screen", list(read_screen(screen))
    if not found:
        return {"how": "one", "messages": [{"text": text, "sender": "", "time": "", "own": False}]}
    messages = [
        {"text": one.text, "sender": one.sender, "time": one.time, "own": one.side is Side.OUTGOING} for one in found
    ]
    return {"how": how, "messages": messages}
