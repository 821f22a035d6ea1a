"""Sound and voice for the daemon's life: a device that may come later, a sound file, and one speech engine for all packs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cued.audio.commands import Bus, KeepAwake
from cued.core.effects import Effect, PlayClick, Render, RunEnded, Say, SegmentBegan
from cued.core.events import Event, SpeechReady
from cued.core.start import Text, say_id
from cued.errors import CuedError
from cued.runtime.daemon.ports import Notice, Time, Work
from cued.runtime.outputs import DeviceSound, FileSound, Lasting, LiveSound
from cued.runtime.request import RATE_HZ, OutputChoice, Request, ToDevice, ToFile, Volumes
from cued.runtime.status import SoundState
from cued.runtime.voice import RealVoice
from cued.units import NS_PER_MIN, NS_PER_S

if TYPE_CHECKING:
    from cued.audio.commands import Clip
    from cued.audio.devices import Device
    from cued.speech.store import SpeechStore

LOOK_NS: Final = 10 * NS_PER_S
"""A device that is not there is looked for so often: PortAudio's look around costs a process."""
REST_NS: Final = 10 * NS_PER_MIN
"""With no run on and nothing said for so long the device is closed: headphones may sleep, their link leaves the pod's adapter
alone, and others may have the sound card. It opens again within a second or two as soon as something is to be played."""
PASSING_BYTES: Final = 2 * 1024 * 1024
"""Of sentences that were made for one moment (a time, a cadence) and may come again: ten seconds of sound, and as much in the
child. Kept for longer they would be a leak in all runs but the longest; one that is wanted again comes back from the disk."""
LEAST_PASSING: Final = 3
"""However long they are: one is being said, one waits, and one is being made."""
LATE_NS: Final = 2 * NS_PER_S
"""A sentence that had been forgotten is said as soon as it is back, in some 20 ms; later than this it is out of date."""
MOST_PACKS: Final = 3
"""Packs whose sounds are kept: the one that runs, the next, and one to spare."""
FRESH_NS: Final = 10 * NS_PER_S
"""A sound process that has said nothing for so long is stuck, and so is whoever should have replaced it: its deadline is
under a second."""


