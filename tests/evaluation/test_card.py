import json
from pathlib import Path

import pytest

from classifier import InputError
from classifier.classifier import default_model_path
from classifier.evaluation.card import TABLES, fill

CARD = Path(__file__).parents[2] / "MODEL_CARD.md"
STORED = json.loads(default_model_path().with_name("figures.json").read_text(encoding="utf-8"))


def test_the_card_shows_the_figures_of_the_shipped_model() -> None:
    card = CARD.read_text(encoding="utf-8")
    assert fill(card, STORED) == card


@pytest.mark.parametrize("name", TABLES)
def test_every_table_stands_in_the_card(name: str) -> None:
    assert f"<!-- figures: {name} -->" in CARD.read_text(encoding="utf-8")


def test_a_block_that_nobody_knows_is_named() -> None:
    with pytest.raises(InputError, match="'nonsense'"):
        fill("<!-- figures: nonsense -->\n<!-- end -->", STORED)
