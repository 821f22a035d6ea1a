"""A live run joins the journal: what is told of its start, and the seat from which every step is seen."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Final

from cued import __version__
from cued.core.start import Start
from cued.errors import JournalError
from cued.formats import event_codec
from cued.formats.sensor_log import Item, Notification
from cued.journal.rows import Head, Row, printable
from cued.runtime.clock import Line
from cued.runtime.moments import boot_id, moment
from cued.runtime.request import Request
from cued.runtime.status import SoundState

if TYPE_CHECKING:
    from cued.core.events import Event
    from cued.journal.items import Committed, Receipt
    from cued.journal.recorder import Recorder
    from cued.journal.wall import Moment
    from cued.runtime.goingon import Broken

VARIABLE: Final = "CUED_JOURNAL"
"""Names another journal, or `none`; an option on the command line goes before it."""
NONE: Final = "none"
PATIENCE_S: Final = 0.05
"""So long the run's start waits for the journal's first row: set up, it is 0.45 s away, and its first clicks want 0.4 s."""


@dataclass(frozen=True, slots=True)
class JournalWanted:
    """Where a live run is kept."""

    path: Path
    settings: Mapping[str, object] = field(default_factory=dict)
    """What was asked for besides, as far as it is not in `Start`: for a person who looks."""
    conditions: tuple[tuple[str, str | float], ...] = ()
    """What the runner said before the run: (name, value)."""
    anew: bool = False
    """Never go on with a run that broke off."""
    committed: Callable[[Committed], None] | None = None
    """Told after each commit, in the writer's thread."""
    moment: Callable[[], Moment] = moment
    """What the machine knows of the date."""


def journal_path(word: str | None = None) -> Path | None:
    """The journal: `word`, else the one that the environment names, else the runner's own; None for `none`."""
    word = word or os.environ.get(VARIABLE) or ""
    if word == NONE:
        return None
    if word:
        own = Path(word)
    else:
        from platformdirs import user_data_path

        from cued.journal.store import NAME

        own = user_data_path("cued") / NAME
    return Path(os.path.realpath(own))  # one lock, whatever link leads to it


class Recording:
    """A run's seat at the journal: a witness of every step, and a source of what the journal has to tell."""

    pending = False
    """Nobody waits for the journal."""

    def __init__(self, recorder: Recorder, notice: Callable[[str], None], clock: Line, moment: Callable[[], Moment]) -> None:
        self._recorder = recorder
        self._notice = notice
        self.step = recorder.step
        """For `Conductor`."""
        self._clock = clock
        self._moment = moment

    @property
    def writer(self) -> Thread | None:
        """It has the journal for as long as it lives."""
        return self._recorder.thread

    @property
    def session(self) -> int | None:
        """Its number in the journal; None: not there yet."""
        return self._recorder.session

    def hear_sensor(self, item: Item) -> None:
        """What came over the air, from any thread; a notification is kept as it is."""
        if isinstance(item, Notification):
            self._recorder.raw(item.at_ns - self._clock.start_ns, item.address, item.uuid, item.data)

    def collect(self, now_ns: int) -> list[Event]:  # noqa: ARG002 - a journal has no events
        """No events; sentences go to the runner."""
        for sentence in self._recorder.notices():
            self._notice(sentence)
        return []

    def rate(self, at_ns: int, name: str, value: str | float) -> None:
        """What the runner said of that moment (`journal.answers`), from any thread."""
        self._recorder.add(Row("ratings", (at_ns, name, value, self._moment().utc_ns)))

    def flush(self) -> Receipt:
        """Have all of the run so far written at once; the receipt tells when it is."""
        return self._recorder.flush()

    @property
    def kept(self) -> bool | None:
        """After `leave`: is all of the run on the disk? None: it is still being written."""
        return self._recorder.kept

    @property
    def is_full(self) -> bool:
        """The disk is."""
        return self._recorder.full

    def finish(self, end_ns: int, sound: SoundState, more: Mapping[str, object] | None = None) -> None:
        """As `leave`, and wait for it."""
        self.leave(end_ns, sound, more)
        self.wait()

    def leave(self, end_ns: int, sound: SoundState, more: Mapping[str, object] | None = None) -> None:
        """The run is over and its sound ends at `end_ns`; `more` (of JSON's own types) is kept beside the sound's counts."""
        counts = {
            "underrun": sound.underruns,
            "resync": sound.resyncs,
            "sound_restart": sound.restarts,
            "late_cue": sound.late_cues,
        }
        for what, count in counts.items():
            if count:
                self._recorder.add(Row("counts", (end_ns, what, count)))
        self._recorder.leave(end_ns, json.dumps({"sound": asdict(sound), **(more or {})}))

    def wait(self) -> None:
        """Until all is written that can be."""
        self._recorder.abandon()
        self.collect(0)

    @property
    def is_well(self) -> bool:
        """Its writer is alive, or has ended as it should."""
        return self._recorder.is_well()

    def abandon(self) -> None:
        """Let go; a run that was not finished counts as interrupted."""
        self._recorder.abandon()


