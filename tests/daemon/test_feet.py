"""What feeds the daemon: nobody, a recording, pods on the air with their links, batteries and the machine's sleep."""

from __future__ import annotations

from pathlib import Path
from queue import SimpleQueue

from cued.core.events import CadenceSample
from cued.core.happening import PodIs
from cued.runtime.daemon.feet import NAMED_NS, AirFeet, FedFeet, NoFeet, fed
from cued.runtime.daemon.ports import Felt, Message
from cued.runtime.feeding import Nobody, Simulated
from cued.runtime.onair import OnAirRun
from cued.sensors.cadence_unit import CadenceUnit
from cued.sensors.known import KnownSensor, KnownSensors
from cued.units import NS_PER_S
from tests.runtime.on_air import POD, ZERO_NS, FakeRadio, FakeTime
from tests.support.pods import battery, link, pod
from tests.support.waiting import wait_for


class HouseTime:
    """The daemon's time beside the radio's: it begins when the test does."""

    began_boot_ns = 0

    def __init__(self, air: FakeTime) -> None:
        self._air = air
        self.start_ns = ZERO_NS

    def now_ns(self) -> int:
        return self._air.now_ns() - self.start_ns

    def wait(self, inbox: SimpleQueue[Message], until_ns: int) -> Message | None:
        raise AssertionError("feet wait for nothing")

    def catch_up(self) -> int:
        return 0

    def day(self) -> str:
        return ""


class Air:
    """Feet over a radio in the test's hands."""

    def __init__(self, tmp_path: Path, *sensors: KnownSensor, later: KnownSensor | None = None) -> None:
        """`later`: is paired half a minute later."""
        self.time = FakeTime()
        self.house = HouseTime(self.time)
        known = KnownSensors(tmp_path / "sensors.json")
        for sensor in sensors:
            known.put(sensor)
        if later is not None:
            self.time.at(30, lambda: known.put(later))
        self.radios: list[FakeRadio] = []
        self.inbox: SimpleQueue[Message] = SimpleQueue()

        def radio(sink: object) -> FakeRadio:
            self.radios.append(FakeRadio(sink))  # type: ignore[arg-type]  # the same callable
            return self.radios[-1]

        def nothing(_for_ns: int, _seen: object) -> int:
            return 0

        def make() -> OnAirRun:
            return OnAirRun("", known, lambda _: None, radio, nothing, self.time)

        self.known = known
        self.feet = AirFeet(make, self.house, self.inbox, lambda _: None)
        wait_for(self.feet.listening.is_set, what="the feet to listen")

    def hear(self, *items: object) -> None:
        for item in items:
            self.radios[0].sink(item)  # type: ignore[arg-type]  # what a pod sends

    def felt(self) -> list[Felt]:
        return self.feet.collect(self.house.now_ns())


STRYD = KnownSensor(POD, "Stryd", ("cadence",), CadenceUnit.STRIDES, "runner")
S0 = ZERO_NS / NS_PER_S


def test_a_pod_is_told_with_its_battery_or_without_when_it_does_not_tell_it(tmp_path: Path) -> None:
    air = Air(tmp_path, STRYD)
    air.hear(link(S0, "up", POD))
    assert not any(isinstance(one, PodIs) for one in air.felt())
    air.hear(battery(S0 + 1, 80, POD))
    assert PodIs(0, up=True, name="Stryd", battery_percent=80) in air.felt()
    assert air.felt() == []

    late = Air(tmp_path / "late", STRYD)
    late.hear(link(S0, "up", POD))
    late.time.pass_s(NAMED_NS / NS_PER_S)
    (told,) = [one for one in late.felt() if isinstance(one, PodIs)]
    assert (told.up, told.name, told.battery_percent) == (True, "Stryd", None)


def test_a_link_that_is_renewed_is_no_loss_and_one_that_is_down_is(tmp_path: Path) -> None:
    air = Air(tmp_path, STRYD)
    air.hear(link(S0, "up", POD), battery(S0, 80, POD))
    air.felt()
    air.hear(link(S0 + 5, "renewing", POD))
    assert not any(isinstance(one, PodIs) for one in air.felt())
    air.hear(link(S0 + 6, "down", POD))
    assert [one.up for one in air.felt() if isinstance(one, PodIs)] == [False]


def test_what_it_sends_is_stamped_with_the_daemons_time_whatever_the_machine_sleeps(tmp_path: Path) -> None:
    air = Air(tmp_path, STRYD)
    air.hear(link(S0, "up", POD), pod(S0 + 2, address=POD))
    samples = [one for one in air.felt() if isinstance(one, CadenceSample)]
    assert [(one.at_ns, one.spm) for one in samples] == [(2 * NS_PER_S, 170.0)]
    air.house.start_ns -= 90 * NS_PER_S  # it slept
    air.hear(pod(S0 + 3, address=POD))
    samples = [one for one in air.felt() if isinstance(one, CadenceSample)]
    assert [one.at_ns for one in samples] == [93 * NS_PER_S]


def test_everything_that_comes_over_the_air_goes_to_the_journal_of_the_run_that_is_on(tmp_path: Path) -> None:
    air = Air(tmp_path, STRYD)
    kept: list[object] = []
    air.feet.record(kept.append)
    sent = pod(S0 + 1, address=POD)
    air.hear(sent)
    air.feet.record(None)
    air.hear(pod(S0 + 2, address=POD))
    assert kept == [sent]
    air.feet.close()
    assert air.radios[0].stopped


def test_who_goes_without_a_pod_has_one_that_is_there_and_says_nothing() -> None:
    feet = fed(Nobody(), 1)
    assert isinstance(feet, NoFeet)
    assert feet.collect(5) == [PodIs(5, up=True)]
    assert feet.collect(6) == []
    assert (feet.next_ns(), feet.sensor, feet.source) == (None, False, "none")


def test_a_simulated_runner_has_a_pod_and_is_marked() -> None:
    feet = fed(Simulated("easy"), 1)
    assert isinstance(feet, FedFeet)
    first_ns = feet.next_ns()
    assert first_ns is not None
    found = feet.collect(first_ns + 10 * NS_PER_S)
    assert [one.up for one in found if isinstance(one, PodIs)] == [True]
    assert sum(isinstance(one, CadenceSample) for one in found) > 5
    assert (feet.simulated, feet.source) == (True, "sim:easy")
