"""Three keys, a numbered scenario at a time (see `tests/support/tables.py`)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cued.core import engine
from cued.core.happening import Phase, Say, Tick
from cued.core.keys import Keys, due_ns, step
from cued.core.menus import Answer, Ask, Chosen, Do, Glance, Hush, Key, KeyDecision, KeyEvent, Press, Prompt, glance
from cued.core.sentences import sentence
from cued.core.start import Start
from cued.core.words import Silence
from cued.units import seconds
from tests.support.run import Run, beat, pack, segment
from tests.support.tables import Row, Scenario, clock, clock_ns, scenarios

SCENARIOS = """
1 hush at once, and the sound back with the status
0:00   see running feeder left=2:00
0:01   play       → 0:01 hush
0:01   see running feeder left=2:00 muted
0:09   play       → 0:09 sound; 0:09 “Sound is on. Feeder, two minutes left.”

2 a quiet warm-up says why
0:00   see running warmup left=4:00 quiet
0:01   play       → 0:01 “Quiet warm-up, four minutes left.”

3 hushed in a quiet warm-up: the sound is back, and says why there is none
0:00   see running warmup left=4:00 quiet muted
0:01   play       → 0:01 sound; 0:01 “Quiet warm-up, four minutes left.”

4 next is announced, and done three seconds later
0:00   see running feeder next=steady
0:01   next       → 0:01 “Next: steady.”
0:10              → 0:04 do next

5 next again calls it off
0:00   see running feeder next=steady
0:01   next       → 0:01 “Next: steady.”
0:03   next       → 0:03 “Staying.”
0:10

6 a segment that begins by itself meanwhile is not skipped
0:00   see running feeder next=steady
0:01   next       → 0:01 “Next: steady.”
0:02   see running steady next=cooldown
0:10

7 play during the announcement hushes at once and calls it off
0:00   see running feeder next=steady
0:01   next       → 0:01 “Next: steady.”
0:02   play       → 0:02 hush
0:10

8 previous during the announcement calls it off and opens nothing
0:00   see running feeder next=steady
0:01   next       → 0:01 “Next: steady.”
0:02   previous   → 0:02 “Staying.”
0:10

9 a segment that waits for the press begins at once
0:00   see running drills waiting next=steady
0:01   next       → 0:01 do next

10 after the last segment there is only the recording, and then nothing
0:00   see running cooldown
0:01   next       → 0:01 “Next: recording only.”
0:05   see running over → 0:04 do next
0:06   next       → 0:06 “Nothing follows.”
0:07   play       → 0:07 “The session is done. Recording.”

11 the menu is spoken to its end and closes by itself
0:00   see running steady
0:01   previous   → 0:01 “Pain.”; 0:03 “Repeat.”; 0:05 “That helped.”; 0:07 “Surface.”
1:00              → 0:09 “Back.”; 0:11 “End.”; 0:15 “Closed.”

12 another previous closes it
0:00   see running steady
0:01   previous   → 0:01 “Pain.”
0:04   previous   → 0:03 “Repeat.”; 0:04 “Closed.”

13 pain ends cueing at once
0:00   see running steady
0:01   previous   → 0:01 “Pain.”
0:02   play       → 0:02 chosen pain; 0:02 “Cueing is over. Walk if it hurts.”
0:10   see running steady cues_over
0:11   play       → 0:11 “Cues are over for this run. Recording.”

14 repeat and that helped, of a cue that was heard
0:00   see running steady cue
0:01   previous   → 0:01 “Pain.”
0:04   play       → 0:03 “Repeat.”; 0:04 chosen repeat
0:11   previous   → 0:11 “Pain.”; 0:13 “Repeat.”
0:16   play       → 0:15 “That helped.”; 0:16 chosen helped; 0:16 “Done.”

15 and of none
0:00   see running steady
0:01   previous   → 0:01 “Pain.”
0:04   play       → 0:03 “Repeat.”; 0:04 “No cue yet.”

