"""How loud a bus or a clip is at each frame: ramps, fades and ducking as functions of the frame's number. Pure.

All gains are computed in double precision, frame by frame, so that a stretch gives the same bits however it is cut.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

from cued.audio.commands import Bus, PlayClip
from cued.units import NS_PER_MS, frame_of

if TYPE_CHECKING:
    import numpy.typing as npt

    from cued.audio.commands import Pcm

    Frames = npt.NDArray[np.int64]
    Gains = npt.NDArray[np.float64]

DUCK_DOWN_NS: Final = 80 * NS_PER_MS
"""Before the first word: quick, so that the words have room from their start."""
DUCK_UP_NS: Final = 300 * NS_PER_MS
"""After the last: slower, so that the beat comes back rather than bursts in."""


class Ramp:
    """A gain that moves in a straight line to a new value over a fixed number of frames."""

    __slots__ = ("_from_frame", "_from_value", "_n_frames", "value")

    def __init__(self, value: float, n_frames: int) -> None:
        self.value = value
        """Where it is, or is heading."""
        self._n_frames = n_frames
        self._from_frame = -n_frames
        self._from_value = value

    def move(self, frame: int, value: float) -> None:
        """From `frame` on, head for `value`."""
        now = float(np.max(self.at(np.array([frame]))))
        self._from_frame, self._from_value, self.value = frame, now, value

    def is_steady_from(self, frame: int) -> bool:
        """From `frame` on it stays at `value`."""
        return frame >= self._from_frame + self._n_frames or self._from_value == self.value

    def at(self, frames: Frames) -> Gains | float:
        """The gain at each frame; one number where it is the same for all."""
        if self.is_steady_from(int(frames[0])):
            return self.value
        share = (frames - self._from_frame) / self._n_frames
        moving = self._from_value + (self.value - self._from_value) * share
        # Picked, not computed: beyond its end the ramp is its value to the bit.
        return np.where(share >= 1.0, self.value, moving)


@dataclass(slots=True)
class Voice:
    """A clip being played: where it lies in the stream, and what it does to the clicks."""

    pcm: Pcm
    onset_ns: int
    bus: Bus
    start: int
    """Its first frame."""
    end: int
    """One past its last frame; earlier after a cut."""
    gain: float
    peak: float
    """The highest it can reach, gain included."""
    fade_in: int
    ducked: float
    """Gain of the clicks while it sounds; 1 for no ducking."""
    ducks_from: int
    duck_down: int
    duck_up: int
    cuts: list[tuple[int, int]] = field(default_factory=list)
    """Fades begun: first frame and length."""

    @classmethod
    def of(cls, play: PlayClip, pcm: Pcm, start: int, head: int, rate_hz: int) -> Voice:
        """A clip that begins at `start`, told of when everything before `head` was already mixed."""
        gain = 10 ** (play.gain_db / 20)
        return cls(
            pcm=pcm,
            onset_ns=play.onset_ns,
            bus=play.bus,
            start=start,
            end=start + pcm.size,
            gain=gain,
            peak=gain * float(np.abs(pcm).max(initial=0.0)),
            fade_in=frame_of(play.fade_in_ns, rate_hz),
            ducked=10 ** (-play.duck_db / 20),
            ducks_from=max(start - frame_of(DUCK_DOWN_NS, rate_hz), head),
            duck_down=frame_of(DUCK_DOWN_NS, rate_hz),
            duck_up=frame_of(DUCK_UP_NS, rate_hz),
        )

    @property
    def ducks_until(self) -> int:
        """One past the last frame at which clicks are turned down for it."""
        return self.end + self.duck_up

    def cut(self, at_frame: int, fade_frames: int) -> None:
        """Fade out from `at_frame` on and end there; before its start: never begin."""
        end = at_frame + fade_frames if at_frame > self.start else self.start
        if end < self.end:
            self.cuts.append((at_frame, fade_frames))
            self.end = end

    def gain_at(self, frames: Frames) -> Gains:
        """Its own gain, fades included, at each frame of [start, end)."""
        gains = np.full(frames.size, self.gain)
        if self.fade_in and frames[0] < self.start + self.fade_in:
            gains *= np.minimum((frames - self.start) / self.fade_in, 1.0)
        for at_frame, fade_frames in self.cuts:
            if fade_frames and frames[-1] >= at_frame:
                gains *= 1.0 - np.clip((frames - at_frame) / fade_frames, 0.0, 1.0)
        return gains

    def ducking_at(self, frames: Frames) -> Gains:
        """The gain that it leaves to the clicks at each frame."""
        down = (frames - self.ducks_from) / self.duck_down
        up = (self.ducks_until - frames) / self.duck_up
        depth = np.clip(np.minimum(down, up), 0.0, 1.0)
        return 1.0 - (1.0 - self.ducked) * depth
