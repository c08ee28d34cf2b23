"""`cmc redact`: one text on the screen, or a table into another."""

import sys
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING

import click

from classifier.cli.options import INPUT_FORMAT, TEXT_COLUMN
from classifier.text.particulars import KIND_ZH, Kind

if TYPE_CHECKING:
    from classifier.bulk.redact import RedactionSummary

_LOOK = (
    "注意: 姓名和地址按规则查找,会有遗漏;发布前请人工检查。"
    " Names and addresses are found by rule and some are missed: a person must look before anything is published."
)
_SHOWN = 20


def _kinds(ctx: click.Context, parameter: click.Parameter, value: str | None) -> frozenset[Kind] | None:
    """Read a list of kinds, joined by commas."""
    if value is None:
        return None
    names = [name.strip() for name in value.split(",") if name.strip()]
    unknown = [name for name in names if name not in set(Kind)]
    if unknown or not names:
        raise click.BadParameter(f"choose among {', '.join(Kind)}")
    return frozenset(Kind(name) for name in names)


@click.command()
@click.argument("source", metavar="[TEXT|INPUT|-]", required=False)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="结果文件;给出时 INPUT 是表格或文件夹。 Output; with it, INPUT is a table or a folder.",
)
@click.option(
    "--kinds", callback=_kinds, help=f"只处理这些,逗号分隔。 Only these, joined by commas: {', '.join(Kind)}."
)
@click.option("--amounts", is_flag=True, help="金额也处理。 Amounts too.")
@click.option(
    "--pseudonyms",
    is_flag=True,
    help="同一姓名或号码用同一编号。 The same name or number gets the same 〔姓名1〕 in one file.",
)
@TEXT_COLUMN
@click.option("--columns", help="要处理的几列,逗号分隔。 Several columns to redact, joined by commas.")
@INPUT_FORMAT
def redact(
    source: str | None,
    output: Path | None,
    kinds: frozenset[Kind] | None,
    amounts: bool,
    pseudonyms: bool,
    text_column: str | None,
    columns: str | None,
    input_format: str | None,
) -> None:
    """隐去手机号、姓名、地址等。 Put placeholders for numbers, names and addresses in one text or in a table."""
    from classifier.text.redact import DEFAULT_KINDS

    wanted = (DEFAULT_KINDS if kinds is None else kinds) | ({Kind.AMOUNT} if amounts else set())
    if output is None:
        if text_column or columns or input_format:
            raise click.UsageError("--text-column, --columns and --format are for tables: give -o OUTPUT too")
        _redact_text(source, wanted, pseudonyms)
    elif source is None and sys.stdin.isatty():
        raise click.UsageError('give the table: a file, a folder, or "-" for standard input')
    elif text_column and columns:
        raise click.UsageError("give --text-column or --columns, not both")
    else:
        chosen = (
            tuple(name.strip() for name in columns.split(",")) if columns else (text_column,) if text_column else ()
        )
        _redact_table(Path(source or "-"), output, chosen, wanted, pseudonyms, input_format)


def _redact_text(argument: str | None, kinds: frozenset[Kind], pseudonyms: bool) -> None:
    from classifier.cli.given import message_given
    from classifier.text.redact import Pseudonyms
    from classifier.text.redact import redact as redact_text

    text = message_given(argument, "redact")
    if argument not in (None, "-") and _is_path(text):
        raise click.UsageError(
            "that is a file or a folder: give -o OUTPUT to redact it as a table, or: cmc redact - < file"
        )
    redacted = redact_text(text, kinds=kinds, pseudonyms=Pseudonyms() if pseudonyms else None).text
    if sys.stdout.isatty():  # a sender must not drive the reader's terminal
        redacted = "".join("\ufffd" if unicodedata.category(c) == "Cc" and c not in "\n\t" else c for c in redacted)
    click.echo(redacted)
    click.echo(_LOOK, err=True)


def _is_path(text: str) -> bool:
    try:
        return Path(text).exists()
    except (OSError, ValueError):  # too long, or with a character that no name holds
        return False


def _redact_table(
    source: Path,
    output: Path,
    columns: tuple[str, ...],
    kinds: frozenset[Kind],
    pseudonyms: bool,
    input_format: str | None,
) -> None:
    from classifier.bulk.redact import RedactionJob, redact_table
    from classifier.bulk.sinks import output_format
    from classifier.bulk.sources import open_source
    from classifier.bulk.spool import as_file

    output_format(output)
    with as_file(source, output, input_format) as (path, kind):
        table = open_source(path, kind)
        job = RedactionJob(table, output, columns, kinds, pseudonyms)
        quiet = not sys.stderr.isatty()
        with click.progressbar(length=table.size, label="隐去 redacting", file=sys.stderr, hidden=quiet) as bar:
            summary = redact_table(job, bar.update)
    click.echo(_show_summary(summary, output), err=True)


def _show_summary(summary: "RedactionSummary", output: Path) -> str:
    redacted = _listed(summary.redacted_columns)
    lines = [f"完成 Done: {summary.rows} 行 rows → {output} (处理的列 redacted: {redacted})"]
    lines += [f"  {KIND_ZH[kind]} {kind.value}: {summary.found[kind]}" for kind in Kind if summary.found[kind]]
    if summary.other_columns:
        others = _listed(summary.other_columns)
        lines.append(f"警告 Warning: 其他列原样保留 other columns are left as they are: {others}")
    return "\n".join([*lines, _LOOK])


def _listed(columns: tuple[str, ...]) -> str:
    """Join names of columns, cut short: one may be a message where a table has no header."""
    return ", ".join(name if len(name) <= _SHOWN else name[:_SHOWN] + "…" for name in columns)
