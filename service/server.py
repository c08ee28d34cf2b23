"""Runs the application under uvicorn: `cmc serve`."""

import contextlib
import gc
import logging
import os
import socket
import sys
import tempfile
from collections.abc import Iterator

import uvicorn
from uvicorn.supervisors import Multiprocess

from classifier import OutputError, load
from service.app import create_app
from service.logs import log_event, set_up_logs
from service.protocol import GuardedProtocol
from service.settings import PREFIX, Settings, read_settings

_KEEP_ALIVE_SECONDS = 20
_BACKLOG = 1024
_SWITCH_SECONDS = 0.001
"""How long a scoring thread may keep the interpreter from the event loop; Python's own is 0.005."""


class ServiceConfig(uvicorn.Config):
    """uvicorn's set-up for these settings; travels to worker processes."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        alone = settings.workers == 1
        super().__init__(
            create_app(settings) if alone else "service.app:create_app",
            factory=not alone,
            workers=settings.workers,
            http=GuardedProtocol,
            ws="none",
            lifespan="on",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=bool(settings.trusted_proxies),
            forwarded_allow_ips=list(settings.trusted_proxies),
            timeout_keep_alive=_KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=int(settings.receive_timeout + settings.timeout) + 1,
        )

    def configure_logging(self) -> None:
        """Set up logging, in each worker anew."""
        super().configure_logging()
        set_up_logs(self.settings.log_level)

    def load(self) -> None:
        """Load the application, and set the interpreter up for answering beside scoring threads."""
        super().load()
        gc.collect()
        gc.freeze()  # the collector need not walk through the model ever again
        sys.setswitchinterval(_SWITCH_SECONDS)


def serve() -> None:
    """Serve until a signal says stop; then finish what was accepted.

    Raises:
        InputError: a setting is wrong or unsafe.
        OutputError: the address cannot be listened on.
        ModelError: the model file is missing, damaged, or of a newer format.

    """
    settings = read_settings()
    set_up_logs(settings.log_level)
    with listening(settings) as listener, counting_together(settings.workers):
        if settings.workers > 1:
            load(settings.model)  # say here what is wrong with a model, once, and not in every worker
        config = ServiceConfig(settings)
        host, port = listener.getsockname()[:2]
        log_event(logging.INFO, "listening", host=host, port=port, workers=settings.workers)
        if settings.workers > 1:
            Multiprocess(config, [listener]).run()
        else:
            uvicorn.Server(config).run([listener])


@contextlib.contextmanager
def listening(settings: Settings) -> Iterator[socket.socket]:
    """Open the address.

    Raises:
        OutputError: it is taken, or not of this machine.

    """
    try:
        family, _, _, _, address = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM)[0]
        listener = socket.create_server(address[:2], family=family, backlog=_BACKLOG)
    except OSError as error:
        raise OutputError(
            f"cannot listen on {settings.host}:{settings.port}: {error.strerror}; "
            f"choose another address with {PREFIX}HOST and {PREFIX}PORT"
        ) from error
    with listener:
        listener.set_inheritable(True)
        yield listener


@contextlib.contextmanager
def counting_together(workers: int) -> Iterator[None]:
    """Give several workers a folder in which their counts meet; must stand before any of them starts."""
    name = "PROMETHEUS_MULTIPROC_DIR"
    if workers == 1:
        os.environ.pop(name, None)
        yield
        return
    with tempfile.TemporaryDirectory(prefix="cmc-metrics-") as folder:
        os.environ[name] = folder
        try:
            yield
        finally:
            del os.environ[name]
