"""What is built for others to install works away from the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.packs.shipped import SHIPPED
from tests.support.tools import REPO


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A built wheel, unpacked as an installer does."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(build, cwd=REPO, check=True, capture_output=True)
    (wheel,) = folder.glob("cued-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def test_a_wheel_holds_every_shipped_pack_and_the_licence(unpacked: Path) -> None:
    shipped = {file.relative_to(REPO / "cue_packs") for file in (REPO / "cue_packs").rglob("*") if file.is_file()}
    inside = {
        file.relative_to(unpacked / "cued/_cue_packs") for file in (unpacked / "cued/_cue_packs").rglob("*") if file.is_file()
    }
    assert shipped == inside
    assert len(shipped) >= 3
    assert list(unpacked.glob("cued-*.dist-info/licenses/LICENSE"))
    assert (unpacked / "cued/py.typed").exists()


def test_an_installed_cued_lists_the_shipped_packs(unpacked: Path, tmp_path: Path) -> None:
    program = "import sys; from cued.cli.main import main; sys.exit(main(['pack', 'list']))"
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONPATH": str(unpacked)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    for name in SHIPPED:
        assert name in done.stdout
