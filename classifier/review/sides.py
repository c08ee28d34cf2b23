"""Who said what: filled forms, corrections files and labelled tables as the raters of a comparison."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from classifier.bulk.sources import FORMATS, open_source
from classifier.errors import InputError
from classifier.review.choices import LabelSet
from classifier.review.corrections import is_corrections, latest, read_corrections
from classifier.review.forms import read_forms
from classifier.review.refs import Ref, content_hash, read_ref, short_check
from classifier.review.table import open_labelled
from classifier.trends.answers import answer_prefix

MACHINE = "machine"


@dataclass(frozen=True)
class Sides:
    """Answers by rater and message, of each message its text as shown and its reference, and what could not be read.

    A message is known by row and check of its reference, or by its hash. Messages that only the classifier judged
    are left out.
    """

    answers: dict[str, dict[str, LabelSet]]
    texts: dict[str, str]
    refs: dict[str, Ref | None]
    faults: list[str]


def read_sides(paths: Iterable[Path], text_column: str | None = None) -> Sides:
    """Read every side; in a corrections file, and in a sheet, each annotator is one.

    Raises:
        InputError: a file cannot be read, or there are not two sides.

    """
    voices: dict[tuple[str, str], dict[str, LabelSet]] = {}
    texts: dict[str, str] = {}
    refs: dict[str, Ref | None] = {}
    faults: list[str] = []
    machines = []
    for path in paths:
        if _is_labelled(path):
            machines.append(path)
            continue
        for annotator, ref, text, labels in _said(path, faults):
            key = ref.place if ref else content_hash(text)
            voices.setdefault((annotator, path.name), {})[key] = labels
            texts.setdefault(key, text)
            refs[key] = ref
    names = Counter(annotator for annotator, _ in voices)
    answers = {f"{name} ({file})" if names[name] > 1 else name: said for (name, file), said in voices.items()}
    for path in machines:
        name, said = _machine(path, text_column, set(texts))
        answers[f"{name} ({path.name})" if name in answers else name] = said
    if len(answers) < 2:
        raise InputError("agreement needs two people's answers at least; give two filled sheets, or one and a table")
    return Sides(answers, texts, refs, faults)


def _said(path: Path, faults: list[str]) -> Iterator[tuple[str, Ref | None, str, LabelSet]]:
    if is_corrections(path):
        for one in latest(read_corrections(path)).values():
            yield one.annotator, read_ref(one.ref), one.text, one.labels
        return
    for form in read_forms(path):
        if form.fault:
            faults.append(f"{form.where}: {form.fault}")
        elif form.labels is not None:
            yield form.annotator or path.stem, form.ref, form.text, form.labels


def _is_labelled(path: Path) -> bool:
    known = FORMATS.get(path.suffix.lower(), "lines") != "lines" and not is_corrections(path)
    return known and answer_prefix(open_source(path).columns) is not None


def _machine(path: Path, text_column: str | None, wanted: set[str]) -> tuple[str, dict[str, LabelSet]]:
    """Return the name of a labelled table as a rater, and what it says of the wanted messages."""
    said: dict[str, LabelSet] = {}
    version = ""
    for row in open_labelled(path, None, text_column).rows():
        if row is not None:
            for key in {f"{row.row}-{short_check(row.text)}", content_hash(row.text)} & wanted:
                said[key] = row.answer.labels
                version = row.answer.version
    return f"{MACHINE} {version}".strip(), said


def disputes(sides: Sides, keys: Iterable[str]) -> list[tuple[Ref | None, str, Mapping[str, LabelSet]]]:
    """Return reference, text and what each rater says of the messages with these keys."""
    return [
        (sides.refs[key], sides.texts[key], {name: said[key] for name, said in sides.answers.items() if key in said})
        for key in keys
    ]
