import base64
import csv
import hashlib
import html
import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import astuple
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from click.testing import Result

from classifier import Classifier
from classifier.errors import InputError
from classifier.trends.answers import ANY_ACT, OUTCOMES
from classifier.trends.estimates import Basis
from classifier.trends.intervals import wilson
from classifier.trends.outputs import prepare, write_study
from classifier.trends.plots import group_plot
from classifier.trends.prevalence import Refusal
from classifier.trends.publish import NIGHT
from classifier.trends.study import Order, Study, run_study
from classifier.trends.tables import Key

from .conftest import HEADER, TEXTS, Rows, read, write

Run = Callable[..., Result]
NOW = datetime(2026, 1, 10, tzinfo=UTC)


def figures(version: str, recall: float = 0.85, precision: float = 0.9) -> dict[str, Any]:
    row = {"positives": 400, "precision": {"value": precision}, "recall": {"value": recall}}
    return {
        "model": {"version": version, "families": 500, "messages": 2000},
        "policy": "balanced",
        "held_out": {"messages": 2000, "labels": dict.fromkeys(OUTCOMES[:-1], row)},
    }


@pytest.fixture
def study(classifier: Classifier, tmp_path: Path) -> Callable[..., Study]:
    def run(table: Path, known: dict[str, Any] | None = None, **options: Any) -> Study:
        folder = tmp_path / "out"
        folder.mkdir(exist_ok=True)
        order = Order(table, "时间", now=NOW, **{"groups": ("平台",), **options})
        return run_study(order, folder, classifier, lambda: known or figures(classifier.info.version))

    return run


@pytest.fixture
def audit(cmc: Run, table: Path, tmp_path: Path, human: Callable[[Path, Path], Path]) -> Path:
    assert cmc("sample", table, "-o", tmp_path / "audit.csv", "-n", "400").exit_code == 0
    return human(tmp_path / "audit.csv", table)


def test_counts_are_those_of_the_table(study: Callable[..., Study], table: Path) -> None:
    found = study(table, person="用户")
    rows = read(table)
    whole = found.tables.rows[Key(), "threat"]
    threats = [row for row in rows if "threat" in row["labels"].split("|")]
    assert (whole.messages, whole.said) == (2400, len(threats))
    assert whole.persons == len({row["用户"] for row in threats})
    assert whole.blasts == 2
    cell = found.tables.rows[Key("平台", "短信", "2025-08"), ANY_ACT]
    abusive = [
        r
        for r in rows
        if r["平台"] == "短信" and r["时间"][:7] == "2025-08" and re.search("harass|threat", r["labels"])
    ]
    assert cell.said == len(abusive)
    timed = [r for r in rows if r["labels"] != "unrelated" and r["时间"][11:] != "00:00"]
    night = [r for r in timed if not 8 <= int(r["时间"][11:13]) < 22]
    assert found.tables.rows[Key(), NIGHT].said == len(night)
    assert found.accounts == {"counted": 2400}
    assert found.quality.distinct == 7


def test_without_an_audit_rates_are_indicative_and_wider_than_sampling(
    study: Callable[..., Study], table: Path
) -> None:
    found = study(table)
    row = found.tables.rows[Key(), "threat"]
    assert row.basis is Basis.INDICATIVE
    assert row.plain is not None
    assert row.share is not None
    assert row.share.high - row.share.low > row.plain.high - row.plain.low
    nothing = found.tables.rows[Key(), ANY_ACT]
    assert nothing.share is None
    assert nothing.reason == Refusal("no_rates")


def test_with_an_audit_rates_stand_on_it(study: Callable[..., Study], table: Path, audit: Path) -> None:
    found = study(table, audit=audit)
    assert found.audited == 400
    assert found.tables.rows[Key(), ANY_ACT].basis is Basis.AUDIT
    assert found.tables.rows[Key("平台", "短信"), "threat"].basis is Basis.AUDIT
    assert found.tables.rows[Key(period="2025-03"), "unrelated"].basis is Basis.BORROWED


