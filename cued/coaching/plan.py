"""The plan's one step: a run, what the runner felt, a word or a new day goes in; the plan and its decisions come out.

`step(state, happening) -> (state, decisions)` never raises. Like the core it first carries the plan to the happening's day,
then takes the happening in. What is stamped in the past counts as of the latest day. `today.today` tells what a run would be.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from cued.coaching.gates import Verdict, judge, pain_reason
from cued.coaching.happening import Decision, Felt, Happening, Kind, Noticed, Outcome, Ran, Say, Word
from cued.coaching.model import learned, middle, shift
from cued.coaching.noticing import noticed_changes
from cued.coaching.phases import BOOSTER, LAST, Dial
from cued.coaching.sore import felt_changes, pain_in_run
from cued.coaching.state import AFTER_RACE_DAYS, INJURED, KEPT_RUNS, RACE_DAYS, Off, PlanState, Run, race_near
from cued.coaching.weeks import advanced, called, entered, gone_back, reached, reintroduced
from cued.core.dates import weekday_name, written, written_short
from cued.core.phrases import number_words

KEEPS: Final = 0.7
"""Of the smoothed figure of phase 6 at each run without help: half of it is the last two runs (design)."""
DRIFTED: Final = 0.03
"""So far under the target that was reached, and the booster is due: the band's lower edge (design)."""
BOOSTER_SESSIONS: Final = 2
PROBE_AHEAD, PROBE_BACK = 0.70, 0.40
"""In band without help for so much of the probe, and the fade goes a step faster; for less than this, one back (design)."""


def step(state: PlanState, happening: Happening) -> tuple[PlanState, tuple[Decision, ...]]:
    """Carry the plan to the happening's day and take it in."""
    if isinstance(happening, Word):
        state = _held_off(state, happening)
    state, decided = reached(state, happening.day)
    if isinstance(happening, Ran):
        state = _ran(state, happening, decided)
    elif isinstance(happening, Felt):
        state = felt_changes(state, happening, decided)
        state = _gone_over(state, decided)
    elif isinstance(happening, Noticed):
        state = _gone_over(noticed_changes(state, happening, decided), decided)
    elif isinstance(happening, Word):
        state = _WORDS[happening.say](state, happening, decided)
    return state, tuple(decided)


# --- a run ---------------------------------------------------------------------------------------------------------


def counted(state: PlanState, ran: Ran) -> PlanState:
    """With the run counted, and nothing judged."""
    outcome, week = ran.outcome, state.week
    day = state.day if ran.day is not None else None
    run = Run(ran.number, day, state.phase, state.entry, outcome, eased=state.sore is not None)
    week = replace(
        week,
        minutes=week.minutes + outcome.minutes,
        runs=week.runs + 1,
        cue_runs=week.cue_runs + outcome.cued,
        change=max(week.change, outcome.change) if outcome.cued else week.change,
    )
    state = replace(
        state,
        runs=(*state.runs, run)[-KEPT_RUNS:],
        counted=state.counted + 1,
        week=week,
        plain_owed=max(0, state.plain_owed - 1),
        plain_asked=False,
        rested=not outcome.cued,
        model=learned(state.model, outcome.easy) if outcome.change <= 0.0 else state.model,
    )
    if not outcome.cued:
        return state
    state = replace(state, last_cue_day=state.day if day is None else day, undated_cues=day is None, drilled=state.drill_weeks)
    state = state.with_fade(outcome.pack, state.fade(outcome.pack) + _fade_step(outcome))
    if state.booster and outcome.pack == BOOSTER:
        state = replace(state, booster=state.booster - 1)
        return state if state.booster else reintroduced(state, day)
    return reintroduced(state, day) if state.phase == LAST and outcome.pack == state.rules.pack else state


def _fade_step(outcome: Outcome) -> int:
    """How far the pack's fade moves: help goes sooner where the rhythm stays without it, and comes back where it does not."""
    share = outcome.probe_in_band
    if share is None:
        return 1
    return 2 if share >= PROBE_AHEAD else -1 if share < PROBE_BACK else 1


