"""A verb that ends in whatever way it is told to."""

from __future__ import annotations

import argparse

from cued.errors import FormatError, UsageError

EXAMPLE = """
cued odd --end well
cued odd sub --deep 1
"""

ENDINGS: dict[str, BaseException] = {
    "wrong": UsageError("that cannot be"),
    "bad": FormatError("run.fit is empty"),
    "broken": ZeroDivisionError("division by zero"),
    "interrupted": KeyboardInterrupt(),
    "pipe": BrokenPipeError(),
    "full": OSError(28, "No space left on device", "out.wav"),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--end", choices=["well", "checked", *ENDINGS], default="well")
    parser.add_argument("--lines", type=int, default=1)
    sub = parser.add_subparsers().add_parser("sub")
    sub.add_argument("--deep")


def run(args: argparse.Namespace) -> int:
    for number in range(args.lines):
        print("line", number)
    if args.end in ENDINGS:
        raise ENDINGS[args.end]
    return 1 if args.end == "checked" else 0
