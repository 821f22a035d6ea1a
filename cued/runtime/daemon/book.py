"""The journal for the daemon: each session gets its own seat at it, and a run that broke off is found again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from cued.core.start import Start
from cued.errors import JournalError
from cued.runtime import moments
from cued.runtime.clock import Line
from cued.runtime.daemon.ports import Conditions, Notice, Seat
from cued.runtime.journalling import JournalWanted, recording
from cued.runtime.request import Request
from cued.runtime.voice import REAL

if TYPE_CHECKING:
    from cued.core.cues import CuePack
    from cued.journal.wall import Moment
    from cued.runtime.goingon import Broken
    from cued.runtime.journalling import Recording


class NoBook:
    """Runs are not kept."""

    def number(self, pack: str) -> int:  # noqa: ARG002 - nobody has counted
        """As `ports.Book`, and the rest."""
        return 1

    def begin(self, *_told: object) -> Seat | None:
        return None

    def left(self) -> tuple[CuePack, int | None] | None:
        return None

    def broken(self, request: Request) -> Broken | None:  # noqa: ARG002 - nothing is kept
        return None

    def is_well(self) -> bool:
        return True


class JournalBook:
    """The journal at `path`."""

    def __init__(
        self,
        path: Path,
        settings: Mapping[str, object],
        notice: Notice,
        continue_ns: int,
        moment: Callable[[], Moment] = moments.moment,
    ) -> None:
        """`settings`: what was asked for besides, for a person who looks. `continue_ns`: a run goes on within so long."""
        self._wanted = JournalWanted(path, settings, moment=moment)
        self._notice = notice
        self._continue_ns = continue_ns
        self._seat: Recording | None = None

    def check(self) -> None:
        """Raises JournalError where nothing can be kept: to be told before anybody runs."""
        from cued.journal import store

        path = self._wanted.path
        store.is_there(path)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            probe = path.parent / f".{path.name}.probe"
            probe.touch()
            probe.unlink()
        except OSError as error:
            raise JournalError(f"{path}: it cannot be written ({error.strerror or error}); --journal names another") from error

    def number(self, pack: str) -> int:
        """As `ports.Book`, and the rest."""
        from cued.journal.reader import reading

        try:
            with reading(self._wanted.path) as journal:
                return journal.cue_sessions(pack) + 1
        except JournalError:  # the session will say what is wrong with it
            return 1

    def begin(
        self, request: Request, how: Start, line: Line, conditions: Conditions, going: Broken | None = None
    ) -> Seat | None:
        wanted = replace(self._wanted, conditions=conditions)
        kept = ExitStack()  # the seat is left by its own `leave`
        # The last one has the journal until its end is written: on a card that does not answer that takes long.
        last = None if self._seat is None else self._seat.writer
        seat = recording(wanted, request, how, REAL, line, self._notice, going, kept, last)
        if seat is not None:
            self._seat = seat
        return seat

    def left(self) -> tuple[CuePack, int | None] | None:
        from cued.journal.reader import State, reading
        from cued.runtime.replay import start_of

        try:
            with reading(self._wanted.path) as journal:
                newest = next(iter(journal.sessions()), None)
                if newest is None or newest.state is not State.INTERRUPTED or newest.simulated:
                    return None
                how = start_of(journal.head(newest.id).start)
                return how.pack, how.length_ns
        except JournalError:  # whoever writes to it will say what is wrong with it
            return None

    def broken(self, request: Request) -> Broken | None:
        from cued.runtime.goingon import broken_off

        return broken_off(self._wanted, request, 1.0, self._continue_ns)

    def is_well(self) -> bool:
        return self._seat is None or self._seat.is_well
