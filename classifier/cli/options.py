"""Options that several commands share, each with one name, one meaning and one help text."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

POLICY_NAME = click.Choice(["cautious", "balanced", "sensitive"])
POLICY = click.option(
    "--policy",
    default="balanced",
    show_default=True,
    type=POLICY_NAME,
    help="宁可漏报 / 平衡 / 宁可多报。 Few false accusations, balanced, or few misses.",
)
MODEL = click.option(
    "--model",
    "model_path",
    type=click.Path(path_type=Path),
    help="模型文件,默认用自带的。 Model file instead of the one that ships.",
)
DATASETS = click.option(
    "--datasets",
    type=click.Path(path_type=Path),
    default=Path("datasets"),
    show_default=True,
    help="语料与词表所在文件夹。 Folder with messages/ and lexicon/.",
)
TEXT_COLUMN = click.option("--text-column", help="信息所在的列。 Column that holds the message; guessed when obvious.")
INPUT_FORMAT = click.option(
    "--format",
    "input_format",
    type=click.Choice(["csv", "tsv", "jsonl", "xlsx", "parquet", "lines"]),
    help="输入格式,默认看文件名。 Input format, by default from the file name (lines for standard input).",
)
RESUME = click.option("--resume", is_flag=True, help="接着上次中断处继续。 Go on where an interrupted run stopped.")
OCR = click.option(
    "--ocr",
    "engine",
    type=click.Choice(["auto", "rapidocr", "tesseract"]),
    default="auto",
    show_default=True,
    help="用哪个文字识别读图。 Which text recognition reads pictures (auto: the better one that is installed).",
)
OCR_CACHE = click.option(
    "--ocr-cache",
    type=click.Path(path_type=Path, file_okay=False),
    help="读图结果存放的文件夹,默认为 OUTPUT.ocr。 Folder that keeps what was read off pictures; default: OUTPUT.ocr.",
)


@contextmanager
def progress(label: str, length: int) -> Iterator[Callable[[int], None]]:
    """Show on a terminal how far a work of `length` steps is, and how long it will take; give what advances it."""
    quiet = not sys.stderr.isatty()
    with click.progressbar(length=length, label=label, file=sys.stderr, hidden=quiet) as bar:
        yield bar.update
