"""The one mixer behind every output: commands in, blocks of sound out. Stateful, streaming, without a clock.

What comes out does not depend, to the bit, on how it is cut into blocks. Everything is mixed in mono a few milliseconds
ahead (the limiter looks that far) and routed to the ears at the end.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np

from cued.audio.awake import WAKE_DBFS, Awake
from cued.audio.commands import (
    Bus,
    Click,
    ClickLate,
    Clip,
    Command,
    CutVoice,
    Ear,
    Hint,
    KeepAwake,
    MixFormat,
    Mute,
    PlayClip,
    Recall,
    SetVolume,
    Sounding,
    StayAwake,
)
from cued.audio.envelopes import Ramp, Voice
from cued.audio.limiter import CEILING, CELL_FRAMES, Limiter, head_for
from cued.audio.tones import render_click
from cued.errors import AudioError
from cued.units import NS_PER_MS, NS_PER_S, frame_of

if TYPE_CHECKING:
    from cued.audio.commands import Pcm

VOLUME_RAMP_NS: Final = 20 * NS_PER_MS
"""Long enough that a change of volume does not crackle, short enough to feel immediate."""

LATE_CLIP_NS: Final = 500 * NS_PER_MS
"""A cue is decided when it is due and begins when the ring has come round, 0.25 s later; twice that is a fault."""
CLICK_NS: Final = 20 * NS_PER_MS
"""No click is longer."""

ROUNDING_UP: Final = 1.001
"""On the sum of peaks, so that rounding cannot hide a peak from the limiter in one block size and not in another."""


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of the mix, mono."""

    pcm: Pcm
    """float32, shape (frames,), never beyond the limiter's ceiling."""
    spans: tuple[tuple[int, int], ...]
    """[start, stop) of the frames that may sound, in order; all others are zero. Lets a file skip silence."""


