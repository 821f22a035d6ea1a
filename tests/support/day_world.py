"""The world of a virtual day: fakes for the ports of the daemon's loop, moved by the day's script."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Final

from cued.audio.commands import Bus
from cued.control.keys import Shown
from cued.core.effects import CutSpeech, Effect, PlayClick, Render, Say
from cued.core.events import CadenceSample, Event, LinkState, SensorLink, SoundBack, SoundLost, SpeechReady
from cued.core.happening import PodIs
from cued.core.phrases import nominal_duration_ns
from cued.errors import PackError
from cued.formats.sensor_log import Item
from cued.packs.listing import Listed, in_order
from cued.runtime.daemon.files import PackFiles
from cued.runtime.daemon.ports import Carried, Felt, Message
from cued.runtime.request import Pack, Request
from cued.runtime.status import SoundState
from cued.units import NS_PER_MIN, NS_PER_S

RING_NS: Final = 250_000_000
"""A click that is promised later than this before its onset is heard late."""
UTC_DAY: Final = "2026-05-0{}"


# --- the world -----------------------------------------------------------------------------------------------------


class Table:
    """What came of it, with its time."""

    def __init__(self, now_ns: Callable[[], int]) -> None:
        self._now_ns = now_ns
        self.lines: list[str] = []

    def note(self, what: str) -> None:
        self.lines.append(f"{clock(self._now_ns())}  > {what}")


def clock(ns: int) -> str:
    minutes, second = divmod(ns // NS_PER_S, 60)
    return f"{minutes}:{second:02}"


class VirtualTime:
    """Jumps to where it is waited for; the script moves it, too."""

    def __init__(self, script: Sequence[tuple[int, Callable[[], None]]] = ()) -> None:
        self.start_ns = 0
        self._now_ns = 0
        self._asleep_ns = 0
        self.stood_until_ns = -NS_PER_S
        """The machine stood still, or slept, until then."""
        self.script = list(script)
        self.later_days = 0
        """So many dates later than the time that has passed makes it: midnight, or a clock that was set."""

    @property
    def began_boot_ns(self) -> int:
        return self.start_ns

    def now_ns(self) -> int:
        return self._now_ns

    def stall(self, for_ns: int) -> None:
        self._now_ns += for_ns
        self.stood_until_ns = self._now_ns

    def sleep(self, for_ns: int) -> None:
        self._asleep_ns += for_ns

    def catch_up(self) -> int:
        slept_ns, self._asleep_ns = self._asleep_ns, 0
        self._now_ns += slept_ns
        if slept_ns:
            self.stood_until_ns = self._now_ns
        return slept_ns

    def day(self) -> str:
        return UTC_DAY.format(1 + self.later_days + self._now_ns // (24 * 60 * NS_PER_MIN))

    def wait(self, inbox: SimpleQueue[Message], until_ns: int) -> Message | None:
        while True:
            try:
                return inbox.get_nowait()
            except Empty:
                pass
            if self._asleep_ns:
                return None
            if self.script and self.script[0][0] <= max(until_ns, self._now_ns):
                at_ns, act = self.script.pop(0)
                self._now_ns = max(self._now_ns, at_ns)
                act()
                continue
            self._now_ns = max(self._now_ns, until_ns)
            return None


class VirtualFeet:
    """A pod whose wearer does what the script says, once a second."""

    source = "ble"
    sensor = True
    simulated = False
    on_air = True

    def __init__(self, time: VirtualTime) -> None:
        self._time = time
        self._came: list[Felt] = []
        self._spm: float | None = None
        self._next_ns: int | None = None

    def tell(self, felt: Felt) -> None:
        self._came.append(felt)

    def pod(self, name: str | None, battery: int | None, *, up: bool) -> None:
        now_ns = self._time.now_ns()
        self.tell(PodIs(now_ns, up, name, battery))
        self.tell(SensorLink(now_ns, LinkState.UP if up else LinkState.LOST))
        if not up:
            self._next_ns = None

    def go(self, spm: float | None) -> None:
        self._spm = spm
        self._next_ns = None if spm is None else self._time.now_ns()

    def next_ns(self) -> int | None:
        return self._time.now_ns() if self._came else self._next_ns

    def collect(self, now_ns: int) -> list[Felt]:
        found, self._came = self._came, []
        while self._next_ns is not None and self._next_ns <= now_ns:
            assert self._spm is not None
            found.append(CadenceSample(self._next_ns, self._spm, 3.0 if self._spm > 130 else 0.0, raw=int(self._spm / 2)))
            self._next_ns += NS_PER_S
        return found

    def hear(self, effects: Sequence[Effect]) -> None:
        pass

    def record(self, listener: Callable[[Item], None] | None) -> None:
        pass

    def close(self) -> None:
        pass


class VirtualMouth:
    """Remembers what sounds; every text has its nominal length."""

    def __init__(self, time: VirtualTime, table: Table) -> None:
        self._time = time
        self._table = table
        self.takes_ns = 0
        self.heard = True
        self.clicks: list[int] = []
        self.late_clicks: list[int] = []
        """Onsets that were promised too late for any ring, although the machine did not stand still."""
        self.volumes: dict[Bus, float] = {}
        self._asked: list[tuple[int, Render]] = []
        self._events: list[Event] = []

    def play(self, effects: Sequence[Effect]) -> None:
        for effect in effects:
            if isinstance(effect, Say):
                self._table.note(f"says: {effect.text or effect.cue}")
            elif isinstance(effect, CutSpeech):
                self._table.note("cut")
            elif isinstance(effect, PlayClick):
                self.clicks.append(effect.at_ns)
                now_ns = self._time.now_ns()
                if effect.at_ns < now_ns + RING_NS and now_ns - self._time.stood_until_ns > NS_PER_S:
                    self.late_clicks.append(effect.at_ns)

    def pass_time(self, now_ns: int) -> None:
        pass

    def set_volume(self, bus: Bus, gain: float) -> None:
        self.volumes[bus] = gain

    def wear(self, *, on: bool) -> None:
        """Headphones come or go; at a day's begin there are some."""
        if on is not self.heard:
            now_ns = self._time.now_ns()
            self._events.append(SoundBack(now_ns) if on else SoundLost(now_ns, now_ns))
        self.heard = on

    def report(self, event: Event) -> None:
        self._events.append(event)

    def collect(self, now_ns: int) -> list[Event]:
        found, self._events = self._events, []
        ready = [render for due_ns, render in self._asked if due_ns <= now_ns]
        self._asked = [one for one in self._asked if one[0] > now_ns]
        found += [SpeechReady(now_ns, one.text_id, nominal_duration_ns(one.text)) for one in ready]
        return found

    @property
    def pending(self) -> bool:
        return bool(self._asked)

    def has(self, text_id: str) -> bool:
        return True

    def ask(self, render: Render) -> None:
        self._asked.append((self._time.now_ns() + self.takes_ns, render))

    def prepare(self, request: Request, texts: Sequence[tuple[str, str]]) -> tuple[tuple[str, int], ...]:
        own = [(f"say:{text}", text) for text, _ in texts]
        packs = [(text.text_id, text.text) for text in request.texts]
        return tuple({name: nominal_duration_ns(text) for name, text in (*packs, *own)}.items())

    def state(self) -> SoundState:
        return SoundState("virtual")

    def look(self) -> None:
        pass

    def is_heard(self) -> bool:
        return self.heard

    def is_well(self, now_ns: int) -> bool:
        return True

    def slept(self) -> None:
        pass

    def finish(self) -> None:
        pass

    def close(self) -> None:
        pass


