"""One JSON object a line on standard error: no text, sender, key, address, path or query.

Lines of this package carry the fields they were given. Of lines of other libraries only the name,
the level and the unfilled template are kept, and of an exception its type and where it was raised:
messages and arguments may hold what a client sent.
"""

import logging
import logging.config
import time
import traceback
from types import TracebackType
from typing import Any

from pydantic_core import to_json

LOGGER = logging.getLogger("service")
_PLAIN_TEMPLATES = ("uvicorn.",)


class JsonFormatter(logging.Formatter):
    """Writes records as JSON, and nothing of them that could hold a message."""

    def format(self, record: logging.LogRecord) -> str:
        """Return one line."""
        line: dict[str, Any] = {"time": _clock(record.created), "level": record.levelname.lower(), "event": record.name}
        if record.name == LOGGER.name:
            line |= getattr(record, "fields", {})
        elif record.name.startswith(_PLAIN_TEMPLATES) and isinstance(record.msg, str):
            line["message"] = record.msg.strip()
        if record.exc_info and record.exc_info[0]:
            line |= describe(record.exc_info[0], record.exc_info[2])
        return to_json(line).decode()


def _clock(seconds: float) -> str:
    whole, rest = divmod(seconds, 1)
    return f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(whole))}.{int(rest * 1000):03}Z"


def log_event(level: int, event: str, error: BaseException | None = None, **fields: Any) -> None:
    """Write a line; the values of `fields` must not come from a client."""
    if LOGGER.isEnabledFor(level):
        raised = (type(error), error, error.__traceback__) if error else None
        extra = {"fields": {"event": event, **fields}}
        LOGGER.handle(LOGGER.makeRecord(LOGGER.name, level, "", 0, event, (), raised, extra=extra))


def describe(error: type[BaseException], trace: TracebackType | None) -> dict[str, Any]:
    """Return an exception's type and the way to it, without its message.

    >>> describe(ValueError, None)
    {'error': 'ValueError', 'at': []}
    """
    frames = traceback.extract_tb(trace, limit=-8)
    return {"error": error.__name__, "at": [f"{f.filename}:{f.lineno} {f.name}" for f in frames]}


def set_up_logs(level: str) -> None:
    """Set up all logging of a serving process, warnings included."""
    set_up = {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": JsonFormatter}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json", "stream": "ext://sys.stderr"}},
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {LOGGER.name: {"level": level.upper()}},
    }
    logging.config.dictConfig(set_up)
    logging.captureWarnings(True)
