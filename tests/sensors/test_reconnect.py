"""The link's machine in a world of virtual time: one numbered scenario for each fault and its likely company."""

from __future__ import annotations

from itertools import pairwise

import pytest

from cued.formats.sensor_log import Link
from cued.sensors import link
from cued.sensors.link import Timing
from cued.sensors.reconnect import Phase, State, step
from cued.units import NS_PER_MIN, NS_PER_MS, NS_PER_S
from tests.support.link_world import POD, World

SOON_NS = 5 * NS_PER_S
"""A link that breaks in a healthy world is back."""
CYCLE_NS = 35 * NS_PER_S
"""One whole round: a connection that hangs, its disconnection, the longest rest, a scan, a connection."""


def hearing(*, known: bool = False, sound: bool = False) -> World:
    world = World(known=known, sound=sound)
    world.expect(world.hears, CYCLE_NS)
    world.run_for(10 * NS_PER_S)
    return world


def links(world: World) -> list[Link]:
    return [to for _, to in world.told]


def test_01_a_new_sensor_is_scanned_for_connected_and_heard() -> None:
    world = World()
    assert world.expect(world.hears, SOON_NS) < 3 * NS_PER_S
    assert [type(action).__name__ for _, action in world.log] == ["StartScan", "StopScan", "Connect", "Subscribe", "Tell"]
    assert links(world) == [Link.UP]


def test_02_a_sensor_that_bluez_knows_is_connected_without_a_scan() -> None:
    world = hearing(known=True)
    assert world.scans() == []


def test_03_a_healthy_link_asks_for_nothing_more() -> None:
    world = hearing()
    before = len(world.log)
    world.run_for(60 * NS_PER_MIN)
    assert len(world.log) == before


def test_04_a_lost_link_is_told_at_once_and_back_within_seconds() -> None:
    world = hearing()
    world.drop()
    world.run_for(10 * NS_PER_MS)
    assert links(world) == [Link.UP, Link.DOWN]
    assert world.expect(world.hears, SOON_NS) < 3 * NS_PER_S
    assert links(world) == [Link.UP, Link.DOWN, Link.UP]


def test_05_an_old_client_is_disconnected_before_the_next_connects() -> None:
    world = hearing()
    before = len(world.log)
    world.drop()
    world.run_for(SOON_NS)
    names = [type(action).__name__ for _, action in world.log[before:] if not isinstance(action, link.Tell)]
    assert names == ["Disconnect", "Connect", "Subscribe"]


@pytest.mark.parametrize("how", ["aborts", "hangs", "late"])
def test_06_a_connection_that_aborts_or_hangs_is_tried_again(how: str) -> None:
    world = hearing()
    world.set(connects=how)
    world.drop()
    world.run_for(3 * NS_PER_MIN)
    assert not world.hears()
    world.heal()
    world.expect(world.hears, CYCLE_NS)


