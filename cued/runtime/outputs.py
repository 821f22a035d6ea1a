"""Effects become commands for the mixer; the mixer's reports become events."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final, Protocol, runtime_checkable

from cued.audio import commands
from cued.core import events
from cued.core.effects import (
    CuesEnded,
    CutSpeech,
    Effect,
    Expired,
    Failed,
    Paused,
    PlayClick,
    RecallClicks,
    RunEnded,
    Say,
    SegmentBegan,
    Unheard,
)
from cued.core.events import Event
from cued.formats.events_file import RING_NS
from cued.runtime.seldom import Seldom
from cued.runtime.status import SoundState

if TYPE_CHECKING:
    from cued.audio.commands import Clip, Command, Report
    from cued.audio.offline import OfflineOutput


class LiveSound(Protocol):
    """A device, or the silence that is paced like one (`cued.audio.player`)."""

    def load(self, clip: Clip) -> None:
        """Keep a clip for later."""

    def apply(self, command: Command) -> None:
        """Do this; never blocks."""

    def reports(self) -> list[Report]:
        """What happened since the last call."""

    def wait_open(self, deadline_s: float) -> bool:
        """Wait until it plays or cannot; False: not within the deadline."""

    def start_at(self, start_ns: int) -> None:
        """The run's start on the system's monotonic clock, once it is known."""

    def close(self) -> None:
        """End the sound."""


@runtime_checkable
class Lasting(Protocol):
    """An output that is there for days, such as a device."""

    @property
    def resting(self) -> bool:
        """It is closed until something is to be played."""

    def rest(self) -> None:
        """Close it until then."""

    def wake(self) -> None:
        """Open it again, ahead of need."""

    def release(self, clip_ids: Iterable[str]) -> None:
        """Forget clips."""


def command_of(effect: Effect) -> Command | None:
    """What the mixer has to do for an effect; None: nothing."""
    if isinstance(effect, PlayClick):
        return commands.Click(
            onset_ns=effect.at_ns,
            sound=effect.sound,
            accent=effect.accent,
            hint=commands.Hint(effect.hint),
            gain_db=effect.gain_db,
            volume=effect.volume,
        )
    if isinstance(effect, Say):
        return commands.PlayClip(
            onset_ns=effect.at_ns,
            clip_id=effect.text_id,
            duck_db=effect.duck_db,
            fade_in_ns=effect.fade_in_ns,
            utterance_id=effect.cue,
        )
    if isinstance(effect, RecallClicks):
        # What an events file keeps must sound in every output: the ring is beyond recall, in a file too.
        return commands.Recall(max(effect.from_ns, effect.at_ns + RING_NS + 1))
    if isinstance(effect, CutSpeech):
        return commands.CutVoice(effect.at_ns, effect.fade_ns)
    return None


class FileSound:
    """A listener that mixes into a file. It looks at no clock: the session's own time drives it, live too."""

    def __init__(self, output: OfflineOutput) -> None:
        self._output = output

    def load(self, clip: Clip) -> None:
        """Keep a clip for later."""
        self._output.load(clip)

    def hear(self, effects: Sequence[Effect], at_ns: int) -> None:
        """Mix up to the session's time."""
        for effect in effects:
            command = command_of(effect)
            if command is not None:
                self._output.apply(command)
        if at_ns > 0:
            self._output.advance(at_ns)

    def set_volume(self, bus: commands.Bus, gain: float) -> None:
        """From now on; 0 to 1."""
        self._output.apply(commands.SetVolume(bus, gain))

    def finish(self, end_ns: int) -> None:
        """Mix the rest and put the file in its place."""
        self._output.close(end_ns)

    def abort(self) -> None:
        """Leave no half-written file."""
        self._output.abort()


_ABSENT: Final = "absent"


