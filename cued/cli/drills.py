"""`cued drills`: sets of exercises, led by voice."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from cued.audio.commands import KeepAwake
from cued.cli import configured, options
from cued.cli.cautioned import Consent, consent
from cued.cli.keyboard import any_key
from cued.cli.progress import Bars
from cued.cli.run import screen_for
from cued.cli.safety import usual_language
from cued.core.cues import CuePack, Drill, Segment
from cued.core.drills import is_set, plan
from cued.core.phrases import segment_words
from cued.errors import JournalError, PackError, UsageError, did_you_mean
from cued.runtime.drillkeys import DrillKeys
from cued.runtime.feeding import Nobody, feeding_of
from cued.runtime.keys import NO_KEYS, KeysWanted
from cued.runtime.live import interruptible
from cued.runtime.liverun import LiveWanted, live
from cued.runtime.request import Request, ToDevice, ToNothing, output_of
from cued.runtime.sounding import Search
from cued.runtime.status import clock_text
from cued.units import NS_PER_MIN, NS_PER_S, to_s, to_spm

if TYPE_CHECKING:
    from cued.runtime.request import OutputChoice, Pack

EXAMPLE = """
cued drills list
cued drills show set-a
cued drills play set-a
"""
PRESS: str = "Any key goes on where a press is waited for, and else ends the set."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The things that can be done with sets."""
    verbs = parser.add_subparsers(dest="what", metavar="WHAT", required=True)
    listing = options.add_subverb(verbs, "list", "the sets there are", "cued drills list")
    showing = options.add_subverb(verbs, "show", "what a set asks for, and for how long", "cued drills show set-a")
    playing = options.add_subverb(verbs, "play", "be led through a set; a press ends it", "cued drills play strength")
    for sub in (listing, showing):
        sub.add_argument("--json", action="store_true", help="print it as JSON; of `show` with every word and when it is said")
    for sub in (showing, playing):
        sub.add_argument("pack", metavar="SET", help="a set's name, its file or its folder")
        sub.set_defaults(session=None, new=True)
        sub.set_defaults(pack_needed=False)
        configured.add_config(sub)
        options.add_language(sub)
    configured.add_read_in(listing)
    playing.add_argument("--output", metavar="O", help="device[:NAME], null or file:PATH; default: the configuration's device")
    playing.add_argument(
        "--rate", metavar="X", type=options.rate, default=1.0, help="time runs X times as fast (without a device)"
    )
    playing.add_argument("--whole", action="store_true", help="as the set is written, whatever the plan leaves out or adds")
    options.add_volumes(playing)
    options.add_journal(playing, none=True)
    configured.add_socket(playing, none=True)
    playing.add_argument("--keys", choices=("headset", "none"), default="headset", help="a headset's keys count, too, or not")


def run(args: argparse.Namespace) -> int:
    """Do one of them; 0."""
    if args.what == "list":
        return _list(configured.read_in(args), as_json=args.json)
    return _show(args) if args.what == "show" else _play(args)


def set_length_ns(pack: CuePack) -> int:
    """How long its drills take; what is waited for in between is the runner's."""
    return sum(plan(pack, segment).length_ns for segment in pack.segments())


# --- list ----------------------------------------------------------------------------------------------------------


def _list(language: str, *, as_json: bool) -> int:
    rows = [_row(name, pack, language) for name, pack in _sets()]
    if as_json:
        print(json.dumps(rows, indent=2, ensure_ascii=False))
        return 0
    width = max((len(row["name"]) for row in rows), default=0)
    for row in rows:
        needs = f"; needs {', '.join(row['needs'])}" if row["needs"] else ""
        print(f"{row['name']:<{width}}  {row['title']}, {row['minutes']} min{needs}")
        if row["summary"]:
            print(f"{'':<{width}}  {row['summary']}")
    if not rows:
        print("there are no sets")
    return 0


