"""`cued report`: which cues work, how figures go from run to run, block tests held against each other, load by type."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from cued.cli import options
from cued.units import NS_PER_MIN

if TYPE_CHECKING:
    from collections.abc import Callable

    from cued.review.load import Total
    from cued.review.trends import Trend
    from cued.runtime.planning import Planned

EXAMPLE = """
cued report cues
cued report trend
cued report test --json
cued report load --weeks 8
"""
_VERBS: Final = {
    "cues": ("which cues work, held against those that chance withheld; counts only until there is enough", "cued report cues"),
    "trend": ("cadence without help, time in band, late drift, efficiency, effort: how they go", "cued report trend"),
    "test": ("the last block test, and what differs from the one before by more than chance", "cued report test"),
    "load": (
        "minutes of each week by type of load, and how smooth each type felt",
        "cued report load --weeks 8",
    ),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What can be asked."""
    verbs = parser.add_subparsers(dest="what", metavar="WHAT", required=True)
    for name, words in _VERBS.items():
        sub = options.add_subverb(verbs, name, *words)
        if name == "load":
            sub.add_argument("--weeks", metavar="N", type=options.counting, default=4, help="so many weeks; default 4")
        sub.add_argument("--json", action="store_true", help="print it as JSON")
        options.add_journal(sub)


def run(args: argparse.Namespace) -> int:
    """Answer; 0."""
    told, lines = _ASKED[args.what](args)
    print(json.dumps(told, ensure_ascii=False, indent=2) if args.json else "\n".join(lines))
    return 0


def _cues(args: argparse.Namespace) -> tuple[dict[str, Any], list[str]]:
    from cued.review.cue_effects import LEAST_HEARD, LEAST_WITHHELD, cue_effects
    from cued.review.reports_in_words import cue_lines, unmeasured_counts
    from cued.runtime.reports import answers

    found = answers(options.journal(args.journal))
    effects = cue_effects([one for run in found.runs for one in run.responses])
    left = [one for run in found.runs for one in run.left]
    unmeasured = [one for run in found.runs for one in run.unmeasured]
    helped = dict(found.helped)
    if found.unread:
        print(f"{found.unread} runs cannot be read", file=sys.stderr)
    told = {
        "least_heard": LEAST_HEARD,
        "least_withheld": LEAST_WITHHELD,
        "cues": [
            {
                "pack": one.pack,
                "trigger": one.trigger,
                "cue": one.cue,
                "text": one.text,
                "verdict": one.verdict.value,
                "heard": one.heard,
                "withheld": one.withheld,
                "runs": one.sessions,
                "effect_percent": _percent(one.effect),
                "low_percent": _percent(one.low),
                "high_percent": _percent(one.high),
                "shrunk_percent": _percent(one.shrunk),
                "best": None if one.best is None else round(one.best, 3),
                "helped": _said(helped.get((one.pack, one.cue))),
            }
            for one in effects
        ],
        "no_measurable_outcome": [
            {"pack": pack, "cue": cue, "text": text, "heard": count, "helped": _said(helped.get((pack, cue)))}
            for (pack, cue), (text, count) in unmeasured_counts(unmeasured).items()
        ],
        "left_out": [
            {"pack": pack, "trigger": trigger, "cue": cue, "heard": heard, "reason": reason, "count": count}
            for (pack, trigger, cue, heard, reason), count in sorted(
                Counter((one.pack, one.trigger, one.cue, one.heard, one.reason) for one in left).items()
            )
        ],
        "unread_runs": found.unread,
    }
    return told, cue_lines(effects, unmeasured, left, helped)


def _trend(args: argparse.Namespace) -> tuple[dict[str, Any], list[str]]:
    from cued.coaching.noticing import proposal_of
    from cued.review.reports_in_words import trend_lines
    from cued.review.trends import flat_of, trends_of

    plan = _plan(args)
    trends, flat, proposal = trends_of(plan.state), flat_of(plan.state), proposal_of(plan.state, plan.day)
    told = {
        "trends": [_trend_json(one) for one in trends],
        "plateau": flat or None,
        "decline": plan.state.alarm or None,
        "proposal": proposal or None,
    }
    return told, trend_lines(trends, flat, proposal)


