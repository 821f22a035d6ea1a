"""What a pack's mix is like to listen to: loudness, peaks, and whether the beat has gaps."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any, Final

from benchmarks.harness import CUED, Options, Result, Row, run_program

NAME: Final = "sound"
PACKS: Final = ("metronome", "awareness", "integration")
FULL: Final = 0.999
"""Of full scale: a sample there was cut off."""
SILENT_DB: Final = -60.0
"""Under this nobody hears anything outdoors."""
BLOCK_S: Final = 0.05


def run(options: Options) -> Result:
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="cued-bench-") as name:
        own = {f"XDG_{kind}_HOME": f"{name}/{kind}" for kind in ("CACHE", "CONFIG", "DATA", "STATE")}
        for pack in PACKS:
            options.say(f"90 seconds of {pack}")
            wav, events = Path(name) / f"try-{pack}.wav", Path(name) / "try.jsonl"
            run_program((*CUED, "try", "--fast", "--pack", pack, "-o", name), env={**os.environ, **own})
            length = ("--length", "30min", "--sim", "easy", "--voice", "nominal", "--events", str(events))
            run_program((*CUED, "rehearse", pack, *length), env={**os.environ, **own})
            rows += _heard(pack, wav) + _gaps(pack, events)
    notes = (
        "Loudness: ITU-R BS.1770 over the 90 s of `cued try`, its silences gated; a beat of clicks lies far under speech.",
        "Gaps: over 30 min of a simulated easy runner, the longest time between two clicks of one tempo, in beats.",
    )
    return Result(NAME, tuple(rows), notes)


def _heard(pack: str, wav: Path) -> list[Row]:
    import numpy as np
    import pyloudnorm
    import soundfile

    pcm, rate_hz = soundfile.read(wav, dtype="float64", always_2d=True)
    peak = float(np.abs(pcm).max())
    block = int(BLOCK_S * rate_hz)
    whole = pcm[: len(pcm) // block * block, 0].reshape(-1, block)
    loud_db = 20 * np.log10(np.sqrt((whole**2).mean(axis=1)) + 1e-12)
    heard = np.flatnonzero(loud_db > SILENT_DB)
    silence_s = float(np.diff(heard).max()) * BLOCK_S if heard.size > 1 else float("nan")
    return [
        Row(f"{pack}: loudness", float(pyloudnorm.Meter(rate_hz).integrated_loudness(pcm)), "LUFS"),
        Row(f"{pack}: highest sample", peak, "of 1", f"under {FULL:g}", peak < FULL),
        Row(f"{pack}: longest silence between two sounds", silence_s, "s"),
    ]


def _gaps(pack: str, events: Path) -> list[Row]:
    longest = 0.0
    last: dict[str, Any] | None = None
    for line in events.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if row["kind"] == "click":
            if last is not None:
                longest = max(longest, (row["t_ns"] - last["t_ns"]) * last["spm"] / 60e9)
            last = row
        elif row["kind"] in ("tempo", "segment", "pause"):
            last = None
    return [Row(f"{pack}: longest gap in the beat", longest, "beats", "at most 1.05", longest <= 1.05)] if longest else []
