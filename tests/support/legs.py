"""Runners for whole seasons: legs that hear the beat and the words, keep some of what they learn, tire, and hurt.

Nothing here is measured on a person; a run's few rules are those of the simulated runner in `cued.sensors.simulated`, made
quicker: a sample every 4.4 seconds, for a live pod that is silent for 4.5 stands still.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from cued.coaching.fitting import fitted
from cued.coaching.happening import Outcome
from cued.coaching.today import Today
from cued.core.cues import CuePack
from cued.core.effects import CadenceSeen, Effect, PlayClick, Render, Say, SegmentBegan
from cued.core.engine import texts_of
from cued.core.events import CadenceSample, Event, LinkState, Next, SensorLink, SpeechReady, SurfaceIs
from cued.core.numbers import draw
from cued.core.start import Start
from cued.review.outcome import OutcomeCounter
from cued.runtime.conductor import Conductor, Listener, Until
from cued.sensors.simulated import BEAT_GRACE_NS, CAPTURE, COACHING, CUE_REACH, CUE_S
from cued.units import MSPM_PER_SPM, NS_PER_MIN, NS_PER_S

PERIOD_NS: Final = 4_400_000_000
SLOWEST_BEAT_MSPM: Final = 100_000
"""A slower one counts a drill's repetitions."""


@dataclass(frozen=True, slots=True)
class Legs:
    """Who runs; fractions of cadence where nothing else is said."""

    spm: float = 164.0
    mps: float = 2.8
    slope: float = 6.0
    beat: float = 0.9
    """How much of the way to a beat."""
    cue: float = 0.6
    """How much of the way to the target a spoken cue takes them, fading over a minute."""
    learns: float = 0.4
    """What of the rest of the way is kept after a cue session."""
    tires_after_min: float = 90.0
    tires_per_min: float = 0.002
    tires_to: float = 0.06
    noise: float = 0.006
    drills_min: float = 4.0
    """After so long at the drills the key is pressed for the next segment."""
    kept: float = 0.0
    """What is in the legs by now, over `spm`."""


class _Run:
    """A feed with ears: one run on these legs."""

    def __init__(self, legs: Legs, seed: int, tell: Callable[[Event], None]) -> None:
        self._legs = legs
        self._tell = tell
        self._chance = seed
        self._at_ns = 0
        self._pushed: deque[Event] = deque([SensorLink(0, LinkState.FOUND)])
        self._noise = self._pull = 0.0
        self._beat_spm, self._beat_until_ns = 0.0, 0
        self._cue_from_ns, self._cue_until_ns = 0, 0
        self._target: float | None = None
        self._grounds = 0

    def next_ns(self) -> int:
        return min(self._at_ns, self._pushed[0].at_ns) if self._pushed else self._at_ns

    def take(self) -> Event:
        event = self._take()
        self._tell(event)
        return event

    def _take(self) -> Event:
        if self._pushed and self._pushed[0].at_ns <= self._at_ns:
            return self._pushed.popleft()
        at_ns = self._at_ns
        self._at_ns += PERIOD_NS
        return self._sample(at_ns)

    def hear(self, effects: Sequence[Effect], _at_ns: int) -> None:
        for effect in effects:
            match effect:
                case PlayClick() if effect.mspm >= SLOWEST_BEAT_MSPM:
                    self._beat_spm, self._beat_until_ns = effect.mspm / MSPM_PER_SPM, effect.at_ns + BEAT_GRACE_NS
                case Say() if effect.priority in COACHING:
                    self._cue_from_ns = effect.at_ns + effect.dur_ns
                    self._cue_until_ns = self._cue_from_ns + CUE_S * NS_PER_S
                case CadenceSeen():
                    self._target = effect.target_spm
                case SegmentBegan():
                    self._press(effect)
                case _:
                    pass

    def _press(self, began: SegmentBegan) -> None:
        """The runner's keys: into the drills and out of them; which ground it is, where the pack has a look at that."""
        if began.segment == "drills":
            later_ns = began.at_ns + round(self._legs.drills_min * NS_PER_MIN)
            self._pushed.extend((Next(began.at_ns + PERIOD_NS), Next(later_ns)))
        elif began.segment == "surface":
            self._pushed.append(SurfaceIs(began.at_ns + PERIOD_NS, ("grass", "gravel")[self._grounds % 2]))
            self._grounds += 1

    def _share(self) -> float:
        self._chance, bits = draw(self._chance)
        return (bits >> 11) / 9007199254740992.0 * 2.0 - 1.0

    def _sample(self, at_ns: int) -> CadenceSample:
        legs = self._legs
        self._noise = 0.8 * self._noise + 0.6 * self._share()
        hills = at_ns // NS_PER_MIN % 11 - 5  # pace goes up and down by five per cent over eleven minutes
        mps = legs.mps * (1.0 + 0.01 * hills)
        tired_min = max(0.0, at_ns / NS_PER_MIN - legs.tires_after_min)
        fatigue = min(legs.tires_to, legs.tires_per_min * tired_min)
        own = (legs.spm * (1.0 + legs.kept) + legs.slope * (mps - legs.mps)) * (1.0 - fatigue)
        self._pull += (self._goal(own, at_ns) - self._pull) * 0.5
        spm = (own + self._pull) * (1.0 + legs.noise * self._noise)
        return CadenceSample(at_ns, float(round(spm)), round(mps, 2), round(mps * at_ns / NS_PER_S, 1), running=True)

    def _goal(self, own: float, at_ns: int) -> float:
        away = self._beat_spm - own
        if at_ns < self._beat_until_ns and abs(away) <= CAPTURE * own:
            return self._legs.beat * away
        if self._target is not None and self._cue_from_ns <= at_ns < self._cue_until_ns:
            reach = CUE_REACH * own
            left = (self._cue_until_ns - at_ns) / (CUE_S * NS_PER_S)
            return self._legs.cue * left * max(-reach, min(reach, self._target - own))
        return 0.0


def run_today(pack: CuePack, answer: Today, legs: Legs, seed: int, *listeners: Listener) -> Outcome:
    """Today's run on these legs through the real core; what its recording tells."""
    pack = fitted(pack, answer)
    length_ns = answer.minutes * NS_PER_MIN
    speech = tuple((text.text_id, NS_PER_S) for text in texts_of(pack, ""))
    how = Start(pack, seed=seed, session_number=answer.session_number, length_ns=length_ns, runner=answer.runner, speech=speech)
    counter = OutcomeCounter(how)
    Conductor(how, Until(_Run(legs, seed, counter.tell), length_ns), [counter, *listeners], _spoken).advance(None)
    return counter.outcome(length_ns)


def _spoken(render: Render) -> Event:
    return SpeechReady(render.at_ns, render.text_id, 2 * NS_PER_S)
