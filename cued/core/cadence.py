"""From a pod's samples to a cadence that can be believed, and to how the runner moves.

Smoothing is a median over a stated window: it lags a change by half the window (2.5 s at the default 5 s), besides the
5–10 s that pods average over themselves. A single impossible value is left out; one that persists is believed after
`CONFIRM_NS`, unless speed says otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import Final

from cued.core.events import CadenceSample
from cued.core.numbers import mean, median
from cued.units import NS_PER_MS, NS_PER_S

KEEP_NS: Final = 60 * NS_PER_S
"""Samples older than the longest sensible window are forgotten."""
OWN_NS: Final = 10 * NS_PER_S
"""Own cadence, as the beat follows it, is the mean of this long: a pod's whole steps per minute get a fraction."""
SILENT_NS: Final = 4_500 * NS_PER_MS
"""A pod that says nothing for so long on a live link stands still (many fall silent when stopped): beats rest within 5 s."""
CONFIRM_NS: Final = 2 * NS_PER_S
"""A surprising value that holds so long is true: three samples of a 1 Hz pod, and still within the 5 s of standing."""
CONTRADICTED_NS: Final = 10 * NS_PER_S
"""The same where speed contradicts it. What looks like a pod's own fault (doubled, halved, zero) makes cadence unknown
after so long instead, and is believed after `KEEP_NS`."""
TOP_SPM: Final = 260.0
"""Nobody runs faster: sprinters reach about 5 steps a second, for seconds."""
STANDING_SPM: Final = 20.0
WALK_BELOW_SPM: Final = 130.0
RUN_FROM_SPM: Final = 140.0
RUN_FROM_MPS: Final = 2.2
"""Faster than people walk (the walk–run transition lies near 2 m/s)."""
STILL_MPS: Final = 0.3
"""Slower than anybody walks: without a cadence, it is standing."""
SPIKE: Final = 0.20
"""Further than this from the last ten seconds, from one sample to the next, is not how runners change cadence."""


class Gait(Enum):
    """How the runner moves, as far as the sensor tells."""

    UNKNOWN = "unknown"
    RUNNING = "running"
    WALKING = "walking"
    STANDING = "standing"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Seen:
    at_ns: int
    spm: float


@dataclass(frozen=True, slots=True)
class CadenceState:
    """What the samples so far amount to."""

    believed: tuple[Seen, ...] = ()
    """Samples over 0 that were believed, oldest first, at most `KEEP_NS` back."""
    doubted: tuple[Seen, ...] = ()
    """The run of surprising samples not yet believed; they are judged by what was believed before the first of them."""
    doubt: str = ""
    last_ns: int | None = None
    """Last sample of any kind."""
    gait: Gait = Gait.UNKNOWN
    gait_since_ns: int = 0
    ran_into_loss: bool = False
    """The link went while the runner ran."""
    linked_ns: int | None = None
    """Since when the link is up again after a loss; None: it is down, or was not lost, or the pod has spoken since."""


def observe(state: CadenceState, sample: CadenceSample, steady_speed_mps: float | None) -> tuple[CadenceState, str]:
    """Take in one sample; `steady_speed_mps` is the mean speed before it.

    Returns the new state and the artefact the sample was left out as: empty, `spike`, `dropout`, `doubled` or `halved`.
    """
    at_ns, spm, speed = sample.at_ns, sample.spm, sample.speed_mps
    if spm is None and speed is not None and speed < STILL_MPS:
        spm = 0.0
    artefact = "" if spm is None else _surprise(state, spm, at_ns)
    if not artefact and spm is not None and STANDING_SPM <= spm <= TOP_SPM:  # as nearly every sample is
        gait = _gait(spm, speed, sample.running, Gait.UNKNOWN if state.gait is Gait.LOST else state.gait)
        since_ns = state.gait_since_ns if gait is state.gait else at_ns
        return CadenceState(_with(state.believed, spm, at_ns), (), "", at_ns, gait, since_ns, state.ran_into_loss), ""
    if state.gait is Gait.LOST:
        if not tells_of_feet(sample):
            return state, ""
        state = _moved(state, Gait.UNKNOWN, at_ns)
    state = replace(state, last_ns=at_ns)
    if spm is None:
        return _unknown(_not_standing(state, speed, at_ns), at_ns), ""
    if not 0 <= spm <= TOP_SPM:
        return state, "spike"
    if artefact:
        doubted = (*state.doubted, Seen(at_ns, spm)) if artefact == state.doubt else (Seen(at_ns, spm),)
        state = replace(state, doubted=doubted, doubt=artefact)
        up = bool(state.believed) and spm > state.believed[-1].spm
        needed_ns = CONTRADICTED_NS if _contradicted(artefact, up, speed, steady_speed_mps) else CONFIRM_NS
        if at_ns - doubted[0].at_ns < needed_ns:
            return state, artefact
        if needed_ns == CONTRADICTED_NS and artefact != "spike" and at_ns - doubted[0].at_ns < KEEP_NS:
            return _moved(state, Gait.UNKNOWN, at_ns), artefact  # two stories for too long: neither is used
        state = replace(state, believed=tuple(seen for seen in doubted if seen.spm >= STANDING_SPM))
    gait = _gait(spm, speed, sample.running, state.gait)
    state = replace(state, doubted=(), doubt="")
    if gait is Gait.STANDING and state.believed:
        state = replace(state, believed=())
    return _moved(state, gait, at_ns), ""


