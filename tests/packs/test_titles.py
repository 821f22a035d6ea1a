"""A pack's title and summary in other languages: read, asked for, checked and written again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cued.cli.main import main
from cued.core.cues import Cue, CuePack
from cued.errors import PackError
from cued.packs.aloud import in_language
from cued.packs.catalog import open_pack
from cued.packs.full import as_data, to_yaml
from cued.packs.load import parse_pack
from tests.packs.samples import HEAD, SMALLEST, WHOLE
from tests.packs.shipped import SETS, SHIPPED

SPOKEN = "cues: {a: {say: Light feet., say_in: {de: Leichte Füße.}}}\nrules: [{when: {every: 5 min}, say: a}]\n"
DRILLED = "session: [{segment: feet, drills: [a]}]\ndrills: {a: {say: Tap., say_in: {de: Tipp., fr: Tape.}, for: 20 s}}\n"
TITLED = 'title_in: {de: "Dein Takt"}\n'


def pack(text: str) -> CuePack:
    return parse_pack(text.encode(), "pack.yaml").pack


def warned(text: str) -> list[tuple[str, int]]:
    return [(problem.path, problem.line) for problem in parse_pack(text.encode(), "pack.yaml").warnings]


# --- the one place that knows --------------------------------------------------------------------------------------


def test_a_title_is_the_languages_own_where_the_pack_has_one_and_else_the_packs() -> None:
    whole = pack(WHOLE)
    assert [whole.title_for(language) for language in ("en", "de", "fr", "es", "")] == [
        "Your own beat", "Dein eigener Takt", "Ton propre rythme", "Your own beat", "Your own beat"
    ]  # fmt: skip
    assert [whole.summary_for(language) for language in ("", "en", "de", "fr")] == [
        "Every word of the format.", "Every word of the format.", "Jedes Wort des Formats.", "Every word of the format."
    ]  # fmt: skip


def test_a_pack_of_before_has_its_title_in_every_language() -> None:
    old = pack(SMALLEST)
    assert (old.title_in, old.summary_in) == ((), ())
    assert (old.title_for("de"), old.summary_for("de")) == ("Your own beat", "")
    assert not {"title_in", "summary_in"} & set(as_data(old))


def test_titles_are_written_as_they_were_read() -> None:
    whole = pack(WHOLE)
    data = as_data(whole)
    assert data["title_in"] == {"de": "Dein eigener Takt", "fr": "Ton propre rythme", "pt-BR": "O teu ritmo"}
    again = pack(to_yaml(data))
    assert (again.title_in, again.summary_in) == (whole.title_in, whole.summary_in)


def test_a_pack_read_in_another_language_has_its_texts_in_it_where_it_can() -> None:
    read = in_language(open_pack("integration").pack, "de")
    assert (read.title, read.cues[0].say) == ("Phase 5: Festigung", "Leichte Füße, eine Minute lang.")
    assert in_language(open_pack("set-a").pack, "de").drills[0].say.startswith("Tipp mit dem vorderen Fuß")
    voiced = CuePack(
        "a", "1.0.0", "A", "en", "CC0-1.0", (), cues=(Cue("a", "Up.", say_in=(("de", "Auf."),), voice_file="a.wav"),)
    )
    assert [in_language(voiced, code).cues[0].voice_file for code in ("de", "fr", "en", "")] == [
        None,
        "a.wav",
        "a.wav",
        "a.wav",
    ]


# --- what is warned of ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (SMALLEST + SPOKEN, [("title", 4)]),
        (SMALLEST + SPOKEN + TITLED, []),
        (SMALLEST + TITLED, []),
        (HEAD + DRILLED, [("title", 4), ("title", 4)]),
        (HEAD + DRILLED + TITLED, [("title", 4)]),
        (SMALLEST + "title_in: {en: Mine}\n", [("title_in.en", 8)]),
        (SMALLEST + "summary_in: {en: Mine}\n", [("summary_in.en", 8)]),
    ],
)
def test_a_title_is_wanted_in_every_language_that_is_spoken(text: str, found: list[tuple[str, int]]) -> None:
    assert warned(text) == found


def test_the_warning_says_what_to_add_and_fails_the_strict(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine.yaml").write_text(SMALLEST + SPOKEN, encoding="utf-8")
    assert main(["pack", "check", str(tmp_path / "mine.yaml")]) == 0
    assert "add `title_in: {de: …}`" in capsys.readouterr().out
    assert main(["pack", "check", "--strict", str(tmp_path / "mine.yaml")]) == 1


@pytest.mark.parametrize("wrong", ["title_in: {Deutsch: x}", "title_in: {de: ''}", "title_in: Meins", "summary_in: {de: [x]}"])
def test_a_title_that_is_none_is_a_problem_in_its_place(wrong: str) -> None:
    with pytest.raises(PackError) as raised:
        parse_pack((SMALLEST + wrong).encode(), "pack.yaml")
    assert {(problem.line, problem.warning) for problem in raised.value.problems} == {(8, False)}


# --- what is shown -------------------------------------------------------------------------------------------------


def shown(*words: str, capsys: pytest.CaptureFixture[str]) -> str:
    assert main(list(words)) == 0
    return capsys.readouterr().out


def test_lists_and_packs_are_shown_in_the_language_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    listed = shown("pack", "list", "--language", "de", capsys=capsys)
    assert "metronome    Ein gleichmäßiger Takt\n" in listed
    assert "Kurze Impulse mit Hinweisen und Takt" in listed
    rows = json.loads(shown("pack", "list", "--json", "--language", "de", capsys=capsys))
    assert {row["name"]: row["title"] for row in rows}["awareness"] == "Phase 1: Wahrnehmung"
    read = shown("pack", "show", "integration", "--language", "de", capsys=capsys)
    assert read.startswith("Phase 5: Festigung\n")
    assert "“Leichte Füße, eine Minute lang.”" in read
    assert "Kraft: Waden, Füße, Hüfte, " in shown("drills", "list", "--language", "de", capsys=capsys)
    assert shown("drills", "show", "strength", "--language", "de", capsys=capsys).startswith("Kraft: Waden, Füße, Hüfte: ")
    assert "A steady beat" in shown("pack", "list", "--language", "en", capsys=capsys)


def test_lists_are_in_the_configurations_language(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = tmp_path / "cued.yaml"
    config.write_text("runner: {language: de}\n", encoding="utf-8")
    for words in (("pack", "list"), ("drills", "list"), ("pack", "show", "plain")):
        told = shown(*words, "--config", str(config), capsys=capsys)
        assert "Einfacher Lauf" in told or "Übungen A: Füße und Federn" in told
        assert "Plain run\n" not in told


def test_what_is_handed_on_keeps_its_titles_and_is_shown_in_all_its_languages(
    packs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "beat.yaml").write_text(SMALLEST + TITLED + SPOKEN, encoding="utf-8")
    shown("pack", "export", "beat.yaml", "-o", "beat.zip", capsys=capsys)
    told = shown("pack", "install", "beat.zip", "--yes", capsys=capsys)
    assert "in de   Dein Takt" in told
    assert "“Light feet.”; de: “Leichte Füße.”" in told
    assert [path.name for path in packs.iterdir()] == ["beat"], "with the licence that the zip has"
    assert "Dein Takt (your own)" in shown("pack", "list", "--language", "de", capsys=capsys)
    assert shown("pack", "diff", "beat.yaml", "beat", capsys=capsys) == "there is no difference\n"


# --- cued's own packs ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_pack_has_title_and_summary_in_german_too(name: str) -> None:
    one = open_pack(name).pack
    assert one.title_for("de") not in ("", one.title)
    assert one.summary_for("de") not in ("", one.summary)
    assert len(one.title_for("de").split()) <= 5, "it is heard in a menu, two seconds an item"
    assert one.title_for("de").startswith(f"Phase {one.phase}: ") or one.phase is None
    assert (name in SETS) == one.title_for("de").startswith(("Übungen ", "Kraft"))
