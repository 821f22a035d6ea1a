"""The pack that the session goes by is edited: noticed, read whole, and offered. Today's own is looked after by `today`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from cued.errors import CuedError
from cued.runtime.daemon.today import told, with_name

if TYPE_CHECKING:
    from cued.runtime.daemon.loop import Daemon
    from cued.runtime.daemon.onerun import OneRun


class Edits:
    """Belongs to the loop's thread."""

    def __init__(self, daemon: Daemon) -> None:
        self._daemon = daemon
        self._looks = False
        self._moving: object = None
        """The files' state when they were seen to have changed."""
        self._tried: object = None
        """The files' state that was read last."""

    def look(self) -> None:
        """Have a look, off the loop, whether a file of the session's pack has changed since it was read."""
        daemon, run = self._daemon, self._daemon.sessions.on
        prepared = daemon.today.prepared
        if run is None or run.mark is None or self._looks:
            return
        pack, read_as = run.request.pack, run.mark
        if prepared is not None and prepared.request.pack.file == pack.file:
            return
        self._looks = True

        def job() -> Callable[[], None]:
            mark = daemon.today.kitchen.mark(pack)
            return lambda: self._seen(run, read_as, mark)

        daemon.world.work.do(job)

    def _seen(self, run: OneRun, read_as: object, mark: object) -> None:
        self._looks = False
        if self._daemon.sessions.on is not run or run.mark != read_as or mark in {read_as, self._tried}:
            self._moving = None
        elif mark != self._moving:  # somebody is writing just now
            self._moving = mark
        else:
            self._moving, self._tried = None, mark
            self._check(run)

    def _check(self, run: OneRun) -> None:
        daemon, pack = self._daemon, run.request.pack
        word = pack.value.name if any(pack.value.name == one.name for one in daemon.today.packs) else pack.file

        def job() -> Callable[[], None]:
            try:
                daemon.today.kitchen.check(word)
            except CuedError as error:
                reason = told(error)
                return lambda: self._refuse(word, reason)
            return lambda: self._offer(word)

        daemon.world.work.do(job)

    def _offer(self, word: str) -> None:
        self._daemon.world.notice(f"the pack {word} has been edited: the run goes on as it is")
        self._daemon.today.offer = f"{word} has been edited: `cued pack use {word}` takes it now"

    def _refuse(self, word: str, reason: str) -> None:
        self._daemon.today.offer = ""
        self._daemon.today.trouble = with_name(word, reason)
        self._daemon.world.notice(f"the pack {word} has been edited and is not right: {reason}; the run goes on as it is")
