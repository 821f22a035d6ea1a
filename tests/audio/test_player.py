"""Sound that is really played, into a virtual card: on its sample, without the caller waiting, through every mishap."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from pathlib import Path

import numpy as np
import pytest

from benchmarks.audio_clicks import Feeder, busy_thread, compare, play_clicks
from benchmarks.audio_jack import Recorder, Server
from cued.audio.commands import (
    Click,
    Clip,
    Heartbeat,
    MixFormat,
    Mute,
    NoDevice,
    Opened,
    PlayClip,
    Recall,
    Report,
    Restarted,
)
from cued.audio.devices import JACK, Device, find_device, list_devices
from cued.audio.player import LiveOutput
from cued.errors import AudioError
from cued.units import NS_PER_MS, NS_PER_S
from tests.support.tries import faults, undisturbed
from tests.support.waiting import DEADLINE_S, wait_for

pytestmark = pytest.mark.audio

SPM = 180
APART = 16_000
OPEN_S = 10.0


@contextmanager
def playing(device: Device, fmt: MixFormat | None = None) -> Iterator[tuple[LiveOutput, int]]:
    """An open output and the monotonic time of its run's start, half a second from now."""
    with closing(LiveOutput(fmt or MixFormat(), device, time.monotonic_ns(), promises=True)) as output:
        assert output.wait_open(OPEN_S)
        start_ns = time.monotonic_ns() + NS_PER_S // 2
        output.start_at(start_ns)
        yield output, start_ns


def wait_until(start_ns: int, at_s: float) -> None:
    """Until that moment of the run has come."""
    wait_for(lambda: time.monotonic_ns() - start_ns > at_s * NS_PER_S, at_s + 10.0, "the clock goes on")


def on_recorder(recorder: Recorder) -> Device:
    return Device(recorder.name, JACK, 1, 48_000.0, 0, asked=True)


@pytest.mark.parametrize("load", [pytest.param(nullcontext, marks=pytest.mark.soak), busy_thread])
def test_every_click_is_on_the_sample_it_was_promised_for(
    jack: Server, load: Callable[[], AbstractContextManager[None]]
) -> None:
    with load():
        played, recording = undisturbed(lambda: play_clicks(jack.env, SPM, 3.0), lambda found: faults(found[0].last))
    errors = compare(recording.onsets(), list(played.promised.values()), APART)
    assert len(played.onsets_ns) == len(played.promised) == 9
    assert (errors.missing, errors.extra) == (0, 0)
    assert errors.worst <= 1.0
    last = played.last
    assert (last.underruns, last.resyncs, last.restarts, last.late_clicks) == (0, 0, 0, 0)
    assert last.device == "recorder"


