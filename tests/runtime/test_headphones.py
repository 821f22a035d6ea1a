"""Where cued plays on headphones, and the trial of both ears, without a card."""

from __future__ import annotations

import numpy as np
import pytest

from cued.audio.commands import Click, Command, Ear, KeepAwake, MixFormat, NoDevice, PlayClip, Report
from cued.audio.devices import ALSA, JACK, Device
from cued.audio.player import NullOutput
from cued.errors import AudioError
from cued.headphones.known import KnownHeadphones
from cued.runtime import hearing
from cued.runtime.headphones import Sink, find_sink, sink_lines, sink_of
from cued.speech.store import Rendered
from tests.support.fake_machine import FakeMachine, said

ADDRESS = "C0:FF:EE:00:00:10"
SHOKZ = KnownHeadphones(ADDRESS, "Shokz")
PULSE = Device("pulse", ALSA, 32, 44_100.0, 1)
HDMI = Device("HDMI", ALSA, 8, 48_000.0, 2)
SINKS = "0\talsa_output.hdmi\tmodule\n1\tbluez_output.C0_FF_EE_00_00_10.1\tPipeWire\tfloat32le 2ch 48000Hz\tIDLE\n"
SINK = "bluez_output.C0_FF_EE_00_00_10.1"


@pytest.mark.parametrize(
    ("devices", "sinks", "default", "found"),
    [
        ([PULSE], SINKS, f"{SINK}\n", Sink(SINK, "device:pulse", default=True)),
        ([PULSE], SINKS, "alsa_output.hdmi", Sink(SINK, "device:pulse", default=False)),
        ([PULSE, Device("Shokz", JACK, 2, 48_000.0, 3)], SINKS, "", Sink("", "device:Shokz", default=False)),
        ([PULSE], "0\talsa_output.hdmi\tmodule\n", "alsa_output.hdmi", None),
        ([HDMI], SINKS, SINK, None),
        ([], "", "", None),
        ([PULSE], "Connection failure: Connection refused", "", None),
    ],
)
def test_the_device_is_portaudios_own_or_the_servers_sink(
    devices: list[Device], sinks: str, default: str, found: Sink | None
) -> None:
    assert sink_of(ADDRESS, "Shokz", devices, sinks, default) == found


def test_a_sink_that_is_there_becomes_the_default() -> None:
    programs = {
        "pactl list short sinks": said(SINKS),
        "pactl get-default-sink": said("alsa_output.hdmi"),
        f"pactl set-default-sink {SINK}": said(),
    }
    assert find_sink(SHOKZ, FakeMachine(programs=programs), lambda: [PULSE]) == Sink(SINK, "device:pulse", default=True)
    refused = programs | {f"pactl set-default-sink {SINK}": said(code=1)}
    sink = find_sink(SHOKZ, FakeMachine(programs=refused), lambda: [PULSE])
    assert sink_lines(SHOKZ, sink) == [f"they are there as {SINK}, but not where sound goes: `pactl set-default-sink {SINK}`"]


def test_without_a_device_of_theirs_the_doctor_is_named() -> None:
    sink = find_sink(SHOKZ, FakeMachine(), lambda: [HDMI], within_ns=0)
    assert sink is None
    assert "`cued doctor` says more" in sink_lines(SHOKZ, sink)[0]
    assert sink_lines(SHOKZ, Sink("", "device:Shokz", default=False)) == ["cued plays on them by `--output device:Shokz`"]


class Card(NullOutput):
    """Plays nothing, and remembers what it was told."""

    def __init__(self, mix: MixFormat) -> None:
        super().__init__(mix, 0)
        self.mix = mix
        self.told: list[Command] = []
        self.closed = False

    def apply(self, command: Command) -> None:
        self.told.append(command)

    def close(self) -> None:
        self.closed = True


def words(text: str, language: str) -> Rendered:
    pcm = np.zeros(480, np.float32)
    return Rendered(text, language, pcm, 48_000, 10_000_000, "espeak-ng", tone=False, from_cache=False, reason="")


