"""A live run, put together in an order that a person can read and taken apart in reverse."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from contextlib import closing as using
from dataclasses import dataclass, field
from queue import SimpleQueue
from threading import Event as Moment
from typing import TYPE_CHECKING, Final, Protocol

from cued.audio.commands import KeepAwake
from cued.core.arbiter import FIRST_WORDS_NS
from cued.core.effects import Render
from cued.core.events import Event, SpeechReady
from cued.core.start import say_id
from cued.core.view import View
from cued.runtime import desk as desks
from cued.runtime import voice as voices
from cued.runtime.clock import MonotonicClock, monotonic_in_ns
from cued.runtime.conductor import Conductor, Listener
from cued.runtime.eventlog import EventLog
from cued.runtime.files import check_outputs, open_growing
from cued.runtime.goingon import Outset
from cued.runtime.journalling import JournalWanted, Recording, recording
from cued.runtime.keys import NO_KEYS, KeysWanted, RunKeys
from cued.runtime.lastrun import remember_cadence
from cued.runtime.live import Display, Live, Screen, Source, stopping
from cued.runtime.outputs import DeviceSound, FileSound, LiveSound
from cued.runtime.rehearsal import open_voice, write_timeline
from cued.runtime.request import RATE_HZ, OutputChoice, Request, ToDevice, ToFile
from cued.runtime.sounding import Search, Sounds, live_sound, sound_file_of
from cued.runtime.status import SoundState, clock_text
from cued.units import NS_PER_MS, NS_PER_S

if TYPE_CHECKING:
    from cued.formats.sensor_log import Item

LEAD_NS: Final = 450 * NS_PER_MS
"""From the end of the set-up to the run's start: a beat at 0:00 is committed 400 ms ahead like any other."""
OPEN_WAIT_S: Final = 3.0
"""A device opens in 0.7 s while the voice renders; a run does not wait for one that takes longer, it comes in late."""


class LiveScreen(Screen, Listener, Protocol):
    """Where a person looks and reads."""

    def notice(self, sentence: str) -> None:
        """Something that concerns the runner."""


class LiveSensors(Source, Protocol):
    """Sensors that send by themselves (`runtime.onair`)."""

    def wait(self, speak: Callable[[str], None], language: str) -> None:
        """Until the run may begin; what the runner should hear meanwhile goes to `speak`."""

    def record(self, listener: Callable[[Item], None]) -> None:
        """`listener` gets everything as it comes over the air, on another thread."""

    def begin(self, start_ns: int, put: Callable[[Event], None]) -> None:
        """The run starts at that moment of the monotonic clock; from then on `put` gets every event."""


class Hands(Source, Listener, Protocol):
    """Keys of a live run."""

    def begun(self, clock: MonotonicClock, put: Callable[[Event], None], view: Callable[[], View]) -> Source:
        """From now on presses count."""

    def close(self) -> None:
        """Listen no more."""


@dataclass(frozen=True, slots=True)
class LiveWanted:
    """How a live run is heard, and what it is to leave behind; empty names: nothing."""

    output: OutputChoice = field(default_factory=ToDevice)
    rate: float = 1.0
    """Session time runs so many times as fast."""
    stop_ns: int | None = None
    """The program ends after so much session time; None: when the run does."""
    events: str = ""
    """Grows line by line."""
    also_sound: str = ""
    """A sound file besides what is played."""
    timeline: str = ""
    keep_awake: KeepAwake = KeepAwake.OFF
    """A faint noise keeps Bluetooth headphones from going to sleep."""
    journal: JournalWanted | None = None
    """None: the run is not kept."""
    socket: str | None = desks.NONE
    """Where other programs steer it; None: the user's own."""
    keys: KeysWanted = NO_KEYS


@dataclass(frozen=True, slots=True)
class Lived:
    """What became of it."""

    log: EventLog
    view: View
    end_ns: int
    sound: SoundState
    written: tuple[str, ...]
    session: int | None = None
    """Its number in the journal; None: it is not kept."""


