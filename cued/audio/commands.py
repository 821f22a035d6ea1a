"""What an output is told, and what it tells back. Frozen values, no numpy: cheap to import, safe to send to a child.

Every time is integer nanoseconds on the session's line; t = 0 is the run's start.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, Final

from cued.units import NS_PER_MS, NS_PER_S

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Pcm = npt.NDArray[np.float32]
else:
    Pcm = Any

SOUNDS: Final = ("wood", "tick", "clave", "beep", "soft", "drum")
"""Click sounds a pack may name; the first is the default. `tones` draws them."""

RATES_HZ: Final = (44_100, 48_000)
"""Rates that every sound server takes without a resampler in the way."""

MIN_GAIN_DB: Final = -120.0
"""Below the noise of any converter: a smaller gain is a mistake, not a wish."""
MAX_GAIN_DB: Final = 24.0
"""More would only feed the limiter."""
CUT_FADE_NS: Final = 50 * NS_PER_MS
"""A voice cut short by a safety cue: long enough not to click, short enough not to be talked over."""


class Bus(Enum):
    """The two volumes that a runner can set apart."""

    BEAT = "beat"
    VOICE = "voice"


class Ear(Enum):
    """Which ear of a stereo output sounds; the other stays free for traffic."""

    LEFT = "left"
    RIGHT = "right"
    BOTH = "both"


class Hint(Enum):
    """Where the runner's cadence is against the band, told by the click's timbre."""

    NONE = ""
    BELOW = "below"
    IN = "in"
    ABOVE = "above"


class KeepAwake(Enum):
    """Whether headphones are kept from falling asleep while something is to be expected of them."""

    AUTO = "auto"
    """Where the sound server says that it plays on Bluetooth or on headphones that may doze."""
    ON = "always"
    OFF = "never"


def _check_fraction(name: str, value: float) -> None:
    if not 0.0 <= value <= 1.0:
        raise ValueError(f"{name} must lie in 0..1, not {value!r}")


def _check_gain_db(value: float) -> None:
    if not MIN_GAIN_DB <= value <= MAX_GAIN_DB:
        raise ValueError(f"gain_db must lie in {MIN_GAIN_DB}..{MAX_GAIN_DB}, not {value!r}")


@dataclass(frozen=True, slots=True)
class MixFormat:
    """The shape of a mix, the same for files and devices."""

    rate_hz: int = 48_000
    """44,100 or 48,000 frames a second."""
    channels: int = 1
    """1 or 2."""
    ear: Ear = Ear.BOTH
    """Without meaning in mono."""
    beat_volume: float = 1.0
    """0..1, for clicks."""
    voice_volume: float = 1.0
    """0..1, for speech and the coach's sounds."""
    keep_awake: KeepAwake = KeepAwake.OFF
    """On a live device: a faint noise floor where something is to be expected (`Sounding`), and a wake tone before what comes
    after a silence. Sleeping Bluetooth headphones swallow short sounds, and first syllables."""

    def __post_init__(self) -> None:
        if self.rate_hz not in RATES_HZ:
            raise ValueError(f"rate_hz must be one of {RATES_HZ}, not {self.rate_hz!r}")
        if self.channels not in (1, 2):
            raise ValueError(f"channels must be 1 or 2, not {self.channels!r}")
        _check_fraction("beat_volume", self.beat_volume)
        _check_fraction("voice_volume", self.voice_volume)


@dataclass(frozen=True, slots=True, eq=False)
class Clip:
    """A phrase or a coach's sound, ready to be mixed. Arrives at about -18 LUFS with a peak of at most 0.9."""

    clip_id: str
    rate_hz: int
    pcm: Pcm
    """float32, shape (frames,), mono."""

    def __post_init__(self) -> None:
        if self.rate_hz <= 0:
            raise ValueError(f"rate_hz must be positive, not {self.rate_hz!r}")
        if self.pcm.ndim != 1 or self.pcm.dtype != "float32":
            raise ValueError(f"a clip is mono float32, not {self.pcm.dtype} of shape {self.pcm.shape}")

    @property
    def dur_ns(self) -> int:
        """The clip's length."""
        return int(self.pcm.shape[0]) * NS_PER_S // self.rate_hz


@dataclass(frozen=True, slots=True)
class Click:
    """One beat of the metronome."""

    onset_ns: int
    sound: str = SOUNDS[0]
    accent: bool = False
    hint: Hint = Hint.NONE
    gain_db: float = 0.0
    """Used by the core for the rise of a session's first clicks."""
    volume: float = 0.8
    """0..1, the pack's own, on top of the beat's volume."""

    def __post_init__(self) -> None:
        if self.sound not in SOUNDS:
            raise ValueError(f"no click sound {self.sound!r}; there are {', '.join(SOUNDS)}")
        _check_gain_db(self.gain_db)
        _check_fraction("volume", self.volume)


