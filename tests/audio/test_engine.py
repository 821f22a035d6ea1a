"""The ring, the map and the mix on a device made by hand: it loses periods, runs dry and comes back."""

from __future__ import annotations

import gc
import tracemalloc
from typing import Any

import numpy as np
import pytest

from cued.audio.commands import Click, Clip, KeepAwake, MixFormat, PlayClip, Promised, Sounding
from cued.audio.engine import AHEAD_NS, LONGEST_LOOK_NS, Engine
from cued.audio.wire import Open
from cued.errors import AudioError
from cued.units import NS_PER_MS, NS_PER_S

RATE_HZ = 48_000
PERIOD = 1_024
POLL_NS = 80 * NS_PER_MS


class Card:
    """A device, its ring and the time: takes a period of frames whenever one has passed."""

    def __init__(self) -> None:
        self.now = 5 * NS_PER_S
        self.heard: list[Any] = []
        """Blocks in order; a lost period is silence."""
        self.dead = False
        self.waiting = 0
        self.playing = False
        self._ring = np.zeros((0, 1), np.float32)
        self._periods = self._due()
        self._lose = 0
        self._greed: tuple[int, int] | None = None

    def now_ns(self) -> int:
        return self.now

    @property
    def time_s(self) -> float:
        return self.now / NS_PER_S

    def write(self, pcm: Any) -> None:
        self._ring = np.concatenate((self._ring, pcm))
        self.waiting = len(self._ring)

    def play(self) -> None:
        self.playing = True
        self._periods = self._due()
        if self._greed:
            frames, still_ns = self._greed
            self._greed = None
            taken, self._ring = self._ring[:frames], self._ring[frames:]
            self.waiting = len(self._ring)
            self.playing = len(taken) == frames
            self.heard.append(taken)
            self._periods += still_ns * RATE_HZ // NS_PER_S // PERIOD

    def swallow(self, frames: int, still_s: float) -> None:
        """When it begins to play it takes so much at once, and then nothing for so long."""
        self._greed = frames, round(still_s * NS_PER_S)

    def lose(self, periods: int) -> None:
        """From now on so many periods pass without a frame being taken."""
        self._lose += periods

    def sleep(self, seconds: float) -> None:
        self.now += round(seconds * NS_PER_S)
        while not self.dead and self.playing and self._periods < self._due():
            self._periods += 1
            if self._lose:
                self._lose -= 1
                self.heard.append(np.zeros((PERIOD, 1), np.float32))
                continue
            taken, self._ring = self._ring[:PERIOD], self._ring[PERIOD:]
            self.waiting = len(self._ring)
            # An action ends for good when its ring runs empty.
            self.playing = len(taken) == PERIOD
            self.heard.append(taken)

    def _due(self) -> int:
        return self.now * RATE_HZ // NS_PER_S // PERIOD

    @property
    def ran_dry(self) -> bool:
        return not self.playing

    @property
    def sound(self) -> Any:
        return np.concatenate(self.heard)[:, 0]


def started(fmt: MixFormat | None = None, *, promises: bool = False) -> tuple[Card, Engine]:
    card = Card()
    engine = Engine(Open(fmt or MixFormat(), "", "", card.now, promises), card, RATE_HZ, card.now_ns)
    engine.begin(sleep=card.sleep)
    return card, engine


def run(card: Card, engine: Engine, seconds: float) -> None:
    for n in range(round(seconds * NS_PER_S / POLL_NS)):
        # Spread as the real polls are, so that they see every phase of a period.
        card.sleep(POLL_NS / NS_PER_S * (0.8 + 0.4 * (n * 0.618_034 % 1.0)))
        engine.poll()


def test_the_ring_is_filled_as_far_as_promised_and_never_further() -> None:
    card, engine = started()
    ahead = AHEAD_NS * RATE_HZ // NS_PER_S
    run(card, engine, 3.0)
    assert card.waiting == ahead


