"""What a sample, a heart rate or a change of the link means: gait, distance, baseline, band and everything that holds."""

from __future__ import annotations

import bisect
from collections.abc import Callable
from dataclasses import replace

from cued.core import motion as moving
from cued.core.beating import watch_nudge
from cued.core.cadence import Gait, fell_silent, link_lost, link_up, observe, tells_of_feet
from cued.core.cues import Drift, HeartRateAbove, Metric, Mode, PaceDrop, Record, Rise, SensorIs, SensorWord, Trigger
from cued.core.effects import BandWas, CadenceSeen, Measured, SensorWas
from cued.core.events import (
    Altitude,
    BatteryLow,
    CadenceSample,
    GroundContactTime,
    HeartRate,
    LinkState,
    SensorLink,
    VerticalOscillation,
)
from cued.core.firing import announce
from cued.core.link import Own, loss_due_ns, own_words
from cued.core.motion import carried_m, is_estimated, is_unsteady, on_hill
from cued.core.numbers import median
from cued.core.session import Phase, Turn
from cued.core.target import (
    BASELINE_NS,
    Known,
    Running,
    at_speed,
    figure_of,
    judged,
    second_half,
    slept,
)
from cued.core.triggers import applies, held
from cued.units import MSPM_PER_SPM, NS_PER_S

TEMPO_SETTLE_NS = 10 * NS_PER_S
"""Band rules sleep so long after a tempo's start: nobody finds a beat at once."""
SLOW = 0.10
"""This far under the segment's median speed a runner is not running the segment."""
STALE_NS = 10 * NS_PER_S
FIRST_MINUTE_NS = 60 * NS_PER_S
ENOUGH = 10
"""So many seconds make a median of speed worth comparing with."""


def sample(turn: Turn, event: CadenceSample) -> None:
    """One reading of the pod."""
    if tells_of_feet(event):
        if turn.sensor in ("", "lost"):
            _sensor(turn, "found" if turn.sensor == "" else "back")
        _feet_are_told(turn, known=event.spm is not None)
    before = turn.speed_mps
    turn.cadence, artefact = observe(turn.cadence, event, before)
    if not turn.motion.moving:  # a pod that was silent for a while may have gone on counting
        _move(turn)
    turn.motion = moving.observed(turn.motion, event)
    _move(turn)
    turn.look()
    if not artefact and event.spm is not None:
        _take(turn)
    judge(turn)
    watch_nudge(turn)
    smooth, target = turn.smooth_spm, turn.target()
    asleep = turn.band.mark_ns is None
    turn.effects.append(
        CadenceSeen(
            at_ns=turn.now_ns,
            spm=event.spm,
            smooth_spm=smooth,
            target_spm=target,
            band="unknown" if target is None else "asleep" if asleep else turn.band.where.value,
            state=turn.cadence.gait.value,
            artefact=artefact,
            speed_mps=event.speed_mps,
            distance_m=carried_m(turn.motion, turn.now_ns),
            estimated=is_estimated(turn.motion, turn.now_ns),
            raw=event.raw,
        )
    )


def _feet_are_told(turn: Turn, *, known: bool) -> None:
    """The pod speaks; `known`: in steps, so that cadence is back if its loss was told."""
    back = turn.link.lost and known
    turn.link = replace(turn.link, heard_ns=turn.now_ns, down_ns=None, lost=turn.link.lost and not known)
    if back:
        _fire_sensor(turn, SensorWord.BACK)
        _say_own(turn, Own.BACK)


def silent(turn: Turn) -> None:
    """The pod has said nothing for a while on a live link: the runner stands."""
    turn.cadence = fell_silent(turn.cadence, turn.now_ns)
    _move(turn)
    turn.look()
    judge(turn)


def link(turn: Turn, event: SensorLink) -> None:
    """The link changed; only a loss makes cadence unknown."""
    if event.state is LinkState.LOST:
        if turn.link.down_ns is None:
            turn.link = replace(turn.link, down_ns=turn.now_ns)
        if turn.sensor != "lost":
            turn.cadence = link_lost(turn.cadence, turn.now_ns)
            turn.look()
            _sensor(turn, "lost")
            judge(turn)
    elif event.state is LinkState.UP:  # after a loss, too: it is the pod's first word that ends the gap
        turn.link = replace(turn.link, down_ns=None)
        turn.cadence = link_up(turn.cadence, turn.now_ns)
    elif event.state is LinkState.BACK or (turn.sensor == "lost" and event.state is LinkState.FOUND):
        turn.link = replace(turn.link, down_ns=None)
        _sensor(turn, "back")
    elif turn.sensor == "" and event.state is LinkState.FOUND:
        _sensor(turn, "found")


