"""What is counted, for Prometheus. No label ever holds anything that a client sent.

With several workers each writes its counts into a folder (`PROMETHEUS_MULTIPROC_DIR`, made by
`service.server`), and whichever worker is asked sums them up.
"""

import os

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

from classifier import Finding

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class Metrics:
    """The counters of one application, in a registry of their own."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._by_answer: dict[tuple[str, int], tuple[Counter, Histogram]] = {}
        self._requests = self._counter("cmc_requests", "Requests; status 499: the client left.", "route", "status")
        self._seconds = Histogram(
            "cmc_request_seconds",
            "Time from the first byte of a request to the end of its answer.",
            ("route",),
            buckets=_BUCKETS,
            registry=self._registry,
        )
        self._labels = self._counter("cmc_labels", "Labels given; a message can carry several.", "label")
        self._messages = self._counter("cmc_messages", "Messages by what came of them.", "outcome")
        self.admitted = Gauge(
            "cmc_admitted_requests",
            "Scoring requests in work or waiting.",
            registry=self._registry,
            multiprocess_mode="livesum",
        )

    def _counter(self, name: str, help: str, *labels: str) -> Counter:
        return Counter(name, help, labels, registry=self._registry)

    def count_request(self, route: str, status: int, seconds: float) -> None:
        """Count an answer; `route` is a template, never a path as sent."""
        counters = self._by_answer.get((route, status))
        if counters is None:
            counters = self._requests.labels(route, str(status)), self._seconds.labels(route)
            self._by_answer[route, status] = counters
        counters[0].inc()
        counters[1].observe(seconds)

    def count_finding(self, finding: Finding) -> None:
        """Count a message that was judged."""
        self._messages.labels("review" if finding.needs_review else "clear").inc()
        for label in finding.labels:
            self._labels.labels(label.value).inc()

    def count_unreadable(self) -> None:
        """Count a message that could not be judged."""
        self._messages.labels("unreadable").inc()

    def render(self) -> bytes:
        """Return all counts as Prometheus reads them."""
        if _FOLDER not in os.environ:
            return generate_latest(self._registry)
        summed = CollectorRegistry()
        MultiProcessCollector(summed)  # type: ignore[no-untyped-call]
        return generate_latest(summed)


def forget_this_worker() -> None:
    """Take this process out of the sums of what is going on now."""
    if _FOLDER in os.environ:
        mark_process_dead(os.getpid())  # type: ignore[no-untyped-call]