def _ran(state: PlanState, ran: Ran, decided: list[Decision]) -> PlanState:
    if not state.counted:
        decided.append(
            Decision(ran.day, Kind.BEGIN, state.phase, f"the plan begins with phase {state.phase}, {state.rules.title}")
        )
    was_high = state.own_is_high
    state = counted(state, ran)
    if state.own_is_high and not was_high and not state.raises:
        decided.append(Decision(state.day, Kind.DONE, state.phase, _high(state)))
    if ran.outcome.pain:
        state = pain_in_run(state, ran, decided)
    if ran.day is None:
        decided.append(
            Decision(None, Kind.DATE, state.phase, "the date is not known to be right: the session counts, no day does")
        )
    if state.phase == LAST:
        state = _keeps(state, ran, decided)
    return _gone_over(state, decided)


def _high(state: PlanState) -> str:
    baseline = state.model.baseline
    own = "" if baseline is None else f" of {baseline.spm:.0f}"
    return f"your own cadence{own} is high already: the target stays at 0 % (`cued plan target raise` lets it rise)"


def _gone_over(state: PlanState, decided: list[Decision]) -> PlanState:
    """Judged anew: back at once; on with the new week; else what still holds."""
    if state.phase == LAST or not state.runs:
        return state
    judgement = judge(state)
    if judgement.verdict is Verdict.BACK:
        return gone_back(state, "; ".join(reason.text for reason in judgement.reasons), decided, judgement)
    if judgement.text() == state.told:
        return state
    kind = Kind.READY if judgement.verdict is Verdict.ADVANCE else Kind.HOLD
    text = judgement.text() if kind is Kind.HOLD else f"ready for phase {state.phase + 1} with the next full week"
    decided.append(Decision(state.day, kind, state.phase, text, judgement.reasons))
    return replace(state, told=judgement.text())


def _keeps(state: PlanState, ran: Ran, decided: list[Decision]) -> PlanState:
    """Phase 6: does the rhythm stay? A smoothed figure of what is run without help."""
    outcome = ran.outcome
    figure = outcome.probe if outcome.cued or not outcome.easy else middle(outcome.easy)
    over = None if figure is None else shift(state.model, figure)
    if over is None:
        return state
    kept = over if state.kept is None else KEEPS * state.kept + (1.0 - KEEPS) * over
    state = replace(state, kept=kept)
    if state.booster or state.keeps_own or kept >= state.change - DRIFTED:
        return state
    why = f"rhythm drifted to {100 * kept:+.1f} % of {100 * state.change:+.1f} % held"
    state = called(state, ran.day, why, decided)
    return replace(state, booster=BOOSTER_SESSIONS, kept=None)


# --- words ---------------------------------------------------------------------------------------------------------


def _held_off(state: PlanState, word: Word) -> PlanState:
    """What keeps things as they are is heeded before the day brings anything new."""
    if word.say is Say.HOLD:
        return replace(state, held=True)
    if word.say is Say.RACE and word.on is not None and (state.day is None or word.on >= state.day):
        return replace(state, race=word.on)
    return state


def _advance(state: PlanState, word: Word, decided: list[Decision]) -> PlanState:
    """The runner's own decision; what protects the runner stays in force."""
    why = _refused(state, word)
    if why:
        decided.append(Decision(word.day, Kind.REFUSED, state.phase, f"not advanced: {why}"))
        return state
    state = replace(state, held=False)
    return advanced(state, judge(state), decided, override=True)


def _refused(state: PlanState, word: Word) -> str:
    """Why nobody may advance now; empty: one may."""
    pain = pain_reason(state)
    if state.phase == LAST:
        return "phase 6 is the last"
    if word.day is None:
        return "the date is not known to be right"
    if state.off is not None:
        return f"{state.off.why} (`cued plan well` goes on)"
    if pain.met is not True:
        return pain.text
    if race_near(state, state.day):
        return "nothing new in the week before a race, nor two days after it"
    if state.plain_owed:
        if state.plain_asked:
            return "a plain run comes first, as you asked"
        several = f"{state.plain_owed} plain runs come" if state.plain_owed > 1 else "a plain run comes"
        return f"{several} first, after days off"
    if state.week.dial not in {Dial.NONE, Dial.TARGET}:
        return f"one change a week, and this week's is the {state.week.dial.value}"
    return ""


