r"""Results of OCR engines as JSON: one result a file, one a line, a list of them, or a mapping from file names.

| shape | recognised by |
|---|---|
| PaddleOCR 3 | an object with `rec_texts`, bare or under `res`; `rec_boxes`, `rec_polys` or `dt_polys` beside it |
| PaddleOCR 2, old RapidOCR | `[box, [text, score]]`, `[box, text, score]`, also a list deeper; a page may be null |
| PaddleOCR labels | objects with `transcription` and `points`; also `NAME<tab>[...]` lines |
| RapidOCR 3 | objects with `txt`, `box`, `score`; or one object of `txts`, `boxes`, `scores` |
| Umi-OCR | objects with `code` and `data`; 101 is a picture without text, `end` says how a line ends |
| others alike | objects with `text` and `box`, `bbox`, `points` or `text_region` |

A Python list as a log prints it (single quotes, tuples, None) is read as well.
"""

import ast
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from classifier.errors import InputError
from classifier.screens.boxes import Item, Line, Screen, Unread, box_of, screen_of_lines, screen_of_text
from classifier.screens.formats.head import Format, Head, base_name, lines_of, parsed, whole_surrogates, whole_text

_TEXTS = ("txt", "transcription", "text", "words")
_BOXES = ("box", "points", "bbox", "text_region", "poly", "position")
_SCORES = ("score", "confidence", "prob")
_WORDS = ('"rec_texts"', '"txt"', '"txts"', '"transcription"', '"text_region"')
_NO_TEXT, _FOUND = 101, 100
_DEEPEST = 6
_LONGEST_PRINTED = 1 << 22


def screens_in(value: Any, name: str = "", depth: int = 0) -> list[Item] | None:
    """Return the screens in a parsed result, None where it has no shape of an OCR engine."""
    if depth > _DEEPEST:
        return None
    if isinstance(value, dict):
        return _in_object(value, name, depth)
    if not isinstance(value, list):
        return None
    if not value:
        return [_screen([], name)]
    lines = [_line(item) for item in value]
    if all(line is not None for line in lines):
        return [_screen([line for line in lines if line is not None], name)]
    found: list[Item] = []
    for number, item in enumerate(value, 1):
        label = name if len(value) == 1 else f"{name}#{number}" if name else str(number)
        inner = [_screen([], label)] if item is None else screens_in(item, label, depth + 1)
        if inner is None:
            return None
        found += inner
    return found


def _in_object(value: dict[str, Any], name: str, depth: int) -> list[Item] | None:
    name = _name_in(value) or name
    if isinstance(value.get("res"), dict):
        return screens_in(value["res"], name, depth + 1)
    for texts, boxes, scores in (
        ("rec_texts", ("rec_boxes", "rec_polys", "dt_polys"), "rec_scores"),
        ("txts", ("boxes",), "scores"),
    ):
        if texts in value:
            return [_in_columns(value.get(texts), [value.get(box) for box in boxes], value.get(scores), name)]
    if "code" in value and "data" in value:
        return [_umi(value, name)]
    for key in ("results", "result", "data", "ocr_result"):
        if isinstance(value.get(key), list) and value[key]:
            return screens_in(value[key], name, depth + 1)
    if value and all(isinstance(item, (list, dict)) or item is None for item in value.values()):
        found: list[Item] = []
        for key, item in value.items():
            inner = [_screen([], str(key))] if item is None else screens_in(item, str(key), depth + 1)
            if inner is None:
                return None
            found += inner
        return found
    return None


def _name_in(value: dict[str, Any]) -> str:
    for key in ("fileName", "input_path", "file_name", "filename", "image", "img_name", "path"):
        name = value.get(key)
        if isinstance(name, str) and name:
            page = value.get("page_index")
            base = base_name(name)
            return f"{base}#{page + 1}" if isinstance(page, int) and not isinstance(page, bool) else base
    return ""


def _screen(lines: Iterable[Line], name: str) -> Screen:
    return screen_of_lines(lines, name)


def _clean(text: str) -> str:
    return whole_surrogates(text).replace("\r", "").replace("\n", " ")


def _score(raw: Any) -> float | None:
    return float(raw) if isinstance(raw, (int, float)) and not isinstance(raw, bool) and 0 <= raw <= 1 else None


def _in_columns(texts: Any, boxes: list[Any], scores: Any, name: str) -> Item:
    if texts is None:
        return _screen([], name)
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        return Unread("damaged: the texts are no list of texts", name)
    places = next((box for box in boxes if isinstance(box, list) and len(box) == len(texts)), [None] * len(texts))
    sure = scores if isinstance(scores, list) and len(scores) == len(texts) else [None] * len(texts)
    return _screen([Line(_clean(t), box_of(b), _score(s)) for t, b, s in zip(texts, places, sure, strict=True)], name)


def _umi(value: dict[str, Any], name: str) -> Item:
    code, data = value["code"], value["data"]
    if code == _NO_TEXT:
        return _screen([], name)
    if code == _FOUND and isinstance(data, str):
        return screen_of_text(whole_surrogates(data), name, ocr=True)
    if code == _FOUND and isinstance(data, list):
        lines = [_line(item) for item in data]
        if all(line is not None for line in lines):
            return _screen([line for line in lines if line is not None], name)
    return Unread("the OCR reports a failure" if code != _FOUND else "damaged: its lines are not as expected", name)