@pytest.mark.parametrize(
    ("known", "code"),
    [
        ({"version": "another"}, "other_version"),
        ({"recall": 0.3, "precision": 0.22}, "youden"),
    ],
)
def test_it_refuses_to_correct_with_rates_that_do_not_fit(
    classifier: Classifier, study: Callable[..., Study], table: Path, known: dict[str, Any], code: str
) -> None:
    found = study(table, figures(**{"version": classifier.info.version, **known}))
    row = found.tables.rows[Key(), "threat"]
    assert row.share is None
    assert row.plain is not None
    assert row.reason is not None
    assert row.reason.code == code


HALVES, PLATFORMS = ("2025-01..2025-06", "2025-07..2025-12"), ("平台=微信", "平台=短信")


def without_texts(path: Path, rows: Rows) -> Path:
    """Write a table in which messages cannot be told to be copies of each other."""
    return write(path, [[*row[:4], *row[5:]] for row in rows], [*HEADER[:4], *HEADER[5:]])


def test_a_planted_step_is_found_and_the_two_halves_differ(
    study: Callable[..., Study], tmp_path: Path, rows: Rows
) -> None:
    halves, platforms = HALVES, PLATFORMS
    found = study(without_texts(tmp_path / "t.csv", rows), compare=(halves, platforms))
    step = next(t for t in found.tested if (t.value, t.outcome) == ("短信", "threat"))
    assert step.step is not None
    assert step.step_p is not None
    assert step.step_p < 0.05
    assert abs(int(step.periods[step.step.at][5:]) - 7) <= 1
    for first in (halves[0], platforms[0]):
        one = next(c for c in found.compared if (c.first, c.outcome) == (first, "threat"))
        assert one.difference is not None
        assert one.effect is not None
        assert one.difference.low > 0
        assert one.effect > 0.1


def test_a_year_of_seven_blasts_tells_little_and_says_so(study: Callable[..., Study], table: Path, rows: Rows) -> None:
    found = study(table, compare=(HALVES,))
    one = next(c for c in found.compared if c.outcome == "threat")
    assert one.difference is not None
    assert one.difference.low < 0 < one.difference.high
    starts = [text.split("{}")[0] for texts in TEXTS.values() for text in texts]
    blasts = [[row for row in rows if str(row[4]).startswith(start)] for start in starts]
    sizes = np.array([len(blast) for blast in blasts])
    hits = np.array([sum("threat" in row[7] for row in blast) for blast in blasts])
    share = hits.sum() / 2400
    effect = float(((hits - share * sizes) ** 2).sum() / (2400 * share * (1 - share)))
    assert effect > 100
    plain = found.tables.rows[Key(), "threat"].plain
    assert plain is not None
    assert (plain.low, plain.high) == pytest.approx(astuple(wilson(int(hits.sum()), 2400, effect))[1:])


def test_rare_values_of_a_group_do_not_leave_by_name(cmc: Run, tmp_path: Path, rows: Rows) -> None:
    for row in rows[:9]:
        row[2] = "张三的群"
    for row in rows[9:14]:
        row[2] = ""
    for row in rows[14:30]:
        row[2], row[3] = "一个人的台", "13900000000"
    folder = tmp_path / "report"
    table = write(tmp_path / "t.csv", rows)
    options = ("--time", "时间", "--group", "平台", "--person", "用户")
    assert cmc("trends", table, "-o", folder, *options).exit_code == 0
    everything = "".join(p.read_text(encoding="utf-8") for p in folder.rglob("*") if p.is_file())
    assert "张三的群" not in everything
    assert "一个人的台" not in everything
    cells = [row for row in read(folder / "cells.csv") if row["dimension"] and not row["period"]]
    assert {row["value"] for row in cells} == {"短信", "微信", "(other)", "(missing)"}
    assert cmc("trends", table, "-o", folder, *options, "--min-count", "1").exit_code == 0
    assert "张三的群" in (folder / "cells.csv").read_text(encoding="utf-8")


def test_a_value_that_is_also_a_word_of_the_report_stays_the_users(
    study: Callable[..., Study], tmp_path: Path, rows: Rows
) -> None:
    for row in rows:
        row[2] = "threat" if row[2] == "微信" else row[2]
    found = study(write(tmp_path / "t.csv", rows))
    assert ">threat</text>" in group_plot(found, "平台", "defamation", "zh")


def test_models_are_not_mixed(study: Callable[..., Study], tmp_path: Path, rows: Rows) -> None:
    for row in rows[:100]:
        row[10] = "older"
    with pytest.raises(InputError, match=r"answers of 2 models .*older: 100 rows.* run `cmc rescore`"):
        study(write(tmp_path / "mixed.csv", rows))


