"""Another pack in a whole run: the loop, the events file, the journal, and a run that broke off after it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cued.core.effects import Effect, PackSwapped, Render, Say
from cued.core.engine import texts_of
from cued.core.events import Back, Event, SpeechReady, Wake
from cued.core.phrases import nominal_duration_ns
from cued.core.start import Start
from cued.formats.event_codec import encode
from cued.formats.events_reader import parse_events
from cued.journal.reader import reading
from cued.journal.recorder import Recorder
from cued.journal.stream import OUT
from cued.runtime.clock import boot_ns
from cued.runtime.conductor import Conductor
from cued.runtime.eventlog import EventLog
from cued.runtime.goingon import Broken, broken_off
from cued.runtime.journalling import JournalWanted
from cued.runtime.moments import boot_id, moment
from cued.runtime.offline import run_offline
from cued.runtime.past import event_log, past_of
from cued.runtime.replay import replay, start_of
from cued.runtime.request import Request
from cued.runtime.voice import NominalVoice
from cued.units import NS_PER_MIN, NS_PER_S
from tests.journal.sessions import a_head, a_request, a_start, record
from tests.runtime.fakes import Ears
from tests.runtime.test_going_on import request
from tests.support.driving import effects_of, woken
from tests.support.pressing import Pressed, shipped, taken

SWAP_NS, BACK_NS = 11 * NS_PER_MIN + NS_PER_S // 3, 14 * NS_PER_MIN
MINUTES = 40


def pressed(request: Request, events: list[Event]) -> Request:
    return replace(request, feeding=replace(request.feeding, feed=Pressed(request.feeding.feed, events)))


def a_swapped_run(first: str = "metronome", then: str = "integration", minutes: int = MINUTES) -> Request:
    """The first pack until it is swapped; a step back later."""
    return pressed(a_request(first, minutes=minutes), [taken(SWAP_NS, then), Back(BACK_NS)])


def lived(request: Request, how: Start) -> tuple[list[Event], list[Effect]]:
    """What went in, and what came out."""
    told: list[Event] = []
    ears = Ears()
    conductor = Conductor(how, request.feeding.feed, [ears], NominalVoice(None).answer, lambda event, *_: told.append(event))
    run_offline(conductor)
    return [event for event in told if not isinstance(event, Wake | SpeechReady)], ears.effects


@pytest.mark.parametrize(("first", "then"), [("metronome", "integration"), ("integration", "awareness")])
def test_a_loop_that_strides_decides_what_one_that_is_woken_for_everything_does(first: str, then: str) -> None:
    """The first pack's texts are all known beforehand, the other's are not: each `Render` wants its answer at its moment."""
    request = pressed(a_request(first, minutes=MINUTES), [replace(taken(SWAP_NS, then), speech=()), Back(BACK_NS)])
    how = a_start(request)
    events, effects = lived(request, how)
    assert effects == effects_of(woken(how, [*events, Wake(MINUTES * NS_PER_MIN)]))
    assert any(isinstance(effect, Render) for effect in effects)
    assert [effect.name for effect in effects if isinstance(effect, PackSwapped)] == [then]


def test_segments_tell_their_own_bands_in_the_events_file(tmp_path: Path) -> None:
    journal = tmp_path / "journal.db"
    record(journal, request=a_swapped_run(), simulated=True)
    with reading(journal) as opened:
        past = past_of(opened, "last")
    log = event_log(past)
    rows = parse_events([line.rstrip("\n") for line in log.lines])
    bands = {segment.name: (segment.band.low, segment.band.high) for segment in shipped("integration").segments()}
    at = next(number for number, row in enumerate(rows) if row["kind"] == "pack")
    assert (rows[at]["pack"], rows[at]["t_ns"], rows[at]["session"]) == ("integration", SWAP_NS, 1)
    after = [row for row in rows[at:] if row["kind"] == "segment" and row["segment"]]
    assert len(after) > 3
    assert all((row["low"], row["high"]) == bands[row["segment"]] for row in after)
    (back,) = [row for row in rows if row["kind"] == "back"]
    assert back["t_ns"] == BACK_NS


def test_the_journal_holds_all_that_a_replay_needs(tmp_path: Path) -> None:
    journal = tmp_path / "journal.db"
    number = record(journal, request=a_swapped_run(), simulated=True)
    with reading(journal) as opened:
        how, lines = start_of(opened.head(number).start), list(opened.lines(number))
    done = replay(how, lines)
    assert done.identical
    assert done.effects > 1_000
    assert how.pack.name == "metronome"
    swaps = [json.loads(line[1:]) for stretch in lines for line in stretch if '"kind":"swap_pack"' in line]
    assert [(event["pack"]["name"], event["text"]) for event in swaps] == [("integration", "# integration, as it was read\n")]


def older(line: str) -> str:
    """As a cued wrote it that did not tell a segment's band."""
    if not line.startswith(f'{OUT}{{"v":1,"kind":"segment_began"'):
        return line
    fields: dict[str, Any] = json.loads(line[1:])
    del fields["low"], fields["high"]
    return OUT + json.dumps(fields, separators=(",", ":"))


