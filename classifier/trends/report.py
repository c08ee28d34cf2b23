"""The report: what was measured and how, headline rates, plots, changes, examples, quality, limits, versions."""

from collections.abc import Iterator, Mapping, Sequence

from classifier.markup import Content, Html, inert, joined, tag
from classifier.trends.answers import OUTCOMES
from classifier.trends.change import FEWEST_PERIODS
from classifier.trends.comparing import Tested
from classifier.trends.intervals import Share
from classifier.trends.page import figure, page, paragraph, section, table
from classifier.trends.periods import DEFAULT_ZONE
from classifier.trends.plots import (
    MOST_VALUES,
    group_plot,
    is_plain,
    shares_over_time,
    significant,
    tactic_over_time,
    time_plot,
    top_of,
)
from classifier.trends.prevalence import FEWEST_AUDITED, ErrorRates, Estimate, Refusal
from classifier.trends.publish import HIDDEN, NIGHT, SHOWN_ACTS, Shown
from classifier.trends.study import Study
from classifier.trends.suppress import LEAST
from classifier.trends.svg import small_chart
from classifier.trends.tables import Key
from classifier.trends.words import Lang, interval, number, percent, refused, say, value_name

MOST_TACTICS = 8
_RARE = 0.3


def render(study: Study, first: Lang, facts: Mapping[str, str]) -> str:
    """Return the report as one HTML file; `facts` are versions, hashes and settings, shown as they are."""
    return page(say("title", first), first, {lang: body(study, lang, facts) for lang in ("zh", "en")})


def body(study: Study, lang: Lang, facts: Mapping[str, str]) -> Html:
    """Return the report in one language."""
    parts: list[Content] = [
        _head(study, lang),
        _headline(study, lang),
        _time(study, lang),
        *(_group(study, lang, name) for name in study.tables.values),
        _tactics(study, lang),
        _change(study, lang),
        _compared(study, lang) if study.compared else None,
        _examples(study, lang),
        _method(study, lang),
        _quality(study, lang),
        section("h_limits", lang, *(paragraph(say(f"limit_{i}", lang)) for i in range(1, 6))),
        section(
            "h_versions", lang, table(("", ""), [(say(f"f_{k}", lang), v) for k, v in facts.items() if v], words=(1,))
        ),
    ]
    return joined(parts)


def _head(study: Study, lang: Lang) -> Html:
    tables = study.tables
    span = say(
        "span", lang, first=tables.periods[0], last=tables.periods[-1], messages=number(tables.messages[Key()], lang)
    )
    ground = "audit" if study.corrector.audit else "indicative"
    named = {"audited": study.audited, "fewest": FEWEST_AUDITED} if study.corrector.audit else {}
    banner = say(f"banner_{ground}", lang, **named)
    parts = (tag("h1", say("title", lang)), paragraph(span), paragraph(say("share_only", lang), "soft"))
    return joined((*parts, tag("div", paragraph(banner), class_=f"banner {ground}")))


def _headline(study: Study, lang: Lang) -> Html:
    rows = [study.tables.rows[Key(), outcome] for outcome in OUTCOMES]
    sentences = [paragraph(_sentence(row, lang), "key") for row in rows if row.outcome in SHOWN_ACTS]
    night = study.tables.rows.get((Key(), NIGHT))
    if night is not None and night.share is not None:
        sentences.append(
            paragraph(say("headline_night", lang, messages=number(night.messages, lang), **_bounds(night.share)), "key")
        )
    return section(
        "h_headline", lang, *sentences, _table(rows, lang, [say(row.outcome, lang) for row in rows], "label")
    )


def _bounds(share: Share) -> dict[str, str]:
    return {"share": percent(share.value), "low": percent(share.low), "high": percent(share.high)}


def _sentence(row: Shown, lang: Lang) -> str:
    name = say(row.outcome, lang)
    if row.plain is None:
        return say("headline_hidden", lang, name=name)
    if row.share is None:
        return say("headline_plain", lang, name=name, share=percent(row.plain.value), reason=refused(row.reason, lang))
    every = say("one_in", lang, round(1 / row.share.value)) if 0 < row.share.value < _RARE else ""
    return say("headline", lang, name=name, one_in=every, **_bounds(row.share))


def _table(rows: Sequence[Shown], lang: Lang, names: Sequence[str], first: str) -> Html:
    """Return counts and shares, one row a line; columns that are not known are left out."""
    columns = [
        "messages",
        "said",
        *(name for name in ("blasts", "persons") if any(getattr(r, name) is not None for r in rows)),
    ]
    head = [say(key, lang) for key in (first, *columns, "plain", "share", "grounds")]
    lines = [
        [
            name,
            *(number(getattr(row, column), lang) for column in columns),
            percent(row.plain.value) if row.plain else "–",
            interval(row.share),
            say(row.basis.value, lang) if row.reason is not HIDDEN else say("hidden", lang),
        ]
        for row, name in zip(rows, names, strict=True)
    ]
    return table(head, lines, words=(len(head) - 1,))


