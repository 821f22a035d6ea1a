"""All that a session is told before it begins: the journal's first row holds it, so that any run replays."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from cued.core.cues import CuePack

FILE: Final = "file:"
"""How the id of a file's sound begins."""


@dataclass(frozen=True, slots=True)
class Runner:
    """What is known of the runner before the run; None for a stranger."""

    baseline_spm: float | None = None
    """Own easy cadence: median of three uncued runs after their tenth minute."""
    baseline_speed_mps: float | None = None
    """Speed that went with it."""
    slope_spm_per_mps: float | None = None
    """Own speed→cadence slope; None: the prior of `target.SLOPE_SPM_PER_MPS`."""
    max_hr_bpm: int | None = None
    last_week_change: float | None = None
    """Last week's raise as a fraction of baseline, for the cap of two per cent more a week; None: no history."""
    cadence_spm: float | None = None
    """Given or last known cadence: the beat of a run by time alone."""
    best_cues: tuple[str, ...] = ()
    """Cue ids, the most helpful first, as far as that is known."""


@dataclass(frozen=True, slots=True)
class Start:
    """How a session begins."""

    pack: CuePack
    seed: int = 0
    session_number: int = 1
    """1 is the runner's first cue session with this pack (the first value of its fade)."""
    language: str = ""
    """Empty: the pack's own."""
    length_ns: int | None = None
    """Running time of the whole run; None: unknown."""
    runner: Runner = field(default_factory=Runner)
    sensor: bool = True
    """False: by time alone, no cadence will ever come."""
    on_air: bool = False
    """The sensor is a pod on the air: cued itself tells when it is lost and back, and rules about it wait until it does."""
    simulated: bool = False
    """Marked for ever; counts for no fade and no plan."""
    desk: bool = False
    """Begin at the first sounding segment, with no quiet start: a try at the desk."""
    speech: tuple[tuple[str, int], ...] = ()
    """(text id, length in ns) of every sound that is ready before the start."""


@dataclass(frozen=True, slots=True)
class Text:
    """A sound a pack needs before the start: exactly one of `text` and `file`."""

    text_id: str
    text: str
    language: str
    file: str
    """A sound in the pack's folder."""


def say_id(text: str) -> str:
    """The id of a spoken text's sound."""
    return f"say:{text}"


def file_id(name: str) -> str:
    """The id of a sound file of the pack's folder."""
    return f"{FILE}{name}"
