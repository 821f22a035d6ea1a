"""What `cued report` says, as people read it: counts before there is enough, intervals after, and what cannot be concluded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from cued.review.blocktest import BlockTest, Change, Compared
from cued.review.cue_effects import LEAST_HEARD, LEAST_WITHHELD, CueEffect, Verdict
from cued.review.outcome import LONG_NS
from cued.review.responses import Left, Unmeasured
from cued.review.trends import CADENCE, LEAST_MINUTES, LEAST_RUNS, Figure, Trend, alarm_text
from cued.units import NS_PER_MIN

Helped = Mapping[tuple[str, str], tuple[int, int]]

_UNITS: Final = {
    "speed": ("m/s", 1.0, 2),
    "cadence": ("spm", 1.0, 1),
    "residual": ("% over your own", 100.0, 1),
    "step_length": ("m", 1.0, 3),
    "heart_rate": ("bpm", 1.0, 0),
    "efficiency": ("m a heartbeat", 1.0, 3),
    "variation": ("% of cadence", 100.0, 1),
    "balance_left": ("s", 1.0, 0),
    "balance_right": ("s", 1.0, 0),
    "calf_left": ("raises", 1.0, 0),
    "calf_right": ("raises", 1.0, 0),
}
"""Unit, factor and decimals of a block test's figures."""


# --- cues ----------------------------------------------------------------------------------------------------------


def cue_lines(
    effects: Sequence[CueEffect], unmeasured: Sequence[Unmeasured], left: Sequence[Left], helped: Helped
) -> list[str]:
    """Every cue with what is known of it."""
    if not effects and not unmeasured and not left:
        return ["no cue was heard in a real run yet; simulated runs and tries at the desk do not count"]
    lines: list[str] = []
    for verdict in (Verdict.HELPS, Verdict.NONE, Verdict.LITTLE):
        these = [one for one in effects if one.verdict is verdict]
        if these:
            lines += [f"{verdict.value}:", *(f"  {_cue(one, helped)}" for one in these)]
    silent = unmeasured_counts(unmeasured)
    if silent:
        lines.append(f"{Verdict.UNMEASURED.value}: cadence is not what they are for, or chance never withheld them:")
        for (pack, cue), (text, count) in silent.items():
            lines.append(f"  “{text}” ({pack}): heard {count}{_helped(helped, pack, cue)}")
    reasons = Counter(one.reason for one in left)
    if reasons:
        told = ", ".join(f"{reason} {count}" for reason, count in sorted(reasons.items(), key=lambda one: (-one[1], one[0])))
        lines.append(f"left out: {told}")
    if any(one.effect is None for one in effects):
        lines.append(
            f"an effect is told from {LEAST_HEARD} times heard and {LEAST_WITHHELD} withheld on; before there are only counts"
        )
    return lines


def unmeasured_counts(unmeasured: Sequence[Unmeasured]) -> dict[tuple[str, str], tuple[str, int]]:
    """(text, times heard) by pack and cue, the most heard first."""
    counts = Counter((one.pack, one.cue) for one in unmeasured)
    texts = {(one.pack, one.cue): one.text for one in unmeasured}
    return {key: (texts[key], count) for key, count in sorted(counts.items(), key=lambda one: (-one[1], one[0]))}


def _cue(one: CueEffect, helped: Helped) -> str:
    counts = f"heard {one.heard}, withheld {one.withheld}"
    name = f"“{one.text}” ({one.pack}, {one.trigger})"
    if one.effect is None or one.low is None or one.high is None:
        return f"{name}: {counts}{_helped(helped, one.pack, one.cue)}"
    best = "" if one.best is None else f", the best of its kind in {one.best:.0%} of draws"
    interval = f"{100 * one.effect:+.1f} % of cadence (90 %: {100 * one.low:+.1f} to {100 * one.high:+.1f})"
    return f"{name}: {interval}; {counts}, {one.sessions} runs{best}{_helped(helped, one.pack, one.cue)}"


