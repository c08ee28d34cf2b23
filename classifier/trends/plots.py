"""The plots of a study: what each line, dot and band stands for."""

from collections.abc import Iterator, Sequence

from classifier.markup import Html
from classifier.trends.change import LEVEL
from classifier.trends.intervals import Share, wilson
from classifier.trends.prevalence import Refusal
from classifier.trends.study import Study
from classifier.trends.svg import forest, line_chart
from classifier.trends.tables import Key
from classifier.trends.words import Lang, say, value_name

MOST_VALUES = 8
"""Values of a group that get plots of their own; the others stand in cells.csv."""


def shares_over_time(study: Study, dimension: str, value: str, outcome: str) -> list[Share | None]:
    """Return what a line shows: the estimates, or the plain shares where nothing was corrected."""
    rows = study.tables.series(dimension, value, outcome)
    if all(row is None or row.share is None for row in rows):
        return [row.plain if row else None for row in rows]
    return [row.share if row else None for row in rows]


def is_plain(study: Study, outcome: str) -> bool:
    """Whether the shares of an outcome are shown without correction."""
    return isinstance(study.corrector.rates.get(outcome), Refusal)


def top_of(many: Sequence[Sequence[Share | None]]) -> float:
    """Return the highest bound of several series, so that they share a scale."""
    return max((share.high for one in many for share in one if share is not None), default=0.01)


def step_of(study: Study, dimension: str, value: str, outcome: str) -> int | None:
    """Return where a significant step of a series begins, as a position among the periods."""
    for one in study.tested:
        if (one.dimension, one.value, one.outcome) == (dimension, value, outcome) and significant(one.step_p):
            assert one.step is not None
            return list(study.tables.periods).index(one.periods[one.step.at])
    return None


def significant(p: float | None) -> bool:
    """Whether an adjusted p-value is below the level."""
    return p is not None and p < LEVEL


def time_plot(study: Study, outcome: str, lang: Lang) -> Html:
    """Return the time line of an outcome over all messages."""
    shares = shares_over_time(study, "", "", outcome)
    return line_chart(
        shares, study.tables.periods, say(outcome, lang), top_of([shares]), step_of(study, "", "", outcome)
    )


def group_plot(study: Study, dimension: str, outcome: str, lang: Lang) -> Html:
    """Return the rates of one outcome over all periods, one line a value."""
    values = study.tables.values[dimension][:MOST_VALUES]
    rows = [(value, study.tables.rows.get((Key(dimension, value), outcome))) for value in values]
    plain = all(row is None or row.share is None for _, row in rows)
    lines = []
    for value, row in rows:
        share = None if row is None else row.plain if plain else row.share
        lines.append((value_name(value, lang), share, "–" if row is None else say("hidden", lang)))
    return forest(lines, f"{say(outcome, lang)}, {dimension}")


def tactic_over_time(study: Study, signal: str) -> Iterator[Share | None]:
    """Yield the share of messages with a tactic, period by period; None where it is hidden."""
    for period in study.tables.periods:
        count, every = study.tactics.get((signal, period), 0), study.tables.messages.get(Key(period=period))
        yield wilson(count, every) if count is not None and every else None
