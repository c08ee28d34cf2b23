"""Which messages people should look at: a plain random part, and a part chosen where a look teaches most.

The random part is a simple random sample of the rows that have an answer, drawn before anything is known of them; it
alone may feed error rates. The chosen part takes turns among the reasons of `Why`, and within each among label sets; of
a cluster and label set it takes one message, the least sure, and none that the random part holds already.
"""

import heapq
from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import blake2b
from itertools import cycle, zip_longest
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from classifier.bulk.clusters import Clusters, find_clusters
from classifier.classifier import DEFAULT_POLICY
from classifier.errors import InputError
from classifier.labels import ACTS, CODEBOOK_VERSION, SIGNAL_ACTS, Label
from classifier.model.features import Reader
from classifier.model.modelfile import Model, Policy
from classifier.review.refs import Ref, short_check
from classifier.review.table import Judged, Labelled
from classifier.text.signals import find_signals
from classifier.trends.sample import luck

Rows = NDArray[np.int64]


class Why(StrEnum):
    """Why a message is shown to a person."""

    RANDOM = "random"
    UNSURE = "unsure"
    RULES = "rules_disagree"
    MIXED = "mixed_cluster"
    SIZE = "cluster_size"


@dataclass(frozen=True, slots=True)
class Item:
    """A message to review: where it is from, what the classifier said, how many rows are copies of it, and why."""

    ref: Ref
    judged: Judged
    cluster: int
    cluster_size: int
    why: Why


@dataclass(frozen=True)
class Picked:
    """Messages to review, in the order of the sheet, of how many rows with an answer; the clusters of every row."""

    items: list[Item]
    eligible: int
    clusters: Clusters

    def count(self, why: Why) -> int:
        """Return how many messages there are for a reason."""
        return sum(item.why is why for item in self.items)


def pick(
    table: Labelled,
    model: Model,
    count: int,
    random: int,
    output: Path,
    seed: int = 0,
    progress: Callable[[int], None] = lambda done: None,
) -> Picked:
    """Pick `count` messages, `random` of them by chance alone; the table is read three times, never held in memory.

    `progress` is called with the rows that an advance covers, twice as many as the table has. Working files lie beside
    `output` meanwhile and hold no text.

    Raises:
        InputError: no row has an answer.
        MissingExtraError: `rensa` is not installed.

    """
    margins, called = array("f"), bytearray()
    drawn: list[tuple[int, int]] = []  # a heap of the least lucky numbers, negated, with their rows

    def rows() -> Iterator[tuple[str, frozenset[Label]] | None]:
        for number, judged in enumerate(table.rows(), 1):
            progress(1)
            policy = _policy(model, judged)
            margins.append(np.inf if judged is None else judged.margin(policy))
            called.append(judged is not None and judged.near(policy))
            if judged is not None and random:
                lot = (-luck(seed, number), number)
                (heapq.heappush if len(drawn) < random else heapq.heappushpop)(drawn, lot)
            yield None if judged is None else (judged.text, judged.answer.labels)

    clusters = find_clusters(rows(), output)
    eligible = int((clusters.of_row > 0).sum())
    if not eligible:
        raise InputError(f"no row of {table.source.path} has an answer; run `cmc label` on it first")
    by_chance = np.array(sorted(number - 1 for _, number in drawn), dtype=np.int64)
    sure, near = np.frombuffer(margins, dtype=np.float32), np.frombuffer(called, dtype=np.bool_)
    heads = _heads(clusters, sure)
    differ = _rules_differ(table, model, heads, progress)
    seen = set(clusters.groups[by_chance].tolist())
    chosen: dict[int, Why] = {}
    for row, why in _in_turn(_queues(heads, clusters, sure, near, differ)):
        if len(chosen) + len(by_chance) >= count:
            break
        if int(clusters.groups[row]) not in seen:
            seen.add(int(clusters.groups[row]))
            chosen[row] = why
    wanted = chosen | dict.fromkeys(by_chance.tolist(), Why.RANDOM)
    items = _items(table, wanted, clusters, eligible / max(1, len(by_chance)), _draw_name(table, seed, count, random))
    return Picked(sorted(items, key=lambda item: luck(seed + 1, item.ref.row)), eligible, clusters)