def _helped(helped: Helped, pack: str, cue: str) -> str:
    yes, no = helped.get((pack, cue), (0, 0))
    return f"; you said it helped {yes} of {yes + no} times" if yes + no else ""


# --- trends --------------------------------------------------------------------------------------------------------


def trend_lines(trends: Sequence[Trend], flat: str, proposal: str) -> list[str]:
    """Every figure that any run has."""
    known = [trend for trend in trends if trend.points]
    if not known:
        late, near = LONG_NS // NS_PER_MIN, LEAST_MINUTES
        needs = f"late loss needs a run of {late} minutes, what is compared at your easy speed {near} minutes near it"
        return [
            f"no real run shows a figure yet: {needs}; a trend is told from {LEAST_RUNS} runs on; simulated ones do not count"
        ]
    lines = [line for trend in known for line in _trend(trend)]
    if flat:
        lines.append(flat)
    if proposal:
        lines.append(f"proposed: {proposal}")
    return lines


def _trend(trend: Trend) -> list[str]:
    figure, count = trend.figure, len(trend.points)
    last = f"last {value_text(figure, trend.points[-1].value)}"
    if trend.month is None:
        return [f"{figure.title}: {last}; {trend.direction.value}, {count} of {LEAST_RUNS} runs", *_alarm(trend)]
    month = trend.month
    change = (
        f"{_change(figure, month.slope)} in four weeks (90 %: {_change(figure, month.low)} to {_change(figure, month.high)})"
    )
    return [f"{figure.title}: {trend.direction.value}, {change}; {last}, {count} runs", *_alarm(trend)]


def _alarm(trend: Trend) -> list[str]:
    if trend.alarm is None or not trend.alarm.on:
        return []
    return [f"  alarm: {alarm_text(trend.figure, trend.points, trend.alarm)}"]


def value_text(figure: Figure, value: float) -> str:
    """`+4.1 %`, `73 %`, `248 ms`."""
    if figure.unit == "%":
        return f"{100 * value:+.1f} %" if figure is CADENCE else f"{100 * value:.1f} %"
    return f"{value:.2f} {figure.unit}" if figure.unit == "m" else f"{value:.0f} {figure.unit}"


def _change(figure: Figure, change: float) -> str:
    if figure.relative or figure.unit == "%":
        return f"{100 * change:+.1f} %"
    return f"{change:+.1f}"


# --- the block test ------------------------------------------------------------------------------------------------


def test_lines(tests: Sequence[BlockTest], changes: Sequence[Compared]) -> list[str]:
    """The last test, and what has changed since the one before."""
    if not tests:
        return ["no block test was run yet (`cued run --pack block-test`)"]
    last = tests[-1]
    lines = [f"block test of session {last.session}, {len(tests)} in all"]
    held = {one.name: one for one in changes}
    for name, value in last.values().items():
        unit, factor, digits = _UNITS[name.rpartition(".")[2]]
        told = f"  {name.replace('.', ' ').replace('_', ' '):<22} {factor * value:.{digits}f} {unit}"
        lines.append(told + (_since(held[name], factor, digits) if name in held else ""))
    if not changes:
        return [*lines, "one test says where you are; two say what has changed"]
    if not any(one.own for one in changes):
        lines.append("do a test again within a week, twice: only then your own spread is known")
    if not any(one.change is Change.MORE for one in changes):
        lines.append("nothing differs by more than chance may do: a single comparison rarely concludes anything")
    return lines


def _since(one: Compared, factor: float, digits: int) -> str:
    gap = f"{round(factor * (one.now - one.before), digits) + 0.0:+.{digits}f}"  # never -0
    if one.least is None:
        return f"  {gap}: {one.change.value}"
    low, high = (factor * edge for edge in one.least)
    asked = f"{high:.{digits}f}" if one.own or low == high else f"{low:.{digits}f} to {high:.{digits}f}"
    return f"  {gap} (chance: up to {asked}): {one.change.value}"
