"""A session: everything a run has come to, as one frozen value; and a turn: one step in progress."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import Enum
from operator import attrgetter, is_
from typing import Final

from cued.core.cadence import CadenceState, own_spm, smooth_spm
from cued.core.cues import Band, Effort, Metronome, Rule, Target
from cued.core.drills import Leading
from cued.core.effects import Effect
from cued.core.fading import beat_share
from cued.core.floor import Floor, House
from cued.core.grid import LOOKAHEAD_NS
from cued.core.link import LinkWatch
from cued.core.metronome import Beat, Sense, Slot
from cued.core.motion import DEFAULT_MPS, Motion, mean_speed
from cued.core.segments import Nothing, Place, Progress, Upcoming, first, following
from cued.core.start import Start
from cued.core.target import BandState, Known, ceiling_spm, target_spm
from cued.core.triggers import RuleState


class Phase(Enum):
    BEFORE = "before"
    RUNNING = "running"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Override:
    """A rule's own metronome, until it ends or its segment does."""

    metronome: Metronome
    start_run_ns: int
    until_run_ns: int | None
    number: int


@dataclass(frozen=True, slots=True)
class Here:
    """What was seen in the present segment."""

    speeds: tuple[float, ...] = ()
    """Sorted, one a second of running."""
    first_minute: tuple[float, ...] = ()
    """Speeds of its first 60 s."""
    pace_mps: float | None = None
    """Median of that first minute, once it is over."""
    taken_ns: int = -1
    """When a second was last taken in."""
    metrics: tuple[tuple[str, float], ...] = ()
    """(metric, value) while the segment records the reference."""


@dataclass(frozen=True, slots=True)
class Session:
    """What `step` takes and gives. Nobody outside the core looks inside: see `engine.view`."""

    how: Start
    now_ns: int = -LOOKAHEAD_NS
    """One lookahead before the run's start, so that its first beat can be promised like any other."""
    phase: Phase = Phase.BEFORE
    run_base_ns: int = 0
    """Running time at `run_mark_ns`, as segments, rules and limits go by it."""
    run_mark_ns: int = 0
    stood_ns: int = 0
    """Of that, what turned out to be standing: on a watch it is no running time."""
    rested_ns: int = 0
    """From when on the last pause, or its end, was true."""
    paused: bool = False
    muted: bool = False
    unheard: bool = False
    """What is played reaches nobody."""
    cadence: CadenceState = field(default_factory=CadenceState)
    motion: Motion = field(default_factory=Motion)
    smooth_spm: float | None = None
    """Cadence as a pack's words mean it, as of the last look."""
    last_spm: float | None = None
    """The last smoothed cadence there was: what bounds a beat that plays on without a sensor."""
    own_spm: float | None = None
    """Cadence as the beat follows it."""
    speed_mps: float | None = None
    """Mean of the last 10 s."""
    progress: Progress = field(default_factory=Progress)
    coming: Upcoming | Nothing = field(default_factory=Nothing)
    """What follows the present segment, if it ends when it is expected to."""
    trail: tuple[Place, ...] = ()
    """Segments before the present one, the last of them last: the way back."""
    known: Known = field(default_factory=Known)
    band: BandState = field(default_factory=BandState)
    rules: tuple[RuleState, ...] = ()
    done: Mapping[Rule, tuple[int, int | None]] = field(default_factory=dict)
    """Rules of packs that were swapped → how often they were carried out, and when last; each without its id."""
    active: tuple[int, ...] = ()
    """The rules that may come due in the present segment."""
    beat: Beat = field(default_factory=Beat)
    override: Override | None = None
    overrides: int = 0
    floor: Floor = field(default_factory=Floor)
    chance: int = 0
    """State of the seeded chance."""
    ready: Mapping[str, int] = field(default_factory=dict)
    """Text id → length in ns of every sound that can be played."""
    here: Here = field(default_factory=Here)
    surface: str | None = None
    """What is underfoot: the segment's, else what the runner said last."""
    effort: Effort | None = None
    """As the surface."""
    told_surface: str | None = None
    """What the runner said last; it holds again where a segment's own ends."""
    told_effort: Effort | None = None
    cues_ended: bool = False
    hurts: bool = False
    """The runner said so: the beat is over, too."""
    sensor: str = ""
    """Last told: empty, `found`, `lost`, `back`."""
    link: LinkWatch = field(default_factory=LinkWatch)
    heart_bpm: int | None = None
    heart_ns: int = 0
    metrics: tuple[tuple[int, str, float], ...] = ()
    """(ns, metric, value), the last 10 s."""
    metric_reference: Mapping[str, float] = field(default_factory=dict)
    judged_ns: int = 0
    """Time the band was judged."""
    in_band_ns: int = 0
    judge_mark_ns: int | None = None
    leading: Leading | None = None
    """The drills of the present segment."""
    late_events: int = 0
    beat_due_ns: int | None = -LOOKAHEAD_NS
    other_due_ns: int | None = -LOOKAHEAD_NS

    @property
    def due_ns(self) -> int | None:
        """When anything is next due."""
        return earlier(self.beat_due_ns, self.other_due_ns)


