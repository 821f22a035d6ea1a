"""The life of sessions in values: its thresholds, what may happen to it, and what it decides.

A decision's `at_ns` is when it is made; `since_ns`, never later, is from when on it is true of the runner.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final, TypeAlias

from cued.core.cadence import RUN_FROM_MPS, RUN_FROM_SPM, SILENT_NS, STANDING_SPM, STILL_MPS, WALK_BELOW_SPM, Gait
from cued.core.sentences import Sentence
from cued.core.values import NOTHING, Values
from cued.units import NS_PER_H, NS_PER_MIN, NS_PER_S

QUICK_SPM: Final = 10.0
"""So far into walking cadence it is still running where speed or the pod's own flag says so, as in `cadence`."""


class Phase(Enum):
    IDLE = "idle"
    """Headphones or pod are missing."""
    READY = "ready"
    RUNNING = "running"
    """Also while the runner walks, or nobody knows: until it is known to rest."""
    PAUSED = "paused"
    ENDED = "ended"
    """For as long as the run may still be continued."""


class Word(Enum):
    """What the runner may tell."""

    START = "start"
    """Also: go on."""
    STOP = "stop"
    PAUSE = "pause"
    RESUME = "resume"
    PAIN = "pain"
    """Cueing is over for this run; the run itself goes on being recorded."""


class Why(Enum):
    """A run's end."""

    TOLD = "told"
    STOOD = "stood"
    WALKED = "walked"
    """Long without running."""
    LOST = "lost"
    """Long without knowing anything of the runner."""
    ALONE = "alone"
    """Neither pod nor headphones: nothing to record, and nobody to speak to."""
    PAUSED = "paused"
    """Told to pause, and never gone on."""


@dataclass(frozen=True, slots=True)
class LifeSettings:
    """Every threshold, with its reason."""

    run_from_spm: float = RUN_FROM_SPM
    """From here on it is running; what lies between walking and running stays what it was."""
    walk_below_spm: float = WALK_BELOW_SPM
    stand_below_spm: float = STANDING_SPM
    run_from_mps: float = RUN_FROM_MPS
    """The same by speed, where nobody knows whether the pod counts steps or strides."""
    still_below_mps: float = STILL_MPS
    begin_ns: int = 20 * NS_PER_S
    """So much running is a run: a sprint for a bus is shorter. Nothing is lost by it, for a run is backdated."""
    gap_ns: int = SILENT_NS
    """A stretch of running bears a hole of this length (a lost notification or two); a pod silent for longer stands still."""
    pause_ns: int = 10 * NS_PER_S
    """Longer than tying a shoe takes the feet out of step, shorter than a red light."""
    resume_ns: int = 2 * NS_PER_S
    """From the first sample of running to the third at one a second: at most 3 s, and not by one false value."""
    slept_ns: int = 20 * NS_PER_S
    """A link that goes so soon after running was lost while the runner ran; later, the pod fell asleep on a still foot."""
    stop_ns: int = 5 * NS_PER_MIN
    """Longer than a red light or a level crossing."""
    walk_ns: int = 20 * NS_PER_MIN
    """Without any running. Walk breaks last minutes, a steep climb a quarter of an hour; whoever walks longer walks home."""
    told_pause_ns: int = 30 * NS_PER_MIN
    """Who pauses by word means to go on, and gets as long as a café takes."""
    forgot_ns: int = 60 * NS_PER_S
    """So much running after a pause by word is by somebody who forgot to go on. Better a run too many than one lost."""
    continue_ns: int = 30 * NS_PER_MIN
    """From the end (as the runner hears it) on; later it is another run."""
    lost_ns: int = 4 * NS_PER_H
    """A pod whose battery died early must not cut a marathon short; by then nearly everybody is home."""
    alone_ns: int = 30 * NS_PER_MIN
    """Headphones and pod are both gone for a moment at times; for so long, they lie in a drawer."""
    no_pod_ns: int = 60 * NS_PER_S
    """Many pods sleep until they move, and are found within seconds then."""
    ready_apart_ns: int = 10 * NS_PER_MIN
    """Between two sentences that all is ready: a pod that sleeps and wakes must not nag."""


# --- what happens --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PodIs:
    """The cadence pod's link. A link that cued itself is renewing is still up."""

    at_ns: int
    up: bool
    name: str | None = None
    battery_percent: int | None = None


