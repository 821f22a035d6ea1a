"""Can a beat be heard? PortAudio and its devices, the volume, the sound server, the voices."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, Final

from cued.runtime.doctor.check import Answer, Check, Machine, Outcome, State
from cued.runtime.doctor.questions import jack_runs

PORTAUDIO_DEADLINE_S: Final = 8.0
"""Opening every ALSA plugin takes up to 2 s on a Raspberry Pi; a hang lasts for ever."""
VOICE_DEADLINE_S: Final = 6.0
"""espeak-ng starts in 50 ms on a PC; a Raspberry Pi with a cold SD card needs seconds."""
LOW_VOLUME: Final = 0.2
"""Below this a click is lost in the noise of one's own steps."""

RESTART_SERVER: Final = "systemctl --user restart pipewire pipewire-pulse wireplumber (or `pulseaudio -k`)"
"""What wakes a sound server that hangs, and with it everything that waits for it."""

LIST_DEVICES: Final = """
import json, sounddevice
print(json.dumps({
    "version": sounddevice.get_portaudio_version()[1],
    "outputs": [{"name": d["name"], "api": sounddevice.query_hostapis(d["hostapi"])["name"]}
                for d in sounddevice.query_devices() if d["max_output_channels"] > 0],
    "default": sounddevice.default.device[1],
}))
"""
COUNT_VOICES: Final = """
import pyttsx3
print(len(pyttsx3.init().getProperty("voices")))
"""


def portaudio(machine: Machine) -> tuple[Check, ...]:
    """The library that plays, and what it can play on. In a child: PortAudio may hang or crash on a broken device."""
    answer = machine.ask_python(LIST_DEVICES, PORTAUDIO_DEADLINE_S)
    if answer.outcome is Outcome.SILENT:
        what = f"PortAudio gives no answer within {PORTAUDIO_DEADLINE_S:g} s: a sound device or the sound server hangs"
        return (Check("PortAudio", State.FAIL, what, f"unplug USB sound devices, then {RESTART_SERVER}"),)
    if answer.code < 0:
        what = f"PortAudio crashes while it lists the devices (signal {-answer.code})"
        return (Check("PortAudio", State.FAIL, what, "unplug USB sound devices; `sudo apt install --reinstall libportaudio2`"),)
    if not answer.well:
        if "PortAudio library not found" in answer.err:
            return (Check("PortAudio", State.FAIL, "the library is not installed", "sudo apt install libportaudio2"),)
        return (Check("PortAudio", State.FAIL, f"it does not start: {_last_line(answer)}", "`make setup` installs it anew"),)
    found = _json_object(answer.out)
    outputs = [f"{device['name']} ({device['api']})" for device in found.get("outputs", [])]
    version = str(found.get("version", "of unknown version")).partition(",")[0]
    library = Check("PortAudio", State.OK, version)
    if not outputs:
        mend = "connect headphones or a sound card (`aplay -l` lists what the kernel sees), and be in the group audio"
        return (library, Check("sound devices", State.FAIL, "no device to play on", mend))
    shown = ", ".join(outputs[:6]) + (f" and {len(outputs) - 6} more" if len(outputs) > 6 else "")
    return (library, Check("sound devices", State.OK, shown))


@dataclass(frozen=True, slots=True)
class Volume:
    """The master volume as a mixer told it."""

    fraction: float
    """1.0 is full."""
    muted: bool
    unmute: str
    """The command that makes it audible."""


def volume(machine: Machine) -> tuple[Check, ...]:
    """Is the mixer muted or low? Asked of the server's own tool first, then of ALSA's."""
    name = "volume"
    found = _wpctl(machine) or _pactl(machine) or _amixer(machine)
    if found is None and machine.ask("pactl", "info").outcome is Outcome.SILENT:
        return (Check(name, State.UNKNOWN, "the mixer gives no answer", RESTART_SERVER),)
    if found is None:
        return (Check(name, State.UNKNOWN, "no mixer tells it", "`sudo apt install alsa-utils` brings `alsamixer`"),)
    percent = f"{found.fraction:.0%}"
    if found.muted:
        return (Check(name, State.FAIL, f"muted (at {percent})", found.unmute),)
    if found.fraction < LOW_VOLUME:
        return (Check(name, State.WARN, f"low: {percent}", found.unmute),)
    return (Check(name, State.OK, percent),)


