"""Ear and volumes by keys, while beat and voice are heard: what a key changes, and the sound that goes on beneath."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Final

from cued.audio.commands import Bus, Click, Clip, Command, Ear, KeepAwake, MixFormat, PlayClip, SetVolume, Sounding
from cued.runtime.hearing import BEAT_SPM, LEAD_NS, RATE_HZ, WAKE_NS, Open, opened, refused
from cued.units import NS_PER_MS, NS_PER_S

STEP_PERCENT: Final = 10
"""About 1 dB near the top: the least that is clearly heard."""
LEAST_VOICE_PERCENT: Final = 10
"""Words for the runner's safety have to be heard."""
AHEAD_NS: Final = 900 * NS_PER_MS
"""Clicks are given so far ahead: more than the ring's 250 ms and a pause between two looks."""
LOOK_NS: Final = 100 * NS_PER_MS
"""Between two looks at the keys; a change is heard after the ring's 250 ms anyway."""
AGAIN_NS: Final = 4 * NS_PER_S
"""From one sentence's end to the next."""
CLICK_NS: Final = 60 * NS_PER_S // BEAT_SPM

HELP: Final = "+ - beat   > < voice   l r b ear: left, right, both   Enter: keep   q: leave all as it was"


@dataclass(frozen=True, slots=True)
class Levels:
    """What a listener sets, in percent."""

    ear: Ear
    beat: int
    voice: int

    def line(self) -> str:
        """For the screen."""
        ear = "both ears" if self.ear is Ear.BOTH else f"{self.ear.value} ear"
        return f"beat {self.beat} %   voice {self.voice} %   {ear}"


def pressed(levels: Levels, key: str, *, stereo: bool = True) -> Levels:
    """The levels after a key; an unknown one changes nothing. Pure."""
    if key in "+=":
        return replace(levels, beat=_step(levels.beat, 1))
    if key in "-_":
        return replace(levels, beat=_step(levels.beat, -1))
    if key in ">.":
        return replace(levels, voice=_step(levels.voice, 1))
    if key in "<,":
        return replace(levels, voice=max(LEAST_VOICE_PERCENT, _step(levels.voice, -1)))
    ears = {"l": Ear.LEFT, "r": Ear.RIGHT, "b": Ear.BOTH} if stereo else {}
    return replace(levels, ear=ears.get(key, levels.ear))


def _step(percent: int, direction: int) -> int:
    """To the next full step in that direction."""
    if direction > 0:
        return min(100, (percent // STEP_PERCENT + 1) * STEP_PERCENT)
    return max(0, (percent - 1) // STEP_PERCENT * STEP_PERCENT)


def adjust(
    open_output: Open,
    clip: Clip,
    levels: Levels,
    keys: Callable[[int], str | None],
    show: Callable[[Levels], None],
    *,
    stereo: bool = True,
    now_ns: Callable[[], int] = time.monotonic_ns,
) -> Levels | None:
    """Play until Enter (the levels then) or `q` (None). Raises AudioError where nothing can be played.

    `keys`: the next key within so many ns, or None.
    """
    while True:
        show(levels)
        ear = levels.ear
        mix = MixFormat(RATE_HZ, 2 if stereo else 1, ear, levels.beat / 100, levels.voice / 100, keep_awake=KeepAwake.ON)
        with closing(open_output(mix)) as output:
            opened(output)
            output.load(clip)
            start_ns = now_ns() + LEAD_NS
            output.start_at(start_ns)
            course, due = _course(clip), None
            while levels.ear is ear:
                refused(output)
                due = due or next(course)
                while due[0] < now_ns() - start_ns + AHEAD_NS:
                    output.apply(due[1])
                    due = next(course)
                key = keys(LOOK_NS)
                if key in {"\n", "\r"}:
                    return levels
                if key == "q":
                    return None
                if key is not None:
                    before, levels = levels, pressed(levels, key, stereo=stereo)
                    for bus, old, new in ((Bus.BEAT, before.beat, levels.beat), (Bus.VOICE, before.voice, levels.voice)):
                        if old != new:
                            output.apply(SetVolume(bus, new / 100))
                    if levels != before and levels.ear is ear:
                        show(levels)


def _course(clip: Clip) -> Iterator[tuple[int, Command]]:
    """Clicks and sentences with their times, without end."""
    yield 0, Sounding(0, on=True)
    click_ns, say_ns = WAKE_NS, WAKE_NS + NS_PER_S
    while True:
        if say_ns <= click_ns:
            yield say_ns, PlayClip(say_ns, clip.clip_id)
            say_ns += clip.dur_ns + AGAIN_NS
        else:
            yield click_ns, Click(click_ns)
            click_ns += CLICK_NS