16 surface, spoken one by one
0:00   see running steady
0:01   previous   → 0:01 “Pain.”; 0:03 “Repeat.”; 0:05 “That helped.”
0:08   play       → 0:07 “Surface.”; 0:08 “Road.”; 0:10 “Trail.”
0:13   play       → 0:12 “Grass.”; 0:13 chosen surface grass; 0:13 “Done. Grass.”

17 whoever knows the way steps through by next
0:00    see running steady
0:01    previous  → 0:01 “Pain.”
0:01.3  next      → 0:01.3 “Repeat.”
0:01.6  next      → 0:01.6 “That helped.”
0:01.9  next      → 0:01.9 “Surface.”
0:02.2  next      → 0:02.2 “Back.”
0:02.5  play      → 0:02.5 chosen back; 0:02.5 “Done.”

18 end is announced, and a key calls it off
0:00    see running steady
0:01    previous  → 0:01 “Pain.”; 0:03 “Repeat.”; 0:05 “That helped.”; 0:07 “Surface.”; 0:09 “Back.”
0:12    play      → 0:11 “End.”; 0:12 “Ending the run. Press any key to stay.”
0:14    play      → 0:14 “Staying.”
0:20

19 or ends the run, also where a red light comes between
0:00    see running steady
0:01    previous  → 0:01 “Pain.”; 0:03 “Repeat.”; 0:05 “That helped.”; 0:07 “Surface.”; 0:09 “Back.”
0:12    play      → 0:11 “End.”; 0:12 “Ending the run. Press any key to stay.”
0:14    see paused steady is_paused
0:20              → 0:15 do end

20 while ready: pack
0:00    see ready packs=awareness,integration
0:01    previous  → 0:01 “Pack.”
0:02    play      → 0:02 “Awareness.”
0:05    play      → 0:04 “Integration.”; 0:05 chosen pack integration; 0:05 “Done. Integration.”

21 while ready: plain today
0:00    see ready
0:01    previous  → 0:01 “Pack.”
0:04    play      → 0:03 “Plain today.”; 0:04 chosen plain today; 0:04 “Done.”

22 while ready: length
0:00    see ready
0:01    previous  → 0:01 “Pack.”; 0:03 “Plain today.”
0:06    play      → 0:05 “Length.”; 0:06 “Thirty minutes.”
0:09    play      → 0:08 “Forty-five minutes.”; 0:09 chosen length 2700000000000; 0:09 “Done. Forty-five minutes.”

23 no pack to choose from
0:00    see ready
0:01    previous  → 0:01 “Pack.”
0:02    play      → 0:02 “Nothing to choose from.”
0:20

24 while ready, next starts
0:00    see ready
0:01    play      → 0:01 “Ready. Run, or press next to start.”
0:02    next      → 0:02 “Next: start.”
0:10              → 0:05 do start

25 paused: status, and next goes on
0:00    see paused steady is_paused
0:01    play      → 0:01 “Paused. Run, or press next to go on.”
0:02    next      → 0:02 “Next: going on.”
0:10              → 0:05 do resume

26 a press too soon for an item means the one before it
0:00    see running steady cue
0:01    previous  → 0:01 “Pain.”; 0:03 “Repeat.”
0:05.3  play      → 0:05 “That helped.”; 0:05.3 chosen repeat

27 a press before the first item can be heard picks nothing
0:00    see running steady
0:01    previous  → 0:01 “Pain.”
0:01.3  play
0:02    previous  → 0:02 “Closed.”

28 one press told twice is one press
0:00    see running feeder next=steady
0:01    next      → 0:01 “Next: steady.”
0:01.02 next
0:05              → 0:04 do next
0:06    play      → 0:06 hush
0:06.02 play

29 three keys at the same instant
0:00    see running feeder next=steady
0:01    next      → 0:01 “Next: steady.”
0:01    previous  → 0:01 “Staying.”
0:01    play      → 0:01 hush

30 sore this morning: yes
0:00    see ready
0:01    ask before → 0:01 “Anything sore this morning? Play for yes, next for no.”
0:06    play      → 0:06 answer sore 1; 0:06 “Noted. Take it easy.”

