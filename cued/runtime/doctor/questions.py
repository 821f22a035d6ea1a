"""Questions that more than one check asks."""

from __future__ import annotations

from cued.runtime.doctor.check import Machine


def headless(machine: Machine) -> bool:
    """True: nobody is logged in at a screen here."""
    return not (machine.env.get("DISPLAY") or machine.env.get("WAYLAND_DISPLAY"))


def jack_runs(machine: Machine) -> bool:
    """True: a JACK server keeps its shared memory here (jackd 1 and 2 name it so, whoever started them)."""
    patterns = ("/dev/shm/jack-*/*", "/dev/shm/jack_default_*")  # noqa: S108 - only looked at, never written
    return any(machine.find(pattern) for pattern in patterns)
