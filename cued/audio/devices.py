"""Sound devices by name. PortAudio is asked in a process of its own: on a broken device it hangs or crashes.

Its `main` is that process: it prints the devices as JSON.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from cued.audio.wire import python_command
from cued.errors import AudioError

DEADLINE_S: Final = 8.0
"""A first look takes 0.3 s, a sleeping USB sound card some seconds; longer is a hang."""
ALSA: Final = "ALSA"
JACK: Final = "JACK Audio Connection Kit"
SERVERS: Final = ("pipewire", "pulse", "default")
"""ALSA's names for what mixes with other programs, best first: PortAudio's own default may be a bare card, in use."""


@dataclass(frozen=True, slots=True)
class Device:
    """Something that can be played on."""

    name: str
    host_api: str
    channels: int
    """How many it takes; 2 is stereo."""
    rate_hz: float
    """What it runs at by default."""
    index: int
    """PortAudio's number for it, good for one process only."""
    default: bool = False
    """PortAudio would choose it."""
    asked: bool = False
    """A person named it: nothing else will do."""


def best(devices: Sequence[Device]) -> Device | None:
    """Where a run is best heard when nobody says where: a sound server, then PortAudio's choice; None without devices."""
    for name in SERVERS:
        for device in devices:
            if device.host_api == ALSA and device.name == name:
                return device
    chosen = [device for device in devices if device.default]
    jack = [device for device in devices if device.host_api == JACK and device.name == "system"]
    # ALSA's bridge to JACK stutters where JACK itself does not.
    if jack and (not chosen or chosen[0].name == "jack"):
        return jack[0]
    return next(iter([*chosen, *devices]), None)


def named(devices: Sequence[Device], name: str, host_api: str = "") -> Device | None:
    """The device of that name (case does not matter); a part of a name will do if only one device has it."""
    wanted = name.casefold()
    there = [device for device in devices if not host_api or device.host_api == host_api]
    same = [device for device in there if device.name.casefold() == wanted]
    if same:
        return same[0]
    alike = [device for device in there if wanted in device.name.casefold()]
    return alike[0] if len(alike) == 1 else None


def find_device(name: str | None = None) -> Device | None:
    """The device of that name, or the best there is; None where there is none at all and none was named.

    AudioError for a named device that is absent (it lists those present), and when PortAudio gives no answer.
    """
    devices = list_devices()
    if name is None:
        return best(devices)
    found = named(devices, name)
    if found is None:
        present = ", ".join(dict.fromkeys(device.name for device in devices))
        raise AudioError(
            f"there is no sound device {name!r}; " + (f"there are: {present}" if present else "there is none at all")
        )
    return Device(**{**asdict(found), "asked": True})


def list_devices() -> tuple[Device, ...]:
    """All devices that can be played on, from a child process. AudioError when PortAudio gives no answer."""
    command = python_command("cued.audio.devices")
    try:
        answer = subprocess.run(command, capture_output=True, timeout=DEADLINE_S, check=False, stdin=subprocess.DEVNULL)
    except subprocess.TimeoutExpired:
        raise AudioError("the sound system gives no answer: `cued doctor` looks for the reason") from None
    if answer.returncode < 0:
        raise AudioError("PortAudio crashes while it looks for sound devices: `cued doctor` says what to do")
    lines = answer.stdout.decode("utf-8", "replace").splitlines()
    try:
        return tuple(Device(**found) for found in json.loads(lines[-1]))
    except (ValueError, IndexError, TypeError):
        if b"PortAudio library not found" in answer.stderr:
            raise AudioError("PortAudio is not installed: `sudo apt install libportaudio2`, or use --output null") from None
        raise AudioError("PortAudio does not start: `cued doctor` says what to do") from None


def present() -> tuple[Device, ...]:
    """All devices that can be played on, asked in this process: for children only."""
    import sounddevice

    apis: Any = sounddevice.query_hostapis()
    default = sounddevice.default.device[1]
    found: Any = sounddevice.query_devices()
    return tuple(
        Device(
            name=str(device["name"]),
            host_api=str(apis[device["hostapi"]]["name"]),
            channels=int(device["max_output_channels"]),
            rate_hz=float(device["default_samplerate"]),
            index=index,
            default=index == default,
        )
        for index, device in enumerate(found)
        if device["max_output_channels"] > 0
    )


def main() -> None:
    """Print what is present as JSON, the last line of what PortAudio's back ends print."""
    print("\n" + json.dumps([asdict(device) for device in present()]), flush=True)
