"""Are the headphones heard? Left, right, the beat and the voice through the real engine, each with a question."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from threading import Event as Moment
from typing import TYPE_CHECKING, Final

from cued.audio.commands import Click, Clip, Command, Ear, KeepAwake, MixFormat, NoDevice, PlayClip, Sounding
from cued.errors import AudioError
from cued.runtime.clock import monotonic_in_ns
from cued.runtime.outputs import LiveSound
from cued.units import NS_PER_MS, NS_PER_S

if TYPE_CHECKING:
    from cued.audio.devices import Device
    from cued.speech.store import Rendered

RATE_HZ: Final = 48_000
LEAD_NS: Final = 450 * NS_PER_MS
"""The ring is filled 250 ms ahead; the rest is for a process that has just begun."""
TAIL_NS: Final = 400 * NS_PER_MS
"""What is in the ring, and in the headphones' own buffer (about 200 ms)."""
WAKE_NS: Final = 900 * NS_PER_MS
"""For the wake tone, which the engine plays by itself, and a breath: sleeping headphones swallow the first half second."""
BEAT_SPM: Final = 170
BEATS: Final = 12
"""About four seconds."""
OPEN_S: Final = 8.0
"""A sleeping device takes some seconds."""
SAY_AFTER_NS: Final = 200 * NS_PER_MS


SAMPLE: Final = "Quiet feet. This is the voice you will hear."
GERMAN: Final[Mapping[str, str]] = {
    "Left.": "Links.",
    "Right.": "Rechts.",
    "Twelve clicks.": "Zwölf Klicks.",
    SAMPLE: "Leise Füße. Das ist die Stimme, die du hören wirst.",
}
COUNTED: Final = "1, 2, 3, 4."
"""For a language that cued has no words in: every voice reads numbers in its own."""


def said(text: str, language: str) -> tuple[str, str]:
    """A text of this trial in `language` ("": English) where cued has it, and the language that it is in then."""
    primary = re.split("[-_]", language.lower(), maxsplit=1)[0]
    return (GERMAN[text], language) if primary == "de" and text in GERMAN else (text, language if primary == "en" else "en")


def sample(language: str) -> tuple[str, str]:
    """A sentence to judge a voice by, and its language."""
    text, spoken = said(SAMPLE, language)
    return (text, spoken) if spoken == language or not language else (COUNTED, language)


@dataclass(frozen=True, slots=True)
class Trial:
    """One thing to hear."""

    name: str
    ear: Ear
    says: str
    """Its name aloud, in English; empty: nothing."""
    beats: int
    """They come after what is said."""
    question: str
    advice: str
    """Where it was not heard."""


TRIALS: Final = (
    Trial(
        "left",
        Ear.LEFT,
        "Left.",
        0,
        "Did you hear it on the left, and there alone?",
        "if nothing was heard: is the volume up, and is it these headphones that play (`cued headphones list`)? If it came on"
        " the right or on both sides: they are worn the wrong way round, or they mix both ears into one, as sets for one"
        " ear do: then leave --ear alone",
    ),
    Trial(
        "right",
        Ear.RIGHT,
        "Right.",
        0,
        "Did you hear it on the right, and there alone?",
        "see left; if only this side is silent, charge it, or put both back into their case for a moment",
    ),
    Trial(
        "beat",
        Ear.BOTH,
        "Twelve clicks.",
        BEATS,
        "Did you hear twelve even clicks?",
        "clicks that stutter: bring the headphones nearer to the machine's antenna, switch WiFi off, or give the pod an"
        " adapter of its own; no clicks at all, but the voice: the headphones swallow short sounds, and --keep-awake helps",
    ),
    Trial(
        "voice",
        Ear.BOTH,
        SAMPLE,
        0,
        "Did you hear the whole sentence, from its first word on?",
        "a first word that is missing: `cued run --keep-awake`; no voice at all: `cued doctor` says whether one is installed",
    ),
)


@dataclass(frozen=True, slots=True)
class Heard:
    """A person's answer."""

    trial: Trial
    heard: bool | None
    """None: nobody was asked."""