def test_an_older_journal_replays_still_and_its_file_has_the_bands(tmp_path: Path) -> None:
    journal = tmp_path / "journal.db"
    number = record(journal, request=a_request(minutes=MINUTES), simulated=True)
    with reading(journal) as opened:
        how, lines = start_of(opened.head(number).start), list(opened.lines(number))
        past = past_of(opened, "last")
    old = [[older(line) for line in stretch] for stretch in lines]
    assert old != lines
    assert replay(how, old).identical
    then = replace(past, lines=tuple(map(tuple, old)))
    assert event_log(then).lines == event_log(past).lines
    one = next(line for stretch in old for line in stretch if line.startswith(f'{OUT}{{"v":1,"kind":"say"'))
    changed = [[line.replace('"cue":"', '"cue":"not-') if line is one else line for line in stretch] for stretch in old]
    done = replay(how, changed)
    assert (done.fewer, done.more) == ((("say", 1),), (("say", 1),))


# --- a run that broke off ------------------------------------------------------------------------------------------


def break_off(journal: Path, at_ns: int) -> None:
    """A run whose computer died a minute ago, after its pack was swapped."""
    asked = pressed(request("metronome", seed=77), [taken(SWAP_NS, "integration", 3)])
    how = a_start(asked)
    began_boot_ns = boot_ns() - NS_PER_MIN - at_ns
    head = a_head(how, began_boot_ns=began_boot_ns, boot_id=boot_id(), began_utc_ns=moment().utc_ns - NS_PER_MIN - at_ns)
    now = replace(moment(), boot_ns=began_boot_ns + at_ns)
    recorder = Recorder(journal, head, lambda: now, every_s=0.05)
    recorder.begin()
    Conductor(how, asked.feeding.feed, [], NominalVoice(None).answer, recorder.step).advance(at_ns)
    recorder.abandon()


def found(journal: Path, pack: str) -> Broken | None:
    return broken_off(JournalWanted(journal), request(pack), 1.0)


def test_a_run_goes_on_with_the_pack_it_had_taken_whichever_of_both_is_asked_for(tmp_path: Path) -> None:
    journal = tmp_path / "journal.db"
    break_off(journal, 12 * NS_PER_MIN)
    for asked in ("metronome", "integration"):
        past = found(journal, asked)
        assert past is not None
        assert (past.how.pack.name, past.session.how.pack.name, past.session.how.session_number) == (
            "metronome",
            "integration",
            3,
        )
    assert found(journal, "awareness") is None


def test_before_it_is_swapped_another_pack_begins_anew(tmp_path: Path) -> None:
    journal = tmp_path / "journal.db"
    break_off(journal, 9 * NS_PER_MIN)
    assert found(journal, "metronome") is not None
    assert found(journal, "integration") is None


def test_the_texts_of_the_pack_that_was_taken_are_there_when_it_goes_on(tmp_path: Path) -> None:
    journal = tmp_path / "journal.db"
    break_off(journal, 12 * NS_PER_MIN)
    asked = request("metronome")
    past = found(journal, "metronome")
    assert past is not None
    spoken: list[Render] = []

    def speak(render: Render) -> SpeechReady:
        spoken.append(render)
        return SpeechReady(render.at_ns, render.text_id, nominal_duration_ns(render.text) + 1)

    voice, ears = NominalVoice(None), Ears()
    log = EventLog(past.how, voice="nominal", source="ble:pod")
    conductor = Conductor(past.how, asked.feeding.feed, [ears, log], voice.answer)
    past.go_on(conductor, log, None, past.last_ns + NS_PER_MIN, voice.prepare(asked.texts), speak)
    known = {text.text_id for text in texts_of(shipped("integration")) if text.text}
    assert known - {name for name, _ in voice.prepare(asked.texts)} <= {render.text_id for render in spoken}
    assert conductor.view().pack == "integration"
    conductor.advance(past.last_ns + 3 * NS_PER_MIN)
    said = [effect for effect in ears.effects if isinstance(effect, Say)]
    assert said
    assert all(say.dur_ns == nominal_duration_ns(say.text) + 1 for say in said if say.text_id in known)


def test_a_kept_run_is_told_with_the_words_of_each_pack_it_went_by(tmp_path: Path) -> None:
    journal = tmp_path / "journal.db"
    record(journal, request=a_swapped_run(), simulated=True)
    with reading(journal) as opened:
        wording = event_log(past_of(opened, "last")).wording()
    assert {name for name, _ in wording} == {"metronome", "integration"}
    (after,) = [words for (name, _), words in wording.items() if name == "integration"]
    assert after.names["rules[3]"] == "fourth rule: after 1 min below the band, in steady"
    record(journal, request=a_request("metronome"), simulated=True)
    with reading(journal) as opened:
        assert [name for name, _ in event_log(past_of(opened, "last")).wording()] == ["metronome"]


def test_a_swap_is_one_line_of_the_journal() -> None:
    line = encode(taken(SWAP_NS, "integration"))
    assert "\n" not in line
    assert line.startswith('{"v":1,"kind":"swap_pack"')
