from pathlib import Path

from classifier.model.corpus import read_corpus
from classifier.model.matrix import matrix

DATASETS = Path(__file__).parents[2] / "datasets"


def test_the_written_matrix_is_that_of_the_corpus() -> None:
    assert (DATASETS / "MATRIX.md").read_text(encoding="utf-8") == matrix(read_corpus(DATASETS))