def _sets() -> list[tuple[str, CuePack]]:
    from cued.packs.catalog import catalogue
    from cued.packs.load import load_pack

    found: list[tuple[str, CuePack]] = []
    for one in catalogue():
        try:
            pack = load_pack(one.path).pack
        except PackError:
            continue  # `cued pack list` tells
        if is_set(pack):
            found.append((one.name, pack))
    return found


def _row(name: str, pack: CuePack, language: str) -> dict[str, Any]:
    return {
        "name": name,
        "title": pack.title_for(language),
        "summary": pack.summary_for(language),
        "minutes": -(-set_length_ns(pack) // NS_PER_MIN),
        "needs": sorted({drill.needs for drill in pack.drills if drill.needs}),
        "drills": [drill for segment in pack.segments() for drill in segment.drills],
        "languages": sorted({pack.language, *(code for drill in pack.drills for code, _ in drill.say_in)}),
    }


# --- show ----------------------------------------------------------------------------------------------------------


def _show(args: argparse.Namespace) -> int:
    configured.fill(args)
    pack = options.load(_word(args.pack), sys.stderr).value
    _check(pack)
    if args.json:
        parts = [_part_data(pack, segment, args.language) for segment in pack.segments()]
        print(json.dumps(_row(pack.name, pack, args.language) | {"segments": parts}, indent=2, ensure_ascii=False))
        return 0
    print(f"{pack.title_for(args.language)}: {-(-set_length_ns(pack) // NS_PER_MIN)} min")
    print(pack.summary_for(args.language))
    by_id = {drill.id: drill for drill in pack.drills}
    for segment in pack.segments():
        waits = ", after a press" if segment.starts_on_press else ""
        named = segment_words(segment.name, args.language or pack.language)
        print(f"\n{named}, {clock_text(plan(pack, segment).length_ns)}{waits}")
        for name in segment.drills:
            print(f"  {_said(by_id[name], pack, args.language)}  ({_dose(by_id[name])})")
    return 0


def _said(drill: Drill, pack: CuePack, language: str) -> str:
    return drill.say if language in ("", pack.language) else dict(drill.say_in).get(language, drill.say)


def _dose(drill: Drill) -> str:
    """`12 times 4 s, on each side, to a click at 60`."""
    words = []
    if drill.for_ns is not None:
        words.append(f"{drill.reps} times {to_s(drill.for_ns):g} s" if drill.reps > 1 else f"{to_s(drill.for_ns):g} s")
    words += [f"{to_s(drill.rest_ns):g} s of rest between"] if drill.rest_ns and drill.reps > 1 else []
    words += ["on each side"] if drill.both_sides else []
    words += [f"to a click at {to_spm(drill.beat_mspm):g}"] if drill.beat_mspm is not None else []
    words += [f"needs {drill.needs}"] if drill.needs else []
    words += [f"loads the {drill.loads.value}"] if drill.loads is not None else []
    return ", ".join(words) or "as long as it takes"


def _part_data(pack: CuePack, segment: Segment, language: str) -> dict[str, Any]:
    made = plan(pack, segment, language)
    return {
        "segment": segment.name,
        "press": segment.starts_on_press,
        "length_s": made.length_ns / NS_PER_S,
        "language": made.language,
        "said": [{"t_s": one.at_ns / NS_PER_S, "drill": one.drill, "text": one.text} for one in made.sayings],
        "clicks": [
            {"from_s": one.start_ns / NS_PER_S, "to_s": one.end_ns / NS_PER_S, "spm": to_spm(one.metronome.beat_mspm or 0)}
            for one in made.clicks
        ],
    }


# --- play ----------------------------------------------------------------------------------------------------------


def _play(args: argparse.Namespace) -> int:
    settings = configured.fill(args)
    output = _output(args.output, args.rate, settings.sound.device)
    search = Search(output, args.rate)
    pack = options.load(_word(args.pack), sys.stderr)
    _check(pack.value)
    told = consent(output, args.language or usual_language(args.config))
    if told is Consent.NOT_ASKED:
        raise UsageError("the safety notice comes before the first drills: `cued safety --accept` at a terminal, once")
    if told is not Consent.GIVEN:
        return 1
    options.check_language(pack, args.language, sys.stderr)
    pack, opening = _by_the_plan(args, pack)
    request = Request(
        pack=pack,
        feeding=feeding_of(Nobody(), None, 0),
        session_number=options.session_number(args, pack, sys.stderr),
        language=args.language,
        speaker=args.speaker,
        volumes=options.volumes_of(args),
    )
    wanted = LiveWanted(
        output=output,
        rate=args.rate,
        journal=options.journal_wanted(args),
        socket=args.socket,
        keep_awake=KeepAwake(settings.sound.keep_awake),
        keys=NO_KEYS,
    )
    wanted_keys = KeysWanted(args.keys == "headset" and args.rate == 1.0)
    hands = DrillKeys(wanted_keys, request.title, opening, request.spoken_language)
    print(f"{request.title}: {-(-set_length_ns(pack.value) // NS_PER_MIN)} min. {PRESS}", file=sys.stderr)
    screen = screen_for(sys.stdout)
    with interruptible(), any_key(hands.press), Bars() as bars:
        done = live(request, wanted, screen, bars.speech, bars.close, search, hands=hands)
    kept = "" if done.session is None else f", kept as session {done.session}{options.journal_option(args.journal)}"
    print(f"{clock_text(min(done.view.run_ns, done.end_ns))} of drills{kept}.")
    return 0


def _by_the_plan(args: argparse.Namespace, pack: Pack) -> tuple[Pack, str]:
    """The set as the plan has it today, and what is said of that first; raises UsageError where nothing is left of it."""
    from cued.coaching.fitting import exercised, left_out
    from cued.core.sentences import Sentence, sentence
    from cued.runtime.journalling import journal_path
    from cued.runtime.moments import moment
    from cued.runtime.planning import today_of

    path = journal_path(args.journal)
    if path is None:
        return pack, ""
    try:
        answer = today_of(path, moment())
    except JournalError as error:
        print(f"the plan cannot be read: {error}", file=sys.stderr)
        return pack, ""
    if answer.stopped:
        raise UsageError(f"{answer.why_held}, and so are drills")
    if args.whole:
        return pack, ""
    fit = exercised(pack.value, answer)
    spared = left_out(pack.value, replace(answer, ease=replace(answer.ease, drills=True)))
    if not any(segment.drills for segment in fit.segments()):
        raise UsageError(
            f"nothing of {pack.value.name} is left: all of it loads what is sore or injured (`cued plan today`);"
            " --whole plays it all the same"
        )
    if not spared:
        return replace(pack, value=fit), ""
    print(f"left out, for it loads what is sore or injured: {', '.join(spared)}", file=sys.stderr)
    return replace(pack, value=fit), sentence(Sentence.SPARED, language=args.language or pack.value.language)


def _output(word: str | None, rate: float, device: str | None) -> OutputChoice:
    if word is not None:
        return output_of(word)
    return ToDevice(device) if rate == 1.0 else ToNothing()


def _word(word: str) -> str:
    """The pack that `word` means: `a` is `set-a`, too. Raises UsageError with the sets' names where it means none."""
    from cued.packs.catalog import catalogue, find_pack

    names = {found.name for found in catalogue()}
    if word not in names and f"set-{word}" in names:
        return f"set-{word}"
    try:
        find_pack(word)
    except PackError as error:
        raise UsageError(_unknown(word, [name for name, _ in _sets()])) from error
    return word


def _unknown(word: str, names: list[str]) -> str:
    """What is wrong with a name that nothing has."""
    from cued.yamlread import quoted

    there_are = f"there are {', '.join(names)}" if names else "there are none"
    return f"there is no set of drills {quoted(word)}: {there_are}, or name a file{did_you_mean(word, names)}"


def _check(pack: CuePack) -> None:
    if not is_set(pack):
        raise UsageError(
            f"{pack.name} is no set of drills, for it has segments without: `cued drills list` shows what there is"
        )