def _wpctl(machine: Machine) -> Volume | None:
    answer = machine.ask("wpctl", "get-volume", "@DEFAULT_AUDIO_SINK@")
    told = re.search(r"Volume: (\d+(?:\.\d+)?)", answer.out) if answer.well else None
    unmute = "wpctl set-mute @DEFAULT_AUDIO_SINK@ 0; wpctl set-volume @DEFAULT_AUDIO_SINK@ 60%"
    return Volume(float(told[1]), "[MUTED]" in answer.out, unmute) if told else None


def _pactl(machine: Machine) -> Volume | None:
    level = machine.ask("pactl", "get-sink-volume", "@DEFAULT_SINK@")
    told = re.search(r"(\d+)%", level.out) if level.well else None
    if told is None:
        return None
    muted = "yes" in machine.ask("pactl", "get-sink-mute", "@DEFAULT_SINK@").out
    return Volume(int(told[1]) / 100, muted, "pactl set-sink-mute @DEFAULT_SINK@ 0; pactl set-sink-volume @DEFAULT_SINK@ 60%")


def _amixer(machine: Machine) -> Volume | None:
    for control in ("Master", "PCM", "Headphone"):  # a Raspberry Pi's own jack has PCM or Headphone only
        answer = machine.ask("amixer", "sget", control)
        told = re.search(r"\[(\d+)%\]", answer.out) if answer.well else None
        if told:
            return Volume(int(told[1]) / 100, "[off]" in answer.out, f"amixer sset {control} 60% unmute")
    return None


def server(machine: Machine) -> tuple[Check, ...]:
    """Which sound server is there, and does it answer?"""
    name = "sound server"
    answer = machine.ask("pactl", "info")
    if answer.outcome is Outcome.SILENT:
        return (Check(name, State.FAIL, "it is there, but gives no answer", RESTART_SERVER),)
    if answer.well:
        told = re.search(r"Server Name: (.+)", answer.out)
        return (Check(name, State.OK, told[1] if told else "PulseAudio"),)
    runtime = machine.env.get("XDG_RUNTIME_DIR", f"/run/user/{machine.uid}")
    sockets = (("PipeWire", f"{runtime}/pipewire-0"), ("PulseAudio", f"{runtime}/pulse/native"))
    for server_name, path in sockets:
        if machine.connects(path):
            return (Check(name, State.OK, server_name),)
    for server_name, path in sockets:
        if machine.find(path):
            what = f"{server_name}'s socket is there, but nobody answers"
            return (Check(name, State.FAIL, what, RESTART_SERVER),)
    if jack_runs(machine):
        return (Check(name, State.OK, "JACK"),)
    what = "none: cued plays on ALSA directly, alone, and not on Bluetooth headphones"
    return (Check(name, State.WARN, what, "sudo apt install pipewire pipewire-pulse wireplumber, then log in anew"),)


def voices(machine: Machine) -> tuple[Check, ...]:
    """What will speak: pyttsx3, else espeak-ng itself, else tones."""
    name = "voices"
    through = machine.ask_python(COUNT_VOICES, VOICE_DEADLINE_S)
    count = through.out.rpartition("\n")[2]
    if through.well and count.isdigit() and int(count):
        return (Check(name, State.OK, f"pyttsx3 with {count} voices"),)
    alone = machine.ask("espeak-ng", "--version")
    if alone.outcome is Outcome.SILENT:
        what = "espeak-ng gives no answer: a sound server that hangs holds it up"
        return (Check(name, State.FAIL, what, RESTART_SERVER),)
    if alone.well:
        why = f"no answer within {VOICE_DEADLINE_S:g} s" if through.outcome is Outcome.SILENT else _last_line(through)
        what = f"espeak-ng speaks by itself; pyttsx3 does not start: {why}"
        return (Check(name, State.WARN, what, "sudo apt install --reinstall espeak-ng"),)
    return (Check(name, State.FAIL, "none: a tone stands in for each spoken cue", "sudo apt install espeak-ng"),)


def _last_line(answer: Answer) -> str:
    return answer.err.rpartition("\n")[2] or "it says nothing"


def _json_object(text: str) -> dict[str, Any]:
    """The JSON object on the last line (libraries print above it), or an empty one."""
    try:
        found = json.loads(text.rpartition("\n")[2])
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
