"""`cued voice`: which voices there are, and how one sounds."""

from __future__ import annotations

import argparse
import json
from contextlib import closing
from typing import TYPE_CHECKING

from cued.cli import configured, options

if TYPE_CHECKING:
    from cued.audio.devices import Device
    from cued.config.settings import Settings

EXAMPLE = """
cued voice list --language de
cued voice say --language de
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The things that can be done with voices."""
    verbs = parser.add_subparsers(dest="what", metavar="WHAT", required=True)
    listing = options.add_subverb(verbs, "list", "the voices of this machine for a language", "cued voice list --language de")
    listing.add_argument("--json", action="store_true", help="print it as JSON")
    saying = options.add_subverb(verbs, "say", "hear a sentence, or a text of yours", "cued voice say --speaker en-gb")
    saying.add_argument("text", metavar="TEXT", nargs="?", help="default: a sample sentence")
    saying.add_argument("--speaker", metavar="NAME", help="as `cued voice list` shows it; default: the configuration's")
    saying.add_argument("--output", metavar="O", help=options.DEVICE_HELP)
    for sub in (listing, saying):
        sub.add_argument("--language", metavar="L", help="en, de, fr, …; default: the configuration's, else en")
        configured.add_config(sub)


def run(args: argparse.Namespace) -> int:
    """Do one of them; 1 where there is no voice for the language."""
    settings = configured.configuration(args.config).settings
    language = args.language or settings.runner.language or "en"
    if args.what == "list":
        return _list(language, as_json=args.json)
    from cued.cli.headphones import the_device

    device = the_device(args.output, settings.sound.device)
    usual = settings.sound.speaker if args.language is None else None  # it belongs to the configuration's language
    say(device, settings, language, args.speaker or usual, args.text)
    return 0


def _list(language: str, *, as_json: bool) -> int:
    from cued.speech.speakers import speakers

    found = speakers(language)
    if as_json:
        print(json.dumps([{"name": one.name, "called": one.called} for one in found], ensure_ascii=False, indent=2))
        return 0 if found else 1
    width = max((len(one.name) for one in found), default=0)
    for one in found:
        print(f"{one.name:<{width}}  {one.called}")
    if not found:
        print(f"no voice here speaks {language}: cues in it sound as a tone")
    return 0 if found else 1


def say(device: Device, settings: Settings, language: str, speaker: str | None, text: str | None = None) -> None:
    """Say a text, or a sample, on `device` as loud as a run would. Raises AudioError, SpeechError."""
    from cued.audio.commands import Ear, KeepAwake, MixFormat
    from cued.runtime import hearing
    from cued.runtime.live import interruptible
    from cued.speech.store import open_store

    sample, spoken = (text, language) if text else hearing.sample(language)
    ear, volume = Ear(settings.sound.ear), settings.sound.voice_volume
    channels = 2 if device.channels >= 2 else 1
    mix = MixFormat(hearing.RATE_HZ, channels, ear, voice_volume=volume, keep_awake=KeepAwake.ON)
    with interruptible(), closing(open_store(hearing.RATE_HZ, spoken, voice=speaker)) as store:
        rendered = store.prepare([(sample, spoken)])[sample]
        notices = store.take_notices()
        hearing.say(hearing.on(device), rendered, mix)
    for notice in notices:
        print(notice)