def battery(turn: Turn, _: BatteryLow) -> None:
    """The sensor's battery is running out."""
    turn.effects.append(SensorWas(turn.now_ns, "battery_low"))
    _fire_sensor(turn, SensorWord.BATTERY_LOW)
    if turn.how.on_air:
        _say_own(turn, Own.BATTERY_LOW)


def loss_due(turn: Turn) -> int | None:
    """When cued says that cadence is gone; None: not by time alone."""
    if not turn.how.on_air or turn.paused or turn.phase is not Phase.RUNNING:
        return None
    return loss_due_ns(turn.link)


def tell_loss(turn: Turn) -> None:
    """Cadence has been away for so long that it is said, once."""
    if turn.cadence.gait is not Gait.LOST:
        turn.cadence = link_lost(turn.cadence, turn.now_ns)
        turn.look()
        judge(turn)
    _sensor(turn, "lost")
    turn.link = replace(turn.link, lost=True, told_ns=turn.now_ns)
    _fire_sensor(turn, SensorWord.LOST)
    _say_own(turn, Own.LOST_BEAT_STAYS if turn.beat.open and not turn.muted else Own.LOST)


def _say_own(turn: Turn, what: Own) -> None:
    announce(turn, own_words(what, turn.how.language or turn.how.pack.language))


def _sensor(turn: Turn, state: str) -> None:
    if turn.sensor == state:
        return
    turn.sensor = state
    turn.effects.append(SensorWas(turn.now_ns, state))
    if state in ("lost", "back") and not turn.how.on_air:
        _fire_sensor(turn, SensorWord.LOST if state == "lost" else SensorWord.BACK)


def _fire_sensor(turn: Turn, word: SensorWord) -> None:
    fire(turn, lambda when: isinstance(when, SensorIs) and when.word is word)


def fire(turn: Turn, matches: Callable[[Trigger], bool]) -> None:
    """Every rule of the present segment whose trigger matches fires now."""
    if turn.phase is not Phase.RUNNING or turn.paused:
        return
    segment = turn.progress.segment
    name, number = (segment.name, segment.index) if segment is not None else ("", None)
    for index, rule in enumerate(turn.how.pack.rules):
        if matches(rule.when) and applies(rule, name, number):
            turn.fired.append((index, turn.progress))


def _move(turn: Turn) -> None:
    """Distance goes on unless the runner stands or the run rests."""
    stands = turn.cadence.gait is Gait.STANDING
    turn.motion = moving.settled(
        turn.motion, turn.now_ns, moving=turn.phase is Phase.RUNNING and not turn.paused and not stands
    )


def rest(turn: Turn) -> None:
    """A pause began or ended: distance, band and everything that holds take note."""
    turn.motion = moving.rested(turn.motion)
    _move(turn)
    judge(turn)


def _take(turn: Turn) -> None:
    """At most once a second of running: keep what medians are made of."""
    here, segment = turn.here, turn.progress.segment
    if turn.cadence.gait is not Gait.RUNNING or turn.paused or turn.phase is not Phase.RUNNING or turn.leading is not None:
        return
    if turn.now_ns - here.taken_ns < NS_PER_S * 9 // 10 or not turn.cadence.believed:
        return
    speed = turn.motion.speeds[-1][1] if turn.motion.speeds else None
    row = Running(turn.run_ns(), turn.cadence.believed[-1].spm, speed)
    here = replace(here, taken_ns=turn.now_ns)
    since_ns = turn.run_ns() - turn.progress.start_run_ns
    if speed is not None and segment is not None:
        speeds = list(here.speeds)
        bisect.insort(speeds, speed)
        here = replace(here, speeds=tuple(speeds))
        if since_ns < FIRST_MINUTE_NS:
            here = replace(here, first_minute=(*here.first_minute, speed))
        elif here.pace_mps is None and here.first_minute:
            here = replace(here, pace_mps=median(here.first_minute))
    turn.here = here
    known = turn.known
    if segment is not None and segment.record is not None and not turn.progress.waiting:
        turn.known = replace(known, taken=(*known.taken, row))
    elif known.baseline is None and not _baseline_to_come(turn):
        loose = (*known.loose, row)
        turn.known = replace(known, loose=loose)
        if len(loose) >= BASELINE_NS // NS_PER_S:
            _baseline(turn, loose)


