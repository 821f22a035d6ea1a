"""What may be chosen for the next run, what comes of a choice, and what runs take from the configuration."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from cued.config.settings import Settings
from cued.runtime.request import Request, Volumes

if TYPE_CHECKING:
    from cued.coaching.today import Today
    from cued.runtime.goingon import Broken

PLAIN: Final = "plain"
"""The name of a run without cues, in the journal."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A pack that a session can begin with at once."""

    word: str
    """How it was asked for."""
    request: Request
    speech: tuple[tuple[str, int], ...]
    """The lengths of the pack's texts."""
    own: tuple[tuple[str, int], ...]
    """Those of cued's own sentences."""
    mark: object
    """As of the files it was read from."""
    text: str = ""
    """The pack's file as it was read."""
    broken: tuple[int, Broken] | None = None
    """When it was found, on the daemon's time, and a run that broke off and may go on with it (`goingon.Broken`)."""
    warnings: tuple[str, ...] = ()
    answer: Today | None = None
    """The plan's, which it was made by."""
    spares: bool = False
    """Drills are left out for the sake of what is sore."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen for the next run."""

    word: str = ""
    """A pack; empty: whatever the plan says."""
    plain: bool = False
    length_ns: int | None = None
    planned: bool = False
    """Nobody has named a pack."""

    @property
    def told(self) -> str:
        """For a person."""
        return self.word or "today's run"


BETWEEN: Final = Choice(PLAIN, planned=True)
"""Until a run that has begun is over and the plan knows of it: never two with cues, one after the other."""
FALLBACK: Final = Choice("metronome", plain=True)
"""Where the pack that is wanted is broken from the start: better a run recorded without cues than none."""


@dataclass(frozen=True, slots=True)
class Personal:
    """What runs take from the configuration and the command line."""

    language: str = ""
    max_hr_bpm: int | None = None
    speaker: str | None = None
    volumes: Volumes = field(default_factory=Volumes)
    beat_spm: float | None = None
    tells_sensor: bool = True
    """cued says when cadence is lost and back."""
    easy_spm: float | None = None
    """The runner's easy cadence, where the configuration has it."""

    @staticmethod
    def of(settings: Settings, volumes: Volumes, beat_spm: float | None) -> Personal:
        """From the configuration."""
        runner = settings.runner
        return Personal(
            runner.language,
            runner.max_hr_bpm,
            settings.sound.speaker,
            volumes,
            beat_spm,
            settings.announcements.sensor,
            runner.easy_spm,
        )
