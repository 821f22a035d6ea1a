"""`cued setup` on a terminal: the whole evening, and every way of leaving it, skipping of it and coming back to it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from cued.cli.main import main
from cued.config.load import load_config
from cued.config.settings import Settings
from cued.headphones.known import KnownHeadphones, OwnHeadphones
from cued.runtime.evening import Evening, Outcome, Step
from cued.runtime.safety import Safety
from cued.sensors.cadence_unit import CadenceUnit
from cued.sensors.known import KnownSensor, KnownSensors
from tests.support.bluez import Peripheral, Running, Script, VirtualBluez
from tests.support.kept_links import NEIGHBOUR, POD
from tests.support.pulse import pulse_server
from tests.support.terminal import OnTerminal

CUED: Final = (sys.executable, "-m", "cued")
SHOKZ: Final = KnownHeadphones("C0:FF:EE:00:00:10", "Shokz")
SINK: Final = "bluez_sink.C0_FF_EE_00_00_10.a2dp_sink"
NO_SOUND: Final = "`cued doctor` says what "
"""There are no devices, or PortAudio fails over their absence: the end of either sentence."""
LATER: Final = "Enough for now. What is done is kept; `cued setup` goes on from here."


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A runner with nothing yet, at a machine without Bluetooth and without sound."""
    for kind in ("CONFIG", "DATA", "STATE"):
        monkeypatch.setenv(f"XDG_{kind}_HOME", str(tmp_path / kind.lower()))
    nothing = tmp_path / "alsa.conf"
    nothing.write_text("", encoding="utf-8")
    nowhere = {
        "ALSA_CONFIG_PATH": str(nothing),
        "JACK_DEFAULT_SERVER": "none",
        "JACK_NO_START_SERVER": "1",
        "PULSE_SERVER": "/none",
        "DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={tmp_path}/no-bus",
        "LC_ALL": "C.UTF-8",
    }
    for name, value in nowhere.items():
        monkeypatch.setenv(name, value)
    return tmp_path


