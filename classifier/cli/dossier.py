"""`cmc dossier`: many messages as one dossier in a folder of its own."""

import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from classifier.cli.options import INPUT_FORMAT, MODEL, POLICY, TEXT_COLUMN

if TYPE_CHECKING:
    from classifier.dossier import Dossier

_DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.argument("source", metavar="INPUT", type=click.Path(path_type=Path, allow_dash=True))
@click.option(
    "-o", "--output", required=True, type=click.Path(path_type=Path), help="结果文件夹。 Folder for the dossier."
)
@TEXT_COLUMN
@click.option(
    "--time-column",
    "time_columns",
    multiple=True,
    help="时间所在的列;日期、钟点分两列时给两次。 Column of times; twice for days and clocks. Guessed when obvious.",
)
@click.option("--sender-column", help="发送人所在的列。 Column of senders; guessed when obvious.")
@click.option(
    "--tz",
    "zone",
    default="+08:00",
    show_default=True,
    help="收信人所在时区。 Zone of the receiver's clock: an offset, or a name such as Asia/Shanghai.",
)
@click.option(
    "--year",
    type=click.IntRange(2000, 2099),
    help="时间没写年份时,用这个年份。 Year of times that name none; without it they count as unread.",
)
@click.option("--from", "start", type=_DAY, help="只要这一天及以后的。 First day wanted.")
@click.option("--to", "end", type=_DAY, help="只要这一天及以前的。 Last day wanted.")
@click.option(
    "--lang",
    type=click.Choice(["zh", "en"]),
    default="zh",
    show_default=True,
    help="网页的语言;草稿总是中文。 Language of the page; drafts are in Chinese.",
)
@click.option("--force", is_flag=True, help="替换同一文件夹里以前的档案。 Replace an earlier dossier in that folder.")
@INPUT_FORMAT
@MODEL
@POLICY
def dossier(
    source: Path,
    output: Path,
    text_column: str | None,
    time_columns: tuple[str, ...],
    sender_column: str | None,
    zone: str,
    year: int | None,
    start: datetime | None,
    end: datetime | None,
    lang: Literal["zh", "en"],
    force: bool,
    input_format: str | None,
    policy: str,
    model_path: Path | None,
) -> None:
    """把多条信息整理成一份档案。 Many messages as one dossier: page, table, timeline, drafts of complaints, hashes."""
    from classifier.bulk.sources import open_source
    from classifier.bulk.spool import as_file
    from classifier.classifier import load
    from classifier.dossier import Options, build, check_place, read_zone, write_dossier

    options = Options(
        text_column=text_column,
        time_columns=time_columns,
        sender_column=sender_column,
        zone=read_zone(zone),
        year=year,
        start=start and start.date(),
        end=end and end.date(),
        policy=policy,
    )
    piped = str(source) == "-"
    check_place(output, None if piped else source, force=force)
    with as_file(source, output, input_format) as (path, kind):
        table = open_source(path, kind)
        classifier = load(model_path)
        quiet = not sys.stderr.isatty()
        with click.progressbar(length=table.size, label="整理 arranging", file=sys.stderr, hidden=quiet) as bar:
            made = build(classifier, table, options, source_name="stdin" if piped else None, progress=bar.update)
        write_dossier(made, output, lang=lang, force=force, source=None if piped else path)
    click.echo(_summary(made, output), err=True)


def _summary(made: "Dossier", output: Path) -> str:
    whole = made.story.whole
    unread = sum(entry.message.time is None for entry in made.entries)
    columns = "、".join(filter(None, (made.columns.text, *made.columns.times, made.columns.sender)))
    return "\n".join(
        (
            f"完成 Done: {made.rows} 行 rows → {output}/dossier.html (列 columns: {columns})",
            f"  催收信息 collection messages: {whole.collecting}; 待人工复核 await a person: {whole.pending}; "
            f"时间不明 without a time: {unread}",
            "  说明: 机器筛查,不是法律结论;投诉、报案前请逐条核对。 A screening; check each message before you use it.",
        )
    )