def live(
    request: Request,
    wanted: LiveWanted,
    screen: LiveScreen,
    speech: voices.Progress | None = None,
    begin: Callable[[], None] | None = None,
    search: Search | None = None,
    sensors: LiveSensors | None = None,
    hands: Hands | None = None,
) -> Lived:
    """Conduct `request` in real time until it ends or is stopped; raises CuedError.

    `speech` sees the texts being rendered; `begin` is called when all is set up and the run is about to start; `search` has
    been looking for the output's device meanwhile; `sensors` are waited for before the start; `hands` are the keys, where they
    are to mean something else than in a run.
    An events file that can no longer be written does not end the run: `Lived.log.failure` is its error.
    """
    sound_file = wanted.output.path if isinstance(wanted.output, ToFile) else wanted.also_sound
    check_outputs((wanted.events, sound_file, wanted.timeline), request.made_from)
    with ExitStack() as closing, ExitStack() as undo:
        desk = closing.enter_context(desks.listening(wanted.socket, screen.notice))
        keys = closing.enter_context(using(hands or RunKeys(wanted.keys, request.pack.value.title)))
        device = (search or Search(wanted.output, wanted.rate)).result(screen.notice, sound_file)
        mix = request.volumes.mix(2 if device is None else min(2, device.channels), keep_awake=wanted.keep_awake)
        start_ns = monotonic_in_ns(LEAD_NS)
        output = live_sound(device, mix, start_ns, wanted.rate)
        closing.callback(output.close)
        sounds = Sounds()
        voice = open_voice(voices.REAL, request, sounds.load, closing)
        prepared = voice.prepare(request.texts, speech)
        outset = Outset(request, wanted.journal, wanted.rate, wanted.stop_ns)
        how = outset.how(prepared)
        file_sound = sound_file_of(sound_file, request, undo)
        output.wait_open(OPEN_WAIT_S)
        device_sound = DeviceSound(output, screen.notice)
        outputs: list[DeviceSound | FileSound] = [device_sound] if file_sound is None else [device_sound, file_sound]
        sounds.hand_to(outputs)
        if begin is not None:
            begin()
        aloud = _Aloud(voice, output, start_ns, request.spoken_language)
        _wait_for(sensors, _unheard if device is None else aloud.say, request.spoken_language)
        out = open_growing(wanted.events) if wanted.events else None  # not before: an earlier run's file outlives a vain wait
        clock = outset.clock(LEAD_NS)
        output.start_at(clock.start_ns)
        log = EventLog(
            how,
            voice=voice.name,
            source=request.feeding.source,
            rate_hz=None if file_sound is None else RATE_HZ,
            out=out,
            spare=screen.notice,
        )
        spoken = _Spoken(voice, screen)
        journal = recording(wanted.journal, request, how, voice.name, clock, screen.notice, outset.past, closing)
        witness = None if journal is None else journal.step
        feed = outset.feed()
        conductor = Conductor(how, feed, [*outputs, log, screen, keys], spoken.ask, witness)
        outset.go_on(screen.notice, conductor, log, witness, prepared, voice.answer)
        inbox: SimpleQueue[Event] = SimpleQueue()
        desk.begin(
            desks.Run(request, conductor, clock, inbox, outputs, device_sound.state, None if journal is None else journal.rate)
        )
        sources: list[Source] = [_Sleep(clock, output, screen.notice), device_sound, spoken, desk]
        sources += [keys.begun(clock, inbox.put, conductor.view), *([] if journal is None else [journal])]
        sources += [] if sensors is None else [_begun(sensors, journal, clock, outset.line(clock, inbox.put))]
        loop = Live(conductor, feed, clock, inbox, sources, Display(screen, device_sound.state), wanted.rate)
        with stopping(clock, inbox):
            end_ns = loop.run()
            if journal is not None:
                journal.finish(end_ns, device_sound.state())
            if wanted.timeline:
                write_timeline(wanted.timeline, log)
        undo.pop_all()
    _remember(request, log)
    written = tuple(
        path
        for path in (sound_file, wanted.timeline, "" if log.failure is not None else wanted.events)
        if path not in ("", "-")
    )
    return Lived(
        log, conductor.view(), end_ns, device_sound.state(), written, session=None if journal is None else journal.session
    )