def _time(study: Study, lang: Lang) -> Html:
    plots = [
        figure(
            time_plot(study, outcome, lang),
            say(outcome, lang) + (f" · {say('none', lang)}" if outcome != NIGHT and is_plain(study, outcome) else ""),
        )
        for outcome in (*SHOWN_ACTS, NIGHT)
    ]
    return section("h_time", lang, paragraph(say("time_note", lang), "soft"), tag("div", plots, class_="grid"))


def _group(study: Study, lang: Lang, dimension: str) -> Html:
    values = study.tables.values[dimension]
    parts: list[Content] = []
    for outcome in (*SHOWN_ACTS, NIGHT):
        plain = f" · {say('none', lang)}" if is_plain(study, outcome) else ""
        series = {value: shares_over_time(study, dimension, value, outcome) for value in values[:MOST_VALUES]}
        shown = {value: shares for value, shares in series.items() if any(shares)}
        top = top_of(list(shown.values()))
        smalls = [
            figure(
                small_chart(shares, study.tables.periods, f"{say(outcome, lang)}, {value_name(value, lang)}", top),
                value_name(value, lang),
            )
            for value, shares in shown.items()
        ]
        plot = tag("figure", group_plot(study, dimension, outcome, lang))
        parts += (tag("h3", say(outcome, lang), plain), tag("div", plot, class_="grid"))
        parts.append(tag("div", smalls, class_="smalls"))
    rows = [
        study.tables.rows[Key(dimension, value), outcome] for value in values[:MOST_VALUES] for outcome in SHOWN_ACTS
    ]
    names = [f"{value_name(row.key.value, lang)} · {say(row.outcome, lang)}" for row in rows]
    parts.append(_table(rows, lang, names, "label"))
    if len(values) > MOST_VALUES:
        parts.append(paragraph(say("more_values", lang, len(values) - MOST_VALUES), "soft"))
    return section("h_groups", lang, *parts, name=dimension)


def _tactics(study: Study, lang: Lang) -> Html:
    totals = {signal: count for (signal, period), count in study.tactics.items() if not period and count}
    ranked = sorted(totals, key=lambda signal: (-totals[signal], signal))[:MOST_TACTICS]
    series = {signal: list(tactic_over_time(study, signal)) for signal in ranked}
    top = top_of(list(series.values()))
    every = study.tables.messages[Key()]
    smalls = [
        figure(
            small_chart(shares, study.tables.periods, say(signal, lang), top),
            f"{say(signal, lang)} · {number(totals[signal], lang)}"
            + (f" ({percent(totals[signal] / every)})" if every else ""),
        )
        for signal, shares in series.items()
    ]
    return section("h_tactics", lang, paragraph(say("tactics_note", lang), "soft"), tag("div", smalls, class_="smalls"))


def _where(one: Tested, lang: Lang) -> str:
    return f"{one.dimension}:{value_name(one.value, lang)}" if one.dimension else say("all_messages", lang)


def _change(study: Study, lang: Lang) -> Html:
    if not study.tested:
        return section("h_change", lang, paragraph(say("too_few_periods", lang, FEWEST_PERIODS)))
    found = [paragraph(text) for one in study.tested for text in _changes(study, one, lang)]
    return section(
        "h_change",
        lang,
        paragraph(say("change_note", lang, series=len(study.tested)), "soft"),
        *(found or [paragraph(say("no_change", lang))]),
        paragraph(say("change_caution", lang), "soft"),
    )


def _changes(study: Study, one: Tested, lang: Lang) -> Iterator[str]:
    named = {"name": say(one.outcome, lang), "where": _where(one, lang)}
    if one.step is not None and significant(one.step_p):
        named |= {"at": one.periods[one.step.at], "p": f"{one.step_p:.3g}"}
        if one.masked:
            way = say("up" if one.step.after > one.step.before else "down", lang)
            yield say("step_masked", lang, way=way, **named)
        else:
            yield say("step", lang, before=percent(one.step.before), after=percent(one.step.after), **named)
    if one.trend is not None and significant(one.trend_p):
        named |= {"p": f"{one.trend_p:.3g}"}
        if one.masked:
            yield say("trend_masked", lang, way=say("up" if one.trend.tau > 0 else "down", lang), **named)
        else:
            slope, period = f"{100 * one.trend.slope:+.2f}", say(study.order.period, lang)
            yield say("trend", lang, period=period, slope=slope, tau=f"{one.trend.tau:.2f}", **named)


