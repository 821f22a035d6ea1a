"""Off the session's course: the run goes on with another pack, or goes back a segment. Its time goes on through both."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from cued.core import beating, course, firing, leading, sensing
from cued.core.cues import CuePack, ForDistance, Rule
from cued.core.effects import PackSwapped, SegmentSkipped, WentBack
from cued.core.events import Back, SwapPack
from cued.core.motion import carried_m
from cued.core.segments import Nothing, Progress, Upcoming, again, at_place, begun, expected_ns, is_same_course, reached
from cued.core.session import Phase, Turn
from cued.core.start import FILE
from cued.core.triggers import RuleState, entered
from cued.units import NS_PER_S

HARDLY_NS: Final = 5 * NS_PER_S
"""A segment that began less ago has hardly begun: who presses back then means the one before. As players of music do it."""


# --- back ----------------------------------------------------------------------------------------------------------


def back(turn: Turn, _: Back) -> None:
    """To the start of the present segment, or of the one before, also in a pause; end cues are not said, for it did not end."""
    progress = turn.progress
    if turn.phase is not Phase.RUNNING:
        return
    place, trail = progress.place, turn.trail
    stays = place is not None and not progress.waiting and turn.run_ns() - progress.start_run_ns >= HARDLY_NS
    if not stays and trail:
        place, trail = trail[-1], trail[:-1]
    elif progress.waiting:  # nothing was before it
        return
    if place is None:
        return
    _leave(turn, "went back")
    turn.known = replace(turn.known, taken=())  # what was being measured is measured from its start again
    coming = again(turn.how.pack, place, turn.left_ns(turn.run_ns()), turn.pace_mps())
    turn.effects.append(WentBack(turn.now_ns, coming.segment.name))
    course.enter(turn, coming)
    turn.trail = trail


def _leave(turn: Turn, why: str) -> None:
    """The present segment is left before its end."""
    waited = turn.progress.segment if turn.progress.waiting else None
    if waited is not None:
        turn.effects.append(SegmentSkipped(turn.now_ns, waited.name, why))
    turn.override = None
    leading.over(turn)
    beating.recall(turn)  # while the clicks' own segment is still the present one


# --- another pack --------------------------------------------------------------------------------------------------


def swap(turn: Turn, event: SwapPack) -> None:
    """The run goes on with another pack; one that goes the same way so far, as after an edit, goes on in its place.

    What is being said is said to its end. All that was counted, measured and told of this run holds on, and a rule that both
    packs have knows what it did. A rule's own metronome does not outlast its pack.
    """
    if turn.phase is Phase.ENDED:
        return
    old, states = turn.how.pack, turn.rules
    turn.done = {
        **turn.done,
        **{_told(rule): (state.count, state.last_ns) for rule, state in zip(old.rules, states, strict=True)},
    }
    seen = _beat_seen(turn)
    number = turn.how.session_number if event.session_number is None else event.session_number
    turn.how = replace(turn.how, pack=event.pack, session_number=number)
    kept = {text_id: length for text_id, length in turn.ready.items() if not text_id.startswith(FILE)}  # files are the pack's
    turn.ready = {**kept, **{text_id: max(1, length_ns) for text_id, length_ns in event.speech}}
    title = event.pack.title_for(turn.how.language)
    turn.effects.append(PackSwapped(turn.now_ns, event.pack.name, event.pack.version, title, number))
    firing.forget_pack(turn)
    if turn.phase is Phase.BEFORE:
        turn.rules = tuple(RuleState() for _ in event.pack.rules)
        course.plan_first(turn)
    elif is_same_course(old, event.pack, turn.progress.place):
        _go_on(turn, old, states)
    else:
        turn.cues_ended = turn.hurts
        turn.rules = _remembered(turn)
        _take_place(turn)
    if _beat_seen(turn) != seen:  # else every promise still holds
        beating.recall(turn)


def _beat_seen(turn: Turn) -> object:
    """All that the promised clicks were promised by, as far as a pack says it."""
    coming = turn.coming.segment if isinstance(turn.coming, Upcoming) else None
    return (
        turn.override,
        turn.progress.start_run_ns,
        turn.progress.end_run_ns,
        turn.share(),
        *(
            (segment.metronome, segment.target, segment.starts_on_press)
            for segment in (turn.progress.segment, coming)
            if segment is not None
        ),
    )


def _go_on(turn: Turn, old: CuePack, states: tuple[RuleState, ...]) -> None:
    """In the same place, at the same time: a segment that reads as before has not even been left."""
    progress, pack = turn.progress, turn.how.pack
    before = progress.segment
    if progress.place is not None and before is not None:
        segment = replace(at_place(pack, progress.place), starts_on_press=before.starts_on_press)
        coming = Upcoming(progress.place, segment, progress.rep, progress.reps)
        left_ns = turn.left_ns(progress.start_run_ns)
        number = progress.number + (segment != before)
        if segment.record is not before.record:
            sensing.segment_over(turn)
        anew = begun(pack, coming, number, progress.start_ns, progress.start_run_ns, progress.start_m, left_ns, turn.pace_mps())
        turn.progress = replace(anew, round_run_ns=progress.round_run_ns)
        if segment != before or pack.drills != old.drills:
            leading.over(turn)
            leading.begin(turn)
    if pack.session != old.session:
        turn.plan_next()
    if pack.rules != old.rules:
        turn.override = None
        turn.rules = _remembered(turn)
        for index, known in enumerate(_same(old, pack)):
            if known is None:
                course.arm(turn, index, anew=True)
            else:
                turn.rules = (*turn.rules[:index], states[known], *turn.rules[index + 1 :])
    course.find_active(turn)
    if turn.progress.number == progress.number:
        return
    turn.look()
    if not progress.waiting:
        course.tell_segment(turn)
        course.set_ground(turn)
    sensing.judge(turn)


def _take_place(turn: Turn) -> None:
    """Into the new session, where the run is by its running time."""
    sensing.segment_over(turn)
    _leave(turn, firing.SWAPPED)
    pack, run_ns, last = turn.how.pack, turn.run_ns(), turn.progress
    found = reached(pack, run_ns, turn.how.length_ns, turn.pace_mps())
    here_m = carried_m(turn.motion, turn.now_ns)
    turn.trail = found.passed[-course.TRAIL :]
    if isinstance(found.coming, Nothing):
        number = last.number + (not last.over)
        turn.progress = Progress(number=number, start_ns=turn.now_ns, start_run_ns=run_ns, start_m=here_m, over=True)
    else:
        # A segment that begins by a press waits for it, however long ago it would have begun.
        segment = found.coming.segment
        start_run_ns = run_ns if segment.starts_on_press else found.start_run_ns
        if isinstance(segment.length, ForDistance):
            here_m -= segment.length.m * (run_ns - start_run_ns) / max(1, expected_ns(segment, turn.pace_mps()))
        left_ns = turn.left_ns(start_run_ns)
        anew = begun(pack, found.coming, last.number + 1, turn.now_ns, start_run_ns, here_m, left_ns, turn.pace_mps())
        turn.progress = replace(anew, round_run_ns=run_ns)
    course.entered_here(turn, swapped=True, told=turn.progress.number != last.number)


def _remembered(turn: Turn) -> tuple[RuleState, ...]:
    """The pack's rules at their beginning; one that an earlier pack had, too, knows how often it spoke, and when."""
    fresh: list[RuleState] = []
    for rule in turn.how.pack.rules:
        count, last_ns = turn.done.get(_told(rule), (0, None))
        fresh.append(entered(RuleState(count=count, last_ns=last_ns), turn.band, turn.now_ns))
    return tuple(fresh)


def _same(old: CuePack, new: CuePack) -> list[int | None]:
    """For each rule of the new pack, which of the old one it is, whatever their places in the files."""
    left = [*enumerate(map(_told, old.rules))]
    found: list[int | None] = []
    for rule in new.rules:
        at = next((at for at, (_, told) in enumerate(left) if told == _told(rule)), None)
        found.append(None if at is None else left.pop(at)[0])
    return found


def _told(rule: Rule) -> Rule:
    return replace(rule, id="")


__all__ = ["back", "swap"]
