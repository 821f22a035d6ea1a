"""What `cued setup` does at each step: it asks, and calls what the commands call."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cued.cli import configured
from cued.cli.asking import Choice, Person, SkippedError
from cued.config.settings import USUAL_PACK
from cued.errors import AudioError, HeadphonesError, SensorError, UsageError
from cued.runtime.evening import Evening, Kept, Step, lines
from cued.runtime.headphones import Meant
from cued.units import NS_PER_S

if TYPE_CHECKING:
    from cued.config.settings import Settings
    from cued.headphones.known import KnownHeadphones
    from cued.headphones.picture import Seen
    from cued.runtime.headphones import Sink
    from cued.runtime.lookaround import Row
    from cued.runtime.safety import Safety
    from cued.sensors.known import KnownSensor, KnownSensors

LOOK_NS: Final = 20 * NS_PER_S
"""A pod that was just woken advertises within some seconds."""
MORE_NS: Final = 3 * NS_PER_S
"""After the first pod, for others to be seen: the person waits."""
STEPS_COUNTED: Final = 20
TRY: Final = "2min"
"""Long enough for a few cues and the beat coming and going."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What a step has at hand."""

    person: Person
    config: str | None
    """`--config`."""
    safety: Safety
    evening: Evening

    @property
    def settings(self) -> Settings:
        """As they are now: steps before have changed them."""
        return configured.configuration(self.config).settings

    @property
    def so_far(self) -> dict[Step, Kept]:
        """What became of each step."""
        return self.evening.so_far(self.safety.accepted())

    def set(self, words: Mapping[str, str | None]) -> None:
        """Options into the configuration. Raises UsageError, OutputError."""
        from cued.runtime.configuring import set_options

        with configured.explained(self.config):
            set_options(words, self.config)


def _safety(desk: Desk) -> str:
    from cued.cli.safety import accepted_by, shown, usual_language

    language = usual_language(desk.config)
    desk.person.say(*shown(language))
    if not accepted_by(desk.person, desk.safety, language):
        raise SkippedError("not accepted")
    return "accepted"


# --- headphones ----------------------------------------------------------------------------------------------------


class SeveralError(HeadphonesError):
    """More headphones than one are in pairing mode."""

    def __init__(self, seen: Sequence[Seen]) -> None:
        self.seen = tuple(seen)
        super().__init__(f"{len(self.seen)} headphones are in sight")


class _Anyone(Meant):
    """The only ones in pairing mode; of several the person is asked."""

    def __init__(self) -> None:
        super().__init__("")

    def finally_(self, known: Sequence[Seen]) -> Seen:
        near = [one for one in known if one.rssi_dbm is not None]
        if len(near) > 1:
            raise SeveralError(near)
        return super().finally_(known)


def _headphones(desk: Desk) -> str:
    from cued.headphones.known import OwnHeadphones
    from cued.sensors import looking

    own = OwnHeadphones().all()
    try:
        looking.ready()
    except SensorError as error:
        desk.person.say(f"  No Bluetooth here: {error}")
        return _cable(desk)
    choices = [
        *(Choice(str(number), f"{one.called}, yours") for number, one in enumerate(own, 1)),
        Choice("b", f"{'other ' * bool(own)}Bluetooth headphones: pair them now"),
        Choice("c", "with a cable, or what is built in"),
    ]
    key = desk.person.choose("Which headphones do you run with?", choices, choices[0].key)
    if key == "c":
        return _cable(desk)
    if key == "b":
        desk.person.say(
            "  Put them into pairing mode: mostly by holding their button until they blink or say so.",
            "  End their link to your phone first: most answer one machine at a time.",
        )
        desk.person.enter("Enter when they blink.")
        mine, sink = desk.person.until_it_works(lambda: _paired(desk, _Anyone()))
    else:
        mine, sink = desk.person.until_it_works(lambda: _paired(desk, Meant(own[int(key) - 1].address)))
    if sink is None:
        raise SkippedError("they are paired, but no sound device of theirs is there: `cued doctor` says more")
    device = None if sink.name else sink.output.partition(":")[2]
    desk.set({"sound.device": device})
    return mine.called


def _paired(desk: Desk, choice: Meant) -> tuple[KnownHeadphones, Sink | None]:
    """Pair and connect; of several the person chooses. Raises HeadphonesError."""
    from cued.cli.headphones import pair

    try:
        return pair(choice)
    except SeveralError as several:
        choices = [Choice(str(number), one.name or one.address) for number, one in enumerate(several.seen, 1)]
        key = desk.person.choose("Which are yours?", choices, "1")
        return pair(Meant(several.seen[int(key) - 1].address))


