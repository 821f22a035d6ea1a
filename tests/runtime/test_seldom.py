"""News that come and go are told at once and then seldom, and in the end the runner knows how things stand."""

from __future__ import annotations

from cued.runtime.seldom import AGAIN_NS, Seldom
from cued.units import NS_PER_S


class Desk:
    """What is told, by a clock that is moved by hand."""

    def __init__(self) -> None:
        self.now_ns = 0
        self.told: list[str] = []
        self.news = Seldom(self.told.append, lambda: self.now_ns)

    def stand(self, state: str, after_s: float = 1.0) -> None:
        self.now_ns += round(after_s * NS_PER_S)
        self.news.state(state, f"it is {state or 'well'}")


def test_a_loss_and_its_end_are_told_once_each_however_often_they_are_looked_at() -> None:
    desk = Desk()
    for state in ("", "gone", "gone", "gone", "", ""):
        desk.stand(state)
    assert desk.told == ["it is gone", "it is well"]


def test_what_flaps_is_told_seldom_with_the_count_of_what_was_left_out() -> None:
    desk = Desk()
    for _ in range(50):
        desk.stand("gone")
        desk.stand("")
    assert desk.told[:4] == ["it is gone", "it is well", "it is gone", "it is well"]
    assert len(desk.told) == 4
    desk.stand("gone", AGAIN_NS / NS_PER_S)
    assert desk.told[4:] == ["it is gone (and 96 changes before)"]


def test_a_state_that_lasts_is_told_even_if_it_came_while_all_was_said() -> None:
    desk = Desk()
    for _ in range(2):
        desk.stand("gone", 0.1)
        desk.stand("", 0.1)
    desk.stand("gone", 0.1)
    assert desk.told[-1] == "it is well"
    for _ in range(300):
        desk.stand("gone")
    assert desk.told[-1] == "it is gone"
    assert len(desk.told) == 5


def test_what_is_over_when_it_is_told_is_counted_the_same_way() -> None:
    desk = Desk()
    for _ in range(10):
        desk.news.happened("it was started again")
    assert desk.told == ["it was started again"] * 4
    desk.now_ns += AGAIN_NS
    desk.news.happened("it was started again")
    assert desk.told[4:] == ["it was started again (and 6 changes before)"]
