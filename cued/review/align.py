"""Finds how far a watch's recording lies from a pod's of the same run, by their cadence alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

LEAST_S: Final = 300
"""So many seconds both must have seen: in less, two steady runners look alike."""
LEAST_LIKENESS: Final = 0.5
"""A correlation: one runner's steps seen by two devices come near 1, two runs near 0; half way is a fair place to refuse."""
MOST_APART_SPM: Final = 6.0
"""Mean difference of two devices on one runner: a wrist is off by 1 to 2 spm; more is another runner or another run."""
CLEARLY: Final = 0.1
"""The best place must be so much likelier than any a minute or more away, or nobody can tell where the run lies."""
NEAR_S: Final = 60
SMOOTH_S: Final = 5
"""Watches smooth by several seconds, pods hardly: both are smoothed before they are compared."""

_Series = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Alignment:
    """Where the watch's recording lies on the session's line."""

    offset_s: int
    """Session time of the watch's second 0."""
    likeness: float
    """Correlation of both cadences there, at most 1."""
    apart_spm: float
    """Mean difference of both."""
    shared_s: int
    """Seconds that both have seen."""


def align(session: Mapping[int, float], watch: Mapping[int, float]) -> Alignment | None:
    """The best place for the watch's cadence (second → spm) on the session's; None: the two do not fit together."""
    if not session or not watch:
        return None
    ours, ours_from = _series(session)
    theirs, theirs_from = _series(watch)
    found: list[tuple[float, int, float, int]] = []
    for shift in range(LEAST_S - len(theirs), len(ours) - LEAST_S + 1):
        a = ours[max(0, shift) : shift + len(theirs)]
        b = theirs[max(0, -shift) : max(0, -shift) + len(a)]
        both = ~(np.isnan(a) | np.isnan(b))
        count = int(both.sum())
        if count < LEAST_S:
            continue
        a, b = a[both], b[both]
        apart = float(np.abs(a - b).mean())
        found.append((_likeness(a, b), shift, apart, count))
    if not found:
        return None
    best = max(found)
    rivals = [one[0] for one in found if abs(one[1] - best[1]) >= NEAR_S]
    clear = not rivals or best[0] - max(rivals) >= CLEARLY
    if best[0] < LEAST_LIKENESS or best[2] > MOST_APART_SPM or not clear:
        return None
    return Alignment(best[1] + ours_from - theirs_from, round(best[0], 3), round(best[2], 2), best[3])


def _series(values: Mapping[int, float]) -> tuple[_Series, int]:
    """One value a second from the first to the last, smoothed, unknown where nobody ran; and the first second."""
    first, last = min(values), max(values)
    plain = np.full(last - first + 1, np.nan)
    for second, spm in values.items():
        if spm > 0:
            plain[second - first] = spm
    known = ~np.isnan(plain)
    window = np.ones(SMOOTH_S)
    total = np.convolve(np.where(known, plain, 0.0), window, "same")
    count = np.convolve(known.astype(np.float64), window, "same")
    smooth = np.full(len(plain), np.nan)
    smooth[known] = total[known] / count[known]
    return smooth, first


def _likeness(a: _Series, b: _Series) -> float:
    a, b = a - a.mean(), b - b.mean()
    size = float(np.sqrt((a * a).sum() * (b * b).sum()))
    return float((a * b).sum()) / size if size > 0 else 0.0
