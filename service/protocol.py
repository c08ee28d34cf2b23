"""What uvicorn leaves open, closed: connections without number, silent ones, heads without end, answers unread."""

import secrets
from asyncio import TimerHandle, Transport
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from service.observe import LINGER_SECONDS
from service.problems import MALFORMED, MEDIA_TYPE, SLOW, TOO_LARGE, Kind, Problem
from service.settings import Settings

_LONGEST_HEAD = 64 * 1024


class GuardedProtocol(HttpToolsProtocol):
    """HTTP/1.1 with a limit on connections, and a limit of time and size on the head of each request."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        config: Any = self.config  # of server.ServiceConfig
        self._settings: Settings = config.settings
        self._in_head = False
        self._head_size = 0
        self._head_timer: TimerHandle | None = None
        self._deaf = False

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        """Take a connection, if there is place for it."""
        super().connection_made(transport)
        if len(self.connections) > self._settings.connections:
            transport.close()
        else:
            self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget a connection."""
        self._head_arrived()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        """Note that a head has begun."""
        self._in_head = True
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Note that a head is whole."""
        self._head_arrived()
        super().on_headers_complete()

    def data_received(self, data: bytes) -> None:
        """Take what came."""
        if self._deaf:
            return
        super().data_received(data)
        if self.transport.is_closing():
            return
        if self._in_head or self.cycle is None or self.cycle.response_complete:
            self._head_size += len(data)
            if self._head_size > _LONGEST_HEAD:
                self._turn_away(TOO_LARGE, f"the head of a request may have {_LONGEST_HEAD} bytes", 431)
            else:
                self._await_head()

    def on_response_complete(self) -> None:
        """Note that an answer was handed to the system, or waits for a client that does not read."""
        super().on_response_complete()
        if self.transport.get_write_buffer_size():
            self.loop.call_later(self._settings.receive_timeout, self._give_up_unread)

    def _give_up_unread(self) -> None:
        if self.transport.get_write_buffer_size():
            self.transport.abort()

    def send_400_response(self, msg: str) -> None:
        """Answer what is not HTTP."""
        self._turn_away(MALFORMED, "this is not HTTP/1.1")

    def _await_head(self) -> None:
        if self._head_timer is None:
            self._head_timer = self.loop.call_later(self._settings.receive_timeout, self._too_slow)

    def _head_arrived(self) -> None:
        self._in_head = False
        self._head_size = 0
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _too_slow(self) -> None:
        self._head_timer = None
        if self.transport.is_closing():
            return
        if self.cycle is not None and not self.cycle.response_complete:  # the answer to a request before goes first
            self._await_head()
        elif self._head_size == 0:  # a browser's spare connection: no request, no answer
            self.transport.close()
        else:
            self._turn_away(SLOW, f"the head of a request must arrive within {self._settings.receive_timeout:g} s")

    def _turn_away(self, kind: Kind, detail: str, status: int | None = None) -> None:
        begun = False
        if self.cycle is not None and not self.cycle.response_complete:  # a request whose body went wrong
            begun = self.cycle.response_started
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        if not begun:
            problem = Problem(Kind(kind.name, status or kind.status, kind.title), detail)
            body = problem.to_json(secrets.token_hex(8))
            head = f"content-type: {MEDIA_TYPE}\r\ncontent-length: {len(body)}\r\nconnection: close\r\n\r\n"
            self.transport.write(STATUS_LINE[problem.kind.status] + head.encode() + body)
        # Closing on a sender at once may destroy the answer on its way: drop what still comes for a moment.
        self._deaf = True
        self.transport.write_eof()
        self.loop.call_later(LINGER_SECONDS, self.transport.close)
