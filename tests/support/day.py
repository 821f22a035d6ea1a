"""A virtual day: the daemon's real loop in virtual time, in a world that a script moves and a table remembers.

A day is a file of lines, each `TIME  what happens` or `TIME  > what comes of it`; `HELP` lists the words of both.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue
from typing import Any, Final, TypeAlias

from cued.coaching.happening import Felt, PainKind, Say, Word
from cued.coaching.state import PlanState
from cued.config.parse import parse_config
from cued.config.settings import Settings
from cued.control import commands
from cued.control.keys import Key
from cued.control.protocol import Answer, Done, parse_request
from cued.core.cues import Tissue
from cued.core.events import AudioRestarted, ClickLate, SoundBack, SoundLost
from cued.runtime.daemon.choice import Personal
from cued.runtime.daemon.desk import Desk
from cued.runtime.daemon.loop import Daemon
from cued.runtime.daemon.manners import manners_of
from cued.runtime.daemon.ports import Asked, Board, Book, Message, Notice, Planner, Pressed, Quit, Reread
from cued.runtime.daemon.sessions import Sessions
from cued.runtime.daemon.speaker import Speaker
from cued.runtime.daemon.today import Kitchen, Today
from cued.runtime.daemon.watching import Watching
from cued.runtime.daemon.world import World
from cued.runtime.request import Volumes
from cued.runtime.safety import Safety
from cued.units import NS_PER_MS, NS_PER_S
from tests.support.day_board import VirtualLed, VirtualPower
from tests.support.day_book import MemoryBook
from tests.support.day_plan import VirtualPlan
from tests.support.day_rules import StrictMouth, disagreement
from tests.support.day_world import (
    Table,
    VirtualEars,
    VirtualFeet,
    VirtualFiles,
    VirtualKeyboard,
    VirtualManager,
    VirtualTime,
    VirtualWork,
)

HELP: Final = """
what happens:
  pod NAME 80%        the pod's link is up (NAME and battery may be missing); `pod off`: it is down
  run 166, walk 110   the feet, once a second from now on; `stand`: they stand; `silent`: nothing comes
  headphones on|off   sound is where the runner hears it, or not
  press KEY           play, next, previous, held; pause and stop, as headsets send them when they are taken off
  ask COMMAND         over the control socket, as a request's JSON after `do`: `ask pack use name=awareness`, `ask start`
  sleep 90            the machine is suspended for so many seconds; `stall 2`: it stands still
  render 3            rendering takes so many seconds from now on
  sound lost|back|restarted, click late
  disk full|free      the journal cannot be opened from now on, or can; `disk busy 2`: its first row takes so many seconds
  disk fills|hangs    nothing can be written any more, or nothing is answered; `disk empties`: all is well again
  accept              the safety notice is accepted on a screen
  edit NAME           the pack's file is written anew, as `pack NAME:` in the day's head says
  configure NAME      the configuration is written anew, as `config NAME:` in the head says (`broken`: nobody can read it);
                      `hang up`: SIGHUP, `ask reload`: it is read
  flood 200 COMMAND   so many clients ask at once
  date unknown|known  nobody knows what day it is, or the plan does again
  date +1             the date is another one: midnight has passed, or the clock was set
  tell injured calf   another program tells the plan so (`cued plan`); `log pain 6`, `log sharp`: it tells that of the last run
  quit                SIGTERM; `quit twice`: and again at once
what comes of it:
  > is PHASE          life's phase has changed
  > says: TEXT        a sentence or a cue begins
  > cut               what is being said ends here
  > beat on|off
  > session 1 begins at TIME: PACK, > rests, > goes on, > over, > written down: RUNNING TIME, > keeps NAME VALUE
  > segment NAME, > unheard: TEXT
  > answers: SENTENCE, > refuses: SENTENCE (`200 × answers: SENTENCE`: so many at once)
  > notice: SENTENCE
  > settles, > switched off (the board, after the button was held)
