"""The life of sessions, a numbered scenario at a time (see `tests/support/tables.py`). A pod tells once a second."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from cued.core.happening import (
    Begin,
    Decision,
    End,
    Happening,
    HeadphonesAre,
    Moved,
    Pause,
    PodIs,
    Resume,
    Say,
    SessionOver,
    Tick,
    TodayIs,
    Told,
    Word,
)
from cued.core.life import Life, due_ns, step
from cued.core.sentences import sentence
from cued.units import NS_PER_MIN, NS_PER_S
from tests.support.tables import Row, Scenario, clock, clock_ns, scenarios

SCENARIOS = """
1 boot without a pod, and a pod that appears
0:00   headphones
1:30                            → 1:00 “No pod yet. Move your foot, or press next to start without.”
3:00   today Awareness
3:00   pod Stryd 80%            → 3:00 “Ready. Stryd. Battery eighty percent. Awareness.”

2 boot with all there, on a plain day
0:00   today Plain plain
0:00   pod Stryd 15%
0:30   headphones               → 0:30 “Plain run. Stryd. Battery fifteen percent. Recording. No cues today.”

3 a run begins by itself, and from its first step
0:00   headphones
0:00   pod Stryd 80%            → 0:00 “Ready. Stryd. Battery eighty percent.”
1:00   walks until 3:00
3:00   runs until 4:00          → 3:20 begin 3:00; 3:20 “Recording.”

4 a run without headphones is recorded too
0:00   pod Stryd 80%
1:00   runs until 2:00          → 1:20 begin 1:00; 1:20 “Recording.”

5 a sprint for a bus is no session
0:00   pod Stryd 80%
1:00   runs until 1:19
1:19   stands until 10:00
10:00  runs until 10:19
10:19  walks until 30:00

6 two sprints with a breath between are none either
0:00   pod Stryd 80%
1:00   runs until 1:15
1:15   walks until 1:25
1:25   runs until 1:40
1:40   stands until 5:00

7 race start: told in the pen, standing until the gun
0:00   pod Stryd 80%
0:10   stands until 1:00
1:00   told start               → 1:00 begin 1:00; 1:00 “Recording.”
1:00   stands until 30:00
30:00  runs until 40:00
40:00  stands until 41:00       → 40:10 pause 40:00

8 a red light: paused without a word, on again within three seconds
0:00   pod Stryd 80%
1:00   runs until 5:00          → 1:20 begin 1:00; 1:20 “Recording.”
5:00   stands until 5:09
5:09   runs until 8:00
8:00   stands until 9:00        → 8:10 pause 8:00
9:00   runs until 10:00         → 9:02 resume 9:00

9 a pod that falls silent at red lights
0:00   pod Stryd 80%
1:00   runs until 5:00          → 1:20 begin 1:00; 1:20 “Recording.”
6:00                            → 5:09 pause 4:59
6:00   runs until 7:00          → 6:02 resume 6:00

10 a pod that sleeps at a long light, and wakes
0:00   pod Stryd 80%
1:00   runs until 5:00          → 1:20 begin 1:00; 1:20 “Recording.”
5:00   stands until 5:20        → 5:10 pause 5:00
6:00   pod gone
7:00   pod Stryd 80%
7:01   runs until 8:00          → 7:03 resume 7:01

11 walk breaks pause nothing
0:00   pod Stryd 80%
1:00   runs until 10:00         → 1:20 begin 1:00; 1:20 “Recording.”
10:00  walks until 25:00
25:00  runs until 30:00

12 walking home is no run, nor is the walk part of it
0:00   pod Stryd 80%
1:00   runs until 10:00         → 1:20 begin 1:00; 1:20 “Recording.”
10:00  walks until 40:00        → 29:59 end walked 9:59
40:00  over                     → 40:00 “Run saved. Twenty-six minutes. Cadence one seventy. No cues.”

