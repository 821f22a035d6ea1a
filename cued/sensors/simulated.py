"""A simulated runner with a pod on the foot: seeded, with ears, the same to the byte on every machine.

Nothing here is measured on a person in particular; each number has its reason beside it, and the result was held
against real recordings (spread of steady running 0.7 to 1.5 %, seconds of lag, whole steps). Floats see only
+ - x / and comparison, as in the core, so that recorded decisions about simulated runs hold everywhere.
"""

from __future__ import annotations

from collections import deque
from typing import Final

from cued.core import events
from cued.core.cues import Priority
from cued.core.effects import CadenceSeen, Effect, PlayClick, RecallClicks, Say
from cued.core.events import Event, LinkState
from cued.core.numbers import draw, mean
from cued.sensors.runner_presets import Gait, RunnerPreset, preset_names, runner_preset
from cued.units import MSPM_PER_SPM, NS_PER_S

__all__ = ["SimulatedRunner", "preset_names"]

SPM_PER_MPS: Final = 5.6
"""How cadence grows with speed within one runner; the slope that packs' speed model starts from too."""
WALK_SPM: Final = 112.0
"""A brisk walk."""
WALK_MPS: Final = 1.4
"""A brisk walk."""
POD_WINDOW_S: Final = 10
"""Pods report a moving average of about ten seconds."""
STILL_S: Final = 3
"""After so long without a step a pod says 0 instead of averaging on."""
NOISE_SHARE: Final = 0.012
"""Spread of steady cadence; SHU poster: runners stray 1.8 to 2.9 % from a beat, real pods show 0.7 to 1.5 % after averaging."""
NOISE_KEPT: Final = 0.9
"""What is left of a deviation after a second: people wander over some ten seconds, they do not jitter."""
NOISE_FRESH: Final = 0.4358898943540674
"""Square root of 1 - NOISE_KEPT squared: keeps the spread what it is."""
SPEED_NOISE_SHARE: Final = 0.015
"""Spread of steady pace."""
SLOWEST_BEAT_MSPM: Final = 100_000
"""A slower beat counts a drill's repetitions, not steps: packs allow no other under 100."""
CAPTURE: Final = 0.08
"""A beat farther from one's own cadence than this is music in the background."""
BEAT_GRACE_NS: Final = 3 * NS_PER_S
"""A beat is still felt so long after its last click: longer than four steps, the widest `tick` in use."""
KEPT_NS: Final = 60 * NS_PER_S
"""A perfect runner keeps a beat's tempo so long after it stops, or until told of something new (Nijs 2020: the tempo stays)."""
PULL_S: Final = 6.0
"""Time constant of stepping onto a beat or back to one's own: some fifteen steps."""
CUE_S: Final = 60
"""How long a spoken cue lasts in the legs, fading evenly: attention is back with the weather after a minute."""
CUE_REACH: Final = 0.05
"""No cue moves cadence farther than this."""
CUE_UNAIMED: Final = 0.03
"""What a cue lifts while no target is known: most cues ask for light, quick steps."""
PACE_S: Final = 4.0
"""Time constant of a change of pace."""
TIRED_PACE: Final = 0.8
"""Pace lost per cadence lost: the step gets shorter too, a little less than slower."""
HEART_S: Final = 40.0
"""Time constant of the heart's answer to a change of pace."""
HEART_REST_BPM: Final = 55.0
HEART_PER_MPS: Final = 29.0
"""With the rest: 136 at an easy 2.8 m/s, 168 at 3.9 m/s."""
CONTACT_SHARE: Final = 0.68
"""One foot's time on the ground over the time of one step, at an easy pace: 250 ms at 164 steps a minute."""
TIRED_CONTACT: Final = 1.0
"""Growth of that share with fatigue: 7 % less cadence goes with 7 % longer contact beyond the slower step."""
COACHING: Final = frozenset({Priority.PERIODIC, Priority.BAND, Priority.DRIFT})
"""What asks for a change; praise, announcements and the names of segments do not."""


