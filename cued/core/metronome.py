"""When the beat sounds, and at what tempo.

The beat is *open* while clicks are being promised. It opens at a moment that is known one lookahead ahead (a segment's
start, a play phase, a burst) or at once when the state allows it (cadence became valid); it closes at the first onset that
may not sound.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from cued.core.cadence import Gait
from cued.core.cues import BURST_NS, Metronome, Mode
from cued.core.effects import PlayClick
from cued.core.grid import RING_NS, Grid
from cued.core.target import BandIs
from cued.units import MSPM_PER_SPM, NS_PER_MIN, NS_PER_S

SLEW_PER_S: Final = 0.00085
"""Follow, lead, burst: under 1 % in any 10 s; tempo is weighed at most once a second, so 10 s may hold 11.4 s of change."""
NUDGE_SLEW_PER_S: Final = 0.00016
"""Nudge: under 1 % in any minute, likewise."""
WEIGH_NS: Final = NS_PER_S
STIR_SPM: Final = 0.5
"""A beat that has arrived moves on only for more than this: nobody hears less (people notice about 4 %, Van Dyck 2015)."""
LEAD: Final = 0.025
"""A beat no further ahead than this is still followed (Van Dyck 2015)."""
TOO_FAR: Final = 0.05
TOO_FAR_NS: Final = 30 * NS_PER_S
RESTART_NS: Final = 5 * NS_PER_S
LOWEST_MSPM: Final = 100 * MSPM_PER_SPM
HIGHEST_MSPM: Final = 230 * MSPM_PER_SPM
UNKNOWN_CYCLE_NS: Final = 2 * NS_PER_MIN
"""A fade in a segment without a known time sounds in the first share of every two minutes."""
RISE_NS: Final = 3 * NS_PER_S
RISE_FROM_DB: Final = -30.0
WALK_REST_NS: Final = 20 * NS_PER_S
RESUME_NS: Final = 5 * NS_PER_S
KEEP_LOST_NS: Final = 15 * NS_PER_S


@dataclass(frozen=True, slots=True)
class Slot:
    """The piece of the session that owns an onset."""

    metronome: Metronome
    number: int
    """The segment's number; a rule's burst within it shares it."""
    elapsed_ns: int
    """Running time from the slot's start to the onset."""
    length_ns: int | None
    share: float
    """Of the fade: 0 to 1."""
    override: int = 0
    """Serial number of a rule's own metronome; 0: the segment's."""
    drill: bool = False
    """A drill's click: no steps, so that nothing that holds for steps holds for it."""


@dataclass(frozen=True, slots=True)
class Window:
    """Whether a slot's own words let the beat sound."""

    opens: bool
    cycle: int
    """Which play phase or burst."""
    next_ns: int | None
    """Elapsed time of the next opening, if closed."""


@dataclass(frozen=True, slots=True)
class Sense:
    """What the beat knows of the runner when it is weighed."""

    own_spm: float | None
    target_spm: float | None
    ceiling_spm: float | None
    sensor: bool
    where: BandIs


@dataclass(frozen=True, slots=True)
class Promised:
    """A click that may still be taken back."""

    onset_ns: int
    beat: int
    sounded: int
    grid: Grid


@dataclass(frozen=True, slots=True)
class Beat:
    """The metronome's state."""

    grid: Grid | None = None
    open: bool = False
    owner: tuple[int, int, int] = (-1, 0, 0)
    """(segment number, override, cycle of bursts) that the grid was begun or carried on in."""
    next_beat: int = 0
    sounded: int = 0
    """Clicks sounded on this grid."""
    promised: tuple[Promised, ...] = ()
    first_click_ns: int | None = None
    since_ns: int | None = None
    """Onset at which the beat last began to sound: a tempo's start."""
    weighed_ns: int = 0
    moving: bool = True
    """Under way to its goal."""
    told_mspm: int = 0
    rested: bool = False
    """The runner stood or walked, and has not run for `RESUME_NS` since."""
    ahead_ns: int | None = None
    """Since when a nudge is too far ahead of the runner."""
    restart_ns: int | None = None
    """Until then a nudge that was too far ahead rests."""


