"""Everything that can happen to a session. Each carries `at_ns` on one monotonic line; 0 is the start of the run."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from cued.core.cues import CuePack


@dataclass(frozen=True, slots=True)
class Wake:
    """Time has passed; nothing else. Never journalled: the session asks for it (`next_wakeup`)."""

    at_ns: int


@dataclass(frozen=True, slots=True)
class CadenceSample:
    """One reading of a pod, its unit already beyond doubt. None: the sensor did not give it."""

    at_ns: int
    spm: float | None
    """Steps per minute of both feet; 0 is standing. None also while nobody knows whether the sensor counts steps or strides."""
    speed_mps: float | None = None
    total_distance_m: float | None = None
    """The sensor's own running total."""
    running: bool | None = None
    """The sensor's walk/run flag; None where it has none worth trusting."""
    raw: int | None = None
    """The sensor's own number, its unit known or not."""


@dataclass(frozen=True, slots=True)
class HeartRate:
    at_ns: int
    bpm: int


@dataclass(frozen=True, slots=True)
class GroundContactTime:
    at_ns: int
    ms: float


@dataclass(frozen=True, slots=True)
class VerticalOscillation:
    at_ns: int
    mm: float


@dataclass(frozen=True, slots=True)
class Altitude:
    at_ns: int
    m: float


class LinkState(Enum):
    """Of the cadence sensor's link."""

    FOUND = "found"
    """First link of the run."""
    UP = "up"
    RENEWING = "renewing"
    """Being re-established by cued itself: not a loss yet."""
    LOST = "lost"
    """Down, or silent for so long that cadence is gone."""
    BACK = "back"


@dataclass(frozen=True, slots=True)
class SensorLink:
    at_ns: int
    state: LinkState


@dataclass(frozen=True, slots=True)
class BatteryLow:
    at_ns: int
    percent: int


@dataclass(frozen=True, slots=True)
class SpeechReady:
    """A text (or sound) can be played from now on and lasts `dur_ns`. `text_id` as in `Render` and `texts_of`."""

    at_ns: int
    text_id: str
    dur_ns: int


@dataclass(frozen=True, slots=True)
class SpeechFailed:
    at_ns: int
    text_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class ClickLate:
    """Audio could not keep its promise for `count` clicks: counted, never made up for."""

    at_ns: int
    count: int


@dataclass(frozen=True, slots=True)
class Stalled:
    """The machine stood still until now (a suspend, a frozen process): nothing that fell due meanwhile could be heard."""

    at_ns: int
    since_ns: int | None = None
    """From when on; None: since the session was last woken, which a replay without wakes cannot know."""


@dataclass(frozen=True, slots=True)
class AudioRestarted:
    at_ns: int


@dataclass(frozen=True, slots=True)
class SoundLost:
    """What sounds from `since_ns` on reaches nobody: there is no device, or it went to another than the chosen one."""

    at_ns: int
    since_ns: int


@dataclass(frozen=True, slots=True)
class SoundBack:
    """The runner hears again what is played."""

    at_ns: int


@dataclass(frozen=True, slots=True)
class Pause:
    """The run rests (a timer stopped, the runner's key)."""

    at_ns: int


@dataclass(frozen=True, slots=True)
class Resume:
    at_ns: int


@dataclass(frozen=True, slots=True)
class Next:
    """The runner's key: on to the next segment, or `starts: press` granted."""

    at_ns: int
    leave_repeat: bool = False
    """On to what follows the present repeat: how a `fill` ends in a run of unknown length."""


@dataclass(frozen=True, slots=True)
class Back:
    """The runner's key: to the start of this segment, or of the one before where this one has hardly begun."""

    at_ns: int


@dataclass(frozen=True, slots=True)
class SwapPack:
    """The run goes on with another pack: from its own place by running time, or from the same one where that is the same."""

    at_ns: int
    pack: CuePack
    session_number: int | None = None
    """Which cue session with that pack it counts as, for its fade; None: the number stays."""
    speech: tuple[tuple[str, int], ...] = ()
    """(text id, length in ns) of every sound of it that is ready; others may follow as `SpeechReady`."""
    text: str = ""
    """The pack's file as it was read, for whoever looks into the journal."""


@dataclass(frozen=True, slots=True)
class AskCue:
    at_ns: int


@dataclass(frozen=True, slots=True)
class SurfaceIs:
    """The runner said what the ground is from here on."""

    at_ns: int
    surface: str


@dataclass(frozen=True, slots=True)
class EffortIs:
    """What the runner said of the effort from here on: `easy`, `moderate` or `hard`."""

    at_ns: int
    effort: str


@dataclass(frozen=True, slots=True)
class Reintroduction:
    """The plan says that the old cues are due again."""

    at_ns: int


@dataclass(frozen=True, slots=True)
class Announce:
    """cued itself has something to say; always with the priority of safety."""

    at_ns: int
    text: str
    asked: bool = False
    """It answers the runner's key or command: heard also while muted; it ends whatever is being said, and an older answer."""


@dataclass(frozen=True, slots=True)
class Mute:
    """All sound off or on; the run goes on being recorded."""

    at_ns: int
    muted: bool


@dataclass(frozen=True, slots=True)
class Pain:
    """Something hurts: beat and cues are over for this run, which goes on being recorded."""

    at_ns: int
    told: bool = False
    """Whoever took it says so to the runner; else the session does."""


@dataclass(frozen=True, slots=True)
class Stop:
    """The run is over."""

    at_ns: int


Event: TypeAlias = (
    Wake
    | CadenceSample
    | HeartRate
    | GroundContactTime
    | VerticalOscillation
    | Altitude
    | SensorLink
    | BatteryLow
    | SpeechReady
    | SpeechFailed
    | ClickLate
    | Stalled
    | AudioRestarted
    | SoundLost
    | SoundBack
    | Pause
    | Resume
    | Next
    | Back
    | SwapPack
    | AskCue
    | SurfaceIs
    | EffortIs
    | Reintroduction
    | Announce
    | Mute
    | Pain
    | Stop
)
