"""`cued headphones`: pair, test, adjust, list and forget headphones."""

from __future__ import annotations

import argparse
import json
import sys
from contextlib import closing, suppress
from typing import TYPE_CHECKING

from cued.cli import configured, options
from cued.cli.asking import NO, YES
from cued.cli.keyboard import typed
from cued.cli.screen import Block
from cued.errors import AudioError, HeadphonesError, UsageError

if TYPE_CHECKING:
    from cued.audio.devices import Device
    from cued.config.settings import Settings
    from cued.headphones.known import KnownHeadphones
    from cued.headphones.picture import Seen
    from cued.headphones.station import Choice
    from cued.runtime.headphones import Sink
    from cued.runtime.hearing import Ask

EXAMPLE = """
cued headphones pair
cued headphones test
cued headphones adjust
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The things that can be done with headphones."""
    verbs = parser.add_subparsers(dest="what", metavar="WHAT", required=True)
    pair = options.add_subverb(verbs, "pair", "make headphones yours, and connect them", "cued headphones pair Shokz")
    pair.add_argument("name", metavar="NAME|ADDRESS", nargs="?", default="", help="default: the only ones in pairing mode")
    test = options.add_subverb(verbs, "test", "hear left, right, the beat and the voice", "cued headphones test")
    test.add_argument("--speaker", metavar="NAME", help="another voice of your speech engine, by its name")
    setting = options.add_subverb(
        verbs, "adjust", "ear and volumes by keys, while you hear beat and voice", "cued headphones adjust"
    )
    for sub in (test, setting):
        sub.add_argument("--output", metavar="O", help=options.DEVICE_HELP)
        configured.add_config(sub)
    show = options.add_subverb(verbs, "list", "your headphones, the preferred first", "cued headphones list")
    show.add_argument("--json", action="store_true", help="print it as JSON")
    forget = options.add_subverb(verbs, "forget", "headphones are yours no more", "cued headphones forget Shokz")
    forget.add_argument("name", metavar="NAME|ADDRESS", help="some of yours, as `cued headphones list` shows them")


def run(args: argparse.Namespace) -> int:
    """Do one of them; its own exit code."""
    doing = {"pair": _pair, "test": _test, "adjust": _adjust, "list": _list, "forget": _forget}
    return doing[args.what](args)


def _pair(args: argparse.Namespace) -> int:
    """Pair, remember, and say where cued plays on them; 1 where no sound device of theirs comes up."""
    from cued.runtime.headphones import Meant

    _, sink = pair(Meant(args.name))
    if sink is None:
        return 1
    print("`cued headphones test` plays left, right, the beat and the voice on them")
    return 0


def pair(choice: Choice) -> tuple[KnownHeadphones, Sink | None]:
    """Pair headphones, remember them, say where cued plays on them (None: nowhere so far). Raises HeadphonesError."""
    from cued.audio.devices import list_devices
    from cued.headphones import station
    from cued.headphones.known import KnownHeadphones, OwnHeadphones
    from cued.runtime.doctor.machine import RealMachine
    from cued.runtime.headphones import find_sink, sink_lines
    from cued.runtime.live import interruptible

    def devices() -> tuple[Device, ...]:
        with suppress(AudioError):  # they are paired all the same, and the doctor says the rest
            return list_devices()
        return ()

    own = OwnHeadphones()
    own.all()  # a file that cannot be read is told before somebody holds a button
    block = Block(sys.stdout)
    with interruptible():
        try:
            seen = station.pair(choice, block.live)
            headphones = KnownHeadphones(seen.address, seen.name)
            own.put(headphones)
            block.live("looking for their sound device …")
            sink = find_sink(headphones, RealMachine(), devices)
        finally:
            block.clear()
    print(f"{headphones.called} is yours now")
    for line in sink_lines(headphones, sink):
        print(line)
    return headphones, sink


def the_device(word: str | None, usual: str | None) -> Device:
    """The sound device that is meant; raises UsageError, AudioError."""
    from cued.audio.devices import find_device
    from cued.runtime.request import ToDevice, output_of

    output = ToDevice(usual) if word is None else output_of(word)
    if not isinstance(output, ToDevice):
        raise UsageError(f"--output {word}: give device or device:NAME; only these can be heard")
    device = find_device(output.name)
    if device is None:
        raise AudioError("there is no sound device: `cued doctor` says what is missing")
    return device


def _test(args: argparse.Namespace) -> int:
    """Play, and ask a person; 1 where something was not heard."""
    settings = configured.configuration(args.config).settings
    device = the_device(args.output, settings.sound.device)
    return hear(device, settings, ask if sys.stdin.isatty() else _nobody, args.speaker)


