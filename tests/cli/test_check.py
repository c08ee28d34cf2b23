import json
import os
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from classifier import LONGEST_TEXT, Classifier, __version__
from classifier.classifier import default_model_path
from classifier.guidance import advise

from .conftest import REMINDER, THREAT, OneLine, Process, Run

TWO_ACTS = "再不还款就派人上门打断你的腿，还要打爆你全家通讯录，通知你单位和村委"
FRAUD = "账户逾期，请点击链接 http://a.cc/x 转账到个人账户王某处理"


@pytest.mark.parametrize("policy", ["cautious", "balanced", "sensitive"])
@pytest.mark.parametrize("text", [REMINDER, THREAT, TWO_ACTS])
def test_json_is_the_finding_of_the_library_and_its_guidance(
    cmc: Run, classifier: Classifier, text: str, policy: str
) -> None:
    result = cmc("check", "--json", "--policy", policy, "--date", "2025-12-31", text)
    assert (result.exit_code, result.stderr) == (0, "")
    finding = classifier.classify(text, policy=policy)
    told = json.loads(result.stdout)
    assert told.pop("guidance") == advise(finding, date(2025, 12, 31)).to_dict()
    assert told == finding.to_dict()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (REMINDER, ["结论 Finding: 合法提醒 (lawful reminder)", "把握较大", REMINDER]),
        (THREAT, ["结论 Finding: 威胁恐吓 (threat)", "〔", "人身威胁 (threat of violence): 「"]),
        (TWO_ACTS, ["骚扰第三方 (harassment of third parties) + 威胁恐吓 (threat)"]),
        (FRAUD, ["合法提醒", "Review: 需要", "核实前不要付款", "「http://a.cc/x」"]),
    ],
)
def test_a_person_reads_the_finding_with_its_evidence(cmc: Run, text: str, shown: list[str]) -> None:
    result = cmc("check", text)
    assert result.exit_code == 0
    for words in [*shown, "不是法律结论", "policy balanced"]:
        assert words in result.stdout


def test_marks_of_evidence_are_balanced_and_leave_the_message_whole(cmc: Run, classifier: Classifier) -> None:
    lines = cmc("check", TWO_ACTS).stdout.splitlines()
    shown = lines[lines.index("原文与依据 Message with evidence:") + 1].strip()
    assert shown.replace("〔", "").replace("〕", "") == TWO_ACTS
    assert shown.count("〔") == shown.count("〕") > 0
    for item in classifier.classify(TWO_ACTS).evidence:
        assert item.text[0] + item.text[-1] in shown or item.text in shown.replace("〔", "").replace("〕", "")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (
            REMINDER,
            ["合法的还款提醒", "《民法典》第六百七十五条", "1. 贷款机构的官方客服", "注意: 合法提醒不代表金额无误"],
        ),
        (
            THREAT,
            ["涉嫌威胁恐吓，可能不符合", "第五十条第一款第一项", "1. 110 报警", "注意: 有现实人身危险的，先打110"],
        ),
        (FRAUD, ["不要付款，不要点链接，先打贷款机构的官方电话", "1. 96110 反诈专线"]),
        ("您的验证码是482913，请勿泄露", ["看起来不是催收信息", "12321"]),
    ],
)
def test_a_person_reads_what_to_do(cmc: Run, text: str, shown: list[str]) -> None:
    told = cmc("check", "--date", "2026-11-22", text).stdout.partition("怎么办 (按 2026-11-22 的规定;")[2]
    assert 2 <= told.count("\n") <= 8
    for words in shown:
        assert words in told
    assert "已构成" not in told


@pytest.mark.parametrize(
    ("day", "article"),
    [("2025-12-31", "（2012年修正，2025年12月31日止）第四十二条第一项"), ("2026-01-01", "第五十条第一款第一项")],
)
def test_the_law_is_that_of_the_day_the_message_came(cmc: Run, day: str, article: str) -> None:
    assert article in cmc("check", "--date", day, THREAT).stdout


def test_without_a_date_the_guidance_says_which_day_it_took(cmc: Run) -> None:
    assert "未给信息日期,按今天 20" in cmc("check", THREAT).stdout
    assert "no date given: law of today, 20" in cmc("check", "--lang", "en", THREAT).stdout


def test_all_of_the_guidance_is_shown_on_demand(cmc: Run) -> None:
    short, full = cmc("check", THREAT).stdout, cmc("check", "--full", THREAT).stdout
    for words in [
        "先做什么:",
        "法律依据:",
        "监管规则与行业规范:",
        "找谁,按顺序:",
        "门槛: ",
        "原文: 「有下列行为之一的",
    ]:
        assert words in full
        assert words not in short


def test_the_guidance_is_in_english_on_demand(cmc: Run) -> None:
    told = cmc("check", "--lang", "en", "--date", "2026-11-22", THREAT).stdout.partition("What to do")[2]
    assert "suspected of threat" in told
    assert "art. 50, para. 1 item 1" in told
    assert "1. 110, police" in told
    assert not any("\u4e00" <= char <= "\u9fff" for char in told)


def test_a_message_cannot_drive_the_terminal(cmc: Run) -> None:
    result = cmc("check", f"{THREAT}\x1b[2J\x07\u202e\n第二行")
    assert result.exit_code == 0
    assert not set("\x1b\x07\u202e") & set(result.stdout)
    assert "\ufffd[2J" in result.stdout
    assert "\n  第二行" in result.stdout


