"""`cued run`: the live program."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING, Final, TextIO

from cued.audio.commands import KeepAwake
from cued.cli import configured, options
from cued.cli.cautioned import Consent, consent
from cued.cli.keyboard import unechoed
from cued.cli.progress import Bars
from cued.cli.report import print_summary
from cued.cli.safety import usual_language
from cued.cli.screen import PlainScreen, TerminalScreen, is_terminal
from cued.errors import JournalError, SensorError, UsageError
from cued.runtime.desk import NONE
from cued.runtime.feeding import Nobody, OnAir, Recorded, SensorChoice, Simulated, feeding_of, sensor_of
from cued.runtime.keys import KeysWanted
from cued.runtime.lastrun import last_cadence_spm
from cued.runtime.live import interruptible
from cued.runtime.liverun import LiveWanted, live
from cued.runtime.request import SPOKEN_BEAT_SPM, OutputChoice, Request, ToDevice, ToFile, ToNothing, output_of
from cued.runtime.roomwords import room_lines
from cued.runtime.sounding import Search

if TYPE_CHECKING:
    from cued.coaching.today import Today
    from cued.runtime.onair import OnAirRun
    from cued.runtime.request import Pack

EXAMPLE = """
cued run --length 30min
cued run --pack awareness --beat 164 --length 30min
cued run --sensor sim:tired --output null --rate 20
"""

PLAIN: Final = "plain"
"""The pack that records and says so, without beat and cues."""
UNWARNED: Final = (
    "the safety notice is not accepted: this run is recorded without beat and cues; `cued safety --accept` changes the next one"
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to run with, and how it is heard."""
    options.add_pack(parser)
    configured.add_config(parser)
    parser.add_argument(
        "--sensor",
        metavar="S",
        help="ble (your pod, or the only one in sight), ble:NAME, ble:ADDRESS, none (by time alone), sim[:PRESET] or file:PATH;"
        " default: the configuration's, else ble, and none where there is no Bluetooth",
    )
    parser.add_argument("--output", metavar="O", help="device[:NAME], null or file:PATH; default: the configuration's device")
    parser.add_argument(
        "--length", metavar="T", type=options.duration, help="how long you run: 30min, 1h5min; the pack fits itself to it"
    )
    parser.add_argument(
        "--for", metavar="T", dest="stop_ns", type=options.duration, help="cut it off after this time, wherever the pack is"
    )
    parser.add_argument(
        "--rate", metavar="X", type=options.rate, default=1.0, help="time runs X times as fast (without a device)"
    )
    parser.add_argument("--beat", metavar="SPM", type=options.beat, help="your cadence, for --sensor none")
    options.add_session(parser, seed=None)
    options.add_volumes(parser)
    options.add_journal(parser, none=True)
    parser.add_argument("--new", action="store_true", help="begin a new run, even if the last one broke off just now")
    options.add_conditions(parser)
    configured.add_socket(parser, none=True)
    parser.add_argument(
        "--keep-awake",
        nargs="?",
        const="always",
        choices=[word.value for word in KeepAwake],
        help="a faint noise, for headphones that fall asleep: auto (by itself with Bluetooth), always or never; alone: always",
    )
    parser.add_argument("--no-keep-awake", dest="keep_awake", action="store_const", const="never", help=argparse.SUPPRESS)
    parser.add_argument(
        "--timeline", metavar="FILE", type=options.page, default="", help="a page that shows the run when it is over: .html"
    )
    parser.add_argument(
        "--keys",
        choices=("headset", "none"),
        default="headset",
        help="headset (play/pause mutes, next goes on to the next segment; the desktop's media keys, too) or none",
    )
    parser.add_argument("--gpio", metavar="PINS", type=_pins, default=(), help="buttons: play/pause, next, previous (17,27,22)")
    parser.add_argument(
        "--events", metavar="FILE", default="", help="every decision as it falls, a line of JSON each; - for standard output"
    )


