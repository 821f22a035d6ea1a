"""The state of the daemon as it goes over the control socket, and back; `docs/control.md` says what its fields mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, TypeVar

from cued.core.happening import Phase
from cued.errors import ControlError
from cued.runtime.status import SoundState
from cued.runtime.statuswire import RunStatus, from_wire


@dataclass(frozen=True, slots=True)
class PodState:
    up: bool = False
    name: str | None = None
    battery_percent: int | None = None


@dataclass(frozen=True, slots=True)
class TodayState:
    """What a run that begins now would be."""

    pack: str = ""
    """Empty: being made ready."""
    title: str = ""
    plain: bool = False
    length_ns: int | None = None
    trouble: str = ""
    """Why the pack that was asked for is not taken."""
    checking: str = ""
    """The pack that is being checked for the session that is on."""
    offer: str = ""
    """What has been edited and waits to be taken."""
    unwarned: bool = False
    """Without beat and cues, for nobody has accepted the safety notice yet."""
    barred: str = ""
    """Why nobody is cued today, whatever pack is named; empty: nothing bars it."""


@dataclass(frozen=True, slots=True)
class Statistics:
    """The daemon's own, since its start."""

    up_ns: int = 0
    sessions: int = 0
    clicks: int = 0
    underruns: int = 0
    sound_restarts: int = 0
    late_clicks: int = 0
    missed_clicks: int = 0
    late_events: int = 0
    late_cues: int = 0
    """Sentences of cued's own that came too late to be said."""
    dropped_cues: int = 0
    """Cues that could not begin in time."""
    unheard_cues: int = 0
    """Cues of which nothing can have been heard."""
    pod_losses: int = 0
    onset_error_ns: int = 0
    """How late a click leaves cued now, as the sound tells (`SoundState.error_ns`)."""
    onset_error_max_ns: int = 0
    """The worst there was, early or late."""
    loop_p50_ns: int = 0
    """How late the loop came to what was due."""
    loop_p99_ns: int = 0
    loop_max_ns: int = 0
    stalls: int = 0
    """How often the loop came too late for clicks."""
    faults: int = 0
    """Of cued's own, survived."""
    queue: int = 0
    queue_max: int = 0
    work_waiting: int = 0
    rss_kib: int = 0
    """Of all processes, pages shared among them counted in full."""
    pss_kib: int | None = None
    descriptors: int = 0
    threads: int = 0
    children: int = 0


_Part = TypeVar("_Part", PodState, TodayState, SoundState, Statistics)


@dataclass(frozen=True, slots=True)
class HouseStatus:
    """What `status` tells of the daemon."""

    phase: Phase
    since_ns: int
    """For how long."""
    pod: PodState = field(default_factory=PodState)
    headphones: bool = False
    """Sound is where the runner hears it."""
    headphones_told: str = ""
    today: TodayState = field(default_factory=TodayState)
    summary: str = ""
    """Of the last run, in words."""
    sound: SoundState = field(default_factory=SoundState)
    beat_percent: float = 100.0
    voice_percent: float = 100.0
    statistics: Statistics = field(default_factory=Statistics)
    run: RunStatus | None = None
    """The session that is on, or has ended and may be continued."""


def house_to_wire(status: HouseStatus) -> dict[str, Any]:
    """Of JSON's own types; the twin of `house_from_wire`."""
    run = status.run
    view = None if run is None else {**asdict(run.view), "silence": run.view.silence.value}
    return {
        "is": "daemon",
        "pack": status.today.pack if run is None else run.pack,
        "source": "" if run is None else run.source,
        "run": view,
        "sound": asdict(status.sound),
        "volume": {"beat": status.beat_percent, "voice": status.voice_percent},
        "phase": status.phase.value,
        "phase_ns": status.since_ns,
        "pod": asdict(status.pod),
        "headphones": {"heard": status.headphones, "told": status.headphones_told},
        "today": asdict(status.today),
        "summary": status.summary,
        "statistics": asdict(status.statistics),
    }


def is_house(data: Mapping[str, Any]) -> bool:
    """Is it a daemon that tells?"""
    return data.get("is") == "daemon"


def house_from_wire(data: Mapping[str, Any]) -> HouseStatus:
    """Raises ControlError for what another version of cued tells; fields that this one does not know do not matter."""
    try:
        run = None if data["run"] is None else from_wire(data)
        return HouseStatus(
            Phase(data["phase"]),
            int(data["phase_ns"]),
            _part(PodState, data["pod"]),
            bool(data["headphones"]["heard"]),
            str(data["headphones"]["told"]),
            _part(TodayState, data["today"]),
            str(data["summary"]),
            _part(SoundState, data["sound"]),
            float(data["volume"]["beat"]),
            float(data["volume"]["voice"]),
            _part(Statistics, data["statistics"]),
            run,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ControlError(
            "the cued that listens there is of another version than this one: --json shows what it says"
        ) from error


def _part(cls: type[_Part], data: Mapping[str, Any]) -> _Part:
    return cls(**{item.name: data[item.name] for item in fields(cls)})
