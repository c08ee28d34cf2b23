import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.text.lexicon import Lexicon
from classifier.text.normalise import Normalised, Normaliser

CASES = json.loads((Path(__file__).parents[1] / "cases" / "normalise.json").read_text(encoding="utf-8"))
DISGUISES = Lexicon.read(Path(__file__).parents[2] / "datasets" / "lexicon").disguises
NORMALISE = Normaliser(DISGUISES)

HAN_AND_NOISE = st.text(
    st.one_of(
        st.sampled_from("还款通讯录法院立案催收钱你我他,。.*+- \n\t　０１ＡａkuanhukXx\u200b\u202e💰🔪①ⅷ﹡﹢㎡ﬁ㍿"),
        st.characters(),
    ),
    max_size=60,
)


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_reads_as_meant(case: dict[str, object]) -> None:
    normalised, steps = NORMALISE.explain(str(case["text"]))
    assert normalised.text == case["plain"]
    assert list(steps) == case["steps"]


@given(HAN_AND_NOISE)
def test_is_idempotent(text: str) -> None:
    once = NORMALISE(text).text
    assert NORMALISE(once).text == once


@given(HAN_AND_NOISE)
def test_every_character_points_into_the_original(text: str) -> None:
    normalised = NORMALISE(text)
    assert len(normalised.starts) == len(normalised.ends) == len(normalised.text)
    spans = list(zip(normalised.starts, normalised.ends, strict=True))
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert spans == sorted(spans)


@given(st.text(max_size=40))
def test_identity_map_returns_every_slice(text: str) -> None:
    plain = Normalised.of(text)
    for start in range(len(text)):
        assert plain.source(start, start + 1) == (start, start + 1)


def test_span_of_a_disguised_word_covers_all_of_it() -> None:
    text = "请尽快 还 kuan 吧"
    normalised = NORMALISE(text)
    at = normalised.text.index("还款")
    start, end = normalised.source(at, at + 2)
    assert text[start:end] == "还 kuan"


@pytest.mark.parametrize("char", ["\ue000", "\ud800"])
def test_private_and_broken_characters_cannot_pose_as_placeholders(char: str) -> None:
    assert NORMALISE(f"欠{char}款").text == "欠\ufffd款"


def test_what_grows_and_what_vanishes_do_not_make_up_for_each_other() -> None:
    normalised = Normaliser()("还㎡\u200b款")
    assert normalised.text == "还m2款"
    assert [normalised.source(i, i + 1) for i in range(4)] == [(0, 1), (1, 2), (1, 2), (3, 4)]
