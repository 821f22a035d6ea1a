"""Bluetooth headphones for the daemon: connected at the start and after a loss, ever more rarely."""

from __future__ import annotations

import itertools
from collections.abc import Callable

from cued.errors import HeadphonesError
from cued.headphones.known import KnownHeadphones
from cued.runtime.daemon.ears import LOOK_NS, PAUSES_NS, KnownEars
from cued.units import NS_PER_S
from tests.support.day_world import VirtualTime

SHOKZ = KnownHeadphones("C0:FF:EE:00:00:10", "Shokz")


class Now:
    """Work that is done at once, in the loop."""

    waiting = 0

    def do(self, job: Callable[[], Callable[[], None]]) -> None:
        job()()


class Bluez:
    """Headphones that are switched on or not."""

    def __init__(self, *, own: tuple[KnownHeadphones, ...] = (SHOKZ,), wanted: bool = True) -> None:
        self.on = False
        self.fault = ""
        self.calls: list[tuple[int, str]] = []
        self.told: list[str] = []
        self.time = VirtualTime()
        self._own = own
        self.ears = KnownEars(
            Now(), self.told.append, self.time, wanted=wanted, own=lambda: self._own, connect=self._connect, there=self._there
        )

    def _connect(self, known: tuple[KnownHeadphones, ...]) -> KnownHeadphones | None:
        self.calls.append((self.time.now_ns() // NS_PER_S, "connect"))
        if self.fault:
            raise HeadphonesError(self.fault)
        return known[0] if self.on else None

    def _there(self, known: tuple[KnownHeadphones, ...]) -> KnownHeadphones | None:
        self.calls.append((self.time.now_ns() // NS_PER_S, "look"))
        return known[0] if self.on else None

    def pass_s(self, seconds: int) -> None:
        for _ in range(seconds):
            self.ears.look(self.time.now_ns())
            self.time.stall(NS_PER_S)


def test_without_headphones_of_ones_own_or_with_another_output_there_is_nothing_to_do() -> None:
    for bluez in (Bluez(own=()), Bluez(wanted=False)):
        bluez.pass_s(60)
        assert bluez.calls == []
        assert bluez.ears.is_up()
        assert bluez.ears.told() == ""


def test_they_are_connected_at_the_start_and_seen_to_stay() -> None:
    bluez = Bluez()
    bluez.on = True
    bluez.pass_s(12)
    assert bluez.calls == [(0, "connect"), (LOOK_NS // NS_PER_S, "look"), (2 * LOOK_NS // NS_PER_S, "look")]
    assert bluez.ears.is_up()
    assert bluez.told == ["the headphones Shokz are connected"]
    assert bluez.ears.told() == "Shokz, connected"


def test_those_that_are_off_are_called_ever_more_rarely() -> None:
    bluez = Bluez()
    bluez.pass_s(400)
    times = [at for at, _ in bluez.calls]
    assert [later - sooner for sooner, later in itertools.pairwise(times)] == [
        ns // NS_PER_S for ns in (*PAUSES_NS, *PAUSES_NS[-1:])
    ][: len(times) - 1]
    assert not bluez.ears.is_up()
    assert bluez.told == []


def test_a_loss_is_told_once_and_they_are_connected_again() -> None:
    bluez = Bluez()
    bluez.on = True
    bluez.pass_s(3)
    bluez.on = False
    bluez.pass_s(30)
    bluez.on = True
    bluez.pass_s(60)
    assert bluez.told == [
        "the headphones Shokz are connected",
        "the headphones Shokz are gone; trying again until they are back",
        "the headphones Shokz are connected",
    ]


def test_headphones_that_were_paired_meanwhile_are_known_after_a_reload() -> None:
    bluez = Bluez(own=())
    bluez.on = True
    bluez.pass_s(3)
    assert bluez.calls == []
    bluez._own = (SHOKZ,)
    bluez.ears.reread()
    bluez.pass_s(1)
    assert bluez.ears.told() == "Shokz, connected"


def test_a_reason_is_told_once() -> None:
    bluez = Bluez()
    bluez.fault = "no Bluetooth"
    bluez.pass_s(200)
    assert bluez.told == ["no Bluetooth"]
    assert not bluez.ears.is_up()
