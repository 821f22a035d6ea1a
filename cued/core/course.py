"""The course of a run: its start, its boundaries, its end, the runner's keys, and the rules that come due on the way."""

from __future__ import annotations

from dataclasses import replace

from cued.core import arbiter, beating, firing, leading, sensing
from cued.core import motion as moving
from cued.core.cues import (
    BeforeEnd,
    Effort,
    EffortSaid,
    Every,
    Interval,
    Repeat,
    Rule,
    RunEnd,
    RunStart,
    SegmentEnd,
    SegmentStart,
    SurfaceChange,
)
from cued.core.effects import CuesEnded, Paused, RunEnded, SegmentBegan, SegmentSkipped
from cued.core.events import EffortIs, Mute, Next, Pain, Pause, Resume, Stop
from cued.core.fading import scaled
from cued.core.link import Own, own_words
from cued.core.motion import carried_m
from cued.core.segments import SHORTEST_ROUND_NS, Nothing, Progress, Upcoming, begun, first, following
from cued.core.session import Here, Phase, Turn
from cued.core.triggers import HELD, IN_BAND_WORDS, TIMED, Point, applies, armed, due_ns, entered, fired, rearmed

TRAIL = 32
"""So many segments back the way is known: nobody presses further."""


def plan_first(turn: Turn) -> None:
    """The first segment; at the desk the first one in which something sounds."""
    turn.plan_next()
    pack, pace = turn.how.pack, turn.pace_mps()
    coming = first(pack, turn.how.length_ns, pace)
    while turn.how.desk and isinstance(coming, Upcoming) and not _sounds(turn, coming):
        silent = coming.place
        coming = following(pack, silent, turn.how.length_ns, pace)
        if isinstance(coming, Upcoming) and coming.place.round > 1:  # a second round sounds no more than the first
            coming = following(pack, silent, turn.how.length_ns, pace, leave=True)
    if isinstance(coming, Upcoming):
        turn.coming = coming


def _sounds(turn: Turn, coming: Upcoming) -> bool:
    """Will the runner hear something soon after this segment begins?"""
    segment = coming.segment
    if segment.starts_on_press:
        return False
    if segment.drills or (segment.metronome.mode.value != "none" and turn.share() > 0):
        return True
    judge = Progress(place=coming.place, segment=segment)
    for rule in turn.how.pack.rules:
        if isinstance(rule.when, SegmentStart) and applies(rule, segment.name, segment.index):
            for action in rule.then:
                cue = getattr(action, "cue", None)
                spoken = turn.how.pack.cue(cue) if cue is not None else None
                if not firing.coach_refuses(rule, judge, arbiter.priority_of(rule, spoken)):
                    return True
    return False


def begin(turn: Turn) -> None:
    """0 ns: the run begins."""
    turn.phase = Phase.RUNNING
    turn.run_base_ns, turn.run_mark_ns = 0, 0
    turn.motion = moving.settled(replace(turn.motion, at_ns=0), 0, moving=True)
    coming = turn.coming
    enter(turn, coming, run_start=True)


def boundary(turn: Turn, *, planned: bool, leave: bool = False, by_rule: bool = False) -> None:
    """The present segment ends; end cues are judged by it and come before the next one's start cues."""
    old = turn.progress
    if old.place is None or turn.phase is not Phase.RUNNING:
        return
    run_ns = turn.run_ns()
    sensing.segment_over(turn)
    leading.over(turn)
    if old.waiting and old.segment is not None:
        turn.effects.append(SegmentSkipped(turn.now_ns, old.segment.name, "not pressed"))
    else:
        _fire_in(turn, old, SegmentEnd)
    coming = following(turn.how.pack, old.place, turn.left_ns(run_ns), turn.pace_mps(), leave=leave)
    if by_rule and _runs_away(turn, old, coming, run_ns):
        coming = following(turn.how.pack, old.place, turn.left_ns(run_ns), turn.pace_mps(), leave=True)
    turn.override = None
    if not planned:
        beating.recall(turn)
    enter(turn, coming)


