"""Days that nobody wrote, with pain that ends cueing in them: from then on no beat and no cue, whatever is chosen."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cued.units import NS_PER_S
from tests.daemon.test_any_day import CONFIGS, FEET, GAPS_S, PACKS
from tests.support.day import Day, House
from tests.support.driving import examples

CUES: Final = frozenset({"Light feet.", "Leicht.", "Quick feet.", "Cues off."})
HURTS: Final = ("ask pain", "ask rate what=pain answer=6", "ask pain", "ask rate what=pain answer=10")
SORE: Final = ("ask rate what=pain answer=4",)
CHOSEN: Final = (
    *("ask start", "ask start pack=other", "ask start pack=mine", "ask pack use name=mine", "ask pack use name=other"),
    *("ask stop", "ask stop", "ask next", "ask back", "ask cue", "ask pause", "ask resume", "press play", "press next"),
    *("ask reload", "configure german", "configure quick", "edit mine.new", "render 0", "render 3", "render 20", "stall 3"),
    *("headphones on", "headphones off", "disk full", "disk free", "sleep 400"),
)
TOLD: Final = re.compile(r"> answers: (written down: pain (6|10)|(beat and cues are|cueing is) over)")
happenings = st.lists(
    st.tuples(st.sampled_from(GAPS_S), st.one_of(*(st.sampled_from(some) for some in (FEET, CHOSEN, CHOSEN, HURTS)))),
    min_size=6,
    max_size=30,
)


@examples(40)
@given(happenings, st.sampled_from((None, 1, 3)), st.booleans())
def test_after_pain_that_ends_cueing_nothing_gives_a_beat_or_a_cue_on_that_day(
    told: list[tuple[int, str]], phase: int | None, named: bool
) -> None:
    at_s, script = 9, [(0, "headphones on"), (2, "pod Stryd 80%"), (3, "run 170")]
    for gap_s, what in told:
        at_s += gap_s
        script.append((at_s, what))
    # The runner stops, the run is over for good, and another is begun by name.
    ends = (("stand", 5), ("ask stop", 5), ("render 0", 100), ("ask start pack=mine", 200), ("ask stop", 400))
    script += [(at_s + later_s, what) for what, later_s in ends]
    script += [(at_s + 600, "ask start"), (at_s + 700, "run 170"), (at_s + 900, "quit")]
    timed = [(at_s * NS_PER_S, what) for at_s, what in script]
    pack = "mine" if named or phase is None else ""
    with tempfile.TemporaryDirectory() as folder:
        day = Day("any", CONFIGS["quick"], pack, False, 0, dict(PACKS), dict(CONFIGS), timed, plan=phase)
        house = House(day, Path(folder))
        lines = house.live()
    table = "\n".join(lines)
    assert house.daemon.faults == [], table
    first = next((number for number, line in enumerate(lines) if TOLD.search(line)), len(lines))
    for line in lines[first:]:
        what = line.partition("  > ")[2]
        assert what != "beat on", table
        assert what.removeprefix("says: ") not in CUES, table
        begun = re.fullmatch(r"session \d+ begins at \S+: (\w+)(, unrecorded)?", what)
        assert begun is None or begun[1] == "plain", table


sore_happenings = st.lists(
    st.tuples(st.sampled_from(GAPS_S), st.one_of(*(st.sampled_from(some) for some in (FEET, CHOSEN, CHOSEN, SORE)))),
    min_size=6,
    max_size=30,
)


@examples(40)
@given(sore_happenings, st.sampled_from((1, 3)), st.booleans())
def test_after_pain_of_four_no_run_that_begins_has_a_beat_whoever_names_its_pack(
    told: list[tuple[int, str]], phase: int, named: bool
) -> None:
    at_s, script = 9, [(0, "headphones on"), (2, "pod Stryd 80%"), (3, "run 170")]
    for gap_s, what in told:
        at_s += gap_s
        script.append((at_s, what))
    script += [
        (at_s + 2, "ask start"),
        (at_s + 4, "ask rate what=pain answer=4"),
        (at_s + 5, "ask stop"),
        (at_s + 5, "render 0"),
    ]
    for begins_s, start in ((7, "ask start"), (200, "ask start pack=mine"), (600, "ask start")):
        script += [(at_s + begins_s, start), (at_s + begins_s + 3, "run 170")]
        script += [
            (at_s + begins_s + later_s, what) for what, later_s in (("ask next", 30), ("ask next", 60), ("ask stop", 120))
        ]
    script.append((at_s + 800, "quit"))
    timed = [(at_s * NS_PER_S, what) for at_s, what in script]
    with tempfile.TemporaryDirectory() as folder:
        pack = "mine" if named else ""
        house = House(Day("any", CONFIGS["quick"], pack, False, 0, dict(PACKS), dict(CONFIGS), timed, plan=phase), Path(folder))
        lines = house.live()
    table = "\n".join(lines)
    first = next((number for number, line in enumerate(lines) if "> answers: written down: pain 4" in line), len(lines))
    begun = next((number for number, line in enumerate(lines) if number > first and "begins at" in line), len(lines))
    assert not [line for line in lines[begun:] if line.endswith("> beat on")], table


@pytest.mark.parametrize("phase", [None, 1, 3])
@pytest.mark.parametrize("hurt", ["ask pain", "ask rate what=pain answer=5"])
def test_the_first_run_has_a_beat_and_after_pain_in_it_the_next_is_plain(hurt: str, phase: int | None, tmp_path: Path) -> None:
    script = [
        (0, "headphones on"),
        (2, "pod Stryd 80%"),
        (3, "run 170"),
        (20, "ask next"),
        (30, "ask next"),
        (120, hurt),
        (130, "ask stop"),
    ]
    script += [(131, "stand"), (300, "ask start pack=mine"), (400, "ask next"), (500, "quit")]
    timed = [(at_s * NS_PER_S, what) for at_s, what in script]
    lines = House(Day("two", CONFIGS["quick"], "mine", packs=dict(PACKS), script=timed, plan=phase), tmp_path).live()
    begins = [line.rpartition(" ")[2] for line in lines if "begins at" in line]
    assert begins == ["mine", "plain"]
    assert any("> beat on" in line for line in lines)
    assert sum("Cueing is over. Walk if it hurts." in line for line in lines) >= 2
