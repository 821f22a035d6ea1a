"""The keys over real buses: a desktop's on the session bus, a headset's through the virtual BlueZ, and buses that die."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from cued.control.headset import HeadsetKeys, Rests, session_address
from cued.control.keys import Key, Playback, Shown
from cued.units import NS_PER_MS
from tests.support.bluez import VirtualBluez
from tests.support.bluez.fixtures import bluez
from tests.support.session_bus import SessionBus, session_bus
from tests.support.waiting import wait_for

__all__ = ["bluez"]

QUICK = Rests(first_ns=20 * NS_PER_MS, longest_ns=100 * NS_PER_MS)
RUNNING = Shown(Playback.PLAYING, "Quiet feet", "steady", "Awareness")


@pytest.fixture
def bus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SessionBus]:
    """A session bus of the test's own, and no system bus."""
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={tmp_path}/none")
    with session_bus(tmp_path / "session") as one:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", one.address)
        yield one


@pytest.fixture
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No session bus."""
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))


@contextmanager
def listening() -> Iterator[tuple[HeadsetKeys, list[Key]]]:
    pressed: list[Key] = []
    with closing(HeadsetKeys(pressed.append, QUICK)) as keys:
        keys.start()
        keys.show(RUNNING)
        yield keys, pressed


def test_a_desktop_sees_what_goes_on_and_its_keys_arrive(bus: SessionBus) -> None:
    with listening() as (keys, pressed):
        wait_for(lambda: bus.playerctl("-p", "cued", "status") == "Playing")
        assert bus.playerctl("metadata", "title") == "Quiet feet"
        for word in ("play-pause", "play", "pause", "stop", "next", "previous"):
            bus.playerctl(word)
        wait_for(lambda: len(pressed) == 6)
        assert pressed == [Key.PLAY_PAUSE, Key.PLAY, Key.PAUSE, Key.STOP, Key.NEXT, Key.PREVIOUS]
        keys.show(Shown(Playback.PAUSED, "Tall", "steady", "Awareness"))
        wait_for(lambda: bus.playerctl("status") == "Paused")
        assert bus.playerctl("metadata", "xesam:title") == "Tall"
    assert bus.playerctl("-l") == ""


def test_two_runs_beside_each_other_are_two_players(bus: SessionBus) -> None:
    with listening():
        wait_for(lambda: bus.playerctl("-l") == "cued")
        with listening():
            wait_for(lambda: len(bus.playerctl("-l").split()) == 2)
            names = sorted(bus.playerctl("-l").split())
            assert names[0] == "cued"
            assert names[1].startswith("cued.instance")


def test_a_session_bus_that_dies_is_come_back_to(bus: SessionBus) -> None:
    with listening() as (_, pressed):
        wait_for(lambda: bus.playerctl("-l") == "cued")
        bus.stop()
        bus.start()
        wait_for(lambda: bus.playerctl("-l") == "cued")
        bus.playerctl("next")
        wait_for(lambda: pressed == [Key.NEXT])
        assert pressed == [Key.NEXT]


def test_a_headsets_buttons_arrive_through_bluez_which_is_told_what_goes_on(bluez: VirtualBluez, alone: None) -> None:
    with listening() as (keys, pressed):
        wait_for(lambda: len(bluez.players) == 1)
        assert bluez.players[0]["PlaybackStatus"] == "Playing"
        for button in ("Pause", "Play", "Next", "Previous"):
            bluez.press(button)
        wait_for(lambda: len(pressed) == 4)
        assert pressed == [Key.PAUSE, Key.PLAY, Key.NEXT, Key.PREVIOUS]
        keys.show(Shown(Playback.PAUSED, "Tall"))
        wait_for(lambda: bluez.players[0]["PlaybackStatus"] == "Paused")
        assert bluez.players[0]["Metadata"]["xesam:title"] == "Tall"
    wait_for(lambda: not bluez.players)


def test_bluez_is_come_back_to_after_every_loss(bluez: VirtualBluez, alone: None) -> None:
    with listening() as (_, pressed):
        for loss in (bluez.restart, bluez.restart_bus, bluez.unplug):
            wait_for(lambda: len(bluez.players) == 1)
            loss()
        bluez.plug()
        wait_for(lambda: len(bluez.players) == 1)
        bluez.press("Play")
        wait_for(lambda: pressed == [Key.PLAY])
        assert [method for method, _ in bluez.calls].count("RegisterPlayer") >= 4


def test_a_refusal_is_tried_again(bluez: VirtualBluez, alone: None) -> None:
    bluez.fail("RegisterPlayer", "org.bluez.Error.NotSupported", "", times=2)
    with listening():
        wait_for(lambda: len(bluez.players) == 1)
        assert [method for method, _ in bluez.calls].count("RegisterPlayer") == 3


def test_bluez_is_not_called_up_where_it_does_not_run(bluez: VirtualBluez, alone: None) -> None:
    bluez.kill()
    with listening():
        bluez.revive()
        wait_for(lambda: len(bluez.players) == 1)
        assert bluez.players[0]["CanGoNext"] is True


def test_without_any_bus_nothing_happens_and_it_ends_at_once(
    tmp_path: Path, alone: None, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={tmp_path}/none")
    assert session_address() is None
    with listening() as (keys, pressed):
        keys.show(Shown())
    assert (pressed, capfd.readouterr()) == ([], ("", ""))
    assert "cued-keys" not in {thread.name for thread in threading.enumerate()}


def test_the_users_bus_is_found_without_its_variable(alone: None, tmp_path: Path) -> None:
    (tmp_path / "bus").touch()
    assert session_address() == f"unix:path={tmp_path}/bus"


def test_what_was_never_started_can_be_closed() -> None:
    keys = HeadsetKeys(lambda _key: None, QUICK)
    keys.show(RUNNING)
    keys.close()
    assert "cued-keys" not in {thread.name for thread in threading.enumerate()}
