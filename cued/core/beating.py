"""Driving the metronome: opening and closing the beat, promising clicks, and when it next wants to be asked."""

from __future__ import annotations

from dataclasses import replace

from cued.core.cadence import Gait
from cued.core.cues import Mode
from cued.core.effects import RecallClicks, TempoChanged
from cued.core.grid import LOOKAHEAD_NS
from cued.core.metronome import (
    KEEP_LOST_NS,
    RESTART_NS,
    TOO_FAR_NS,
    Slot,
    click,
    gait_dues,
    must_rest,
    opened,
    recalled,
    rest_after,
    too_far_ahead,
    weighed,
    window,
)
from cued.core.segments import Upcoming
from cued.core.session import Phase, Turn
from cued.core.target import BandIs


def due_ns(turn: Turn) -> int | None:
    """When the beat next wants to be asked."""
    if turn.phase is Phase.ENDED:
        return None
    beat = turn.beat
    dues: list[int] = []
    if beat.open and beat.grid is not None:
        dues.append(beat.grid.onset_ns(beat.next_beat) - LOOKAHEAD_NS)
    else:
        _opening_dues(turn, dues)
    if turn.how.sensor:
        _gait_due_list(turn, dues)
    if beat.ahead_ns is not None:
        dues.append(beat.ahead_ns + TOO_FAR_NS)
    return min(dues) if dues else None


def _opening_dues(turn: Turn, dues: list[int]) -> None:
    now_ns, beat = turn.now_ns, turn.beat
    horizon_ns = now_ns + LOOKAHEAD_NS
    slot = turn.slot_at(horizon_ns)
    if slot is not None:
        opens = window(slot)
        if opens.next_ns is not None:
            dues.append(now_ns + opens.next_ns - slot.elapsed_ns)
    if turn.leading is not None and not turn.paused:
        elapsed_ns = turn.run_ns() - turn.progress.start_run_ns
        begins_ns = turn.leading.plan.next_clicks_ns(elapsed_ns + LOOKAHEAD_NS)
        if begins_ns is not None:
            dues.append(now_ns + begins_ns - elapsed_ns - LOOKAHEAD_NS)
    if beat.restart_ns is not None and beat.restart_ns > horizon_ns:
        dues.append(beat.restart_ns - LOOKAHEAD_NS)
    starts_ns = 0 if turn.phase is Phase.BEFORE else turn.end_ns()
    coming = turn.coming
    if (
        starts_ns is not None
        and starts_ns > horizon_ns
        and isinstance(coming, Upcoming)
        and coming.segment.metronome.mode is not Mode.NONE
    ):
        dues.append(starts_ns - LOOKAHEAD_NS)
    override = turn.override
    if override is not None and override.until_run_ns is not None and not turn.paused:
        ends_ns = now_ns + override.until_run_ns - turn.run_ns()
        if ends_ns > horizon_ns:
            dues.append(ends_ns - LOOKAHEAD_NS)


def _gait_due_list(turn: Turn, dues: list[int]) -> None:
    cadence, beat = turn.cadence, turn.beat
    due = gait_dues(beat.rested, cadence.gait, cadence.gait_since_ns)
    if due is not None:
        dues.append(due)
    if cadence.gait in (Gait.LOST, Gait.UNKNOWN) and beat.open:
        due = cadence.gait_since_ns + KEEP_LOST_NS
        if due > turn.now_ns:
            dues.append(due)


def settle(turn: Turn) -> None:
    """Bring the beat up to now: rest or resume, open if it may, promise what is within the lookahead."""
    if turn.phase is Phase.ENDED:
        return
    now_ns = turn.now_ns
    cadence, beat = turn.cadence, turn.beat
    if turn.how.sensor:
        rested = rest_after(beat.rested, cadence.gait, cadence.gait_since_ns, now_ns)
        if rested is not beat.rested:
            turn.beat = beat = replace(beat, rested=rested)
            if rested:
                recall(turn)
    if turn.beat.ahead_ns is not None and now_ns >= turn.beat.ahead_ns + TOO_FAR_NS:
        recall(turn)
        grid = turn.beat.grid
        silent_ns = now_ns if grid is None else grid.onset_ns(turn.beat.next_beat)  # what lies in the ring still sounds
        _close(turn, min(max(now_ns, silent_ns), now_ns + LOOKAHEAD_NS), "too far ahead")
        turn.beat = replace(turn.beat, grid=None, ahead_ns=None, restart_ns=now_ns + RESTART_NS)
    while _is_open(turn):
        grid = turn.beat.grid
        assert grid is not None
        onset_ns = grid.onset_ns(turn.beat.next_beat)
        if onset_ns - LOOKAHEAD_NS > now_ns:
            return
        _promise(turn, onset_ns)


