"""`cmc review`, `cmc corrections add`, `cmc agreement`: messages to people, their answers back, how far they agree."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from classifier.cli.options import MODEL, TEXT_COLUMN, progress
from classifier.errors import InputError, OutputError

if TYPE_CHECKING:
    from classifier.model.corpus import Example
    from classifier.review.lessons import Lessons

_SHOWN_FAULTS = 20


@click.command()
@click.argument("labelled", type=click.Path(path_type=Path))
@click.option(
    "-o", "--output", required=True, type=click.Path(path_type=Path, dir_okay=False), help="复核表。 The review sheet."
)
@click.option(
    "-n", "--count", default=200, show_default=True, type=click.IntRange(min=1), help="共几条。 How many messages."
)
@click.option(
    "--random",
    "random",
    type=click.IntRange(min=0),
    help="其中随机抽几条,默认三成;只有这些能算出错率。 How many of them by chance alone, by default three in ten; "
    "error rates rest on these only.",
)
@click.option("--seed", default=0, show_default=True, help="同一种子抽出同样的信息。 The same seed picks the same.")
@click.option(
    "--for",
    "form",
    type=click.Choice(["sheet", "label-studio", "doccano"]),
    default="sheet",
    show_default=True,
    help="给谁用:Excel 表、Label Studio、doccano。 An Excel sheet, or a file for an annotation tool.",
)
@click.option(
    "--raw", is_flag=True, help="不隐去个人信息,只在自己的电脑上用。 Texts as received; for your own machine."
)
@click.option("--annotator", default="", help="预填标注人。 Fill in who will answer.")
@click.option(
    "--table",
    "with_clusters",
    type=click.Path(path_type=Path, dir_okay=False),
    help="另存整张表,加上 cluster_id 等列。 Also write the whole table with cluster_id, cluster_size, cluster_mixed.",
)
@TEXT_COLUMN
@MODEL
def review(
    labelled: Path,
    output: Path,
    count: int,
    random: int | None,
    seed: int,
    form: Any,
    raw: bool,
    annotator: str,
    with_clusters: Path | None,
    text_column: str | None,
    model_path: Path | None,
) -> None:
    """挑出值得人工复核的信息,写成带下拉列表的表格。 Pick messages for people to check, into a sheet with drop-downs.

    LABELLED is a table that `cmc label` wrote. Copies of one message are shown once.
    """
    from classifier.bulk.clusters import write_clusters
    from classifier.bulk.encoding import same_file
    from classifier.bulk.sinks import output_format
    from classifier.classifier import load
    from classifier.cli.show_review import show_picked
    from classifier.extras import needs
    from classifier.review.draw import SUFFIXES, write_review
    from classifier.review.pick import pick
    from classifier.review.table import open_labelled

    with needs("review"):
        import rensa  # noqa: F401
    by_chance = round(0.3 * count) if random is None else random
    if by_chance > count:
        raise click.UsageError(f"--random {by_chance} is more than the {count} messages of -n")
    if output.suffix.lower() != SUFFIXES[form]:
        raise OutputError(f"cannot write {output.name}: for {form}, end its name in {SUFFIXES[form]}")
    if with_clusters is not None:
        output_format(with_clusters)
    for path in filter(None, (output, with_clusters)):
        if not path.parent.is_dir():
            raise OutputError(f"there is no folder {path.parent}; create it or choose another place")
        if same_file(labelled, path):
            raise OutputError("the output is the input itself; give another name, the input is never overwritten")
    table = open_labelled(labelled, text_column=text_column)
    with progress("挑选 picking", 2 * table.source.size) as advance:
        picked = pick(table, load(model_path).model, count, by_chance, output, seed, advance)
    written = write_review(output, picked.items, form, raw=raw, annotator=annotator)
    if with_clusters is not None:
        write_clusters(table.source, table.prefix, picked.clusters, with_clusters)
        written.append(with_clusters)
    click.echo(show_picked(picked, written, form, raw=raw), err=True)


@click.group()
def corrections() -> None:
    """保存人工复核的结果。 Keep what reviewers said."""


@corrections.command()
@click.argument("sheets", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="更正文件(.jsonl),只增不改,含原文,请勿外传。 Corrections file: only added to; holds texts, keep it private.",
)
@click.option(
    "--texts",
    type=click.Path(path_type=Path),
    help="抽样时的标注表,取回隐去前的原文。 The labelled table that was drawn from, with the texts as received.",
)
@click.option("--annotator", default="", help="表中没写时的标注人。 Who answered, where the sheet does not say.")
@click.option("--final", is_flag=True, help="这是分歧的最后裁定。 These answers settle what others disagree on.")
@TEXT_COLUMN
def add(
    sheets: tuple[Path, ...],
    output: Path,
    texts: Path | None,
    annotator: str,
    final: bool,
    text_column: str | None,
) -> None:
    """把填好的表格加入更正文件。 Add filled sheets, or exports of Label Studio or doccano, to a corrections file.

    All or nothing: one answer that cannot be taken, and the file stays as it was.
    """
    from classifier.review.corrections import add_corrections
    from classifier.review.forms import read_forms
    from classifier.review.incoming import take_in
    from classifier.review.table import open_labelled

    if output.suffix.lower() != ".jsonl":
        raise OutputError(f"cannot write {output.name}: end the name of a corrections file in .jsonl")
    forms = [form for sheet in sheets for form in read_forms(sheet)]
    table = open_labelled(texts, text_column=text_column) if texts else None
    found = take_in(forms, table, annotator=annotator, final=final, date=date.today().isoformat())
    _object(found.faults, "nothing was added; mend them and try again")
    if not found.corrections:
        raise InputError("nobody has answered a row of these sheets; fill the column answer first")
    added = add_corrections(output, found.corrections)
    people = sorted({one.annotator for one in found.corrections})
    parts = {part: sum(one.part == part for one in found.corrections) for part in ("random", "chosen", "other")}
    lines = [
        f"完成 Done: {added} 条新更正 new corrections → {output}",
        f"  标注人 annotators: {', '.join(people)}",
        f"  已有 already there: {len(found.corrections) - added};  未填 unanswered: {found.unanswered}",
        f"  随机 random: {parts['random']};  挑选 chosen: {parts['chosen']};  其他来源 other: {parts['other']}",
        "  文件含原文,只限本机,请勿外传。 The file holds the texts as received: it stays on this machine.",
    ]
    click.echo("\n".join(lines), err=True)


def _object(faults: list[str], what_now: str) -> None:
    """Refuse a whole import for the answers that cannot be taken, each named by file and row.

    Raises:
        InputError: there are any.

    """
    for fault in faults[:_SHOWN_FAULTS]:
        click.echo(f"  {fault}", err=True)
    if faults:
        raise InputError(f"{len(faults)} answers cannot be taken (listed above); {what_now}")


@click.command()
@click.argument("sides", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="有分歧的信息,写成待裁定的表。 Messages they disagree on, as a sheet to settle them (.xlsx).",
)
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。 Print the figures as JSON.")
@TEXT_COLUMN
def agreement(sides: tuple[Path, ...], output: Path | None, as_json: bool, text_column: str | None) -> None:
    """标注人之间有多一致。 How far annotators agree: kappa, alpha, and where they differ.

    SIDES are filled sheets, corrections files, or a labelled table for the classifier.
    """
    import json
    from dataclasses import asdict

    from classifier.cli.show_review import show_agreement
    from classifier.review.agreement import agreement as measure_agreement
    from classifier.review.draw import write_disputes
    from classifier.review.sides import disputes, read_sides

    if output is not None and output.suffix.lower() != ".xlsx":
        raise OutputError(f"cannot write {output.name}: end its name in .xlsx")
    read = read_sides(sides, text_column)
    _object(read.faults, "mend them and try again")
    found = measure_agreement(read.answers)
    if output is not None:
        write_disputes(output, disputes(read, found.disputed), found.raters)
    if as_json:
        click.echo(json.dumps(asdict(found), ensure_ascii=False))
    else:
        click.echo(show_agreement(found))
    if output is not None:
        click.echo(
            f"有分歧的 {len(found.disputed)} 条 → {output};裁定后 settle them, then: cmc corrections add … --final",
            err=True,
        )


def evaluate_on_corrections(file: Path, policy: str, model_path: Path | None) -> dict[str, Any]:
    """Measure on a corrections file and print the table: rates from the random part, the chosen part as counts."""
    from classifier.classifier import load
    from classifier.cli.show import show_evaluation
    from classifier.cli.show_review import show_parts
    from classifier.review.lessons import evaluate_corrections

    report = evaluate_corrections(load(model_path), file, policy)
    click.echo(show_evaluation(report))
    click.echo(show_parts(report))
    return report


def lessons_for_training(file: Path, corpus: "list[Example]") -> "Lessons":
    """Return the corrected messages to train on, and say what was kept back."""
    from classifier.extras import needs
    from classifier.review.lessons import read_lessons

    with needs("review"):
        import rensa  # noqa: F401
    lessons = read_lessons(file, corpus)
    facts = lessons.facts
    click.echo(
        f"更正 corrections: {facts['messages']} 条用于训练 to learn from, {facts['families']} 批 families; "
        f"留作测量 kept for measuring {facts['kept_for_measuring']}, 票数相同 tied {facts['ties']}",
        err=True,
    )
    return lessons
