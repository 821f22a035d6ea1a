"""The daemon as a program: its socket, its signals, its service manager, and what it will not begin with."""

from __future__ import annotations

import contextlib
import os
import signal
import sqlite3
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from cued.control import commands
from cued.errors import ControlError
from cued.journal.reader import State, reading
from tests.support.daemons import STARTS_S, RunningDaemon, as_json
from tests.support.tries import undisturbed
from tests.support.waiting import wait_for

ANSWERED_S = 0.1
"""Within so long, as the daemon promises; the best of a few, for this machine has others to serve."""


@pytest.fixture(scope="module")
def daemon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDaemon]:
    """One for all tests that only ask. It has rendered nothing yet."""
    env = {"XDG_CACHE_HOME": str(tmp_path_factory.mktemp("cache"))}
    with RunningDaemon(tmp_path_factory.mktemp("home"), "--no-questions", "--volume", "70", env=env) as running:
        running.wait_ready()
        yield running


def test_it_tells_the_service_manager_that_it_is_ready_how_it_is_and_that_all_is_well(daemon: RunningDaemon) -> None:
    wait_for(lambda: "WATCHDOG=1" in daemon.told(), STARTS_S, "a fed watchdog")
    wait_for(lambda: any(line.startswith("STATUS=ready: pod, sound") for line in daemon.told()), STARTS_S, "a status")


def test_at_a_terminal_it_says_that_it_is_there_and_where_to_look(daemon: RunningDaemon) -> None:
    assert daemon.log.startswith("cued is there; `cued status` in another terminal tells how it is, Ctrl-C ends it\n")


def test_it_says_who_it_is(daemon: RunningDaemon) -> None:
    hello = daemon.ask(commands.Hello())
    assert (hello["is"], hello["pid"]) == ("daemon", daemon.process.pid)


def test_status_is_for_people_and_for_scripts(daemon: RunningDaemon) -> None:
    shown = daemon.cued("status").stdout.splitlines()
    assert shown[0] == "ready  run, or `cued start`"
    data = as_json(daemon.cued("status", "--json").stdout)
    assert (data["is"], data["phase"], data["run"]) == ("daemon", "ready", None)
    assert data["volume"] == {"beat": 70.0, "voice": 100.0}
    assert data["statistics"]["rss_kib"] > 10_000
    assert data["statistics"]["children"] >= 0


def test_a_second_one_at_its_socket_says_whose_it_is(daemon: RunningDaemon, tmp_path: Path) -> None:
    with RunningDaemon(tmp_path, "--socket", str(daemon.socket)) as second:
        assert second.process.wait(STARTS_S) == 2
        assert f"another cued (pid {daemon.process.pid}) listens there" in second.log


def test_a_run_is_steered_by_every_verb(daemon: RunningDaemon) -> None:
    assert "begun: metronome, warmup" in daemon.cued("start").stdout
    assert daemon.cued("start").stderr == "cued: a run is on already\n"
    for words, answer in (
        (("pause",), "paused"),
        (("resume",), "going on: warmup"),
        (("next",), "steady"),
        (("back",), "from its start: warmup"),
        (("mute",), "muted; the run goes on, and `cued mute off` ends it"),
        (("mute", "off"), "sound is on"),
        (("volume", "40", "--of", "beat"), "beat at 40 %"),
        (("surface", "trail"), "on trail from here on"),
        (("rate", "effort", "4"), "written down: effort 4"),
        (("pack", "use", "awareness"), "checking awareness: it takes over"),
    ):
        done = daemon.cued(*words)
        assert done.stdout.startswith(answer), (words, done)
    wait_for(lambda: daemon.status()["pack"] == "awareness", STARTS_S, "the other pack")
    assert daemon.cued("pack", "use", "nonesuch").stderr.startswith("cued: nonesuch: there is no such pack: there are")
    assert daemon.cued("pain").stdout == "beat and cues are over for today; walk if it hurts\n"
    assert daemon.cued("stop").stdout == "the run has ended\n"
    assert daemon.cued("stop").stderr == "cued: no run is on: `cued start` begins one, or just run\n"
    wait_for(lambda: daemon.status()["run"] is None, STARTS_S, "the run to be written down")
    assert daemon.cued("pack", "use", "awareness").returncode == 0
    wait_for(lambda: daemon.status()["today"]["plain"], STARTS_S, "a plain run, for it hurts")
    assert "it hurt today: cueing is over for the day" in daemon.cued("start").stdout
    assert daemon.cued("stop").stdout == "the run has ended\n"
    wait_for(lambda: daemon.status()["run"] is None, STARTS_S, "the run to be written down")


