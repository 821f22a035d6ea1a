"""A pod that is run with: RSC measurements at a steady rate from a thread, with changes of cadence on the way."""

from __future__ import annotations

import struct
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self

from tests.support.bluez.peripherals import RSC_MEASUREMENT
from tests.support.bluez.virtual import Pod

STRIDE: Final = 0x01
DISTANCE: Final = 0x02
RUNNING: Final = 0x04
"""Bits of the flags (Running Speed and Cadence Service, section 3.1.1)."""
LONGEST_M: Final = 655.35
"""A stride of somebody who hardly moves the feet: 16 bits of centimetres."""


def rsc_measurement(
    cadence: int, speed_mps: float, *, stride_m: float | None = None, total_m: float | None = None, running: bool = True
) -> bytes:
    """The bytes of 0x2A53; `cadence` is what the pod says per minute, steps or strides."""
    flags = (STRIDE if stride_m is not None else 0) | (DISTANCE if total_m is not None else 0) | (RUNNING if running else 0)
    data = struct.pack("<BHB", flags, round(speed_mps * 256), cadence)
    if stride_m is not None:
        data += struct.pack("<H", round(stride_m * 100))
    if total_m is not None:
        data += struct.pack("<I", round(total_m * 10))
    return data


@dataclass(frozen=True, slots=True)
class Running:
    """How somebody runs from some measurement on."""

    spm: float
    """Steps per minute; 0 is standing."""
    speed_mps: float = 2.8
    messages: int | None = None
    """For so many measurements; None: until told otherwise."""


class Script:
    """Notifies until the block ends. `say` changes the pace at once."""

    def __init__(self, pod: Pod, course: Running | Sequence[Running], *, hz: float = 1.0, factor: int = 1) -> None:
        """`factor` 2: the pod counts strides and says half the steps. `hz` may be far above a pod's 1 for a quick test."""
        self._pod = pod
        self._course = [course] if isinstance(course, Running) else list(course)
        self._interval_s = 1.0 / hz
        self._factor = factor
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._total_m = 0.0
        self._thread = threading.Thread(target=self._run, name="virtual-pod", daemon=True)
        self.sent = 0
        """Measurements so far, heard or not."""

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stop.set()
        self._thread.join()

    def say(self, running: Running) -> None:
        """From the next measurement on."""
        with self._lock:
            self._course = [running]

    def _next(self) -> Running:
        with self._lock:
            now = self._course[0]
            if now.messages is not None and len(self._course) > 1:
                left = now.messages - 1
                rest = self._course[1:]
                self._course = [Running(now.spm, now.speed_mps, left), *rest] if left > 0 else rest
            return now

    def _run(self) -> None:
        while not self._stop.wait(self._interval_s):
            now = self._next()
            # A second of running for each measurement, whatever the rate: what a pod would have said then.
            self._total_m += now.speed_mps
            steps_per_s = now.spm / 60
            data = rsc_measurement(
                round(now.spm / self._factor),
                now.speed_mps,
                stride_m=min(2 * now.speed_mps / steps_per_s, LONGEST_M) if steps_per_s else 0.0,
                total_m=self._total_m,
                running=now.spm > 0 and now.speed_mps > 0,
            )
            self._pod.notify(RSC_MEASUREMENT, data)
            self.sent += 1