class DeviceSound:
    """A listener that plays now, and a source of what the device reports."""

    pending = False
    """Reports come by themselves; nobody waits for one."""

    def __init__(self, output: LiveSound, notice: Callable[[str], None], now_ns: Callable[[], int] = time.monotonic_ns) -> None:
        """`notice` gets a sentence for the runner: a device that went away, or came back. `now_ns`: any clock that goes on."""
        self._output = output
        self._news = Seldom(notice, now_ns)
        self._absent = ""
        self._elsewhere = ""
        self._where = ""
        self._lost = False
        self._last: commands.Heartbeat | None = None
        self._state = SoundState()
        self._here = False
        self._rests = False

    def load(self, clip: Clip) -> None:
        """Keep a clip for later."""
        self._output.load(clip)

    def hear(self, effects: Sequence[Effect], at_ns: int) -> None:  # noqa: ARG002 - a device knows the time itself
        """Play what has to be played."""
        for effect in effects:
            command = command_of(effect)
            if command is not None:
                self._output.apply(command)
            self._count(effect)

    def _count(self, effect: Effect) -> None:
        """Keep the figures, and the headphones awake where something is to be expected."""
        state = self._state
        match effect:
            case Say():
                self._state = replace(state, cues=state.cues + 1)
            case Unheard():
                self._state = replace(state, unheard_cues=state.unheard_cues + 1)
            case Expired() | Failed():
                self._state = replace(state, dropped_cues=state.dropped_cues + 1)
            case SegmentBegan(at_ns=at_ns, sounds=sounds):
                self._here = sounds
                self._expect(at_ns)
            case Paused(at_ns=at_ns, paused=paused):
                self._rests = paused
                self._expect(at_ns)
            case CuesEnded(at_ns=at_ns, reason="pain") | RunEnded(at_ns=at_ns):
                self._here = False
                self._rests = False
                self._expect(at_ns)

    def _expect(self, at_ns: int) -> None:
        self._output.apply(commands.Sounding(at_ns, self._here and not self._rests))

    def set_volume(self, bus: commands.Bus, gain: float) -> None:
        """From now on; 0 to 1."""
        self._output.apply(commands.SetVolume(bus, gain))

    def finish(self, end_ns: int) -> None:
        """Nothing: the loop has let it sound to its end."""

    def collect(self, now_ns: int) -> list[Event]:
        """Late clicks, restarts, and whether the runner hears it, as events."""
        found: list[Event] = []
        late = 0
        now_ns = max(0, now_ns)
        for report in self._output.reports():
            match report:
                case commands.ClickLate():
                    late += 1
                case commands.Restarted(reason=reason, since_ns=since_ns):
                    found += [events.AudioRestarted(now_ns), *self._heard(now_ns, since_ns, heard=False)]
                    if self._news.told != _ABSENT:
                        self._news.happened(f"the sound was started again ({reason})")
                case commands.NoDevice(reason=reason, since_ns=since_ns):
                    self._absent = reason
                    found += self._heard(now_ns, since_ns, heard=False)
                case commands.Opened(device=device):
                    self._absent, self._where = "", device
                case commands.Placed(at_ns=at_ns, device=device, elsewhere=elsewhere):
                    self._elsewhere, self._where = device if elsewhere else "", device
                    if elsewhere:
                        found += self._heard(now_ns, at_ns, heard=False)
                case commands.Heartbeat():
                    self._last = report
            if not self._absent and not self._elsewhere:
                found += self._heard(now_ns, now_ns, heard=True)
        self._tell()
        if late:
            self._state = replace(self._state, late_clicks=self._state.late_clicks + late)
            found.append(events.ClickLate(now_ns, late))
        return found

    @property
    def last(self) -> commands.Heartbeat | None:
        """Its last sign of life."""
        return self._last

    def begun(self, now_ns: int) -> list[Event]:
        """What a session that begins now must be told."""
        return [events.SoundLost(now_ns, now_ns)] if self._lost else []

    def _heard(self, now_ns: int, since_ns: int, *, heard: bool) -> list[Event]:
        if heard is not self._lost:
            return []
        self._lost = not heard
        return [events.SoundBack(now_ns) if heard else events.SoundLost(now_ns, min(since_ns, now_ns))]

    def _tell(self) -> None:
        """Where the sound is, if that is news."""
        if self._absent:
            self._news.state(_ABSENT, f"no sound now ({self._absent}); trying again until it comes back")
        elif self._elsewhere:
            self._news.state(f"on {self._elsewhere}", f"the sound went to {self._elsewhere}: cues there do not count")
        else:
            self._news.state("", f"the sound is back on {self._where}")

    def is_heard(self) -> bool:
        """It sounds, and on the chosen device, as far as is known."""
        return not self._lost

    def state(self) -> SoundState:
        """How the output does, as of its last report."""
        state, last = self._state, self._last
        resting = isinstance(self._output, Lasting) and self._output.resting
        state = replace(state, absent=bool(self._absent), elsewhere=self._elsewhere, resting=resting)
        if last is None:
            return state
        return replace(
            state,
            device=last.device,
            underruns=last.underruns,
            resyncs=last.resyncs,
            restarts=last.restarts,
            place=last.place,
            latency_ns=last.latency_ns,
            error_ns=last.error_ns,
            worst_error_ns=last.worst_error_ns,
            late_cues=last.late_clips,
            dropped_cues=state.dropped_cues + last.dropped_clips,
            clip_bytes=last.clip_bytes,
        )

    def close(self) -> None:
        """End the sound."""
        self._output.close()


class NoSound:
    """The output of a run faster than life: there is nothing to hear."""

    def load(self, clip: Clip) -> None:
        """Nothing to keep."""

    def apply(self, command: Command) -> None:
        """Nothing to do."""

    def reports(self) -> list[Report]:
        """Nothing to tell."""
        return []

    def wait_open(self, deadline_s: float) -> bool:  # noqa: ARG002 - nothing opens
        """Nothing to wait for."""
        return True

    def start_at(self, start_ns: int) -> None:
        """Nothing begins."""

    def close(self) -> None:
        """Nothing to end."""
