"""Effects become commands for the mixer; the mixer's reports become events."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol

from cued.audio import commands
from cued.core import events
from cued.core.effects import CutSpeech, Effect, PlayClick, RecallClicks, Say
from cued.core.events import Event
from cued.formats.events_file import RING_NS
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


class DeviceSound:
    """A listener that plays now, and a source of what the device reports."""

    pending = False
    """Reports come by themselves; nobody waits for one."""

    def __init__(self, output: LiveSound, notice: Callable[[str], None]) -> None:
        """`notice` gets a sentence for the runner: a device that went away, or came back."""
        self._output = output
        self._notice = notice
        self._absent = False
        self._late_clicks = 0
        self._last: commands.Heartbeat | None = None

    def load(self, clip: Clip) -> None:
        """Keep a clip for later."""
        self._output.load(clip)

    def hear(self, effects: Sequence[Effect], at_ns: int) -> None:  # noqa: ARG002 - a device knows the time itself
        """Play what has to be played."""
        for effect in effects:
            command = command_of(effect)
            if command is not None:
                self._output.apply(command)

    def set_volume(self, bus: commands.Bus, gain: float) -> None:
        """From now on; 0 to 1."""
        self._output.apply(commands.SetVolume(bus, gain))

    def finish(self, end_ns: int) -> None:
        """Nothing: the loop has let it sound to its end."""

    def collect(self, now_ns: int) -> list[Event]:
        """Late clicks and restarts as events."""
        found: list[Event] = []
        late = 0
        for report in self._output.reports():
            if isinstance(report, commands.ClickLate):
                late += 1
            elif isinstance(report, commands.Restarted):
                found.append(events.AudioRestarted(max(0, now_ns)))
                if not self._absent:
                    self._notice(f"the sound was started again ({report.reason})")
            elif isinstance(report, commands.NoDevice) and not self._absent:
                self._absent = True
                self._notice(f"no sound now ({report.reason}); trying again until it comes back")
            elif isinstance(report, commands.Opened):
                if self._absent:
                    self._notice(f"the sound is back on {report.device}")
                self._absent = False
            elif isinstance(report, commands.Heartbeat):
                self._last = report
        if late:
            self._late_clicks += late
            found.append(events.ClickLate(max(0, now_ns), late))
        return found

    @property
    def last(self) -> commands.Heartbeat | None:
        """Its last sign of life."""
        return self._last

    def state(self) -> SoundState:
        """How the output does, as of its last report."""
        last = self._last
        if last is None:
            return SoundState(late_clicks=self._late_clicks, absent=self._absent)
        return SoundState(last.device, last.underruns, last.resyncs, last.restarts, self._late_clicks, self._absent)

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