def earlier(one: int | None, other: int | None) -> int | None:
    """The earlier of two times that may be none."""
    if one is None or other is None:
        return other if one is None else one
    return min(one, other)


_FIELDS: Final = tuple(item.name for item in fields(Session))
_ALL: Final = attrgetter(*_FIELDS)
"""All of a session's fields at once: a step thaws and freezes some ten thousand times an hour."""


class Turn:
    """One step in progress: the session's fields, mutable for as long as the step lasts, and its effects."""

    how: Start
    now_ns: int
    phase: Phase
    run_base_ns: int
    run_mark_ns: int
    stood_ns: int
    rested_ns: int
    paused: bool
    muted: bool
    unheard: bool
    cadence: CadenceState
    motion: Motion
    smooth_spm: float | None
    last_spm: float | None
    own_spm: float | None
    speed_mps: float | None
    progress: Progress
    coming: Upcoming | Nothing
    trail: tuple[Place, ...]
    known: Known
    band: BandState
    rules: tuple[RuleState, ...]
    done: Mapping[Rule, tuple[int, int | None]]
    active: tuple[int, ...]
    beat: Beat
    override: Override | None
    overrides: int
    floor: Floor
    chance: int
    ready: Mapping[str, int]
    here: Here
    surface: str | None
    effort: Effort | None
    told_surface: str | None
    told_effort: Effort | None
    cues_ended: bool
    hurts: bool
    sensor: str
    link: LinkWatch
    heart_bpm: int | None
    heart_ns: int
    metrics: tuple[tuple[int, str, float], ...]
    metric_reference: Mapping[str, float]
    judged_ns: int
    in_band_ns: int
    judge_mark_ns: int | None
    leading: Leading | None
    late_events: int
    beat_due_ns: int | None
    other_due_ns: int | None
    effects: list[Effect]
    fired: list[tuple[int, Progress]]
    """Rules that fired at this instant, with the segment that judges them."""
    deaf_until_ns: int | None
    """In a stall: nothing with an earlier onset can be heard."""
    missed_clicks: int

    def __init__(self, session: Session) -> None:
        self.__dict__.update(zip(_FIELDS, _ALL(session), strict=True))
        self.effects = []
        self.fired = []
        self.deaf_until_ns = None
        self.missed_clicks = 0
        self._sensed: tuple[tuple[object, ...], Sense] | None = None

    def frozen(self) -> Session:
        """The session after this turn."""
        return Session(*_ALL(self))

    # --- time and place ---

    def run_ns(self) -> int:
        """Running time now: pauses left out."""
        if self.paused or self.phase is Phase.BEFORE:
            return self.run_base_ns
        return self.run_base_ns + self.now_ns - self.run_mark_ns

    def left_ns(self, run_ns: int) -> int | None:
        """What is left of a run of known length at that running time."""
        length_ns = self.how.length_ns
        return None if length_ns is None else max(0, length_ns - run_ns)

    def end_ns(self) -> int | None:
        """When the present segment ends, where that is a matter of time and the run does not rest."""
        if self.paused or self.phase is not Phase.RUNNING or self.progress.end_run_ns is None:
            return None
        return self.now_ns + self.progress.end_run_ns - self.run_ns()

    def run_end_ns(self) -> int | None:
        """When the run reaches its length."""
        if self.paused or self.phase is not Phase.RUNNING or self.how.length_ns is None:
            return None
        return self.now_ns + self.how.length_ns - self.run_ns()

    def pace_mps(self) -> float:
        """For reckoning how long a distance takes: the runner's own easy speed, else the format's 6 min/km."""
        speed = self.how.runner.baseline_speed_mps
        return speed if speed is not None and speed > 0 else DEFAULT_MPS

    def plan_next(self) -> None:
        """Work out what follows the present segment, assuming it ends when expected."""
        pack, progress = self.how.pack, self.progress
        if self.phase is Phase.BEFORE:
            self.coming = first(pack, self.how.length_ns, self.pace_mps())
        elif progress.place is None:
            self.coming = Nothing()
        else:
            end_run_ns = progress.end_run_ns if progress.end_run_ns is not None else self.run_ns()
            self.coming = following(pack, progress.place, self.left_ns(end_run_ns), self.pace_mps())

    # --- target and band ---

    def target_words(self) -> Target:
        """The target in force."""
        return self.progress.segment.target if self.progress.segment is not None else self.how.pack.target

    def band_words(self) -> Band:
        """The band in force."""
        return self.progress.segment.band if self.progress.segment is not None else self.how.pack.band

    def look(self) -> None:
        """Judge cadence and speed as of now: after every sample, and whenever what they are judged by has changed."""
        self.smooth_spm = smooth_spm(self.cadence, self.now_ns, self.band_words().window_ns)
        if self.smooth_spm is not None:
            self.last_spm = self.smooth_spm
        self.own_spm = own_spm(self.cadence, self.now_ns)
        self.speed_mps = mean_speed(self.motion, self.now_ns)

    def target(self) -> float | None:
        """The target now, in steps per minute."""
        return self.target_of(self.target_words())

    def target_of(self, words: Target) -> float | None:
        """What `words` ask for now."""
        return target_spm(words, self.known, self.how.runner, self.speed_mps, self.last_spm)

    # --- the beat's view ---

    def slot_at(self, onset_ns: int) -> Slot | None:
        """The piece of the session that owns an onset within the lookahead; None where none does."""
        if self.paused or self.muted or self.phase is Phase.ENDED:
            return None
        run_end_ns = self.run_end_ns()
        if run_end_ns is not None and onset_ns >= run_end_ns:
            return None
        end_ns = self.end_ns()
        progress = self.progress
        if self.phase is Phase.BEFORE:
            return self._coming_slot(onset_ns, 0)
        if end_ns is not None and onset_ns >= end_ns:
            return None if progress.waiting else self._coming_slot(onset_ns, end_ns)
        if progress.segment is None or progress.waiting:
            return None
        onset_run_ns = self.run_ns() + onset_ns - self.now_ns
        if self.leading is not None:
            return self._drill_slot(self.leading, onset_run_ns - progress.start_run_ns)
        override = self.override
        if override is not None and (override.until_run_ns is None or onset_run_ns < override.until_run_ns):
            length_ns = None if override.until_run_ns is None else override.until_run_ns - override.start_run_ns
            elapsed_ns = onset_run_ns - override.start_run_ns
            return Slot(override.metronome, progress.number, elapsed_ns, length_ns, self.share(), override.number)
        length_ns = None if progress.end_run_ns is None else progress.end_run_ns - progress.start_run_ns
        elapsed_ns = onset_run_ns - progress.start_run_ns
        return Slot(progress.segment.metronome, progress.number, elapsed_ns, length_ns, self.share())

    def _drill_slot(self, leading: Leading, elapsed_ns: int) -> Slot | None:
        """A drill's click knows no fade and no cadence; each stretch of it has a grid of its own."""
        number = leading.plan.clicks_at(elapsed_ns)
        if number is None:
            return None
        stretch = leading.plan.clicks[number]
        length_ns = stretch.end_ns - stretch.start_ns
        own = -1 - number  # rules' own metronomes count upwards
        return Slot(stretch.metronome, self.progress.number, elapsed_ns - stretch.start_ns, length_ns, 1.0, own, drill=True)

    def _coming_slot(self, onset_ns: int, start_ns: int) -> Slot | None:
        coming = self.coming
        if isinstance(coming, Nothing) or coming.segment.starts_on_press or onset_ns < start_ns:
            return None
        length = getattr(coming.segment.length, "ns", None)
        return Slot(coming.segment.metronome, self.progress.number + 1, onset_ns - start_ns, length, self.share())

    def share(self) -> float:
        """The fade's share of the beat in this session."""
        return beat_share(self.how.pack.fade, self.how.session_number)

    def sense(self, onset_ns: int) -> Sense:
        """What the beat knows of the runner."""
        words = self.target_words()
        end_ns = self.end_ns()
        if isinstance(self.coming, Upcoming) and (self.phase is Phase.BEFORE or (end_ns is not None and onset_ns >= end_ns)):
            words = self.coming.segment.target
        own = self.own_spm if self.how.sensor else self.how.runner.cadence_spm
        speed, runner = self.speed_mps, self.how.runner
        highest = self.last_spm if self.how.sensor else own
        seen = (words, own, speed, highest, self.known, self.band.where)
        last = self._sensed  # most clicks of a step see what the one before saw
        if last is not None and all(map(is_, last[0], seen)):
            return last[1]
        sense = Sense(
            own_spm=own,
            target_spm=self.target_of(words),
            ceiling_spm=ceiling_spm(self.known, runner, speed, highest),
            sensor=self.how.sensor,
            where=self.band.where,
        )
        self._sensed = (seen, sense)
        return sense

    # --- the voice's view ---

    def house(self) -> House:
        """The rules of the house now."""
        limits = self.how.pack.limits
        return House(
            now_ns=self.now_ns,
            run_ns=self.run_ns(),
            length_ns=self.how.length_ns,
            limits=limits,
            quiet_start_ns=0 if self.how.desk else limits.quiet_start_ns,
            muted=self.muted,
            paused=self.paused,
            ready=self.ready,
            unheard=self.unheard,
        )
