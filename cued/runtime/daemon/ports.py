"""All that the daemon's loop knows of the world: what arrives on its one inbox, and whom it asks. Times are the daemon's own.

The daemon's time is nanoseconds since it began, the machine's sleep included; a session's 0 lies somewhere on that line.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING, Protocol, TypeAlias

from cued.audio.commands import Bus
from cued.control.commands import Command
from cued.control.keys import Key, Shown
from cued.control.protocol import Answer
from cued.core.cues import Tissue
from cued.core.effects import Effect, Render
from cued.core.events import Event
from cued.core.happening import PodIs
from cued.core.start import Start
from cued.formats.sensor_log import Item
from cued.runtime.board import Led, NoLed, PowerOff, StaysOn
from cued.runtime.clock import Line
from cued.runtime.conductor import Witness
from cued.runtime.request import Pack, Request
from cued.runtime.status import SoundState

if TYPE_CHECKING:
    from cued.coaching import happening as planned
    from cued.coaching.today import Today
    from cued.core.cues import CuePack
    from cued.packs.listing import Listed
    from cued.runtime.goingon import Broken

# --- what arrives --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Pressed:
    """A key, just now."""

    at_ns: int
    key: Key


@dataclass(frozen=True, slots=True)
class Asked:
    """A command over the control socket; `reply` is called once."""

    command: Command
    reply: Callable[[Answer], None]


@dataclass(frozen=True, slots=True)
class Carried:
    """A piece of work that was given away has been done: `then` takes its result in, in the loop."""

    then: Callable[[], None]


@dataclass(frozen=True, slots=True)
class Woken:
    """Somebody has something to be collected."""


@dataclass(frozen=True, slots=True)
class Reread:
    """The configuration is to be read again (SIGHUP)."""


@dataclass(frozen=True, slots=True)
class Quit:
    """Enough (SIGTERM, Ctrl-C); a second one hurries."""


Message: TypeAlias = Pressed | Asked | Carried | Woken | Reread | Quit
Inbox: TypeAlias = "SimpleQueue[Message]"
Felt: TypeAlias = Event | PodIs
"""What comes of the feet: a sensor's events and the link's state, on the daemon's time."""
Notice: TypeAlias = Callable[[str], None]
Conditions: TypeAlias = tuple[tuple[str, str | float], ...]
"""How things stand before a run: (name, value)."""


# --- whom it asks --------------------------------------------------------------------------------------------------


class Time(Protocol):
    """The daemon's time."""

    start_ns: int
    """Of the monotonic clock, at 0."""

    @property
    def began_boot_ns(self) -> int:
        """The machine's uptime, sleep included, at 0."""

    def now_ns(self) -> int:
        """Now."""

    def wait(self, inbox: Inbox, until_ns: int) -> Message | None:
        """The next message, or None once `until_ns` has come."""

    def catch_up(self) -> int:
        """Leap over what the machine has slept since the last call; returns that, in ns, mostly 0."""

    def day(self) -> str:
        """The runner's date; it changes in the small hours."""


class Feet(Protocol):
    """The pod, and whatever else is worn."""

    @property
    def source(self) -> str:
        """`ble`, `sim:easy`, `none`, as a run's `Feeding.source`."""

    @property
    def sensor(self) -> bool:
        """Cadence may come."""

    @property
    def simulated(self) -> bool:
        """Marked for ever."""

    @property
    def on_air(self) -> bool:
        """Pods on the air."""

    def next_ns(self) -> int | None:
        """When something is due by itself; None: it announces itself on the inbox."""

    def collect(self, now_ns: int) -> list[Felt]:
        """All that has come up to now, in order."""

    def hear(self, effects: Sequence[Effect]) -> None:
        """What the runner's ears get, on the daemon's time."""

    def record(self, listener: Callable[[Item], None] | None) -> None:
        """Who gets every item of the air as it came, with the monotonic clock's stamp, on another thread; None: nobody now."""

    def close(self) -> None:
        """End all links."""


class Mouth(Protocol):
    """Sound and voice, open for the daemon's life."""

    def play(self, effects: Sequence[Effect]) -> None:
        """Effects on the daemon's time."""

    def pass_time(self, now_ns: int) -> None:
        """For a sound file: nothing more comes before `now_ns`."""

    def set_volume(self, bus: Bus, gain: float) -> None:
        """From now on; 0 to 1."""

    def collect(self, now_ns: int) -> list[Event]:
        """Late clicks, restarts, texts that are ready or failed."""

    @property
    def pending(self) -> bool:
        """True while a text is being rendered."""

    def has(self, text_id: str) -> bool:
        """Can that sound be played now? What was said by the way is not kept for ever."""

    def ask(self, render: Render) -> None:
        """Have a text rendered; `collect` will tell."""

    def prepare(self, request: Request, texts: Sequence[tuple[str, str]]) -> tuple[tuple[str, int], ...]:
        """The lengths of all sounds of the request's pack, and `texts` (words, language) besides; blocks, on any thread.

        Raises AudioError for a sound of the pack that cannot be played.
        """

    def state(self) -> SoundState:
        """How the output does."""

    def look(self) -> None:
        """Look for the device that is wanted, unless it is there."""

    def is_heard(self) -> bool:
        """It sounds, and where the runner hears it."""

    def is_well(self, now_ns: int) -> bool:
        """Its heartbeat is fresh, or no sound is wanted."""

    def slept(self) -> None:
        """The daemon's time has leapt."""

    def finish(self) -> None:
        """Nothing more sounds: a sound file is put in its place."""

    def close(self) -> None:
        """End sound and voice."""


