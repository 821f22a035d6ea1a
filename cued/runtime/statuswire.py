"""The state of a run as it goes over the control socket, and back: `docs/control.md` says what its fields mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, TypeVar

from cued.core.view import View
from cued.core.words import Silence
from cued.errors import ControlError
from cued.runtime.status import SoundState

_Value = TypeVar("_Value", View, SoundState)


@dataclass(frozen=True, slots=True)
class RunStatus:
    """What `status` tells of a run."""

    pack: str
    source: str
    """What feeds it: `ble`, `sim:easy`, `none`."""
    view: View
    sound: SoundState
    beat_percent: float
    voice_percent: float
    """Volumes, 0 to 100."""


def to_wire(status: RunStatus) -> dict[str, Any]:
    """Of JSON's own types; the twin of `from_wire`."""
    return {
        "pack": status.pack,
        "source": status.source,
        "run": {**asdict(status.view), "silence": status.view.silence.value},
        "sound": asdict(status.sound),
        "volume": {"beat": status.beat_percent, "voice": status.voice_percent},
    }


def from_wire(data: Mapping[str, Any]) -> RunStatus:
    """Raises ControlError for what another version of cued tells; fields that this one does not know do not matter."""
    match data:
        case {
            "pack": str(pack),
            "source": str(source),
            "run": dict(view),
            "sound": dict(sound),
            "volume": {"beat": int() | float() as beat, "voice": int() | float() as voice},
        }:
            silence = {one.value: one for one in Silence}.get(str(view.get("silence")))
            if silence is not None:
                return RunStatus(
                    pack, source, _value(View, view | {"silence": silence}), _value(SoundState, sound), beat, voice
                )
    raise _other_version()


def _value(cls: type[_Value], data: Mapping[str, Any]) -> _Value:
    """As told: whoever listens to the socket is another cued of the same user."""
    try:
        return cls(**{item.name: data[item.name] for item in fields(cls)})
    except KeyError as error:
        raise _other_version() from error


def _other_version() -> ControlError:
    return ControlError("the cued that listens there is of another version than this one: --json shows what it says")
