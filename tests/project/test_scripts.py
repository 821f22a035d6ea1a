"""The set-up scripts, with stand-ins for the system's own programs on the PATH."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.support.tools import REPO, require_tool

SCRIPTS = ("install.sh", "scripts/setup", "scripts/packages", "scripts/lock", "scripts/picture", ".ci/run")


class System:
    """A machine whose dpkg, apt-get, id and sudo are what a test says; `log` has every call of apt-get."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "bin"
        self.folder.mkdir()
        self.log = folder / "apt.log"
        self.log.touch()
        for name in ("bash", "env", "mktemp", "rm", "tail"):
            (self.folder / name).symlink_to(Path("/usr/bin") / name)
        self.installed("")
        self.program("id", "echo 0")

    def program(self, name: str, text: str) -> None:
        file = self.folder / name
        file.write_text(f"#!/bin/sh\n{text}\n")
        file.chmod(0o755)

    def installed(self, *names: str) -> None:
        self.program("dpkg-query", f'for name; do :; done\ncase " {" ".join(names)} " in *" $name "*) echo installed;; esac')

    def apt(self, text: str = "") -> None:
        self.program("apt-get", f'echo "$DEBIAN_FRONTEND $*" >>{self.log}\n{text}')

    def packages(self, *names: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [REPO / "scripts" / "packages", *names],
            env={"PATH": str(self.folder), "TMPDIR": str(self.folder.parent)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    def calls(self) -> list[str]:
        return self.log.read_text().splitlines()


@pytest.fixture
def system(tmp_path: Path) -> System:
    return System(tmp_path)


def test_nothing_is_called_when_nothing_is_missing(system: System) -> None:
    system.apt()
    system.installed("espeak-ng", "jackd2")
    done = system.packages("espeak-ng", "jackd2")
    assert (done.returncode, done.stdout, done.stderr, system.calls()) == (0, "", "", [])


def test_only_what_is_missing_is_installed_without_questions_and_without_removing(system: System) -> None:
    system.apt()
    system.installed("espeak-ng")
    assert system.packages("espeak-ng", "jackd2").returncode == 0
    (call,) = system.calls()
    assert call.startswith("noninteractive -y --no-remove ")
    assert call.endswith("install jackd2")


def test_a_stale_list_of_packages_is_renewed_once(system: System) -> None:
    mark = system.folder.parent / "updated"
    system.apt(f'case "$*" in *update*) : >{mark};; *) test -e {mark};; esac')
    assert system.packages("jackd2").returncode == 0
    assert [call.split()[-1] for call in system.calls()] == ["jackd2", "update", "jackd2"]


def test_a_package_that_cannot_be_had_keeps_no_other_away_and_is_named(system: System) -> None:
    system.apt('case "$*" in *rare*) echo "E: Unable to locate rare"; exit 100;; esac')
    done = system.packages("rare", "jackd2")
    assert done.returncode == 1
    assert system.calls()[-1].endswith("install jackd2")
    assert "Unable to locate rare" in done.stderr
    assert done.stderr.rstrip().endswith("sudo apt-get --no-remove install rare")


def test_without_root_and_sudo_the_line_to_type_is_printed_and_nothing_called(system: System) -> None:
    system.apt()
    system.program("id", "echo 1000")
    done = system.packages("espeak-ng", "jackd2")
    assert (done.returncode, system.calls()) == (1, [])
    assert "sudo apt-get --no-remove install espeak-ng jackd2" in done.stderr


def test_sudo_without_a_terminal_is_never_asked_for_a_password(system: System) -> None:
    system.apt()
    system.program("id", "echo 1000")
    system.program("sudo", 'test "$1" = -n || exit 9\nshift\nexec "$@"')
    system.program("true", "exit 0")
    assert system.packages("jackd2").returncode == 0
    assert len(system.calls()) == 1


def test_a_system_without_apt_is_told_the_names(system: System) -> None:
    done = system.packages("jackd2")
    assert done.returncode == 1
    assert "no apt-get" in done.stderr
    assert "jackd2" in done.stderr


@pytest.mark.parametrize("script", SCRIPTS)
def test_every_script_can_be_run_and_parsed(script: str) -> None:
    file = REPO / script
    assert os.access(file, os.X_OK)
    assert subprocess.run(["bash", "-n", file], check=False).returncode == 0


def test_shellcheck_finds_nothing_in_any_script() -> None:
    shellcheck = require_tool("shellcheck")
    told = subprocess.run([shellcheck, *SCRIPTS], cwd=REPO, capture_output=True, text=True, check=False)
    assert told.stdout == ""


def test_make_alone_lists_every_target() -> None:
    done = subprocess.run(["make", "-C", REPO, "--no-print-directory"], capture_output=True, text=True, check=True)
    phony = next(line for line in (REPO / "Makefile").read_text().splitlines() if line.startswith(".PHONY:"))
    listed = {line.split()[1] for line in done.stdout.splitlines()}
    assert listed == set(phony.split()[1:])


def test_the_documents_write_cued_alike_and_the_readme_says_what_makes_it_a_command() -> None:
    long = [file.name for file in [REPO / "README.md", *(REPO / "docs").glob("*.md")] if ".venv/bin/cued " in file.read_text()]
    assert long == []
    assert ". .venv/bin/activate" in (REPO / "README.md").read_text()
