"""`cued setup` on a terminal: the whole evening, and every way of leaving it and coming back to it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from pathlib import Path
from typing import Final

import pytest

from cued.cli.main import main
from cued.config.settings import Settings
from cued.headphones.known import OwnHeadphones
from cued.runtime.evening import Evening, Outcome, Step
from cued.sensors.cadence_unit import CadenceUnit
from cued.sensors.known import KnownSensors
from tests.support.bluez import Running, Script, VirtualBluez
from tests.support.conversation import CUED, SHOKZ, Conversation, accept, became, home, settings, sound
from tests.support.kept_links import POD

__all__ = ["home", "sound"]

NO_SOUND: Final = "`cued doctor` says what "
"""There are no devices, or PortAudio fails over their absence: the end of either sentence."""
LATER: Final = "Enough for now. What is done is kept; `cued setup` goes on from here."


# --- the whole of it -----------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_an_evening_from_its_first_question_to_its_last(bluez: VirtualBluez, sound: None) -> None:
    shokz = bluez.add_headphones(SHOKZ.address)
    with Script(bluez.add(POD), Running(170), hz=10, factor=2), Conversation() as talk:
        talk.answer("not now.")
        talk.answer("run with?", "b")
        talk.answer("Enter when they blink.")
        talk.answer("Enter when it is on.")
        talk.answer("find out?", "1")
        talk.answer("the voice first?", "n")
        talk.until("both ears")
        talk.press("--l")
        talk.until("left ear")
        talk.press("<\n")
        talk.answer("Which language?", "de")
        talk.answer("hear this one?")
        talk.answer("heart rate, in beats a minute:", "18")
        talk.answer("Try again?")
        talk.answer("heart rate, in beats a minute:", "188")
        talk.answer("steps a minute:", "166")
        talk.answer("Which pack?", "5")  # of phase 5
        talk.until("pod found")
        talk.interrupt()
        talk.answer("from now on?")
        code, told = talk.rest()
    assert code == 0
    assert "pod         done   Your foot pod       Pod (C0:FF:EE:00:00:01), counts strides" in told
    assert set(became().values()) == {"done"}
    assert shokz.connected
    assert OwnHeadphones().all() == (SHOKZ,)
    assert [(one.address, one.cadence_unit) for one in KnownSensors().all()] == [(POD.address, CadenceUnit.STRIDES)]
    now = settings()
    assert (now.sound.ear, now.sound.beat_volume, now.sound.voice_volume) == ("left", 0.8, 0.9)
    assert (now.runner.max_hr_bpm, now.runner.easy_cadence_mspm, now.runner.language) == (188, 166_000, "de")
    assert now.pack == "integration"
    with Conversation() as again:
        code, told = again.rest()
    assert code == 0
    assert "All is set up. `cued setup --from STEP` goes through it again." in told


# --- a machine that lacks something --------------------------------------------------------------------------------


def test_without_bluetooth_and_sound_it_says_what_is_missing_and_goes_on(capsys: pytest.CaptureFixture[str]) -> None:
    with Conversation() as talk:
        talk.answer("not now.")
        talk.until("No Bluetooth here: no D-Bus system bus")
        talk.until(NO_SOUND)
        talk.until("skipped: no D-Bus system bus")
        talk.until(NO_SOUND)
        talk.answer("Which language?", "en")
        talk.until(NO_SOUND)
        talk.answer("heart rate, in beats a minute:")
        talk.answer("steps a minute:", "160")
        talk.until(NO_SOUND)
        code, _ = talk.rest()
    assert code == 0
    assert [name for name, what in became().items() if what == "done"] == ["safety", "runner", "next"]
    assert settings().runner.language == "en"
    assert main(["setup", "--list", "--json"]) == 0
    rows = {row["step"]: row for row in json.loads(capsys.readouterr().out)}
    assert rows["pod"]["state"] == "skipped"
    assert "so no Bluetooth" in rows["pod"]["note"]
    assert rows["runner"]["note"] == "easy cadence 160"
    with Conversation() as again:  # what was skipped, once more
        again.until("2 of 8")
        again.until("3 of 8")
        again.until("4 of 8")
        again.answer("Which language?", "s")
        assert "6 of 8" not in again.until("7 of 8")
        assert again.rest()[0] == 0


@pytest.mark.slow
def test_with_a_cable_the_device_is_chosen(sound: None) -> None:
    accept()
    with Conversation("--only", "headphones") as talk:
        shown = talk.until("Where does it sound? [0]")
        talk.press("1\n")
        assert talk.rest()[0] == 0
    assert "0  the best there is, now " in shown
    first = shown.partition("  1  ")[2].splitlines()[0].strip()
    assert settings().sound.device == first
    with Conversation("--only", "headphones") as talk:
        talk.answer("Where does it sound? [1]", "0")
        assert talk.rest()[0] == 0
    assert settings().sound.device is None


# --- leaving and coming back ---------------------------------------------------------------------------------------

QUESTIONS: Final = {
    Step.HEADPHONES: "run with?",
    Step.POD: "Enter when it is on.",
    Step.SOUND: "the voice first?",
    Step.VOICE: "Which language?",
    Step.RUNNER: "in beats a minute:",
    Step.TRY: "Which pack?",
}


@pytest.mark.slow
def test_ctrl_c_at_any_step_keeps_nothing_half_and_the_next_evening_goes_on_there(
    bluez: VirtualBluez, sound: None, home: Path
) -> None:
    accept()
    files = {path: path.read_bytes() for path in home.rglob("*") if path.is_file() and path.suffix in {".json", ".yaml"}}
    for step, question in QUESTIONS.items():
        with Conversation() as talk:
            talk.until(f"--- {list(Step).index(step) + 1} of 8")
            talk.until(question)
            talk.interrupt()
            code, told = talk.rest()
        assert code == 130
        assert LATER in told
        now = {path: path.read_bytes() for path in home.rglob("*") if path.is_file() and path.suffix in {".json", ".yaml"}}
        assert now == files, step
        Evening().put(step, Outcome.DONE, "by hand")
        files = now | {Evening().path: Evening().path.read_bytes()}
    assert not list(home.rglob("*.part"))


@pytest.mark.slow
def test_ctrl_c_while_it_sounds_leaves_the_levels_and_the_terminal_as_they_were(sound: None) -> None:
    accept()
    with Conversation("--only", "sound") as talk:
        talk.answer("the voice first?", "n")
        talk.until("both ears")
        assert not talk.echoes()
        talk.press("---")
        talk.until("beat 70 %")
        talk.interrupt()
        code, told = talk.rest()
        assert talk.echoes()
    assert code == 130
    assert LATER in told
    words = [*CUED, "headphones", "adjust"]
    done = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "nobody can press a key here" in done.stderr
    assert settings() == Settings()


@pytest.mark.slow
def test_left_right_beat_and_voice_can_be_heard_first_and_broken_off(sound: None) -> None:
    accept()
    with Conversation("--only", "sound") as talk:
        talk.answer("the voice first?")
        talk.until("playing: left")
        talk.answer("on the left, and there alone?", "y")
        talk.until("playing: right")
        talk.answer("on the right, and there alone?", "s")
        assert talk.rest()[0] == 0
    assert became()["sound"] == "as you wished"
    assert settings() == Settings()


def test_q_and_the_end_of_input_leave_too(bluez: VirtualBluez) -> None:
    accept()
    for keys in ("q\n", "\x04"):
        with Conversation("--from", "runner") as talk:
            talk.until("in beats a minute:")
            talk.press(keys)
            code, told = talk.rest()
        assert code == 0
        assert LATER in told
    assert "runner" not in became()


def test_a_closed_terminal_or_a_service_manager_ends_it_as_ctrl_c_does() -> None:
    accept()
    for number in (signal.SIGTERM, signal.SIGHUP):
        with Conversation("--from", "runner") as talk:
            talk.answer("in beats a minute:", "190")
            talk.until("steps a minute:")
            talk.interrupt(number)
            code, told = talk.rest()
        assert code == 130
        assert LATER in told
    assert settings().runner.max_hr_bpm == 190
    assert "runner" not in became()


def test_a_state_folder_that_cannot_be_written_is_told_at_once(home: Path) -> None:
    (home / "state").write_text("a file where the folder would be", encoding="utf-8")
    with Conversation("--only", "runner") as talk:
        talk.answer("not now.")
        code, told = talk.rest()
    assert code == 2
    assert "no folder can be made there" in told


def test_what_was_answered_before_leaving_is_kept_and_not_asked_again() -> None:
    with Conversation() as talk:
        talk.answer("not now.")
        talk.until("Which language?")
        talk.interrupt()
        assert talk.rest()[0] == 130
    assert list(became()) == ["safety", "headphones", "pod", "sound"]
    with Conversation() as again:
        assert "1 of 8" not in again.until("--- 5 of 8: The voice")
        again.answer("Which language?", "s")
        again.answer("in beats a minute:", "s")
        again.until("7 of 8")
        assert again.rest()[0] == 0
    assert became()["voice"] == "as you wished"


def test_nothing_goes_on_before_the_safety_notice_is_accepted() -> None:
    with Conversation("--only", "runner") as talk:
        shown = talk.until("not now.")
        talk.press("n\n")
        code, told = talk.rest()
    assert code == 1
    assert "cued is a training aid, not medical advice." in shown
    assert "Without that cued goes no further" in told
    assert became() == {}
    with Conversation("--only", "runner") as talk:
        talk.answer("not now.")
        talk.answer("in beats a minute:", "190")
        talk.answer("steps a minute:")
        assert talk.rest()[0] == 0
    assert became() == {"safety": "done", "runner": "done"}


# --- not a conversation --------------------------------------------------------------------------------------------


def test_without_a_terminal_it_lists_the_commands_and_ends_with_2() -> None:
    done = subprocess.run([*CUED, "setup"], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert [line.split()[0] for line in done.stdout.splitlines()] == [step.value for step in Step]
    assert "cued headphones pair" in done.stdout
    assert done.stderr == (
        "cued: `cued setup` is a conversation and needs a terminal; above is each step as a command of its own\n"
    )


def test_a_configuration_that_is_not_right_is_mended_first(home: Path) -> None:
    own = home / "config" / "cued" / "config.yaml"
    own.parent.mkdir(parents=True)
    own.write_text("sound:\n  eer: left\n", encoding="utf-8")
    with Conversation() as talk:
        code, told = talk.rest()
    assert code == 2
    assert "the configuration is not right" in told
    assert became() == {}


def test_options_that_do_not_go_together_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["setup", "--from", "pood"]) == 2
    assert "did you mean pod?" in capsys.readouterr().err
    assert main(["setup", "--json"]) == 2
    assert "--json is for --list" in capsys.readouterr().err
    assert main(["setup", "--list", "--only", "pod"]) == 2
    assert "not allowed with" in capsys.readouterr().err


def test_another_configuration_is_written_where_one_is_named(home: Path) -> None:
    accept()
    other = home / "other.yaml"
    other.write_text("# mine\n", encoding="utf-8")
    with Conversation("--only", "runner", "--config", str(other)) as talk:
        talk.answer("in beats a minute:", "190")
        talk.answer("steps a minute:")
        assert talk.rest()[0] == 0
    assert other.read_text(encoding="utf-8") == "# mine\nrunner:\n  max_hr: 190\n"
    assert not (home / "config").exists()
    assert os.environ["XDG_CONFIG_HOME"] == str(home / "config")
