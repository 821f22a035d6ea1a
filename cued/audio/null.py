"""Silence at the pace of a device, where there is none."""

from __future__ import annotations

import time
from typing import Final

from cued.audio.commands import Click, ClickLate, Clip, Command, Heartbeat, MixFormat, Report
from cued.units import NS_PER_MS, NS_PER_S

MIXED_AHEAD_NS: Final = 247 * NS_PER_MS
"""What a device's ring and limiter hold: silence is paced by the same length."""


class NullOutput:
    """Silence at the pace of a device."""

    def __init__(self, mix: MixFormat, start_ns: int) -> None:
        """`start_ns`: the run's start on the system's monotonic clock."""
        self._mix = mix
        self._start_ns = start_ns
        self._opened_ns = self._now_ns()
        self._late: list[Report] = []
        self._late_clicks = 0

    def load(self, clip: Clip) -> None:
        """Nothing to keep."""

    def apply(self, command: Command) -> None:
        """Only look whether it came in time."""
        if isinstance(command, Click):
            late_ns = self._now_ns() + MIXED_AHEAD_NS - command.onset_ns
            if late_ns > 0:
                self._late_clicks += 1
                self._late.append(ClickLate(command.onset_ns, late_ns))

    def reports(self) -> list[Report]:
        """The late clicks since the last call, and how far time has come."""
        now_ns = self._now_ns()
        frames = (now_ns - self._opened_ns) * self._mix.rate_hz // NS_PER_S
        late, self._late = self._late, []
        return [*late, Heartbeat(now_ns, frames, now_ns + MIXED_AHEAD_NS, 0, 0, self._late_clicks, 0)]

    def wait_open(self, deadline_s: float) -> bool:  # noqa: ARG002 -- nothing opens
        """Nothing to wait for."""
        return True

    def start_at(self, start_ns: int) -> None:
        """The run begins at another moment of the monotonic clock."""
        self._opened_ns += self._start_ns - start_ns
        self._start_ns = start_ns

    def close(self) -> None:
        """Nothing to end."""

    def _now_ns(self) -> int:
        return time.monotonic_ns() - self._start_ns