def test_a_click_is_heard_on_the_frame_it_was_promised() -> None:
    card, engine = started(promises=True)
    run(card, engine, 1.0)
    at_ns = card.now - 5 * NS_PER_S + 400 * NS_PER_MS
    promise = engine.apply(Click(at_ns))
    assert isinstance(promise, Promised)
    run(card, engine, 1.0)
    assert np.flatnonzero(card.sound)[0] == promise.frame


@pytest.mark.parametrize("periods", [1, 3])
def test_lost_periods_are_made_up_for_once_and_the_beat_is_on_its_grid_again(periods: int) -> None:
    card, engine = started(promises=True)
    run(card, engine, 8.0)
    card.lose(periods)
    run(card, engine, 8.0)
    beat = engine.beat()
    assert (beat.resyncs, beat.underruns) == (1, 0)
    promise = engine.apply(Click(card.now - 5 * NS_PER_S + 400 * NS_PER_MS))
    assert promise is not None
    run(card, engine, 1.0)
    assert np.flatnonzero(card.sound)[0] == promise.frame


def test_where_frames_are_skipped_there_is_no_step() -> None:
    card, engine = started()
    tone = np.asarray(0.5 * np.sin(2 * np.pi * 100 * np.arange(RATE_HZ * 20) / RATE_HZ), np.float32)
    run(card, engine, 8.0)
    engine.load(Clip("tone", RATE_HZ, tone))
    engine.apply(PlayClip(card.now - 5 * NS_PER_S + 400 * NS_PER_MS, "tone"))
    run(card, engine, 1.0)
    before = len(card.sound)
    card.lose(1)
    run(card, engine, 8.0)
    assert engine.beat().resyncs == 1
    after_loss = card.sound[before + 2 * PERIOD :]
    # A tone's own steepest step is 0.0066; without the crossfade the skip would be a step of up to 1.
    assert np.abs(np.diff(after_loss)).max() < 0.02


def test_a_ring_that_ran_empty_is_counted_and_the_beat_keeps_its_grid() -> None:
    card, engine = started()
    run(card, engine, 2.0)
    card.sleep(1.0)
    assert card.ran_dry
    run(card, engine, 1.0)
    assert engine.beat().underruns == 1
    assert card.playing
    due_s = (card.now - 5 * NS_PER_S + 400 * NS_PER_MS) / NS_PER_S
    engine.apply(Click(round(due_s * NS_PER_S)))
    silent_until = len(card.sound)
    began_s = card.time_s - 5.0
    run(card, engine, 1.0)
    heard_s = began_s + int(np.flatnonzero(card.sound[silent_until:])[0]) / RATE_HZ
    assert abs(heard_s - due_s) < 2 * PERIOD / RATE_HZ


def test_clicks_that_were_due_while_the_ring_was_empty_are_late_and_not_made_up_for() -> None:
    card, engine = started()
    run(card, engine, 2.0)
    now_ns = card.now - 5 * NS_PER_S
    for n in range(3):
        engine.apply(Click(now_ns + (400 + 100 * n) * NS_PER_MS))
    card.sleep(1.5)
    run(card, engine, 1.0)
    assert len(engine.late()) == 3
    assert engine.beat().late_clicks == 3
    assert not card.sound.any()


def test_a_server_that_swallows_the_ring_and_then_stands_still_is_waited_for_and_bends_no_click() -> None:
    card = Card()
    engine = Engine(Open(MixFormat(), "", "", card.now, promises=True), card, RATE_HZ, card.now_ns)
    card.swallow(9_600, 1.6)
    engine.begin(200 * NS_PER_MS, card.sleep)
    so_far = len(card.sound)
    assert card.now > 6_600 * NS_PER_MS  # the card was made at 5 s
    engine.apply(Click(card.now - 5 * NS_PER_S + NS_PER_S))
    run(card, engine, 8.0)
    assert (engine.beat().underruns, engine.beat().resyncs) == (0, 0)
    assert abs(int(np.flatnonzero(card.sound)[0]) - so_far - RATE_HZ) <= PERIOD


def test_a_device_that_takes_nothing_is_given_up() -> None:
    card = Card()
    card.dead = True
    engine = Engine(Open(MixFormat(), "", "", card.now, promises=False), card, RATE_HZ, card.now_ns)
    with pytest.raises(AudioError, match="does not play"):
        engine.begin(sleep=card.sleep)