def recording(
    wanted: JournalWanted | None,
    request: Request,
    how: Start,
    voice: str,
    clock: Line,
    notice: Callable[[str], None],
    past: Broken | None,
    closing: ExitStack,
    after: Thread | None = None,
) -> Recording | None:
    """The run's way into the journal, left with `closing`; None where there is none, and then `notice` was told why.

    Nothing is written before `after`, the writer of another that was left, has ended; that is not waited for here.
    """
    if wanted is None:
        return None
    from cued.journal.recorder import Recorder

    going = None if past is None else past.going(clock)
    recorder = Recorder(wanted.path, _head(wanted, request, how, voice, clock), wanted.moment, going, wanted.committed)
    try:
        recorder.begin(PATIENCE_S, after)
    except JournalError as error:
        notice(f"{_refused(error)}; this run is not recorded")
        return None
    seat = Recording(recorder, notice, clock, wanted.moment)
    closing.callback(seat.abandon)
    seat.collect(0)
    for name, value in wanted.conditions:
        recorder.add(Row("conditions", (None, name, value, wanted.moment().utc_ns)))
    return seat


def _refused(error: JournalError) -> str:
    """Why it cannot be kept, and what to do where it is the daemon that keeps the journal."""
    from cued.journal.lock import HeldError

    pid = error.by.pid if isinstance(error, HeldError) and error.by is not None else 0
    if not _is_daemon(pid):
        return str(error)
    return f"the cued daemon (process {pid}) is keeping the journal: begin this run with `cued start`, or end the daemon"


def _is_daemon(pid: int) -> bool:
    """Is that process another one's `cued daemon`? By its command line (proc(5)), as far as it can be read."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return pid != os.getpid() and b"daemon" in words


def _head(wanted: JournalWanted, request: Request, how: Start, voice: str, clock: Line) -> Head:
    now, began_boot_ns = wanted.moment(), clock.began_boot_ns
    chosen_by = "plan" if request.planned else "name"
    return Head(
        uid=os.urandom(8).hex(),
        start=event_codec.encode(how),
        pack=how.pack.name,
        pack_version=how.pack.version,
        session_number=how.session_number,
        pack_text=_text(request.pack.file),
        source=printable(request.feeding.source),
        voice=voice,
        simulated=how.simulated,
        desk=how.desk,
        rate=clock.rate,
        settings=printable(json.dumps({**wanted.settings, "chosen_by": chosen_by}, ensure_ascii=False)),
        versions=json.dumps({"cued": __version__, "python": platform.python_version(), "lines": event_codec.VERSION}),
        began_utc_ns=now.utc_ns - (now.boot_ns - began_boot_ns),
        verified=now.verified,
        boot_id=boot_id(),
        began_boot_ns=began_boot_ns,
    )


def _text(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8") if path else ""
    except (OSError, UnicodeDecodeError):  # it was read a moment ago; the pack itself is in `start`
        return ""