def hear(device: Device, settings: Settings, ask: Ask, speaker: str | None = None) -> int:
    """Play left, right, the beat and the voice, and ask about each; 1 where something was not heard."""
    from cued.runtime import hearing
    from cued.runtime.live import interruptible
    from cued.speech.store import open_store

    stereo = device.channels >= 2
    print(f"on {device.name}" + ("" if stereo else ", which has one channel: left and right cannot be told apart"), flush=True)
    language, voice = settings.runner.language, speaker or settings.sound.speaker
    with interruptible(), closing(open_store(hearing.RATE_HZ, language or "en", voice=voice)) as store:
        heard = hearing.hear(
            hearing.on(device),
            lambda text, spoken: store.prepare([(text, spoken)])[text],
            lambda name: print(f"playing: {name}", flush=True),
            ask,
            language=language,
            stereo=stereo,
        )
    code, lines = hearing.verdict(heard)
    for line in lines:
        print(line)
    return code


def _nobody(_question: str) -> None:
    """No answer."""


def _adjust(args: argparse.Namespace) -> int:
    """Set ear and volumes by ear; 0."""
    settings = configured.configuration(args.config).settings
    adjust(the_device(args.output, settings.sound.device), settings, args.config)
    return 0


def adjust(device: Device, settings: Settings, config: str | None = None) -> str:
    """Beat and voice until they are right, and that into the configuration; what was kept, in words."""
    from cued.audio.commands import Ear
    from cued.cli.keyboard import Keys
    from cued.runtime import adjusting, hearing
    from cued.runtime.configuring import set_options
    from cued.runtime.live import interruptible
    from cued.speech.store import open_store

    sound, stereo = settings.sound, device.channels >= 2
    levels = adjusting.Levels(Ear(sound.ear), round(sound.beat_volume * 100), round(sound.voice_volume * 100))
    text, language = hearing.sample(settings.runner.language)
    print(f"on {device.name}\n{adjusting.HELP}", flush=True)
    block = Block(sys.stdout)
    with interruptible(), closing(open_store(hearing.RATE_HZ, language, voice=sound.speaker)) as store:
        clip = hearing.clip_of("sample", store.prepare([(text, language)])[text])
        with Keys() as keys:
            try:
                chosen = adjusting.adjust(
                    hearing.on(device), clip, levels, keys.next, lambda now: block.live(now.line()), stereo=stereo
                )
            finally:
                block.clear()
    if chosen is None:
        print("all is as it was")
        return "as it was"
    words = {"sound.ear": chosen.ear.value, "sound.beat_volume": f"{chosen.beat}%", "sound.voice_volume": f"{chosen.voice}%"}
    with configured.explained(config):
        done = set_options(words, config)
    print(f"kept: {chosen.line()}  ({done.configuration.file})")
    return chosen.line()


def ask(question: str) -> bool | None:
    """A person's yes or no; None: no more answers will come."""
    while True:
        line = typed(f"  {question} [y/n] ")
        if line is None:
            return None
        word = line.strip().casefold()
        if word in YES or word in NO:
            return word in YES


def _list(args: argparse.Namespace) -> int:
    """Print the runner's headphones, a line each."""
    from cued.headphones.known import OwnHeadphones
    from cued.runtime.headphones import rows

    own = OwnHeadphones().all()
    states, why = _states([one.address for one in own])
    found = rows(own, states)
    if args.json:
        print(json.dumps(found, ensure_ascii=False, indent=2))
        return 0
    width = max((len(row["name"] or "") for row in found), default=0)
    for row in found:
        print(f"{row['name'] or '':<{width}}  {row['address']}  {row['state'] or ''}".rstrip())
    if not found:
        print("no headphones are yours yet: `cued headphones pair` makes some yours")
    elif why:
        print(f"whether they are connected is not known: {why}")
    return 0


def _states(addresses: list[str]) -> tuple[dict[str, Seen] | None, str]:
    """What BlueZ knows of them; or None, and why."""
    from cued.headphones import station

    if not addresses:
        return None, ""
    try:
        return station.states(addresses), ""
    except HeadphonesError as error:
        return None, str(error)


def _forget(args: argparse.Namespace) -> int:
    """Forget them, here and in BlueZ."""
    from cued.headphones import station
    from cued.headphones.known import OwnHeadphones
    from cued.runtime.headphones import one_of

    own = OwnHeadphones()
    headphones = one_of(args.name, own.all())
    own.forget(headphones)
    try:
        station.let_go(headphones.address)
    except HeadphonesError as error:
        print(f"{headphones.called} is forgotten here, but BlueZ could not be told: {error}")
        return 0
    print(f"{headphones.called} is forgotten")
    return 0
