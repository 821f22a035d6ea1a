"""Bluetooth headphones for the daemon: connected at the start and after a loss, ever more rarely."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence

from cued.errors import HeadphonesError
from cued.headphones.known import KnownHeadphones
from cued.runtime.daemon.ears import BACKSTOP_NS, LOOK_NS, PAUSES_NS, KnownEars
from cued.units import NS_PER_S
from tests.support.day_world import VirtualTime

SHOKZ = KnownHeadphones("C0:FF:EE:00:00:10", "Shokz")


class Now:
    """Work that is done at once, in the loop."""

    waiting = 0

    def do(self, job: Callable[[], Callable[[], None]]) -> None:
        job()()


class Listener:
    """BlueZ's news of headphones, in a test's hands."""

    def __init__(self, changed: Callable[[], None]) -> None:
        self.changed = changed
        self.listening = True
        self.addresses: tuple[str, ...] = ()
        self.closed = False

    def about(self, addresses: Sequence[str]) -> None:
        self.addresses = tuple(addresses)

    def close(self) -> None:
        self.closed = True


class Bluez:
    """Headphones that are switched on or not."""

    def __init__(self, *, own: tuple[KnownHeadphones, ...] = (SHOKZ,), wanted: bool = True, watched: bool = False) -> None:
        self.on = False
        self.fault = ""
        self.calls: list[tuple[int, str]] = []
        self.told: list[str] = []
        self.time = VirtualTime()
        self._own = own
        self.listeners: list[Listener] = []
        self.ears = KnownEars(
            Now(),
            self.told.append,
            self.time,
            wanted=wanted,
            own=lambda: self._own,
            connect=self._connect,
            there=self._there,
            watch=self._watch if watched else None,
        )

    def _watch(self, changed: Callable[[], None]) -> Listener:
        self.listeners.append(Listener(changed))
        return self.listeners[-1]

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


def watched() -> tuple[Bluez, Listener]:
    bluez = Bluez(watched=True)
    bluez.on = True
    bluez.pass_s(2)
    (listener,) = bluez.listeners
    assert listener.addresses == (SHOKZ.address,)
    return bluez, listener


def test_a_loss_and_a_return_are_noticed_when_bluez_tells_of_them_and_nobody_is_called_for_that() -> None:
    bluez, listener = watched()
    bluez.on = False
    listener.changed()
    assert not bluez.ears.is_up()
    bluez.pass_s(1)
    bluez.on = True
    listener.changed()
    assert bluez.ears.is_up()
    assert bluez.calls == [(0, "connect"), (2, "look"), (3, "look")]
    assert bluez.told[1:] == [
        "the headphones Shokz are gone; trying again until they are back",
        "the headphones Shokz are connected",
    ]


def test_while_bluez_would_tell_it_is_seldom_asked_and_else_as_often_as_ever() -> None:
    bluez, listener = watched()
    bluez.pass_s(130)
    assert [at for at, what in bluez.calls if what == "look"] == [BACKSTOP_NS // NS_PER_S, 2 * BACKSTOP_NS // NS_PER_S]
    listener.listening = False
    listener.changed()
    bluez.pass_s(60)
    assert len(bluez.calls) == 3 + 60 * NS_PER_S // LOOK_NS


def test_news_of_headphones_that_are_still_off_bring_the_next_call_no_nearer() -> None:
    bluez = Bluez(watched=True)
    bluez.pass_s(1)
    (listener,) = bluez.listeners
    for _ in range(20):
        listener.changed()
    bluez.pass_s(4)
    assert [what for _, what in bluez.calls] == ["connect", *["look"] * 20]
    bluez.pass_s(1)
    assert bluez.calls[-1] == (PAUSES_NS[0] // NS_PER_S, "connect")
    assert bluez.told == []


def test_without_headphones_of_ones_own_nobody_listens_and_after_a_reload_somebody_does() -> None:
    bluez = Bluez(own=(), watched=True)
    bluez.pass_s(3)
    assert bluez.listeners == []
    bluez._own = (SHOKZ,)
    bluez.ears.reread()
    bluez._own = ()
    bluez.ears.reread()
    (listener,) = bluez.listeners
    assert listener.addresses == ()
    bluez.ears.close()
    assert listener.closed
