"""Every option of the configuration, declared once: its name, kind, default, description, example and who reads it.

A field's name carries its unit; the option's own name in the file does not, since its value there has one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from typing import Any, Final, TypeVar, cast

from cued.config import kinds
from cued.config.kinds import Kind
from cued.units import MSPM_PER_SPM, NS_PER_H, NS_PER_MIN, NS_PER_MS, NS_PER_S, to_spm
from cued.yamlread.scalars import scalar_text

T = TypeVar("T")

EARS: Final = ("both", "left", "right")
"""The words of `cued.audio`'s Ear, which is in a room beside this one."""
AWAKE: Final = ("auto", "always", "never")
"""The words of `cued.audio`'s KeepAwake."""
MAX_HR_BPM: Final = (100, 240)
"""What a runner's maximal heart rate can be; a number outside is a slip of the finger."""
BEAT_SPM: Final = (100, 230)
"""No beat lies outside this, whatever a pack says."""
GPIO_PINS: Final = (2, 27)
"""Of a Raspberry Pi's header; 0 and 1 belong to the boards that are plugged on it."""
_OPTION: Final = "option"
_LIVE: Final = ("run", "daemon", "try")
_HEARD: Final = ("run", "daemon", "try", "rehearse", "render")


@dataclass(frozen=True, slots=True, eq=False)
class Option:
    """What is to be known of an option apart from its value."""

    name: str
    """In the file."""
    kind: Kind
    about: str
    """One line for people, without a full stop."""
    example: str
    """As it stands in a file."""
    absent: str
    """What holds where the default is no value, in words; empty: the default is one."""
    read_by: tuple[str, ...]
    """The verbs that read it; empty: it is for `cued daemon` alone."""


def _option(
    name: str, kind: Kind, default: T, about: str, example: str, *, absent: str = "", read_by: tuple[str, ...] = ()
) -> T:
    """A field with its option."""
    return field(default=default, metadata={_OPTION: Option(name, kind, about, example, absent, read_by)})


@dataclass(frozen=True, slots=True)
class Runner:
    """Who runs."""

    max_hr_bpm: int | None = _option(
        "max_hr", kinds.whole(*MAX_HR_BPM, "beats a minute"), None,
        "your highest heart rate, for cues that watch it", "188",
        absent="not known", read_by=("run", "daemon", "rehearse", "render"),
    )  # fmt: skip
    easy_cadence_mspm: int | None = _option(
        "easy_cadence", kinds.tempo(*BEAT_SPM), None,
        "your cadence at an easy pace, for targets until it is measured, and for a beat without a pod", "166 spm",
        absent="measured on the way", read_by=("run", "daemon", "render"),
    )  # fmt: skip
    language: str = _option(
        "language", kinds.language(), "",
        "what is spoken where the pack has it: en, de, …", "de", absent="the pack's own", read_by=_HEARD,
    )  # fmt: skip

    @property
    def easy_spm(self) -> float | None:
        """The easy cadence in steps per minute."""
        return None if self.easy_cadence_mspm is None else to_spm(self.easy_cadence_mspm)