def _line(item: Any) -> Line | None:
    if isinstance(item, dict):
        text = next((item[key] for key in _TEXTS if isinstance(item.get(key), str)), None)
        places = [item[key] for key in _BOXES if key in item]
        if text is None or not (places or "end" in item):
            return None
        score = next((item[key] for key in _SCORES if key in item), None)
        end = item.get("end")
        end = "" if end == "" else " " if isinstance(end, str) and end.isspace() and "\n" not in end else "\n"
        return Line(_clean(text), box_of(places[0]) if places else None, _score(score), end)
    if not isinstance(item, (list, tuple)) or len(item) not in (2, 3) or box_of(item[0]) is None:
        return None
    rest = item[1] if len(item) == 2 and isinstance(item[1], (list, tuple)) else item[1:]
    if not rest or not isinstance(rest[0], str):
        return None
    return Line(_clean(rest[0]), box_of(item[0]), _score(rest[1] if len(rest) > 1 else None))


def _listed(value: Any) -> Any:
    return [_listed(item) for item in value] if isinstance(value, (list, tuple)) else value


def _value(text: str) -> Any:
    """Parse JSON, or a list as Python prints it.

    Raises:
        ValueError: it is neither.

    """
    try:
        return parsed(text)
    except ValueError:
        if not text.lstrip().startswith(("[", "(")) or len(text) > _LONGEST_PRINTED:
            raise
    try:
        return _listed(ast.literal_eval(text.strip()))
    except (SyntaxError, MemoryError, RecursionError, TypeError) as error:
        raise ValueError("no list") from error


def _labelled(line: str) -> tuple[str, Any] | None:
    """Split `NAME<tab>[...]`, a line of PaddleOCR's label files."""
    name, tab, rest = line.partition("\t")
    if not tab or not rest.lstrip().startswith(("[", "{")):
        return None
    try:
        return base_name(name), _value(rest)
    except ValueError:
        return None


def _recognise(head: Head) -> bool:
    text = (head.text or "").lstrip()
    first = text.split("\n", 1)[0]
    labelled = _labelled(first)
    if labelled is not None:
        return screens_in(labelled[1]) is not None
    if not text.startswith(("{", "[", "(")):
        return False
    if any(word in text for word in _WORDS) or (text.startswith("{") and '"code"' in text and '"data"' in text):
        return True
    for candidate in (first, text if len(text) == head.size or head.size < 4 * len(text) + 4 else None):
        if candidate:
            try:
                value = _value(candidate)
            except ValueError:
                continue
            return screens_in(value) is not None and (value != [] or head.suffix == ".json")
    return text.startswith("[") and head.suffix in (".json", ".jsonl", ".ndjson") and not text[1:2].isalpha()


def _read(path: Path) -> Iterator[Item]:
    if _is_by_line(path):
        yield from _read_lines(path)
        return
    text = whole_text(path)
    try:
        found = screens_in(_value(text))
    except ValueError:
        yield from _read_lines(path)
        return
    if found is None:
        raise InputError("JSON of a kind that is not known")
    yield from found


def _is_by_line(path: Path) -> bool:
    """Whether the first line is a result of its own and others follow; such a file may be of any size."""
    first, second = (*islice(lines_of(path), 2), "", "")[:2]
    if not second.strip():
        return False
    try:
        return screens_in(_value(first)) is not None
    except ValueError:
        return False


def _read_lines(path: Path) -> Iterator[Item]:
    """Read one result a line; a damaged line is one failure, the others are read."""
    whole = False
    damaged: list[int] = []
    for number, line in enumerate(lines_of(path), 1):
        if not line.strip():
            continue
        labelled = _labelled(line)
        try:
            name, value = labelled or (f"line {number}", _value(line))
            found = screens_in(value, name)
        except ValueError:
            found = None
        if found is not None:
            yield from (Unread(f"line {n} is no result of an OCR", f"line {n}") for n in damaged)
            damaged.clear()
            whole = True
            yield from found
        elif whole:
            yield Unread(f"line {number} is no result of an OCR", f"line {number}")
        else:
            damaged.append(number)
    if not whole:
        raise InputError("damaged JSON; make it anew")


def _with(*words: str) -> Callable[[Head], bool]:
    return lambda head: all(word in (head.text or "") for word in words) and _recognise(head)


OCR_JSON = (
    Format("PaddleOCR 3 JSON", _with('"rec_texts"'), _read),
    Format("PaddleOCR labels", _with('"transcription"'), _read),
    Format("RapidOCR JSON", _with('"txt'), _read),
    Format("Umi-OCR JSON", _with('"code"', '"data"'), _read),
    Format(
        "PaddleOCR 2 or RapidOCR list", lambda head: (head.text or "").lstrip()[:1] in "[(" and _recognise(head), _read
    ),
    Format("OCR JSON", _recognise, _read),
)
