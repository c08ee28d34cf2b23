"""`cmc evaluate`: on a labelled file, or on the project's own data with the model card and the gate."""

import json
from pathlib import Path
from typing import Any

import click

from classifier.bulk.sinks import write_text
from classifier.classifier import default_model_path, load
from classifier.cli.show import show_comparison, show_evaluation
from classifier.errors import InputError, RegressionError
from classifier.extras import needs


def evaluate_on_file(file: Path, datasets: Path | None, policy: str, model_path: Path | None) -> dict[str, Any]:
    """Measure on a labelled file and print the table; with `datasets` beside the baselines."""
    with needs("train"):
        from classifier.evaluation.comparison import compare_on
        from classifier.evaluation.report import evaluate_file

    classifier = load(model_path)
    if datasets is not None:
        report = compare_on(file, datasets, classifier, policy)
        click.echo(show_comparison(report))
    else:
        report = evaluate_file(classifier, file, policy)
        click.echo(show_evaluation(report))
    return report


def evaluate_on_own_data(
    datasets: Path, policy: str, model_path: Path | None, card: Path | None, gate: Path | None
) -> dict[str, Any]:
    """Measure the model on the project's own data; fill the card; hold it against stored figures.

    Raises:
        RegressionError: figures fell behind those of `gate`, or break a bound.
        InputError: `gate` holds no figures.

    """
    with needs("evaluate"):
        from classifier.evaluation.card import fill
        from classifier.evaluation.gate import broken_bounds, regressions
        from classifier.evaluation.selfreport import measure_model

    stored = _figures(gate) if gate else None
    report = measure_model(
        model_path or default_model_path(), datasets, policy, lambda part: click.echo(f"  {part} …", err=True)
    )
    click.echo(show_evaluation({"model": report["model"], "policy": policy, **report["held_out"]}))
    if card is not None:
        write_text(card, fill(card.read_text(encoding="utf-8"), report))
    objections = [*(regressions(stored, report) if stored else ()), *(broken_bounds(report) if gate else ())]
    for sentence in objections:
        click.echo(f"  {sentence}", err=True)
    if objections:
        raise RegressionError(f"{len(objections)} figures fell behind {gate} or break a bound (listed above)")
    return report


def _figures(path: Path) -> dict[str, Any]:
    try:
        figures: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        figures["held_out"]["macro_f1"], figures["file"]["load_ratio"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"{path} holds no stored figures; make them with: cmc evaluate -o {path}") from error
    return figures
