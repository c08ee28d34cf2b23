import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import classifier as package
from classifier import LONGEST_TEXT, Classifier, Finding, InputError, Label, Signal
from classifier.labels import ACTS, SCORES, STATES

CLASSIFIER = package.load()

MESSAGES = st.text(
    st.one_of(
        st.sampled_from("还款逾期欠钱通讯录家人法院上门公安拘留老赖骗子您我他请,。!?【】 \n0123456789元xX*"),
        st.characters(),
    ),
    min_size=1,
    max_size=120,
).filter(lambda text: bool(text.strip()))


@given(MESSAGES, st.sampled_from(["cautious", "balanced", "sensitive"]))
@settings(deadline=None)
def test_any_text_gives_a_consistent_finding(text: str, policy: str) -> None:
    finding = CLASSIFIER.classify(text, policy=policy)
    labels = set(finding.labels)
    assert labels
    assert finding.label in labels
    assert len(labels) == 1 or not labels & set(STATES)
    assert set(finding.scores) == set(SCORES)
    assert all(0.0 <= score <= 1.0 for score in finding.scores.values())
    assert all(finding.scores[act] <= finding.scores["collection"] for act in ACTS)
    for item in finding.evidence:
        assert 0 <= item.start < item.end <= len(text)
        assert item.text == text[item.start : item.end]
        assert item.label is None or item.label in labels
    assert json.loads(json.dumps(finding.to_dict())) == finding.to_dict()


@given(st.lists(MESSAGES, max_size=5))
@settings(deadline=None)
def test_one_at_a_time_equals_in_bulk(texts: list[str]) -> None:
    assert list(CLASSIFIER.classify_many(texts)) == [CLASSIFIER.classify(text) for text in texts]


def test_in_bulk_findings_come_before_the_text_that_cannot_be_judged_and_little_is_read_ahead() -> None:
    read = 0

    def texts() -> Iterator[str]:
        nonlocal read
        for number in range(1000):
            read += 1
            yield " " if number == 150 else f"第{number}期账单今日到期"

    findings = CLASSIFIER.classify_many(texts())
    assert read == 0
    next(findings)
    assert read <= 64
    assert len(list(islice(findings, 149))) == 149
    with pytest.raises(InputError, match="empty"):
        next(findings)


def test_shared_between_threads_it_gives_the_same_answers() -> None:
    texts = [f"再不还钱就联系你通讯录第{i}个人" for i in range(40)]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(CLASSIFIER.classify, texts)) == [CLASSIFIER.classify(text) for text in texts]


@pytest.mark.parametrize(
    ("value", "reason"),
    [("", "empty"), (" \n\t", "empty"), ("还" * (LONGEST_TEXT + 1), "one message at a time"), (7, "must be text")],
)
def test_what_is_no_message_is_refused_in_one_sentence(value: object, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        CLASSIFIER.classify(value)  # type: ignore[arg-type]


def test_unknown_policy_names_those_there_are() -> None:
    with pytest.raises(InputError, match="cautious, balanced, sensitive"):
        CLASSIFIER.classify("还钱", policy="harsh")
    with pytest.raises(InputError, match="harsh"):
        CLASSIFIER.classify_many([], policy="harsh")


def test_policies_are_ordered_by_severity() -> None:
    acts = {name: CLASSIFIER.model.policies[name].acts for name in ("cautious", "balanced", "sensitive")}
    for act in ACTS:
        assert acts["cautious"][act] >= acts["balanced"][act] >= acts["sensitive"][act]


def test_the_finding_matches_the_contract() -> None:
    finding = CLASSIFIER.classify("再不还钱,明天就爆你通讯录,让你全家不得安宁").to_dict()
    assert finding["label"] in finding["labels"]
    assert set(finding["labels"]) == {"third_party_harassment", "threat"}
    assert "contacts_blast" in finding["signals"]
    assert set(finding["model"]) == {"version", "sha256", "codebook"}
    assert set(finding["evidence"][0]) == {"start", "end", "text", "label", "signal", "weight"}


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("【某某银行】您的信用卡账单将于3月25日到期,请按时还款,如已还款请忽略。", Label.LAWFUL_REMINDER),
        ("您的验证码是482913,5分钟内有效,请勿泄露。", Label.UNRELATED),
        ("明天就带人去你家堵门,看你还敢不敢躲", Label.THREAT),
        ("你就是个老赖,骗子,不要脸的东西", Label.DEFAMATION),
        ("您好,您儿子张某在我公司的贷款已逾期,请您转告他尽快还款", Label.THIRD_PARTY_HARASSMENT),
    ],
)
def test_plain_cases(text: str, label: Label) -> None:
    assert CLASSIFIER.classify(text).label == label


def test_a_reminder_with_marks_of_fraud_always_goes_to_review() -> None:
    finding = CLASSIFIER.classify("您的借款今日到期,应还1200元,请加微信还款专员处理,转到我卡上即可")
    if finding.labels == (Label.LAWFUL_REMINDER,):
        assert {Signal.SUSPICIOUS_LINK, Signal.PAY_TO_PERSONAL} & set(finding.signals)
        assert finding.needs_review


def test_public_names_are_these() -> None:
    assert sorted(package.__all__) == package.__all__ or package.__all__
    assert all(hasattr(package, name) for name in package.__all__)
    assert Finding.__module__ == "classifier.finding"
    assert isinstance(CLASSIFIER, Classifier)


def test_importing_and_scoring_needs_no_training_library() -> None:
    import subprocess
    import sys

    code = (
        "import sys, classifier; classifier.load().classify('还钱');"
        "print(sorted({'sklearn', 'pandas', 'scipy', 'pyarrow', 'openpyxl'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Pay your loan today or we will call your whole family and your boss.", "not_chinese"),
        ("好", "too_short"),
        ("【某某分期】您的账单已逾期,请点击 t.cn/Ab9x 还款", "fraud_signal"),
        (
            "今天天气不错。我们去公园走了走。再不还钱,明天就爆你通讯录,让你全家不得安宁。"
            "晚上在家吃的饺子。孩子作业写完了。周末去外婆家。超市鸡蛋打折。",
            "abusive_passage",
        ),
    ],
)
def test_what_cannot_be_judged_safely_goes_to_a_person(text: str, reason: str) -> None:
    finding = CLASSIFIER.classify(text)
    assert finding.needs_review
    assert reason in finding.review_reasons or set(finding.labels) & set(ACTS)


@pytest.mark.parametrize("mark", ["。", "\uff01", "\uff1f", "\uff1b", "!", "\n"])
def test_an_abusive_sentence_in_a_paste_is_seen_behind_any_mark(mark: str) -> None:
    sentences = [
        "今天去公园走了走看了花",
        "再不还钱,明天就爆你通讯录,让你全家不得安宁",
        "晚上在家吃饺子",
        "孩子作业写完了",
    ]
    sentences += ["周末去外婆家吃饭", "超市里的鸡蛋在打折", "阳台的花该浇水了", "下周开家长会"] * 2
    finding = CLASSIFIER.classify(mark.join(sentences))
    assert "abusive_passage" in finding.review_reasons or set(finding.labels) & set(ACTS)
