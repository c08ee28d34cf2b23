"""`cmc sample`, `cmc trends`, `cmc rescore`: from a table of messages to rates that may be published."""

import sys
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from classifier.cli.options import MODEL, POLICY_NAME, RESUME, TEXT_COLUMN
from classifier.errors import InputError
from classifier.labels import LABEL_EN, LABEL_ZH, Label

if TYPE_CHECKING:
    from classifier.trends.rescore import Changes
    from classifier.trends.study import Study

_FORMAT = click.option(
    "--format",
    "input_format",
    type=click.Choice(["csv", "tsv", "jsonl", "xlsx", "parquet"]),
    help="输入格式,默认看文件名。 Input format, by default from the file name.",
)
_ZONE = click.option("--zone", help="时区,默认 Asia/Shanghai。 Time zone; dates without one are taken to be in it.")
_TIME_FORMAT = click.option(
    "--time-format",
    help="日期的写法,如 %d/%m/%Y。 How dates are written (strptime); not needed where the year comes first.",
)
_INPUT = click.argument("source", metavar="INPUT", type=click.Path(path_type=Path))
_SHOWN_MOVES = 8


@click.command()
@_INPUT
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="样本文件。 The sample (CSV, Excel …).",
)
@click.option(
    "-n", "--count", default=300, show_default=True, type=click.IntRange(min=10), help="抽几条。 How many messages."
)
@click.option(
    "--seed", default=0, show_default=True, help="同一种子抽出同一样本。 The same seed draws the same sample."
)
@click.option(
    "--by",
    default="",
    help="分层:labels、day/week/month(需 --time)或列名。 Strata: labels, a period (with --time), or a column.",
)
@click.option("--time", "time", help="日期所在的列。 Column that holds the dates.")
@TEXT_COLUMN
@_ZONE
@_TIME_FORMAT
@_FORMAT
def sample(
    source: Path,
    output: Path,
    count: int,
    seed: int,
    by: str,
    time: str | None,
    text_column: str | None,
    zone: str | None,
    time_format: str | None,
    input_format: str | None,
) -> None:
    """抽取核对样本,请人标注后给 `cmc trends --audit`。 Draw messages for people to label, for `cmc trends --audit`."""
    from classifier.bulk.sinks import output_format, write_rows
    from classifier.bulk.sources import find_text_column, open_source
    from classifier.trends.periods import DEFAULT_ZONE, PERIODS, Clock
    from classifier.trends.sample import BY_LABELS, HUMAN, SAMPLE_COLUMNS, draw

    kind = output_format(output)
    table = open_source(source, input_format)
    strata = by if by in ("", BY_LABELS, *PERIODS) else f"column:{by}"
    clock = Clock(zone or DEFAULT_ZONE, None, time_format)
    drawn = draw(table, find_text_column(table, text_column), count, seed=seed, by=strata, clock=clock, time=time)
    write_rows(output, kind, SAMPLE_COLUMNS, drawn.rows, types=dict.fromkeys(SAMPLE_COLUMNS[1:], str))
    lines = [f"完成 Done: {len(drawn.rows)} / {sum(drawn.sizes.values())} → {output}"]
    if by:
        lines += [f"  {name or '–'}: {drawn.taken[name]} / {size}" for name, size in sorted(drawn.sizes.items())]
    lines.append(f"  请人在 {HUMAN} 一列填写类别,多个用 | 分开;不要改动 audit_ 各列,也不要让标注者看到机器的判断。")
    lines.append(
        f"  Have people fill {HUMAN} (join several by |); leave the audit_ columns; hide what the machine said."
    )
    lines += [f"    {label.value} = {LABEL_ZH[label]} ({LABEL_EN[label]})" for label in Label]
    click.echo("\n".join(lines), err=True)


