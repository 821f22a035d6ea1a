"""What a person asked for, parsed once: values that the set-up of any run begins with."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, TypeAlias

from cued.audio.commands import Ear, KeepAwake, MixFormat
from cued.core.cues import CuePack, Remainder, Repeat, RunEnd
from cued.core.engine import texts_of
from cued.core.start import Runner, Start, Text
from cued.errors import UsageError, did_you_mean
from cued.runtime.feeding import Feeding

RATE_HZ: Final = 48_000
"""What sound servers run at; the mix is made once, in it."""
SPOKEN_BEAT_SPM: Final = 165.0
"""The beat of a run by time alone when nobody has given one: between a novice's 156 and a trained runner's 169
at an easy pace (de Ruiter 2014)."""


@dataclass(frozen=True, slots=True)
class ToDevice:
    name: str | None = None
    """None: whichever is best."""


@dataclass(frozen=True, slots=True)
class ToNothing:
    """Paced like a device, heard by nobody."""


@dataclass(frozen=True, slots=True)
class ToFile:
    path: str


OutputChoice: TypeAlias = ToDevice | ToNothing | ToFile


def output_of(word: str) -> OutputChoice:
    """`device`, `device:NAME`, `null` or `file:PATH`; raises UsageError for anything else."""
    kind, colon, rest = word.partition(":")
    if word == "null":
        return ToNothing()
    if kind == "device" and (rest or not colon):
        return ToDevice(rest or None)
    if kind == "file" and rest:
        return ToFile(rest)
    meant = did_you_mean(kind, ("device", "null", "file"))
    raise UsageError(f"--output {word}: give device, device:NAME, null or file:PATH{meant}")


@dataclass(frozen=True, slots=True)
class Pack:
    """A cue pack and where its sounds lie."""

    value: CuePack
    folder: Path | None
    """None: a single file, without sounds."""
    file: str = ""
    """The YAML file; empty: it is in none."""

    def files(self) -> list[Path]:
        """All that it was read from, or will be."""
        own = [Path(self.file)] if self.file else []
        return own if self.folder is None else [*own, *(self.folder / name for name in self.value.sounds)]


@dataclass(frozen=True, slots=True)
class Volumes:
    """What a listener sets apart from any pack."""

    beat: float = 1.0
    """0 to 1."""
    voice: float = 1.0
    """0 to 1."""
    ear: Ear = Ear.BOTH

    def mix(self, channels: int = 1, *, keep_awake: KeepAwake = KeepAwake.OFF) -> MixFormat:
        """The mix for an output of so many channels: one ear alone needs two."""
        return MixFormat(
            rate_hz=RATE_HZ,
            channels=channels if self.ear is Ear.BOTH else 2,
            ear=self.ear,
            beat_volume=self.beat,
            voice_volume=self.voice,
            keep_awake=keep_awake,
        )


@dataclass(frozen=True, slots=True)
class Request:
    """A run as it was asked for."""

    pack: Pack
    feeding: Feeding
    seed: int = 0
    session_number: int = 1
    language: str = ""
    """Empty: the pack's own."""
    max_hr_bpm: int | None = None
    beat_spm: float | None = None
    """Given or last known cadence, for a run by time alone."""
    baseline_spm: float | None = None
    """The runner's own easy cadence, where it is known before the run: targets are reckoned from it."""
    runner: Runner = field(default_factory=Runner)
    """All that the plan knows of the runner: a cadence that it has measured goes before one that was only told."""
    planned: bool = False
    """By the plan: nobody has named a pack."""
    desk: bool = False
    speaker: str | None = None
    """A voice of the speech engine by its name; None: the language's own."""
    volumes: Volumes = field(default_factory=Volumes)

    @property
    def length_matters(self) -> bool:
        """Nobody knows how long the run is, and the pack would use it."""
        pack = self.pack.value
        asked = any(isinstance(rule.when, RunEnd) for rule in pack.rules) or pack.limits.quiet_end_ns > 0
        fits = any(
            part.times is None if isinstance(part, Repeat) else isinstance(part.length, Remainder) for part in pack.session
        )
        return self.feeding.length_ns is None and (asked or fits)

    @property
    def made_from(self) -> list[Path]:
        """The files that must outlive the run."""
        return [*self.pack.files(), *([Path(self.feeding.path)] if self.feeding.path else [])]

    @property
    def spoken_language(self) -> str:
        """The language that is heard."""
        return self.language or self.pack.value.language

    @property
    def title(self) -> str:
        """The pack's, in that language."""
        return self.pack.value.title_for(self.language)

    @property
    def texts(self) -> tuple[Text, ...]:
        """What has to be ready before the start."""
        return texts_of(self.pack.value, self.language, on_air=self.feeding.on_air)

    def _runner(self, beat_spm: float | None) -> Runner:
        known = self.runner
        if known.baseline_spm is None and self.baseline_spm is not None:
            known = replace(known, baseline_spm=self.baseline_spm)
        return replace(known, max_hr_bpm=self.max_hr_bpm, cadence_spm=beat_spm)

    def start(self, speech: tuple[tuple[str, int], ...]) -> Start:
        """What the core is told, once the texts' lengths are known."""
        feeding = self.feeding
        beat_spm = self.beat_spm
        if beat_spm is None and not feeding.sensor:
            beat_spm = SPOKEN_BEAT_SPM
        return Start(
            pack=self.pack.value,
            seed=self.seed,
            session_number=self.session_number,
            language=self.language,
            length_ns=feeding.length_ns,
            runner=self._runner(beat_spm),
            sensor=feeding.sensor,
            on_air=feeding.on_air,
            simulated=feeding.simulated,
            desk=self.desk,
            speech=speech,
        )
