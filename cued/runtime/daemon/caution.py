"""The safety notice before a runner's first run: spoken once all is ready, and accepted by a press of play.

Until then runs are recorded without beat and cues, and the runner is told so.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from cued.control.keys import Key
from cued.core.happening import Phase
from cued.errors import OutputError
from cued.runtime.daemon.speaker import BREATH_NS
from cued.runtime.safety import Safety, spoken, thanks
from cued.units import NS_PER_MIN, NS_PER_MS

if TYPE_CHECKING:
    from cued.runtime.daemon.loop import Daemon

HEARD_NS: Final = 600 * NS_PER_MS
"""A press sooner after the question began was meant for something else, as in `core.menus`."""
ANSWER_NS: Final = NS_PER_MIN
"""So long after the question a press of play is the answer; later it asks to hear the notice again."""
APART_NS: Final = 10 * NS_PER_MIN
"""Said by itself no more often: headphones that come and go would begin it again and again."""
PRESSES: Final = frozenset({Key.PLAY, Key.PLAY_PAUSE})
"""Not `pause`, which headsets send when they are taken off the ears: that is no consent."""
FIRST: Final = "the safety notice comes first: press play while no run is on, or `cued safety --accept`"
"""For whoever looks at a screen."""


class Caution:
    """Belongs to the loop's thread."""

    def __init__(self, daemon: Daemon, safety: Safety | None) -> None:
        """`safety`: None, nobody is cued whom it could warn."""
        self._daemon = daemon
        self._safety = safety
        self.owed = safety is not None and safety.accepted() is None
        """Nobody has accepted it yet."""
        self._left: list[str] = []
        """Its sentences that are still to be said."""
        self._begun_ns: int | None = None
        """When it was last begun and not broken off."""
        self._asked_ns: int | None = None
        """When its question was last put."""
        daemon.today.kitchen.only_plain = self.owed

    @property
    def due_ns(self) -> int | None:
        """When its next sentence may be said; None: there is none."""
        return self._daemon.speaker.busy_ns + BREATH_NS if self._left else None

    def is_open(self, now_ns: int) -> bool:
        """It is being said, or waits for its press: nothing else is asked."""
        return bool(self._left) or (self._asked_ns is not None and now_ns - self._asked_ns < ANSWER_NS)

    def ready(self, now_ns: int) -> None:
        """All is there for a run."""
        if self.owed and (self._begun_ns is None or now_ns - self._begun_ns >= APART_NS):
            self._begin(now_ns)

    def turn(self, now_ns: int, *, quiet: bool) -> None:
        """The next sentence, once nothing else is being said."""
        if not self._left or not quiet:
            return
        self._daemon.speaker.say(self._left.pop(0), now_ns, now_ns, asked=False, run=None)
        if not self._left:
            self._asked_ns = now_ns

    def stop(self, now_ns: int) -> None:
        """A run begins, or the runner wants something else: it is said another time."""
        if self._left:
            self._left, self._begun_ns = [], None
            self._daemon.speaker.hush(now_ns)
        self._asked_ns = None

    def pressed(self, at_ns: int, key: Key) -> bool:
        """A key while no menu is open; True: it was for the notice."""
        if not self.owed or self._daemon.life.phase in {Phase.RUNNING, Phase.PAUSED}:
            return False
        if key is Key.PAUSE:
            return self.is_open(at_ns)
        if key not in PRESSES:
            self.stop(at_ns)
            return False
        asked_ns = self._asked_ns
        if self._left or (asked_ns is not None and at_ns - asked_ns < HEARD_NS):
            return True  # nobody can have heard it all yet
        if asked_ns is None or at_ns - asked_ns >= ANSWER_NS:
            self._begin(at_ns)
        else:
            self._accept(at_ns)
        return True

    def look(self) -> None:
        """Perhaps it has been accepted on a screen."""
        if self.owed and self._safety is not None and self._safety.accepted() is not None:
            self.stop(self._daemon.world.time.now_ns())
            self._settle()

    def _begin(self, now_ns: int) -> None:
        self._begun_ns, self._asked_ns = now_ns, None
        self._left = list(spoken(self._daemon.speaker.language))

    def _accept(self, now_ns: int) -> None:
        speaker, safety = self._daemon.speaker, self._safety
        self._settle()
        speaker.say(thanks(speaker.language), now_ns, now_ns, asked=True, run=None)

        def keep() -> Callable[[], None]:
            try:
                if safety is not None:
                    safety.accept("key")
            except OutputError as error:
                why = f"the safety notice is accepted, but only until the next start: {error}"
                return lambda: self._daemon.world.notice(why)
            return lambda: self._daemon.world.notice("the safety notice is accepted")

        self._daemon.world.work.do(keep)

    def _settle(self) -> None:
        """From the next run on there are cues."""
        today = self._daemon.today
        self.owed, self._asked_ns = False, None
        today.kitchen.only_plain = False
        today.choose(today.choice)
