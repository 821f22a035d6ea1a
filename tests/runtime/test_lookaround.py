"""The table of `cued sensors scan`: who stands where, in which words, and whom it visits."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from cued.dbus.addresses import full_uuid
from cued.dbus.faults import NO_ANSWER, POWERED_OFF
from cued.errors import SensorError
from cued.formats.sensor_log import Notification
from cued.runtime.lookaround import BUSY, SILENT, VISITED, VISITING, InView, look_around, table
from cued.sensors.air import HEART_RATE, NO_SIGNAL, RSC_MEASUREMENT, SERVICES, Look, Sighting
from cued.sensors.known import KnownSensor
from cued.sensors.reasons import NOTHING_TO_READ, UNKNOWN
from cued.sensors.rsc import RscMeasurement, encode_measurement

RSC, HEART, _ = SERVICES
LAMP = full_uuid("FFE5")


def address(number: int) -> str:
    return f"C0:FF:EE:00:00:{number:02X}"


def pod(number: int, rssi: int = -60, name: str | None = "Pod") -> Sighting:
    return Sighting(address(number), name, (RSC,), rssi)


def view_of(*sightings: Sighting, own: tuple[KnownSensor, ...] = (), everything: bool = False) -> InView:
    view = InView(own, everything=everything)
    for sighting in sightings:
        view.note(sighting)
    return view


def text(view: InView, width: int | None = None) -> list[str]:
    return ["".join(piece.text for piece in line) for line in table(view.rows(), width)]


def look(number: int, *values: int, battery: int | None = 80) -> Look:
    heard = [encode_measurement(RscMeasurement(2.5, value, None, None, running=True)) for value in values]
    offers = (RSC_MEASUREMENT,)
    notes = tuple(Notification(at_ns, address(number), RSC_MEASUREMENT, data) for at_ns, data in enumerate(heard))
    return Look(address(number), "Pod", offers, battery, None, None, notes)


def test_each_device_is_a_line_with_services_and_signal_in_words() -> None:
    strap = Sighting(address(2), None, (HEART, full_uuid("180F"), full_uuid("180A")), -88, battery=50)
    assert text(view_of(pod(1, -73), strap, own=(KnownSensor(address(2)),))) == [
        "NAME       ADDRESS            OFFERS             SIGNAL         BATTERY  CADENCE",
        "(no name)  C0:FF:EE:00:00:02  heart rate         faint -88 dBm  50 %              yours",
        "Pod        C0:FF:EE:00:00:01  cadence and speed  good -73 dBm",
    ]


def test_a_pod_that_is_connected_already_is_shown_so_and_let_alone() -> None:
    view = view_of(pod(1, NO_SIGNAL), pod(2, -70))
    assert text(view)[1] == "Pod   C0:FF:EE:00:00:01  cadence and speed  connected              in use on this machine"
    assert view.nearest_pods() == [address(2)]
    assert [row.as_json()["rssi_dbm"] for row in view.rows()] == [None, -70]
    view.note(pod(1, -60))
    assert view.nearest_pods() == [address(1), address(2)]


def test_the_order_is_the_runners_own_then_pods_then_the_rest_and_no_signal_shuffles_it() -> None:
    strap = Sighting(address(4), "Strap", (HEART,), -40)
    lamp = Sighting(address(5), "Lamp", (LAMP,), -30)
    own = (KnownSensor(address(3)), KnownSensor(address(2)))
    view = view_of(lamp, strap, pod(1), pod(2), pod(3), pod(6), own=own, everything=True)
    order = [row.address for row in view.rows()]
    assert order == [address(number) for number in (3, 2, 1, 6, 4, 5)]
    view.note(pod(6, -30))
    view.note(pod(3, -99))
    assert [row.address for row in view.rows()] == order


def test_only_what_cued_reads_is_shown_unless_all_is_asked_for() -> None:
    lamp = Sighting(address(5), "Lamp", (LAMP, full_uuid("FFE6"), "7e78aa18-72cd-d3b8-a81f-5b7e589bea0f"), -30)
    view = view_of(lamp, pod(1))
    assert ([row.name for row in view.rows()], view.hidden) == (["Pod"], 1)
    everything = view_of(lamp, everything=True)
    assert everything.hidden == 0
    assert "FFE5, FFE6, private" in text(everything)[1]


def test_a_sensor_of_the_runners_is_shown_even_if_it_does_not_say_what_it_is() -> None:
    view = view_of(Sighting(address(1), "Pod", (), -50), own=(KnownSensor(address(1)),))
    assert text(view)[1].endswith("yours")


def test_a_later_advertisement_without_a_name_takes_none_away() -> None:
    view = view_of(pod(1), Sighting(address(1), None, (), -70))
    (row,) = view.rows()
    assert (row.name, row.services, row.rssi_dbm, row.is_sensor) == ("Pod", (RSC,), -70, True)


def test_a_line_is_cut_to_the_terminal_and_a_long_name_to_its_column() -> None:
    view = view_of(pod(1, name="The longest name that anybody gave"))
    assert text(view)[1].startswith("The longest name that a…  C0:FF")
    assert {len(line) for line in text(view, 40)} == {40}


def test_the_nearest_three_pods_are_visited_one_after_the_other_and_told_in_the_table() -> None:
    sightings = [pod(1, -90), pod(2, -50), pod(3, -70), pod(4, -60), Sighting(address(5), "Strap", (HEART,), -40)]
    view, visits, drawn = view_of(), [], []

    def scan(for_ns: int, seen: Callable[[Sighting], None]) -> None:
        assert for_ns == 7
        for sighting in sightings:
            seen(sighting)

    def visit(one: str) -> Look:
        visits.append(one)
        assert [row.remark for row in view.rows() if row.address == one] == [VISITING]
        if one == address(4):
            raise SensorError(f"{one}: {NO_ANSWER}")
        return look(2, 84, 85) if one == address(2) else look(3)

    look_around(view, 7, scan, visit, lambda: drawn.append(len(view.rows())))
    assert visits == [address(2), address(4), address(3)]
    assert len(visits) == VISITED
    assert drawn == [1, 2, 3, 4, 5] + [5] * 6
    told = {row.address: (row.cadence(), row.battery) for row in view.rows()}
    assert told[address(2)] == ("85 per minute", 80)
    assert told[address(3)] == (SILENT, 80)
    assert told[address(4)] == (BUSY, None)
    assert told[address(1)] == ("", None)


@pytest.mark.parametrize(
    ("reason", "remark"), [(NO_ANSWER, BUSY), (UNKNOWN, "gone"), (NOTHING_TO_READ, "offers nothing that cued reads")]
)
def test_a_visit_that_fails_says_why_in_the_row(reason: str, remark: str) -> None:
    view = view_of()

    def visit(one: str) -> Look:
        raise SensorError(f"{one}: {reason}")

    look_around(view, 1, lambda _, seen: seen(pod(1)), visit, lambda: None)
    assert [row.cadence() for row in view.rows()] == [remark]
    assert view.rows()[0].as_json()["remark"] == remark


def test_a_fault_of_the_machine_ends_the_whole() -> None:
    def visit(one: str) -> Look:
        raise SensorError(POWERED_OFF)

    with pytest.raises(SensorError, match="switched off"):
        look_around(view_of(), 1, lambda _, seen: seen(pod(1)), visit, lambda: None)


def test_a_pod_that_stands_is_told_from_one_that_is_silent() -> None:
    view = view_of(pod(1), pod(2))
    view.visited(look(1, 0))
    view.visited(look(2))
    assert [row.cadence() for row in view.rows()] == ["standing", SILENT]
    assert [row.cadence_raw for row in view.rows()] == [0, None]


def test_a_strap_is_not_visited() -> None:
    view = view_of(Sighting(address(5), "Strap", (HEART, HEART_RATE), -40))
    assert view.nearest_pods() == []
