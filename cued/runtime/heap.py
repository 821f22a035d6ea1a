"""Memory of a program that runs for days: what is freed goes back to the system, and no halt to find garbage."""

from __future__ import annotations

import ctypes
import gc
from typing import Final

_TRIM_THRESHOLD: Final = -1
_MMAP_THRESHOLD: Final = -3
_ARENA_MAX: Final = -8
"""Names of mallopt(3)."""
LARGE_BYTES: Final = 64 * 1024
"""A third of a second of sound: sentences lie in memory of their own. Left alone glibc's threshold rises to whatever was freed,
up to 32 MiB: then they lie among small things, and 60 rendered ones leave 8 MiB that nobody uses (measured)."""
ARENAS: Final = 2
"""For the loop and for all others. Each thread of glibc's own choosing would have one, and keep what it once needed."""


def give_back() -> bool:
    """Have it so from now on; False where the C library is another."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is None:
        return False
    settings = ((_MMAP_THRESHOLD, LARGE_BYTES), (_TRIM_THRESHOLD, LARGE_BYTES), (_ARENA_MAX, ARENAS))
    return all(mallopt(name, value) == 1 for name, value in settings)


def settle() -> None:
    """What is there now stays: modules and what was set up are not looked through again.

    With 57,000 such objects each full collection holds every thread up for 60 ms (measured on a desk's processor; a small board
    takes a multiple), and comes so seldom that thousands of others wait for it.
    """
    gc.collect()
    gc.freeze()


def trim() -> None:
    """Give back now what lies free between what is used; a few milliseconds."""
    gc.collect()
    malloc_trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if malloc_trim is not None:
        malloc_trim(0)
