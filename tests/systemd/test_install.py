"""install.sh, the real script, on machines that are whatever a test says."""

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


# --- into place ------------------------------------------------------------------------------------------------------


def test_a_dry_run_says_every_step_and_changes_nothing(machine: Pretended) -> None:
    before = machine.everything()
    told = done(machine.install("--dry-run"))
    assert [line for line in told.splitlines() if line.startswith("== ")] == [
        "== Is this machine fit for it?",
        "== Debian's packages",
        "== The sound server",
        f"== cued, in {machine.venv}",
        "== Configuration",
        "== Groups",
        "== A service that starts without a login",
        "== Bluetooth headphones without a screen",
        "== The service",
        "== Start",
        "== What works",
    ]
    assert "would, as root: loginctl enable-linger runner" in told
    assert "would: systemctl --user enable --quiet cued.service" in told
    assert told.rstrip().endswith("Nothing was changed.")
    assert machine.everything() == before
    assert machine.calls() == []


def test_an_installation_puts_everything_into_place_and_starts_it(machine: Pretended) -> None:
    told = done(machine.install())
    assert (machine.venv / "bin" / "cued").is_file()
    assert (machine.home / ".local/bin/cued").resolve() == (machine.venv / "bin/cued").resolve()
    unit = (machine.units / "cued.service").read_text(encoding="utf-8")
    assert f"ExecStart={machine.venv}/bin/cued daemon\n" in unit
    assert (machine.units / "cued.service.d/sandbox.conf").is_file()
    assert not (machine.units / "cued.service.d/pauses.conf").exists()
    calls = machine.calls()
    assert "--require-hashes" in next(call for call in calls if call.startswith("pip"))
    assert "requirements.lock" in next(call for call in calls if call.startswith("pip"))
    assert [call for call in calls if not call.startswith(("pip", "venv"))] == [
        "systemctl daemon-reload",
        "systemctl start pipewire.socket pipewire-pulse.socket wireplumber.service",
        "cued --version",
        "usermod -aG audio runner",
        "usermod -aG bluetooth runner",
        "loginctl enable-linger runner",
        "systemctl try-restart pipewire.service pipewire-pulse.service wireplumber.service",
        "systemctl daemon-reload",
        "systemctl enable --quiet cued.service",
        "systemctl reset-failed cued.service",
        "systemctl restart cued.service",
        "cued doctor",
    ]
    assert "sudo reboot, once" in told
    assert told.splitlines()[-1].startswith("Next: cued setup")


def test_a_second_run_changes_nothing(machine: Pretended) -> None:
    machine.is_a_pi()
    done(machine.install())
    before = machine.everything()
    machine.calls()
    told = done(machine.install())
    assert machine.everything() == before
    assert machine.calls() == ["cued doctor"]
    assert "it runs already, and nothing has changed" in told
    assert "Left to do" not in told


def test_what_was_left_half_done_is_done_anew(machine: Pretended) -> None:
    machine.now("no-network")
    failed = machine.install()
    assert failed.returncode != 0
    assert not machine.venv.exists()
    assert not (machine.units / "cued.service").exists()
    machine.no_longer("no-network")
    done(machine.install())
    assert (machine.venv / "bin/cued").is_file()
    assert len(list((machine.venv.parent / "venvs").iterdir())) == 1


def test_another_folder_is_written_into_the_unit(machine: Pretended) -> None:
    script = (REPO / "systemd/cued.service").read_text(encoding="utf-8")
    done(machine.install())
    unit = (machine.units / "cued.service").read_text(encoding="utf-8")
    assert unit == script.replace("%h/.local/share/cued/venv", str(machine.venv))


# --- upgrades --------------------------------------------------------------------------------------------------------


def test_an_upgrade_leads_to_the_new_environment_and_then_takes_the_old_one_away(machine: Pretended) -> None:
    done(machine.install())
    old = machine.venv.resolve()
    machine.now("python-version", "Python 3.14.0")
    machine.calls()
    done(machine.install())
    assert machine.venv.resolve() != old
    assert not old.exists()
    assert "systemctl restart cued.service" in machine.calls()


def test_a_new_cued_that_does_not_start_leaves_the_old_one_in_place(machine: Pretended) -> None:
    done(machine.install())
    old = machine.venv.resolve()
    machine.now("python-version", "Python 3.14.0")
    machine.now("cued-broken")
    machine.calls()
    failed = machine.install()
    assert failed.returncode == 2
    assert failed.stderr == "cued: the new cued does not start; the old one is still in place\n"
    assert machine.venv.resolve() == old
    assert not [call for call in machine.calls() if call.startswith("systemctl")]


def test_a_new_cued_that_fails_as_a_service_is_rolled_back(machine: Pretended) -> None:
    done(machine.install())
    old = machine.venv.resolve()
    machine.now("python-version", "Python 3.14.0")
    machine.now("start-fails")
    machine.calls()
    failed = machine.install()
    assert failed.returncode == 2
    assert "the old one is in place again" in failed.stderr
    assert machine.venv.resolve() == old
    assert machine.calls()[-2:] == ["systemctl restart cued.service", "systemctl restart cued.service"]
    assert (machine.state / "active").exists()


def test_a_first_start_that_fails_is_told_with_where_to_look(machine: Pretended) -> None:
    machine.now("start-fails")
    told = done(machine.install())
    assert "   | cued: mine.yaml:3:8: it does not fit\n" in told
    assert "the service does not start; see: journalctl --user -u cued -n 30" in told.partition("Left to do:")[2]


