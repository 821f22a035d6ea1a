"""What `cued report load` says, as people read it: a table of weeks, how each type of run felt, and what nobody records."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from cued.review.load import RunType, Total, TypeFelt
from cued.review.planpage import date_text
from cued.units import NS_PER_MIN

NOT_RECORDED: Final = (
    "Not recorded, so not here: force or impact at any joint, strength work and hops without cued, runs without cued, ground"
    " that nobody named. Hops are clicks of hopping drills; whether they were hopped nobody counts."
)
RATE: Final = "How it felt was never told: `cued log rate last --smooth 7 --control 8 --effort 4` tells it."
_HEADS: Final = ("runs", "min", "plain", "cued", "drills", "beat", "cues", "hops")


def load_lines(weeks: Sequence[tuple[int, Total]], undated: Total, felt: Sequence[TypeFelt]) -> list[str]:
    """The weeks one below the other, the ground under each, and the types of run with what was said of them."""
    if not undated.runs and not any(week.runs for _, week in weeks):
        return ["no run of these weeks is kept", "", NOT_RECORDED]
    lines = [f"{'week of':<12}{''.join(f'{head:>8}' for head in _HEADS)}"]
    for start, week in weeks:
        lines += _week(date_text(start), week)
    if undated.runs:
        lines += _week("no date", undated)
    lines += ["", "min: running time, by what the run was: plain, with cues, drills alone; beat: minutes of it with a beat"]
    lines += ["", *_felt(felt), "", NOT_RECORDED]
    return lines


def _week(name: str, week: Total) -> list[str]:
    if not week.runs:
        return [f"{name:<12}{0:>8}"]
    kinds = dict(week.by_kind)
    parts = (week.run_ns, kinds[RunType.PLAIN], kinds[RunType.CUES], kinds[RunType.DRILLS], week.beat_ns)
    figures = (week.runs, *map(_minutes, parts), week.cues, week.hops)
    lines = [f"{name:<12}{''.join(f'{figure:>8,}' for figure in figures)}"]
    more = []
    if week.grounds:
        more.append(f"ground: {', '.join(f'{ground} {_minutes(ns)} min' for ground, ns in week.grounds)}")
    if week.drills_ns:
        more.append(f"drills in all {_minutes(week.drills_ns)} min")
    if week.effort_load is None:
        more.append("effort not told")
    else:
        of = "" if week.effort_runs == week.runs else f" (told of {week.effort_runs} of {week.runs} runs)"
        more.append(f"effort times minutes {week.effort_load:.0f}{of}")
    return [*lines, f"{'':12}  {'; '.join(more)}"]


def _felt(felt: Sequence[TypeFelt]) -> list[str]:
    if not any(one.smooth or one.control or one.effort for one in felt):
        return [RATE]
    lines = ["How it felt, 0 to 10, mean of the runs that it was told of:"]
    width = max(len(one.name) for one in felt)
    for one in felt:
        words = (("smooth", one.smooth), ("in control", one.control), ("effort", one.effort))
        told = ", ".join(f"{word} {_figure(figure, one.runs)}" for word, figure in words)
        lines.append(f"  {one.name:<{width}}  {told}")
    return lines


def _figure(figure: tuple[float, int] | None, runs: int) -> str:
    return f"not told ({runs})" if figure is None else f"{figure[0]:.1f} ({figure[1]} of {runs})"


def _minutes(ns: int) -> int:
    return int(ns / NS_PER_MIN + 0.5)
