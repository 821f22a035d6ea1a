"""What the journal forgets: raw notifications, a year after their run. Nothing else ever."""

from __future__ import annotations

import sqlite3
from typing import Final

from cued.journal.wall import RELEASED_UTC_NS, Moment
from cued.units import NS_PER_H

KEEP_RAW_NS: Final = 365 * 24 * NS_PER_H
"""Raw notifications serve to find faults; what was made of them is kept for good."""
_FORGET: Final = """
DELETE FROM notifications WHERE session IN (
    SELECT id FROM sessions s
    WHERE coalesce((SELECT began_utc_ns FROM clocks WHERE session = s.id ORDER BY id DESC LIMIT 1), s.began_utc_ns)
        BETWEEN ?2 AND ?1
)
"""
"""A run whose date cannot be (before any release) may be of yesterday: its bytes stay."""


def forget_raw(database: sqlite3.Connection, now: Moment) -> int:
    """Delete what is older than a year; how many notifications. Where today's date is in doubt, none."""
    if not now.verified:
        return 0
    return database.execute(_FORGET, (now.utc_ns - KEEP_RAW_NS, RELEASED_UTC_NS)).rowcount
