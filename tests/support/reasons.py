"""Every reason that the core can give for a silence, read from its source: a new one is met by the tests that tell of it."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

from cued import core
from cued.core import arbiter, detours, firing
from cued.core.cues import Coach


def suppressing() -> set[str]:
    """Why a cue is refused."""
    coaches = {f"coach {coach.value}" for coach in Coach if coach is not Coach.NORMAL}
    found = {*returned(arbiter.refusal), *returned(firing._refused), *returned(firing._coach_reason), *coaches}
    assert len(found) > 15
    named = {text for module in _core() for text in (*passed(module, "_deny", 2), *passed(module, "denied", 3))}
    return found | named | {firing.SWAPPED, arbiter.NEWER}


def expiring() -> set[str]:
    """What a cue waited for in vain."""
    return set(returned(arbiter._wait_reason))


def skipping() -> set[str]:
    """Why a segment is left out."""
    named = {text for module in _core() for text in passed(module, "SegmentSkipped", 2)}
    return {*named, *passed(detours, "_leave", 1), firing.SWAPPED}


def _core() -> Iterator[ModuleType]:
    for found in pkgutil.iter_modules(core.__path__):
        yield importlib.import_module(f"{core.__name__}.{found.name}")


def returned(function: Callable[..., Any]) -> Iterator[str]:
    """The texts a function can return as they stand."""
    for node in ast.walk(ast.parse(inspect.getsource(function))):
        if isinstance(node, ast.Return) and node.value is not None:
            for part in ast.walk(node.value):
                if isinstance(part, ast.Constant) and isinstance(part.value, str) and not part.value.endswith(" "):
                    yield part.value


def passed(module: Any, callee: str, position: int) -> Iterator[str]:
    """The texts that a module's calls of `callee` give as they stand, at one position."""
    for node in ast.walk(ast.parse(inspect.getsource(module))):
        if isinstance(node, ast.Call) and callee in {getattr(node.func, "id", ""), getattr(node.func, "attr", "")}:
            for part in ast.walk(node.args[position]) if len(node.args) > position else ():
                if isinstance(part, ast.Constant) and isinstance(part.value, str):
                    yield part.value
