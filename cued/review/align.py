"""Finds how far a watch's recording lies from a pod's of the same run, by their cadence alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

LEAST_S: Final = 300
"""So many seconds both must have seen: in less, two runners look alike."""
LEAST_SHARE: Final = 0.5
"""And so much of the shorter recording: a watch is started and stopped near the run it records."""
CHANGE_S: Final = 20
"""What is compared is how cadence changed in so many seconds. Cadence itself wanders so slowly that two strangers' can look
alike for minutes (simulated: up to 0.6), their changes do not (up to 0.35)."""
LEAST_LIKENESS: Final = 0.5
"""Correlation of those changes. A strap and a foot pod on one runner: 0.97 and 0.83 (two real runs); strangers: under 0.4."""
CLEARLY: Final = 0.15
"""The best place must be so much likelier than any a minute or more away, or nobody can tell where the run lies."""
NEAR_S: Final = 60
MOST_APART_SPM: Final = 6.0
"""Mean difference of two devices on one runner is 1 to 3 spm; more is another runner, or another run."""
SMOOTH_S: Final = 5
"""Watches smooth by several seconds, pods hardly: both are smoothed before they are compared."""

_Series = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Alignment:
    """Where the watch's recording lies on the session's line."""

    offset_s: int
    """Session time of the watch's second 0."""
    likeness: float
    """Correlation of the changes of both cadences there, at most 1."""
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
    ours_changes, their_changes = _changes(ours), _changes(theirs)
    least = max(LEAST_S, int(LEAST_SHARE * min(len(ours), len(theirs))))
    found: list[tuple[float, int, int]] = []
    for shift in range(least - len(theirs), len(ours) - least + 1):
        a, b = _shared(ours_changes, their_changes, shift)
        if len(a) >= least - CHANGE_S:
            found.append((_likeness(a, b), shift, len(a)))
    if not found:
        return None
    likeness, shift, _ = max(found)
    rivals = [one[0] for one in found if abs(one[1] - shift) >= NEAR_S]
    a, b = _shared(ours, theirs, shift)
    apart_spm = float(np.abs(a - b).mean())
    clear = not rivals or likeness - max(rivals) >= CLEARLY
    if likeness < LEAST_LIKENESS or apart_spm > MOST_APART_SPM or not clear:
        return None
    return Alignment(shift + ours_from - theirs_from, round(likeness, 3), round(apart_spm, 2), len(a))


def _shared(ours: _Series, theirs: _Series, shift: int) -> tuple[_Series, _Series]:
    """What both have seen where the second lies `shift` seconds after the first."""
    a = ours[max(0, shift) : max(0, shift + len(theirs))]
    b = theirs[max(0, -shift) : max(0, -shift) + len(a)]
    a = a[: len(b)]
    both = ~(np.isnan(a) | np.isnan(b))
    return a[both], b[both]


def _changes(series: _Series) -> _Series:
    """Since `CHANGE_S` before; unknown where either is."""
    changes = np.full(len(series), np.nan)
    changes[CHANGE_S:] = series[CHANGE_S:] - series[:-CHANGE_S]
    return changes


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
