"""What holds of the three keys whatever is pressed, asked and seen, and what holds of the sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cued.core.happening import Phase, Say, Tick
from cued.core.keys import Keys, due_ns, step
from cued.core.menus import Answer, Ask, Chosen, Do, Glance, Hush, Key, KeyDecision, KeyEvent, Press, Prompt, Question
from cued.core.sentences import STATUS, WORDS, Sentence, known_texts, sentence
from cued.core.values import SURFACES, Values
from cued.core.words import Silence
from cued.units import NS_PER_H, NS_PER_MIN, NS_PER_S
from tests.support.driving import examples

GLANCES = st.builds(
    Glance,
    phase=st.sampled_from(Phase),
    muted=st.booleans(),
    silence=st.sampled_from(Silence),
    segment=st.sampled_from(("", "warmup", "steady")),
    waiting=st.booleans(),
    left_ns=st.sampled_from((None, 0, NS_PER_MIN)),
    next_segment=st.sampled_from(("", "steady")),
    has_cue=st.booleans(),
    packs=st.sampled_from(((), (("a", "A"), ("b", "B")))),
    surfaces=st.sampled_from(((), ("road", "sand"))),
    plans=st.booleans(),
    day=st.sampled_from((None, 20_000, 20_783)),
    race=st.sampled_from((None, 20_000, 20_100)),
)
EVENTS = st.one_of(
    st.builds(Press, st.just(0), st.sampled_from(Key)),
    st.builds(Press, st.just(0), st.sampled_from(Key)),
    st.builds(Ask, st.just(0), st.sampled_from(Prompt)),
    st.builds(Tick, st.just(0)),
)
GAPS = st.one_of(st.just(0), st.integers(0, NS_PER_S), st.integers(0, 5 * NS_PER_S), st.integers(0, NS_PER_MIN))


@st.composite
def storms(draw: st.DrawFn) -> list[KeyEvent]:
    """Presses and prompts in order of time, often at the same instant."""
    at_ns, found = 0, list[KeyEvent]()
    for event, gap_ns in draw(st.lists(st.tuples(EVENTS, GAPS), min_size=1, max_size=30)):
        at_ns += gap_ns
        found.append(replace(event, at_ns=at_ns))
    return found


def decided(events: Iterable[KeyEvent], seen: Glance) -> list[KeyDecision]:
    keys, found = Keys(), list[KeyDecision]()
    for event in events:
        keys, decisions = step(keys, event, seen)
        found += decisions
    return found


@examples(100)
@given(st.lists(st.tuples(EVENTS, st.integers(-NS_PER_H, NS_PER_H), GLANCES), max_size=40))
def test_any_order_is_taken_no_stamp_falls_and_one_thing_is_said_at_once(
    disorder: list[tuple[KeyEvent, int, Glance]],
) -> None:
    keys, last_ns = Keys(), 0
    for event, at_ns, seen in disorder:
        keys, decisions = step(keys, replace(event, at_ns=at_ns), seen)
        stamps = [last_ns, *(one.at_ns for one in decisions)]
        assert stamps == sorted(stamps)
        last_ns = stamps[-1]
        said = [one.at_ns for one in decisions if isinstance(one, Say)]
        assert len(said) == len(set(said))


@examples(100)
@given(storms(), GLANCES, st.lists(st.integers(0, 2 * NS_PER_MIN), max_size=60))
def test_more_ticks_change_no_decision(storm: list[KeyEvent], seen: Glance, ticks: list[int]) -> None:
    last_ns = storm[-1].at_ns
    mixed = sorted([*storm, *(Tick(at_ns) for at_ns in ticks if at_ns < last_ns)], key=lambda one: one.at_ns)
    assert decided(mixed, seen) == decided(storm, seen)


@examples(100)
@given(storms(), GLANCES)
def test_ticks_when_asked_for_change_no_decision_and_each_lies_ahead(storm: list[KeyEvent], seen: Glance) -> None:
    keys, found = Keys(), list[KeyDecision]()
    for event in storm:
        while (due := due_ns(keys)) is not None and due <= event.at_ns:
            assert due > keys.now_ns
            keys, decisions = step(keys, Tick(due), seen)
            found += decisions
        keys, decisions = step(keys, event, seen)
        found += decisions
    assert found == decided(storm, seen)


@examples(100)
@given(storms(), GLANCES)
def test_whatever_was_opened_closes_by_itself_and_every_question_is_answered_once(storm: list[KeyEvent], seen: Glance) -> None:
    prompts = [replace(event, prompt=Prompt.AFTER) if isinstance(event, Ask) else event for event in storm]
    found = decided([*prompts, Tick(storm[-1].at_ns + 10 * NS_PER_MIN)], seen)
    keys = Keys()
    for event in prompts:
        keys, _ = step(keys, event, seen)
    keys, _ = step(keys, Tick(storm[-1].at_ns + 10 * NS_PER_MIN), seen)
    assert due_ns(keys) is None
    answers = Counter(one.question for one in found if isinstance(one, Answer))
    asks = sum(isinstance(event, Ask) for event in prompts)
    for question in (Question.PAIN, Question.EFFORT):
        assert min(1, asks) <= answers[question] <= asks


@examples(100)
@given(storms(), GLANCES)
def test_a_storm_of_presses_is_never_more_than_a_decision_and_a_sentence_each(storm: list[KeyEvent], seen: Glance) -> None:
    found = decided(storm, seen)
    presses = sum(isinstance(event, Press) for event in storm)
    assert sum(isinstance(one, Hush | Do | Chosen) for one in found) <= presses


@examples(100)
@given(storms())
def test_without_a_press_of_play_nothing_is_chosen_and_nobody_is_sore(storm: list[KeyEvent]) -> None:
    calm = [event for event in storm if not (isinstance(event, Press) and event.key is Key.PLAY)]
    found = decided(calm, Glance(Phase.READY))
    assert not [one for one in found if isinstance(one, Chosen)]
    assert {one.value for one in found if isinstance(one, Answer)} <= {None, 0}
    assert all(one.question is Question.SORE for one in found if isinstance(one, Answer) and one.value == 0)


# --- sentences -----------------------------------------------------------------------------------------------------


def test_every_language_has_every_sentence_with_the_same_values() -> None:
    for words in WORDS.values():
        assert set(words) == set(Sentence)


def test_every_reason_of_silence_has_its_sentence() -> None:
    assert set(STATUS) == set(Silence)


WORD = st.none() | st.text(max_size=10)
NUMBER = st.none() | st.integers()
VALUES = st.builds(
    Values,
    pod=WORD,
    battery_percent=NUMBER,
    title=WORD,
    segment=WORD,
    left_ns=NUMBER,
    left_m=NUMBER,
    ground=WORD,
    time_ns=NUMBER,
    mean_spm=NUMBER,
    in_band_percent=NUMBER,
    cues=NUMBER,
    number=NUMBER,
    day=NUMBER,
    weeks=NUMBER,
)


@examples(100)
@given(st.sampled_from(Sentence), VALUES, st.sampled_from(("en", "de", "de-AT", "fr", "")))
def test_whatever_is_known_words_come_out(what: Sentence, values: Values, language: str) -> None:
    text = sentence(what, values, language)
    assert text == text.strip() or values.pod or values.title or values.ground or values.segment


@pytest.mark.parametrize(
    ("what", "values", "language", "text"),
    [
        (
            Sentence.SUMMARY,
            Values(time_ns=32 * NS_PER_MIN, mean_spm=170, in_band_percent=80, cues=12),
            "en",
            "Run saved. Thirty-two minutes. Cadence one seventy. Eighty percent in the band. Twelve cues.",
        ),
        (
            Sentence.SUMMARY,
            Values(time_ns=32 * NS_PER_MIN, mean_spm=170, in_band_percent=80, cues=1),
            "de-AT",
            "Lauf gespeichert. Zweiunddreißig Minuten. Kadenz einhundertsiebzig. Achtzig Prozent im Band. Ein Hinweis.",
        ),
        (Sentence.SUMMARY, Values(time_ns=5 * NS_PER_MIN, cues=0), "en", "Run saved. Five minutes. No cues."),
        (Sentence.READY, Values(title="Light feet."), "en", "Ready. Light feet."),
        (Sentence.QUIET, Values(segment="warmup", left_ns=4 * NS_PER_MIN), "de", "Stille: Einlaufen, noch vier Minuten."),
        (Sentence.QUIET, Values(segment="warmup", left_m=400), "en", "Quiet warm-up, four hundred metres left."),
        (Sentence.GROUND, Values(ground="grass"), "de", "Gras."),
        (Sentence.GROUND, Values(ground="wet_sand"), "de", "Wet sand."),
        (Sentence.PAIN_OVER, Values(), "fr", "Cueing is over. Walk if it hurts."),
    ],
)
def test_a_sentence_says_what_is_known_and_no_more(what: Sentence, values: Values, language: str, text: str) -> None:
    assert sentence(what, values, language) == text


def test_the_texts_known_beforehand_are_all_that_menus_and_counts_say() -> None:
    for language in WORDS:
        known = set(known_texts(language))
        assert {sentence(Sentence.NUMBER, Values(number=number), language) for number in range(11)} <= known
        assert {sentence(Sentence.GROUND, Values(ground=ground), language) for ground in SURFACES} <= known
        assert {sentence(what, language=language) for what in (Sentence.PAIN, Sentence.ASK_SORE, Sentence.PAIN_OVER)} <= known
        assert all(text and "{" not in text and "[" not in text for text in known)