def _wait_for(sensors: LiveSensors | None, speak: Callable[[str], None], language: str) -> None:
    """Until the sensors that are wanted are there."""
    if sensors is not None:
        sensors.wait(speak, language)


def _begun(sensors: LiveSensors, journal: Recording | None, clock: MonotonicClock, put: Callable[[Event], None]) -> Source:
    """The run's sensors, which send from now on, as a source of what they have to tell."""
    if journal is not None:
        sensors.record(journal.hear_sensor)
    sensors.begin(clock.start_ns, put)
    return sensors


def _remember(request: Request, log: EventLog) -> None:
    """For the next run: how fast the feet of a real runner went."""
    if request.feeding.on_air and not request.feeding.path:  # the runner's own feet, now: a recording may be anybody's
        from cued.review.summary import summarize

        summary = summarize(log.rows())
        remember_cadence(summary.mean_spm, summary.running_ns)


class _Aloud:
    """cued's own words before the run's clock goes."""

    def __init__(self, voice: voices.Voice, output: LiveSound, start_ns: int, language: str) -> None:
        """`start_ns`: the zero that `output` counts from, on the monotonic clock."""
        self._voice = voice
        self._output = output
        self._start_ns = start_ns
        self._language = language

    def say(self, text: str) -> None:
        """Say it, and return when it is said."""
        from cued.audio.commands import PlayClip

        ready = self._voice.answer(Render(0, say_id(text), text, self._language))
        if isinstance(ready, SpeechReady):
            onset_ns = monotonic_in_ns(LEAD_NS) - self._start_ns
            self._output.apply(PlayClip(onset_ns, ready.text_id, duck_db=0.0, fade_in_ns=FIRST_WORDS_NS, utterance_id="cued"))
            Moment().wait((LEAD_NS + ready.dur_ns) / NS_PER_S)


def _unheard(_text: str) -> None:
    """Nothing sounds: who looks at the screen reads it."""


class _Spoken:
    """A source: the texts that become ready during the run, and what the voice has to tell."""

    def __init__(self, voice: voices.Voice, screen: LiveScreen) -> None:
        self._voice = voice
        self._screen = screen

    @property
    def pending(self) -> bool:
        """True while a text is being rendered."""
        return self._voice.pending

    def ask(self, render: Render) -> Event | None:
        """Have it rendered; it comes back by `collect`."""
        self._voice.ask(render)
        return None

    def collect(self, now_ns: int) -> list[Event]:
        """The texts that have become ready."""
        self.tell()
        return self._voice.collect(now_ns)

    def tell(self) -> None:
        """Pass the voice's notices on."""
        for sentence in self._voice.notices():
            self._screen.notice(sentence)


class _Sleep:
    """A source that watches over the machine's own sleep.

    Afterwards the session's time and the sound's leap over it, and the loop, so late all at once, tells the session that it
    stalled.
    """

    pending = False

    def __init__(self, clock: MonotonicClock, output: LiveSound, notice: Callable[[str], None]) -> None:
        self._clock = clock
        self._output = output
        self._notice = notice

    def collect(self, now_ns: int) -> list[Event]:  # noqa: ARG002 - the leap is seen in the loop's next look at the clock
        """No events."""
        slept_ns = self._clock.catch_up()
        if slept_ns:
            self._output.start_at(self._clock.start_ns)
            self._notice(f"the machine slept for {clock_text(slept_ns)}: what fell due meanwhile is left out")
        return []
