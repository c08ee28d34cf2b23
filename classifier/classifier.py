"""The classifier: one way for a message, from text to finding."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from classifier.errors import InputError
from classifier.finding import Finding, ModelInfo
from classifier.labels import ACTS, CODEBOOK_VERSION, COLLECTION, FRAUD_SIGNALS, SIGNAL_ACTS, Label, Signal
from classifier.model.evidence import find_evidence
from classifier.model.features import Reader, Reading
from classifier.model.modelfile import Model, Policy, read_model
from classifier.model.passages import passages
from classifier.model.scorer import Scorer
from classifier.text.placeholders import HAN_RUN
from classifier.text.signals import SignalSpan, find_signals

DEFAULT_POLICY = "balanced"
LONGEST_TEXT = 20_000
"""Characters of the longest text that is read as one message."""

_FOREIGN_LETTERS = 10
_FEWEST_HAN = 2
_LATIN_RUN = re.compile("[a-z]+")
_LONG_PASTE = 80  # in a shorter text no sentence drowns
_BATCH_TEXTS = 64


class Classifier:
    """Classifies messages with one model. Holds no state that changes: safe to share between threads."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.info = ModelInfo(model.version, model.sha256, CODEBOOK_VERSION)
        self._read = Reader(model.lexicon)
        self._scorer = Scorer(model)

    @property
    def policies(self) -> tuple[str, ...]:
        """Names of the policies that the model offers."""
        return tuple(self.model.policies)

    def classify(self, text: str, *, policy: str = DEFAULT_POLICY) -> Finding:
        """Screen one message.

        Args:
            text: the message as its receiver saw it, 1 to 20,000 characters.
            policy: `cautious`, `balanced` or `sensitive`.

        Raises:
            InputError: not a string, nothing but blanks, too long, or an unknown policy.

        """
        check_text(text)
        _check_policy(policy, self.policies)
        return next(self._findings([text], policy))

    def classify_many(self, texts: Iterable[str], *, policy: str = DEFAULT_POLICY) -> Iterator[Finding]:
        """Screen messages lazily and in order, equal to `classify` on each but several times as fast.

        Reads up to 64 messages ahead of the finding that it yields.

        Raises:
            InputError: as `classify`; of a message, after the findings of those before it.

        """
        _check_policy(policy, self.policies)
        return (finding for batch in _batches(texts) for finding in self._findings(batch, policy))

    def _findings(self, texts: Sequence[str], policy: str) -> Iterator[Finding]:
        thresholds = self.model.policies[policy]
        readings = self._read.many(texts)
        scored = self._scorer.score(readings)
        decided = [decide(scores, thresholds) for scores in scored.probabilities]
        accused = [n for n, labels in enumerate(decided) if labels[0] in ACTS]
        carried = scored.by_character(accused) if accused else {}
        drowned = self._with_abusive_passage(
            {n: (text, readings[n]) for n, text in enumerate(texts) if n not in carried and len(text) >= _LONG_PASTE}
        )
        for n, (text, reading, labels, scores) in enumerate(
            zip(texts, readings, decided, scored.probabilities, strict=True)
        ):
            spans = explaining(reading, labels)
            seen = {span.signal for span in spans}
            reasons = (*_review_reasons(scores, thresholds, seen), *_unreadable(reading))
            if n in drowned:
                reasons = (*reasons, "abusive_passage")
            yield Finding(
                label=max(labels, key=lambda label: scores.get(label, 0.0)),
                labels=labels,
                scores=scores,
                needs_review=bool(reasons),
                review_reasons=reasons,
                policy=policy,
                signals=tuple(signal for signal in Signal if signal in seen) if seen else (),
                evidence=find_evidence(text, reading, labels, carried.get(n), spans),
                model=self.info,
            )

    def _with_abusive_passage(self, messages: Mapping[int, tuple[str, Reading]]) -> set[int]:
        """Return which messages hold a sentence that would be flagged alone: in a long paste it weighs little.

        Judged by the `cautious` policy, whatever policy is asked for: it only calls a person.
        """
        alone = [(n, part) for n, message in messages.items() for part in passages(*message)]
        if not alone:
            return set()
        scored = self._scorer.score([part for _, part in alone])
        strict = self.model.policies["cautious"]
        return {
            n for (n, _), scores in zip(alone, scored.probabilities, strict=True) if decide(scores, strict)[0] in ACTS
        }


def check_text(text: object) -> None:
    """Make sure that a text can be judged.

    Raises:
        InputError: not a string, nothing but blanks, or too long; says nothing of the text itself.

    """
    if not isinstance(text, str):
        raise InputError(f"a message must be text, not {type(text).__name__}; convert it first")
    if not text.strip():
        raise InputError("the message is empty; paste its text")
    if len(text) > LONGEST_TEXT:
        raise InputError(f"the text has {len(text)} characters, more than {LONGEST_TEXT}; give one message at a time")


def _check_policy(name: str, known: Sequence[str]) -> None:
    if name not in known:
        raise InputError(f"no policy {name!r}; choose one of {', '.join(known)}")


def _batches(texts: Iterable[str]) -> Iterator[list[str]]:
    """Yield texts that can be judged, a few dozen at a time; raise at the first that cannot, after those before it."""
    batch: list[str] = []
    characters = 0
    for text in texts:
        try:
            check_text(text)
        except InputError:
            if batch:
                yield batch
            raise
        batch.append(text)
        characters += len(text)
        if len(batch) == _BATCH_TEXTS or characters > LONGEST_TEXT:
            yield batch
            batch, characters = [], 0
    if batch:
        yield batch


def decide(scores: dict[str, float], policy: Policy) -> tuple[Label, ...]:
    """Turn probabilities into labels: the acts above their thresholds, or else one exclusive state."""
    acts = tuple(act for act in ACTS if scores[act] >= policy.acts[act])
    if acts:
        return acts
    return (Label.LAWFUL_REMINDER if scores[COLLECTION] >= policy.collection else Label.UNRELATED,)


def explaining(reading: Reading, labels: tuple[Label, ...]) -> list[SignalSpan]:
    """Return the signals that explain one of the labels; fraud marks only beside a collection message."""
    if Label.UNRELATED in labels:
        return []
    spans = find_signals(reading.concepts, reading.signature_concepts)
    return [s for s in spans if not SIGNAL_ACTS[s.signal] or set(SIGNAL_ACTS[s.signal]) & set(labels)]


def _review_reasons(scores: dict[str, float], policy: Policy, signals: set[Signal]) -> Iterator[str]:
    near = [name for name, (low, high) in policy.review.items() if low <= scores[name] <= high]
    if near:
        yield "near_threshold"
    if signals & FRAUD_SIGNALS:
        yield "fraud_signal"


def _unreadable(reading: Reading) -> Iterator[str]:
    """Say where the model has next to nothing to go by: a text that is hardly Chinese, or a character or two."""
    han = sum(len(run) for run in HAN_RUN.findall(reading.body.text))
    latin = sum(map(len, _LATIN_RUN.findall(reading.body.text)))
    if latin >= _FOREIGN_LETTERS and latin > 2 * han:
        yield "not_chinese"
    elif han < _FEWEST_HAN:
        yield "too_short"


def default_model_path() -> Path:
    """Return where the shipped model lies."""
    return Path(__file__).parent / "model" / "shipped" / "model.zip"


def load(path: str | Path | None = None) -> Classifier:
    """Load a classifier from a model file, by default the one that ships with the package.

    Raises:
        ModelError: missing, damaged, incompatible, or of a newer format.

    """
    return Classifier(read_model(Path(path) if path is not None else default_model_path()))
