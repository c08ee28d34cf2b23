"""Every format that is read, told by content: the first one in `FORMATS` that recognises a file reads it.

Each reader's module says how it is recognised. To add one, write `recognise` and `read`, and name it here.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from classifier.errors import CollectionMessageError, InputError, OutputError
from classifier.pictures.opening import kind_of
from classifier.screens.boxes import Item, Unread
from classifier.screens.formats.chats import CHAT_COPY, QQ_EXPORT
from classifier.screens.formats.head import Format, Head, head_of
from classifier.screens.formats.ocr_json import OCR_JSON
from classifier.screens.formats.sms import SMS_NDJSON, SMS_XML, SMS_ZIP
from classifier.screens.formats.tables import TABLES
from classifier.screens.formats.tesseract import HOCR, TESSERACT_TSV
from classifier.screens.formats.text import PLAIN_TEXT
from classifier.screens.formats.umi import UMI_TABLE, UMI_TEXT

FORMATS: tuple[Format, ...] = (
    SMS_ZIP, SMS_XML, SMS_NDJSON, TESSERACT_TSV, HOCR, *OCR_JSON, UMI_TABLE, UMI_TEXT, QQ_EXPORT, CHAT_COPY,
    *TABLES, PLAIN_TEXT,
)  # fmt: skip
"""In the order in which they are tried: the surest signs first, plain text last."""

TABLE_NAMES = frozenset(one.name for one in TABLES)
UNREADABLE = "not readable"
"""Name under which files that no reader took are counted."""


def detect(path: Path, more: Sequence[Format] = ()) -> Format:
    """Return the format of a file, one of `more` before all others.

    Raises:
        InputError: it cannot be opened, or is of no kind that is read.

    """
    head = head_of(path)
    found = next((one for one in (*more, *FORMATS) if one.recognise(head)), None)
    if found is not None:
        return found
    if not head.size:
        raise InputError("an empty file")
    if kind_of(head.raw):
        raise InputError("a picture: read it with an OCR first")
    raise InputError("of no kind that is read here" if head.text is None else "text of no kind that is read here")


def read_file(path: Path, more: Sequence[Format] = ()) -> tuple[str, Iterator[Item]]:
    """Return the name of a file's format and its screens; what cannot be read is `Unread`.

    `more` are formats that need more than the file, such as pictures an engine.

    Raises:
        OutputError: what a format keeps of its reading cannot be written.

    """
    try:
        found = detect(path, more)
    except CollectionMessageError as error:
        return UNREADABLE, iter((Unread(_reason(error, path)),))
    return found.name, _guarded(found, path)


def _guarded(format: Format, path: Path) -> Iterator[Item]:
    try:
        yield from format.read(path)
    except OutputError:
        raise
    except CollectionMessageError as error:
        yield Unread(_reason(error, path))
    except (OSError, UnicodeError) as error:
        yield Unread(f"cannot be read ({type(error).__name__})")


def _reason(error: CollectionMessageError, path: Path) -> str:
    """Return what an error says without the path, which stands in a column of its own."""
    return str(error).replace(f"cannot read {path}: ", "").replace(f"{path} ", "").strip()


__all__ = ["FORMATS", "TABLE_NAMES", "UNREADABLE", "Format", "Head", "detect", "read_file"]
