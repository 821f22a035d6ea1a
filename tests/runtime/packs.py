"""Small packs, built as the loader would build them."""

from __future__ import annotations

from cued.core.cues import (
    Cue,
    CuePack,
    Every,
    ForTime,
    Limits,
    Metronome,
    Mode,
    OffBand,
    Rule,
    RunEnd,
    SayCue,
    Segment,
    SegmentStart,
    Side,
)
from cued.units import NS_PER_S


def small_pack(*, beat: bool = True, end_cue: bool = False) -> CuePack:
    """Three segments of 40, 30 and 20 s; a fixed beat in the second; a cue at each start, one with a number in it."""
    metronome = Metronome(mode=Mode.FIXED, beat_mspm=170_000) if beat else Metronome()
    rules = [
        Rule("rules[0]", SegmentStart(), (SayCue("light"),), not_in=("cooldown",)),
        Rule("rules[1]", Every(ForTime(25 * NS_PER_S)), (SayCue("cadence"),)),
        Rule("rules[2]", OffBand(Side.LOW, 5 * NS_PER_S), (SayCue("quick"),)),
    ]
    if end_cue:
        rules.append(Rule("rules[3]", RunEnd(), (SayCue("done"),)))
    return CuePack(
        name="small",
        version="1.0.0",
        title="Small",
        language="en",
        license="CC0-1.0",
        limits=Limits(min_gap_ns=NS_PER_S, same_cue_gap_ns=0, per_minute=9),
        session=(
            Segment(0, "warmup", ForTime(40 * NS_PER_S)),
            Segment(1, "tempo run", ForTime(30 * NS_PER_S), metronome=metronome),
            Segment(2, "cooldown", ForTime(20 * NS_PER_S)),
        ),
        cues=(
            Cue("light", say="Light feet."),
            Cue("cadence", say="You run at {cadence}."),
            Cue("quick", say="Quicker."),
            Cue("done", say="That was it, well done indeed."),
        ),
        rules=tuple(rules),
    )