"""
NOTICED_NS: Final = 500 * NS_PER_MS
"""So late the loss of the sound is noticed."""
# --- the day -------------------------------------------------------------------------------------------------------


@dataclass
class Day:
    """One file: its head, its script, and what is expected of it."""

    title: str
    config: str = ""
    pack: str = "metronome"
    asks: bool = False
    renders_ns: int = 0
    """How long the first pack takes."""
    packs: dict[str, str] = field(default_factory=dict)
    configs: dict[str, str] = field(default_factory=dict)
    script: list[tuple[int, str]] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)
    plan: int | None = None
    """The plan is in that phase, and is asked; None: there is none."""
    warns: bool = False
    """The safety notice is not accepted yet."""


BUTTONS: Final = {
    "play": Key.PLAY_PAUSE,
    "next": Key.NEXT,
    "previous": Key.PREVIOUS,
    "held": Key.HELD,
    "pause": Key.PAUSE,
    "stop": Key.STOP,
}
_LINE: Final = re.compile(r"(?:(\d+):(\d\d))\s+(>?)\s*(.+)")


def read_day(text: str) -> Day:
    """Lines with `#` first are the title and comments; `config:`, `pack:` `plan: phase 1`, `asks: yes`, `safety: not accepted`,
    `render: 90` (seconds for the first pack), `pack NAME:` and `config NAME:` (a YAML indented below) may stand before the
    first time.
    """
    head, _, body = text.partition("\n---\n")
    lines = head.splitlines()
    day = Day(lines[0].removeprefix("# "))
    name, files = "", day.packs
    for line in lines[1:]:
        if line.startswith("  ") and name:
            files[name] = files.get(name, "") + line[2:] + "\n"
        elif found := re.fullmatch(r"(pack|config) (\S+):", line):
            name, files = found[2], day.packs if found[1] == "pack" else day.configs
        elif line.startswith("config: "):
            day.config += line.removeprefix("config: ") + "\n"
        elif line.startswith("pack: "):
            day.pack = line.removeprefix("pack: ")
        elif line.startswith("plan: phase "):
            day.plan, day.pack = int(line.removeprefix("plan: phase ")), ""
        elif line.startswith("render: "):
            day.renders_ns = int(line.removeprefix("render: ")) * NS_PER_S
        elif line == "asks: yes":
            day.asks = True
        elif line == "safety: not accepted":
            day.warns = True
        elif line.strip() and not line.startswith("#"):
            raise AssertionError(f"nobody understands {line!r} in a day's head")
    for line in body.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        found = _LINE.fullmatch(line.strip())
        assert found is not None, f"nobody understands {line!r}"
        minute, second, comes, what = found.groups()
        if comes:
            day.expected.append(f"{minute}:{second}  > {what}")
        else:
            day.script.append(((int(minute) * 60 + int(second)) * NS_PER_S, what))
    return day


Joining: TypeAlias = Callable[[VirtualTime, Notice], tuple[Book, Planner]]


class House:
    """The daemon of a day, and its world."""

    def __init__(self, day: Day, folder: Path, join: Joining | None = None) -> None:
        """`join`: another book than the one in memory, and another plan than the day's."""
        self.time = VirtualTime()
        self.table = Table(self.time.now_ns)
        self.inbox: SimpleQueue[Message] = SimpleQueue()
        self.feet = VirtualFeet(self.time)
        self.mouth = StrictMouth(self.time, self.table)
        self.mouth.takes_ns = day.renders_ns
        self.book = MemoryBook(self.table, self.time.stall)
        self.manager = VirtualManager()
        self.keyboard = VirtualKeyboard()
        self.led, self.power = VirtualLed(), VirtualPower(self.table)
        self.day, self.written = day, day.config
        for name, text in day.packs.items():
            if "." not in name:
                (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
        self.folder = folder
        settings = self.read()
        work = VirtualWork(self.time, self.inbox, self.mouth)
        personal = Personal.of(settings, Volumes(), None)
        self.plan = None if day.plan is None else VirtualPlan(PlanState(phase=day.plan), self.time, self.book, self.table)
        book, plan = (self.book, self.plan) if join is None else join(self.time, self.notice)
        kitchen = Kitchen(VirtualFiles(folder), self.mouth, self.feet, book, personal, lambda: 1, self.time.now_ns, plan)
        today = Today(kitchen, work, day.pack, self.notice)
        speaker = Speaker(self.mouth, settings.runner.language or "en")
        ears = VirtualEars()
        world = World(
            self.time,
            self.inbox,
            self.feet,
            self.mouth,
            ears,
            self.keyboard,
            self.manager,
            work,
            Board(self.led, self.power),
            self.notice,
            safety=Safety(folder / "safety.json") if day.warns else None,
        )
        sessions = Sessions(self.time, self.mouth, self.feet, book, speaker, today, self.notice)
        self.daemon = Daemon(world, sessions, speaker, today, manners_of(settings, asks=day.asks))
        self.mouth.phase = lambda: self.daemon.life.phase
        watching = Watching(self.daemon, book, self.manager, ears, self.read, self.notice, settings, tidy=lambda: None)
        world.reread = lambda: self.notice(watching.reload())
        world.answer = Desk(self.daemon, watching.reload).answer
        world.look_around = watching.look
        today.choose(today.choice, to_continue=True)
        today.look_around()

    def read(self) -> Settings:
        """The configuration's file; raises ConfigError."""
        return parse_config(self.written.encode(), "config.yaml").settings if self.written else Settings()

    def notice(self, sentence: str) -> None:
        self.table.note(f"notice: {sentence.replace(str(self.folder) + '/', '')}")

    def act(self, what: str) -> Callable[[], None]:
        """What a line of the script does."""
        verb, _, rest = what.partition(" ")
        now_ns = self.time.now_ns
        match verb, rest.split():
            case "pod", ["off"]:
                return lambda: self.feet.pod(None, None, up=False)
            case "pod", words:
                percent = next((int(word[:-1]) for word in words if word.endswith("%")), None)
                name = " ".join(word for word in words if not word.endswith("%")) or None
                return lambda: self.feet.pod(name, percent, up=True)
            case "run" | "walk", [spm]:
                return lambda: self.feet.go(float(spm))
            case "stand", []:
                return lambda: self.feet.go(0.0)
            case "silent", []:
                return lambda: self.feet.go(None)
            case "headphones", [state]:
                return lambda: self.mouth.wear(on=state == "on")
            case "press", [key]:
                button = BUTTONS[key]
                return lambda: self.inbox.put(Pressed(now_ns(), button))
            case "ask", _:
                return lambda: self.inbox.put(Asked(command_of(rest), self.answered))
            case "sleep", [seconds]:
                return lambda: self.time.sleep(int(seconds) * NS_PER_S)
            case "stall", [seconds]:
                return lambda: self.time.stall(int(seconds) * NS_PER_S)
            case "render", [seconds]:
                return lambda: setattr(self.mouth, "takes_ns", int(seconds) * NS_PER_S)
            case "sound", ["restarted"]:
                return lambda: self.mouth.report(AudioRestarted(now_ns()))
            case "sound", ["lost"]:
                return lambda: self.mouth.report(SoundLost(now_ns(), now_ns() - NOTICED_NS))
            case "sound", ["back"]:
                return lambda: self.mouth.report(SoundBack(now_ns()))
            case "click", ["late"]:
                return lambda: self.mouth.report(ClickLate(now_ns(), 1))
            case "disk", ["busy", seconds]:
                return lambda: setattr(self.book, "slow_ns", int(seconds) * NS_PER_S)
            case "disk", ["fills" | "hangs" | "empties" as state]:
                return lambda: self.book.become(writes=state == "empties", answers=state != "hangs")
            case "disk", [state]:
                return lambda: setattr(self.book, "full", state == "full")
            case "edit", [name]:
                return lambda: self.edit(name)
            case "tell", [word, *place]:
                return lambda: self.tell(Word(None, Say(word), Tissue(place[0]) if place else None))
            case "log", ["pain", value]:
                return lambda: self.log(Felt(None, 0, pain=float(value)))
            case "log", [kind]:
                return lambda: self.log(Felt(None, 0, kind=PainKind(kind)))
            case "accept", []:
                return self.accept
            case "configure", ["broken"]:
                return lambda: setattr(self, "written", "life: [")
            case "configure", [wanted]:
                return lambda: setattr(self, "written", self.day.configs[wanted])
            case "hang", ["up"]:
                return lambda: self.inbox.put(Reread())
            case "flood", [count, *_]:
                return lambda: self.flood(int(count), command_of(rest.split(maxsplit=1)[1]))
            case "date", ["unknown" | "known"]:
                return lambda: self.date(known=rest == "known")
            case "date", [days]:
                return lambda: setattr(self.time, "later_days", self.time.later_days + int(days))
            case "quit", []:
                return lambda: self.inbox.put(Quit())
            case "quit", ["twice"]:
                return self.hurry
        raise AssertionError(f"nobody understands {what!r}\n{HELP}")

    def edit(self, name: str) -> None:
        base = name.split(".", maxsplit=1)[0]
        (self.folder / f"{base}.yaml").write_text(self.day.packs[name], encoding="utf-8")

    def tell(self, word: Word) -> None:
        assert self.plan is not None
        self.plan.say(word)

    def log(self, felt: Felt) -> None:
        assert self.plan is not None
        self.plan.log(felt)

    def accept(self) -> None:
        Safety(self.folder / "safety.json").accept("screen")

    def date(self, *, known: bool) -> None:
        assert self.plan is not None, "only a plan asks for the date"
        self.plan.dated = known

    def hurry(self) -> None:
        """Two signals at once."""
        self.inbox.put(Quit())
        self.inbox.put(Quit())

    def flood(self, count: int, command: commands.Command) -> None:
        """So many clients ask at once."""
        told: list[str] = []

        def answered(answer: Answer) -> None:
            told.append(words_of(answer))
            if len(told) == count:
                for words in dict.fromkeys(told):
                    self.table.note(f"{told.count(words)} × {words}")

        for _ in range(count):
            self.inbox.put(Asked(command, answered))

    def answered(self, answer: Answer) -> None:
        self.table.note(words_of(answer))

    def live(self) -> list[str]:
        """The whole day; what came of it."""
        script = [(at_ns, self.act(what)) for at_ns, what in self.day.script]
        self.time.script = sorted([*self.time.script, *script], key=lambda one: one[0])  # what takes time has begun already
        daemon = self.daemon
        phase = daemon.life.phase
        while not daemon.over:
            daemon.turn()
            self.mouth.is_now(daemon.life.phase)
            if differs := disagreement(daemon):
                self.mouth.wrong(differs)
            if daemon.life.phase is not phase:
                phase = daemon.life.phase
                self.table.note(f"is {phase.value}")
            assert self.time.script or not self.inbox.empty() or daemon.over, "a day ends with `quit`"
        daemon.shut()
        return self.table.lines


def words_of(answer: Answer) -> str:
    """As the table has it."""
    if isinstance(answer, Done):
        return f"answers: {answer.result.get('said', answer.result.get('phase'))}"
    return f"refuses: {answer.sentence}"


def command_of(words: str) -> commands.Command:
    """`pack use name=awareness` as the command it is."""
    named = dict(word.split("=", 1) for word in words.split() if "=" in word)
    do = " ".join(word for word in words.split() if "=" not in word)
    data: dict[str, Any] = {"v": 1, "do": do}
    for name, value in named.items():
        data[name] = float(value) if name == "percent" else value == "true" if name in {"muted", "leave_repeat"} else value
    asked = parse_request(json.dumps(data).encode())
    assert hasattr(asked, "command"), asked
    return asked.command


def merged(text: str, lines: Sequence[str]) -> str:
    """The day's file with what came of it beside what happened, for a person to judge."""
    head, _, body = text.partition("\n---\n")
    happens = [line for line in body.splitlines() if line.strip() and not line.strip().startswith("#") and "  > " not in line]
    comes = [*lines]
    told: list[str] = []
    for line in happens:
        while comes and _second(comes[0]) < _second(line):
            told.append(comes.pop(0))
        told.append(line)
    return "\n".join([head, "---", *told, *comes]) + "\n"


def _second(line: str) -> int:
    minute, second = line.split(maxsplit=1)[0].split(":")
    return int(minute) * 60 + int(second)


if __name__ == "__main__":  # `python -m tests.support.day FILE …` writes what came of each day beside it: look at it well
    import sys
    import tempfile

    for name in sys.argv[1:]:
        path = Path(name)
        text = path.read_text(encoding="utf-8")
        with tempfile.TemporaryDirectory() as place:
            path.write_text(merged(text, House(read_day(text), Path(place)).live()), encoding="utf-8")
