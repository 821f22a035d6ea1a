"""Days that nobody wrote: whatever happens in whatever order, the whole loop keeps what must hold on every day."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Final

from hypothesis import given
from hypothesis import strategies as st

from cued.units import NS_PER_S
from tests.support.day import Day, House
from tests.support.driving import examples

PACK: Final = """format: 1
name: {name}
version: 1.0.0
title: "{title}"
language: {language}
license: CC0-1.0
session:
  - {{segment: warmup, for: 90 s, coach: silent}}
  - {{segment: tempo, for: 2 min, starts: press, metronome: {{mode: fixed, beat: 170 spm}}, say: {{start: light, end: free}}}}
  - {{segment: steady, for: {steady}, metronome: {{mode: {mode}}}}}
  - {{segment: cooldown, for: 1 min}}
cues: {{light: {{say: "{light}"}}, free: {{say: "Cues off."}}}}
rules: [{{when: {{every: 50 s}}, say: light}}, {{when: {{asked: cue}}, say: light}}]
"""
PACKS: Final = {
    "mine": PACK.format(name="mine", title="Mine", language="en", steady="4 min", mode="follow", light="Light feet."),
    "other": PACK.format(name="other", title="Anders", language="de", steady="open", mode="nudge", light="Leicht."),
    "bad": "format: 1\nname: bad\n",
    "mine.half": "format: 1\nname: mi",
    "mine.new": PACK.format(name="mine", title="New", language="en", steady="2 min", mode="follow", light="Quick feet."),
}
CONFIGS: Final = {
    "quick": "life: {begin_after: 5 s, pause_after: 5 s, end_after: 30 s, continue_within: 1 min}\n",
    "german": "runner: {language: de}\npack: other\n",
}
FEET: Final = ("run 170", "run 170", "run 170", "run 186", "walk 110", "stand", "stand", "silent", "pod Stryd 80%", "pod off")
KEYS: Final = tuple(f"press {key}" for key in ("play", "next", "previous", "previous", "held", "pause", "stop"))
ASKED: Final = (
    *("ask start", "ask stop", "ask pause", "ask resume", "ask next", "ask back", "ask cue", "ask pain", "ask reload"),
    *("ask mute", "ask mute muted=false", "ask volume percent=40 of=beat", "ask surface surface=trail"),
    *("ask start pack=other", "ask start pack=bad"),
    *("ask pack use name=mine", "ask pack use name=other", "ask pack use name=bad"),
    *("ask rate what=helped answer=yes", "ask rate what=pain answer=3"),
    *("flood 9 status", "flood 9 pause", "flood 9 start"),
)
WORLD: Final = (
    *("headphones on", "headphones off", "sound lost", "sound back", "sound restarted", "sleep 7", "sleep 400", "stall 3"),
    *("render 0", "render 3", "render 20", "disk full", "disk free", "disk busy 1", "disk busy 0", "date +1", "hang up"),
    *("edit mine.half", "edit mine.new", "configure quick", "configure german", "configure broken"),
)
GAPS_S: Final = (0, 0, 0, 1, 1, 1, 2, 2, 3, 4, 5, 7, 9, 12, 21, 45, 80)
happenings = st.lists(
    st.tuples(st.sampled_from(GAPS_S), st.one_of(*(st.sampled_from(some) for some in (FEET, FEET, KEYS, ASKED, WORLD)))),
    min_size=4,
    max_size=30,
)


def day_of(told: list[tuple[int, str]], *, usual: bool, asks: bool, renders_s: int) -> Day:
    """Headphones and pod are mostly there, and mostly somebody runs. `usual`: the usual thresholds."""
    at_s, script = 25 if usual else 9, [(0, "headphones on"), (2, "pod Stryd 80%"), (3, "run 170")]
    for gap_s, what in told:
        at_s += gap_s
        script.append((at_s, what))
    script.append((at_s + 10, "quit"))
    timed = [(at_s * NS_PER_S, what) for at_s, what in script]
    return Day("any", "" if usual else CONFIGS["quick"], "mine", asks, renders_s * NS_PER_S, dict(PACKS), dict(CONFIGS), timed)


@examples(200)
@given(happenings, st.integers(0, 4), st.booleans(), st.sampled_from((0, 0, 40)))
def test_whatever_happens_all_that_must_hold_on_a_day_holds(
    told: list[tuple[int, str]], usual: int, asks: bool, renders_s: int
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        house = House(day_of(told, usual=usual == 4, asks=asks, renders_s=renders_s), Path(folder))
        lines = house.live()
    table = "\n".join(lines)
    assert house.mouth.wrongs == [], table
    assert house.mouth.late_clicks == [], table
    assert house.daemon.faults == [], table
    assert not any("a fault in cued itself" in line for line in lines), table
    begun = sum("begins at" in line and "unrecorded" not in line for line in lines)
    assert begun == sum("> written down" in line for line in lines) == len(house.book.seats), table
    assert all(seat.ended_ns is not None and seat.replays() for seat in house.book.seats), table
