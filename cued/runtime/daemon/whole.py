"""The daemon put together in an order that a person can read, and taken apart in reverse."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from queue import SimpleQueue
from types import FrameType
from typing import TYPE_CHECKING, Final

from cued.audio.commands import Bus, KeepAwake
from cued.config.settings import Settings
from cued.core.happening import Say
from cued.core.sentences import Sentence
from cued.core.values import Values
from cued.errors import SensorError
from cued.runtime.board import led_of, power_off_of
from cued.runtime.clock import MonotonicClock
from cued.runtime.daemon.book import JournalBook, NoBook
from cued.runtime.daemon.choice import Personal
from cued.runtime.daemon.desk import Counter, Desk
from cued.runtime.daemon.feet import AirFeet, NoFeet, fed
from cued.runtime.daemon.files import PackFiles
from cued.runtime.daemon.keyboard import RealKeyboard
from cued.runtime.daemon.loop import Daemon
from cued.runtime.daemon.manners import manners_of
from cued.runtime.daemon.mouth import LiveMouth
from cued.runtime.daemon.planner import JournalPlan
from cued.runtime.daemon.ports import Board, Carried, Feet, Inbox, Message, Notice, Quit, Reread
from cued.runtime.daemon.sessions import Sessions
from cued.runtime.daemon.speaker import Speaker
from cued.runtime.daemon.state import in_words, statistics
from cued.runtime.daemon.today import Kitchen, Today
from cued.runtime.daemon.watching import Watching, usual_word
from cued.runtime.daemon.work import Worker
from cued.runtime.daemon.world import World
from cued.runtime.feeding import OnAir, SensorChoice
from cued.runtime.heap import give_back, settle
from cued.runtime.moments import moment
from cued.runtime.notify import Manager
from cued.runtime.request import RATE_HZ, OutputChoice, ToDevice, Volumes
from cued.runtime.safety import Safety
from cued.units import NS_PER_MS, NS_PER_S

if TYPE_CHECKING:
    from cued.runtime.daemon.ears import KnownEars

NO_SOCKET: Final = "none"


@dataclass(frozen=True, slots=True)
class DaemonWanted:
    """What the daemon is to be."""

    settings: Settings
    config: str | None = None
    """The configuration's file, as it was named."""
    pack: str | None = None
    """None: the plan's."""
    sensor: SensorChoice = field(default_factory=OnAir)
    output: OutputChoice = field(default_factory=ToDevice)
    volumes: Volumes = field(default_factory=Volumes)
    keep_awake: KeepAwake = KeepAwake.AUTO
    journal: Path | None = None
    """None: runs are not kept."""
    socket: str | None = None
    """None: the user's own; `none`: nobody steers."""
    asked: Mapping[str, object] = field(default_factory=dict)
    """For the journal: what was asked for."""
    beat_spm: float | None = None
    asks: bool = True
    """The questions before and after a run."""


NIGHT: Final = timedelta(hours=4)
"""So long after midnight it is still the day before: no morning, whoever runs then."""


class DaemonTime(MonotonicClock):
    """The daemon's time: `ports.Time`."""

    def day(self) -> str:
        """The runner's date."""
        return (datetime.now().astimezone() - NIGHT).date().isoformat()


