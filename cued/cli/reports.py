"""`cued report`: which cues work, how figures go from run to run, block tests held against each other."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from cued.cli import options

if TYPE_CHECKING:
    from collections.abc import Callable

    from cued.review.trends import Trend
    from cued.runtime.planning import Planned

EXAMPLE = """
cued report cues
cued report trend
cued report test --json
"""
_VERBS: Final = {
    "cues": ("which cues work, held against those that chance withheld; counts only until there is enough", "cued report cues"),
    "trend": ("cadence without help, time in band, late drift, efficiency, effort: how they go", "cued report trend"),
    "test": ("the last block test, and what differs from the one before by more than chance", "cued report test"),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What can be asked."""
    verbs = parser.add_subparsers(dest="what", metavar="WHAT", required=True)
    for name, words in _VERBS.items():
        sub = options.add_subverb(verbs, name, *words)
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


_ASKED: Final[dict[str, Callable[[argparse.Namespace], tuple[dict[str, Any], list[str]]]]] = {
    "cues": _cues,
    "trend": _trend,
    "test": _test,
}


def _plan(args: argparse.Namespace) -> Planned:
    from cued.runtime.moments import moment
    from cued.runtime.planning import planned

    return planned(options.journal(args.journal), moment())


def _percent(share: float | None) -> float | None:
    return None if share is None else round(100 * share, 2)


def _said(counts: tuple[int, int] | None) -> dict[str, int] | None:
    return None if counts is None else {"yes": counts[0], "no": counts[1]}
