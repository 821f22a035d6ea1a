"""What a run means for the plan: how well the rhythm was held, what of it stayed without help, what was lost late.

Fed with a session's effects, and with the events that tell of ground, in order; whole runs or as they go.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from cued.coaching.happening import Outcome, Vital
from cued.coaching.phases import teaches
from cued.core.cues import Basis
from cued.core.effects import CadenceSeen, CuesEnded, Effect, Paused, RunEnded, Say, SegmentBegan, TempoChanged
from cued.core.events import Event, GroundContactTime, HeartRate, SurfaceIs, VerticalOscillation
from cued.core.numbers import mean, median
from cued.core.running_time import RunTime
from cued.core.start import Start
from cued.core.target import CAP, SLOPE_SPM_PER_MPS, WEEKLY_CAP, Figure, at_speed
from cued.review.summary import HOLD_NS, JUDGED
from cued.units import NS_PER_MIN, NS_PER_S

PROBE: Final = "probe"
FEEDER: Final = "feeder"
STEADY: Final = "steady"
SETTLE_NS: Final = 20 * NS_PER_S
"""Of a window: pods lag some ten seconds, and legs follow a change as slowly."""
HELPED_NS: Final = 60 * NS_PER_S
"""So long a beat or a cue is still in the legs: what is run then is not the runner's own."""
EASY_FROM_NS: Final = 10 * NS_PER_MIN
"""Cadence has not settled before (docs/packs.md)."""
WHOLE_MINUTE_NS: Final = 50 * NS_PER_S
"""So much of a minute must have been running for it to count."""
OWN_FROM_NS, OWN_TO_NS = 12 * NS_PER_MIN, 32 * NS_PER_MIN
"""The minutes that late running is held against (Clermont 2019 took kilometres 4 to 14 of a marathon)."""
LONG_NS: Final = 40 * NS_PER_MIN
"""A shorter run has no late part."""
LATE_NS: Final = 15 * NS_PER_MIN
"""The last so many minutes, a cool-down left out, are the late part."""
LEAST_NS: Final = 3 * NS_PER_MIN
"""Of either part, or no drift is told."""
NOT_JUDGED: Final = frozenset({"hills", "strides", "between", "tempo", "cooldown", "drills"})
"""Segments whose cadence says nothing of drift or of easy running."""


@dataclass(slots=True)
class _Window:
    """Samples of one kind of stretch, and how long cadence was in the band there."""

    spm: list[float] = field(default_factory=list)
    speed: list[float] = field(default_factory=list)
    ns: int = 0
    judged_ns: int = 0
    in_ns: int = 0

    def judge(self, band: str, held_ns: int) -> None:
        if band in JUDGED:
            self.judged_ns += held_ns
            self.in_ns += held_ns * (band == "in")

    def add(self, sample: CadenceSeen, held_ns: int) -> None:
        assert sample.spm is not None
        self.spm.append(sample.spm)
        self.ns += held_ns
        if sample.speed_mps is not None:
            self.speed.append(sample.speed_mps)

    @property
    def share(self) -> float | None:
        return self.in_ns / self.judged_ns if self.judged_ns else None

    @property
    def figure(self) -> Figure | None:
        if not self.spm:
            return None
        return Figure(median(self.spm), median(self.speed) if self.speed else None)


@dataclass(slots=True)
class _Body:
    """What else was measured in a minute."""

    bpm: list[float] = field(default_factory=list)
    contact_ms: list[float] = field(default_factory=list)
    oscillation_mm: list[float] = field(default_factory=list)


