from pathlib import Path

import pytest

from classifier.model.corpus import read_corpus
from classifier.text.normalise import Normaliser
from classifier.text.placeholders import mask
from classifier.text.tokens import reference_cutter, rust_cutter, words

DATASETS = Path(__file__).parents[2] / "datasets"


@pytest.mark.slow
def test_rust_port_and_jieba_give_the_same_words_on_the_corpus() -> None:
    rust, reference, normalise = rust_cutter(), reference_cutter(), Normaliser()
    texts = [mask(normalise(example.text)).body.text for example in read_corpus(DATASETS)]
    differing = [text for text in texts if words(text, rust) != words(text, reference)]
    assert differing == []


def test_jieba_leaves_no_cache_in_the_shared_temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert reference_cutter()("天长地久") == ["天长地久"]
    assert list(tmp_path.iterdir()) == []


def test_only_chinese_runs_are_cut() -> None:
    assert words("加qq 12,还款\n吧") == ["加", "qq", "12", "还款", "\n", "吧"]
