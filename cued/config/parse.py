"""A configuration's text becomes settings, or a ConfigError with every problem in it."""

from __future__ import annotations

from pydantic import BaseModel, ValidationError

from cued.config.checks import problems_between
from cued.config.schema import SHAPE, belongs, settings_of
from cued.config.settings import OPTIONS, Settings
from cued.config.whole import Configuration
from cued.errors import ConfigError
from cued.yamlread import Document, Path, Place, Value, parse
from cued.yamlread.misfits import empty_values, explain, path_of


def parse_config(data: bytes, file: str) -> Configuration:
    """The configuration whose YAML is `data`. Raises ConfigError."""
    document = parse(data)
    if _all_rests(document):
        return Configuration(file=file)
    if not document.complete:
        raise ConfigError(file, document.problems)
    problems = [*document.problems, *empty_values(document)]
    words: BaseModel | None = None
    touched: frozenset[Path] = frozenset()
    try:
        words = SHAPE.model_validate(document.value)
    except ValidationError as error:
        problems += [problem for _, problem in explain(error, document, SHAPE, belongs)]
        touched = frozenset(path_of(line["loc"]) for line in error.errors(include_url=False, include_context=False))
        words = _rest(document, touched)
    settings = Settings() if words is None else settings_of(words)
    if words is not None:
        problems += problems_between(settings, document, touched)
    problems = sorted(dict.fromkeys(problems), key=lambda problem: (problem.line, problem.column, problem.warning))
    if words is None or touched or any(not problem.warning for problem in problems):
        raise ConfigError(file, tuple(problems))
    places: dict[Path, Place] = {entry.path: document.values[entry.path] for entry in OPTIONS if entry.path in document.values}
    return Configuration(settings, file, places, tuple(problems))


def _all_rests(document: Document) -> bool:
    """A file of comments, with or without a `---`: every option waits behind its `#`."""
    says_empty = document.empty and len(document.problems) == 1
    return says_empty or (document.value is None and document.complete and not document.problems)


def _rest(document: Document, touched: frozenset[Path]) -> BaseModel | None:
    """The file without its wrong words, for the checks between the others; None where that is no map at all."""
    if not isinstance(document.value, dict) or () in touched:
        return None
    kept: dict[str, Value] = {}
    for key, value in document.value.items():
        if (key,) not in touched:
            kept[key] = (
                {inner: item for inner, item in value.items() if (key, inner) not in touched}
                if isinstance(value, dict)
                else value
            )
    try:
        return SHAPE.model_validate(kept)
    except ValidationError:
        return None