@click.command()
@_INPUT
@click.option(
    "-o", "--output", required=True, type=click.Path(path_type=Path, file_okay=False), help="报告文件夹。 Folder."
)
@click.option("--time", "time", required=True, help="日期所在的列。 Column that holds the dates.")
@click.option(
    "--group",
    "groups",
    multiple=True,
    help="分组的列,可多次给出。 Column to group by (platform, region …); repeatable.",
)
@click.option(
    "--period",
    default="month",
    show_default=True,
    type=click.Choice(["day", "week", "month"]),
    help="统计时段。 Period.",
)
@click.option(
    "--audit", type=click.Path(path_type=Path), help="人工标注的样本(cmc sample)。 Sample labelled by people."
)
@click.option(
    "--compare",
    nargs=2,
    multiple=True,
    metavar="A B",
    help="比较两部分:时段、起..止 或 列=值。 Two periods, FIRST..LAST, COLUMN=VALUE.",
)
@click.option("--person", help="人的标识所在的列,只留散列。 Column with a person's id; only a keyed hash is used.")
@click.option("--once-per-person", is_flag=True, help="每人每时段只计一条。 Count each person once a period.")
@click.option("--ocr-column", help="OCR 置信度所在的列。 Column with the confidence of OCR.")
@click.option(
    "--min-count", default=10, show_default=True, type=click.IntRange(min=1), help="小于此数隐去。 Hide smaller counts."
)
@click.option(
    "--examples",
    default=3,
    show_default=True,
    type=click.IntRange(min=0),
    help="每类几个例子,0 不给。 Examples a label; 0 for none.",
)
@click.option(
    "--lang",
    default="zh",
    show_default=True,
    type=click.Choice(["zh", "en"]),
    help="先显示的语言。 Language shown first.",
)
@click.option(
    "--policy",
    type=POLICY_NAME,
    help="标注所用的策略,默认自动认出。 Policy of the labels; recognised where possible.",
)
@click.option(
    "--figures",
    type=click.Path(path_type=Path),
    help="已知的出错率。 Stored figures (cmc evaluate -o) instead of the shipped.",
)
@TEXT_COLUMN
@_ZONE
@_TIME_FORMAT
@_FORMAT
@MODEL
def trends(
    source: Path,
    output: Path,
    time: str,
    groups: tuple[str, ...],
    period: str,
    audit: Path | None,
    compare: tuple[tuple[str, str], ...],
    person: str | None,
    once_per_person: bool,
    ocr_column: str | None,
    min_count: int,
    examples: int,
    lang: Literal["zh", "en"],
    policy: str | None,
    figures: Path | None,
    text_column: str | None,
    zone: str | None,
    time_format: str | None,
    input_format: str | None,
    model_path: Path | None,
) -> None:
    """统计各类信息的比例与变化,写成报告。 Rates with intervals over time and by group, as a report."""
    from classifier.classifier import default_model_path, load
    from classifier.extras import needs

    with needs("trends"):
        import duckdb  # noqa: F401
        import rensa  # noqa: F401
        import scipy  # noqa: F401
    from classifier.trends.estimates import read_figures
    from classifier.trends.outputs import prepare, write_study
    from classifier.trends.study import Order, run_study

    order = Order(
        source=source,
        time=time,
        groups=tuple(dict.fromkeys(groups)),
        audit=audit,
        period=period,
        format=input_format,
        text=text_column,
        person=person,
        once=once_per_person,
        ocr=ocr_column,
        zone=zone,
        time_format=time_format,
        policy=policy,
        least=min_count,
        examples=examples,
        compare=compare,
    )
    known = figures or default_model_path().with_name("figures.json")
    prepare(output)
    try:
        study = run_study(order, output, load(model_path), lambda: read_figures(known), _progress)
        write_study(study, output, lang, datetime.now().astimezone())
    finally:
        with suppress(OSError):
            output.rmdir()  # does nothing unless nothing was written
    click.echo(_summary(study, output), err=True)


def _progress(done: int, total: int) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r读取 reading {100 * done // max(1, total):3}%", err=True, nl=done >= total)


def _summary(study: "Study", output: Path) -> str:
    from classifier.trends.answers import OUTCOMES
    from classifier.trends.tables import Key
    from classifier.trends.words import interval, refused, say

    ground = "audit" if study.corrector.audit else "indicative"
    lines = [f"完成 Done → {output / 'report.html'} ({say(ground, 'zh')} {say(ground, 'en')})"]
    for outcome in OUTCOMES:
        row = study.tables.rows[Key(), outcome]
        said = interval(row.share) if row.share else refused(row.reason, "zh")
        lines.append(f"  {say(outcome, 'zh')} {say(outcome, 'en')}: {said}")
    lines += [f"  {say(account, 'zh')} {say(account, 'en')}: {rows}" for account, rows in study.accounts.items()]
    if study.examples:
        lines.append("  报告中有例子,发表前请读一遍。 The report holds examples: read them before you publish.")
    return "\n".join(lines)


@click.command()
@_INPUT
@click.option(
    "-o", "--output", required=True, type=click.Path(path_type=Path, dir_okay=False), help="新表。 The new table."
)
@click.option(
    "--policy",
    default="balanced",
    show_default=True,
    type=POLICY_NAME,
    help="策略。 Policy.",
)
@RESUME
@TEXT_COLUMN
@_FORMAT
@MODEL
def rescore(
    source: Path,
    output: Path,
    policy: str,
    resume: bool,
    text_column: str | None,
    input_format: str | None,
    model_path: Path | None,
) -> None:
    """用现在的模型重判旧表,并说明变了什么。 Judge an old table again with this model, and show what changed."""
    from classifier.bulk.sources import open_source
    from classifier.classifier import load
    from classifier.trends.rescore import rescore as judge_again

    if output.is_dir():
        raise InputError(f"{output} is a folder; name a file")
    table = open_source(source, input_format)
    quiet = not sys.stderr.isatty()
    with click.progressbar(length=table.size, label="重判 rescoring", file=sys.stderr, hidden=quiet) as bar:
        changes = judge_again(
            load(model_path), table, output, text_column=text_column, policy=policy, resume=resume, progress=bar.update
        )
    click.echo(_changed(changes, output), err=True)


def _changed(changes: "Changes", output: Path) -> str:
    before = ", ".join(f"{name or '?'} ({rows})" for name, rows in changes.versions.most_common())
    differ = changes.both - changes.same
    lines = [
        f"完成 Done → {output}: {before} → {changes.version}",
        f"  类别不变 same labels: {changes.same} / {changes.both};  变了 changed: {differ}",
    ]
    for label in Label:
        gained, lost = changes.gained[label], changes.lost[label]
        if gained or lost:
            lines.append(f"  {LABEL_ZH[label]} {LABEL_EN[label]}: +{gained} −{lost}")
    lines += [f"  {old} → {new}: {rows}" for (old, new), rows in changes.moves.most_common(_SHOWN_MOVES)]
    if changes.judged_now or changes.judged_before:
        lines.append(
            f"  只有新判断 judged only now: {changes.judged_now};  只有旧判断 only before: {changes.judged_before}"
        )
    return "\n".join(lines)
