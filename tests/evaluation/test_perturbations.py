import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.evaluation.perturbations import PERTURBATIONS, perturbed

TEXT = "【云禾分期】王先生,您的贷款已逾期,今日18:00前不还款,我们将联系您通讯录里的家人,起诉到法院,你这个骗子。" * 3


@pytest.mark.parametrize("name", PERTURBATIONS)
def test_changes_the_writing_the_same_way_each_time(name: str) -> None:
    once = perturbed(name, [TEXT])
    assert once != [TEXT]
    assert once == perturbed(name, [TEXT])


@pytest.mark.parametrize("name", PERTURBATIONS)
@given(text=st.text(min_size=1, max_size=60))
def test_takes_any_text_and_leaves_something(name: str, text: str) -> None:
    assert perturbed(name, [text])[0]


@pytest.mark.parametrize(
    ("name", "kept"), [("separators and zero-width", "王先生,您的"), ("OCR: broken lines", "18:00"), ("emoji", "逾")]
)
def test_most_of_the_message_stays(name: str, kept: str) -> None:
    assert kept in perturbed(name, [TEXT])[0].replace("\n", "")
