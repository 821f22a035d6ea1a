"""Bluetooth headphones for the daemon's life: the known ones are connected at the start and after a loss."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final, Protocol, TypeAlias

from cued.errors import CuedError
from cued.runtime.daemon.ports import Notice, Time, Work
from cued.units import NS_PER_S

if TYPE_CHECKING:
    from cued.headphones.known import KnownHeadphones

PAUSES_NS: Final = tuple(seconds * NS_PER_S for seconds in (5, 10, 20, 40, 60, 120))
"""Between attempts to connect: soon after they were switched on, rarely while they lie in a drawer. Each pages for some
seconds, in which a pod on the same adapter may be silent."""
DEADLINE_NS: Final = 20 * NS_PER_S
LOOK_NS: Final = 5 * NS_PER_S
"""Between two looks at whether they are still connected, while nobody would tell."""
BACKSTOP_NS: Final = 60 * NS_PER_S
"""The same, while BlueZ tells of every change: for one that was lost."""


Own: TypeAlias = "tuple[KnownHeadphones, ...]"
Find: TypeAlias = "Callable[[Own], KnownHeadphones | None]"
"""The first of them that is there; blocks, and raises HeadphonesError."""


class Told(Protocol):
    """Somebody who tells when headphones come or go (`headphones.watch.Watch`)."""

    @property
    def listening(self) -> bool:
        """It would tell."""

    def about(self, addresses: Sequence[str]) -> None:
        """These are the runner's."""

    def close(self) -> None:
        """Tell no more."""


Watching: TypeAlias = Callable[[Callable[[], None]], Told]


class KnownEars:
    """`ports.Ears`, for real."""

    def __init__(
        self,
        work: Work,
        notice: Notice,
        time: Time,
        *,
        wanted: bool,
        own: Callable[[], Own] | None = None,
        connect: Find | None = None,
        there: Find | None = None,
        watch: Watching | None = None,
    ) -> None:
        """`wanted`: sound goes where Bluetooth headphones may be. The others are BlueZ and the runner's file, unless given.

        `watch` is asked for somebody who leads to what it is given, in the loop's thread, once there are headphones.
        """
        self._work = work
        self._notice = notice
        self._time = time
        self._own = own or _own
        self._find = connect or _connect
        self._look = there or _there
        self._wanted = wanted
        self._watching = watch
        self._watch: Told | None = None
        self._known = False
        self._name = ""
        self._up = False
        self._busy = False
        self._failures = 0
        self._next_ns = 0
        self._told = ""
        self._stale = False
        """BlueZ has told of a change that no look has seen yet."""
        self._attend()

    def _attend(self) -> None:
        """Who they are, and that news of them are told."""
        own = self._all() if self._wanted else ()
        self._known = bool(own)
        if self._watch is None and self._watching is not None and own:
            self._watch = self._watching(self.changed)
        if self._watch is not None:
            self._watch.about([one.address for one in own])

    def _all(self) -> Own:
        try:
            return self._own()
        except CuedError as error:
            self._notice(str(error))
            return ()

    def reread(self) -> None:
        """Some may have been paired, or forgotten."""
        self._attend()
        self._next_ns = 0

    def is_up(self) -> bool:
        """As `ports.Ears`, and the rest."""
        return self._up or not self._known

    def told(self) -> str:
        if not self._known:
            return ""
        return f"{self._name}, connected" if self._up else "not connected"

    def look(self, now_ns: int) -> None:
        """Connect them, or see whether they are still there; at most one look at a time."""
        if not self._known or self._busy or (now_ns < self._next_ns and not self._stale):
            return
        self._busy = True
        job = self._check if self._up or self._stale else self._connect
        self._stale = False
        self._work.do(job)

    def changed(self) -> None:
        """Something has come or gone, which one look will show; nobody is called for it, so that no pod is disturbed."""
        self._stale = True
        self.look(self._time.now_ns())

    def _connect(self) -> Callable[[], None]:
        return self._asked(self._find)

    def _check(self) -> Callable[[], None]:
        return self._asked(self._look, calls=False)

    def _asked(self, find: Find, *, calls: bool = True) -> Callable[[], None]:
        try:
            found, why = find(self._own()), ""
        except CuedError as error:
            found, why = None, str(error)
        return lambda: self._take("" if found is None else found.name or found.address, why, calls=calls)

    def _take(self, name: str, why: str, *, calls: bool) -> None:
        self._busy = False
        now_ns = self._time.now_ns()
        was, self._up = self._up, bool(name)
        if self._up:
            self._failures = 0
            self._next_ns = now_ns + (BACKSTOP_NS if self._watch is not None and self._watch.listening else LOOK_NS)
            if not was:
                self._name = name
                self._told = ""
                self._notice(f"the headphones {name} are connected")
            return
        if not was and not calls:  # they are called when it is time for that
            return
        if was:
            self._notice(f"the headphones {self._name} are gone; trying again until they are back")
        elif why and why != self._told:
            self._told = why
            self._notice(why)
        self._next_ns = now_ns + PAUSES_NS[min(self._failures, len(PAUSES_NS) - 1)]
        self._failures += 1

    def close(self) -> None:
        self._known = False
        if self._watch is not None:
            self._watch.close()


def _own() -> Own:
    from cued.headphones.known import OwnHeadphones

    return OwnHeadphones().all()


def _connect(own: Own) -> KnownHeadphones | None:
    from cued.headphones.station import connect_known

    return connect_known(own, DEADLINE_NS)


def _there(own: Own) -> KnownHeadphones | None:
    from cued.headphones.station import states

    seen = states([one.address for one in own])
    return next((one for one in own if one.address in seen and seen[one.address].connected), None)