31 sore this morning: no
0:00    see ready
0:01    ask before → 0:01 “Anything sore this morning? Play for yes, next for no.”
0:06    next      → 0:06 answer sore 0; 0:06 “Good.”

32 sore this morning: skipped, or not answered
0:00    see ready
0:01    ask before → 0:01 “Anything sore this morning? Play for yes, next for no.”
0:01.2  play
0:06    previous  → 0:06 answer sore unknown; 0:06 “Skipped.”
1:01    ask before → 1:01 “Anything sore this morning? Play for yes, next for no.”
2:00              → 1:16 answer sore unknown

33 pain and effort after the run
0:00    see ended
0:01    ask after → 0:01 “Pain: press at your number.”; 0:04 “Zero.”; 0:05.5 “One.”
0:08    play      → 0:07 “Two.”; 0:08 answer pain 2; 0:08 “Pain two. Effort: press at your number.”; 0:11 “One.”
0:15    play      → 0:12.5 “Two.”; 0:14 “Three.”; 0:15 answer effort 3; 0:15 “Effort three. Thank you.”

34 pain of zero is an answer
0:00    see ended
0:01    ask after → 0:01 “Pain: press at your number.”
0:05    play      → 0:04 “Zero.”; 0:05 answer pain 0; 0:05 “Pain zero. Effort: press at your number.”
0:06    previous  → 0:06 answer effort unknown; 0:06 “Skipped.”

35 pain skipped, effort stepped to by next
0:00    see ended
0:01    ask after → 0:01 “Pain: press at your number.”
0:02    previous  → 0:02 answer pain unknown; 0:02 “Effort: press at your number.”
0:03    next      → 0:03 “One.”
0:03.2  next      → 0:03.2 “Two.”
0:03.4  play      → 0:03.4 answer effort 2; 0:03.4 “Effort two. Thank you.”

36 nobody there to answer: unknown, never zero
0:00    see ended
0:01    ask after → 0:01 “Pain: press at your number.”; 0:04 “Zero.”; 0:05.5 “One.”; 0:07 “Two.”; 0:08.5 “Three.”
2:00              → 0:10 “Four.”; 0:11.5 “Five.”; 0:13 “Six.”; 0:14.5 “Seven.”; 0:16 “Eight.”; 0:17.5 “Nine.”
2:00              → 0:19 “Ten.”; 0:23 answer pain unknown; 0:23 “Effort: press at your number.”
2:00              → 0:26 “One.”; 0:27.5 “Two.”; 0:29 “Three.”; 0:30.5 “Four.”; 0:32 “Five.”; 0:33.5 “Six.”
2:00              → 0:35 “Seven.”; 0:36.5 “Eight.”; 0:38 “Nine.”; 0:39.5 “Ten.”; 0:43.5 answer effort unknown

37 who runs off before answering has not answered
0:00    see ready
0:01    ask before → 0:01 “Anything sore this morning? Play for yes, next for no.”
0:05    see running warmup → 0:05 answer sore unknown
0:06    ask after → 0:06 answer pain unknown; 0:06 answer effort unknown

38 a question waits for the menu, and for its last words
0:00    see ready
0:01    previous  → 0:01 “Pack.”
0:02    ask before
0:04    play      → 0:03 “Plain today.”; 0:04 chosen plain today; 0:04 “Done.”
0:20              → 0:07 “Anything sore this morning? Play for yes, next for no.”
0:20    previous  → 0:20 answer sore unknown; 0:20 “Skipped.”

39 a menu before the run closes as the run begins
0:00    see ready
0:01    previous  → 0:01 “Pack.”
0:02    see running warmup
0:03    play      → 0:03 hush

