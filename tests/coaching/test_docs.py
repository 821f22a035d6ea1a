"""What docs/plan.md says is what the plan does."""

from __future__ import annotations

import argparse
import re

from cued.cli import plan as verb
from cued.coaching.phases import LAST, PHASES
from tests.support.tools import REPO

TEXT = (REPO / "docs" / "plan.md").read_text(encoding="utf-8")


def test_the_table_of_phases_has_the_plans_own_numbers() -> None:
    rows = re.findall(r"^\| (\d) \| (\w+) \| (\S+) \| ([^|]+) \| (\d+) min \|", TEXT, re.MULTILINE)
    assert len(rows) == LAST
    for rules, (phase, pack, weeks, change, minutes) in zip(PHASES, rows, strict=True):
        assert (rules.phase, rules.pack, rules.minutes) == (int(phase), pack, float(minutes))
        assert weeks == ("–" if rules.phase == LAST else str(rules.weeks_min))
        if rules.phase < LAST:
            assert re.findall(r"\d+", change) == [f"{100 * rules.change:.0f}"]


def test_every_word_of_the_command_is_told() -> None:
    parser = argparse.ArgumentParser()
    verb.add_arguments(parser)
    (subs,) = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    table = "".join(line for line in TEXT.splitlines() if line.startswith("| `cued plan"))
    told = set(re.findall(r"`(?:cued plan )?([a-z]+)", table))
    assert set(subs.choices) <= told


def test_the_calendar_in_the_text_is_drawn_as_the_command_draws_it() -> None:
    from cued.review.planpage import LEGEND

    assert LEGEND in TEXT


def test_every_choice_of_cueds_own_is_marked() -> None:
    assert TEXT.count("(design)") + TEXT.count("(design;") >= 15
    assert "(prior" in TEXT