def _is_open(turn: Turn) -> bool:
    """Is the beat open, or may it open one lookahead from now?"""
    if not turn.beat.open:
        _open(turn)
    return turn.beat.open


def watch_nudge(turn: Turn) -> None:
    """After a sample: is a nudge too far ahead of the runner?"""
    slot = turn.slot_at(turn.now_ns) if turn.phase is Phase.RUNNING and turn.beat.open else None
    ahead = slot is not None and too_far_ahead(turn.beat, slot.metronome, turn.sense(turn.now_ns))
    if ahead != (turn.beat.ahead_ns is not None):
        turn.beat = replace(turn.beat, ahead_ns=turn.now_ns if ahead else None)


def recall(turn: Turn) -> None:
    """Take back the clicks that are not in the ring: what they were promised for has changed."""
    turn.beat, from_ns = recalled(turn.beat, turn.now_ns)
    if from_ns is not None:
        turn.effects.append(RecallClicks(turn.now_ns, from_ns))


def _blocked(turn: Turn, slot: Slot, onset_ns: int) -> str:
    """Why the slot may not sound at that onset; empty: it may."""
    mode = slot.metronome.mode
    if turn.hurts:
        return "pain"
    if not window(slot).opens:
        return "phase over"
    if slot.drill:
        return ""
    cadence, beat = turn.cadence, turn.beat
    if turn.how.sensor and must_rest(
        mode, cadence.gait, cadence.gait_since_ns, turn.now_ns, rested=beat.rested, ran_into_loss=cadence.ran_into_loss
    ):
        return "resting"
    if beat.restart_ns is not None and onset_ns < beat.restart_ns:
        return "restarting"
    if slot.metronome.only_off_band and turn.band.where not in (BandIs.LOW, BandIs.HIGH):
        return "in band"
    return ""


def _open(turn: Turn) -> None:
    onset_ns = turn.now_ns + LOOKAHEAD_NS
    slot = turn.slot_at(onset_ns)
    if slot is None or _blocked(turn, slot, onset_ns):
        return
    beat = opened(turn.beat, slot, window(slot).cycle, turn.sense(onset_ns), onset_ns)
    if beat is not None:
        turn.beat = replace(beat, restart_ns=None)


def _close(turn: Turn, at_ns: int, reason: str) -> None:
    beat = turn.beat
    if beat.told_mspm:
        turn.effects.append(TempoChanged(at_ns, 0, "none", reason))
    turn.beat = replace(beat, open=False, since_ns=None, told_mspm=0, ahead_ns=None)


def _promise(turn: Turn, onset_ns: int) -> None:
    slot = turn.slot_at(onset_ns)
    if slot is None:
        last_ns = turn.beat.promised[-1].onset_ns if turn.beat.promised else turn.now_ns  # maybe the coming segment's already
        over_ns = min(end for end in (onset_ns, turn.end_ns(), turn.run_end_ns()) if end is not None and end > last_ns)
        going = turn.phase is Phase.RUNNING and not turn.paused
        _close(turn, max(turn.now_ns, over_ns), "segment over" if going else "stopped")
        return
    reason = _blocked(turn, slot, onset_ns)
    if reason:
        _close(turn, max(turn.now_ns, onset_ns), reason if slot.number == turn.beat.owner[0] else "segment over")
        return
    sense = turn.sense(onset_ns)
    beat = turn.beat
    key = (slot.number, slot.override, window(slot).cycle if slot.metronome.mode is Mode.BURST else 0)
    if beat.owner != key:
        beat = replace(beat, owner=key, since_ns=onset_ns, moving=True)
    beat, tempo = (beat, slot.metronome.beat_mspm) if slot.drill else weighed(beat, slot.metronome, sense, onset_ns)
    if tempo is None:
        turn.beat = beat
        _close(turn, max(turn.now_ns, onset_ns), "under the slowest beat")
        return
    grid = beat.grid
    assert grid is not None
    if tempo != grid.mspm:
        beat = replace(beat, grid=grid.at_tempo(beat.next_beat, tempo))
    if tempo != beat.told_mspm:
        mode = slot.metronome.mode.value
        turn.effects.append(TempoChanged(onset_ns, tempo, mode, "start" if beat.told_mspm == 0 else mode))
        beat = replace(beat, told_mspm=tempo)
    turn.beat, effect = click(beat, slot.metronome, onset_ns, turn.band.where)
    if effect is None:
        return
    if turn.deaf_until_ns is not None and onset_ns < turn.deaf_until_ns:
        turn.missed_clicks += 1
        turn.beat = replace(turn.beat, first_click_ns=beat.first_click_ns)  # what nobody heard is nobody's first click
    else:
        turn.effects.append(effect)
