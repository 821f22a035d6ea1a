"""All checks at once, in threads that nobody waits for past the deadline."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from cued.runtime.doctor import radio, service, sound, system
from cued.runtime.doctor.check import Check, Machine, State

DEADLINE_S: Final = 12.0
"""For all of them together: above the longest single deadline, below a person's patience."""


@dataclass(frozen=True, slots=True)
class Examination:
    """One question to the machine."""

    name: str
    """Of its first check, and of the one that stands in for a question without an answer."""
    ask: Callable[[Machine], tuple[Check, ...]]
    quick: bool = False
    """Part of the short answer: can cued be heard, and can it reach a pod?"""


EXAMINATIONS: Final = (
    Examination("PortAudio", sound.portaudio, quick=True),
    Examination("volume", sound.volume),
    Examination("sound server", sound.server),
    Examination("voices", sound.voices),
    Examination("D-Bus", radio.bus),
    Examination("Bluetooth adapter", radio.bluetooth, quick=True),
    Examination("rfkill", radio.rfkill),
    Examination("64 bits", system.userland),
    Examination("real-time limits", system.realtime),
    Examination("linger", system.linger),
    Examination("service", service.unit),
    Examination("groups", service.groups),
    Examination("power supply", system.power),
    Examination("disk", system.disk),
    Examination("clock", system.clock),
)


def examine(
    machine: Machine, *, examinations: tuple[Examination, ...] = EXAMINATIONS, deadline_s: float = DEADLINE_S
) -> tuple[Check, ...]:
    """The checks of `examinations`, in their order; one without an answer by the deadline is UNKNOWN. Never raises."""
    end_s = time.monotonic() + deadline_s
    asked = [_Asked(examination, machine) for examination in examinations]
    return tuple(check for one in asked for check in one.answer(max(0.0, end_s - time.monotonic())))


class _Asked:
    """One question on its way, in a thread that may be left behind."""

    def __init__(self, examination: Examination, machine: Machine) -> None:
        self._examination = examination
        self._machine = machine
        self._checks: tuple[Check, ...] | None = None
        self._thread = threading.Thread(target=self._ask, name=examination.name, daemon=True)
        self._thread.start()

    def _ask(self) -> None:
        try:
            self._checks = self._examination.ask(self._machine)
        except Exception as error:  # noqa: BLE001 - a doctor that breaks on an odd machine is of no use there
            what = f"could not be told: {type(error).__name__}: {error}"
            self._checks = (Check(self._examination.name, State.UNKNOWN, what),)

    def answer(self, deadline_s: float) -> tuple[Check, ...]:
        self._thread.join(deadline_s)
        return self._checks or (Check(self._examination.name, State.UNKNOWN, "no answer in time"),)


def quick() -> tuple[Examination, ...]:
    """The few that tell in a moment whether cued can be heard and can reach a pod."""
    return tuple(examination for examination in EXAMINATIONS if examination.quick)
