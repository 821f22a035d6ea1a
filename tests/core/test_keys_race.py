"""A race by three keys: the week, the day, and what is said back; and where there is nothing to take."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cued.core.dates import WEEK_DAYS, monday, weekday
from cued.core.happening import Phase, Say
from cued.core.keys import Keys, step
from cued.core.menus import Choice, Chosen, Glance, Item, Key, KeyDecision, KeyEvent, Press, menu, submenu
from cued.core.sentences import Sentence, known_texts, sentence
from cued.core.values import RACE_WEEKS, Values
from cued.units import NS_PER_S
from tests.core.test_prop_keys import decided, storms
from tests.support.driving import examples

THURSDAY = 20_783
"""2026-11-26."""
DATED = Glance(Phase.READY, plans=True, day=THURSDAY)
UNDATED = replace(DATED, day=None)
TO_RACE = [Key.PREVIOUS, *[Key.NEXT] * 7, Key.PLAY]
DAYS = st.integers(0, 100_000)


def items(choice: Choice, seen: Glance, pick: int | None = None) -> tuple[Item, ...]:
    found = submenu(choice, seen, pick)
    assert found is not None
    return found


def pressed(keys: list[Key], seen: Glance = DATED) -> list[KeyDecision]:
    return decided([Press(number * NS_PER_S, key) for number, key in enumerate(keys)], seen)


def chosen(found: list[KeyDecision]) -> list[tuple[Choice, object]]:
    return [(one.choice, one.pick) for one in found if isinstance(one, Chosen)]


def test_a_race_is_asked_for_last_so_that_no_thumb_has_to_learn_anew() -> None:
    assert menu(DATED)[-1].choice is Choice.RACE
    assert Choice.RACE not in {item.choice for item in menu(replace(DATED, plans=False))}


def test_the_week_and_then_the_day_and_the_date_is_said_back() -> None:
    found = pressed([*TO_RACE, Key.NEXT, Key.PLAY, *[Key.NEXT] * 5, Key.PLAY])
    assert chosen(found) == [(Choice.RACE, THURSDAY + 9)]
    last = found[-1]
    assert isinstance(last, Say)
    assert sentence(last.sentence, last.values) == "Race on Saturday, the fifth of December."
    assert sentence(last.sentence, last.values, "de") == "Rennen am Samstag, dem fünften Dezember."


def test_weeks_are_this_one_and_the_twelve_after_it() -> None:
    said = [sentence(item.sentence, item.values) for item in items(Choice.RACE, DATED)]
    assert said[:4] == ["This week.", "Next week.", "In two weeks.", "In three weeks."]
    assert (len(said), said[-1]) == (RACE_WEEKS + 1, "In twelve weeks.")


@examples(100)
@given(DAYS)
def test_no_day_that_is_past_is_offered_and_every_other_is(today: int) -> None:
    seen = replace(DATED, day=today)
    weeks = items(Choice.RACE, seen)
    offered = [day.pick for week in weeks if isinstance(week.pick, int) for day in items(Choice.RACE_WEEK, seen, week.pick)]
    assert offered == list(range(today, monday(today) + (RACE_WEEKS + 1) * WEEK_DAYS))


def test_today_may_be_the_day() -> None:
    sunday = THURSDAY + 3
    assert weekday(sunday) == 6
    (only,) = items(Choice.RACE_WEEK, replace(DATED, day=sunday), monday(sunday))
    assert (only.pick, sentence(only.sentence, only.values)) == (sunday, "Sunday.")


def test_while_nobody_knows_the_date_one_sentence_says_so_and_nothing_is_taken() -> None:
    found = pressed(TO_RACE, UNDATED)
    assert found[-1] == Say(8 * NS_PER_S, Sentence.NO_DATE)
    assert not chosen(found)
    assert pressed([*TO_RACE, Key.NEXT], UNDATED)[-1] == Say(9 * NS_PER_S, Sentence.NEXT_START)


def lost(after: list[Key], then: Glance, more: list[Key]) -> list[KeyDecision]:
    """What is seen is another thing after some presses."""
    keys, found = Keys(), list[KeyDecision]()
    for number, key in enumerate([*after, *more]):
        keys, decisions = step(keys, Press(number * NS_PER_S, key), DATED if number < len(after) else then)
        found += decisions
    return found


@pytest.mark.parametrize(
    ("later", "said"),
    [(UNDATED, Sentence.NO_DATE), (replace(DATED, day=THURSDAY + 1), Sentence.NOTHING_TO_PICK)],
    ids=["a date that is lost", "midnight"],
)
def test_what_is_no_longer_true_when_a_day_is_picked_takes_nothing(later: Glance, said: Sentence) -> None:
    found = lost([*TO_RACE, Key.PLAY], later, [Key.PLAY])
    assert not chosen(found)
    assert isinstance(found[-1], Say)
    assert found[-1].sentence is said


def test_a_race_that_is_set_can_be_taken_back_first_of_all() -> None:
    seen = replace(DATED, race=THURSDAY + 30)
    assert items(Choice.RACE, seen)[0].choice is Choice.NO_RACE
    assert chosen(pressed([*TO_RACE, Key.PLAY], seen)) == [(Choice.NO_RACE, None)]
    over = replace(DATED, race=THURSDAY - 1)
    assert Choice.NO_RACE not in {item.choice for item in (*items(Choice.RACE, DATED), *items(Choice.RACE, over))}


@examples(100)
@given(storms(), DAYS)
def test_whatever_is_pressed_no_race_is_in_the_past_and_each_is_said_back(storm: list[KeyEvent], today: int) -> None:
    found = decided(storm, replace(DATED, day=today))
    races = [one.pick for one in found if isinstance(one, Chosen) and one.choice is Choice.RACE]
    assert [one.values for one in found if isinstance(one, Say) and one.sentence is Sentence.RACE_ON] == [
        Values(day=pick) for pick in races if isinstance(pick, int)
    ]
    assert all(isinstance(pick, int) and pick >= today for pick in races)


@pytest.mark.parametrize("language", ["en", "de"])
def test_all_that_is_offered_is_rendered_beforehand(language: str) -> None:
    known = set(known_texts(language))
    seen = replace(DATED, race=THURSDAY, day=monday(THURSDAY))
    offered = [*items(Choice.RACE, seen), *items(Choice.RACE_WEEK, seen, monday(THURSDAY))]
    assert {sentence(item.sentence, item.values, language) for item in offered} <= known
    assert {sentence(what, language=language) for what in (Sentence.RACE, Sentence.NO_DATE)} <= known
