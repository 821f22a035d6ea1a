"""The loop without a clock, and the conductor that both loops share."""

from __future__ import annotations

from collections.abc import Sequence

from cued.core.effects import Effect, PlayClick, Render, RunEnded, Say, SegmentBegan
from cued.core.engine import texts_of
from cued.core.events import CadenceSample, Event, SpeechReady, Stop
from cued.runtime.conductor import Conductor, Feed, NoFeed, Until
from cued.runtime.feeding import Feeding, Recording, Simulated, feeding_of
from cued.runtime.offline import run_offline
from cued.runtime.request import Pack, Request
from cued.runtime.voice import NominalVoice
from cued.units import NS_PER_S
from tests.runtime.fakes import Ears
from tests.runtime.packs import small_pack

SECONDS_90 = 90 * NS_PER_S


def conducted(feeding: Feeding, *, end_cue: bool = False) -> tuple[Ears, int, list[int]]:
    """All that was heard, where the sound ended, what the progress was told."""
    request = Request(Pack(small_pack(end_cue=end_cue), None), feeding)
    voice = NominalVoice(None)
    how = request.start(voice.prepare(texts_of(request.pack.value)))
    ears = Ears()
    told: list[int] = []
    end_ns = run_offline(Conductor(how, feeding.feed, [ears], voice.answer), told.append)
    return ears, end_ns, told


def simulated() -> Feeding:
    return feeding_of(Simulated("easy"), SECONDS_90, 0)


def of(kind: type[Effect], effects: Sequence[Effect]) -> list[Effect]:
    return [effect for effect in effects if isinstance(effect, kind)]


def test_a_simulated_run_goes_through_its_segments_and_ends() -> None:
    ears, end_ns, _ = conducted(simulated())
    assert [began.segment for began in ears.effects if isinstance(began, SegmentBegan)][:3] == [
        "warmup",
        "tempo run",
        "cooldown",
    ]
    assert [ended.at_ns for ended in ears.effects if isinstance(ended, RunEnded)] == [SECONDS_90]
    assert end_ns >= SECONDS_90
    assert ears.ended_ns == end_ns


def test_a_text_with_a_number_is_rendered_and_said_at_once() -> None:
    ears, _, _ = conducted(simulated())
    renders = [effect for effect in ears.effects if isinstance(effect, Render)]
    said = {effect.text_id: effect.at_ns for effect in ears.effects if isinstance(effect, Say)}
    assert renders
    assert all(said[render.text_id] == render.at_ns for render in renders)


def test_the_beat_sounds_in_its_segment_and_nowhere_else() -> None:
    ears, _, _ = conducted(simulated())
    onsets = [effect.at_ns for effect in ears.effects if isinstance(effect, PlayClick)]
    assert len(onsets) == 30 * 170 // 60
    assert min(onsets) >= 40 * NS_PER_S
    assert max(onsets) < 70 * NS_PER_S


def test_what_listeners_are_told_of_the_time_never_falls() -> None:
    ears, _, _ = conducted(simulated())
    assert ears.times == sorted(ears.times)


def test_progress_is_told_and_changes_nothing() -> None:
    told_ears, _, told = conducted(simulated())
    plain_ears, _, _ = conducted(simulated())
    assert told == sorted(told)
    assert told[-1] >= SECONDS_90
    assert told_ears.effects == plain_ears.effects


def test_the_last_cue_is_said_to_its_end() -> None:
    ears, end_ns, _ = conducted(simulated(), end_cue=True)
    last = [effect for effect in ears.effects if isinstance(effect, Say)][-1]
    assert last.cue == "done"
    assert end_ns == last.at_ns + last.dur_ns


def test_a_feed_that_dries_up_without_a_stop_still_ends() -> None:
    samples: list[Event] = [CadenceSample(second * NS_PER_S, 164.0) for second in range(5)]
    feeding = Feeding(Recording(iter(samples)), "test", None, None, sensor=True, simulated=False)
    ears, _, _ = conducted(feeding)
    assert len(of(RunEnded, ears.effects)) == 1


def test_a_run_by_time_alone_ends_at_its_length() -> None:
    feed: Feed = NoFeed(SECONDS_90)
    ears, _, _ = conducted(Feeding(feed, "none", SECONDS_90, SECONDS_90, sensor=False, simulated=False))
    assert [ended.at_ns for ended in ears.effects if isinstance(ended, RunEnded)] == [SECONDS_90]
    assert of(PlayClick, ears.effects)


def test_a_stop_before_the_planned_end_ends_it_there() -> None:
    whole = simulated()
    cut = Feeding(Until(whole.feed, 50 * NS_PER_S), "sim:easy", whole.length_ns, 50 * NS_PER_S, sensor=True, simulated=True)
    ears, end_ns, _ = conducted(cut)
    assert [ended.at_ns for ended in ears.effects if isinstance(ended, RunEnded)] == [50 * NS_PER_S]
    assert end_ns < 60 * NS_PER_S


def test_speech_ready_is_a_step_of_its_own_at_the_renders_moment() -> None:
    request = Request(Pack(small_pack(), None), simulated())
    answers: list[SpeechReady] = []

    def answer(render: Render) -> Event:
        answers.append(NominalVoice(None).answer(render))
        return answers[-1]

    ears = Ears()
    conductor = Conductor(request.start(()), Until(request.feeding.feed, SECONDS_90), [ears], answer)
    run_offline(conductor)
    renders = [effect for effect in ears.effects if isinstance(effect, Render)]
    assert [(made.text_id, made.at_ns) for made in answers] == [(render.text_id, render.at_ns) for render in renders]


def test_stepping_after_the_end_changes_nothing_more() -> None:
    feeding = simulated()
    request = Request(Pack(small_pack(), None), feeding)
    ears = Ears()
    conductor = Conductor(request.start(()), feeding.feed, [ears], NominalVoice(None).answer)
    run_offline(conductor)
    conductor.step(Stop(conductor.at_ns))
    assert len(of(RunEnded, ears.effects)) == 1
