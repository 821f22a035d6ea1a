"""Packs for a soak: a beat nearly all the time, a cue every half minute, and some that are no packs at all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

_PACK: Final = """format: 1
name: {name}
version: 1.0.{version}
title: "Soak {name}"
language: en
license: CC0-1.0
target: {{basis: fixed, spm: {spm}}}
band: {{low: 4%, high: 4%, hysteresis: 1%, window: 5 s}}
limits: {{quiet_start: 0 s, quiet_end: 0 s, min_gap: 10 s, same_cue_gap: 60 s, per_minute: 3, per_run: 1000, withhold: 0%}}
metronome: {{mode: {mode}, sound: {sound}, volume: 80%, duck: 8 dB{more}}}
session:
  - repeat: fill
    segments:
      - {{segment: steady, for: 3 min}}
      - {{segment: feeder, for: 90 s, metronome: {{mode: lead}}}}
      - {{segment: rest, for: 20 s, metronome: {{mode: none}}}}
cues:
  light: {{say: "Light feet, one minute.", theme: form}}
  tall: {{say: "A string lifts you tall.", theme: form}}
  rebound: {{say: "Feel the rebound.", theme: form}}
  ride: {{say: "Ride the beat, easy pace.", theme: form}}
  number: {{say: "{number}", theme: figures}}
  back: {{say: "Back to the beat.", theme: check, expect: {{cadence: up}}}}
rules:
  - {{when: {{segment: start}}, in: feeder, say: {{theme: form}}}}
  - {{when: {{every: 40 s, jitter: 10 s}}, say: {{theme: form}}}}
  - {{when: {{every: 2 min}}, say: number}}
  - {{when: {{off_band: low, for: 20 s}}, say: back, cooldown: 2 min}}
"""
FIRST: Final = "soak-wood"
SECOND: Final = "soak-tick"
GOOD: Final = (FIRST, SECOND)


def _text(name: str, version: int) -> str:
    first = name == FIRST
    return _PACK.format(
        name=name,
        version=version,
        spm=170 if first else 174,
        mode="follow" if first else "nudge",
        sound="wood" if first else "tick",
        more="" if first else ", accent: 4",
        number="Cadence {cadence}, target {target}." if first else "Now {cadence} steps a minute.",
    )


def write_good(folder: Path, name: str, version: int = 0) -> None:
    """A pack that can be run with; `version` makes another text of it."""
    folder.mkdir(parents=True, exist_ok=True)
    new = folder / f".{name}.new"
    new.write_text(_text(name, version), encoding="utf-8")
    new.rename(folder / f"{name}.yaml")


def write_half(folder: Path, name: str) -> None:
    """The same in the middle of being saved by an editor that writes in place."""
    text = _text(name, 99)
    (folder / f"{name}.yaml").write_text(text[: len(text) // 2], encoding="utf-8")


def _words(text: str) -> bytes:
    return text.replace("metronome: {mode: follow", "metronome: {mode: fly").encode()


def _missing(text: str) -> bytes:
    return text.replace("  number: {say:", "  nummer: {say:").encode()


def _bomb(text: str) -> bytes:
    return (text + "[" * 200_000).encode()


def _binary(text: str) -> bytes:
    return bytes(range(256)) * 64


BAD: Final[dict[str, Callable[[str], bytes]]] = {
    "soak-bad-words": _words,
    "soak-bad-cue": _missing,
    "soak-bad-bomb": _bomb,
    "soak-bad-binary": _binary,
}


def write_bad(folder: Path, name: str) -> None:
    """A file that no run may be given."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.yaml").write_bytes(BAD[name](_text(FIRST, 0)))