def ignored(_what: object) -> None:
    """Nobody listens, nobody answers, nothing takes its time."""


def trials(*names: str) -> list[hearing.Trial]:
    return [trial for trial in hearing.TRIALS if trial.name in names]


def test_each_ear_is_played_to_alone_and_what_was_not_heard_has_its_advice() -> None:
    cards: list[Card] = []

    def opened(mix: MixFormat) -> Card:
        cards.append(Card(mix))
        return cards[-1]

    answers = iter([False, True])
    waited: list[int] = []
    heard = hearing.hear(opened, words, ignored, lambda _: next(answers), trials=trials("left", "right"), wait=waited.append)
    assert all(one > 1_000_000_000 for one in waited)
    assert [card.mix.ear for card in cards] == [Ear.LEFT, Ear.RIGHT]
    assert all(card.mix.keep_awake is KeepAwake.ON and card.closed for card in cards)
    assert [one.clip_id for one in cards[0].told if isinstance(one, PlayClip)] == ["left"]
    code, lines = hearing.verdict(heard)
    assert (code, [line.partition(":")[0] for line in lines]) == (1, ["left"])
    assert hearing.verdict(heard[1:]) == (0, ["all is heard"])


def test_a_card_with_one_channel_plays_what_needs_one() -> None:
    cards: list[Card] = []

    def opened(mix: MixFormat) -> Card:
        cards.append(Card(mix))
        return cards[-1]

    beat = [hearing.Trial("beat", Ear.BOTH, "", 2, "?", "")]
    heard = hearing.hear(opened, words, ignored, ignored, stereo=False, trials=[*trials("left"), *beat], wait=ignored)
    assert [(one.trial.name, one.heard) for one in heard] == [("beat", None)]
    assert (cards[0].mix.channels, sum(isinstance(one, Click) for one in cards[0].told)) == (1, 2)
    assert hearing.verdict(heard) == (0, [])


def test_a_card_that_is_gone_is_one_sentence() -> None:
    class Gone(Card):
        def reports(self) -> list[Report]:
            return [NoDevice(0, "the device was unplugged", 0)]

    with pytest.raises(AudioError, match="nothing can be played: the device was unplugged"):
        hearing.hear(Gone, words, ignored, ignored, wait=ignored)


def test_what_is_said_of_the_beat_comes_before_it_and_in_the_runners_language() -> None:
    cards: list[Card] = []
    asked: list[tuple[str, str]] = []

    def opened(mix: MixFormat) -> Card:
        cards.append(Card(mix))
        return cards[-1]

    def speak(text: str, language: str) -> Rendered:
        asked.append((text, language))
        return words(text, language)

    hearing.hear(opened, speak, ignored, ignored, language="de-AT", trials=trials("left", "beat"), wait=ignored)
    assert asked == [("Links.", "de-AT"), ("Zwölf Klicks.", "de-AT")]
    (said,) = (one for one in cards[1].told if isinstance(one, PlayClip))
    clicks = [one.onset_ns for one in cards[1].told if isinstance(one, Click)]
    assert len(clicks) == hearing.BEATS
    assert min(clicks) > said.onset_ns + 10_000_000


@pytest.mark.parametrize(
    ("language", "found"),
    [
        ("", (hearing.SAMPLE, "en")),
        ("en-GB", (hearing.SAMPLE, "en-GB")),
        ("de", (hearing.GERMAN[hearing.SAMPLE], "de")),
        ("fr", (hearing.COUNTED, "fr")),
    ],
)
def test_a_voice_is_judged_by_words_of_its_own_language(language: str, found: tuple[str, str]) -> None:
    assert hearing.sample(language) == found


def test_every_word_of_the_trial_is_there_in_german() -> None:
    assert {trial.says for trial in hearing.TRIALS} == set(hearing.GERMAN)
