"""What a runner may choose, and what of a text reaches an engine."""

from __future__ import annotations

import pytest

from cued.errors import SpeechError
from cued.speech.voice import TEXT_LIMIT, VoiceSettings, cleaned, has_words


@pytest.mark.parametrize("wpm", [0, 79, 401, -165])
def test_an_impossible_rate_is_refused_with_the_possible_ones(wpm: int) -> None:
    with pytest.raises(SpeechError, match="choose 80 to 400"):
        VoiceSettings(wpm=wpm)


@pytest.mark.parametrize("name", ["../../etc/passwd", "-x", "en us", "", "a/../b", "en\n"])
def test_a_voice_whose_name_is_a_path_or_an_option_is_refused(name: str) -> None:
    with pytest.raises(SpeechError, match="no voice"):
        VoiceSettings(voice=name or " ")
    assert VoiceSettings().candidates(f"../{name}") == ()


def test_a_region_falls_back_to_its_language() -> None:
    assert VoiceSettings().candidates("de-AT") == ("de-at", "de")
    assert VoiceSettings().candidates("en") == ("en",)


def test_the_chosen_voice_speaks_its_own_language_only() -> None:
    settings = VoiceSettings("en-GB", "en-gb-scotland")
    assert settings.candidates("en") == ("en-gb-scotland",)
    assert settings.candidates("de") == ("de",)


def test_every_setting_that_changes_the_sound_changes_the_key() -> None:
    keys = {VoiceSettings("en", voice, wpm).key for voice in (None, "en-us") for wpm in (150, 165)}
    assert len(keys) == 4


def test_a_text_reaches_an_engine_on_one_line_and_short() -> None:
    assert cleaned("  Light\x00 feet,\n\tone\x9bminute. ") == "Light feet, one minute."
    assert cleaned("[[h@l'oU]]") == "[ [h@l'oU]]"
    assert len(cleaned("a" * 20_000)) == TEXT_LIMIT


@pytest.mark.parametrize(
    ("text", "speakable"), [("Go.", True), ("7", True), ("Füße", True), ("…", False), ("- !", False), ("", False)]
)
def test_a_text_without_letters_or_digits_has_no_words(text: str, speakable: bool) -> None:
    assert has_words(text) is speakable