def _baseline_to_come(turn: Turn) -> bool:
    """Will a segment after this one give the baseline?"""
    segments = turn.how.pack.segments()
    present = turn.progress.segment.index if turn.progress.segment is not None else len(segments)
    return any(segment.record is Record.BASELINE and segment.index > present for segment in segments)


def _baseline(turn: Turn, rows: tuple[Running, ...]) -> None:
    figure = figure_of(rows)
    turn.known = replace(turn.known, baseline=figure, loose=())
    turn.effects.append(Measured(turn.now_ns, "baseline", figure.spm, figure.speed_mps))


def segment_over(turn: Turn) -> None:
    """A recording segment gives its figure when it ends."""
    progress, known = turn.progress, turn.known
    segment = progress.segment
    if segment is None or segment.record is None or progress.waiting:
        return
    rows = known.taken
    turn.known = replace(known, taken=())
    if segment.record is Record.BASELINE:
        rows = second_half(rows, progress.start_run_ns, turn.run_ns())
        if rows and known.baseline is None:
            _baseline(turn, rows)
    elif len(rows) >= BASELINE_NS // NS_PER_S and known.reference is None:
        figure = figure_of(rows)
        turn.known = replace(turn.known, reference=figure)
        turn.effects.append(Measured(turn.now_ns, "reference", figure.spm, figure.speed_mps))
        for metric in Metric:
            values = [value for name, value in turn.here.metrics if name == metric.value]
            if values:
                turn.metric_reference = {**turn.metric_reference, metric.value: median(values)}
                turn.effects.append(Measured(turn.now_ns, f"reference {metric.value}", median(values), None))


def metric(turn: Turn, event: GroundContactTime | VerticalOscillation) -> None:
    """Ground contact time or vertical oscillation, from a sensor that gives it."""
    if isinstance(event, GroundContactTime):
        name, value = Metric.GROUND_CONTACT_TIME.value, event.ms
    else:
        name, value = Metric.VERTICAL_OSCILLATION.value, event.mm
    turn.metrics = (*(row for row in turn.metrics if row[0] > turn.now_ns - STALE_NS), (turn.now_ns, name, value))
    segment = turn.progress.segment
    if segment is not None and segment.record is Record.REFERENCE and turn.cadence.gait is Gait.RUNNING:
        turn.here = replace(turn.here, metrics=(*turn.here.metrics, (name, value)))
    _judge_rules(turn, Rise)


def heart(turn: Turn, event: HeartRate) -> None:
    """One reading of the heart-rate strap."""
    turn.heart_bpm, turn.heart_ns = event.bpm, turn.now_ns
    _judge_rules(turn, HeartRateAbove)


def altitude(turn: Turn, event: Altitude) -> None:
    """One reading of altitude: the only way a slope can be known."""
    turn.motion = moving.climbed(turn.motion, event)


def judge(turn: Turn) -> None:
    """Look at cadence against the band, or let the band sleep; then at everything else that holds."""
    smooth, target = turn.smooth_spm, turn.target()
    now_ns = turn.now_ns
    if smooth is None or target is None or _asleep(turn, target):
        turn.band = slept(turn.band, now_ns)
        turn.judge_mark_ns = None
    else:
        was = turn.band.where
        if turn.judge_mark_ns is not None:
            passed_ns = now_ns - turn.judge_mark_ns
            turn.judged_ns += passed_ns
            turn.in_band_ns += passed_ns if was.value == "in" else 0
        turn.judge_mark_ns = now_ns
        turn.band = judged(turn.band, now_ns, smooth, target, turn.band_words())
        if turn.band.where is not was:
            turn.effects.append(BandWas(now_ns, turn.band.where.value))
    _judge_rules(turn)


