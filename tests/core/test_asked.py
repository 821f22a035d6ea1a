"""Answers to the runner's keys: heard whatever else is silent, and always the newest."""

from __future__ import annotations

from cued.core.cues import At, Cue, Every, Limits, Priority
from cued.core.effects import CutSpeech, Say
from cued.core.events import Announce, Mute, Pain, Pause, SpeechFailed, SpeechReady, Stop
from cued.core.link import Own, own_words
from cued.core.start import say_id
from cued.units import seconds
from tests.support.run import Run, beat, for_s, pack, rule, segment

LONG = Cue("long", "A sentence that lasts for more than two seconds and a half.")
WHAT = pack(segment("easy", 600), rules=[rule(At(for_s(10)), "long")], cues=[LONG], metronome=beat(beat_spm=170))


def asked(at_s: float, text: str = "Quiet warm-up.") -> Announce:
    return Announce(seconds(at_s), text, asked=True)


def test_an_answer_is_heard_while_muted_while_paused_and_after_pain() -> None:
    muted = Run(WHAT, sensor=False).send(Mute(seconds(5), muted=True), asked(8)).to(20)
    assert muted.said == [(8, "cued")]
    assert muted.reasons == ["muted"]
    assert not muted.clicks_in(6, 20)
    assert Run(WHAT, sensor=False).send(Pause(seconds(5)), asked(8)).to(20).said == [(8, "cued")]
    hurt = Run(WHAT, sensor=False).send(Pain(seconds(5)), asked(12)).to(20)
    assert hurt.texts == ["Cueing is over. Walk if it hurts.", "Quiet warm-up."]
    assert Run(WHAT, sensor=False).send(Stop(seconds(5)), asked(8)).to(20).said == [(8, "cued")]


def test_it_cuts_off_the_cue_that_is_being_said_and_an_older_answer() -> None:
    run = Run(WHAT, sensor=False).send(asked(11), asked(11.5, "Pain."), asked(12, "Repeat.")).to(20)
    assert run.texts == ["A sentence that lasts for more than two seconds and a half.", "Quiet warm-up.", "Pain.", "Repeat."]
    assert run.said_s == [10, 11.05, 11.55, 12.05]
    assert [one.at_ns for one in run.of(CutSpeech)] == [seconds(11), seconds(11.5), seconds(12)]


def test_an_answer_that_was_not_heard_yet_gives_way_to_a_newer_one() -> None:
    run = Run(WHAT, sensor=False, answers=False).send(asked(20, "Pain."), asked(22, "Repeat."))
    run.send(SpeechReady(seconds(23), say_id("Pain."), seconds(1)), SpeechReady(seconds(23.5), say_id("Repeat."), seconds(1)))
    assert run.to(30).texts[1:] == ["Repeat."]
    assert run.refused == [(22, "cued", "newer answer")]


def test_an_answer_that_comes_too_late_is_not_given() -> None:
    run = Run(WHAT, sensor=False, answers=False).send(asked(20)).to(26)
    run.send(SpeechReady(seconds(27), say_id("Quiet warm-up."), seconds(1))).to(30)
    assert run.given_up == [(25, "cued", "speech not ready")]
    failed = Run(WHAT, sensor=False, answers=False).send(asked(20), SpeechFailed(seconds(21), say_id("Quiet warm-up."), "none"))
    assert failed.given_up == [(21, "cued", "none")]


def test_cues_that_are_due_meanwhile_wait_or_expire_as_ever() -> None:
    limits = Limits(min_gap_ns=seconds(2), same_cue_gap_ns=0, per_minute=100, per_run=100, expire_ns=seconds(5))
    rules = [rule(Every(for_s(10)), "often", priority=Priority.PERIODIC)]
    run = Run(pack(segment("easy", 600), rules=rules, limits=limits), sensor=False).send(asked(9.5)).to(19)
    assert [cue for _, cue in run.said] == ["cued", "often"]
    assert run.said_s[1] > 11.5


def test_a_warning_that_is_being_said_gives_way_to_an_answer_and_comes_before_it_else() -> None:
    run = Run(WHAT, sensor=False).send(Announce(seconds(20), "No cadence. Keeping the beat."), asked(21)).to(30)
    assert run.said_s[1:] == [20, 21.05]
    both = Run(WHAT, sensor=False).send(asked(20, "Staying."), Announce(seconds(20.1), "No cadence.")).to(30)
    assert both.texts[1:] == ["Staying.", "No cadence."]


def test_an_answer_is_no_cue_that_could_be_counted_but_it_was_heard_last() -> None:
    run = Run(WHAT, sensor=False).send(asked(30)).to(40)
    assert (run.view.spoken, run.view.last_cue_at_ns) == (1, seconds(30))
    assert run.view.last_cue == run.texts[-1]
    assert [say.rule for say in run.of(Say)] == ["rules[0]", "key"]


def test_pain_that_was_told_already_is_not_told_twice() -> None:
    over = own_words(Own.PAIN, "en")
    run = Run(WHAT, sensor=False).send(Pain(seconds(11), told=True), asked(11, over)).to(30)
    assert run.texts[1:] == [over]
    assert run.clicks[-1].at_ns < seconds(11.3)
    other = Run(WHAT, sensor=False).send(asked(20, over), Pain(seconds(20.5), told=True)).to(30)
    assert [say.text for say in other.of(Say)][1:] == [over]
    assert not other.of(CutSpeech)