def _runs_away(turn: Turn, old: Progress, coming: Upcoming | Nothing, run_ns: int) -> bool:
    """Would a `fill` go round and round at one instant, because a rule ends its segments as they begin?"""
    if old.place is None or not isinstance(coming, Upcoming) or coming.place.part != old.place.part:
        return False
    part = turn.how.pack.session[old.place.part]
    fills = isinstance(part, Repeat) and part.times is None
    return fills and coming.place.round > old.place.round and run_ns - old.round_run_ns < SHORTEST_ROUND_NS


def enter(turn: Turn, coming: Upcoming | Nothing, *, run_start: bool = False) -> None:
    """On to what comes, from its start."""
    run_ns, here_m = turn.run_ns(), carried_m(turn.motion, turn.now_ns)
    if turn.progress.place is not None:
        turn.trail = (*turn.trail, turn.progress.place)[-TRAIL:]
    for skipped in coming.skipped:
        turn.effects.append(SegmentSkipped(turn.now_ns, skipped.name, "no room"))
    number = turn.progress.number + 1
    if isinstance(coming, Nothing):
        turn.progress = Progress(number=number, start_ns=turn.now_ns, start_run_ns=run_ns, start_m=here_m, over=True)
    else:
        left_ns, old = turn.left_ns(run_ns), turn.progress
        progress = begun(turn.how.pack, coming, number, turn.now_ns, run_ns, here_m, left_ns, turn.pace_mps())
        same = old.place is not None and (old.place.part, old.place.round) == (coming.place.part, coming.place.round)
        turn.progress = replace(progress, round_run_ns=old.round_run_ns if same else run_ns)
    entered_here(turn, run_start=run_start)


def entered_here(turn: Turn, *, run_start: bool = False, swapped: bool = False, told: bool = True) -> None:
    """A segment (or the silence after the last, or the wait for a press) has begun; `swapped`: it is another pack's.

    `told` False: there was that silence before, too.
    """
    progress = turn.progress
    turn.plan_next()
    turn.look()
    turn.here = Here()
    turn.floor = replace(turn.floor, themes_here=())
    firing.hush(turn)
    _arm(turn, anew=run_start or swapped)
    if run_start:
        _fire_in(turn, progress, RunStart)
    segment = progress.segment
    if progress.waiting:
        leading.await_press(turn)
        return
    if told:
        tell_segment(turn)
    if segment is None:
        return
    leading.begin(turn)
    _fire_in(turn, progress, SegmentStart)
    set_ground(turn)
    sensing.judge(turn)


def set_ground(turn: Turn) -> None:
    """Effort and surface are the present segment's, else what the runner said."""
    segment = turn.progress.segment
    if segment is not None:
        turn.effort = segment.effort or turn.told_effort
        _ground(turn, segment.surface or turn.told_surface)


def tell_segment(turn: Turn) -> None:
    """The present segment begins here."""
    segment, progress, band = turn.progress.segment, turn.progress, turn.band_words()
    name = segment.name if segment is not None else ""
    number, rep, reps = progress.number, progress.rep, progress.reps
    sounds = segment is not None and segment.sounds
    turn.effects.append(
        SegmentBegan(turn.now_ns, name, number, rep, reps, turn.end_ns(), low=band.low, high=band.high, sounds=sounds)
    )


def _arm(turn: Turn, *, anew: bool) -> None:
    """Set rules going: at a segment's start those that count in it; `anew`, as at the run's start, also those that count
    from there.
    """
    for index in range(len(turn.how.pack.rules)):
        arm(turn, index, anew=anew)
    find_active(turn)


