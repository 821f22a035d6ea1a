"""Where texts go beside their marks: no two overlap, and a text without room is left to the table below the chart."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import Final

STAGE_PX: Final = 1_130
"""The chart's width on a page 1280 px wide: what is laid out here is right for it; the page's script does so for any other."""
CHARACTER_PX: Final = 6.4
"""Mean width of a letter of the labels' font, measured generously."""
EDGE_PX: Final = 16.0
"""A label's stem and the room behind it."""
WIDEST_PX: Final = 250.0
"""Longer texts are cut with an ellipsis; the style sheet knows the same number."""
MOST_ROWS: Final = 6


def width_px(text: str) -> float:
    """How much room a label takes."""
    return min(WIDEST_PX, len(text) * CHARACTER_PX + EDGE_PX)


def rows(starts: Sequence[float], widths: Sequence[float], room: float, most: int = MOST_ROWS) -> list[int | None]:
    """The row of each label, from 0; None where there is no room. `starts` rise; all in one unit.

    Labels lie to the right of their stems, or to the left where they would leave the picture (`turned`). They are set from the
    right: what lies above a label begins right of its stem, so that stems run clear of texts.
    """
    # Per row the left ends of what has been set there, from the right.
    free_to = [room] * most
    found: list[int | None] = []
    for start, width in zip(reversed(starts), reversed(widths), strict=True):
        left = start - width if turned(start, width, room) else start
        row = next((row for row, until in enumerate(free_to) if left >= 0 and left + width <= until), None)
        if row is not None:
            free_to[row] = left
        found.append(row)
    return found[::-1]


def turned(start: float, width: float, room: float) -> bool:
    """True for a label that lies to the left of its stem."""
    return start + width > room


def beside(starts: Sequence[float], widths: Sequence[float], room: float, gap: float) -> list[bool]:
    """Which labels fit on their marks' own line: each begins `gap` right of its mark and ends before the next mark."""
    ends = [*starts[1:], room]
    return [start + gap + width <= end for start, width, end in zip(starts, widths, ends, strict=True)]


STEPS_S: Final = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 28_800)
"""Distances between the marks of a clock that people read at a glance."""


def ticks(total_s: float, most: int = 14) -> list[int]:
    """Whole seconds for the axis of time, at most about `most`."""
    step = STEPS_S[min(bisect_left(STEPS_S, total_s / most), len(STEPS_S) - 1)]
    return list(range(0, int(total_s) + 1, step))
