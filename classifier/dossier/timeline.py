"""The thread as a picture: days across, hours down, the night shaded, a mark for each message by shape and colour.

Drawn as inline SVG with every label as outlines (`glyphs`), so that it looks the same on a machine without fonts.
Colours come from the style sheet of the page.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from classifier.dossier.entries import Entry
from classifier.dossier.glyphs import lettering, width
from classifier.guidance.facts import Lang, Text
from classifier.labels import LABEL_EN, LABEL_ZH, Label
from classifier.markup import Html, tag

_SHAPES = {
    Label.LAWFUL_REMINDER: "M-4.5 0a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0 -9 0",
    Label.THIRD_PARTY_HARASSMENT: "M-4.5 -4.5H4.5V4.5H-4.5Z",
    Label.THREAT: "M0 -6L5.7 4.6H-5.7Z",
    Label.DEFAMATION: "M0 -6L6 0L0 6L-6 0Z",
    Label.UNRELATED: "M-3.5 -3.5L3.5 3.5M3.5 -3.5L-3.5 3.5",
}
_UNJUDGED = "M-4 0H4M0 -4V4"
_RING = "M-8 0a8 8 0 1 0 16 0a8 8 0 1 0 -16 0"

_WORDS = {
    "title": Text("信息时间分布", "messages by day and hour"),
    "night": Text("夜间 22:00–8:00", "night, 22:00–8:00"),
    "pending": Text("待人工复核", "awaits a person's look"),
    "unjudged": Text("未判断", "not judged"),
    "hourless": Text("钟点不明", "no hour"),
}
_SIZE = 13.0
_LEFT, _RIGHT, _TOP = 62.0, 14.0, 10.0
_HOURS = (0, 4, 8, 12, 16, 20, 22, 24)
_STEPS = (1, 2, 3, 7, 14, 30, 61, 91, 182, 365, 730)
_NARROW = 500
_APART = 12.0


@dataclass(frozen=True, slots=True)
class _Plot:
    """Where things lie: days from `first` in columns from `left` on, hours from `_TOP` on, in units of the picture."""

    first: date
    days: int
    wide: float
    high: float

    @property
    def column(self) -> float:
        return (self.wide - _LEFT - _RIGHT) / self.days

    def x(self, day: date) -> float:
        return _LEFT + ((day - self.first).days + 0.5) * self.column

    def y(self, hour: float) -> float:
        return _TOP + hour / 24 * self.high


def characters() -> str:
    """Return every character that a timeline can hold."""
    words = [word for text in _WORDS.values() for word in (text.zh, text.en)]
    return "".join(sorted(set("".join([*LABEL_ZH.values(), *LABEL_EN.values(), *words, "0123456789:-"]))))


def draw(entries: Sequence[Entry], lang: Lang, wide: int = 960) -> Html | None:
    """Draw the messages whose day is known; None if there are none.

    Args:
        entries: the thread; copies are left out.
        lang: of the labels.
        wide: width in units of the picture, 320 or more; labels are 13 units high.

    """
    dated = [(entry.day, entry) for entry in entries if entry.day is not None and entry.copy_of is None]
    if not dated:
        return None
    first, last = min(day for day, _ in dated), max(day for day, _ in dated)
    plot = _Plot(first, (last - first).days + 1, wide, 300 if wide > _NARROW else 340)
    hourless = any(entry.message.time is not None and not entry.message.time.clock_known for _, entry in dated)
    bottom = plot.y(24) + (26 if hourless else 0)
    legend, high = _legend([entry for _, entry in dated], lang, wide, bottom + 52)
    return tag(
        "svg",
        tag("title", f"{_WORDS['title'].in_(lang)}: {first.isoformat()} – {last.isoformat()}"),
        *_grid(plot),
        *([_strip(plot, bottom, lang)] if hourless else []),
        *_dates(plot, bottom),
        *_marks(plot, dated, bottom - 12, lang),
        *legend,
        viewBox=f"0 0 {wide} {high:.0f}",
        role="img",
        class_="timeline wide" if wide > _NARROW else "timeline narrow",
    )


def _grid(plot: _Plot) -> Iterator[Html]:
    for start, end in ((0, 8), (22, 24)):
        top, high = plot.y(start), plot.y(end) - plot.y(start)
        wide = plot.wide - _LEFT - _RIGHT
        yield tag("rect", x=f"{_LEFT:.0f}", y=f"{top:.1f}", width=f"{wide:.1f}", height=f"{high:.1f}", class_="night")
    for hour in _HOURS:
        y = plot.y(hour)
        yield tag("path", d=f"M{_LEFT} {y:.1f}H{plot.wide - _RIGHT}", class_="line")
        yield lettering(f"{hour}:00", _LEFT - 8, y + 4.5, _SIZE - 1, "end", "soft")


def _strip(plot: _Plot, bottom: float, lang: Lang) -> Html:
    """Return the strip for messages of a known day and an unknown hour."""
    return Html(
        lettering(_WORDS["hourless"].in_(lang), _LEFT - 8, bottom - 8, _SIZE - 1, "end", "soft")
        + tag("path", d=f"M{_LEFT} {bottom:.1f}H{plot.wide - _RIGHT}", class_="line")
    )


def _dates(plot: _Plot, bottom: float) -> Iterator[Html]:
    room = width("00-00", _SIZE) + 10
    step = next((step for step in _STEPS if step * plot.column >= room), _STEPS[-1])
    year = None
    for number in range(0, plot.days, step):
        day = plot.first + timedelta(days=number)
        x = plot.x(day)
        yield tag("path", d=f"M{x:.1f} {bottom:.1f}v5", class_="line")
        yield lettering(f"{day:%m-%d}", x, bottom + 18, _SIZE - 1, "middle", "soft")
        if day.year != year:
            year = day.year
            yield lettering(str(year), x, bottom + 34, _SIZE - 1, "middle", "ink")


def _marks(plot: _Plot, dated: Iterable[tuple[date, Entry]], strip: float, lang: Lang) -> Iterator[Html]:
    placed: dict[date, list[tuple[float, float]]] = {}
    for day, entry in dated:
        time = entry.message.time
        y = plot.y(time.at.hour + time.at.minute / 60) if time is not None and time.clock_known else strip
        others = placed.setdefault(day, [])
        free = (x for x in _beside(plot.column) if all(abs(x - a) >= _APART or abs(y - b) >= _APART for a, b in others))
        x = next(free, 0.0)
        others.append((x, y))
        yield _mark(entry, plot.x(day) + x, y, lang)


def _beside(column: float) -> Iterator[float]:
    """Yield places in a column for marks that would cover each other: its middle, then right and left of it."""
    yield 0.0
    for number in range(1, int((column / 2 - _APART / 2) // _APART) + 1):
        yield from (number * _APART, -number * _APART)


def _mark(entry: Entry, x: float, y: float, lang: Lang) -> Html:
    label = entry.finding.label if entry.finding else None
    names = LABEL_ZH if lang == "zh" else LABEL_EN
    name = " + ".join(names[one] for one in entry.labels) or _WORDS["unjudged"].in_(lang)
    given = entry.message.time
    when = "" if given is None else f"{given.at:%Y-%m-%d %H:%M}" if given.clock_known else given.day.isoformat()
    return tag(
        "g",
        tag("title", f"{entry.number} · {when} · {name}"),
        tag("path", d=_SHAPES[label] if label else _UNJUDGED, class_=f"shape {label or 'unjudged'}"),
        tag("path", d=_RING, class_="ring") if entry.pending else None,
        transform=f"translate({x:.1f} {y:.1f})",
    )


def _legend(entries: Iterable[Entry], lang: Lang, wide: float, top: float) -> tuple[list[Html], float]:
    """Return what explains the marks in use, in as many lines as it needs, and where the picture ends."""
    shown = list(entries)
    names = LABEL_ZH if lang == "zh" else LABEL_EN
    used = {entry.finding.label for entry in shown if entry.finding}
    items = [(tag("path", d=_SHAPES[label], class_=f"shape {label}"), names[label]) for label in Label if label in used]
    if any(entry.finding is None for entry in shown):
        items.append((tag("path", d=_UNJUDGED, class_="shape unjudged"), _WORDS["unjudged"].in_(lang)))
    if any(entry.pending for entry in shown):
        items.append((tag("path", d=_RING, class_="ring"), _WORDS["pending"].in_(lang)))
    items.append((tag("rect", x=-9, y=-7, width=18, height=14, class_="night"), _WORDS["night"].in_(lang)))
    drawn: list[Html] = []
    x, y = 14.0, top
    for mark, name in items:
        need = 16 + width(name, _SIZE) + 22
        if x + need > wide and x > 14.0:
            x, y = 14.0, y + 24
        drawn.append(tag("g", mark, lettering(name, 16, 4.5, _SIZE), transform=f"translate({x:.1f} {y:.1f})"))
        x += need
    return drawn, y + 16