def serve(wanted: DaemonWanted, log: Notice, read: Callable[[], Settings]) -> None:
    """Until SIGTERM or Ctrl-C. Raises CuedError for what is wrong before it begins. `log` gets a sentence a line.

    `read`: the configuration anew; raises CuedError.
    """
    give_back()
    inbox: SimpleQueue[Message] = SimpleQueue()
    with _signals(inbox) as hurry, ExitStack() as closing:
        _import_all()
        settle()
        manager = Manager.from_environment()
        closing.callback(manager.close)
        time = DaemonTime()
        counter = Counter(inbox)
        _listen(wanted.socket, counter, closing)
        continue_ns = wanted.settings.life.continue_within_ns
        book = NoBook() if wanted.journal is None else JournalBook(wanted.journal, wanted.asked, log, continue_ns)
        if isinstance(book, JournalBook):
            book.check()
        work, errands = Worker(inbox, log), Worker(inbox, log)
        settings = wanted.settings
        keyboard = RealKeyboard(settings.keys, time, inbox)
        closing.callback(keyboard.close)
        board = Board(led_of(settings.keys, log), power_off_of(settings.keys))
        closing.callback(board.led.close)
        from cued.speech.store import open_store

        store = open_store(RATE_HZ, settings.runner.language or "en", voice=settings.sound.speaker)
        mouth = LiveMouth(wanted.output, wanted.volumes, store, time, errands, log, keep_awake=wanted.keep_awake)
        closing.callback(mouth.close)
        closing.callback(work.close)
        closing.callback(errands.close)
        feet = _feet(wanted, time, inbox, log)
        closing.callback(feet.close)
        ears = _ears(wanted, errands, log, time, inbox)
        closing.callback(ears.close)
        manners = manners_of(settings, asks=wanted.asks)
        personal = Personal.of(settings, wanted.volumes, wanted.beat_spm)
        planner = None if wanted.journal is None else JournalPlan(wanted.journal, moment)
        kitchen = Kitchen(PackFiles(), mouth, feet, book, personal, _chance, time.now_ns, planner)
        today = Today(kitchen, work, usual_word(wanted.pack, planner), log)
        speaker = Speaker(mouth, settings.runner.language or "en")
        sessions = Sessions(time, mouth, feet, book, speaker, today, log)
        world = World(time, inbox, feet, mouth, ears, keyboard, manager, work, board, log, safety=_safety(wanted, feet))
        daemon = Daemon(world, sessions, speaker, today, manners)
        daemon.keeps = wanted.journal is not None
        daemon.percent = {Bus.BEAT: wanted.volumes.beat * 100, Bus.VOICE: wanted.volumes.voice * 100}
        sessions.statistics = lambda: {"statistics": asdict(statistics(daemon, time.now_ns()))}
        _join(daemon, Watching(daemon, book, manager, ears, read, log, settings, _own_pods(daemon, errands, log)), log)
        today.choose(today.choice, to_continue=True)
        today.look_around()
        log(_greeting(wanted))
        daemon.run()
        log(_farewell(daemon))
        hurry()


def _join(daemon: Daemon, watching: Watching, log: Notice) -> None:
    """The loop gets to know those who know it."""
    daemon.world.answer = Desk(daemon, watching.reread).answer
    daemon.world.reread = lambda: log(watching.reload())
    daemon.world.look_around = watching.look


def _import_all() -> None:
    """What is needed later is imported now: a half second of imports in the middle of a run would be heard."""
    import cued.audio.offline
    import cued.audio.player
    import cued.audio.soundfile_in
    import cued.journal.reader
    import cued.journal.recorder
    import cued.packs.catalog
    import cued.runtime.goingon
    import cued.speech.store  # noqa: F401 - as all of them, for what comes later


def _listen(word: str | None, counter: Counter, closing: ExitStack) -> None:
    """Raises ControlError where another listens."""
    if word == NO_SOCKET:
        return
    from cued.control.address import default_path
    from cued.control.server import Server

    server = Server(default_path() if word is None else Path(word), counter)
    closing.callback(server.close)


def _safety(wanted: DaemonWanted, feet: Feet) -> Safety | None:
    """None: where nothing is heard, or nobody runs, nobody is to be warned."""
    return Safety() if isinstance(wanted.output, ToDevice) and not feet.simulated else None


def _greeting(wanted: DaemonWanted) -> str:
    """For somebody at a terminal, who sees nothing else of it."""
    how = "" if wanted.socket == NO_SOCKET else "`cued status` in another terminal tells how it is, "
    return f"cued is there; {how}Ctrl-C ends it"


