"""The rest of cued asks for texts and always gets a sound, a length and, where words failed, the reason."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from cued.errors import SpeechError
from cued.speech.cache import Cache
from cued.speech.chain import FAILURES_BEFORE_REST, REST_S, Chain
from cued.speech.pyttsx import PyttsxVoice
from cued.speech.store import TONE_NS, Rendered, SpeechStore, open_store
from cued.speech.voice import Pcm, Voice, VoiceSettings
from cued.units import NS_PER_S
from tests.speech.fakes import FakeVoice, fake_program, fake_pyttsx3_command
from tests.support.waiting import wait_for

needs_espeak = pytest.mark.usefixtures("espeak_ng")
RATE_HZ = 48_000
PACK = [("Light feet, one minute.", "en"), ("Feel the rebound.", "en"), ("Leichte Füße.", "de"), ("Feel the rebound.", "en")]


class HandClock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def store_of(folder: Path, *voices: Voice, clock_s: HandClock | None = None, rate_hz: int = RATE_HZ) -> SpeechStore:
    return SpeechStore(Chain(voices, Cache(folder), rate_hz, clock_s or HandClock()), rate_hz, "en")


def polled(store: SpeechStore, count: int) -> list[Rendered]:
    finished: list[Rendered] = []

    def enough() -> bool:
        finished.extend(store.poll())
        return len(finished) >= count

    wait_for(enough)
    return finished


@needs_espeak
@pytest.mark.parametrize("rate_hz", [44_100, 48_000])
def test_a_second_start_renders_nothing_and_sounds_the_same(tmp_path: Path, rate_hz: int) -> None:
    with open_store(rate_hz, cache_dir=tmp_path) as store:
        first = store.prepare(PACK)
        assert (store.rendered, store.from_cache) == (3, 0)
    with open_store(rate_hz, cache_dir=tmp_path) as store:
        second = store.prepare(PACK)
        assert (store.rendered, store.from_cache) == (0, 3)
        assert store.take_notices() == []
    assert list(second) == list(first) == ["Light feet, one minute.", "Feel the rebound.", "Leichte Füße."]
    for text, rendered in first.items():
        assert np.array_equal(rendered.pcm, second[text].pcm)
        assert second[text].from_cache
        assert not rendered.tone
        assert rendered.engine == "pyttsx3"


@needs_espeak
def test_the_cache_is_in_the_users_cache_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with open_store(RATE_HZ) as store:
        store.prepare(PACK[:1])
    assert [path.suffix for path in (tmp_path / "cued" / "speech").iterdir()] == [".phrase"]


@needs_espeak
def test_a_voice_that_no_engine_has_is_refused_with_a_way_to_find_one(tmp_path: Path) -> None:
    with pytest.raises(SpeechError, match=r"no voice 'nonsense'.*espeak-ng --voices=en"):
        open_store(RATE_HZ, voice="nonsense", cache_dir=tmp_path)
    with open_store(RATE_HZ, voice="en-us", cache_dir=tmp_path) as store:
        assert store.prepare(PACK[:1])[PACK[0][0]].reason == ""


@pytest.mark.parametrize("rate_hz", [44_100, 48_000])
def test_a_length_is_that_of_its_samples_to_the_nanosecond(tmp_path: Path, rate_hz: int) -> None:
    store = store_of(tmp_path, FakeVoice(), rate_hz=rate_hz)
    for text in ("Go.", "Go on.", "Go on and on.", "…"):
        rendered = store.prepare([(text, "en")])[text]
        exact = len(rendered.pcm) * NS_PER_S / rate_hz
        assert abs(rendered.dur_ns - exact) <= 0.5
        assert not rendered.pcm.flags.writeable


def test_progress_is_told_after_each_text_and_no_text_is_asked_twice(tmp_path: Path) -> None:
    voice = FakeVoice(languages=("en", "de"))
    told: list[tuple[int, int, str]] = []
    store = store_of(tmp_path, voice)
    store.prepare(PACK, lambda done, total, text: told.append((done, total, text)))
    assert [(done, total) for done, total, _ in told] == [(1, 3), (2, 3), (3, 3)]
    assert sorted(voice.asked) == sorted({text for text, _ in PACK})
    store.prepare(PACK)
    assert len(voice.asked) == 3
    assert store.get("Feel the rebound.") is store.prepare(PACK)["Feel the rebound."]
    assert store.get("Feel the rebound.", "de") is None


def test_a_text_that_one_engine_cannot_speak_goes_to_the_next_with_the_reason(tmp_path: Path) -> None:
    first, second = FakeVoice("first"), FakeVoice("second")
    first.fails = {"Go."}
    rendered = store_of(tmp_path, first, second).prepare([("Go.", "en"), ("Stop.", "en")])
    assert (rendered["Go."].engine, rendered["Go."].reason) == ("second", "first: it would not")
    assert (rendered["Stop."].engine, rendered["Stop."].reason) == ("first", "")
    again = store_of(tmp_path, first, second).prepare([("Go.", "en")])["Go."]
    assert (again.engine, again.from_cache) == ("second", True)
    assert first.asked == ["Go.", "Stop."]


def test_an_engine_that_keeps_failing_rests_for_a_minute(tmp_path: Path) -> None:
    clock_s, first, second = HandClock(), FakeVoice("first"), FakeVoice("second")
    texts = [f"Text {number}." for number in range(6)]
    first.fails = set(texts)
    store = store_of(tmp_path, first, second, clock_s=clock_s)
    rendered = store.prepare([(text, "en") for text in texts])
    assert first.asked == texts[:FAILURES_BEFORE_REST]
    assert {item.engine for item in rendered.values()} == {"second"}
    assert rendered[texts[5]].reason == "first: it would not"
    assert store.take_notices() == ["first cannot speak now: it would not."]
    clock_s.now_s = REST_S
    assert store.prepare([("New.", "en")])["New."].engine == "first"
    assert store.take_notices() == []


def test_without_any_voice_every_text_is_a_tone_and_that_is_said_once(tmp_path: Path) -> None:
    voice = FakeVoice("espeak-ng")
    voice.gone = "it is not installed"
    clock_s = HandClock()
    store = store_of(tmp_path, voice, clock_s=clock_s)
    rendered = store.prepare([("Go.", "en"), ("Stop.", "en")])
    for item in rendered.values():
        assert (item.tone, item.engine, item.dur_ns, item.reason) == (True, "tone", TONE_NS, "espeak-ng: it is not installed")
        assert not item.pcm.any()
    notices = store.take_notices()
    assert sum("apt-get install espeak-ng" in notice for notice in notices) == 1
    clock_s.now_s = 2 * REST_S
    store.prepare([("More.", "en")])
    assert store.take_notices() == []


def test_a_voice_installed_later_is_used(tmp_path: Path) -> None:
    voice, clock_s = FakeVoice(), HandClock()
    voice.gone = "it is not installed"
    store = store_of(tmp_path, voice, clock_s=clock_s)
    assert store.prepare([("Go.", "en")])["Go."].tone
    voice.gone, clock_s.now_s = "", REST_S
    assert not store.prepare([("Go.", "en")])["Go."].tone


def test_a_language_that_nobody_speaks_is_said_once_and_tires_no_engine(tmp_path: Path) -> None:
    store = store_of(tmp_path, FakeVoice())
    texts = [(f"Text {number}", "xx") for number in range(5)]
    assert all(item.tone for item in store.prepare(texts).values())
    assert store.take_notices() == ["No voice here speaks 'xx': cues in it sound as a tone."]
    assert not store.prepare([("Go.", "en")])["Go."].tone


def test_a_text_without_words_is_a_tone_and_tires_no_engine(tmp_path: Path) -> None:
    voice = FakeVoice()
    rendered = store_of(tmp_path, voice).prepare([("…", "en")])["…"]
    assert (rendered.tone, rendered.reason, voice.asked) == (True, "there is nothing to speak in it", [])


def test_a_damaged_entry_is_rendered_again(tmp_path: Path) -> None:
    whole = store_of(tmp_path, FakeVoice()).prepare([("Go.", "en")])["Go."]
    (path,) = tmp_path.iterdir()
    path.write_bytes(path.read_bytes()[:-9])
    store = store_of(tmp_path, FakeVoice())
    assert np.array_equal(store.prepare([("Go.", "en")])["Go."].pcm, whole.pcm)
    assert (store.rendered, store.from_cache) == (1, 0)


def test_speech_works_without_a_cache_and_says_so_once(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    store = store_of(tmp_path / "file" / "cache", FakeVoice())
    assert not any(item.tone for item in store.prepare([("Go.", "en"), ("Stop.", "en")]).values())
    (notice,) = store.take_notices()
    assert "rendered anew" in notice
    assert str(tmp_path) in notice


def test_texts_with_numbers_are_rendered_in_the_background_in_order(tmp_path: Path) -> None:
    with store_of(tmp_path, FakeVoice()) as store:
        store.prepare([("Go.", "en")])
        assert store.poll() == []
        for text in ("One seventy-two.", "Three minutes.", "Go."):
            store.submit(text)
        assert store.pending == 3
        finished = polled(store, 3)
        assert store.pending == 0
        assert sorted(item.text for item in finished) == ["Go.", "One seventy-two.", "Three minutes."]
        assert finished[0].text == "Go."  # it was there


def test_a_background_text_that_breaks_the_code_itself_still_comes_back(tmp_path: Path) -> None:
    class Broken(FakeVoice):
        def render(self, text: str, language: str) -> Pcm:
            raise ZeroDivisionError("oh")

    with store_of(tmp_path, Broken()) as store:
        store.submit("Go.")
        (item,) = polled(store, 1)
        assert item.tone
        assert "ZeroDivisionError" in item.reason


def test_a_hung_engine_blocks_neither_the_caller_nor_the_end(tmp_path: Path) -> None:
    hung = PyttsxVoice(VoiceSettings(), command=fake_pyttsx3_command(tmp_path), render_deadline_s=30)
    store = store_of(tmp_path / "cache", hung)
    store.prepare([("Go.", "en")])
    begun_s = time.monotonic()
    store.submit("hang")
    assert store.poll() == []
    assert time.monotonic() - begun_s < 10  # not the engine's deadline
    wait_for((tmp_path / "pyttsx3" / "helper").exists)
    store.close()
    store.close()
    assert time.monotonic() - begun_s < 20  # as above
    assert store._thread is not None
    assert not store._thread.is_alive()


@needs_espeak
def test_with_pyttsx3_broken_espeak_ng_speaks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_pyttsx3_command(tmp_path)
    (tmp_path / "pyttsx3" / "broken").touch()
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with open_store(RATE_HZ, cache_dir=tmp_path / "cache") as store:
        rendered = store.prepare(PACK)
        assert {item.engine for item in rendered.values()} == {"espeak-ng"}
        assert all("no eSpeak here" in item.reason for item in rendered.values())
        (notice,) = store.take_notices()
        assert notice.startswith("pyttsx3 cannot speak now")


@pytest.mark.parametrize("program", ["exit 1", "exec cat /dev/null", None], ids=["crash", "nothing", "absent"])
def test_with_no_engine_left_a_run_goes_on_with_tones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str | None
) -> None:
    fake_pyttsx3_command(tmp_path)
    (tmp_path / "pyttsx3" / "broken").touch()
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    if program is not None:
        fake_program(tmp_path / "bin" / "espeak-ng", program)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{Path(sys.executable).parent}")
    with open_store(RATE_HZ, voice="en-us", cache_dir=tmp_path / "cache") as store:
        assert all(item.tone for item in store.prepare(PACK).values())
        assert sum("No voice works here" in notice for notice in store.take_notices()) == 1
