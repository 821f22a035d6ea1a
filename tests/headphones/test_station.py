"""Pairing, connecting and letting go over the virtual BlueZ, and every fault as one sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from cued.dbus.faults import NO_ADAPTER, NO_BLUETOOTHD, NO_BUS, POWERED_OFF
from cued.errors import HeadphonesError
from cued.headphones.known import KnownHeadphones
from cued.headphones.picture import Seen
from cued.headphones.station import Patience, connect_known, let_go, pair, states
from cued.headphones.words import BUSY, NO_SERVER, NONE_IN_SIGHT, NOT_NEAR, NOT_PAIRING, REFUSED, STALE_KEY
from cued.runtime.headphones import Meant
from cued.units import NS_PER_S
from tests.support.bluez import VirtualBluez, lamp
from tests.support.bluez.peripherals import Peripheral
from tests.support.kept_links import POD
from tests.support.waiting import DEADLINE_S, wait_for

QUICK = replace(Patience().divided_by(20), call_ns=round(DEADLINE_S * NS_PER_S))
"""Quick where something is waited for in vain; bluetoothd, which is there, may take its time to answer."""
ADDRESS = "C0:FF:EE:00:00:10"
OTHER = "C0:FF:EE:00:00:11"


def paired(word: str = "", told: list[str] | None = None) -> Seen:
    return pair(Meant(word), (told if told is not None else []).append, patience=QUICK)


def fault(word: str = "") -> str:
    with pytest.raises(HeadphonesError) as caught:
        paired(word)
    return str(caught.value)


# --- pairing -------------------------------------------------------------------------------------------------------


def test_the_only_headphones_in_pairing_mode_are_paired_trusted_and_connected(bluez: VirtualBluez) -> None:
    shokz = bluez.add_headphones(ADDRESS)
    bluez.add(POD)
    bluez.add(Peripheral("C0:FF:EE:00:00:09", "Lamp", lamp()))
    told: list[str] = []
    seen = paired(told=told)
    assert (seen.address, seen.name, seen.paired, seen.connected) == (ADDRESS, "Shokz", True, True)
    assert (shokz.paired, shokz.trusted, shokz.connected) == (True, True, True)
    assert [line.split()[0] for line in told] == ["looking", "pairing", "connecting", "waiting"]
    assert not bluez.discovering


def test_the_search_ends_before_the_pairing_and_the_agent_stays_no_longer_than_that(bluez: VirtualBluez) -> None:
    bluez.add_headphones(ADDRESS)
    paired("shokz")
    methods = [method for method, _ in bluez.calls]
    steps = ["StartDiscovery", "StopDiscovery", "RegisterAgent", "Pair", "UnregisterAgent", "Set Trusted", "Connect"]
    assert [method for method in methods if method in steps] == steps


@pytest.mark.parametrize("word", ["shokz", "c0-ff-ee-00-00-10"])
def test_among_several_the_named_ones_are_taken_at_once(bluez: VirtualBluez, word: str) -> None:
    bluez.add_headphones(OTHER, "Speaker")
    shokz = bluez.add_headphones(ADDRESS)
    assert paired(word).address == ADDRESS
    assert shokz.connected


def test_headphones_that_are_paired_already_are_connected_without_a_search(bluez: VirtualBluez) -> None:
    shokz = bluez.add_headphones(ADDRESS)
    shokz.own()
    assert paired("Shokz").connected
    assert not {"StartDiscovery", "Pair"} & {method for method, _ in bluez.calls}


def test_several_in_sight_are_asked_about(bluez: VirtualBluez) -> None:
    bluez.add_headphones(ADDRESS)
    bluez.add_headphones(OTHER, None)
    lines = fault().splitlines()
    assert lines[0] == "2 headphones are in sight; say which:"
    assert set(lines[1:]) == {f"  cued headphones pair {ADDRESS}   Shokz", f"  cued headphones pair {OTHER}   no name"}


def test_headphones_that_are_paired_but_absent_are_no_choice(bluez: VirtualBluez) -> None:
    bluez.add_headphones(OTHER, "Old").own()
    bluez.add_headphones(ADDRESS)
    assert paired().address == ADDRESS


def test_none_in_pairing_mode_says_how_to_get_there(bluez: VirtualBluez) -> None:
    bluez.add(POD)
    assert fault() == NONE_IN_SIGHT
    assert fault(ADDRESS) == f"{ADDRESS}: {NOT_PAIRING}"
    wait_for(lambda: not bluez.discovering, what="the search to be ended")


def test_a_slip_in_the_name_is_guessed(bluez: VirtualBluez) -> None:
    bluez.add_headphones(ADDRESS)
    assert fault("Shoks") == "no headphones called 'Shoks' are in sight; did you mean 'Shokz'?"


def test_half_an_address_is_no_name() -> None:
    with pytest.raises(HeadphonesError, match="is no Bluetooth address"):
        Meant("C0:FF:EE")


def test_names_on_the_air_cannot_write_on_the_terminal(bluez: VirtualBluez) -> None:
    bluez.add_headphones(ADDRESS, "\x1b[2JShokz\n")
    told: list[str] = []
    assert paired(ADDRESS, told).name == "?[2JShokz?"
    assert all(line.isprintable() for line in told)


@pytest.mark.parametrize(
    ("method", "error", "text", "reason"),
    [
        ("Pair", "AuthenticationFailed", "Authentication Failed", REFUSED),
        ("Pair", "AuthenticationRejected", "", REFUSED),
        ("Pair", "ConnectionAttemptFailed", "Page Timeout", NOT_PAIRING),
        ("Pair", "AuthenticationTimeout", "", NOT_PAIRING),
        ("Pair", "InProgress", "", BUSY),
        ("Connect", "Failed", "br-connection-page-timeout", NOT_NEAR),
        ("Connect", "Failed", "Host is down", NOT_NEAR),
        ("Connect", "Failed", "br-connection-key-missing", STALE_KEY),
        ("Connect", "Failed", "br-connection-profile-unavailable", NO_SERVER),
        ("Connect", "Failed", "Protocol not available", NO_SERVER),
        ("Connect", "NotAvailable", "", NO_SERVER),
        ("Connect", "Failed", "br-connection-busy", BUSY),
    ],
)
def test_every_refusal_is_a_sentence(bluez: VirtualBluez, method: str, error: str, text: str, reason: str) -> None:
    bluez.add_headphones(ADDRESS)
    bluez.fail(method, f"org.bluez.Error.{error}", text)
    assert fault("Shokz") == f"Shokz: {reason}"


def test_headphones_that_never_answer_are_given_up(bluez: VirtualBluez) -> None:
    bluez.add_headphones(ADDRESS)
    bluez.hang("Pair")
    assert fault("Shokz") == f"Shokz: {NOT_PAIRING}"
    assert bluez.calls[-2][0] == "CancelPairing"


def test_without_a_sound_server_nothing_takes_them(bluez: VirtualBluez) -> None:
    bluez.add_headphones(ADDRESS).sound_server(there=False)
    assert fault("Shokz") == f"Shokz: {NO_SERVER}"


# --- what is to be mended first ------------------------------------------------------------------------------------


def test_an_adapter_that_is_off_is_switched_on(bluez: VirtualBluez) -> None:
    bluez.add_headphones(ADDRESS)
    bluez.power(on=False)
    assert paired("Shokz").connected
    assert bluez.powered


def test_an_adapter_that_stays_off_is_said(bluez: VirtualBluez) -> None:
    bluez.power(on=False)
    bluez.fail("Set Powered", "org.bluez.Error.Blocked", "Blocked through rfkill", times=None)
    assert fault() == POWERED_OFF


def test_no_adapter_is_said(bluez: VirtualBluez) -> None:
    bluez.unplug()
    assert fault() == NO_ADAPTER


def test_no_bluetoothd_is_said(bluez: VirtualBluez) -> None:
    bluez.kill()
    assert fault() == NO_BLUETOOTHD


def test_no_bus_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={tmp_path}/none")
    assert fault() == NO_BUS


def test_a_bluetoothd_that_dies_in_mid_search_ends_it(bluez: VirtualBluez) -> None:
    told: list[str] = []

    class Killing(Meant):
        def surely(self, known: Sequence[Seen]) -> Seen | None:
            if bluez.discovering:
                bluez.kill()
            return None

    with pytest.raises(HeadphonesError, match="bluetoothd does not run"):
        pair(Killing(""), told.append, patience=QUICK)


# --- the runner's own ----------------------------------------------------------------------------------------------

SHOKZ, BUDS = KnownHeadphones(ADDRESS, "Shokz"), KnownHeadphones(OTHER, "Buds")


def test_known_headphones_are_connected_the_preferred_first(bluez: VirtualBluez) -> None:
    shokz, buds = bluez.add_headphones(ADDRESS), bluez.add_headphones(OTHER, "Buds")
    shokz.own()
    buds.own()
    assert connect_known((SHOKZ, BUDS), 5 * NS_PER_S, patience=QUICK) == SHOKZ
    assert (shokz.connected, buds.connected) == (True, False)


def test_where_the_preferred_are_at_home_the_next_are_connected(bluez: VirtualBluez) -> None:
    shokz, buds = bluez.add_headphones(ADDRESS), bluez.add_headphones(OTHER, "Buds")
    shokz.own()
    buds.own()
    shokz.switch(on=False)
    assert connect_known((SHOKZ, BUDS), 5 * NS_PER_S, patience=QUICK) == BUDS
    buds.switch(on=False)
    assert connect_known((SHOKZ, BUDS), 5 * NS_PER_S, patience=QUICK) is None


def test_those_that_are_connected_are_not_traded_for_others(bluez: VirtualBluez) -> None:
    bluez.add_headphones(ADDRESS).own()
    buds = bluez.add_headphones(OTHER, "Buds")
    buds.own()
    assert connect_known((BUDS,), patience=QUICK) == BUDS
    assert connect_known((SHOKZ, BUDS), patience=QUICK) == BUDS


def test_connecting_holds_its_deadline(bluez: VirtualBluez) -> None:
    bluez.add_headphones(ADDRESS).own()
    bluez.add_headphones(OTHER, "Buds").own()
    bluez.hang("Connect", times=None)
    assert connect_known((SHOKZ, BUDS), NS_PER_S, patience=Patience()) is None
    assert [method for method, _ in bluez.calls].count("Connect") == 1


def test_no_sound_server_is_told_where_there_is_no_other_choice(bluez: VirtualBluez) -> None:
    shokz = bluez.add_headphones(ADDRESS)
    shokz.own()
    shokz.sound_server(there=False)
    with pytest.raises(HeadphonesError, match="no sound server takes them"):
        connect_known((SHOKZ,), NS_PER_S, patience=QUICK)


def test_forgotten_headphones_are_unpaired(bluez: VirtualBluez) -> None:
    shokz = bluez.add_headphones(ADDRESS)
    shokz.own()
    assert states([ADDRESS, OTHER], patience=QUICK)[ADDRESS].paired
    assert let_go(ADDRESS, patience=QUICK)
    assert not shokz.paired
    assert not let_go(ADDRESS, patience=QUICK)
    assert states([ADDRESS], patience=QUICK) == {}