def _back(state: PlanState, _word: Word, decided: list[Decision]) -> PlanState:
    state = gone_back(state, "by your word", decided)
    if decided and decided[-1].kind is Kind.BACK:
        decided[-1] = replace(decided[-1], override=True)
    return state


def _hold(state: PlanState, word: Word, decided: list[Decision]) -> PlanState:
    text = f"hold: phase {state.phase} stays until you say otherwise (`cued plan hold --off`)"
    decided.append(Decision(word.day, Kind.HOLD, state.phase, text, override=True))
    return replace(state, held=True)


def _go(state: PlanState, word: Word, decided: list[Decision]) -> PlanState:
    decided.append(Decision(word.day, Kind.DONE, state.phase, "no longer held"))
    return replace(state, held=False)


def _injured(state: PlanState, word: Word, decided: list[Decision]) -> PlanState:
    places = state.places if word.place is None or word.place in state.places else (*state.places, word.place)
    where = "injured" if word.place is None else f"{word.place.value} injured"
    text = f"{where}: no cues, nothing that loads it, nothing to catch up on, until `cued plan well`"
    decided.append(Decision(word.day, Kind.OFF, state.phase, text))
    return replace(state, off=Off(INJURED, state.day), places=places)


def _ill_or_away(state: PlanState, word: Word, decided: list[Decision]) -> PlanState:
    if state.off is not None and state.off.why == INJURED:
        decided.append(Decision(word.day, Kind.DONE, state.phase, f"{word.say.value}; and still injured"))
        return state
    text = f"{word.say.value}: no run is planned, and nothing is to be caught up on, until `cued plan well`"
    decided.append(Decision(word.day, Kind.OFF, state.phase, text))
    return replace(state, off=Off(word.say.value, state.day))


def _well(state: PlanState, word: Word, decided: list[Decision]) -> PlanState:
    off = state.off
    if off is None:
        decided.append(Decision(word.day, Kind.DONE, state.phase, "well: nothing had been said to the contrary"))
        return state
    state = replace(state, off=None, places=())
    decided.append(Decision(word.day, Kind.RETURN, state.phase, f"well again after being {off.why}"))
    if off.why != INJURED:
        return state
    if state.phase > 1:
        return gone_back(state, "after an injury one phase back", decided)
    return entered(state, state.day)


def _race(state: PlanState, word: Word, decided: list[Decision]) -> PlanState:
    if word.on is None or (state.day is not None and word.on < state.day):
        decided.append(Decision(word.day, Kind.REFUSED, state.phase, "a race lies ahead: give its date"))
        return state
    decided.append(Decision(word.day, Kind.DONE, state.phase, _race_told(word.on, word.day)))
    return replace(state, race=word.on)


def _race_told(on: int, day: int | None) -> str:
    """When it is, and what follows from it."""
    first = on - RACE_DAYS
    days = None if day is None else on - day
    ahead = "" if days is None else ", today" if days == 0 else ", tomorrow" if days == 1 else f", in {days} days"
    since = f"from {written_short(first)}" if day is None or first > day else "from now on"
    text = (
        f"race on {written(on)}{ahead}: {since} no new target, drill, shoe, surface or pack;"
        f" race day and the {number_words(AFTER_RACE_DAYS, 'en')} days after are plain"
    )
    doubt = "today's date is not known to be right, so that it lies ahead cannot be checked"
    return text if day is not None else f"{text}; {doubt}"


def _no_race(state: PlanState, word: Word, decided: list[Decision]) -> PlanState:
    decided.append(Decision(word.day, Kind.DONE, state.phase, "no race"))
    return replace(state, race=None)


