"""A service whose sandbox shuts /run/user, where a user's socket would be."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from tests.support.tools import REPO

ASK = """
from cued.control.address import default_path
print(default_path())
"""


def test_a_runtime_folder_that_may_not_be_looked_into_counts_as_none(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    (closed / "1000").mkdir(parents=True)
    closed.chmod(0)
    root = os.geteuid() == 0
    environment = {"PATH": os.environ["PATH"], "XDG_RUNTIME_DIR": str(closed / "1000"), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        ["/usr/bin/env", "python3", "-c", ASK],
        cwd=REPO,
        env=environment,
        user=65_534 if root else None,  # to root no door is shut
        extra_groups=[] if root else None,
        capture_output=True,
        text=True,
        check=False,
    )
    closed.chmod(0o700)
    uid = 65_534 if root else os.geteuid()
    assert done.stdout == f"/tmp/cued-{uid}/control.sock\n", done.stderr
