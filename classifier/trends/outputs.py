"""What a study leaves in its folder: report.html, tables as CSV, plots as SVG, manifest.json."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from importlib.metadata import version as version_of
from pathlib import Path

from classifier import __version__
from classifier.bulk.sinks import write_rows, write_text
from classifier.bulk.sources import Row
from classifier.errors import OutputError
from classifier.trends.estimates import Basis
from classifier.trends.intervals import Share
from classifier.trends.plots import group_plot, time_plot
from classifier.trends.publish import NIGHT, SHOWN_ACTS, Shown
from classifier.trends.report import render
from classifier.trends.study import Study
from classifier.trends.svg import standalone
from classifier.trends.words import Lang, refused

_HIDDEN = "hidden"
_LIBRARIES = ("duckdb", "numpy", "rensa", "scipy")


def prepare(folder: Path) -> None:
    """Make the folder, or see that nothing but an earlier report lies in it.

    Raises:
        OutputError: it cannot be made, or holds something else.

    """
    try:
        folder.mkdir(exist_ok=True)
        others = [item for item in folder.iterdir() if not item.name.startswith(".working-")]
    except OSError as error:
        raise OutputError(f"cannot make the folder {folder}: {error.strerror}; choose another place") from error
    if others and not (folder / "manifest.json").is_file():
        raise OutputError(f"the folder {folder} holds other files; choose an empty or a new one")


def write_study(study: Study, folder: Path, lang: Lang, made: datetime) -> None:
    """Write everything; the report last, so that it stands for a whole set.

    Raises:
        OutputError: the folder cannot be written.

    """
    facts = facts_of(study, made)
    for name, (columns, rows) in _tables(study).items():
        write_rows(folder / name, "csv", columns, rows)
    _write_plots(study, folder / "plots", lang)
    write_text(folder / "manifest.json", json.dumps(facts, ensure_ascii=False, indent=1) + "\n")
    write_text(folder / "report.html", render(study, lang, facts))


def facts_of(study: Study, made: datetime) -> dict[str, str]:
    """Return what somebody needs to do the same again: versions, hashes, settings."""
    order = study.order
    return {
        "made": made.isoformat(timespec="seconds"),
        "program": __version__,
        **study.versions,
        "time": order.time,
        "groups": ", ".join(order.groups),
        "period": order.period,
        "zone": study.zone,
        "time_format": order.time_format or "",
        "person": order.person or "",
        "once_per_person": "yes" if order.once else "",
        "least": str(order.least),
        "compared": "; ".join(f"{a} / {b}" for a, b in order.compare),
        "audited": str(study.audited) if study.corrector.audit else "",
        "libraries": ", ".join(f"{name} {version_of(name)}" for name in _LIBRARIES),
    }


def _tables(study: Study) -> Mapping[str, tuple[list[str], Iterator[Row]]]:
    cells = ["dimension", "value", "period", "outcome", "messages", "said", "blasts", "persons"]
    cells += ["all_blasts", "all_persons"]
    cells += ["plain", "plain_low", "plain_high", "share", "low", "high", "grounds", "audited"]
    tests = [
        "dimension",
        "value",
        "outcome",
        "direction",
        "tau",
        "trend_p",
        "slope",
        "step_at",
        "before",
        "after",
        "step_p",
    ]
    compared = [
        "first",
        "second",
        "outcome",
        "first_share",
        "second_share",
        "difference",
        "low",
        "high",
        "effect",
        "note",
    ]
    return {
        "cells.csv": (cells, (_cell(study, row) for _, row in sorted(study.tables.rows.items()))),
        "tactics.csv": (["signal", "period", "messages"], _tactics(study)),
        "tests.csv": (tests, _tests(study)),
        "comparisons.csv": (compared, _comparisons(study)),
        "rows.csv": (["account", "rows"], ({"account": a, "rows": n} for a, n in study.accounts.items())),
    }


def _shown(count: int | None, row: Shown) -> int | str | None:
    return _HIDDEN if count is None and row.is_hidden else count


def _cell(study: Study, row: Shown) -> Row:
    return {
        "dimension": row.key.dimension,
        "value": row.key.value,
        "period": row.key.period,
        "outcome": row.outcome,
        "messages": _shown(row.messages, row),
        "said": _shown(row.said, row),
        "blasts": _shown(row.blasts, row),
        "persons": _shown(row.persons, row),
        "all_blasts": study.tables.blasts[row.key],
        "all_persons": study.tables.persons[row.key],
        **_share("plain", "plain_", row.plain),
        **_share("share", "", row.share),
        "grounds": _grounds(row),
        "audited": row.audited or None,
    }


def _grounds(row: Shown) -> str:
    """Return the grounds of a rate for a table of plain English words."""
    if row.outcome == NIGHT or row.basis is not Basis.NONE:
        return row.basis.value if row.outcome != NIGHT else "plain"
    return refused(row.reason, "en")


def _share(name: str, prefix: str, share: Share | None) -> Row:
    if share is None:
        return {}
    return {name: round(share.value, 5), f"{prefix}low": round(share.low, 5), f"{prefix}high": round(share.high, 5)}


def _tactics(study: Study) -> Iterator[Row]:
    for (signal, period), count in sorted(study.tactics.items()):
        yield {"signal": signal, "period": period, "messages": _HIDDEN if count is None else count}


def _tests(study: Study) -> Iterator[Row]:
    for one in study.tested:
        row: Row = {"dimension": one.dimension, "value": one.value, "outcome": one.outcome}
        if one.trend is not None:
            row |= {"direction": "up" if one.trend.tau > 0 else "down", "trend_p": one.trend_p}
            row |= {} if one.masked else {"tau": round(one.trend.tau, 4), "slope": round(one.trend.slope, 6)}
        if one.step is not None:
            row |= {"step_at": one.periods[one.step.at], "step_p": one.step_p}
            row |= {} if one.masked else {"before": round(one.step.before, 5), "after": round(one.step.after, 5)}
        yield row


def _comparisons(study: Study) -> Iterator[Row]:
    for one in study.compared:
        row: Row = {"first": one.first, "second": one.second, "outcome": one.outcome, "note": refused(one.reason, "en")}
        if one.shares is not None and one.difference is not None and one.effect is not None:
            first, second = one.shares
            row |= {"first_share": round(first.value, 5), "second_share": round(second.value, 5)}
            row |= _share("difference", "", one.difference) | {"effect": round(one.effect, 3)}
        yield row


def _write_plots(study: Study, folder: Path, lang: Lang) -> None:
    """Write plots; groups are numbered, for their names may be no file names."""
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise OutputError(f"cannot make the folder {folder}: {error.strerror}; choose another place") from error
    for outcome in (*SHOWN_ACTS, NIGHT):
        write_text(folder / f"{outcome}.svg", standalone(time_plot(study, outcome, lang)))
    for i, dimension in enumerate(study.tables.values, 1):
        for outcome in SHOWN_ACTS:
            write_text(folder / f"group{i}-{outcome}.svg", standalone(group_plot(study, dimension, outcome, lang)))