def _trend_json(one: Trend) -> dict[str, Any]:
    from cued.runtime.planning import date_of

    month = None if one.month is None else {"slope": one.month.slope, "low": one.month.low, "high": one.month.high}
    alarm = None if one.alarm is None else {"on": one.alarm.on, "cusum": round(one.alarm.total, 2), "limit": one.alarm.limit}
    return {
        "figure": one.figure.name,
        "what": one.figure.title,
        "unit": "share" if one.figure.unit == "%" else one.figure.unit,
        "direction": one.direction.value,
        "four_weeks": month,
        "four_weeks_unit": "share" if one.figure.relative or one.figure.unit == "%" else one.figure.unit,
        "p": None if one.p is None else round(one.p, 4),
        "alarm": alarm,
        "runs": [
            {
                "session": point.session,
                "date": None if point.day is None else date_of(point.day).isoformat(),
                "value": round(point.value, 5),
            }
            for point in one.points
        ],
    }


def _test(args: argparse.Namespace) -> tuple[dict[str, Any], list[str]]:
    from cued.review.blocktest import compared
    from cued.review.reports_in_words import test_lines
    from cued.runtime.planning import date_of, day_of
    from cued.runtime.reports import tests_of

    tests = tests_of(options.journal(args.journal), _plan(args).state.model, day_of)
    changes = compared(tests)
    told = {
        "tests": [
            {
                "session": test.session,
                "date": None if test.day is None else date_of(test.day).isoformat(),
                "figures": {name: round(value, 5) for name, value in test.values().items()},
            }
            for test in tests
        ],
        "compared": [
            {
                "figure": one.name,
                "before": round(one.before, 5),
                "now": round(one.now, 5),
                "least_difference": None if one.least is None else [round(edge, 5) for edge in one.least],
                "own_spread": one.own,
                "verdict": one.change.value,
            }
            for one in changes
        ],
    }
    return told, test_lines(tests, changes)


def _load(args: argparse.Namespace) -> tuple[dict[str, Any], list[str]]:
    from cued.review.load import felt_by_type, monday, total, weeks_of
    from cued.review.load_in_words import load_lines
    from cued.runtime.moments import moment
    from cued.runtime.planning import date_of, day_of
    from cued.runtime.reports import loads_of

    today = day_of(moment().utc_ns)
    found = loads_of(options.journal(args.journal), day_of, monday(today) - 7 * (args.weeks - 1))
    weeks = weeks_of(found.runs, today, args.weeks)
    undated = total(run for run in found.runs if run.day is None)
    felt = felt_by_type(found.runs)
    if found.unread:
        print(f"{found.unread} runs cannot be read", file=sys.stderr)
    told = {
        "weeks": [{"from": date_of(start).isoformat()} | _total_json(week) for start, week in weeks],
        "without_date": _total_json(undated),
        "felt": [
            {"type": one.name, "runs": one.runs}
            | {name: _mean_json(getattr(one, name)) for name in ("smooth", "control", "effort")}
            for one in felt
        ],
        "unread_runs": found.unread,
    }
    return told, load_lines(weeks, undated, felt)


def _total_json(one: Total) -> dict[str, Any]:
    return {
        "runs": one.runs,
        "running_min": _minutes(one.run_ns),
        "by_type_min": {kind.name.lower(): _minutes(ns) for kind, ns in one.by_kind},
        "beat_min": _minutes(one.beat_ns),
        "drills_min": _minutes(one.drills_ns),
        "cues": one.cues,
        "hops": one.hops,
        "ground_min": {ground: _minutes(ns) for ground, ns in one.grounds},
        "effort_times_minutes": None if one.effort_load is None else round(one.effort_load, 1),
        "effort_told_of": one.effort_runs,
    }


def _minutes(ns: int) -> float:
    return round(ns / NS_PER_MIN, 1)


def _mean_json(figure: tuple[float, int] | None) -> dict[str, float] | None:
    return None if figure is None else {"mean": round(figure[0], 2), "runs": figure[1]}


_ASKED: Final[dict[str, Callable[[argparse.Namespace], tuple[dict[str, Any], list[str]]]]] = {
    "cues": _cues,
    "trend": _trend,
    "test": _test,
    "load": _load,
}


def _plan(args: argparse.Namespace) -> Planned:
    from cued.runtime.moments import moment
    from cued.runtime.planning import planned

    return planned(options.journal(args.journal), moment())


def _percent(share: float | None) -> float | None:
    return None if share is None else round(100 * share, 2)


def _said(counts: tuple[int, int] | None) -> dict[str, int] | None:
    return None if counts is None else {"yes": counts[0], "no": counts[1]}
