"""The safety notice: the same in each language, short enough to be said, and remembered once it is accepted."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from cued.errors import OutputError
from cued.runtime.safety import EDITION, WORDS, Accepted, Notice, Safety, spoken, thanks, written
from cued.speech.voice import TEXT_LIMIT
from tests.support.tools import REPO

EVENING = datetime(2026, 3, 14, 23, 30, tzinfo=UTC)


@pytest.fixture
def safety(tmp_path: Path) -> Safety:
    return Safety(tmp_path / "state" / "safety.json")


def test_every_language_has_every_sentence() -> None:
    assert {"en", "de"} <= set(WORDS)
    assert {language: set(words) for language, words in WORDS.items()} == {language: set(Notice) for language in WORDS}


def test_it_is_read_in_english_where_cued_does_not_speak_the_language() -> None:
    assert written("fr") == written("en") == written()
    assert written("de-AT") == written("de") != written("en")
    assert spoken("xx") == spoken()
    assert thanks("de") == "Danke."


@pytest.mark.parametrize("language", WORDS)
def test_what_is_said_is_short_and_ends_by_asking_for_the_press(language: str) -> None:
    said = spoken(language)
    assert said[-1] == WORDS[language][Notice.ASK]
    assert sum(len(sentence.split()) for sentence in said) < 75  # about half a minute
    assert all(len(sentence) < TEXT_LIMIT for sentence in said)


def test_what_must_be_in_it_is_in_it() -> None:
    text = " ".join(written())
    words = ("not medical advice", "foot lands", "injured", "6 weeks", "5 or more", "3 or 4", "two days", "traffic", "roads")
    assert [word for word in words if word not in text] == []
    readme = (REPO / "README.md").read_text(encoding="utf-8")
    assert all(word in readme for word in ("not medical advice", "6 weeks", "5 or more out of 10", "hear traffic"))


def test_a_press_is_remembered_with_its_local_date(safety: Safety) -> None:
    assert safety.accepted() is None
    done = safety.accept("key", EVENING.astimezone(timezone(timedelta(hours=2))))
    assert safety.accepted() == done
    assert done == Accepted(EVENING.astimezone().date().isoformat(), "key", EDITION)


@pytest.mark.parametrize("held", ["", "[]", "{}", '{"date": 3}', "\x00"])
def test_what_cannot_be_read_is_asked_again(held: str, safety: Safety) -> None:
    safety.path.parent.mkdir()
    safety.path.write_text(held, encoding="utf-8")
    assert safety.accepted() is None
    safety.accept("screen", EVENING)
    assert safety.accepted() is not None


def test_another_edition_has_to_be_accepted_again(safety: Safety) -> None:
    safety.accept("screen", EVENING)
    held = json.loads(safety.path.read_text(encoding="utf-8"))
    safety.path.write_text(json.dumps(held | {"edition": EDITION + 1}), encoding="utf-8")
    assert safety.accepted() is None


def test_the_usual_place_is_in_the_state_folder() -> None:
    assert Safety().path == Path(os.environ["XDG_STATE_HOME"]) / "cued" / "safety.json"


def test_a_place_that_takes_no_file_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(OutputError, match="no folder can be made there"):
        Safety(tmp_path / "file" / "safety.json").accept("screen", EVENING)
