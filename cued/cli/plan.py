"""`cued plan`: where am I, what is today, and why; and what the runner says about it."""

from __future__ import annotations

import argparse
import json
import re
import sys
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from cued.cli import options
from cued.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cued.coaching.happening import Decision, Reason, Word
    from cued.coaching.today import Today
    from cued.runtime.planning import Planned

EXAMPLE = """
cued plan show
cued plan today
cued plan why
cued plan injured calf
cued plan race 2026-10-11
"""
PLACES: Final = ("calf", "achilles", "shin", "foot", "knee", "hip")
WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_LOOKING: Final = {
    "show": ("where the plan is: a calendar of the weeks around today", "cued plan show"),
    "today": ("what today's run is, and why", "cued plan today --json"),
    "next": ("the next run, and the next with cues", "cued plan next"),
    "why": ("what was decided last, with its numbers", "cued plan why"),
}
_SAYING: Final = {
    "advance": ("on to the next phase, gates or not; never on pain", "cued plan advance"),
    "hold": ("stay in this phase until you say otherwise", "cued plan hold"),
    "back": ("one phase back", "cued plan back"),
    "injured": ("no cues and nothing that loads it, until you are well", "cued plan injured calf"),
    "ill": ("no runs, until you are well", "cued plan ill"),
    "away": ("no runs as planned, until you are well", "cued plan away"),
    "well": ("no longer injured, ill or away", "cued plan well"),
    "race": ("nothing new in the week before it", "cued plan race 2026-10-11"),
    "plain": ("a run without cues", "cued plan plain today"),
    "shoes": ("new shoes from today: this week's one change", "cued plan shoes"),
    "season": ("a new season begins", "cued plan season"),
    "target": ("keep your own cadence in every phase, or let it be raised again", "cued plan target keep"),
    "video": ("what a video of you showed: form as it should be, or slipped", "cued plan video ok"),
    "days": ("the weekdays on which you run", "cued plan days mon wed fri sun"),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What can be asked, and what can be said."""
    verbs = parser.add_subparsers(dest="what", metavar="WHAT", required=True)
    subs = {name: options.add_subverb(verbs, name, *words) for name, words in (_LOOKING | _SAYING).items()}
    subs["show"].add_argument("--html", metavar="FILE", type=options.page, default="", help="write it as a page: .html")
    subs["show"].add_argument("--weeks", metavar="N", type=options.counting, default=4, help="so many weeks ahead; default 4")
    subs["why"].add_argument("--limit", metavar="N", type=options.counting, default=8, help="so many decisions; default 8")
    subs["hold"].add_argument("--off", action="store_true", help="hold no longer")
    subs["injured"].add_argument("place", metavar="PLACE", nargs="?", choices=PLACES, help=f"{', '.join(PLACES)}; or nothing")
    subs["race"].add_argument("date", metavar="DATE", help="such as 2026-10-11; `off`: there is none")
    subs["plain"].add_argument("when", choices=("today",), metavar="today", help="the day it is for")
    subs["target"].add_argument(
        "how", choices=("keep", "raise"), metavar="keep|raise", help="0 %% in every phase, or as phases go"
    )
    subs["video"].add_argument("how", choices=("ok", "slipped"), metavar="ok|slipped", help="what it showed")
    subs["days"].add_argument("weekdays", nargs="+", choices=(*WEEKDAYS, "any"), metavar="DAY", help="mon, tue, …; `any`")
    for sub in subs.values():
        sub.add_argument("--json", action="store_true", help="print it as JSON")
        options.add_journal(sub)


def run(args: argparse.Namespace) -> int:
    """Ask or say; 0, or 1 for a word that the plan refused. Raises UsageError for a race that is past."""
    from cued.runtime.moments import moment
    from cued.runtime.planning import planned

    path = options.journal(args.journal)
    if args.what in _SAYING:
        return _say(args, path)
    return _SHOWS[args.what](args, planned(path, moment()))


# --- looking -------------------------------------------------------------------------------------------------------


def _show(args: argparse.Namespace, plan: Planned) -> int:
    from cued.review.planpage import calendar_lines, plan_html, weeks_of
    from cued.runtime.files import write_finished

    day, sure = plan.believed, plan.day is not None
    if args.html:
        write_finished(args.html, plan_html(plan.state, day, plan.decided[-30:], ahead=args.weeks, sure=sure))
    if args.json:
        weeks = [
            {
                "week": row.number,
                "note": row.note,
                "days": [
                    {"date": _iso(cell.day), "mark": cell.mark, "minutes": cell.minutes, "told": cell.told}
                    for cell in row.cells
                ],
            }
            for row in weeks_of(plan.state, day, 2, args.weeks)
        ]
        print(json.dumps(_as_json(plan) | {"weeks": weeks}, ensure_ascii=False, indent=2))
    else:
        print("\n".join(calendar_lines(plan.state, day, ahead=args.weeks, sure=sure)))
        _propose(plan)
        if args.html not in ("", "-"):
            print(f"written: {args.html}")
        _doubt(plan)
    return 0


def _propose(plan: Planned) -> None:
    """The one change, where there is one."""
    from cued.coaching.noticing import proposal_of

    proposal = proposal_of(plan.state, plan.day)
    if proposal:
        print(f"proposed, where nothing grows: {proposal}; or wait")


def _doubt(plan: Planned) -> None:
    """Where the machine only believes what day it is."""
    if plan.day is None:
        print("today's date is not known to be right: sessions count, days do not, and nothing advances", file=sys.stderr)


def _today(args: argparse.Namespace, plan: Planned) -> int:
    from cued.coaching.today import line

    if args.json:
        print(json.dumps(_as_json(plan), ensure_ascii=False, indent=2))
        return 0
    answer = plan.today
    print(line(answer))
    if answer.learning and answer.cued:
        print("your own rhythm is still being learned")
    _doubt(plan)
    return 0


def _next(args: argparse.Namespace, plan: Planned) -> int:
    from cued.coaching.calendar import coming
    from cued.coaching.today import RunKind, line
    from cued.review.planpage import date_text

    day = plan.believed
    days = coming(plan.state, day, 43)[1:]  # today's run is `cued plan today`
    run = next((one for one in days if one.kind is not RunKind.REST), None)
    cued = next((one for one in days if one.cued), None)
    if args.json:
        print(json.dumps({"run": run and _answer(run), "cues": cued and _answer(cued)}, ensure_ascii=False, indent=2))
        return 0
    for what, one in (("next run", run), ("next with cues", cued)):
        told = "none in six weeks" if one is None or one.day is None else f"{date_text(one.day)}: {line(one)}"
        print(f"{what}: {told}")
    _doubt(plan)
    return 0


def _why(args: argparse.Namespace, plan: Planned) -> int:
    from cued.coaching.gates import judge
    from cued.coaching.phases import LAST

    judgement = judge(plan.state)
    last = plan.decided[-args.limit :]
    if args.json:
        reasons = [_reason(one) for one in judgement.reasons]
        told = {"verdict": judgement.verdict.value, "reasons": reasons, "decided": [_decision(one) for one in last]}
        print(json.dumps(_as_json(plan) | told, ensure_ascii=False, indent=2))
        return 0
    if plan.state.phase < LAST:
        print(f"for phase {plan.state.phase + 1}: {judgement.verdict.value}")
        for reason in judgement.reasons:
            print(f"  {_how(reason):<12} {reason.text}{'' if reason.needed else ' (not needed to go on)'}")
    _propose(plan)
    if last:
        print("decided last:")
    for one in last:
        print(f"  {_told(one)}")
    return 0


def _how(reason: Reason) -> str:
    if reason.met is None:
        return "not known" if reason.needed else "not recorded"
    return "met" if reason.met else "missing"


_SHOWS: Final[dict[str, Callable[[argparse.Namespace, Planned], int]]] = {
    "show": _show,
    "today": _today,
    "next": _next,
    "why": _why,
}


# --- saying --------------------------------------------------------------------------------------------------------


def _say(args: argparse.Namespace, path: Path) -> int:
    from cued.coaching.happening import Kind
    from cued.runtime.moments import moment
    from cued.runtime.planning import say

    plan, decided = say(path, moment(), _word(args))
    if args.json:
        print(json.dumps(_as_json(plan) | {"decided": [_decision(one) for one in decided]}, ensure_ascii=False, indent=2))
    else:
        for one in decided:
            print(one.text)
        from cued.coaching.today import line

        print(f"today: {line(plan.today)}")
        if args.what == "race" and plan.day is None and plan.state.race is not None and plan.state.race < plan.believed:
            print("by this machine's own clock, which nobody vouches for, that day is past", file=sys.stderr)
    return 1 if any(one.kind is Kind.REFUSED for one in decided) else 0


def _word(args: argparse.Namespace) -> Word:
    from cued.coaching.happening import Say, Word
    from cued.core.cues import Tissue

    match args.what:
        case "hold":
            return Word(None, Say.GO if args.off else Say.HOLD)
        case "injured":
            return Word(None, Say.INJURED, place=None if args.place is None else Tissue(args.place))
        case "race":
            return Word(None, Say.NO_RACE) if args.date == "off" else Word(None, Say.RACE, on=_day(args.date))
        case "target":
            return Word(None, Say.KEEP if args.how == "keep" else Say.RAISE)
        case "video":
            return Word(None, Say.FORM_OK if args.how == "ok" else Say.FORM_SLIPPED)
        case "days":
            return Word(None, Say.DAYS, weekdays=_weekdays(args.weekdays))
        case _:
            return Word(None, Say(args.what))


def _day(word: str) -> int:
    """A date as days since 1970-01-01."""
    try:
        if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", word):
            raise ValueError(word)
        return (date.fromisoformat(word) - date(1970, 1, 1)).days
    except ValueError as error:
        raise UsageError(f"DATE {word[:40]}: write year, month and day, such as 2026-10-11") from error


def _weekdays(words: list[str]) -> tuple[int, ...]:
    if "any" in words:
        return ()
    return tuple(sorted({WEEKDAYS.index(word) for word in words}))


# --- as JSON and in words ------------------------------------------------------------------------------------------


def _as_json(plan: Planned) -> dict[str, Any]:
    from cued.coaching.calendar import planned_lately
    from cued.coaching.noticing import proposal_of

    state, lately = plan.state, planned_lately(plan.state, plan.believed)
    return {
        "date": None if plan.day is None else _iso(plan.day),
        "phase": state.phase,
        "title": state.rules.title,
        "weeks_in_phase": state.weeks,
        "week": state.week.number + 1,
        "lighter_week": state.deload,
        "sore": state.sore is not None,
        "off": None if state.off is None else state.off.why,
        "off_since": None if state.off is None or state.off.since is None else _iso(state.off.since),
        "injured": [place.value for place in state.places],
        "race": None if state.race is None else _iso(state.race),
        "race_in_days": None if state.race is None or plan.day is None else state.race - plan.day,
        "held": state.held,
        "alarm": state.alarm or None,
        "proposed": proposal_of(state, plan.day) or None,
        "target_kept": state.keeps_own,
        "planned_runs": {"done": lately.done, "planned": lately.planned, "days": lately.days},
        "today": _answer(plan.today),
    }


def _answer(answer: Today) -> dict[str, Any]:
    return {
        "date": None if answer.day is None else _iso(answer.day),
        "kind": answer.kind.value,
        "pack": answer.pack,
        "minutes": answer.minutes,
        "reason": answer.reason,
        "session_number": answer.session_number,
        "target_change_percent": round(100 * answer.change, 1),
        "beat": answer.ease.beat,
        "drills": answer.ease.drills,
        "drills_after": answer.drills or None,
        "nothing_that_loads": [tissue.value for tissue in answer.ease.barred],
        "half_the_cues": answer.ease.half,
        "hops_at_most": answer.dose.hops,
        "barefoot_s_at_most": answer.dose.barefoot_s,
        "learning": answer.learning,
        "reintroduction": answer.reintroduction,
    }


def _decision(one: Decision) -> dict[str, Any]:
    return {
        "date": None if one.day is None else _iso(one.day),
        "kind": one.kind.value,
        "phase": one.phase,
        "text": one.text,
        "override": one.override,
        "reasons": [_reason(reason) for reason in one.reasons],
    }


def _reason(one: Reason) -> dict[str, Any]:
    return {"what": one.what, "met": one.met, "needed": one.needed, "text": one.text}


def _told(one: Decision) -> str:
    from cued.review.planpage import date_text

    return f"{'no date' if one.day is None else date_text(one.day):<10} {one.text}"


def _iso(day: int) -> str:
    from cued.runtime.planning import date_of

    return date_of(day).isoformat()
