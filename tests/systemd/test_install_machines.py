"""install.sh on machines of other kinds: a Raspberry Pi, a phone, other sound servers, other managers, none."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.support.tools import REPO
from tests.systemd.pretended import Pretended

pytestmark = pytest.mark.slow


@pytest.fixture
def machine(tmp_path: Path) -> Pretended:
    return Pretended(tmp_path)


def done(run: subprocess.CompletedProcess[str]) -> str:
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout


def test_a_raspberry_pi_gets_its_buttons_its_configuration_and_the_right_to_switch_off(machine: Pretended) -> None:
    machine.is_a_pi()
    told = done(machine.install("--dry-run"))
    assert "would: scripts/packages python3-gpiozero python3-lgpio\n" in told
    done(machine.install())
    assert (machine.home / ".config/cued/config.yaml").read_bytes() == (REPO / "configs/raspberry-pi.yaml").read_bytes()
    rule = (machine.root / "etc/polkit-1/rules.d/50-cued-poweroff.rules").read_text(encoding="utf-8")
    assert 'subject.user == "runner"' in rule
    calls = machine.calls()
    assert "usermod -aG gpio runner" in calls
    assert any(call.startswith("venv") and "--system-site-packages" in call for call in calls)


def test_a_phone_gets_the_configuration_of_phones(machine: Pretended) -> None:
    machine.now("chassis", "handset")
    done(machine.install())
    assert (machine.home / ".config/cued/config.yaml").read_bytes() == (REPO / "configs/linux-phone.yaml").read_bytes()


def test_any_other_machine_needs_no_configuration_and_gets_the_one_that_is_named(machine: Pretended) -> None:
    done(machine.install())
    assert not (machine.home / ".config/cued").exists()
    done(machine.install("--config", "desk"))
    assert (machine.home / ".config/cued/config.yaml").read_bytes() == (REPO / "configs/desk.yaml").read_bytes()


def test_a_configuration_that_is_there_stays(machine: Pretended) -> None:
    machine.is_a_pi()
    own = machine.home / ".config/cued/config.yaml"
    own.parent.mkdir(parents=True)
    own.write_text("pack: mine\n", encoding="utf-8")
    done(machine.install())
    assert own.read_text(encoding="utf-8") == "pack: mine\n"


@pytest.mark.parametrize(
    ("version", "file", "word"),
    [
        ("0.4.13-1", "bluetooth.lua.d/51-cued-headless.lua", '["with-logind"] = false'),
        ("0.5.8-1", "wireplumber.conf.d/51-cued-headless.conf", "monitor.bluez.seat-monitoring = disabled"),
    ],
)
def test_each_wireplumber_is_told_in_its_own_words_to_wait_for_no_seat(
    machine: Pretended, version: str, file: str, word: str
) -> None:
    machine.now("wireplumber", version)
    done(machine.install())
    made = [path for path in (machine.home / ".config/wireplumber").rglob("*") if path.is_file()]
    assert made == [machine.home / ".config/wireplumber" / file]
    assert word in made[0].read_text(encoding="utf-8")


def test_with_a_screen_wireplumber_stays_as_it_is(machine: Pretended) -> None:
    machine.now("screen")
    done(machine.install())
    assert not (machine.home / ".config/wireplumber").exists()


def test_where_pulseaudio_carries_the_sound_it_gets_its_bluetooth_part_and_no_rival(machine: Pretended) -> None:
    machine.program("pulseaudio", "#!/bin/sh\n")
    told = done(machine.install("--dry-run"))
    assert "pulseaudio-module-bluetooth" in told
    assert "pipewire" not in told
    machine.program("pipewire-pulse", "#!/bin/sh\n")
    assert "pipewire-pulse wireplumber" in done(machine.install("--dry-run"))


def test_a_newer_systemd_lets_the_pauses_between_starts_grow(machine: Pretended) -> None:
    machine.now("systemd-version", "257")
    done(machine.install())
    assert (machine.units / "cued.service.d/pauses.conf").is_file()


def test_where_namespaces_are_forbidden_the_unit_starts_without_them(machine: Pretended) -> None:
    sandbox = machine.units / "cued.service.d/sandbox.conf"
    machine.now("no-namespaces")
    done(machine.install())
    assert not sandbox.exists()
    machine.no_longer("no-namespaces")
    done(machine.install())
    assert sandbox.exists()
    machine.now("no-namespaces")
    done(machine.install())
    assert not sandbox.exists()


def test_without_systemd_cued_is_installed_and_no_unit(machine: Pretended) -> None:
    machine.without("systemctl", "loginctl", "systemd-run")
    told = done(machine.install())
    assert "you start `cued daemon` by your system's own means" in told
    assert (machine.venv / "bin/cued").is_file()
    assert not machine.units.exists()


def test_without_root_the_rest_is_done_and_what_is_left_is_told_line_by_line(machine: Pretended) -> None:
    machine.is_a_pi()
    machine.now("no-sudo")
    told = done(machine.install())
    left = told.partition("Left to do:\n")[2]
    for line in ("sudo usermod -aG audio runner", "sudo loginctl enable-linger runner", "systemd/cued-poweroff.rules"):
        assert line in left
    assert "systemctl restart cued.service" in machine.calls()


def test_for_the_machine_everything_lies_in_the_systems_folders(machine: Pretended) -> None:
    machine.now("uid", "0")
    done(machine.install("--system"))
    assert (machine.root / "usr/local/lib/cued/venv/bin/cued").is_file()
    assert (machine.root / "usr/local/bin/cued").resolve() == (machine.root / "usr/local/lib/cued/venv/bin/cued").resolve()
    unit = (machine.root / "etc/systemd/system/cued.service").read_text(encoding="utf-8")
    assert f"ExecStart={machine.root}/usr/local/lib/cued/venv/bin/cued daemon --socket" in unit
    assert (machine.root / "etc/sysusers.d/cued.conf").is_file()
    calls = machine.calls()
    assert calls[0] == "systemd-sysusers"
    assert "usermod -aG audio cued" in calls
    assert not [call for call in calls if call.startswith("loginctl")]
    assert list(machine.home.iterdir()) == []
    before = machine.everything()
    done(machine.install("--system"))
    assert machine.everything() == before


def test_start_and_packages_can_be_left_out(machine: Pretended) -> None:
    told = done(machine.install("--no-start", "--no-packages"))
    assert "left alone (--no-packages)" in told
    assert not [call for call in machine.calls() if "restart" in call]
