"""What plays: the mix ahead of a ring, and the map between the session's time and the device's frames.

One ring, filled `AHEAD_NS` ahead. The device's clock is looked at with every poll; when it has lost whole periods, as
many frames are skipped, with a short crossfade. When the ring ran empty, what was due meanwhile is gone, the grid is not.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Final, Protocol

from cued.audio.clockmap import LATEST_POLLS, ClockMap, Poll
from cued.audio.commands import Click, ClickLate, Clip, Command, Promised
from cued.audio.wire import Beat, Open
from cued.errors import AudioError
from cued.units import NS_PER_MS, NS_PER_S, frame_of

if TYPE_CHECKING:
    from cued.audio.commands import Pcm

AHEAD_NS: Final = 240 * NS_PER_MS
"""With the limiter's look-ahead just under the 250 ms within which an events file says that nothing can be recalled."""
FIRST_POLL_S: Final = 0.004
"""While the map is anchored: 24 polls in a tenth of a second, over some five periods; the rest is made up for slowly."""
STALL_S: Final = 0.8
"""A stream that takes nothing for so long, beyond its own buffer, is dead: a suspended or killed server flags nothing."""
LONGEST_LOOK_NS: Final = 200 * NS_PER_MS
"""Twice the longest time between two polls. More, and this process itself stood still, perhaps with the device: no proof."""
FIRST_PERIOD_S: Final = 3.0
"""A suspended sink, or a server on a busy machine, takes its first period only after a second or two."""
CROSSFADE_NS: Final = 4 * NS_PER_MS
"""Where frames are skipped: short enough to leave a click its attack, long enough not to be one."""
LONGEST_SKIP_NS: Final = 2 * NS_PER_S
"""A device that lost more is better opened anew."""
_MIN_PERIOD: Final = 32
"""A common divisor under it is chance, not a period."""


class PlayedFrom(Protocol):
    """A stream as the engine sees it."""

    @property
    def waiting(self) -> int:
        """Frames in the ring."""

    @property
    def time_s(self) -> float:
        """The device's clock."""

    @property
    def playing(self) -> bool:
        """The ring is being played; False once it ran empty."""

    def write(self, pcm: Pcm) -> None:
        """Append float32 frames, shape (frames, channels)."""

    def play(self) -> None:
        """Begin to take from the ring, or begin again."""