def _feet(wanted: DaemonWanted, time: DaemonTime, inbox: Inbox, log: Notice) -> Feet:
    if not isinstance(wanted.sensor, OnAir):
        return fed(wanted.sensor, _chance())
    from cued.runtime.onair import OnAirRun
    from cued.sensors import looking
    from cued.sensors.ble import Radio
    from cued.sensors.known import KnownSensors

    word = wanted.sensor.word
    try:
        return AirFeet(lambda: OnAirRun(word, KnownSensors(), log, Radio, looking.glance), time, inbox, log)
    except SensorError as error:
        log(f"{error}; runs begin by `cued start` or by the next key; begin it anew once that is mended")
        return NoFeet()


def _own_pods(daemon: Daemon, work: Worker, log: Notice) -> Callable[[int], None]:
    feet = daemon.world.feet
    if not isinstance(feet, AirFeet):
        return lambda _: None
    from cued.runtime.daemon.owned import OwnPods
    from cued.sensors.known import KnownSensors

    def is_free() -> bool:
        return not daemon.pod.up or (daemon.sessions.on is None and not daemon.sessions.waits)

    def added(name: str) -> None:
        log(f"pod added: {name}")
        daemon.say(Say(daemon.world.time.now_ns(), Sentence.POD_ADDED, Values(pod=name)), asked=False)

    return OwnPods(feet, KnownSensors(), work, log, is_free, added).look


def _ears(wanted: DaemonWanted, work: Worker, log: Notice, time: DaemonTime, inbox: Inbox) -> KnownEars:
    from cued.audio.devices import SERVERS
    from cued.runtime.daemon.ears import KnownEars, Told

    output = wanted.output
    by_server = isinstance(output, ToDevice) and (output.name is None or output.name in SERVERS)

    def watch(changed: Callable[[], None]) -> Told:
        from cued.headphones.watch import Watch

        return Watch(lambda: inbox.put(Carried(changed)))

    return KnownEars(work, log, time, wanted=by_server, watch=watch)


def _chance() -> int:
    return int.from_bytes(os.urandom(4))


def _farewell(daemon: Daemon) -> str:
    """Its own statistics, in one line of the log."""
    now = statistics(daemon, daemon.world.time.now_ns())
    lags = " / ".join(f"{ns / NS_PER_MS:.1f}" for ns in (now.loop_p50_ns, now.loop_p99_ns, now.loop_max_ns))
    lag = f"loop late by {lags} ms (p50, p99, max)"
    return (
        f"ending after {now.up_ns // NS_PER_S} s: {now.sessions} sessions, {now.clicks} clicks, {now.missed_clicks} missed,"
        f" {now.late_clicks} late; onset error {now.onset_error_ns / NS_PER_MS:.1f} ms, at worst"
        f" {now.onset_error_max_ns / NS_PER_MS:.1f}; {now.dropped_cues} cues dropped, {now.unheard_cues} unheard,"
        f" {now.late_cues} sentences late; {now.underruns} underruns, {now.sound_restarts} restarts of the sound;"
        f" pod lost {now.pod_losses} times; {lag}, {now.stalls} stalls; queue up to {now.queue_max};"
        f" {now.rss_kib // 1024} MiB, {now.descriptors} descriptors; {in_words(daemon)}"
    )


@contextmanager
def _signals(inbox: Inbox) -> Iterator[Callable[[], None]]:
    """Within: SIGTERM and Ctrl-C put `Quit` on the inbox, SIGHUP `Reread`; `put` is made to be safe in a handler.

    What it gives is called when all is written down: from then on another signal ends the process where it stands, and what was
    still to be closed is closed by the system.
    """

    def end(_number: int, _frame: FrameType | None) -> None:
        inbox.put(Quit())

    def reread(_number: int, _frame: FrameType | None) -> None:
        inbox.put(Reread())

    handlers = {signal.SIGTERM: end, signal.SIGINT: end, signal.SIGHUP: reread}
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}

    def hurry() -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda _number, _frame: os._exit(0))

    try:
        yield hurry
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