def test_words_mutes_and_recalls_are_heard_where_they_belong(jack: Server) -> None:
    recorder = Recorder(jack.env, 20.0)
    with playing(on_recorder(recorder)) as (output, start_ns):
        output.load(Clip("word", 48_000, np.full(9_600, 0.25, np.float32)))
        for n in (0, 1, 2, 3):
            output.apply(Click(n * NS_PER_S // 2))
        output.apply(PlayClip(700 * NS_PER_MS, "word", duck_db=0.0))
        output.apply(Recall(NS_PER_S))
        wait_until(start_ns, 1.5)
        output.apply(Mute(muted=True))
        output.apply(Click(2 * NS_PER_S))
        wait_until(start_ns, 2.6)
    pcm = recorder.finish().pcm
    loud = np.flatnonzero(pcm)
    first = int(loud[0])
    assert abs(int(np.flatnonzero(pcm[first + 2_000 :])[0]) + 2_000 - 24_000) <= 1
    word = pcm[first + 33_600 : first + 43_200]
    assert np.all(word == np.float32(0.25))
    assert loud[-1] == first + 43_200 - 1


def test_nothing_that_is_told_makes_the_caller_wait(jack: Server) -> None:
    recorder = Recorder(jack.env, 20.0)
    with playing(on_recorder(recorder)) as (output, start_ns):
        pid = output.child_pid
        assert pid is not None
        os.kill(pid, signal.SIGSTOP)
        clip = np.zeros(48_000 * 5, np.float32)
        began = time.monotonic()
        for n in range(20):
            output.load(Clip(f"clip{n}", 48_000, clip))
            output.apply(PlayClip((5 + n) * NS_PER_S, f"clip{n}"))
        assert time.monotonic() - began < 0.5
        os.kill(pid, signal.SIGCONT)
        wait_until(start_ns, 0.1)
    recorder.discard()


def collect_until(output: LiveOutput, kind: type[Report], reports: list[Report], deadline_s: float = DEADLINE_S) -> None:
    """Until a report of that kind has come; all that come are kept in `reports`."""

    def come() -> bool:
        fresh = output.reports()
        reports.extend(report for report in fresh if not isinstance(report, Heartbeat))
        return any(isinstance(report, kind) for report in fresh)

    wait_for(come, deadline_s, f"a report of {kind.__name__}")


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP])
def test_a_dead_or_hung_child_is_replaced_and_the_beat_is_back_on_its_grid(unhurried_jack: Server, how: signal.Signals) -> None:
    recorder = Recorder(unhurried_jack.env, 40.0)
    with playing(on_recorder(recorder)) as (output, start_ns):
        feeder = Feeder(output, start_ns, SPM, 60)
        # A child that has played for two seconds is replaced at once.
        feeder.feed(2_500 * NS_PER_MS)
        pid = output.child_pid
        assert pid is not None
        os.kill(pid, how)
        reports = feeder.played.reports
        at_ns = 3 * NS_PER_S
        while not any(isinstance(report, Restarted) for report in reports):
            feeder.feed(at_ns)
            at_ns += NS_PER_S // 4
            assert at_ns < 15 * NS_PER_S, "no new child came"
        feeder.feed(time.monotonic_ns() - start_ns + 3 * NS_PER_S // 2)
        assert output.child_pid != pid
    assert sum(isinstance(report, Restarted) for report in reports) == 1
    assert not any(isinstance(report, NoDevice) for report in reports)
    assert feeder.played.last.restarts == 1
    onsets = recorder.finish().onsets()
    gaps = np.diff(onsets)
    silence = int(gaps.argmax())
    assert gaps[silence] > 1.5 * APART
    after = onsets[silence + 1 :]
    assert len(after) >= 3
    # Whole beats later, as exactly as a new stream on a busy machine can be anchored in a tenth of a second.
    beats = (after - onsets[0]) / APART
    assert np.abs(beats - np.round(beats)).max() * APART < 0.050 * 48_000


def test_a_server_that_dies_and_comes_back_is_told_once_each_way(jack: Server) -> None:
    device = find_device("system")
    assert device is not None
    with playing(device) as (output, start_ns):
        wait_until(start_ns, 0.1)
        told: list[Report] = []
        jack.kill()
        collect_until(output, NoDevice, told)
        jack.start()
        told.clear()
        collect_until(output, Opened, told)
        assert [type(report) for report in told if isinstance(report, Restarted | Opened)] == [Restarted, Opened]
        recorder = Recorder(jack.env, 20.0, name="second")
        now_ns = time.monotonic_ns() - start_ns
        output.apply(Click(now_ns + NS_PER_S // 2))
        collect_until(output, Heartbeat, told)
        recorder.discard()


def test_without_a_card_it_is_said_and_tried_again_and_the_end_is_not_held_up(no_card: None) -> None:
    absent = Device("nothing", JACK, 2, 48_000.0, 0, asked=True)
    output = LiveOutput(MixFormat(), absent, time.monotonic_ns())
    told: list[Report] = []
    collect_until(output, NoDevice, told)
    assert any(isinstance(report, NoDevice) and "nothing" in report.reason for report in told)
    began = time.monotonic()
    output.close()
    assert time.monotonic() - began < 2.0


def test_a_named_device_that_is_absent_is_an_error_that_lists_the_present_ones(jack: Server) -> None:
    with pytest.raises(AudioError, match=r"'ghost'.*there are: .*system") as caught:
        find_device("ghost")
    assert caught.value.exit_code == 2


def cued_run(*words: str) -> subprocess.CompletedProcess[str]:
    command = (sys.executable, "-m", "cued.cli.main", "run", "--sensor", "sim", *words)
    return subprocess.run(command, capture_output=True, text=True, timeout=60.0, check=False, stdin=subprocess.DEVNULL)


def test_a_run_to_an_absent_device_ends_with_2_and_one_sentence(jack: Server) -> None:
    done = cued_run("--output", "device:ghost", "--for", "1s")
    assert done.returncode == 2
    (sentence,) = [line for line in done.stderr.splitlines() if "ghost" in line]
    assert "there are:" in sentence
    assert "system" in sentence
    assert "Traceback" not in done.stderr


def test_a_run_without_any_device_goes_on_in_silence_and_says_so_once(no_card: None) -> None:
    if list_devices():
        pytest.skip("this machine has a sound device")
    done = cued_run("--output", "device", "--for", "2s")
    assert done.returncode == 0
    assert (done.stdout + done.stderr).count("no sound device") == 1


def test_a_crash_inside_portaudio_is_one_sentence(no_card: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Without ALSA's own definitions PortAudio follows a null pointer.
    (tmp_path / "asound.conf").write_text("")
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(tmp_path / "asound.conf"))
    with pytest.raises(AudioError, match="crashes while it looks for sound devices"):
        find_device(None)


def test_a_child_ends_with_its_session(jack: Server) -> None:
    device = find_device("system")
    assert device is not None
    with playing(device) as (output, _):
        pid = output.child_pid
        assert pid is not None
        assert Path(f"/proc/{pid}").exists()
    wait_for(lambda: not Path(f"/proc/{pid}").exists(), 60.0, "the child is gone")


def test_a_clip_that_was_never_loaded_is_an_error_at_once(no_card: None) -> None:
    absent = Device("nothing", JACK, 2, 48_000.0, 0, asked=True)
    with closing(LiveOutput(MixFormat(), absent, time.monotonic_ns())) as output, pytest.raises(AudioError, match="'ghost'"):
        output.apply(PlayClip(0, "ghost"))


def test_a_device_that_rests_is_free_and_the_next_words_wake_it_and_are_heard(jack: Server) -> None:
    recorder = Recorder(jack.env, 30.0)
    told: list[Report] = []
    with playing(on_recorder(recorder)) as (output, start_ns):
        output.load(Clip("word", 48_000, np.full(9_600, 0.25, np.float32)))
        collect_until(output, Opened, told)
        pids = [output.child_pid]
        output.rest()
        wait_for(lambda: output.child_pid is None, 60.0, "the child is dismissed")
        assert (output.resting, output.is_well()) == (True, True)
        output.apply(PlayClip(time.monotonic_ns() - start_ns, "word", duck_db=0.0))
        collect_until(output, Opened, told)
        pids.append(output.child_pid)
        wait_until(start_ns, (time.monotonic_ns() - start_ns) / NS_PER_S + 1.0)
        last = output.reports()[-1]
        assert (output.resting, output.is_well()) == (False, True)
    assert None not in pids
    assert len(set(pids)) == 2
    assert isinstance(last, Heartbeat)
    assert (last.restarts, last.dropped_clips) == (0, 0)
    assert [type(one) for one in told] == [Opened, Opened]
    assert np.count_nonzero(recorder.finish().pcm > 0.2) == 9_600


def test_words_that_nobody_could_play_in_time_are_counted_and_not_made_up_for(no_card: None) -> None:
    absent = Device("nothing", JACK, 2, 48_000.0, 0, asked=True)
    with closing(LiveOutput(MixFormat(), absent, time.monotonic_ns())) as output:
        output.load(Clip("word", 48_000, np.zeros(4_800, np.float32)))
        told: list[Report] = []
        collect_until(output, NoDevice, told)
        now_ns = told[-1].at_ns if isinstance(told[-1], NoDevice) else 0
        output.apply(PlayClip(now_ns + NS_PER_S // 10, "word"))
        output.apply(Click(now_ns + NS_PER_S // 10))

        def dropped() -> bool:
            return any(isinstance(one, Heartbeat) and one.dropped_clips == 1 for one in output.reports())

        wait_for(dropped, 60.0, "the word is given up")
        assert output.is_well()


def test_a_clip_that_is_released_takes_no_room_and_can_be_loaded_again(jack: Server) -> None:
    device = find_device("system")
    assert device is not None
    with playing(device) as (output, _):
        clips = [Clip(f"word{n}", 48_000, np.zeros(4_800, np.float32)) for n in range(3)]
        for clip in clips:
            output.load(clip)
        output.release(["word0", "word1", "never"])
        told: list[Report] = []

        def kept() -> int:
            told.extend(output.reports())
            return next((one.clip_bytes for one in reversed(told) if isinstance(one, Heartbeat)), -1)

        wait_for(lambda: kept() == 4 * 4_800, 60.0, "one clip is left")
        with pytest.raises(AudioError, match="'word0'"):
            output.apply(PlayClip(0, "word0"))
        output.load(clips[0])
        output.apply(PlayClip(NS_PER_S, "word0"))
        wait_for(lambda: kept() == 8 * 4_800, 60.0, "two are")
        assert not [one for one in told if isinstance(one, NoDevice | Restarted)]
