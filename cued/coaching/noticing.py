"""What the plan does when statistics notice something: it pauses on a decline, and proposes one change where nothing grows.

It never makes that change by itself: consistency goes before novelty, and most plateaus end by waiting.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from cued.coaching.gates import judge, unready
from cued.coaching.happening import Decision, Kind, Noticed
from cued.coaching.phases import LAST
from cued.coaching.state import PlanState
from cued.coaching.weeks import called

FORM: Final = frozenset({"in_band", "retention", "surfaces", "drift", "in_band_after_the_feeders", "loss"})
"""Gates that a change of training may open; time, pain and words open the others."""
PATIENCE_DAYS: Final = 28
"""One proposal in four weeks at most: legs answer in weeks, and two changes at once cannot be told apart (design)."""
FADE_BACK: Final = 2
"""On a decline the cues come again as in their third session (as after a phase back)."""
LIGHTER: Final = "a lighter week: the same runs, half the cues, nothing new"
CHANGES: Final = (
    "leave out the cue that does least (`cued report cues`) and take another of the pack",
    "one new drill, twice a week (`cued drills list`)",
    "one thing besides cadence: another surface, or a faster stretch, once a week",
    LIGHTER,
)
"""In the order in which they are proposed: from the smallest change to the largest (design)."""


def noticed_changes(state: PlanState, noticed: Noticed, decided: list[Decision]) -> PlanState:
    """Take it in."""
    if noticed.decline and not state.alarm:
        state = _alarmed(state, noticed.decline, decided)
    elif state.alarm and not noticed.decline:
        decided.append(Decision(state.day, Kind.ALARM, state.phase, f"no longer: {state.alarm}"))
    state = replace(state, alarm=noticed.decline)
    return _proposed(state, noticed.flat, decided) if noticed.flat and not state.alarm else state


def proposal_of(state: PlanState, day: int | None) -> str:
    """What is proposed on that day; empty: nothing."""
    fresh = state.proposed is not None and (day is None or day - state.proposed < PATIENCE_DAYS)
    return state.proposal if fresh else ""


def _alarmed(state: PlanState, decline: str, decided: list[Decision]) -> PlanState:
    pack = state.rules.pack
    text = f"hold: {decline}; nothing progresses until it is over, and the cues come again as in their third session"
    decided.append(Decision(state.day, Kind.ALARM, state.phase, text))
    state = state.with_fade(pack, min(FADE_BACK, state.fade(pack)))
    return called(state, state.day, decline, decided) if state.phase == LAST else state


def _proposed(state: PlanState, flat: str, decided: list[Decision]) -> PlanState:
    if state.phase == LAST or state.day is None or state.sore is not None or state.off is not None:
        return state
    if state.proposed is not None and state.day - state.proposed < PATIENCE_DAYS:
        return state
    missing = {reason.what for reason in judge(state).reasons if reason.met is False}
    if state.weeks < state.rules.weeks_min or not missing & FORM:
        return state
    tired = "effort" in missing or unready(state)
    change = LIGHTER if tired else CHANGES[state.proposals % len(CHANGES)]
    decided.append(Decision(state.day, Kind.PROPOSE, state.phase, f"{flat}. You might change one thing, or wait: {change}"))
    return replace(state, proposal=change, proposed=state.day, proposals=state.proposals + 1)