13 the run ends after five minutes of standing, at the last step
0:00   headphones
0:00   pod Stryd 80%            → 0:00 “Ready. Stryd. Battery eighty percent.”
1:00   runs until 20:00         → 1:20 begin 1:00; 1:20 “Recording.”
20:00  stands until 26:00       → 20:10 pause 20:00; 25:00 end stood 20:00
26:00  over                     → 26:00 “Run saved. Twenty-six minutes. Cadence one seventy. No cues.”

14 café stop: running again within half an hour continues the run
0:00   pod Stryd 80%
1:00   runs until 20:00         → 1:20 begin 1:00; 1:20 “Recording.”
20:00  stands until 54:00       → 20:10 pause 20:00; 25:00 end stood 20:00
54:00  runs until 56:00         → 54:20 continue 54:00; 54:20 “Going on with your run.”

15 a little later it is another run
0:00   pod Stryd 80%
1:00   runs until 20:00         → 1:20 begin 1:00; 1:20 “Recording.”
20:00  stands until 55:01       → 20:10 pause 20:00; 25:00 end stood 20:00
55:01  runs until 56:00         → 55:21 begin 55:01; 55:21 “Recording.”

16 two runs in one day, the first ended by word
0:00     headphones
0:00     pod Stryd 80%          → 0:00 “Ready. Stryd. Battery eighty percent.”
1:00     runs until 20:00       → 1:20 begin 1:00; 1:20 “Recording.”
20:00    told stop              → 20:00 end told 20:00
20:01    over                   → 20:01 “Run saved. Twenty-six minutes. Cadence one seventy. No cues.”
21:00    pod gone
22:00    headphones gone
9:00:00  headphones
9:00:10  pod Stryd 80%          → 9:00:10 “Ready. Stryd. Battery eighty percent.”
9:05:00  runs until 9:06:00     → 9:05:20 begin 9:05:00; 9:05:20 “Recording.”

17 who ended the run and jogs home gets no second session
0:00   pod Stryd 80%
1:00   runs until 20:00         → 1:20 begin 1:00; 1:20 “Recording.”
20:00  told stop                → 20:00 end told 20:00
20:00  runs until 25:00
25:00  stands until 35:00
35:00  runs until 70:00

18 but gets one by word
0:00   pod Stryd 80%
1:00   runs until 20:00         → 1:20 begin 1:00; 1:20 “Recording.”
20:00  told stop                → 20:00 end told 20:00
25:00  told start               → 25:00 begin 25:00; 25:00 “Recording.”

19 a session whose length is run is over, whatever the feet do
0:00   pod Stryd 80%
1:00   runs until 20:00         → 1:20 begin 1:00; 1:20 “Recording.”
20:00  over                     → 20:00 “Run saved. Twenty-six minutes. Cadence one seventy. No cues.”
20:00  runs until 40:00

20 pain: the run is recorded to its end, and not continued
0:00   pod Stryd 80%
1:00   runs until 20:00         → 1:20 begin 1:00; 1:20 “Recording.”
20:00  told pain
20:00  walks until 30:00
30:00  stands until 36:00       → 30:10 pause 30:00; 35:00 end stood 30:00
36:00  runs until 40:00

21 a pod lost in mid-run: the session goes on, and the pod may come back
0:00     headphones
0:00     pod Stryd 80%          → 0:00 “Ready. Stryd. Battery eighty percent.”
1:00     runs until 20:00       → 1:20 begin 1:00; 1:20 “Recording.”
20:00    pod gone
2:30:00  pod Stryd 80%
2:30:01  runs until 2:31:00
2:31:00  stands until 2:32:00   → 2:31:10 pause 2:31:00

22 a dead pod is found out first by its silence: no pause comes of it
0:00     headphones
0:00     pod Stryd 80%          → 0:00 “Ready. Stryd. Battery eighty percent.”
1:00     runs until 20:00       → 1:20 begin 1:00; 1:20 “Recording.”
20:15    pod gone               → 20:09 pause 19:59; 20:15 resume 20:15
3:00:00

23 a pod that never comes back ends the session after four hours
0:00     headphones
0:00     pod Stryd 80%          → 0:00 “Ready. Stryd. Battery eighty percent.”
1:00     runs until 20:00       → 1:20 begin 1:00; 1:20 “Recording.”
20:00    pod gone
5:00:00                         → 4:19:59 end lost 19:59