class Seat(Protocol):
    """A session's place in the journal."""

    @property
    def step(self) -> Witness:
        """Sees every step."""

    @property
    def session(self) -> int | None:
        """Its number; None: not there yet."""

    def hear_sensor(self, item: Item) -> None:
        """What came over the air, from any thread."""

    def rate(self, at_ns: int, name: str, value: str | float) -> None:
        """What the runner said of a moment of the session."""

    def collect(self, now_ns: int) -> list[Event]:
        """No events; sentences go to the runner."""

    def finish(self, end_ns: int, sound: SoundState, more: Mapping[str, object] | None = None) -> None:
        """The session is over; `more`: the daemon's own statistics."""

    def abandon(self) -> None:
        """Let go; a session that was not finished counts as interrupted."""


class Book(Protocol):
    """The journal, one session at a time."""

    def number(self, pack: str) -> int:
        """Which cue session with that pack the next one is; on any thread."""

    def begin(
        self, request: Request, how: Start, line: Line, conditions: Conditions, going: Broken | None = None
    ) -> Seat | None:
        """A session begins; None: it is not kept, and the runner was told why. `going`: it goes on with a broken one."""

    def left(self) -> tuple[CuePack, int | None] | None:
        """The pack, as it was run, and the length of a run that broke off; None: the last one did not. On any thread."""

    def broken(self, request: Request) -> Broken | None:
        """`goingon.Broken` of a run that broke off and may go on with `request`; None: there is none. On any thread."""

    def is_well(self) -> bool:
        """The writer is alive, or there is none."""


class Planner(Protocol):
    """The plan of a journal; all of it may block, on any thread, and raises JournalError."""

    def today(self) -> Today:
        """What a run that begins now would be."""

    def say(self, word: planned.Word) -> None:
        """The runner says something about the plan."""

    def sore(self, place: Tissue | None) -> None:
        """Something is sore this morning; None: not said where."""

    def day(self) -> int | None:
        """Today, if the date is known to be right. Quick, and never raises: asked in the loop's thread."""

    def race(self) -> int | None:
        """The day of the race that the plan knows of."""

    def mark(self) -> tuple[object, object]:
        """Changes when what the plan rests on does: the day, or whether that is known; the journal. Quick."""


class Ears(Protocol):
    """Bluetooth headphones, looked after by themselves."""

    def is_up(self) -> bool:
        """They are connected, or none are needed."""

    def told(self) -> str:
        """For status: `Shokz, connected`; empty: none are needed."""

    def close(self) -> None:
        """Look after them no more."""


class Keyboard(Protocol):
    """Headset and buttons: they put `Pressed` on the inbox."""

    def show(self, shown: Shown) -> None:
        """What goes on."""

    def close(self) -> None:
        """Listen no more."""


class Files(Protocol):
    """Packs on the disk; all of it may block, on any thread."""

    def find(self, word: str) -> Path:
        """Where the pack is; raises PackError where there is none. Quick: a look into a folder or two."""

    def load(self, word: str) -> tuple[Pack, tuple[str, ...]]:
        """The pack and its warnings; raises PackError."""

    def listed(self) -> tuple[Listed, ...]:
        """Every pack that is right, those of the phases first, sets of drills last."""

    def mark(self, pack: Pack) -> tuple[tuple[int, int, int], ...]:
        """Changes when a file of the pack does."""


@dataclass(frozen=True, slots=True)
class Board:
    """What a board has beside its keys."""

    led: Led = field(default_factory=NoLed)
    power: PowerOff = field(default_factory=StaysOn)


class Notifier(Protocol):
    """The service manager."""

    def ready(self) -> None:
        """All is set up."""

    def status(self, sentence: str) -> None:
        """For `systemctl status`."""

    def feed(self) -> None:
        """All is healthy."""

    def stopping(self) -> None:
        """The end has begun."""


class Work(Protocol):
    """Whoever does what takes time, one after the other, so that the loop never waits."""

    def do(self, job: Callable[[], Callable[[], None]]) -> None:
        """`job` runs elsewhere; what it returns is called in the loop."""

    @property
    def waiting(self) -> int:
        """Jobs not begun."""
