"""Whatever a pack file holds, nothing but a PackError comes out, soon and in little memory."""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cued.errors import PackError, Problem
from cued.packs.catalog import open_pack
from cued.packs.hints import HINTS
from cued.packs.load import parse_pack
from cued.yamlread import MAX_BYTES, MAX_VALUES
from tests.packs.samples import HEAD, SMALLEST, WHOLE
from tests.packs.shipped import SHIPPED

MOST_S: Final = 1.0
MOST_BYTES: Final = 100 * 2**20


def _filled(line: str, head: str = SMALLEST) -> str:
    """As many of `line` (with `{n}`) as a file may hold."""
    lines, size = [head], len(head.encode())
    number = 0
    while True:
        text = line.replace("{n}", str(number))
        size += len(text.encode()) + 1
        if size > MAX_BYTES:
            return "".join(lines)
        lines.append(text + "\n")
        number += 1


MANY_KEYS: Final = ", ".join(f"k{number}: 1 s" for number in range(9000))

CORPUS: Final[dict[str, Callable[[], str | bytes]]] = {
    "nothing": lambda: b"",
    "zeros": lambda: bytes(MAX_BYTES),
    "every byte": lambda: bytes(range(256)) * 1000,
    "too large": lambda: b"a" * 10_000_000,
    "a billion laughs": lambda: "a: &a [x, x]\n" + "".join(f"b{n}: [*a, *a, *a, *a, *a, *a]\n" for n in range(6000)),
    "deep lists": lambda: "[" * MAX_BYTES,
    "deep maps": lambda: "{a: " * (MAX_BYTES // 4),
    "deep blocks": lambda: "- " * (MAX_BYTES // 2),
    "deep keys": lambda: "? " * (MAX_BYTES // 2),
    "many values": lambda: "[" + "1," * MAX_VALUES + "1]",
    "as many values as may be": lambda: SMALLEST + "x: [" + "1," * (MAX_VALUES - 40) + "1]\n",
    "many unknown keys": lambda: _filled("k{n}: 1"),
    "many near keys": lambda: _filled("metronom{n}: 1"),
    "many duplicates": lambda: _filled("name: beat"),
    "many tags": lambda: _filled("k{n}: !!x{n} 1"),
    "many tag directives": lambda: _filled("%TAG !x{n}! tag:x,2000:", ""),
    "many anchors": lambda: _filled("k{n}: &x{n} 1"),
    "many merges": lambda: _filled("k{n}: {<<: 1}"),
    "many bases": lambda: _filled("k{n}: 1:30"),
    "many cues": lambda: _filled('  c{n}: {say: "Cue {n}."}', SMALLEST + "cues:\n"),
    "many long cues": lambda: _filled('  c{n}: {say: "a b c d e f g h i j"}', SMALLEST + "cues:\n"),
    "many bad cues": lambda: _filled("  c{n}: {sya: 5, kind: verbl, focus: inner, loads: 7}", SMALLEST + "cues:\n"),
    "many rules for unknown cues": lambda: _filled("  - {when: {segment: start}, say: c{n}}", SMALLEST + "rules:\n"),
    "many rules in unknown segments": lambda: _filled(
        "  - {when: {asked: cue}, in: s{n}, next_segment: true}", SMALLEST + "rules:\n"
    ),
    "many rules for many cues": lambda: (
        SMALLEST
        + "cues:\n"
        + "".join(f"  c{n}: {{say: x}}\n" for n in range(3000))
        + "rules:\n"
        + "".join(f"  - {{when: {{asked: cue}}, say: c{n}}}\n" for n in range(2500))
    ),
    "many rules for nothing": lambda: _filled("  - {when: {evry: 9 s}}", SMALLEST + "rules:\n"),
    "many segments": lambda: _filled("  - {segment: s{n}, for: 1 s}", HEAD + "session:\n"),
    "many says": lambda: _filled("  - {segment: s{n}, for: 1 s, say: {start: x{n}}}", HEAD + "session:\n"),
    "many drills": lambda: _filled("  d{n}: {say: x}", SMALLEST + "drills:\n"),
    "one long text": lambda: SMALLEST + "summary: " + "x" * 250_000 + "\n",
    "one long key": lambda: SMALLEST + "x" * 250_000 + ": 1\n",
    "one long number": lambda: SMALLEST + "phase: " + "9" * 250_000 + "\n",
    "one long quantity": lambda: SMALLEST + "limits: {min_gap: " + "9" * 250_000 + " s}\n",
    "one long sexagesimal": lambda: SMALLEST + "phase: " + "1:" * 120_000 + "1\n",
    "one long version": lambda: HEAD.replace("1.0.0", "1.0.0-" + "a." * 120_000 + "a"),
    "one long name of a segment": lambda: HEAD + "session: [{segment: " + "a" * 250_000 + ", for: 1 s}]\n",
    "an unclosed quote": lambda: SMALLEST + 'summary: "' + "x\n" * 120_000,
    "one long line that a colon ends": lambda: SMALLEST + "k: " + "a-" * 120_000 + ": x\n",
    "one long line that a note ends": lambda: SMALLEST + "k: {a: " + "'b " * 80_000 + "# }\n",
    "many notes": lambda: SMALLEST + "k: {a: b\n" + "# }\n" * 60_000 + "c: d}\n",
    "many texts for ids of many cues": lambda: (
        SMALLEST
        + "cues:\n"
        + "".join(f"  c{n}: {{say: Cue of number {n}}}\n" for n in range(2500))
        + "rules:\n"
        + "".join(f"  - {{when: {{asked: cue}}, say: Cue of nmber {n}}}\n" for n in range(2000))
    ),
    "many misplaced triggers": lambda: SMALLEST + "rules:\n" + "  - {every: 2 min, at: 5 s, for: 5 s}\n" * 4000,
    "many keys of one segment": lambda: HEAD + "session: [{repeat: 2, segments: [{" + MANY_KEYS + "}]}]\n",
    "many keys of one rule": lambda: SMALLEST + "rules: [{" + MANY_KEYS + ", when: {every: 2 min, " + MANY_KEYS + "}}]\n",
    "many rules in many segments": lambda: (
        HEAD
        + "session:\n"
        + "".join(f"  - {{segment: s{n}, for: 9 s}}\n" for n in range(500))
        + "cues: {a: {say: hi}}\nrules:\n"
        + "".join(f"  - {{when: {{in_band: 5 s}}, not_in: s{n % 500}, say: a}}\n" for n in range(2900))
    ),
    "many rules in too many segments": lambda: (
        HEAD
        + "session:\n"
        + "".join(f"  - {{segment: s{n}, for: 9 s}}\n" for n in range(2500))
        + "cues: {a: {say: hi}}\nrules:\n"
        + "  - {when: {every: 5 s}, say: a}\n" * 2500
    ),
    "many wrong segments of a round": lambda: (
        HEAD
        + "session:\n  - repeat: 2\n    segments:\n"
        + "".join(f"      - {{segment: s{n}, for: 1}}\n" for n in range(3500))
        + "cues: {a: {say: hi}}\nrules:\n"
        + "  - {when: {every: 5 s}, say: a}\n" * 1200
    ),
    "many words that are near none of a cue": lambda: _filled("  c{n}: {them{n}: 5, k{n}: 5}", SMALLEST + "cues:\n"),
    "many quotes": lambda: _filled('k{n}: "x\\u0007"'),
    "many escapes": lambda: SMALLEST + 'summary: "' + "\\u0041" * 40_000 + '"\n',
    "many placeholders": lambda: SMALLEST + "cues: {a: {say: '" + "{cadence} {x}" * 15 + "'}}\n",
    "a huge schedule": lambda: HEAD + "session: [{repeat: 100, segments: [" + "{segment: a, for: 24 h}," * 5 + "]}]\n",
    "wide characters": lambda: _filled("k{n}: 🏃‍♀️ é ß 中"),
    "carriage returns": lambda: _filled("k{n}: 1").replace("\n", "\r"),
}


def problems_of(data: bytes) -> tuple[Problem, ...]:
    """Of a pack that is not right; nothing for one that is. Any other exception ends the test."""
    try:
        parse_pack(data, "hostile.yaml")
    except PackError as error:
        return error.problems
    return ()


@pytest.mark.parametrize("name", CORPUS)
def test_a_hostile_file_is_a_pack_or_a_pack_error_within_a_second(name: str) -> None:
    made = CORPUS[name]()
    data = made.encode() if isinstance(made, str) else made
    begun = time.process_time()
    problems = problems_of(data)
    assert time.process_time() - begun < MOST_S
    assert all(problem.line >= 1 and problem.column >= 1 and problem.message for problem in problems)


def test_every_hostile_file_stays_within_the_memory(tmp_path: Path) -> None:
    for number, make in enumerate(CORPUS.values()):
        made = make()
        (tmp_path / f"{number:02}.yaml").write_bytes(made.encode() if isinstance(made, str) else made)
    # Each in a process of its own, as a user's one pack is: what one leaves in the heap is none of the next one's.
    program = (
        "import os, pathlib, sys\n"
        "from cued.errors import PackError\n"
        "from cued.packs.load import load_pack\n"
        "import cued.core.firing\n"
        "for path in sorted(pathlib.Path(sys.argv[1]).iterdir()):\n"
        "    if child := os.fork():\n"
        "        assert os.waitpid(child, 0)[1] == 0, path\n"
        "        continue\n"
        "    try:\n"
        "        load_pack(path)\n"
        "    except PackError as error:\n"
        "        assert str(error)\n"
        "    status = pathlib.Path('/proc/self/status').read_text()\n"  # getrusage would count the parent before exec
        "    print(int(status.partition('VmHWM:')[2].split()[0]) * 1024, flush=True)\n"
        "    os._exit(0)\n"
    )
    limit = 1 << 30  # of addresses, so that a leak ends the child and not the machine

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))

    child = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, check=False, preexec_fn=limited
    )
    assert child.returncode == 0, child.stderr
    peaks = [int(line) for line in child.stdout.splitlines()]
    assert len(peaks) == len(CORPUS)
    assert max(peaks) < MOST_BYTES


