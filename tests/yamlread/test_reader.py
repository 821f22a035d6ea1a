"""What a YAML file's bytes become: plain values with their places, every hazard a problem at its line and column."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cued.yamlread import MAX_BYTES, MAX_DEPTH, MAX_PROBLEMS, MAX_VALUES, Value, parse
from cued.yamlread.document import Place

BOTH = pytest.mark.parametrize("pure", [False, True], ids=["libyaml", "pure"])


def told(data: bytes | str, *, pure: bool = False) -> list[tuple[int, int, str]]:
    document = parse(data.encode() if isinstance(data, str) else data, pure=pure)
    return [(problem.line, problem.column, problem.message) for problem in document.problems]


HAZARDS = [
    ("norway", "a: no", (1, 4), 'write "no" for the word'),
    ("on as a value", "a: [x, On]", (1, 8), "true or false to some readers"),
    ("off as a key", "off: 1", (1, 1), "true or false to some readers"),
    ("base 60", "a: 1:30", (1, 4), "base 60"),
    ("base 60 with hours", "a: 190:20:30", (1, 4), "base 60"),
    ("leading zero", "a: 010", (1, 4), "begins with a zero"),
    ("leading zero with a point", "a: 00.5", (1, 4), "begins with a zero"),
    ("not a number", "a: .nan", (1, 4), "no number that cued can use"),
    ("infinity", "a: -.Inf", (1, 4), "no number that cued can use"),
    ("exponent", "a: 1e3", (1, 4), "one point"),
    ("hexadecimal", "a: 0xff", (1, 4), "one point"),
    ("octal", "a: 0o17", (1, 4), "one point"),
    ("grouped digits", "a: 1_000", (1, 4), "one point"),
    ("point without digits after", "a: 1.", (1, 4), "one point"),
    ("point without digits before", "a: .5", (1, 4), "one point"),
    ("too many digits", "a: 1234567890123456", (1, 4), "at most 15 digits"),
    ("anchor", "a: &x 1", (1, 4), "names a value"),
    ("alias", "a: *x", (1, 4), "repeats another value"),
    ("tag", "a: !!python/object:os.system x", (1, 4), "is a tag"),
    ("local tag", "a: !x 1", (1, 4), "is a tag"),
    ("merge key", "a: {<<: {b: 1}}", (1, 5), "merges another map"),
    ("duplicate key", "a: 1\nb: 2\na: 3", (3, 1), "here twice (first in line 1)"),
    ("number as a key", "1: a", (1, 1), "is not a word"),
    ("null as a key", "~: a", (1, 1), "is not a word"),
    ("map as a key", "{a: 1}: b", (1, 1), "cannot be a key"),
    ("two documents", "a: 1\n---\nb: 2", (2, 1), "second document"),
    ("tab", "a:\n\tb: 1", (2, 1), "a tab cannot indent"),
    ("control character", "a: x\x07y", (1, 5), "U+0007"),
    ("escaped control character", 'a: "x\\u0007y"', (1, 6), "control character"),
    ("escaped line end", 'a: "x\\ny"', (1, 6), "control character"),
    ("escaped control character lines below", 'a: "x\n  \\ty"', (2, 3), "control character"),
    ("direction of writing", "a: x\u202ey", (1, 5), "U+202E"),
    ("byte order mark inside", "a: x\ufeffy", (1, 5), "U+FEFF"),
    ("directive", "%TAG ! tag:x\n---\na: 1", (1, 1), "directive"),
    ("open quote", 'a: "x\nb: 1', (1, 4), "never closed"),
    ("open list", "a: [1, 2\n", (1, 4), "not closed"),
    ("open map", "a: {b: 1\n", (1, 4), "not closed"),
    ("colon in a text", "a: b: c", (1, 5), 'needs quotes, such as `a: "b: c"`'),
    ("colon in a text lines below", "a: b\n  c d: e", (2, 6), "a `: ` stands where"),
    ("colon in a text in braces", "c: {say: Relax: arms, legs, kind: x}", (1, 15), 'such as `say: "Relax: arms, legs"`'),
    ("colon in a text with an apostrophe", "c: {say: Don't stop: go}", (1, 20), """such as `say: "Don't stop: go"`"""),
    ("number sign in a text in braces", "d: {say: Don't go # ever}\ne: {}", (1, 19), """such as `say: "Don't go # ever"`"""),
    ("number sign in a text in brackets", "d: [go # now]", (1, 8), "begins a note"),
    ("number sign in quotes, then one without", 'd: {a: "x # y", say: b # c}', (1, 24), 'such as `say: "b # c"`'),
    ("number sign of a true note", "d: {a: 1 # note\nb: 2", (1, 4), "a `{` is not closed"),
    ("apostrophe in single quotes", "c: {say: 'Don't go'}", (1, 15), """such as `say: "Don't go"`"""),
    ("a line too far to the right", "a:\n  b: 30 s\n    c: 3", (3, 5), "line up `c` with `b` above it (column 3)"),
    ("a line too far to the right in a list", "a:\n  - b: c\n     d: 3", (3, 6), "line up `d` with `b` above it (column 5)"),
    ("text that begins with a percent sign", "a: %x", (1, 4), "cannot begin with `%`"),
    ("text that begins with an at sign", "a: @x", (1, 4), "cannot begin with `@`"),
    ("wrong indentation", "a:\n  - 1\n b: 2", (3, 2), "indentation"),
    ("not UTF-8", b"a: b\nc: \xe9", (2, 4), "0xe9 is not UTF-8"),
    ("UTF-16", "a: b".encode("utf-16"), (1, 1), "UTF-16"),
    ("empty", "", (1, 1), "the file is empty"),
    ("only a comment", "# nothing\n", (1, 1), "the file is empty"),
]


@BOTH
@pytest.mark.parametrize(("data", "place", "words"), [row[1:] for row in HAZARDS], ids=[row[0] for row in HAZARDS])
def test_a_hazard_is_named_at_its_line_and_column(data: str | bytes, place: tuple[int, int], words: str, pure: bool) -> None:
    problems = told(data, pure=pure)
    assert problems
    assert any((line, column) == place and words in message for line, column, message in problems), problems


@BOTH
def test_what_yaml_1_2_calls_a_value_is_one(pure: bool) -> None:
    text = 'a: 1\nb: -2.5\nc: true\nd: null\ne: text with spaces\nf: "no"\ng: [1, {h: 172}]\ni: 1.0.0\nj: +5%\nk: y\n'
    document = parse(text.encode(), pure=pure)
    assert document.problems == ()
    value: Value = document.value
    assert value == {
        "a": 1,
        "b": -2.5,
        "c": True,
        "d": None,
        "e": "text with spaces",
        "f": "no",
        "g": [1, {"h": 172}],
        "i": "1.0.0",
        "j": "+5%",
        "k": "y",
    }
    assert document.values["g", 1, "h"] == Place(7, 12)
    assert document.keys["g", 1, "h"] == Place(7, 9)


def test_all_hazards_of_a_file_come_at_once_and_in_its_order() -> None:
    lines = [(line, message) for line, _, message in told("a: no\nb: 1:30\nc: 010\nd: &x 1\na: 2\n")]
    assert [line for line, _ in lines] == [1, 2, 3, 4, 5]


def test_a_byte_order_mark_and_other_line_ends_are_no_problem() -> None:
    document = parse(b"\xef\xbb\xbfa: 1\r\nb: 2\r\n")
    assert (document.problems, document.value) == ((), {"a": 1, "b": 2})


def test_an_alias_bomb_is_refused_without_being_unfolded() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)]
    problems = told("\n".join(lines))
    assert len(problems) == 30 + 29 * 9


def test_the_list_of_problems_ends_where_nobody_would_read_on() -> None:
    problems = told("\n".join(f"k{n}: no" for n in range(5_000)))
    assert len(problems) == MAX_PROBLEMS + 1
    assert "mend those above first" in problems[-1][2]


@BOTH
@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? "])
def test_reading_ends_at_the_first_level_too_deep(opening: str, pure: bool) -> None:
    problems = told(opening * 5_000, pure=pure)
    assert any(f"more than {MAX_DEPTH} deep" in message for _, _, message in problems), problems[:3]


def test_twenty_levels_are_not_too_deep() -> None:
    assert told("[" * MAX_DEPTH + "]" * MAX_DEPTH) == []


def test_too_many_values_are_refused() -> None:
    assert told("[" + "1," * (MAX_VALUES - 2) + "1]") == []
    assert f"more than {MAX_VALUES} values" in told("[" + "1," * MAX_VALUES + "1]")[0][2]


def test_too_many_bytes_are_refused() -> None:
    assert told("#" * (MAX_BYTES - 5) + "\na: 1") == []
    assert f"over {MAX_BYTES // 1024} KiB" in told("#" * (MAX_BYTES + 1))[0][2]


@BOTH
def test_half_a_character_as_an_escape_is_refused(pure: bool) -> None:
    problems = told(r'a: "\ud800"', pure=pure)
    assert any("escape is no character" in message or "control character" in message for _, _, message in problems)


def test_a_binary_file_does_not_fill_the_screen() -> None:
    assert len(told(b"\x01\n" * 10_000)) <= 102


def test_a_long_word_is_cut_in_what_is_said_of_it() -> None:
    assert all(len(message) < 200 for _, _, message in told("a: 1_" + "0" * 10_000))


@BOTH
@given(data=st.binary(max_size=200))
def test_any_bytes_give_a_document_and_never_an_exception(data: bytes, pure: bool) -> None:
    document = parse(data, pure=pure)
    assert document.complete or document.problems


@given(text=st.text(alphabet="ab:-[]{}#&*!|>'\"%@`,? \n\t0123456789.", max_size=80))
def test_any_text_of_yaml_signs_reads_alike_in_both_parsers_where_both_find_it_sound(text: str) -> None:
    fast, pure = parse(text.encode()), parse(text.encode(), pure=True)
    if not fast.problems and not pure.problems:
        assert fast.value == pure.value