def tells_of_feet(sample: CadenceSample) -> bool:
    """Does the cadence sensor speak, if only by a number whose unit nobody knows yet? A treadmill's belt alone does not."""
    return sample.spm is not None or sample.raw is not None


def _not_standing(state: CadenceState, speed: float | None, at_ns: int) -> CadenceState:
    """Whoever gets ahead no longer stands, though nobody can say how the feet move."""
    moves = speed is not None and speed >= STILL_MPS
    return _moved(state, Gait.UNKNOWN, at_ns) if moves and state.gait is Gait.STANDING else state


def _unknown(state: CadenceState, at_ns: int) -> CadenceState:
    """Of a runner or walker whose last cadence is out of date nothing more is known."""
    old = not state.believed or at_ns - state.believed[-1].at_ns >= OWN_NS
    return _moved(state, Gait.UNKNOWN, at_ns) if old and state.gait in (Gait.RUNNING, Gait.WALKING) else state


def _with(believed: tuple[Seen, ...], spm: float, at_ns: int) -> tuple[Seen, ...]:
    old = 0
    while old < len(believed) and believed[old].at_ns <= at_ns - KEEP_NS:
        old += 1
    return (*believed[old:], Seen(at_ns, spm))


def silent_due_ns(state: CadenceState) -> int | None:
    """When a pod that goes on saying nothing counts as standing; None while there is nothing to wait for."""
    if state.gait is Gait.LOST:
        return None if state.linked_ns is None else state.linked_ns + SILENT_NS
    return None if state.last_ns is None or state.gait is Gait.STANDING else state.last_ns + SILENT_NS


def fell_silent(state: CadenceState, at_ns: int) -> CadenceState:
    """The pod said nothing for `SILENT_NS` on a live link: the runner stands."""
    return _moved(replace(state, believed=(), doubted=(), doubt="", linked_ns=None), Gait.STANDING, at_ns)


def link_lost(state: CadenceState, at_ns: int) -> CadenceState:
    """The link is down: cadence is unknown from here on, which is not standing."""
    ran = state.gait is Gait.RUNNING
    return replace(_moved(state, Gait.LOST, at_ns), ran_into_loss=ran, doubted=(), doubt="", linked_ns=None)


def link_up(state: CadenceState, at_ns: int) -> CadenceState:
    """The link is up again: a pod that says nothing from here on stands, as on any live link."""
    return replace(state, linked_ns=at_ns) if state.gait is Gait.LOST else state


def smooth_spm(state: CadenceState, now_ns: int, window_ns: int) -> float | None:
    """The cadence of a pack's words: the median of the window; None while there is none."""
    if state.gait not in (Gait.RUNNING, Gait.WALKING):
        return None
    values = _since(state, now_ns - window_ns)
    return median(values) if values else None


def own_spm(state: CadenceState, now_ns: int) -> float | None:
    """The runner's own cadence as the beat follows it; None unless two samples of running agree that there is one."""
    if state.gait is not Gait.RUNNING:
        return None
    values = _since(state, now_ns - OWN_NS)
    return mean(values) if len(values) >= 2 else None


def _since(state: CadenceState, from_ns: int) -> list[float]:
    """The values after `from_ns`, newest first; a runner is not judged by steps that were walked, nor a walker by running."""
    values: list[float] = []
    for seen in reversed(state.believed):
        if seen.at_ns <= from_ns or seen.at_ns < state.gait_since_ns:
            break
        values.append(seen.spm)
    return values


def _surprise(state: CadenceState, spm: float, at_ns: int) -> str:
    if state.gait is Gait.RUNNING:
        recent = _since(state, (state.doubted[0].at_ns if state.doubted else at_ns) - OWN_NS)
    elif state.gait is Gait.UNKNOWN and state.doubted:
        recent = [seen.spm for seen in state.believed if seen.at_ns > state.doubted[0].at_ns - OWN_NS]
    else:
        return ""
    if len(recent) < 3:
        return ""
    usual = median(recent)
    if spm < STANDING_SPM:
        return "dropout"
    ratio = spm / usual
    if 1.85 <= ratio <= 2.15:
        return "doubled"
    if 0.46 <= ratio <= 0.54:
        return "halved"
    return "spike" if ratio > 1 + SPIKE or ratio < 1 - SPIKE else ""


def _contradicted(artefact: str, up: bool, speed: float | None, before: float | None) -> bool:
    """Does speed say that the runner goes on as before? A sprint is quicker in both."""
    if artefact == "doubled":
        return True
    if speed is None:
        return False
    if before is None or before <= 0:
        return speed >= RUN_FROM_MPS
    if up:
        return speed < before * 1.15
    return speed >= RUN_FROM_MPS and speed > before * 0.85


def _gait(spm: float, speed: float | None, flag: bool | None, before: Gait) -> Gait:
    if spm < STANDING_SPM:
        return Gait.STANDING
    quick = (speed is not None and speed >= RUN_FROM_MPS) or flag is True
    if spm >= RUN_FROM_SPM or (quick and spm >= WALK_BELOW_SPM - 10):
        return Gait.RUNNING
    if spm < WALK_BELOW_SPM:
        return Gait.WALKING
    if before in (Gait.RUNNING, Gait.WALKING):
        return before
    return Gait.RUNNING if spm >= (WALK_BELOW_SPM + RUN_FROM_SPM) / 2 else Gait.WALKING


def _moved(state: CadenceState, gait: Gait, at_ns: int) -> CadenceState:
    return state if gait is state.gait else replace(state, gait=gait, gait_since_ns=at_ns)