# --- fuzz ----------------------------------------------------------------------------------------------------------


def judged(data: bytes) -> bool:
    """Loads, or raises a PackError that holds more than warnings."""
    problems = problems_of(data)
    return not problems or any(not problem.warning for problem in problems)


@given(data=st.binary(max_size=400))
def test_any_bytes_are_judged(data: bytes) -> None:
    assert judged(data)


TEXTS = [open_pack(name).text for name in SHIPPED]
WORDS = sorted({key for hints in HINTS.values() for key in hints})
VALUES = st.sampled_from(
    [
        "5 s",
        "0 s",
        "25 h",
        "3%",
        "+5%",
        "400 m",
        "172 spm",
        "8 dB",
        "fill",
        "remainder",
        "open",
        "low",
        "start",
        "end",
        "true",
        "1",
        "0",
        "-1",
        "1.5",
        "no",
        "~",
        "[]",
        "{}",
        "[5 s]",
        "x",
        "'{cadence}'",
        "{theme: x}",
        "burst",
        "fixed",
        "nudge",
        "silent",
        "1:30",
        '"',
        "&a",
    ]
)
CUT = st.tuples(st.floats(0, 1), st.integers(0, 30), st.one_of(VALUES, st.text(max_size=8)))


@given(
    text=st.sampled_from([*TEXTS, WHOLE, SMALLEST]),
    cuts=st.lists(CUT, min_size=1, max_size=5),
)
def test_any_mutation_of_a_good_pack_is_judged(text: str, cuts: list[tuple[float, int, str]]) -> None:
    for where, length, new in cuts:
        start = int(where * len(text))
        text = text[:start] + new + text[start + length :]
    assert judged(text.encode("utf-8", "surrogatepass"))


