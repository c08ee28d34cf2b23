"""Bodies of requests, read and checked."""

import re
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from starlette.requests import Request

from service.observe import trail_of
from service.problems import INVALID, MALFORMED, UNSUPPORTED, Refused

_ACCEPTED = re.compile(rb'\s*application/json\s*(?:;\s*charset\s*=\s*"?utf-8"?\s*)?', re.IGNORECASE)
_WORDS = {
    "missing": "is missing",
    "string_type": "must be a string",
    "string_too_short": "is empty",
    "list_type": "must be a list",
    "literal_error": "must be one of cautious, balanced, sensitive",
    "extra_forbidden": "the body has a field that is not described",
    "model_type": "the body must be an object",
}

Body = TypeVar("Body", bound=BaseModel)


def parse(model: type[Body], request: Request) -> Body:
    """Read the body of a request.

    Raises:
        Refused: it is not JSON, or not as described. Nothing of it is repeated.

    """
    if not _ACCEPTED.fullmatch(trail_of(request.scope).media_type):
        raise Refused(UNSUPPORTED, "send the body as application/json in UTF-8")
    try:
        return model.model_validate_json(trail_of(request.scope).body)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
    if first["type"] == "json_invalid":
        raise Refused(MALFORMED, "the body is not JSON in UTF-8")
    words = _WORDS.get(first["type"], "is not as described")
    known = (str(part) for part in first["loc"] if isinstance(part, int) or part in model.model_fields)
    raise Refused(INVALID, ": ".join(filter(None, (".".join(known), words))))