_ALWAYS: Final = Window(opens=True, cycle=0, next_ns=None)


def window(slot: Slot) -> Window:
    """Do mode, phases, bursts and fade let the slot sound at its elapsed time?"""
    beat, share = slot.metronome, slot.share
    if beat.mode is Mode.NONE or share <= 0:
        return Window(opens=False, cycle=0, next_ns=None)
    if beat.mode is Mode.BURST:
        return _cycled(slot.elapsed_ns, beat.again_ns, beat.for_ns or BURST_NS, share)
    if beat.play_ns is not None and beat.pause_ns is not None:
        return _cycled(slot.elapsed_ns, beat.play_ns + beat.pause_ns, beat.play_ns, share)
    if share >= 1:
        return _ALWAYS
    if slot.length_ns is not None:
        return Window(opens=slot.elapsed_ns < int(slot.length_ns * share + 0.5), cycle=0, next_ns=None)
    return _cycled(slot.elapsed_ns, UNKNOWN_CYCLE_NS, UNKNOWN_CYCLE_NS, share)


def _cycled(elapsed_ns: int, cycle_ns: int | None, play_ns: int, share: float) -> Window:
    cycle = elapsed_ns // cycle_ns if cycle_ns else 0
    opens = elapsed_ns - cycle * (cycle_ns or 0) < int(play_ns * share + 0.5)
    return Window(opens, cycle, None if opens or not cycle_ns else (cycle + 1) * cycle_ns)


def must_rest(mode: Mode, gait: Gait, gait_since_ns: int, now_ns: int, *, rested: bool, ran_into_loss: bool) -> bool:
    """Does the way the runner moves silence the beat?"""
    if gait in (Gait.LOST, Gait.UNKNOWN):
        if mode is Mode.FIXED:
            return rested
        return rested or (gait is Gait.LOST and not ran_into_loss) or now_ns - gait_since_ns >= KEEP_LOST_NS
    return rested


def rest_after(rested: bool, gait: Gait, gait_since_ns: int, now_ns: int) -> bool:
    """Is the runner, by now, one who stood or walked and has not run for 5 s since?"""
    if gait is Gait.STANDING or (gait is Gait.WALKING and now_ns - gait_since_ns >= WALK_REST_NS):
        return True
    if rested and gait is Gait.RUNNING and now_ns - gait_since_ns >= RESUME_NS:
        return False
    return rested


def gait_dues(rested: bool, gait: Gait, gait_since_ns: int) -> int | None:
    """When `rest_after` or `must_rest` may next change its mind by time alone."""
    if gait is Gait.WALKING and not rested:
        return gait_since_ns + WALK_REST_NS
    if gait is Gait.RUNNING and rested:
        return gait_since_ns + RESUME_NS
    return None


def goal_spm(metronome: Metronome, sense: Sense, tempo_spm: float | None) -> float | None:
    """Where the tempo is to go; None: nowhere that is known. `tempo_spm` None: where it begins."""
    own, target = sense.own_spm, sense.target_spm
    mode = metronome.mode
    if mode is Mode.FIXED:
        return metronome.beat_mspm / MSPM_PER_SPM if metronome.beat_mspm is not None else target
    if own is None:
        return tempo_spm
    if mode is Mode.FOLLOW or target is None or tempo_spm is None:
        return own
    if mode is Mode.NUDGE:
        behind = sense.sensor and tempo_spm < target and own < tempo_spm * (1.0 - LEAD)
        return tempo_spm if behind else target
    ahead = own * (1.0 + LEAD)
    return target if not sense.sensor or target < ahead else ahead


