from __future__ import annotations

import json

import pytest

from cued.runtime.doctor import sound
from cued.runtime.doctor.check import Answer, Check, State
from tests.support.fake_machine import ABSENT, SILENT, FakeMachine, said


def only(checks: tuple[Check, ...]) -> Check:
    (check,) = checks
    return check


def listing(*names: str) -> Answer:
    outputs = [{"name": name, "api": "ALSA"} for name in names]
    return said("a library's chatter\n" + json.dumps({"version": "PortAudio V19.6.0, revision x", "outputs": outputs}))


def test_portaudio_that_hangs_fails_with_what_to_restart() -> None:
    check = only(sound.portaudio(FakeMachine(devices=SILENT)))
    assert check.state is State.FAIL
    assert "hangs" in check.what
    assert "systemctl --user restart" in check.mend


def test_portaudio_that_crashes_fails_with_the_signal() -> None:
    check = only(sound.portaudio(FakeMachine(devices=said(code=-11))))
    assert check.state is State.FAIL
    assert "signal 11" in check.what


def test_a_missing_portaudio_is_told_with_its_package() -> None:
    check = only(sound.portaudio(FakeMachine(devices=said(err="OSError: PortAudio library not found", code=1))))
    assert (check.state, check.mend) == (State.FAIL, "sudo apt install libportaudio2")


def test_any_other_failure_to_start_shows_its_last_line() -> None:
    check = only(sound.portaudio(FakeMachine(devices=said(err="Traceback\nImportError: odd", code=1))))
    assert check.state is State.FAIL
    assert check.what.endswith("ImportError: odd")


def test_a_machine_without_outputs_fails_though_portaudio_is_well() -> None:
    library, devices = sound.portaudio(FakeMachine(devices=listing()))
    assert (library.state, library.what) == (State.OK, "PortAudio V19.6.0")
    assert devices.state is State.FAIL
    assert "aplay -l" in devices.mend


def test_devices_are_named_and_a_long_list_is_cut() -> None:
    _, few = sound.portaudio(FakeMachine(devices=listing("pipewire", "hdmi")))
    _, many = sound.portaudio(FakeMachine(devices=listing(*"abcdefgh")))
    assert few.what == "pipewire (ALSA), hdmi (ALSA)"
    assert many.what.endswith("f (ALSA) and 2 more")


def test_an_answer_that_is_no_json_is_no_output_rather_than_a_fault() -> None:
    _, devices = sound.portaudio(FakeMachine(devices=said("nonsense")))
    assert devices.state is State.FAIL


@pytest.mark.parametrize(
    ("programs", "state", "what"),
    [
        ({"wpctl get-volume": said("Volume: 0.40")}, State.OK, "40%"),
        ({"wpctl get-volume": said("Volume: 0.40 [MUTED]")}, State.FAIL, "muted (at 40%)"),
        ({"wpctl get-volume": said("Volume: 0.05")}, State.WARN, "low: 5%"),
        ({"pactl get-sink-volume": said("Volume: front-left: 39322 /  60% / -13 dB")}, State.OK, "60%"),
        ({"pactl get-sink-volume": said("x / 60% /"), "pactl get-sink-mute": said("Mute: yes")}, State.FAIL, "muted (at 60%)"),
        ({"amixer sget Master": said("Mono: Playback 87 [74%] [0.0dB] [on]")}, State.OK, "74%"),
        ({"amixer sget PCM": said("Mono: Playback 0 [10%] [-40dB] [off]")}, State.FAIL, "muted (at 10%)"),
        ({"wpctl get-volume": said("gibberish"), "amixer sget Headphone": said("[12%] [on]")}, State.WARN, "low: 12%"),
    ],
)
def test_the_volume_is_read_from_whichever_mixer_there_is(programs: dict[str, Answer], state: State, what: str) -> None:
    check = only(sound.volume(FakeMachine(programs=programs)))
    assert (check.state, check.what) == (state, what)
    assert bool(check.mend) is (state is not State.OK)


@pytest.mark.parametrize("answer", [ABSENT, SILENT, said("no control", code=1)])
def test_without_a_mixer_that_answers_the_volume_is_unknown(answer: Answer) -> None:
    programs = {"wpctl": answer, "pactl": answer, "amixer": answer}
    assert only(sound.volume(FakeMachine(programs=programs))).state is State.UNKNOWN


def test_the_sound_server_is_named_by_itself() -> None:
    info = said("Host: x\nServer Name: PulseAudio (on PipeWire 0.3.65)\nY: z")
    check = only(sound.server(FakeMachine(programs={"pactl info": info})))
    assert (check.state, check.what) == (State.OK, "PulseAudio (on PipeWire 0.3.65)")


@pytest.mark.parametrize(
    ("socket", "name"), [("/run/user/1000/pipewire-0", "PipeWire"), ("/run/user/1000/pulse/native", "PulseAudio")]
)
def test_a_server_without_its_tools_is_known_by_its_socket(socket: str, name: str) -> None:
    alive = only(sound.server(FakeMachine(sockets=frozenset({socket}))))
    dead = only(sound.server(FakeMachine(files={socket: ""})))
    assert (alive.state, alive.what) == (State.OK, name)
    assert dead.state is State.FAIL
    assert name in dead.what


def test_the_runtime_folder_of_the_environment_is_where_sockets_are_looked_for() -> None:
    machine = FakeMachine(env={"XDG_RUNTIME_DIR": "/other"}, sockets=frozenset({"/other/pipewire-0"}))
    assert only(sound.server(machine)).state is State.OK


def test_jack_is_known_by_its_shared_memory() -> None:
    machine = FakeMachine(files={"/dev/shm/jack_default_1000_0": ""})
    assert only(sound.server(machine)).what == "JACK"


def test_no_sound_server_is_a_warning_since_alsa_still_plays() -> None:
    assert only(sound.server(FakeMachine())).state is State.WARN


def test_pyttsx3_with_voices_is_well() -> None:
    check = only(sound.voices(FakeMachine(voices=said("chatter\n131"))))
    assert (check.state, check.what) == (State.OK, "pyttsx3 with 131 voices")


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (SILENT, "no answer within 6 s"),
        (said(err="RuntimeError: no engine", code=1), "no engine"),
        (said("0"), "it says nothing"),
    ],
)
def test_espeak_alone_is_a_warning_that_says_why(answer: Answer, why: str) -> None:
    check = only(sound.voices(FakeMachine(voices=answer, programs={"espeak-ng --version": said("1.51")})))
    assert check.state is State.WARN
    assert check.what.endswith(why)


def test_no_voice_at_all_fails_and_says_what_is_heard_instead() -> None:
    check = only(sound.voices(FakeMachine()))
    assert check.state is State.FAIL
    assert "tone" in check.what
    assert check.mend == "sudo apt install espeak-ng"
