"""What the next run may begin from: the runner's cadence in the last real one. A convenience, so no failure of it is told."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Final

from cued.core.metronome import HIGHEST_MSPM, LOWEST_MSPM
from cued.errors import OutputError
from cued.runtime.files import write_finished
from cued.units import NS_PER_MIN, to_spm

ENOUGH_NS: Final = 10 * NS_PER_MIN
"""A run shorter than that says little of anybody's cadence."""


def last_cadence_spm() -> float | None:
    """Mean cadence while running in the last real run; None where there is none that can be read."""
    try:
        spm = json.loads(_file().read_text(encoding="utf-8"))["cadence_spm"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return float(spm) if isinstance(spm, int | float) and to_spm(LOWEST_MSPM) <= spm <= to_spm(HIGHEST_MSPM) else None


def remember_cadence(spm: float | None, running_ns: int) -> None:
    """Keep the mean cadence of a real run of `running_ns`, if that was long enough to tell."""
    if spm is None or running_ns < ENOUGH_NS:
        return
    with contextlib.suppress(OSError, OutputError):  # the next run then begins from what it would have begun from anyway
        _file().parent.mkdir(parents=True, exist_ok=True)
        write_finished(_file(), json.dumps({"cadence_spm": round(spm, 1)}) + "\n")


def _file() -> Path:
    from platformdirs import user_state_path

    return user_state_path("cued") / "last-run.json"