def _policy(model: Model, judged: Judged | None) -> Policy:
    return model.policies.get(judged.answer.policy if judged else "") or model.policies[DEFAULT_POLICY]


def _heads(clusters: Clusters, sure: NDArray[np.float32]) -> Rows:
    """Return the row of each cluster and label set that is nearest to a threshold."""
    order = np.lexsort((sure, clusters.groups))
    order = order[clusters.of_row[order] > 0]
    groups = clusters.groups[order]
    return order[np.r_[True, groups[1:] != groups[:-1]]].astype(np.int64)


def _rules_differ(table: Labelled, model: Model, heads: Rows, progress: Callable[[int], None]) -> NDArray[np.bool_]:
    """Return for each row whether the signal rules see acts where the model sees none, or none of the model's.

    Only rows among `heads` are looked at.
    """
    read = Reader(model.lexicon)
    wanted = np.zeros(table.source.size, dtype=bool)
    wanted[heads] = True
    differ = np.zeros(len(wanted), dtype=bool)
    for row, judged in enumerate(table.rows()):
        progress(1)
        if wanted[row] and judged is not None:
            reading = read(judged.text)
            spans = find_signals(reading.concepts, reading.signature_concepts)
            shown = {act for span in spans for act in SIGNAL_ACTS[span.signal]}
            said = judged.answer.labels & set(ACTS)
            differ[row] = not (shown & said) if said else bool(shown)
    return differ


def _queues(
    heads: Rows, clusters: Clusters, sure: NDArray[np.float32], near: NDArray[np.bool_], differ: NDArray[np.bool_]
) -> Iterator[tuple[Why, Iterator[int]]]:
    """Yield for each reason the rows that have it, the strongest first, taking turns among label sets."""
    numbers = clusters.of_row[heads]
    margins, sizes, mixed = sure[heads], clusters.sizes[numbers], clusters.mixed[numbers]
    for why, among, strength in (
        (Why.UNSURE, near[heads], -margins),
        (Why.RULES, differ[heads], sizes),
        (Why.MIXED, mixed, sizes),
        (Why.SIZE, np.ones(len(heads), dtype=bool), sizes),
    ):
        places = np.flatnonzero(among)
        ordered = heads[places[np.lexsort((heads[places], -strength[places]))]]
        kinds = clusters.label_sets[ordered]
        yield why, _by_turns([map(int, ordered[kinds == kind]) for kind in np.unique(kinds)])


def _by_turns(queues: Sequence[Iterator[int]]) -> Iterator[int]:
    """Yield from each queue in turn until all are empty."""
    for found in zip_longest(*queues):
        yield from (row for row in found if row is not None)


def _in_turn(queues: Iterator[tuple[Why, Iterator[int]]]) -> Iterator[tuple[int, Why]]:
    """Yield rows with their reasons, each reason in turn, no row twice."""
    left = dict(queues)
    given: set[int] = set()
    for why in cycle(tuple(left)):
        if why in left:
            row = next((row for row in left[why] if row not in given), None)
            if row is None:
                del left[why]
                if not left:
                    return
            else:
                given.add(row)
                yield row, why


def _items(table: Labelled, wanted: dict[int, Why], clusters: Clusters, stands_for: float, draw: str) -> list[Item]:
    """Return the wanted rows; of equal texts in the random part the first, with the weight of all."""
    found: dict[int, Judged] = {}
    times: dict[str, list[int]] = {}
    for row, judged in enumerate(table.rows()):
        if row in wanted and judged is not None:
            found[row] = judged
            if wanted[row] is Why.RANDOM:
                times.setdefault(judged.text, []).append(row)
    doubled = {row for rows in times.values() for row in rows[1:]}
    return [
        Item(
            Ref(
                draw,
                judged.row,
                short_check(judged.text),
                stands_for * len(times[judged.text]) if wanted[row] is Why.RANDOM else None,
                CODEBOOK_VERSION,
            ),
            judged,
            int(clusters.of_row[row]),
            int(clusters.sizes[clusters.of_row[row]]),
            wanted[row],
        )
        for row, judged in found.items()
        if row not in doubled
    ]


def _draw_name(table: Labelled, seed: int, count: int, random: int) -> str:
    named = f"{table.source.digest()}:{seed}:{count}:{random}"
    return blake2b(named.encode(), digest_size=3).hexdigest()
