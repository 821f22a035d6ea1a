"""Pods that come and go while the daemon runs: the sensors' file is watched, links are exchanged when no run needs them."""

from __future__ import annotations

from pathlib import Path

from cued.core.happening import PodIs
from cued.runtime.daemon.owned import LOOK_NS, OwnPods
from cued.runtime.daemon.work import Worker
from cued.sensors.cadence_unit import CadenceUnit
from cued.sensors.known import KnownSensor
from cued.units import NS_PER_S
from tests.daemon.test_feet import S0, STRYD, Air
from tests.runtime.on_air import POD
from tests.support.pods import SPARE, battery, link
from tests.support.waiting import wait_for

FOOTPOD = KnownSensor(SPARE, "Footpod", ("cadence",), CadenceUnit.STEPS, "runner")


class House:
    """A daemon as far as its pods go."""

    def __init__(self, tmp_path: Path, *sensors: KnownSensor) -> None:
        self.air = Air(tmp_path, *sensors)
        self.free = True
        self.added: list[str] = []
        self.told: list[str] = []
        work = Worker(self.air.inbox, self.told.append)
        self.pods = OwnPods(self.air.feet, self.air.known, work, self.told.append, lambda: self.free, self.added.append)
        self._now_ns = 0

    def look(self) -> bool:
        """A while later; what was given to others is taken in. False."""
        self._now_ns += LOOK_NS
        self.pods.look(self._now_ns)
        while not self.air.inbox.empty():
            then = getattr(self.air.inbox.get(), "then", None)
            if then is not None:
                then()
        return False

    def until(self, *added: str) -> None:
        wait_for(lambda: self.look() or self.added == [*added], what=f"{added} to be told")
        wait_for(self.air.feet.listening.is_set, what="the feet to listen")


def test_a_pod_that_is_paired_is_called_from_then_on_and_told_once(tmp_path: Path) -> None:
    house = House(tmp_path, STRYD)
    house.air.hear(link(S0, "up", POD), battery(S0, 80, POD))
    house.air.felt()
    house.air.known.put(FOOTPOD)
    house.until("Footpod")
    first, second = house.air.radios
    assert (first.stopped, second.kept) == (True, [POD, SPARE])
    assert [one.up for one in house.air.felt() if isinstance(one, PodIs)] == [False]
    second.sink(link(S0, "up", SPARE))
    second.sink(battery(S0, 70, SPARE))
    assert [one.name for one in house.air.felt() if isinstance(one, PodIs)] == ["Footpod"]
    for _ in range(3):
        house.look()
    assert (house.added, len(house.air.radios)) == (["Footpod"], 2)


def test_who_runs_with_a_pod_keeps_its_link_until_the_end(tmp_path: Path) -> None:
    house = House(tmp_path, STRYD)
    house.free = False
    house.air.known.put(FOOTPOD)
    for _ in range(3):
        house.look()
    assert (house.added, house.air.radios[0].stopped) == ([], False)
    house.free = True
    house.until("Footpod")
    assert house.air.radios[0].stopped


def test_another_name_changes_no_link(tmp_path: Path) -> None:
    house = House(tmp_path, STRYD)
    house.air.known.put(KnownSensor(POD, "Left foot", ("cadence",), STRYD.cadence_unit, "runner"))
    house.air.hear(link(S0, "up", POD), battery(S0, 80, POD))
    house.look()
    wait_for(lambda: house.air.feet.sensors[0].name == "Left foot", what="the new name")
    assert [one.name for one in house.air.felt() if isinstance(one, PodIs)] == ["Left foot"]
    assert (len(house.air.radios), house.added) == (1, [])


def test_a_pod_that_is_forgotten_is_called_no_more(tmp_path: Path) -> None:
    house = House(tmp_path, STRYD, FOOTPOD)
    house.air.known.forget(STRYD)
    wait_for(lambda: house.look() or house.told == ["Stryd is not yours any more"], what="the news")
    assert house.air.radios[1].kept == [SPARE]


def test_who_looks_for_any_pod_takes_the_one_that_is_paired_meanwhile(tmp_path: Path) -> None:
    air = Air(tmp_path, later=FOOTPOD)
    assert [radio.kept for radio in air.radios] == [[SPARE]]
    assert air.time.passed_ns >= 30 * NS_PER_S


def test_a_file_that_nobody_can_read_changes_nothing_and_is_told(tmp_path: Path) -> None:
    house = House(tmp_path, STRYD)
    house.air.known.path.write_text("[", encoding="utf-8")
    wait_for(lambda: house.look() or bool(house.told), what="a sentence")
    assert house.told[0].endswith("the pods stay as they were")
    assert not house.air.radios[0].stopped
    assert house.air.feet.listening.is_set()