@pytest.fixture
def sound(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A sound server that has taken the headphones, but plays elsewhere."""
    monkeypatch.delenv("ALSA_CONFIG_PATH")
    (home / "pulse").mkdir()
    with pulse_server(home / "pulse", "jack", SINK):
        yield


class Conversation(OnTerminal):
    """`cued setup`, asked and answered."""

    def __init__(self, *words: str) -> None:
        super().__init__([*CUED, "setup", *words])
        self._read_so_far = 0

    def until(self, question: str, deadline_s: float = 20.0) -> str:
        """Wait for what comes next; what was written up to there."""
        self.expect(lambda: question in self.text[self._read_so_far :], deadline_s)
        begin, self._read_so_far = self._read_so_far, self.text.index(question, self._read_so_far) + len(question)
        return self.text[begin : self._read_so_far]

    def answer(self, question: str, answer: str = "", deadline_s: float = 20.0) -> None:
        """Wait for a question, type the answer and Enter."""
        self.until(question, deadline_s)
        self.press(f"{answer}\n")

    def rest(self) -> tuple[int, str]:
        """The exit code, and what was written since."""
        code = self.end()
        assert "Traceback" not in self.text
        return code, self.text[self._read_so_far :]


def accept() -> None:
    Safety().accept("screen")


def settings() -> Settings:
    return load_config().settings


def became() -> dict[str, str]:
    """`done`, or why a step was skipped, by its name."""
    return {
        step.value: "done" if kept.outcome is Outcome.DONE else kept.note
        for step, kept in Evening().so_far(Safety().accepted()).items()
    }


# --- the whole of it -----------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.audio
def test_an_evening_from_its_first_question_to_its_last(bluez: VirtualBluez, sound: None) -> None:
    shokz = bluez.add_headphones(SHOKZ.address)
    with Script(bluez.add(POD), Running(170), hz=10, factor=2), Conversation() as talk:
        talk.answer("not now.")
        talk.answer("run with?", "b")
        talk.answer("Enter when they blink.")
        talk.answer("Keep them awake")
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
        talk.answer("Which pack?", "2")
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
    assert (now.sound.ear, now.sound.beat_volume, now.sound.voice_volume, now.sound.keep_awake) == ("left", 0.8, 0.9, True)
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
@pytest.mark.audio
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


# --- headphones and pod --------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.audio
def test_of_several_headphones_the_person_chooses(bluez: VirtualBluez, sound: None) -> None:
    accept()
    OwnHeadphones().put(KnownHeadphones("C0:FF:EE:00:00:12", "Old"))
    shokz = bluez.add_headphones(SHOKZ.address)
    bluez.add_headphones("C0:FF:EE:00:00:11", "Buds")
    with Conversation("--only", "headphones") as talk:
        talk.answer("run with? [1]", "b")
        talk.answer("Enter when they blink.")
        shown = talk.until("Which are yours?")
        talk.press(f"{shown.partition('  Shokz')[0].split()[-1]}\n")
        talk.answer("Keep them awake", "n")
        assert talk.rest()[0] == 0
    assert shokz.connected
    assert [one.name for one in OwnHeadphones().all()] == ["Shokz", "Old"]
    assert settings() == Settings()


def test_headphones_that_refuse_can_be_tried_again_and_are_skipped_after_a_no(bluez: VirtualBluez) -> None:
    accept()
    shokz = bluez.add_headphones(SHOKZ.address)
    bluez.fail("Pair", "org.bluez.Error.AuthenticationRejected", times=None)
    with Conversation("--only", "headphones") as talk:
        talk.answer("run with? [b]")
        talk.answer("Enter when they blink.")
        assert "they refused" in talk.until("Try again?")
        talk.press("\n")
        talk.until("they refused")
        talk.answer("Try again?", "n")
        assert talk.rest()[0] == 0
    assert "they refused" in became()["headphones"]
    assert not shokz.paired
    assert settings() == Settings()


def test_of_several_pods_the_nearest_is_offered_and_the_chosen_one_comes_first(bluez: VirtualBluez) -> None:
    accept()
    bluez.add(Peripheral(NEIGHBOUR.address, "Far", NEIGHBOUR.services, rssi=-80))
    with Script(bluez.add(POD), Running(200), hz=10, factor=2) as runner, Conversation("--only", "pod") as talk:
        talk.answer("Enter when it is on.")
        shown = talk.until("Which is yours?")
        assert "Pod, strong" in shown
        assert "100 per minute" in shown
        talk.press("\n")
        talk.answer("find out? [c]")
        talk.until("press Enter again.")
        talk.until("(press Enter to begin)")
        talk.press("\n")
        talk.until("count 20 steps, then press Enter")
        began = runner.sent
        talk.expect(lambda: runner.sent >= began + 58)  # six seconds: twenty steps at 200 a minute
        talk.press("\n")
        assert talk.rest()[0] == 0
    assert [(one.name, one.cadence_unit, one.said_by) for one in KnownSensors().all()] == [
        ("Pod", CadenceUnit.STRIDES, "runner")
    ]


def test_a_pod_that_is_the_runners_can_be_kept_and_its_unit_can_wait(bluez: VirtualBluez) -> None:
    accept()
    KnownSensors().put(KnownSensor(POD.address, "Pod", ("cadence",)))
    with Conversation("--only", "pod") as talk:
        talk.answer("is yours. Keep it?")
        talk.answer("find out?", "x")
        talk.until("one of c, 1, 2, n, please")
        talk.answer("find out?", "n")
        assert talk.rest()[0] == 0
    assert became()["pod"] == "done"
    assert KnownSensors().all()[0].cadence_unit is CadenceUnit.AUTO


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
@pytest.mark.audio
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
@pytest.mark.audio
def test_ctrl_c_while_it_sounds_leaves_the_levels_and_the_terminal_as_they_were(sound: None) -> None:
    accept()
    with Conversation("--only", "sound") as talk:
        talk.answer("the voice first?", "n")
        talk.until("both ears")
        talk.press("---")
        talk.until("beat 70 %")
        talk.interrupt()
        code, told = talk.rest()
    assert code == 130
    assert LATER in told
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