def test_every_row_is_accounted_for(study: Callable[..., Study], tmp_path: Path, rows: Rows) -> None:
    for row, value in zip(rows, ["", "2025-13-40", "5月3日", "1970-01-01", "2031-01-01", "03/04/2025"], strict=False):
        row[1] = value
    rows[10][5:8] = "empty text", "", ""
    rows[11][7] = "nonsense"
    rows[12][3] = ""
    found = study(write(tmp_path / "odd.csv", rows), person="用户", once=True)
    assert sum(found.accounts.values()) == 2400
    again = found.accounts["same person again"]
    assert found.accounts == {
        "counted": 2400 - 9 - again,
        "same person again": again,
        "date unreadable": 2,
        "date missing": 1,
        "date before 2000": 1,
        "date in the future": 1,
        "date readable in two ways": 1,
        "empty text": 1,
        "labels unreadable": 1,
        "person missing": 1,
    }
    kept = {(row[3], row[1][:7]) for row in rows[13:]}
    assert found.accounts["counted"] in range(len(kept) - 9, len(kept) + 10)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"groups": ("省份",)}, "there is no column '省份'; the columns are: 编号, 时间"),
        ({"groups": ("内容",)}, "is no group"),
        ({"once": True}, "--person"),
        ({"compare": (("2024-01", "2025-01"),)}, "no period from '2024-01'"),
        ({"compare": (("平台=信鸽", "2025-01"),)}, "never has that value"),
        ({"compare": (("平台=短信", "2025-01"),)}, "cannot compare a period with a group"),
        ({"compare": (("2025-01..2025-03", "2025-03..2025-05"),)}, "they share messages"),
        ({"compare": (("平台=短信", "平台=短信"),)}, "they share messages"),
        ({"zone": "Nowhere"}, "no such time zone"),
        ({"policy": "cautious"}, None),
    ],
)
def test_what_cannot_be_done_is_said_in_one_sentence(
    study: Callable[..., Study], tmp_path: Path, rows: Rows, options: dict[str, Any], said: str | None
) -> None:
    for number, row in enumerate(rows):
        row[4] += str(number)
    table = write(tmp_path / "t.csv", rows)
    if said is None:
        study(table, **options)
        return
    with pytest.raises(InputError, match=said) as error:
        study(table, **options)
    assert "还" not in str(error.value)


def test_each_audited_message_counts_in_its_stratum_and_by_its_chance_of_being_drawn(
    cmc: Run, study: Callable[..., Study], table: Path, tmp_path: Path, human: Any
) -> None:
    drawn = tmp_path / "a.csv"
    assert cmc("sample", table, "-o", drawn, "-n", "60", "--by", "month", "--time", "时间").exit_code == 0
    audit = human(drawn, table)
    said = {i: "threat" in row["labels"] for i, row in enumerate(read(table), 1)}
    month = {i: row["时间"][:7] for i, row in enumerate(read(table), 1)}
    rows = Counter(month.values())
    sampled = read(audit)
    taken = Counter(month[int(row["audit_row"])] for row in sampled)
    weights = {True: [0.0, 0.0], False: [0.0, 0.0]}
    for row in sampled:
        number = int(row["audit_row"])
        true = bool(re.search("threat|威胁", row["human_labels"]))
        weights[said[number]][true] += rows[month[number]] / taken[month[number]]
    parts = {one: true / (false + true) for one, (false, true) in weights.items()}
    expected = sum(parts[one] for one in said.values()) / len(said)
    share = study(table, audit=audit).tables.rows[Key(), "threat"].share
    assert share is not None
    assert share.value == pytest.approx(expected)


def test_an_audit_of_another_table_is_turned_away(
    study: Callable[..., Study], table: Path, audit: Path, tmp_path: Path, rows: Rows
) -> None:
    with pytest.raises(InputError, match="drawn from a table of 2400 rows and this one has 2399"):
        study(write(tmp_path / "short.csv", rows[1:]), audit=audit)
    rows.sort(key=lambda row: str(row[4]))
    with pytest.raises(InputError, match="are not where they were drawn"):
        study(write(tmp_path / "sorted.csv", rows), audit=audit)


