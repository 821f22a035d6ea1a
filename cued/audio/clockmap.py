"""Which frame of a stream leaves for the device at which moment, from a poll every now and then. Pure.

Two things go wrong between a session's clock and a device. The device's clock runs at its own rate: followed slowly, so
that a step's spacing never changes audibly. And a device can lose whole periods: then frames must be skipped, or every
click from there on is late. The first shows against the monotonic clock, the second against the device's own.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from statistics import median
from typing import Final

from cued.units import NS_PER_S

WINDOW_POLLS: Final = 60
"""Frames leave a period at a time, so one poll is off by up to a period; the median of 60 is off by a few frames."""
LATEST_POLLS: Final = 24
"""After a jump: the polls that are surely behind it, and still enough for a median to a fraction of a period."""
ANCHOR_POLLS: Final = 12
"""Fewest polls that the map is used with."""
MIN_JUMP_FRAMES: Final = 192
"""Four milliseconds: less is no lost period but a wandering clock."""
JUMP_SHARE: Final = 0.75
"""Of a burst: when polls happen to see the same moment of each, the median is off by half of one with nothing lost."""
FOLLOW_FRAMES: Final = 96
"""Differences under this are drift, and followed."""
FOLLOW_SHARE: Final = 0.02
"""Of the drift, at each poll: some 4 s at 12 polls a second, far slower than any jump."""
SLEW_S: Final = 20.0
"""Time in which an error of the map is made up for: the noise of the median must not be heard in the beat."""
SLEW_LIMIT: Final = 1e-3
"""Never more than 1 ms per second: 0.3 ms at 180 spm, a tenth of what is just noticed between two beats."""
FAST_ERROR_S: Final = 0.020
"""An error this large is heard against the runner's own steps, and takes room from the lookahead."""
FAST_SLEW_LIMIT: Final = 5e-3
REANCHOR_ERROR_S: Final = 0.150
"""The room between commit and ring: beyond it clicks would come too late or too early to be mixed."""


@dataclass(frozen=True, slots=True)
class Poll:
    """One look at the stream. All of it is taken within microseconds."""

    at_ns: int
    """The session's time."""
    device_s: float
    """The device's own clock, any zero."""
    played: int
    """Frames of the stream that have left the ring, skipped ones included."""


class ClockMap:
    """Session time to stream frame and back, kept true by `observe`."""

    def __init__(self, rate_hz: int, period: int = 0) -> None:
        """`period`: frames that leave at a time, 0 if not known; a jump is made up for in whole ones."""
        self.rate_hz = rate_hz
        self.period = period
        self.burst = period
        """Frames that were seen to leave at once, as long as no poll came between."""
        self.resyncs = 0
        """Jumps: times that the device lost frames."""
        self.reanchors = 0
        """Times that the device fell so far behind the session's clock that later clicks were placed anew."""
        self.error = 0.0
        """Frames by which what leaves now is later than was promised, as the median of the last polls sees it."""
        self.worst_error = 0.0
        """The largest there was since the map was anchored, early or late."""
        self._lag: float | None = None
        self._baseline: float | None = None
        self._last_ns = 0
        self._against_session: deque[float] = deque(maxlen=WINDOW_POLLS)
        self._against_device: deque[float] = deque(maxlen=WINDOW_POLLS)

    @property
    def ready(self) -> bool:
        """Enough has been seen to promise frames."""
        return self._lag is not None

    def frame_at(self, at_ns: int) -> int:
        """The frame that leaves the ring at that moment of the session. Only once `ready`."""
        assert self._lag is not None, "a map is anchored before it is read"
        return round(at_ns * self.rate_hz / NS_PER_S - self._lag)

    def ns_at(self, frame: int) -> int:
        """The moment of the session at which a frame leaves the ring. Only once `ready`."""
        assert self._lag is not None, "a map is anchored before it is read"
        return round((frame + self._lag) * NS_PER_S / self.rate_hz)

    def anchor(self) -> None:
        """Take what has been seen so far as the truth."""
        if len(self._against_session) >= ANCHOR_POLLS:
            self._lag = median(self._against_session)
            self.error = self.worst_error = 0.0

    def rebase(self, later_ns: int) -> None:
        """The session's zero was moved: every moment is so much less than it was called before."""
        moved = later_ns * self.rate_hz / NS_PER_S
        self._last_ns -= later_ns
        lags = [lag - moved for lag in self._against_session]
        self._against_session.clear()
        self._against_session.extend(lags)
        if self._lag is not None:
            self._lag -= moved

    def observe(self, poll: Poll) -> int:
        """Learn from a poll; the frames to skip now so that the stream is on the device's time again (mostly 0)."""
        passed_s, self._last_ns = (poll.at_ns - self._last_ns) / NS_PER_S, poll.at_ns
        self._against_session.append(poll.at_ns * self.rate_hz / NS_PER_S - poll.played)
        self._against_device.append(poll.device_s * self.rate_hz - poll.played)
        skip = self._jump()
        if skip:
            self.resyncs += 1
            self._shift(skip)
        if self._lag is not None:
            self._slew(self._lag, passed_s)
        return skip

    def restarted(self) -> None:
        """The stream was stopped and taken up again: what was seen before says nothing about now."""
        self._against_session.clear()
        self._against_device.clear()
        self._baseline = None

    def _jump(self) -> int:
        if len(self._against_device) < WINDOW_POLLS:
            return 0
        now = median(self._against_device)
        if self._baseline is None:
            self._baseline = now
        off = now - self._baseline
        if abs(off) < FOLLOW_FRAMES:
            self._baseline += FOLLOW_SHARE * off
        if off < max(MIN_JUMP_FRAMES, JUMP_SHARE * self.burst):
            return 0
        behind = median(list(self._against_device)[-LATEST_POLLS:]) - self._baseline
        return round(behind / self.period) * self.period if self.period else round(behind)

    def _shift(self, frames: int) -> None:
        """Frames skipped count as played, in the polls already seen too."""
        for lags in (self._against_session, self._against_device):
            shifted = [lag - frames for lag in lags]
            lags.clear()
            lags.extend(shifted[-LATEST_POLLS:])

    def _slew(self, lag: float, passed_s: float) -> None:
        if len(self._against_session) < LATEST_POLLS:
            return
        error = self.error = median(self._against_session) - lag
        self.worst_error = max(self.worst_error, abs(error))
        if abs(error) > REANCHOR_ERROR_S * self.rate_hz:
            self.reanchors += 1
            self._lag = lag + error
            return
        limit = (FAST_SLEW_LIMIT if abs(error) > FAST_ERROR_S * self.rate_hz else SLEW_LIMIT) * passed_s * self.rate_hz
        self._lag = lag + max(-limit, min(limit, error * min(passed_s / SLEW_S, 1.0)))