24 neither pod nor headphones: half an hour
0:00     headphones
0:00     pod Stryd 80%          → 0:00 “Ready. Stryd. Battery eighty percent.”
1:00     runs until 20:00       → 1:20 begin 1:00; 1:20 “Recording.”
20:00    pod gone
21:00    headphones gone
1:00:00                         → 51:00 end alone 19:59

25 headphones die and come back: no matter of the session's
0:00   headphones
0:00   pod Stryd 80%            → 0:00 “Ready. Stryd. Battery eighty percent.”
1:00   runs until 10:00         → 1:20 begin 1:00; 1:20 “Recording.”
5:00   headphones gone
6:00   headphones
10:00  runs until 12:00

26 steps or strides unknown: speed tells
0:00   pod Stryd 80%
1:00   speed 3.0 until 3:00     → 1:20 begin 1:00; 1:20 “Recording.”
3:00   speed 1.2 until 4:00
4:00   speed 0.0 until 5:00     → 4:10 pause 4:00
5:00   speed 3.0 until 6:00     → 5:02 resume 5:00

27 neither unit nor speed: it begins by word, and only a number of 0 is standing
0:00   pod Stryd 80%
1:00   raw 85 until 3:00
3:00   told start               → 3:00 begin 3:00; 3:00 “Recording.”
3:01   raw 85 until 40:00
40:00  raw 0 until 41:00        → 40:10 pause 40:00
41:00  raw 85 until 42:00       → 41:00 resume 41:00

28 paused by word stays paused, whatever the feet do, until told
0:00   pod Stryd 80%
1:00   runs until 5:00          → 1:20 begin 1:00; 1:20 “Recording.”
5:00   told pause               → 5:00 pause told 5:00; 5:00 “Paused.”
5:00   runs until 10:00
10:00  stands until 15:00
15:00  told resume              → 15:00 resume 15:00; 15:00 “Going on.”
15:00  stands until 16:00

29 or until a minute of running shows that it was forgotten
0:00   pod Stryd 80%
1:00   runs until 5:00          → 1:20 begin 1:00; 1:20 “Recording.”
5:00   told pause               → 5:00 pause told 5:00; 5:00 “Paused.”
5:00   stands until 20:00
20:00  runs until 20:30
20:30  stands until 22:00
22:00  runs until 24:00         → 23:00 resume 22:00; 23:00 “Going on.”

30 or until half an hour is over
0:00   pod Stryd 80%
1:00   runs until 5:00          → 1:20 begin 1:00; 1:20 “Recording.”
5:00   told pause               → 5:00 pause told 5:00; 5:00 “Paused.”
5:00   stands until 40:00       → 35:00 end paused 5:00

31 told twice, and told what is so already: nothing new
0:00   told stop
0:00   told resume
0:00   told pause
0:00   told pain
1:00   told start               → 1:00 begin 1:00; 1:00 “Recording.”
1:01   told start
1:02   told resume
2:00   told pause               → 2:00 pause told 2:00; 2:00 “Paused.”
2:01   told pause
3:00   told stop                → 3:00 end told 2:00
3:01   told stop
3:01   told pause

32 a red light held by word
0:00   pod Stryd 80%
1:00   runs until 5:00          → 1:20 begin 1:00; 1:20 “Recording.”
5:00   stands until 5:30        → 5:10 pause 5:00
5:30   told pause               → 5:30 “Paused.”
5:30   stands until 20:00
20:00  told start               → 20:00 resume 20:00; 20:00 “Going on.”

33 a pod that sleeps and wakes before the run does not nag
0:00   headphones
0:00   pod Stryd 80%            → 0:00 “Ready. Stryd. Battery eighty percent.”
2:00   pod gone
4:00   pod Stryd 80%
9:00   pod gone
12:00  pod Stryd 79%            → 12:00 “Ready. Stryd. Battery seventy-nine percent.”

