from __future__ import annotations

import pytest

from cued.runtime.doctor import system
from cued.runtime.doctor.check import Answer, Check, State
from tests.support.fake_machine import ABSENT, SILENT, FakeMachine, said

PI = {"/proc/device-tree/model": "Raspberry Pi 5 Model B"}
VOLTAGE = "/sys/class/hwmon/hwmon1"


def only(checks: tuple[Check, ...]) -> Check:
    (check,) = checks
    return check


def test_a_32_bit_userland_fails_even_on_a_64_bit_kernel() -> None:
    check = only(system.userland(FakeMachine(pointer_bits=32, processor="aarch64")))
    assert (check.state, check.what) == (State.FAIL, "32-bit Python on aarch64")
    assert "64-bit" in check.mend


def test_a_64_bit_userland_is_well() -> None:
    assert only(system.userland(FakeMachine())).state is State.OK


@pytest.mark.parametrize(
    ("machine", "state", "word"),
    [
        (FakeMachine(uid=0), State.OK, "root"),
        (FakeMachine(realtime_priority_limit=95), State.OK, "95"),
        (FakeMachine(), State.OK, "none needed"),
        (FakeMachine(files={"/dev/shm/jack-1000/default-0": ""}), State.WARN, "JACK"),
    ],
)
def test_real_time_rights_matter_only_under_jack(machine: FakeMachine, state: State, word: str) -> None:
    check = only(system.realtime(machine))
    assert check.state is state
    assert word in check.what


@pytest.mark.parametrize(
    ("machine", "state"),
    [
        (FakeMachine(env={"DISPLAY": ":0"}, files={"/run/systemd/system/x": ""}), State.OK),
        (FakeMachine(user="", files={"/run/systemd/system/x": ""}), State.UNKNOWN),
        (FakeMachine(files={"/run/systemd/system/x": "", "/var/lib/systemd/linger/runner": ""}), State.OK),
        (FakeMachine(files={"/run/systemd/system/x": "", "/var/lib/systemd/linger/other": ""}), State.WARN),
        (FakeMachine(), State.OK),
    ],
)
def test_linger_matters_only_without_a_screen_and_under_systemd(machine: FakeMachine, state: State) -> None:
    assert only(system.linger(machine)).state is state


def test_the_mend_for_linger_names_the_user() -> None:
    check = only(system.linger(FakeMachine(files={"/run/systemd/system/x": ""})))
    assert check.mend == "sudo loginctl enable-linger runner"


def test_the_power_of_anything_but_a_raspberry_pi_is_not_asked_for() -> None:
    machine = FakeMachine(programs={"vcgencmd": said("throttled=0x1")})
    assert only(system.power(machine)).what == "not a Raspberry Pi"


@pytest.mark.parametrize(
    ("answer", "state", "word"),
    [
        (said("throttled=0x0"), State.OK, "steady"),
        (said("throttled=0x50005"), State.FAIL, "under-voltage now"),
        (said("throttled=0x50000"), State.WARN, "since the last start"),
        (said("throttled=0x4"), State.WARN, "heat"),
        (said("VCHI initialization failed", code=1), State.UNKNOWN, "vcgencmd"),
        (said("throttled=0xZZ"), State.UNKNOWN, "vcgencmd"),
        (ABSENT, State.UNKNOWN, "vcgencmd"),
        (SILENT, State.UNKNOWN, "vcgencmd"),
    ],
)
def test_a_raspberry_pi_tells_its_power_through_vcgencmd(answer: Answer, state: State, word: str) -> None:
    check = only(system.power(FakeMachine(files=PI, programs={"vcgencmd": answer})))
    assert check.state is state
    assert word in check.what


@pytest.mark.parametrize(
    ("files", "state"),
    [
        ({"/sys/devices/platform/soc/soc:firmware/get_throttled": "50005"}, State.FAIL),
        ({"/sys/devices/platform/soc/soc:firmware/get_throttled": "0"}, State.OK),
        ({f"{VOLTAGE}/name": "rpi_volt", f"{VOLTAGE}/in0_lcrit_alarm": "1"}, State.FAIL),
        ({f"{VOLTAGE}/name": "rpi_volt", f"{VOLTAGE}/in0_lcrit_alarm": "0"}, State.OK),
        ({f"{VOLTAGE}/name": "cpu_thermal"}, State.UNKNOWN),
    ],
)
def test_without_vcgencmd_the_kernel_tells_the_power(files: dict[str, str], state: State) -> None:
    assert only(system.power(FakeMachine(files=PI | files))).state is state


@pytest.mark.parametrize(
    ("machine", "state"),
    [
        (FakeMachine(), State.OK),
        (FakeMachine(free=400_000_000), State.WARN),
        (FakeMachine(free=1_000_000), State.FAIL),
        (FakeMachine(can_write=False), State.FAIL),
        (FakeMachine(free=None), State.UNKNOWN),
    ],
)
def test_the_disk_must_have_room_and_take_files(machine: FakeMachine, state: State) -> None:
    check = only(system.disk(machine))
    assert check.state is state
    assert "/home/runner/.local/share" in check.what


@pytest.mark.parametrize(
    ("machine", "state"),
    [
        (FakeMachine(files={"/run/systemd/timesync/synchronized": ""}), State.OK),
        (FakeMachine(programs={"timedatectl show": said("yes")}), State.OK),
        (FakeMachine(programs={"timedatectl show": said("no")}), State.WARN),
        (FakeMachine(programs={"timedatectl show": said("", "no bus", 1)}), State.UNKNOWN),
        (FakeMachine(), State.UNKNOWN),
    ],
)
def test_a_clock_that_nobody_vouches_for_is_unverified(machine: FakeMachine, state: State) -> None:
    check = only(system.clock(machine))
    assert check.state is state
    assert ("unverified" in check.what) is (state is not State.OK)
    assert ("sudo apt install systemd-timesyncd" in check.mend) is (state is not State.OK)
