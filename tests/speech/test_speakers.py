"""The voices of this machine, by the names that a runner may choose."""

from __future__ import annotations

from pathlib import Path

import pytest

from cued.errors import SpeechError
from cued.speech.speakers import Speaker, parsed, speakers

TABLE = """Pty Language       Age/Gender VoiceName          File                 Other Languages
 2  en-gb           --/M      English_(Great_Britain) gmw/en               (en 2)
 3  en-uk           --/M      english-mb-en1     mb/mb-en1            (en-gb 3)(en 2)
 2  en-us           --/M      English_(America)  gmw/en-US            (en 3)
 2  en-us           --/M      English_(America)  gmw/en-US            (en 3)
 5  variant         --/M      Storm              !v/Storm             (en-us 5)
"""


def test_voices_that_need_other_data_are_left_out_and_each_name_is_there_once() -> None:
    assert parsed(TABLE) == (Speaker("en-gb", "English (Great Britain)"), Speaker("en-us", "English (America)"))
    assert parsed("") == ()


def test_the_usual_voice_comes_first(espeak_ng: Path) -> None:
    assert speakers("de-AT", program=str(espeak_ng))[0] == Speaker("de", "German")
    assert "en-gb" in [one.name for one in speakers("en")]
    assert speakers("xx") == ()


def test_without_an_engine_it_says_how_to_get_one() -> None:
    with pytest.raises(SpeechError, match="sudo apt-get install espeak-ng"):
        speakers("en", program="no-such-program")
    with pytest.raises(SpeechError, match="is no voice"):
        speakers("../../etc")


def test_an_engine_that_does_not_answer_is_one_sentence(tmp_path: Path) -> None:
    program = tmp_path / "espeak-ng"
    program.write_text("#!/bin/sh\nexec yes 0123456789012345678901234567890123456789\n", encoding="utf-8")
    program.chmod(0o755)
    with pytest.raises(SpeechError, match="does not tell its voices"):
        speakers("en", program=str(program))
