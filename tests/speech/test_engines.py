"""Both engines, real and false: sound comes out, or a clear reason, and never later than the deadline."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
import wave
from collections.abc import Iterator
from pathlib import Path

import pytest

from cued.speech.espeak import EspeakVoice
from cued.speech.probe import probe
from cued.speech.pyttsx import PyttsxVoice
from cued.speech.voice import RenderError, UnknownVoiceError, Voice, VoiceSettings, VoiceUnavailableError
from tests.speech.fakes import fake_program, fake_pyttsx3_command, is_over, is_running
from tests.support.waiting import DEADLINE_S, wait_for

ENGLISH = VoiceSettings("en")
needs_espeak = pytest.mark.usefixtures("espeak_ng")


@pytest.fixture(params=[PyttsxVoice, EspeakVoice], ids=["pyttsx3", "espeak-ng"])
def real(request: pytest.FixtureRequest) -> Iterator[Voice]:
    voice: Voice = request.param(ENGLISH)
    yield voice
    voice.close()


@needs_espeak
def test_a_real_engine_speaks(real: Voice) -> None:
    pcm = real.render("Light feet, one minute.", "en")
    assert pcm.rate_hz == 22_050
    assert 1.0 < len(pcm.samples) / pcm.rate_hz < 2.5
    assert 0.2 < abs(pcm.samples).max() <= 1.0


@needs_espeak
def test_a_real_engine_tells_its_version_and_settings(real: Voice) -> None:
    assert real.fingerprint.startswith(real.name)
    assert real.fingerprint.endswith("/@en/165")
    assert any(character.isdigit() for character in real.fingerprint.split("/")[0].removeprefix(real.name))


@needs_espeak
def test_a_real_engine_changes_its_language_and_reads_umlauts(real: Voice) -> None:
    german = len(real.render("Füße", "de-AT").samples)
    assert german != len(real.render("Füße", "en").samples)
    assert german != len(real.render("Fue", "de").samples)


@needs_espeak
def test_a_real_engine_says_which_language_it_lacks_and_goes_on(real: Voice) -> None:
    assert not real.speaks("xx")
    with pytest.raises(UnknownVoiceError, match="'xx'"):
        real.render("Go.", "xx")
    assert real.speaks("en")
    assert len(real.render("Go.", "en").samples) > 0


@needs_espeak
def test_a_real_engine_takes_a_text_that_looks_like_an_option_or_phonemes(real: Voice) -> None:
    assert len(real.render("--help [ [x]] 'x' $HOME %s", "en").samples) > 22_050


@needs_espeak
def test_a_closed_engine_refuses(real: Voice) -> None:
    real.close()
    with pytest.raises(VoiceUnavailableError, match="closed"):
        real.render("Go.", "en")


@needs_espeak
def test_a_slower_rate_takes_longer_in_both_engines() -> None:
    for engine in (PyttsxVoice, EspeakVoice):
        lengths = []
        for wpm in (120, 240):
            voice: Voice = engine(VoiceSettings("en", None, wpm))
            lengths.append(len(voice.render("Push the ground away behind you.", "en").samples))
            voice.close()
        assert lengths[0] > 1.4 * lengths[1]


@needs_espeak
def test_no_phrase_of_many_comes_out_empty() -> None:
    voice = PyttsxVoice(ENGLISH)
    lengths = [len(voice.render(f"Phrase number {number}.", "en").samples) for number in range(60)]
    voice.close()
    assert min(lengths) > 22_050 / 2


@needs_espeak
def test_the_probe_has_both_engines_speak() -> None:
    assert [(report.name, report.works) for report in probe()] == [("pyttsx3", True), ("espeak-ng", True)]
    assert all("one two three" in report.detail for report in probe())


def test_the_probe_tells_how_to_get_a_voice(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    report = probe()[1]
    assert (report.works, report.detail) == (False, "it is not installed")
    assert "apt-get install espeak-ng" in report.mend


@needs_espeak
def test_a_worker_whose_parent_was_killed_ends_and_cleans_up() -> None:
    script = (
        "import sys, time; from cued.speech.pyttsx import PyttsxVoice; from cued.speech.voice import VoiceSettings\n"
        "voice = PyttsxVoice(VoiceSettings()); voice.render('Go.', 'en')\n"
        "print(voice._child.pid, voice._folder, flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    pid, folder = parent.stdout.readline().split()
    assert is_running(int(pid))
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    wait_for(lambda: not is_running(int(pid)))
    wait_for(lambda: not Path(folder).exists())


class TestTheWorkerOverAFalsePyttsx3:
    @pytest.fixture
    def voice(self, tmp_path: Path) -> Iterator[PyttsxVoice]:
        voice = PyttsxVoice(ENGLISH, command=fake_pyttsx3_command(tmp_path), render_deadline_s=DEADLINE_S)
        yield voice
        voice.close()

    def asked(self, tmp_path: Path) -> list[str]:
        return (tmp_path / "pyttsx3" / "asked").read_text().splitlines()

    def test_what_the_library_prints_is_no_answer(self, voice: PyttsxVoice) -> None:
        assert len(voice.render("Go.", "en").samples) == 4410

    def test_an_empty_file_is_rendered_again(self, voice: PyttsxVoice, tmp_path: Path) -> None:
        assert len(voice.render("empty once", "en").samples) == 4410
        assert self.asked(tmp_path) == ["empty once"] * 2

    @pytest.mark.parametrize(
        ("text", "reason"),
        [("empty", "empty"), ("crash", "SIGKILL"), ("raise", "RuntimeError: the engine is cross"), ("nothing", "No such file")],
    )
    def test_a_text_that_always_fails_is_given_up_with_its_reason(
        self, voice: PyttsxVoice, tmp_path: Path, text: str, reason: str
    ) -> None:
        with pytest.raises(RenderError, match=rf"{reason}.*\(3 times\)"):
            voice.render(text, "en")
        assert self.asked(tmp_path) == [text] * 3
        assert len(voice.render("Go.", "en").samples) == 4410

    def test_a_hang_ends_at_the_deadline_with_all_its_processes(self, tmp_path: Path) -> None:
        voice = PyttsxVoice(ENGLISH, command=fake_pyttsx3_command(tmp_path), render_deadline_s=2.0)
        voice.warm_up()
        assert voice.speaks("en")
        begun_s = time.monotonic()
        with pytest.raises(RenderError, match=r"within 2 s"):
            voice.render("hang", "en")
        assert time.monotonic() - begun_s < 15  # not the worker's own alarm
        wait_for(lambda: is_over(tmp_path / "pyttsx3" / "helper"))
        assert len(voice.render("Go.", "en").samples) == 4410
        voice.close()

    def test_another_language_gets_another_worker(self, voice: PyttsxVoice) -> None:
        assert voice.speaks("en")
        assert voice.speaks("de-AT")
        assert not voice.speaks("fr")

    def test_an_engine_that_does_not_start_is_told_with_its_reason(self, voice: PyttsxVoice, tmp_path: Path) -> None:
        (tmp_path / "pyttsx3" / "broken").touch()
        with pytest.raises(VoiceUnavailableError, match="RuntimeError: no eSpeak here"):
            _ = voice.fingerprint

    def test_a_worker_that_is_never_ready_is_given_up(self, tmp_path: Path) -> None:
        voice = PyttsxVoice(ENGLISH, command=fake_pyttsx3_command(tmp_path), start_deadline_s=0.3)
        (tmp_path / "pyttsx3" / "slow").touch()
        with pytest.raises(VoiceUnavailableError, match=r"not ready within 0\.3 s"):
            voice.speaks("en")
        voice.close()

    def test_nothing_stays_in_the_folder_for_temporary_files(self, voice: PyttsxVoice) -> None:
        voice.render("Go.", "en")
        folder = voice._folder
        assert folder is not None
        assert list(folder.iterdir()) == []
        voice.close()
        assert not folder.exists()


@pytest.mark.parametrize("command", [("/nowhere/python",), ("false",), ("echo", "ready"), ("echo", "[1]")])
def test_a_worker_that_is_none_is_told(command: tuple[str, ...]) -> None:
    voice = PyttsxVoice(ENGLISH, command=command)
    with pytest.raises(VoiceUnavailableError, match="worker does not"):
        _ = voice.fingerprint
    voice.close()


class TestFalseEspeakPrograms:
    def voice(self, path: Path, script: str, deadline_s: float = DEADLINE_S) -> EspeakVoice:
        return EspeakVoice(ENGLISH, program=fake_program(path / "espeak-ng", script), deadline_s=deadline_s)

    def test_an_empty_answer_is_tried_twice(self, tmp_path: Path) -> None:
        voice = self.voice(tmp_path, f"echo x >> {tmp_path}/calls")
        with pytest.raises(RenderError, match=r"no WAV file.*\(2 times\)"):
            voice.render("Go.", "en")
        assert (tmp_path / "calls").read_text() == "x\nx\n"

    def test_a_header_without_sound_is_an_empty_answer(self, tmp_path: Path) -> None:
        with wave.open(str(tmp_path / "empty.wav"), "wb") as file:
            file.setparams((1, 2, 22_050, 0, "NONE", "none"))
            file.writeframes(b"")
        with pytest.raises(RenderError, match="empty"):
            self.voice(tmp_path, f"cat {tmp_path}/empty.wav").render("Go.", "en")

    def test_a_hang_ends_at_the_deadline(self, tmp_path: Path) -> None:
        with pytest.raises(RenderError, match=r"within 0\.5 s"):
            self.voice(tmp_path, f"sleep 600 & echo $! > {tmp_path}/pid; wait", 0.5).render("Go.", "en")
        wait_for(lambda: is_over(tmp_path / "pid"))

    def test_a_crash_is_told_in_the_programs_words(self, tmp_path: Path) -> None:
        with pytest.raises(RenderError, match="out of luck"):
            self.voice(tmp_path, "echo out of luck >&2; exit 1").render("Go.", "en")
        with pytest.raises(RenderError, match="exit code 7"):
            self.voice(tmp_path, "exit 7").render("Go.", "en")

    def test_endless_sound_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(VoiceUnavailableError, match="more than"):
            EspeakVoice(ENGLISH, program=fake_program(tmp_path / "espeak-ng", "exec cat /dev/zero")).render("Go.", "en")

    def test_a_version_that_is_none_is_told(self, tmp_path: Path) -> None:
        with pytest.raises(VoiceUnavailableError, match="version"):
            _ = self.voice(tmp_path, "echo hello").fingerprint
        with pytest.raises(VoiceUnavailableError, match=r"within 0\.5 s"):
            _ = self.voice(tmp_path, "sleep 600", 0.5).fingerprint

    def test_a_program_that_is_not_installed_is_told(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PATH", str(tmp_path))
        with pytest.raises(VoiceUnavailableError, match="not installed"):
            EspeakVoice(ENGLISH).render("Go.", "en")
