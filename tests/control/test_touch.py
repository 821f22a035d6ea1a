"""One button that means two things."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cued.control.keys import Grip, Key, Touch, touched

DOWN, LONG, UP = Touch.DOWN, Touch.LONG, Touch.UP


def pressed_by(*touches: Touch, key: Key = Key.PLAY_PAUSE) -> list[Key]:
    grip, found = Grip.FREE, []
    for touch in touches:
        grip, pressed = touched(grip, touch, key)
        found += [pressed] if pressed is not None else []
    return found


@pytest.mark.parametrize(
    ("touches", "pressed"),
    [
        ((DOWN, UP), [Key.PLAY_PAUSE]),
        ((DOWN,), []),
        ((DOWN, LONG), [Key.HELD]),
        ((DOWN, LONG, UP), [Key.HELD]),
        ((DOWN, LONG, UP, DOWN, UP), [Key.HELD, Key.PLAY_PAUSE]),
        ((DOWN, UP, LONG), [Key.PLAY_PAUSE]),
        ((DOWN, LONG, DOWN, UP), [Key.HELD]),
        ((DOWN, LONG, LONG), [Key.HELD]),
    ],
    ids=["a press", "not yet", "held", "let go", "held, then pressed", "let go just before", "a bounce", "told twice"],
)
def test_a_short_press_counts_at_its_end_and_a_long_one_at_once(touches: tuple[Touch, ...], pressed: list[Key]) -> None:
    assert pressed_by(*touches) == pressed


@pytest.mark.parametrize("touches", [(UP,), (LONG,), (LONG, UP)])
def test_a_button_that_was_down_before_anybody_looked_does_nothing(touches: tuple[Touch, ...]) -> None:
    assert pressed_by(*touches) == []


@given(st.lists(st.sampled_from(Touch)))
def test_one_way_down_is_one_key_at_most(touches: list[Touch]) -> None:
    assert len(pressed_by(*touches)) <= touches.count(DOWN)