class VirtualEars:
    def is_up(self) -> bool:
        return True

    def told(self) -> str:
        return ""

    def look(self, now_ns: int) -> None:
        pass

    def reread(self) -> None:
        pass

    def close(self) -> None:
        pass


class VirtualKeyboard:
    def __init__(self) -> None:
        self.shown = Shown()

    def show(self, shown: Shown) -> None:
        self.shown = shown

    def close(self) -> None:
        pass


class VirtualManager:
    def __init__(self) -> None:
        self.told: list[str] = []

    def ready(self) -> None:
        self.told.append("ready")

    def status(self, sentence: str) -> None:
        self.told.append(sentence)

    def feed(self) -> None:
        self.told.append("fed")

    def stopping(self) -> None:
        self.told.append("stopping")


class VirtualWork:
    """Does each job at once, and hands its result in when the mouth would have rendered it."""

    waiting = 0

    def __init__(self, time: VirtualTime, inbox: SimpleQueue[Message], mouth: VirtualMouth) -> None:
        self._time = time
        self._inbox = inbox
        self._mouth = mouth

    def do(self, job: Callable[[], Callable[[], None]]) -> None:
        then = job()
        if not self._mouth.takes_ns:
            self._inbox.put(Carried(then))
            return
        due_ns = self._time.now_ns() + self._mouth.takes_ns
        place = next((n for n, (at_ns, _) in enumerate(self._time.script) if at_ns > due_ns), len(self._time.script))
        self._time.script.insert(place, (due_ns, lambda: self._inbox.put(Carried(then))))


class VirtualFiles(PackFiles):
    """The packs that come with cued, and those that a day's head writes into a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._marks = 0

    def find(self, word: str) -> Path:
        own = self.folder / f"{word}.yaml"
        return own if own.exists() else super().find(word)

    def load(self, word: str) -> tuple[Pack, tuple[str, ...]]:
        own = self.folder / f"{word}.yaml"
        return super().load(str(own) if own.exists() else word)

    def listed(self) -> tuple[Listed, ...]:
        own = []
        for path in sorted(self.folder.glob("*.yaml")):
            try:
                own.append(Listed.of(path.stem, super().load(str(path))[0].value))
            except PackError:
                continue
        return in_order([*own, *super().listed()])
