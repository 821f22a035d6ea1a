"""What the machine knows of the date, and which boot this is."""

from __future__ import annotations

import ctypes
import time
from pathlib import Path
from typing import Final

from cued.journal.wall import Moment
from cued.runtime.clock import boot_ns

_TIMESYNC: Final = Path("/run/systemd/timesync/synchronized")
"""systemd-timesyncd touches it once it has set the clock (systemd-timesyncd.service(8))."""
_BOOT_ID: Final = Path("/proc/sys/kernel/random/boot_id")
_TIMEX_BYTES: Final = 208
"""`struct timex` of 64-bit Linux (adjtimex(2))."""
_STATUS_AT: Final = 40
"""Where its `status` lies: after modes, offset, freq, maxerror and esterror."""
_STA_UNSYNC: Final = 0x0040
_TIME_ERROR: Final = 5


def moment() -> Moment:
    """Both clocks now, and whether the wall clock is known to be right."""
    return Moment(time.time_ns(), boot_ns(), is_synchronised())


def is_synchronised() -> bool:
    """Does somebody who knows keep the wall clock right? False where nobody can tell."""
    if _TIMESYNC.exists():
        return True
    timex = ctypes.create_string_buffer(_TIMEX_BYTES)
    try:
        state = ctypes.CDLL(None).adjtimex(timex)
    except (OSError, AttributeError):  # no such call here
        return False
    status = int.from_bytes(timex.raw[_STATUS_AT : _STATUS_AT + 4], "little")
    return 0 <= state < _TIME_ERROR and not status & _STA_UNSYNC


def boot_id() -> str:
    """A name for the time since the machine was started; empty where it does not tell."""
    try:
        return _BOOT_ID.read_text(encoding="ascii").strip()
    except OSError:
        return ""