@dataclass(frozen=True, slots=True)
class Moved:
    """One sample of the pod, its fields as in `events.CadenceSample`."""

    at_ns: int
    spm: float | None = None
    """Steps per minute; None: not measured, or of unknown unit."""
    running: bool | None = None
    speed_mps: float | None = None
    raw: int | None = None
    """The sensor's own number: 0 is standing, whatever its unit."""


@dataclass(frozen=True, slots=True)
class HeadphonesAre:
    """Or whatever sound goes to: always up with a cable."""

    at_ns: int
    up: bool


@dataclass(frozen=True, slots=True)
class TodayIs:
    """What a run that begins now would be."""

    at_ns: int
    title: str | None
    """The pack's."""
    plain: bool = False
    """Recorded without cues."""
    more: tuple[Sentence, ...] = ()
    """What the plan has to say besides."""
    planned: bool = False
    """The plan has decided it: said again where it differs from what was said."""
    aloud: bool = False
    """The runner waits for it: said at once, unless a run is on."""

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        """How it is said by itself."""
        what = Sentence.TODAY_PLAIN if self.plain else None if self.title is None else Sentence.TODAY
        return self.more if what is None else (what, *self.more)

    def sounds_like(self, other: TodayIs) -> bool:
        """Is the same said of it?"""
        return (self.title, self.plain, self.more) == (other.title, other.plain, other.more)


@dataclass(frozen=True, slots=True)
class Told:
    at_ns: int
    word: Word


@dataclass(frozen=True, slots=True)
class SessionOver:
    """The session's figures at its end: it was ended by `End`, or came to an end by itself (the pack's length was run)."""

    at_ns: int
    run_ns: int
    """Running time."""
    mean_spm: int | None = None
    in_band_percent: int | None = None
    cues: int = 0
    """How many were heard."""


@dataclass(frozen=True, slots=True)
class Tick:
    at_ns: int


Happening: TypeAlias = PodIs | Moved | HeadphonesAre | TodayIs | Told | SessionOver | Tick


def gait_of(moved: Moved, before: Gait, how: LifeSettings) -> Gait:
    """How the runner moves by one sample alone; UNKNOWN where it does not say, or says two things at once."""
    spm, speed = moved.spm, moved.speed_mps
    quick = (speed is not None and speed >= how.run_from_mps) or moved.running is True
    still = speed is None or speed < how.still_below_mps
    if spm is None:
        if still and (moved.raw == 0 or speed is not None):
            return Gait.STANDING
        if quick:
            return Gait.RUNNING
        return Gait.UNKNOWN if speed is None else Gait.WALKING
    if spm < how.stand_below_spm:  # a pod without cadence, a lost foot, or a belt that runs on under nobody
        return Gait.UNKNOWN if speed is not None and speed >= how.run_from_mps else Gait.STANDING
    if spm >= how.run_from_spm or (quick and spm >= how.walk_below_spm - QUICK_SPM):
        return Gait.RUNNING
    if spm < how.walk_below_spm:
        return Gait.WALKING
    if before in {Gait.RUNNING, Gait.WALKING}:
        return before
    return Gait.RUNNING if spm >= (how.walk_below_spm + how.run_from_spm) / 2 else Gait.WALKING


# --- what is decided -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Begin:
    """A session starts, its 0 at `since_ns`.

    Samples from `since_ns` on came before there was a session: the shell has kept them (`begin_ns` and a little more) and feeds
    them to the new session again, so that its first seconds are known to it. Clicks and cues due in that stretch were not heard
    and are not made up for (`events.Stalled`).
    """

    at_ns: int
    since_ns: int
    continues: bool = False
    """The last session goes on: same pack, seed, counts and run time; the stretch between was a pause."""


@dataclass(frozen=True, slots=True)
class Pause:
    """The session pauses at once.

    `since_ns`: standing began there. The run's time leaves the standing out from there on, as a watch's does. The engine, which
    never turns back, pauses at `at_ns`, so that `pause_ns` of standing are counted to the segment: its beat rests by then
    anyway, and there is no countdown to be seen.
    """

    at_ns: int
    since_ns: int
    told: bool = False


@dataclass(frozen=True, slots=True)
class Resume:
    """The session goes on at once; the runner has run since `since_ns`."""

    at_ns: int
    since_ns: int


@dataclass(frozen=True, slots=True)
class End:
    """The session ends; what was recorded after `since_ns` is no part of the run. Answered by `SessionOver`."""

    at_ns: int
    since_ns: int
    why: Why


@dataclass(frozen=True, slots=True)
class Say:
    at_ns: int
    sentence: Sentence
    values: Values = NOTHING


Decision: TypeAlias = Begin | Pause | Resume | End | Say