34 lost notifications break neither a beginning nor a run
0:00   pod Stryd 80%
1:00   runs until 1:10
1:13   runs until 1:30          → 1:20 begin 1:00; 1:20 “Recording.”
1:34   runs until 1:40
1:40   stands until 1:42
1:42   runs until 2:00

35 told to stop after standing: the run ends at its last step
0:00   pod Stryd 80%
1:00   runs until 5:00          → 1:20 begin 1:00; 1:20 “Recording.”
5:00   stands until 5:08
5:08   told stop                → 5:08 end told 5:00

36 begun by word at the desk, without a pod
0:00   headphones
0:30   told start               → 0:30 begin 0:30; 0:30 “Recording.”
3:00:00

37 a link that came back without a word is a pod on a still foot
0:00   pod Stryd 80%
1:00   runs until 5:00          → 1:20 begin 1:00; 1:20 “Recording.”
5:00   pod gone
6:00   pod Stryd 80%
7:00                            → 6:10 pause 6:00

38 a pod that comes back to a runner who walks: nobody knows how long
0:00   headphones
0:00   pod Stryd 80%            → 0:00 “Ready. Stryd. Battery eighty percent.”
1:00   runs until 5:00          → 1:20 begin 1:00; 1:20 “Recording.”
5:00   pod gone
50:00  pod Stryd 80%
50:01  walks until 80:00        → 1:10:01 end walked 50:01
"""

SPM = {"runs": 170.0, "walks": 110.0, "stands": 0.0}
OVER = SessionOver(0, 26 * NS_PER_MIN, 170)


def happenings(row: Row) -> Iterator[Happening]:
    at_ns = row.at_ns
    match row.words:
        case ("headphones", *rest):
            yield HeadphonesAre(at_ns, not rest)
        case ("pod", "gone"):
            yield PodIs(at_ns, up=False)
        case ("pod", name, battery):
            yield PodIs(at_ns, True, name, int(battery.removesuffix("%")))
        case ("today", title, *rest):
            yield TodayIs(at_ns, title, plain=bool(rest))
        case ("told", word):
            yield Told(at_ns, Word(word))
        case ("over",):
            yield SessionOver(at_ns, OVER.run_ns, OVER.mean_spm)
        case (verb, *value, "until", end):
            for sample_ns in range(at_ns, clock_ns(end), NS_PER_S):
                if verb == "speed":
                    yield Moved(sample_ns, speed_mps=float(value[0]))
                elif verb == "raw":
                    yield Moved(sample_ns, raw=int(value[0]))
                else:
                    yield Moved(sample_ns, SPM[verb])
        case _:
            assert row.words == (), row
            yield Tick(at_ns)


def told(decision: Decision) -> str:
    when = clock(decision.at_ns)
    match decision:
        case Begin():
            return f"{when} {'continue' if decision.continues else 'begin'} {clock(decision.since_ns)}"
        case Pause():
            return f"{when} pause {'told ' if decision.told else ''}{clock(decision.since_ns)}"
        case Resume():
            return f"{when} resume {clock(decision.since_ns)}"
        case End():
            return f"{when} end {decision.why.value} {clock(decision.since_ns)}"
        case Say():
            return f"{when} “{sentence(decision.sentence, decision.values)}”"


def lived(scenario: Scenario) -> list[str]:
    """The decisions, with a tick whenever one is asked for, as the loop gives it."""
    life, found = Life(), list[str]()
    for row in scenario.rows:
        for happening in happenings(row):
            while (due := due_ns(life)) is not None and due < happening.at_ns:
                life, decisions = step(life, Tick(due))
                found += map(told, decisions)
            life, decisions = step(life, happening)
            found += map(told, decisions)
    return found


@pytest.mark.parametrize("scenario", scenarios(SCENARIOS), ids=str)
def test_a_scenario_comes_out_as_its_table_says(scenario: Scenario) -> None:
    assert lived(scenario) == list(scenario.expected)


def test_the_scenarios_are_numbered_in_order() -> None:
    numbers = [scenario.number for scenario in scenarios(SCENARIOS)]
    assert numbers == list(range(1, len(numbers) + 1))