class Engine:
    """The mix, the ring and the clock map of one open stream."""

    def __init__(self, opening: Open, stream: PlayedFrom, rate_hz: int, now_ns: Callable[[], int] = time.monotonic_ns) -> None:
        """`now_ns`: the system's monotonic clock."""
        from cued.audio.mixdown import Mixer

        fmt = replace(opening.fmt, rate_hz=rate_hz)
        self._stream = stream
        self._now_ns = now_ns
        self._t0_ns = opening.t0_monotonic_ns
        self._promises = opening.promises
        self._map = ClockMap(rate_hz)
        self._mixer = Mixer(fmt, self._map.frame_at)
        self._ahead = frame_of(AHEAD_NS, rate_hz)
        self._crossfade = frame_of(CROSSFADE_NS, rate_hz)
        self._longest_skip = frame_of(LONGEST_SKIP_NS, rate_hz)
        self._underruns = 0
        self._taken = 0
        self._period = self._burst = 0
        self._looked_ns = self._now_ns()
        self._still_ns = 0

    @property
    def stalled_s(self) -> float:
        """For how long the device was seen to take nothing."""
        return self._still_ns / NS_PER_S

    def begin(self, buffer_ns: int = 0, sleep: Callable[[float], None] = time.sleep) -> None:
        """Fill the ring and watch it being played until the map is anchored. AudioError if nothing is played.

        `buffer_ns`: what the device swallows at once before it plays. Then a server may stand still for up to 2 s, until what
        it had rendered before (silence) is out: whatever is seen up to there would bend the map.
        """
        self._fill()
        self._stream.play()
        swallowed = frame_of(buffer_ns + buffer_ns // 2, self._map.rate_hz)
        polls = 0
        while polls < LATEST_POLLS:
            sleep(FIRST_POLL_S)
            self.poll()
            if self._taken > swallowed:
                polls += 1
            elif self.stalled_s > FIRST_PERIOD_S:
                raise AudioError("the device does not play")
            else:
                self._map.restarted()
        self._underruns = 0  # of a ring that was swallowed whole before anything could sound
        self._map.period = self._period if self._period >= _MIN_PERIOD else 0
        self._map.burst = self._map.period or self._burst
        self._map.anchor()

    def poll(self) -> None:
        """Look at the device's clock, be on its time again, fill the ring."""
        if not self._stream.playing and self._taken:
            self._refill()
        waiting = self._stream.waiting
        self._note(waiting)
        at_ns = self._now_ns() - self._t0_ns
        skip = self._map.observe(Poll(at_ns, self._stream.time_s, self._mixer.position - waiting)) if self._taken else 0
        if skip > self._longest_skip:
            raise AudioError("the device's clock jumped")
        if skip:
            self._skip(skip)
        self._fill()

    def start_at(self, t0_ns: int) -> None:
        """The session's zero on the monotonic clock is there."""
        self._map.rebase(t0_ns - self._t0_ns)
        self._t0_ns = t0_ns

    def load(self, clip: Clip) -> None:
        """Make a clip playable."""
        self._mixer.load(clip)

    def release(self, clip_ids: Iterable[str]) -> None:
        """Forget clips."""
        self._mixer.release(clip_ids)

    def apply(self, command: Command) -> Promised | None:
        """Do this; for a click in time, its frame where promises are wanted. AudioError for an unknown clip."""
        frame = self._mixer.apply(command)
        if self._promises and isinstance(command, Click) and frame is not None:
            return Promised(command.onset_ns, frame)
        return None

    def late(self) -> list[ClickLate]:
        """The clicks that came too late since the last call."""
        late, self._mixer.late = self._mixer.late, []
        return late

    def beat(self) -> Beat:
        """The counts."""
        ahead = self._map.ns_at(self._mixer.head) if self._map.ready else 0
        error_ns, worst_ns = (round(error * NS_PER_S / self._map.rate_hz) for error in (self._map.error, self._map.worst_error))
        return Beat(
            self._taken,
            ahead,
            self._underruns,
            self._map.resyncs,
            self._mixer.late_clicks,
            self._mixer.late_clips,
            error_ns,
            worst_ns,
        )

    def _note(self, waiting: int) -> None:
        """How far the stream has come, and in what steps."""
        taken = self._mixer.position - waiting
        now_ns = self._now_ns()
        self._still_ns += min(now_ns - self._looked_ns, LONGEST_LOOK_NS)
        self._looked_ns = now_ns
        if taken != self._taken:
            if self._taken:
                self._period = math.gcd(self._period, taken - self._taken)
                self._burst = max(self._burst, taken - self._taken)
            self._taken = taken
            self._still_ns = 0

    def _fill(self) -> None:
        missing = self._ahead - self._stream.waiting
        if missing > 0:
            self._write(self._mixer.render(missing))

    def _write(self, pcm: Pcm) -> None:
        import numpy as np

        self._stream.write(np.ascontiguousarray(pcm))

    def _skip(self, n_frames: int) -> None:
        """Leave `n_frames` of the mix out, blending what was before into what comes after."""
        import numpy as np

        fade = min(self._crossfade, n_frames)
        before = self._mixer.render(fade)
        self._mixer.skip(n_frames - fade)
        share = np.linspace(0.0, 1.0, fade, dtype=np.float32)[:, np.newaxis]
        self._write(before * (1 - share) + self._mixer.render(fade) * share)

    def _refill(self) -> None:
        """The ring ran empty: what was due meanwhile is gone, the grid is not."""
        self._underruns += 1
        if self._map.ready:
            behind = self._map.frame_at(self._now_ns() - self._t0_ns) - self._mixer.position
            self._mixer.skip(max(behind, 0))
        self._map.restarted()
        self._fill()
        self._stream.play()
