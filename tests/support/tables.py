"""Scenarios as tables of text: on the left when and what happens, on the right what is decided, each with its time.

    3 a red light
    0:00  headphones
    1:00  runs until 5:00    → 1:20 begin 1:00; 1:20 “Recording.”
    5:00  stands until 5:40  → 5:10 pause 5:00

Times are minutes and seconds (`1:20`, `1:20.5`) or hours before them (`2:00:00`). Decisions stand in order over
the whole table.
"""

from __future__ import annotations

from dataclasses import dataclass

from cued.units import NS_PER_S


@dataclass(frozen=True, slots=True)
class Row:
    at_ns: int
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Scenario:
    number: int
    name: str
    rows: tuple[Row, ...]
    expected: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


def scenarios(text: str) -> list[Scenario]:
    """The tables of `text`, apart by empty lines."""
    return [_scenario(block.strip().splitlines()) for block in text.strip().split("\n\n")]


def _scenario(lines: list[str]) -> Scenario:
    number, name = lines[0].strip().split(" ", 1)
    rows, expected = list[Row](), list[str]()
    for line in lines[1:]:
        left, _, right = line.partition("→")
        if left.strip():
            when, *words = left.split()
            rows.append(Row(clock_ns(when), tuple(words)))
        expected += [one.strip() for one in right.split(";") if one.strip()]
    return Scenario(int(number), name, tuple(rows), tuple(expected))


def clock_ns(text: str) -> int:
    """Nanoseconds of `1:20.5` or `2:00:00`."""
    whole, _, part = text.partition(".")
    value_s = 0
    for word in whole.split(":"):
        value_s = value_s * 60 + int(word)
    return value_s * NS_PER_S + (int(part.ljust(9, "0")) if part else 0)


def clock(at_ns: int) -> str:
    """The other way about, hours only where there are any."""
    whole_s, rest_ns = divmod(at_ns, NS_PER_S)
    minutes, second = divmod(whole_s, 60)
    hours, minute = divmod(minutes, 60)
    part = f".{rest_ns:09d}".rstrip("0") if rest_ns else ""
    return (f"{hours}:{minute:02d}" if hours else f"{minute}") + f":{second:02d}" + part