class OutcomeCounter:
    """Goes through a run once."""

    def __init__(self, how: Start) -> None:
        self._how = how
        self._whole = _Window()
        self._parts = {name: _Window() for name in (PROBE, FEEDER, STEADY)}
        self._minutes: dict[int, _Window] = {}
        self._paces: dict[int, _Window] = {}
        """Minutes of easy running, helped or not."""
        self._bodies: dict[int, _Body] = {}
        self._surfaces: dict[str, _Window] = {}
        self._named = {segment.name: segment.surface for segment in how.pack.segments() if segment.surface is not None}
        """Surfaces that the pack's own segments name."""
        self._segment = ""
        self._segment_ns = 0
        self._surface = ""
        self._beat = False
        self._helped_ns = -HELPED_NS
        self._sample: CadenceSeen | None = None
        self._mark_ns = 0
        self._time = RunTime()
        self._pain = False

    def hear(self, effects: Iterable[Effect], _at_ns: int = 0) -> None:
        """The effects of a step."""
        for effect in effects:
            match effect:
                case CadenceSeen():
                    self._settle(effect.at_ns)
                    self._sample = effect
                case SegmentBegan():
                    self._settle(effect.at_ns)
                    self._segment, self._segment_ns = effect.segment, effect.at_ns
                    self._surface = self._named.get(effect.segment, self._surface)
                case TempoChanged():
                    self._help(effect.at_ns)
                    self._beat = effect.mspm > 0
                case Say() if effect.rule != "cued":
                    self._helped_ns = max(self._helped_ns, effect.at_ns + effect.dur_ns)
                case Paused():
                    self._settle(effect.at_ns)
                    self._sample = None
                    self._time.hear(effect)
                case CuesEnded() if effect.reason == "pain":
                    self._pain = True
                case RunEnded():
                    self._settle(effect.at_ns)
                    self._sample = None
                case _:
                    pass

    def tell(self, event: Event) -> None:
        """What went in: the ground, and what was measured besides steps."""
        if isinstance(event, SurfaceIs):
            self._settle(event.at_ns)
            self._surface = event.surface
        elif isinstance(event, HeartRate | GroundContactTime | VerticalOscillation):
            body = self._bodies.setdefault(self._run_ns // NS_PER_MIN, _Body())
            match event:
                case HeartRate():
                    body.bpm.append(float(event.bpm))
                case GroundContactTime():
                    body.contact_ms.append(event.ms)
                case VerticalOscillation():
                    body.oscillation_mm.append(event.mm)

    def stand_on(self, surface: str) -> None:
        """What was underfoot from the start."""
        self._surface = surface

    def finish(self, end_ns: int) -> None:
        """For whoever listens to a run."""
        self._settle(end_ns)
        self._sample = None

    def outcome(self, run_ns: int) -> Outcome:
        """What the run tells, which was `run_ns` of running long."""
        pack = self._how.pack
        cued = teaches(pack)
        parts = self._parts
        probe = parts[PROBE] if parts[PROBE].spm else parts[STEADY]
        return Outcome(
            pack=pack.name,
            cued=cued,
            minutes=run_ns / NS_PER_MIN,
            change=self._change() if cued else 0.0,
            in_band=self._whole.share,
            probe=probe.figure if cued else None,
            probe_in_band=probe.share if cued else None,
            feeder=parts[FEEDER].figure,
            steady=parts[STEADY].figure if parts[FEEDER].spm else None,
            steady_in_band=parts[STEADY].share if parts[FEEDER].spm else None,
            drift=self._drift(run_ns),
            surfaces=tuple((name, window.share) for name, window in sorted(self._surfaces.items()) if window.share is not None),
            easy=tuple(
                figure
                for _, window in sorted(self._minutes.items())
                if window.ns >= WHOLE_MINUTE_NS and (figure := window.figure) is not None
            ),
            pain=self._pain,
            vitals=tuple(self._vitals()),
        )

    def _vitals(self) -> Iterator[Vital]:
        for minute, window in sorted(self._paces.items()):
            body, figure = self._bodies.get(minute), window.figure
            if body is None or window.ns < WHOLE_MINUTE_NS or figure is None or figure.speed_mps is None:
                continue
            told = [mean(values) if values else None for values in (body.bpm, body.contact_ms, body.oscillation_mm)]
            yield Vital(figure.speed_mps, *told)

    def _change(self) -> float:
        """What was asked for over baseline, the weekly limit applied as the core does it."""
        pack, last = self._how.pack, self._how.runner.last_week_change
        asked = [segment.target.change for segment in pack.segments() if segment.target.basis is not Basis.FIXED]
        limit = CAP if last is None else min(CAP, max(0.0, last) + WEEKLY_CAP)
        return min(limit, max(asked, default=0.0))

    def _help(self, at_ns: int) -> None:
        if self._beat:
            self._helped_ns = max(self._helped_ns, at_ns)

    @property
    def _run_ns(self) -> int:
        """Running time, as far as is counted."""
        return self._time.at(self._mark_ns)

    def _settle(self, now_ns: int) -> None:
        """Count the time for which the last sample has spoken."""
        sample, since_ns = self._sample, self._mark_ns
        self._mark_ns = max(now_ns, since_ns)
        if sample is None:
            return
        held_ns = min(now_ns, sample.at_ns + HOLD_NS) - max(since_ns, sample.at_ns)
        if held_ns <= 0:
            return
        self._help(now_ns)
        self._whole.judge(sample.band, held_ns)
        if self._surface:
            self._surfaces.setdefault(self._surface, _Window()).judge(sample.band, held_ns)
        part = self._parts.get(self._segment)
        settled = sample.at_ns - self._segment_ns >= SETTLE_NS
        if part is not None and settled:
            part.judge(sample.band, held_ns)
        if sample.state != "running" or not sample.spm or sample.artefact:
            return
        if part is not None and settled:
            part.add(sample, held_ns)
        if self._segment in NOT_JUDGED or self._run_ns < EASY_FROM_NS:
            return
        minute = self._run_ns // NS_PER_MIN
        self._paces.setdefault(minute, _Window()).add(sample, held_ns)
        if sample.at_ns - self._helped_ns >= HELPED_NS:
            self._minutes.setdefault(minute, _Window()).add(sample, held_ns)

    def _drift(self, run_ns: int) -> float | None:
        """Cadence lost late against the run's own minutes before, without help and at the same speed."""
        if run_ns < LONG_NS:
            return None
        late_from_ns = max(OWN_TO_NS, run_ns - LATE_NS)
        own, late = _Window(), _Window()
        for minute, window in self._minutes.items():
            from_ns = minute * NS_PER_MIN
            part = own if OWN_FROM_NS <= from_ns < OWN_TO_NS else late if from_ns >= late_from_ns else None
            if part is not None:
                part.spm += window.spm
                part.speed += window.speed
                part.ns += window.ns
        before, after = own.figure, late.figure
        if before is None or after is None or min(own.ns, late.ns) < LEAST_NS:
            return None
        slope = self._how.runner.slope_spm_per_mps
        expected = at_speed(before, after.speed_mps, SLOPE_SPM_PER_MPS if slope is None else slope)
        return 1.0 - after.spm / expected
