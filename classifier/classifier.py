"""The classifier: one way for a message, from text to finding."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from classifier.errors import InputError
from classifier.finding import Finding, ModelInfo
from classifier.labels import ACTS, CODEBOOK_VERSION, COLLECTION, FRAUD_SIGNALS, SIGNAL_ACTS, Label, Signal
from classifier.model.evidence import find_evidence
from classifier.model.features import Reader, Reading
from classifier.model.modelfile import Model, Policy, read_model
from classifier.model.scorer import Scorer
from classifier.text.placeholders import HAN_RUN
from classifier.text.signals import SignalSpan, find_signals

DEFAULT_POLICY = "balanced"
LONGEST_TEXT = 20_000
"""Characters of the longest text that is read as one message."""

_FOREIGN_LETTERS = 10
_FEWEST_HAN = 2
_SENTENCE_END = re.compile("[。\uff01\uff1f\uff1b!?;\n]+")  # with the full-width forms: the raw text is split
_SHORTEST_PASSAGE = 6
_FEWEST_PASSAGES = 3
_LONG_PASTE = 80
_MOST_PASSAGES = 60


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
        thresholds = self._policy(policy)
        if not isinstance(text, str):
            raise InputError(f"a message must be text, not {type(text).__name__}; convert it first")
        if not text.strip():
            raise InputError("the message is empty; paste its text")
        if len(text) > LONGEST_TEXT:
            raise InputError(
                f"the text has {len(text)} characters, more than {LONGEST_TEXT}; give one message at a time"
            )
        reading = self._read(text)
        scored = self._scorer.score(reading)
        scores = scored.probabilities
        labels = decide(scores, thresholds)
        spans = explaining(find_signals(reading.concepts, reading.signature_concepts), labels)
        acts = [label for label in labels if label in ACTS]
        seen = {span.signal for span in spans}
        reasons = (*_review_reasons(scores, thresholds, seen), *_unreadable(reading))
        if not acts and self._has_abusive_passage(text):
            reasons = (*reasons, "abusive_passage")
        return Finding(
            label=max(labels, key=lambda label: scores.get(label, 0.0)),
            labels=labels,
            scores=scores,
            needs_review=bool(reasons),
            review_reasons=reasons,
            policy=policy,
            signals=tuple(signal for signal in Signal if signal in seen),
            evidence=find_evidence(text, reading, acts, scored, spans),
            model=self.info,
        )

    def classify_many(self, texts: Iterable[str], *, policy: str = DEFAULT_POLICY) -> Iterator[Finding]:
        """Screen messages one after another, lazily and in order; equal to `classify` on each.

        Raises:
            InputError: as `classify`, at the message concerned.

        """
        self._policy(policy)
        return (self.classify(text, policy=policy) for text in texts)

    def _has_abusive_passage(self, text: str) -> bool:
        """Whether one sentence among others would be flagged alone: in a long paste it weighs little.

        Judged by the `cautious` policy, whatever policy is asked for: it only calls a person.
        """
        if len(text) < _LONG_PASTE:
            return False  # in so short a text no sentence drowns
        passages = [p for p in _SENTENCE_END.split(text) if len(p) >= _SHORTEST_PASSAGE]
        if len(passages) < _FEWEST_PASSAGES:
            return False
        strict = self.model.policies["cautious"]
        scored = (self._scorer.score(self._read(passage)) for passage in passages[:_MOST_PASSAGES])
        return any(set(decide(each.probabilities, strict)) & set(ACTS) for each in scored)

    def _policy(self, name: str) -> Policy:
        try:
            return self.model.policies[name]
        except KeyError:
            raise InputError(f"no policy {name!r}; choose one of {', '.join(self.model.policies)}") from None


def decide(scores: dict[str, float], policy: Policy) -> tuple[Label, ...]:
    """Turn probabilities into labels: the acts above their thresholds, or else one exclusive state."""
    acts = tuple(act for act in ACTS if scores[act] >= policy.acts[act])
    if acts:
        return acts
    return (Label.LAWFUL_REMINDER if scores[COLLECTION] >= policy.collection else Label.UNRELATED,)


def explaining(spans: list[SignalSpan], labels: tuple[Label, ...]) -> list[SignalSpan]:
    """Keep the signals that explain one of the labels; fraud marks only beside a collection message."""
    if Label.UNRELATED in labels:
        return []
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
    latin = sum("a" <= char <= "z" for char in reading.body.text)
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
