"""The runners that can be simulated, as values: who they are, how their run goes, and whether they listen."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from enum import Enum
from typing import Final

from cued.errors import SensorError


class Gait(Enum):
    """What the legs do in a stage."""

    RUN = "run"
    WALK = "walk"
    STAND = "stand"


@dataclass(frozen=True, slots=True)
class Stage:
    """A stretch of the simulated run."""

    for_s: int
    gait: Gait = Gait.RUN
    pace: float = 1.0
    """Of the runner's own speed."""
    spread: float = 0.0
    """How far its length may be off, as a fraction, drawn evenly for each run."""


@dataclass(frozen=True, slots=True)
class RunnerPreset:
    """One simulated runner."""

    name: str
    summary: str
    cadence_spm: float
    """Own cadence at own speed, fresh."""
    speed_mps: float
    """Own easy speed."""
    beat_compliance: float
    """How much of the way to a beat that is near enough they go: 0 ignores it, 1 steps on it."""
    cue_compliance: float
    """How much of the way to the target a spoken cue takes them."""
    tires_after_s: int
    tires_per_min: float
    """Fraction of cadence lost in each minute after that."""
    tires_to: float
    """Fraction of cadence lost at the very most."""
    stages: tuple[Stage, ...] = (Stage(for_s=24 * 3_600),)
    loop_from: int = 0
    """After the last stage it goes on with this one."""


_PRESETS: Final = (
    RunnerPreset(
        name="easy",
        summary="an easy steady run that listens well",
        cadence_spm=164.0,
        speed_mps=2.8,
        beat_compliance=0.85,
        cue_compliance=0.6,
        tires_after_s=30 * 60,
        tires_per_min=0.0005,
        tires_to=0.01,
    ),
    RunnerPreset(
        name="tired",
        summary="cadence and pace fall from the twelfth minute on, as in the last third of a long run",
        cadence_spm=168.0,
        speed_mps=3.0,
        beat_compliance=0.6,
        cue_compliance=0.5,
        tires_after_s=12 * 60,
        tires_per_min=0.003,
        tires_to=0.07,
    ),
    RunnerPreset(
        name="intervals",
        summary="ten easy minutes, then three hard and two easy by turns",
        cadence_spm=168.0,
        speed_mps=3.0,
        beat_compliance=0.8,
        cue_compliance=0.5,
        tires_after_s=30 * 60,
        tires_per_min=0.001,
        tires_to=0.03,
        stages=(Stage(for_s=600, pace=0.93), Stage(for_s=180, pace=1.3), Stage(for_s=120, pace=0.8)),
        loop_from=1,
    ),
    RunnerPreset(
        name="stubborn",
        summary="a steady run that hears neither beat nor cues",
        cadence_spm=160.0,
        speed_mps=2.8,
        beat_compliance=0.0,
        cue_compliance=0.0,
        tires_after_s=30 * 60,
        tires_per_min=0.0005,
        tires_to=0.01,
    ),
    RunnerPreset(
        name="stop-and-go",
        summary="a city run: red lights to stand at, and a hill to walk",
        cadence_spm=166.0,
        speed_mps=2.9,
        beat_compliance=0.7,
        cue_compliance=0.5,
        tires_after_s=30 * 60,
        tires_per_min=0.0005,
        tires_to=0.01,
        stages=(
            Stage(for_s=240, spread=0.4),
            Stage(for_s=35, gait=Gait.STAND, spread=0.4),
            Stage(for_s=160, spread=0.4),
            Stage(for_s=40, gait=Gait.WALK, spread=0.4),
        ),
    ),
)


def preset_names() -> tuple[str, ...]:
    """The simulated runners, the most ordinary first."""
    return tuple(preset.name for preset in _PRESETS)


def runner_preset(name: str) -> RunnerPreset:
    """The preset of that name; raises SensorError with the likeliest name and all of them."""
    for preset in _PRESETS:
        if preset.name == name:
            return preset
    near = get_close_matches(name, preset_names(), n=1)
    meant = f" (did you mean {near[0]}?)" if near else ""
    raise SensorError(f"there is no simulated runner {name[:40]!r}{meant}: there are {', '.join(preset_names())}")
