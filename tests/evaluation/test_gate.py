import copy
import json
from pathlib import Path
from typing import Any

import pytest

from classifier.classifier import default_model_path
from classifier.evaluation.gate import broken_bounds, regressions

STORED: dict[str, Any] = json.loads(default_model_path().with_name("figures.json").read_text(encoding="utf-8"))


def worse(path: str, change: float) -> dict[str, Any]:
    """Return the stored figures with one of them changed."""
    figures = copy.deepcopy(STORED)
    *parents, last = path.split(".")
    place = figures
    for name in parents:
        place = place[name]
    place[last] += change
    return figures


def test_the_shipped_model_holds_every_bound() -> None:
    assert broken_bounds(STORED) == []
    assert regressions(STORED, STORED) == []


def test_the_figures_are_those_of_the_shipped_model() -> None:
    from classifier import load

    assert STORED["model"]["sha256"] == load().info.sha256


@pytest.mark.parametrize(
    ("path", "change", "said"),
    [
        ("held_out.macro_f1.value", -0.02, "macro-F1 fell"),
        ("held_out.labels.threat.f1.value", -0.03, "F1 of threat fell"),
        ("held_out.labels.unrelated.f1.value", -0.03, "F1 of unrelated fell"),
        ("held_out.lawful_accused.value", 0.01, "lawful_accused rose"),
        ("held_out.unrelated_accused.value", 0.01, "unrelated_accused rose"),
        ("held_out.calibration_error.value", 0.01, "calibration_error rose"),
        ("file.bytes", 2_000_000, "the model file grew"),
        ("file.load_ratio", 40.0, "loading takes"),
    ],
)
def test_a_worse_model_is_refused(path: str, change: float, said: str) -> None:
    found = regressions(STORED, worse(path, change))
    assert len(found) == 1
    assert said in found[0]


@pytest.mark.parametrize(
    ("path", "change", "said"),
    [
        ("robustness.homophones.lost.value", 0.2, "homophones costs"),
        ("robustness.emoji.lawful_accused.value", 0.2, "emoji raises lawful_accused"),
        ("evidence.label_kept.value", -0.3, "label_kept"),
        ("evidence.word_edges.value", -0.3, "word_edges"),
        ("held_out.calibration_error.value", 0.2, "calibration error"),
        ("file.bytes", 20_000_000, "larger than"),
        ("swaps.words of kinship.bpsn_auc", -0.3, "words of kinship: bpsn_auc"),
        ("swaps.region words.missed", -0.3, "is missed in"),
        ("slices.sender.bank.accused.value", 0.3, "sender bank: accused"),
    ],
)
def test_a_model_that_breaks_a_bound_is_refused(path: str, change: float, said: str) -> None:
    assert any(said in sentence for sentence in broken_bounds(worse(path, change)))


def test_small_changes_pass() -> None:
    assert regressions(STORED, worse("held_out.macro_f1.value", -0.005)) == []


def test_the_command_refuses_figures_it_cannot_read(tmp_path: Path) -> None:
    from click.testing import CliRunner

    from classifier.cli.main import cli

    broken = tmp_path / "figures.json"
    broken.write_text("{}", encoding="utf-8")
    result = CliRunner().invoke(cli, ["evaluate", "--gate", str(broken)])
    assert result.exit_code == 1
    assert "holds no stored figures" in result.output


def test_the_command_fails_on_a_regression(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from click.testing import CliRunner

    from classifier.cli.main import cli

    monkeypatch.setattr(
        "classifier.evaluation.selfreport.measure_model", lambda *_: worse("held_out.macro_f1.value", -0.05)
    )
    stored = tmp_path / "figures.json"
    stored.write_text(json.dumps(STORED), encoding="utf-8")
    result = CliRunner().invoke(cli, ["evaluate", "--gate", str(stored)])
    assert result.exit_code == 1
    assert "macro-F1 fell" in result.output
