import numpy as np
import pytest

from classifier import load
from classifier.model.features import BLOCKS, Reader, occurrences


@pytest.fixture(scope="module")
def read() -> Reader:
    return Reader(load().model.lexicon)


@pytest.mark.parametrize("text", ["还钱", "【云禾分期】再不还钱就打电话给你家人", "😀" * 5 + "还钱\n\n" * 40])
@pytest.mark.parametrize("block", BLOCKS)
def test_spans_stand_in_the_text(read: Reader, block: str, text: str) -> None:
    reading = read(text)
    found = occurrences(block, [reading])
    assert len(found.keys) == len(found.starts) == len(found.ends)
    assert (found.starts <= found.ends).all()
    assert found.ends.max(initial=0) <= len(reading.body.text)


def test_order_counts(read: Reader) -> None:
    there, back = (set(occurrences("concept", [read(text)]).keys.tolist()) for text in ("家人法院", "法院家人"))
    assert there != back


def test_a_long_repetitive_text_has_few_pairs(read: Reader) -> None:
    reading = read("再不还钱就打电话给你家人和单位领导," * 1000)
    found = occurrences("concept", [reading])
    spans = np.unique(np.stack([found.starts, found.ends]), axis=1).shape[1]
    assert spans <= len(reading.concepts) + 2000