def test_a_table_in_gbk_and_an_unlabelled_one_are_read_too(
    classifier: Classifier, study: Callable[..., Study], tmp_path: Path, rows: Rows
) -> None:
    labelled = study(write(tmp_path / "g.csv", rows[:300], encoding="gb18030"))
    plain = study(write(tmp_path / "p.csv", [row[:5] for row in rows[:300]], HEADER[:5]))
    assert plain.tables.messages[Key()] == labelled.tables.messages[Key()] == 300
    assert plain.versions["model"] == classifier.info.version
    assert plain.versions["policy"] == "balanced"
    expected = sum("threat" in classifier.classify(row[4]).labels for row in rows[:300])
    assert plain.tables.rows[Key(), "threat"].said == (expected if expected >= 10 else None)


def test_nothing_small_and_nothing_raw_leaves(cmc: Run, table: Path, tmp_path: Path, audit: Path, rows: Rows) -> None:
    folder = tmp_path / "report"
    result = cmc(
        "trends", table, "-o", folder, "--time", "时间", "--group", "平台", "--audit", audit, "--person", "用户"
    )
    assert result.exit_code == 0, result.output
    for row in read(folder / "cells.csv"):
        for column in ("messages", "said", "persons"):
            assert not row[column].isdigit() or not 0 < int(row[column]) < 10, row
        if row["said"] == "hidden":
            assert not row["share"]
            assert not row["plain"]
    shown = {(f"{r['dimension']}/{r['value']}/{r['period']}", r["outcome"]): r for r in read(folder / "cells.csv")}
    assert any(row["said"] == "hidden" for row in shown.values())
    for (key, outcome), row in shown.items():
        if outcome == "night" and shown[key, "unrelated"]["said"] == "hidden":
            assert row["messages"] == row["said"] == "hidden"
    everything = "".join(p.read_text(encoding="utf-8") for p in folder.rglob("*") if p.is_file())
    assert not [row[3] for row in rows if str(row[3]) in everything]
    assert "张三" not in everything
    assert [path.name for path in folder.iterdir() if path.name.startswith(".")] == []
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["input_sha256"] == hashlib.sha256(table.read_bytes()).hexdigest()
    assert sum(int(row["rows"]) for row in read(folder / "rows.csv")) == 2400


def test_without_hiding_that_check_would_fail(cmc: Run, table: Path, tmp_path: Path) -> None:
    folder = tmp_path / "report"
    assert cmc("trends", table, "-o", folder, "--time", "时间", "--group", "平台", "--min-count", "1").exit_code == 0
    assert any(row["said"].isdigit() and 0 < int(row["said"]) < 10 for row in read(folder / "cells.csv"))


def test_a_failed_study_leaves_nothing_behind(cmc: Run, table: Path, tmp_path: Path, one_line: Any) -> None:
    assert "no column '日期'" in one_line(cmc("trends", table, "-o", tmp_path / "report", "--time", "日期"))
    assert not (tmp_path / "report").exists()


def test_strata_of_a_column_that_is_gone_are_named(
    cmc: Run, study: Callable[..., Study], table: Path, tmp_path: Path, human: Any, rows: Rows
) -> None:
    assert cmc("sample", table, "-o", tmp_path / "a.csv", "-n", "40", "--by", "平台").exit_code == 0
    audit = human(tmp_path / "a.csv", table)
    assert study(table, audit=audit).audited == 40
    header = ["渠道" if name == "平台" else name for name in HEADER]
    with pytest.raises(InputError, match="there is no column '平台'"):
        study(write(tmp_path / "renamed.csv", rows, header), audit=audit, groups=())


@pytest.mark.parametrize("count", [1, 5, 40])
def test_small_tables_make_a_report_too(study: Callable[..., Study], tmp_path: Path, rows: Rows, count: int) -> None:
    prepare(tmp_path / "small")
    write_study(study(write(tmp_path / "t.csv", rows[:count])), tmp_path / "small", "zh", NOW)
    assert (tmp_path / "small" / "report.html").is_file()


def test_the_page_stands_alone(study: Callable[..., Study], table: Path, tmp_path: Path) -> None:
    folder = tmp_path / "page"
    prepare(folder)
    write_study(study(table), folder, "en", NOW)
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert not re.search(r"(?:src|href)=|url\(|@import| style=", page)
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'sha256-{digest}'" in html.unescape(page)
    assert page.count("<main") == 2
    assert "仅供参考" in page
    assert "Indicative only" in page
    assert 'id="en" aria-label="English" checked' in page
    for plot in (folder / "plots").glob("*.svg"):
        assert ElementTree.parse(plot).getroot().tag == "{http://www.w3.org/2000/svg}svg"


