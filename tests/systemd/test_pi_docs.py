"""docs/pi.md says what the board, the script and the configuration are."""

from __future__ import annotations

import re
import subprocess

from cued.config.parse import parse_config
from cued.config.settings import OPTIONS
from cued.control.lights import PATTERNS, Light
from tests.support.tools import REPO

DOCS = (REPO / "docs" / "pi.md").read_text(encoding="utf-8")
HEADER = {17: 11, 27: 13, 22: 15, 24: 18}
"""GPIO → pin of the 40-pin header (Raspberry Pi's documentation, *GPIO and the 40-pin header*)."""
GROUNDS = {6, 9, 14, 20, 25, 30, 34, 39}


def test_the_wiring_is_that_of_the_shipped_configuration() -> None:
    shipped = parse_config((REPO / "configs" / "raspberry-pi.yaml").read_bytes(), "raspberry-pi.yaml").settings
    rows = re.findall(r"^\| [^|]+ \| (\d+) \| (\d+) \| (\d+) \| `(keys\.\w+)` \|$", DOCS, re.MULTILINE)
    entries = {entry.name: entry for entry in OPTIONS}
    assert {option for *_, option in rows} == {name for name in entries if name.endswith("_pin")}
    for gpio, pin, ground, option in rows:
        assert entries[option].value_in(shipped) == int(gpio)
        assert HEADER[int(gpio)] == int(pin)
        assert int(ground) in GROUNDS


def test_every_light_has_its_meaning() -> None:
    table = DOCS.partition("| LED | means |")[2].partition("\n\n")[0]
    assert len(table.strip().splitlines()) - 1 == len(Light)
    slow, flash = PATTERNS[Light.WAITING], PATTERNS[Light.RUNNING]
    assert f"{'a second on, a second off' if slow.on_ms == slow.off_ms == 1000 else None}" in table
    assert flash.on_ms + flash.off_ms == 2000
    assert "a short flash every two seconds" in table


def test_the_options_of_install_sh_that_are_named_are_there() -> None:
    told = subprocess.run([REPO / "install.sh", "--help"], capture_output=True, text=True, check=True).stdout
    texts = [
        DOCS,
        *((REPO / name).read_text(encoding="utf-8") for name in ("README.md", "docs/phone.md", "docs/headphones.md")),
    ]
    named = {option for text in texts for option in re.findall(r"install\.sh (--[a-z-]+)", text)}
    assert named
    assert {option for option in named if option not in told} == set()
