"""Whom the daemon's loop asks: the ports (`ports`), put together by `whole`, and by fakes for a virtual day."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from cued.runtime.daemon.ports import Asked, Board, Ears, Feet, Inbox, Keyboard, Mouth, Notice, Notifier, Time, Work
from cued.runtime.safety import Safety


@dataclass(slots=True)
class World:
    """Whom the loop asks."""

    time: Time
    inbox: Inbox
    feet: Feet
    mouth: Mouth
    ears: Ears
    keyboard: Keyboard
    notifier: Notifier
    work: Work
    board: Board
    notice: Notice
    answer: Callable[[Asked], None] = field(default=lambda _: None)
    """Answers a command; set by the desk."""
    reread: Callable[[], None] = field(default=lambda: None)
    """Reads the configuration again."""
    look_around: Callable[[int], None] = field(default=lambda _: None)
    """Called every second or so: files, watchdog."""
    safety: Safety | None = None
    """Remembers whether the safety notice is accepted; None: nobody is cued whom it could warn."""