@dataclass(frozen=True, slots=True)
class PlayClip:
    """Start a loaded clip; late ones start at the first frame that is still free."""

    onset_ns: int
    clip_id: str
    bus: Bus = Bus.VOICE
    duck_db: float = 8.0
    """How far clicks step back while it sounds; 0 for not at all."""
    fade_in_ns: int = 0
    gain_db: float = 0.0
    utterance_id: str = ""
    """The caller's own name for this playing of the clip."""

    def __post_init__(self) -> None:
        if not 0.0 <= self.duck_db <= -MIN_GAIN_DB:
            raise ValueError(f"duck_db must lie in 0..{-MIN_GAIN_DB}, not {self.duck_db!r}")
        if self.fade_in_ns < 0:
            raise ValueError(f"fade_in_ns must not be negative, not {self.fade_in_ns!r}")
        _check_gain_db(self.gain_db)


@dataclass(frozen=True, slots=True)
class Recall:
    """Take back every click at or after this time that is not mixed yet."""

    from_ns: int


@dataclass(frozen=True, slots=True)
class CutVoice:
    """Fade out every clip whose onset lies before this time; later ones are untouched."""

    at_ns: int
    fade_ns: int = CUT_FADE_NS

    def __post_init__(self) -> None:
        if self.fade_ns < 0:
            raise ValueError(f"fade_ns must not be negative, not {self.fade_ns!r}")


@dataclass(frozen=True, slots=True)
class SetVolume:
    """A bus's volume, from now on."""

    bus: Bus
    gain: float
    """0..1."""

    def __post_init__(self) -> None:
        _check_fraction("gain", self.gain)


@dataclass(frozen=True, slots=True)
class Mute:
    """Silence everything, or stop doing so, from now on. Time goes on underneath."""

    muted: bool


@dataclass(frozen=True, slots=True)
class Sounding:
    """From this time on clicks or words are to be expected, or (not `on`) none for long: silence is silence then."""

    at_ns: int
    on: bool


@dataclass(frozen=True, slots=True)
class StayAwake:
    """The device falls asleep in silence, or does not."""

    on: bool


Command = Click | PlayClip | Recall | CutVoice | SetVolume | Mute | Sounding | StayAwake


@dataclass(frozen=True, slots=True)
class Promised:
    """The stream's frame at which a click will sound, as fixed when it was committed."""

    onset_ns: int
    frame: int


@dataclass(frozen=True, slots=True)
class ClickLate:
    """A click that came too late to be mixed: skipped, never made up for."""

    onset_ns: int
    late_ns: int


@dataclass(frozen=True, slots=True)
class Opened:
    """A stream runs, for the first time or again."""

    device: str
    host_api: str
    rate_hz: int
    latency_ns: int
    """From the ring to the ear, as the device reports it."""


@dataclass(frozen=True, slots=True)
class Restarted:
    """The child that owns the device was replaced."""

    at_ns: int
    reason: str
    since_ns: int
    """What was due from then on was not played."""


@dataclass(frozen=True, slots=True)
class NoDevice:
    """No stream can be opened now; it is tried again, ever more rarely."""

    at_ns: int
    reason: str
    since_ns: int
    """As of `Restarted`."""


@dataclass(frozen=True, slots=True)
class Placed:
    """The sound server plays the stream elsewhere than on the chosen device from now on, or where it should again."""

    at_ns: int
    """From when on, as far as is known."""
    device: str
    """For people."""
    elsewhere: bool


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """How the output does. All counts are totals of the session."""

    at_ns: int
    frames: int
    """Frames the device has taken from the ring since the stream opened."""
    mixed_until_ns: int
    """What lies before this has left the mixer and cannot be changed any more."""
    underruns: int
    """Times the ring ran empty."""
    resyncs: int
    """Times the device lost whole periods and the mix skipped ahead to be on the grid again."""
    late_clicks: int
    restarts: int
    device: str = ""
    """Empty while there is none."""
    latency_ns: int = 0
    late_clips: int = 0
    """Words that began more than `mixdown.LATE_CLIP_NS` after their time."""
    dropped_clips: int = 0
    """Words whose time passed while there was no stream."""
    error_ns: int = 0
    """How late frames leave the ring now, against the times promised for them: negative is early."""
    worst_error_ns: int = 0
    """The largest there was, early or late."""
    place: str = ""
    """Where the sound server plays it, for people; empty where no server tells."""
    clip_bytes: int = 0
    """Of the clips that are kept."""


Report = Promised | ClickLate | Opened | Restarted | NoDevice | Placed | Heartbeat