class SimulatedRunner:
    """One runner over one run. Ask `next_at_ns`, then `sample` it; tell by `hear` what sounds.

    `perfect` makes one who steps on every beat and does what every cue says at once, without noise.
    Raises SensorError for an unknown preset.
    """

    def __init__(self, preset: str, seed: int, *, perfect: bool = False) -> None:
        self._who: RunnerPreset = runner_preset(preset)
        self._perfect = perfect
        self._random = _Chance(seed)
        self._second = 0
        """The next to be simulated."""
        self._stage = 0
        self._stage_ends_s = self._stage_length_s()
        self._speed_mps = self._who.speed_mps * self._who.stages[0].pace
        self._distance_m = 0.0
        self._noise = 0.0
        self._speed_noise = 0.0
        self._pull_spm = 0.0
        self._heart_bpm = self._heart_goal(self._speed_mps, 0.0)
        self._window: deque[float] = deque(maxlen=POD_WINDOW_S)
        self._still_s = 0
        self._beat_spm = 0.0
        self._beat_until_ns = 0
        self._cue_from_ns = 0
        self._cue_until_ns = 0
        self._target_spm: float | None = None

    def next_at_ns(self) -> int:
        """When the pod speaks next: once a second, first at 0."""
        return self._second * NS_PER_S

    def sample(self, at_ns: int) -> tuple[Event, ...]:
        """All that the pod and the strap say up to and with `at_ns`, in order; empty where nothing is due."""
        said: list[Event] = []
        while self.next_at_ns() <= at_ns:
            said.extend(self._live_a_second())
        return tuple(said)

    def hear(self, effect: Effect) -> None:
        """Something sounds, or cued tells what it makes of the cadence (that is how the runner knows a cue's aim)."""
        match effect:
            case PlayClick() if effect.volume > 0 and effect.mspm >= SLOWEST_BEAT_MSPM:
                self._beat_spm = effect.mspm / MSPM_PER_SPM
                self._beat_until_ns = effect.at_ns + (KEPT_NS if self._perfect else BEAT_GRACE_NS)
            case RecallClicks():
                self._beat_until_ns = min(self._beat_until_ns, effect.from_ns + BEAT_GRACE_NS)
            case Say() if self._perfect and effect.priority is Priority.SEGMENT:
                self._beat_until_ns = min(self._beat_until_ns, effect.at_ns)
            case Say() if effect.priority in COACHING:
                self._cue_from_ns = effect.at_ns + effect.dur_ns
                self._cue_until_ns = self._cue_from_ns + CUE_S * NS_PER_S
            case CadenceSeen():
                self._target_spm = effect.target_spm
            case _:
                pass

    # --- one second ------------------------------------------------------------------------------------------------

    def _live_a_second(self) -> list[Event]:
        at_ns = self.next_at_ns()
        second = self._second
        while second >= self._stage_ends_s:
            self._stage = self._stage + 1 if self._stage + 1 < len(self._who.stages) else self._who.loop_from
            self._stage_ends_s += self._stage_length_s()
        stage = self._who.stages[self._stage]
        fatigue = self._fatigue(second)
        self._wander()
        if second > 0:
            self._distance_m += self._speed_mps
        self._change_pace(stage.gait, self._who.speed_mps * stage.pace * (1.0 - TIRED_PACE * fatigue))
        cadence_spm = self._cadence(stage.gait, fatigue, at_ns)
        self._second += 1
        said: list[Event] = [events.SensorLink(0, LinkState.FOUND)] if second == 0 else []
        said.append(
            events.CadenceSample(
                at_ns,
                float(self._pod_spm(cadence_spm)),
                speed_mps=round(self._speed_mps, 2),
                total_distance_m=round(self._distance_m, 1),
                running=stage.gait is Gait.RUN,
            )
        )
        self._heart_bpm += (self._heart_goal(self._speed_mps, fatigue) - self._heart_bpm) / HEART_S
        said.append(events.HeartRate(at_ns, round(self._heart_bpm)))
        if stage.gait is Gait.RUN:
            share = CONTACT_SHARE * (1.0 + TIRED_CONTACT * fatigue)
            said.append(events.GroundContactTime(at_ns, float(round(60_000.0 / cadence_spm * share))))
        return said

    def _stage_length_s(self) -> int:
        stage = self._who.stages[self._stage]
        return max(1, round(stage.for_s * (1.0 + stage.spread * (2.0 * self._random.share() - 1.0))))

    def _fatigue(self, second: int) -> float:
        """Fraction of cadence lost."""
        tired_s = second - self._who.tires_after_s
        return min(self._who.tires_to, self._who.tires_per_min * tired_s / 60.0) if tired_s > 0 else 0.0

    def _wander(self) -> None:
        """Both deviations, of spread 1; drawn even when unused, so that one seed stays one run."""
        self._noise = NOISE_KEPT * self._noise + NOISE_FRESH * self._random.bell()
        self._speed_noise = NOISE_KEPT * self._speed_noise + NOISE_FRESH * self._random.bell()

    def _change_pace(self, gait: Gait, goal_mps: float) -> None:
        if gait is Gait.RUN:
            noisy_mps = goal_mps * (1.0 + (0.0 if self._perfect else SPEED_NOISE_SHARE * self._speed_noise))
            self._speed_mps += (noisy_mps - self._speed_mps) / PACE_S
        else:
            self._speed_mps = WALK_MPS if gait is Gait.WALK else 0.0

    def _cadence(self, gait: Gait, fatigue: float, at_ns: int) -> float:
        """The legs' own cadence in this second, before the pod's averaging."""
        noise = 1.0 if self._perfect else 1.0 + NOISE_SHARE * self._noise
        if gait is Gait.STAND:
            return 0.0
        if gait is Gait.WALK:
            return WALK_SPM * noise
        own_spm = (self._who.cadence_spm + SPM_PER_MPS * (self._speed_mps - self._who.speed_mps)) * (1.0 - fatigue)
        goal_spm = self._goal_pull(own_spm, at_ns)
        self._pull_spm += (goal_spm - self._pull_spm) / (1.0 if self._perfect else PULL_S)
        return (own_spm + self._pull_spm) * noise

    def _goal_pull(self, own_spm: float, at_ns: int) -> float:
        """Where beat and cues want the legs, as steps per minute over the runner's own; a beat outdoes words."""
        if at_ns < self._beat_until_ns:
            away_spm = self._beat_spm - own_spm
            if self._perfect:
                return away_spm
            if abs(away_spm) <= CAPTURE * own_spm:
                return self._who.beat_compliance * away_spm
        if self._cue_from_ns <= at_ns < self._cue_until_ns:
            reach_spm = CUE_REACH * own_spm
            aim_spm = CUE_UNAIMED * own_spm if self._target_spm is None else self._target_spm - own_spm
            left = 1.0 if self._perfect else (self._cue_until_ns - at_ns) / (CUE_S * NS_PER_S)
            compliance = 1.0 if self._perfect else self._who.cue_compliance
            return compliance * left * max(-reach_spm, min(reach_spm, aim_spm))
        return 0.0

    def _pod_spm(self, cadence_spm: float) -> int:
        """What the pod makes of it."""
        self._still_s = self._still_s + 1 if cadence_spm == 0 else 0
        if self._still_s >= STILL_S:
            self._window.clear()
            return 0
        self._window.append(cadence_spm)
        return round(mean(self._window))

    @staticmethod
    def _heart_goal(speed_mps: float, fatigue: float) -> float:
        return HEART_REST_BPM + HEART_PER_MPS * speed_mps * (1.0 + fatigue)


class _Chance:
    """The runner's own stream of seeded chance."""

    def __init__(self, seed: int) -> None:
        self._state = seed

    def share(self) -> float:
        """Evenly from [0, 1)."""
        self._state, bits = draw(self._state)
        return (bits >> 11) / 9007199254740992.0

    def bell(self) -> float:
        """Near enough to a normal number: four even ones added up, mean 0, spread 1, never beyond 3.5."""
        return (self.share() + self.share() + self.share() + self.share() - 2.0) * 1.7320508075688772
