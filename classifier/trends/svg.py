"""Plots as SVG, without any library: lines with bands, small lines, and dots with intervals.

Colours come from classes, so that a page can turn dark; a plot saved alone carries its own style. Text within a
plot is set for 360 units of width, which a phone shows at its size.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from classifier.markup import Html, tag
from classifier.trends.intervals import Share

WIDTH = 360
STYLE = (
    "svg.plot{font:12px/1.2 system-ui,'PingFang SC','Microsoft YaHei','Noto Sans CJK SC',sans-serif}"
    ".plot .grid{stroke:#d5d9e0;stroke-width:1}.plot text{fill:#4a5160}.plot .name{fill:#1c2230}"
    ".plot .band{fill:#2f6fbf;fill-opacity:.2}.plot .line{fill:none;stroke:#2f6fbf;stroke-width:2}"
    ".plot .dot{fill:#2f6fbf}.plot .step{stroke:#b4472f;stroke-width:1.5;stroke-dasharray:4 3}"
    ".plot .whisker{stroke:#2f6fbf;stroke-width:2}"
)
"""Style of the plots in the light; class names are used by the page too."""

_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 12, 10, 24
_CHARACTER = 7.2
_MOST_DOTS = 40
_ROW = 26


@dataclass(frozen=True, slots=True)
class Frame:
    """Size of a plot in units, and the value at its top."""

    width: float
    height: float
    top: float


def ticks(top: float, wanted: int = 4) -> list[float]:
    """Return round values from 0 to at least `top`."""
    if top <= 0:
        return [0.0, 0.01]
    step = next(
        size * scale
        for scale in (0.0001, 0.001, 0.01, 0.1, 1.0)
        for size in (1, 2, 2.5, 5)
        if size * scale * wanted >= top
    )
    values = [0.0]
    while values[-1] < top - 1e-12:
        values.append(round(values[-1] + step, 6))
    return values


def line_chart(
    shares: Sequence[Share | None], labels: Sequence[str], title: str, top: float, step: int | None = None
) -> Html:
    """Return shares over time with their intervals; `step` marks the period where a step begins."""
    return _chart(shares, labels, title, Frame(WIDTH, 190, ticks(top)[-1]), step, ticks(top))


def small_chart(shares: Sequence[Share | None], labels: Sequence[str], title: str, top: float) -> Html:
    """Return the same at half the size, for many beside each other."""
    values = ticks(top, 2)
    return _chart(shares, labels, title, Frame(WIDTH / 2, 104, values[-1]), None, values)


def _chart(
    shares: Sequence[Share | None],
    labels: Sequence[str],
    title: str,
    frame: Frame,
    step: int | None,
    values: Sequence[float],
) -> Html:
    inner = frame.width - _LEFT - _RIGHT
    at = [_LEFT + inner * (i + 0.5) / max(1, len(shares)) for i in range(len(shares))]
    parts = [*_grid(frame, values), *_dates(frame, at, labels)]
    if step is not None:
        x = _LEFT + inner * step / len(shares)
        parts.append(_line("step", x, _TOP, x, frame.height - _BOTTOM))
    for run in _runs(shares):
        parts += _run(frame, at, [(i, share) for i in run if (share := shares[i]) is not None])
    return _svg(frame.width, frame.height, title, parts)


def _runs(shares: Sequence[Share | None]) -> Iterator[list[int]]:
    """Yield the stretches without a gap."""
    run: list[int] = []
    for i, share in enumerate(shares):
        if share is None:
            if run:
                yield run
            run = []
        else:
            run.append(i)
    if run:
        yield run


def _y(frame: Frame, value: float) -> float:
    return frame.height - _BOTTOM - (frame.height - _TOP - _BOTTOM) * min(value, frame.top) / frame.top


def _run(frame: Frame, at: Sequence[float], points: Sequence[tuple[int, Share]]) -> Iterator[Html]:
    if len(points) == 1:
        i, share = points[0]
        yield _line("whisker", at[i], _y(frame, share.low), at[i], _y(frame, share.high))
    else:
        edge = [(at[i], _y(frame, s.high)) for i, s in points] + [(at[i], _y(frame, s.low)) for i, s in points[::-1]]
        yield tag("polygon", class_="band", points=_points(edge))
        yield tag("polyline", class_="line", points=_points([(at[i], _y(frame, s.value)) for i, s in points]))
    if len(at) <= _MOST_DOTS or len(points) == 1:
        for i, share in points:
            yield _dot(at[i], _y(frame, share.value), 2.4)


def _points(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)


def _line(kind: str, x1: float, y1: float, x2: float, y2: float) -> Html:
    return tag("line", class_=kind, x1=f"{x1:.1f}", y1=f"{y1:.1f}", x2=f"{x2:.1f}", y2=f"{y2:.1f}")


def _dot(x: float, y: float, radius: float) -> Html:
    return tag("circle", class_="dot", cx=f"{x:.1f}", cy=f"{y:.1f}", r=f"{radius:g}")


def _text(x: float, y: float, text: str, anchor: str, kind: str | None = None) -> Html:
    return tag("text", text, class_=kind, x=f"{x:.1f}", y=f"{y:.1f}", text_anchor=anchor)


def _share(value: float) -> str:
    return f"{100 * value:.3g}%"


def _grid(frame: Frame, values: Sequence[float]) -> Iterator[Html]:
    for value in values:
        y = _y(frame, value)
        yield _line("grid", _LEFT, y, frame.width - _RIGHT, y)
        yield _text(_LEFT - 5, y + 4, _share(value), "end")


def _dates(frame: Frame, at: Sequence[float], labels: Sequence[str]) -> Iterator[Html]:
    """Yield as many labels as fit without touching; the first and the last at least, if both fit."""
    if not labels:
        return
    room = max(map(len, labels)) * _CHARACTER + 12
    every = max(1, -(-len(labels) * room // (frame.width - _LEFT - _RIGHT)))
    y, free = frame.height - 7, 0.0
    for i in range(0, len(labels), int(every)):
        half = len(labels[i]) * _CHARACTER / 2
        x = min(max(at[i], half + 1), frame.width - half - 1)
        if x - half >= free:
            yield _text(x, y, labels[i], "middle")
            free = x + half + 6


def forest(rows: Sequence[tuple[str, Share | None, str]], title: str) -> Html:
    """Return one line a name: a dot with its interval, or the words in its place."""
    values = ticks(max((share.high for _, share, _ in rows if share is not None), default=0.01))
    left, top = 120, values[-1]
    height = _TOP + _ROW * len(rows) + _BOTTOM
    parts: list[Html] = []

    def x(value: float) -> float:
        return left + (WIDTH - left - 16) * min(value, top) / top

    for value in values:
        parts.append(_line("grid", x(value), _TOP, x(value), height - _BOTTOM))
        parts.append(_text(x(value), height - 8, _share(value), "middle"))
    for i, (name, share, words) in enumerate(rows):
        y = _TOP + _ROW * (i + 0.5)
        parts.append(_text(left - 8, y + 4, _cut(name), "end", "name"))
        if share is None:
            parts.append(_text(left + 6, y + 4, words, "start"))
            continue
        parts.append(_line("whisker", x(share.low), y, x(share.high), y))
        parts.append(_dot(x(share.value), y, 4))
    return _svg(WIDTH, height, title, parts)


def _cut(name: str, room: int = 16) -> str:
    """Shorten a name to about `room` Latin letters, of which a Chinese character takes two."""
    used = 0
    for i, char in enumerate(name):
        used += 1 if char.isascii() else 2
        if used > room:
            return name[:i] + "…"
    return name


def _svg(width: float, height: float, title: str, parts: Sequence[Html]) -> Html:
    box = f"0 0 {width:g} {height:g}"
    return tag("svg", tag("title", title), parts, class_="plot", viewBox=box, role="img", aria_label=title)


def standalone(svg: str, scale: int = 2) -> str:
    """Return a plot as a file of its own, with its style, on white."""
    head, rest = svg.split(">", 1)
    width, height = head.split('viewBox="0 0 ')[1].split('"')[0].split()
    size = f' xmlns="http://www.w3.org/2000/svg" width="{scale * float(width):g}" height="{scale * float(height):g}"'
    return f'{head}{size}><style>{STYLE}</style><rect width="100%" height="100%" fill="#fff"/>{rest}\n'
