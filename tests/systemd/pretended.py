"""A machine for install.sh: a home, a root for system files, and stand-ins for the programs that change a system."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.support.tools import REPO

REAL = (
    "awk", "bash", "cat", "chmod", "cmp", "cp", "cut", "dirname", "env", "find", "grep", "head", "install", "ln", "ls", "mkdir",
    "mktemp", "mv", "readlink", "rm", "rmdir", "sed", "sha256sum", "sort", "tail", "touch", "tr", "true", "xargs",
)  # fmt: skip
"""What only reads, or writes where it is told: the real ones."""

PYTHON = r"""#!/bin/sh
# `-m venv FOLDER` makes a folder with this program in it; `-m pip install … FOLDER` puts a `cued` beside it.
case "$*" in
    *"-m venv"*) for folder; do :; done
        mkdir -p "$folder/bin" && cp "$0" "$folder/bin/python" && echo "venv $*" >>"$LOG" ;;
    *"-m pip"*--require-hashes*) echo "pip $*" >>"$LOG"; test ! -e "$STATE/no-network" ;;
    *"-m pip"*) printf '#!/bin/sh\necho "cued $*" >>"$LOG"\ntest ! -e "$STATE/cued-broken"\n' >"$(dirname "$0")/cued"
        chmod +x "$(dirname "$0")/cued" ;;
    -V*) cat "$STATE/python-version" ;;
    *version_info*) test ! -e "$STATE/python-old" ;;
esac
"""

SYSTEMCTL = r"""#!/bin/sh
[ "$1" = --user ] && shift
verb=$1
case $verb in
    --version) echo "systemd $(cat "$STATE/systemd-version") (252.38-1)"; exit ;;
    show-environment) test ! -e "$STATE/no-manager"; exit ;;
    is-enabled) case "$*" in *display-manager*) test -e "$STATE/screen" ;; *) test -e "$STATE/enabled" ;; esac; exit ;;
    is-active) case "$*" in *wireplumber*) test -e "$STATE/sound" ;; *) test -e "$STATE/active" ;; esac; exit ;;
esac
echo "systemctl $*" >>"$LOG"
case $verb in
    start) touch "$STATE/sound" ;;
    enable) touch "$STATE/enabled" ;;
    disable) rm -f "$STATE/enabled" "$STATE/active" ;;
    restart)
        if [ -e "$STATE/start-fails" ]; then rm "$STATE/start-fails"; rm -f "$STATE/active"; exit 1; fi
        touch "$STATE/active" ;;
esac
"""

PROGRAMS = {
    "systemctl": SYSTEMCTL,
    "journalctl": '#!/bin/sh\necho "cued: mine.yaml:3:8: it does not fit"\n',
    "loginctl": r"""#!/bin/sh
case $1 in
    show-user) if [ -e "$STATE/linger" ]; then echo yes; else echo no; fi ;;
    enable-linger) echo "loginctl $*" >>"$LOG"; touch "$STATE/linger" ;;
esac
""",
    "sudo": '#!/bin/sh\ntest ! -e "$STATE/no-sudo" || exit 1\ntest "$1" = -n || exit 9\nshift\nexec "$@"\n',
    "id": r"""#!/bin/sh
case $1 in -u) cat "$STATE/uid" ;; -un) echo runner ;; -nG) cat "$STATE/groups" ;; esac
""",
    "usermod": '#!/bin/sh\necho "usermod $*" >>"$LOG"\necho " $2" >>"$STATE/groups"\n',
    "getent": '#!/bin/sh\ncase "$2" in audio|bluetooth) ;; gpio) test -e "$STATE/gpio" ;; *) false ;; esac\n',
    "systemd-run": '#!/bin/sh\ntest ! -e "$STATE/no-namespaces"\n',
    "systemd-sysusers": '#!/bin/sh\necho "systemd-sysusers" >>"$LOG"\n',
    "hostnamectl": '#!/bin/sh\ncat "$STATE/chassis"\n',
    "dpkg-query": '#!/bin/sh\ncase "$*" in *Version*) cat "$STATE/wireplumber" ;; *) echo installed ;; esac\n',
    "uname": '#!/bin/sh\ncase $1 in -s) echo Linux ;; -m) cat "$STATE/processor" ;; esac\n',
    "getconf": '#!/bin/sh\ncat "$STATE/bits"\n',
    "df": '#!/bin/sh\nprintf "Filesystem MB used free\\n/dev/x 9999 1 %s /\\n" "$(cat "$STATE/free-mb")"\n',
}
USUAL = {
    "uid": "1000", "groups": "runner", "processor": "aarch64", "bits": "64", "free-mb": "9000", "chassis": "embedded",
    "wireplumber": "0.5.8-1", "systemd-version": "252", "python-version": "Python 3.13.5",
}  # fmt: skip


class Pretended:
    """`state` holds a file for each thing that may be otherwise; `log` has every call that changes the system."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = folder / "home"
        self.root = folder / "root"
        self.state = folder / "state"
        self.programs = folder / "bin"
        self.log = folder / "calls.log"
        self.model = folder / "model"
        self.environment: dict[str, str] = {}
        """Beside what the script needs."""
        for made in (self.home, self.root, self.state, self.programs):
            made.mkdir()
        self.log.touch()
        for name in REAL:
            (self.programs / name).symlink_to(Path("/usr/bin") / name)
        for name, text in {**PROGRAMS, "python3": PYTHON}.items():
            self.program(name, text)
        for name, text in USUAL.items():
            self.now(name, text)

    def program(self, name: str, text: str) -> None:
        file = self.programs / name
        file.write_text(text, encoding="utf-8")
        file.chmod(0o755)

    def without(self, *names: str) -> None:
        for name in names:
            (self.programs / name).unlink()

    def now(self, name: str, text: str = "") -> None:
        """From now on it is so."""
        (self.state / name).write_text(f"{text}\n", encoding="utf-8")

    def no_longer(self, name: str) -> None:
        (self.state / name).unlink()

    def is_a_pi(self) -> None:
        self.model.write_text("Raspberry Pi Zero 2 W Rev 1.0\0", encoding="utf-8")
        self.now("gpio")

    def install(self, *words: str, script: Path = REPO / "install.sh") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [script, *words],
            env={
                "PATH": f"{self.programs}:{self.home}/.local/bin",
                "HOME": str(self.home),
                "DESTDIR": str(self.root),
                "PYTHON": str(self.programs / "python3"),
                "CUED_MODEL_FILE": str(self.model),
                "XDG_RUNTIME_DIR": str(self.folder),
                "TMPDIR": str(self.folder),
                "LOG": str(self.log),
                "STATE": str(self.state),
                **self.environment,
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    def calls(self) -> list[str]:
        """Those since the last time it was asked."""
        lines = self.log.read_text(encoding="utf-8").splitlines()
        self.log.write_text("", encoding="utf-8")
        return lines

    def everything(self) -> dict[str, tuple[int, str]]:
        """Each path of home and root, when it was changed, and where a link leads."""
        found = {}
        for top in (self.home, self.root):
            for path in (top, *sorted(top.rglob("*"))):
                status = path.lstat()
                found[str(path)] = (status.st_mtime_ns, str(path.readlink()) if path.is_symlink() else "")
        return found

    @property
    def venv(self) -> Path:
        return self.home / ".local/share/cued/venv"

    @property
    def units(self) -> Path:
        return self.home / ".config/systemd/user"
