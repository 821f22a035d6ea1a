"""A run's time is the same wherever it is told: in the ear, on the screen, in the journal, in its summary and in its table."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cued.core.effects import Paused
from cued.core.running_time import RunTime
from cued.formats.events_file import EventsFile
from cued.review.summary import summarize
from cued.units import NS_PER_S
from tests.support.day import House, read_day

SCRIPT = """# lights
---
0:01 headphones on
0:05 pod Stryd 80%
1:00 run 170
4:00 stand
4:30 run 170
8:00 {standing}
8:40 run 170
12:00 {end}
12:30 stand
{quit} quit
"""
DAYS = {
    "told to stop": ("stand", "ask stop", "13:00"),
    "the pod falls asleep in a pause": ("silent", "ask stop", "13:00"),
    "ended by standing": ("stand", "stand", "20:00"),
    "the machine slept while somebody stood": ("sleep 25", "ask stop", "13:00"),
    "paused by word": ("ask pause", "ask stop", "13:00"),
}


@pytest.mark.parametrize(("standing", "end", "quits"), DAYS.values(), ids=list(DAYS))
def test_everybody_tells_the_same_time(standing: str, end: str, quits: str, tmp_path: Path) -> None:
    house = House(read_day(SCRIPT.format(standing=standing, end=end, quit=quits)), tmp_path)
    house.live()
    (seat,) = house.book.seats
    assert seat.ended_ns is not None
    assert seat.replays()
    time = RunTime()
    for effect in seat.effects:
        time.hear(effect)
    file = EventsFile(seat.how, voice="real", source="test")
    lines = [file.header(), *file.add(seat.effects, seat.ended_ns), *file.finish(seat.ended_ns)]
    last = house.daemon.sessions.last
    assert last is not None
    assert {time.at(seat.ended_ns), summarize(map(json.loads, lines)).run_ns} == {last.run_ns}


def test_the_ten_seconds_of_standing_that_make_a_pause_are_no_running(tmp_path: Path) -> None:
    house = House(read_day(SCRIPT.format(standing="stand", end="ask stop", quit="13:00")), tmp_path)
    house.live()
    (seat,) = house.book.seats
    changes = [(effect.from_ns, effect.at_ns) for effect in seat.effects if isinstance(effect, Paused)]
    assert [since_ns // NS_PER_S for since_ns, _ in changes] == [180, 210, 420, 460, 660]
    assert [at_ns // NS_PER_S for _, at_ns in changes] == [190, 212, 430, 462, 660]
    last = house.daemon.sessions.last
    assert last is not None
    assert last.run_ns == (660 - 30 - 40) * NS_PER_S
