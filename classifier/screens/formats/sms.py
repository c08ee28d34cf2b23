"""Backups of SMS from Android: the XML of SMS Backup & Restore, the ZIP or NDJSON of SMS Import/Export.

The XML is recognised by its root `smses`, the others by `messages.ndjson` or lines with `address` and `body`.
Everything received is a message as it stands; everything else is the owner's own. The XML streams, and its
emoji, written as two references to half characters that XML forbids, are put together first.
"""

import json
import re
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError, XMLPullParser

from classifier.bulk.encoding import json_objects, open_text
from classifier.errors import InputError
from classifier.screens.boxes import Item, Said, Side, Unread
from classifier.screens.formats.head import Format, Head, lines_of, members_of, whole_surrogates

_RECEIVED = {"1"}
_MILLISECONDS = 10**11
_REFERENCE = re.compile(r"&#(?:(?P<dec>\d{1,8})|[xX](?P<hex>[0-9a-fA-F]{1,6}));")
_PAIR = re.compile(
    r"&#(?:5[5-7]\d{3}|[xX][dD][89abAB][0-9a-fA-F]{2});&#(?:5[5-7]\d{3}|[xX][dD][c-fC-F][0-9a-fA-F]{2});"
)
_CUT = re.compile(r"&[^;]{0,9}$|&#[xX0-9a-fA-F]{1,9};(?:&[^;]{0,9})?$")
_CHUNK = 1 << 18
_LONGEST_LINE = 1 << 20
_MEMBER = "messages.ndjson"
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def _code(found: re.Match[str]) -> int:
    return int(found["dec"]) if found["dec"] else int(found["hex"], 16)


def _paired(found: re.Match[str]) -> str:
    codes = [_code(part) for part in _REFERENCE.finditer(found[0])]
    if 0xD800 <= codes[0] < 0xDC00 <= codes[1] < 0xE000:
        return chr(0x10000 + ((codes[0] - 0xD800) << 10) + codes[1] - 0xDC00)
    return found[0]


def _allowed(found: re.Match[str]) -> str:
    code = _code(found)
    legal = code in (9, 10, 13) or 0x20 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or 0x10000 <= code < 0x110000
    return found[0] if legal else "\ufffd"


def _mended(path: Path) -> Iterator[str]:
    """Yield the XML in pieces, with references that XML allows only."""
    rest = ""
    with open_text(path) as file:
        while chunk := file.read(_CHUNK):
            text = rest + chunk
            cut = _CUT.search(text, max(0, len(text) - 24))
            rest = text[cut.start() :] if cut else ""
            yield _legal(text[: len(text) - len(rest)])
    yield _legal(rest)


def _legal(text: str) -> str:
    return _FORBIDDEN.sub("\ufffd", _REFERENCE.sub(_allowed, _PAIR.sub(_paired, text)))


def _recognise_xml(head: Head) -> bool:
    text = head.text or ""
    return text.lstrip().startswith("<") and re.search(r"<smses[\s>]", text) is not None


def _read_xml(path: Path) -> Iterator[Item]:
    parser: Any = XMLPullParser(["start", "end"])
    root: Any = None
    first = True
    try:
        for piece in _mended(path):
            text = re.sub(r"^\s*<\?xml[^>]*\?>", "", piece) if first else piece  # the text is decoded already
            if "<!DOCTYPE" in text or "<!ENTITY" in text:
                raise InputError("the XML declares entities, which a backup has no need of")
            first = False
            parser.feed(text)
            for event, element in parser.read_events():
                root = element if root is None else root
                if event == "end" and element.tag == "sms":
                    yield from _sms(element.attrib)
                if event == "end" and element.tag in ("sms", "mms"):
                    root.clear()
        parser.close()
    except ParseError as error:
        raise InputError("damaged XML; make the backup anew") from error


def _sms(given: Any) -> Iterator[Said]:
    body = given.get("body") or ""
    if body and body != "null":
        name = given.get("contact_name") or ""
        address = given.get("address") or ""
        sender = address if name in ("", "null", "(Unknown)") else f"{name} {address}".strip()
        yield _said(body, given.get("date"), sender, str(given.get("type")))


def _said(body: str, date: Any, sender: str, kind: str) -> Said:
    side = Side.INCOMING if kind in _RECEIVED else Side.OUTGOING
    return Said(whole_surrogates(body), _moment(date), sender if side is Side.INCOMING else "", side)


def _moment(raw: Any) -> str:
    """Return milliseconds since 1970 as an ISO moment in UTC; the phone's own zone is not in the file."""
    try:
        number = int(raw)
        seconds = number / 1000 if abs(number) > _MILLISECONDS else number
        return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
    except (TypeError, ValueError, OverflowError, OSError):
        return ""


def _recognise_zip(head: Head) -> bool:
    return any(map(_is_member, members_of(head)))


def _is_member(name: str) -> bool:
    return name.rsplit("/", 1)[-1] == _MEMBER


def _read_zip(path: Path) -> Iterator[Item]:
    try:
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                if _is_member(name):
                    with archive.open(name) as file:
                        lines = iter(lambda: file.readline(_LONGEST_LINE), b"")
                        yield from _rows(line.decode("utf-8", "replace") for line in lines)
    except (OSError, zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError) as error:
        raise InputError("damaged or locked ZIP; make the backup anew") from error


def _recognise_ndjson(head: Head) -> bool:
    try:
        row = json.loads(head.first_line)
    except (ValueError, RecursionError):
        return head.path.name == _MEMBER
    return isinstance(row, dict) and {"address", "body", "type"} <= set(row)


def _read_ndjson(path: Path) -> Iterator[Item]:
    yield from _rows(lines_of(path))


def _rows(lines: Iterator[str]) -> Iterator[Item]:
    for number, row in json_objects(lines):
        if row is None:
            yield Unread(f"line {number} is no JSON object", f"line {number}")
        elif isinstance(row.get("body"), str) and row["body"].strip():
            sender = " ".join(str(row[k]) for k in ("__display_name", "address") if row.get(k))
            yield _said(row["body"], row.get("date"), sender, str(row.get("type")))


SMS_XML = Format("SMS backup (XML)", _recognise_xml, _read_xml)
SMS_ZIP = Format("SMS backup (ZIP)", _recognise_zip, _read_zip)
SMS_NDJSON = Format("SMS backup (NDJSON)", _recognise_ndjson, _read_ndjson)
