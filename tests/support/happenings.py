"""Hypothesis strategies for what happens to a run: stories in order, as a pod and a runner tell them, and hostile disorder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from cued.core import events
from cued.core.events import CadenceSample, Event, LinkState
from cued.core.start import say_id
from cued.units import NS_PER_H, NS_PER_MS, NS_PER_S
from tests.support.strategies import TEXTS, Dice

finite = st.floats(allow_nan=False, allow_infinity=False)
any_float = st.one_of(
    finite,
    st.floats(0.0, 400.0),
    st.sampled_from((0.0, -0.0, 5e-324, 1e308, -1e308, float("nan"), float("inf"), float("-inf"))),
)
TEXT_IDS = (*(say_id(text) for text in TEXTS), say_id("Leicht."), "file:bell.wav", "file:gong.wav", "say:", "?")
text_ids = st.sampled_from(TEXT_IDS)


@dataclass(frozen=True, slots=True)
class Pod:
    """A stretch in which the pod tells much the same once a period."""

    for_ns: int
    spm: float | None
    speed_mps: float | None
    wobble: float = 0.0
    period_ns: int = NS_PER_S
    total: bool = False
    raw: int | None = None
    """The sensor's own number, told in every reading."""

    def samples(self, from_ns: int, total_m: float) -> list[Event]:
        told: list[Event] = []
        for number in range(min(self.for_ns // self.period_ns, 300)):
            sway = (number * 7 % 5 - 2) / 2.0  # between −1 and 1, the same every time
            spm = None if self.spm is None else max(0.0, self.spm + self.wobble * sway)
            total_m += (self.speed_mps or 0.0) * self.period_ns / NS_PER_S
            at_ns = from_ns + number * self.period_ns
            told.append(CadenceSample(at_ns, spm, self.speed_mps, total_m if self.total else None, None, self.raw))
        return told


def _pod(dice: Dice) -> Pod:
    """Mostly running; also walking, standing, silence and nonsense."""
    for_ns = dice.of(dice.whole(1, 30), dice.whole(10, 90)) * NS_PER_S
    kind = dice.byte() % 10
    if kind == 9:
        return Pod(for_ns, None, dice.of(2.8, None), total=dice.one_in(2), raw=dice.whole(60, 100))
    if kind == 5:
        return Pod(for_ns, dice.number(60.0, 129.0), dice.of(None, 1.5))
    if kind == 6:
        return Pod(for_ns, 0.0, dice.of(None, 0.0, 2.8))
    if kind == 7:
        return Pod(for_ns, None, None, period_ns=NS_PER_H)
    if kind == 8:
        spm = dice.of(None, 85.0, 340.0, 0.4, -1.0, 1e308, dice.number(0.0, 1e4))
        return Pod(for_ns, spm, dice.of(None, 5e-324, 1e-3, -1.0, 1e308, dice.number(0.0, 20.0)), dice.of(0.0, 40.0))
    return Pod(
        for_ns,
        dice.of(float(dice.whole(150, 190)), float(dice.whole(150, 190)), dice.number(135.0, 230.0)),
        dice.of(2.8, None, 3.2, dice.number(2.2, 6.0)),
        dice.of(0.0, 1.0, 3.0, 30.0),
        dice.of(NS_PER_S, NS_PER_S, NS_PER_S, NS_PER_S // 2, 2 * NS_PER_S, 1_001 * NS_PER_MS),
        dice.one_in(2),
    )


def _key(dice: Dice, at_ns: int) -> Event:
    """What a runner presses, and what other sensors, the voice and the sound tell."""
    text_id = dice.of(*TEXT_IDS)
    keys: tuple[Event, ...] = (
        events.Pause(at_ns),
        events.Resume(at_ns),
        events.Next(at_ns, dice.one_in(3)),
        events.Pause(at_ns, at_ns - 10 * NS_PER_S),
        events.Resume(at_ns, at_ns - 2 * NS_PER_S),
        events.Mute(at_ns, muted=dice.one_in(2)),
        events.Mute(at_ns, muted=dice.one_in(2)),
        events.AskCue(at_ns),
        events.SensorLink(at_ns, dice.of(LinkState.LOST, LinkState.BACK, *LinkState)),
        events.SensorLink(at_ns, dice.of(LinkState.LOST, LinkState.BACK, *LinkState)),
        events.HeartRate(at_ns, dice.whole(40, 230)),
        events.GroundContactTime(at_ns, dice.number(150.0, 350.0)),
        events.VerticalOscillation(at_ns, dice.number(50.0, 150.0)),
        events.Altitude(at_ns, dice.number(-50.0, 500.0)),
        events.BatteryLow(at_ns, dice.whole(0, 30)),
        events.SurfaceIs(at_ns, dice.of("grass", "road", "?")),
        events.EffortIs(at_ns, dice.of("easy", "hard", "?")),
        events.Announce(at_ns, dice.of("Sensor lost.", "")),
        events.Announce(at_ns, dice.of("Quiet warm-up.", "Staying."), asked=True),
        events.Back(at_ns),
        events.SpeechReady(at_ns, text_id, dice.whole(0, 40 * NS_PER_S)),
        events.SpeechFailed(at_ns, text_id, "no voice"),
        events.ClickLate(at_ns, dice.whole(1, 5)),
        events.AudioRestarted(at_ns),
        events.SoundLost(at_ns, at_ns - dice.whole(0, 20) * NS_PER_S),
        events.SoundBack(at_ns),
        events.Reintroduction(at_ns),
    )
    return dice.of(*keys)


def story(dice: Dice, most: int, extras: int) -> tuple[Event, ...]:
    at_ns = dice.of(0, 0, 0, -300 * NS_PER_MS, 7 * NS_PER_S)
    from_ns, told = at_ns, list[Event]()
    for _ in range(dice.whole(1, most)):
        pod = _pod(dice)
        told += pod.samples(at_ns, float(at_ns // NS_PER_S))
        at_ns += pod.for_ns
    span_ms = (at_ns - from_ns) // NS_PER_MS
    for _ in range(dice.whole(0, extras)):
        offset_ms = dice.of(dice.whole(0, span_ms // 250) * 250, dice.whole(0, span_ms))
        told.append(_key(dice, from_ns + offset_ms * NS_PER_MS))  # half at whole quarters: samples and beats of 120 stand there
    told.sort(key=lambda event: event.at_ns)
    return (*told, events.Stop(at_ns)) if dice.one_in(3) else tuple(told)


def stories(most: int = 5, extras: int = 8) -> SearchStrategy[tuple[Event, ...]]:
    """Events in order of their stamps: stretches of a pod's readings, with keys, links and other sensors in between."""
    return st.binary(min_size=400, max_size=400).map(lambda thrown: story(Dice(thrown), most, extras))


def _hostile(number: SearchStrategy[float], at: SearchStrategy[int]) -> SearchStrategy[Event]:
    count = st.integers() | st.integers(0, 300)
    text = st.text(max_size=20)
    fields: dict[type[Any], SearchStrategy[Any]] = {
        events.CadenceSample: st.builds(
            CadenceSample,
            at,
            st.none() | number,
            st.none() | number,
            st.none() | number,
            st.none() | st.booleans(),
            st.none() | count,
        ),
        events.Wake: st.builds(events.Wake, at),
        events.HeartRate: st.builds(events.HeartRate, at, count),
        events.GroundContactTime: st.builds(events.GroundContactTime, at, number),
        events.VerticalOscillation: st.builds(events.VerticalOscillation, at, number),
        events.Altitude: st.builds(events.Altitude, at, number),
        events.SensorLink: st.builds(events.SensorLink, at, st.sampled_from(LinkState)),
        events.BatteryLow: st.builds(events.BatteryLow, at, count),
        events.SpeechReady: st.builds(events.SpeechReady, at, text_ids | text, count | st.integers(0, 10**11)),
        events.SpeechFailed: st.builds(events.SpeechFailed, at, text_ids | text, text),
        events.ClickLate: st.builds(events.ClickLate, at, count),
        events.Stalled: st.builds(events.Stalled, at),
        events.AudioRestarted: st.builds(events.AudioRestarted, at),
        events.SoundLost: st.builds(events.SoundLost, at, count | at),
        events.SoundBack: st.builds(events.SoundBack, at),
        events.Pause: st.builds(events.Pause, at),
        events.Resume: st.builds(events.Resume, at),
        events.Next: st.builds(events.Next, at, st.booleans()),
        events.AskCue: st.builds(events.AskCue, at),
        events.SurfaceIs: st.builds(events.SurfaceIs, at, text),
        events.EffortIs: st.builds(events.EffortIs, at, text),
        events.Reintroduction: st.builds(events.Reintroduction, at),
        events.Announce: st.builds(events.Announce, at, text, st.booleans()),
        events.Back: st.builds(events.Back, at),
        events.Mute: st.builds(events.Mute, at, st.booleans()),
        events.Pain: st.builds(events.Pain, at, st.booleans()),
        events.Stop: st.builds(events.Stop, at),
    }
    return st.one_of(*fields.values(), fields[events.CadenceSample], fields[events.CadenceSample])


stamps = st.one_of(
    st.integers(-10 * NS_PER_S, 5 * 60 * NS_PER_S),
    st.integers(-2, 240).map(lambda value: value * NS_PER_S),
    st.sampled_from((-(10**18), -1, 0, 1)),
)
any_event = _hostile(any_float, stamps)
"""Any event at all; not a number and infinities too."""
finite_event = _hostile(finite | st.floats(0.0, 400.0), stamps)
"""Any event that a line of a file can hold."""
disorders = st.lists(any_event, max_size=40)
"""Any events in any order, with equal stamps among them."""
