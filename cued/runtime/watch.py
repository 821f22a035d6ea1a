"""A watch's own recording of a run joins the session that cued recorded: ground contact time and vertical oscillation."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cued.errors import JournalError
from cued.formats.activity import Activity
from cued.journal.rows import Row, printable
from cued.journal.stream import MOST_BYTES
from cued.runtime.past import Past
from cued.runtime.status import clock_text
from cued.units import NS_PER_S

if TYPE_CHECKING:
    from cued.journal.reader import Joined
    from cued.review.align import Alignment


@dataclass(frozen=True, slots=True)
class Fitted:
    """A watch's recording in its place."""

    activity: Activity
    alignment: Alignment
    readings: int
    """Seconds with a value."""

    def row(self, utc_ns: int) -> Row:
        """For the journal. Readings are lines of `second,ms,mm` on the session's line, compressed."""
        offset_s = self.alignment.offset_s
        lines = []
        for record in self.activity.records:
            contact_ms, oscillation_mm = record.ground_contact_time_ms, record.vertical_oscillation_mm
            if contact_ms is not None or oscillation_mm is not None:
                lines.append(f"{record.at_ns // NS_PER_S + offset_s},{_cell(contact_ms)},{_cell(oscillation_mm)}")
        packed = zlib.compress("\n".join(lines).encode())
        device = self.activity.device or ""
        values = (
            printable(self.activity.source),
            self.activity.sha256,
            device,
            offset_s * NS_PER_S,
            self.alignment.likeness,
            packed,
            utc_ns,
        )
        return Row("watches", values)


def fit(past: Past, activity: Activity) -> Fitted:
    """Find the activity's place on the session; raises JournalError where it has nothing to add or does not fit."""
    from cued.core.effects import CadenceSeen
    from cued.review.align import LEAST_S, align

    readings = sum(
        record.ground_contact_time_ms is not None or record.vertical_oscillation_mm is not None for record in activity.records
    )
    if not readings:
        raise JournalError(f"{activity.source}: it holds neither ground contact time nor vertical oscillation: nothing to add")
    ours = {effect.at_ns // NS_PER_S: effect.spm for effect in past.effects() if isinstance(effect, CadenceSeen) and effect.spm}
    theirs = {record.at_ns // NS_PER_S: record.cadence_spm for record in activity.records if record.cadence_spm}
    for what, seen in ((f"session {past.session.id}", ours), ("it", theirs)):
        seen_s = max(seen) - min(seen) + 1 if seen else 0
        if seen_s < LEAST_S:
            told = f"{what} is too short to be compared: {clock_text(seen_s * NS_PER_S)} of cadence"
            raise JournalError(f"{activity.source}: {told}, and {LEAST_S // 60} min are needed")
    found = align(ours, theirs)
    if found is None:
        raise JournalError(
            f"{activity.source}: its cadence does not fit session {past.session.id}: is it another run?"
            f" (both must have seen the same {LEAST_S // 60} min of running at the least)"
        )
    return Fitted(activity, found, readings)


def readings_of(joined: Joined) -> dict[int, tuple[float | None, float | None]]:
    """Session second → (ground contact time in ms, vertical oscillation in mm); raises JournalError."""
    found: dict[int, tuple[float | None, float | None]] = {}
    try:
        for line in zlib.decompressobj().decompress(joined.readings, MOST_BYTES).decode().splitlines():
            second, contact_ms, oscillation_mm = line.split(",")
            found[int(second)] = (_number(contact_ms), _number(oscillation_mm))
    except (zlib.error, ValueError) as error:
        raise JournalError(f"what was joined from {joined.file} is damaged ({error})") from error
    return found


def _cell(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


def _number(cell: str) -> float | None:
    return float(cell) if cell else None
