"""One sound file per segment: the same mix, cut exactly where segments begin, for players that know no packs."""

from __future__ import annotations

import re
import shutil
import tempfile
import unicodedata
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cued.core.cues import (
    Asked,
    At,
    BackInBand,
    BeforeEnd,
    CuePack,
    Drift,
    EffortSaid,
    Every,
    ForDistance,
    HeartRateAbove,
    InBand,
    OffBand,
    PaceDrop,
    ReintroductionDue,
    Repeat,
    Rise,
    Rule,
    SayCue,
    SayTheme,
    SensorIs,
    SessionPart,
    Trigger,
)
from cued.core.effects import Effect, SegmentBegan
from cued.errors import OutputError
from cued.runtime.files import write_finished
from cued.runtime.rehearsal import Wanted, Watch, conduct
from cued.runtime.request import Request
from cued.runtime.voice import REAL
from cued.units import frame_of

if TYPE_CHECKING:
    from cued.audio.commands import MixFormat, Pcm
    from cued.audio.wavfile import Sink, Spans

AFTER: Final = "rest"
"""What sounds after the last segment, if anything does."""
SOUNDS: Final = frozenset({".mp3", ".ogg", ".wav", ".flac"})
"""What a player that is given a folder plays."""
_OWN_NAME: Final = re.compile(r"[0-9]{2,}-[a-z0-9-]+\.(mp3|ogg|wav|flac)")
"""As `Tracks` names a file: no path, nothing hidden."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A rule that no file can carry."""

    rule: str
    """`Rule.id`."""
    reason: str
    """What it would need."""
    says: str = ""
    """What it would have said, for people: a text, or `a cue of “theme”`."""


def without_sensors(pack: CuePack) -> tuple[CuePack, tuple[LeftOut, ...]]:
    """The pack without what only a live run can decide, and a list of that."""
    kept: list[Rule] = []
    left: list[LeftOut] = []
    for rule in pack.rules:
        reason = _needs(rule.when)
        if reason:
            left.append(LeftOut(rule.id, reason, _says(pack, rule)))
        else:
            kept.append(rule)
    left += [
        LeftOut(f"the beat of {segment.name}", "sounds only while off target: needs cadence")
        for segment in pack.segments()
        if segment.metronome.only_off_band
    ]
    return replace(pack, session=tuple(_unpressed(part) for part in pack.session), rules=tuple(kept)), tuple(left)


def _unpressed(part: SessionPart) -> SessionPart:
    """What begins by a press begins by itself: whoever plays the files begins each when it is time."""
    if isinstance(part, Repeat):
        return replace(part, segments=tuple(replace(segment, starts_on_press=False) for segment in part.segments))
    return replace(part, starts_on_press=False)


def _says(pack: CuePack, rule: Rule) -> str:
    for action in rule.then:
        if isinstance(action, SayCue):
            cue = pack.cue(action.cue)
            return f"“{cue.say}”" if cue.say else f"the sound {cue.sound}"
        if isinstance(action, SayTheme):
            return f"a cue of “{action.theme}”"
    return ""


def _needs(trigger: Trigger) -> str:
    """What a trigger waits for that a sound file has not; empty for those that time alone decides."""
    if isinstance(trigger, OffBand | InBand | BackInBand | Drift):
        return "needs cadence"
    if isinstance(trigger, Rise):
        return f"needs {trigger.metric.value.replace('_', ' ')}"
    if isinstance(trigger, PaceDrop):
        return "needs pace"
    if isinstance(trigger, HeartRateAbove):
        return "needs heart rate"
    if isinstance(trigger, SensorIs):
        return "needs a sensor"
    if isinstance(trigger, Asked | EffortSaid):
        return "needs the runner's key"
    if isinstance(trigger, ReintroductionDue):
        return "needs the plan"
    interval = {Every: "interval", At: "point", BeforeEnd: "before"}.get(type(trigger))
    if interval and isinstance(getattr(trigger, interval), ForDistance):
        return "needs distance"
    return ""


@dataclass(slots=True)
class Track:
    """One file."""

    name: str
    after: bool = False
    """Begins where the last segment ends."""
    frames: int = 0
    loud: bool = False
    """Something sounds in it."""


