"""A set of drills through the live loop, in virtual time: any press goes on or ends it, and its end ends the session."""

from __future__ import annotations

from collections.abc import Sequence
from queue import SimpleQueue

import pytest

from cued.core.effects import RunEnded, Say, SegmentBegan
from cued.core.engine import texts_of
from cued.core.events import Event
from cued.packs.catalog import open_pack
from cued.runtime.conductor import Conductor, NoFeed
from cued.runtime.drillkeys import DrillKeys
from cued.runtime.feeding import Nobody, feeding_of
from cued.runtime.keys import NO_KEYS
from cued.runtime.live import Display, Live
from cued.runtime.request import Pack, Request
from cued.runtime.status import SoundState
from cued.runtime.voice import NominalVoice
from cued.units import seconds, to_s
from tests.runtime.fakes import Ears, VirtualClock
from tests.runtime.test_live import NoScreen

Press = float
"""Seconds at which something is pressed."""


def played(name: str, presses: Sequence[Press]) -> Ears:
    """The set, with a press at each of these moments; the loop must end by itself."""
    loaded = open_pack(name)
    keys = DrillKeys(NO_KEYS, loaded.pack.title)
    clock = VirtualClock(script=[(seconds(at_s), keys.press) for at_s in presses])
    request = Request(pack=Pack(loaded.pack, loaded.folder), feeding=feeding_of(Nobody(), None, 0))
    voice = NominalVoice(loaded.folder, None, 48_000)
    how = request.start(voice.prepare(texts_of(loaded.pack)))
    inbox: SimpleQueue[Event] = SimpleQueue()
    ears = Ears()
    conductor = Conductor(how, NoFeed(None), [ears, keys], voice.answer)
    keys.begun(clock, inbox.put, conductor.view)
    Live(conductor, NoFeed(None), clock, inbox, [keys], Display(NoScreen(), SoundState)).run()
    keys.close()
    return ears


def segments(ears: Ears) -> list[tuple[float, str]]:
    return [(to_s(effect.at_ns), effect.segment) for effect in ears.effects if isinstance(effect, SegmentBegan)]


def ended_s(ears: Ears) -> float:
    return next(to_s(effect.at_ns) for effect in ears.effects if isinstance(effect, RunEnded))


def test_a_set_that_waits_for_nothing_ends_by_itself() -> None:
    ears = played("strength", ())
    assert [name for _, name in segments(ears)] == ["calves", "feet", "hips", ""]
    assert 0 <= ended_s(ears) - segments(ears)[-1][0] < 2.0
    assert [effect.text for effect in ears.effects if isinstance(effect, Say)][-1] == "That was it."


def test_where_a_press_is_waited_for_it_goes_on_and_anywhere_else_it_ends() -> None:
    ears = played("set-a", (440.0, 500.0))
    assert segments(ears) == [(0.0, "feet"), (270.0, "balance"), (440.0, "grass")]
    assert ended_s(ears) == 500.0


@pytest.mark.parametrize("press_s", [0.5, 7.0, 60.0, 164.5, 300.0])
def test_one_press_ends_it_at_once(press_s: float) -> None:
    ears = played("strength", (press_s,))
    assert ended_s(ears) == press_s
    assert not [effect for effect in ears.effects if isinstance(effect, Say) and effect.at_ns > seconds(press_s)]


def test_two_presses_in_one_breath_go_on_and_end_it() -> None:
    ears = played("set-b", (5.0, 5.0))
    assert segments(ears) == [(5.0, "grass")]
    assert ended_s(ears) == 5.0


def test_a_press_before_the_beginning_and_after_the_end_is_none() -> None:
    keys = DrillKeys(NO_KEYS, "Set")
    keys.press()
    assert keys.collect(0) == []
    keys.close()
    keys.press()
    assert keys.collect(0) == []