@pytest.mark.parametrize("arguments", [["-"], []], ids=["dash", "nothing"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_message_comes_on_standard_input_in_any_of_the_encodings(
    cmc: Run, classifier: Classifier, arguments: list[str], encoding: str
) -> None:
    result = cmc("check", "--json", *arguments, stdin=f"{THREAT}\r\n".encode(encoding))
    assert result.exit_code == 0
    assert json.loads(result.stdout)["evidence"] == classifier.classify(THREAT).to_dict()["evidence"]


@pytest.mark.parametrize(
    ("text", "stdin", "says"),
    [
        ("", None, "empty"),
        (" \n\u3000", None, "empty"),
        ("-", b"", "empty"),
        ("-", b"\r\n", "empty"),
        ("还" * (LONGEST_TEXT + 1), None, str(LONGEST_TEXT)),
        ("-", b"\x89PNG\r\n\x1a\n\0\0", "not text"),
        ("-", b"\xff\xfe\x00", "not text"),
        ("-", b"\xff\xff\xff", "not text"),
    ],
)
def test_what_is_no_message_is_refused_in_one_line(
    cmc: Run, one_line: OneLine, text: str, stdin: bytes | None, says: str
) -> None:
    line = one_line(cmc("check", text, stdin=stdin))
    assert says in line
    assert ";" in line


def flipped(position: int) -> Callable[[bytes], bytes]:
    def change(data: bytes) -> bytes:
        return data[:position] + bytes([data[position] ^ 0xFF]) + data[position + 1 :]

    return change


def unpackable(data: bytes) -> bytes:
    start = data.index(b"lexicon.json") + len(b"lexicon.json")
    return data[:start] + b"\xff" + data[start + 1 :]


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda data: b"",
    "text": lambda data: b"model",
    "cut short": lambda data: data[: len(data) // 2],
    "another zip": lambda data: b"PK\x05\x06" + b"\0" * 18,
    "a name changed": lambda data: data.replace(b"intercepts.npy", b"intercepts.npz"),
    "a byte of the end changed": lambda data: flipped(len(data) - 30)(data),
    "a byte of a packed member changed": lambda data: flipped(data.index(b"lexicon.json") + 2000)(data),
    "a packed member that cannot be unpacked": unpackable,
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_model_is_refused_in_one_line(cmc: Run, one_line: OneLine, tmp_path: Path, damage: str) -> None:
    path = tmp_path / "model.zip"
    path.write_bytes(DAMAGE[damage](default_model_path().read_bytes()))
    line = one_line(cmc("check", "--model", path, THREAT))
    assert str(path) in line
    assert "damaged" in line


@pytest.mark.parametrize("name", ["none.zip", "."])
def test_a_missing_model_is_refused_in_one_line(cmc: Run, one_line: OneLine, tmp_path: Path, name: str) -> None:
    assert "cannot read the model" in one_line(cmc("check", "--model", tmp_path / name, THREAT))


@pytest.mark.parametrize(
    "arguments",
    [[], ["--policy", "strict", THREAT], ["--nothing", THREAT], [THREAT, REMINDER], ["--date", "31.12.2025", THREAT]],
    ids=["no message on a terminal", "unknown policy", "unknown option", "two messages", "no date"],
)
def test_wrong_usage_has_its_own_exit_code(cmc: Run, monkeypatch: pytest.MonkeyPatch, arguments: list[str]) -> None:
    monkeypatch.setattr("click.testing._NamedTextIOWrapper.isatty", lambda self: True, raising=False)
    result = cmc("check", *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "Usage: cmc check" in result.stderr


@pytest.mark.parametrize("command", [[], ["check"], ["label"], ["train"], ["evaluate"]])
@pytest.mark.parametrize("option", ["-h", "--help"])
def test_every_command_explains_itself(cmc: Run, command: list[str], option: str) -> None:
    result = cmc(*command, option)
    assert result.exit_code == 0
    assert result.stdout.startswith("Usage: cmc")


def test_the_version_is_the_package_version(cmc: Run) -> None:
    assert cmc("--version").stdout == f"cmc, version {__version__}\n"


def test_an_own_process_reads_standard_input_and_ends_with_zero(cmc_process: Process, classifier: Classifier) -> None:
    done = cmc_process("check", "--json", "-", input=THREAT.encode("gb18030"))
    assert (done.returncode, done.stderr) == (0, b"")
    told = json.loads(done.stdout)
    assert told.pop("guidance")["on"] in {(date.today() - timedelta(days=days)).isoformat() for days in (0, 1)}
    assert told == classifier.classify(THREAT).to_dict()


@pytest.mark.parametrize(("data", "code"), [(b"\n", 1), (b"\x89PNG\0", 1)])
def test_an_own_process_ends_with_one_for_what_is_no_message(cmc_process: Process, data: bytes, code: int) -> None:
    done = cmc_process("check", input=data)
    assert (done.returncode, done.stdout) == (code, b"")
    assert done.stderr.startswith(b"cmc: ")
    assert done.stderr.count(b"\n") == 1


@pytest.mark.skipif(os.name != "posix", reason="pipes of POSIX")
@pytest.mark.parametrize("arguments", [["check", THREAT], ["check", "--json", THREAT]])
def test_a_reader_that_went_away_is_no_error(cmc_process: Process, arguments: list[str]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = cmc_process(*arguments, stdout=writer)
    finally:
        os.close(writer)
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_terminal_of_a_smaller_character_set_shows_the_finding(cmc_process: Process) -> None:
    done = cmc_process("check", f"{THREAT}😡", env={"PYTHONIOENCODING": "gbk", "PYTHONUTF8": "0"})
    assert done.returncode == 0
    assert "威胁恐吓" in done.stdout.decode("gbk")


@pytest.mark.skipif(os.name != "posix", reason="arguments are bytes on POSIX only")
def test_an_argument_that_is_no_text_is_refused(cmc_process: Process) -> None:
    done = cmc_process("check", THREAT.encode("gb18030"))
    assert done.returncode == 1
    assert b"not text" in done.stderr
