"""What three keys say to the plan, and how what today is by it comes to be said."""

from __future__ import annotations

import pytest
from hypothesis import given

from cued.core import life
from cued.core.cues import Tissue
from cued.core.happening import Happening, HeadphonesAre, Phase, PodIs, Say, TodayIs, Told, Word
from cued.core.menus import Answer, Choice, Chosen, Glance, Key, KeyEvent, Press, Question, menu, submenu
from cued.core.sentences import Sentence, known_texts, sentence
from cued.core.values import PLACES, Values
from cued.units import NS_PER_MIN, NS_PER_S
from tests.core.test_prop_keys import decided, storms
from tests.support.driving import examples

PLANS = Glance(Phase.READY, plans=True)
DRILLS = "Phase 2: low-load drills"


def test_the_plan_is_spoken_to_after_what_thumbs_know_and_only_where_there_is_one() -> None:
    assert [item.choice for item in menu(Glance(Phase.READY))] == [Choice.PACK, Choice.PLAIN_TODAY, Choice.LENGTH]
    more = [Choice.INJURED, Choice.ILL, Choice.AWAY, Choice.WELL, Choice.RACE]
    assert [item.choice for item in menu(PLANS)] == [Choice.PACK, Choice.PLAIN_TODAY, Choice.LENGTH, *more]
    assert menu(Glance(Phase.RUNNING, plans=True)) == menu(Glance(Phase.RUNNING))


def test_an_injury_has_a_place_and_all_places_are_the_plans() -> None:
    items = submenu(Choice.INJURED, PLANS)
    assert items is not None
    assert [item.pick for item in items] == [place.value for place in Tissue] == list(PLACES)
    keys = [Key.PREVIOUS, Key.NEXT, Key.NEXT, Key.NEXT, Key.PLAY, Key.NEXT, Key.PLAY]
    found = decided([Press(number * NS_PER_S, key) for number, key in enumerate(keys)], PLANS)
    assert [(one.choice, one.pick) for one in found if isinstance(one, Chosen)] == [(Choice.INJURED, "achilles")]
    assert found[-1] == Say(6 * NS_PER_S, Sentence.PICKED, Values(place="achilles"))


@examples(100)
@given(storms())
def test_who_is_sore_is_asked_where_once_and_nobody_else_is(storm: list[KeyEvent]) -> None:
    end = Press(storm[-1].at_ns + 10 * NS_PER_MIN, Key.PLAY)
    answers = [one for one in decided([*storm, end], PLANS) if isinstance(one, Answer)]
    sore = [one for one in answers if one.question is Question.SORE and one.value == 1]
    places = [one for one in answers if one.question is Question.PLACE]
    assert len(places) == len(sore)
    assert all(one.value is None or one.value in PLACES for one in places)
    assert not [one for one in decided([*storm, end], Glance(Phase.READY)) if getattr(one, "question", "") is Question.PLACE]


@pytest.mark.parametrize("language", ["en", "de"])
def test_places_are_rendered_beforehand(language: str) -> None:
    places = {sentence(Sentence.PLACE, Values(place=place), language) for place in PLACES}
    assert len(places) == len(PLACES)
    assert places <= set(known_texts(language))


def said(*happenings: Happening) -> list[Sentence]:
    """Of all that is said, what says today."""
    now, found = life.Life(), list[Sentence]()
    for what in happenings:
        now, decisions = life.step(now, what)
        found += [one.sentence for one in decisions if isinstance(one, Say)]
    return found


READY = (TodayIs(0, DRILLS, planned=True), HeadphonesAre(1, up=True), PodIs(2, up=True))


def test_a_plan_that_comes_to_something_else_is_said_while_the_runner_waits() -> None:
    assert said(*READY) == [Sentence.READY]
    assert said(*READY, TodayIs(3, DRILLS, planned=True)) == [Sentence.READY]
    assert said(*READY, TodayIs(3, "Plain run", plain=True, planned=True))[1:] == [Sentence.TODAY_PLAIN]
    assert said(*READY, TodayIs(3, None, more=(Sentence.REST_TODAY,), planned=True))[1:] == [Sentence.REST_TODAY]
    assert said(*READY, TodayIs(3, "Another", planned=False)) == [Sentence.READY]


def test_nobody_is_told_of_the_next_run_after_a_run_unless_they_wait_for_it() -> None:
    ran = (*READY, Told(3, Word.START), Told(4, Word.STOP))
    begun = len(said(*ran))
    assert said(*ran, TodayIs(5, "Plain run", plain=True, planned=True))[begun:] == []
    aloud = TodayIs(5, "Plain run", plain=True, more=(Sentence.PAIN_OVER,), planned=True, aloud=True)
    assert said(*ran, aloud)[begun:] == [Sentence.TODAY_PLAIN, Sentence.PAIN_OVER]
    on = (*READY, Told(3, Word.START))
    assert said(*on, aloud) == said(*on)