def test_06b_the_first_try_after_a_link_that_held_is_short_and_the_next_is_not() -> None:
    world = hearing()
    world.set(connects="hangs")
    world.drop()
    world.run_for(2 * NS_PER_MIN)
    given_s = [action.timeout_ns // NS_PER_S for _, action in world.log if isinstance(action, link.Connect)]
    assert given_s[:3] == [10, 5, 10]


@pytest.mark.parametrize("how", ["fails", "hangs"])
def test_07_a_subscription_that_fails_or_hangs_is_tried_again(how: str) -> None:
    world = hearing()
    world.set(subscribes=how)
    world.drop()
    world.run_for(2 * NS_PER_MIN)
    assert links(world)[-1] is Link.DOWN
    world.heal()
    world.expect(world.hears, CYCLE_NS)


def test_08_a_disconnection_that_hangs_is_not_waited_for() -> None:
    world = hearing()
    world.set(disconnects="hangs")
    world.drop()
    world.expect(world.hears, 10 * NS_PER_S)


def test_09_an_adapter_that_is_switched_off_and_on() -> None:
    world = hearing()
    world.set(powered=False)
    world.run_for(NS_PER_S)
    assert links(world)[-1] is Link.DOWN
    world.run_for(5 * NS_PER_MIN)
    world.set(powered=True)
    world.expect(world.hears, SOON_NS)


def test_10_an_adapter_that_is_unplugged_and_comes_back_switched_off_first() -> None:
    world = hearing()
    world.know(known=False)
    world.set(present=False, powered=False)
    world.run_for(NS_PER_MIN)
    world.set(present=True)
    world.run_for(NS_PER_S)
    assert not world.hears()
    world.set(powered=True)
    world.expect(world.hears, SOON_NS)


def test_11_bluetoothd_is_restarted() -> None:
    world = hearing()
    world.set(bluez=False)
    world.run_for(NS_PER_S)
    assert links(world)[-1] is Link.DOWN
    world.run_for(20 * NS_PER_S)
    world.set(bluez=True)
    world.expect(world.hears, SOON_NS)


def test_12_bluetoothd_dies_and_comes_back_and_nobody_tells() -> None:
    world = hearing()
    world.set(told=False)
    world.set(bluez=False)
    world.run_for(20 * NS_PER_S)
    assert links(world)[-1] is Link.DOWN  # the silence told
    world.set(bluez=True)
    world.expect(world.hears, CYCLE_NS)


def test_13_an_adapter_goes_off_and_on_in_a_scan_and_nobody_tells() -> None:
    world = World()
    world.set(told=False, in_reach=False)
    world.run_for(2 * NS_PER_S)
    world.set(powered=False)
    world.run_for(2 * NS_PER_S)
    world.set(powered=True, in_reach=True)
    world.expect(world.hears, CYCLE_NS)


def test_14_a_silent_subscription_is_renewed_five_seconds_after_the_last_word() -> None:
    world = hearing()
    world.kill_subscription()
    said_ns = world.heard[-1]
    world.expect(lambda: links(world)[-1] is Link.RENEWING, 10 * NS_PER_S)
    assert world.now_ns - said_ns == Timing().silence_ns
    world.expect(world.hears, SOON_NS)
    assert links(world) == [Link.UP, Link.RENEWING, Link.UP]


def test_15_the_pod_of_a_standing_runner_is_left_in_peace() -> None:
    world = hearing()
    world.set(stands=True)
    world.run_for(60 * NS_PER_MIN)
    renewed = [at_ns for at_ns, to in world.told if to is Link.RENEWING]
    gaps_s = [round((b - a) / NS_PER_S) for a, b in pairwise(renewed)]
    assert gaps_s[:3] == [33, 63, 123]  # the rests, each with the renewal itself
    assert set(gaps_s[3:]) == {123}
    world.set(stands=False)
    assert world.expect(world.hears, SOON_NS) <= 4 * NS_PER_S


def test_16_a_silence_after_standing_is_no_reason_to_renew_soon() -> None:
    world = hearing()
    world.feed(link.Heard(world.now_ns, world.state.attempt, moving=False))
    world.set(stands=True)
    world.run_for(29 * NS_PER_S)
    assert links(world) == [Link.UP]


def test_17_a_subscription_that_was_never_heard_is_renewed_in_the_end() -> None:
    world = World()
    world.expect(lambda: world.state.phase is Phase.LISTENING, SOON_NS)
    world.kill_subscription()
    world.expect(world.hears, 40 * NS_PER_S)


@pytest.mark.parametrize("how", ["twice", "same stamp", "out of order", "storm"])
def test_18_strange_notifications_are_heard_and_change_nothing(how: str) -> None:
    world = hearing()
    before = len(world.log)
    world.set(speaks=how)
    world.run_for(5 * NS_PER_MIN)
    assert world.hears()
    assert len(world.log) == before


def test_19_a_link_that_breaks_at_once_is_made_ever_more_slowly() -> None:
    world = World(known=True)
    for _ in range(30):
        world.expect(lambda: world.state.phase is Phase.LISTENING, CYCLE_NS)
        world.drop()
        world.run_for(10 * NS_PER_MS)
    made = [at_ns for at_ns, action in world.log if isinstance(action, link.Connect)]
    assert made[-1] - made[-2] >= Timing().longest_rest_ns
    world.expect(world.hears, CYCLE_NS)


def test_20_a_sensor_out_of_reach_for_an_hour_costs_little_and_is_met_again() -> None:
    world = hearing()
    world.set(in_reach=False)
    before = len(world.log)
    world.run_for(60 * NS_PER_MIN)
    assert (len(world.log) - before) / 60 < 12
    world.set(in_reach=True)
    world.expect(world.hears, CYCLE_NS)


def test_21_scans_that_find_nothing_lead_to_a_new_look_at_the_bus() -> None:
    world = World()
    world.set(scans="blind")
    world.run_for(3 * NS_PER_MIN)
    assert 1 <= world.counts()["RenewBus"] <= 6
    world.heal()
    world.expect(world.hears, CYCLE_NS)


def test_22_scans_that_fail_are_no_spin() -> None:
    world = World()
    world.set(scans="fails")
    world.run_for(10 * NS_PER_MIN)
    assert world.counts()["StartScan"] < 10 * 60 / 8 + 6
    world.heal()
    world.expect(world.hears, CYCLE_NS)


def test_23_a_known_sensor_is_never_scanned_for_while_sound_goes_over_the_adapter() -> None:
    world = hearing(known=True, sound=True)
    world.set(in_reach=False)
    world.run_for(30 * NS_PER_MIN)
    world.set(in_reach=True)
    world.expect(world.hears, CYCLE_NS)
    assert world.scans() == []


def test_24_an_unknown_one_is_scanned_for_one_second_in_thirty_while_sound_goes_over_the_adapter() -> None:
    world = World(sound=True)
    world.set(in_reach=False)
    world.run_for(10 * NS_PER_MIN - 1)
    scans = world.scans()
    assert len(scans) == 20
    assert all(for_ns == NS_PER_S for _, for_ns in scans)
    assert min(b - a for (a, _), (b, _) in pairwise(scans)) >= 30 * NS_PER_S
    world.set(in_reach=True)
    world.expect(world.hears, CYCLE_NS)


def test_25_a_scan_ends_when_sound_begins_and_the_next_waits() -> None:
    world = World()
    world.set(in_reach=False)
    world.run_for(2 * NS_PER_S)
    assert world.state.phase is Phase.SCANNING
    began = world.scans()[-1][0]
    world.set_sound(over_adapter=True)
    assert isinstance(world.log[-1][1], link.StopScan)
    world.run_for(NS_PER_MIN)
    assert world.scans()[-1][1] == NS_PER_S
    assert world.scans()[1][0] - began >= 30 * NS_PER_S


def test_26_a_scan_that_waited_for_the_music_begins_when_it_stops() -> None:
    world = World(sound=True)
    world.set(in_reach=False)
    world.run_for(10 * NS_PER_S)
    world.set(in_reach=True)
    world.set_sound(over_adapter=False)
    world.expect(world.hears, SOON_NS)


def test_27_only_the_known_address_is_connected() -> None:
    world = World()
    world.set(in_reach=False)
    world.run_for(NS_PER_S)
    world.feed(link.Sighted(world.now_ns, "C0:FF:EE:00:00:02"))
    world.run_for(NS_PER_MIN)
    assert world.counts()["Connect"] == 0


def test_28_anyones_scan_will_do() -> None:
    world = World(sound=True)
    world.set(in_reach=False)
    world.run_for(5 * NS_PER_S)
    world.set(in_reach=True)
    world.feed(link.Sighted(world.now_ns, POD))
    world.expect(world.hears, SOON_NS)


def test_29_an_adapter_that_flaps_is_no_spin() -> None:
    world = hearing()
    for _ in range(3_000):
        world.set(powered=not world.faults.powered)
        world.run_for(20 * NS_PER_MS)
    world.heal()
    world.expect(world.hears, CYCLE_NS)


def test_30_a_late_answer_belongs_to_an_earlier_attempt() -> None:
    state, _ = step(State(POD, known=True), link.Began(0))
    state, _ = step(state, link.ConnectFailed(1, 1, "aborted"))
    state, _ = step(state, link.Closed(2, 1))
    state, (action,) = step(state, link.Tick(10 * NS_PER_S))
    assert isinstance(action, link.StartScan)  # the last connection without a scan failed
    for late in (link.Connected(11, 1), link.Subscribed(11, 1), link.Dropped(11, 1), link.Closed(11, 1)):
        assert step(state, late)[1] == ()


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"powered": False}, {"bluez": False}),
        ({"present": False}, {"in_reach": False}),
        ({"bluez": False}, {"connects": "aborts"}),
        ({"connects": "hangs"}, {"powered": False}),
        ({"disconnects": "hangs"}, {"connects": "hangs"}),
        ({"subscribes": "hangs"}, {"bluez": False}),
        ({"in_reach": False}, {"scans": "fails"}),
        ({"told": False, "bluez": False}, {"disconnects": "hangs"}),
        ({"stands": True}, {"powered": False}),
        ({"speaks": "storm"}, {"in_reach": False}),
    ],
)
def test_31_two_faults_at_once(first: dict[str, object], second: dict[str, object]) -> None:
    for apart_ns in (0, 300 * NS_PER_MS, 7 * NS_PER_S):
        for known in (False, True):
            world = hearing(known=known)
            world.set(**first)
            world.run_for(apart_ns)
            world.set(**second)
            world.run_for(20 * NS_PER_S)
            world.heal()
            world.expect(world.hears, CYCLE_NS + Timing().quiet_ns[0])


def test_32_the_timing_of_tests_is_the_same_but_shorter() -> None:
    whole, short = Timing(), Timing().divided_by(50)
    assert short.silence_ns == whole.silence_ns // 50 == 100 * NS_PER_MS
    assert short.quiet_ns == tuple(quiet_ns // 50 for quiet_ns in whole.quiet_ns)