def limited_mspm(spm: float, ceiling_spm: float | None) -> int | None:
    """The tempo within what holds whatever a pack says; None where nothing does."""
    value = int(spm * MSPM_PER_SPM + 0.5)
    if ceiling_spm is not None:
        most = int(ceiling_spm * MSPM_PER_SPM)
        if most < LOWEST_MSPM:
            return None
        value = min(value, most)
    return min(max(value, LOWEST_MSPM), HIGHEST_MSPM)


def weighed(beat: Beat, metronome: Metronome, sense: Sense, onset_ns: int) -> tuple[Beat, int | None]:
    """The beat with its tempo weighed at `onset_ns`, and that tempo in mspm (None: it may not sound)."""
    grid = beat.grid
    assert grid is not None
    tempo = grid.mspm
    capped = limited_mspm(tempo / MSPM_PER_SPM, sense.ceiling_spm)
    if capped is None:
        return beat, None
    if capped < tempo:  # what holds whatever a pack says wins over any pace of change
        return replace(beat, weighed_ns=onset_ns, moving=True), capped
    passed_ns = onset_ns - beat.weighed_ns
    begins = beat.since_ns == onset_ns
    if passed_ns < WEIGH_NS and _step_mspm(metronome, tempo, WEIGH_NS, begins=begins) is not None:
        return beat, capped
    spm = tempo / MSPM_PER_SPM
    goal = goal_spm(metronome, sense, spm)
    if goal is None:
        return replace(beat, weighed_ns=onset_ns), capped
    aim = limited_mspm(goal, sense.ceiling_spm)
    if aim is None:
        return beat, None
    off = aim - tempo if aim > tempo else tempo - aim
    if off == 0 or (not beat.moving and off <= STIR_SPM * MSPM_PER_SPM):
        return replace(beat, weighed_ns=onset_ns, moving=beat.moving and off > 0), capped
    step = _step_mspm(metronome, tempo, passed_ns, begins=begins)
    if step is None or off <= step:
        return replace(beat, weighed_ns=onset_ns, moving=False), aim
    return replace(beat, weighed_ns=onset_ns, moving=True), tempo + step if aim > tempo else tempo - step


def _step_mspm(metronome: Metronome, tempo_mspm: int, passed_ns: int, *, begins: bool) -> int | None:
    """The most the tempo may change after `passed_ns`; None: at once. A fixed beat is there at once when its segment
    `begins`, and later comes gently after a target that moves with the runner's speed.
    """
    if metronome.mode is Mode.FIXED and (begins or metronome.beat_mspm is not None):
        return None
    slew = SLEW_PER_S
    if metronome.mode is Mode.NUDGE:
        slew = NUDGE_SLEW_PER_S
        passed_ns = min(passed_ns, 2 * WEIGH_NS)  # what was silent was not walked through
    return max(1, int(tempo_mspm * slew * passed_ns / NS_PER_S))


def too_far_ahead(beat: Beat, metronome: Metronome, sense: Sense) -> bool:
    """Is a sounding nudge 5 % or more ahead of the runner?"""
    if metronome.mode is not Mode.NUDGE or not sense.sensor or not beat.open or beat.grid is None or sense.own_spm is None:
        return False
    return beat.grid.mspm / MSPM_PER_SPM >= sense.own_spm * (1.0 + TOO_FAR)


def _left_behind(grid: Grid, metronome: Metronome, sense: Sense) -> bool:
    """Is a silent beat so far under the runner, and under its goal, that it had better begin at the runner's own?"""
    own, tempo = sense.own_spm, grid.mspm / MSPM_PER_SPM
    if own is None or metronome.mode is Mode.FIXED or tempo > own * (1.0 - TOO_FAR):
        return False
    goal = goal_spm(metronome, sense, tempo)
    return goal is not None and tempo <= goal * (1.0 - TOO_FAR)