def _cable(desk: Desk) -> str:
    from cued.audio.devices import best, list_devices

    devices = list_devices()
    usual = best(devices)
    if usual is None:
        raise AudioError("there is no sound device: `cued doctor` says what is missing")
    names = list(dict.fromkeys(device.name for device in devices))
    choices = [Choice("0", f"the best there is, now {usual.name}")]
    choices += [Choice(str(number), name) for number, name in enumerate(names, 1)]
    now = desk.settings.sound.device
    set_now = str(names.index(now) + 1) if now in names else "0"
    key = desk.person.choose("Where does it sound?", choices, set_now) if len(names) > 1 else "0"
    device = None if key == "0" else names[int(key) - 1]
    desk.set({"sound.device": device})
    return device or usual.name


# --- the pod -------------------------------------------------------------------------------------------------------


def _pod(desk: Desk) -> str:
    from cued.runtime.sensorwords import called, unit_of
    from cued.sensors import looking
    from cued.sensors.cadence_unit import CadenceUnit
    from cued.sensors.known import KnownSensors

    looking.ready()
    known = KnownSensors()
    own = next((sensor for sensor in known.all() if sensor.may_give("cadence")), None)
    if own is None or not desk.person.yes(f"{called(own)} is yours. Keep it?"):
        desk.person.enter("Put the pod on your shoe and take a few steps, so that it wakes. Enter when it is on.")
        own = desk.person.until_it_works(lambda: _found(desk, known))
    if unit_of(own)[0] is CadenceUnit.AUTO:
        _unit(desk, own, known)
    if desk.settings.sensor == "none":
        desk.person.say("  Your configuration says `sensor: none`: runs listen to your pod from now on.")
        desk.set({"sensor": "ble"})
    now = next(one for one in known.all() if one.address == own.address)
    unit = unit_of(now)[0]
    return called(now) + ("" if unit is CadenceUnit.AUTO else f", counts {unit.value}")


def _found(desk: Desk, known: KnownSensors) -> KnownSensor:
    """A pod in sight that is the runner's from now on. Raises SensorError."""
    from cued.cli.sensors_air import look
    from cued.runtime import pairing
    from cued.sensors import looking
    from cued.sensors.known import KnownSensor

    pods = [row for row in look(LOOK_NS, sys.stdout, enough_ns=MORE_NS).rows() if row.gives_cadence]
    if not pods:
        raise SensorError(pairing.NO_POD)
    row = pods[0] if len(pods) == 1 else _chosen(desk, pods)
    paired = pairing.pair(KnownSensor(row.address, row.name or ""), known, looking.look_at, first=True)
    desk.person.say(*paired.lines())
    return paired.sensor


def _chosen(desk: Desk, pods: Sequence[Row]) -> Row:
    from cued.runtime.sensorwords import signal_words

    words = [(row.name or row.address, signal_words(row.rssi_dbm), row.cadence()) for row in pods]
    choices = [Choice(str(number), ", ".join(filter(None, word))) for number, word in enumerate(words, 1)]
    nearest = max(range(len(pods)), key=lambda place: pods[place].rssi_dbm) + 1
    return pods[int(desk.person.choose("Which is yours?", choices, str(nearest))) - 1]


def _unit(desk: Desk, sensor: KnownSensor, known: KnownSensors) -> None:
    """Does it count steps or strides? Counted together, or by the runner's word; later is fine, too."""
    from cued.cli.sensors_air import count, keep_unit
    from cued.sensors.cadence_unit import CadenceUnit

    desk.person.say("  Does it count steps of both feet, or strides of one? No pod says which.")
    choices = (
        Choice("c", f"count {STEPS_COUNTED} steps now: surest"),
        Choice("1", "it counts strides, about 85 a minute"),
        Choice("2", "it counts steps, about 170 a minute"),
        Choice("n", "not now: cued finds out on a run, in its first 20 seconds"),
    )
    while True:
        key = desk.person.choose("How do you want to find out?", choices, "c")
        if key in {"1", "2"}:
            keep_unit(sensor, CadenceUnit.STRIDES if key == "1" else CadenceUnit.STEPS, known)
        if key != "c":
            return
        try:
            if count(sensor, known, STEPS_COUNTED):
                return
            desk.person.say("  Nothing was kept. Be in a steady stride for ten seconds before you count.")
        except SensorError as error:
            desk.person.say(f"  {error}")


# --- sound, voice, runner ------------------------------------------------------------------------------------------


def _sound(desk: Desk) -> str:
    from cued.cli.headphones import adjust, hear, the_device

    settings = desk.settings
    device = the_device(None, settings.sound.device)
    if desk.person.yes("Hear left, right, the beat and the voice first?"):
        hear(device, settings, desk.person.yes)
    desk.person.say("  Now set it while it sounds, so low that you would hear traffic.")
    return adjust(device, settings, desk.config)