def _plain(state: PlanState, word: Word, decided: list[Decision]) -> PlanState:
    if word.day is None:
        decided.append(Decision(None, Kind.DONE, state.phase, "the next run is plain"))
        return state if state.plain_owed else replace(state, plain_owed=1, plain_asked=True)
    decided.append(Decision(word.day, Kind.DONE, state.phase, "plain today"))
    return replace(state, plain_day=state.day)


def _shoes(state: PlanState, word: Word, decided: list[Decision]) -> PlanState:
    """One change a week: new shoes take the place of a target step, and wait for anything else."""
    if race_near(state, state.day):
        decided.append(
            Decision(word.day, Kind.REFUSED, state.phase, "no new shoes in the week before a race, nor two days after")
        )
        return state
    if state.week.dial not in {Dial.NONE, Dial.TARGET, Dial.SHOES}:
        text = f"one change a week, and this week's is the {state.week.dial.value}: wear the old shoes until next week"
        decided.append(Decision(word.day, Kind.REFUSED, state.phase, text))
        return state
    change = min(state.change, max(state.last_change, 0.0)) if state.week.dial is Dial.TARGET else state.change
    decided.append(Decision(word.day, Kind.DONE, state.phase, "new shoes are this week's change; nothing else is new"))
    state = replace(state, change=change, week=replace(state.week, dial=Dial.SHOES))
    return called(state, state.day, "new shoes", decided) if state.phase == LAST else state


def _season(state: PlanState, word: Word, decided: list[Decision]) -> PlanState:
    if state.phase == LAST:
        return called(state, state.day, "a new season", decided)
    decided.append(Decision(word.day, Kind.DONE, state.phase, "a new season is noted; it matters in phase 6"))
    return state


def _keep(state: PlanState, word: Word, decided: list[Decision]) -> PlanState:
    decided.append(Decision(word.day, Kind.DONE, state.phase, "your own cadence stays: target 0 % in every phase"))
    dial = Dial.NONE if state.week.dial is Dial.TARGET else state.week.dial
    return replace(state, keep=True, raises=False, change=0.0, week=replace(state.week, dial=dial))


def _raise(state: PlanState, word: Word, decided: list[Decision]) -> PlanState:
    text = "the target may rise again, two per cent of your own a week at most"
    decided.append(Decision(word.day, Kind.DONE, state.phase, text))
    return replace(state, keep=False, raises=True)


def _form_ok(state: PlanState, word: Word, decided: list[Decision]) -> PlanState:
    decided.append(Decision(word.day, Kind.DONE, state.phase, "video: form as it should be"))
    return replace(state, filmed=True, slipped=False)


def _form_slipped(state: PlanState, word: Word, decided: list[Decision]) -> PlanState:
    decided.append(Decision(word.day, Kind.DONE, state.phase, "video: form has slipped"))
    if state.phase < LAST:
        return gone_back(state, "the video shows that form has slipped", decided)
    state = called(state, state.day, "form slipped on a video", decided)
    return replace(state, booster=BOOSTER_SESSIONS)


def _days(state: PlanState, word: Word, decided: list[Decision]) -> PlanState:
    days = tuple(sorted(set(word.weekdays)))
    text = f"running days: {', '.join(weekday_name(day) for day in days)}" if days else "any day may be run"
    decided.append(Decision(word.day, Kind.DONE, state.phase, text))
    return replace(state, weekdays=days)


_WORDS: Final[dict[Say, Callable[[PlanState, Word, list[Decision]], PlanState]]] = {
    Say.ADVANCE: _advance,
    Say.HOLD: _hold,
    Say.GO: _go,
    Say.BACK: _back,
    Say.INJURED: _injured,
    Say.ILL: _ill_or_away,
    Say.AWAY: _ill_or_away,
    Say.WELL: _well,
    Say.RACE: _race,
    Say.NO_RACE: _no_race,
    Say.PLAIN: _plain,
    Say.SHOES: _shoes,
    Say.SEASON: _season,
    Say.KEEP: _keep,
    Say.RAISE: _raise,
    Say.FORM_OK: _form_ok,
    Say.FORM_SLIPPED: _form_slipped,
    Say.DAYS: _days,
}