class Mixer:
    """Commands in, sound out. `late` fills with the clicks that came too late; whoever wants them empties it."""

    def __init__(self, fmt: MixFormat, frame_at: Callable[[int], int] | None = None) -> None:
        """`frame_at` turns the session's nanoseconds into the stream's frames; by default frame n is t = n / rate."""
        self.fmt = fmt
        self.position = 0
        """Frames handed out so far."""
        self.late: list[ClickLate] = []
        self.late_clicks = 0
        self.late_clips = 0
        self._head = 0
        self._frame_at = frame_at or (lambda at_ns: frame_of(at_ns, fmt.rate_hz))
        self._ahead: Pcm = np.zeros(0, np.float32)
        self._spans: list[tuple[int, int]] = []
        self._limiter = Limiter()
        self._clips: dict[str, Pcm] = {}
        self._due: list[tuple[int, int, Click]] = []
        self._count = 0
        self._ringing: list[tuple[int, Click]] = []
        self._voices: list[Voice] = []
        ramp = frame_of(VOLUME_RAMP_NS, fmt.rate_hz)
        self._beat = Ramp(fmt.beat_volume, ramp)
        self._voice = Ramp(fmt.voice_volume, ramp)
        self._open = Ramp(1.0, ramp)
        self._awake = Awake(fmt.rate_hz, on=fmt.keep_awake is KeepAwake.ON)
        self._words_until = 0
        """End of words that began late because headphones had to be woken: the next ones wait for them."""

    @property
    def head(self) -> int:
        """The first frame that is not mixed yet: what comes before can no longer be changed."""
        return self._head

    def load(self, clip: Clip) -> None:
        """Make a clip playable; one with the same id is replaced. A clip at another rate is resampled."""
        pcm = clip.pcm
        if not np.isfinite(pcm).all():
            raise AudioError(f"the sound {clip.clip_id!r} holds samples that are no numbers; render it again")
        if clip.rate_hz != self.fmt.rate_hz:
            import soxr

            pcm = soxr.resample(pcm, clip.rate_hz, self.fmt.rate_hz)
        self._clips[clip.clip_id] = np.asarray(pcm, np.float32)

    def release(self, clip_ids: Iterable[str]) -> None:
        """Forget clips; what plays of them plays on."""
        for clip_id in clip_ids:
            self._clips.pop(clip_id, None)

    def apply(self, command: Command) -> int | None:
        """Take a command into account from the first unmixed frame on; for a click or clip, the frame it starts at.

        None: it was late and is skipped, or has no frame of its own. AudioError for a clip that was never loaded.
        """
        match command:
            case Click():
                return self._add_click(command)
            case PlayClip():
                return self._add_voice(command)
            case Recall():
                kept = [entry for entry in self._due if entry[2].onset_ns < command.from_ns]
                heapq.heapify(kept)
                self._due = kept
            case CutVoice():
                self._cut(command)
            case SetVolume():
                (self._beat if command.bus is Bus.BEAT else self._voice).move(self._head, command.gain)
            case Mute():
                self._open.move(self._head, 0.0 if command.muted else 1.0)
            case Sounding():
                self._awake.sounding(max(self._frame_at(command.at_ns), self._head), on=command.on)
            case StayAwake():
                self._awake.switch(on=command.on, head=self._head)
        return None

    def render(self, n_frames: int) -> Pcm:
        """The next frames of the mix, float32, shape (n_frames, channels)."""
        return self.to_channels(self.render_mono(n_frames).pcm)

    def to_channels(self, mono: Pcm) -> Pcm:
        """A mono stretch routed to the ears: float32, shape (frames, channels)."""
        if self.fmt.channels == 1:
            return mono.reshape(-1, 1)
        stereo = np.zeros((mono.size, 2), np.float32)
        if self.fmt.ear is not Ear.RIGHT:
            stereo[:, 0] = mono
        if self.fmt.ear is not Ear.LEFT:
            stereo[:, 1] = mono
        return stereo

    def render_mono(self, n_frames: int) -> Block:
        """The next frames before they are routed to the ears."""
        first, end = self.position, self.position + n_frames
        head = head_for(end)
        if head > self._head:
            self._ahead = np.concatenate((self._ahead, self._mix(head)))
            self._head = head
        out, self._ahead = self._ahead[:n_frames], self._ahead[n_frames:]
        self._limiter.apply(first, out)
        spans = tuple((max(low, first) - first, min(high, end) - first) for low, high in self._spans if low < end)
        self._spans = [span for span in self._spans if span[1] > end]
        self.position = end
        return Block(out, spans)

    def skip(self, n_frames: int) -> None:
        """Let frames pass unheard, as a device does that lost them. Clicks among them count as late."""
        end = self.position + n_frames
        while self._due and self._due[0][0] < end:
            frame, _, click = heapq.heappop(self._due)
            self._count_late(click, end - frame)
        while self.position < end:
            self.render_mono(min(end - self.position, self.fmt.rate_hz))

    def _add_click(self, click: Click) -> int | None:
        frame = self._frame_at(click.onset_ns)
        if frame < self._head:
            self._count_late(click, self._head - frame)
            return None
        self._count += 1
        heapq.heappush(self._due, (frame, self._count, click))
        self._awake.before_click(frame, frame_of(CLICK_NS, self.fmt.rate_hz), self._head)
        return frame

    def _count_late(self, click: Click, late_frames: int) -> None:
        self.late_clicks += 1
        self.late.append(ClickLate(click.onset_ns, late_frames * NS_PER_S // self.fmt.rate_hz))

    def _add_voice(self, play: PlayClip) -> int:
        pcm = self._clips.get(play.clip_id)
        if pcm is None:
            raise AudioError(f"the sound {play.clip_id!r} is played before it was loaded")
        onset = self._frame_at(play.onset_ns)
        free = max(onset, self._head)
        self.late_clips += free - onset > frame_of(LATE_CLIP_NS, self.fmt.rate_hz)
        start = max(self._awake.before_words(free, pcm.size, self._head), self._words_until)
        if start > free:
            self._words_until = start + pcm.size
        self._voices.append(Voice.of(play, pcm, start, self._head, self.fmt.rate_hz))
        return start

    def _cut(self, cut: CutVoice) -> None:
        at_frame = max(self._frame_at(cut.at_ns), self._head)
        self._words_until = min(self._words_until, at_frame)
        for voice in self._voices:
            if voice.onset_ns < cut.at_ns:
                voice.cut(at_frame, frame_of(cut.fade_ns, self.fmt.rate_hz))

    def _mix(self, head: int) -> Pcm:
        """The frames from the present head to `head`, unlimited; their peaks are noted where they may be too high."""
        first = self._head
        out = np.zeros(head - first, np.float32)
        spans: list[tuple[int, int]] = []
        bound = self._mix_clicks(first, head, out, spans) + self._mix_voices(first, head, out, spans)
        self._voices = [voice for voice in self._voices if voice.ducks_until > head]
        self._awake.add(first, out, spans)
        if not self._open.is_steady_from(first):
            out *= np.asarray(self._open.at(np.arange(first, head)), np.float32)
            out += np.float32(0.0)  # minus zero becomes zero, as it is where nothing is mixed at all
        elif self._open.value == 0.0:
            out[:] = 0.0
            spans.clear()
        merged = list(_merged(spans))
        if self._awake.on:
            bound += 2 * 10 ** (WAKE_DBFS / 20)
        if bound * ROUNDING_UP > CEILING:
            for low, high in merged:
                start, stop = low // CELL_FRAMES * CELL_FRAMES, -(-high // CELL_FRAMES) * CELL_FRAMES
                self._limiter.look(start, out[start - first : stop - first])
        self._spans += merged
        return out

    def _mix_clicks(self, first: int, head: int, out: Pcm, spans: list[tuple[int, int]]) -> float:
        """Add the clicks of [first, head), in order of onset; a bound of what they can add up to."""
        clicks, self._ringing = self._ringing, []
        while self._due and self._due[0][0] < head:
            frame, _, click = heapq.heappop(self._due)
            clicks.append((frame, click))
        bound = stacked = 0.0
        stacked_until = 0
        voices = [voice for voice in self._voices if voice.ducked < 1.0]
        plain = self._beat.value == 1.0
        for frame, click in clicks:
            pcm, peak = _struck(click, self.fmt.rate_hz)
            start, stop = max(frame, first), min(frame + pcm.size, head)
            if frame + pcm.size > head:
                self._ringing.append((frame, click))
            if start >= stop:
                continue
            ducking = [voice for voice in voices if voice.ducks_from < stop and voice.ducks_until > start]
            part = pcm[start - frame : stop - frame]
            if ducking or not (plain and self._beat.is_steady_from(start)):
                frames = np.arange(start, stop)
                gains = np.ones(frames.size) * self._beat.at(frames)
                for voice in ducking:
                    gains *= voice.ducking_at(frames)
                part = part * gains.astype(np.float32)
            out[start - first : stop - first] += part
            spans.append((start, stop))
            stacked = stacked + peak if start < stacked_until else peak
            stacked_until = stop
            bound = max(bound, stacked)
        return bound

    def _mix_voices(self, first: int, head: int, out: Pcm, spans: list[tuple[int, int]]) -> float:
        bound = 0.0
        for voice in self._voices:
            start, stop = max(voice.start, first), min(voice.end, head)
            if start >= stop:
                continue
            frames = np.arange(start, stop)
            bus = self._beat if voice.bus is Bus.BEAT else self._voice
            gains = (voice.gain_at(frames) * bus.at(frames)).astype(np.float32)
            out[start - first : stop - first] += voice.pcm[start - voice.start : stop - voice.start] * gains
            spans.append((start, stop))
            bound += voice.peak
        return bound


def _struck(click: Click, rate_hz: int) -> tuple[Pcm, float]:
    """A click's sound at its own loudness, and its peak."""
    return _scaled(click.sound, click.accent, click.hint, click.volume * 10 ** (click.gain_db / 20), rate_hz)


@lru_cache(maxsize=128)  # a session's few sounds, and the many gains of its rise
def _scaled(sound: str, accent: bool, hint: Hint, gain: float, rate_hz: int) -> tuple[Pcm, float]:
    pcm = render_click(sound, accent, hint, rate_hz) * np.float32(gain)
    return pcm, float(np.abs(pcm).max())


def _merged(spans: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The same frames in order and without overlap."""
    ordered = sorted(spans)
    if not ordered:
        return
    low, high = ordered[0]
    for start, stop in ordered[1:]:
        if start <= high:
            high = max(high, stop)
        else:
            yield low, high
            low, high = start, stop
    yield low, high
