"""A look-ahead peak limiter: turns the gain down before a peak arrives, so that nothing is ever clipped. Pure.

It works on cells of 64 frames aligned to the stream, and its gain at a frame depends on a finite stretch around that
frame alone. So the way a stream is cut into blocks changes no bit of it, and a stream without peaks costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from cued.audio.commands import Pcm

CELL_FRAMES: Final = 64
"""1.3 ms: shorter than the ear's resolution of loudness, long enough to make the arithmetic cheap."""
CEILING_DB: Final = -1.0
"""EBU R 128's allowance for the peaks that a lossy codec or a converter adds between samples."""
CEILING: Final = 10 ** (CEILING_DB / 20)
ATTACK_CELLS: Final = 4
"""About 5 ms of look-ahead: a gain that falls faster is heard as a click of its own."""
RELEASE_CELLS: Final = 60
"""About 80 ms: back before the next syllable, too slow to follow a waveform (which would distort it)."""
ROUNDING: Final = 1e-6
"""Taken off on top, so that rounding to 32 bits cannot lift a sample over the ceiling."""


def _window() -> npt.NDArray[np.float64]:
    """What share of a cell's reduction applies at boundaries around it; index ATTACK_CELLS - 1 is its own start."""
    attack = np.arange(1, ATTACK_CELLS) / ATTACK_CELLS
    release = np.arange(RELEASE_CELLS - 1, 0, -1) / RELEASE_CELLS
    return np.concatenate((attack, [1.0, 1.0], release))


class Limiter:
    """Sees a mono stream ahead of time with `look`, and says with `apply` how far to turn it down."""

    __slots__ = ("_cells", "_reductions")

    _WINDOW: Final = _window()
    _SHARE: Final = np.arange(CELL_FRAMES) / CELL_FRAMES

    def __init__(self) -> None:
        self._cells: list[int] = []
        self._reductions: list[float] = []

    def look(self, first_frame: int, ahead: Pcm) -> None:
        """Take note of the peaks in a stretch of whole cells: `first_frame` and the length are multiples of a cell."""
        peaks = np.abs(ahead).reshape(-1, CELL_FRAMES).max(axis=1)
        hot = np.flatnonzero(peaks > CEILING)
        if hot.size:
            self._cells += (hot + first_frame // CELL_FRAMES).tolist()
            self._reductions += (1 - CEILING / peaks[hot].astype(np.float64) + ROUNDING).tolist()

    def apply(self, first_frame: int, block: Pcm) -> None:
        """Turn `block` down in place. Peaks must have been looked for `ATTACK_CELLS` cells beyond its end."""
        first_cell = first_frame // CELL_FRAMES
        self._forget(first_cell - RELEASE_CELLS - 1)
        end_cell = -(-(first_frame + block.size) // CELL_FRAMES)
        # The cells of this block that any reduction reaches.
        first_cell = max(first_cell, self._cells[0] - ATTACK_CELLS) if self._cells else end_cell
        end_cell = min(end_cell, self._cells[-1] + RELEASE_CELLS + 1) if self._cells else end_cell
        if first_cell >= end_cell:
            return
        # reduction[i] holds at the boundary where cell first_cell + i begins.
        reduction = np.zeros(end_cell - first_cell + 1)
        for cell, depth in zip(self._cells, self._reductions, strict=True):
            start = cell - (ATTACK_CELLS - 1) - first_cell
            low, high = max(start, 0), min(start + self._WINDOW.size, reduction.size)
            if low < high:
                part = reduction[low:high]
                np.maximum(part, depth * self._WINDOW[low - start : high - start], out=part)
        slope = (reduction[1:] - reduction[:-1])[:, np.newaxis]
        gains = (1 - (reduction[:-1, np.newaxis] + slope * self._SHARE)).astype(np.float32).ravel()
        # A block may begin or end inside a cell.
        offset = first_cell * CELL_FRAMES - first_frame
        low, high = max(offset, 0), min(offset + gains.size, block.size)
        block[low:high] *= gains[low - offset : high - offset]

    def _forget(self, before_cell: int) -> None:
        done = 0
        while done < len(self._cells) and self._cells[done] < before_cell:
            done += 1
        if done:
            del self._cells[:done]
            del self._reductions[:done]


def head_for(position: int) -> int:
    """How far a stream must be mixed before everything up to `position` can be handed out."""
    return 0 if position == 0 else (-(-position // CELL_FRAMES) + ATTACK_CELLS) * CELL_FRAMES