class Tracks:
    """A sink that begins a new file at each segment, and the listener that knows where they begin.

    All files come into the folder together when the mix is complete, or none.
    """

    def __init__(self, folder: Path, suffix: str, mix: MixFormat, open_sink: Callable[[Path, MixFormat], Sink]) -> None:
        """`suffix`: `mp3`, `ogg`, `wav` or `flac`. Raises OutputError where the folder cannot be made."""
        self._folder = folder
        self._suffix = suffix
        self._mix = mix
        self._open_sink = open_sink
        self._made_folder = not folder.exists()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._beside = Path(tempfile.mkdtemp(prefix=".cued-", dir=folder))
        except OSError as error:
            raise OutputError(f"{folder}: no folder can be made there ({error.strerror or error})") from error
        self._cuts: deque[tuple[int, str]] = deque()
        self._frame = 0
        self._sink: Sink | None = None
        self.tracks: list[Track] = []

    # --- the listener ----------------------------------------------------------------------------------------------

    def hear(self, effects: Sequence[Effect], at_ns: int) -> None:  # noqa: ARG002 - a segment has its own time
        """Note where segments begin."""
        for effect in effects:
            if isinstance(effect, SegmentBegan):
                self._cuts.append((frame_of(effect.at_ns, self._mix.rate_hz), effect.segment))

    def finish(self, end_ns: int) -> None:
        """Nothing: the sink is closed by whoever mixes."""

    # --- the sink --------------------------------------------------------------------------------------------------

    def write(self, block: Pcm, spans: Spans | None = None) -> None:  # noqa: ARG002 - no track is written with holes
        """Append `block`, shape (frames, channels), cut where a segment begins in it."""
        start = 0
        length = len(block)
        while start < length:
            while self._cuts and self._cuts[0][0] <= self._frame:
                self._begin(self._cuts.popleft()[1])
            stop = min(length, start + self._cuts[0][0] - self._frame) if self._cuts else length
            self._append(block[start:stop])
            self._frame += stop - start
            start = stop

    def _begin(self, segment: str) -> None:
        if self.tracks and self.tracks[-1].frames == 0:
            self.tracks.pop()  # a segment without length has no file
        self._close_current()
        name = f"{len(self.tracks) + 1:02}-{_file_word(segment or AFTER)}.{self._suffix}"
        self.tracks.append(Track(name, after=not segment))

    def _append(self, part: Pcm) -> None:
        if not self.tracks:
            self._begin("")
        track = self.tracks[-1]
        with self._named():
            if self._sink is None:
                self._sink = self._open_sink(self._beside / track.name, self._mix)
            self._sink.write(part)
        track.frames += len(part)
        track.loud = track.loud or bool(abs(part).max() > 0)

    def _close_current(self) -> None:
        if self._sink is not None:
            sink, self._sink = self._sink, None
            with self._named():
                sink.close()

    @contextmanager
    def _named(self) -> Iterator[None]:
        """Within: errors name the file that was asked for, not the hidden one that it is until all are whole."""
        try:
            yield
        except OutputError as error:
            raise OutputError(str(error).replace(str(self._beside), str(self._folder))) from error

    def close(self) -> None:
        """All files, and a playlist, come into the folder."""
        self._close_current()
        if self.tracks and self.tracks[-1].after and not self.tracks[-1].loud:
            (self._beside / self.tracks.pop().name).unlink(missing_ok=True)
        try:
            for track in self.tracks:
                target = self._folder / track.name
                if target.exists() and not target.is_file():
                    raise OutputError(f"{target}: something that is no file is in the way")
            for track in self.tracks:
                (self._beside / track.name).replace(self._folder / track.name)
            self._beside.rmdir()
        except OSError as error:
            raise OutputError(f"{self._folder}: cannot be written ({error.strerror or error})") from error

    def abort(self) -> None:
        """Leave nothing."""
        if self._sink is not None:
            self._sink.abort()
            self._sink = None
        shutil.rmtree(self._beside, ignore_errors=True)
        if self._made_folder:
            with suppress(OSError):  # somebody else has put something there
                self._folder.rmdir()

    def playlist(self) -> str:
        """The files in order, as M3U."""
        lines = ["#EXTM3U"]
        for track in self.tracks:
            lines += [f"#EXTINF:{round(track.frames / self._mix.rate_hz)},{Path(track.name).stem}", track.name]
        return "\n".join(lines) + "\n"


def _file_word(segment: str) -> str:
    """A segment's name as every file system and player takes it."""
    plain = unicodedata.normalize("NFKD", segment).encode("ascii", "ignore").decode()
    word = "".join(letter if letter.isalnum() else "-" for letter in plain.lower()).strip("-")
    return word or "segment"


def _listed(playlist: Path) -> set[str]:
    """The tracks that an earlier rendering left beside its playlist: what is named as cued names its own, and nothing else."""
    try:
        lines = playlist.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return set()
    return {line for line in lines if _OWN_NAME.fullmatch(line)}


@dataclass(frozen=True, slots=True)
class Rendered:
    """What a rendering left."""

    tracks: tuple[Track, ...]
    playlist: Path
    rate_hz: int


def render(request: Request, folder: Path, suffix: str, watch: Watch) -> Rendered:
    """The run of `request` as one file a segment in `folder`, with a playlist; raises CuedError and then leaves nothing."""
    from cued.audio.wavfile import open_sink

    mix = request.volumes.mix()
    tracks = Tracks(folder, suffix, mix, open_sink)
    conduct(request, Wanted(voice=REAL), replace(watch, listeners=(*watch.listeners, tracks)), tracks)
    playlist = folder / f"{request.pack.value.name}.m3u"
    names = {track.name for track in tracks.tracks}
    for name in _listed(playlist) - names - {path.name for path in request.made_from}:
        (folder / name).unlink(missing_ok=True)
    write_finished(playlist, tracks.playlist())
    strange = sorted(path.name for path in folder.iterdir() if path.suffix in SOUNDS and path.name not in names)
    if strange:
        watch.notice(f"{folder} holds other sounds, too, which a player may play with these: {', '.join(strange)}")
    return Rendered(tuple(tracks.tracks), playlist, mix.rate_hz)
