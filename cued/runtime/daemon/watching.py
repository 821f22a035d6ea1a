"""What the daemon looks after once a second: headphones and device, edited packs, the service manager."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Protocol

from cued.audio.commands import Bus
from cued.config.settings import USUAL_PACK, Settings
from cued.errors import CuedError
from cued.runtime.daemon.edits import Edits
from cued.runtime.daemon.loop import Daemon
from cued.runtime.daemon.manners import manners_of
from cued.runtime.daemon.ports import Book, Ears, Notice, Notifier, Planner
from cued.runtime.daemon.state import in_words
from cued.runtime.heap import trim
from cued.units import NS_PER_S

FILES_NS: Final = 2 * NS_PER_S
"""Between two looks at a pack's files: nobody edits and runs in less."""


TIDY_NS: Final = 60 * NS_PER_S
"""Between two times at which memory that lies free between what is used is given back, off the loop's thread."""


class Looks(Ears, Protocol):
    """Headphones that are looked after."""

    def look(self, now_ns: int) -> None:
        """Connect them, or see whether they are still there."""

    def reread(self) -> None:
        """Some may have been paired, or forgotten."""


class Watching:
    """Belongs to the loop's thread."""

    def __init__(
        self,
        daemon: Daemon,
        book: Book,
        manager: Notifier,
        ears: Looks,
        read: Callable[[], Settings],
        notice: Notice,
        settings: Settings,
        pods: Callable[[int], None] = lambda _: None,
        tidy: Callable[[], object] = trim,
    ) -> None:
        """`read`: the configuration anew; raises CuedError. `settings`: as it was read before. `pods` looks after them.

        `tidy` gives memory back, off the loop's thread.
        """
        self._daemon = daemon
        self._book = book
        self._manager = manager
        self._ears = ears
        self._read = read
        self._notice = notice
        self._files_ns = 0
        self._tidied_ns = 0
        self._settings = settings
        self._edits = Edits(daemon)
        self._pods = pods
        self._trim = tidy

    def look(self, now_ns: int) -> None:
        """Once a second or so."""
        daemon = self._daemon
        daemon.world.mouth.look()
        self._ears.look(now_ns)
        self._pods(now_ns)
        if now_ns - self._files_ns >= FILES_NS:
            self._files_ns = now_ns
            daemon.today.notice_edits()
            self._edits.look()
            run = daemon.sessions.run
            if run is None:
                daemon.following.look(now_ns)
            elif daemon.sessions.on is None and not run.bars:
                daemon.following.look(now_ns, lambda: daemon.hurt(daemon.world.time.now_ns()))
        if daemon.world.mouth.is_well(now_ns) and self._book.is_well():
            self._manager.feed()
        if now_ns - self._tidied_ns >= TIDY_NS:
            self._tidied_ns = now_ns
            daemon.world.work.do(self._tidy)
        self._manager.status(in_words(daemon))

    def _tidy(self) -> Callable[[], None]:
        self._trim()
        return lambda: None

    def reload(self) -> str:
        """As `reread`; what is wrong is a sentence, too."""
        try:
            return self.reread()
        except CuedError as error:
            return str(error)

    def reread(self) -> str:
        """Read the configuration again and apply what can be; what that was, and what needs a restart, in a sentence.

        Raises CuedError for one that is not right: nothing has changed then.
        """
        self._ears.reread()
        self._daemon.today.look_around()
        try:
            new = self._read()
        except CuedError as error:
            raise CuedError(f"{error}; the old configuration goes on") from error
        old, self._settings = self._settings, new
        daemon = self._daemon
        applied, restart = changes(old, new)
        if not applied and not restart:
            return "the configuration says what it said"
        daemon.behave(manners_of(new, asks=daemon.manners.asks))
        if old.pack != new.pack:
            daemon.today.usual(usual_word(new.pack, daemon.today.kitchen.planner))
            if not daemon.today.choice.plain:
                daemon.today.again()
        if old.runner != new.runner or old.announcements.sensor != new.announcements.sensor:
            daemon.today.personally(new)
        if old.sound.beat_volume != new.sound.beat_volume:
            daemon.set_volume(Bus.BEAT, new.sound.beat_volume * 100)
        if old.sound.voice_volume != new.sound.voice_volume:
            daemon.set_volume(Bus.VOICE, new.sound.voice_volume * 100)
        told = [f"applied: {', '.join(applied)}"] if applied else []
        told += [f"after a restart: {', '.join(restart)}"] if restart else []
        return "; ".join(told)


def usual_word(pack: str | None, planner: Planner | None) -> str:
    """The pack that is run where nothing else is said; empty: whatever the plan says, where there is one."""
    return pack or (USUAL_PACK if planner is None else "")


APPLIED: Final = ("pack", "runner.", "life.", "announcements.", "sound.beat_volume", "sound.voice_volume")
"""Options, or groups of them, that hold at once or from the next run on."""


def changes(old: Settings, new: Settings) -> tuple[list[str], list[str]]:
    """The options that differ: those that are applied, and those that need a restart."""
    from cued.config.settings import OPTIONS

    changed = [entry.name for entry in OPTIONS if entry.value_in(old) != entry.value_in(new)]
    applied = [name for name in changed if any(name == one or (one[-1] == "." and name.startswith(one)) for one in APPLIED)]
    return applied, [name for name in changed if name not in applied]