Ask = Callable[[str], "bool | None"]
Open = Callable[[MixFormat], LiveSound]
Wait = Callable[[int], None]
Speak = Callable[[str, str], "Rendered"]
"""A text and its language."""


def on(device: Device) -> Open:
    """Outputs on `device`, by the engine that runs use."""

    def open_output(mix: MixFormat) -> LiveSound:
        from cued.audio.player import LiveOutput

        return LiveOutput(mix, device, monotonic_in_ns(LEAD_NS))

    return open_output


def _wait(for_ns: int) -> None:
    Moment().wait(for_ns / NS_PER_S)


def hear(
    open_output: Open,
    speak: Speak,
    tell: Callable[[str], None],
    ask: Ask,
    *,
    language: str = "",
    stereo: bool = True,
    trials: Sequence[Trial] = TRIALS,
    wait: Wait = _wait,
) -> list[Heard]:
    """Play every trial and ask about it. Raises AudioError where nothing can be played.

    `language`: of what is said. `stereo`: False leaves out what needs two ears. `wait`: until a trial has sounded.
    """
    heard = [trial for trial in trials if stereo or trial.ear is Ear.BOTH]
    clips = {trial.name: clip_of(trial.name, speak(*said(trial.says, language))) for trial in heard if trial.says}
    answers = []
    for trial in heard:
        tell(trial.name)
        mix = MixFormat(RATE_HZ, channels=2 if stereo else 1, ear=trial.ear, keep_awake=KeepAwake.ON)
        with closing(open_output(mix)) as output:
            wait(_play(output, trial.beats, clips.get(trial.name)))
        answers.append(Heard(trial, ask(trial.question)))
    return answers


def clip_of(name: str, rendered: Rendered) -> Clip:
    """A text's sound, or the tone that stands for it where nothing can speak."""
    from cued.audio.tones import fallback_tone

    pcm, rate_hz = (fallback_tone(RATE_HZ).pcm, RATE_HZ) if rendered.tone else (rendered.pcm, rendered.rate_hz)
    return Clip(name, rate_hz, pcm)


def say(open_output: Open, rendered: Rendered, mix: MixFormat, *, wait: Wait = _wait) -> None:
    """One text, until it has sounded. Raises AudioError where nothing can be played."""
    clip = clip_of("sample", rendered)
    with closing(open_output(mix)) as output:
        wait(_play(output, 0, clip))


def _play(output: LiveSound, beats: int, clip: Clip | None) -> int:
    """Begin: the clip, then the beats; returns in how many ns it has sounded."""
    opened(output)
    commands: list[Command] = [Sounding(0, on=True)]
    end_ns = WAKE_NS
    if clip is not None:
        output.load(clip)
        commands.append(PlayClip(WAKE_NS + SAY_AFTER_NS, clip.clip_id))
        end_ns += 2 * SAY_AFTER_NS + clip.dur_ns
    commands += [Click(end_ns + beat * 60 * NS_PER_S // BEAT_SPM) for beat in range(beats)]
    output.start_at(monotonic_in_ns(LEAD_NS))
    for command in commands:
        output.apply(command)
    return LEAD_NS + end_ns + beats * 60 * NS_PER_S // BEAT_SPM + TAIL_NS


def opened(output: LiveSound) -> None:
    """Returns when it plays; raises AudioError where it cannot."""
    if not output.wait_open(OPEN_S):
        raise AudioError("the sound device does not open: `cued doctor` says what to do")
    refused(output)


def refused(output: LiveSound) -> None:
    """Raises AudioError where an output has told that it cannot play any more."""
    for report in output.reports():
        if isinstance(report, NoDevice):
            raise AudioError(f"nothing can be played: {report.reason} (`cued doctor` says what to do)")


def verdict(answers: Sequence[Heard]) -> tuple[int, list[str]]:
    """The exit code, and a line of advice for all that was not heard."""
    missed = [f"{one.trial.name}: {one.trial.advice}" for one in answers if one.heard is False]
    return (1, missed) if missed else (0, ["all is heard"] if all(one.heard for one in answers) else [])