40 whatever the reason of the silence, it is told
0:00    see running steady left=1:00 resting
0:01    play      → 0:01 “The beat rests until you run. Steady, one minute left.”
0:02    see running steady no_cadence
0:03    play      → 0:03 “No cadence yet. Steady.”
0:04    see running drills waiting is_waiting
0:05    play      → 0:05 “Press next to begin drills.”
0:06    see ended
0:07    play      → 0:07 “The run has ended.”
0:08    see idle
0:09    play      → 0:09 “No pod yet. Press next to start without.”
"""

SILENCES = {
    "quiet": Silence.QUIET,
    "resting": Silence.RESTING,
    "no_cadence": Silence.NO_CADENCE,
    "cues_over": Silence.CUES_OVER,
    "hurts": Silence.HURTS,
    "over": Silence.OVER,
    "is_paused": Silence.PAUSED,
    "is_waiting": Silence.WAITING,
}


def seen_of(words: tuple[str, ...]) -> Glance:
    phase, *rest = words
    seen = Glance(Phase(phase))
    for word in rest:
        name, _, value = word.partition("=")
        if name == "left":
            seen = replace(seen, left_ns=clock_ns(value))
        elif name == "next":
            seen = replace(seen, next_segment=value)
        elif name == "packs":
            seen = replace(seen, packs=tuple((pack, pack) for pack in value.split(",")))
        elif name == "muted":
            seen = replace(seen, muted=True)
        elif name == "waiting":
            seen = replace(seen, waiting=True)
        elif name == "cue":
            seen = replace(seen, has_cue=True)
        elif name in SILENCES:
            seen = replace(seen, silence=SILENCES[name])
        else:
            seen = replace(seen, segment=name)
    return seen


def event_of(row: Row) -> KeyEvent:
    match row.words:
        case () | ("see", *_):
            return Tick(row.at_ns)
        case ("ask", prompt):
            return Ask(row.at_ns, Prompt(prompt))
        case (key,):
            return Press(row.at_ns, Key(key))
        case _:
            raise ValueError(row)


def told(decision: KeyDecision) -> str:
    when = clock(decision.at_ns)
    match decision:
        case Hush():
            return f"{when} {'hush' if decision.hushed else 'sound'}"
        case Do():
            return f"{when} do {decision.deed.value}"
        case Chosen():
            return f"{when} chosen {decision.choice.value}" + ("" if decision.pick is None else f" {decision.pick}")
        case Answer():
            return f"{when} answer {decision.question.value} {'unknown' if decision.value is None else decision.value}"
        case Say():
            return f"{when} “{sentence(decision.sentence, decision.values)}”"


def pressed(scenario: Scenario) -> list[str]:
    keys, seen, found = Keys(), Glance(), list[str]()
    for row in scenario.rows:
        event = event_of(row)
        while (due := due_ns(keys)) is not None and due < event.at_ns:
            keys, decisions = step(keys, Tick(due), seen)
            found += map(told, decisions)
        if row.words[:1] == ("see",):
            seen = seen_of(row.words[1:])
        keys, decisions = step(keys, event, seen)
        found += map(told, decisions)
    return found


@pytest.mark.parametrize("scenario", scenarios(SCENARIOS), ids=str)
def test_a_scenario_comes_out_as_its_table_says(scenario: Scenario) -> None:
    assert pressed(scenario) == list(scenario.expected)


def test_the_scenarios_are_numbered_in_order() -> None:
    numbers = [scenario.number for scenario in scenarios(SCENARIOS)]
    assert numbers == list(range(1, len(numbers) + 1))


def test_what_the_keys_see_is_what_the_session_shows() -> None:
    what = pack(segment("warmup", 60, metronome=beat("fixed", beat_spm=170.0)), segment("steady", 600))
    seen = glance(Run(what, sensor=False).to(20).view, Phase.RUNNING, (("a", "A"),))
    assert (seen.segment, seen.left_ns, seen.next_segment) == ("warmup", seconds(40), "steady")
    assert (seen.muted, seen.silence, seen.has_cue, seen.waiting) == (False, Silence.NONE, False, False)
    assert seen.packs == (("a", "A"),)


def test_before_a_session_the_keys_see_only_what_may_be_chosen() -> None:
    assert glance(None, Phase.READY, (("a", "A"),)) == Glance(Phase.READY, packs=(("a", "A"),))
    assert glance(engine.view(engine.start(Start(pack()))), Phase.RUNNING).segment == ""
