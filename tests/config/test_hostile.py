"""Whatever a configuration holds, nothing but a ConfigError comes out, and soon."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Final

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cued.config.parse import parse_config
from cued.config.schema import json_schema
from cued.config.settings import OPTIONS, Entry
from cued.errors import ConfigError, Problem
from cued.yamlread import parse
from tests.config.test_docs import EXAMPLES
from tests.packs.test_hostile import CORPUS, MOST_S

HOSTILE: Final = sorted((Path(__file__).parents[1] / "packs" / "hostile").glob("*.yaml"))


def problems_of(data: bytes) -> tuple[Problem, ...]:
    """Of a file that is not right; nothing for one that is. Any other exception ends the test."""
    problems: tuple[Problem, ...] = ()
    try:
        parse_config(data, "hostile.yaml")
    except ConfigError as error:
        problems = error.problems
    assert all(problem.line >= 1 and problem.column >= 1 and problem.message for problem in problems)
    assert not problems or any(not problem.warning for problem in problems)
    return problems


@pytest.mark.parametrize("name", CORPUS)
def test_a_file_that_is_hostile_to_packs_is_refused_here_within_a_second(name: str) -> None:
    made = CORPUS[name]()
    begun = time.process_time()
    problems = problems_of(made.encode() if isinstance(made, str) else made)
    assert time.process_time() - begun < MOST_S
    assert problems or name == "nothing"


@pytest.mark.parametrize("path", HOSTILE, ids=lambda path: path.stem)
def test_a_pack_is_no_configuration(path: Path) -> None:
    assert len(problems_of(path.read_bytes())) > 3


@given(data=st.binary(max_size=400))
def test_any_bytes_are_judged(data: bytes) -> None:
    assert isinstance(problems_of(data), tuple)


TEXTS: Final = [path.read_text(encoding="utf-8") for path in EXAMPLES]
VALUES = st.sampled_from(
    ["5 s", "0 s", "25 h", "80%", "-3 dB", "140 spm", "none", "ble:x", "left", "true", "17", "0", "-1", "1.5", "no", "~", "[]",
     "{}", "[5 s]", "x", "/x", "~/x", "~x", "de", "188", "1:30", '"', "&a", "*a", "!t", "'\u2028'", "'a\\0'", '"\\0"',
     "/" * 300]
)  # fmt: skip
CUT = st.tuples(st.floats(0, 1), st.integers(0, 30), st.one_of(VALUES, st.text(max_size=8)))


@given(text=st.sampled_from(TEXTS), cuts=st.lists(CUT, min_size=1, max_size=5))
def test_any_mutation_of_a_good_file_is_judged(text: str, cuts: list[tuple[float, int, str]]) -> None:
    for where, length, new in cuts:
        start = int(where * len(text))
        text = text[:start] + new + text[start + length :]
    assert isinstance(problems_of(text.encode("utf-8", "surrogatepass")), tuple)


PARTS: Final = sorted({entry.path[0] for entry in OPTIONS})
NAMES: Final = sorted({entry.path[-1] for entry in OPTIONS})
MAPS = st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=5).map(
    lambda entries: "{" + ", ".join(f"{key}: {value}" for key, value in entries.items()) + "}"
)


@given(entries=st.dictionaries(st.sampled_from(PARTS), st.one_of(MAPS, VALUES), min_size=1, max_size=5))
def test_any_tree_of_the_options_names_is_judged(entries: dict[str, str]) -> None:
    text = "".join(f"{key}: {value}\n" for key, value in entries.items())
    assert isinstance(problems_of(text.encode()), tuple)


SCHEMA: Final = jsonschema.Draft7Validator(json_schema())


@given(
    chosen=st.lists(st.tuples(st.sampled_from(OPTIONS), st.one_of(st.none(), VALUES)), min_size=1, max_size=4),
)
def test_what_loads_pleases_the_schema_for_editors_too(chosen: list[tuple[Entry, str | None]]) -> None:
    parts: dict[str, list[str]] = {}
    for entry, value in chosen:
        line = f"{entry.path[-1]}: {entry.option.example if value is None else value}"
        parts.setdefault(entry.path[0] if len(entry.path) > 1 else "", []).append(line)
    text = "".join(
        "".join(f"{line}\n" for line in lines) if not part else f"{part}: {{{', '.join(lines)}}}\n"
        for part, lines in parts.items()
    )
    if not problems_of(text.encode()):
        assert list(SCHEMA.iter_errors(parse(text.encode()).value)) == []


@pytest.mark.parametrize("text", TEXTS, ids=[path.stem for path in EXAMPLES])
def test_the_shipped_configurations_please_the_schema(text: str) -> None:
    SCHEMA.check_schema(json_schema())
    assert list(SCHEMA.iter_errors(parse(text.encode()).value)) == []
    assert list(SCHEMA.iter_errors({"sound": {"eer": "left"}, "pack": 5}))