def test_characters_that_turn_the_writing_round_are_shown_by_their_code(
    study: Callable[..., Study], tmp_path: Path, rows: Rows
) -> None:
    for row in rows:
        row[4] = str(row[4]).replace("打断", "\u202e打断")
    folder = tmp_path / "page"
    prepare(folder)
    write_study(study(write(tmp_path / "t.csv", rows)), folder, "zh", NOW)
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert '<span class="unseen" data-code="U+202E">\u202e</span>' in page
    assert page.count("\u202e") == page.count("U+202E")


def test_values_of_the_user_cannot_become_markup(study: Callable[..., Study], tmp_path: Path, rows: Rows) -> None:
    for row in rows:
        row[2] = "<b>x</b>&\"'" if row[2] == "微信" else "=cmd()"
    folder = tmp_path / "page"
    prepare(folder)
    write_study(study(write(tmp_path / "t.csv", rows)), folder, "zh", NOW)
    assert "<b>x" not in (folder / "report.html").read_text(encoding="utf-8")


def test_the_same_study_twice_gives_the_same_tables(study: Callable[..., Study], table: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        prepare(tmp_path / name)
        write_study(study(table), tmp_path / name, "zh", NOW)
    for path in sorted(p for p in (tmp_path / "one").rglob("*") if p.is_file()):
        assert path.read_bytes() == (tmp_path / "two" / path.relative_to(tmp_path / "one")).read_bytes(), path.name


def test_a_folder_with_other_files_is_left_alone(cmc: Run, table: Path, tmp_path: Path, one_line: Any) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "thesis.doc").write_text("x")
    said = one_line(cmc("trends", table, "-o", folder, "--time", "时间"))
    assert "holds other files" in said
    assert [path.name for path in folder.iterdir()] == ["thesis.doc"]


def test_an_interrupted_query_is_an_interruption_and_a_full_disk_one_sentence(
    cmc: Run, table: Path, tmp_path: Path, one_line: Any, monkeypatch: Any
) -> None:
    import duckdb

    def stop(error: Exception) -> Callable[..., None]:
        def finish(*_: object) -> None:
            raise error

        return finish

    monkeypatch.setattr("classifier.trends.stage.Stage.finish", stop(RuntimeError("Query interrupted")))
    assert cmc("trends", table, "-o", tmp_path / "r", "--time", "时间").exit_code == 130
    monkeypatch.setattr("classifier.trends.stage.Stage.finish", stop(duckdb.IOException("no space")))
    assert "is there room on the disk" in one_line(cmc("trends", table, "-o", tmp_path / "r", "--time", "时间"))
    assert not (tmp_path / "r").exists()


def test_a_missing_library_is_named(cmc: Run, table: Path, tmp_path: Path, one_line: Any, monkeypatch: Any) -> None:
    monkeypatch.setitem(__import__("sys").modules, "duckdb", None)
    said = one_line(cmc("trends", table, "-o", tmp_path / "r", "--time", "时间"))
    assert "install the extra [trends]" in said


@pytest.mark.slow
def test_memory_does_not_grow_with_the_table(tmp_path: Path, rows: Rows) -> None:
    peaks = []
    for copies in (20, 120):
        path = tmp_path / f"{copies}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(HEADER)
            for copy in range(copies):
                shift = timedelta(days=copy % 20)
                for row in rows:
                    when = datetime.strptime(row[1], "%Y-%m-%d %H:%M") - shift
                    writer.writerow([*row[:1], when.strftime("%Y-%m-%d %H:%M"), *row[2:]])
        arguments = ["trends", str(path), "-o", str(tmp_path / f"r{copies}"), "--time", "时间"]
        code = (
            "import resource\nfrom classifier.cli.main import cli\n"
            f"cli({arguments!r}, standalone_mode=False)\n"
            "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)"
        )
        command = [sys.executable, "-c", code]
        run = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2])
        peaks.append(int(run.stdout.split()[-1]))
    assert peaks[1] < peaks[0] + 300, peaks