def _compared(study: Study, lang: Lang) -> Html:
    head = [say(key, lang) for key in ("label", "first", "second", "difference", "effect")]
    blocks: list[Content] = []
    for names in dict.fromkeys((one.first, one.second) for one in study.compared):
        rows = []
        for one in (one for one in study.compared if (one.first, one.second) == names):
            if one.shares is None or one.difference is None or one.effect is None:
                rows.append([f"{say(one.outcome, lang)}: {refused(one.reason, lang)}", "–", "–", "–", "–"])
                continue
            gap = one.difference
            difference = f"{100 * gap.value:+.1f} ({100 * gap.low:+.1f} – {100 * gap.high:+.1f})"
            rows.append([say(one.outcome, lang), *map(interval, one.shares), difference, f"{one.effect:+.2f}"])
        title = f"{say('first', lang)}: {names[0]} · {say('second', lang)}: {names[1]}"
        blocks += (paragraph(title), table(head, rows))
    return section("h_compare", lang, *blocks, paragraph(say("effect_note", lang), "soft"))


def _examples(study: Study, lang: Lang) -> Html:
    if not study.examples:
        return section("h_examples", lang, paragraph(say("no_examples", lang)))
    quotes = []
    for one in study.examples:
        source = f"{say(one.outcome, lang)} · {say('copies', lang, f'{one.copies:,}')}"
        quotes.append(tag("blockquote", paragraph(inert(one.text)), paragraph(source, "soft"), lang="zh-CN"))
    return section(
        "h_examples", lang, paragraph(say("examples_note", lang, least=max(study.order.least, LEAST)), "soft"), *quotes
    )


def _method(study: Study, lang: Lang) -> Html:
    named = {"fewest": FEWEST_AUDITED} if study.corrector.audit else {}
    parts = [say("method_unit", lang, period=say(study.order.period, lang), zone=study.zone)]
    parts.append(say("method_no_text" if study.quality.distinct is None else "method_blasts", lang))
    if study.order.person is not None:
        parts.append(say("method_once" if study.order.once else "method_persons", lang))
    parts.append(say("method_audit" if study.corrector.audit else "method_indicative", lang, **named))
    if study.audit_blank:
        parts.append(say("method_blank", lang, study.audit_blank))
    for one in study.unequal:
        where = say("between_values", lang, one.dimension) if one.dimension else say("between_periods", lang)
        parts.append(say("unequal", lang, name=say(one.outcome, lang), where=where, p=f"{one.p:.2g}"))
    parts.append(say("suppressed", lang, least=study.order.least))
    rates = [(say(outcome, lang), _rates(study.corrector.rates[outcome], lang)) for outcome in OUTCOMES]
    return section(
        "h_method", lang, *map(paragraph, parts), table((say("label", lang), say("rates", lang)), rates, words=(1,))
    )


def _rates(rates: ErrorRates | Refusal, lang: Lang) -> str:
    if isinstance(rates, Refusal):
        return refused(rates, lang)
    pairs = ((rates.sensitivity, rates.sensitivity_draws), (rates.specificity, rates.specificity_draws))
    return " / ".join(interval(Estimate(value, draws).share()) for value, draws in pairs)


def _quality(study: Study, lang: Lang) -> Html:
    quality = study.quality
    rows = [(say(account, lang), f"{rows:,}") for account, rows in study.accounts.items()]
    rows.append((say("total", lang), f"{sum(study.accounts.values()):,}"))
    facts = [("q_review", quality.review), ("q_clockless", quality.clockless)]
    if quality.distinct is not None and quality.foreign is not None:
        facts = [("q_repeated", quality.rows - quality.distinct), ("q_foreign", quality.foreign), *facts]
    lines = [(say(key, lang), f"{count:,} ({percent(count / quality.rows)})") for key, count in facts]
    notes = []
    if quality.ocr is not None:
        named = {"mean": percent(quality.ocr), "low": f"{quality.ocr_low:,}", "missing": f"{quality.ocr_missing:,}"}
        notes.append(paragraph(say("q_ocr", lang, **named)))
    if study.dates.zoned or study.zone != DEFAULT_ZONE:
        dates = study.dates
        notes.append(
            paragraph(say("q_zones", lang, zoned=f"{dates.zoned:,}", naive=f"{dates.naive:,}", zone=study.zone))
        )
    return section(
        "h_quality",
        lang,
        tag("h3", say("accounted", lang)),
        table(("", say("rows", lang)), rows),
        table(("", say("rows", lang)), lines),
        *notes,
    )