@pytest.mark.alone
def test_it_answers_within_a_tenth_of_a_second_also_while_a_pack_is_rendered(tmp_path: Path) -> None:
    with RunningDaemon(tmp_path) as daemon:
        daemon.wait_ready()
        took = []
        for name in ("integration", "awareness", "metronome", "integration", "metronome"):
            began_s = time.monotonic()
            daemon.ask(commands.PackUse(name))
            daemon.status()
            took.append(time.monotonic() - began_s)
        assert sorted(took)[1] < 2 * ANSWERED_S, took
        wait_for(lambda: daemon.status()["today"]["pack"] == "metronome", STARTS_S, "the last that was asked for")


def test_the_configuration_is_read_again_and_what_needs_a_restart_is_named(daemon: RunningDaemon) -> None:
    daemon.config.write_text(
        "sensor: none\npack: awareness\nlife: {pause_after: 20 s}\nsound: {device: other, beat_volume: 10%}\n"
    )
    told = "applied: pack, life.pause_after; after a restart: sound.device"
    assert daemon.cued("reload").stdout == f"{told}\n"
    assert daemon.cued("reload").stdout == "nothing has changed: the configuration says what it said\n"
    daemon.config.write_text("sensor: none\nlife: {pause_after: 30 s}\n")
    daemon.process.send_signal(signal.SIGHUP)
    wait_for(lambda: "applied: pack, life.pause_after" in daemon.log, STARTS_S, "what SIGHUP has done")
    daemon.config.write_text("sensor: 3 wishes\n")
    refused = daemon.cued("reload")
    assert (refused.returncode, "the old configuration goes on" in refused.stderr) == (2, True)


# --- its end -------------------------------------------------------------------------------------------------------


def ended(home: Path, *numbers: int) -> tuple[float, RunningDaemon]:
    """How many seconds a daemon takes to end in mid-run when it is sent these signals; nothing is lost of the run."""
    with RunningDaemon(home) as daemon:
        daemon.wait_ready()
        daemon.ask(commands.Start())
        wait_for(lambda: daemon.status()["statistics"]["clicks"] > 3, STARTS_S, "clicks")
        for number in numbers[:-1]:
            daemon.process.send_signal(number)
        code, took_s = daemon.end(numbers[-1])
        assert code == 0, daemon.log
        assert "STOPPING=1" in daemon.told()
        assert "1 sessions" in daemon.log
    with reading(daemon.journal) as journal:
        (session,) = journal.sessions()
        assert session.state is State.ENDED
        (over,) = [mark for mark in journal.marks(session.id) if mark.what == "ended"]
        assert as_json(over.detail)["statistics"]["clicks"] > 3
    return took_s, daemon


@pytest.mark.alone
@pytest.mark.parametrize(
    "numbers",
    [(signal.SIGTERM,), (signal.SIGINT,), (signal.SIGTERM, signal.SIGTERM)],
    ids=["of the service manager", "of a terminal", "twice"],
)
def test_it_ends_within_two_seconds_and_loses_nothing(numbers: tuple[int, ...], tmp_path: Path) -> None:
    homes = (tmp_path / str(number) for number in count())
    took_s, daemon = undisturbed(lambda: ended(next(homes), *numbers), lambda found: int(found[0] >= 2.0))
    assert took_s < 2.0, daemon.log


