"""A whole run offline: the same core and mixer as live, as fast as the machine goes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cued.core.view import View
from cued.runtime import voice as voices
from cued.runtime.conductor import Conductor, Listener
from cued.runtime.eventlog import EventLog
from cued.runtime.files import check_outputs, open_finished, write_finished
from cued.runtime.offline import Progress, run_offline
from cued.runtime.outputs import FileSound
from cued.runtime.request import RATE_HZ, Request

if TYPE_CHECKING:
    from cued.audio.commands import Clip
    from cued.audio.wavfile import Sink


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a rehearsal is to leave behind; empty names: nothing."""

    voice: str = voices.NOMINAL
    """`nominal` or `real`."""
    sound: str = ""
    """A WAV, FLAC, Ogg or MP3."""
    timeline: str = ""
    """An HTML page."""
    events: str = ""
    """Lines of JSON."""


@dataclass(frozen=True, slots=True)
class Watch:
    """Who looks on meanwhile."""

    notice: Callable[[str], None]
    """Gets a sentence that concerns the runner."""
    speech: voices.Progress | None = None
    run: Progress | None = None
    listeners: tuple[Listener, ...] = ()


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What became of it."""

    log: EventLog
    view: View
    end_ns: int
    """Where the sound ends."""
    written: tuple[str, ...] = field(default=())
    """The files, in the order they were asked for."""


def rehearse(request: Request, wanted: Wanted, watch: Watch) -> Rehearsed:
    """Conduct the run of `request` and leave what is `wanted`; raises CuedError, and then leaves nothing half-written."""
    check_outputs((wanted.sound, wanted.timeline, wanted.events), request.made_from)
    if not wanted.sound:
        return conduct(request, wanted, watch, None)
    from cued.audio.wavfile import open_sink

    return conduct(request, wanted, watch, open_sink(wanted.sound, request.volumes.mix()))


def conduct(request: Request, wanted: Wanted, watch: Watch, sink: Sink | None) -> Rehearsed:
    """As `rehearse`, with the sound going into `sink`, which is closed or aborted here."""
    with ExitStack() as closing, ExitStack() as undo:
        listeners: list[Listener] = list(watch.listeners)
        load: Callable[[Clip], None] = _drop
        if sink is not None:
            from cued.audio.offline import OfflineOutput

            undo.callback(sink.abort)
            sound = FileSound(OfflineOutput(request.volumes.mix(), sink))
            load = sound.load
            listeners.append(sound)
        voice = open_voice(wanted.voice, request, load, closing)
        how = request.start(voice.prepare(request.texts, watch.speech))
        _tell(voice.notices(), watch.notice)
        out = open_finished(wanted.events) if wanted.events else None
        if out is not None:
            undo.callback(out.abort)
        log = EventLog(
            how,
            voice=voice.name,
            source=request.feeding.source,
            rate_hz=RATE_HZ if sink is not None else None,
            out=out,
        )
        conductor = Conductor(how, request.feeding.feed, [*listeners, log], voice.answer)
        end_ns = run_offline(conductor, watch.run)
        if wanted.timeline:
            write_timeline(wanted.timeline, log)
        undo.pop_all()
    _tell(voice.notices(), watch.notice)
    written = tuple(path for path in (wanted.sound, wanted.timeline, wanted.events) if path not in ("", "-"))
    return Rehearsed(log, conductor.view(), end_ns, written)


def open_voice(name: str, request: Request, load: Callable[[Clip], None], closing: ExitStack) -> voices.Voice:
    """The voice called `nominal` or `real`; its processes end with `closing`. Raises SpeechError for an unknown speaker."""
    folder = request.pack.folder
    if name == voices.NOMINAL:
        return voices.NominalVoice(folder, None if load is _drop else load, RATE_HZ)
    from cued.speech.store import open_store

    store = open_store(RATE_HZ, request.spoken_language, voice=request.speaker)
    closing.callback(store.close)
    return voices.RealVoice(store, folder, RATE_HZ, load)


def write_timeline(path: str, log: EventLog) -> None:
    """The run as one HTML page."""
    from cued.formats.events_reader import parse_events
    from cued.review.timeline import timeline_html

    write_finished(path, timeline_html(parse_events(log.lines), wording=log.wording()))


def _tell(sentences: Sequence[str], notice: Callable[[str], None]) -> None:
    for sentence in sentences:
        notice(sentence)


def _drop(_clip: Clip) -> None:
    """Nobody needs the sound."""
