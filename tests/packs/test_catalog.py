"""Where a pack is found: by its file, by its name, the user's own before cued's."""

from __future__ import annotations

from pathlib import Path

import pytest

from cued.errors import PackError, Problem
from cued.packs.catalog import open_pack
from tests.packs.samples import SMALLEST


@pytest.fixture
def places(tmp_path: Path) -> tuple[tuple[Path, bool], ...]:
    """A folder of shipped packs, with integration.yaml, and an empty one of the user's own."""
    shipped, own = tmp_path / "shipped", tmp_path / "own"
    shipped.mkdir()
    own.mkdir()
    (shipped / "integration.yaml").write_text(SMALLEST.replace("name: beat", "name: integration"))
    return ((shipped, False), (own, True))


def refused(word: str, places: tuple[tuple[Path, bool], ...]) -> tuple[Problem, ...]:
    with pytest.raises(PackError) as caught:
        open_pack(word, folders=places)
    return caught.value.problems


def test_a_pack_is_called_by_its_file_and_by_the_name_in_it(places: tuple[tuple[Path, bool], ...]) -> None:
    own = places[1][0]
    (own / "hills.yaml").write_text(SMALLEST.replace("name: beat", "name: hill-tempo"))
    (own / "broken.yaml").write_text("hill-tempo: [")
    for word in ("hills", "hill-tempo"):
        loaded = open_pack(word, folders=places)
        assert (loaded.file, loaded.warnings) == (str(own / "hills.yaml"), ())


def test_a_pack_in_a_folder_is_called_by_the_name_in_it(places: tuple[tuple[Path, bool], ...]) -> None:
    folder = places[1][0] / "hills"
    folder.mkdir()
    (folder / "pack.yaml").write_text(SMALLEST.replace("name: beat", "name: hill-tempo"))
    assert open_pack("hill-tempo", folders=places).folder == folder


def test_a_file_of_that_name_comes_before_a_name_in_another(places: tuple[tuple[Path, bool], ...]) -> None:
    (places[1][0] / "mine.yaml").write_text(SMALLEST.replace("name: beat", "name: integration"))
    assert open_pack("integration", folders=places).file == str(places[0][0] / "integration.yaml")


def test_a_name_that_two_packs_have_is_asked_for_by_file(places: tuple[tuple[Path, bool], ...]) -> None:
    for name in ("one", "two"):
        (places[1][0] / f"{name}.yaml").write_text(SMALLEST)
    assert "ask for one by its file, one or two" in refused("beat", places)[0].message


def test_a_pack_that_takes_the_place_of_a_shipped_one_says_so(places: tuple[tuple[Path, bool], ...]) -> None:
    own = places[1][0]
    (own / "integration.yaml").write_text(SMALLEST)
    loaded = open_pack("integration", folders=places)
    assert loaded.file == str(own / "integration.yaml")
    assert [(doubt.line, doubt.column, doubt.warning) for doubt in loaded.warnings] == [(2, 1, True)]
    assert "not cued's `integration`: give its file another name to have both" in loaded.warnings[0].message
    assert open_pack(str(own / "integration.yaml"), folders=places).warnings == ()
