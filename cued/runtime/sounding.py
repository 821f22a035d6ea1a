"""What sounds while a program runs: the device that is looked for, the output that opens, and the clips that wait for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from threading import Thread
from typing import TYPE_CHECKING

from cued.audio.commands import Clip, MixFormat
from cued.errors import CuedError, UsageError
from cued.runtime.outputs import DeviceSound, FileSound, LiveSound, NoSound
from cued.runtime.request import OutputChoice, Request, ToDevice

if TYPE_CHECKING:
    from cued.audio.devices import Device


class Sounds:
    """Clips that are ready before the outputs are: kept until `hand_to`, then passed on at once."""

    def __init__(self) -> None:
        self._kept: list[Clip] = []
        self._outputs: list[FileSound | DeviceSound] = []

    def load(self, clip: Clip) -> None:
        """A clip for every output."""
        if not self._outputs:
            self._kept.append(clip)
        for output in self._outputs:
            output.load(clip)

    def hand_to(self, outputs: Sequence[FileSound | DeviceSound]) -> None:
        """The outputs are there."""
        self._outputs.extend(outputs)
        kept, self._kept = self._kept, []
        for clip in kept:
            self.load(clip)


class Search:
    """The device of an output being looked for while the rest is set up: PortAudio answers from a process of its own."""

    def __init__(self, output: OutputChoice, rate: float = 1.0) -> None:
        """Begin; raises UsageError for a device that should play faster than life."""
        self._found: Device | None = None
        self._error: CuedError | None = None
        self._output = output
        self._thread: Thread | None = None
        if isinstance(output, ToDevice):
            if rate != 1.0:
                raise UsageError("--rate needs --output null or file:PATH: a loudspeaker plays at the speed of life")
            self._thread = Thread(target=self._look, args=(output.name,), daemon=True)
            self._thread.start()

    def _look(self, name: str | None) -> None:
        from cued.audio.devices import find_device

        try:
            self._found = find_device(name)
        except CuedError as error:
            self._error = error

    def result(self, notice: Callable[[str], None], sound_file: str = "") -> Device | None:
        """The device; None: silence, and `notice` was told why if a device was wanted. Raises AudioError for one by name.

        `sound_file`: what gets the sound besides; empty: nothing.
        """
        if self._thread is None:
            return None
        self._thread.join()
        named = isinstance(self._output, ToDevice) and self._output.name is not None
        if self._error is not None and named:
            raise self._error
        if self._found is None:
            why = "there is no sound device" if self._error is None else str(self._error)
            kept = f", and its sound goes into {sound_file}" if sound_file else ""
            notice(f"{why}: the run goes on in silence{kept} (`cued doctor` says what is missing)")
        return self._found


def live_sound(device: Device | None, mix: MixFormat, start_ns: int, rate: float = 1.0) -> LiveSound:
    """The device's output, which begins to open, or silence at the same pace."""
    if rate != 1.0:
        return NoSound()
    from cued.audio.player import LiveOutput, NullOutput

    return NullOutput(mix, start_ns) if device is None else LiveOutput(mix, device, start_ns)


def sound_file_of(path: str, request: Request, undo: ExitStack) -> FileSound | None:
    """A sound file that is mixed as the run goes; None where none is wanted."""
    if not path:
        return None
    from cued.audio.offline import OfflineOutput
    from cued.audio.wavfile import open_sink

    mix = request.volumes.mix()
    sink = open_sink(path, mix)
    undo.callback(sink.abort)
    return FileSound(OfflineOutput(mix, sink))