def run(args: argparse.Namespace) -> int:
    """Run until it ends; 0."""
    typed = args.pack is not None
    settings = configured.fill(args)
    typed = typed or settings.pack is not None
    output = _output(args.output, args.rate, settings.sound.device)
    asked = args.sensor or settings.sensor
    sound = output.path if isinstance(output, ToFile) else ""
    out = options.plain_out(args.events, sound, args.timeline)
    search = Search(output, args.rate)
    answer = _by_the_plan(args, asked, typed=typed)
    held = _held(args, asked) if answer is None else None
    barred = held is not None and held.bars
    pack = options.load(PLAIN if barred else args.pack, sys.stderr)
    if held is not None and barred:
        pack = _telling(pack, held, args.language)
    simulated = isinstance(sensor_of(asked or "ble"), Simulated | Recorded)
    told = consent(output, args.language or usual_language(args.config), simulated=simulated)
    if told is Consent.LEFT:
        return 1
    if told is not Consent.GIVEN:
        print(UNWARNED, file=sys.stderr)
        pack = options.load(PLAIN, sys.stderr)
    options.check_language(pack, args.language, sys.stderr)
    options.check_heart_rate(pack, args.max_hr, sys.stderr)
    screen = screen_for(out)
    with interruptible(), ExitStack() as closing:
        choice, sensors = _sensors(args, asked, screen.notice)
        if sensors is not None:
            closing.callback(sensors.close)
        seed = int.from_bytes(os.urandom(4)) if args.seed is None else args.seed
        easy_spm = settings.runner.easy_spm
        own_spm = args.beat or easy_spm
        known_spm = last_cadence_spm() if isinstance(choice, Nobody) and own_spm is None else None
        feeding = feeding_of(choice, args.length, seed)
        request = Request(
            pack=pack,
            feeding=feeding,
            seed=seed,
            session_number=options.session_number(args, pack, sys.stderr),
            language=args.language,
            max_hr_bpm=args.max_hr,
            beat_spm=own_spm or known_spm,
            baseline_spm=None if feeding.simulated else easy_spm,
            speaker=args.speaker,
            volumes=options.volumes_of(args),
        )
        if told is Consent.GIVEN and not barred:
            request = _by_the_answer(request, answer or held, args.session)
        wanted = LiveWanted(
            output=output,
            rate=args.rate,
            stop_ns=args.stop_ns,
            events=args.events,
            timeline=args.timeline,
            keep_awake=KeepAwake(args.keep_awake),
            journal=options.journal_wanted(args),
            socket=args.socket,
            keys=KeysWanted(args.keys == "headset" and args.rate == 1.0, args.gpio),
        )
        about = _about(asked, choice, known_spm, own_spm, length_unknown=request.length_matters)
        screen.over_ns = request.feeding.length_ns
        room = room_lines(pack.value, request.feeding.length_ns, request.session_number)
        for sentence in (*about, *room, *request.feeding.notes):
            print(sentence, file=sys.stderr)
        if isinstance(screen, TerminalScreen):
            print(_how_to_steer(args.socket), file=sys.stderr)
        with unechoed(), Bars() as bars:
            done = live(request, wanted, screen, bars.speech, bars.close, search, sensors)
    print_summary(done.log, done.sound, done.written, out, done.session, options.journal_option(args.journal))
    if done.log.failure is not None:
        raise done.log.failure
    return 0


def _by_the_plan(args: argparse.Namespace, asked: str | None, *, typed: bool) -> Today | None:
    """Today's run, where nobody names a pack and the runner has spoken to the plan before; at the speed of life only."""
    from cued.coaching.today import halted, line, softened
    from cued.runtime.journalling import journal_path
    from cued.runtime.moments import moment
    from cued.runtime.planning import begun, today_of

    path = journal_path(args.journal)
    if typed or path is None or not _is_real(args, asked):
        return None
    try:
        if not begun(path):
            return None
        answer = today_of(path, moment())
        hurts, sore = _hurts(args)
        answer = halted(answer) if hurts else softened(answer) if sore else answer
    except JournalError as error:
        print(f"the plan cannot be read: {error}", file=sys.stderr)
        return None
    silent = "" if args.beat is None or answer.cued else "; without a beat, so --beat is not heard"
    print(f"by the plan: {line(answer)} (--pack names another{silent})", file=sys.stderr)
    args.pack = answer.pack
    return answer


def _is_real(args: argparse.Namespace, asked: str | None) -> bool:
    """Does somebody run, at the speed of life?"""
    return args.rate == 1.0 and (asked or "ble").partition(":")[0] not in {"sim", "file"}


def _hurts(args: argparse.Namespace) -> tuple[bool, bool]:
    """Is there pain before the run that ends cueing, and such that eases it? Raises JournalError for what is no answer."""
    from cued.coaching.state import SORE_FROM, STOP_FROM

    told = [float(value) for name, value in options.conditions_of(args) if name == "pain_before"]
    return any(pain >= STOP_FROM for pain in told), any(pain > SORE_FROM for pain in told)