def opened(beat: Beat, slot: Slot, cycle: int, sense: Sense, at_ns: int) -> Beat | None:
    """The beat opened at `at_ns`: on its grid within the same segment, else on a new one. None where no tempo is known."""
    key = (slot.number, slot.override, cycle if slot.metronome.mode is Mode.BURST else 0)
    if slot.drill:
        return _drill_opened(beat, slot, key, at_ns)
    grid = beat.grid
    if grid is not None and beat.owner == key:
        if limited_mspm(grid.mspm / MSPM_PER_SPM, sense.ceiling_spm) is None:
            return None
        number = max(beat.next_beat, grid.first_from(at_ns))
        if _left_behind(grid, slot.metronome, sense):  # a walk held it down, or the runner came back quicker: the phase stays
            grid = grid.at_tempo(number, limited_mspm(sense.own_spm or 0.0, sense.ceiling_spm) or grid.mspm)
        return replace(beat, grid=grid, open=True, next_beat=number, since_ns=at_ns)
    spm = goal_spm(slot.metronome, sense, None)
    if spm is None and grid is not None:
        spm = grid.mspm / MSPM_PER_SPM
    tempo = None if spm is None else limited_mspm(spm, sense.ceiling_spm)
    if tempo is None:
        return None
    fresh = Grid(at_ns, 0, tempo)
    return replace(
        beat,
        grid=fresh,
        open=True,
        owner=key,
        next_beat=0,
        sounded=0,
        since_ns=at_ns,
        weighed_ns=at_ns,
        moving=True,
        ahead_ns=None,
    )


def _drill_opened(beat: Beat, slot: Slot, key: tuple[int, int, int], at_ns: int) -> Beat:
    """A drill's click lies where its repetitions lie, also after a pause in the middle of them."""
    grid = Grid(at_ns - slot.elapsed_ns, 0, slot.metronome.beat_mspm or LOWEST_MSPM)
    number = grid.first_from(at_ns)
    return replace(beat, grid=grid, open=True, owner=key, next_beat=number, sounded=number, since_ns=at_ns, moving=False)


def click(beat: Beat, metronome: Metronome, onset_ns: int, where: BandIs) -> tuple[Beat, PlayClick | None]:
    """Promise the next beat (a click on every `tick`-th) and go on to the one after."""
    grid = beat.grid
    assert grid is not None
    number = beat.next_beat
    if number % metronome.tick:
        return replace(beat, next_beat=number + 1), None
    first_ns = onset_ns if beat.first_click_ns is None else beat.first_click_ns
    since_ns = onset_ns - first_ns
    gain_db = RISE_FROM_DB * (RISE_NS - since_ns) / RISE_NS if since_ns < RISE_NS else 0.0
    hint = ""
    if metronome.hint and where is not BandIs.UNKNOWN:
        hint = {BandIs.LOW: "below", BandIs.IN: "in", BandIs.HIGH: "above"}[where]
    accent = metronome.accent is not None and beat.sounded % metronome.accent == 0
    promised, forgotten = beat.promised, 0
    while forgotten < len(promised) and promised[forgotten].onset_ns <= onset_ns - 2 * NS_PER_S:
        forgotten += 1
    beat = replace(
        beat,
        next_beat=number + 1,
        sounded=beat.sounded + 1,
        promised=(*promised[forgotten:], Promised(onset_ns, number, beat.sounded, grid)),
        first_click_ns=first_ns,
    )
    return beat, PlayClick(onset_ns, number, grid.mspm, accent, metronome.sound, metronome.volume, gain_db, hint)


def recalled(beat: Beat, now_ns: int) -> tuple[Beat, int | None]:
    """Take back what is not in the ring yet; the stamp from which, or None where nothing was promised beyond it."""
    from_ns = now_ns + RING_NS + 1  # an onset just at the ring's end lies in it, for files and cards alike
    for old in beat.promised:
        if old.onset_ns >= from_ns:
            first_ns = None if beat.first_click_ns == old.onset_ns else beat.first_click_ns
            kept = tuple(other for other in beat.promised if other.onset_ns < from_ns)
            back = replace(beat, grid=old.grid, next_beat=old.beat, sounded=old.sounded, promised=kept, first_click_ns=first_ns)
            return back, from_ns
    return beat, None