def test_a_run_whose_daemon_was_killed_goes_on(tmp_path: Path) -> None:
    with RunningDaemon(tmp_path, "--no-questions") as daemon:
        daemon.wait_ready()
        daemon.ask(commands.Start("awareness"))  # not the usual one
        wait_for(lambda: daemon.status()["run"] is not None, STARTS_S, "a run")
        wait_for(lambda: daemon.status()["run"]["run_ns"] > 3_000_000_000, STARTS_S, "some seconds of running")
        daemon.process.send_signal(signal.SIGKILL)
        daemon.process.wait()
        daemon.told().clear()
        daemon.start()
        daemon.wait_ready()
        daemon.ask(commands.Start())
        wait_for(lambda: "going on with the run that broke off at 0:0" in daemon.log, STARTS_S, "it to go on")
        assert daemon.status()["run"]["run_ns"] > 2_000_000_000
        assert daemon.status()["pack"] == "awareness"
        daemon.end()
    with reading(daemon.journal) as journal:
        (session,) = journal.sessions()
        assert session.state is State.ENDED


def test_a_run_is_called_saved_once_the_journal_has_it_and_nobody_waits_for_that(tmp_path: Path) -> None:
    with RunningDaemon(tmp_path, "--no-questions") as daemon:
        daemon.wait_ready()
        daemon.ask(commands.Start())
        wait_for(lambda: daemon.journal.exists() and daemon.status()["run"]["run_ns"] > 0, STARTS_S, "a run")
        with contextlib.closing(sqlite3.connect(daemon.journal, isolation_level=None, timeout=STARTS_S)) as other:
            other.execute("BEGIN IMMEDIATE")
            daemon.ask(commands.Stop())
            assert daemon.status()["summary"].startswith("Not saved yet.")
            other.execute("ROLLBACK")
        wait_for(lambda: str(daemon.status()["summary"]).startswith("Run saved."), STARTS_S, "the truth")
        daemon.end()
    with reading(daemon.journal) as journal:
        assert [session.state for session in journal.sessions()] == [State.ENDED]


# --- what it will not begin with -----------------------------------------------------------------------------------


def test_a_broken_configuration_is_said_at_once(tmp_path: Path) -> None:
    with RunningDaemon(tmp_path, config="lfe: {}\n") as daemon:
        assert daemon.process.wait(STARTS_S) == 2
        assert "the configuration is not right" in daemon.log


def test_a_socket_path_that_is_something_else_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with RunningDaemon(tmp_path / "home", "--socket", str(tmp_path / "file")) as daemon:
        assert daemon.process.wait(STARTS_S) == 2
        assert "is there and is no socket" in daemon.log


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere, so no folder is closed to it")
def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "closed").mkdir(mode=0o500)
    with RunningDaemon(tmp_path / "home", "--journal", str(tmp_path / "closed" / "journal.db")) as daemon:
        assert daemon.process.wait(STARTS_S) == 2
        assert "it cannot be written" in daemon.log


def test_a_journal_that_is_a_folder_is_said(tmp_path: Path) -> None:
    (tmp_path / "journal").mkdir()
    with RunningDaemon(tmp_path / "home", "--journal", str(tmp_path / "journal")) as daemon:
        assert daemon.process.wait(STARTS_S) == 2
        assert daemon.log.count("\n") == 1


def test_it_comes_up_with_a_broken_pack_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "pack.yaml").write_text("format: 1\nname: [\n", encoding="utf-8")
    config = f"sensor: none\npack: {tmp_path / 'pack.yaml'}\n"
    with RunningDaemon(tmp_path / "home", "--no-questions", config=config) as daemon:
        daemon.wait_ready()
        today = daemon.status()["today"]
        assert (today["pack"], today["plain"]) == ("plain", True)
        assert "pack.yaml" in today["trouble"]
        assert f"the pack {today['trouble']}; runs are recorded without cues until that is mended\n" in daemon.log
        assert daemon.cued("start").stdout.startswith("begun: plain")


def test_nobody_listens_any_more_when_it_has_ended(tmp_path: Path) -> None:
    with RunningDaemon(tmp_path) as daemon:
        daemon.wait_ready()
        daemon.end()
        with pytest.raises(ControlError, match="nobody listens"):
            daemon.status()