@dataclass(frozen=True, slots=True)
class Sound:
    """How it is heard."""

    device: str | None = _option(
        "device", kinds.name(), None,
        "the sound device, by its name or a part of it that no other has", "USB Audio",
        absent="the best there is", read_by=_LIVE,
    )  # fmt: skip
    ear: str = _option(
        "ear", kinds.one_of(EARS), EARS[0], "where it sounds, so that one ear hears traffic", "left", read_by=_HEARD
    )
    beat_volume: float = _option("beat_volume", kinds.share(), 1.0, "of the clicks", "80%", read_by=_HEARD)
    voice_volume: float = _option("voice_volume", kinds.share(), 1.0, "of the voice", "90%", read_by=_HEARD)
    speaker: str | None = _option(
        "speaker", kinds.name(), None,
        "another voice of your speech engine, by its name", "en-gb", absent="the language's own", read_by=_HEARD,
    )  # fmt: skip
    keep_awake: str = _option(
        "keep_awake", kinds.one_of(AWAKE), AWAKE[0],
        "a faint noise, for headphones that fall asleep; auto: by itself with Bluetooth", "always", read_by=_LIVE,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Life:
    """When a run begins, rests and ends by itself."""

    running_over_mspm: int = _option(
        "running_over", kinds.tempo(100, 200), 140 * MSPM_PER_SPM, "a cadence that is running, not walking", "145 spm"
    )
    begin_after_ns: int = _option(
        "begin_after", kinds.time(5, 600), 20 * NS_PER_S, "running for so long begins a run; a sprint for a bus is none", "30 s"
    )
    pause_after_ns: int = _option(
        "pause_after", kinds.time(3, 600), 10 * NS_PER_S, "standing for so long pauses it: beat and session time rest", "20 s"
    )
    end_after_ns: int = _option("end_after", kinds.time(30, 7200), 5 * NS_PER_MIN, "stopped for so long ends it", "10 min")
    continue_within_ns: int = _option(
        "continue_within", kinds.time(1, 86_400), 30 * NS_PER_MIN, "running again within this time goes on with it", "20 min"
    )
    walking_under_mspm: int = _option(
        "walking_under", kinds.tempo(60, 200), 130 * MSPM_PER_SPM,
        "a cadence that is walking; between this and `running_over` it stays what it was", "125 spm",
    )  # fmt: skip
    standing_under_mspm: int = _option(
        "standing_under", kinds.tempo(1, 60), 20 * MSPM_PER_SPM, "a cadence that is standing", "30 spm"
    )
    fast_over_mps: float = _option(
        "fast_over", kinds.speed(0.5, 10), 2.2, "a speed that is running where cadence leaves it open", "2 m/s"
    )
    still_under_mps: float = _option(
        "still_under", kinds.speed(0.05, 2), 0.3, "a speed that is standing where nothing else is known", "0.5 m/s"
    )
    silent_after_ns: int = _option(
        "silent_after", kinds.time(2, 60), 4_500 * NS_PER_MS,
        "a pod that is there and tells nothing for so long stands still; running bears a hole so long", "6 s",
    )  # fmt: skip
    resume_after_ns: int = _option(
        "resume_after", kinds.time(1, 60), 2 * NS_PER_S, "running for so long after a pause goes on", "3 s"
    )
    asleep_after_ns: int = _option(
        "asleep_after", kinds.time(5, 600), 20 * NS_PER_S,
        "a pod that goes so long after it fell silent was asleep; sooner it was lost in mid-run", "30 s",
    )  # fmt: skip
    end_after_walking_ns: int = _option(
        "end_after_walking", kinds.time(60, 86_400), 20 * NS_PER_MIN, "without any running for so long it ends", "45 min"
    )
    end_after_told_pause_ns: int = _option(
        "end_after_told_pause",
        kinds.time(30, 86_400),
        30 * NS_PER_MIN,
        "a pause that you asked for ends it after so long",
        "1 h",
    )
    end_after_silence_ns: int = _option(
        "end_after_silence", kinds.time(60, 86_400), 4 * NS_PER_H, "nothing known of you for so long ends it", "2 h"
    )
    end_after_alone_ns: int = _option(
        "end_after_alone", kinds.time(30, 86_400), 30 * NS_PER_MIN,
        "neither pod nor headphones for so long ends it", "10 min",
    )  # fmt: skip
    forgotten_after_ns: int = _option(
        "forgotten_after", kinds.time(10, 3600), 60 * NS_PER_S,
        "running for so long in a pause that you asked for goes on: you forgot", "2 min",
    )  # fmt: skip
    no_pod_after_ns: int = _option(
        "no_pod_after", kinds.time(5, 3600), 60 * NS_PER_S, "headphones without a pod for so long: it is said", "2 min"
    )
    ready_again_after_ns: int = _option(
        "ready_again_after", kinds.time(1, 86_400), 10 * NS_PER_MIN,
        "that all is ready is said again after so long at the earliest", "1 h",
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Announcements:
    """What cued says of its own accord; words for your safety and answers to your keys are always spoken."""

    ready: bool = _option(
        "ready", kinds.truth(), True, "when all is there: pod, battery, pack and plan in one sentence", "false"
    )
    pauses: bool = _option("pauses", kinds.truth(), True, "when a run is paused and when it goes on", "false")
    sensor: bool = _option("sensor", kinds.truth(), True, "when cadence is lost or back, and when a battery is low", "false")
    summary: bool = _option("summary", kinds.truth(), True, "at the end: time, mean cadence, share in band, cues", "false")


@dataclass(frozen=True, slots=True)
class Keys:
    """What the three keys are, and what else is on a board's pins."""

    headset: bool = _option("headset", kinds.truth(), True, "the keys of your headphones steer cued", "false")
    play_pin: int | None = _option(
        "play_pin", kinds.whole(*GPIO_PINS, "of the GPIO"), None, "the pin of the button play", "17", absent="no button"
    )
    next_pin: int | None = _option(
        "next_pin", kinds.whole(*GPIO_PINS, "of the GPIO"), None, "the pin of the button next", "27", absent="no button"
    )
    previous_pin: int | None = _option(
        "previous_pin", kinds.whole(*GPIO_PINS, "of the GPIO"), None, "the pin of the button previous", "22", absent="no button"
    )
    led_pin: int | None = _option(
        "led_pin", kinds.whole(*GPIO_PINS, "of the GPIO"), None, "the pin of the LED", "24", absent="no LED"
    )
    hold_powers_off: bool = _option(
        "hold_powers_off", kinds.truth(), default=False,
        about="play held for 5 s switches the machine off, once the run is saved; else it only ends the run", example="true",
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Files:
    """Where cued keeps things."""

    journal: str | None = _option(
        "journal", kinds.path_or_none(), None,
        "the journal of your runs; none: they are not kept", "~/cued/journal.db", absent="in cued's data folder",
        read_by=(*_LIVE, "rehearse", "log", "replay"),
    )  # fmt: skip
    socket: str | None = _option(
        "socket", kinds.socket(), None,
        "the socket by which other programs steer cued", "/run/cued/control", absent="in your runtime folder",
    )  # fmt: skip


USUAL_PACK: Final = "metronome"
"""Where neither runner, configuration nor plan names one: it asks nothing of anybody."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The whole configuration; as it stands here, that of somebody without a file."""

    pack: str | None = _option(
        "pack", kinds.pack(), None, "the cue pack, where none is named", "awareness",
        absent="the plan's for `daemon`, else metronome", read_by=_HEARD,
    )  # fmt: skip
    sensor: str | None = _option(
        "sensor", kinds.sensor(), None, "your pod, or the only one in sight; a certain one; or none: by time alone",
        "ble:Stryd",
        absent="ble; none where there is no Bluetooth", read_by=("run", "daemon"),
    )  # fmt: skip
    runner: Runner = field(default_factory=Runner)
    sound: Sound = field(default_factory=Sound)
    life: Life = field(default_factory=Life)
    announcements: Announcements = field(default_factory=Announcements)
    keys: Keys = field(default_factory=Keys)
    files: Files = field(default_factory=Files)


@dataclass(frozen=True, slots=True)
class Entry:
    """An option and where it stands."""

    path: tuple[str, ...]
    """In the file: `("sound", "ear")`."""
    option: Option
    default: Any

    @property
    def name(self) -> str:
        """`sound.ear`."""
        return ".".join(self.path)

    @property
    def default_text(self) -> str:
        """What holds where the file says nothing, as a file holds it or in words."""
        text = self.text_of(self.default)
        return self.option.absent if text is None else scalar_text(text)

    @property
    def described(self) -> str:
        """All that is to be known of it, in a line."""
        option = self.option
        about = f"{option.about[:1].upper()}{option.about[1:]} ({option.kind.words.replace('`', '')})"
        return f"{about}. Default: {self.default_text}.{'' if option.read_by else ' For `cued daemon`.'}"

    def text_of(self, value: object) -> object | None:
        """A value as a file holds it; None: no value, `option.absent` holds."""
        return None if value in (None, "") else self.option.kind.text(value)

    def value_in(self, settings: Settings) -> object:
        """Its value there."""
        here: Any = settings
        for step in self.path:
            here = getattr(here, _field_of(here, step))
        return here


def options_of(part: type[Any]) -> dict[str, tuple[str, Option | type[Any], Any]]:
    """Of `Settings` or a part of it: by the name in the file, the field's name, what it is (a part: its class), its default."""
    found: dict[str, tuple[str, Option | type[Any], Any]] = {}
    for one in fields(part):
        option = one.metadata.get(_OPTION)
        if option is not None:
            found[option.name] = (one.name, option, one.default)
        else:
            found[one.name] = (one.name, cast(type[Any], one.default_factory), None)  # a part is its own factory
    return found


def _field_of(part: object, name: str) -> str:
    return options_of(type(part))[name][0]


def _entries(part: type[Any], path: tuple[str, ...]) -> Iterator[Entry]:
    for name, (_, what, default) in options_of(part).items():
        if isinstance(what, Option):
            yield Entry((*path, name), what, default)
        else:
            yield from _entries(what, (*path, name))


OPTIONS: Final = tuple(_entries(Settings, ()))
"""Every option, in the order of the file."""
