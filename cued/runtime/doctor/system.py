"""Will the machine itself carry a run? Word size, real-time limits, linger, power, disk, clock."""

from __future__ import annotations

import re
from typing import Final

from cued.runtime.doctor.check import Check, Machine, State
from cued.runtime.doctor.questions import headless, jack_runs

LOW_BYTES: Final = 500_000_000
"""A season of runs and the voices' cache take under 500 MB; below this it is time to clear up."""
FULL_BYTES: Final = 50_000_000
"""One pack's texts and one run take under 50 MB; below this a run may not be written down."""
SET_BY_NETWORK: Final = "`sudo apt install systemd-timesyncd` (or chrony), which sets the clock by the network"
UNDER_VOLTAGE_NOW: Final = 1 << 0
THROTTLED_NOW: Final = 1 << 2
UNDER_VOLTAGE_SEEN: Final = 1 << 16
"""Bits of `vcgencmd get_throttled`, from the Raspberry Pi's documentation."""


def userland(machine: Machine) -> tuple[Check, ...]:
    """64 bits? numpy and the sound libraries come ready-made for 64-bit machines only."""
    what = f"{machine.pointer_bits}-bit Python on {machine.processor}"
    if machine.pointer_bits == 64:
        return (Check("64 bits", State.OK, what),)
    return (Check("64 bits", State.FAIL, what, "install the 64-bit Raspberry Pi OS, or another 64-bit Debian"),)


def realtime(machine: Machine) -> tuple[Check, ...]:
    """Real-time scheduling: JACK needs it; cued itself rests on buffering."""
    name = "real-time limits"
    limit = machine.realtime_priority_limit
    if machine.uid == 0 or limit > 0:
        return (Check(name, State.OK, "as root" if machine.uid == 0 else f"priority up to {limit}"),)
    if jack_runs(machine):
        mend = "sudo usermod -aG audio $USER, with `@audio - rtprio 95` in /etc/security/limits.d/audio.conf; log in anew"
        return (Check(name, State.WARN, "none, and JACK may drop out without", mend),)
    return (Check(name, State.OK, "none, and none needed: sound is filled ahead"),)


def linger(machine: Machine) -> tuple[Check, ...]:
    """Without linger a headless machine ends a user's sound server at log-out."""
    user = machine.user
    if not headless(machine):
        return (Check("linger", State.OK, "not needed: you are logged in at a screen"),)
    if not user:
        return (Check("linger", State.UNKNOWN, "this user has no name to ask for"),)
    if machine.find(f"/var/lib/systemd/linger/{user}"):
        return (Check("linger", State.OK, f"on for {user}"),)
    if not machine.find("/run/systemd/system"):
        return (Check("linger", State.OK, "not needed: no systemd here that ends things at log-out"),)
    what = f"off for {user}: sound stops when you log out"
    return (Check("linger", State.WARN, what, f"sudo loginctl enable-linger {user}"),)


def power(machine: Machine) -> tuple[Check, ...]:
    """A Raspberry Pi on a weak supply slows down and drops USB devices."""
    name = "power supply"
    if "Raspberry Pi" not in (machine.read("/proc/device-tree/model") or ""):
        return (Check(name, State.OK, "not a Raspberry Pi"),)
    mend = "use the supply made for this Raspberry Pi, and a short thick cable"
    bits = _throttled_bits(machine)
    if bits is None:
        alarms = [path for path in machine.find("/sys/class/hwmon/hwmon*") if machine.read(f"{path}/name") == "rpi_volt"]
        if not alarms:
            return (Check(name, State.UNKNOWN, "neither vcgencmd nor the kernel tells the voltage"),)
        bits = UNDER_VOLTAGE_NOW if any(machine.read(f"{path}/in0_lcrit_alarm") == "1" for path in alarms) else 0
    if bits & UNDER_VOLTAGE_NOW:
        return (Check(name, State.FAIL, "under-voltage now", mend),)
    if bits & UNDER_VOLTAGE_SEEN:
        return (Check(name, State.WARN, "under-voltage since the last start", mend),)
    if bits & THROTTLED_NOW:
        return (Check(name, State.WARN, "slowed down now, by heat", "give the Raspberry Pi some air"),)
    return (Check(name, State.OK, "steady"),)


def _throttled_bits(machine: Machine) -> int | None:
    """`throttled=0x50005`, by vcgencmd or by the older kernel's file."""
    answer = machine.ask("vcgencmd", "get_throttled")
    told = re.fullmatch(r"throttled=0x([0-9a-fA-F]+)", answer.out) if answer.well else None
    if told:
        return int(told[1], 16)
    text = machine.read("/sys/devices/platform/soc/soc:firmware/get_throttled")
    return int(text, 16) if text and re.fullmatch(r"[0-9a-fA-F]{1,8}", text) else None


def disk(machine: Machine) -> tuple[Check, ...]:
    """Room for runs and for the voices' cache."""
    folder = machine.data_folder()
    free = machine.free_bytes(folder)
    if free is None:
        return (Check("disk", State.UNKNOWN, f"{folder} does not tell its free space"),)
    if not machine.writable(folder):
        mend = f"make {folder} writable for you (a card turned read-only is near its end)"
        return (Check("disk", State.FAIL, f"{folder} cannot be written", mend),)
    what = f"{free / 1e9:.1f} GB free in {folder}"
    if free < FULL_BYTES:
        return (Check("disk", State.FAIL, what, "delete something: a run may not be written down"),)
    if free < LOW_BYTES:
        return (Check("disk", State.WARN, what, "delete something soon"),)
    return (Check("disk", State.OK, what),)


def clock(machine: Machine) -> tuple[Check, ...]:
    """Is the date to be trusted? The beat does not need it, the list of runs does."""
    if machine.find("/run/systemd/timesync/synchronized"):
        return (Check("clock", State.OK, "synchronised"),)
    answer = machine.ask("timedatectl", "show", "--property=NTPSynchronized", "--value")
    if answer.well and answer.out == "yes":
        return (Check("clock", State.OK, "synchronised"),)
    if answer.well and answer.out == "no":
        mend = f"connect to the network for a minute; `sudo timedatectl set-ntp true`; if that is refused: {SET_BY_NETWORK}"
        what = "unverified: runs may carry a wrong date, and the plan counts sessions, not days (the beat is not affected)"
        return (Check("clock", State.WARN, what, mend),)
    what = "unverified: nothing here tells whether the date is right, and the plan counts sessions, not days"
    return (Check("clock", State.UNKNOWN, what, f"{SET_BY_NETWORK}, and connect to the network for a minute"),)