# --- refusals --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("uid", "0", "this is root, and cued is for the user who runs: log in as that user"),
        ("processor", "armv7l", "cued needs a 64-bit system on x86-64 or ARM; this is armv7l"),
        ("bits", "32", "the kernel has 64 bits, the system 32"),
        ("free-mb", "120", "has 120 MB free, and cued needs 500 MB"),
        ("no-manager", "", "log in as runner (ssh, console), not by su or sudo"),
    ],
)
def test_a_machine_that_is_not_fit_is_told_why_before_anything_is_changed(
    machine: Pretended, name: str, text: str, sentence: str
) -> None:
    machine.now(name, text)
    before = machine.everything()
    refused = machine.install()
    assert refused.returncode == 2
    assert sentence in refused.stderr
    assert machine.everything() == before
    assert machine.calls() == []
    shown = machine.install("--dry-run")
    assert (shown.returncode, shown.stderr) == (1, "")
    assert f"   in the way: {refused.stderr.removeprefix('cued: ')}" in shown.stdout
    assert "== Start\n" in shown.stdout
    assert (
        shown.stdout.partition("A real run stops before the first step:\n")[2] == f"  {refused.stderr.removeprefix('cued: ')}"
    )
    assert machine.everything() == before
    assert machine.calls() == []


def test_who_calls_it_by_sudo_is_told_by_name_to_leave_that_out(machine: Pretended) -> None:
    machine.now("uid", "0")
    machine.environment["SUDO_USER"] = "anna"
    for words in ((), ("--uninstall",)):
        refused = machine.install(*words)
        assert refused.returncode == 2
        assert "call it without sudo, as anna" in refused.stderr
    shown = machine.install("--uninstall", "--dry-run")
    assert shown.returncode == 1
    assert "== What stays\n" in shown.stdout


def test_a_dry_run_for_the_machine_says_every_step_where_systemd_does_not_answer(machine: Pretended) -> None:
    machine.now("no-manager")
    shown = machine.install("--system", "--dry-run")
    assert (shown.returncode, shown.stderr) == (1, "")
    assert "in the way: systemd does not answer" in shown.stdout
    assert "would, as root: systemctl enable --quiet cued.service" in shown.stdout
    assert machine.calls() == []


def test_an_old_python_is_refused_by_its_version(machine: Pretended) -> None:
    machine.now("python-old")
    machine.now("python-version", "Python 3.9.2")
    machine.program("apt-get", "#!/bin/sh\n")
    refused = machine.install()
    assert refused.returncode == 2
    assert "needs Python 3.11 or newer; this has Python 3.9.2" in refused.stderr


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--sytem",), "there is no option --sytem"),
        (("--config", "pi"), "--config pi: give raspberry-pi, linux-phone, desk or none"),
        (("--config",), "--config wants a name"),
    ],
)
def test_a_wrong_word_is_refused(machine: Pretended, words: tuple[str, ...], sentence: str) -> None:
    refused = machine.install(*words)
    assert refused.returncode == 2
    assert sentence in refused.stderr
    assert machine.calls() == []


def test_a_program_that_is_no_link_of_ours_is_not_overwritten(machine: Pretended) -> None:
    own = machine.home / ".local/bin/cued"
    own.parent.mkdir(parents=True)
    own.write_text("mine\n", encoding="utf-8")
    refused = machine.install()
    assert refused.returncode == 2
    assert "is there and is no link: move it away" in refused.stderr
    assert own.read_text(encoding="utf-8") == "mine\n"


# --- away again ------------------------------------------------------------------------------------------------------


def test_uninstalling_takes_away_what_was_put_there_and_nothing_of_the_runners(machine: Pretended) -> None:
    machine.is_a_pi()
    journal = machine.home / ".local/share/cued/journal.db"
    journal.parent.mkdir(parents=True)
    journal.write_text("runs", encoding="utf-8")
    done(machine.install())
    machine.calls()
    told = done(machine.install("--uninstall"))
    left = {
        str(path.relative_to(machine.folder))
        for top in (machine.home, machine.root)
        for path in top.rglob("*")
        if not path.is_dir()
    }
    assert left == {"home/.local/share/cued/journal.db", "home/.config/cued/config.yaml"}
    assert journal.read_text(encoding="utf-8") == "runs"
    assert machine.calls() == ["systemctl disable --quiet --now cued.service", "systemctl daemon-reload"]
    assert "your runs, pods and headphones" in told
    assert "Debian's packages" in told
    done(machine.install("--uninstall"))
    assert machine.calls() == []


def test_a_dry_uninstall_changes_nothing(machine: Pretended) -> None:
    done(machine.install())
    before = machine.everything()
    machine.calls()
    told = done(machine.install("--uninstall", "--dry-run"))
    assert f"away: {machine.venv}\n" in told
    assert machine.everything() == before
    assert machine.calls() == []


def test_uninstalling_leaves_settings_and_links_of_the_runners_own(machine: Pretended) -> None:
    done(machine.install())
    own = machine.units / "cued.service.d/mine.conf"
    own.write_text("[Service]\n", encoding="utf-8")
    link = machine.home / ".local/bin/cued"
    link.unlink()
    link.symlink_to("/usr/bin/env")
    done(machine.install("--uninstall"))
    assert own.is_file()
    assert link.is_symlink()


def test_the_machines_installation_goes_away_by_root(machine: Pretended) -> None:
    machine.now("uid", "0")
    done(machine.install("--system"))
    done(machine.install("--system", "--uninstall"))
    assert [path for path in machine.root.rglob("*") if not path.is_dir()] == []


# --- the scripts themselves ------------------------------------------------------------------------------------------


def test_the_help_ends_with_an_example_and_needs_no_machine(machine: Pretended) -> None:
    told = done(machine.install("--help"))
    assert told.rstrip().endswith("./install.sh --dry-run && ./install.sh")