def arm(turn: Turn, index: int, *, anew: bool) -> None:
    """Set one rule going; see `_arm`."""
    rule, state, progress = turn.how.pack.rules[index], replace(turn.rules[index], count_here=0), turn.progress
    here = Point(turn.run_ns(), carried_m(turn.motion, turn.now_ns))
    if isinstance(rule.when, BeforeEnd):
        state = replace(state, fired_ns=None)
    if rule.only_in:
        if _is_inside(turn, rule):
            state = entered(state, turn.band, turn.now_ns)
            start = Point(progress.start_run_ns, progress.start_m)
            state, turn.chance = armed(rule, state, _interval(turn, index), start, here, turn.chance)
        else:
            state = replace(state, due_run_ns=None, due_m=None, mark_ns=None, held_ns=0)
    elif anew:
        state, turn.chance = armed(rule, state, _interval(turn, index), Point(0, 0.0), here, turn.chance)
    turn.rules = (*turn.rules[:index], state, *turn.rules[index + 1 :])


def find_active(turn: Turn) -> None:
    """Which rules may come due in the present segment."""
    active: list[int] = []
    for index, rule in enumerate(turn.how.pack.rules):
        counted = isinstance(rule.when, TIMED) and not isinstance(rule.when, BeforeEnd) and not rule.only_in
        if (counted or _is_inside(turn, rule)) and isinstance(rule.when, (*TIMED, *HELD, *IN_BAND_WORDS)):
            active.append(index)
    turn.active = tuple(active)


def _is_inside(turn: Turn, rule: Rule) -> bool:
    segment = turn.progress.segment
    return segment is not None and not turn.progress.waiting and applies(rule, segment.name, segment.index)


def _fire_in(
    turn: Turn, judge: Progress, trigger: type[RunStart | RunEnd | SegmentStart | SegmentEnd], within: Progress | None = None
) -> None:
    """`within`: the segment that `in` and `not_in` are about, where it is not the judging one."""
    segment = (within or judge).segment
    name, number = (segment.name, segment.index) if segment is not None else ("", None)
    for index, rule in enumerate(turn.how.pack.rules):
        if isinstance(rule.when, trigger) and applies(rule, name, number):
            turn.fired.append((index, judge))


def finish(turn: Turn, reason: str, within: Progress | None = None) -> None:
    """The run is over: the beat ends, `run: end` fires, and only running or waiting speech goes on.

    `within`: the segment that the run ends with, if it has ended at this instant.
    """
    if turn.phase is Phase.ENDED:
        return
    sensing.segment_over(turn)
    leading.over(turn)
    _fire_in(turn, turn.progress, RunEnd, within)
    beating.recall(turn)
    while turn.fired:
        firing.resolve(turn)
    turn.run_base_ns = turn.run_ns()
    turn.paused = False
    turn.phase = Phase.ENDED
    turn.run_mark_ns = turn.now_ns
    turn.motion = moving.settled(turn.motion, turn.now_ns, moving=False)
    turn.effects.append(RunEnded(turn.now_ns, reason))


def surface(turn: Turn, surface: str) -> None:
    """The runner says that the ground is another one from here on."""
    turn.told_surface = surface
    _ground(turn, surface)


def _ground(turn: Turn, surface: str | None) -> None:
    changed = surface != turn.surface
    turn.surface = surface
    if changed and surface is not None:
        sensing.fire(turn, lambda when: isinstance(when, SurfaceChange))


def press_next(turn: Turn, event: Next) -> None:
    """The runner's key: grants a segment that waits for it, else ends the present one."""
    progress = turn.progress
    if turn.phase is not Phase.RUNNING or turn.paused or progress.place is None:
        return
    leaves = event.leave_repeat and isinstance(turn.how.pack.session[progress.place.part], Repeat)
    if progress.waiting and progress.segment is not None and not leaves:
        segment = replace(progress.segment, starts_on_press=False)
        coming = Upcoming(progress.place, segment, progress.rep, progress.reps)
        run_ns, here_m = turn.run_ns(), carried_m(turn.motion, turn.now_ns)
        left_ns = turn.left_ns(run_ns)
        going = begun(turn.how.pack, coming, progress.number, turn.now_ns, run_ns, here_m, left_ns, turn.pace_mps())
        turn.progress = replace(going, round_run_ns=progress.round_run_ns)
        entered_here(turn)
        return
    boundary(turn, planned=False, leave=event.leave_repeat)


