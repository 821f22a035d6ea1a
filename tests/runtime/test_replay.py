"""A recording held against today's core."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cued.cli.replay import told
from cued.core import engine
from cued.core.effects import Say
from cued.core.events import CadenceSample, Event, HeartRate, Pause, Resume, Stop, Wake
from cued.core.start import Start
from cued.errors import JournalError
from cued.formats.event_codec import encode
from cued.journal.recorder import Recorder
from cued.journal.stream import unpacked
from cued.runtime.conductor import Conductor
from cued.runtime.offline import run_offline
from cued.runtime.replay import replay, start_of
from cued.runtime.voice import NominalVoice
from cued.units import NS_PER_S
from tests.journal.sessions import Clocks, a_head, a_request, a_start

Lines = list[list[str]]


def made(pack: str = "awareness", sim: str = "tired", minutes: int = 12) -> tuple[Start, Lines]:
    """A recorded run as the journal has it: one stretch a step."""
    request = a_request(pack, sim, minutes)
    how = a_start(request)
    lines: Lines = []

    def witness(event: Event, before_ns: int, at_ns: int, effects: object) -> None:
        stretch = [] if isinstance(event, Wake) else [f"<{encode(event)}"]
        assert event.at_ns >= before_ns
        stretch += [f">{encode(effect)}" for effect in effects]  # type: ignore[attr-defined]  # a sequence of effects
        lines.append([*stretch, f"@{at_ns}"])

    run_offline(Conductor(how, request.feeding.feed, [], NominalVoice(None).answer, witness))
    return how, lines


HOW, LINES = made()


def changed(pick: Callable[[str], bool], make: Callable[[str], list[str]]) -> Lines:
    """The recording with its first line that `pick` likes replaced."""
    done = False
    out: Lines = []
    for stretch in LINES:
        new: list[str] = []
        for line in stretch:
            if not done and pick(line):
                new += make(line)
                done = True
            else:
                new.append(line)
        out.append(new)
    assert done
    return out


@pytest.mark.parametrize(
    ("pack", "sim"), [("integration", "tired"), ("metronome", "stop-and-go"), ("awareness", "easy"), ("metronome", "intervals")]
)
def test_any_run_replays_identically(pack: str, sim: str) -> None:
    how, lines = made(pack, sim, 25)
    done = replay(how, lines)
    assert done.identical
    assert done.effects > 1000
    assert start_of(encode(how)) == how


def test_how_it_was_cut_into_commits_changes_nothing() -> None:
    together = [[line for stretch in LINES for line in stretch]]
    assert replay(HOW, together) == replay(HOW, LINES)


def test_an_effect_that_is_gone_new_or_another_is_told() -> None:
    def is_say(line: str) -> bool:
        return line.startswith('>{"v":1,"kind":"say"')

    gone = replay(HOW, changed(is_say, lambda line: [line, line]))
    assert gone.fewer == (("say", 1),)
    assert gone.more == ()
    new = replay(HOW, changed(is_say, lambda _: []))
    assert (new.fewer, new.more) == ((), (("say", 1),))
    other = replay(HOW, changed(is_say, lambda line: [line.replace('"cue":"', '"cue":"not-')]))
    assert (other.fewer, other.more, other.changed) == ((("say", 1),), (("say", 1),), 1)
    (difference,) = other.first
    assert isinstance(difference.before, Say)
    assert isinstance(difference.now, Say)
    assert difference.before.cue == f"not-{difference.now.cue}"
    text = told(7, other)
    assert text[0].startswith("session 7: ")
    assert text[0].endswith("1 are not as they were")
    assert f'cue "{difference.before.cue}" → "{difference.now.cue}"' in text[-1]


def test_the_same_effects_in_another_order_are_not_the_same() -> None:
    flat = [line for stretch in LINES for line in stretch]
    outs = [number for number, line in enumerate(flat) if line.startswith(">")]
    one, two = next((a, b) for a, b in itertools.pairwise(outs) if flat[a].split('"at_ns"')[0] != flat[b].split('"at_ns"')[0])
    flat[one], flat[two] = flat[two], flat[one]
    done = replay(HOW, [flat])
    assert not done.identical
    assert done.first


def test_an_effect_written_before_a_field_was_added_is_the_same_effect() -> None:
    def is_click(line: str) -> bool:
        return line.startswith('>{"v":1,"kind":"cadence_seen"')

    older = changed(is_click, lambda line: [line.replace(',"estimated":false', "").replace(',"artefact":""', "")])
    assert older != LINES
    assert replay(HOW, older).identical


def test_a_pause_written_before_it_could_reach_back_is_the_same_pause() -> None:
    session, lines = engine.start(HOW), list[str]()
    for event in (Pause(60 * NS_PER_S), Resume(90 * NS_PER_S), Stop(120 * NS_PER_S)):
        session, effects = engine.step(session, event)
        lines += [f"<{encode(event)}", *(f">{encode(effect)}" for effect in effects)]
    older = [line.replace(',"since_ns":null', "") for line in lines]
    assert len([line for old, line in zip(older, lines, strict=True) if old != line]) == 4
    assert replay(HOW, [older]).identical


@pytest.mark.parametrize("line", ['<{"v":1,"kind":"cadence_simple","at_ns":1}', "<", "@soon", "?", '<{"v":9}'])
def test_a_line_that_this_cued_does_not_know_is_refused(line: str) -> None:
    with pytest.raises(JournalError, match="this cued"):
        replay(HOW, [[line], *LINES])


def test_a_first_row_that_cannot_be_read_is_refused() -> None:
    with pytest.raises(JournalError, match="first row cannot be read"):
        start_of('{"v":1,"kind":"start","pack":3}')


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60), st.booleans()), max_size=30))
def test_events_late_or_not_replay_as_they_were_taken(moments: list[tuple[int, int, bool]]) -> None:
    recorder = Recorder(Path("never"), a_head(HOW), Clocks())
    session, now_ns = engine.start(HOW), 0
    for at_s, wake_s, heart in moments:
        given: list[Event] = [Wake(wake_s * NS_PER_S)]
        given.append(HeartRate(at_s * NS_PER_S, 150) if heart else CadenceSample(at_s * NS_PER_S, 165.0, 2.8))
        for event in given:
            session, effects = engine.step(session, event)
            before_ns, now_ns = now_ns, max(now_ns, event.at_ns)
            recorder.step(event, before_ns, now_ns, effects)
    recorder._gather()
    packed = [row.values for row in recorder._pending if row.table == "stretches"]
    lines = list(unpacked((bool(row[3]), row[4]) for row in packed if row[4]))  # type: ignore[misc]  # flags and bytes
    assert replay(HOW, lines).identical