def _voice(desk: Desk) -> str:
    from cued.cli.headphones import the_device
    from cued.cli.safety import usual_language
    from cued.cli.voice import say
    from cued.speech.speakers import speakers

    person, settings = desk.person, desk.settings

    def language() -> str:
        word = person.line("Which language? (en, de, fr, …)", usual_language(desk.config).partition("-")[0])
        other = word != settings.runner.language
        desk.set({"runner.language": word, **({"sound.speaker": None} if other else {})})  # a speaker has one language
        return desk.settings.runner.language

    spoken = person.until_it_works(language)
    found = speakers(spoken)
    if not found:
        raise UsageError(f"no voice here speaks {spoken}: `espeak-ng --voices` lists the languages")
    device = the_device(None, settings.sound.device)
    key = next((str(number) for number, one in enumerate(found, 1) if one.name == desk.settings.sound.speaker), "1")
    while True:
        if len(found) > 1:
            choices = [Choice(str(number), f"{one.called} ({one.name})") for number, one in enumerate(found, 1)]
            key = person.choose("Which voice?", choices, key)
        speaker = found[int(key) - 1]
        say(device, settings, spoken, speaker.name)
        if person.yes("Do you like to hear this one?"):
            break
        if len(found) == 1:
            raise SkippedError("there is no other voice")
    desk.set({"sound.speaker": None if key == "1" else speaker.name})
    return f"{spoken}, {speaker.called}"


def _runner(desk: Desk) -> str:
    desk.person.say("  Both can wait: Enter alone leaves them as they are.")
    runner = desk.settings.runner
    easy = None if runner.easy_spm is None else f"{runner.easy_spm:g}"
    said = (
        _number(desk, "runner.max_hr", "Your highest heart rate, in beats a minute:", runner.max_hr_bpm, ""),
        _number(desk, "runner.easy_cadence", "Your cadence at an easy pace, in steps a minute:", easy, " spm"),
    )
    return ", ".join(filter(None, said)) or "nothing said"


def _number(desk: Desk, option: str, question: str, now: object | None, unit: str) -> str:
    """Ask for an option and set it; what was said, or nothing."""

    def ask() -> str:
        word = desk.person.line(question, "" if now is None else str(now)).removesuffix(unit.strip()).strip()
        if word:
            desk.set({option: f"{word}{unit}"})
        return word

    word = desk.person.until_it_works(ask)
    return f"{option.partition('.')[2].replace('_', ' ')} {word}" if word else ""


# --- try it, and what comes next -----------------------------------------------------------------------------------


def _try(desk: Desk) -> str:
    from cued.cli import main
    from cued.cli.headphones import the_device

    the_device(None, desk.settings.sound.device)  # without sound there is nothing to try

    offered = _to_run_with()
    names = [name for name, _ in offered]
    choices = [Choice(str(number), f"{name}: {title}") for number, (name, title) in enumerate(offered, 1)]
    usual = desk.settings.pack or USUAL_PACK
    key = desk.person.choose(
        "Which pack? A simulated runner runs with it for two minutes.",
        choices,
        str(names.index(usual) + 1) if usual in names else "1",
    )
    name = names[int(key) - 1]
    verb = next(verb for verb in main.VERBS if verb.name == "try")
    module = main.load(verb)
    words = ["--pack", name, "--for", TRY, *(["--config", desk.config] if desk.config else [])]
    module.run(main.parse(main.parser_of(verb, module), words))
    if name != usual and desk.person.yes(f"Run with {name} from now on?"):
        desk.set({"pack": name})
    return name


def _to_run_with() -> list[tuple[str, str]]:
    """(name, title) of every pack that is heard on a run, by its phase, those without one last."""
    from cued.cli.options import probe_sound
    from cued.cli.run import PLAIN
    from cued.packs.listing import listed

    return [(one.name, one.title) for one in listed(probe_sound) if not one.is_set and one.name != PLAIN]


def _next(desk: Desk) -> str:
    desk.person.say(
        *(f"  {line}" for line in lines(desk.so_far)[:-1]),
        "",
        "  cued run --length 30min     a run, from this terminal",
        "  cued daemon                 waits for pod and headphones, and begins when you run",
        "  ./install.sh                has it do so from the machine's start on",
        "  cued reload                 tells one that runs already of all this",
        "  cued doctor                 something silent? this says why",
        "  cued setup --from STEP      any of this again",
    )
    return "told"


DO: Final[Mapping[Step, Callable[[Desk], str]]] = {
    Step.SAFETY: _safety,
    Step.HEADPHONES: _headphones,
    Step.POD: _pod,
    Step.SOUND: _sound,
    Step.VOICE: _voice,
    Step.RUNNER: _runner,
    Step.TRY: _try,
    Step.NEXT: _next,
}