def pause(turn: Turn, _: Pause) -> None:
    """The run rests: segments, rules and sound stand still."""
    if turn.phase is not Phase.RUNNING or turn.paused:
        return
    turn.run_base_ns = turn.run_ns()
    turn.paused = True
    turn.effects.append(Paused(turn.now_ns, paused=True))
    beating.recall(turn)
    sensing.rest(turn)


def resume(turn: Turn, _: Resume) -> None:
    """The run goes on where it rested."""
    if not turn.paused:
        return
    turn.paused = False
    turn.run_mark_ns = turn.now_ns
    turn.effects.append(Paused(turn.now_ns, paused=False))
    sensing.rest(turn)


def mute(turn: Turn, event: Mute) -> None:
    """All sound off or on."""
    if event.muted == turn.muted:
        return
    turn.muted = event.muted
    if event.muted:
        beating.recall(turn)
        turn.floor, effects = arbiter.cut(turn.floor, turn.now_ns)
        turn.effects.extend(effects)


def pain(turn: Turn, event: Pain) -> None:
    """It hurts: beat and cues are over, what is being said ends here, and cued answers so, hushed or not, unless it is told."""
    if turn.phase is Phase.ENDED or turn.hurts:
        return
    turn.cues_ended = turn.hurts = True
    turn.effects.append(CuesEnded(turn.now_ns, "pain"))
    beating.recall(turn)
    leading.over(turn)
    holder = turn.floor.holder
    if holder is None or not holder.asked or not event.told:
        floor, effects = arbiter.cut(turn.floor, turn.now_ns)
        turn.floor = replace(floor, holder=None)  # cut already: cued's own words need not cut it again
        turn.effects.extend(effects)
    firing.give_up_cues(turn)
    if not event.told:
        firing.announce(turn, own_words(Own.PAIN, turn.how.language or turn.how.pack.language), asked=True, stays=True)


def effort(turn: Turn, event: EffortIs) -> None:
    """The runner said how hard it is."""
    for effort in Effort:
        if effort.value == event.effort:
            turn.effort = turn.told_effort = effort
    sensing.fire(turn, lambda when: isinstance(when, EffortSaid) and when.effort.value == event.effort)


def stop(turn: Turn, _: Stop) -> None:
    """The runner ended the run."""
    if turn.phase is Phase.BEFORE:
        turn.phase = Phase.RUNNING
    finish(turn, "stopped")


def rules_due(turn: Turn) -> None:
    """Rules due by time, distance, or by what holds."""
    if turn.paused or turn.phase is not Phase.RUNNING:
        return
    rules = turn.how.pack.rules
    for index in turn.active:
        due = rule_due(turn, index)
        if due is None or due > turn.now_ns or not sensing.still_holds(turn, index):
            continue
        rule, state = rules[index], turn.rules[index]
        if isinstance(rule.when, (BeforeEnd, *HELD, *IN_BAND_WORDS)):
            state = fired(state, turn.now_ns, turn.band)
        else:
            here_m = carried_m(turn.motion, turn.now_ns)
            state, turn.chance = rearmed(rule, state, _interval(turn, index), here_m, turn.chance)
        turn.rules = (*turn.rules[:index], state, *turn.rules[index + 1 :])
        segment = turn.progress.segment
        if applies(rule, segment.name if segment is not None else "", segment.index if segment is not None else None):
            turn.fired.append((index, turn.progress))


def _interval(turn: Turn, index: int) -> Interval | None:
    when = turn.how.pack.rules[index].when
    return scaled(when.interval, turn.how.pack.fade, turn.how.session_number) if isinstance(when, Every) else None


def rule_due(turn: Turn, index: int) -> int | None:
    """When a rule of the present segment is due; see `triggers.due_ns`."""
    rule = turn.how.pack.rules[index]
    return due_ns(rule, turn.rules[index], turn.now_ns, turn.run_ns(), turn.band, turn.motion, turn.progress)
