"""What the configuration does to the daemon: thresholds, what is said, what a reload applies."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

from cued.config.settings import Announcements, Files, Keys, Life, Runner, Settings, Sound
from cued.core.happening import LifeSettings
from cued.core.sentences import Sentence
from cued.runtime.daemon.choice import Personal
from cued.runtime.daemon.manners import Manners, life_of, manners_of
from cued.runtime.daemon.today import Kitchen
from cued.runtime.daemon.watching import changes
from cued.runtime.request import Volumes
from cued.units import MSPM_PER_SPM, NS_PER_S
from tests.support.day_book import MemoryBook
from tests.support.day_world import Table, VirtualFeet, VirtualFiles, VirtualMouth, VirtualTime


def test_the_configurations_defaults_are_lifes_own() -> None:
    assert life_of(Life()) == LifeSettings()


def test_each_threshold_of_the_configuration_is_lifes() -> None:
    wanted = Life(125 * MSPM_PER_SPM, 5 * NS_PER_S, 6 * NS_PER_S, 70 * NS_PER_S, 8 * NS_PER_S)
    got = life_of(wanted)
    assert (got.run_from_spm, got.begin_ns, got.pause_ns) == (125.0, 5 * NS_PER_S, 6 * NS_PER_S)
    assert (got.stop_ns, got.continue_ns) == (70 * NS_PER_S, 8 * NS_PER_S)
    assert got.walk_below_spm <= got.run_from_spm


def test_no_threshold_of_life_is_without_an_option() -> None:
    usual = Life()
    doubled = Life(**{one.name: getattr(usual, one.name) * 2 for one in fields(usual)})
    of_life, of_other = LifeSettings(), life_of(doubled)
    for threshold in fields(of_life):
        assert getattr(of_other, threshold.name) == 2 * getattr(of_life, threshold.name), threshold.name


def test_announcements_are_left_out_one_by_one_and_answers_never() -> None:
    silent = Manners(announcements=Announcements(ready=False, pauses=False, sensor=False, summary=False))
    for sentence in (Sentence.READY, Sentence.READY_PLAIN, Sentence.BEGUN, Sentence.PAUSED, Sentence.SUMMARY):
        assert Manners().says(sentence)
        assert not silent.says(sentence)
    for sentence in (Sentence.PAIN_OVER, Sentence.SAVED, Sentence.QUIET, Sentence.NEXT_IS):
        assert silent.says(sentence)


def test_a_reload_names_what_it_applies_and_what_needs_a_restart() -> None:
    old = Settings()
    new = Settings(
        pack="awareness",
        runner=Runner(language="de"),
        sound=Sound(device="other", beat_volume=0.5),
        life=replace(old.life, pause_after_ns=20 * NS_PER_S),
        announcements=Announcements(ready=False),
        keys=Keys(headset=False),
        files=Files(socket="/run/other"),
    )
    applied, restart = changes(old, new)
    assert applied == ["pack", "runner.language", "sound.beat_volume", "life.pause_after", "announcements.ready"]
    assert restart == ["sound.device", "keys.headset", "files.socket"]
    assert changes(old, old) == ([], [])


def test_whether_it_asks_is_a_matter_of_the_command_line() -> None:
    assert manners_of(Settings()).asks
    assert not manners_of(Settings(), asks=False).asks


def test_targets_are_reckoned_from_the_easy_cadence_of_the_configuration(tmp_path: Path) -> None:
    time = VirtualTime()
    table = Table(time.now_ns)
    settings = Settings(runner=Runner(easy_cadence_mspm=166 * MSPM_PER_SPM))
    mouth, feet, book = VirtualMouth(time, table), VirtualFeet(time), MemoryBook(table)
    files = VirtualFiles(tmp_path)
    pack, _ = files.load("metronome")

    def asked(settings: Settings) -> tuple[float | None, float | None]:
        personal = Personal.of(settings, Volumes(), 150.0)
        request = Kitchen(files, mouth, feet, book, personal, lambda: 1, time.now_ns).request(pack, None)
        return request.beat_spm, request.baseline_spm

    assert asked(settings) == (166.0, 166.0)
    assert asked(Settings()) == (150.0, None)
