"""The runner says that it hurts: silence at once, one sentence, and nothing more for this run but what keeps them safe."""

from __future__ import annotations

import pytest

from cued.core.cues import At, Every, Priority
from cued.core.effects import CuesEnded, CutSpeech, RunEnded, Say, Suppressed, TempoChanged
from cued.core.events import Mute, Next, Pain, Pause, SpeechReady, Stop
from cued.core.start import say_id
from cued.units import seconds
from tests.support.run import Run, at, beat, for_s, pack, rule, segment

WORDS = "Cueing is over. Walk if it hurts."


def hurt(at_s: float = 30.25, **how: object) -> Run:
    """A beat and a cue every ten seconds, until it hurts."""
    what = pack(
        segment("a", 100, metronome=beat("fixed", beat_spm=172.0)),
        segment("b", 100, metronome=beat("fixed", beat_spm=160.0)),
        rules=[rule(Every(for_s(10)), "tip"), rule(At(for_s(60)), "care", priority=Priority.SAFETY)],
    )
    return Run(what, sensor=False).to(at_s).send(Pain(seconds(at_s)))


def test_the_beat_ends_with_what_lies_in_the_ring_and_never_comes_back() -> None:
    run = hurt().to(120).send(Next(seconds(121))).to(200)
    assert run.clicks_in(20, 30.25)
    assert not run.clicks_in(30.51, 200)
    (closed,) = (tempo for tempo in run.of(TempoChanged) if tempo.mspm == 0)
    assert closed.reason == "pain"


def test_cued_says_so_once_and_no_cue_is_said_after_it_but_those_for_safety() -> None:
    run = hurt().send(Pain(seconds(40))).to(200)
    after = [(say.cue, say.text) for say in run.of(Say) if at(say) > 30.25]
    assert after == [("cued", WORDS), ("care", "Care.")]
    assert [(at(ended), ended.reason) for ended in run.of(CuesEnded)] == [(30.25, "pain")]
    assert {one.reason for one in run.of(Suppressed) if at(one) > 30.25} == {"end_cues"}


def test_it_is_said_into_a_hush_too_which_lasts() -> None:
    what = pack(segment("a", 100, metronome=beat("fixed", beat_spm=172.0)), rules=[rule(Every(for_s(10)), "tip")])
    run = Run(what, sensor=False).to(5).send(Mute(seconds(5), muted=True)).to(30.25).send(Pain(seconds(30.25))).to(60)
    assert [(say.cue, say.text) for say in run.of(Say)] == [("cued", WORDS)]
    assert run.view.muted
    assert not run.clicks_in(6, 60)


def test_whoever_looks_sees_it_as_what_was_said_last() -> None:
    assert hurt().to(40).view.last_cue == WORDS


def test_a_voice_that_is_slow_is_waited_for() -> None:
    run = Run(pack(), sensor=False, answers=False).to(10).send(Mute(seconds(10), muted=True), Pain(seconds(11))).to(27)
    run.send(SpeechReady(seconds(27), say_id(WORDS), seconds(2))).to(30)
    assert run.said == [(27, "cued")]


def test_in_a_pause_it_is_said_at_once() -> None:
    run = Run(pack(), sensor=False).to(10).send(Pause(seconds(10))).to(20).send(Pain(seconds(20))).to(30)
    assert run.said == [(20, "cued")]


def test_what_is_being_said_is_cut_and_what_waits_is_given_up() -> None:
    run = hurt(30.25)
    assert [at(cut) for cut in run.of(CutSpeech)] == [30.25]


def test_the_run_goes_on_and_its_view_says_why_it_is_silent() -> None:
    run = hurt().to(90)
    assert (run.view.segment, run.view.silence_reason, run.view.tempo_mspm) == ("a", "it hurt, beat and cues are over", 0)
    assert not run.of(RunEnded)


@pytest.mark.parametrize("language", ["de", "xx"])
def test_it_is_said_in_the_language_of_the_run_where_cued_speaks_it(language: str) -> None:
    run = Run(pack(), sensor=False, language=language).to(10).send(Pain(seconds(10))).to(20)
    said = {"de": "Keine Hinweise mehr. Bei Schmerzen gehen, nicht laufen.", "xx": WORDS}
    assert [say.text for say in run.of(Say)] == [said[language]]


def test_after_the_end_it_changes_nothing() -> None:
    run = Run(pack(), sensor=False).to(10).send(Stop(seconds(10)), Pain(seconds(11))).to(20)
    assert not run.of(CuesEnded)