@given(
    text=st.sampled_from([*TEXTS, WHOLE]),
    swaps=st.lists(st.tuples(st.floats(0, 1), st.one_of(VALUES, st.sampled_from(WORDS))), min_size=1, max_size=6),
)
def test_any_swap_of_words_in_a_good_pack_is_judged(text: str, swaps: list[tuple[float, str]]) -> None:
    parts = text.replace("{", "\0{\0").replace("}", "\0}\0").replace(", ", "\0, \0").replace(": ", "\0: \0").split("\0")
    for where, new in swaps:
        index = min(len(parts) - 1, int(where * len(parts)))
        if parts[index] not in {"{", "}", ", ", ": "}:
            parts[index] = new
    assert judged("".join(parts).encode())


TREES = st.recursive(
    VALUES, lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]"),
        st.dictionaries(st.sampled_from(WORDS), inner, max_size=4).map(
            lambda entries: "{" + ", ".join(f"{key}: {value}" for key, value in entries.items()) + "}"
        ),
    ), max_leaves=12,
)  # fmt: skip


@given(entries=st.dictionaries(st.sampled_from(sorted(HINTS["Pack"])), TREES, max_size=6))
def test_any_tree_of_the_formats_words_is_judged(entries: dict[str, str]) -> None:
    kept = [line for line in SMALLEST.splitlines() if line.partition(":")[0] not in entries]
    assert judged("\n".join([*kept, *(f"{key}: {value}" for key, value in entries.items())]).encode())