class LiveMouth:
    """`ports.Mouth`, for real."""

    def __init__(
        self,
        choice: OutputChoice,
        volumes: Volumes,
        store: SpeechStore,
        time: Time,
        work: Work,
        notice: Notice,
        *,
        keep_awake: KeepAwake = KeepAwake.AUTO,
        rest_ns: int = REST_NS,
    ) -> None:
        """Raises OutputError for a sound file that cannot be written."""
        self._choice = choice
        self._volumes = volumes
        self._store = store
        self._time = time
        self._work = work
        self._notice = notice
        self._keep_awake = keep_awake
        self._rest_ns = rest_ns
        self._gains = {Bus.BEAT: volumes.beat, Bus.VOICE: volumes.voice}
        self._clips: dict[str, Clip] = {}
        self._packs: tuple[frozenset[str], ...] = ()
        """What was made ready for each, the newest last."""
        self._passing: tuple[str, ...] = ()
        """What was made ready by the way, the newest last."""
        self._languages: dict[str, str] = {}
        """Of all that was ever made by the way, by its id: some bytes each."""
        self._late: dict[str, Say] = {}
        """What is to be said and has to come back from the disk first."""
        self._in_run = False
        self._played_ns = time.now_ns()
        self._voice = RealVoice(store, None, RATE_HZ, self._load_passing)
        self._file = self._a_file(choice.path) if isinstance(choice, ToFile) else None
        self._output: LiveSound = self._silence()
        self._device = DeviceSound(self._output, notice)
        self._wanted = isinstance(choice, ToDevice)
        self._found = False
        self._looked_ns: int | None = None
        self._told = ""
        self._alive_ns = time.now_ns()

    # --- what sounds -----------------------------------------------------------------------------------------------

    def _a_file(self, path: str) -> FileSound:
        from cued.audio.offline import OfflineOutput
        from cued.audio.wavfile import open_sink

        mix = self._volumes.mix()
        return FileSound(OfflineOutput(mix, open_sink(path, mix)))

    def _silence(self) -> LiveSound:
        from cued.audio.player import NullOutput

        return NullOutput(self._volumes.mix(), self._time.start_ns)

    def _outputs(self) -> list[DeviceSound | FileSound]:
        return [self._device] if self._file is None else [self._device, self._file]

    def _load(self, clip: Clip) -> None:
        known = self._clips.get(clip.clip_id)
        if known is not None and known.pcm is clip.pcm:
            return  # every pack brings cued's own sentences along: 16 MiB, and what is said next would wait for them
        self._clips[clip.clip_id] = clip
        for output in self._outputs():
            output.load(clip)

    def _load_passing(self, clip: Clip) -> None:
        self._load(clip)
        others = [clip_id for clip_id in self._passing if clip_id != clip.clip_id and clip_id in self._clips]
        kept, taken = [clip.clip_id], clip.pcm.nbytes
        for clip_id in reversed(others):
            taken += self._clips[clip_id].pcm.nbytes
            if taken > PASSING_BYTES and len(kept) >= LEAST_PASSING:
                break
            kept.append(clip_id)
        self._passing = tuple(reversed(kept))
        self._forget()

    def _forget(self) -> None:
        """Let go of what nobody will say again."""
        kept = frozenset(self._passing).union(*self._packs)
        gone = [clip_id for clip_id in list(self._clips) if clip_id not in kept]
        for clip_id in gone:
            del self._clips[clip_id]
        if gone and isinstance(self._output, Lasting):
            self._output.release(gone)

    def _is_there(self, said: Say) -> bool:
        """Can it be played? What was forgotten is fetched."""
        if said.text_id in self._clips:
            return True
        if said.text_id in self._languages:
            self._late[said.text_id] = said
            self._voice.ask(Render(said.at_ns, said.text_id, said.text, self._languages[said.text_id]))
        return False

    def play(self, effects: Sequence[Effect]) -> None:
        """As `ports.Mouth`, and the rest."""
        heard = [one for one in effects if not isinstance(one, Say) or self._is_there(one)]
        for effect in heard:
            if isinstance(effect, SegmentBegan | RunEnded):
                self._in_run = isinstance(effect, SegmentBegan)
                if self._in_run and isinstance(self._output, Lasting):
                    self._output.wake()
            if isinstance(effect, SegmentBegan | PlayClick | Say):
                self._played_ns = max(self._played_ns, effect.at_ns, self._time.now_ns())
        self._device.hear(heard, 0)
        if self._file is not None:
            self._file.hear(heard, 0)

    def pass_time(self, now_ns: int) -> None:
        if self._file is not None:
            self._file.hear((), now_ns)

    def set_volume(self, bus: Bus, gain: float) -> None:
        self._gains[bus] = gain
        for output in self._outputs():
            output.set_volume(bus, gain)

    def slept(self) -> None:
        self._output.start_at(self._time.start_ns)

    # --- the device ------------------------------------------------------------------------------------------------

    def look(self) -> None:
        """Look for the device that is wanted, unless it is there; let one rest that has nothing to do."""
        idle_ns = self._time.now_ns() - self._played_ns
        if self._found and not self._in_run and idle_ns > self._rest_ns and isinstance(self._output, Lasting):
            self._output.rest()
        if not self._wanted or self._found or not isinstance(self._choice, ToDevice):
            return
        now_ns = self._time.now_ns()
        if self._looked_ns is not None and now_ns - self._looked_ns < LOOK_NS:
            return
        self._looked_ns = now_ns
        name = self._choice.name

        def job() -> Callable[[], None]:
            from cued.audio.devices import find_device

            try:
                found, why = find_device(name), "there is no sound device"
            except CuedError as error:
                found, why = None, str(error)
            return lambda: self._take(found, why)

        self._work.do(job)

    def _take(self, device: Device | None, why: str) -> None:
        if device is None:
            if self._told != why:
                self._told = why
                self._notice(f"{why}: no sound until it is there (`cued doctor` says what is missing)")
            return
        from cued.audio.player import LiveOutput

        mix = self._volumes.mix(min(2, device.channels), keep_awake=self._keep_awake)
        self._output.close()
        self._output = LiveOutput(mix, device, self._time.start_ns, prefer=() if device.asked else _own_headphones())
        self._device = DeviceSound(self._output, self._notice)
        self._alive_ns = self._time.now_ns()
        for clip in list(self._clips.values()):
            self._device.load(clip)
        for bus, gain in self._gains.items():
            self._device.set_volume(bus, gain)
        self._found = True
        self._told = ""

    def state(self) -> SoundState:
        return self._device.state()

    def is_heard(self) -> bool:
        if not self._wanted:
            return True
        return self._found and bool(self._device.state().device) and self._device.is_heard()

    def is_well(self, now_ns: int) -> bool:
        state = self._device.state()
        if not self._found or state.absent or state.resting:
            self._alive_ns = now_ns
            return True
        return now_ns - self._alive_ns < FRESH_NS

    # --- the voice -------------------------------------------------------------------------------------------------

    @property
    def pending(self) -> bool:
        return self._voice.pending

    def has(self, text_id: str) -> bool:
        return text_id in self._clips

    def ask(self, render: Render) -> None:
        self._languages[render.text_id] = render.language
        self._voice.ask(render)

    def collect(self, now_ns: int) -> list[Event]:
        before = self._device.last
        found = self._device.collect(now_ns)
        if self._device.last is not before:
            self._alive_ns = now_ns
        for sentence in self._voice.notices():
            self._notice(sentence)
        ready = self._voice.collect(now_ns)
        late = [self._late.pop(one.text_id, None) for one in ready if isinstance(one, SpeechReady)]
        self.play([replace(said, at_ns=now_ns) for said in late if said is not None and now_ns - said.at_ns < LATE_NS])
        return [*found, *ready]

    def prepare(self, request: Request, texts: Sequence[tuple[str, str]]) -> tuple[tuple[str, int], ...]:
        wanted = {text.text_id: text for text in request.texts}
        for text, language in texts:
            wanted.setdefault(say_id(text), Text(say_id(text), text, language, ""))
        folder: Path | None = request.pack.folder
        made = frozenset(wanted)
        # Before it is loaded: what comes between must not forget it.
        self._packs = (*(one for one in self._packs if one != made), made)[-MOST_PACKS:]
        return RealVoice(self._store, folder, RATE_HZ, self._load).prepare(tuple(wanted.values()))

    def finish(self) -> None:
        if self._file is not None:
            self._file.finish(max(0, self._time.now_ns()))
            self._file = None

    def close(self) -> None:
        self.finish()
        self._device.close()
        self._store.close()


def _own_headphones() -> tuple[str, ...]:
    """Their addresses, the preferred first: where a sound server has them, it plays there and nowhere else."""
    from cued.headphones.known import OwnHeadphones

    try:
        return tuple(one.address for one in OwnHeadphones().all())
    except CuedError:  # the ears have told of it
        return ()
