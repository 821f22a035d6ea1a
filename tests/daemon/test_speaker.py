"""cued's own sentences with no session on: one after the other, a newer answer at once, nothing that is out of date."""

from __future__ import annotations

from pathlib import Path

from cued.core.effects import CutSpeech, Render, Say
from cued.core.events import SpeechFailed, SpeechReady
from cued.core.start import say_id
from cued.runtime.daemon.speaker import QUEUE_NS, STALE_NS, Speaker
from cued.units import NS_PER_S
from tests.support.day_world import Table, VirtualMouth, VirtualTime

LONG_NS = 3 * NS_PER_S


class Mouth(VirtualMouth):
    """Keeps the effects, too."""

    def __init__(self) -> None:
        super().__init__(VirtualTime(), Table(lambda: 0))
        self.effects: list[object] = []
        self.asked: list[Render] = []

    def play(self, effects: object) -> None:
        self.effects += list(effects)  # type: ignore[call-overload]  # effects

    def ask(self, render: Render) -> None:
        self.asked.append(render)

    @property
    def said(self) -> list[tuple[int, str]]:
        return [(one.at_ns, one.text) for one in self.effects if isinstance(one, Say)]


def speaker(*ready: str) -> tuple[Speaker, Mouth]:
    mouth = Mouth()
    made = Speaker(mouth, "en")
    made.lengths.update({say_id(text): LONG_NS for text in ready})
    return made, mouth


def test_one_after_the_other_with_a_breath_between() -> None:
    made, mouth = speaker("One.", "Two.")
    made.say("One.", 0, 0, asked=False, run=None)
    made.say("Two.", 0, 0, asked=False, run=None)
    assert mouth.said == [(0, "One.")]
    due_ns = made.due_ns(0)
    assert due_ns is not None
    assert due_ns > LONG_NS
    made.attend(due_ns, 0)
    assert mouth.said == [(0, "One."), (due_ns, "Two.")]
    assert not made.is_silent(due_ns)


def test_an_answer_cuts_what_is_said_and_forgets_what_waits() -> None:
    made, mouth = speaker("One.", "Two.", "Answer.")
    made.say("One.", 0, 0, asked=False, run=None)
    made.say("Two.", 0, 0, asked=False, run=None)
    made.say("Answer.", NS_PER_S, NS_PER_S, asked=True, run=None)
    assert mouth.said == [(0, "One."), (NS_PER_S, "Answer.")]
    assert [one.at_ns for one in mouth.effects if isinstance(one, CutSpeech)] == [NS_PER_S]
    made.attend(20 * NS_PER_S, 0)
    assert len(mouth.said) == 2


def test_nothing_is_said_while_a_session_speaks() -> None:
    made, mouth = speaker("One.")
    made.say("One.", 0, 0, asked=False, run=None)
    mouth.effects.clear()
    made.say("One.", 0, 0, asked=False, run=None)
    made.attend(4 * NS_PER_S, 5 * NS_PER_S)
    assert mouth.said == []
    made.attend(6 * NS_PER_S, 5 * NS_PER_S)
    assert mouth.said == [(6 * NS_PER_S, "One.")]


def test_a_text_that_is_not_ready_is_asked_for_once_and_said_when_it_is() -> None:
    made, mouth = speaker()
    made.say("New.", 0, 0, asked=False, run=None)
    made.attend(1, 0)
    assert [one.text for one in mouth.asked] == ["New."]
    made.ready(SpeechReady(2, say_id("New."), LONG_NS))
    made.attend(2, 0)
    assert mouth.said == [(2, "New.")]


def test_a_text_that_nobody_can_speak_holds_up_no_other() -> None:
    made, mouth = speaker("Other.")
    made.say("New.", 0, 0, asked=False, run=None)
    made.say("Other.", 0, 0, asked=False, run=None)
    made.ready(SpeechFailed(1, say_id("New."), "no voice"))
    made.attend(1, 0)
    assert mouth.said == [(1, "Other.")]


def test_what_is_out_of_date_is_dropped_and_counted() -> None:
    made, mouth = speaker("Late.", "Waits.", "First.")
    made.say("Late.", 0, STALE_NS + 1, asked=False, run=None)
    assert (mouth.said, made.dropped) == ([], 1)
    made.say("First.", NS_PER_S, NS_PER_S, asked=False, run=None)
    made.say("Waits.", NS_PER_S, NS_PER_S, asked=False, run=None)
    made.attend(NS_PER_S + QUEUE_NS, 0)
    assert (len(mouth.said), made.dropped) == (1, 2)


def test_who_is_hushed_says_no_more(tmp_path: Path) -> None:
    made, mouth = speaker("One.", "Two.")
    made.say("One.", 0, 0, asked=False, run=None)
    made.say("Two.", 0, 0, asked=False, run=None)
    made.hush(NS_PER_S)
    made.attend(10 * NS_PER_S, 0)
    assert mouth.said == [(0, "One.")]
    assert made.is_silent(10 * NS_PER_S)


def test_what_may_be_said_soon_is_rendered_once_and_then_said_at_once() -> None:
    made, mouth = speaker()
    for _ in range(2):
        made.foresee("Race on Monday, the first of March.", 0)
    assert [render.text for render in mouth.asked] == ["Race on Monday, the first of March."]
    assert mouth.said == []
    made.ready(SpeechReady(NS_PER_S, mouth.asked[0].text_id, LONG_NS))
    made.foresee("Race on Monday, the first of March.", NS_PER_S)
    made.say("Race on Monday, the first of March.", 2 * NS_PER_S, 2 * NS_PER_S, asked=True, run=None)
    assert mouth.said == [(2 * NS_PER_S, "Race on Monday, the first of March.")]
    assert len(mouth.asked) == 1