def _asleep(turn: Turn, target: float) -> bool:
    """Everything that makes cadence a poor judge of the runner just now."""
    segment = turn.progress.segment
    if turn.paused or turn.phase is not Phase.RUNNING or segment is None or turn.progress.waiting or turn.leading is not None:
        return True
    if turn.cadence.gait is not Gait.RUNNING or segment.name == "hills" or on_hill(turn.motion):
        return True
    if is_unsteady(turn.motion, turn.now_ns):
        return True
    speeds, speed = turn.here.speeds, turn.speed_mps
    if speed is not None and len(speeds) >= ENOUGH and speed < (1.0 - SLOW) * speeds[len(speeds) // 2]:
        return True
    beat, band = turn.beat, turn.band_words()
    if not beat.open or beat.since_ns is None or beat.grid is None:
        return False
    if turn.now_ns - beat.since_ns < TEMPO_SETTLE_NS:
        return True
    slot = turn.slot_at(turn.now_ns)
    if slot is None or slot.metronome.mode is not Mode.NUDGE or not beat.moving:
        return False
    tempo = beat.grid.mspm / MSPM_PER_SPM
    return tempo < target * (1.0 - band.low) or tempo > target * (1.0 + band.high)


def judges(turn: Turn, event: HeartRate | GroundContactTime | VerticalOscillation | Altitude) -> bool:
    """Is a rule of the present segment about what this event measures?"""
    about = HeartRateAbove if isinstance(event, HeartRate) else Rise
    rules = turn.how.pack.rules
    return not isinstance(event, Altitude) and any(isinstance(rules[index].when, about) for index in turn.active)


def still_holds(turn: Turn, index: int) -> bool:
    """Of a rule that is due: is what it holds by still known? A strap that fell off says no more."""
    if isinstance(turn.how.pack.rules[index].when, Rise | HeartRateAbove):
        _judge_rules(turn, (Rise, HeartRateAbove))
        return turn.rules[index].mark_ns is not None
    return True


def _judge_rules(turn: Turn, about: type | tuple[type, ...] = (Drift, Rise, PaceDrop, HeartRateAbove)) -> None:
    """Drift, rise, pace and heart rate: does each rule's own condition hold?"""
    for index in turn.active:
        when = turn.how.pack.rules[index].when
        if not isinstance(when, Drift | Rise | PaceDrop | HeartRateAbove) or not isinstance(when, about):
            continue
        state = held(turn.rules[index], turn.now_ns, holds=_holds(turn, when, turn.known))
        if state is not turn.rules[index]:
            turn.rules = (*turn.rules[:index], state, *turn.rules[index + 1 :])


def _holds(turn: Turn, when: Drift | Rise | PaceDrop | HeartRateAbove, known: Known) -> bool | None:
    now_ns = turn.now_ns
    if turn.paused or turn.phase is not Phase.RUNNING or turn.progress.segment is None:
        return None
    if isinstance(when, HeartRateAbove):
        most = turn.how.runner.max_hr_bpm
        if most is None or turn.heart_bpm is None or now_ns - turn.heart_ns > STALE_NS:
            return None
        return turn.heart_bpm > when.share * most
    if turn.cadence.gait is not Gait.RUNNING:
        return None
    speed = turn.speed_mps
    if isinstance(when, PaceDrop):
        pace = turn.here.pace_mps
        return None if pace is None or speed is None else speed < pace * (1.0 - when.by)
    if isinstance(when, Rise):
        before = turn.metric_reference.get(when.metric.value)
        values = [value for at_ns, name, value in turn.metrics if name == when.metric.value and at_ns > now_ns - STALE_NS]
        return None if before is None or not values else median(values) > before * (1.0 + when.by)
    smooth, reference = turn.smooth_spm, known.reference
    if smooth is None or reference is None or turn.progress.segment.name == "hills" or on_hill(turn.motion):
        return None
    if is_unsteady(turn.motion, now_ns):
        return None
    expected = at_speed(reference, speed, turn.how.runner.slope_spm_per_mps)
    return smooth < expected * (1.0 - when.below)


__all__ = [
    "altitude",
    "battery",
    "fire",
    "heart",
    "judge",
    "judges",
    "link",
    "loss_due",
    "metric",
    "rest",
    "sample",
    "segment_over",
    "silent",
    "still_holds",
    "tell_loss",
]