def _held(args: argparse.Namespace, asked: str | None) -> Today | None:
    """What keeps a run without cues, or eases it, for which a pack was named; None: nothing does."""
    if not _is_real(args, asked):
        return None
    from cued.runtime.heldback import held_back
    from cued.runtime.journalling import journal_path
    from cued.runtime.moments import moment

    hurts, sore = _hurts(args)
    try:
        held = held_back(journal_path(args.journal), moment(), hurts=hurts, sore=sore)
    except JournalError as error:  # what was told is not known
        print(f"the plan cannot be read: {error}", file=sys.stderr)
        held = held_back(None, moment(), hurts=hurts, sore=sore)
    if held is not None:
        then = "; this run is recorded without beat and cues" if held.bars else ""
        print(f"{held.why_held}{then}", file=sys.stderr)
    return held


def _telling(pack: Pack, barred: Today, language: str) -> Pack:
    """The plain pack, which says why it is plain."""
    from cued.runtime.heldback import telling

    return replace(pack, value=telling(pack.value, barred, language or pack.value.language))


def _by_the_answer(request: Request, answer: Today | None, session: int | None) -> Request:
    """The run as the plan has it; what was typed goes before that, but for what protects."""
    from cued.core.sentences import sentence
    from cued.runtime.heldback import eased
    from cued.runtime.planning import for_today, spoken

    if answer is None:
        return request
    if answer.named:
        return eased(request, answer)
    for said in spoken(answer):
        print(sentence(said), file=sys.stderr)
    request = for_today(request, answer)
    return request if session is None else replace(request, session_number=session)


def _pins(word: str) -> tuple[int, ...]:
    from cued.control.gpio import pins_of

    return pins_of(word)


def _output(word: str | None, rate: float, device: str | None) -> OutputChoice:
    """What was asked for; a run faster than life is silent unless something else is said."""
    if word is not None:
        return output_of(word)
    return ToDevice(device) if rate == 1.0 else ToNothing()


def _sensors(
    args: argparse.Namespace, asked: str | None, notice: Callable[[str], None]
) -> tuple[SensorChoice, OnAirRun | None]:
    """Who is listened to; on the air only at the speed of life.

    Where nobody asked for a sensor, none is the runner's own and this machine has no radio, the run goes by time alone and
    says why. A runner with a pod waits for it: a radio that is off may be on in a moment. Raises SensorError where a pod was
    asked for and there is no radio.
    """
    if args.sensor is None and (args.beat is not None or args.rate != 1.0):
        return Nobody(), None
    choice = sensor_of(asked or "ble")
    if not isinstance(choice, OnAir):
        return choice, None
    if args.rate != 1.0:
        raise UsageError("--rate needs --sensor none, sim or file:PATH: a pod sends at the speed of life")
    try:
        return choice, _on_air(choice.word, notice, asked=asked is not None)
    except SensorError as error:
        if asked is not None:
            raise
        notice(str(error))
        return Nobody(), None


def _on_air(word: str, notice: Callable[[str], None], *, asked: bool) -> OnAirRun:
    """The runner's sensors, already being called."""
    from cued.runtime.onair import OnAirRun
    from cued.sensors import looking
    from cued.sensors.ble import Radio
    from cued.sensors.known import KnownSensors

    known = KnownSensors()
    if asked or not any(sensor.may_give("cadence") for sensor in known.all()):
        looking.ready()
    run = OnAirRun(word, known, notice, Radio, looking.glance)
    run.start()
    return run


def _about(
    asked: str | None, choice: SensorChoice, known_spm: float | None, own_spm: float | None, *, length_unknown: bool
) -> list[str]:
    """What a runner should know before the start, each in one sentence."""
    told = []
    if isinstance(choice, Nobody):
        hints = ["--sensor sim simulates a runner"] if asked is None else []
        words = "no sensor: by time alone" if asked is None else "by time alone"
        if known_spm is not None:
            words += f", from your last run's {known_spm:.0f} steps a minute"
            hints.insert(0, "--beat sets another")
        elif own_spm is None:
            words += f", from a usual {SPOKEN_BEAT_SPM:.0f} steps a minute"
            hints.insert(0, "--beat sets yours")
        if hints:
            told.append(f"{words} ({'; '.join(hints)})")
    if length_unknown:
        told.append(
            "without --length it goes on until you end it: rounds that fill a run repeat, quiet times at the end do not apply"
        )
    if isinstance(choice, Simulated):
        told.append("the runner is simulated: this run is marked so, and stays so")
    return told


def _how_to_steer(socket: str | None) -> str:
    """For whoever sits at the terminal, which takes no words itself."""
    ends = "Ctrl-C ends it"
    if socket == NONE:
        return ends
    where = "" if socket is None else f" (with --socket {socket})"
    return f"{ends}; in another terminal `cued status`, `cued pause`, `cued next` …{where}"


def screen_for(out: TextIO) -> PlainScreen:
    """A status line on a terminal, plain lines anywhere else."""
    return TerminalScreen(out) if is_terminal(out) else PlainScreen(out)
