"""What should be heard, read out of a journal's lines."""

from __future__ import annotations

from cued.core.cues import Priority
from cued.core.effects import Counted, CutSpeech, Effect, PlayClick, RecallClicks, Say, SensorWas
from cued.core.events import AudioRestarted, Event
from cued.formats.event_codec import encode
from cued.formats.events_file import RING_NS
from cued.units import NS_PER_MS, NS_PER_S
from tests.soak.due import DueCue, Promised, add_session

BEGAN_NS = 77 * NS_PER_S


def click(at_ms: int, beat: int = 0, gain_db: float = 0.0) -> PlayClick:
    return PlayClick(at_ms * NS_PER_MS, beat, 180_000, accent=False, sound="wood", volume=0.5, gain_db=gain_db)


def read(*happened: Effect | Event) -> Promised:
    found = Promised()
    lines = [("<" if isinstance(one, AudioRestarted) else ">") + encode(one) for one in happened]
    add_session(found, ["@0", *lines], BEGAN_NS)
    return found


def onsets_ms(found: Promised, *, optional: bool = False) -> list[int]:
    return [(one.at_ns - BEGAN_NS) // NS_PER_MS for one in found.clicks if one.optional is optional]


def test_promised_clicks_are_due_on_the_machines_own_clock() -> None:
    found = read(click(400), click(733, 1, gain_db=-6.0))
    assert [one.at_ns - BEGAN_NS for one in found.clicks] == [400 * NS_PER_MS, 733 * NS_PER_MS]
    assert round(found.clicks[1].gain, 2) == 0.25
    assert found.sessions == 1


def test_what_was_taken_back_is_not_due_unless_it_was_in_the_ring() -> None:
    recall = RecallClicks(1_000 * NS_PER_MS, 1_000 * NS_PER_MS)
    found = read(click(990), click(1_240), click(1_300), click(1_500), recall, click(2_000))
    assert onsets_ms(found) == [990, 1_240, 2_000]
    assert onsets_ms(found, optional=True) == [1_300]
    assert RING_NS == 250 * NS_PER_MS


def test_clicks_that_a_stalled_loop_left_out_are_due_and_known_to_be_lost() -> None:
    found = read(Counted(5 * NS_PER_S, "missed_click", 2), Counted(6 * NS_PER_S, "late_click", 1))
    assert found.skipped == [(BEGAN_NS + 5 * NS_PER_S, 2)]
    assert found.late == 1


def test_a_cue_that_is_cut_off_is_due_until_then() -> None:
    said = Say(NS_PER_S, "t", "light", "Light.", "r", Priority.BAND, 2 * NS_PER_S, 8.0, 0)
    found = read(said, CutSpeech(1_500 * NS_PER_MS, "t", 50))
    assert found.cues == [DueCue(BEGAN_NS + NS_PER_S, 500 * NS_PER_MS, "Light.")]


def test_a_pod_that_goes_and_comes_is_counted() -> None:
    assert read(*(SensorWas(at, state) for at, state in ((1, "lost"), (2, "back"), (3, "lost")))).pod == {"lost": 2, "back": 1}


def test_a_restart_of_the_sound_is_announced() -> None:
    assert read(AudioRestarted(9 * NS_PER_S)).restarts_ns == [BEGAN_NS + 9 * NS_PER_S]
