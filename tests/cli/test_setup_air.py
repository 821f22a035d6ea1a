"""`cued setup` over the virtual BlueZ: headphones and pod, one or several, willing or not."""

from __future__ import annotations

import pytest

from cued.config.settings import Settings
from cued.headphones.known import KnownHeadphones, OwnHeadphones
from cued.runtime.configuring import set_options
from cued.sensors.cadence_unit import CadenceUnit
from cued.sensors.known import KnownSensor, KnownSensors
from tests.support.bluez import Peripheral, Running, Script, VirtualBluez
from tests.support.conversation import SHOKZ, Conversation, accept, became, home, settings, sound
from tests.support.kept_links import NEIGHBOUR, POD

__all__ = ["home", "sound"]


@pytest.mark.slow
def test_of_several_headphones_the_person_chooses(bluez: VirtualBluez, sound: None) -> None:
    accept()
    OwnHeadphones().put(KnownHeadphones("C0:FF:EE:00:00:12", "Old"))
    shokz = bluez.add_headphones(SHOKZ.address)
    bluez.add_headphones("C0:FF:EE:00:00:11", "Buds")
    with Conversation("--only", "headphones") as talk:
        talk.answer("run with? [1]", "b")
        talk.answer("Enter when they blink.")
        shown = talk.until("Which are yours?")
        talk.press(f"{shown.partition('  Shokz')[0].split()[-1]}\n")
        assert talk.rest()[0] == 0
    assert shokz.connected
    assert [one.name for one in OwnHeadphones().all()] == ["Shokz", "Old"]
    assert settings() == Settings()


def test_headphones_that_refuse_are_skipped_after_a_no(bluez: VirtualBluez) -> None:
    accept()
    shokz = bluez.add_headphones(SHOKZ.address)
    bluez.fail("Pair", "org.bluez.Error.AuthenticationRejected", times=None)
    with Conversation("--only", "headphones") as talk:
        talk.answer("run with? [b]")
        talk.answer("Enter when they blink.")
        assert "they refused" in talk.until("Try again?")
        talk.press("n\n")
        assert talk.rest()[0] == 0
    assert "they refused" in became()["headphones"]
    assert not shokz.paired
    assert settings() == Settings()


def test_ones_own_headphones_that_are_off_can_be_switched_on_and_tried_again(bluez: VirtualBluez) -> None:
    accept()
    OwnHeadphones().put(SHOKZ)
    shokz = bluez.add_headphones(SHOKZ.address)
    shokz.own()
    shokz.switch(on=False)
    with Conversation("--only", "headphones") as talk:
        talk.answer("run with? [1]")
        talk.until("Try again?")
        shokz.switch(on=True)
        talk.press("\n")
        talk.until("looking for their sound device")
        talk.interrupt()
        assert talk.rest()[0] == 130
    assert shokz.connected


def test_a_pod_that_another_app_holds_is_skipped_after_a_no(bluez: VirtualBluez) -> None:
    accept()
    pod = bluez.add(POD)
    bluez.fail("Connect", "org.bluez.Error.Failed", "br-connection-busy", times=None)
    with Conversation("--only", "pod") as talk:
        talk.answer("Enter when it is on.")
        talk.answer("Try again?", "n", 60.0)
        assert talk.rest()[0] == 0
    assert became()["pod"].startswith(pod.address)
    assert KnownSensors().all() == ()


def test_of_several_pods_the_nearest_is_offered_and_the_chosen_one_comes_first(bluez: VirtualBluez) -> None:
    accept()
    bluez.add(Peripheral(NEIGHBOUR.address, "Far", NEIGHBOUR.services, rssi=-80))
    with Script(bluez.add(POD), Running(200), hz=10, factor=2) as runner, Conversation("--only", "pod") as talk:
        talk.answer("Enter when it is on.")
        shown = talk.until("Which is yours?")
        assert "Pod, strong" in shown
        assert "100 per minute" in shown
        talk.press("\n")
        talk.answer("find out? [c]")
        talk.until("press Enter again.")
        talk.until("(press Enter to begin)")
        talk.press("\n")
        talk.until("count 20 steps, then press Enter")
        began = runner.sent
        talk.expect(lambda: runner.sent >= began + 58)  # six seconds: twenty steps at 200 a minute
        talk.press("\n")
        assert talk.rest()[0] == 0
    assert [(one.name, one.cadence_unit, one.said_by) for one in KnownSensors().all()] == [
        ("Pod", CadenceUnit.STRIDES, "runner")
    ]


def test_a_pod_that_is_the_runners_can_be_kept_and_its_unit_can_wait(bluez: VirtualBluez) -> None:
    accept()
    KnownSensors().put(KnownSensor(POD.address, "Pod", ("cadence",)))
    set_options({"sensor": "none"})
    with Conversation("--only", "pod") as talk:
        talk.answer("is yours. Keep it?")
        talk.answer("find out?", "x")
        talk.until("one of c, 1, 2, n, please")
        talk.answer("find out?", "n")
        assert talk.rest()[0] == 0
    assert became()["pod"] == "done"
    assert settings().sensor == "ble"
    assert KnownSensors().all()[0].cadence_unit is CadenceUnit.AUTO