def test_a_stalled_device_is_seen() -> None:
    card, engine = started()
    run(card, engine, 1.0)
    assert engine.stalled_s < 0.2
    card.dead = True
    run(card, engine, 2.0)
    assert engine.stalled_s > 1.5


def test_a_process_that_stood_still_itself_does_not_blame_the_device() -> None:
    card, engine = started()
    run(card, engine, 1.0)
    card.dead = True
    card.sleep(5.0)
    engine.poll()
    assert engine.stalled_s <= LONGEST_LOOK_NS / NS_PER_S
    card.dead = False
    run(card, engine, 1.0)
    assert engine.stalled_s < 0.2


def test_a_start_told_later_moves_the_clicks_with_it() -> None:
    card, engine = started(promises=True)
    run(card, engine, 2.0)
    start_ns = card.now + NS_PER_S
    engine.start_at(start_ns)
    engine.apply(Click(0))
    silent_until, began = len(card.sound), card.now
    run(card, engine, 2.0)
    heard_ns = began + int(np.flatnonzero(card.sound[silent_until:])[0]) * NS_PER_S // RATE_HZ
    assert abs(heard_ns - start_ns) < 2 * PERIOD * NS_PER_S // RATE_HZ


def a_session(card: Card, engine: Engine, name: str) -> int:
    """A minute of beat and words from a zero of its own; how far its clicks were off the frames they were promised for."""
    card.heard.clear()
    start_ns, began = card.now + NS_PER_S, card.now
    engine.start_at(start_ns)
    engine.apply(Sounding(0, on=True))
    engine.load(Clip(name, RATE_HZ, np.full(RATE_HZ // 2, 0.2, np.float32)))
    promised: list[int] = []
    for beat in range(120):
        onset_ns = beat * NS_PER_S // 2
        while card.now - start_ns < onset_ns - 400 * NS_PER_MS:
            run(card, engine, 0.08)
        if beat == 60:
            engine.apply(PlayClip(onset_ns, name))
        told = engine.apply(Click(onset_ns))
        assert isinstance(told, Promised)
        promised.append(told.frame)
    engine.apply(Sounding(card.now - start_ns, on=False))
    engine.release([name])
    run(card, engine, 2.0)
    first_ns = began + int(np.flatnonzero(np.abs(card.sound) > 0.05)[0]) * NS_PER_S // RATE_HZ
    assert np.abs(np.diff(promised) - RATE_HZ // 2).max() <= RATE_HZ // 2000  # the map is corrected by 1 ms in a second at most
    return abs(first_ns - start_ns) * RATE_HZ // NS_PER_S


def test_sessions_one_after_the_other_each_have_their_own_zero_and_leave_nothing_behind() -> None:
    card, engine = started(MixFormat(keep_awake=KeepAwake.ON), promises=True)
    assert a_session(card, engine, "0") < 2 * PERIOD
    assert a_session(card, engine, "1") < 2 * PERIOD
    gc.collect()
    tracemalloc.start()
    try:
        assert a_session(card, engine, "2") < 2 * PERIOD
        gc.collect()
        card.heard.clear()
        before, _ = tracemalloc.get_traced_memory()
        for number in range(3, 6):
            assert a_session(card, engine, str(number)) < 2 * PERIOD
        card.heard.clear()
        gc.collect()
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert after - before < 20_000  # one clip alone would be 96,000
    assert (engine.beat().underruns, engine.beat().late_clicks, engine.beat().late_clips) == (0, 0, 0)


def test_the_error_of_the_clock_is_told_as_the_polls_see_it() -> None:
    card, engine = started()
    run(card, engine, 8.0)
    beat = engine.beat()
    assert abs(beat.error_ns) <= beat.worst_error_ns < PERIOD * NS_PER_S // RATE_HZ
    card.lose(3)
    run(card, engine, 1.0)
    assert engine.beat().error_ns > beat.error_ns  # frames leave later than was promised
