"""`cmc`: every command, its options, and what becomes of errors.

Data goes to standard output, everything else to standard error. Exit codes: 0 done,
1 the task failed for a reason that one line explains, 2 wrong usage, 4 done but for what
could not be read (the rows say why), 130 interrupted.
"""

import io
import signal
import sys
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Literal

import click
from click.core import ParameterSource

from classifier import __version__
from classifier.cli.dossier import dossier
from classifier.cli.options import DATASETS, INPUT_FORMAT, MODEL, OCR, OCR_CACHE, POLICY, RESUME, TEXT_COLUMN, progress
from classifier.cli.redact import redact
from classifier.cli.review import agreement, corrections, review
from classifier.cli.trends import rescore, sample, trends
from classifier.errors import CollectionMessageError, OutputError
from classifier.screens.steps import STEP_NAMES

SOME_FAILED = 4


class _Commands(click.Group):
    """Turns the package's own errors into one line and exit code 1."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except CollectionMessageError as error:
            click.echo(f"cmc: {error}", err=True)
            ctx.exit(1)
        except BrokenPipeError:
            sys.stderr.close()
            ctx.exit(0)
        except OSError as error:
            click.echo(f"cmc: cannot write the answer: {error.strerror}", err=True)
            ctx.exit(1)
        except KeyboardInterrupt:
            click.echo("cmc: 已停止 stopped; `cmc label` goes on with --resume", err=True)
            ctx.exit(130)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="cmc")
def cli() -> None:
    """催收短信识别:合法提醒、骚扰第三方、威胁恐吓、侮辱诽谤。

    Screens Chinese messages about a debt. A screening, not a verdict of law. Nothing leaves this machine.
    """


@cli.command()
@click.argument("text", required=False)
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。 Print the finding and the guidance as JSON.")
@click.option("--full", is_flag=True, help="列出全部依据、渠道和步骤。 Print all provisions, channels and steps.")
@click.option(
    "--date",
    "on",
    type=click.DateTime(["%Y-%m-%d"]),
    help="收到信息的日期,默认今天。 Day the message came, for the law of that day; default: today.",
)
@click.option(
    "--lang",
    type=click.Choice(["zh", "en"]),
    default="zh",
    show_default=True,
    help="指引的语言。 Language of the guidance.",
)
@POLICY
@MODEL
def check(
    text: str | None,
    as_json: bool,
    full: bool,
    on: datetime | None,
    lang: Literal["zh", "en"],
    policy: str,
    model_path: Path | None,
) -> None:
    """判断一条信息;TEXT 为 - 或省略时读标准输入。 Screen one message (- reads standard input)."""
    from classifier.classifier import load
    from classifier.cli.given import message_given
    from classifier.guidance import advise

    message = message_given(text, "check")
    finding = load(model_path).classify(message, policy=policy)
    guidance = advise(finding, on and on.date())
    if as_json:
        import json

        click.echo(json.dumps({**finding.to_dict(), "guidance": guidance.to_dict()}, ensure_ascii=False))
    else:
        from classifier.cli.show import show_finding
        from classifier.cli.show_guidance import show_guidance

        click.echo(f"{show_finding(message, finding)}\n\n{show_guidance(guidance, lang, full=full)}")


@cli.command()
@click.argument("source", metavar="INPUT", type=click.Path(path_type=Path, allow_dash=True))
@click.option(
    "-o", "--output", required=True, type=click.Path(path_type=Path, dir_okay=False), help="结果文件。 Output."
)
@TEXT_COLUMN
@INPUT_FORMAT
@RESUME
@click.option(
    "--as",
    "as_",
    type=click.Choice(["auto", "text", "screens"]),
    default="auto",
    show_default=True,
    help="按内容判断 / 只当文字 / 当截图。 Tell screens by content, take all as clean text, or all as screens.",
)
@click.option(
    "--no-clean",
    "off",
    multiple=True,
    type=click.Choice(STEP_NAMES),
    metavar="STEP",
    help=f"不做某一步清理,可重复。 Leave out a cleaning step; repeatable: {', '.join(STEP_NAMES)}.",
)
@click.option(
    "--taken",
    type=click.DateTime(["%Y-%m-%d"]),
    help="截图日期,用来换算“昨天”等。 Day of the screenshots: 昨天 and the like become dates.",
)
@click.option(
    "--clusters",
    is_flag=True,
    help="标出同一批群发(只换姓名等)。 Number the copies of one message: cluster_id, cluster_size, cluster_mixed.",
)
@OCR
@OCR_CACHE
@POLICY
@MODEL
def label(
    source: Path,
    output: Path,
    text_column: str | None,
    input_format: str | None,
    resume: bool,
    as_: Literal["auto", "text", "screens"],
    off: tuple[str, ...],
    taken: datetime | None,
    clusters: bool,
    engine: str,
    ocr_cache: Path | None,
    policy: str,
    model_path: Path | None,
) -> None:
    """给表格、截图逐条标注。 Label a table (CSV, TSV, Excel, JSONL, Parquet, lines, -) or screens.

    Screens: pictures, text and JSON of OCR, chats, SMS backups, one file or a folder; told by content.
    """
    from classifier.bulk.label import Job, label_table
    from classifier.bulk.screens import Reading, open_input
    from classifier.bulk.sinks import output_format
    from classifier.bulk.spool import as_file
    from classifier.classifier import load
    from classifier.cli.show import show_pictures, show_summary
    from classifier.extras import needs
    from classifier.pictures.crew import Pictures

    output_format(output)
    if clusters:
        with needs("review"):  # told before the work, not after it
            import rensa  # noqa: F401
    with as_file(source, output, input_format) as (path, kind):
        kept = ocr_cache or output.with_name(output.name + ".ocr")
        pictures = Pictures(kept, engine, watch=partial(progress, "识图 reading pictures"))
        reading = Reading(frozenset(off), taken and taken.date(), as_ == "screens", pictures)
        kind = input_format if as_ == "screens" else kind
        table = open_input(path, kind, text_column, as_, reading, (output, output.with_name(output.name + ".part")))
        classifier = load(model_path)
        job = Job(table, output, text_column, None, policy, resume, clusters)
        with progress("标注 labelling", table.size) as advance:
            summary = label_table(classifier, job, advance)
    click.echo(show_summary(summary, output, table), err=True)
    if pictures.seen:
        click.echo(show_pictures(pictures), err=True)
    if summary.failed:
        click.get_current_context().exit(SOME_FAILED)


@cli.command()
@DATASETS
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("classifier/model/shipped/model.zip"),
    show_default=True,
    help="写到哪里。 Where to write the model.",
)
@click.option(
    "--with-corrections",
    "corrected",
    type=click.Path(path_type=Path),
    help="再加上人工更正(随机抽取的留作测量);须给 -o。 Learn from a corrections file too, but for what was drawn at "
    "random, which is kept for measuring; needs -o.",
)
@click.pass_context
def train(ctx: click.Context, datasets: Path, output: Path, corrected: Path | None) -> None:
    """用 datasets/ 重新训练模型。 Rebuild the shipped model from the corpus and the lexicon (-o: elsewhere)."""
    from dataclasses import replace

    from classifier.cli.review import lessons_for_training
    from classifier.cli.show import show_training
    from classifier.extras import needs

    with needs("train"):
        from classifier.model.training import train as train_model
    from classifier.model.corpus import read_corpus
    from classifier.model.modelfile import write_model
    from classifier.text.lexicon import Lexicon

    if corrected and ctx.get_parameter_source("output") is ParameterSource.DEFAULT:
        raise click.UsageError("give -o: a model that learned from private messages does not replace the shipped one")
    if not output.parent.is_dir():
        raise OutputError(f"there is no folder {output.parent}; create it or choose another place")
    examples = read_corpus(datasets)
    lessons = lessons_for_training(corrected, examples) if corrected else None
    run = train_model([*examples, *(lessons.examples if lessons else ())], Lexicon.read(datasets / "lexicon"))
    model = replace(run.model, facts={**run.model.facts, "corrections": lessons.facts}) if lessons else run.model
    sha256 = write_model(model, output)
    click.echo(show_training(model, output, sha256), err=True)


@cli.command()
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="另存 JSON。 Save the figures as JSON."
)
@click.option(
    "--compare", is_flag=True, help="与基线比较(需重新训练)。 FILE beside baselines and held-out families; retrains."
)
@click.option(
    "--card",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="把数字填入模型卡。 Without FILE: fill the figures into this model card.",
)
@click.option(
    "--gate",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="与已存的数字比较,变差则失败。 Without FILE: fail where figures fell behind these, or break a bound.",
)
@DATASETS
@POLICY
@MODEL
def evaluate(
    file: Path | None,
    output: Path | None,
    compare: bool,
    card: Path | None,
    gate: Path | None,
    datasets: Path,
    policy: str,
    model_path: Path | None,
) -> None:
    """测量模型。 Measure on a labelled JSONL file (text, labels; origin and sure if given), or a corrections file.

    Without FILE: everything that is measured on the project's own data (held-out families, disguises,
    fairness, explanations); takes minutes.
    """
    import json

    from classifier.bulk.sinks import write_text
    from classifier.cli.evaluate import evaluate_on_file, evaluate_on_own_data
    from classifier.cli.review import evaluate_on_corrections
    from classifier.review.corrections import is_corrections

    if file is None and compare:
        raise click.UsageError("--compare needs a FILE to compare on")
    if file is not None and (card or gate):
        raise click.UsageError("--card and --gate are about the project's own data; leave out FILE")
    if file is None:
        report = evaluate_on_own_data(datasets, policy, model_path, card, gate)
    elif is_corrections(file):
        if compare:
            raise click.UsageError("--compare is for labelled files; leave it out for a corrections file")
        report = evaluate_on_corrections(file, policy, model_path)
    else:
        report = evaluate_on_file(file, datasets if compare else None, policy, model_path)
    if output is not None:
        write_text(output, json.dumps(report, ensure_ascii=False, indent=1) + "\n")


@cli.command()
def serve() -> None:
    """启动 HTTP 服务,设置见环境变量 CMC_*。 Serve over HTTP; settings: CMC_* variables (service/README.md)."""
    from classifier.extras import needs

    with needs("service"):
        from service.server import serve as run_server
    run_server()


for command in (redact, sample, trends, rescore, dossier, review, corrections, agreement):
    cli.add_command(command)


def main() -> None:
    """Run the command line."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal in GBK cannot show every emoji
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that temporary files are removed
    cli(prog_name="cmc")


if __name__ == "__main__":
    main()
