"""A mix written to a sink in the session's own time: looks at no clock and waits for nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cued.audio.envelopes import DUCK_DOWN_NS
from cued.audio.limiter import ATTACK_CELLS, CELL_FRAMES
from cued.audio.mixdown import Mixer
from cued.units import NS_PER_S, frame_of

if TYPE_CHECKING:
    from cued.audio.commands import Clip, Command, MixFormat
    from cued.audio.wavfile import Sink

CHUNK_NS: Final = NS_PER_S
"""Large enough that an hour costs a few thousand calls, small enough to stay in the processor's cache."""


class OfflineOutput:
    """Commands in any order that never looks back beyond `advance`; the sound is written as it becomes final."""

    def __init__(self, fmt: MixFormat, sink: Sink, chunk_ns: int = CHUNK_NS) -> None:
        self._mixer = Mixer(fmt)
        self._sink = sink
        self._chunk = frame_of(chunk_ns, fmt.rate_hz)
        # Held back, so that what is still to come finds its clicks unmixed and can turn them down before its first word.
        self._held_back = frame_of(DUCK_DOWN_NS, fmt.rate_hz) + (ATTACK_CELLS + 1) * CELL_FRAMES
        self._rate_hz = fmt.rate_hz

    @property
    def late_clicks(self) -> int:
        """Clicks that came after their time had been written."""
        return self._mixer.late_clicks

    def load(self, clip: Clip) -> None:
        """Make a clip playable."""
        self._mixer.load(clip)

    def apply(self, command: Command) -> None:
        """Take a command into account. AudioError for a clip that was never loaded."""
        self._mixer.apply(command)

    def advance(self, to_ns: int) -> None:
        """No command with a time before `to_ns` will come any more: write what is final by now. OutputError."""
        end = frame_of(to_ns, self._rate_hz) - self._held_back
        while end - self._mixer.position >= self._chunk:
            self._write(self._chunk)

    def close(self, end_ns: int) -> None:
        """Write everything up to the end of the session and close the sink. OutputError."""
        end = frame_of(end_ns, self._rate_hz)
        while self._mixer.position < end:
            self._write(min(self._chunk, end - self._mixer.position))
        self._sink.close()

    def abort(self) -> None:
        """Leave nothing half-written."""
        self._sink.abort()

    def _write(self, n_frames: int) -> None:
        block = self._mixer.render_mono(n_frames)
        self._sink.write(self._mixer.to_channels(block.pcm), block.spans)
